"""Paper forms keyed twice, stored, exported and joined to the design: every choice is there."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.design import Design
from ccegov_choice.responses.export.bundle import write_bundle
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.keying.comparing import compare
from ccegov_choice.survey.keying.entry import read_entry
from ccegov_choice.survey.keying.form_answers import read_form_answers
from ccegov_choice.survey.keying.storing import store_forms
from ccegov_choice.survey.keying.template import template_csv
from ccegov_choice.survey.paper.codes import task_codes
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[2]
Form = tuple[str, tuple[str | None, ...]]
"""Block, and what was ticked in each choice in the order printed; None where nothing was."""


@cache
def survey() -> Survey:
    return Survey.read(ROOT / "surveys" / "benefit-claim")


@st.composite
def all_forms(draw: st.DrawFn) -> Mapping[int, Form]:
    numbers = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=4, unique=True))
    ticks = st.sampled_from(["A", "B", "no_claim", "dont_know", None])
    forms = {}
    for number in numbers:
        block = draw(st.sampled_from(survey().tasks.blocks))
        size = len(survey().tasks.of_block(block))
        forms[number] = (block, tuple(draw(st.lists(ticks, min_size=size, max_size=size))))
    return forms


def printed(number: int, block: str) -> tuple[str, ...]:
    """Return the tasks in the order in which that form shows them."""
    return Way(survey(), block, f"paper:{number}", {}).arrangement.tasks


def keyed(forms: Mapping[int, Form], path: Path) -> Path:
    header = template_csv(survey(), survey().tasks.blocks[0]).strip().split(",")
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    for number, (block, ticks) in forms.items():
        row = {"form": number, "block": block, "version": survey().sha256[:8], "household": "2"}
        row |= {name: "1" for name in header if name.startswith("agree.")}
        for place, (task, tick) in enumerate(zip(printed(number, block), ticks, strict=True), 1):
            known = survey().tasks.task(task)
            assert known is not None
            if tick is not None:
                row[f"choice_{place}"] = task_codes(known, survey().task_settings)[tick]
        writer.writerow(row)
    path.write_text(out.getvalue())
    return path


def expected(forms: Mapping[int, Form]) -> list[tuple[str, str]]:
    return sorted(
        (task, tick)
        for number, (block, ticks) in forms.items()
        for task, tick in zip(printed(number, block), ticks, strict=True)
        if tick not in (None, "dont_know")
    )


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(forms=all_forms())
def test_every_keyed_choice_is_in_the_data(forms: Mapping[int, Form]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        entries = [read_entry(survey(), keyed(forms, folder / f"{i}.csv")) for i in (1, 2)]
        comparison = compare(survey(), *entries)
        assert comparison.differences == ()
        read = [read_form_answers(survey(), form) for form in comparison.forms]
        assert [problem for form in read for problem in form.problems] == []
        with ResponseStore.open(f"sqlite:///{folder / 'answers.sqlite'}") as store:
            assert store_forms(store, survey(), read).new == tuple(sorted(forms))
            write_bundle(store, survey().id, folder / "bundle")
        if not expected(forms):
            return
        table = pd.read_csv(
            folder / "bundle" / "choices.csv", dtype={"task": str}, keep_default_na=False
        )
    assert set(table["mode"]) == {"paper"}
    table = table[[name for name in table if name not in ("low_income", "digital_confidence")]]
    data = ChoiceData.collect(Design.read(ROOT / "designs" / "benefit-claim"), table)
    frame = data.frame
    rows = frame[frame["chosen"]]
    chosen = zip(rows["task"].astype(str), rows["alternative"].astype(str), strict=True)
    assert sorted(chosen) == expected(forms)
