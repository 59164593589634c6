"""`ccegov trade`: what people would give up for what."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import Problem, TradeOffError

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._table import Table
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results

_KEYS = ("gain", "pay_in", "unit", "estimate", "conf_low", "conf_high", "method", "level")


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "trade",
        help="what people would give up for what",
        description="Willingness to trade from saved results of any model: for one gain, for all "
        "of them, by group, as a ladder or a matrix; and how much each attribute counts.",
    )
    parser.add_argument("results", help="results.json saved by `ccegov fit`")
    parser.add_argument("--pay-in", help="attribute that people give up, or measure by")
    parser.add_argument(
        "--gain", help="what they get, as in 'dr_treatment: brusque -> polite'; default: everything"
    )
    parser.add_argument(
        "--method",
        choices=("delta", "krinsky-robb", "fieller"),
        help="how the interval is made; default: delta, or krinsky-robb where tastes differ",
    )
    parser.add_argument("--level", type=float, default=0.95, help="confidence (%(default)s)")
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="where or for whom the trade is made, such as age=40; may be repeated",
    )
    parser.add_argument(
        "--data", help="the choices of the fit: for averages over people, and for --by"
    )
    other = parser.add_argument_group("something else than one table of trade-offs")
    other.add_argument("--by", metavar="COLUMN", help="compare groups of people; needs --data")
    other.add_argument("--ladder", action="store_true", help="what one unit of --pay-in is worth")
    other.add_argument("--matrix", action="store_true", help="every improvement in every other")
    other.add_argument(
        "--importance",
        choices=("range", "variance", "elasticity"),
        nargs="?",
        const="range",
        help="how much each attribute counts (range)",
    )
    other.add_argument(
        "--profiles",
        metavar="FILE",
        help="table of services, one a row, that --importance is about; default: all levels alike",
    )
    out = parser.add_argument_group("output")
    out.add_argument("--excel", metavar="FILE", help="save the tables as a workbook as well")
    out.add_argument("--latex", action="store_true", help="print tables for LaTeX (booktabs)")
    out.add_argument("--json", action="store_true", help="print numbers for machines")
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class _Answer:
    """What is printed: a text for people, tables, rows for machines."""

    text: str
    tables: Sequence[Table]
    rows: Callable[[], Any]


def run(arguments: argparse.Namespace) -> int:
    """Print the trade-offs."""
    from ccegov_choice._table import save_excel
    from ccegov_choice.models.results import Results

    _check(arguments)
    results = Results.load(arguments.results)
    answer = _answer(arguments, results)
    if arguments.excel:
        print(f"saved {save_excel(arguments.excel, answer.tables)}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(answer.rows(), indent=1))
    elif arguments.latex:
        print("\n\n".join(table.to_latex() for table in answer.tables))
    else:
        print(answer.text)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    asked = [f"--{n}" for n in ("by", "ladder", "matrix", "importance") if getattr(arguments, n)]
    problems = []
    if len(asked) > 1:
        cure = "Run the command once for each."
        problems.append(Problem(f"{' and '.join(asked)} are different answers", cure))
    if not arguments.pay_in and not (arguments.matrix or arguments.importance):
        cure = "Add --pay-in ATTRIBUTE: what people would give up."
        problems.append(Problem("nothing says what people pay in", cure, "--pay-in"))
    if arguments.by and not arguments.data:
        cure = "Add --data FILE: each group gets a model of its own."
        problems.append(Problem("groups are fitted one by one, which needs the data", cure, "--by"))
    if arguments.gain and asked:
        cure = f"Leave --gain out: {asked[0]} shows all of them."
        problems.append(Problem(f"--gain does not go with {asked[0]}", cure, "--gain"))
    if arguments.profiles and not arguments.importance:
        cure = "Add --importance, or leave it out: a trade-off does not depend on profiles."
        problems.append(Problem("--profiles goes with --importance", cure, "--profiles"))
    if problems:
        raise TradeOffError.of(problems, "The request has {count} problems:")


def _answer(arguments: argparse.Namespace, results: Results) -> _Answer:
    options: dict[str, Any] = {"level": arguments.level, "at": _point(arguments.at, results)}
    data = _data(arguments, results)
    if arguments.by:
        return _by_group(arguments, results, data, options)
    options["data"] = data
    if arguments.importance:
        return _importance(arguments, results, options)
    if arguments.matrix:
        from ccegov_choice.tradeoff.matrix import trade_matrix

        matrix = trade_matrix(results, **options)
        return _Answer(repr(matrix), [matrix.table()], lambda: _records(matrix.to_long()))
    if arguments.ladder:
        from ccegov_choice.tradeoff.ladder import trade_ladder

        ladder = trade_ladder(results, arguments.pay_in, **options)
        return _Answer(repr(ladder), [ladder.table()], lambda: _records(ladder.to_frame()))
    return _trades(arguments, results, options)


def _trades(arguments: argparse.Namespace, results: Results, options: dict[str, Any]) -> _Answer:
    from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade

    options = {**options, "method": arguments.method}
    if arguments.gain:
        one = willingness_to_trade(results, gain=arguments.gain, pay_in=arguments.pay_in, **options)
        return _Answer(one.sentence(), [one.table()], lambda: [_row(one)])
    every = trade_offs(results, arguments.pay_in, **options)
    return _Answer(repr(every), [every.table()], lambda: [_row(item) for item in every])


def _by_group(
    arguments: argparse.Namespace, results: Results, data: Any, options: dict[str, Any]
) -> _Answer:
    from ccegov_choice.tradeoff.groups import group_trade_offs

    method = {"method": arguments.method} if arguments.method else {}
    found = group_trade_offs(results, data, arguments.by, arguments.pay_in, **method, **options)

    def rows() -> dict[str, Any]:
        return {
            "groups": _records(found.to_frame()),
            "differences": _records(found.differences_frame()),
            "sentences": list(found.sentences()),
        }

    return _Answer(repr(found), found.tables(), rows)


def _importance(
    arguments: argparse.Namespace, results: Results, options: dict[str, Any]
) -> _Answer:
    from ccegov_choice.data.files import read_table
    from ccegov_choice.tradeoff.importance import importance

    profiles = read_table(Path(arguments.profiles)) if arguments.profiles else None
    found = importance(results, kind=arguments.importance, profiles=profiles, **options)
    text = f"{found.table()}\n\n{found.sentence()}"
    return _Answer(text, [found.table()], lambda: _records(found.to_frame()))


def _data(arguments: argparse.Namespace, results: Results) -> ChoiceData | None:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.data.datasets import NAMES, load_dataset
    from ccegov_choice.data.files import read_table

    if not arguments.data:
        return None
    source = Path(arguments.data)
    if arguments.data in NAMES and not source.exists():
        return load_dataset(arguments.data)
    if source.is_dir():
        return ChoiceData.read(source, study=results.study)
    more = [arguments.by] if arguments.by else []
    return ChoiceData.from_long(read_table(source), study=results.study, covariates=more)


def _point(given: Sequence[str], results: Results) -> dict[str, Any]:
    """Read ``NAME=VALUE``: a number where the study has one."""
    point: dict[str, Any] = {}
    problems = []
    study = results.study
    numeric = {a.id for a in study.attributes if a.is_numeric}
    numeric |= {c.id for c in study.covariates if c.is_numeric}
    for entry in given:
        name, sign, value = (part.strip() for part in entry.partition("="))
        if not sign or not name or not value:
            cure = "Write --at NAME=VALUE, such as --at age=40."
            problems.append(Problem(f"'{entry}' does not say what is where", cure, "--at"))
            continue
        try:
            point[name] = float(value) if name in numeric else value
        except ValueError:
            cure = f"Give a number for '{name}'."
            problems.append(Problem(f"'{value}' is not a number", cure, "--at"))
    if problems:
        raise TradeOffError.of(problems)
    return point


def _row(item: Any) -> dict[str, Any]:
    return {key: getattr(item, key) for key in (*_KEYS, "measure")}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    told = frame.astype(object)
    rows = told.where(told.notna(), None).to_dict(orient="records")
    return [{str(key): value for key, value in row.items()} for row in rows]
