"""Efficient designs: tasks that make the errors of the estimates small under a prior."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._files import sha256
from ccegov_choice._provenance import Provenance
from ccegov_choice._table import Cell as TableCell
from ccegov_choice._table import Table
from ccegov_choice.design import measures
from ccegov_choice.design.blocks import assign_blocks, check_blocks
from ccegov_choice.design.candidates import Codes, TaskSpace, task_space
from ccegov_choice.design.cases import (
    People,
    Priors,
    make_cases,
    weighted_people,
    weighted_priors,
)
from ccegov_choice.design.certificate import Certificate, certify
from ccegov_choice.design.criterion import Criterion
from ccegov_choice.design.design import Design, assemble, coded
from ccegov_choice.design.effort import Effort, Watch, Work, seconds_of
from ccegov_choice.design.engine import Case, Engine
from ccegov_choice.design.evaluate import Evaluation, evaluate
from ccegov_choice.design.prior import Prior
from ccegov_choice.design.random import MOST_TASKS
from ccegov_choice.design.rules import Rules
from ccegov_choice.design.search import Found, Task, explain_breaches, replay, run_searches
from ccegov_choice.design.starts import structured_starts
from ccegov_choice.errors import DesignError, Problem
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Setting:
    """Everything that was asked for, checked and packed."""

    study: Study
    space: TaskSpace
    priors: list[tuple[float, Prior]]
    people: list[tuple[float, dict[str, Any]]]
    criterion: Criterion
    rules: Rules
    effort: Effort
    tasks: int
    blocks: int
    seed: int
    fixed: Codes
    present: Floats
    alternatives: int | None
    fixed_text: str | None

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Cases with the draws of the search."""
        return make_cases(
            self.space, self.priors, self.people, self.criterion,
            draws=self.effort.draws or 1, rule=self.effort.rule, seed=self.seed,
        )  # fmt: skip

    @cached_property
    def holdout(self) -> tuple[Case, ...]:
        """Cases with draws that the search has not seen."""
        return make_cases(
            self.space, self.priors, self.people, self.criterion,
            draws=self.effort.holdout, rule="sobol", seed=self.seed + 7_919,
        )  # fmt: skip

    @cached_property
    def engine(self) -> Engine:
        """The problem as the search sees it."""
        criterion, algorithm = self.criterion, self.effort.algorithm
        balanced = self.rules.balance is not None or bool(self.rules.balance_of)
        return Engine(
            self.space,
            self.cases,
            self.rules.pack(self.space, self.present),
            self.present,
            self.fixed,
            largest=criterion.largest,
            average=criterion.averaging,
            quantile=criterion.share,
            whole=algorithm == "fedorov",
            swapping=algorithm == "rsc" or (algorithm == "auto" and balanced),
            exchanging=algorithm != "rsc",
        )

    @cached_property
    def task(self) -> Task:
        """What the runs are made of."""
        return Task(self.engine, self.rules, self._starts(), self.seed, self.effort)

    def _starts(self) -> list[Codes]:
        if self.present.min() == 0 or self.rules.varying is not None:
            return []
        return structured_starts(self.space, self.tasks - len(self.fixed), self.seed)

    @property
    def is_local(self) -> bool:
        """True if no average is taken."""
        return all(prior.is_local for _, prior in self.priors)

    def parameters(self, work: Work) -> dict[str, Any]:
        """Return what the design is made again from."""
        return {
            "tasks": self.tasks - len(self.fixed),
            "alternatives": self.alternatives,
            "blocks": self.blocks,
            "priors": [[weight, prior.to_dict()] for weight, prior in self.priors],
            "people": [[weight, person] for weight, person in self.people],
            "criterion": self.criterion.to_dict(),
            "rules": self.rules.to_dict(),
            "fixed": self.fixed_text,
            "holdout": self.effort.holdout,
            "work": work.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class DesignSearch:
    """What a search found: the best design, the next best, and how good they can be.

    Parameters
    ----------
    designs : tuple of Design
        Different designs, best first.
    criterion : Criterion
        What was made small.
    certificate : Certificate
        How far the best is from the best possible.
    seconds : float
        Time taken.
    """

    designs: tuple[Design, ...]
    criterion: Criterion
    certificate: Certificate
    seconds: float

    @property
    def best(self) -> Design:
        """The design with the smallest error."""
        return self.designs[0]

    def table(self) -> Table:
        """Return the designs side by side: error, imbalance, overlap, dominated tasks."""
        rows = tuple(self._row(i, design) for i, design in enumerate(self.designs, 1))
        columns = ("Design", self.criterion.name, "Above the best", *_SECONDARY)
        notes = (self.criterion.said + ", the whole design answered once.", self.certificate.said)
        formats = {columns[1]: ".6g", "Above the best": ".2%", "Overlap": ".1%"}
        return Table(f"{len(rows)} best designs", columns, rows, notes, formats)

    def pareto(self) -> tuple[Design, ...]:
        """Return the designs that no other beats in error, balance, overlap and dominance at once."""
        points = [self._point(design) for design in self.designs]
        kept = []
        for i, point in enumerate(points):
            beaten = any(
                all(a <= b for a, b in zip(other, point, strict=True)) and other != point
                for other in points
            )
            if not beaten and point not in points[:i]:
                kept.append(self.designs[i])
        return tuple(kept)

    def _point(self, design: Design) -> tuple[float, ...]:
        return (float(design.claims["error"]), *secondary(design))

    def _row(self, number: int, design: Design) -> tuple[TableCell, ...]:
        error = float(design.claims["error"])
        best = float(self.best.claims["error"])
        imbalance, overlap, dominated = secondary(design)
        return number, error, error / best - 1, int(imbalance), overlap, int(dominated)

    def __str__(self) -> str:
        return self.table().to_text()

    def _repr_html_(self) -> str:
        return self.table().to_html()


_SECONDARY = ("Imbalance", "Overlap", "Dominated tasks")


def secondary(design: Design) -> tuple[float, float, float]:
    """Return a design's largest difference of level counts, share of ties, and dominated tasks."""
    shown = [name for name in design.alternatives if not _is_opt_out(design.study, name)]
    space = task_space(design.study, None if design.study.labelled else len(shown))
    codes = coded(design, space)
    counts = [table.sum(axis=0) for table in measures.level_counts(space, codes)]
    imbalance = max(int(c.max() - c.min()) for c in counts)
    ties = [share for share, _ in measures.overlap(space, codes) if not np.isnan(share)]
    dominated = {t for t, _, _ in measures.dominated(space, codes)}
    return imbalance, float(np.mean(ties)) if ties else 0.0, len(dominated)


def efficient_design(
    study: Study,
    prior: Priors | None = None,
    *,
    tasks: int,
    alternatives: int | None = None,
    blocks: int = 1,
    seed: int,
    budget: str | float | None = "10s",
    criterion: Criterion | str = "D",
    rules: Rules | None = None,
    effort: Effort | None = None,
    fixed: Design | None = None,
    people: People = None,
    progress: Watch | None = None,
) -> Design:
    """Search for tasks that make the errors of the estimates small.

    Parameters
    ----------
    study : Study
        What is asked; its floors and constraints are always kept.
    prior : Prior, or sequence of (weight, Prior), optional
        What is believed about the coefficients, and so what is to be estimated; zero for all main
        effects without it. Several priors, also with different utilities, are served at once.
    tasks : int
        Tasks to make, all blocks together; those of `fixed` come on top.
    alternatives : int, optional
        Alternatives in a task besides the opt-out: two when not given; in a study with labelled
        alternatives it is the number of these.
    blocks : int
        Parts of the design; each person answers one.
    seed : int
        The same seed and the same work give the same design.
    budget : str, float or None
        Time for the search: ``"30s"``, ``"2 min"``, seconds; None with ``Effort(runs=...)``, which
        gives the same design whatever the machine.
    criterion : Criterion or str
        What is made small: ``"D"``, ``"A"``, ``Criterion("C", trades=[...])``, ...
    rules : Rules, optional
        Balance, overlap, partial profiles, dominance, repetition, availability.
    effort : Effort, optional
        Algorithm, draws, threads.
    fixed : Design, optional
        Tasks that have to be in the design, such as those of a pilot, or the author's own.
    people : sequence of mappings or DataFrame, optional
        Kinds of people, each with its covariates and a ``weight``, where the utility or a status
        quo depends on who answers.
    progress : callable, optional
        Called with a `Progress` after every few sweeps.

    Returns
    -------
    Design
        The best found. Its `claims` hold the error, on the draws of the search and on others, and
        how far it is at most from the best possible one.

    Raises
    ------
    DesignError
        Listing everything that cannot be: more coefficients than the tasks can tell, a prior of
        another study, rules that leave too few tasks; with the nearest change that would do.

    Notes
    -----
    Errors hold for the whole design answered once, constants included. Searches cool from random
    starts (and descend from orthogonal arrays where the study has one) and exchange one attribute
    of one alternative at a time, weighing all exchanges of a task together. Ctrl-C ends the search
    and returns the best so far.

    References
    ----------
    Kessels, Jones, Goos and Vandebroek (2009), Journal of Business & Economic Statistics 27.
    Rose and Bliemer (2009), Transport Reviews 29.
    """
    found = search_designs(
        study, prior, tasks=tasks, alternatives=alternatives, blocks=blocks, seed=seed,
        budget=budget, criterion=criterion, rules=rules,
        effort=replace(effort or Effort(), keep=1), fixed=fixed, people=people, progress=progress,
    )  # fmt: skip
    return found.best


def search_designs(
    study: Study,
    prior: Priors | None = None,
    *,
    tasks: int,
    alternatives: int | None = None,
    blocks: int = 1,
    seed: int,
    budget: str | float | None = "10s",
    criterion: Criterion | str = "D",
    rules: Rules | None = None,
    effort: Effort | None = None,
    fixed: Design | None = None,
    people: People = None,
    progress: Watch | None = None,
) -> DesignSearch:
    """Search as `efficient_design` does, and keep the best few designs to choose from.

    Parameters
    ----------
    study, prior, tasks, alternatives, blocks, seed, budget, criterion, rules, effort, fixed, people,
    progress
        As in `efficient_design`; ``Effort(keep=...)`` says how many designs to keep.

    Returns
    -------
    DesignSearch
        Designs, best first, with their table, and those that nothing beats in every respect.
    """
    began = time.perf_counter()
    setting = _setting(
        study, prior, tasks, alternatives, blocks, seed, criterion, rules, effort, fixed, people
    )
    seconds = seconds_of(budget)
    if seconds is None and setting.effort.runs is None:
        raise DesignError(
            "the search has neither a time nor a number of runs",
            where="efficient_design",
            cure="Give budget='30s', or effort=Effort(runs=50).",
        )
    found = run_searches(setting.task, seconds, progress, setting.criterion.name)
    if found[0].breaches > 0:
        problems = explain_breaches(setting.rules, setting.engine, found[0].codes)
        raise DesignError.of(problems, "No design keeps all the rules ({count} problems):")
    kept = [item for item in found if item.breaches == 0]
    judged = sorted(
        ((evaluate(setting.cases, setting.criterion, f.codes, setting.present), f) for f in kept),
        key=lambda pair: (pair[0].value, pair[1].work.run),
    )
    certificate = certify(
        setting.engine, setting.criterion, judged[0][1].codes, judged[0][0].value,
        seconds=setting.effort.certificate, seed=seed, workers=setting.effort.workers,
    )  # fmt: skip
    designs = tuple(
        _design(setting, item, value, certificate if i == 0 else None)
        for i, (value, item) in enumerate(judged)
    )
    return DesignSearch(designs, setting.criterion, certificate, time.perf_counter() - began)


def make_again(study: Study, *, seed: int, **parameters: Any) -> Design:
    """Do the recorded work of an efficient design again; used by `verify`.

    Parameters
    ----------
    study : Study
        The study.
    seed : int
        The recorded seed.
    **parameters
        The other recorded parameters.
    """
    work = Work.from_dict(parameters["work"])
    priors = [(weight, Prior.from_dict(item, study)) for weight, item in parameters["priors"]]
    effort = Effort(
        algorithm=work.algorithm,  # type: ignore[arg-type]
        draws=work.draws,
        rule=work.rule,  # type: ignore[arg-type]
        holdout=parameters["holdout"],
    )
    people = [{**person, "weight": weight} for weight, person in parameters["people"]]
    setting = _setting(
        study, priors, parameters["tasks"], parameters["alternatives"], parameters["blocks"], seed,
        Criterion.read(parameters["criterion"]), Rules.from_dict(parameters["rules"]), effort,
        _fixed_of(parameters["fixed"], study), people,
    )  # fmt: skip
    codes = replay(setting.task, work)
    value = evaluate(setting.cases, setting.criterion, codes, setting.present)
    return _design(setting, Found(codes, 0.0, value.value, work), value, None)


def _fixed_of(text: str | None, study: Study) -> Design | None:
    if text is None:
        return None
    from pathlib import Path

    from ccegov_choice.design.files import parse_rows

    return Design(parse_rows(text, Path("fixed tasks"), study), study)


def _setting(
    study: Study,
    prior: Priors | None,
    tasks: int,
    alternatives: int | None,
    blocks: int,
    seed: int,
    criterion: Criterion | str,
    rules: Rules | None,
    effort: Effort | None,
    fixed: Design | None,
    people: People,
) -> _Setting:
    space = task_space(study, alternatives)
    given = Prior.zero(Utility.main_effects(study)) if prior is None else prior
    priors = weighted_priors(given)
    kept = coded(fixed, space) if fixed is not None else _no_tasks(space)
    total = tasks + len(kept)
    chosen = rules or Rules()
    problems = [*_size_problems(space, priors, tasks, total), *chosen.check(space, tasks)]
    if fixed is not None and fixed.study != study:
        problems.append(
            Problem("the fixed tasks belong to another study", "Make them for this one.", "fixed")
        )
    if problems:
        raise DesignError.of(problems, "The design cannot be made ({count} problems):")
    check_blocks(total, blocks)
    present = _present(space, chosen, fixed, tasks, seed)
    hard = effort or Effort()
    size = max(len(prior.names) for _, prior in priors)
    hard = replace(hard, draws=hard.draws_for(size))
    return _Setting(
        study, space, priors, weighted_people(people), Criterion.read(criterion), chosen,
        hard, total, blocks, seed, kept, present, alternatives,
        fixed.to_csv() if fixed is not None else None,
    )  # fmt: skip


def _present(
    space: TaskSpace, rules: Rules, fixed: Design | None, tasks: int, seed: int
) -> Floats:
    from ccegov_choice.design.design import offered

    rows = rules.present(space, tasks, np.random.default_rng([seed, 4]))
    return rows if fixed is None else np.concatenate([offered(fixed, space), rows])


def _no_tasks(space: TaskSpace) -> Codes:
    return np.zeros((0, len(space.slots), len(space.cells)), np.int64)


def _size_problems(
    space: TaskSpace, priors: Sequence[tuple[float, Prior]], tasks: int, total: int
) -> list[Problem]:
    """Return what is wrong with the number of tasks."""
    where = f"study '{space.study.id}'"
    if not 1 <= tasks <= MOST_TASKS:
        text = f"a design cannot have {tasks} new tasks"
        return [Problem(text, f"Give `tasks` between 1 and {MOST_TASKS:,}.", where)]
    J = len(space.slots) + (space.study.opt_out is not None)
    problems = []
    for _, prior in priors:
        size = len(prior.names)
        if total * (J - 1) < size:
            least = -(-size // (J - 1))
            problems.append(
                Problem(
                    f"{total} tasks with {J} alternatives tell at most {total * (J - 1)} "
                    f"coefficients, and the utility '{prior.utility.formula}' has {size}",
                    f"Ask for at least {least} tasks (better twice as many), add an alternative, "
                    "or drop terms.",
                    where,
                )
            )
    return problems


def _is_opt_out(study: Study, name: str) -> bool:
    return study.opt_out is not None and study.opt_out.id == name


def _design(
    setting: _Setting, found: Found, value: Evaluation, certificate: Certificate | None
) -> Design:
    """Part the tasks into blocks and write the design down with what was measured."""
    rng = np.random.default_rng([setting.seed, 5])
    block = assign_blocks(found.codes, setting.blocks, rng)
    purposes = dict.fromkeys(range(len(setting.fixed)), "fixed")
    parents = {"study": setting.study.sha256}
    for number, (_, prior) in enumerate(setting.priors, 1):
        name = "prior" if len(setting.priors) == 1 else f"prior {number}"
        parents[name] = sha256(prior.to_toml())
    record = Provenance.record(
        "efficient_design",
        parameters=setting.parameters(found.work),
        seed=setting.seed,
        parents=parents,
    )
    notes = _notes(setting, value, certificate)
    return assemble(
        setting.space, found.codes, block, record, notes,
        present=setting.present, purposes=purposes,
        claims=_claims(setting, found, value, certificate),
    )  # fmt: skip


def _claims(
    setting: _Setting, found: Found, value: Evaluation, certificate: Certificate | None
) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "criterion": setting.criterion.name,
        "error": _finite(value.value),
        "draws": len(value.errors),
        "singular_draws": value.singular,
    }
    if not setting.is_local:
        other = evaluate(setting.holdout, setting.criterion, found.codes, setting.present)
        claims["error_holdout"] = _finite(other.value)
        claims["draws_holdout"] = len(other.errors)
        claims["singular_draws_holdout"] = other.singular
    if certificate is not None:
        claims["certificate"] = certificate.to_dict()
    return claims


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _notes(
    setting: _Setting, value: Evaluation, certificate: Certificate | None
) -> tuple[str, ...]:
    notes = []
    if certificate is not None:
        notes.append(certificate.said)
    if value.singular:
        notes.append(
            f"At {value.singular} of {len(value.errors)} draws of the prior the design identifies "
            "nothing: the beliefs allow coefficients at which one alternative is always chosen. "
            "Narrow the prior, or judge the median error."
        )
    return tuple(notes)

