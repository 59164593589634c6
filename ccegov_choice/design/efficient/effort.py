"""How hard to search, and the record of the work that was done."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, get_args

from ccegov_choice.design.beliefs.quadrature import RULES, Rule
from ccegov_choice.errors import DesignError, Problem, unknown_name

Algorithm = Literal["auto", "coordinate", "fedorov", "rsc"]
ALGORITHMS: tuple[str, ...] = get_args(Algorithm)
FEW = 6


@dataclass(frozen=True)
class Progress:
    """How far a search has come.

    Parameters
    ----------
    seconds : float
        Since it began.
    runs : int
        Searches from a start of their own that have ended.
    sweeps : int
        Times that all tasks were visited.
    error : float
        Criterion of the best design so far; infinite while it breaks a rule.
    name : str
        Name of the criterion.
    budget : float or None
        Seconds allowed.
    """

    seconds: float
    runs: int
    sweeps: int
    error: float
    name: str
    budget: float | None

    def __str__(self) -> str:
        of = f" of {self.budget:g}" if self.budget is not None else ""
        return (
            f"{self.seconds:.1f}{of} s, {self.runs} runs, {self.sweeps:,} sweeps, "
            f"{self.name} {self.error:.6g}"
        )


@dataclass(frozen=True)
class Effort:
    """How hard to search.

    Parameters
    ----------
    algorithm : {"auto", "coordinate", "fedorov", "rsc"}
        ``coordinate``: exchange the levels of one attribute (or of attributes tied by a
        constraint) of one alternative. ``fedorov``: exchange whole profiles. ``rsc``: swap levels
        between alternatives, relabel and cycle them, which keeps level counts. ``auto`` exchanges,
        and swaps as well where rules ask for balance.
    runs : int, optional
        Searches from a start of their own; without it as many as the time allows.
    draws : int, optional
        Points that stand for the prior; quadratures take the nearest number they can. Without it
        up to 4,096 for six uncertain coefficients or fewer, 128 to 1,024 for more.
    rule : {"gauss-hermite", "spherical-radial", "sobol", "mlhs"}, optional
        How they are placed. Without it Gauss-Hermite for six uncertain coefficients or fewer,
        spherical-radial for more.
    holdout : int
        Independent Sobol draws that the reported error is checked with.
    keep : int
        How many of the best designs to keep.
    threads : int, optional
        All processors without it; the result does not depend on it.
    certificate : float
        Seconds for the lower bound on the error; 0 for none.
    """

    algorithm: Algorithm = "auto"
    runs: int | None = None
    draws: int | None = None
    rule: Rule | None = None
    holdout: int = 1024
    keep: int = 10
    threads: int | None = None
    certificate: float = 5.0

    def __post_init__(self) -> None:
        problems = []
        if self.algorithm not in ALGORITHMS:
            problems.append(unknown_name(self.algorithm, ALGORITHMS, "algorithm"))
        if self.rule is not None and self.rule not in RULES:
            problems.append(unknown_name(self.rule, RULES, "rule for averaging over a prior"))
        for name in ("runs", "draws", "holdout", "keep", "threads"):
            value = getattr(self, name)
            if value is not None and value < 1:
                problems.append(Problem(f"{name} = {value} is below 1", f"Give {name} from 1 up."))
        if problems:
            raise DesignError.of(problems, "The effort has {count} problems:")

    def settled(self, uncertain: int) -> Effort:
        """Return the effort with draws and rule for a number of uncertain coefficients."""
        few = uncertain <= FEW
        rule: Rule = self.rule or ("gauss-hermite" if few else "spherical-radial")
        draws = self.draws
        if draws is None and rule == "gauss-hermite":
            draws = min(4096, 12**uncertain) if few else 3**uncertain
        elif draws is None:
            draws = 1024 if few else min(1024, max(128, 40_000 // uncertain**2))
        return replace(self, draws=draws, rule=rule)

    @property
    def workers(self) -> int:
        """Threads to use."""
        return self.threads or os.cpu_count() or 1

    def with_(self, **changes: Any) -> Effort:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Work:
    """The work that led to a design: doing it again gives the same design.

    Parameters
    ----------
    algorithm : str
        Which moves were made.
    draws, rule : int, str
        How the prior was averaged over.
    runs, sweeps : int
        What was done in all; the design is the best of it.
    run : int
        The run that the design comes from.
    length : int
        Sweeps that its cooling was laid out for.
    warm, cold : int
        Sweeps done while cooling, and without temperature.
    refined : int
        Tasks visited when it was refined for another model.
    processor : str
        Kind of processor: another one may round differently and so take another way.
    """

    algorithm: str
    draws: int
    rule: str
    runs: int
    sweeps: int
    run: int
    length: int
    warm: int
    cold: int
    processor: str
    refined: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON can hold it."""
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Work:
        """Read what `to_dict` gave."""
        return cls(**content)


@cache
def this_processor() -> str:
    """Return the kind of processor that kernels are compiled for."""
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


Watch = Callable[[Progress], None]


def seconds_of(budget: str | float | None) -> float | None:
    """Return a time budget in seconds.

    Parameters
    ----------
    budget : str, float or None
        Seconds, or a text such as ``"30s"``, ``"2 min"`` or ``"1h"``.

    Raises
    ------
    DesignError
        If it is not a time above zero.
    """
    if budget is None:
        return None
    text = str(budget).strip()
    found = re.fullmatch(r"([0-9.]+)\s*(s|sec|seconds?|m|min|minutes?|h|hours?)?", text)
    number = _number(found.group(1)) if found else 0.0
    if found is None or number <= 0:
        raise DesignError(
            f"'{budget}' is not a time", where="budget", cure="Write '30s', '2 min' or '1h'."
        )
    unit = (found.group(2) or "s")[0]
    return number * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def length_of(run: int, unit: int) -> int:
    """Return how many sweeps the cooling of a run takes: a unit times 1 1 2 1 1 2 4 1 1 2 ...

    References
    ----------
    Luby, Sinclair and Zuckerman (1993), Information Processing Letters 47: no other series of
    restarts is better by more than a constant factor when the best length is unknown.
    """
    number = run + 1
    while True:
        power = number.bit_length()
        if number == (1 << power) - 1:
            return unit << (power - 1)
        number -= (1 << (power - 1)) - 1
