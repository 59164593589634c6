"""What the tasks of a design show, coded, with all that a diagnosis of their make-up needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ccegov_choice.design import measures
from ccegov_choice.design.candidates import Codes, TaskSpace, task_space
from ccegov_choice.design.design import Design, coded, offered
from ccegov_choice.design.judging.assumption import made_by


@dataclass(frozen=True, eq=False)
class Shown:
    """The tasks that estimates are made from, as level codes.

    Parameters
    ----------
    design : Design
        Its tasks, without those that are there for checks.
    space : TaskSpace
        What the study allows.
    codes : ndarray of shape (T, V, M)
        Level codes, in the order of the frame.
    numbers : tuple of int
        Task numbers, in the same order.
    block : ndarray of shape (T,)
        Block of each task, numbered from 0.
    """

    design: Design
    space: TaskSpace
    codes: Codes
    numbers: tuple[int, ...]
    block: Codes

    @classmethod
    def of(cls, design: Design) -> Shown:
        """Code a design."""
        study = design.study
        opt_out = None if study.opt_out is None else study.opt_out.id
        named = [name for name in design.alternatives if name != opt_out]
        space = task_space(study, None if study.labelled else len(named))
        first = design.frame.drop_duplicates("task")
        _, block = np.unique(first["block"].to_numpy(), return_inverse=True)
        numbers = tuple(int(t) for t in first["task"])
        return cls(design, space, coded(design, space), numbers, block)

    @property
    def per_person(self) -> bool:
        """True if every person has a version of the design."""
        return made_by(self.design) == "person_designs"

    @cached_property
    def present(self) -> npt.NDArray[np.float64]:
        """Which alternatives are on offer, ``(T, J)``, the opt-out last."""
        return offered(self.design, self.space)

    @cached_property
    def counts(self) -> list[Codes]:
        """How often each alternative shows each level, per attribute."""
        return measures.level_counts(self.space, self.codes)

    @cached_property
    def associations(self) -> npt.NDArray[np.float64]:
        """Cramér's V of every two attributes within an alternative."""
        return measures.associations(self.space, self.codes)

    @cached_property
    def repeated(self) -> tuple[tuple[int, int], ...]:
        """Numbers of tasks that show the same; with a version per person, within one version."""
        within = self.block if self.per_person else None
        pairs = measures.repeated_tasks(self.space, self.codes, within)
        return tuple((self.numbers[a], self.numbers[b]) for a, b in pairs)

    @cached_property
    def dominated(self) -> tuple[int, ...]:
        """Numbers of the tasks with a dominated alternative."""
        found = measures.dominated(self.space, self.codes)
        return tuple(dict.fromkeys(self.numbers[t] for t, _, _ in found))

    @cached_property
    def identical(self) -> tuple[int, ...]:
        """Numbers of the tasks in which two alternatives show the same."""
        return tuple(self.numbers[t] for t in measures.identical(self.space, self.codes))
