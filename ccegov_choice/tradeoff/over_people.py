"""Utilities of a gain and of what it is paid in, person by person, at any parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.points import ClassPoints
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.points import DrawnTastes
from ccegov_choice.models.mixed.ratio_law import RatioLaw, no_mean_because, ratio_law
from ccegov_choice.models.population.population import Population, tastes_read
from ccegov_choice.models.results import Results
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import Gain, improvement_sign, payment_sign
from ccegov_choice.study.people import gather_people, one_person, people_frame

if TYPE_CHECKING:
    from ccegov_choice.models.population.taste_points import PointsAt, TastePoints
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.people import Answers

FloatArray = npt.NDArray[np.float64]

# Draws of tastes for each pattern of people: fewer where there are many patterns.
POINTS, _FEWEST, _TOGETHER = 1024, 128, 65_536
# Other draws that tell how much the simulation errs.
_OTHER_DRAWS = 8


def people_given(
    results: Results,
    source: Answers | pd.DataFrame | None,
    at: Mapping[str, Any],
    attributes: Sequence[str],
    by: Sequence[str] = (),
) -> pd.DataFrame | None:
    """Return whose trade-offs are asked for, one row each; None where it does not matter.

    Parameters
    ----------
    results : Results
        A fitted model.
    source : ChoiceData or DataFrame, optional
        The people.
    at : mapping
        Covariates in it hold for everybody.
    attributes : sequence of str
        What is gained and paid in.
    by : sequence of str
        Further columns.

    Raises
    ------
    TradeOffError
        If it matters whose they are, and nobody is given.
    """
    study = results.study
    known = {name: at[name] for name in at if name in study.covariate_ids}
    if source is not None:
        return people_frame(source).assign(**known)
    needed = [n for n in columns_read(results, attributes, by) if n not in known]
    if not needed:
        return pd.DataFrame({**{n: [v] for n, v in known.items()}, "weight": [1.0]})
    listed = ", ".join(needed)
    example = f'at={{"{needed[0]}": ...}}'
    raise TradeOffError(
        f"what people would trade differs between them by {listed}",
        where=results.model.title,
        cure=f"Say whose: give the data, a frame with one row per person and the columns {listed}, "
        f"or one person by {example}.",
    )


def columns_read(
    results: Results, attributes: Sequence[str], by: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the columns of people that the values of attributes depend on, and some more."""
    utility = results.utility
    read = {name for a in attributes for term in utility.terms_of(a) for name in term.reads}
    covariates = [name for name in results.study.covariate_ids if name in read]
    return tuple(dict.fromkeys([*covariates, *tastes_read(results), *by]))


@dataclass(frozen=True, eq=False)
class OverPeople:
    """People whose utilities of changes can be told at any parameters.

    Parameters
    ----------
    population : Population
        ``M`` patterns of people.
    at : mapping
        Where the trade is made, see `Standpoint`.
    """

    population: Population
    at: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        results: Results,
        frame: pd.DataFrame | None,
        at: Mapping[str, Any],
        attributes: Sequence[str],
        by: Sequence[str] = (),
        points: int | None = None,
    ) -> OverPeople:
        """Gather people by what the values of attributes depend on."""
        names = columns_read(results, attributes, by)
        people = one_person({}) if frame is None else gather_people(frame, names, results.study)
        room = 1 << (_TOGETHER // people.size).bit_length() - 1 if people.size < _TOGETHER else 1
        draws = points or min(max(room, _FEWEST), POINTS)
        return cls(Population(results, people, draws), at)

    @property
    def results(self) -> Results:
        """The fitted model."""
        return self.population.results

    def gain(self, change: Gain, attribute: Attribute) -> FloatArray:
        """Return the multipliers ``(M or 1, Q)`` in the utility of a gain."""
        sign = improvement_sign(attribute)
        if change.one_unit:
            return self._rows(attribute, lambda stand: sign * stand.slope(attribute))
        return self._rows(attribute, lambda stand: stand.change(change))

    def payment(self, attribute: Attribute) -> FloatArray:
        """Return the multipliers ``(M or 1, Q)`` in the utility of one unit of what is paid."""
        sign = payment_sign(attribute)
        return self._rows(attribute, lambda stand: sign * stand.slope(attribute))

    def _rows(self, attribute: Attribute, of: Any) -> FloatArray:
        names = columns_read(self.results, [attribute.id])
        study, covariates = self.results.study, self.population.people.covariates
        own = [n for n in names if n in study.covariate_ids and n not in self.at]
        read = {n for term in self.results.utility.terms_of(attribute.id) for n in term.reads}
        own = [name for name in own if name in read]
        extra = len(getattr(self.results.model, "error_components", ()))
        if not own:
            row = of(Standpoint(self.results.utility, dict(self.at)))
            return np.pad(row, (0, extra))[None, :]
        made: dict[tuple[Any, ...], FloatArray] = {}
        for person in zip(*(covariates[name] for name in own), strict=True):
            if person not in made:
                here = {**self.at, **dict(zip(own, person, strict=True))}
                made[person] = np.pad(of(Standpoint(self.results.utility, here)), (0, extra))
        people = zip(*(covariates[name] for name in own), strict=True)
        return np.array([made[person] for person in people])

    # --- at some parameters -------------------------------------------------------------------

    def law(self, over: FloatArray, under: FloatArray, theta: FloatArray) -> RatioLaw | None:
        """Return the law of a ratio over people; None where there is none, or it is not one."""
        source = self.population.points_at
        if not isinstance(source, DrawnTastes) or len(over) > 1 or len(under) > 1:
            return None
        return ratio_law(source.layout, over[0], under[0], theta)

    def no_mean(self, over: FloatArray, under: FloatArray, theta: FloatArray) -> str:
        """Say why a ratio has no mean over people; nothing where it has one."""
        pairs = [
            (over[m if len(over) > 1 else 0], under[m if len(under) > 1 else 0])
            for m in range(max(len(over), len(under)))
        ]
        reasons = (_no_mean(self.population.points_at, o, u, theta) for o, u in pairs)
        return next((reason for reason in reasons if reason), "")

    def mass(self, points: TastePoints) -> FloatArray:
        """Return the share ``(M, S)`` of all people that each point stands for."""
        weights = self.population.people.weights
        return np.asarray(weights[:, None] * points.chances)

    def utilities(self, row: FloatArray, points: TastePoints) -> FloatArray:
        """Return the utility ``(M, S)`` of a change for each point."""
        if len(row) == 1:
            found = points.coefficients @ row[0]
        else:
            found = np.einsum("msq,mq->ms", points.coefficients, row)
        shape = (self.population.size, points.coefficients.shape[1])
        return np.asarray(np.broadcast_to(found, shape))

    def reseeded(self) -> tuple[OverPeople, ...]:
        """Return the same people simulated by other draws."""
        found = []
        for step in range(1, _OTHER_DRAWS + 1):
            results = replace(self.results, model=_other_draws(self.results.model, step))
            found.append(replace(self, population=replace(self.population, results=results)))
        return tuple(found)


def _no_mean(source: PointsAt, over: FloatArray, under: FloatArray, theta: FloatArray) -> str:
    if isinstance(source, DrawnTastes):
        return no_mean_because(source.layout, over, under, theta)
    if not isinstance(source, ClassPoints):
        points = source(theta)
        return "its value is zero" if (points.coefficients @ under == 0).any() else ""
    for c, name in enumerate(source.fitted.layout.classes):
        own = source.own(theta, c)
        if c in source.inner:
            reason = _no_mean(source.inner[c], over, under, own)
        else:
            reason = "its value is zero" if own @ under[: len(own)] == 0 else ""
        if reason:
            return f"in '{name}' {reason}"
    return ""


def _other_draws(model: Any, step: int) -> Any:
    """Return a model that is simulated by draws that have nothing to do with its own."""
    if isinstance(model, MixedLogit):
        return replace(model, draws=model.draws.with_seed(model.draws.seed + 7919 * step))
    if isinstance(model, LatentClass):
        specs = tuple(
            spec if spec.model is None else replace(spec, model=_other_draws(spec.model, step))
            for spec in model.specs
        )
        return replace(model, classes=specs, random={})
    return model
