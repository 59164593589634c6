"""`ccegov fit`: fit a model to a file of choices."""

from __future__ import annotations

import argparse
import json
import sys

from ccegov_choice.cli.family import add_family, read_family
from ccegov_choice.cli.source import add_source, read_source


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "fit",
        help="fit a model to choices",
        description="Fit a logit, nested logit, mixed logit or latent classes to choices, and "
        "print or save the results.",
    )
    add_source(parser)
    parser.add_argument(
        "--utility", metavar="FORMULA", help="terms of the utility; default: every attribute once"
    )
    add_family(parser)
    parser.add_argument(
        "--covariance",
        choices=("classical", "robust", "clustered", "bhhh"),
        help="kind of standard errors; default: clustered by person when people answer several "
        "tasks or carry weights, else classical",
    )
    parser.add_argument("--threads", type=int, help="number of threads; the result is the same")
    parser.add_argument("--save", metavar="FILE", help="save the results as JSON")
    parser.add_argument("--json", action="store_true", help="print estimates for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fit, print and save."""
    from ccegov_choice.study.utility import Utility

    data = read_source(arguments)
    print(f"read {data.people:,} people, {data.tasks:,} choices", file=sys.stderr)
    if arguments.utility:
        utility = Utility(arguments.utility, data.study)
    else:
        utility = data.utility or Utility.main_effects(data.study)
    model = read_family(arguments, utility)
    results = model.fit(data, threads=arguments.threads, covariance=arguments.covariance)
    if arguments.save:
        results.save(arguments.save)
        print(f"saved {arguments.save}", file=sys.stderr)
    if arguments.json:
        frame = results.tidy().astype(object)
        rows = frame.where(frame.notna(), None).to_dict(orient="records")
        print(json.dumps({"log_likelihood": results.log_likelihood, "estimates": rows}, indent=1))
    else:
        print(results.summary())
    return 0
