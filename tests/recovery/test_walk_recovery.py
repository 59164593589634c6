"""What citizens value is found again behind the whole survey: pages, forms, store, export, fit.

Citizens read what the pages of the real server say and choose by it. Were a level shown under a
wrong option, an answer kept under a wrong task, or a table joined to the wrong design, the truth
would not come back.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from scipy import stats

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.design import Design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.study.utility import Utility
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.settings import Limits, ServerSettings
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.behaviour import Behaviour
from ccegov_choice.walk.crowd import Plan, walk_crowd
from ccegov_choice.walk.people import People

ROOT = Path(__file__).parents[2]
PEOPLE = 300
TRUTH = {
    "te_decision_days": -0.04,
    "ac_channel[phone]": 0.1,
    "ac_channel[video]": -0.2,
    "ac_channel[counter]": 0.3,
    "ac_channel[letter]": -0.5,
    "ac_human[call_back]": 0.4,
    "ac_human[any_step]": 0.8,
    "dr_treatment[neutral]": 0.5,
    "dr_treatment[polite]": 1.0,
    "fe_group_gap[days_5]": -0.3,
    "fe_group_gap[days_15]": -0.9,
    "va_appeal[internal]": 0.3,
    "va_appeal[independent]": 0.7,
    "asc[no_claim]": -1.2,
}


@contextmanager
def running(app):
    """Serve an application on a free port; yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """300 citizens of one taste answer the tasks alone; half of them see tables."""
    survey = Survey.read(ROOT / "surveys" / "benefit-claim")
    kinds = ("welcome", "consent", "tasks", "end")
    pages = tuple(page for page in survey.pages if page.kind in kinds)
    survey = replace(survey, pages=pages, quotas=(), languages=("en",))
    people = People(TRUTH, views={"cards": 0.5, "table": 0.5}, behaviour=Behaviour.smooth())
    folder = tmp_path_factory.mktemp("walk")
    with ResponseStore.open(f"sqlite:///{folder}/answers.sqlite") as store:
        app = create_app(
            survey, store, ServerSettings(b"k" * 40, ledger="live", limits=Limits(0, 0, 0))
        )
        with running(app) as address:
            diaries = walk_crowd(address, survey, people, Plan(PEOPLE, seed=11)).diaries
        design = Design.read(ROOT / "designs" / "benefit-claim")
        return diaries, ChoiceData.collect(design, store), store.counts(survey.id)


def test_everybody_came_through_and_blocks_are_balanced(walked):
    diaries, data, counts = walked
    assert [diary.ended for diary in diaries] == ["completed"] * PEOPLE
    assert data.people == PEOPLE
    assert data.tasks == 8 * PEOPLE
    completed = [block.completed for block in counts.blocks]
    assert max(completed) - min(completed) <= 1


def test_the_truth_comes_back(walked):
    """The Wald statistic is chi-squared with 14 degrees: false alarm 1 in 10,000 seeds."""
    _, data, _ = walked
    model = Logit(Utility.main_effects(data.study))
    results = model.fit(data, covariance="classical")
    truth = np.array([TRUTH[name] for name in results.names])
    error = results.estimates - truth
    wald = error @ np.linalg.solve(results.covariance, error)
    assert wald < stats.chi2.ppf(1 - 1e-4, len(truth))
    # and the test can fail: had the options been swapped, the truth would be this far away
    assert truth @ np.linalg.solve(results.covariance, truth) > 100
