"""Ragged choice data made of random numbers, and designs by lot, for kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.efficient.cases import make_cases, weighted_people, weighted_priors
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.engine import Engine, Search
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.kernels import design_reference
from ccegov_choice.kernels.information import RIDGE, factorise
from ccegov_choice.kernels.logit import Choices
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


def frozen(array):
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


def make_choices(
    sizes: Sequence[int],
    *,
    tasks: int = 400,
    coefficients: int = 5,
    groups: int = 1,
    weighted: bool = True,
    seed: int = 0,
) -> Choices:
    """People with one to three tasks each, tasks with one of the sizes."""
    rng = np.random.default_rng(seed)
    widths = rng.choice(sizes, tasks)
    offsets = np.concatenate(([0], np.cumsum(widths)))
    ends = np.cumsum(rng.integers(1, 4, tasks))
    people = np.concatenate(([0], ends[ends < tasks], [tasks]))
    weights = rng.uniform(0.5, 2.0, tasks) if weighted else np.ones(tasks)
    person_groups = rng.integers(0, groups, len(people) - 1)
    return Choices(
        frozen(rng.standard_normal((coefficients, offsets[-1]))),
        frozen(offsets),
        frozen(people),
        frozen(offsets[:-1] + rng.integers(0, widths)),
        frozen(weights),
        frozen(np.repeat(person_groups, np.diff(people))),
    )


@pytest.fixture
def choices() -> Callable[..., Choices]:
    return make_choices


# --- designs -------------------------------------------------------------------------------------


@dataclass
class Bench:
    """A design by lot and everything that the kernels of the search are called with."""

    engine: Engine
    search: Search

    def __post_init__(self) -> None:
        engine, search = self.engine, self.search
        self.tables, self.places, self.points = engine.tables, engine.places, engine.points
        self.rules, self.aim = engine.rules, engine.aim
        self.state, self.freedom = search._state, search._freedom
        self.room, self.matrix, self.moves = search._room, search._matrix, search._moves
        self.changes, self.log_error = search._changes, search._log_error
        self.counts, self.cost = search._counts, search._cost
        self.factorise()

    def factorise(self) -> None:
        factorise(self.tables, self.points, self.state, self.matrix, RIDGE, self.room)

    def expected(self, codes: np.ndarray | None = None) -> np.ndarray:
        """Logarithms of the error ``(N, W)`` from the slow twin."""
        return design_reference.log_errors(
            self.tables, self.points, self.state.codes if codes is None else codes,
            self.state.present, self.aim.loads, RIDGE, largest=self.aim.largest == 1,
        )  # fmt: skip

    @property
    def real(self) -> np.ndarray:
        """True ``(N, W)`` for draws that are not padding."""
        return self.points.weight > 0


def make_bench(
    study: Study,
    prior: Prior | Sequence[tuple[float, Prior]],
    *,
    tasks: int = 10,
    alternatives: int | None = None,
    criterion: Criterion | str = "D",
    rules: Rules | None = None,
    draws: int = 16,
    people: Sequence[Mapping[str, Any]] | None = None,
    seed: int = 0,
) -> Bench:
    space = task_space(study, alternatives)
    wanted = Criterion.read(criterion)
    kept = rules or Rules(dominated=True, repeated=True)
    rng = np.random.default_rng(seed)
    present = kept.present(space, tasks, rng)
    cases = make_cases(
        space, weighted_priors(prior), weighted_people(people), wanted,
        draws=draws, rule="sobol", seed=1,
    )  # fmt: skip
    engine = Engine(
        space, cases, kept.pack(space, present), present,
        np.zeros((0, len(space.slots), len(space.cells)), np.int64),
        largest=wanted.largest, average=wanted.averaging, quantile=wanted.share,
    )  # fmt: skip
    return Bench(engine, Search(engine, seed, kept.tied(space, tasks, rng)))


def service(*, opt_out: bool = False, forbidden: bool = False) -> Study:
    """Two attributes by level, two by number, one of each with a direction."""
    attributes = (
        Attribute.categorical("help", "Help", ["none", "chat", "visit"]),
        Attribute.ordered("care", "Care", ["low", "mid", "high"], direction="+"),
        Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days", direction="-"),
        Attribute.numeric("trip", "Trip", [0, 10, 25], "minute", "minutes", direction="-"),
    )
    none = Alternative("none", "Neither", kind="opt_out") if opt_out else None
    rule = Forbidden({"help": ("visit",), "trip": (0,)})
    rules = (rule,) if forbidden else ()
    paid = (Numeraire("trip"),)
    return Study("service", "S", attributes, opt_out=none, constraints=rules, numeraires=paid)


def offices() -> Study:
    """Three labelled alternatives, one of them with an attribute of its own."""
    attributes = (
        Attribute.numeric("wait", "Days", [7, 14, 30], "day", "days", direction="-"),
        Attribute.categorical("hours", "Hours", ["short", "long"], alternatives=("office",)),
        Attribute.categorical("care", "Care", ["low", "mid", "high"]),
    )
    names = ("web", "phone", "office")
    none = Alternative("none", "Neither", kind="opt_out")
    labels = tuple(Alternative(name, name) for name in names)
    return Study("offices", "O", attributes, labels, opt_out=none)


def believed(study: Study, formula: str | None = None, sd: float = 0.5) -> Prior:
    utility = Utility.main_effects(study) if formula is None else Utility(formula, study)
    means = np.resize([0.5, -0.8, 0.3, 0.6], utility.size)
    small = [0.02 if "wait" in name or "trip" in name else 1.0 for name in utility.names]
    beliefs = {
        name: (float(mean * scale), float(sd * scale))
        for name, mean, scale in zip(utility.names, means, small, strict=True)
    }
    return Prior.of(utility, beliefs)


SCARCE = 9
WIDE = "effects(help) + care + help:care + wait + trip + wait:help"
CARD = {"help": "chat", "care": "mid", "wait": 14.0, "trip": 10.0}


def _bench(name: str) -> Bench:
    plain, out = service(), service(opt_out=True)
    if name == "two alternatives, known coefficients":
        return make_bench(plain, believed(plain, sd=0.0))
    if name == "three alternatives and a constraint":
        study = service(forbidden=True)
        return make_bench(study, believed(study), alternatives=3)
    if name == "three and an opt-out":
        return make_bench(out, believed(out), alternatives=3)
    if name == "five alternatives":
        return make_bench(plain, believed(plain), alternatives=5)
    if name == "five and an opt-out, interactions":
        return make_bench(out, believed(out, WIDE + " + asc"), alternatives=5, tasks=30)
    if name == "one and an opt-out":
        return make_bench(out, believed(out), alternatives=1, tasks=14)
    if name == "nuisance":
        criterion = Criterion("D", nuisance=("asc[none]", "trip"))
        return make_bench(out, believed(out), alternatives=3, criterion=criterion)
    if name == "two models":
        both = [(2.0, believed(plain, WIDE)), (1.0, believed(plain, sd=0.0))]
        return make_bench(plain, both, alternatives=3, tasks=30)
    if name == "labels, some not on offer, several tiles":
        study = offices()
        offer = Rules(repeated=True, availability={"phone": 0.6, "office": 0.8})
        return make_bench(study, believed(study), rules=offer, draws=260, tasks=12)
    profiles = [
        Profile(CARD), Profile(CARD | {"help": "visit"}), Profile(CARD | {"wait": 60.0, "trip": 0.0})
    ]  # fmt: skip
    criterion = {
        "A": Criterion("A", nuisance=("trip",)),
        "S": Criterion("S"),
        "C": Criterion("C", trades=[("wait", "trip"), ("help: none -> visit", "trip")]),
        "G": Criterion("G", profiles=profiles),
        "I": Criterion("I", profiles=profiles),
    }[name.removesuffix(", scarce")]
    if "scarce" in name:
        # six pairs just tell six coefficients, so that every task is needed
        return make_bench(plain, believed(plain, sd=0.1), tasks=6, criterion=criterion, seed=SCARCE)
    return make_bench(plain, believed(plain, sd=0.1), alternatives=3, criterion=criterion)


BENCHES = (
    "two alternatives, known coefficients", "three alternatives and a constraint",
    "three and an opt-out", "five alternatives", "five and an opt-out, interactions",
    "one and an opt-out", "nuisance", "two models", "labels, some not on offer, several tiles",
    "A", "S", "C", "G", "I",
)  # fmt: skip


@pytest.fixture(params=BENCHES)
def bench(request) -> Bench:
    """Designs of every kind that the search may meet."""
    return _bench(request.param)


@pytest.fixture
def named_bench() -> Callable[[str], Bench]:
    return _bench
