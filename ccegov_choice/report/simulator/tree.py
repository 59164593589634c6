"""How people choose, as a tree that a page walks; the logit is a tree that is only a root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.nests.model import TreeModel
from ccegov_choice.models.nests.tree import pack, walk
from ccegov_choice.models.population.choice_rule import HasChoiceRule, LogitRule
from ccegov_choice.report.simulator.packing import packed
from ccegov_choice.report.simulator.tastes import TasteSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


def tree_data(
    results: Results, leaves: Sequence[str], sets: Sequence[TasteSet]
) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    """Return the tree, and its widths and allocations at the parameters of each set of tastes.

    Parameters
    ----------
    results : Results
        A fitted model.
    leaves : sequence of J str
        What can be chosen, the opt-out last.
    sets : sequence of TasteSet
        Tastes with their parameters.

    Returns
    -------
    tree : dict or None
        For each nest, the root last, its members: leaves, then nests, counted through; None for
        the logit.
    values : list of dict
        Packed ``width`` (R, L) and ``allotted`` (R, E) of each set.

    Raises
    ------
    PolicyError
        If the model chooses by another rule.
    """
    model = results.model
    if not isinstance(model, TreeModel) or not model.tree:
        if isinstance(model, HasChoiceRule) and not _is_logit(results, leaves):
            raise PolicyError(
                f"{results.model.title} chooses by a rule that the page does not know",
                where="Simulator",
                cure="Give a logit, a nested, a mixed logit or latent classes.",
            )
        return None, [{} for _ in sets]
    nested = [name for nest in walk(model.tree) for name in nest.alternatives]
    tree = pack(model.tree, tuple(dict.fromkeys([*leaves, *nested])), results.names)
    members = [
        [int(m) for m in tree.members[a:b]]
        for a, b in zip(tree.edge_offsets[:-1], tree.edge_offsets[1:], strict=True)
    ]
    values = [
        {
            "width": packed(_at(item.parameters, tree.dissimilarity)),
            "allotted": packed(_at(item.parameters, tree.allocation)),
        }
        for item in sets
    ]
    return {"leaves": tree.alternatives, "members": members}, values


def _is_logit(results: Results, leaves: Sequence[str]) -> bool:
    model = results.model
    assert isinstance(model, HasChoiceRule)
    return isinstance(model.choice_rule(results, list(leaves)), LogitRule)


def _at(parameters: FloatArray, positions: npt.NDArray[np.int64]) -> FloatArray:
    """Return parameters ``(R, len(positions))``, 1 where there is none."""
    return np.where(positions >= 0, parameters[:, positions], 1.0)
