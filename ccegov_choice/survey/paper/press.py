"""Sets forms and scripts with Typst: accessible PDF (PDF/UA-1), refused if a letter is missing."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Literal

from ccegov_choice._drawing.typesetting import fonts_here, typeset
from ccegov_choice.errors import ChoiceError, MissingExtraError, SurveyError
from ccegov_choice.survey.media import media_file
from ccegov_choice.survey.paper.code import FormCode
from ccegov_choice.survey.paper.sheet import Sheet, sheet
from ccegov_choice.survey.survey import Survey

Script = Literal["telephone", "interviewer"]

_TEMPLATES = ("parts.typ", "form.typ", "script.typ")


def print_form(survey: Survey, code: FormCode, *, large_print: bool = False) -> bytes:
    """Return a form that people fill in with a pen, as PDF.

    Parameters
    ----------
    survey : Survey
        The survey.
    code : FormCode
        Which form; see `form_code`.
    large_print : bool
        18 points and larger, one task on each page.

    Raises
    ------
    SurveyError
        If no installed font has a letter of the text.
    MissingExtraError
        If Typst or segno is not installed.
    """
    content = {**sheet(survey, code), "large": large_print}
    return _set(survey, content, "form.typ")


def print_script(survey: Survey, code: FormCode, script: Script) -> bytes:
    """Return what an interviewer reads aloud and keys, as PDF; errors as in `print_form`."""
    content = {**sheet(survey, code), "large": False, "script": script}
    return _set(survey, content, "script.typ")


def _set(survey: Survey, content: Sheet, template: str) -> bytes:
    parts: dict[str, str | bytes] = {
        file: (files("ccegov_choice.survey.paper") / "templates" / file).read_text("utf-8")
        for file in _TEMPLATES
    }
    what = f"form {content['form']} in '{content['language']}'"
    try:
        content = {**content, "fonts": fonts_here()}
        parts |= _pictures(survey, content)
        parts |= {"sheet.json": json.dumps(content), "code.svg": qr_svg(content["code"])}
        return typeset(template, parts, what=what)
    except (MissingExtraError, SurveyError):
        raise
    except ChoiceError as error:
        raise SurveyError(error.problem, where=error.where, cure=error.cure) from error


def qr_svg(text: str) -> bytes:
    """Return a QR code as SVG."""
    try:
        import segno
    except ImportError as error:
        raise _missing("segno") from error
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue()


def _pictures(survey: Survey, content: Sheet) -> dict[str, bytes]:
    """Return pictures of levels by name, and put the names into the content."""
    names: dict[str, str] = {}
    found: dict[str, bytes] = {}
    for page in content["pages"]:
        for part in page["parts"]:
            for option in part.get("options", ()) if part["kind"] == "task" else ():
                for level in option["levels"].values():
                    image = level["image"]
                    if image and image not in names:
                        source = _picture(survey, image)
                        names[image] = f"picture-{len(names) + 1}{source.suffix}"
                        found[names[image]] = source.read_bytes()
                    if image:
                        level["image"] = names[image]
    return found


def _picture(survey: Survey, image: str) -> Path:
    source = media_file(survey, image)
    if source is None:
        raise SurveyError(
            f"the picture '{image}' is missing",
            where=f"survey '{survey.id}'",
            cure="Put it into the folder of the survey or of its study, or correct the level.",
        )
    return source


def _missing(package: str) -> MissingExtraError:
    return MissingExtraError(
        f"printing a survey needs the package {package}, which is not installed",
        where="survey paper",
        cure="Install it with: pip install 'ccegov_choice[survey,report]'",
    )
