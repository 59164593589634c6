"""`ccegov survey check`: find everything that is wrong with a survey before people see it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccegov_choice.errors import Problem
    from ccegov_choice.survey.survey import Survey

_Verbs = argparse._SubParsersAction  # the type has no public name


def register(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    check = verbs.add_parser(
        "check",
        help="find every problem of a survey",
        description="List every problem with file, line and cure (exit code 1), or show the "
        "survey on one screen with advice (exit code 0).",
    )
    check.add_argument("survey", help="name of a folder in surveys/, or path of a survey's folder")
    check.add_argument("--json", action="store_true", help="print for machines")
    check.add_argument(
        "--missing",
        metavar="LANG",
        help="print what a translator still has to write in a language, as TOML to fill in",
    )
    check.set_defaults(run=check_survey)


def check_survey(arguments: argparse.Namespace) -> int:
    """Print every problem, or the survey and advice."""
    from ccegov_choice.survey.checking.check import advice_of, problems_of
    from ccegov_choice.survey.reading.survey_file import examine

    folder = survey_folder(arguments.survey)
    survey, problems = examine(folder)
    if arguments.missing is not None and survey is not None:
        from ccegov_choice.survey.translating import missing_toml

        print(missing_toml(survey, arguments.missing), end="")
        return 0
    advice: tuple[Problem, ...] = ()
    if survey is not None:
        problems = [*problems, *problems_of(survey)]
        advice = advice_of(survey)
    if arguments.json:
        found = _for_machines(folder, survey, problems, advice)
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        if survey is not None and not problems:
            print(survey)
        _print_list(folder, "problem", problems)
        if advice:
            _print_list(folder, "piece of advice", advice, "pieces of advice")
    return 1 if problems else 0


def survey_folder(name: str) -> Path:
    """Return the folder of a survey by its name in ``surveys/``, or the path itself."""
    given, named = Path(name), Path("surveys") / name
    if given.name == "survey.toml":
        return given.parent
    return named if not given.is_dir() and named.is_dir() else given


def _print_list(folder: Path, one: str, items: Sequence[Problem], several: str = "") -> None:
    count = f"1 {one}" if len(items) == 1 else f"{len(items) or 'no'} {several or one + 's'}"
    print(f"{folder}: {count}")
    for number, item in enumerate(items, 1):
        print(f"{number}. {item}")


def _for_machines(
    folder: Path,
    survey: Survey | None,
    problems: Sequence[Problem],
    advice: Sequence[Problem],
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "folder": str(folder),
        "valid": not problems,
        "problems": [_plain(problem) for problem in problems],
        "advice": [_plain(item) for item in advice],
    }
    if survey is not None and not problems:
        from ccegov_choice.survey.checking.reading_grade import grades

        found["survey"] = {
            "id": survey.id,
            "sha256": survey.sha256,
            "languages": list(survey.languages),
            "pages": [page.id for page in survey.pages],
            "questions": list(survey.questions),
            "tasks": len(survey.tasks.tasks),
            "blocks": list(survey.tasks.blocks),
            "response": survey.task_settings.response,
            "modes": list(survey.fieldwork.modes),
            "reading_grades": grades(survey),
        }
    return found


def _plain(problem: Problem) -> dict[str, str | None]:
    return {"where": problem.where, "problem": problem.problem, "cure": problem.cure}
