"""`ccegov fit` and `ccegov trade` for every family, group, ladder, matrix and importance."""

import json
from pathlib import Path

import openpyxl
import pytest

import ccegov_choice as cc
from ccegov_choice.cli.family import read_distribution, read_nests, read_random
from ccegov_choice.cli.main import main
from ccegov_choice.errors import UtilityError

FOLDER = Path(__file__).parents[2] / "designs" / "benefit-claim"
STUDY = str(FOLDER / "study.toml")
UTILITY = "te_decision_days + dr_treatment + asc"


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    study = cc.Study.read(STUDY)
    utility = cc.Utility.main_effects(study)
    design = cc.random_design(study, tasks=16, blocks=2, seed=4)
    truth = cc.ClassTaste.read(FOLDER / "citizens.toml")
    people = {"digital_confidence": ["low", "high"] * 75, "low_income": [0, 1, 1] * 50}
    data = cc.simulate_choices(design, cc.Logit(utility), truth, 150, 5, covariates=people)
    path = tmp_path_factory.mktemp("cli") / "answers.csv"
    data.frame.to_csv(path, index=False)
    return str(path)


def fit(answers, path, *options):
    return main(
        ["fit", answers, "--study", STUDY, "--utility", UTILITY, "--save", str(path), *options]
    )


@pytest.fixture(scope="module")
def saved(answers, tmp_path_factory):
    path = tmp_path_factory.mktemp("fitted") / "logit.json"
    assert fit(answers, path) == 0
    return str(path)


PAY = ("--pay-in", "te_decision_days")


@pytest.mark.filterwarnings("ignore::ccegov_choice.errors.UtilityMaximisationWarning")
@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (["--model", "logit", "--scale", "digital_confidence"], "logit"),
        (["--model", "nested", "--nest", "claim: A, B"], "nested logit"),
        (["--model", "mixed", "--random", "dr_treatment=normal", "--draws", "64"], "mixed"),
        (["--model", "latent-class", "--classes", "2"], "latent_class"),
    ],
)
def test_every_family_is_fitted_and_traded(answers, tmp_path, capsys, options, kind):
    path = tmp_path / "results.json"
    assert fit(answers, path, *options) == 0
    assert cc.Results.load(path).model.kind.replace("_", " ") == kind.replace("_", " ")
    capsys.readouterr()
    assert main(["trade", str(path), *PAY, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    differ = kind in ("mixed", "latent_class")
    assert {row["measure"] for row in rows} == {"median over people" if differ else "common"}


def test_what_a_family_needs_or_does_not_have_is_told_at_once(answers, tmp_path, capsys):
    path = tmp_path / "never.json"
    assert fit(answers, path, "--model", "mixed", "--classes", "3", "--nest", "a: A") == 1
    said = capsys.readouterr().err
    assert "has no --nest" in said
    assert "has no --classes" in said
    assert "--random 'NAME=normal" in said
    assert not path.exists()
    assert fit(answers, path, "--model", "nested") == 1
    assert "needs nests" in capsys.readouterr().err
    assert fit(answers, path, "--model", "latent-class") == 1
    assert "--classes 2" in capsys.readouterr().err


def test_distributions_and_nests_are_read_as_written():
    found = read_random("wait=lognormal(-), dignity=normal,x[a]=johnson(-1, 2.5)")
    assert {name: str(value) for name, value in found.items()} == {
        "wait": "minus lognormal",
        "dignity": "normal",
        "x[a]": "Johnson SB from -1 to 2.5",
    }
    for word in ("censored(-)", "uniform", "triangular", "constrained-triangular"):
        assert read_distribution(word)
    with pytest.raises(UtilityError) as caught:
        read_random("wait=lognormall,dignity")
    assert len(caught.value.problems) == 2
    assert "Did you mean 'lognormal'" in str(caught.value)
    assert read_nests(["digital: website, video", "other: desk"]) == {
        "digital": ["website", "video"],
        "other": ["desk"],
    }
    with pytest.raises(UtilityError, match="comes twice"):
        read_nests(["a: x", "a: y", "b"])


def test_groups(saved, answers, capsys, tmp_path):
    book = tmp_path / "groups.xlsx"
    options = [*PAY, "--by", "digital_confidence", "--data", answers]
    assert main(["trade", saved, *options, "--excel", str(book)]) == 0
    streams = capsys.readouterr()
    assert "Same tastes in groups" in streams.out
    assert len(openpyxl.load_workbook(book).sheetnames) == 3
    assert main(["trade", saved, *options, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert {row["group"] for row in content["groups"]} == {"low", "high"}
    assert len(content["differences"]) == 2


def test_ladder_matrix_and_importance(saved, capsys, tmp_path):
    assert main(["trade", saved, *PAY, "--ladder"]) == 0
    assert "Ladder: 1 working day less" in capsys.readouterr().out
    assert main(["trade", saved, "--matrix", "--latex"]) == 0
    assert r"\toprule" in capsys.readouterr().out
    services = tmp_path / "services.csv"
    services.write_text("te_decision_days,dr_treatment\n5,polite\n40,neutral\n")
    options = ["--importance", "variance", "--profiles", str(services)]
    assert main(["trade", saved, *options, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert sum(row["share"] for row in rows) == pytest.approx(1.0)
    assert rows[0]["profiles"] == "the 2 services given"
    assert main(["trade", saved, "--importance"]) == 0
    assert "Of 100 points" in capsys.readouterr().out


def test_requests_that_say_too_little_or_too_much(saved, capsys):
    assert main(["trade", saved]) == 1
    assert "--pay-in ATTRIBUTE" in capsys.readouterr().err
    options = [*PAY, "--by", "digital_confidence", "--matrix", "--profiles", "x.csv"]
    assert main(["trade", saved, *options]) == 1
    said = capsys.readouterr().err
    assert "different answers" in said
    assert "needs the data" in said
    assert "goes with --importance" in said
    assert main(["trade", saved, *PAY, "--at", "low_income"]) == 1
    assert "--at NAME=VALUE" in capsys.readouterr().err
