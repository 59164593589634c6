"""Who may use what: conditions on columns of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import ChoiceError, DataError, PolicyError, Problem, UtilityError
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.study.expression import Expression
from ccegov_choice.study.people import people_frame

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Condition:
    """Who may use an offer.

    Parameters
    ----------
    text : str
        ``"column: value, value"``, or arithmetic on number columns that is above zero for those
        who may.

    Raises
    ------
    PolicyError
        If it is neither.
    """

    text: str

    def __post_init__(self) -> None:
        if self._values is not None:
            if not self.columns[0] or not all(self._values):
                raise self._error(f"'{self.text}' names no column or no value")
            return
        try:
            known = Expression(self.text).variables
        except (SyntaxError, ChoiceError) as error:
            raise self._error(f"'{self.text}' is not understood") from error
        if not known:
            raise self._error(f"'{self.text}' reads no column of the people")

    def _error(self, problem: str) -> PolicyError:
        return PolicyError(
            problem,
            where="available",
            cure="Write 'internet: yes', 'region: north, south', or arithmetic that is above zero "
            "for those who may use it, such as 'age - 64'.",
        )

    @property
    def _values(self) -> tuple[str, ...] | None:
        _, colon, rest = self.text.partition(":")
        return tuple(part.strip() for part in rest.split(",")) if colon else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of people that it reads."""
        if self._values is not None:
            return (self.text.partition(":")[0].strip(),)
        return Expression(self.text).variables

    def holds(self, people: pd.DataFrame) -> BoolArray:
        """Return for whom ``(M,)`` it holds.

        Raises
        ------
        PolicyError
            If arithmetic is done on words.
        """
        if self._values is not None:
            return np.asarray(people[self.columns[0]].astype(str).isin(self._values))
        try:
            columns = {name: people[name].to_numpy(np.float64) for name in self.columns}
            return np.asarray(Expression(self.text).evaluate(columns) > 0)
        except (ValueError, TypeError) as error:
            raise self._error(f"'{self.text}' is arithmetic, but a column holds words") from error
        except UtilityError as error:
            raise self._error(f"'{self.text}' is not a finite number for some people") from error


def conditions(scenario: Scenario) -> dict[str, Condition]:
    """Return the conditions of a scenario by the name of the offer."""
    return {name: Condition(text) for name, text in scenario.available.items()}


def columns_of(*scenarios: Scenario) -> tuple[str, ...]:
    """Return the columns of people that availability depends on."""
    found = [c for s in scenarios for item in conditions(s).values() for c in item.columns]
    return tuple(dict.fromkeys(found))


def who_may(scenario: Scenario, people: pd.DataFrame) -> BoolArray:
    """Return who may use which offer, ``(M, J)``."""
    open_to = np.ones((len(people), len(scenario.offers)), dtype=bool)
    for name, condition in conditions(scenario).items():
        open_to[:, scenario.offer_names.index(name)] = condition.holds(people)
    return open_to


def left_without(scenario: Scenario, source: object) -> BoolArray:
    """Return for each person whether nothing of a scenario is available to them.

    Parameters
    ----------
    scenario : Scenario
        What is on offer.
    source : ChoiceData or DataFrame
        The people, one by one; see `ccegov_choice.study.people.people_frame`.

    Raises
    ------
    DataError
        If a column is missing or empty for somebody.
    """
    frame = people_frame(source)  # type: ignore[arg-type]
    problems = []
    for name in columns_of(scenario):
        if name not in frame:
            cure = f"Add it, or change available= of '{scenario.name}'."
            problems.append(Problem(f"the people have no column '{name}'", cure, "people"))
        elif frame[name].isna().any():
            problems.append(Problem(f"'{name}' is empty for somebody", "Fill it.", "people"))
    if problems:
        raise DataError.of(problems, "The people given have {count} problems:")
    return np.asarray(~who_may(scenario, frame).any(axis=1))
