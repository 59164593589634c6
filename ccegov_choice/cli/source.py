"""Where a command takes choices from: a table, a folder of ours, or a published data set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData


def add_source(verb: argparse.ArgumentParser) -> None:
    """Add the arguments that say which table holds the choices and how it is laid out."""
    verb.add_argument(
        "data",
        help="table (.csv, .tsv, .parquet, .dta), folder written by `ccegov data import`, or the "
        "name of a published data set (taxes, swissmetro, ...)",
    )
    verb.add_argument("--study", help="the study.toml the choices belong to; guessed without it")
    names = verb.add_argument_group("columns")
    for name in ("person", "task", "chosen"):
        names.add_argument(f"--{name}", help=f"column with the {name} ({name})")
    names.add_argument(
        "--alternative",
        action="append",
        default=[],
        metavar="NAME",
        help="column with the alternative (alternative); after --from: THEIRS=OURS, an alternative "
        "in the file = its id, or dont_know, and may be repeated",
    )
    names.add_argument("--rank", help="column with ranks, instead of --chosen")
    names.add_argument("--best", help="column that marks the best, instead of --chosen")
    names.add_argument("--worst", help="column that marks the worst")
    names.add_argument("--weight", help="column with survey weights")
    names.add_argument("--strata", help="column with the strata of the sample")
    names.add_argument("--cluster", help="column with the clusters of the sample")
    names.add_argument(
        "--covariates", default="", metavar="NAME,...", help="columns that describe the person"
    )
    wide = verb.add_argument_group("one row per task instead of one per alternative")
    wide.add_argument("--wide", action="store_true", help="the table has one row per task")
    wide.add_argument("--alternatives", metavar="NAME,...", help="or NAME=CODE,...")
    wide.add_argument("--attributes", metavar="NAME,...", help="columns are NAME_ALTERNATIVE")
    wide.add_argument("--separator", default="_", help="between the two (%(default)s)")
    wide.add_argument(
        "--available", default="", metavar="ALTERNATIVE=COLUMN,...", help="columns of availability"
    )


def read_source(arguments: argparse.Namespace) -> ChoiceData:
    """Read a table, a folder or a published data set."""
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.data.datasets import NAMES, load_dataset
    from ccegov_choice.data.files import read_table
    from ccegov_choice.study.study import Study

    source = Path(arguments.data)
    if arguments.data in NAMES and not source.exists():
        return load_dataset(arguments.data)
    study = Study.read(arguments.study) if arguments.study else None
    if source.is_dir():
        return ChoiceData.read(source, study=study)
    table = read_table(source)
    options = _options(arguments)
    if arguments.wide:
        return ChoiceData.from_wide(table, study=study, **options, **_wide_options(arguments))
    if arguments.alternative:
        options["alternative"] = arguments.alternative[-1]
    for name in ("rank", "best", "worst"):
        if getattr(arguments, name):
            options[name] = getattr(arguments, name)
    if arguments.chosen:
        options["chosen"] = arguments.chosen
    return ChoiceData.from_long(table, study=study, **options)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the column names that both layouts know."""
    names = ("person", "task", "weight", "strata", "cluster")
    given = {name: getattr(arguments, name) for name in names}
    options: dict[str, Any] = {name: value for name, value in given.items() if value}
    return {**options, "covariates": _listed(arguments.covariates)}


def _wide_options(arguments: argparse.Namespace) -> dict[str, Any]:
    from ccegov_choice.errors import DataError

    if not arguments.alternatives or not arguments.attributes:
        raise DataError(
            "a table with one row per task needs the names of alternatives and attributes",
            cure="Add --alternatives train,car --attributes time,cost (columns time_train, ...).",
        )
    pairs = [entry.partition("=") for entry in _listed(arguments.alternatives)]
    available = [entry.partition("=") for entry in _listed(arguments.available)]
    options: dict[str, Any] = {
        "alternatives": {name: code if sign else name for name, sign, code in pairs},
        "attributes": _listed(arguments.attributes),
        "separator": arguments.separator,
        "available": {name: column for name, _, column in available},
        "choice": arguments.chosen or "choice",
    }
    return options if arguments.task else {**options, "task": None}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
