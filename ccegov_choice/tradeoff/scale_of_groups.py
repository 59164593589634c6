"""One specification, with and without a scale of each group of people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ccegov_choice._table import Absent
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.logit.scaled_logit import ScaledLogit
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit


def without_scale(model: Any, by: str) -> Any:
    """Return a specification for one group: no scale by the column that parts people."""
    if isinstance(model, Logit):
        return replace(model, scale=None) if model.scale == by else model
    if isinstance(model, MixedLogit) and by in model.scale_by:
        return replace(model, scale_by=tuple(n for n in model.scale_by if n != by))
    if isinstance(model, ScaledLogit) and model.scale == (by,):
        return Logit(model.utility, fixed=model.fixed, bounds=model.bounds, equal=model.equal)
    if isinstance(model, NestedLogit | CrossNestedLogit | ScaledLogit) and by in model.scale:
        return replace(model, scale=tuple(n for n in model.scale if n != by))
    return model


def with_scale(model: Any, by: str) -> Any:
    """Return a specification in which each group has a scale of its own.

    Returns
    -------
    model, or Absent
        Absent, with the reason, where that does not exist.

    Raises
    ------
    TradeOffError
        If another scale stands in its way.
    """
    if isinstance(model, Logit):
        if model.scale not in (None, by):
            raise TradeOffError(
                f"the model has a scale by '{model.scale}' already, so none can be free by '{by}'",
                where=f"by='{by}'",
                cure=f"Use ScaledLogit(utility, scale=['{model.scale}']), or leave scale out.",
            )
        return replace(model, scale=by)
    bare = without_scale(model, by)
    if isinstance(bare, Logit):
        return replace(bare, scale=by)
    if isinstance(bare, MixedLogit):
        return replace(bare, scale_by=(*bare.scale_by, by))
    if isinstance(bare, NestedLogit | CrossNestedLogit | ScaledLogit):
        return replace(bare, scale=(*bare.scale, by))
    return Absent("this family of models has no relative scale, so tastes cannot be pooled")
