"""What may be wrong with the looks at a pilot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ccegov_choice.errors import Problem, unknown_name

METHODS = ("anytime", "spending")


def looks_problems(
    seen: Sequence[tuple[int, int]],
    line: float,
    alpha: float,
    method: str,
    planned: Sequence[int],
) -> list[Problem]:
    """Return what is wrong with the looks at a pilot, and with how it is to be watched."""
    problems = [
        Problem(f"{name} is {value:g}", "Give a share between 0 and 1.", name)
        for name, value in (("line", line), ("alpha", alpha))
        if not 0 < value < 1
    ]
    if method not in METHODS:
        problems.append(unknown_name(method, METHODS, "method"))
    if method == "spending":
        rising = all(a < b for a, b in pairwise(planned))
        if not planned or not rising or planned[0] < 1:
            problems.append(
                Problem(
                    "the planned looks are no rising numbers of cases",
                    "Give them all, as in planned=(50, 100, 200).",
                    "planned",
                )
            )
        else:
            problems += [
                Problem(
                    f"nobody planned a look at {cases} cases",
                    "Look as planned, or use method='anytime'.",
                    f"look {i}",
                )
                for i, (cases, _) in enumerate(seen, 1)
                if cases not in planned
            ]
    before = (0, 0)
    for i, (cases, failures) in enumerate(seen, 1):
        if cases <= before[0] or failures < before[1]:
            problems.append(
                Problem("counts go back", "Count cases and failures from the start.", f"look {i}")
            )
        if not 0 <= failures <= cases:
            problems.append(
                Problem(
                    f"{failures} failures in {cases} cases",
                    "A case fails once at most.",
                    f"look {i}",
                )
            )
        before = (cases, failures)
    return problems
