"""What happens to whom follows from seed and number, and comes about as often as told."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest

from ccegov_choice.walk.behaviour import MISHAPS, Behaviour, Temper, arrivals

EVERYTHING = Behaviour(
    give_up=1, decline=1, reload=1, back=1, answer_twice=1, lose_cookie=1, dont_know=1, protest=1
)


def test_each_mishap_happens_once_and_to_as_many_as_told():
    """3,000 citizens, a share of 0.2: 5 standard errors are 0.037."""
    habits = Behaviour(0.2, 0.2, 0.2, 0.2, 0.2, 0.2)
    tempers = [Temper(habits, 1, number, 12) for number in range(3000)]
    seen = Counter(
        name for temper in tempers for page in range(12) for name in temper.mishaps(page)
    )
    assert set(seen) == set(MISHAPS)
    for name in MISHAPS:
        assert abs(seen[name] / 3000 - 0.2) < 0.037
    assert abs(sum(t.leaves_at is not None for t in tempers) / 3000 - 0.2) < 0.037
    assert abs(sum(t.declines for t in tempers) / 3000 - 0.2) < 0.037


def test_the_page_is_drawn_from_all_pages():
    pages = Counter(Temper(EVERYTHING, 1, number, 5).leaves_at for number in range(500))
    assert set(pages) == set(range(5))


def test_smooth_people_only_answer():
    temper = Temper(Behaviour.smooth(), 1, 1, 10)
    assert not temper.declines
    assert temper.leaves_at is None
    assert [temper.mishaps(page) for page in range(10)] == [()] * 10
    assert not temper.cannot_decide("1")
    assert temper.reason("1", ("a",)) == ""


def test_doubt_belongs_to_a_task_whenever_it_is_shown():
    habits = Behaviour(dont_know=0.5)
    first, second = (Temper(habits, 1, 9, 10) for _ in range(2))
    tasks = [str(task) for task in range(30)]
    forwards = {task: first.cannot_decide(task) for task in tasks}
    backwards = {task: second.cannot_decide(task) for task in reversed(tasks)}
    assert forwards == backwards
    assert set(forwards.values()) == {True, False}
    assert Temper(EVERYTHING, 1, 9, 10).reason("3", ("b", "a")) in ("a", "b")


def test_thinking_takes_the_mean_asked_for():
    """20,000 lognormal times with a coefficient of variation of 0.8: 5 standard errors are 3 %."""
    temper = Temper(Behaviour(), 1, 1, 10)
    times = [temper.think(17.0) for _ in range(20_000)]
    assert np.mean(times) == pytest.approx(17.0, rel=0.03)
    assert temper.think(0.0) == 0


def test_people_come_at_random_at_a_rate_or_all_at_once():
    """2,000 exponential gaps: 5 standard errors of the mean are 11 %."""
    moments = list(islice(arrivals(20.0, 1), 2000))
    assert moments == sorted(moments)
    assert moments[-1] == pytest.approx(100.0, rel=0.11)
    assert moments == list(islice(arrivals(20.0, 1), 2000))
    assert list(islice(arrivals(None, 1), 3)) == [0.0, 0.0, 0.0]
