"""Nothing in a report counts fewer than ten people: text, tables, CSV and PDF."""

from __future__ import annotations

import base64
import html
import io
import re
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from ccegov_choice._table import Absent
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.quality.both_ways import with_and_without
from ccegov_choice.data.quality.flags import quality_flags
from ccegov_choice.policy.equity.equity import equity
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.document import Report
from ccegov_choice.report.simulator.simulator import Simulator
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.tradeoff.ratio import trade_offs

REGIONS = ("north", "south", "isle", "coast")
FEW = r"(?<![\d.,–-])[1-9]"
COUNTED = re.compile(rf"{FEW} (?:simulated |other )?(?:people|persons|answered|were flagged)\b")
SMALL_ROW = re.compile(r"\b(?:isle|coast)\b[^a-z0-9\n]*\d", re.IGNORECASE)


@pytest.fixture(scope="module")
def parts(build_study, build_parts):
    """Of 300 people four live on the isle, seven on the coast, three are poor, four came late."""
    covariates = (
        Covariate("region", "Region", "categorical", tuple(Level(n, n) for n in REGIONS)),
        Covariate("poor", "Poor (1 yes, 0 no)", "numeric"),
    )
    study = build_study(covariates=covariates)
    _, made, _ = build_parts(study)
    frame = made.frame.copy()
    n = pd.factorize(frame["person"])[0]
    frame["alternative"] = frame["alternative"].astype(str)
    frame["region"] = np.select([n < 4, n < 11, n % 3 == 0], ["isle", "coast", "south"], "north")
    frame.loc[(n >= 20) & (n < 26), "region"] = None
    frame["poor"] = np.where(n < 3, 1.0, 0.0)
    frame["mode"] = np.select([n < 4, n % 2 == 0], ["kiosk", "phone"], "web")
    frame["seconds"] = np.where(n < 6, 1.0, 20.0 + n % 9)
    none = frame["chosen"].astype(bool) & (frame["alternative"] == "none")
    frame["reason"] = np.where(none, np.where(n < 5, "no_trust", "both_bad"), "")
    data = ChoiceData.from_long(frame, study=study, covariates=["region", "poor"])
    design, _, _ = build_parts(study)
    return study, design, data


@pytest.fixture(scope="module")
def results(parts):
    from ccegov_choice.models.logit.logit import Logit
    from ccegov_choice.study.utility import Utility

    study, _, data = parts
    return Logit(Utility.main_effects(study)).fit(data)


@pytest.fixture(scope="module")
def scenarios(parts):
    study = parts[0]
    today = study.profile(wait=40, staff="brusque", channel="post", appeal="court")
    reform = study.profile(wait=10, staff="polite", channel="web", appeal="court")
    return Scenario("today", today), Scenario("reform", reform)


@pytest.fixture(scope="module")
def by_region(parts, results, scenarios):
    study, _, data = parts
    frame = data.frame.copy()
    frame["region"] = frame["region"].astype(object).fillna("north")
    known = ChoiceData.from_long(frame, study=study, covariates=["region", "poor"])
    return welfare_change(results, *scenarios, pay_in="wait", people=known, by="region", draws=100)


@pytest.fixture(scope="module")
def found(parts, results, scenarios, by_region):
    study, design, data = parts
    change = welfare_change(results, *scenarios, pay_in="wait", people=data, draws=100)
    flags = quality_flags(data, protest=["no_trust"])
    return Report(
        study,
        design,
        data,
        [results],
        trade_offs(results, "wait"),
        welfare=change,
        equity=equity(by_region),
        flags=flags,
        quality=with_and_without(results, data, flags, only=["too_fast"]),
        simulated=True,
    )


def _tables(report):
    for section in report.sections:
        for block in section.blocks:
            table = getattr(block, "table", None) or getattr(
                getattr(block, "chart", None), "table", None
            )
            if table is not None:
                yield section.id, table


def test_no_table_counts_fewer_than_ten(found):
    for where, table in _tables(found):
        for k, column in enumerate(table.columns):
            if column.lower().startswith("people") and "in 100" not in column.lower():
                counts = [r[k] for r in table.rows if isinstance(r[k], int | float)]
                assert all(n == 0 or n >= 10 for n in counts), (where, table.title)


def test_no_small_group_has_a_row_of_numbers(found):
    for where, table in _tables(found):
        for row in table.rows:
            if str(row[0]).split(": ")[-1].lower() in {"isle", "coast", "kiosk"}:
                numbers = [c for c in row[1:] if not isinstance(c, Absent | None)]
                assert not numbers, (where, table.title, row)


def test_counts_do_not_add_up_to_a_few(found):
    """What a table leaves out of all people is nobody, or ten and more."""
    for where, table in _tables(found):
        if "People" in table.columns and where == "people":
            column = table.columns.index("People")
            left = found.data.people - sum(row[column] for row in table.rows)
            assert left == 0 or left >= 10, table.title


def _said(page: str) -> str:
    text = re.sub(r"(?s)<(style|script).*?</\1>", "", page)
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</(p|tr|li|text)>", "\n", text)))


def test_the_page_and_its_files_say_nothing_of_a_few(found):
    page = found.to_html()
    texts = [_said(page)]
    for kind, body in re.findall(r'href="data:([^",]*),([^"]*)"', page):
        plain = base64.b64decode(body).decode() if "base64" in kind else unquote(body)
        texts.append(html.unescape(plain))
    assert len(texts) > 3
    for text in texts:
        assert not COUNTED.findall(text)
        assert not SMALL_ROW.findall(text)


def test_the_pdf_says_nothing_of_a_few(found):
    pages = PdfReader(io.BytesIO(found.to_pdf())).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "fewer than 10 people" in " ".join(text.split())
    assert not COUNTED.findall(text)
    assert not SMALL_ROW.findall(text)


def test_the_simulator_holds_no_small_group(parts, results, scenarios):
    page = Simulator(
        results, scenarios, people=parts[2], by="region", pay_in="wait", simulated=True
    ).to_html()
    data = " ".join(re.findall(r"(?s)<script[^>]*json[^>]*>(.*?)</script>", page))
    assert data
    assert not re.search(r'"(?:isle|coast)"', data)


def test_a_welfare_change_tells_nothing_of_small_groups(by_region):
    for table in (by_region.table(), by_region.winners_table(), by_region.chart().table):
        assert not {"isle", "coast"} & {str(row[0]) for row in table.rows}
    assert not re.search("isle|coast", by_region.sentence())
