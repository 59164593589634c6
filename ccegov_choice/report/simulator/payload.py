"""All that a page needs, as data: what can be chosen, what people want, how they choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.probabilities import require_logit_shares
from ccegov_choice.report.money import declares_vehicle, without_currency
from ccegov_choice.report.simulator.crowd import Crowd
from ccegov_choice.report.simulator.encoding import Offer, encode_offer
from ccegov_choice.report.simulator.packing import packed_rows, packed_tastes
from ccegov_choice.report.simulator.payment import Unit
from ccegov_choice.report.simulator.tastes import Tastes
from ccegov_choice.report.simulator.tree import tree_data
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    from ccegov_choice.models.population.population import Population
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.scenario import Scenario
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.constraint import Constraint
    from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]
Words = Callable[[str], str]


@dataclass(frozen=True, eq=False)
class Ingredients:
    """What a page is made of.

    Parameters
    ----------
    results : Results
        The model.
    scenarios : tuple of Scenario
        What the page starts with: today, the reform, and more to fill in.
    crowd : Crowd
        The people.
    tastes : Tastes
        What they want.
    offers : tuple of Offer
        What can be on offer.
    unit : Unit or None
        What changes are counted in.
    level : float
        Confidence level.
    language : str or None
        Of the study's words.
    """

    results: Results
    scenarios: tuple[Scenario, ...]
    crowd: Crowd
    tastes: Tastes
    offers: tuple[Offer, ...]
    unit: Unit | None
    level: float
    language: str | None

    @property
    def study(self) -> Study:
        """The study."""
        return self.results.study

    @property
    def clean(self) -> Words:
        """What takes currencies out of the study's words, unless it says how money is paid."""
        return str if declares_vehicle(self.study) else without_currency


def offers_of(population: Population) -> tuple[Offer, ...]:
    """Encode every service that can be on offer."""
    require_logit_shares_or_points(population.results)
    study = population.results.study
    names: Sequence[str | None] = [a.id for a in study.alternatives] if study.labelled else [None]
    return tuple(encode_offer(population, name) for name in names)


def require_logit_shares_or_points(results: Results) -> None:
    """Refuse models of the second opinion, whose shares are not known here."""
    from ccegov_choice.models.population.choice_rule import HasChoiceRule
    from ccegov_choice.models.population.taste_points import HasTastePoints

    if not isinstance(results.model, HasTastePoints | HasChoiceRule):
        require_logit_shares(results)


def payload(made: Ingredients) -> dict[str, Any]:
    """Return what the page's script reads."""
    study, people = made.study, made.crowd.population
    out = study.opt_out if study.opt_out is not None and not study.mandatory else None
    leaves = [offer.alternative or f"service {n}" for n, offer in enumerate(made.offers)]
    sets = [made.tastes.estimate, made.tastes.draws]
    tree, values = tree_data(made.results, [*leaves, *([out.id] if out else [])], sets)
    return {
        "level": made.level,
        "duty": study.mandatory,
        "alike": made.tastes.alike,
        "noMean": no_mean(made) is not None,
        "attributes": _attributes(made),
        "offers": [_offer(made, offer) for offer in made.offers],
        "optOut": None
        if out is None
        else {
            "label": made.clean(out.text(made.language)),
            "rows": packed_rows(people.encode([Profile({}, out.id)])[:, 0]),
        },
        "rules": [_rule(rule) for rule in study.constraints],
        "scenarios": [_scenario(made, scenario) for scenario in made.scenarios],
        "weights": [float(w) for w in people.people.weights],
        "groups": [{"name": made.clean(g.name), "people": g.people} for g in made.crowd.groups],
        "ofGroup": [int(g) for g in made.crowd.of_group],
        "pay": None if made.unit is None else _pay(made, made.unit),
        "tree": tree,
        "tastes": [packed_tastes(item) | extra for item, extra in zip(sets, values, strict=True)],
    }


def no_mean(made: Ingredients) -> float | None:
    """Return the share of people who do not mind paying, if amounts then have no average.

    Where tastes are simulated and some lie at zero, those beside them make amounts that grow
    without bound: a ratio without moments, as in `welfare_change`.
    """
    if made.unit is None or not made.tastes.simulated:
        return None
    first = made.tastes.estimate
    shape = (len(made.unit.slope), *first.coefficients.shape[2:])
    tastes = np.broadcast_to(first.coefficients[0], shape)
    each = np.einsum("mq,msq->ms", made.unit.slope, tastes)
    wrong = np.einsum(
        "ms,m->", np.where(each > 0, 0.0, first.chances[0]), made.crowd.population.people.weights
    )
    return float(wrong) if wrong > 0 else None


def _attributes(made: Ingredients) -> dict[str, Any]:
    every = {a.id: a for offer in made.offers for a in offer.attributes}
    return {
        a.id: {
            "label": made.clean(a.text(made.language)),
            "protected": a.tradeable == "no",
            "levels": [
                {
                    "id": level.id,
                    "cell": a.cell(level),
                    "text": made.clean(level_text(a, level.id, made.language)),
                }
                for level in a.shown_levels
            ],
        }
        for a in made.study.attributes
        if a.id in every
    }


def level_text(attribute: Attribute, level: str | float, language: str | None) -> str:
    """Return the words of a level: numbers with their unit."""
    if attribute.is_numeric and not isinstance(level, str):
        return attribute.unit_text(level, language)
    found = attribute.level(level)
    if attribute.is_numeric and found.value is not None:
        return attribute.unit_text(found.value, language)
    return found.text(language)


def _offer(made: Ingredients, offer: Offer) -> dict[str, Any]:
    study = made.study
    label = (
        ""
        if offer.alternative is None
        else study.alternative(offer.alternative).text(made.language)
    )
    places = {
        a.id: {a.cell(lv): n for n, lv in enumerate(a.shown_levels)} for a in offer.attributes
    }
    fixed = {} if offer.alternative is None else study.alternative(offer.alternative).fixed
    return {
        "id": offer.alternative,
        "label": made.clean(label),
        "attributes": [a.id for a in offer.attributes],
        "fixed": dict(fixed),
        "start": packed_rows(offer.start),
        "blocks": [
            {
                "attributes": list(block.attributes),
                "sizes": [len(places[name]) for name in block.attributes],
                "steps": [packed_rows(rows) for rows in block.steps],
            }
            for block in offer.blocks
        ],
    }


def _rule(rule: Constraint) -> dict[str, Any]:
    if isinstance(rule, Forbidden):
        return {"when": _plain(rule.levels), "then": None, "reason": rule.reason}
    return {"when": _plain(rule.when), "then": _plain(rule.then), "reason": rule.reason}


def _plain(levels: Any) -> dict[str, list[Any]]:
    return {name: list(cells) for name, cells in levels.items()}


def _scenario(made: Ingredients, scenario: Scenario) -> dict[str, Any]:
    """Return which offers a scenario holds, with the place of each level among those tested."""
    chosen: list[list[int] | None] = []
    for offer in made.offers:
        profile = next((p for p in scenario.offers if p.alternative == offer.alternative), None)
        chosen.append(None if profile is None else [place(a, profile) for a in offer.attributes])
    return {"name": made.clean(scenario.text()), "offers": chosen}


def place(attribute: Attribute, profile: Profile) -> int:
    """Return the place of a profile's level among those that may be shown; -1 if it is none."""
    cells = [attribute.cell(level) for level in attribute.shown_levels]
    cell = profile.levels[attribute.id]
    return cells.index(cell) if cell in cells else -1


def _pay(made: Ingredients, unit: Unit) -> dict[str, Any]:
    words = unit.payment
    shown = [level.value for level in made.study.attribute(words.attribute).shown_levels]
    span = max(v for v in shown if v is not None) - min(v for v in shown if v is not None)
    return {
        "attribute": words.attribute,
        "slope": packed_rows(unit.slope),
        "span": span,
        "most": words.amount(span, 0 if float(span).is_integer() else 1),
        "one": words.unit,
        "many": words.unit_plural,
        "gain": _things(unit, gain=True),
        "loss": _things(unit, gain=False),
        "unit": f"{words.opposite} {words.context()}" if not words.vehicle else words.unit_plural,
    }


def _things(unit: Unit, *, gain: bool) -> list[str]:
    """Return how an amount is said for one and for several: ``"{n} fewer days until ..."``."""
    words = unit.payment
    way = words.opposite if gain else words.direction
    if words.vehicle:
        return [f"{{n}} {word} {way}" for word in (words.unit, words.unit_plural)]
    return [f"{{n}} {way} {words.context(shown)}" for shown in ("1", "2")]
