"""Where each parameter of a latent class model stands: names, classes, traits and scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.models.classes.spec import coefficients_of, known_names

if TYPE_CHECKING:
    from ccegov_choice.models.classes.latent_class import LatentClass
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layout:
    """Names of all ``P`` parameters, and which of them each class and each share uses.

    Letters: ``C`` classes, ``S`` classes of scale, ``R`` parameters of the membership.

    Parameters
    ----------
    names : tuple of P str
        Common coefficients, coefficients class by class, scales, membership.
    classes : tuple of C str
        Names of the classes.
    positions : tuple of C ndarrays of shape (K,)
        Position of each coefficient of a class; -1 where the class ignores it.
    fixed : mapping of str to float
        Coefficients that classes have fixed.
    scales : ndarray of shape (S,)
        Position of the logarithm of each scale; -1 for the first, which is zero.
    traits : tuple of str
        Names of the traits that shares are made of.
    structure : ndarray of shape (C * S, B)
        Traits of each class and scale; scales vary fastest.
    trait, column : ndarray of shape (R,)
        Trait, and column of what is known of a person, of each parameter of the membership.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...]
    positions: tuple[IntArray, ...]
    fixed: Mapping[str, float]
    scales: IntArray
    traits: tuple[str, ...]
    structure: FloatArray
    trait: IntArray
    column: IntArray

    @property
    def shares_start(self) -> int:
        """Position of the first parameter of the membership."""
        return len(self.names) - len(self.trait)

    @property
    def cells(self) -> tuple[tuple[int, int], ...]:
        """Class and scale of each cell of the mixture."""
        return tuple((c, s) for c in range(len(self.classes)) for s in range(len(self.scales)))


def lay_out(
    model: LatentClass,
    utility: Utility,
    about: Sequence[str],
    inner: Mapping[str, Sequence[str]],
) -> Layout:
    """Name the parameters of a latent class model.

    Parameters
    ----------
    model : LatentClass
        The specification.
    utility : Utility
        Its utility, bound to a study.
    about : sequence of str
        Names of what is known of people, without the constant.
    inner : mapping of str to sequence of str
        Parameters of classes that have a model of their own.

    Raises
    ------
    UtilityError
        Listing every name that the utility does not know.
    """
    common = _common(model, utility)
    names = [name for name in utility.names if _is_shared(name, model, utility, common)]
    place = {name: position for position, name in enumerate(names)}
    positions, fixed = [], {}
    for spec in model.specs:
        own = []
        if spec.name in inner:
            own = [*range(len(names), len(names) + len(inner[spec.name]))]
            names += [f"{spec.name}: {name}" for name in inner[spec.name]]
            positions.append(np.array(own, dtype=np.int64))
            continue
        ignored = spec.ignored(utility)
        for name in utility.names:
            if name in ignored:
                own.append(-1)
            elif name in common and name not in spec.fixed:
                own.append(place[name])
            else:
                own.append(len(names))
                names.append(f"{spec.name}: {name}")
                if name in spec.fixed:
                    fixed[names[-1]] = float(spec.fixed[name])
        positions.append(np.array(own, dtype=np.int64))
    scales = np.array([-1, *range(len(names), len(names) + model.scale_classes - 1)])
    names += [f"log_scale[scale {s + 1}]" for s in range(1, model.scale_classes)]
    traits, structure = _structure(model)
    trait, column = _members(len(traits), model.scale_classes - 1, len(about))
    names += [
        f"member[{traits[b]}]" if q == 0 else f"member[{traits[b]}|{about[q - 1]}]"
        for b, q in zip(trait, column, strict=True)
    ]
    classes = tuple(spec.name for spec in model.specs)
    return Layout(
        tuple(names), classes, tuple(positions), fixed, scales, traits, structure, trait, column
    )


def _common(model: LatentClass, utility: Utility) -> frozenset[str]:
    known = known_names(utility)
    problems: list[Problem] = [
        unknown_name(name, known, "attribute or coefficient", where="common")
        for name in model.common
        if name not in (*known, "*")
    ]
    for spec in model.specs:
        problems += spec.problems(utility)
    if model.scale_classes > 1 and any(spec.model is not None for spec in model.specs):
        problems.append(
            Problem(
                "classes with a model of their own cannot be crossed with classes of scale",
                "Leave scale_classes out.",
                "LatentClass",
            )
        )
    own = [spec.name for spec in model.specs if spec.model is not None]
    if own and model.common:
        problems.append(
            Problem(
                f"'common' does not reach '{own[0]}', which has a model of its own",
                "Hold coefficients equal by name: equal=[('class 1: wait', 'class 2: wait')].",
                "common",
            )
        )
    if problems:
        raise UtilityError.of(problems, "The classes have {count} problems:")
    if "*" in model.common:
        return frozenset(utility.names)
    return frozenset(coefficients_of(utility, model.common))


def _is_shared(name: str, model: LatentClass, utility: Utility, common: frozenset[str]) -> bool:
    """Return whether some class has the common value of a coefficient."""
    return name in common and any(
        name not in spec.ignored(utility) and name not in spec.fixed
        for spec in model.specs
        if spec.model is None
    )


def _structure(model: LatentClass) -> tuple[tuple[str, ...], FloatArray]:
    """Return traits, and which class and scale has which."""
    worth = [
        dict(spec.traits) if spec.traits is not None else {spec.name: 1.0} if c > 0 else {}
        for c, spec in enumerate(model.specs)
    ]
    traits = tuple(dict.fromkeys(name for has in worth for name in has))
    of_class = np.array([[has.get(name, 0.0) for name in traits] for has in worth])
    of_class = of_class.reshape(len(worth), len(traits))
    of_scale = np.eye(model.scale_classes)[:, 1:]
    structure = np.hstack(
        [
            np.repeat(of_class, model.scale_classes, axis=0),
            np.tile(of_scale, (len(worth), 1)),
        ]
    )
    scales = tuple(f"scale {s + 1}" for s in range(1, model.scale_classes))
    return (*traits, *scales), structure


def _members(traits: int, scales: int, about: int) -> tuple[IntArray, IntArray]:
    """Return trait and column of each parameter; scales depend on nothing."""
    pairs = [
        (b, q) for b in range(traits) for q in range(1 + (about if b < traits - scales else 0))
    ]
    found = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
    return found[:, 0].copy(), found[:, 1].copy()
