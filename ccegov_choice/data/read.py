"""From rows of the user's table to checked `ChoiceData`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ccegov_choice.data.answers import read_answers
from ccegov_choice.data.assemble import Checked, assemble
from ccegov_choice.data.check import (
    check_alternatives,
    check_constant,
    check_person_column,
    read_weights,
)
from ccegov_choice.data.choice_data import ChoiceData, Response
from ccegov_choice.data.findings import Findings
from ccegov_choice.data.frames import to_pandas
from ccegov_choice.data.infer import infer_covariate, infer_study
from ccegov_choice.data.layout import Layout, arrange
from ccegov_choice.data.levels import Reading, read_attribute, read_values
from ccegov_choice.study.study import Study

if TYPE_CHECKING:
    from ccegov_choice._provenance import Provenance
    from ccegov_choice.study.utility import Utility

ANSWERS: Mapping[Response, tuple[str, ...]] = {
    "choice": ("chosen",),
    "ranking": ("rank",),
    "best-worst": ("best", "worst"),
    "none": (),
}


@dataclass(frozen=True)
class Columns:
    """What the user calls the columns of a long table; see `ChoiceData.from_long`."""

    person: str = "person"
    task: str = "task"
    alternative: str | None = "alternative"
    chosen: str | None = "chosen"
    rank: str | None = None
    best: str | None = None
    worst: str | None = None
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    covariates: tuple[str, ...] = ()

    @property
    def response(self) -> Response:
        """What people did in a task."""
        if self.rank:
            return "ranking"
        if self.best or self.worst:
            return "best-worst"
        return "choice" if self.chosen else "none"

    @property
    def given(self) -> dict[str, str]:
        """Our name -> the user's, for the columns that have a part to play."""
        names = ("person", "task", "alternative", *ANSWERS[self.response])
        pairs = {name: getattr(self, name) for name in names}
        return {ours: theirs for ours, theirs in pairs.items() if theirs is not None}


@dataclass(frozen=True)
class Roles:
    """Columns of the survey, under the user's own names.

    Parameters
    ----------
    weight, strata, cluster : str or None
        Columns with survey weights, strata and clusters.
    """

    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns there are."""
        named = (self.weight, self.strata, self.cluster)
        return tuple(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True)
class LongTable:
    """One row per alternative shown, columns named as ours; not checked yet.

    Parameters
    ----------
    frame : DataFrame
        Columns as in `ChoiceData.frame`.
    response : {"choice", "ranking", "best-worst", "none"}
        What people did.
    findings : Findings
        Problems found so far; knows the user's names and rows.
    roles : Roles
        Columns with weights, strata, clusters.
    covariates : tuple of str
        Columns that describe the person, beyond those the study declares.
    """

    frame: pd.DataFrame
    response: Response
    findings: Findings
    roles: Roles
    covariates: tuple[str, ...] = ()


def read_long(frame: Any, columns: Columns, study: Study | None) -> ChoiceData:
    """Read a long table; see `ChoiceData.from_long`."""
    return build(_named(to_pandas(frame), columns), study)


def _named(table: pd.DataFrame, columns: Columns) -> LongTable:
    """Give the columns our names, and check that all of them are there."""
    given = columns.given
    found = Findings({**{new: old for old, new in columns.rename.items()}, **given})
    roles = Roles(columns.weight, columns.strata, columns.cluster)
    wanted = [*given.values(), *columns.rename, *roles.columns, *columns.covariates]
    for name in dict.fromkeys(wanted):
        if name not in table.columns and name not in columns.rename.values():
            found.say_unknown(name, table.columns, "column")
    if columns.response == "best-worst" and not (columns.best and columns.worst):
        found.say(
            "only one of best and worst is named",
            "Name both columns; if people named only the best, give it as chosen=...",
        )
    out = table.rename(columns=dict(columns.rename))
    taken = [ours for ours, theirs in given.items() if ours != theirs and ours in out.columns]
    # a column that plays another part may have our name: it moves on to its own
    for ours in [name for name in taken if name not in given.values()]:
        found.say(
            f"'{given[ours]}' is named as the {ours}, and there is another column '{ours}'",
            f"Drop or rename the column '{ours}' first.",
        )
    found.finish()
    parts = {ours: out[theirs] for ours, theirs in given.items()}
    rest = out.drop(columns=list(dict.fromkeys([*given.values(), *parts])), errors="ignore")
    out = pd.concat([pd.DataFrame(parts), rest], axis=1)
    if columns.alternative is None:
        out.insert(2, "alternative", _letters(out))
    return LongTable(out, columns.response, found, roles, columns.covariates)


def _letters(frame: pd.DataFrame) -> pd.Series:
    """Name the alternatives of each task A, B, C, ... as they stand; numbers beyond Z."""
    place = frame.groupby(["person", "task"], sort=False, dropna=False).cumcount()
    letters = pd.Index([chr(65 + i) if i < 26 else str(i + 1) for i in range(place.max() + 1)])
    return pd.Series(letters[place.to_numpy()], index=frame.index)


def build(
    long: LongTable,
    study: Study | None,
    *,
    provenance: Provenance | None = None,
    **known: Any,
) -> ChoiceData:
    """Check a long table whole and make `ChoiceData` of it.

    Raises
    ------
    DataError
        With all problems at once.
    """
    frame, found = long.frame, long.findings
    layout = arrange(frame, found)
    if layout.tasks == 0:
        found.finish()
    reading = Reading(frame, _whole_study(long, study, layout), layout, found)
    checked = _checked(reading, long)
    found.finish()
    return ChoiceData(
        assemble(reading, checked),
        reading.study,
        long.response,
        layout.task_offsets,
        layout.person_offsets,
        weight=long.roles.weight,
        strata=long.roles.strata,
        cluster=long.roles.cluster,
        provenance=provenance,
        **known,
    )


def _checked(reading: Reading, long: LongTable) -> Checked:
    """Look at everything, note what is wrong, and return what was read."""
    frame, found = reading.frame, reading.found
    check_alternatives(reading)
    answers = read_answers(frame, long.response, reading.layout, found)
    attributes = {}
    for attribute in reading.study.attributes:
        if attribute.id in frame:
            attributes[attribute.id] = read_attribute(reading, attribute)
        else:
            found.say_unknown(attribute.id, frame.columns, "column (an attribute of the study)")
    covariates = {
        item.id: read_values(frame[item.id], item, found.name(item.id), found)
        for item in reading.study.covariates
        if item.id in frame
    }
    for name, values in covariates.items():
        check_constant(reading, name, values.array, values.missing)
    for role in dict.fromkeys((long.roles.strata, long.roles.cluster)):
        if role is not None and role not in covariates:
            check_person_column(reading, role)
    weight = long.roles.weight
    weights = {} if weight is None else {weight: read_weights(reading, weight)}
    return Checked(answers, attributes, covariates, weights)


def _whole_study(long: LongTable, study: Study | None, layout: Layout) -> Study:
    """Return the study, guessed if there is none, with all covariates that were named."""
    if study is None:
        used = {"person", "task", "alternative", *ANSWERS[long.response]}
        used |= {*long.covariates, *long.roles.columns}
        candidates = [name for name in long.frame.columns if name not in used]
        return infer_study(
            long.frame, layout, candidates=candidates, covariates=tuple(long.covariates)
        )
    known = {covariate.id for covariate in study.covariates}
    new = [name for name in long.covariates if name not in known]
    if not new:
        return study
    more = tuple(infer_covariate(long.frame[name], name) for name in new)
    return replace(study, covariates=(*study.covariates, *more))


def reread(data: ChoiceData, study: Study, utility: Utility | None) -> ChoiceData:
    """Check the same rows against another study; see `ChoiceData.with_study`."""
    roles = Roles(data.weight, data.strata, data.cluster)
    found = Findings()
    for name in roles.columns:
        if name not in data.frame:
            found.say_unknown(name, data.frame.columns, "column")
    found.finish()
    long = LongTable(data.frame, data.response, found, roles)
    return build(long, study, provenance=data.provenance, utility=utility, source=data.source)
