"""Which answers look careless: flags for each person, by stated rules; nobody is dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ccegov_choice.data.quality.found import QualityFlags
from ccegov_choice.data.quality.rules import (
    Judged,
    always_opts_out,
    by_chance,
    chose_dominated,
    disagrees,
    protests,
    straight_lining,
    too_fast,
)
from ccegov_choice.errors import DataError, Problem

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

    Rule = Callable[[pd.DataFrame], Any] | Collection[bool]


def quality_flags(
    data: ChoiceData,
    *,
    fast: float = 0.4,
    fastest: float | None = None,
    least_tasks: int = 6,
    protest: Collection[str] | None = None,
    undecided: pd.DataFrame | None = None,
    own: Mapping[str, Rule] | None = None,
    seconds: str = "seconds",
    reason: str = "reason",
) -> QualityFlags:
    """Flag people whose answers look careless, or are a protest. Nobody is dropped.

    Parameters
    ----------
    data : ChoiceData
        The answers.
    fast : float
        Too fast is who takes less than this part of the usual time (the median person's median
        seconds per task).
    fastest : float, optional
        Instead: who takes less than so many seconds.
    least_tasks : int
        Straight-lining is choosing the same place in all of at least so many tasks.
    protest : collection of str, optional
        Reasons that count as a protest whenever they are given. By default any reason counts,
        but only of people who chose the opt-out in every task.
    undecided : DataFrame, optional
        Tasks left undecided, with columns ``person`` and ``reason``, as a store hands them out.
    own : mapping of str to function or sequence of bool, optional
        Rules of your own: a function of the frame with one row per person, or a value per person.
    seconds, reason : str
        Columns with the time taken and the reason given.

    Returns
    -------
    QualityFlags
        A flag is missing where a person's answers do not allow to judge; flags that nobody can be
        judged by are named with the reason.

    Raises
    ------
    DataError
        If there are no choices, or a rule of your own does not answer for each person.
    """
    if data.response == "none":
        raise DataError(
            "these data hold no choices", where="quality_flags", cure="Give answers, not tasks."
        )
    judged: dict[str, tuple[Judged, str]] = {
        "too_fast": (
            too_fast(data, fast, fastest, seconds),
            f"took less than {fast:.0%} of the usual time per task"
            if fastest is None
            else f"took less than {fastest:g} seconds per task",
        ),
        "straight_lining": (
            straight_lining(data, least_tasks),
            f"chose the same place in all tasks, at least {least_tasks} "
            f"({by_chance(data, least_tasks):.1%} of people would by chance)",
        ),
        "dominated": (chose_dominated(data), "chose what another option beat in every way"),
        "repeat_disagrees": (disagrees(data), "chose otherwise when a task came again"),
        "always_opts_out": (always_opts_out(data), "chose the opt-out or status quo in all tasks"),
        "protest": (
            protests(data, protest, reason, undecided),
            "gave a reason that is a protest"
            if protest is not None
            else "chose the opt-out or status quo in all tasks and gave a reason",
        ),
    }
    people = data.frame.iloc[data.person_rows].reset_index(drop=True)
    judged |= _own(people, own or {}, tuple(judged))
    flags = {
        name: pd.array([None if np.isnan(x) else bool(x) for x in found], dtype="boolean")
        for name, (found, _) in judged.items()
        if not isinstance(found, str)
    }
    frame = pd.DataFrame(flags, index=range(len(people)))
    return QualityFlags(
        data.person_ids,
        frame,
        {name: words for name, (_, words) in judged.items()},
        {name: found for name, (found, _) in judged.items() if isinstance(found, str)},
        people,
    )


def _own(
    people: pd.DataFrame, own: Mapping[str, Rule], taken: tuple[str, ...]
) -> dict[str, tuple[Judged, str]]:
    found: dict[str, tuple[Judged, str]] = {}
    problems = []
    for name, rule in own.items():
        values = np.asarray(rule(people) if callable(rule) else list(rule), dtype=np.float64)
        if name in taken:
            problems.append(Problem(f"'{name}' is a flag already", "Give it another name.", "own"))
        elif values.shape != (len(people),) or not np.isin(values, (0.0, 1.0)).all():
            problems.append(
                Problem(
                    f"rule '{name}' does not say true or false for each of {len(people):,} people",
                    "Return one true or false per person, in the order of data.person_ids.",
                    "own",
                )
            )
        found[name] = (values, "by a rule of this study")
    if problems:
        raise DataError.of(problems)
    return found
