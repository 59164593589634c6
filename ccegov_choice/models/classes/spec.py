"""What sets one class of people apart: coefficients that are zero or fixed, traits, a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.coding import Constants, Term
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from ccegov_choice.models.results import Model


@dataclass(frozen=True, eq=False)
class ClassSpec:
    """A class of people, and how it differs from a class of its own tastes throughout.

    Names may be those of attributes (all coefficients that read them), ``"asc"`` (the constants) or
    those of single coefficients.

    Parameters
    ----------
    name : str
        What the class is called; its coefficients are ``name: wait``.
    ignores : sequence of str
        Attributes or coefficients that do not matter to the class: zero, and no parameters.
    only : sequence of str, optional
        Instead of `ignores`: those that matter; all others do not.
    fixed : mapping of str to float
        Coefficients that have a value of their own here, such as a very large one for people who
        always take what is best on one attribute.
    traits : mapping of str to float, optional
        What the share of the class is made of, see Notes. Without traits it has a share of its
        own.
    model : Model, optional
        Another model for this class, such as a mixed logit; with a `fit` and a `problem`.

    Notes
    -----
    Shares are a multinomial logit: ``exp`` of the worth of a class over the sum of all. The worth
    of a class with traits is the sum of those, each with a parameter ``member[trait]`` that all
    classes with the trait share.

    Examples
    --------
    >>> ClassSpec("hurried", ignores=["price"]).name
    'hurried'
    """

    name: str
    ignores: Sequence[str] = ()
    only: Sequence[str] | None = None
    fixed: Mapping[str, float] = field(default_factory=dict)
    traits: Mapping[str, float] | None = None
    model: Model | None = None

    def __post_init__(self) -> None:
        for name in ("ignores", "only"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))
        if self.traits is not None:
            object.__setattr__(self, "traits", MappingProxyType(dict(self.traits)))

    def __reduce__(self) -> tuple[type[ClassSpec], tuple[Any, ...]]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        traits = None if self.traits is None else dict(self.traits)
        given = (self.name, self.ignores, self.only, dict(self.fixed), traits, self.model)
        return ClassSpec, given

    @property
    def plain(self) -> bool:
        """Whether nothing sets the class apart."""
        return not (
            self.ignores
            or self.only is not None
            or self.fixed
            or self.traits is not None
            or self.model is not None
        )

    def ignored(self, utility: Utility) -> frozenset[str]:
        """Return the coefficients that are zero in this class."""
        if self.only is not None:
            kept = coefficients_of(utility, self.only)
            return frozenset(name for name in utility.names if name not in kept)
        return frozenset(coefficients_of(utility, self.ignores)) - set(self.fixed)

    def problems(self, utility: Utility) -> list[Problem]:
        """Return every name that the utility does not know, and every contradiction."""
        where = f"class '{self.name}'"
        known = known_names(utility)
        named = [*self.ignores, *(self.only or ())]
        found = [
            unknown_name(name, known, "attribute or coefficient", where=where)
            for name in named
            if name not in known
        ]
        found += [
            unknown_name(name, utility.names, "coefficient", where=where)
            for name in self.fixed
            if name not in utility.names
        ]
        if self.only is not None and self.ignores:
            found.append(Problem("both 'only' and 'ignores' are given", "Give one of them.", where))
        if self.model is not None and (named or self.fixed):
            found.append(
                Problem(
                    "a class with a model of its own takes no 'ignores', 'only' or 'fixed'",
                    "Give them to that model.",
                    where,
                )
            )
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the class as JSON can hold it."""
        model = None
        if self.model is not None:
            told = {"kind": self.model.kind, **self.model.to_dict()}
            model = {"formula": self.model.utility.formula, **told}
        return {
            "name": self.name,
            "ignores": list(self.ignores),
            "only": None if self.only is None else list(self.only),
            "fixed": dict(self.fixed),
            "traits": None if self.traits is None else dict(self.traits),
            "model": model,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> ClassSpec:
        """Read what `to_dict` gave."""
        from ccegov_choice.models.files import model_from_dict

        model = None
        if content["model"] is not None:
            given = {key: value for key, value in content["model"].items() if key != "formula"}
            own = Utility(content["model"]["formula"], utility.study)
            model = model_from_dict(given, own)
        return cls(
            content["name"],
            ignores=content["ignores"],
            only=content["only"],
            fixed=content["fixed"],
            traits=content["traits"],
            model=model,
        )


def lexicographic(
    attribute: str, *, name: str | None = None, fixed: Mapping[str, float] | None = None
) -> ClassSpec:
    """Return a class that chooses by one attribute only, such as people who put dignity first.

    Parameters
    ----------
    attribute : str
        The attribute; all coefficients that do not read it are zero.
    name : str, optional
        What the class is called; by default ``"<attribute> first"``.
    fixed : mapping of str to float, optional
        Values of its coefficients. A very large one makes the class take the best level without
        exception; an estimated one lets it err. One that nobody in the class contradicts has no
        finite estimate and is best fixed.

    Returns
    -------
    ClassSpec
        For the `classes` of `LatentClass`.

    Examples
    --------
    >>> lexicographic("price", fixed={"price": -1000.0}).name
    'price first'
    """
    return ClassSpec(name or f"{attribute} first", only=[attribute], fixed=fixed or {})


def known_names(utility: Utility) -> tuple[str, ...]:
    """Return attributes that the utility reads, its coefficients, and 'asc' if it has constants."""
    constants = ("asc",) if any(_has_constants(term) for term in utility.terms) else ()
    return tuple(dict.fromkeys((*utility.reads, *constants, *utility.names)))


def coefficients_of(utility: Utility, names: Sequence[str]) -> tuple[str, ...]:
    """Return the coefficients of some attributes, of 'asc', and those named themselves."""
    found = []
    for term in utility.terms:
        reads = any(name in names for name in term.reads)
        reads |= "asc" in names and _has_constants(term)
        found += [name for name in term.names if reads or name in names]
    return tuple(found)


def _has_constants(term: Term) -> bool:
    return any(isinstance(factor, Constants) for factor in term.factors)
