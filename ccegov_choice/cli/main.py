"""The command `ccegov`: one noun, one verb, and nothing the library cannot do."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import TextIO

from ccegov_choice._version import __version__
from ccegov_choice.errors import ChoiceError, ConvergenceError

DONE, WRONG_INPUT, USAGE, NOT_CONVERGED, OUR_BUG = 0, 1, 2, 3, 70

_NOUNS = (
    "demo",
    "study",
    "library",
    "design",
    "survey",
    "data",
    "fit",
    "trade",
    "welfare",
    "redesign",
    "report",
    "replicate",
)

_EPILOG = """\
a first study:
  ccegov demo                                    the whole way, with simulated citizens
  ccegov study new my-service --attributes te_decision_days,dr_treatment
  ccegov design make designs/my-service/study.toml --tasks 12 --blocks 3 --seed 1
  ccegov fit answers.csv --study designs/my-service/study.toml --save results.json
  ccegov trade results.json --pay-in te_decision_days

exit codes: 0 done, 1 wrong input (the cure is printed), 2 usage, 3 not converged, 70 our bug
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="ccegov",
        description="Discrete-choice surveys for public services: what citizens value, and what "
        "they would trade for it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"ccegov_choice {__version__}")
    nouns = parser.add_subparsers(dest="noun", metavar="NOUN", required=True)
    for noun in _NOUNS:
        importlib.import_module(f"ccegov_choice.cli.{noun}").register(nouns)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parsed = build_parser().parse_args(arguments)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        return _run(parsed)


def _run(parsed: argparse.Namespace) -> int:
    try:
        return int(parsed.run(parsed) or DONE)
    except ConvergenceError as error:
        print(f"ccegov: {error}", file=sys.stderr)
        return NOT_CONVERGED
    except ChoiceError as error:
        print(f"ccegov: {error}", file=sys.stderr)
        return WRONG_INPUT
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        return DONE
    except OSError as error:
        print(f"ccegov: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("ccegov: stopped", file=sys.stderr)
        return 130
    except Exception:  # the last line of defence: say that it is our fault, and where
        traceback.print_exc()
        print("ccegov: this is a bug of ours; please report the lines above", file=sys.stderr)
        return OUR_BUG


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    print(f"ccegov: note: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
