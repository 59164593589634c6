"""XLSForms are converted by pyxform, and the resulting XForm is read."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from pyxform.xls2xform import convert

from ccegov_choice.survey.exporting.outlining import outline
from ccegov_choice.survey.exporting.xlsform import xlsform_bytes, xlsform_key, xlsform_losses

X = "{http://www.w3.org/2002/xforms}"


class XForm:
    """What pyxform makes of our workbook."""

    def __init__(self, content: bytes) -> None:
        made = convert(content, validate=False, file_type=".xlsx")
        assert not made.warnings
        self.root = ElementTree.fromstring(made.xform)
        self.binds = {b.get("nodeset").rsplit("/", 1)[1]: b.attrib for b in self.root.iter(f"{X}bind")}  # fmt: skip
        self.paths = {name: bind["nodeset"] for name, bind in self.binds.items()}
        self.texts = {
            translation.get("lang"): {
                text.get("id"): "".join(text.itertext()) for text in translation.iter(f"{X}text")
            }
            for translation in self.root.iter(f"{X}translation")
        }

    def label(self, name: str, language: str) -> str:
        return self.texts[language][f"{self.paths[name]}:label"]

    def choices(self, name: str) -> list[str]:
        instance = next(i for i in self.root.iter(f"{X}instance") if i.get("id") == name)
        return [element.text for element in instance.iter(f"{X}name")]

    def group(self, name: str) -> dict[str, str]:
        """The bind of the group that a question is in."""
        parent = self.paths[name].rsplit("/", 2)[1]
        return self.binds[parent]


@pytest.fixture(scope="module")
def xform(claim) -> XForm:
    return XForm(xlsform_bytes(outline(claim)))


def test_every_item_is_there_in_every_language(xform, claim):
    names = {"en": "English (en)", "ar": next(n for n in xform.texts if n.endswith("(ar)"))}
    assert len(xform.texts) == len(claim.languages)
    for item in outline(claim).items:
        if item.kind != "matrix":
            for code, language in names.items():
                assert xform.label(item.column, language).strip(), (item.column, code)


def test_every_level_of_every_task_is_told_in_every_language(xform, claim):
    from ccegov_choice.survey.pages.voice import Voice

    for code in claim.languages:
        language = next(name for name in xform.texts if name.endswith(f"({code})"))
        voice = Voice(claim, code)
        for task in claim.tasks.tasks:
            text = xform.label(f"task{task.id}show", language)
            for offer in task.offers:
                for id, cell in offer.levels.items():
                    assert voice.say(claim.study.attribute(id).level(cell).label) in text


def test_the_version_is_drawn_once_and_decides_which_tasks_are_seen(xform, claim):
    assert xform.binds["version"]["calculate"] == "once(int(random() * 4) + 1)"
    for number, block in enumerate(claim.tasks.blocks, 1):
        for task in claim.tasks.of_block(block):
            relevant = xform.group(f"task{task.id}")["relevant"]
            assert re.search(rf"/version  *= {number} and ", relevant)
            assert "'no'" in relevant


def test_options_are_named_as_in_the_design(xform):
    assert set(xform.choices("task1")) == {"A", "B", "no_claim", "dont_know"}


def test_conditions_and_rules(xform):
    relevant = xform.binds["last_claim_went"]["relevant"]
    for id in ("unemployment", "housing", "family", "illness", "other"):
        assert f"'{id}'" in relevant
    assert "'none'" in xform.binds["claimed_before"]["constraint"]
    assert xform.binds["household"]["constraint"] == ". >= 1 and . <= 20"
    assert "required" not in xform.binds["household"]
    assert "true()" in xform.binds["task1"]["required"]


def test_the_key_names_every_question(xform, claim):
    keyed = {row.column for row in xlsform_key(outline(claim))}
    read_only = {name for name, bind in xform.binds.items() if bind.get("readonly") == "true()"} | {
        name for name in xform.binds if name.startswith("page_")
    }
    # a group of rows has no column, and pyxform adds its own heading
    made_by_tools = {"instanceID", "instanceName", "attended"} | {
        name for name in xform.binds if name.startswith("reserved_name")
    }
    assert keyed == set(xform.binds) - read_only - made_by_tools


def test_the_budget_and_the_worst_option_are_checked(everything):
    xform = XForm(xlsform_bytes(outline(everything("best-worst"))))
    assert re.search(r"15\.5.*<= 100$", xform.binds["money_picked"]["constraint"])
    assert "task1best" in xform.binds["task1worst"]["constraint"]


@pytest.mark.parametrize("response", ["choice", "dual", "ranking", "rating"])
def test_all_ways_of_asking_are_converted(everything, response):
    plan = outline(everything(response, status_quo=response == "choice"))
    xform = XForm(xlsform_bytes(plan))
    asked = {item.column for item in plan.answered if item.kind != "matrix"}
    assert asked <= set(xform.binds)
    assert any("shuffle" in loss for loss in xlsform_losses(plan))
