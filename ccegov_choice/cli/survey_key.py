"""`ccegov survey key`: bring paper forms in, keyed by two people."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ccegov_choice.survey.keying.comparing import Comparison
    from ccegov_choice.survey.keying.form_answers import FormAnswers
    from ccegov_choice.survey.keying.storing import Stored
    from ccegov_choice.survey.survey import Survey

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_DESCRIPTION = """\
Bring paper forms in. First write the tables to key into (--template). Two people key every form,
each into a file of their own. Then give both files: every cell in which they differ is listed, and
nothing is stored until they agree, or a third file (--decides) settles it. With --database the
forms are stored beside the answers from the web, each once, however often this is repeated.
"""
_SHOWN = 200


def register(verbs: Parsers) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "key", help="bring paper forms in, keyed by two people", description=_DESCRIPTION
    )
    verb.add_argument("folder", help="the survey's folder, or its name in surveys/")
    verb.add_argument("entries", nargs="*", metavar="FILE", help="what two people keyed")
    verb.add_argument("--decides", metavar="FILE", help="what a third keyed of the differences")
    verb.add_argument("--database", metavar="URL", help="sqlite:///FILE or postgresql://...")
    verb.add_argument("--contacts-database", metavar="URL", help="as when serving the survey")
    verb.add_argument("--by", default="", metavar="NAME", help="who keyed them, for the record")
    verb.add_argument("--template", action="store_true", help="write the tables to key into")
    verb.add_argument("--block", help="of this block only (--template)")
    verb.add_argument("--out", default=".", metavar="FOLDER", help="where to (--template)")
    verb.add_argument("--json", action="store_true", help="print for machines")
    verb.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Write templates, or compare entries and store what they agree on."""
    from ccegov_choice.cli.survey_serve import survey_folder
    from ccegov_choice.errors import SurveyError
    from ccegov_choice.survey.survey import Survey

    survey = Survey.read(survey_folder(parsed.folder))
    if parsed.template:
        return _write_templates(survey, parsed)
    if len(parsed.entries) != 2:
        raise SurveyError(
            f"two keyed files are needed, and {len(parsed.entries)} were given",
            where="ccegov survey key",
            cure="Give both: ccegov survey key SURVEY first.csv second.csv. The tables to key "
            "into are written by: ccegov survey key SURVEY --template.",
        )
    return _take_in(survey, parsed)


def _write_templates(survey: Survey, parsed: argparse.Namespace) -> int:
    from ccegov_choice._files import write_atomic
    from ccegov_choice.errors import SurveyError, unknown_name
    from ccegov_choice.survey.keying.template import guide, template_csv

    blocks = survey.tasks.blocks
    if parsed.block is not None and parsed.block not in blocks:
        raise SurveyError.of([unknown_name(parsed.block, blocks, "block", where="--block")])
    folder = Path(parsed.out)
    for block in blocks if parsed.block is None else (parsed.block,):
        path = write_atomic(folder / f"{survey.id}-block-{block}.csv", template_csv(survey, block))
        print(f"wrote {path}")
    print(f"wrote {write_atomic(folder / f'{survey.id}-keying.md', guide(survey))}")
    return 0


def _take_in(survey: Survey, parsed: argparse.Namespace) -> int:
    from ccegov_choice.survey.keying.comparing import compare
    from ccegov_choice.survey.keying.entry import read_entry
    from ccegov_choice.survey.keying.form_answers import read_form_answers

    first, second = (read_entry(survey, path) for path in parsed.entries)
    third = read_entry(survey, parsed.decides, whole=False) if parsed.decides else None
    comparison = compare(survey, first, second, third)
    whole = [] if comparison.open else [read_form_answers(survey, f) for f in comparison.forms]
    wrong = [problem for form in whole for problem in form.problems]
    stored = None
    if parsed.database and whole and not wrong:
        stored = _store(survey, whole, parsed)
    if parsed.json:
        print(json.dumps(_plain(comparison, whole, stored), indent=1, ensure_ascii=False))
    else:
        _say(comparison, whole, stored)
    left_out = stored is not None and (stored.changed or stored.clashing)
    return 1 if comparison.open or wrong or left_out else 0


def _store(survey: Survey, forms: list[FormAnswers], parsed: argparse.Namespace) -> Stored:
    from ccegov_choice.responses.store import ResponseStore
    from ccegov_choice.survey.keying.storing import store_forms

    with ResponseStore.open(parsed.database, contacts_url=parsed.contacts_database) as store:
        return store_forms(store, survey, forms, keyed_by=parsed.by)


def _say(comparison: Comparison, forms: list[FormAnswers], stored: Stored | None) -> None:
    differences = comparison.differences
    print(
        f"{len(comparison.forms):,} forms keyed twice; {len(differences):,} of "
        f"{comparison.cells:,} cells differ ({comparison.rate:.2%})"
    )
    if comparison.open:
        print("Look at these forms, and key what is right into a file for --decides:")
        _list([str(difference) for difference in comparison.open])
        print("Nothing was stored.")
        return
    problems = [str(problem) for form in forms for problem in form.problems]
    for note in (note for form in forms for note in form.notes):
        print(f"note: {note}")
    if problems:
        print("These cannot be answers:")
        _list(problems)
        print("Nothing was stored.")
    elif stored is None:
        print("Both entries agree. Give --database to store the forms.")
    else:
        print(f"stored {len(stored.new):,} forms")
        _numbers("of these in a quota that was full, counted all the same", stored.past_quota)
        _numbers("stored before, with the same answers", stored.known)
        _numbers("stored before with OTHER answers, left as they are", stored.changed)
        _numbers("not stored: the number is stored with ANOTHER BLOCK", stored.clashing)
        _numbers("not stored: consent is not ticked", stored.refused)
        _numbers("not stored: nothing is answered", stored.blank)


def _numbers(what: str, forms: tuple[int, ...]) -> None:
    if forms:
        print(f"{what}: form {', '.join(map(str, forms))}")


def _list(lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        print(f"  {line}")
    if len(lines) > _SHOWN:
        print(f"  ... and {len(lines) - _SHOWN:,} more", file=sys.stderr)


def _plain(
    comparison: Comparison, forms: list[FormAnswers], stored: Stored | None
) -> dict[str, object]:
    return {
        "forms": len(comparison.forms),
        "cells": comparison.cells,
        "differences": [
            {
                "form": d.form,
                "column": d.column,
                "first": d.first,
                "second": d.second,
                "decided": d.decided,
            }
            for d in comparison.differences
        ],
        "problems": [str(problem) for form in forms for problem in form.problems],
        "notes": [note for form in forms for note in form.notes],
        "stored": None if stored is None else vars(stored),
    }
