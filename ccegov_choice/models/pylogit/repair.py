"""The one place where pylogit 1.0.1 is made to run on today's Python, NumPy and SciPy.

Two names that pylogit uses are gone: ``collections.Iterable`` (Python 3.10) and ``numpy.in1d``
(NumPy 2.4). `running` puts them back while pylogit works and takes them away again; nothing of
pylogit itself is changed. A third name, ``.A`` of sparse matrices (SciPy 1.14), is handled by what
is handed to pylogit: `RowMap` is a sparse matrix that has it. `RowMap` also spares pylogit the
dense tables for which it is known.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ccegov_choice.errors import MissingExtraError


def _in1d(first: Any, second: Any, **options: Any) -> npt.NDArray[np.bool_]:
    """Do what ``numpy.in1d`` did: flat membership."""
    return np.isin(np.ravel(first), second, **options)


@contextmanager
def running() -> Iterator[ModuleType]:
    """Lend pylogit the two names it misses, and keep its known noise out.

    Yields
    ------
    module
        pylogit, imported.

    Raises
    ------
    MissingExtraError
        If pylogit is not installed.

    Notes
    -----
    Kept out are the notice about ``numpy.matrix``, which pylogit uses inside, and floating-point
    overflow, which pylogit guards against after it happened. A result that is not a number still
    surfaces: the search that uses it checks every value. The state of NumPy's global random
    generator, which pylogit seeds, is put back.
    """
    lent: tuple[tuple[ModuleType, str, object], ...] = (
        (collections, "Iterable", collections.abc.Iterable),
        (np, "in1d", _in1d),
    )
    missing = object()
    before = [vars(owner).get(name, missing) for owner, name, _ in lent]
    state = np.random.get_state()  # noqa: NPY002 - pylogit draws from the global generator
    for owner, name, value in lent:
        setattr(owner, name, value)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.filterwarnings("ignore", "the matrix subclass", PendingDeprecationWarning)
            yield _imported()
    finally:
        np.random.set_state(state)  # noqa: NPY002
        for (owner, name, _), value in zip(lent, before, strict=True):
            if value is missing:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


def _imported() -> ModuleType:
    try:
        with warnings.catch_warnings():
            # its first import compiles old source: invalid escapes in docstrings
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            for part in ("choice_tools", "estimation", "mixed_logit_calcs"):
                importlib.import_module(f"pylogit.{part}")
            return importlib.import_module("pylogit")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("pylogit", "past", "future"):
            raise
        raise MissingExtraError(
            f"the package '{error.name}' is not installed",
            where="cc.pylogit",
            cure='Install the extra: pip install "ccegov_choice[pylogit]".',
        ) from error


class ColumnMap(sparse.csc_matrix):
    """A transposed `RowMap`, and products of it, with the dense view that pylogit asks for."""

    @property
    def A(self) -> npt.NDArray[np.float64]:  # noqa: N802 - the name that SciPy took away
        """Return the matrix as a dense array."""
        dense: npt.NDArray[np.float64] = self.toarray()
        return dense


class SparseLook:
    """Stands for a dense array of a sparse matrix where pylogit only looks for column maxima.

    pylogit writes ``np.max(map.toarray() * weights[:, None], axis=0)`` to carry weights from rows
    to tasks: a table of rows by tasks, gigabytes for a usual survey. This does the same sum
    without the zeros.
    """

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    def __mul__(self, weights: npt.NDArray[np.float64]) -> SparseLook:
        """Multiply the rows by weights that are not negative."""
        return SparseLook(self._matrix.multiply(weights).tocsc())

    def max(self, axis: int | None = None, out: None = None) -> npt.NDArray[np.float64]:
        """Return the largest value of each column."""
        largest: npt.NDArray[np.float64] = self._matrix.max(axis=axis).toarray().ravel()
        return largest


class RowMap(sparse.csr_matrix):
    """A map from rows to tasks or people, with a `ColumnMap` as its transpose."""

    def transpose(self, axes: Any = None, copy: bool = False) -> Any:
        """Return the transpose as a `ColumnMap`."""
        return ColumnMap(super().transpose(axes=axes, copy=copy))

    def toarray(self, order: Any = None, out: Any = None) -> Any:
        """Return what can be weighted and maximised by column like the dense array."""
        return SparseLook(self)
