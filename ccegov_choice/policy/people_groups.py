"""Groups of people that results are told for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.population.population import Population
from ccegov_choice.study.people import people_frame

if TYPE_CHECKING:
    from ccegov_choice.study.people import Answers
    from ccegov_choice.study.study import Study

EVERYBODY = "everybody"
_MOST = 50
_BARE = ("yes", "no", "true", "false", "high", "low", "other", "none")


@dataclass(frozen=True, eq=False)
class PeopleGroups:
    """The groups of a population.

    Parameters
    ----------
    names, labels : tuple of G str
        As the data call them, and in the study's words.
    codes : ndarray of int64 of shape (M,)
        Group of each pattern of people.
    shares : ndarray of shape (G,)
        Of all people, by weight.
    people : tuple of G int
        How many people; 0 where nobody was given.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float64]
    people: tuple[int, ...]

    @classmethod
    def of(
        cls, population: Population, by: str | None, source: Answers | pd.DataFrame | None
    ) -> PeopleGroups:
        """Read the groups from a column of the people; one group of everybody without.

        Raises
        ------
        PolicyError
            If there are more than 50.
        """
        if by is None or source is None:
            codes = np.zeros(population.size, dtype=np.int64)
            count = population.people.count
            return cls((EVERYBODY,), (EVERYBODY,), codes, np.ones(1), (count,))
        given = pd.Series(population.people.covariates[by]).astype(str)
        names = _ordered(given, by, population.results.study)
        if len(names) > _MOST:
            raise PolicyError(
                f"'{by}' has {len(names)} different values, which are no groups",
                where="by",
                cure=f"Sort people into {_MOST} groups or fewer, such as bands of age, in a column "
                "of their own.",
            )
        place = {name: g for g, name in enumerate(names)}
        own = np.array([place[name] for name in given], dtype=np.int64)
        weights = population.people.weights
        shares = np.array([weights[own == g].sum() for g in range(len(names))])
        counted = people_frame(source)[by].astype(str).value_counts()
        labels = tuple(_label(name, by, population.results.study) for name in names)
        return cls(names, labels, own, shares, tuple(int(counted[name]) for name in names))


def _ordered(given: pd.Series, by: str, study: Study) -> tuple[str, ...]:
    """Return the names in the order of the study, else in their own."""
    found = list(dict.fromkeys(given))
    if by in study.covariate_ids and (known := study.covariate(by).level_ids):
        return tuple(name for name in known if name in found)
    try:
        return tuple(sorted(found, key=float))
    except ValueError:
        return tuple(sorted(found))


def _label(name: str, by: str, study: Study) -> str:
    if by not in study.covariate_ids or name not in study.covariate(by).level_ids:
        return f"{by} {name}"
    covariate = study.covariate(by)
    text = {level.id: level.text() for level in covariate.levels}[name]
    # "yes" alone says nothing where a sentence names the group
    alone = text.lower() not in _BARE and not text.replace(".", "").isdigit()
    return text if alone else f"{covariate.text()}: {text}"
