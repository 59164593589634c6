"""Where `ccegov data import` takes answers from that another program collected."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ccegov_choice.cli.said import levels, pairs

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

_TOOLS = ("surveyjs", "qualtrics", "limesurvey", "xlsform", "sawtooth", "conjoint")


def add_foreign(verb: argparse.ArgumentParser) -> None:
    """Add the arguments that say which program exported a file, and what its words mean."""
    group = verb.add_argument_group("answers that another program collected")
    group.add_argument(
        "--from",
        dest="tool",
        choices=_TOOLS,
        help="survey tools with one row per person; sawtooth: .cho and tables; conjoint: tables "
        "that show what people saw (cregg, projoint, Conjointly)",
    )
    group.add_argument("--design", help="folder of the design, where the file does not show it")
    group.add_argument(
        "--key", metavar="FILE", help="the .key.csv that `ccegov survey transfer` wrote"
    )
    group.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="column in the file = task_17, block, an attribute, person, ...; may be repeated",
    )
    group.add_argument(
        "--level",
        action="append",
        default=[],
        metavar="ATTRIBUTE:CELL=LEVEL",
        help="what a cell of the file means; may be repeated",
    )


def read_foreign(arguments: argparse.Namespace) -> ChoiceData:
    """Read what another program exported."""
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.design import Design
    from ccegov_choice.errors import DataError
    from ccegov_choice.study.study import Study

    study = Study.read(arguments.study) if arguments.study else None
    names = [name.strip() for name in arguments.covariates.split(",") if name.strip()]
    return ChoiceData.import_answers(
        arguments.data,
        arguments.tool,
        design=Design.read(arguments.design, study) if arguments.design else None,
        study=study,
        key=arguments.key,
        person=arguments.person,
        columns=pairs(arguments.column, "--column", DataError),
        alternatives=pairs(arguments.alternative, "--alternative", DataError),
        levels=levels(arguments.level, DataError),
        covariates=names,
    )
