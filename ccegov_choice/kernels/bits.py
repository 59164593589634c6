"""The bits of a number as an integer and back, without going through memory."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _bits_of(typing_context: Any, value: Any) -> Any:
    """Return the 64 bits of a float as an integer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


def _float_of(typing_context: Any, value: Any) -> Any:
    """Return the float that 64 bits mean."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


# seen from Python these are functions of one number
bits_of: Any = intrinsic(_bits_of)
float_of: Any = intrinsic(_float_of)
