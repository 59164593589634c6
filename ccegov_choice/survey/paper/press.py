"""Sets forms and scripts with Typst: accessible PDF (PDF/UA-1), refused if a letter is missing."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ccegov_choice.errors import MissingExtraError, SurveyError
from ccegov_choice.survey.media import media_file
from ccegov_choice.survey.paper.code import FormCode
from ccegov_choice.survey.paper.sheet import Sheet, sheet
from ccegov_choice.survey.survey import Survey

Script = Literal["telephone", "interviewer"]

# plain faces that are easy to read, then those that bring further scripts
_FONTS = (
    "Atkinson Hyperlegible",
    "Noto Sans",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Noto Sans Arabic",
    "Noto Naskh Arabic",
    "DejaVu Sans",
)
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
    typst = _typst()
    fonts = typst.Fonts(include_embedded_fonts=False)
    content = {**content, "fonts": _chosen(fonts.families())}
    with tempfile.TemporaryDirectory(prefix="ccegov-paper-") as name:
        folder = Path(name)
        for file in _TEMPLATES:
            text = (files("ccegov_choice.survey.paper") / "templates" / file).read_text("utf-8")
            (folder / file).write_text(text, encoding="utf-8")
        _copy_pictures(survey, content, folder)
        (folder / "sheet.json").write_text(json.dumps(content), encoding="utf-8")
        (folder / "code.svg").write_bytes(qr_svg(content["code"]))
        try:
            made = typst.compile(
                folder / template, root=folder, font_paths=fonts, pdf_standards=["ua-1"]
            )
        except typst.TypstError as error:
            raise _explained(error, content) from error
    return bytes(made)


def qr_svg(text: str) -> bytes:
    """Return a QR code as SVG."""
    try:
        import segno
    except ImportError as error:
        raise _missing("segno") from error
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue()


def _chosen(families: list[str]) -> list[str]:
    installed = set(families)
    found = [family for family in _FONTS if family in installed]
    if not found:
        raise SurveyError(
            "no font was found to print with",
            where="fonts of this machine",
            cure=f"Install one of {', '.join(_FONTS)}; on Debian: apt install fonts-dejavu.",
        )
    return found


def _copy_pictures(survey: Survey, content: Sheet, folder: Path) -> None:
    """Put pictures of levels beside the template, and their names into the content."""
    copied: dict[str, str] = {}
    for page in content["pages"]:
        for part in page["parts"]:
            for option in part.get("options", ()) if part["kind"] == "task" else ():
                for level in option["levels"].values():
                    if level["image"]:
                        level["image"] = _copied(survey, level["image"], folder, copied)


def _copied(survey: Survey, image: str, folder: Path, copied: dict[str, str]) -> str:
    if image not in copied:
        source = media_file(survey, image)
        if source is None:
            raise SurveyError(
                f"the picture '{image}' is missing",
                where=f"survey '{survey.id}'",
                cure="Put it into the folder of the survey or of its study, or correct the level.",
            )
        copied[image] = f"picture-{len(copied) + 1}{source.suffix}"
        shutil.copyfile(source, folder / copied[image])
    return copied[image]


def _explained(error: Any, content: Sheet) -> SurveyError:
    said = str(error.message if hasattr(error, "message") else error)
    if "could not be displayed with font" in said:
        return SurveyError(
            f"no installed font has all letters of the text in '{content['language']}': {said}",
            where=f"form {content['form']}",
            cure="Install a font for this script, such as Noto Sans; on Debian: apt install "
            "fonts-noto-core.",
        )
    return SurveyError(
        f"the form could not be set: {said}",
        where=f"form {content['form']}",
        cure="Look at the text named; if it is right, report this as a bug of ours.",
    )


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise _missing("typst") from error
    return typst


def _missing(package: str) -> MissingExtraError:
    return MissingExtraError(
        f"printing a survey needs the package {package}, which is not installed",
        where="survey paper",
        cure="Install it with: pip install 'ccegov_choice[survey,report]'",
    )
