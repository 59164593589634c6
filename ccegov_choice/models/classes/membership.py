"""Who belongs to which class: shares as a multinomial logit, with or without covariates.

Letters: ``U`` units, ``J`` classes, ``B`` traits, ``Q`` columns that say something about a person
(the first is one), ``R`` parameters. A class's worth is the sum of its traits, and a trait's worth
is linear in what is known of a person::

    v_uj = sum_b structure_jb sum_q z_uq g_bq        p_uj = exp(v_uj) / sum_i exp(v_ui)

With a trait for every class but the first this is the usual multinomial logit; with traits that
several classes have (attending to an attribute, answering at random) their shares hang together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import Problem, UtilityError
from ccegov_choice.study.coding import Constants, Factor, Specific, Term
from ccegov_choice.study.formula import FormulaCompiler
from ccegov_choice.study.matrix import FrameRows
from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Membership:
    """Shares of classes as arrays.

    Parameters
    ----------
    structure : ndarray of shape (J, B)
        How much of each trait a class has.
    trait : ndarray of shape (R,)
        Trait of each parameter.
    column : ndarray of shape (R,)
        Column of `known` that it multiplies.
    known : ndarray of shape (U, Q)
        What is known of each unit.
    """

    structure: FloatArray
    trait: IntArray
    column: IntArray
    known: FloatArray

    @property
    def size(self) -> int:
        """Number of parameters, ``R``."""
        return len(self.trait)

    @cached_property
    def _traits(self) -> FloatArray:
        return self.structure[:, self.trait]

    @cached_property
    def _columns(self) -> FloatArray:
        return np.ascontiguousarray(self.known[:, self.column])

    def log_shares(self, gamma: FloatArray) -> FloatArray:
        """Return the logarithm of the share ``(U, J)`` of each class, before choices are known."""
        worth = (self._columns * gamma) @ self._traits.T
        top = worth.max(axis=1, keepdims=True)
        total = np.exp(worth - top).sum(axis=1, keepdims=True)
        return np.asarray(worth - top - np.log(total))

    def slopes(self, surplus: FloatArray) -> FloatArray:
        """Return slopes ``(U, R)`` from how much likelier ``(U, J)`` classes are than expected."""
        return np.asarray((surplus @ self._traits) * self._columns)

    def slopes_of(self, j: int, prior: FloatArray) -> FloatArray:
        """Return the slope ``(U, R)`` of the logarithm of the share of one class."""
        return np.asarray((self._traits[j] - prior @ self._traits) * self._columns)

    def hessian(self, prior: FloatArray, weights: FloatArray) -> FloatArray:
        """Return weighted second derivatives ``(R, R)`` of the logarithm of a share, any share."""
        result = np.zeros((self.size, self.size))
        for j in range(len(self.structure)):
            slope = self.slopes_of(j, prior) * np.sqrt(weights * prior[:, j])[:, None]
            result -= slope.T @ slope
        return result


class _MembershipCompiler(FormulaCompiler):
    """Codes a formula about people rather than alternatives."""

    def _check_varies(self, factors: tuple[Factor, ...], text: str) -> None:
        special = any(isinstance(factor, Constants | Specific) for factor in factors)
        attributes = [
            name for factor in factors for name in factor.reads if name in self._attributes
        ]
        if special or attributes:
            what = f"{' and '.join(attributes)} describes" if attributes else "this term describes"
            self._say(
                f"{what} alternatives, and membership of a class depends on the person",
                f"Use covariates: {', '.join(self._covariates) or 'the study declares none'}.",
                text,
            )


@dataclass(frozen=True)
class MembershipFormula:
    """What membership depends on: a formula over covariates, coded by a study.

    Parameters
    ----------
    formula : str or None
        Such as ``"age + C(income)"``; None if the shares are the same for everybody.
    study : Study
        Declares the covariates.
    """

    formula: str | None
    study: Study

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The coded terms, without the constant."""
        if self.formula is None:
            return ()
        return _MembershipCompiler(self.formula, self.study).terms()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns but the first, which is one for everybody."""
        return tuple(name for term in self.terms for name in term.names)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Covariates that the formula reads."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.reads))

    def matrix(self, frame: pd.DataFrame, *, where: str = "data") -> FloatArray:
        """Return what is known ``(U, Q)`` of each row of a frame.

        Raises
        ------
        UtilityError
            Listing columns that are missing, levels that are unknown and cells that are empty.
        """
        out = np.ones((1 + len(self.names), len(frame)))
        if self.terms:
            rows = FrameRows(frame, self.study)
            rows.check_columns(self.reads)
            _raise(rows.problems, where)
            position = 1
            for term in self.terms:
                width = len(term.names)
                term.write(rows, out[position : position + width])
                position += width
            _raise(rows.problems, where)
        return np.ascontiguousarray(out.T)


def _raise(problems: Sequence[Problem], where: str) -> None:
    if problems:
        raise UtilityError.of(problems, f"Membership cannot be read from the {where}:")


def varying(
    frame: pd.DataFrame, first_row: IntArray, rows: IntArray, names: Sequence[str]
) -> list[Problem]:
    """Return a problem for each covariate that differs between the rows of a person.

    Parameters
    ----------
    frame : DataFrame of A rows
        Sorted by person.
    first_row, rows : ndarray of shape (N,)
        First row of each person, and how many there are.
    names : sequence of str
        The covariates.
    """
    problems = []
    for name in names:
        codes = pd.factorize(frame[name])[0]
        moving = int((np.repeat(codes[first_row], rows) != codes).sum())
        if moving:
            problems.append(
                Problem(
                    f"'{name}' differs between the tasks of a person, so it cannot say to which "
                    "class the person belongs",
                    "Use something that describes the person, or panel=False to mix task by task.",
                    "membership",
                )
            )
    return problems
