"""Published designs: optima that theory proves are reached, and proved again; best known values.

Burgess and Street bound the determinant of the information of any design with zero coefficients;
Huber and Zwerina (1996), Street, Burgess and Louviere (2005) and Kessels, Jones, Goos and
Vandebroek (2011) publish designs that reach it. D-errors hold for the whole design answered once.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search_designs import efficient_design
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

ANYTHING = Rules(dominated=True, repeated=True)
HOUR = 3600.0  # the certificate ends by itself

FEW = 4  # runs: starts of theory are among the first

# levels, alternatives, tasks, coding, published D-error
OPTIMA = {
    "2^3/2/4 fold-over": ((2, 2, 2), 2, 4, "effects", 0.25),
    "3^3/3/9 (Huber and Zwerina, table 1)": ((3, 3, 3), 3, 9, "effects", 0.192450),
    "3^3/3/9, dummy coded": ((3, 3, 3), 3, 9, "dummy", 0.577350),
    "3^3/2/12, dummy coded": ((3, 3, 3), 2, 12, "dummy", 0.577350),
    "2^2 4^2/3/16 (Street, Burgess and Louviere, table 9)": ((2, 2, 4, 4), 3, 16, "effects", 0.140625),
    "4^4/4/16 (Huber and Zwerina, table 2)": ((4, 4, 4, 4), 4, 16, "effects", 0.157490),
    "2^6/2/8 fold-over (Kessels et al., table 2)": ((2,) * 6, 2, 8, "effects", 0.125),
}  # fmt: skip


def levelled(levels) -> Study:
    """Attributes ``x0``, ``x1``, ... whose last level is the base."""
    attributes = tuple(
        Attribute.categorical(
            f"x{i}", f"X{i}", [f"v{n}" for n in range(count)], base=f"v{count - 1}"
        )
        for i, count in enumerate(levels)
    )
    return Study("published", "Published", attributes)


def prior_for(study, coding, values=None) -> Prior:
    utility = Utility.main_effects(study, coding=dict.fromkeys(study.attribute_ids, coding))
    if values is None:
        return Prior.zero(utility)
    return Prior.of(utility, dict(zip(utility.names, values, strict=True)))


def codes_of(count, coding):
    """Rows that code the levels: the last one is the base."""
    base = -np.ones((1, count - 1)) if coding == "effects" else np.zeros((1, count - 1))
    return np.concatenate([np.eye(count - 1), base])


# --- theory, written out here ---------------------------------------------------------------------


def differing_pairs(levels, alternatives):
    """Most pairs of alternatives that can differ in an attribute (Burgess and Street 2005)."""
    each, more = divmod(alternatives, levels)
    alike = more * (each + 1) * each // 2 + (levels - more) * each * (each - 1) // 2
    return alternatives * (alternatives - 1) // 2 - alike


def street_bound(levels, alternatives, tasks, coding):
    """Smallest D-error that any design can have where all coefficients are zero."""
    log_det, size = 0.0, 0
    for count in levels:
        rows = codes_of(count, coding)
        gaps = [np.outer(a - b, a - b) for a, b in combinations(rows, 2)]
        matrix = tasks * differing_pairs(count, alternatives) / alternatives**2
        log_det += np.linalg.slogdet(matrix * np.mean(gaps, axis=0))[1]
        size += count - 1
    return np.exp(-log_det / size)


def error_by_hand(design, levels, coding, beta, constant=None):
    """D-error of the tasks of a data frame."""
    information = np.zeros((len(beta), len(beta)))
    for _, task in design.frame.groupby("task"):
        rows = []
        for record in task.to_dict("records"):
            if record["alternative"] == "none":
                part = [*np.zeros(len(beta) - 1).tolist(), 1.0]
            else:
                part = [
                    x for i, count in enumerate(levels)
                    for x in codes_of(count, coding)[int(record[f"x{i}"][1:])]
                ]  # fmt: skip
                part += [] if constant is None else [0.0]
            rows.append(part)
        x = np.array(rows)
        power = np.exp(x @ beta)
        p = power / power.sum()
        centred = x - p @ x
        information += centred.T @ (p[:, None] * centred)
    return np.linalg.det(information) ** (-1 / len(beta))


# --- optima ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMA)
def test_published_optima_are_reached_and_proved(name):
    levels, alternatives, tasks, coding, published = OPTIMA[name]
    study = levelled(levels)
    prior = prior_for(study, coding)
    design = efficient_design(
        study, prior, tasks=tasks, alternatives=alternatives, seed=1, budget=None,
        rules=ANYTHING, effort=Effort(runs=32 if tasks == 12 else FEW, certificate=HOUR),
    )  # fmt: skip
    error = design.claims["error"]
    assert error == pytest.approx(published, rel=4e-6)  # published to six digits
    bound = street_bound(levels, alternatives, tasks, coding)
    assert error == pytest.approx(bound, rel=1e-9)
    assert error == pytest.approx(
        error_by_hand(design, levels, coding, np.zeros(len(prior.names))), rel=1e-10
    )
    certificate = Certificate.from_dict(design.claims["certificate"])
    assert certificate.kind == "proof"
    assert certificate.efficiency == pytest.approx(1.0, abs=1e-6)
    assert certificate.bound == pytest.approx(bound, rel=1e-6)
    assert certificate.said.startswith("No design can be better")


@pytest.mark.parametrize(
    ("levels", "alternatives", "tasks"),
    [((3, 3, 3, 3), 2, 15), ((2, 3, 4), 2, 7), ((3, 2, 2), 4, 5)],
)
def test_the_certificate_is_the_street_bound_where_no_design_reaches_it(
    levels, alternatives, tasks
):
    study = levelled(levels)
    design = efficient_design(
        study, prior_for(study, "effects"), tasks=tasks, alternatives=alternatives, seed=1,
        budget=None, rules=ANYTHING, effort=Effort(runs=16, certificate=HOUR),
    )  # fmt: skip
    bound = street_bound(levels, alternatives, tasks, "effects")
    certificate = Certificate.from_dict(design.claims["certificate"])
    assert certificate.kind == "proof"
    assert bound * (1 - 2e-3) <= certificate.bound <= bound * (1 + 1e-9)
    assert bound < certificate.error < 1.1 * bound
    assert certificate.said.startswith("At most ")


def test_the_street_bound_of_huber_and_zwerina_with_two_alternatives():
    assert street_bound((3,) * 4, 2, 15, "effects") == pytest.approx(0.153960, rel=4e-6)
    assert street_bound((9, 8, 4, 3, 3, 3, 3, 2, 2, 2), 3, 63, "effects") == pytest.approx(
        0.062911, rel=8e-6
    )


def test_most_differing_pairs_are_those_of_the_paper():
    """The four cases of the paper: two levels and odd or even, few levels, many levels."""
    assert differing_pairs(2, 3) == (3**2 - 1) / 4
    assert differing_pairs(2, 4) == 4**2 / 4
    assert differing_pairs(3, 5) == (5**2 - (3 * 1 + 2 * 1 * 2 + 2)) / 2
    assert differing_pairs(4, 3) == 3 * 2 / 2


# --- best known values of problems without a closed form ------------------------------------------


@pytest.mark.parametrize(
    ("tasks", "alternatives", "attributes", "scale", "runs", "known"),
    [
        (9, 3, 3, 1.0, 24, 0.278421),
        (9, 3, 3, 0.75, 24, 0.25328),
        (9, 3, 3, 1.25, 24, 0.30323),
        (15, 2, 4, 1.0, 40, 0.22389),
    ],
)
def test_best_known_values_for_the_part_worths_of_huber_and_zwerina(
    tasks, alternatives, attributes, scale, runs, known
):
    """Part-worths (-1, 0, 1) of every attribute; the authors' own designs are far above."""
    levels = (3,) * attributes
    study = levelled(levels)
    beta = np.tile([-scale, 0.0], attributes)
    design = efficient_design(
        study, prior_for(study, "effects", beta), tasks=tasks, alternatives=alternatives, seed=1,
        budget=None, rules=ANYTHING, effort=Effort(runs=runs, certificate=HOUR),
    )  # fmt: skip
    error = design.claims["error"]
    assert error <= known * (1 + 2e-5)
    assert error == pytest.approx(error_by_hand(design, levels, "effects", beta), rel=1e-9)
    certificate = Certificate.from_dict(design.claims["certificate"])
    assert certificate.kind == "proof"
    assert certificate.bound <= known * (1 + 2e-5)


@pytest.mark.parametrize(
    ("constant", "known"), [(None, 0.026150), ("opt-out", 0.05302), ("first", 0.04346)]
)
def test_best_known_values_for_four_numbers(constant, known):
    """The notebook of choicedesign: four numeric attributes, two alternatives, 16 tasks."""
    values = {"a": ([1, 2, 3], -0.1), "b": ([10, 15, 15.5], -0.02), "c": ([0, 3, 5], 0.1),
              "d": ([0, 1, 2], 0.15)}  # fmt: skip
    attributes = tuple(Attribute.numeric(k, k.upper(), v) for k, (v, _) in values.items())
    labels = tuple(Alternative(n, n) for n in ("one", "two")) if constant == "first" else ()
    out = Alternative("none", "None", kind="opt_out") if constant == "opt-out" else None
    study = Study("numbers", "Numbers", attributes, labels, opt_out=out)
    own = {"first": ('asc("one")', 0.5), "opt-out": ('asc("none")', -1.0)}.get(constant)
    formula = " + ".join([*values, own[0]] if own else values)
    beta = [slope for _, slope in values.values()] + ([own[1]] if own else [])
    utility = Utility(formula, study)
    design = efficient_design(
        study, Prior.of(utility, dict(zip(utility.names, beta, strict=True))), tasks=16, seed=1,
        budget=None, rules=ANYTHING,
        effort=Effort(runs=64 if constant == "first" else 16, certificate=HOUR),
    )  # fmt: skip
    assert design.claims["error"] <= known * (1 + 2e-4)  # known to four or five digits
    certificate = Certificate.from_dict(design.claims["certificate"])
    assert certificate.kind == "proof"
    assert certificate.bound <= known * (1 + 2e-4)


def test_a_bayesian_design_with_an_opt_out_has_the_error_by_hand():
    levels = (3, 2)
    study = Study(
        "published", "P", levelled(levels).attributes, opt_out=Alternative("none", "N", kind="opt_out")
    )  # fmt: skip
    utility = Utility("effects(x0) + effects(x1) + asc", study)
    means = [0.4, -0.2, 0.5, -0.5]
    beliefs = {name: (mean, 0.3) for name, mean in zip(utility.names, means, strict=True)}
    prior = Prior.of(utility, beliefs)
    design = efficient_design(
        study, prior, tasks=8, seed=1, budget=None, rules=ANYTHING,
        effort=Effort(runs=2, draws=81, holdout=64, certificate=0),
    )  # fmt: skip
    draws = prior.draws(81, rule="gauss-hermite", seed=1)
    errors = [
        error_by_hand(design, levels, "effects", beta, constant=True) for beta in draws.values
    ]
    assert design.claims["draws"] == 81
    assert design.claims["error"] == pytest.approx(float(draws.weights @ errors), rel=1e-9)
    other = prior.draws(64, rule="sobol", seed=7_920)
    errors = [
        error_by_hand(design, levels, "effects", beta, constant=True) for beta in other.values
    ]
    assert design.claims["error_holdout"] == pytest.approx(float(np.mean(errors)), rel=1e-9)
