"""Checks of a simulated likelihood: what other draws, or more of them, would have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.certificate.check import PASSED, UNCHECKED, Check, graded

if TYPE_CHECKING:
    from ccegov_choice.models.certificate.trust import SimulationNoise
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

NOISE, DOUBLING = "simulation noise", "twice the draws"
# Shares of a standard error: at 0.1 an interval is half a per cent too short, at 0.3 four per cent.
_SMALL, _LARGE = 0.1, 0.3
_CURE = "Use more draws: draws=Sobol(...), see the page 'how many draws'."


def check_noise(results: Results) -> Check | None:
    """Check the spread of estimates over sets of draws; None where nothing is simulated."""
    noise = _noise(results)
    if not noise:
        return _not_looked_at(results, NOISE)
    name, share, known = _largest(results, np.array(noise.sd))
    verdict = graded(share, _SMALL, _LARGE)
    return Check(
        NOISE,
        verdict,
        f"{share:.1%} of the error of {name}" if known else "no errors",
        f"With other draws (as many), no estimate would differ by more than about {share:.1%} of "
        f"its standard error (most: {name}), from {noise.sets} sets of {noise.draws}; such a share "
        f"is itself known to about 40 %. The log-likelihood is known to "
        f"±{noise.log_likelihood_sd:.2g}: smaller differences between models may be the draws'.",
        "" if verdict == PASSED else _CURE,
    )


def check_doubling(results: Results) -> Check | None:
    """Check the change of estimates with twice the draws; None where nothing is simulated."""
    noise = _noise(results)
    if not noise:
        return _not_looked_at(results, DOUBLING)
    name, share, known = _largest(results, np.abs(np.array(noise.doubled)))
    verdict = graded(share, _SMALL, _LARGE)
    return Check(
        DOUBLING,
        verdict,
        f"{share:.1%} of the error of {name}" if known else "no errors",
        f"With twice the draws, no estimate would move by more than about {share:.1%} of its "
        f"standard error (most: {name}), and the log-likelihood by "
        f"{noise.log_likelihood_doubled:+.2g}.",
        "" if verdict == PASSED else _CURE,
    )


def _noise(results: Results) -> SimulationNoise | None:
    return results.trust.noise if results.trust is not None else None


def _not_looked_at(results: Results, name: str) -> Check | None:
    why = results.trust.unsimulated if results.trust is not None else ""
    if not why:
        return None
    return Check(name, UNCHECKED, "no other draws", f"Not looked at: {why}.", "Fit again with it.")


def _largest(results: Results, size: FloatArray) -> tuple[str, float, bool]:
    """Return the parameter whose change is the largest share of its standard error."""
    error = np.sqrt(np.maximum(np.diag(results.covariance), 0.0))
    has = error > 0
    if not has.any():
        return "none", 0.0, False
    share = np.where(has, size / np.where(has, error, 1.0), 0.0)
    most = int(np.argmax(share))
    return results.names[most], float(share[most]), True
