"""`ccegov design import|export`: take a design made elsewhere, and hand one to other programs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TypeAlias

from ccegov_choice.cli.said import levels, pairs

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
LAYOUTS = ("long", "wide", "ngene", "sawtooth")


def register(verbs: Parsers) -> None:
    """Add the verbs."""
    _register_import(verbs)
    verb = verbs.add_parser(
        "export",
        help="write a design for another program",
        description="Write a saved design in the layout of another program.",
    )
    verb.add_argument("folder", help="folder with design.csv and design.lock")
    verb.add_argument("out", help="file to write")
    verb.add_argument(
        "--layout",
        choices=LAYOUTS,
        required=True,
        help="long: a row per alternative; wide: a row per task; ngene; sawtooth",
    )
    verb.add_argument("--study", help="study.toml; default: the one in the folder")
    verb.set_defaults(run=run_export)


def _register_import(verbs: Parsers) -> None:
    verb = verbs.add_parser(
        "import",
        help="take a design that was made elsewhere",
        description="Check a design that was made elsewhere and save design.csv and design.lock.",
    )
    verb.add_argument("file", help="the design: CSV, TSV or other text with one table")
    verb.add_argument("--study", required=True, help="the study.toml it is to be a design of")
    verb.add_argument(
        "--layout",
        choices=("auto", *LAYOUTS),
        default="auto",
        help="how the table is laid out; auto recognises it from the header (default: %(default)s)",
    )
    verb.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="column in the file = block, task, alternative, an attribute, or "
        "ALTERNATIVE.ATTRIBUTE; may be repeated",
    )
    verb.add_argument(
        "--level",
        action="append",
        default=[],
        metavar="ATTRIBUTE:CELL=LEVEL",
        help="what a cell of the file means; may be repeated",
    )
    verb.add_argument(
        "--alternative",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="alternative in the file = its id in the study, or A, B, ...; may be repeated",
    )
    verb.add_argument(
        "--blocks", type=int, help="parts to deal the tasks into, where the file has no blocks"
    )
    verb.add_argument("--out", help="folder to save in; default: the folder of the study")
    verb.add_argument("--json", action="store_true", help="print for machines")
    verb.set_defaults(run=run_import)


def run_import(arguments: argparse.Namespace) -> int:
    """Import a design, save it and say how good it is."""
    from ccegov_choice.design.foreign.importing import import_design
    from ccegov_choice.study.study import Study

    design = import_design(
        arguments.file,
        Study.read(arguments.study),
        layout=arguments.layout,
        alternatives=pairs(arguments.alternative, "--alternative"),
        columns=pairs(arguments.column, "--column"),
        levels=levels(arguments.level),
        blocks=arguments.blocks,
    )
    folder = design.save(arguments.out or Path(arguments.study).parent)
    print(f"saved {folder / 'design.csv'} and {folder / 'design.lock'}", file=sys.stderr)
    diagnosis = design.diagnose()
    if arguments.json:
        content = {"folder": str(folder), "sha256": design.sha256, "diagnosis": diagnosis.to_dict()}
        print(json.dumps(content, indent=1, ensure_ascii=False))
        return 0
    print(design.table().title)
    for finding in diagnosis.findings:
        print(f"[{finding.verdict}] {finding.about}: {finding.text}")
    print(f"See the whole diagnosis with: ccegov design diagnose {folder}")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write a saved design for another program."""
    from ccegov_choice.design.design import Design
    from ccegov_choice.design.foreign.exporting import export_design
    from ccegov_choice.study.study import Study

    study = Study.read(arguments.study) if arguments.study else None
    design = Design.read(arguments.folder, study)
    path = export_design(design, arguments.out, arguments.layout)
    print(f"{path}: {design.table().title}, layout '{arguments.layout}'")
    return 0
