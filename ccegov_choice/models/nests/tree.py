"""Nests of alternatives as users write them, checked, and as the kernel reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.kernels.nested import Tree
from ccegov_choice.models.fitting.likelihood import frozen


@dataclass(frozen=True)
class Nest:
    """A group of alternatives, and of further nests, that resemble each other.

    Parameters
    ----------
    name : str
        What it is called.
    alternatives : tuple of str
        The alternatives that stand in it directly.
    nests : tuple of Nest
        The nests inside.
    """

    name: str
    alternatives: tuple[str, ...] = ()
    nests: tuple[Nest, ...] = ()

    @property
    def members(self) -> int:
        """Number of alternatives and nests directly inside."""
        return len(self.alternatives) + len(self.nests)

    def walk(self) -> Iterator[Nest]:
        """Yield all nests inside, then this one."""
        for nest in self.nests:
            yield from nest.walk()
        yield self


def walk(nests: Sequence[Nest]) -> Iterator[Nest]:
    """Yield all nests, each after those inside it."""
    for nest in nests:
        yield from nest.walk()


# --- as users write them --------------------------------------------------------------------------


def freeze(nests: Any) -> Any:
    """Return a read-only copy of what the user gave: mappings, tuples and names.

    Raises
    ------
    UtilityError
        If it is not a mapping of names to members.
    """
    if not isinstance(nests, Mapping) or not nests:
        raise UtilityError(
            "nests must name each nest and what stands in it",
            where="nests",
            cure="Write nests={'transit': ['train', 'bus'], 'road': ['car', 'taxi']}.",
        )
    return MappingProxyType({str(name): _freeze_members(item) for name, item in nests.items()})


def _freeze_members(item: Any) -> Any:
    if isinstance(item, Mapping):
        return MappingProxyType({str(name): _freeze_members(part) for name, part in item.items()})
    if isinstance(item, str) or not isinstance(item, Sequence):
        return (str(item),)  # one alternative, without brackets
    return tuple(_freeze_members(part) if isinstance(part, Mapping) else str(part) for part in item)


def thaw(nests: Any) -> Any:
    """Return the same as plain dicts and lists, for JSON and for pickles."""
    if isinstance(nests, Mapping):
        return {name: thaw(item) for name, item in nests.items()}
    return nests if isinstance(nests, str) else [thaw(item) for item in nests]


def read_nests(nests: Mapping[str, Any]) -> tuple[Nest, ...]:
    """Return the nests of a frozen mapping."""
    return tuple(_read(name, item) for name, item in nests.items())


def _read(name: str, item: Any) -> Nest:
    if isinstance(item, Mapping):
        return Nest(name, (), read_nests(item))
    inner: list[Nest] = []
    for part in item:
        if not isinstance(part, str):
            inner.extend(read_nests(part))
    return Nest(name, tuple(part for part in item if isinstance(part, str)), tuple(inner))


# --- what may be wrong ----------------------------------------------------------------------------


def nest_problems(
    nests: Sequence[Nest], alternatives: Sequence[str], *, shared: bool
) -> list[Problem]:
    """Return everything that is wrong with nests.

    Parameters
    ----------
    nests : sequence of Nest
        The nests of the root.
    alternatives : sequence of str
        The alternatives that there are.
    shared : bool
        Whether an alternative may stand in several nests.
    """
    every = list(walk(nests))
    names = [nest.name for nest in every]
    held = [(name, nest.name) for nest in every for name in nest.alternatives]
    problems = [
        Problem(f"two nests are called '{name}'", "Give each a name of its own.", "nests")
        for name in _twice(names)
    ]
    problems += [
        Problem(
            f"the nest '{nest.name}' is empty",
            "Name what stands in it, or leave it out.",
            f"nests['{nest.name}']",
        )
        for nest in every
        if nest.members == 0
    ]
    problems += [
        unknown_name(name, alternatives, "alternative", where=f"nests['{nest}']")
        for name, nest in held
        if name not in alternatives
    ]
    problems += _repeated(held, shared=shared)
    if not problems and len(nests) == 1 and len({name for name, _ in held}) == len(alternatives):
        problems.append(
            Problem(
                f"the nest '{nests[0].name}' holds every alternative, so that its dissimilarity "
                "cannot be told from the size of the coefficients",
                "Leave at least one alternative out of it, or give it nests inside only.",
                "nests",
            )
        )
    return problems


def _repeated(held: Sequence[tuple[str, str]], *, shared: bool) -> list[Problem]:
    problems = []
    for name in dict.fromkeys(name for name, _ in held):
        places = [nest for other, nest in held if other == name]
        if len(set(places)) < len(places):
            cure = "Name it once in each nest."
            problems.append(Problem(f"'{name}' stands twice in one nest", cure, "nests"))
        elif len(places) > 1 and not shared:
            listed = " and ".join(f"'{place}'" for place in places)
            cure = "Keep it in one of them, or use CrossNestedLogit, which allots it to several."
            problems.append(Problem(f"'{name}' stands in {listed}", cure, "nests"))
    return problems


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


# --- names of parameters --------------------------------------------------------------------------


def dissimilarity(nest: str) -> str:
    """Return the name of a nest's parameter."""
    return f"dissimilarity[{nest}]"


def allocation(alternative: str, nest: str) -> str:
    """Return the name of the share of an alternative that belongs to a nest."""
    return f"allocation[{alternative}, {nest}]"


def dissimilarity_names(nests: Sequence[Nest]) -> tuple[str, ...]:
    """Return the parameters of nests; one with a single member has none, since it changes nothing.

    Outer nests come before those inside.
    """
    return tuple(dissimilarity(nest.name) for nest in _outside_in(nests) if nest.members > 1)


def _outside_in(nests: Sequence[Nest]) -> Iterator[Nest]:
    for nest in nests:
        yield nest
        yield from _outside_in(nest.nests)


def allocation_names(nests: Sequence[Nest]) -> dict[str, tuple[str, ...]]:
    """Return for each alternative in several nests the names of its shares."""
    homes: dict[str, list[str]] = {}
    for nest in _outside_in(nests):
        for name in nest.alternatives:
            homes.setdefault(name, []).append(nest.name)
    return {
        name: tuple(allocation(name, nest) for nest in places)
        for name, places in homes.items()
        if len(places) > 1
    }


def parents(nests: Sequence[Nest]) -> dict[str, str | None]:
    """Return for each dissimilarity that of the nearest nest around it that has one."""
    found: dict[str, str | None] = {}

    def visit(nest: Nest, around: str | None) -> None:
        here = dissimilarity(nest.name) if nest.members > 1 else None
        if here is not None:
            found[here] = around
        for inner in nest.nests:
            visit(inner, here or around)

    for nest in nests:
        visit(nest, None)
    return found


# --- as the kernel reads them ---------------------------------------------------------------------


def pack(nests: Sequence[Nest], alternatives: Sequence[str], names: Sequence[str]) -> Tree:
    """Lay nests out for the kernel.

    Parameters
    ----------
    nests : sequence of Nest
        The nests of the root; alternatives in none of them stand at the root.
    alternatives : sequence of J str
        All alternatives that rows may have.
    names : sequence of P str
        The parameters.
    """
    position = {name: p for p, name in enumerate(names)}
    number = {name: j for j, name in enumerate(alternatives)}
    places = {nest.name: len(alternatives) + n for n, nest in enumerate(walk(nests))}
    nested = {name for nest in walk(nests) for name in nest.alternatives}
    root = Nest("", tuple(name for name in alternatives if name not in nested), tuple(nests))
    offsets, members, allotted, widths = [0], [], [], []
    for nest in (*walk(nests), root):
        members += [number[name] for name in nest.alternatives]
        allotted += [position.get(allocation(name, nest.name), -1) for name in nest.alternatives]
        members += [places[inner.name] for inner in nest.nests]
        allotted += [-1] * len(nest.nests)
        offsets.append(len(members))
        widths.append(position.get(dissimilarity(nest.name), -1))
    arrays = (
        frozen(np.array(part, dtype=np.int64)) for part in (offsets, members, widths, allotted)
    )
    return Tree(len(alternatives), *arrays)
