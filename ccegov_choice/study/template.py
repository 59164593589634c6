"""A new study file: commented, valid, and ready to be changed."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ccegov_choice.errors import Problem, StudyError, unknown_name
from ccegov_choice.study.library import LibraryEntry, entries
from ccegov_choice.study.place import duplicates
from ccegov_choice.study.study import ROLES
from ccegov_choice.study.toml_writer import toml_string

_CURRENCY_NAMES = {
    "CHF": ("franc", "francs"),
    "CZK": ("koruna", "koruny"),
    "DKK": ("krone", "kroner"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds"),
    "NOK": ("krone", "kroner"),
    "PLN": ("zloty", "zloty"),
    "SEK": ("krona", "kronor"),
    "USD": ("dollar", "dollars"),
}

_HEAD = """\
# A choice study of a public service. Lines that start with # explain and are not read.
# Check it after each change:  ccegov study check {place}

id = {id}
title = {title}
languages = ["en"]    # the first is the main one; with two and more write label.en, label.cy, ...

# In which role people answer: "customer" pays a fee, "beneficiary" claims something,
# "obligatee" fulfils a duty, "citizen" judges for everybody.
role = {role}

# true for a duty that nobody may refuse: then there is no opt-out, and no forecast of uptake.
mandatory = {mandatory}

# What people read before the first task: the service, why their answers matter, what is the same
# in all options.
context = "Imagine that you use this service. The options differ only in what is listed."

# The question under each task.
question = "Which option would you choose?"

# ------------------------------------------------------------------------------ attributes
# Each attribute comes from the library (ccegov library show {first}).
# Keys that you add replace those of the library, for example:
#   label = "Your words"                       what people read
#   levels = [5, 10, 20]                       numbers, or levels by id: ["neutral", "polite"]
#   levels = {{ low = "Low", high = "High" }}    or your own: id = "words"
#   direction = "-"                            "+" more (or the last level) is better, "-" worse
#   tradeable = "above-floor"                  "yes", "above-floor" or "no" (rights)
#   floor = ["brusque"]                        levels that may never be shown
# An attribute of your own starts with id = "my_attribute" instead of library = ...
"""

_OPT_OUT = """\
# -------------------------------------------------------------------- choosing none of them
# Remove this table to force a choice. With kind = "status_quo" it stands for staying as one is;
# levels = {{ {first} = ... }} then says what that is like.

[opt_out]
id = "none"
label = "None of these"
description = "I would not use the service in any of these ways."
"""

_MANDATORY = """\
# -------------------------------------------------------------------- choosing none of them
# The service is a duty, so nobody can choose none. To ask what people would really do, describe
# late or partial compliance:
#
# [opt_out]
# kind = "status_quo"
# id = "late"
# label = "I would comply late"
"""

_CONSTRAINTS = """\
# ------------------------------------------------------------------------------ constraints
# Combinations that make no sense are never shown. Either forbid levels to come together:
#
# [[constraint]]
# forbid = { attribute_a = "level", attribute_b = ["level", "level"] }
# reason = "Why they cannot come together."
#
# or let one level require another:
#
# [[constraint]]
# when = { attribute_a = "level" }
# then = { attribute_b = "level" }
"""

_COVARIATES = """\
# -------------------------------------------------------------------------- about each person
# What may explain different choices:
#
# [[covariate]]
# id = "digital_confidence"
# label = "Confidence with digital services"
# question = "How confident are you with websites of public offices?"
# levels = { low = "Not so confident", high = "Confident" }
"""

_DECLARATIONS = """\
# ------------------------------------------------------------------------ for the report
# Answers to the checklist of the report; what is left out is listed there as open.

[declarations]
research_question = ""
population = ""
sampling = ""
mode_and_dates = ""
ethics_and_funding = ""
"""


def new_study_toml(
    id: str,
    attributes: Sequence[str],
    *,
    title: str | None = None,
    role: str | None = None,
    mandatory: bool = False,
    currency: str | None = None,
    place: str = "study.toml",
) -> str:
    """Return a commented study file with attributes of the library; it passes every check.

    Parameters
    ----------
    id : str
        Short name of the study.
    attributes : sequence of str
        Ids of library attributes, in the order in which people see them.
    title : str, optional
        Title; made from `id` when not given.
    role : {"customer", "beneficiary", "obligatee", "citizen"}, optional
        Role in which people answer; "obligatee" for duties and "citizen" else when not given.
    mandatory : bool
        Whether the service is a duty.
    currency : str, optional
        ISO 4217 code; needed when an attribute is an amount of money.
    place : str
        Path of the file, for its first comment.

    Raises
    ------
    StudyError
        Naming every unknown or repeated attribute, an unknown role, and money without currency.
    """
    role = role or ("obligatee" if mandatory else "citizen")
    _require_possible(attributes, role, currency)
    known = {entry.id: entry for entry in entries()}
    chosen = [known[name] for name in attributes]
    head = _HEAD.format(
        place=place,
        id=toml_string(id),
        title=toml_string(title or id.replace("-", " ").replace("_", " ").capitalize()),
        role=toml_string(role),
        mandatory="true" if mandatory else "false",
        first=chosen[0].id,
    )
    opt_out = _MANDATORY if mandatory else _OPT_OUT.format(first=chosen[0].id)
    parts = [head, *(_attribute(entry, currency) for entry in chosen), opt_out]
    parts += [_CONSTRAINTS, _COVARIATES, _numeraires(chosen, currency), _DECLARATIONS]
    return "\n".join(parts)


def _require_possible(attributes: Sequence[str], role: str, currency: str | None) -> None:
    known = {entry.id: entry for entry in entries()}
    problems: list[Problem] = []
    if not attributes:
        problems.append(
            Problem("no attributes were named", "See what there is with: ccegov library list.")
        )
    for name in attributes:
        if name not in known:
            found = unknown_name(name, known, "library attribute")
            near = found.cure.split("Known:")[0]
            cure = f"{near}See what there is with: ccegov library list."
            problems.append(Problem(found.problem, cure))
        elif known[name].attribute.money and currency is None:
            cure = "Say in which currency, such as --currency EUR."
            problems.append(Problem(f"'{name}' is an amount of money", cure))
    for position in duplicates(attributes):
        name = attributes[position]
        problems.append(Problem(f"'{name}' is named twice", "Name each attribute once."))
    if role not in ROLES:
        problems.append(unknown_name(role, ROLES, "role"))
    if currency is not None and not (len(currency) == 3 and currency.isupper()):
        cure = "Write its three capital letters (ISO 4217), such as EUR."
        problems.append(Problem(f"'{currency}' is not a currency code", cure))
    if problems:
        raise StudyError.of(problems, "The study cannot be made, for {count} reasons:")


def _attribute(entry: LibraryEntry, currency: str | None) -> str:
    a = entry.attribute
    lines = ["[[attribute]]", f"library = {toml_string(a.id)}"]
    if a.money and currency is not None:
        units = [
            entry.unit_pattern.format(money=word)
            for word in _CURRENCY_NAMES.get(currency, (currency, currency))
        ]
        if entry.unit_pattern.startswith("million"):
            units[0] = units[1]
        lines += [f"unit = {toml_string(units[0])}", f"unit_plural = {toml_string(units[1])}"]
    told = f"{a.text()}. {a.definition}"
    lines += textwrap.wrap(told, 96, initial_indent="# ", subsequent_indent="# ")
    if a.is_numeric:
        numbers = ", ".join(f"{value:g}" for value in a.values)
        better = "more" if a.direction == "+" else "less"
        lines.append(f"# levels = [{numbers}]    ({better} is better)")
    else:
        order = {"+": "the last is best", "-": "the first is best", "0": "in no order"}
        lines.append(f"# Levels, {order[a.direction]}:")
        lines += [f"#   {level.id}: {level.text()}" for level in a.levels]
    if a.tradeable == "above-floor":
        lines.append("# Name levels that law or decency rule out: floor = [...]")
    return "\n".join(lines) + "\n"


def _numeraires(chosen: Sequence[LibraryEntry], currency: str | None) -> str:
    lines = [
        "# ------------------------------------------------------------- what people may pay in",
        '# Numeric attributes in which reports express all others: "people would wait 12 days',
        '# for ...". Money needs a vehicle (how people would pay) and a currency.',
        "",
    ]
    paid_in = [entry for entry in chosen if entry.numeraire or entry.attribute.money]
    if not paid_in:
        lines += ["# [[numeraire]]", '# attribute = "te_decision_days"', ""]
    for entry in paid_in:
        lines += ["[[numeraire]]", f"attribute = {toml_string(entry.id)}"]
        if entry.attribute.money and currency is not None:
            lines.append(f"vehicle = {toml_string(entry.vehicle)}")
            lines.append(f"currency = {toml_string(currency)}")
        lines.append("")
    return "\n".join(lines)
