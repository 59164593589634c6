"""`ccegov survey paper`: print forms to fill in with a pen, and scripts to read aloud."""

from __future__ import annotations

import argparse
from pathlib import Path

from ccegov_choice._files import write_atomic
from ccegov_choice.cli.survey_serve import survey_folder
from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.paper.code import form_code
from ccegov_choice.survey.paper.press import print_form, print_script
from ccegov_choice.survey.survey import Survey


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "paper",
        help="print forms, large print, telephone and interviewer scripts as PDF",
        description="Print a survey as accessible PDF. The number of a form is the seed of all "
        "orders on it; forms take the blocks in turn unless --block says otherwise.",
    )
    parser.add_argument("survey", help="name in surveys/, or the survey's folder")
    parser.add_argument(
        "--forms",
        default="1",
        metavar="N",
        help="number of the form, or the first and the last such as 1-40 (default: 1)",
    )
    parser.add_argument("--block", help="block of the design for all forms")
    parser.add_argument("--language", help="default: the survey's main language")
    parser.add_argument("--out", metavar="PATH", help="file, or folder for several forms")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--large-print", action="store_true", help="18 points, one task on a page")
    kind.add_argument("--telephone", action="store_true", help="a script to read on the telephone")
    kind.add_argument("--interviewer", action="store_true", help="a script to read face to face")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the forms asked for and say where they are."""
    survey = Survey.read(survey_folder(arguments.survey))
    survey.require_valid()
    language = arguments.language or survey.language
    numbers = _numbers(arguments.forms)
    for number in numbers:
        code = form_code(survey, number, language, arguments.block)
        if arguments.telephone:
            kind, pdf = "telephone", print_script(survey, code, "telephone")
        elif arguments.interviewer:
            kind, pdf = "interviewer", print_script(survey, code, "interviewer")
        else:
            kind = "large-print" if arguments.large_print else "paper"
            pdf = print_form(survey, code, large_print=arguments.large_print)
        name = f"{survey.id}-{kind}-{number:04d}-block-{code.block}-{language}.pdf"
        print(f"{write_atomic(_path(arguments.out, name, len(numbers)), pdf)}: {code}")
    return 0


def _numbers(said: str) -> range:
    first, _, last = said.partition("-")
    if first.isdigit() and (last.isdigit() or not last) and int(last or first) >= int(first) > 0:
        return range(int(first), int(last or first) + 1)
    raise SurveyError(
        f"'{said}' is no number of a form",
        where="--forms",
        cure="Give one number such as 17, or the first and the last such as 1-40.",
    )


def _path(out: str | None, name: str, forms: int) -> Path:
    if out is None:
        return Path(name)
    folder = forms > 1 or Path(out).is_dir()
    return Path(out) / name if folder else Path(out)
