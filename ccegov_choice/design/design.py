"""A design: the tasks that people are shown, frozen, with the record of how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._files import sha256
from ccegov_choice._provenance import Provenance
from ccegov_choice._table import Cell as TableCell
from ccegov_choice._table import Table
from ccegov_choice.design.candidates import ABSENT, Cell, Codes, TaskSpace
from ccegov_choice.design.check import design_problems, is_empty
from ccegov_choice.errors import DesignError
from ccegov_choice.study.study import Study

if TYPE_CHECKING:
    from ccegov_choice.design.efficient.cases import People, Priors
    from ccegov_choice.design.judging.diagnosis import Diagnosis
    from ccegov_choice.study.utility import Utility

KEYS = ("block", "task", "alternative")


@dataclass(frozen=True, eq=False)
class Design:
    """The tasks of a study.

    Made by `efficient_design`, `random_design`, `orthogonal_design` or `person_designs`, read from
    a file, imported, or given by the author as a data frame. Every alternative keeps the floors and
    constraints of the study.

    Parameters
    ----------
    frame : DataFrame
        One row per alternative: ``block`` and ``task`` (numbered from 1, tasks within the whole
        design), ``alternative``, and a column per attribute: a number, a level id, or empty where
        the alternative does not have it or each person brings the level along.
    study : Study
        What is asked.
    provenance : Provenance, optional
        How it was made; without it the tasks are taken as given by the author.
    notes : tuple of str
        What the maker of the design has to say about it.
    purposes : mapping of int to str
        Tasks that are not there for the estimates alone: task number -> ``"fixed"``,
        ``"holdout"`` or ``"repeat of 3"``.
    claims : mapping
        What its maker measured: criterion, error, lower bound; `verify` works them out again.

    Raises
    ------
    DesignError
        Listing every row that the study does not allow.
    """

    frame: pd.DataFrame
    study: Study
    provenance: Provenance = field(default_factory=lambda: Provenance.record("author"))
    notes: tuple[str, ...] = ()
    purposes: Mapping[int, str] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = design_problems(self.frame, self.study)
        if problems:
            raise DesignError.of(problems, "The design has {count} problems:")
        object.__setattr__(self, "frame", _tidy(self.frame, self.study))
        object.__setattr__(self, "notes", tuple(self.notes))
        purposes = {int(task): str(why) for task, why in dict(self.purposes).items()}
        object.__setattr__(self, "purposes", purposes)
        object.__setattr__(self, "claims", dict(self.claims))

    @classmethod
    def read(cls, path: str | Path, study: Study | None = None) -> Design:
        """Read a saved design.

        Parameters
        ----------
        path : str or Path
            The folder with ``design.csv``, or the CSV file itself.
        study : Study, optional
            The study; by default ``study.toml`` beside the design.

        Raises
        ------
        FileFormatError, DesignError
            Naming the file and every wrong row.
        ProvenanceError
            If ``design.csv`` or the study is not what ``design.lock`` recorded.
        """
        from ccegov_choice.design.files import read_design

        return read_design(path, study)

    @property
    def blocks(self) -> int:
        """Number of blocks; each person answers one."""
        return int(self.frame["block"].nunique())

    @property
    def tasks(self) -> int:
        """Number of tasks, all blocks together."""
        return int(self.frame["task"].nunique())

    @cached_property
    def alternatives(self) -> tuple[str, ...]:
        """Ids of the alternatives in the order shown, the opt-out last."""
        return tuple(dict.fromkeys(str(name) for name in self.frame["alternative"]))

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of `to_csv`, in hexadecimal."""
        return sha256(self.to_csv())

    def to_csv(self) -> str:
        """Return the content of ``design.csv``: the same design always gives the same bytes."""
        from ccegov_choice.design.files import design_csv

        return design_csv(self)

    def save(self, folder: str | Path) -> Path:
        """Write ``design.csv`` and ``design.lock`` into a folder; return the folder."""
        from ccegov_choice.design.files import save_design

        return save_design(self, folder)

    def diagnose(
        self,
        prior: Priors | Utility | None = None,
        *,
        utility: Utility | None = None,
        people: People = None,
        trades: Sequence[tuple[str, str]] | None = None,
        certificate_seconds: float = 0.0,
    ) -> Diagnosis:
        """Judge the design; see `ccegov_choice.design.judging.diagnose.diagnose`."""
        from ccegov_choice.design.judging.diagnose import diagnose

        return diagnose(
            self, prior, utility=utility, people=people, trades=trades,
            certificate_seconds=certificate_seconds,
        )  # fmt: skip

    def with_repeat(self, *, seed: int = 1) -> Design:
        """Ask one task of each block again, swapped; see `extra_tasks.with_repeat`."""
        from ccegov_choice.design.extra_tasks import with_repeat

        return with_repeat(self, seed=seed)

    def with_holdouts(self, tasks: int = 2, *, seed: int = 1) -> Design:
        """Add tasks that are left out of the estimates; see `extra_tasks.with_holdouts`."""
        from ccegov_choice.design.extra_tasks import with_holdouts

        return with_holdouts(self, tasks, seed=seed)

    def table(self) -> Table:
        """Return the tasks as a table for people."""
        rows: list[tuple[TableCell, ...]] = []
        for record in self.frame.to_dict("records"):
            cells: list[TableCell] = [
                str(record["block"]),
                int(record["task"]),
                str(record["alternative"]),
            ]
            shown = (self._shown(name, record[name]) for name in self.study.attribute_ids)
            rows.append((*cells, *shown))
        labels = (item.text() for item in self.study.attributes)
        columns = ("Block", "Task", "Alternative", *labels)
        return Table(self._title, columns, tuple(rows), self.notes)

    def _shown(self, attribute: str, cell: object) -> str | None:
        if is_empty(cell):
            return None
        level = cell if isinstance(cell, str) else float(str(cell))
        return self.study.attribute(attribute).level(level).text()

    @property
    def _title(self) -> str:
        parts = [f"{self.tasks} tasks", f"{len(self.alternatives)} alternatives"]
        if self.blocks > 1:
            parts.append(f"{self.blocks} blocks")
        return f"Design of '{self.study.text()}': {', '.join(parts)}"

    def __repr__(self) -> str:
        return f"<{self._title}, made by {self.provenance.made_by}>"

    def _repr_html_(self) -> str:
        return self.table().to_html()


def assemble(
    space: TaskSpace,
    codes: Codes,
    block: Codes,
    provenance: Provenance,
    notes: Sequence[str] = (),
    *,
    present: npt.NDArray[np.float64] | None = None,
    purposes: Mapping[int, str] | None = None,
    claims: Mapping[str, Any] | None = None,
) -> Design:
    """Make a design of coded tasks; the opt-out is added to every task.

    Parameters
    ----------
    space : TaskSpace
        The tasks that the study allows.
    codes : ndarray of shape (T, J, M)
        Level codes.
    block : ndarray of shape (T,)
        Block of each task, from 1. Tasks are numbered block by block.
    provenance : Provenance
        How they were made.
    notes : sequence of str
        What to tell about them.
    present : ndarray of shape (T, J), optional
        One where an alternative is on offer; always, without it.
    purposes : mapping of int to str, optional
        Position of a task in `codes` -> what else it is there for.
    claims : mapping, optional
        What was measured.
    """
    order = np.argsort(block, kind="stable")
    opt_out = space.study.opt_out
    rows: list[dict[str, object]] = []
    for number, t in enumerate(order, 1):
        for j, slot in enumerate(space.slots):
            if present is not None and present[t, j] == 0:
                continue
            row = {"block": int(block[t]), "task": number, "alternative": slot.alternative}
            rows.append({**row, **slot.fixed, **_decode(space, codes[t, j])})
        if opt_out is not None:
            row = {"block": int(block[t]), "task": number, "alternative": opt_out.id}
            rows.append({**row, **opt_out.fixed})
    frame = pd.DataFrame(rows, columns=[*KEYS, *space.study.attribute_ids])
    numbers = {int(t): number for number, t in enumerate(order, 1)}
    told = {numbers[t]: why for t, why in (purposes or {}).items()}
    return Design(frame, space.study, provenance, tuple(notes), told, claims or {})


def coded(design: Design, space: TaskSpace) -> Codes:
    """Return the level codes ``(T, V, M)`` of a design, the opt-out left out.

    Tasks stand in the order of the frame. An alternative that is not on offer is absent in all
    attributes.
    """
    codes = np.full((design.tasks, len(space.slots), len(space.cells)), ABSENT, dtype=np.int64)
    task = pd.factorize(design.frame["task"])[0]
    names = design.frame["alternative"].to_numpy()
    for j, slot in enumerate(space.slots):
        rows = np.flatnonzero(names == slot.alternative)
        for m, attribute in enumerate(space.study.attribute_ids):
            lookup = {cell: code for code, cell in enumerate(space.cells[m])}
            column = design.frame[attribute].to_numpy()[rows]
            codes[task[rows], j, m] = [lookup.get(cell, ABSENT) for cell in column]
    return codes


def offered(design: Design, space: TaskSpace) -> npt.NDArray[np.float64]:
    """Return ``(T, J)``: one where an alternative is on offer, the opt-out last."""
    names = [slot.alternative for slot in space.slots]
    if space.study.opt_out is not None:
        names.append(space.study.opt_out.id)
    present = np.zeros((design.tasks, len(names)))
    task = pd.factorize(design.frame["task"])[0]
    shown = design.frame["alternative"].to_numpy()
    for j, name in enumerate(names):
        present[task[shown == name], j] = 1.0
    return present


def _decode(space: TaskSpace, codes: Codes) -> dict[str, Cell]:
    ids = space.study.attribute_ids
    return {ids[m]: space.cells[m][code] for m, code in enumerate(codes) if code != ABSENT}


def _tidy(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Order rows and columns and settle the types, so that equal designs have equal frames."""
    tidy = pd.DataFrame(index=range(len(frame)))
    for name in ("block", "task"):
        tidy[name] = frame[name].to_numpy().astype(np.int64)
    tidy["alternative"] = frame["alternative"].astype(str).to_numpy()
    for attribute in study.attributes:
        if attribute.is_numeric:
            tidy[attribute.id] = frame[attribute.id].to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            cells = frame[attribute.id].astype(object).to_numpy()
            tidy[attribute.id] = [None if is_empty(cell) else cell for cell in cells]
    return tidy.sort_values(["block", "task"], kind="stable", ignore_index=True)
