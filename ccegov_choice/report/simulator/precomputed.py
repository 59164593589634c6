"""What the page tells without a script: the scenarios it starts with, worked out in Python."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Cell, Table
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.report.simulator.payload import level_text
from ccegov_choice.report.wording import between, points, upper_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccegov_choice.models.population.population import Population
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.report.simulator.payload import Ingredients
    from ccegov_choice.study.profile import Profile

FloatArray = npt.NDArray[np.float64]


def scenario_tables(made: Ingredients, own: Mapping[str, str]) -> list[Table]:
    """Return what each scenario holds, and how many would choose it where that makes sense."""
    return [_content(made, own), *_shares(made, own)]


def _content(made: Ingredients, own: Mapping[str, str]) -> Table:
    columns = (own["column_change"], *(upper_first(made.clean(s.text())) for s in made.scenarios))
    rows: list[tuple[Cell, ...]] = []
    for offer in made.offers:
        name = offer.alternative
        for attribute in offer.attributes:
            label = attribute.text(made.language)
            if name is not None:
                offered = made.study.alternative(name).text(made.language)
                label = own["for_offer"].format(offer=offered, attribute=label)
            cells = [
                next((p.levels[attribute.id] for p in s.offers if p.alternative == name), None)
                for s in made.scenarios
            ]
            texts = [
                own["absent"] if cell is None else level_text(attribute, cell, made.language)
                for cell in cells
            ]
            rows.append((made.clean(label), *(made.clean(text) for text in texts)))
    return Table(own["content"], columns, tuple(rows))


def _shares(made: Ingredients, own: Mapping[str, str]) -> list[Table]:
    """Tell shares of single services; a duty, and services side by side, are told with a script."""
    if made.study.mandatory or made.study.labelled:
        return []
    found = _uptake(made)
    rows = [
        (
            upper_first(made.clean(scenario.text())),
            f"{points(100 * share)} ({between(100 * low, 100 * high)})",
        )
        for scenario, share, low, high in zip(
            found.scenarios, found.shares, found.conf_low, found.conf_high, strict=True
        )
    ]
    column = own["interval"].format(level=f"{100 * made.level:g}")
    return [Table(own["shares_title"], (own["column_option"], column), tuple(rows))]


def _uptake(made: Ingredients) -> Uptake:
    people = made.crowd.population.frame if made.crowd.people else None
    return uptake(
        made.results,
        made.scenarios,
        people=people,
        level=made.level,
        draws=len(made.tastes.draws.parameters),
        seed=made.tastes.seed,
    )


def noise(made: Ingredients) -> float:
    """Return how far shares at the estimates move with fewer points of tastes."""
    whole = made.crowd.population
    fewer = replace(whole, draws=made.tastes.points)
    profiles = [offer for scenario in made.scenarios for offer in scenario.offers]
    return float(np.abs(_mean_shares(whole, profiles) - _mean_shares(fewer, profiles)).max())


def _mean_shares(population: Population, profiles: Sequence[Profile]) -> FloatArray:
    found = population.points()
    rows = population.encode(profiles)
    values = np.einsum(
        "mjq,msq->msj",
        rows,
        np.broadcast_to(found.coefficients, (len(rows), *found.coefficients.shape[1:])),
    )
    shares = population.rule(profiles).shares(values, population.results.estimates)
    chances = np.broadcast_to(found.chances, shares.shape[:2])
    return np.asarray(np.einsum("msj,ms,m->j", shares, chances, population.people.weights))
