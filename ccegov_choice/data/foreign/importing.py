"""Importing answers collected elsewhere: read, recognised, checked whole, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, get_args

from ccegov_choice._provenance import Provenance
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.foreign.conjoint import read_conjoint
from ccegov_choice.data.foreign.interviews import Interviews
from ccegov_choice.data.foreign.limesurvey import read_limesurvey
from ccegov_choice.data.foreign.qualtrics import read_qualtrics
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sawtooth import read_sawtooth
from ccegov_choice.data.foreign.surveyjs import read_surveyjs
from ccegov_choice.data.foreign.task_answers import read_task_answers
from ccegov_choice.data.foreign.transfer_key import read_key
from ccegov_choice.data.foreign.xlsform import read_xlsform
from ccegov_choice.data.read import LongTable, Roles, build
from ccegov_choice.design.design import Design
from ccegov_choice.design.foreign.import_source import as_text
from ccegov_choice.errors import DataError, unknown_name
from ccegov_choice.study.study import Study

Tool = Literal["surveyjs", "qualtrics", "limesurvey", "xlsform", "sawtooth", "conjoint"]
TOOLS: tuple[str, ...] = get_args(Tool)

# survey tools give one row per person, with the names that our exports give to questions
_INTERVIEWS: Mapping[str, Callable[[Any, Request], Interviews]] = {
    "surveyjs": read_surveyjs,
    "qualtrics": read_qualtrics,
    "limesurvey": read_limesurvey,
    "xlsform": read_xlsform,
}
_SHOWN: Mapping[str, Callable[[Any, Request], Shown]] = {
    "sawtooth": read_sawtooth,
    "conjoint": read_conjoint,
}


def import_answers(
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
    covariates: Iterable[str] = (),
) -> ChoiceData:
    """Import answers that another program collected; see `ChoiceData.import_answers`."""
    if tool not in TOOLS:
        raise DataError.of([unknown_name(tool, TOOLS, "tool", where="import_answers")])
    asked = design.study if study is None and design is not None else study
    request = Request(
        design,
        asked,
        person,
        {str(theirs): str(ours) for theirs, ours in (columns or {}).items()},
        {as_text(theirs): str(ours) for theirs, ours in (alternatives or {}).items()},
        {id: {as_text(k): as_text(v) for k, v in x.items()} for id, x in (levels or {}).items()},
        tuple(covariates),
    )
    if tool in _INTERVIEWS:
        interviews = _INTERVIEWS[tool](source, request)
        if key is not None:
            interviews = read_key(key).read(interviews)
        shown = read_task_answers(interviews, request)
    else:
        shown = _SHOWN[tool](source, request)
    return _checked(shown, tool, request)


def _checked(shown: Shown, tool: str, request: Request) -> ChoiceData:
    """Check everything that choice data must keep, and name lines of the file where it fails."""
    found = shown.found
    found.lines = shown.lines
    if found.problems or shown.frame.empty:
        found.finish()
    parents = {shown.source.kind: shown.source.sha256}
    if request.design is not None:
        parents["design"] = request.design.sha256
    parameters = {
        "tool": tool,
        "columns": dict(request.columns),
        "alternatives": dict(request.alternatives),
        "levels": {id: dict(said) for id, said in request.levels.items()},
        "notes": list(shown.notes),
    }
    record = Provenance.record("import_answers", parameters=parameters, parents=parents)
    table = LongTable(shown.frame, shown.response, found, Roles(), request.covariates)
    return build(table, request.study, provenance=record)
