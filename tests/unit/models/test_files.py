"""Results come back from a file as they were, to the last bit."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import CovarianceError, FileFormatError
from ccegov_choice.models.files import load_results, results_to_dict, save_results
from ccegov_choice.models.fitting.estimate import Status
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.predict import predict
from ccegov_choice.models.results import Results
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


def both(text):
    return {"en": text, "cy": f"{text} (cy)"}


STUDY = Study(
    "claim",
    both("A claim"),
    (
        Attribute.numeric(
            "wait", both("Wait"), [2, 10, 20, 40], both("day"), both("days"), direction="-"
        ),
        Attribute.ordered(
            "help",
            both("Help"),
            {level: both(level) for level in ("none", "chat", "person")},
            direction="+",
        ),
    ),
    opt_out=Alternative("out", both("Out"), kind="opt_out"),
    covariates=(
        Covariate(
            "poor",
            both("Poor"),
            "categorical",
            (Level("no", both("No")), Level("yes", both("Yes"))),
        ),
    ),
    numeraires=(Numeraire("wait"),),
    languages=("en", "cy"),
)


@pytest.fixture(scope="module")
def data():
    design = random_design(STUDY, tasks=12, alternatives=2, blocks=2, seed=5)
    utility = Utility("wait + help + asc", STUDY)
    truth = {"wait": -0.05, "help[chat]": 0.3, "help[person]": 0.6, "asc[out]": -1.0}
    people = pd.DataFrame({"poor": np.where(np.arange(150) % 2, "yes", "no")})
    people["region"] = np.arange(150) % 10
    made = simulate_choices(design, Logit(utility), truth, 150, 1, covariates=people)
    frame = made.frame.assign(person="p" + made.frame["person"].astype(str))
    return ChoiceData.from_long(frame, study=STUDY)


@pytest.fixture(scope="module")
def results(data):
    model = Logit(
        Utility("log(wait) + help + asc", STUDY),
        scale="poor",
        fixed={"asc[out]": -1.0},
        bounds={"help[chat]": (0.0, None)},
    )
    return model.fit(data)


def same(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one == other


def test_everything_comes_back_exactly(results, tmp_path):
    path = results.save(tmp_path / "results.json")
    back = Results.load(path)
    for field in fields(Results):
        if field.name in ("model", "clusters"):
            continue
        assert same(getattr(results, field.name), getattr(back, field.name)), field.name
    assert back.model.to_dict() == results.model.to_dict()
    assert back.model.kind == results.model.kind
    assert back.clusters.keys() == results.clusters.keys()
    for name, codes in results.clusters.items():
        assert same(codes, back.clusters[name])


def test_what_is_loaded_answers_alike(results, data, tmp_path):
    from ccegov_choice.tradeoff.ratio import willingness_to_trade

    back = Results.load(results.save(tmp_path / "results.json"))
    pd.testing.assert_frame_equal(back.tidy(), results.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(back.glance(), results.glance(), check_exact=True)
    assert str(back.summary()) == str(results.summary())
    for kind in ("classical", "robust", "bhhh", "clustered"):
        again, first = back.with_covariance(kind), results.with_covariance(kind)
        assert np.array_equal(again.covariance, first.covariance)
    from ccegov_choice.models.covariance import Clustered

    by_region = Clustered("region")
    assert np.array_equal(
        back.with_covariance(by_region).covariance, results.with_covariance(by_region).covariance
    )
    np.testing.assert_array_equal(
        predict(back, data)["probability"], predict(results, data)["probability"]
    )

    def trade(item):
        return willingness_to_trade(
            item, gain="help: none -> person", pay_in="wait", method="krinsky-robb", at={"wait": 10}
        )

    assert trade(back) == trade(results)


def test_the_same_results_give_the_same_bytes(results, tmp_path):
    first = results.save(tmp_path / "a.json").read_bytes()
    again = Results.load(tmp_path / "a.json").save(tmp_path / "b.json").read_bytes()
    assert first == again


def test_it_is_json_with_kind_schema_and_provenance(results, tmp_path):
    content = json.loads(results.save(tmp_path / "results.json").read_text())
    assert (content["kind"], content["schema"]) == ("results", 1)
    assert content["provenance"]["versions"]["ccegov_choice"]
    assert content["study"].startswith("id =") or "claim" in content["study"]


def test_long_arrays_are_packed_and_exact(results, tmp_path):
    random = np.random.default_rng(1)
    scores = random.standard_normal((4_000, len(results.names)))
    long = replace(results, scores=scores, person_ids=np.arange(4_000))
    assert "base64" in results_to_dict(long)["scores"]
    back = load_results(save_results(long, tmp_path / "long.json"))
    assert np.array_equal(back.scores, scores)
    assert back.scores.flags.c_contiguous


def test_numbers_that_are_not_finite_survive(results, tmp_path):
    record = replace(results.optimisation, status=Status.NOT_FINITE, gradient_norm=np.inf)
    hessian = results.hessian.copy()
    hessian[0, 0] = np.nan
    odd = replace(
        results,
        optimisation=record,
        hessian=hessian,
        scores=None,
        log_likelihood=float("-inf"),
        log_likelihood_constants=None,
    )
    back = load_results(save_results(odd, tmp_path / "odd.json"))
    assert back.optimisation.gradient_norm == np.inf
    assert np.isnan(back.hessian[0, 0])
    assert back.log_likelihood == -np.inf
    assert back.log_likelihood_constants is None
    assert back.scores is None
    assert not back.converged
    with pytest.raises(CovarianceError, match="did not converge"):
        back.with_covariance("classical")


def test_a_second_opinion_comes_back_too(results, tmp_path):
    from ccegov_choice.models.pylogit.model import PylogitModel

    model = PylogitModel(results.utility, "Mixed Logit", {}, ("log(wait)",), 200, 3)
    mixed = replace(results, model=model, scores=None)
    back = load_results(save_results(mixed, tmp_path / "mixed.json"))
    assert back.model.to_dict() == model.to_dict()
    assert str(back.summary()) == str(mixed.summary())


def test_odd_files_are_refused(results, tmp_path):
    path = results.save(tmp_path / "results.json")
    content = json.loads(path.read_text())

    def written(**changes):
        other = tmp_path / "other.json"
        other.write_text(json.dumps({**content, **changes}))
        return other

    with pytest.raises(FileFormatError, match="no such file"):
        load_results(tmp_path / "nothing.json")
    with pytest.raises(FileFormatError, match="not a results file"):
        load_results(written(kind="design"))
    with pytest.raises(FileFormatError, match="newer than"):
        load_results(written(schema=99))
    with pytest.raises(FileFormatError, match="unknown kind of model 'probit'"):
        load_results(written(model={**content["model"], "kind": "probit"}))
    with pytest.raises(FileFormatError, match="damaged"):
        load_results(written(optimisation={**content["optimisation"], "status": "fine"}))
    with pytest.raises(FileFormatError, match="damaged"):
        load_results(written(estimates={"type": "float64", "shape": [99], "values": [1.0]}))
    missing = {key: value for key, value in content.items() if key != "names"}
    (tmp_path / "short.json").write_text(json.dumps(missing))
    with pytest.raises(FileFormatError, match="damaged"):
        load_results(tmp_path / "short.json")
