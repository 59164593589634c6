"""What packages of levers are worth to groups of people; its twin is in `redesign_reference`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import ordered_kernel
from ccegov_choice.kernels.elementary import exponentials, logarithms

_BLOCK = 512


@ordered_kernel
def package_gains(
    masks: npt.NDArray[np.int64],
    first_bit: npt.NDArray[np.int64],
    offset: npt.NDArray[np.int64],
    tables: npt.NDArray[np.float64],
    gap: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
    group: npt.NDArray[np.int64],
    curved: bool,
    out: npt.NDArray[np.float64],
) -> None:
    """Write the gain of each group from each package.

    The bits of a package are cut into runs; what the levers of a run do together stands in a table
    under the number that their bits make. Runs add up within a cell (people of one kind and
    taste), and cells within a group: as they are, or by ``log(1 + exp(gap + sum))`` against
    ``log(1 + exp(gap))`` where people may do without the service.

    Parameters
    ----------
    masks : ndarray of shape (P,)
        Packages, as bits.
    first_bit : ndarray of shape (B,)
        The lowest bit of each run, from the lowest run up.
    offset : ndarray of shape (B + 1,)
        Where the table of each run starts among the columns of `tables`, and where the last ends;
        each is as long as a power of two.
    tables : ndarray of shape (C, offset[B])
        Utilities, by cell.
    gap : ndarray of shape (C,)
        Utility of today's service less that of doing without; zero where nobody may.
    weight : ndarray of shape (C,)
        What a cell counts for in its group, in units of payment.
    group : ndarray of shape (C,)
        Position of the group of each cell.
    curved : bool
        Whether people may do without.
    out : ndarray of shape (G, P)
        Receives the gains.
    """
    columns = np.empty((len(first_bit), _BLOCK), np.int64)
    values, powers = np.empty(_BLOCK), np.empty(_BLOCK)
    logs, bits = np.empty(_BLOCK), np.empty(_BLOCK, np.int64)
    before = np.zeros(len(gap))
    if curved:  # by the same functions, so that nothing is gained by doing nothing
        for c in range(len(gap)):
            logs[0] = -abs(gap[c])
            exponentials(logs, powers, bits, 1)
            powers[0] += 1.0
            logarithms(powers, logs, bits, 1)
            before[c] = max(gap[c], 0.0) + logs[0]
    for start in range(0, len(masks), _BLOCK):
        size = min(_BLOCK, len(masks) - start)
        for run in range(len(first_bit)):
            low = offset[run + 1] - offset[run] - 1
            for i in range(size):
                columns[run, i] = offset[run] + ((masks[start + i] >> first_bit[run]) & low)
        for g in range(out.shape[0]):
            for i in range(size):
                out[g, start + i] = 0.0
        for c in range(len(gap)):
            table, g, w = tables[c], group[c], weight[c]
            for i in range(size):
                values[i] = gap[c]
            for run in range(len(first_bit)):
                for i in range(size):
                    values[i] += table[columns[run, i]]
            if not curved:
                for i in range(size):
                    out[g, start + i] += w * values[i]
                continue
            for i in range(size):
                logs[i] = -abs(values[i])
            exponentials(logs, powers, bits, size)
            for i in range(size):
                powers[i] += 1.0
            logarithms(powers, logs, bits, size)
            for i in range(size):
                out[g, start + i] += w * (max(values[i], 0.0) + logs[i] - before[c])


@ordered_kernel
def undominated(criteria: npt.NDArray[np.float64], keep: npt.NDArray[np.bool_]) -> None:
    """Mark the rows that no other row beats: as good in everything, and better in something.

    Parameters
    ----------
    criteria : ndarray of shape (P, D)
        More is better; sorted from the greatest row down, first column first, so that only an
        earlier row can beat a later one.
    keep : ndarray of bool of shape (P,)
        Receives the marks; of equal rows the first is kept.
    """
    rows, width = criteria.shape
    front = np.empty(rows, np.int64)
    size = 0
    for i in range(rows):
        beaten = False
        for f in range(size):
            j = front[f]
            beaten = True
            for d in range(width):
                if criteria[j, d] < criteria[i, d]:
                    beaten = False
                    break
            if beaten:
                # what beats one row is likely to beat the next
                front[f] = front[0]
                front[0] = j
                break
        keep[i] = not beaten
        if not beaten:
            front[size] = i
            size += 1
