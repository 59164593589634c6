"""Tasks that may not be shown: an alternative twice in a task, a task twice in a version."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import Codes, TaskSpace, task_key
from ccegov_choice.design.personal.chances import Chances, Floats
from ccegov_choice.design.personal.numbering import profile_numbers
from ccegov_choice.errors import DesignError

Flags = npt.NDArray[np.bool_]

# with so few different tasks they are listed and drawn from what is left, else drawn till they fit
FEW_TASKS = 5_000
MOST_ROUNDS = 2_000


def alike(space: TaskSpace, codes: Codes) -> Flags:
    """Return ``(V, T)``: tasks that show an unlabelled alternative twice, or the status quo.

    Parameters
    ----------
    space : TaskSpace
        What is allowed.
    codes : ndarray of shape (V, T, J, M)
        Level codes of the tasks of each version.
    """
    found = np.zeros(codes.shape[:2], dtype=bool)
    if not space.exchangeable:
        return found
    for j in range(codes.shape[2]):
        for i in range(j):
            found |= (codes[:, :, i] == codes[:, :, j]).all(axis=2)
        if space.status_quo is not None:
            found |= (codes[:, :, j] == space.status_quo).all(axis=2)
    return found


def repeated(space: TaskSpace, codes: Codes) -> Flags:
    """Return ``(V, T)``: tasks that show the same as an earlier task of their version."""
    versions, tasks, slots, _ = codes.shape
    rows = profile_numbers(space.level_counts, codes).reshape(versions * tasks, slots)
    if space.exchangeable:
        rows = np.sort(rows, axis=1)
    version = np.repeat(np.arange(versions), tasks)
    # np.unique names the first of equal rows
    _, first = np.unique(np.column_stack([version, rows]), axis=0, return_index=True)
    again = np.ones(versions * tasks, dtype=bool)
    again[first] = False
    return again.reshape(versions, tasks)


def without_repeats(chances: Chances, codes: Codes, rng: np.random.Generator) -> Codes:
    """Draw tasks again, independently, until no task is alike or repeated.

    Tasks repeat only in versions with more tasks than there are different ones; then each is shown
    about equally often.

    Parameters
    ----------
    chances : Chances
        What is drawn from.
    codes : ndarray of shape (V, T, J, M)
        Level codes.
    rng : numpy.random.Generator
        Source of the lots.

    Returns
    -------
    ndarray of shape (V, T, J, M)

    Raises
    ------
    DesignError
        If the target gives a few profiles nearly all the weight, so that this does not end.
    """
    if chances.different_tasks <= FEW_TASKS:
        return _from_the_list(chances, codes, rng)
    codes = codes.copy()
    open_versions = np.arange(len(codes))
    for _ in range(MOST_ROUNDS):
        part = codes[open_versions]
        wrong = alike(chances.space, part) | repeated(chances.space, part)
        still = wrong.any(axis=1)
        if not still.any():
            return codes
        open_versions, wrong = open_versions[still], wrong[still]
        version, task = np.nonzero(wrong)
        codes[open_versions[version], task] = chances.draw(len(task), rng)
    raise DesignError(
        f"after {MOST_ROUNDS:,} draws some tasks still show the same alternative twice or repeat "
        "another task: the target gives a few profiles nearly all the weight",
        where="target",
        cure="Spread the target over more levels or profiles, or ask for fewer tasks.",
    )


def _from_the_list(chances: Chances, codes: Codes, rng: np.random.Generator) -> Codes:
    """Replace tasks by draws from those that the version does not show yet."""
    codes = codes.copy()
    wrong = alike(chances.space, codes) | repeated(chances.space, codes)
    if not wrong.any():
        return codes
    listed, chance = all_tasks(chances)
    place = {
        task_key(task, chances.space.exchangeable): number for number, task in enumerate(listed)
    }
    for v in np.flatnonzero(wrong.any(axis=1)):
        used = np.zeros(len(listed), dtype=np.int64)
        for task in codes[v][~wrong[v]]:
            used[place[task_key(task, chances.space.exchangeable)]] += 1
        for t in np.flatnonzero(wrong[v]):
            free = np.flatnonzero(used == used.min())
            pick = rng.choice(free, p=chance[free] / chance[free].sum())
            used[pick] += 1
            order = rng.permutation(codes.shape[2]) if chances.space.exchangeable else slice(None)
            codes[v, t] = listed[pick][order]
    return codes


def all_tasks(chances: Chances) -> tuple[Codes, Floats]:
    """List the different tasks, ``(D, J, M)``, and the chance of each given that it is one.

    Profiles are independent of each other, so the chance of a task is the product of theirs over
    the sum of these products.
    """
    slots = range(len(chances.space.slots))
    if chances.space.exchangeable:
        profiles, chance = chances.profiles(0)
        picks = np.array(list(itertools.combinations(range(len(profiles)), len(slots))))
        tasks, product = profiles[picks], chance[picks].prod(axis=1)
    else:
        each = [chances.profiles(j) for j in slots]
        index = np.indices([len(chance) for _, chance in each]).reshape(len(each), -1)
        tasks = np.stack([each[j][0][index[j]] for j in slots], axis=1)
        product = np.prod([each[j][1][index[j]] for j in slots], axis=0)
    return tasks, product / product.sum()
