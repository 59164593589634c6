"""Efficient designs: tasks that make the errors of the estimates small under a prior."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ccegov_choice._table import Cell as TableCell
from ccegov_choice._table import Table
from ccegov_choice.design import measures
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design, coded
from ccegov_choice.design.efficient.assumed import Assumed
from ccegov_choice.design.efficient.cases import People, Priors
from ccegov_choice.design.efficient.certificate import Certificate, certify
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Effort, Watch, seconds_of
from ccegov_choice.design.efficient.record import blocks_of, judge, refined, write_down
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search import Found, explain_breaches, run_searches
from ccegov_choice.design.efficient.setting import Setting, make_setting
from ccegov_choice.errors import DesignError
from ccegov_choice.study.study import Study

# designs of the fast search that are refined for another model
REFINED = 3


@dataclass(frozen=True, eq=False, repr=False)
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
        """Return the designs that none beats in error, balance, overlap and dominance at once."""
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
        return (_error_of(design), *secondary(design))

    def _row(self, number: int, design: Design) -> tuple[TableCell, ...]:
        error = _error_of(design)
        best = _error_of(self.best)
        imbalance, overlap, dominated = secondary(design)
        return number, error, error / best - 1, int(imbalance), overlap, int(dominated)

    def __str__(self) -> str:
        return self.table().to_text()

    def __repr__(self) -> str:
        return f"<{len(self.designs)} designs, the best with {self.best.claims['error']:.6g}>"

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
    model: Assumed | None = None,
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
    model : Multinomial, Nested or PanelMixed, optional
        The model that the design is made for; the multinomial logit without it. For another one
        the search takes half of the time and exchanges judged by that model the other half.
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
        effort=replace(effort or Effort(), keep=1), fixed=fixed, people=people, model=model,
        progress=progress,
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
    rules: Rules | Sequence[Rules] | None = None,
    effort: Effort | None = None,
    fixed: Design | None = None,
    people: People = None,
    model: Assumed | None = None,
    progress: Watch | None = None,
) -> DesignSearch:
    """Search as `efficient_design` does, and keep the best few designs to choose from.

    Parameters
    ----------
    study, prior, tasks, alternatives, blocks, seed, budget, criterion, effort, fixed, people,
    model
        As in `efficient_design`; ``Effort(keep=...)`` says how many designs to keep.
    rules : Rules or sequence of Rules, optional
        With several, such as ever tighter balance, each gets an equal part of the time, and the
        result shows what each rule costs (see `DesignSearch.pareto`).
    progress : callable, optional
        As in `efficient_design`.

    Returns
    -------
    DesignSearch
        Designs, best first, with their table, and those that nothing beats in every respect.
    """
    began = time.perf_counter()
    several = [rules] if rules is None or isinstance(rules, Rules) else list(rules)
    settings = [
        make_setting(
            study,
            prior,
            tasks,
            alternatives,
            blocks,
            seed,
            criterion,
            item,
            effort,
            fixed,
            people,
            model,
        )
        for item in several
    ]
    seconds = seconds_of(budget)
    if seconds is None and settings[0].effort.runs is None:
        raise DesignError(
            "the search has neither a time nor a number of runs",
            where="efficient_design",
            cure="Give budget='30s', or effort=Effort(runs=50).",
        )
    share = None if seconds is None else seconds / len(settings)
    parts = [_search(setting, share, progress) for setting in settings]
    designs = [design for part, _ in parts for design in part]
    designs.sort(key=_error_of)
    certificate = min((found for _, found in parts), key=lambda found: found.error)
    spent = time.perf_counter() - began
    return DesignSearch(tuple(designs), settings[0].criterion, certificate, spent)


def _search(
    setting: Setting, seconds: float | None, progress: Watch | None
) -> tuple[list[Design], Certificate]:
    """Search under one set of rules; return the designs, best first, and the certificate."""
    part = seconds if setting.is_multinomial or seconds is None else seconds / 2
    found = run_searches(setting.task, part, progress, setting.criterion.name)
    if found[0].breaches > 0:
        problems = explain_breaches(setting.rules, setting.engine, found[0].codes)
        raise DesignError.of(problems, "No design keeps all the rules ({count} problems):")
    kept = [item for item in found if item.breaches == 0]
    if not setting.is_multinomial:
        return _refined(setting, kept[:REFINED], part, progress)
    judged = [
        (judge(setting, item.codes, blocks_of(setting, item.codes), setting.present), item)
        for item in kept
    ]
    judged.sort(key=lambda pair: (pair[0].value, pair[1].work.run))
    value, best = judged[0]
    certificate = certify(
        setting.engine, setting.criterion, best.codes, value.value,
        seconds=setting.effort.certificate, seed=setting.seed, workers=setting.effort.workers,
    )  # fmt: skip
    designs = [
        write_down(
            setting, item.codes, blocks_of(setting, item.codes), item.work, value,
            certificate if item is best else None,
        )
        for value, item in judged
    ]  # fmt: skip
    return designs, certificate


def _refined(
    setting: Setting, kept: Sequence[Found], seconds: float | None, progress: Watch | None
) -> tuple[list[Design], Certificate]:
    """Refine designs for another model; no bound is known there."""
    designs = []
    for item in kept:
        share = None if seconds is None else seconds / len(kept)
        better = refined(setting, item, seconds=share, watch=progress)
        block = blocks_of(setting, item.codes)
        value = judge(setting, better.codes, block, setting.present)
        work = replace(item.work, refined=better.visits)
        why = f"bounds are known for the multinomial logit only, not for a {setting.model.said}"
        certificate = Certificate("none", value.value, float("nan"), why, setting.criterion.name)
        designs.append(
            (
                value.value,
                write_down(setting, better.codes, block, work, value, certificate),
                certificate,
            )
        )
    designs.sort(key=lambda entry: entry[0])
    return [design for _, design, _ in designs], designs[0][2]


def _error_of(design: Design) -> float:
    """Return the error that a design claims; infinite where it was written down as none."""
    error = design.claims["error"]
    return math.inf if error is None else float(error)


def _is_opt_out(study: Study, name: str) -> bool:
    return study.opt_out is not None and study.opt_out.id == name
