"""Which model a design is made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ccegov_choice.design.candidates import TaskSpace
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.nested import Nested
from ccegov_choice.design.efficient.panel_mixed import PanelMixed
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.utility import Utility

__all__ = [
    "Assumed",
    "Multinomial",
    "Nested",
    "PanelMixed",
    "assumed_from_dict",
    "require_fit",
    "utility_part",
]


@dataclass(frozen=True)
class Multinomial:
    """Multinomial logit: every alternative competes alike with every other."""

    @property
    def added(self) -> tuple[str, ...]:
        """Parameters besides the coefficients of the utility: none."""
        return ()

    @property
    def said(self) -> str:
        """The model in words."""
        return "multinomial logit"

    def check(self, space: TaskSpace, utility: Utility) -> list[Problem]:
        """Return what does not fit the study: nothing."""
        return []

    def to_dict(self) -> dict[str, Any]:
        """Return the specification as JSON can hold it."""
        return {"model": "multinomial"}


Assumed: TypeAlias = Multinomial | Nested | PanelMixed


def assumed_from_dict(content: Mapping[str, Any] | None) -> Assumed:
    """Read what ``to_dict`` gave; nothing stands for the multinomial logit.

    Raises
    ------
    DesignError
        If the model is unknown.
    """
    given = dict(content or {"model": "multinomial"})
    model = given.pop("model", None)
    if model == "multinomial":
        return Multinomial()
    if model == "nested":
        return Nested(**given)
    if model == "panel-mixed":
        pairs = given.pop("correlation", None)
        correlation = {(a, b): value for a, b, value in pairs} if pairs else None
        return PanelMixed(**given, correlation=correlation)
    known = ("multinomial", "nested", "panel-mixed")
    raise DesignError.of([unknown_name(model, known, "model that a design is made for")])


def require_fit(assumed: Assumed, space: TaskSpace, utility: Utility) -> None:
    """Refuse a model that does not fit the study or the utility.

    Raises
    ------
    DesignError
        Listing everything.
    """
    problems = assumed.check(space, utility)
    if problems:
        raise DesignError.of(problems, "The assumed model has {count} problems:")


def utility_part(criterion: Criterion, assumed: Assumed) -> Criterion:
    """Return a criterion whose nuisance names no parameter that the model adds.

    That is what priors and cases, which know the utility only, can read.
    """
    kept = tuple(name for name in criterion.nuisance if name not in assumed.added)
    return replace(criterion, nuisance=kept)
