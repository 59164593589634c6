"""Nouns travel between processes: pickled and copied, they say the same."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import ccegov_choice as cc

FOLDER = Path(__file__).parents[2] / "designs" / "benefit-claim"


@pytest.fixture(scope="module")
def nouns():
    study = cc.Study.read(FOLDER / "study.toml")
    utility = cc.Utility.main_effects(study)
    model = cc.Logit(utility, bounds={"te_decision_days": (None, 0.0)})
    design = cc.Design.read(FOLDER, study)
    truth = cc.ClassTaste.read(FOLDER / "citizens.toml")
    data = cc.simulate_choices(design, model, truth, people=80, seed=1)
    results = model.fit(data)
    return {
        "study": (study, lambda noun: noun.to_toml()),
        "utility": (utility, lambda noun: noun.names),
        "design": (design, lambda noun: noun.sha256),
        "model": (model, lambda noun: noun.fit(data).log_likelihood),
        "data": (data, lambda noun: noun.choices_sha256),
        "results": (results, lambda noun: str(noun.summary())),
        "trade-offs": (cc.trade_offs(results, "te_decision_days"), lambda noun: str(noun.table())),
    }


@pytest.mark.parametrize("remake", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy])
def test_a_copy_says_the_same(nouns, remake):
    for name, (noun, said) in nouns.items():
        assert np.all(said(remake(noun)) == said(noun)), name
