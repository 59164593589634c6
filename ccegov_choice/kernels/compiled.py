"""How kernels are compiled: two decorators, so that no module chooses flags of its own.

Compiled code is cached beside the source (or in ``NUMBA_CACHE_DIR``) and reused by later processes.
The cache of a function looks at the file of that function only: after a change to a function that
others call from another file, run ``make clean`` while developing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

# Sums may be taken in another order, which vector instructions need; nothing is assumed about NaN
# and infinity.
_SUMS = {"reassoc", "contract", "nsz", "arcp"}
# Multiplication and addition may be fused, but terms keep their order.
_ORDER = {"contract", "nsz"}


def kernel(function: Kernel) -> Kernel:
    """Compile a function whose sums may be taken in any order."""
    compiled: Any = njit(cache=True, nogil=True, fastmath=_SUMS, error_model="numpy")(function)
    return cast(Kernel, compiled)


def ordered_kernel(function: Kernel) -> Kernel:
    """Compile a function whose result rests on the order of its operations."""
    compiled: Any = njit(cache=True, nogil=True, fastmath=_ORDER, error_model="numpy")(function)
    return cast(Kernel, compiled)
