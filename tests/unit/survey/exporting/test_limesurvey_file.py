"""A reader of LSS files of our own, which joins their tables as LimeSurvey's importer does."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ccegov_choice.survey.exporting.lime_codes import answer_codes, limesurvey_key, question_codes
from ccegov_choice.survey.exporting.limesurvey import limesurvey_text
from ccegov_choice.survey.exporting.outlining import outline

NAME = re.compile(r"\b([a-z][A-Za-z0-9]*)(?:_(SQ\d+))?\.(?:NAOK|shown)")


class Lss:
    """A survey file, read independently of the writer."""

    def __init__(self, text: str) -> None:
        self.root = ElementTree.fromstring(text)
        self.languages = [element.text for element in self.root.find("languages")]

    def rows(self, table: str) -> list[dict[str, str]]:
        element = self.root.find(table)
        if element is None:
            return []
        fields = [field.text for field in element.find("fields")]
        rows = [{cell.tag: cell.text or "" for cell in row} for row in element.find("rows")]
        assert all(list(row) == fields for row in rows)
        return rows

    def question(self, code: str) -> dict[str, str]:
        return next(row for row in self.rows("questions") if row["title"] == code)

    def texts(self, table: str, owner: str, id: str, field: str) -> dict[str, str]:
        return {r["language"]: r[field] for r in self.rows(table) if r[owner] == id}

    def answers(self, code: str) -> dict[str, dict[str, str]]:
        qid = self.question(code)["qid"]
        return {
            row["code"]: self.texts("answer_l10ns", "aid", row["aid"], "answer")
            for row in self.rows("answers")
            if row["qid"] == qid
        }

    def attributes(self, code: str) -> dict[str, str]:
        qid = self.question(code)["qid"]
        return {r["attribute"]: r["value"] for r in self.rows("question_attributes") if r["qid"] == qid}  # fmt: skip

    def expressions(self) -> list[str]:
        found = [row["relevance"] for row in self.rows("questions")]
        found += [row["grelevance"] for row in self.rows("groups")]
        found += [r["value"] for r in self.rows("question_attributes") if r["attribute"] in ("equation", "em_validation_q")]  # fmt: skip
        found += [
            expression
            for row in self.rows("question_l10ns")
            for expression in re.findall(r"\{[^{}]*\}", row["question"])
        ]
        return found


@pytest.fixture(scope="module")
def lss(claim) -> Lss:
    return Lss(limesurvey_text(outline(claim)))


def test_no_reference_dangles(lss):
    groups = {row["gid"] for row in lss.rows("groups")}
    questions = {row["qid"] for row in lss.rows("questions")}
    parts = {row["qid"] for row in lss.rows("subquestions")}
    assert not questions & parts
    assert {row["gid"] for row in lss.rows("questions")} == groups
    assert {row["gid"] for row in lss.rows("group_l10ns")} == groups
    assert {row["parent_qid"] for row in lss.rows("subquestions")} <= questions
    assert {row["qid"] for row in lss.rows("question_l10ns")} == questions | parts
    assert {row["qid"] for row in lss.rows("answers")} <= questions
    assert {r["aid"] for r in lss.rows("answer_l10ns")} == {r["aid"] for r in lss.rows("answers")}
    assert {row["qid"] for row in lss.rows("question_attributes")} <= questions


def test_codes_are_what_limesurvey_allows(lss):
    titles = [row["title"] for row in lss.rows("questions")]
    assert len({title.lower() for title in titles}) == len(titles)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", title) for title in titles)
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,5}", row["code"]) for row in lss.rows("answers"))


def test_every_text_is_there_in_every_language(lss, claim):
    assert lss.languages == list(claim.languages)
    for table, owner, field in (
        ("group_l10ns", "gid", "group_name"),
        ("question_l10ns", "qid", "question"),
        ("answer_l10ns", "aid", "answer"),
    ):
        said: dict[str, dict[str, str]] = {}
        for row in lss.rows(table):
            said.setdefault(row[owner], {})[row["language"]] = row[field]
        assert all(set(texts) == set(lss.languages) for texts in said.values())
        assert all(text.strip() for texts in said.values() for text in texts.values())


def test_expressions_name_questions_and_answers_that_exist(lss):
    titles = {row["title"]: row["qid"] for row in lss.rows("questions")}
    parts = {(row["parent_qid"], row["title"]) for row in lss.rows("subquestions")}
    names = [match for text in lss.expressions() for match in NAME.findall(text)]
    assert names
    for title, part in names:
        assert title in titles
        assert not part or (titles[title], part) in parts
    for text in lss.expressions():
        for title, code in re.findall(r'(\w+)\.NAOK == "(\w+)"', text):
            if "_" not in title:
                assert code in lss.answers(title)


def test_the_version_is_drawn_once_and_decides_which_tasks_are_seen(lss, claim):
    equation = lss.attributes("version")["equation"]
    assert equation == "{if(is_empty(version.NAOK), rand(1, 4), version.NAOK)}"
    assert lss.attributes("version")["hidden"] == "1"
    groups = {row["gid"]: row for row in lss.rows("groups")}
    for number, block in enumerate(claim.tasks.blocks, 1):
        for task in claim.tasks.of_block(block):
            group = groups[lss.question(f"task{task.id}")["gid"]]
            assert group["grelevance"].startswith(f"version.NAOK == {number} and ")
            assert group["randomization_group"] == "tasks"


def test_every_level_of_every_task_is_told_in_every_language(lss, claim):
    from ccegov_choice.survey.pages.voice import Voice

    for task in claim.tasks.tasks:
        qid = lss.question(f"task{task.id}show")["qid"]
        texts = lss.texts("question_l10ns", "qid", qid, "question")
        for code in claim.languages:
            voice = Voice(claim, code)
            for offer in task.offers:
                for id, cell in offer.levels.items():
                    assert voice.say(claim.study.attribute(id).level(cell).label) in texts[code]


def test_options_of_a_task_are_its_alternatives(lss, claim):
    row = {(r.code, r.value) for r in limesurvey_key(outline(claim)) if r.column == "task1"}
    assert {value for _, value in row} == {"A", "B", "no_claim", "dont_know"}
    assert {code for code, _ in row} == set(lss.answers("task1"))


def test_none_of_these_excludes_the_others(lss):
    qid = lss.question("claimedbefore")["qid"]
    parts = {
        row["title"]: lss.texts("question_l10ns", "qid", row["qid"], "question")["en"]
        for row in lss.rows("subquestions")
        if row["parent_qid"] == qid
    }
    assert parts[lss.attributes("claimedbefore")["exclude_all_others"]] == "None of these"


def test_a_brace_in_a_text_is_no_expression(everything):
    from dataclasses import replace

    survey = everything()
    pages = tuple(replace(p, body="{a} and {b}") if p.id == "explain" else p for p in survey.pages)
    lss = Lss(limesurvey_text(outline(replace(survey, pages=pages))))
    qid = lss.question("explaintext")["qid"]
    assert "{" not in lss.texts("question_l10ns", "qid", qid, "question")["en"]


def test_the_budget_is_checked(everything):
    lss = Lss(limesurvey_text(outline(everything(languages=("en", "ar")))))
    rule = lss.attributes("moneypicked")["em_validation_q"]
    assert "40" in rule
    assert "15.5" in rule
    assert rule.endswith("<= 100")
    tips = [r for r in lss.rows("question_attributes") if r["attribute"] == "em_validation_q_tip"]
    assert {r["language"] for r in tips} == {"en", "ar"}


@pytest.mark.parametrize("response", ["dual", "best-worst", "ranking", "rating"])
def test_all_ways_of_asking_keep_their_references(everything, response):
    survey = everything(response, status_quo=response != "dual")
    lss = Lss(limesurvey_text(outline(survey)))
    test_no_reference_dangles(lss)
    test_expressions_name_questions_and_answers_that_exist(lss)
    test_codes_are_what_limesurvey_allows(lss)


def test_long_and_equal_names_get_codes_of_their_own():
    codes = question_codes(["a_b", "ab", "x" * 30, "x" * 29])
    assert codes["a_b"] == "ab"
    assert codes["ab"] == "abn2"
    assert len(set(codes.values())) == 4
    assert max(map(len, codes.values())) <= 20


def test_answers_keep_their_ids_where_all_fit():
    assert answer_codes(["yes", "no"]) == {"yes": "yes", "no": "no"}
    assert answer_codes(["A", "no_claim"]) == {"A": "A1", "no_claim": "A2"}
