"""A survey as a LimeSurvey survey file (LSS).

Every screen is a group of questions. An equation draws the version once: it keeps its value when
it has one, because LimeSurvey works out equations anew on every page.
"""

from __future__ import annotations

from html import escape

from ccegov_choice.survey.exporting.html import note_html, prose_html
from ccegov_choice.survey.exporting.lime_codes import VERSION, LimeCodes
from ccegov_choice.survey.exporting.lime_rows import Tables
from ccegov_choice.survey.exporting.outline import Choice, Item, Outline, Screen, Words

DATABASE_VERSION = 490
"""Format of LimeSurvey 5; newer ones read it."""

_TYPES = {
    "note": ("X", "boilerplate"),
    "single": ("L", "listradio"),
    "multiple": ("M", "multiplechoice"),
    "matrix": ("F", "arrays/array"),
    "number": ("N", "numerical"),
    "text": ("T", "longfreetext"),
    "date": ("D", "date"),
    "ranking": ("R", "ranking"),
}


def limesurvey_text(outline: Outline) -> str:
    """Return the survey as an LSS file."""
    return _Writer(outline).write()


class _Writer:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.codes = LimeCodes(outline)
        # any six digits will do; LimeSurvey gives another number if this one is taken
        self.survey = 100000 + int(outline.sha256[:8], 16) % 900000
        self.tables = Tables(self.survey, outline.languages)

    def write(self) -> str:
        self._settings()
        self._draw()
        for screen in self.outline.screens:
            if screen.kind not in ("welcome", "end"):
                self._group(screen)
        return self.tables.xml(DATABASE_VERSION)

    def _settings(self) -> None:
        outline = self.outline
        self.tables.add(
            "surveys",
            sid=self.survey,
            gsid=1,
            admin="inherit",
            adminemail="inherit",
            anonymized="Y",
            format="G",
            savetimings="Y",
            template="inherit",
            language=outline.language,
            additional_languages=" ".join(outline.languages[1:]),
            datestamp="N",
            allowsave="Y",
            allowprev="Y",
            ipaddr="N",
            refurl="N",
            showwelcome="Y",
            showprogress="Y",
            showxquestions="N",
            showgroupinfo="N",
            showqnumcode="X",
            shownoanswer="N",
        )
        for code in outline.languages:
            self.tables.add(
                "surveys_languagesettings",
                surveyls_survey_id=self.survey,
                surveyls_language=code,
                surveyls_title=outline.title[code],
                surveyls_description=f"{outline.id} {outline.sha256}",
                surveyls_welcometext=self._prose("welcome", code),
                surveyls_endtext=self._prose("end", code),
                surveyls_dateformat=6,
                surveyls_numberformat=0,
            )

    def _prose(self, kind: str, language: str) -> str:
        items = [i for s in self.outline.screens if s.kind == kind for i in s.items]
        return _literal("".join(prose_html(item.words[language], language) for item in items))

    def _draw(self) -> None:
        number = len(self.outline.versions)
        text = f"{{if(is_empty({VERSION}.NAOK), rand(1, {number}), {VERSION}.NAOK)}}"
        same = dict.fromkeys(self.outline.languages, text)
        group = self._new_group(self.outline.title, "1", "")
        self._new_question(group, VERSION, ("*", "equation"), same, {}, "1", mandatory="N")
        self._attribute("hidden", "1")
        self._attribute("equation", text)

    def _group(self, screen: Screen) -> None:
        codes = self.codes
        tests = [f"{VERSION}.NAOK == {screen.version}"] if screen.version else []
        tests += [f"!{codes.holds(condition)}" for condition in screen.unless]
        shuffled = screen.version and self.outline.shuffle_tasks
        group = self._new_group(screen.title, " and ".join(tests) or "1", "tasks" * bool(shuffled))
        for item in screen.items:
            self._question(group, item)

    def _new_group(self, title: Words, relevance: str, shuffle: str) -> int:
        number = self.tables.next_number("groups")
        self.tables.add(
            "groups",
            gid=number,
            sid=self.survey,
            group_order=number,
            randomization_group=shuffle,
            grelevance=relevance,
        )
        self.tables.say("group_l10ns", "gid", number, group_name=title)
        return number

    def _new_question(self, group: int, column: str, type: tuple[str, str], question: Words,
                      help: Words, relevance: str, mandatory: str) -> int:  # fmt: skip
        number = self.tables.next_number("questions", "subquestions")
        self.question = number
        self.tables.add(
            "questions",
            qid=number,
            parent_qid=0,
            sid=self.survey,
            gid=group,
            type=type[0],
            title=self.codes.questions[column],
            other="N",
            mandatory=mandatory,
            question_order=self.tables.next_number("questions"),
            scale_id=0,
            same_default=0,
            relevance=relevance,
            question_theme_name=type[1],
        )
        self.tables.say("question_l10ns", "qid", number, question=question, help=help)
        return number

    def _question(self, group: int, item: Item) -> None:
        relevance = " and ".join(self.codes.holds(condition) for condition in item.when) or "1"
        if item.kind == "note":
            html = note_html(item, self._pipe)
            texts = {code: html[code] if item.task else _literal(html[code]) for code in html}
        else:
            texts = {code: _literal(escape(text)) for code, text in item.words.items()}
        number = self._new_question(
            group,
            item.column,
            _TYPES[item.kind],
            texts,
            {code: _literal(escape(text)) for code, text in item.hint.items()},
            relevance,
            "Y" if item.required and item.kind != "note" else "N",
        )
        if item.kind == "multiple":
            self._parts(group, number, item, item.choices)
        elif item.kind == "matrix":
            self._parts(group, number, item, item.rows)
            self._answers(number, item)
        elif item.choices:
            self._answers(number, item)
        self._attributes(item)

    def _pipe(self, column: str) -> str:
        return f"{{{self.codes.questions[column]}.shown}}"

    def _parts(self, group: int, parent: int, item: Item, parts: tuple[Choice, ...]) -> None:
        codes = self.codes.parts(item)
        for order, part in enumerate(parts, 1):
            number = self.tables.next_number("questions", "subquestions")
            self.tables.add(
                "subquestions",
                qid=number,
                parent_qid=parent,
                sid=self.survey,
                gid=group,
                type="T",
                title=codes[part.value],
                question_order=order,
                scale_id=0,
                relevance="1",
            )
            self.tables.say("question_l10ns", "qid", number, question=_safe(part.words), help={})

    def _answers(self, question: int, item: Item) -> None:
        codes = self.codes.answers(item)
        for order, choice in enumerate(item.choices, 1):
            number = self.tables.next_number("answers")
            self.tables.add(
                "answers",
                aid=number,
                qid=question,
                code=codes[choice.value],
                sortorder=order,
                assessment_value=0,
                scale_id=0,
            )
            self.tables.say("answer_l10ns", "aid", number, answer=_safe(choice.words))

    def _attributes(self, item: Item) -> None:
        code = self.codes.questions[item.column]
        if item.shuffle and not any(choice.last for choice in item.rows or item.choices):
            whole = item.kind in ("single", "ranking")
            self._attribute("random_order", "1")
            self._attribute("answer_order" if whole else "subquestion_order", "random")
        if item.kind == "multiple":
            parts = self.codes.parts(item)
            alone = ";".join(parts[choice.value] for choice in item.choices if choice.exclusive)
            if alone:
                self._attribute("exclude_all_others", alone)
        if item.kind == "number":
            for name, bound in (("min_num_value_n", item.low), ("max_num_value_n", item.high)):
                if bound is not None:
                    self._attribute(name, f"{bound:g}")
        if item.kind == "text":
            self._attribute("maximum_chars", str(item.max_length))
        if item.kind == "ranking":
            self._attribute("min_answers", str(len(item.choices)))
        if item.spending:
            parts = self.codes.parts(item)
            costs = " + ".join(
                f'if({code}_{parts[value]}.NAOK == "Y", {cost:g}, 0)'
                for value, cost in item.spending.costs.items()
            )
            self._rule(f"({costs}) <= {item.spending.amount:g}", item)
        if item.differs_from:
            other = self.codes.questions[item.differs_from]
            self._rule(f"{code}.NAOK != {other}.NAOK", item)

    def _rule(self, test: str, item: Item) -> None:
        self._attribute("em_validation_q", test)
        for language, text in item.refusal.items():
            self._attribute("em_validation_q_tip", _literal(escape(text)), language)

    def _attribute(self, name: str, value: str, language: str = "") -> None:
        self.tables.add(
            "question_attributes",
            qid=self.question,
            attribute=name,
            value=value,
            language=language,
        )


def _literal(html: str) -> str:
    """Return text in which LimeSurvey finds no expression."""
    return html.replace("{", "&#123;").replace("}", "&#125;")


def _safe(words: Words) -> Words:
    return {code: _literal(escape(text)) for code, text in words.items()}


def limesurvey_losses(outline: Outline) -> list[str]:
    """Return what LimeSurvey does not hold, beside what no tool does."""
    found = []
    kept = [
        item.column
        for item in outline.items
        if item.shuffle and any(choice.last for choice in item.rows or item.choices)
    ]
    if kept:
        found.append(
            f"Options of {', '.join(kept)} keep one order, because some of them must stay last."
        )
    return found
