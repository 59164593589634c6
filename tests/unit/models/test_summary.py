"""The summary looks as users of statsmodels expect, and hides nothing."""

import re
from dataclasses import replace

import numpy as np
import pytest

from ccegov_choice._table import Absent
from ccegov_choice.design.random import random_design
from ccegov_choice.models.fitting.estimate import Status
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.models.summary import coefficient_table, summarise
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
    ),
)
UTILITY = Utility("wait + help", STUDY)


@pytest.fixture(scope="module")
def data():
    design = random_design(STUDY, tasks=12, alternatives=2, blocks=2, seed=5)
    truth = {"wait": -0.05, "help[chat]": 0.3, "help[person]": 0.6}
    return simulate_choices(design, Logit(UTILITY), truth, 100, 1)


@pytest.fixture(scope="module")
def results(data):
    return Logit(UTILITY).fit(data)


@pytest.fixture(scope="module")
def held(data):
    return Logit(UTILITY, fixed={"help[chat]": 0.25}).fit(data)


def test_the_head_names_what_was_fitted(results):
    text = str(results.summary())
    lines = text.splitlines()
    assert lines[0].strip() == "Multinomial logit results"
    for words in (
        "Study:",
        "claim",
        "People:",
        "100",
        "Log-likelihood:",
        "LL, equal shares:",
        "Rho-squared:",
        "AIC:",
        "BIC:",
        "Covariance:",
        "clustered by person",
        "Converged:",
    ):
        assert words in text
    assert f"{results.log_likelihood:,.3f}".replace("-", "−") in text


def test_lines_are_as_wide_as_each_other(results):
    lines = str(results.summary()).splitlines()
    rules = [line for line in lines if set(line) in ({"="}, {"-"})]
    assert len(rules) == 4
    assert len({len(rule) for rule in rules}) == 1
    assert max(len(line) for line in lines) == len(rules[0])


def test_the_table_has_the_columns_of_statsmodels(results):
    header = re.search(r"^term.*$", str(results.summary()), re.MULTILINE).group()
    assert header.split() == ["term", "coef", "std", "err", "z", "P>|z|", "[0.025", "0.975]"]
    wide = coefficient_table(results, level=0.9)
    assert wide.columns[-2:] == ("[0.05", "0.95]")


def test_the_numbers_are_those_of_tidy(results):
    frame, table = results.tidy(), coefficient_table(results)
    for row, numbers in zip(table.rows, frame.itertuples(index=False), strict=True):
        assert row == tuple(numbers)


def test_the_covariance_and_its_factor_are_named(results):
    assert "G/(G-1) = 1.0101" in str(results.summary())
    assert "inverse of the negative Hessian" in str(results.with_covariance("classical").summary())


def test_a_fixed_coefficient_shows_dashes_with_the_reason(held):
    table = coefficient_table(held)
    row = next(row for row in table.rows if row[0] == "help[chat]")
    assert row[1] == 0.25
    assert all(isinstance(cell, Absent) for cell in row[2:])
    text = str(held.summary())
    assert "– help[chat]: fixed at 0.25" in text
    assert "2 (and 1 held)" in text
    assert "nan" not in text.lower()


def test_a_search_that_failed_marks_every_table(results):
    record = replace(results.optimisation, status=Status.NO_PROGRESS)
    lost = replace(results, optimisation=record)
    for shown in (str(lost.summary()), lost.summary().to_html(), str(lost.table())):
        assert "NOT CONVERGED" in shown
    assert "NO: no progress" in str(lost.summary())


def test_weights_are_said_to_make_criteria_a_guide(results):
    assert "AIC and BIC are only a guide" in " ".join(
        str(replace(results, weighted=True).summary()).split()
    )


def test_html_has_captions_and_scopes(held):
    shown = held._repr_html_()
    assert shown.count("<table>") == shown.count("<caption>") == 2
    assert "<caption>Multinomial logit results</caption>" in shown
    assert shown.count('scope="row"') == 15 + 3
    assert shown.count('scope="col"') == 7
    assert "fixed at 0.25" in shown


def test_latex_and_markdown(results):
    latex = results.summary().to_latex()
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 2
    assert r"help[person]" in latex
    assert latex == results.summary().as_latex()
    assert results.summary().to_markdown().count("|--") >= 2
    assert results.summary().as_text() == str(results.summary())
    assert results.summary().as_html() == results.summary().to_html()


def test_small_coefficients_keep_their_digits(results):
    small = replace(
        results, estimates=results.estimates * 1e-5, covariance=results.covariance * 1e-10
    )
    table = coefficient_table(small)
    shown = table.to_text()
    assert re.search(r"−0\.0000\d{3}", shown)
    assert np.isclose(table.rows[0][1], small.estimates[0])


def test_a_long_name_does_not_break_the_layout(results):
    long = replace(results, names=("wait" * 30, *results.names[1:]))
    lines = str(summarise(long)).splitlines()
    assert max(len(line) for line in lines) == len(lines[1])
