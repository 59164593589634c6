"""What people answered, joined to the tasks that they were shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._provenance import Provenance
from ccegov_choice.data.choice_data import ChoiceData, Response, SupportsChoices, SupportsTasks
from ccegov_choice.data.findings import Findings, some
from ccegov_choice.data.frames import to_pandas
from ccegov_choice.data.labels import as_labels, label
from ccegov_choice.data.read import LongTable, Roles, build

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ResponseColumns:
    """What the user calls the columns of the responses; see `ChoiceData.collect`."""

    person: str = "person"
    task: str = "task"
    chosen: str | None = "chosen"
    ranking: str | None = None
    best: str | None = None
    worst: str | None = None
    offered: str | None = None
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    covariates: tuple[str, ...] = ()

    @property
    def response(self) -> Response:
        """What people did in a task."""
        if self.ranking:
            return "ranking"
        if self.best or self.worst:
            return "best-worst"
        return "choice" if self.chosen else "none"

    @property
    def answers(self) -> dict[str, str]:
        """Our name -> the column with the alternatives people named."""
        pairs = {
            "chosen": self.chosen,
            "rank": self.ranking,
            "best": self.best,
            "worst": self.worst,
        }
        return {ours: theirs for ours, theirs in pairs.items() if theirs}

    @property
    def roles(self) -> Roles:
        """Columns of the survey."""
        return Roles(self.weight, self.strata, self.cluster)

    @property
    def given(self) -> dict[str, str]:
        """Our name -> the user's, for columns about the person and the task."""
        pairs = {"person": self.person, "task": self.task, "offered": self.offered}
        return {ours: theirs for ours, theirs in pairs.items() if theirs}


def collect(design: SupportsTasks, responses: Any, columns: ResponseColumns) -> ChoiceData:
    """Join responses to a design; see `ChoiceData.collect`."""
    if isinstance(responses, SupportsChoices):
        responses = pd.DataFrame([dict(row) for row in responses.choice_rows()])
        columns = _of_store(columns, responses.columns)
    table = to_pandas(responses)
    found = Findings({**columns.given, **columns.answers})
    _check_columns(table, columns, found)
    tasks, starts, sizes = _tasks_of(design.frame)
    places = _places(table, columns, tasks, design.frame, found)
    known = np.flatnonzero(places >= 0)
    _check_once(table.iloc[known], columns, found)
    rows = np.repeat(known, sizes[places[known]])
    offsets = np.concatenate([[0], np.cumsum(sizes[places[known]])]).astype(np.int64)
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], sizes[places[known]])
    shown = np.repeat(starts[places[known]], sizes[places[known]]) + within
    if columns.offered:
        seen = _seen(table[columns.offered], rows, design.frame["alternative"].take(shown), found)
        rows, shown = rows[seen], shown[seen]
    attributes = [name for name in design.frame.columns if name not in ("block", "task")]
    about = _about_answers(table, columns, attributes).take(rows).reset_index(drop=True)
    offered = design.frame[attributes].take(shown).reset_index(drop=True)
    long = pd.concat([about, offered], axis=1)
    before = len(found.problems)
    for ours, theirs in columns.answers.items():
        reader = _ranks if ours == "rank" else _named
        long[ours] = reader(table[theirs], rows, offered["alternative"], found)
    # where answers are wrong, that is said once; the rest of the table is still looked at
    response = columns.response if len(found.problems) == before else "none"
    found.origin = rows
    made = LongTable(long, response, found, columns.roles, columns.covariates)
    record = Provenance.record("ChoiceData.collect", parents={"design": design.sha256})
    return build(made, design.study, provenance=record)


def _of_store(columns: ResponseColumns, there: pd.Index) -> ResponseColumns:
    """Name the columns that a store has, where the user has named none."""
    told = replace(columns, offered=columns.offered or ("offered" if "offered" in there else None))
    if columns.response != "choice" or columns.chosen in there:
        return told
    if "ranking" in there:
        return replace(told, chosen=None, ranking="ranking")
    if "best" in there:
        return replace(told, chosen=None, best="best", worst="worst")
    return told


def _seen(
    listed: pd.Series, rows: Integers, alternatives: pd.Series, found: Findings
) -> npt.NDArray[np.bool_]:
    """Mark the alternatives that people were shown; all, where nothing is listed."""
    orders = [frozenset(_order(cell)) for cell in listed]
    names = as_labels(alternatives)
    seen = [not orders[row] or name in orders[row] for row, name in zip(rows, names, strict=True)]
    shown = np.bincount(rows[seen], minlength=len(listed))
    unknown = np.array([len(order) for order in orders]) > shown
    found.say(
        f"'{listed.name}' lists alternatives that the task does not have",
        "Check that the responses belong to this design.",
        unknown & np.isin(np.arange(len(listed)), rows),
    )
    return np.array(seen, dtype=bool)


def _check_columns(table: pd.DataFrame, columns: ResponseColumns, found: Findings) -> None:
    named = (*columns.given.values(), *columns.answers.values(), *columns.roles.columns)
    wanted = [*named, *columns.covariates]
    for name in dict.fromkeys(wanted):
        if name not in table.columns:
            found.say_unknown(name, table.columns, "column of the responses")
    if columns.response == "best-worst" and not (columns.best and columns.worst):
        found.say(
            "only one of best and worst is named",
            "Name both columns; if people named only the best, give it as chosen=...",
        )
    found.finish()


def _tasks_of(frame: pd.DataFrame) -> tuple[list[str], Integers, Integers]:
    """Names of the design's tasks, the first row of each, and how many rows it has."""
    names = as_labels(frame["task"])
    changes = [i for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    starts = np.array(changes, dtype=np.int64)
    return [names[i] for i in changes], starts, np.diff(np.append(starts, len(names)))


def _places(
    table: pd.DataFrame,
    columns: ResponseColumns,
    tasks: list[str],
    design: pd.DataFrame,
    found: Findings,
) -> Integers:
    """Position of the task that each response answers; -1 where the design has none such."""
    position = {name: i for i, name in enumerate(tasks)}
    codes, cells = pd.factorize(table[columns.task])
    names = as_labels(cells)
    lookup = np.array([*(position.get(name, -1) for name in names), -1], dtype=np.int64)
    places = lookup[codes]
    unknown = places < 0
    if unknown.any():
        missing = [name for name in names if name not in position]
        shown = f"holds {some(missing, len(missing))}" if missing else "is empty"
        found.say(
            f"'{columns.task}' {shown}, and the design has no such task",
            f"The tasks of the design are {tasks[0]} to {tasks[-1]}: check that the responses "
            "belong to this design.",
            unknown,
        )
    if "block" in table:
        blocks = dict(zip(as_labels(design["task"]), as_labels(design["block"]), strict=True))
        expected = np.array([blocks[name] for name in tasks], dtype=object)[places]
        wrong = ~unknown & (expected != np.array(as_labels(table["block"]), dtype=object))
        found.say(
            "the task is not in the block that the response names",
            "Check that the responses belong to this design.",
            wrong,
        )
    return places


def _check_once(table: pd.DataFrame, columns: ResponseColumns, found: Findings) -> None:
    keys = list(dict.fromkeys([columns.person, columns.task]))
    again = table.duplicated(keys, keep=False).to_numpy()
    if again.any():
        first = table[keys][again].drop_duplicates().head(5).itertuples(index=False, name=None)
        shown = ", ".join(f"person {label(who)} task {label(which)}" for who, which in first)
        found.say(
            f"a task is answered more than once: {shown}",
            "Keep the answer that counts, and give each person an identifier of their own.",
            table.index.to_numpy()[again],
        )


def _about_answers(table: pd.DataFrame, columns: ResponseColumns, taken: list[str]) -> pd.DataFrame:
    """Everything in a response but the answer itself, under our names."""
    parts = {ours: table[theirs] for ours, theirs in columns.given.items()}
    used = {*columns.given.values(), *parts, *columns.answers.values(), *columns.answers, *taken}
    rest = table[[name for name in table.columns if name not in used]]
    return pd.concat([pd.DataFrame(parts), rest], axis=1)


def _named(
    answers: pd.Series, rows: Integers, offered: pd.Series, found: Findings
) -> npt.NDArray[np.bool_]:
    """Mark the alternative that each response names; note those that name none that was shown."""
    names = np.array(as_labels(offered), dtype=object)
    flags = np.asarray(names == np.array(as_labels(answers), dtype=object)[rows])
    asked = np.isin(np.arange(len(answers)), rows)
    unanswered = asked & answers.isna().to_numpy()
    found.say(f"'{answers.name}' is empty", "Leave out tasks that were not answered.", unanswered)
    wrong = asked & ~unanswered & ~np.isin(np.arange(len(answers)), rows[flags])
    for value in pd.unique(answers[wrong])[:5]:
        same = wrong & (answers == value).to_numpy()
        what = f"alternative in '{answers.name}'"
        found.say_unknown(label(value), dict.fromkeys(names), what, same)
    return flags


_SEPARATOR = re.compile(r"\s*[>,;|]\s*")


def _ranks(
    answers: pd.Series, rows: Integers, offered: pd.Series, found: Findings
) -> npt.NDArray[np.float64]:
    """Give each alternative its place in a response such as ``"B > A > none"``."""
    orders = [_order(cell) for cell in answers]
    place = [{alternative: i + 1 for i, alternative in enumerate(order)} for order in orders]
    pairs = zip(rows, as_labels(offered), strict=True)
    ranks = np.array([place[row].get(alternative, np.nan) for row, alternative in pairs])
    known = np.bincount(rows[~np.isnan(ranks)], minlength=len(answers))
    asked = np.isin(np.arange(len(answers)), rows)
    found.say(
        f"'{answers.name}' ranks nothing, an alternative twice, or one that was not shown",
        "List alternatives of the task from the best on, as in 'B > A'.",
        asked & ((known != np.array([len(order) for order in orders])) | (known == 0)),
    )
    return ranks


def _order(cell: object) -> list[str]:
    """Return the alternatives of a ranking; an empty cell ranks nothing."""
    if isinstance(cell, str):
        return _SEPARATOR.split(label(cell))
    return as_labels(cell) if isinstance(cell, list | tuple | np.ndarray) else []
