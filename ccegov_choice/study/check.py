"""Everything that can be wrong with a study, found at once."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.alternative import ALTERNATIVE_KINDS, Alternative
from ccegov_choice.study.check_attributes import attribute_problems
from ccegov_choice.study.check_constraints import constraint_problems
from ccegov_choice.study.check_wordings import wording_problems
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.place import cell_problem, duplicates, place
from ccegov_choice.study.study import ROLES, Study

RESERVED = frozenset(
    [
        *("person", "task", "alternative", "chosen", "rank", "best", "worst", "weight", "block"),
        *("probability", "utility", "asc", "specific", "dummy", "effects", "linear", "log"),
        *("poly", "piecewise", "C"),
    ]
)
"""Names that columns of data and functions of formulas have already."""


def problems_of(study: Study) -> tuple[Problem, ...]:
    """Return every problem of a study, in the order in which a file is written.

    Returns
    -------
    tuple of Problem
        Empty for a valid study. `where` is ``file:line`` for a study that was read from a file.
    """
    groups = (
        _study_problems(study),
        _id_problems(study),
        attribute_problems(study),
        _alternative_problems(study),
        constraint_problems(study),
        _covariate_problems(study),
        _numeraire_problems(study),
        wording_problems(study),
    )
    return tuple(dict.fromkeys(problem for group in groups for problem in group))


def _study_problems(study: Study) -> Iterator[Problem]:
    if not re.fullmatch(r"[^\s/\\]+", study.id):
        yield Problem(
            f"the study's id is '{study.id}'",
            'Give it a short name without spaces and slashes, such as id = "benefit-claim".',
            place(study, ("id",), "study"),
        )
    if study.role not in ROLES:
        yield unknown_name(study.role, ROLES, "role", where=place(study, ("role",), "role"))
    if not study.attributes:
        yield Problem(
            "the study has no attributes",
            "Add at least one [[attribute]]; ccegov library list shows ready ones.",
            place(study, (), f"study '{study.id}'"),
        )


# -- ids --------------------------------------------------------------------------------------


def _id_problems(study: Study) -> Iterator[Problem]:
    columns: list[tuple[str, str, KeyPath]] = [
        ("attribute", a.id, ("attribute", i, "id")) for i, a in enumerate(study.attributes)
    ]
    columns += [("covariate", c.id, ("covariate", i, "id")) for i, c in enumerate(study.covariates)]
    for what, id, path in columns:
        yield from _column_name_problems(what, id, place(study, path, f"{what} '{id}'"))
    for position in duplicates(id for _, id, _ in columns):
        what, id, path = columns[position]
        yield Problem(
            f"'{id}' is the id of more than one attribute or covariate",
            "Give each its own id: they are columns of the same data.",
            place(study, path, f"{what} '{id}'"),
        )
    for position in duplicates(study.alternative_ids):
        id = study.alternative_ids[position]
        yield Problem(
            f"'{id}' is the id of more than one alternative",
            "Give each alternative, and the opt-out, its own id.",
            place(study, _alternative_path(study, position), f"alternative '{id}'"),
        )


def _column_name_problems(what: str, id: str, where: str) -> Iterator[Problem]:
    if id in RESERVED or keyword.iskeyword(id):
        yield Problem(
            f"{what} '{id}' has a name that data or formulas use for something else",
            f"Choose another id, such as '{id}_{what}'.",
            where,
        )
    elif not id.isidentifier():
        better = re.sub(r"\W+", "_", id).strip("_") or what
        better = f"{what}_{better}" if better[0].isdigit() else better
        yield Problem(
            f"{what} '{id}' cannot be a name in formulas",
            f"Use letters, digits and _ only, such as '{better}'.",
            where,
        )


# -- alternatives -----------------------------------------------------------------------------


def _alternative_path(study: Study, position: int) -> KeyPath:
    if position < len(study.alternatives):
        return ("alternative", position)
    return ("opt_out",)


def _alternative_problems(study: Study) -> Iterator[Problem]:
    for position, alternative in enumerate(study.named_alternatives):
        path = _alternative_path(study, position)
        where = place(study, path, f"alternative '{alternative.id}'")
        yield from _alternative_id_problems(study, alternative, where)
        yield from _kind_problems(study, alternative, position, path)
        yield from _fixed_level_problems(study, alternative, path)
    if len(study.alternatives) == 1 and study.opt_out is None:
        yield Problem(
            f"'{study.alternatives[0].id}' is the only alternative, so there is nothing to choose",
            "Add a second [[alternative]], or an [opt_out].",
            place(study, ("alternative", 0), f"alternative '{study.alternatives[0].id}'"),
        )
    if study.mandatory and study.opt_out is not None and study.opt_out.kind == "opt_out":
        yield Problem(
            f"the study is about a duty (mandatory = true) and offers the opt-out "
            f"'{study.opt_out.id}': nobody may opt out of a duty",
            "Describe what people can really do, such as late or partial compliance, as kind = "
            '"status_quo" under [opt_out]; or remove [opt_out].',
            place(study, ("opt_out",), f"opt-out '{study.opt_out.id}'"),
        )


def _alternative_id_problems(
    study: Study, alternative: Alternative, where: str
) -> Iterator[Problem]:
    id = alternative.id
    if not id or id != id.strip() or re.search(r"[\[\]:\n]", id):
        yield Problem(
            f"'{id}' cannot be the id of an alternative",
            "Use a short name without brackets, colons and outer spaces.",
            where,
        )
    if not study.labelled and re.fullmatch("[A-Z]", id):
        yield Problem(
            f"the opt-out is called '{id}', as the options of a task without labels are",
            'Call it by what it is, such as id = "none".',
            where,
        )


def _kind_problems(
    study: Study, alternative: Alternative, position: int, path: KeyPath
) -> Iterator[Problem]:
    where = place(study, (*path, "kind"), f"alternative '{alternative.id}'")
    if alternative.kind not in ALTERNATIVE_KINDS:
        yield unknown_name(alternative.kind, ALTERNATIVE_KINDS, "kind", where=where)
    elif position < len(study.alternatives) and alternative.kind != "labelled":
        yield Problem(
            f"alternative '{alternative.id}' is of kind '{alternative.kind}' but stands among "
            "the labelled ones",
            "Describe it under [opt_out]; a study has one opt-out or status quo.",
            where,
        )


def _fixed_level_problems(
    study: Study, alternative: Alternative, path: KeyPath
) -> Iterator[Problem]:
    for name in alternative.levels or {}:
        where = place(study, (*path, "levels", name), f"alternative '{alternative.id}'")
        if name not in study.attribute_ids:
            yield unknown_name(name, study.attribute_ids, "attribute", where=where)
        elif alternative is not study.opt_out and not study.attribute(name).available_to(
            alternative.id
        ):
            yield Problem(
                f"alternative '{alternative.id}' fixes '{name}', which it does not have",
                f"Leave it out, or add '{alternative.id}' to the alternatives of '{name}'.",
                where,
            )
    for name, level in alternative.fixed.items():
        if name in study.attribute_ids:
            where = place(study, (*path, "levels", name), f"alternative '{alternative.id}'")
            yield from cell_problem(study.attribute(name), level, where, exact=False)
    for name, covariate in alternative.personal.items():
        where = place(study, (*path, "levels", name), f"alternative '{alternative.id}'")
        yield from _personal_level_problems(study, name, covariate, where)


def _personal_level_problems(
    study: Study, name: str, covariate: str, where: str
) -> Iterator[Problem]:
    if covariate not in study.covariate_ids:
        yield unknown_name(covariate, study.covariate_ids, "covariate", where=where)
        return
    if name not in study.attribute_ids:
        return
    attribute, source = study.attribute(name), study.covariate(covariate)
    if attribute.is_numeric != source.is_numeric:
        yield Problem(
            f"'{name}' is {attribute.kind} and covariate '{covariate}' is {source.kind}: one "
            "cannot take its level from the other",
            f"Give '{covariate}' the kind {attribute.kind} and the levels of '{name}'.",
            where,
        )
    strange = [id for id in source.level_ids if id not in attribute.level_ids]
    if strange and not attribute.is_numeric and not source.is_numeric:
        yield Problem(
            f"covariate '{covariate}' has levels that '{name}' does not have: {', '.join(strange)}",
            f"Use the level ids of '{name}': {', '.join(attribute.level_ids)}.",
            where,
        )


# -- covariates and numeraires ----------------------------------------------------------------


def _covariate_problems(study: Study) -> Iterator[Problem]:
    for position, covariate in enumerate(study.covariates):
        path: KeyPath = ("covariate", position)
        where = place(study, path, f"covariate '{covariate.id}'")
        yield from _covariate_level_problems(covariate, where)
        for index in duplicates(covariate.level_ids):
            yield Problem(
                f"covariate '{covariate.id}' has the level '{covariate.level_ids[index]}' twice",
                "Give each level its own id.",
                place(study, (*path, "level", index), f"covariate '{covariate.id}'"),
            )


def _covariate_level_problems(covariate: Covariate, where: str) -> Iterator[Problem]:
    if covariate.is_numeric and covariate.levels:
        yield Problem(
            f"covariate '{covariate.id}' is numeric and has levels",
            'Remove the levels, or write kind = "categorical".',
            where,
        )
    if not covariate.is_numeric and len(covariate.levels) < 2:
        yield Problem(
            f"covariate '{covariate.id}' has fewer than two levels",
            'List the answers: levels = { no = "No", yes = "Yes" }; or write kind = "numeric".',
            where,
        )
    if covariate.base is not None and covariate.base not in covariate.level_ids:
        yield unknown_name(
            covariate.base, covariate.level_ids, f"base level of '{covariate.id}'", where=where
        )


def _numeraire_problems(study: Study) -> Iterator[Problem]:
    for position in duplicates(n.attribute for n in study.numeraires):
        name = study.numeraires[position].attribute
        yield Problem(
            f"'{name}' is declared twice as something that may be paid in",
            "Keep one [[numeraire]] for each attribute.",
            place(study, ("numeraire", position), f"numeraire '{name}'"),
        )
    for position, numeraire in enumerate(study.numeraires):
        where = place(study, ("numeraire", position), f"numeraire '{numeraire.attribute}'")
        if numeraire.attribute not in study.attribute_ids:
            yield unknown_name(numeraire.attribute, study.attribute_ids, "attribute", where=where)
        else:
            yield from _payment_problems(study, numeraire, where)
        yield from _money_problems(numeraire, where)


def _payment_problems(study: Study, numeraire: Numeraire, where: str) -> Iterator[Problem]:
    attribute = study.attribute(numeraire.attribute)
    name = attribute.id
    if not attribute.is_numeric:
        numbers = ", ".join(a.id for a in study.attributes if a.is_numeric) or "none yet"
        yield Problem(
            f"nothing can be paid in '{name}': it is {attribute.kind}, not numeric",
            f"Name a numeric attribute: {numbers}.",
            where,
        )
    if attribute.tradeable == "no":
        yield Problem(
            f"nothing can be paid in '{name}': it is declared as not tradeable",
            "Remove this [[numeraire]]: rights are not a currency.",
            where,
        )
    if attribute.is_numeric and attribute.direction == "0":
        yield Problem(
            f"'{name}' is to be paid in, but nothing says whether more of it is better or worse",
            f'Write direction = "-" (more is worse) or "+" (more is better) for \'{name}\'.',
            where,
        )
    if attribute.money and numeraire.vehicle is None and numeraire.currency is None:
        yield Problem(
            f"'{name}' is money, and the study does not say how people pay",
            'Add vehicle = "a fee when you apply" (in your words) and currency = "EUR".',
            where,
        )


def _money_problems(numeraire: Numeraire, where: str) -> Iterator[Problem]:
    name, currency = numeraire.attribute, numeraire.currency
    if currency is not None and not re.fullmatch("[A-Z]{3}", currency):
        yield Problem(
            f"'{currency}' is not a currency code",
            'Write the three capital letters of ISO 4217, such as "EUR", "GBP" or "USD".',
            where,
        )
    if currency is not None and not numeraire.vehicle_text():
        yield Problem(
            f"'{name}' has the currency {currency} but no payment vehicle: how would people pay?",
            'Add vehicle = "a fee when you apply", in your words.',
            where,
        )
    if currency is None and numeraire.vehicle is not None:
        yield Problem(
            f"'{name}' has a payment vehicle but no currency",
            'Add currency = "EUR" (ISO 4217), or remove the vehicle if it is not money.',
            where,
        )
