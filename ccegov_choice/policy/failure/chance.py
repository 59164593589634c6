"""How likely a project is to succeed: what happened to others like it, not what its owners say."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice._estimate import Estimate
from ccegov_choice.errors import PolicyError, Problem

_NOBODY_KNOWS = 0.5  # Jeffreys: half a success and half a failure before anything is seen


@dataclass(frozen=True)
class ReferenceClass:
    """Projects of the same kind that have ended.

    Parameters
    ----------
    name : str
        What they are, with the source: ``"claims portals, audit office 2015-24"``.
    successes, failures : int
        How many reached their aims, and how many did not.
    """

    name: str
    successes: int
    failures: int

    def __post_init__(self) -> None:
        if self.successes < 0 or self.failures < 0 or self.successes + self.failures == 0:
            raise PolicyError(
                f"{self.successes} successes and {self.failures} failures are no class of projects",
                where=f"reference class '{self.name}'",
                cure="Count projects that have ended; at least one.",
            )


@dataclass(frozen=True)
class Chance:
    """A chance of success that is itself uncertain: the beta law.

    Parameters
    ----------
    successes, failures : float
        Parameters of the beta law, above zero: successes and failures seen or believed, and half
        a one of each.
    stated : float, optional
        What those who propose the project say, 0 to 1.
    source : str
        Name of the reference class; empty where there is none.
    """

    successes: float
    failures: float
    stated: float | None = None
    source: str = ""

    @classmethod
    def of(
        cls,
        reference: ReferenceClass | None = None,
        *,
        stated: float | None = None,
        worth: float = 0.0,
    ) -> Chance:
        """Make a chance from other projects and from what the owners say.

        Parameters
        ----------
        reference : ReferenceClass, optional
            Projects of the same kind: the outside view.
        stated : float, optional
            The owners' own probability of success.
        worth : float
            How many finished projects the owners' word counts for; zero, the default, leaves it
            to the reference class alone.

        Raises
        ------
        PolicyError
            If nothing is known at all, or a number makes no sense.

        Notes
        -----
        Beta-binomial with Jeffreys' prior: ``1/2 + successes + worth * stated`` against ``1/2 +
        failures + worth * (1 - stated)``.
        """
        problems = []
        if stated is not None and not 0 <= stated <= 1:
            problems.append(
                Problem(f"a probability of {stated:g}", "Give a number from 0 to 1.", "stated")
            )
        if not worth >= 0:
            problems.append(
                Problem(f"a word worth {worth:g} projects", "Give zero or more.", "worth")
            )
        if reference is None and (stated is None or worth == 0):
            problems.append(
                Problem(
                    "nothing is known of how often such projects succeed",
                    "Give a reference class, or what is stated and how many projects it is worth.",
                    "reference",
                )
            )
        if problems:
            raise PolicyError.of(problems, "A chance of success has {count} problems:")
        seen = (reference.successes, reference.failures) if reference else (0, 0)
        own = 0.0 if stated is None else stated
        return cls(
            _NOBODY_KNOWS + seen[0] + worth * own,
            _NOBODY_KNOWS + seen[1] + (0.0 if stated is None else worth * (1 - own)),
            stated,
            reference.name if reference else "",
        )

    def __post_init__(self) -> None:
        if not (self.successes > 0 and self.failures > 0):
            raise PolicyError(
                "a chance of success needs something above zero on both sides",
                where="chance",
                cure="Use Chance.of(ReferenceClass(...)), which adds half a project on each side.",
            )

    @property
    def mean(self) -> float:
        """Probability of success."""
        return self.successes / (self.successes + self.failures)

    @property
    def failure(self) -> float:
        """Probability of failure."""
        return self.failures / (self.successes + self.failures)

    @property
    def uplift(self) -> float | None:
        """How many times more likely failure is than the owners say; None if they say nothing."""
        if self.stated is None or self.stated >= 1:
            return None
        return self.failure / (1 - self.stated)

    def estimate(self, level: float = 0.95) -> Estimate:
        """Return the probability of success with the central interval of the beta law."""
        from scipy.stats import beta

        law = beta(self.successes, self.failures)
        return Estimate(self.mean, float(law.ppf(0.5 - level / 2)), float(law.ppf(0.5 + level / 2)))

    def after(self, successes: int, failures: int) -> Chance:
        """Return the chance after a pilot: what was seen is added to what was believed."""
        if successes < 0 or failures < 0:
            raise PolicyError(
                f"a pilot cannot have {successes} successes and {failures} failures",
                where="after",
                cure="Count what happened; zero or more of each.",
            )
        return Chance(
            self.successes + successes, self.failures + failures, self.stated, self.source
        )
