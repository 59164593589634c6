"""Numbering blocks and tasks of a file, and checking that every task is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_levels import Where
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.errors import Problem
from ccegov_choice.study.study import Study

Key = tuple[str, str]
"""Block and task as the file calls them."""


def spread_fixed(entries: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
    """Copy fixed tasks, which Sawtooth lists once as version 0, into every version."""
    fixed = [entry for entry in entries if entry.block == "0"]
    versions = list(dict.fromkeys(entry.block for entry in entries if entry.block != "0"))
    if not fixed or not versions:
        return list(entries), []
    copies = [replace(entry, block=version) for version in versions for entry in fixed]
    rest = [entry for entry in entries if entry.block != "0"]
    tasks = listing(list(dict.fromkeys(entry.task for entry in fixed)), 12)
    note = f"Version 0 holds fixed tasks ({tasks}): they are in each of the {len(versions)} blocks."
    return [*rest, *copies], [note]


def number_tasks(entries: Sequence[Entry]) -> tuple[dict[Key, tuple[int, int]], list[str]]:
    """Give blocks numbers from 1, and tasks from 1 through all blocks.

    Returns
    -------
    numbers : mapping
        Block and task of the file -> block and task of the design.
    notes : list of str
        How the numbers differ from those of the file.
    """
    blocks = _ordered(entry.block for entry in entries)
    numbers: dict[Key, tuple[int, int]] = {}
    for number, block in enumerate(blocks, 1):
        for task in _ordered(entry.task for entry in entries if entry.block == block):
            numbers[block, task] = number, len(numbers) + 1
    notes = []
    if blocks != [str(i + 1) for i in range(len(blocks))]:
        notes.append(f"Blocks 1 to {len(blocks)} are in the file: {listing(blocks, 60)}.")
    if any(task != str(number) for (_, task), (_, number) in numbers.items()):
        notes.append(f"Tasks are numbered through all blocks{_renumbered(numbers)}.")
    return numbers, notes


def _ordered(names: Iterable[str]) -> list[str]:
    """Return different names, by number where all are numbers, else as they come."""
    found = list(dict.fromkeys(names))
    if all(name.isascii() and name.isdigit() for name in found):
        return sorted(found, key=int)
    return found


def _renumbered(numbers: Mapping[Key, tuple[int, int]]) -> str:
    """Say what the tasks are called in the file, unless each block counts them from 1."""
    tasks: dict[int, list[str]] = {}
    for (_, task), (block, _) in numbers.items():
        tasks.setdefault(block, []).append(task)
    if all(names == [str(i + 1) for i in range(len(names))] for names in tasks.values()):
        return "; in the file each block counts them from 1"
    return f"; in the file they are {listing([name for _, name in numbers], 200)}"


def task_problems(
    entries: Sequence[Entry], names: Sequence[str], study: Study, has_blocks: bool, where: Where
) -> tuple[list[Problem], set[Key]]:
    """Return what is wrong with the make-up of tasks, and the tasks it is wrong with."""
    tasks: dict[Key, list[str]] = {}
    lines: dict[Key, list[int]] = {}
    for entry, name in zip(entries, names, strict=True):
        tasks.setdefault((entry.block, entry.task), []).append(name)
        lines.setdefault((entry.block, entry.task), []).append(entry.line)
    opt_out = study.opt_out.id if study.opt_out is not None else None
    usual = _usual(tasks.values(), study, opt_out)
    faults: dict[tuple[str, str], list[Key]] = {}
    for key, shown in tasks.items():
        for problem, cure in _faults(shown, usual, opt_out, has_blocks):
            faults.setdefault((problem, cure), []).append(key)
    problems = []
    for (problem, cure), keys in faults.items():
        word = "task" if len(keys) == 1 else "tasks"
        told = f"{word} {listing([_called(key, has_blocks) for key in keys], 8)}: {problem}"
        problems.append(Problem(told, cure, where(i for key in keys for i in lines[key])))
    return problems, {key for keys in faults.values() for key in keys}


def _said(names: Sequence[str]) -> str:
    return f"the alternative{'' if len(names) == 1 else 's'} {listing(names, 26)}"


def _called(key: Key, has_blocks: bool) -> str:
    return f"{key[1]} (block {key[0]})" if has_blocks else key[1]


def _usual(tasks: Iterable[Sequence[str]], study: Study, opt_out: str | None) -> tuple[str, ...]:
    """Return the alternatives every task should have; the opt-out may be left out."""
    if study.labelled:
        return tuple(item.id for item in study.alternatives)
    counted = Counter(tuple(sorted({n for n in names if n != opt_out})) for names in tasks)
    # the longer one where two are as frequent, so that the gap is named rather than a surplus
    return max(counted, key=lambda names: (counted[names], len(names)))


def _faults(
    shown: Sequence[str], usual: Sequence[str], opt_out: str | None, has_blocks: bool
) -> list[tuple[str, str]]:
    faults = []
    twice = sorted({name for name in shown if name and shown.count(name) > 1})
    if twice:
        cure = "Number each task and each alternative within it once."
        if not has_blocks:
            cure += " If tasks are numbered within blocks, say which column holds the block: "
            cure += "columns={'their name': 'block'} (in a shell: --column 'their name=block')."
        faults.append((f"{_said(twice)} more than once", cure))
    missing = [name for name in usual if name not in shown]
    if missing and "" not in shown:
        cure = "Give every task the same alternatives."
        faults.append((f"without {_said(missing)}", cure))
    extra = [name for name in shown if name and name not in usual and name != opt_out]
    if extra:
        cure = "Give every task the same alternatives."
        problem = f"with {_said(extra)}, which the other tasks do not have"
        faults.append((problem, cure))
    return faults
