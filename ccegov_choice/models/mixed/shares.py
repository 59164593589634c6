"""Choice probabilities of a mixed logit, averaged over people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.mixed import Differences
from ccegov_choice.kernels.mixed_posterior import mixed_shares as shares_kernel
from ccegov_choice.models.fitting.likelihood import default_threads, frozen
from ccegov_choice.models.fitting.threads import over_people
from ccegov_choice.models.mixed.covariates import covariates_of, known_covariates
from ccegov_choice.models.mixed.data import with_error_columns
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.likelihood import lay_out_draws

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.layout import Layout
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.models.probabilities import Tasks

FloatArray = npt.NDArray[np.float64]

# Below this many utilities a second thread costs more than it saves.
_ONE_THREAD = 100_000


def mixed_shares(model: MixedLogit, tasks: Tasks, parameters: npt.NDArray[Any]) -> FloatArray:
    """Return choice probabilities ``(A,)`` of the rows, averaged over people.

    People are drawn as the model draws them, and they are the same for every task: shares do not
    depend on what other rows a frame has. Nobody's choices are used; see
    `ccegov_choice.individual_coefficients` for what those tell.

    Parameters
    ----------
    model : MixedLogit
        The specification.
    tasks : Tasks
        Alternatives in the order of their tasks; covariates that shift tastes are read from the
        first row of each task.
    parameters : ndarray of shape (P,)
        In the order of `MixedLogit`.

    Raises
    ------
    DataError
        If covariates or the names of alternatives are missing, or a level is unknown.
    """
    results = tasks.results
    first = tasks.frame.iloc[tasks.offsets[:-1]].reset_index(drop=True)
    covariates = known_covariates(covariates_of(model), results.names, results.study, first)
    layout = lay_out(model, results.utility, covariates, one_task=True)
    theta = np.asarray(parameters, dtype=np.float64)
    draws = lay_out_draws(model.draws, layout.tastes, np.array(["everybody"]), theta)
    rows = _all_rows(with_error_columns(model, tasks.matrix, tasks.frame), layout, tasks)
    places = layout.tastes.places(theta)
    room = int(np.diff(tasks.offsets).max())
    found = np.empty(len(tasks.frame))

    def work(begin: int, end: int, _: int) -> None:
        ends = np.array([begin, end])
        shares_kernel(rows, draws, layout.tastes.structure, places, room, ends, found)

    heavy = len(found) * model.draws.count > _ONE_THREAD
    over_people(work, len(first), default_threads() if heavy else 1)
    return found


def _all_rows(matrix: FloatArray, layout: Layout, tasks: Tasks) -> Differences:
    """Lay out all alternatives in the columns of the kernel."""
    columns = np.ascontiguousarray(matrix.T)[:, layout.order]
    varying = np.zeros((len(columns), len(layout.tastes.multipliers)))
    varying[:, : layout.varying] = columns[:, : layout.varying]
    number = len(tasks.offsets) - 1
    return Differences(
        frozen(varying),
        frozen(columns[:, layout.varying :]),
        frozen(tasks.offsets),
        frozen(np.arange(number + 1)),
    )
