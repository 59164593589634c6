"""`ccegov replicate taxes`: a published study on real answers, table beside table."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccegov_choice._table import Table
    from ccegov_choice.cli.replicate_taxes import Check

_FOLDER = Path("analysis/replications")


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "replicate",
        help="a published study on real answers, table beside table",
        description="Fit a published study again, print ours beside the published numbers, and "
        "write report, brief and simulator. Run it in a clone of the repository.",
    )
    parser.add_argument("study", choices=("taxes",), help="which study")
    parser.add_argument(
        "--data-dir", type=Path, help="folder with the data file (default: CCEGOV_DATA_DIR, or "
        "a download)"
    )  # fmt: skip
    parser.add_argument(
        "--published",
        type=Path,
        help=f"numbers to compare with (default: {_FOLDER}/<study>/published.toml)",
    )
    parser.add_argument(
        "--out", type=Path, help=f"folder of what is written (default: {_FOLDER}/<study>)"
    )
    parser.add_argument("--json", action="store_true", help="print the comparison for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replicate, compare, and write the report; 1 if a number is not reproduced."""
    from ccegov_choice._files import write_atomic
    from ccegov_choice.cli.replicate_taxes import Taxes, read_published
    from ccegov_choice.cli.replicate_taxes_decision import TaxDecision

    out = arguments.out or _FOLDER / arguments.study
    published = read_published(arguments.published or _FOLDER / arguments.study / "published.toml")
    taxes = Taxes.fit(arguments.data_dir, progress=_say)
    checks = [taxes.check(value) for value in published]
    table = _comparison(checks)
    _say("fitting people who differ, and the survey's weights")
    decision = TaxDecision.fit(taxes)
    _say(f"writing report, brief and simulator into {out}")
    paths = decision.write(out)
    write_atomic(out / "comparison.csv", table.to_csv())
    failed = [check.name for check in checks if not check.passed]
    if arguments.json:
        rows = [{"name": c.name, "ours": c.ours, "published": c.published, "passed": c.passed}
                for c in checks]  # fmt: skip
        print(
            json.dumps(
                {"report": str(paths[0]), "files": [str(p) for p in paths], "values": rows},
                indent=1,
            )
        )
    else:
        print(table)
        print()
        print(taxes.linearity())
        print()
        print(decision.weights())
        print()
        for sentence in decision.findings():
            print(f"* {sentence}")
        print(f"\nreport: {paths[0]} (and {', '.join(path.name for path in paths[1:])})")
    if failed:
        _say(f"not reproduced: {'; '.join(failed)}")
    return 1 if failed else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _comparison(checks: list[Check]) -> Table:
    from ccegov_choice._table import Table

    rows = tuple(
        (c.name, c.ours_text, c.published_text, f"{c.difference:+.1e}", "yes" if c.passed else "NO")
        for c in checks
    )
    passed = sum(check.passed for check in checks)
    return Table(
        f"Ours beside the published numbers: {passed} of {len(checks)} reproduced",
        ("Quantity", "Ours", "Published", "Difference", "Reproduced"),
        rows,
        (
            "Reproduced: the difference is no more than half a unit of the last digit printed, or "
            "0.001 for log-likelihoods; for the scale half a step of the grid it was found on.",
        ),
    )
