"""A survey for another survey tool: its file, the key to its answers, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ccegov_choice._files import write_atomic
from ccegov_choice.errors import SurveyError, unknown_name
from ccegov_choice.survey.exporting.key import KeyRow, key_text
from ccegov_choice.survey.exporting.lime_codes import limesurvey_key
from ccegov_choice.survey.exporting.limesurvey import limesurvey_losses, limesurvey_text
from ccegov_choice.survey.exporting.outline import Outline
from ccegov_choice.survey.exporting.outlining import outline
from ccegov_choice.survey.exporting.qualtrics import qualtrics_losses, qualtrics_text
from ccegov_choice.survey.exporting.qualtrics_key import qualtrics_key
from ccegov_choice.survey.exporting.surveyjs import (
    surveyjs_key,
    surveyjs_losses,
    surveyjs_text,
)
from ccegov_choice.survey.exporting.xlsform import xlsform_bytes, xlsform_key, xlsform_losses
from ccegov_choice.survey.survey import Survey


@dataclass(frozen=True)
class Tool:
    """How a survey is written for one tool.

    Parameters
    ----------
    name : str
        The tool as people know it.
    ending : str
        How its files end.
    write : callable
        The file.
    key : callable
        What its answers mean.
    losses : callable
        What it cannot hold, beside what no other tool can.
    """

    name: str
    ending: str
    write: Callable[[Outline], str | bytes]
    key: Callable[[Outline], list[KeyRow]]
    losses: Callable[[Outline], list[str]]


TOOLS = {
    "surveyjs": Tool("SurveyJS", ".json", surveyjs_text, surveyjs_key, surveyjs_losses),
    "qualtrics": Tool("Qualtrics", ".qsf", qualtrics_text, qualtrics_key, qualtrics_losses),
    "limesurvey": Tool("LimeSurvey", ".lss", limesurvey_text, limesurvey_key, limesurvey_losses),
    "xlsform": Tool("XLSForm", ".xlsx", xlsform_bytes, xlsform_key, xlsform_losses),
}


@dataclass(frozen=True)
class Transfer:
    """A survey written for another tool.

    Parameters
    ----------
    tool : Tool
        The tool.
    content : str or bytes
        The file that the tool loads.
    key : str
        CSV that says what each column and code of its answers means.
    losses : tuple of str
        What it cannot hold, in sentences.
    """

    tool: Tool
    content: str | bytes
    key: str
    losses: tuple[str, ...]

    def write(self, path: str | Path) -> tuple[Path, Path]:
        """Write file and key (``PATH.key.csv``), each whole or not at all; return their paths."""
        return write_atomic(path, self.content), write_atomic(f"{path}.key.csv", self.key)


def transfer(survey: Survey, tool: str, *, orders: int = 1) -> Transfer:
    """Write a survey for another survey tool.

    Parameters
    ----------
    survey : Survey
        A survey without problems.
    tool : {"surveyjs", "qualtrics", "limesurvey", "xlsform"}
        The tool.
    orders : int
        In how many orders of attributes and options each block is written out; the tool draws
        one of these versions for each person.

    Raises
    ------
    SurveyError
        If there is no such tool, or `orders` is not positive.
    """
    if tool not in TOOLS:
        raise SurveyError.of([unknown_name(tool, TOOLS, "tool")])
    if orders < 1:
        raise SurveyError(
            f"a survey cannot be written in {orders} orders",
            where="orders",
            cure="Give 1 or a larger number.",
        )
    chosen = TOOLS[tool]
    plan = outline(survey, orders=orders)
    return Transfer(
        chosen,
        chosen.write(plan),
        key_text(chosen.key(plan)),
        (*plan.losses, *chosen.losses(plan)),
    )
