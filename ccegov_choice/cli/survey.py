"""`ccegov survey`: check, serve, walk and export a survey; one module for each verb."""

from __future__ import annotations

import argparse
import importlib
import importlib.util

_VERBS = (
    "new",
    "check",
    "preview",
    "serve",
    "walk",
    "admin",
    "export",
    "paper",
    "key",
    "transfer",
    "retention",
)


def register(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the noun and its verbs."""
    parser = nouns.add_parser(
        "survey",
        help="check, serve, rehearse and export a survey",
        description="A survey is a folder: survey.toml, pages, translations and a design.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in _VERBS:
        name = f"ccegov_choice.cli.survey_{verb}"
        if importlib.util.find_spec(name):
            importlib.import_module(name).register(verbs)
