"""What a search is asked for: study, priors, rules and effort, checked together and packed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.blocks import check_blocks
from ccegov_choice.design.candidates import Codes, TaskSpace, task_space
from ccegov_choice.design.design import Design, coded, offered
from ccegov_choice.design.efficient.assumed import (
    Assumed,
    Multinomial,
    assumed_from_dict,
    require_fit,
    utility_part,
)
from ccegov_choice.design.efficient.cases import (
    People,
    Priors,
    make_cases,
    weighted_people,
    weighted_priors,
)
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Effort, Work
from ccegov_choice.design.efficient.engine import Case, Engine
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search import Task
from ccegov_choice.design.efficient.starts import structured_starts
from ccegov_choice.design.files import parse_rows
from ccegov_choice.design.random import MOST_TASKS
from ccegov_choice.errors import DesignError, Problem
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]

# draws of the prior while a design is refined for another model than the multinomial logit
FEW_DRAWS = 16


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything that was asked for, checked and packed.

    Parameters
    ----------
    study : Study
        What is asked.
    space : TaskSpace
        The tasks that it allows.
    priors, people : lists of (weight, ...)
        Cases that are served.
    criterion : Criterion
        What is made small, in all parameters of the model.
    rules, effort
        As asked for, the effort with its draws settled.
    tasks, blocks, seed : int
        Tasks in all, parts of the design, seed.
    fixed : ndarray of shape (U, V, M)
        Tasks that are in the design anyway.
    present : ndarray of shape (T, J)
        One where an alternative is on offer.
    alternatives : int or None
        As asked for.
    fixed_text : str or None
        The fixed tasks as CSV, for the record.
    model : Assumed
        The model that the design is made for.
    """

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
    model: Assumed

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Cases with the draws of the search."""
        return make_cases(
            self.space, self.priors, self.people, self.in_utility,
            draws=self.effort.draws or 1, rule=self.effort.rule or "sobol", seed=self.seed,
        )  # fmt: skip

    @property
    def in_utility(self) -> Criterion:
        """The criterion as far as the coefficients of the utility go."""
        return utility_part(self.criterion, self.model)

    @property
    def is_multinomial(self) -> bool:
        """True if the fast search is all there is to do."""
        return isinstance(self.model, Multinomial)

    @cached_property
    def few_cases(self) -> tuple[Case, ...]:
        """Cases with the few draws that refining affords."""
        return make_cases(
            self.space, self.priors, self.people, self.in_utility,
            draws=FEW_DRAWS, rule="sobol", seed=self.seed,
        )  # fmt: skip

    @cached_property
    def few_holdout(self) -> tuple[Case, ...]:
        """Cases with as few draws that refining has not seen."""
        return make_cases(
            self.space, self.priors, self.people, self.in_utility,
            draws=4 * FEW_DRAWS, rule="sobol", seed=self.seed + 7_919,
        )  # fmt: skip

    @cached_property
    def holdout(self) -> tuple[Case, ...]:
        """Cases with draws that the search has not seen."""
        return make_cases(
            self.space, self.priors, self.people, self.in_utility,
            draws=self.effort.holdout, rule="sobol", seed=self.seed + 7_919,
        )  # fmt: skip

    @cached_property
    def engine(self) -> Engine:
        """The problem as the search sees it."""
        criterion, algorithm = self.criterion, self.effort.algorithm
        rules = self.rules.pack(self.space, self.present)
        # where counts have no room to move, only swaps keep them
        tight = bool((rules.most - rules.least <= 1).any())
        return Engine(
            self.space,
            self.cases,
            rules,
            self.present,
            self.fixed,
            largest=criterion.largest,
            average=criterion.averaging,
            quantile=criterion.share,
            whole=algorithm == "fedorov",
            swapping=algorithm == "rsc" or (algorithm == "auto" and tight),
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
            "model": None if self.is_multinomial else self.model.to_dict(),
            "work": work.to_dict(),
        }


def make_setting(
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
    model: Assumed | None,
) -> Setting:
    """Check what is asked for, all of it at once, and pack it.

    Raises
    ------
    DesignError
        Listing everything that cannot be, with the nearest change that would do.
    """
    space = task_space(study, alternatives)
    given = Prior.zero(Utility.main_effects(study)) if prior is None else prior
    priors = weighted_priors(given)
    problems = _fixed_problems(fixed, space)
    kept = coded(fixed, space) if fixed is not None and not problems else _no_tasks(space)
    total = tasks + len(kept)
    chosen = rules or Rules()
    problems += [*_size_problems(space, priors, tasks, total), *chosen.check(space, tasks)]
    if problems:
        raise DesignError.of(problems, "The design cannot be made ({count} problems):")
    check_blocks(total, blocks)
    assumed = model or Multinomial()
    for _, item in priors:
        require_fit(assumed, space, item.utility)
    present = _present(space, chosen, fixed, tasks, seed)
    doubtful = [sum(not b.is_known for b in prior.beliefs.values()) for _, prior in priors]
    hard = (effort or Effort()).settled(max(doubtful))
    return Setting(
        study, space, priors, weighted_people(people), Criterion.read(criterion), chosen,
        hard, total, blocks, seed, kept, present, alternatives,
        fixed.to_csv() if fixed is not None else None, assumed,
    )  # fmt: skip


def recorded_setting(study: Study, seed: int, parameters: Mapping[str, Any]) -> Setting:
    """Return the setting that a record was made with."""
    work = Work.from_dict(parameters["work"])
    priors = [(weight, Prior.from_dict(item, study)) for weight, item in parameters["priors"]]
    effort = Effort(
        algorithm=work.algorithm,  # type: ignore[arg-type]
        draws=work.draws,
        rule=work.rule,  # type: ignore[arg-type]
        holdout=parameters["holdout"],
    )
    people = [{**person, "weight": weight} for weight, person in parameters["people"]]
    return make_setting(
        study, priors, parameters["tasks"], parameters["alternatives"], parameters["blocks"], seed,
        Criterion.read(parameters["criterion"]), Rules.from_dict(parameters["rules"]), effort,
        _fixed_of(parameters["fixed"], study), people,
        assumed_from_dict(parameters.get("model")),
    )  # fmt: skip


def _fixed_of(text: str | None, study: Study) -> Design | None:
    if text is None:
        return None
    return Design(parse_rows(text, Path("fixed tasks"), study), study)


def _present(space: TaskSpace, rules: Rules, fixed: Design | None, tasks: int, seed: int) -> Floats:
    rows = rules.present(space, tasks, np.random.default_rng([seed, 4]))
    return rows if fixed is None else np.concatenate([offered(fixed, space), rows])


def _fixed_problems(fixed: Design | None, space: TaskSpace) -> list[Problem]:
    """Return why fixed tasks cannot be part of the design."""
    if fixed is None:
        return []
    if fixed.study != space.study:
        text = "the fixed tasks belong to another study"
        return [Problem(text, "Make them for this one.", "fixed")]
    names = [slot.alternative for slot in space.slots]
    if space.study.opt_out is not None:
        names.append(space.study.opt_out.id)
    if set(fixed.alternatives) - set(names) or (
        space.exchangeable and len(fixed.alternatives) != len(names)
    ):
        text = (
            f"the fixed tasks show {', '.join(fixed.alternatives)}, the new ones {', '.join(names)}"
        )
        return [Problem(text, "Ask for as many alternatives as the fixed tasks have.", "fixed")]
    return []


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
