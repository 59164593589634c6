"""How log-likelihood and estimates move with the draws: four kinds of sequences, 64 to 4,096 draws.

Mixed logits of the public electricity data (361 people, 12 tasks each), six independent normal
coefficients or as many as ``--random``. Each number of draws is fitted with several seeds; the
spread over seeds is the simulation noise. What the certificate of each single fit said stands
beside it: it should be the same. ``benchmarks/draws.py --seeds 8`` made the table of
``docs/how-to/how-many-draws.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass

import numpy as np

import ccegov_choice as cc
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import KINDS
from ccegov_choice.models.results import Results

NAMES = ("price", "contract", "local", "well_known", "time_of_day", "seasonal")
COUNTS = (64, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class Row:
    """Fits with one kind and number of draws, over seeds.

    Parameters
    ----------
    kind : str
        The sequence.
    draws : int
        Draws for each person.
    log_likelihood, log_likelihood_sd : float
        Mean and standard deviation over seeds.
    noise : float
        Root mean square over coefficients of the standard deviation over seeds, as a share of the
        standard error.
    largest : float
        The largest of these shares.
    told : float
        As ``noise``, as told by the certificates of single fits (root mean square over seeds).
    bias : float
        Root mean square over coefficients of the difference of the mean over seeds from that of
        all kinds with most draws, as a share of the standard error.
    seconds : float
        Median time of a fit, errors and certificate included.
    """

    kind: str
    draws: int
    log_likelihood: float
    log_likelihood_sd: float
    noise: float
    largest: float
    told: float
    bias: float
    seconds: float


def fits(data: cc.ChoiceData, random: int, kind: str, draws: int, seeds: int) -> list[Fit]:
    """Fit with several seeds."""
    utility = cc.Utility(" + ".join(NAMES), data.study)
    found = []
    for seed in range(1, seeds + 1):
        model = MixedLogit(
            utility,
            random={name: Normal() for name in NAMES[:random]},
            draws=KINDS[kind](draws, seed=seed),
        )
        began = time.perf_counter()
        results = model.fit(data)
        found.append(Fit(results, time.perf_counter() - began))
    return found


@dataclass(frozen=True)
class Fit:
    """Results and how long they took."""

    results: Results
    seconds: float


def row(kind: str, draws: int, found: list[Fit], best: np.ndarray, error: np.ndarray) -> Row:
    """Sum up fits over seeds, in standard errors."""
    estimates = np.array([fit.results.estimates for fit in found])
    values = np.array([fit.results.log_likelihood for fit in found])
    spread = estimates.std(axis=0, ddof=1) / error
    told = np.array([fit.results.trust.noise.sd for fit in found]) / error
    return Row(
        kind,
        draws,
        float(values.mean()),
        float(values.std(ddof=1)),
        _rms(spread),
        float(spread.max()),
        _rms(told),
        _rms((estimates.mean(axis=0) - best) / error),
        float(np.median([fit.seconds for fit in found])),
    )


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def measure(random: int, counts: tuple[int, ...], seeds: int) -> list[Row]:
    """Fit all kinds and numbers of draws."""
    data = cc.load_dataset("electricity")
    fits(data, random, "Sobol", counts[0], 1)  # compiles
    found = {}
    for draws in counts:
        for kind in KINDS:
            print(f"== {draws:,} {kind}", file=sys.stderr)
            found[kind, draws] = fits(data, random, kind, draws, seeds)
    most = [fit.results for kind in KINDS for fit in found[kind, counts[-1]]]
    best = np.mean([results.estimates for results in most], axis=0)
    error = np.sqrt(np.mean([np.diag(results.covariance) for results in most], axis=0))
    return [row(kind, draws, each, best, error) for (kind, draws), each in found.items()]


def table(rows: list[Row]) -> str:
    """Return a Markdown table: log-likelihood, noise and its largest share for each kind."""
    kinds = list(dict.fromkeys(one.kind for one in rows))
    lines = [
        "| draws | kind | log-likelihood | sd | noise | largest | told | bias | seconds |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in sorted(rows, key=lambda one: (one.draws, kinds.index(one.kind))):
        minus = f"{one.log_likelihood:,.1f}".replace("-", "−")
        lines.append(
            f"| {one.draws:,} | {one.kind} | {minus} | {one.log_likelihood_sd:.1f} | "
            f"{one.noise:.0%} | {one.largest:.0%} | {one.told:.0%} | {one.bias:.0%} | "
            f"{one.seconds:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--random", type=int, default=6, help="random coefficients, 1 to 6")
    parser.add_argument("--draws", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = measure(given.random, tuple(given.draws), given.seeds)
    print(json.dumps([asdict(one) for one in rows]) if given.json else table(rows))


if __name__ == "__main__":
    main()
