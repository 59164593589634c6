"""An attacker who knows every printed number finds no withheld one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ccegov_choice._disclosure.cells import gather
from ccegov_choice._disclosure.hiding import possible
from ccegov_choice._disclosure.protect import protect
from ccegov_choice._table import Absent, Table
from ccegov_choice.errors import DataError


def _crosstab(counts, rows="area", columns="age"):
    frame = pd.DataFrame(
        counts,
        index=[f"r{i}" for i in range(len(counts))],
        columns=[f"c{j}" for j in range(len(counts[0]))],
    )
    return frame.rename_axis(index=rows, columns=columns)


def attack(tables):
    """Bound every withheld cell from printed tables alone, written apart from the code it breaks.

    Parameters
    ----------
    tables : list of list of list
        Tables with totals in the last row and column; cells are numbers, or ("key",) where the
        same key in two tables is the same cell.

    Returns
    -------
    dict of key to (low, high)
    """
    keys = sorted({cell for t in tables for row in t for cell in row if isinstance(cell, tuple)})
    at = {key: i for i, key in enumerate(keys)}
    equations, right = [], []

    def equate(parts, total):
        row, known = np.zeros(len(keys)), 0.0
        for sign, cell in [*((1, p) for p in parts), (-1, total)]:
            if isinstance(cell, tuple):
                row[at[cell]] += sign
            else:
                known += sign * cell
        if row.any():
            equations.append(row)
            right.append(-known)
        else:
            assert known == 0, "printed totals are not the sums of what is printed"

    for table in tables:
        for row in table:
            equate(row[:-1], row[-1])
        for column in zip(*table, strict=True):
            equate(column[:-1], column[-1])
    bounds = {}
    for key in keys:
        goal = np.zeros(len(keys))
        goal[at[key]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=np.array(equations), b_eq=right)
            ends.append(sign * found.fun if found.status == 0 else np.inf)
        bounds[key] = tuple(ends)
    return bounds


def _printed(table: Table, rows="area", columns="age"):
    out = []
    for row in table.rows:
        line = []
        for name, cell in zip(table.columns[1:], row[1:], strict=True):
            key = tuple(
                f"{axis}={value}"
                for axis, value in ((rows, row[0]), (columns, name))
                if value != "Total"
            )
            line.append(key if isinstance(cell, Absent) else cell)
        out.append(line)
    return out


def _random_counts(rng, shape):
    kind = rng.integers(3)
    if kind == 0:
        return rng.poisson(18, shape)
    if kind == 1:
        return rng.integers(0, 40, shape)
    return np.floor(rng.lognormal(2.5, 1.2, shape)).astype(int)


def test_two_hundred_random_tables_are_not_broken():
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(200):
        counts = _random_counts(rng, (rng.integers(2, 5), rng.integers(2, 5)))
        table = protect(_crosstab(counts.tolist()), rounding=1).table()
        printed = _printed(table)
        assert all(c >= 10 for row in printed for c in row if not isinstance(c, tuple))
        bounds = attack([printed])
        assert all(high - low >= 10 - 1e-6 for low, high in bounds.values())
        shares.append(len(bounds) / np.prod(np.add(counts.shape, 1)))
    # the attack has something to break
    assert np.mean(shares) > 0.1


def test_two_tables_that_share_a_margin_are_not_broken_together():
    rng = np.random.default_rng(2)
    for _ in range(40):
        cube = rng.poisson(6, (3, 3, 3))
        first = _crosstab(cube.sum(axis=2).tolist(), "area", "age")
        second = _crosstab(cube.sum(axis=1).tolist(), "area", "sex")
        third = _crosstab(cube.sum(axis=0).tolist(), "age", "sex")
        third.index = first.columns
        third.columns = second.columns
        made = protect({"a": first, "b": second, "c": third}, rounding=1)
        pairs = {"a": ("area", "age"), "b": ("area", "sex"), "c": ("age", "sex")}
        printed = [_printed(made.table(name), *axes) for name, axes in pairs.items()]
        bounds = attack(printed)
        assert all(high - low >= 10 - 1e-6 for low, high in bounds.values())


def test_the_attack_breaks_tables_that_only_withhold_small_cells():
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(40):
        counts = _random_counts(rng, (3, 3))
        full = np.pad(counts, (0, 1))
        full[-1], full[:, -1] = full.sum(axis=0), full.sum(axis=1)
        full[-1, -1] = counts.sum()
        naive = [
            [(f"{i} {j}",) if n < 10 else n for j, n in enumerate(row)]
            for i, row in enumerate(full.tolist())
        ]
        found += any(high - low < 1e-6 for low, high in attack([naive]).values())
    assert found > 10


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4),
    st.sampled_from([5, 10]),
)
def test_rounded_tables_add_up_and_hide_as_much(counts, base):
    made = protect(_crosstab(counts), rounding=base)
    assert made.notes == (f"Counts are rounded to multiples of {base}.",)
    truth = np.array(counts)
    full = np.zeros(np.add(truth.shape, 1))
    full[:-1, :-1] = truth
    full[-1], full[:, -1] = full.sum(axis=0), full.sum(axis=1)
    full[-1, -1] = truth.sum()
    printed = _printed(made.table())
    gone = []
    for i, row in enumerate(printed):
        for j, cell in enumerate(row):
            if isinstance(cell, tuple):
                gone.append((i, j))
            else:
                assert cell % base == 0
                assert cell >= 10
                assert abs(cell - full[i, j]) < base
    for line in [*printed, *zip(*printed, strict=True)]:
        if not any(isinstance(cell, tuple) for cell in line):
            assert sum(line[:-1]) == line[-1]
    # whoever knows only that printed numbers are less than a base away finds no narrow range
    size = np.size(full)
    cells = np.arange(size).reshape(full.shape)
    sums = []
    for line in [*cells, *cells.T]:
        row = np.zeros(size)
        row[line[:-1]], row[line[-1]] = 1, -1
        sums.append(row)
    limits = [
        (0, None) if isinstance(cell, tuple) else (max(0, cell - base), cell + base)
        for row in printed
        for cell in row
    ]
    for i, j in gone:
        goal = np.zeros(size)
        goal[cells[i, j]] = 1
        low = linprog(goal, A_eq=np.array(sums), b_eq=np.zeros(len(sums)), bounds=limits)
        high = linprog(-goal, A_eq=np.array(sums), b_eq=np.zeros(len(sums)), bounds=limits)
        assert high.status == 3 or -high.fun - low.fun >= 10 - 1e-6


def test_what_a_reader_can_work_out_is_what_the_attack_finds():
    frame = _crosstab([[3, 30, 20], [40, 12, 9], [25, 14, 50]])
    cells = gather({"a": frame}, "Total")
    made = protect(frame, rounding=1)
    printed = [cell for row in made.table().rows for cell in row[1:]]
    layout = cells.layouts["a"].ravel()
    withheld = np.zeros(len(cells.values), dtype=bool)
    withheld[layout[[isinstance(cell, Absent) for cell in printed]]] = True
    low, high = possible(cells.values, cells.relations, withheld)
    bounds = attack([_printed(made.table())])
    assert sorted(zip(low.round(6), high.round(6), strict=True)) == sorted(
        (round(a, 6), round(b, 6)) for a, b in bounds.values()
    )
    assert made.withheld == len(bounds) == 4
    assert "4 of 16 numbers are withheld" in made.sentence()


def test_a_table_without_small_counts_is_printed_whole():
    made = protect(_crosstab([[10, 20], [30, 40]]), rounding=1)
    assert made.withheld == 0
    assert [row[1:] for row in made.table().rows] == [(10, 20, 30), (30, 40, 70), (40, 60, 100)]
    assert "No number is withheld" in made.sentence()


def test_everything_is_withheld_where_nobody_may_be_counted():
    made = protect(_crosstab([[1, 2], [0, 3]]))
    assert made.printed == 0


def test_without_totals_only_small_cells_are_withheld():
    made = protect(_crosstab([[3, 30], [40, 50]]), rounding=1, total=None)
    assert made.table().columns == ("area", "c0", "c1")
    assert made.withheld == 1


def test_a_sensitive_cell_is_withheld_and_hidden():
    made = protect(_crosstab([[30, 30], [40, 50]]), sensitive=[[1, 0], [0, 0]])
    assert made.withheld == 4


def test_a_table_with_its_totals_is_read_as_well():
    table = Table(
        "t", ("area", "Total"), (("north", 40), ("south", 4), ("west", 31), ("Total", 75))
    )
    plain = protect(pd.Series({"north": 40, "south": 4, "west": 31}))
    frame = table.to_frame().set_index("area").rename(columns={"Total": "People"})
    assert [r[1] for r in protect(frame).table().rows] == [r[1] for r in plain.table().rows]


def test_every_problem_is_told_at_once():
    first = _crosstab([[3, -1], [2.5, 50]])
    with pytest.raises(DataError, match="no number of people") as caught:
        protect(first)
    assert len(caught.value.problems) == 2
    with pytest.raises(DataError, match="Count the same people in all tables"):
        protect({"a": _crosstab([[30]]), "b": _crosstab([[31]], "area", "sex")})
    wrong = _crosstab([[20, 30]])
    wrong["Total"] = 51
    with pytest.raises(DataError, match="cells sum to 50"):
        protect(wrong)
    with pytest.raises(DataError, match="2 problems"):
        protect(first, minimum=0, rounding=0)
