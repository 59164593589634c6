"""Which family of models a command fits, and what the family needs, in words of a shell."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import ChoiceError, Problem, UtilityError, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.distributions import Distribution
    from ccegov_choice.study.utility import Utility

FAMILIES = ("logit", "nested", "mixed", "latent-class")

_OWN = {
    "scale": ("logit", "nested"),
    "nest": ("nested",),
    "random": ("mixed",),
    "correlated": ("mixed",),
    "draws": ("mixed",),
    "trade_space": ("mixed",),
    "classes": ("latent-class",),
    "membership": ("latent-class",),
}
_DISTRIBUTIONS = (
    "normal",
    "lognormal",
    "lognormal(-)",
    "censored",
    "censored(-)",
    "uniform",
    "triangular",
    "constrained-triangular",
    "johnson(LOW,HIGH)",
)


def add_family(verb: argparse.ArgumentParser) -> None:
    """Add the arguments that say which model is fitted."""
    group = verb.add_argument_group("model")
    group.add_argument(
        "--model", choices=FAMILIES, default="logit", help="family of models (%(default)s)"
    )
    group.add_argument(
        "--scale",
        metavar="COLUMN",
        help="a group of people that may choose more at random (logit, nested)",
    )
    group.add_argument(
        "--nest",
        action="append",
        default=[],
        metavar="'NAME: ALTERNATIVE, ...'",
        help="alternatives that resemble each other; may be repeated (nested)",
    )
    group.add_argument(
        "--random",
        metavar="NAME=DISTRIBUTION,...",
        help="coefficients that differ between people, as in 'wait=lognormal(-),dignity=normal'; "
        "distributions: " + ", ".join(_DISTRIBUTIONS) + " (mixed)",
    )
    group.add_argument("--correlated", action="store_true", help="they are correlated (mixed)")
    group.add_argument("--draws", type=int, help="Sobol draws of the simulation, 1000 (mixed)")
    group.add_argument(
        "--trade-space",
        metavar="NUMERAIRE",
        help="coefficients in units of what people pay in, instead of utility (mixed)",
    )
    group.add_argument("--classes", type=int, help="number of classes (latent-class)")
    group.add_argument(
        "--membership",
        metavar="FORMULA",
        help="covariates that say who is in which class, as in 'age + C(income)' (latent-class)",
    )


def read_family(arguments: argparse.Namespace, utility: Utility) -> Any:
    """Return the specification that the arguments ask for.

    Raises
    ------
    UtilityError
        Listing every option that the model needs, does not have, or cannot read.
    """
    problems = [*_strangers(arguments)]
    made = None
    try:
        made = _MAKERS[arguments.model](arguments, utility)
    except ChoiceError as error:
        problems += error.problems
    if problems:
        raise UtilityError.of(problems, "The model has {count} problems:")
    return made


def _strangers(arguments: argparse.Namespace) -> list[Problem]:
    """Name options of other models: to ignore them would fit something else than was asked."""
    found = []
    for name, families in _OWN.items():
        if getattr(arguments, name) and arguments.model not in families:
            option, model = f"--{name.replace('_', '-')}", " or ".join(families)
            problem = f"--model {arguments.model} has no {option}"
            found.append(Problem(problem, f"Add --model {model}, or leave it out.", option))
    return found


def _logit(arguments: argparse.Namespace, utility: Utility) -> Any:
    from ccegov_choice.models.logit.logit import Logit

    return Logit(utility, scale=arguments.scale)


def _nested(arguments: argparse.Namespace, utility: Utility) -> Any:
    from ccegov_choice.models.nests.nested_logit import NestedLogit

    if not arguments.nest:
        cure = "Add --nest 'digital: website, video' for each nest."
        raise UtilityError("a nested logit needs nests", where="--nest", cure=cure)
    return NestedLogit(utility, nests=read_nests(arguments.nest), scale=arguments.scale)


def read_nests(given: list[str]) -> dict[str, list[str]]:
    """Read ``"digital: website, video"``, once for each nest."""
    nests: dict[str, list[str]] = {}
    problems = []
    for entry in given:
        name, colon, rest = entry.partition(":")
        members = [part.strip() for part in rest.split(",") if part.strip()]
        if not colon or not name.strip() or not members:
            cure = "Write --nest 'NAME: ALTERNATIVE, ALTERNATIVE'."
            problems.append(Problem(f"'{entry}' is no nest", cure, "--nest"))
        elif name.strip() in nests:
            cure = "Name each nest once, with all of its alternatives."
            problems.append(Problem(f"'{name.strip()}' comes twice", cure, "--nest"))
        else:
            nests[name.strip()] = members
    if problems:
        raise UtilityError.of(problems)
    return nests


def _mixed(arguments: argparse.Namespace, utility: Utility) -> Any:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.models.mixed.standard_draws import Sobol

    if not arguments.random:
        raise UtilityError(
            "a mixed logit needs coefficients that differ between people",
            where="--random",
            cure=f"Add --random 'NAME=normal,...'. Names: {', '.join(utility.names)}.",
        )
    return MixedLogit(
        utility,
        random=read_random(arguments.random),
        correlated=arguments.correlated,
        draws=Sobol(arguments.draws or 1000, seed=1),
        pay_in=arguments.trade_space,
    )


def read_random(text: str) -> dict[str, Distribution]:
    """Read ``"wait=lognormal(-),dignity=normal"``.

    Raises
    ------
    UtilityError
        Listing every entry that says nothing, and every distribution that does not exist.
    """
    found: dict[str, Distribution] = {}
    problems = []
    for entry in re.split(r",(?![^(]*\))", text):
        name, sign, word = (part.strip() for part in entry.rpartition("="))
        if not sign or not name or not word:
            cure = "Write --random 'NAME=DISTRIBUTION,...', such as 'wait=lognormal(-)'."
            problems.append(Problem(f"'{entry.strip()}' is no distribution", cure, "--random"))
            continue
        try:
            found[name] = read_distribution(word)
        except ChoiceError as error:
            problems += error.problems
    if problems:
        raise UtilityError.of(problems)
    return found


def read_distribution(word: str) -> Distribution:
    """Read one distribution: ``"normal"``, ``"lognormal(-)"``, ``"johnson(0,2)"``."""
    from ccegov_choice.models.mixed import distributions as d

    plain: dict[str, Callable[[], Distribution]] = {
        "normal": d.Normal,
        "lognormal": d.LogNormal,
        "lognormal(+)": d.LogNormal,
        "lognormal(-)": lambda: d.LogNormal(-1),
        "censored": d.CensoredNormal,
        "censored(+)": d.CensoredNormal,
        "censored(-)": lambda: d.CensoredNormal(-1),
        "uniform": d.Uniform,
        "triangular": d.Triangular,
        "constrained-triangular": d.ConstrainedTriangular,
    }
    key = word.replace(" ", "").casefold()
    if key in plain:
        return plain[key]()
    bounds = re.fullmatch(r"johnson\(([^,()]+),([^,()]+)\)", key)
    if bounds:
        try:
            return d.JohnsonSB(float(bounds[1]), float(bounds[2]))
        except ValueError:
            pass
    raise UtilityError.of([unknown_name(word, _DISTRIBUTIONS, "distribution", where="--random")])


def _latent_class(arguments: argparse.Namespace, utility: Utility) -> Any:
    from ccegov_choice.models.classes.latent_class import LatentClass

    if not arguments.classes:
        raise UtilityError(
            "latent classes need their number",
            where="--classes",
            cure="Add --classes 2, then 3, 4, ..., and compare what they say.",
        )
    return LatentClass(utility, classes=arguments.classes, membership=arguments.membership)


_MAKERS = {"logit": _logit, "nested": _nested, "mixed": _mixed, "latent-class": _latent_class}
