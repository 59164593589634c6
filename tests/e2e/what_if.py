"""Made-up models of every family, their simulators, and the same numbers worked out apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import ccegov_choice as cc
from ccegov_choice._provenance import Provenance
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.shares import Fitted
from ccegov_choice.models.fitting.estimate import OptimisationRecord, Status
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.covariates import covariates_of
from ccegov_choice.models.mixed.distributions import LogNormal, Normal
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.results import Results
from ccegov_choice.policy.welfare.quantiles import weighted_quantiles
from ccegov_choice.report.simulator.simulator import Simulator

WAYS = ("web", "phone", "office")
ATTRIBUTES = (
    cc.Attribute.numeric(
        "wait", "Time until the decision", [2, 10, 20], "day", "days", direction="-"
    ),
    cc.Attribute.categorical(
        "help",
        "Help",
        {"none": "No help", "chat": "A chat", "visit": "A visit", "spy": "Spying"},
        floor=("spy",),
    ),
    cc.Attribute.ordered("staff", "How staff behave", {"rude": "Rude", "polite": "Polite"}),
)
COVARIATES = (
    cc.Covariate("area", "Area", "categorical", (cc.Level("n", "North"), cc.Level("s", "South"))),
    cc.Covariate("age", "Age", "numeric"),
)
NUMERAIRES = (cc.Numeraire("wait"),)
OPT_OUT = cc.Alternative("none", "I would not claim", kind="opt_out")
RULES = (cc.Forbidden({"help": ("visit",), "wait": (2.0,)}, "A visit takes time."),)


def study(**changes: Any) -> cc.Study:
    parts = {"opt_out": OPT_OUT, "constraints": RULES} | changes
    return cc.Study(
        "claim", "A claim", ATTRIBUTES, covariates=COVARIATES, numeraires=NUMERAIRES, **parts
    )


def people(count: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "person": np.arange(count),
            "area": rng.choice(["n", "s"], count, p=[0.7, 0.3]),
            "age": rng.choice([-1.0, 0.0, 1.0], count),
            "weight": rng.uniform(0.5, 2.0, count),
        }
    )


def made_up(
    model: Any, where: cc.Study, estimates: dict[str, float], error: float = 0.02
) -> Results:
    """Results of any model at any parameters, with errors that hang together."""
    names, size = tuple(estimates), len(estimates)
    spread = np.random.default_rng(2).normal(0, error, (size, size))
    return Results(
        model=model,
        utility=model.utility.bind(where),
        names=names,
        estimates=np.array([*estimates.values()], dtype=float),
        free=np.ones(size, dtype=bool),
        absent={},
        expansion=np.eye(size),
        log_likelihood=-100.0,
        log_likelihood_null=-150.0,
        log_likelihood_constants=None,
        hessian=-np.eye(size),
        scores=None,
        person_ids=np.arange(10),
        clusters={},
        covariance_kind=cc.Classical(),
        covariance=spread @ spread.T / size + 1e-4 * np.eye(size),
        covariance_note="made up",
        optimisation=OptimisationRecord(Status.CONVERGED, 1, 1, 0.0, 0.0),
        provenance=Provenance.record("test"),
        people=10,
        tasks=40,
        rows=120,
        weighted=False,
    )


MAIN = {
    "wait": -0.11,
    "help[chat]": 0.4,
    "help[visit]": 0.7,
    "staff[polite]": 0.9,
    "asc[none]": -0.6,
}


def logit() -> Results:
    where = study()
    return made_up(Logit(cc.Utility("wait + help + staff + asc")), where, MAIN)


def with_covariates() -> Results:
    """Payment, help and constants differ between people; help and staff hang together."""
    formula = "wait + wait:area + help*staff + age:help + asc + asc:age"
    where = study()
    utility = cc.Utility(formula, where)
    known = MAIN | {"wait:area[s]": 0.04}
    rng = np.random.default_rng(3)
    values = {name: known.get(name, float(rng.normal(0, 0.3))) for name in utility.names}
    return made_up(Logit(utility), where, values)


def classes() -> Results:
    where = study()
    model = LatentClass(cc.Utility("wait + help + staff + asc"), 2, membership="area")
    rng = np.random.default_rng(4)
    values = {}
    for name in Fitted.made(model, model.utility.bind(where), ()).layout.names:
        base = next((v for k, v in MAIN.items() if name.endswith(k)), 0.3)
        values[name] = base * float(rng.uniform(0.4, 1.8))
    return made_up(model, where, values)


def mixed(wait: Any = None, mean: float = -2.3) -> Results:
    where = study()
    utility = cc.Utility("wait + help + staff + asc", where)
    random = {"staff": Normal(), "help": Normal()} | ({"wait": wait} if wait else {})
    model = MixedLogit(utility, random, draws=Sobol(400, seed=3))
    covariates: dict[str, Any] = {n: {} for n in covariates_of(model)}
    values = {}
    for name in lay_out(model, utility, covariates).names:
        values[name] = MAIN.get(name, 0.5)
    if wait:
        values["wait"] = mean
    return made_up(model, where, values, 0.01)


def mixed_payment() -> Results:
    return mixed(LogNormal(sign=-1))


def nested(cross: bool = False) -> Results:
    where = study(alternatives=tuple(cc.Alternative(w, w.title()) for w in WAYS), constraints=())
    utility = cc.Utility("wait + help + staff + asc", where)
    nests = {"remote": ["web", "phone"], "place": ["office"]}
    model: Any = NestedLogit(utility, nests)
    if cross:
        model = CrossNestedLogit(utility, {"a": ["web", "phone"], "b": ["phone", "office"]})
    own = {"asc[phone]": 0.1, "asc[office]": -0.2, "dissimilarity[remote]": 0.45}
    shares = {"allocation[phone, a]": 0.3, "allocation[phone, b]": 0.7}
    widths = {"dissimilarity[a]": 0.6, "dissimilarity[b]": 0.8}
    known = MAIN | own | shares | widths
    return made_up(model, where, {n: known[n] for n in model.parameter_names(where)}, 0.01)


def cross_nested() -> Results:
    return nested(cross=True)


def duty() -> Results:
    where = study(opt_out=None, mandatory=True)
    values = {name: value for name, value in MAIN.items() if not name.startswith("asc")}
    return made_up(Logit(cc.Utility("wait + help + staff")), where, values)


FAMILIES = {
    "logit": logit,
    "covariates": with_covariates,
    "classes": classes,
    "mixed": mixed,
    "mixed payment": mixed_payment,
    "nested": nested,
    "cross-nested": cross_nested,
    "duty": duty,
}


def simulator(results: Results, **more: Any) -> Simulator:
    where = results.study
    low = {"wait": 20, "help": "none", "staff": "rude"}
    high = {"wait": 10, "help": "chat", "staff": "polite"}
    names: Any = WAYS if where.labelled else (None,)
    scenarios = {
        "today": [where.profile(name, **low) for name in names],
        "reform": [where.profile(name, **high) for name in names],
    }
    return Simulator(results, scenarios, people=people(), by="area", draws=120, seed=7, **more)


@dataclass
class Told:
    """What is told of two sides: (estimate, low, high) each."""

    shares: list[list[tuple[float, ...]]]
    means: list[tuple[float, ...]]
    medians: list[tuple[float, ...]]
    gain: tuple[float, ...]
    lose: tuple[float, ...]


def worked_out(made: Simulator, sides: list[list[dict[str, Any] | None]]) -> Told:
    """The same numbers from `Population`, whole profiles and the model's own rule."""
    results, where = made.results, made.results.study
    names = list(WAYS) if where.labelled else [None]
    out = where.opt_out if not where.mandatory else None
    frame = made.crowd.population.frame

    def at(theta: np.ndarray, draws: int | None) -> list[Any]:
        population = Population(results, made.crowd.population.people, draws)
        points = population.points(theta)
        weights = frame["weight"].to_numpy()[:, None] * np.broadcast_to(
            points.chances, (len(frame), points.chances.shape[1])
        )
        coefficients = np.broadcast_to(
            points.coefficients, (len(frame), *points.coefficients.shape[1:])
        )
        logsums, shares = [], []
        for side in sides:
            offered = [j for j, levels in enumerate(side) if levels is not None]
            profiles = [cc.Profile(side[j], names[j]) for j in offered]
            profiles += [cc.Profile({}, out.id)] if out else []
            values = np.einsum("mjq,msq->msj", population.encode(profiles), coefficients)
            rule = population.rule(profiles)
            found = np.einsum("msj,ms->j", rule.shares(values, theta), weights)
            whole = np.zeros(len(names) + bool(out))
            whole[[*offered, *([-1] if out else [])]] = found
            shares.append(whole)
            logsums.append(rule.logsum(values, theta))
        base = {"wait": 10.0, "help": "none", "staff": "rude"}
        ends = [cc.Profile(base | {"wait": v}, names[0]) for v in (2.0, 20.0)]
        ends_rows = population.encode(ends)
        slope = -(ends_rows[:, 1] - ends_rows[:, 0]) / 18
        unit = np.einsum("mq,msq->ms", slope, coefficients)
        gain = logsums[1] - logsums[0]
        value = gain / unit
        assert (unit > 0).all()

        def centres(rows: np.ndarray) -> list[float]:
            middle = weighted_quantiles(value[rows].ravel(), weights[rows].ravel(), [0.5])[0]
            mean = (value[rows] * weights[rows]).sum() / weights[rows].sum()
            return [float(mean), float(middle)]

        groups = [made.crowd.of_group == g for g in range(len(made.crowd.groups))]
        everybody = np.ones(len(frame), dtype=bool)
        amounts = [centres(rows) for rows in (everybody, *groups)]
        numbers = [*np.concatenate(shares), *(m for m, _ in amounts), *(m for _, m in amounts)]
        return [*numbers, float(weights[gain > 1e-9].sum()), float(weights[gain < -1e-9].sum())]

    estimate = np.array(at(results.estimates, None))
    kept = made.tastes.points if made.tastes.simulated else None
    drawn = np.array([at(theta, kept) for theta in made.tastes.draws.parameters])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    every = [tuple(map(float, item)) for item in zip(estimate, low, high, strict=True)]
    width = len(names) + bool(out)
    means = 2 * width
    medians = means + 1 + len(made.crowd.groups)
    return Told(
        [every[:width], every[width:means]],
        every[means:medians],
        every[medians:-2],
        every[-2],
        every[-1],
    )
