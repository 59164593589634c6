"""`ccegov fit`: fit a logit to a file of choices."""

from __future__ import annotations

import argparse
import json
import sys


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its options."""
    parser = nouns.add_parser(
        "fit",
        help="fit a logit to choices",
        description="Fit a logit to a file of choices (one row per alternative shown).",
    )
    parser.add_argument("data", help="CSV file, one row per alternative shown")
    parser.add_argument("--study", required=True, help="the study.toml the choices belong to")
    parser.add_argument(
        "--utility", metavar="FORMULA", help="terms of the utility; default: every attribute once"
    )
    parser.add_argument("--person", default="person", help="column with the person (%(default)s)")
    parser.add_argument("--task", default="task", help="column with the task (%(default)s)")
    parser.add_argument(
        "--alternative", default="alternative", help="column with the alternative (%(default)s)"
    )
    parser.add_argument("--chosen", default="chosen", help="column with the choice (%(default)s)")
    parser.add_argument("--weight", help="column with survey weights")
    parser.add_argument(
        "--covariance",
        choices=("classical", "robust", "clustered", "bhhh"),
        help="kind of standard errors; default: clustered by person when people answer several "
        "tasks, else classical",
    )
    parser.add_argument("--threads", type=int, help="number of threads; the result is the same")
    parser.add_argument("--save", metavar="FILE", help="save the results as JSON")
    parser.add_argument("--json", action="store_true", help="print estimates for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fit, print and save."""
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.logit import Logit
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

    study = Study.read(arguments.study)
    data = ChoiceData.from_long(
        pd.read_csv(arguments.data),
        study=study,
        person=arguments.person,
        task=arguments.task,
        alternative=arguments.alternative,
        chosen=arguments.chosen,
        weight=arguments.weight,
    )
    print(f"read {data.people} people, {data.tasks} choices", file=sys.stderr)
    utility = (
        Utility(arguments.utility, study) if arguments.utility else Utility.main_effects(study)
    )
    results = Logit(utility).fit(data, threads=arguments.threads, covariance=arguments.covariance)
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
