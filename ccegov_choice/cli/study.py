"""`ccegov study new|check`: begin a study, and find everything that is wrong with it."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccegov_choice.errors import Problem
    from ccegov_choice.study.study import Study

_Nouns = argparse._SubParsersAction  # the type has no public name


def register(nouns: _Nouns[argparse.ArgumentParser]) -> None:
    """Add the noun and its verbs."""
    noun = nouns.add_parser("study", help="begin or check a study")
    verbs = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    _register_new(verbs)
    check = verbs.add_parser(
        "check",
        help="find every problem of a study file",
        description="List every problem with file, line and cure (exit code 1), or show the "
        "study on one screen (exit code 0).",
    )
    check.add_argument("file", type=Path, help="study.toml, or the folder that holds it")
    check.add_argument("--json", action="store_true", help="print for machines")
    check.set_defaults(run=check_study)


def _register_new(verbs: _Nouns[argparse.ArgumentParser]) -> None:
    new = verbs.add_parser(
        "new",
        help="write a new study file from library attributes",
        description="Write a commented, valid study file from attributes of the library.",
    )
    new.add_argument("name", help="name of the study, or path of a .toml file")
    new.add_argument(
        "--attributes",
        required=True,
        metavar="ID,ID,...",
        help="library attributes in the order shown (see: ccegov library list)",
    )
    new.add_argument("--title", help="title (default: made from the name)")
    new.add_argument("--role", help="customer, beneficiary, obligatee or citizen")
    new.add_argument("--mandatory", action="store_true", help="the service is a duty")
    new.add_argument("--currency", metavar="CODE", help="for attributes in money, such as EUR")
    new.add_argument(
        "--folder", type=Path, default=Path("designs"), help="where studies live (%(default)s)"
    )
    new.add_argument("--force", action="store_true", help="replace a file that exists")
    new.set_defaults(run=new_study)


def new_study(arguments: argparse.Namespace) -> int:
    """Write the file and say what to do next."""
    from ccegov_choice._files import write_atomic
    from ccegov_choice.errors import StudyError
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.template import new_study_toml

    path = _place(arguments.name, arguments.folder)
    if path.exists() and not arguments.force:
        raise StudyError(
            "the file exists already",
            where=str(path),
            cure="Choose another name, or replace it with --force.",
        )
    text = new_study_toml(
        path.stem if path.stem != "study" else path.parent.name,
        [name.strip() for name in arguments.attributes.split(",") if name.strip()],
        title=arguments.title,
        role=arguments.role,
        mandatory=arguments.mandatory,
        currency=arguments.currency,
        place=str(path),
    )
    Study.from_toml(text, str(path)).require_valid()
    write_atomic(path, text)
    print(f"wrote {path}")
    print(f"next: change its words, then run: ccegov study check {path}", file=sys.stderr)
    return 0


def _place(name: str, folder: Path) -> Path:
    """Return the file of a study by its name, or the path itself if it is one."""
    return Path(name) if name.endswith(".toml") else folder / name / "study.toml"


def check_study(arguments: argparse.Namespace) -> int:
    """Print every problem, or the study."""
    from ccegov_choice._files import read_text
    from ccegov_choice.study.files import examine

    path: Path = arguments.file
    path = path / "study.toml" if path.is_dir() else path
    study, problems = examine(read_text(path), str(path))
    if arguments.json:
        print(json.dumps(_for_machines(path, study, problems), indent=1, ensure_ascii=False))
    elif problems:
        print(_listed(path, problems))
    elif study is not None:
        print(study)
        print(f"{_profiles(study)}\n{path}: no problems")
    return 1 if problems else 0


def _listed(path: Path, problems: tuple[Problem, ...]) -> str:
    many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([f"{path}: {many}", *(f"{i}. {p}" for i, p in enumerate(problems, 1))])


def _profiles(study: Study) -> str:
    sizes = [len(attribute.shown_levels) for attribute in study.attributes]
    product = " x ".join(str(size) for size in sizes)
    without = " before constraints" if study.constraints else ""
    return f"Combinations of levels: {product} = {math.prod(sizes):,}{without}."


def _for_machines(path: Path, study: Study | None, problems: tuple[Problem, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "file": str(path),
        "valid": not problems,
        "problems": [{"where": p.where, "problem": p.problem, "cure": p.cure} for p in problems],
    }
    if study is not None and not problems:
        found["study"] = {
            "id": study.id,
            "title": study.text(),
            "sha256": study.sha256,
            "languages": list(study.languages),
            "role": study.role,
            "mandatory": study.mandatory,
            "attributes": {a.id: list(a.level_ids) for a in study.attributes},
            "alternatives": list(study.alternative_ids),
            "covariates": list(study.covariate_ids),
            "numeraires": [numeraire.attribute for numeraire in study.numeraires],
        }
    return found
