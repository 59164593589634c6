"""The panel mixed logit as the model that a design is made for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import TaskSpace
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]

FEWEST = 8


@dataclass(frozen=True)
class PanelMixed:
    """Panel mixed logit: coefficients differ between people, and stay the same over their tasks.

    Parameters
    ----------
    sd : mapping of str to float
        Coefficient -> standard deviation over people (normal); the means are those of the prior,
        and coefficients that are not named are the same for everybody.
    draws : int
        Draws of tastes: the likelihood of a person's answers is averaged over them.
    people : int
        People who answer in the simulation, equally many with the tastes of each draw.
    seed : int
        Seed of people, draws and choices. They are the same for all designs that are compared.
    correlation : mapping of (str, str) to float, optional
        Correlation between random coefficients, taken as known.

    Raises
    ------
    DesignError
        Listing everything that cannot be.

    Notes
    -----
    The parameters are the means and the standard deviations. Every person answers all the tasks of
    one block. Few draws tell a person's tastes too easily, so that errors come out too small; they
    rank designs all the same, and `holdout` has enough to say how large an error is.
    """

    sd: Mapping[str, float]
    draws: int = 64
    people: int = 128
    seed: int = 1
    correlation: Mapping[tuple[str, str], float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "sd", {name: float(value) for name, value in self.sd.items()})
        pairs = {(a, b): float(value) for (a, b), value in (self.correlation or {}).items()}
        object.__setattr__(self, "correlation", pairs or None)
        problems = self._number_problems()
        problems += self._correlation_problems(pairs)
        if problems:
            raise DesignError.of(problems, "The panel mixed logit has {count} problems:")

    @property
    def added(self) -> tuple[str, ...]:
        """Parameters besides the coefficients of the utility."""
        return tuple(f"sd[{name}]" for name in self.sd)

    @property
    def said(self) -> str:
        """The model in words."""
        told = ", ".join(f"{name} {value:g}" for name, value in self.sd.items())
        return f"panel mixed logit (sd {told}; {self.people} people, {self.draws} draws)"

    def check(self, space: TaskSpace, utility: Utility) -> list[Problem]:
        """Return what does not fit the utility.

        Parameters
        ----------
        space : TaskSpace
            The tasks that are allowed.
        utility : Utility
            What is estimated.
        """
        return [
            unknown_name(name, utility.names, "coefficient", where="PanelMixed, sd")
            for name in self.sd
            if name not in utility.names
        ]

    @property
    def holdout(self) -> PanelMixed:
        """The same model with more draws and people, and others: what a design is checked with."""
        draws = max(512, self.draws)
        people = draws * math.ceil(max(2 * draws, self.people) / draws)
        return replace(self, draws=draws, people=people, seed=self.seed + 1)

    @property
    def root(self) -> Floats:
        """A matrix ``(M, M)`` whose product with its transpose is the correlation."""
        values, vectors = np.linalg.eigh(self._matrix())
        root: Floats = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
        return root

    def to_dict(self) -> dict[str, Any]:
        """Return the specification as JSON can hold it."""
        pairs = [[a, b, value] for (a, b), value in (self.correlation or {}).items()]
        return {
            "model": "panel-mixed",
            "sd": dict(self.sd),
            "draws": self.draws,
            "people": self.people,
            "seed": self.seed,
            "correlation": pairs or None,
        }

    def _matrix(self) -> Floats:
        names = list(self.sd)
        matrix = np.eye(len(names))
        for (a, b), value in (self.correlation or {}).items():
            i, j = names.index(a), names.index(b)
            matrix[i, j] = matrix[j, i] = value
        return matrix

    def _number_problems(self) -> list[Problem]:
        where = "PanelMixed"
        problems = [
            Problem(
                f"the sd of '{name}' is {value:g}",
                "Give a number above zero, or leave it out: it is then the same for everybody.",
                where,
            )
            for name, value in self.sd.items()
            if not 0 < value < math.inf
        ]
        if not self.sd:
            cure = "Name one, as in sd={'wait': 0.02}, or use Multinomial()."
            problems.append(Problem("no coefficient differs between people", cure, where))
        problems += [
            Problem(f"{name} = {value} is below {FEWEST}", f"Give {FEWEST} or more.", where)
            for name, value in (("draws", self.draws), ("people", self.people))
            if value < FEWEST
        ]
        if self.draws >= FEWEST and self.people % self.draws:
            text = f"people = {self.people} is not a multiple of draws = {self.draws}"
            problems.append(Problem(text, f"Give people={2 * self.draws}.", where))
        if self.seed < 0:
            problems.append(Problem(f"seed = {self.seed} is below 0", "Give 0 or more.", where))
        return problems

    def _correlation_problems(self, pairs: Mapping[tuple[str, str], float]) -> list[Problem]:
        where = "PanelMixed, correlation"
        problems = [
            unknown_name(name, self.sd, "random coefficient", where=where)
            for name in dict.fromkeys(name for pair in pairs for name in pair)
            if name not in self.sd
        ]
        problems += [
            Problem(f"'{a}' is correlated with itself", "Name two coefficients.", where)
            for a, b in pairs
            if a == b
        ]
        if not problems and np.linalg.eigvalsh(self._matrix()).min(initial=1.0) < -1e-8:
            text = "these correlations cannot occur together"
            problems.append(Problem(text, "Bring them nearer to zero.", where))
        return problems
