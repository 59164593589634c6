"""Random designs: drawn by lot, then evened out so that every level is shown equally often."""

from __future__ import annotations

import numpy as np

from ccegov_choice._provenance import Provenance
from ccegov_choice.design.blocks import assign_blocks, check_blocks
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design, assemble
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.errors import DesignError
from ccegov_choice.study.study import Study

MOST_TASKS = 10_000


def random_design(
    study: Study,
    *,
    tasks: int,
    alternatives: int | None = None,
    blocks: int = 1,
    seed: int,
    minimal_overlap: bool = False,
    balanced: bool = True,
) -> Design:
    """Draw tasks at random.

    Floors and constraints are always kept; no task shows the same unlabelled alternative twice
    (nor one that equals the status quo); no task comes twice where that can be avoided.

    Parameters
    ----------
    study : Study
        What is asked.
    tasks : int
        Tasks in the whole design, all blocks together.
    alternatives : int, optional
        Alternatives in a task besides the opt-out: two when not given; in a study with labelled
        alternatives it is the number of these.
    blocks : int
        Parts of the design; each person answers one.
    seed : int
        The same seed gives the same design.
    minimal_overlap : bool
        Let the levels of an attribute differ between the alternatives of a task as far as they
        can. People then compare more, and cannot ignore an attribute because it ties.
    balanced : bool
        Show each level of an attribute equally often, for each alternative and overall, as far
        as constraints allow. False draws every allowed profile with the same chance.

    Returns
    -------
    Design

    Raises
    ------
    DesignError
        If the study allows no such tasks, or a number makes no sense.

    Notes
    -----
    Levels are drawn, then redrawn one group of attributes at a time, each time taking among the
    allowed combinations one that most reduces the sum of squared level counts (per alternative
    and overall) and, when asked, the number of equal levels within the task. Ties are broken by
    lot, so that what is not asked for stays random.
    """
    space = task_space(study, alternatives)
    if not 1 <= tasks <= MOST_TASKS:
        raise DesignError(
            f"a design cannot have {tasks} tasks",
            where=f"study '{study.id}'",
            cure=f"Give `tasks` between 1 and {MOST_TASKS:,}.",
        )
    check_blocks(tasks, blocks)
    rng = np.random.default_rng(seed)
    codes = draw_tasks(space, tasks, rng, minimal_overlap=minimal_overlap, balanced=balanced)
    block = assign_blocks(codes, blocks, rng)
    parameters = {
        "tasks": tasks,
        "alternatives": alternatives,
        "blocks": blocks,
        "minimal_overlap": minimal_overlap,
        "balanced": balanced,
    }
    provenance = Provenance.record(
        "random_design", parameters=parameters, seed=seed, parents={"study": study.sha256}
    )
    return assemble(space, codes, block, provenance)
