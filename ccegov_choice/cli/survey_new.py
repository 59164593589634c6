"""`ccegov survey new`: begin a survey with a folder that is whole, commented and valid."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

_Verbs = argparse._SubParsersAction  # the type has no public name


def register(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    new = verbs.add_parser(
        "new",
        help="begin a survey from a design",
        description="Write a survey's folder: settings, pages, simulated citizens, ethics and "
        "deployment. It is valid as it is; what stands in [brackets] is to be filled in.",
    )
    new.add_argument("name", help="name of the survey")
    new.add_argument(
        "--design", type=Path, required=True, help="folder with study.toml and design.csv"
    )
    new.add_argument("--title", default="", help="what people see as its name")
    new.add_argument(
        "--folder", type=Path, default=Path("surveys"), help="where surveys live (%(default)s)"
    )
    new.add_argument("--force", action="store_true", help="write over files that exist")
    new.set_defaults(run=new_survey)


def new_survey(arguments: argparse.Namespace) -> int:
    """Write the folder and say what to do next."""
    from ccegov_choice._files import write_atomic
    from ccegov_choice.errors import SurveyError
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility
    from ccegov_choice.survey.deploying.deployment import write_deployment_files
    from ccegov_choice.survey.reading.design_file import read_tasks
    from ccegov_choice.survey.starting.start import starting_files
    from ccegov_choice.survey.survey import Survey

    folder: Path = arguments.folder / arguments.name
    if (folder / "survey.toml").exists() and not arguments.force:
        raise SurveyError(
            "the survey exists already",
            where=str(folder),
            cure="Choose another name, or write over its files with --force.",
        )
    study = Study.read(arguments.design / "study.toml")
    tasks, problems = read_tasks(arguments.design, study, str(arguments.design))
    if problems or tasks is None:
        raise SurveyError.of(problems, "The design has {count} problems:")
    found = starting_files(
        arguments.name,
        study,
        tasks,
        design=Path(os.path.relpath(arguments.design, folder)).as_posix(),
        place=arguments.name if arguments.folder == Path("surveys") else str(folder),
        coefficients=Utility.main_effects(study).names,
        title=arguments.title,
    )
    for path, text in found.items():
        write_atomic(folder / path, text)
    survey = Survey.read(folder)
    survey.require_valid()
    found |= write_deployment_files(survey, folder)
    print(f"wrote {folder} ({len(found)} files)")
    print(f"next: fill in the [brackets], then run: ccegov survey check {folder}", file=sys.stderr)
    return 0
