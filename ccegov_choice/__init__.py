"""Discrete-choice surveys for public services: what citizens value, and what they would trade.

The public names are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ccegov_choice._version import __version__

# public name -> module that defines it; a name without a module of its own is the module itself
_WHERE = {
    "Alternative": "study.alternative",
    "Attribute": "study.attribute",
    "Covariate": "study.covariate",
    "Forbidden": "study.constraint",
    "FromCovariate": "study.alternative",
    "Implied": "study.constraint",
    "Level": "study.level",
    "Numeraire": "study.numeraire",
    "Profile": "study.profile",
    "Study": "study.study",
    "Utility": "study.utility",
    "Design": "design.design",
    "orthogonal_design": "design.orthogonal",
    "random_design": "design.random",
    "ChoiceData": "data.choice_data",
    "load_dataset": "data.datasets",
    "Logit": "models.logit",
    "Results": "models.results",
    "BHHH": "models.covariance",
    "Bootstrap": "models.covariance",
    "Classical": "models.covariance",
    "Clustered": "models.covariance",
    "Robust": "models.covariance",
    "ClassTaste": "models.simulate",
    "RandomTaste": "models.simulate",
    "simulate_choices": "models.simulate",
    "compare": "models.compare",
    "elasticities": "models.predict",
    "marginal_effects": "models.predict",
    "predict": "models.predict",
    "importance": "tradeoff.importance",
    "trade_matrix": "tradeoff.matrix",
    "trade_offs": "tradeoff.ratio",
    "willingness_to_trade": "tradeoff.ratio",
    "Scenario": "policy.scenario",
    "uptake": "policy.uptake",
    "Report": "report.document",
}
_MODULES = {
    "errors": "errors",
    "library": "study.library",
    "pylogit": "models.pylogit_backend",
}

__all__ = ["__version__", *sorted([*_WHERE, *_MODULES])]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        value = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
