"""Who answers for what: the responsibility matrix, the plan, and levers without a working owner."""

from __future__ import annotations

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.redesign.lever import Lever, plain_cell
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.rules import finish_times

_NOBODY = Absent("nobody is named")


def require_one_owner(redesign: Redesign) -> None:
    """Refuse a plan in which a lever has no accountable owner, or more than one.

    Raises
    ------
    PolicyError
        Listing every such lever.
    """
    problems = []
    for index, lever in enumerate(redesign.levers):
        if len(lever.accountable) == 1:
            continue
        where = f"lever '{lever.id}'"
        if redesign.positions is not None:
            where = redesign.positions.where("lever", index, "accountable")
        owners = ", ".join(lever.accountable)
        problems.append(
            Problem(
                f"lever '{lever.id}' has "
                + (f"{len(lever.accountable)} accountable owners: {owners}" if owners else "no ")
                + ("" if owners else "accountable owner"),
                "Name exactly one: who answers for it alone."
                if not owners
                else "Keep one as accountable; the others may deliver, pay or advise.",
                where,
            )
        )
    if problems:
        raise PolicyError.of(problems, "{count} levers do not have exactly one accountable owner:")


def responsibility_matrix(redesign: Redesign) -> Table:
    """Return who answers for each lever (A), carries it out (R), pays (B), keeps its data (D).

    Parameters
    ----------
    redesign : Redesign
        The levers; each needs exactly one accountable owner.

    Returns
    -------
    Table
        One row per lever, one column per owner.

    Raises
    ------
    PolicyError
        Listing levers with no accountable owner, or with several.
    """
    require_one_owner(redesign)
    roles = [_roles(lever) for lever in redesign.levers]
    owners = tuple(dict.fromkeys(name for role in roles for _, name in role if name))
    rows = tuple(
        (
            lever.text(),
            *("".join(mark for mark, name in role if name == owner) for owner in owners),
        )
        for lever, role in zip(redesign.levers, roles, strict=True)
    )
    return Table(
        "Who is responsible for what",
        ("lever", *owners),
        rows,
        (
            "A answers for the result (exactly one for each lever), R carries it out, B has the "
            "money set aside, D is the data controller.",
        ),
    )


def _roles(lever: Lever) -> tuple[tuple[str, str], ...]:
    owners = (*lever.accountable, lever.delivery, lever.budget_holder, lever.controller)
    return tuple(zip("ARBD", owners, strict=True))


def plan_table(redesign: Redesign) -> Table:
    """Return the plan: each lever with its change, cost, time, owners, law and indicator.

    Raises
    ------
    PolicyError
        Listing levers with no accountable owner, or with several.
    """
    require_one_owner(redesign)
    times = finish_times(redesign)
    unit = f" ({redesign.cost_unit})" if redesign.cost_unit else ""
    scarce = f" ({redesign.capacity_unit})" if redesign.capacity_unit else ""
    columns = (
        *("lever", "change", f"cost{unit}", f"capacity{scarce}", "works in month"),
        *("accountable", "delivery", "budget", "data", "legal basis", "needs", "indicator"),
    )
    rows: list[tuple[Cell, ...]] = []
    for lever in redesign.levers:
        start = plain_cell(redesign.start_of(lever))
        named = (lever.delivery, lever.budget_holder, lever.controller, lever.legal_basis)
        rows.append(
            (
                lever.text(),
                f"{lever.attribute}: {start} -> {plain_cell(lever.end)}",
                lever.cost,
                lever.capacity,
                times[lever.id],
                lever.accountable[0],
                *(name or _NOBODY for name in named),
                ", ".join(lever.depends_on),
                lever.indicator or _NOBODY,
            )
        )
    return Table(f"The plan: {redesign.title or redesign.id}", columns, tuple(rows))


def orphans(redesign: Redesign) -> tuple[str, ...]:
    """Return levers that nobody who can deliver them owns.

    Nobody answers for them, nobody is named to carry them out, or those who are cannot.

    Parameters
    ----------
    redesign : Redesign
        The plan.

    Returns
    -------
    tuple of str
        Ids of the levers.
    """
    return tuple(
        lever.id
        for lever in redesign.levers
        if not lever.accountable or not lever.delivery or not lever.deliverable
    )


def splits(redesign: Redesign) -> tuple[str, ...]:
    """Return levers that one owner answers for and another carries out, with no agreed route.

    Orphans are not counted again.

    Parameters
    ----------
    redesign : Redesign
        The plan.

    Returns
    -------
    tuple of str
        Ids of the levers.
    """
    lost = orphans(redesign)
    return tuple(
        lever.id
        for lever in redesign.levers
        if lever.id not in lost and lever.delivery not in lever.accountable and not lever.route
    )
