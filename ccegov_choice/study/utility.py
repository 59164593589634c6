"""Utility: a formula over a study's attributes, coded once and the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.study.coding import Linear, Term
from ccegov_choice.study.formula import FormulaCompiler, parse_terms
from ccegov_choice.study.matrix import FrameRows, float_block, profile_frame
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class Utility:
    """What makes an alternative better or worse: a formula, coded by a study.

    The same object encodes designs, data, scenarios and trade-offs, so that a coefficient means
    the same everywhere.

    Parameters
    ----------
    formula : str
        Terms joined by ``+``; ``a:b`` is an interaction, ``a*b`` both effects and their
        interaction. A name alone takes the coding of its attribute: linear for numeric
        attributes, one coefficient per level but the base for others. Other codings:
        ``C(x)`` or ``dummy(x, base="web")``, ``effects(x)``, ``linear(x)``, ``log(x)``,
        ``poly(x, 2)``, ``piecewise(x, 10, 20)``, ``I(x / 100)``. ``asc`` gives constants to all
        alternatives but the base (``asc("train", "car")`` to these only) and ``specific(x)`` a
        coefficient to each alternative.
    study : Study, optional
        The study that codes it; without one, the study of the data it is fitted to.

    Examples
    --------
    >>> from ccegov_choice.study.attribute import Attribute
    >>> from ccegov_choice.study.study import Study
    >>> wait = Attribute.numeric("wait", "Days until the decision", [10, 20, 40], "day")
    >>> help_ = Attribute.categorical("help", "Help", {"none": "None", "chat": "Chat"})
    >>> study = Study("claim", "A claim", (wait, help_))
    >>> Utility("wait + help", study).names
    ('wait', 'help[chat]')
    """

    formula: str
    study: Study | None = field(default=None, repr=False)

    @classmethod
    def main_effects(
        cls,
        study: Study,
        *,
        coding: Mapping[str, str] | None = None,
        specific: Sequence[str] = (),
        extra: str = "",
    ) -> Utility:
        """Return the utility with every attribute once, and constants where they are needed.

        Parameters
        ----------
        study : Study
            The study.
        coding : mapping of str to str, optional
            Coding of single attributes, such as ``{"wait": "log", "channel": "effects"}``.
        specific : sequence of str
            Attributes with a coefficient of their own for each alternative.
        extra : str
            Further terms, such as ``"wait:low_income"``.

        Raises
        ------
        UtilityError
            If `coding` or `specific` names an unknown attribute.
        """
        codings = dict(coding or {})
        known = study.attribute_ids
        wrong = [name for name in (*codings, *specific) if name not in known]
        if wrong:
            raise UtilityError.of([unknown_name(name, known, "attribute") for name in wrong])
        terms = []
        for name in known:
            term = f"{codings[name]}({name})" if name in codings else name
            terms.append(f"specific({term})" if name in specific else term)
        if study.labelled or study.opt_out is not None:
            terms.append("asc")
        return cls(" + ".join([*terms, extra] if extra else terms), study)

    def __post_init__(self) -> None:
        if self.study is not None:
            _ = self.terms
        else:
            parse_terms(self.formula)

    def bind(self, study: Study) -> Utility:
        """Return this utility coded by a study; one that has its own study keeps it.

        Raises
        ------
        UtilityError
            If the formula names what the study does not have.
        """
        return self if self.study is not None else Utility(self.formula, study)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The coded terms, in the order of the formula."""
        return FormulaCompiler(self.formula, self._bound).terms()

    @property
    def _bound(self) -> Study:
        if self.study is None:
            raise UtilityError(
                "this utility does not know its study yet",
                where=f"Utility('{self.formula}')",
                cure="Give it one: Utility(formula, study) or utility.bind(data.study).",
            )
        return self.study

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the ``K`` coefficients."""
        return tuple(name for term in self.terms for name in term.names)

    @property
    def size(self) -> int:
        """Number of coefficients, ``K``."""
        return len(self.names)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Attributes and covariates that the terms read."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.reads))

    def terms_of(self, name: str) -> tuple[Term, ...]:
        """Return the terms that read an attribute or covariate."""
        return tuple(term for term in self.terms if name in term.reads)

    def matrix(self, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Encode alternatives.

        Parameters
        ----------
        frame : DataFrame of A rows
            Columns ``alternative`` and all of `reads`.

        Returns
        -------
        ndarray of shape (K, A)
            C-contiguous: the column of each coefficient lies in one piece. It may be a read-only
            view of the frame.

        Raises
        ------
        UtilityError
            Listing missing columns, unknown levels and empty cells with their rows.
        """
        rows = FrameRows(frame, self._bound)
        needs = [] if self._never_looks_at_alternatives else ["alternative"]
        rows.check_columns([*needs, *self.reads])
        self._raise(rows.problems)
        names = self._plain_columns
        block = float_block(frame, names) if names else None
        if block is not None and np.isfinite(block.sum()):
            return block
        out = np.empty((self.size, len(frame)))
        position = 0
        for term in self.terms:
            width = len(term.names)
            term.write(rows, out[position : position + width])
            position += width
        self._raise(rows.problems)
        return out

    def encode(
        self, profiles: Sequence[Profile], covariates: Mapping[str, Any] | None = None
    ) -> npt.NDArray[np.float64]:
        """Encode profiles, one row each.

        Parameters
        ----------
        profiles : sequence of P profiles
            From ``study.profile(...)``.
        covariates : mapping, optional
            Values of the covariates that the utility reads: single values, or P each.

        Returns
        -------
        ndarray of shape (P, K)

        Raises
        ------
        UtilityError
            If a profile lacks an attribute, or a covariate is missing.
        """
        study = self._bound
        lacking = [name for name in self._covariates_read if name not in (covariates or {})]
        if lacking:
            raise UtilityError(
                f"the utility depends on {', '.join(lacking)}, which is not given",
                where="profiles",
                cure=f"Give covariates={{'{lacking[0]}': ...}}.",
            )
        frame = profile_frame(study, profiles, covariates)
        nameless = frame["alternative"].isna()
        if study.labelled and not self._never_looks_at_alternatives and nameless.any():
            raise UtilityError(
                "a profile does not say which alternative it is",
                where="profiles",
                cure=f"Name it: study.profile(alternative='{study.alternative_ids[0]}', ...).",
            )
        frame["alternative"] = frame["alternative"].astype(object).where(~nameless, "")
        for name in study.attribute_ids:
            if study.attribute(name).kind == "numeric":
                frame[name] = frame[name].astype(float)
        return np.ascontiguousarray(self.matrix(frame).T)

    @cached_property
    def _covariates_read(self) -> tuple[str, ...]:
        covariates = {item.id for item in self._bound.covariates}
        return tuple(name for name in self.reads if name in covariates)

    @cached_property
    def _plain_columns(self) -> tuple[str, ...]:
        """Columns that are the matrix as they stand, when every term is one linear variable."""
        names = []
        for term in self.terms:
            factor = term.factors[0]
            if len(term.factors) > 1 or not isinstance(factor, Linear):
                return ()
            names.append(factor.source)
        return tuple(names)

    @cached_property
    def _never_looks_at_alternatives(self) -> bool:
        study = self._bound
        return bool(self._plain_columns) and not study.labelled and study.opt_out is None

    @staticmethod
    def _raise(problems: Sequence[Problem]) -> None:
        if problems:
            raise UtilityError.of(
                problems, "The alternatives cannot be encoded ({count} problems):"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the formula and names; the study is saved beside it."""
        return {"formula": self.formula, "names": list(self.names)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], study: Study) -> Utility:
        """Read what `to_dict` gave.

        Raises
        ------
        UtilityError
            If the study now codes the formula to other coefficients.
        """
        utility = cls(content["formula"], study)
        if list(utility.names) != list(content["names"]):
            raise UtilityError(
                "the study no longer gives the coefficients that were saved",
                where=f"Utility('{utility.formula}')",
                cure="Read the results with the study they were made with.",
            )
        return utility
