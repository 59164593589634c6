"""`ChoiceData`: the choices people made, one row per alternative shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._files import sha256
from ccegov_choice.data.labels import as_labels, grouping
from ccegov_choice.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ccegov_choice._provenance import Provenance
    from ccegov_choice.data.describe import Description
    from ccegov_choice.data.foreign.importing import Tool
    from ccegov_choice.data.source import DataSource
    from ccegov_choice.design.design import Design
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Response = Literal["choice", "ranking", "best-worst", "none"]


class SupportsTasks(Protocol):
    """What `ChoiceData.collect` needs of a design."""

    @property
    def frame(self) -> pd.DataFrame:
        """The tasks: ``block``, ``task``, ``alternative`` and a column per attribute."""

    @property
    def study(self) -> Study:
        """What is asked."""

    @property
    def sha256(self) -> str:
        """The hash of the design."""


@runtime_checkable
class SupportsChoices(Protocol):
    """What `ChoiceData.collect` needs of a store of answers."""

    def choice_rows(self) -> Iterable[Mapping[str, Any]]:
        """Return one row per task answered: ``person``, ``task``, the answer, anything else."""


@dataclass(frozen=True, eq=False, repr=False)
class ChoiceData:
    """Choices made by people, checked whole when they were read, and not changed after.

    Make one with `from_long`, `from_wide`, `collect` or `read`; the constructor itself trusts
    what it is given. Axis letters: ``N`` people, ``T`` tasks, ``A`` alternative rows.

    Parameters
    ----------
    study : Study
        What was asked.
    response : {"choice", "ranking", "best-worst", "none"}
        What people did in a task; ``"none"`` for rows that are only to be predicted.
    task_offsets : ndarray, shape (T + 1,)
        Rows of task ``t`` are ``task_offsets[t]:task_offsets[t + 1]``.
    person_offsets : ndarray, shape (N + 1,)
        Tasks of person ``n`` are ``person_offsets[n]:person_offsets[n + 1]``.
    utility : Utility or None
        The specification of the published result, for data from `load_dataset`.
    source : DataSource or None
        Origin, licence and citation, for data from `load_dataset`.
    weight, strata, cluster : str or None
        Columns of ``frame`` that hold survey weights, strata and clusters.
    provenance : Provenance or None
        How the data were put together.
    """

    _frame: pd.DataFrame
    study: Study
    response: Response
    task_offsets: Integers
    person_offsets: Integers
    utility: Utility | None = None
    source: DataSource | None = None
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    provenance: Provenance | None = None

    # ------------------------------------------------------------------ making

    @classmethod
    def from_long(
        cls,
        frame: Any,
        *,
        study: Study | None = None,
        person: str = "person",
        task: str = "task",
        alternative: str | None = "alternative",
        chosen: str | None = "chosen",
        rank: str | None = None,
        best: str | None = None,
        worst: str | None = None,
        weight: str | None = None,
        strata: str | None = None,
        cluster: str | None = None,
        rename: Mapping[str, str] | None = None,
        covariates: Sequence[str] = (),
    ) -> ChoiceData:
        """Read choices that have one row per alternative shown.

        Parameters
        ----------
        frame : data frame
            Any frame that narwhals knows (pandas, polars, pyarrow, ...), one row per alternative.
            An alternative that was not available has no row; tasks may differ in size.
        study : Study, optional
            What was asked; without one it is inferred (see `infer_study`).
        person, task : str
            Columns that say who answered and in which task. Tasks are numbered within a
            person, so that two people may use the same task number.
        alternative : str or None
            Column with the name of the alternative; None names them A, B, ... as they stand.
        chosen : str or None
            Column that marks the chosen alternative (true/false, 0/1, or such words as
            ``"TRUE"``). None: nobody has answered yet, the rows are to be predicted.
        rank : str, optional
            Column with ranks from 1 (best), instead of ``chosen``; empty where not ranked.
        best, worst : str, optional
            Columns that mark the best and the worst alternative, instead of ``chosen``.
        weight : str, optional
            Column of survey weights, one value per person or per task.
        strata, cluster : str, optional
            Columns of the survey design, one value per person.
        rename : mapping of str to str, optional
            Your column name -> the study's name for it.
        covariates : sequence of str
            Columns that describe the person; those the study declares need not be repeated.

        Returns
        -------
        ChoiceData

        Raises
        ------
        DataError
            With every problem of the data at once, in your column names and with row numbers
            (counted from 1, header excluded).

        Examples
        --------
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"person": 1, "task": [1, 1, 2, 2], "alternative": list("ABAB"),
        ...                      "wait": [5, 30, 14, 5], "chosen": [1, 0, 0, 1]})
        >>> ChoiceData.from_long(rows)
        <ChoiceData: 1 person, 2 tasks, 4 alternatives shown; study 'data'>
        """
        from ccegov_choice.data.read import Columns, read_long

        columns = Columns(
            person=person,
            task=task,
            alternative=alternative,
            chosen=None if (rank or best or worst) else chosen,
            rank=rank,
            best=best,
            worst=worst,
            weight=weight,
            strata=strata,
            cluster=cluster,
            rename=dict(rename or {}),
            covariates=tuple(covariates),
        )
        return read_long(frame, columns, study)

    @classmethod
    def from_wide(
        cls,
        frame: Any,
        *,
        alternatives: Sequence[str] | Mapping[str, object],
        attributes: Sequence[str] | Mapping[str, Mapping[str, str]],
        study: Study | None = None,
        choice: str | None = "choice",
        available: Mapping[str, str] | None = None,
        separator: str = "_",
        person: str | None = "person",
        task: str | None = "task",
        weight: str | None = None,
        strata: str | None = None,
        cluster: str | None = None,
        covariates: Sequence[str] = (),
    ) -> ChoiceData:
        """Read choices that have one row per task.

        Parameters
        ----------
        frame : data frame
            Any frame that narwhals knows, one row per task.
        alternatives : sequence of str, or mapping of str to object
            The alternatives; or alternative -> its code in the ``choice`` column.
        attributes : mapping or sequence of str
            Attribute -> {alternative: column}; an alternative left out does not have the
            attribute. Or only the attributes' names, where columns are called
            ``<attribute><separator><alternative>``, such as ``time_train``.
        study : Study, optional
            What was asked; without one it is inferred.
        choice : str or None
            Column with the chosen alternative; None where nobody has answered yet.
        available : mapping of str to str, optional
            Alternative -> column that is true where it could be chosen.
        separator : str
            What stands between attribute and alternative in column names.
        person, task : str or None
            Columns that say who answered and in which task. Without a task column the rows of
            a person are numbered as they stand; without a person each row is a person.
        weight, strata, cluster, covariates
            As in `from_long`.

        Returns
        -------
        ChoiceData

        Raises
        ------
        DataError
            With every problem of the data at once, in your column names and row numbers.
        """
        from ccegov_choice.data.wide import WideColumns, read_wide

        columns = WideColumns(
            alternatives=alternatives,
            attributes=attributes,
            choice=choice,
            available=dict(available or {}),
            separator=separator,
            person=person,
            task=task,
            weight=weight,
            strata=strata,
            cluster=cluster,
            covariates=tuple(covariates),
        )
        return read_wide(frame, columns, study)

    @classmethod
    def collect(
        cls,
        design: SupportsTasks,
        responses: Any,
        *,
        person: str = "person",
        task: str = "task",
        chosen: str | None = "chosen",
        ranking: str | None = None,
        best: str | None = None,
        worst: str | None = None,
        offered: str | None = None,
        weight: str | None = None,
        strata: str | None = None,
        cluster: str | None = None,
        covariates: Sequence[str] = (),
    ) -> ChoiceData:
        """Join what people answered to the design that they were shown.

        Parameters
        ----------
        design : Design
            The tasks. Levels that a person brings along are taken from the responses.
        responses : data frame or store
            Any frame that narwhals knows, one row per answered task; or a store of answers, such
            as `ResponseStore`, whose columns need not be named. Columns that the study
            declares as covariates are taken as such; all others are kept. A column ``block``
            is checked against the design.
        person, task : str
            Columns that say who answered and which task of the design it was.
        chosen : str or None
            Column with the id of the chosen alternative; None where nobody has answered yet.
        ranking : str, optional
            Column with alternatives from the best on, such as ``"B > A > none"``, instead of
            ``chosen``.
        best, worst : str, optional
            Columns with the ids of the best and the worst, instead of ``chosen``.
        offered : str, optional
            Column with the alternatives that were shown, such as ``"A > B > none"``, where not
            everybody was shown all that the design has; others are left out then.
        weight, strata, cluster, covariates
            As in `from_long`.

        Returns
        -------
        ChoiceData

        Raises
        ------
        DataError
            With every problem at once: tasks that the design does not have or that a person
            answered twice, alternatives that the task does not have, and all that `from_long`
            checks.
        """
        from ccegov_choice.data.join import ResponseColumns, collect

        columns = ResponseColumns(
            person=person,
            task=task,
            chosen=None if (ranking or best or worst) else chosen,
            ranking=ranking,
            best=best,
            worst=worst,
            offered=offered,
            weight=weight,
            strata=strata,
            cluster=cluster,
            covariates=tuple(covariates),
        )
        return collect(design, responses, columns)

    @classmethod
    def import_answers(
        cls,
        source: Any,
        tool: Tool,
        *,
        design: Design | None = None,
        study: Study | None = None,
        key: Any = None,
        person: str | None = None,
        columns: Mapping[str, str] | None = None,
        alternatives: Mapping[Any, str] | None = None,
        levels: Mapping[str, Mapping[Any, str | float | None]] | None = None,
        covariates: Sequence[str] = (),
    ) -> ChoiceData:
        """Import answers that another program collected.

        Parameters
        ----------
        source : str, Path or data frame
            The file that the program exported; or a pandas or polars table of it.
        tool : {"surveyjs", "qualtrics", "limesurvey", "xlsform", "sawtooth", "conjoint"}
            The first four have one row (or object) per person and a column ``task_17`` for the
            task 17 of the design, as `ccegov survey transfer` sets them up. ``"sawtooth"``: a
            ``.cho`` file, a table with a row per concept, or answers by version. ``"conjoint"``:
            what people saw and chose, as a long table (cregg, projoint, Conjointly) or with one
            row per person (``K-1-2-3``, ``feature1a2``).
        design : Design, optional
            What was shown, where the file does not say.
        study : Study, optional
            What was asked; that of the design by default. Without either it is inferred.
        key : str, Path or data frame, optional
            The key (``....key.csv``) that `ccegov survey transfer` wrote beside the survey: it says
            which code of the program means what.
        person : str, optional
            The column that tells people apart, if it is not the program's own.
        columns : mapping of str to str, optional
            Column in the file -> what it holds: ``task_17``, ``block``, an attribute, a
            covariate, or ``person``, ``task``, ``alternative``, ``chosen`` in a long table.
        alternatives : mapping of str to str, optional
            What the file calls an alternative -> its id; or ``"dont_know"``.
        levels : mapping of str to mapping, optional
            Attribute or covariate -> {cell in the file: level id or number}.
        covariates : sequence of str
            Columns about people to keep; those the study declares need not be repeated. No other
            column is taken, and none that identifies people.

        Returns
        -------
        ChoiceData
            Its provenance notes what was recognised and left out: rehearsals, tasks without an
            answer, and "cannot decide", which is no choice of the opt-out.

        Raises
        ------
        FileFormatError
            If the file is missing or not of its kind.
        DataError
            With every problem at once, in the file's own column names and lines.
        """
        from ccegov_choice.data.foreign.importing import import_answers

        return import_answers(
            source,
            tool,
            design=design,
            study=study,
            key=key,
            person=person,
            columns=columns,
            alternatives=alternatives,
            levels=levels,
            covariates=covariates,
        )

    @classmethod
    def read(cls, path: str | Path, *, study: Study | None = None) -> ChoiceData:
        """Read a folder written by `save`, or a CSV file with the standard column names."""
        from ccegov_choice.data.files import read_choices

        return read_choices(path, study=study)

    def save(self, folder: str | Path) -> Path:
        """Write ``choices.csv``, ``study.toml`` and ``choices.json`` that `read` takes back."""
        from ccegov_choice.data.files import save_choices

        return save_choices(self, folder)

    # ------------------------------------------------------------------ size and arrays

    @property
    def frame(self) -> pd.DataFrame:
        """The rows, sorted by person and task, alternatives in the order given.

        Columns: ``person``, ``task``, ``alternative``; ``chosen`` (bool), ``rank`` (1 best,
        missing where not ranked) or ``best`` and ``worst`` (bool); a column per attribute
        (floats for numeric ones, level ids for others, missing where the alternative does not
        have it) and per covariate; all other columns as they came. It is a shallow copy:
        changing it does not change the data.
        """
        return self._frame.copy(deep=False)

    @property
    def people(self) -> int:
        """Number of people, ``N``."""
        return len(self.person_offsets) - 1

    @property
    def tasks(self) -> int:
        """Number of tasks over all people, ``T``."""
        return len(self.task_offsets) - 1

    @property
    def rows(self) -> int:
        """Number of alternatives shown, ``A``."""
        return len(self._frame)

    @cached_property
    def chosen(self) -> Integers:
        """Row of the chosen alternative of each task, shape (T,).

        Raises
        ------
        DataError
            If people ranked alternatives, or named the best and the worst, or have not
            answered: there is no one choice then, and none is made up.
        """
        if self.response == "none":
            raise DataError(
                "these data hold no choices",
                cure="Read them with the column that marks the choice (chosen=...); "
                "without one they can only be predicted.",
            )
        if self.response != "choice":
            raise DataError(
                f"these data hold a {self.response} response, not one choice per task",
                cure="Use data.first_choices() to keep only what people put first.",
            )
        return np.flatnonzero(self._frame["chosen"].to_numpy())

    @cached_property
    def choices_sha256(self) -> str:
        """Hash of who chose what out of how many; it tells other choices, not other attributes."""
        parts = [self.person_offsets, self.task_offsets, self.chosen]
        parts += [self.weights.view(np.int64)] if self.weighted else []
        return sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts))

    @cached_property
    def weights(self) -> Floats:
        """Weight of each task, shape (T,); 1.0 where the data have none."""
        if self.weight is None:
            return np.ones(self.tasks)
        values = self._frame[self.weight].to_numpy(dtype=np.float64)
        return np.ascontiguousarray(values[self.task_offsets[:-1]])

    @property
    def weighted(self) -> bool:
        """Whether the data carry survey weights."""
        return self.weight is not None

    @cached_property
    def person_rows(self) -> Integers:
        """First row of each person, shape (N,)."""
        return self.task_offsets[self.person_offsets[:-1]]

    @cached_property
    def person_ids(self) -> npt.NDArray[Any]:
        """Identifier of each person, shape (N,)."""
        return self._frame["person"].to_numpy()[self.person_rows]

    @property
    def task_people(self) -> Integers:
        """Position of the person of each task, shape (T,)."""
        return np.repeat(np.arange(self.people), np.diff(self.person_offsets))

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The alternatives that occur: in the study's order, then as they were met."""
        met = as_labels(pd.unique(self._frame["alternative"]))
        known = [name for name in self.study.alternative_ids if name in met]
        return (*known, *(name for name in met if name not in known))

    def codes(self, column: str) -> tuple[Integers, tuple[str, ...]]:
        """Group people by a column.

        Parameters
        ----------
        column : str
            ``"person"``, a covariate, or any other column of ``frame``.

        Returns
        -------
        codes : ndarray, shape (N,)
            Group of each person, from 0.
        labels : tuple of str
            Name of each group, in the study's order of levels where it declares them.

        Raises
        ------
        DataError
            If there is no such column, it varies within a person, or it is empty for someone.
        """
        return grouping(self, column)

    # ------------------------------------------------------------------ other views

    def each_task_as_a_person(self) -> ChoiceData:
        """Treat every task as if another person had answered it (a cross-section).

        Robust errors are then those per observation, as Biogeme prints them for such data. The
        column ``original_person`` keeps who it was.
        """
        from ccegov_choice.data.subset import each_task_alone

        return each_task_alone(self)

    def first_choices(self) -> ChoiceData:
        """Keep of a ranking, or of a best and worst, only what was put first."""
        if self.response in ("choice", "none"):
            return self
        ranked = self.response == "ranking"
        first = self._frame["rank"].eq(1) if ranked else self._frame["best"]
        frame = self._frame.assign(chosen=first.to_numpy(dtype=bool))
        frame = frame.drop(columns=["rank"] if ranked else ["best", "worst"])
        return replace(self, _frame=frame, response="choice")

    def select(self, keep: Any) -> ChoiceData:
        """Keep some of the people or tasks.

        Parameters
        ----------
        keep : sequence
            Booleans, one per row of ``frame`` (the same for all rows of a task), per task or
            per person; or else the identifiers of the people to keep.

        Raises
        ------
        DataError
            If the booleans have another length, split a task, keep nobody, or an identifier is
            unknown.
        """
        from ccegov_choice.data.subset import select

        return select(self, keep)

    def take_people(self, index: Any) -> ChoiceData:
        """Take people by position, in this order, as often as they are named.

        Parameters
        ----------
        index : sequence of int, shape (n,)
            Positions from 0 to ``people - 1``. Where one is repeated, all people are numbered
            anew from 1 and the column ``original_person`` keeps who they were.
        """
        from ccegov_choice.data.subset import take_people

        return take_people(self, index)

    def with_weight(self, column: str | None) -> ChoiceData:
        """Return the same choices weighted by a column of ``frame``; by none with None.

        Raises
        ------
        DataError
            If the column is unknown, not finite, negative, or varies within a task.
        """
        from ccegov_choice.data.read import reread

        return reread(replace(self, weight=column), self.study, self.utility)

    def with_study(self, study: Study, utility: Utility | None = None) -> ChoiceData:
        """Return the same choices under a study that says more about them.

        The rows are checked again, against the new study.
        """
        from ccegov_choice.data.read import reread

        return reread(self, study, utility)

    def describe(self) -> Description:
        """Say who answered what: people, tasks, shares by alternative and level, gaps."""
        from ccegov_choice.data.describe import describe

        return describe(self)

    # ------------------------------------------------------------------ display

    def __repr__(self) -> str:
        def count(number: int, one: str, many: str) -> str:
            return f"{number:,} {one if number == 1 else many}"

        return (
            f"<ChoiceData: {count(self.people, 'person', 'people')}, "
            f"{count(self.tasks, 'task', 'tasks')}, "
            f"{count(self.rows, 'alternative', 'alternatives')} shown; study '{self.study.id}'>"
        )

    def _repr_html_(self) -> str:
        return self.describe()._repr_html_()
