"""Arithmetic in a utility formula, such as ``log(wait)`` or ``I(cost / 100)``.

A formula is data: it comes from study files and saved results. It is therefore never run as
Python; only numbers, names, + - * / ** and a few functions are understood.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import UtilityError

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "minimum": np.minimum,
    "maximum": np.maximum,
}


@dataclass(frozen=True)
class Expression:
    """An arithmetic expression of named variables.

    Parameters
    ----------
    text : str
        The expression.

    Raises
    ------
    UtilityError
        If it holds anything but numbers, names, + - * / ** and the known functions.
    """

    text: str

    def __post_init__(self) -> None:
        self._check(self._tree)

    @cached_property
    def _tree(self) -> ast.expr:
        return ast.parse(self.text, mode="eval").body

    def _check(self, node: ast.expr) -> None:
        match node:
            case ast.Name() | ast.Constant(value=int() | float()):
                return
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                parts = [left, right]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                parts = [operand]
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
                parts = arguments
            case _:
                raise UtilityError(
                    f"'{ast.unparse(node)}' is not understood",
                    where=f"formula term '{self.text}'",
                    cure="Use numbers, attribute names, + - * / ** and the functions "
                    f"{', '.join(FUNCTIONS)}; or compute a column before the data are read.",
                )
        for part in parts:
            self._check(part)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in order of appearance."""
        called = {
            node.func.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        names = [node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)]
        return tuple(dict.fromkeys(name for name in names if name not in called))

    def evaluate(self, values: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """Return the value for arrays of equal shape; NaN where an input is NaN.

        Raises
        ------
        UtilityError
            If the result is not finite where the inputs are, as for the log of zero.
        """
        with np.errstate(all="ignore"):
            result = np.asarray(self._value(self._tree, values), dtype=np.float64)
        missing = np.zeros(result.shape, dtype=bool)
        for value in values.values():
            missing |= np.isnan(value)
        if not np.isfinite(result[~missing]).all():
            raise UtilityError(
                f"'{self.text}' is not a finite number for some values",
                where="utility formula",
                cure="A logarithm needs values above 0 and a division a divisor other than 0: "
                "shift the variable, as in log(wait + 1), or code it in another way.",
            )
        return result

    def _value(self, node: ast.expr, values: Mapping[str, npt.NDArray[np.float64]]) -> Any:
        match node:
            case ast.Name(id=name):
                return values[name]
            case ast.Constant(value=number):
                return float(number)  # type: ignore[arg-type]
            case ast.UnaryOp(op=op, operand=operand):
                inner = self._value(operand, values)
                return -inner if isinstance(op, ast.USub) else inner
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self._value(left, values), self._value(right, values))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return FUNCTIONS[name](*(self._value(part, values) for part in arguments))
        raise AssertionError(ast.dump(node))  # _check has seen every node
