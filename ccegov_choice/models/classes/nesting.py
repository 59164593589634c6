"""Whether one model of classes is another with restrictions, so that a likelihood ratio holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

# What may differ between a model and one that it is a special case of, inside the space of shares.
_MAY_DIFFER = ("membership", "fixed", "bounds", "equal")

OTHER_NUMBER = (
    "a class less is a share of zero, at the edge of what shares can be, where twice the gain in "
    "log-likelihood is not chi-squared: compare by BIC"
)
NO_SPECIAL_CASE = "neither is the other with parameters left out, fixed or held equal"


def has_classes(results: Results) -> bool:
    """Return whether a model has classes of people."""
    return results.model.kind == "latent_class"


def is_restricted(small: Results, large: Results) -> bool:
    """Return whether a model is another with parameters at zero, fixed or equal.

    Both have the same classes, so that no share lies at its edge. Parameters are compared by name.
    """
    if not (has_classes(small) and has_classes(large)) or _frame(small) != _frame(large):
        return False
    if small.parameters >= large.parameters or not set(small.names) <= set(large.names):
        return False
    places = [large.names.index(name) for name in small.names]
    translation = np.zeros((len(large.names), len(small.names)))
    translation[places, np.arange(len(places))] = 1.0
    point = translation @ small.estimates - large.estimates
    gaps = np.column_stack([translation @ small.expansion, point])
    solution, *_ = np.linalg.lstsq(large.expansion, gaps, rcond=None)
    reached = np.allclose(
        large.expansion @ solution, gaps, atol=1e-8 * max(1.0, np.abs(gaps).max())
    )
    # a special case cannot fit better: where it does, one search missed its top
    better = large.log_likelihood >= small.log_likelihood - 1e-6 * abs(small.log_likelihood)
    return bool(reached and better)


def why_no_test(first: Results, second: Results) -> str:
    """Say why no likelihood ratio compares two models of which one has classes."""
    if not (has_classes(first) and has_classes(second)):
        return OTHER_NUMBER
    one, other = (item.model.to_dict() for item in (first, second))
    same = one["classes"] == other["classes"] and one["scale_classes"] == other["scale_classes"]
    return NO_SPECIAL_CASE if same else OTHER_NUMBER


def _frame(results: Results) -> dict[str, Any]:
    told = {k: v for k, v in results.model.to_dict().items() if k not in _MAY_DIFFER}
    return {**told, "formula": results.utility.formula, "study": results.study.sha256}
