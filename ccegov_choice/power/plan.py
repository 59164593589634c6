"""How many people to ask: by formula, or by simulating the whole survey many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._provenance import Provenance
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.errors import DesignError, Problem
from ccegov_choice.models.fitting.constraints import Constraints, constrain
from ccegov_choice.power.formula import ByFormula, answer_by_formula
from ccegov_choice.power.groups import Groups, check_groups, difference_questions
from ccegov_choice.power.precision import Answering, fixed_of
from ccegov_choice.power.question import Question, coefficient_questions
from ccegov_choice.power.replicate import Survey
from ccegov_choice.power.sample_plan import Answer, AtPeople, SamplePlan
from ccegov_choice.power.settings import FieldConditions, Goal, Simulation
from ccegov_choice.power.simulation import answer_by_simulation, simulate, told
from ccegov_choice.power.strength import Traded
from ccegov_choice.power.trades import Trades, default_trades, trade_questions
from ccegov_choice.power.truth import Truth, check_truth, scenarios

if TYPE_CHECKING:
    from ccegov_choice.design.design import Design
    from ccegov_choice.models.logit.logit import Logit


def plan_sample(
    design: Design,
    model: Logit,
    truth: Truth,
    *,
    people: Sequence[int] = (150, 300, 600),
    trades: Trades | None = None,
    groups: Groups | None = None,
    goal: Goal | None = None,
    field: FieldConditions | None = None,
    simulation: Simulation | None = None,
    seed: int = 1,
) -> SamplePlan:
    """Say how many people a survey needs, and what it can see with how many.

    Parameters
    ----------
    design : Design
        The tasks; each person answers one block.
    model : Logit
        What will be fitted. Its fixed and equal coefficients count; scales cannot be planned for.
    truth : mapping, Prior, RandomTaste or ClassTaste
        What people want. A power is averaged over the draws of a prior ("assurance"): the chance
        of detection, whatever the truth turns out to be. Where tastes differ between people, a
        logit finds an average that leans towards those who choose most consistently.
    people : sequence of int
        Numbers of people asked, before dropout.
    trades : sequence of (gain, pay_in), optional
        Willingness to trade to detect, as `willingness_to_trade` takes them; without it every
        attribute that may be traded, from its base to its best level, paid in the first
        numeraire of the study.
    groups : mapping of str to mapping of str to Group, optional
        Covariate -> group -> share and difference in tastes. Each group is compared with the
        first in what they differ in, each fitted apart.
    goal : Goal, optional
        Power and confidence level; 0.8 and 0.95.
    field : FieldConditions, optional
        Dropout, design effect, inattentive people, time, and who is asked.
    simulation : Simulation, optional
        How much to simulate; without it power comes from the formula.
    seed : int
        Of the simulation, and of the points that stand for a prior or varying tastes.

    Returns
    -------
    SamplePlan

    Raises
    ------
    UtilityError, DesignError, TradeOffError
        Listing what is wrong with truth, groups, numbers or trades; or naming the coefficients
        that the design cannot tell apart.

    Notes
    -----
    The covariance of ``n`` people is that of one, from the Fisher information of a block, over
    ``n (1 - dropout) / design_effect``. Where tastes differ or people answer by lot it is the
    sandwich clustered by person, around the coefficients that a logit settles at. Tests are
    two-sided z-tests; a trade is detected where its interval by the delta method exists and does
    not hold zero.

    References
    ----------
    de Bekker-Grob, Donkers, Jonker & Stolk (2015), The Patient 8, 373-384.
    White (1982), Econometrica 50, 1-25.
    O'Hagan, Stevens & Campbell (2005), Pharmaceutical Statistics 4, 187-201 (assurance).
    """
    goal, field = goal or Goal(), field or FieldConditions()
    bound = replace(model, utility=model.utility.bind(design.study))
    constraints = _constraints(bound)
    fixed = fixed_of(constraints)
    names = bound.utility.names
    check_truth(truth, names, fixed)
    numbers = _check_numbers(people, groups or {}, bound)
    answering = Answering.of(design, bound.utility, field.population)
    questions, notes = _questions(bound, truth, trades, groups or {}, field, seed)
    work = ByFormula(answering, constraints, truth, field, seed)
    weights, strengths = work.strengths(questions, groups or {})
    wrong = [
        question
        for question, strength in zip(questions, strengths, strict=True)
        if isinstance(strength, Traded) and weights @ (strength.payment <= 0) > 0.5
    ]
    _check_payment(wrong)
    answers = tuple(
        answer_by_formula(question, strength, weights, numbers, goal, field)
        for question, strength in zip(questions, strengths, strict=True)
    )
    if simulation is not None:
        survey = Survey(
            design=design,
            model=bound,
            truth=truth,
            questions=questions,
            groups=groups or {},
            goal=goal,
            field=field,
            replications=simulation.replications,
            seed=seed,
        )
        answers, found = _by_simulation(survey, answers, numbers, simulation)
        notes += found
    return SamplePlan(
        title=design.study.text(),
        answers=answers,
        people=numbers,
        tasks_per_person=answering.tasks_per_person,
        goal=goal,
        field=field,
        method="formula" if simulation is None else "simulation",
        replications=None if simulation is None else simulation.replications,
        notes=(*notes, *_notes(truth, field)),
        provenance=_provenance(design, bound, truth, numbers, seed),
    )


def _provenance(
    design: Design, model: Logit, truth: Truth, people: Sequence[int], seed: int
) -> Provenance:
    parameters = {
        "formula": model.utility.formula,
        "model": model.to_dict(),
        "truth": told(truth),
        "people": list(people),
    }
    parents = {"design": design.sha256, "study": design.study.sha256}
    return Provenance.record("plan_sample", parameters=parameters, seed=seed, parents=parents)


def _constraints(model: Logit) -> Constraints:
    if model.kind != "logit":
        raise DesignError(
            f"a {model.title.lower()} cannot be planned for",
            where="model",
            cure="Plan with Logit(utility), and simulate others: simulate_choices, then fit.",
        )
    if model.scale:
        raise DesignError(
            f"a scale by '{model.scale}' cannot be planned for",
            where="model",
            cure="Plan without scale=: Logit(utility); a scale asks for more people, not fewer.",
        )
    return constrain(model.utility.names, fixed=model.fixed, equal=model.equal, bounds=model.bounds)


def _check_numbers(people: Sequence[int], groups: Groups, model: Logit) -> tuple[int, ...]:
    problems = [
        Problem(f"{number} is not a number of people", "Give whole numbers above 0.", "people")
        for number in people
        if not isinstance(number, int | np.integer) or isinstance(number, bool) or number < 1
    ]
    if not len(people):
        problems.append(Problem("no number of people is given", "Give people=[300].", "people"))
    assert model.utility.study is not None
    problems += check_groups(groups, model.utility.study, model.utility.names)
    if problems:
        raise DesignError.of(problems, "The plan has {count} problems:")
    return tuple(sorted({int(number) for number in people}))


def _questions(
    model: Logit,
    truth: Truth,
    trades: Trades | None,
    groups: Groups,
    field: FieldConditions,
    seed: int,
) -> tuple[tuple[Question, ...], list[str]]:
    utility = model.utility
    notes: list[str] = []
    coefficients = coefficient_questions(utility, model.fixed)
    if trades is None:
        told_by = scenarios(truth, utility.names, model.fixed, seed=seed)
        mean = np.sum(
            [w * m.mean for w, m in zip(told_by.weights, told_by.mixtures, strict=True)], axis=0
        )
        traded, left_out = default_trades(utility, mean, field.population)
        notes += left_out
    else:
        traded = trade_questions(trades, utility, field.population)
    basic = [*coefficients, *traded]
    return (*basic, *difference_questions(basic, groups, utility.names)), notes


def _check_payment(wrong: Sequence[Question]) -> None:
    """Refuse a truth in which what people pay in is no loss to them."""
    names = list(dict.fromkeys(question.pay_in for question in wrong))
    if names:
        raise DesignError.of(
            [
                Problem(
                    f"paying in '{name}' costs people nothing if the truth is so",
                    f"Give the coefficient of '{name}' the sign of a cost in the truth.",
                    "truth",
                )
                for name in names
            ],
            "The truth has {count} problems:",
        )


def _by_simulation(
    survey: Survey, told_by: Sequence[Answer], people: Sequence[int], options: Simulation
) -> tuple[tuple[Answer, ...], list[str]]:
    """Return answers from simulated surveys, beside those of the formula."""
    runs = simulate(survey, people, options)
    answers = [
        answer_by_simulation(question, q, told_by[q].effect, runs, survey.goal)
        for q, question in enumerate(survey.questions)
    ]
    curve = "people needed is read off a curve through all simulated surveys"
    if isinstance(survey.truth, Prior) and not survey.truth.is_local:
        # an average of curves is no such curve
        answers = [replace(a, needed=b.needed) for a, b in zip(answers, told_by, strict=True)]
        curve = "people needed is that of the formula, since the truth differs between surveys"
    return tuple(answers), [*_simulation_notes(answers, survey.replications), curve]


def _simulation_notes(answers: Sequence[Answer], replications: int) -> list[str]:
    everything: list[AtPeople] = [at for answer in answers for at in answer.at]
    largest = max(at.monte_carlo_error or 0.0 for at in everything)
    notes = [
        f"{replications:,} surveys were simulated for each number of people: a power is known to "
        f"within {100 * largest:.1f} percentage points (one standard error) or better",
        "smallest sizes take the median standard error and the z-test",
    ]
    failed = {at.people: 0 for at in everything}
    for at in everything:
        failed[at.people] = max(failed[at.people], at.failed)
    notes += [
        f"with {people:,} people, up to {count:,} of {replications:,} surveys gave no estimate of "
        "a question; they count as not detected"
        for people, count in failed.items()
        if count
    ]
    return notes


def _notes(truth: Truth, field: FieldConditions) -> list[str]:
    notes = []
    if isinstance(truth, Prior) and not truth.is_local:
        notes.append(
            "power is averaged over the prior (assurance); true size, error and smallest size are "
            "medians over it"
        )
    if field.dropout or field.design_effect > 1:
        notes.append(
            f"of 100 people asked, {100 * (1 - field.dropout):.0f} answer and tell as much as "
            f"{field.effective(100):.0f} of a simple random sample"
        )
    if field.inattentive:
        notes.append(
            f"{field.inattentive:.0%} of those who answer do so by lot, which draws all estimates "
            "towards zero"
        )
    return notes
