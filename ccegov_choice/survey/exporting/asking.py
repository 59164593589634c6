"""Questions, consent and budgets as items of other tools."""

from __future__ import annotations

from dataclasses import replace

from ccegov_choice.study.wording import number_id
from ccegov_choice.survey.exporting.outline import Choice, Condition, Item, Spending, Words
from ccegov_choice.survey.exporting.tongues import Tongues, column
from ccegov_choice.survey.page import Budget, Page
from ccegov_choice.survey.paper.words import words
from ccegov_choice.survey.question import Question

AGREE = "agree"
"""Column of the question whether one takes part."""


def prose_item(tongues: Tongues, page: Page) -> list[Item]:
    """Return the text of a page, if it has any."""
    if not page.body:
        return []
    return [Item(f"{column(page.id)}_text", "note", tongues.say(page.body))]


def consent_items(tongues: Tongues, page: Page) -> list[Item]:
    """Return whether one takes part, then each sentence that one agrees with."""
    taking_part = Item(
        AGREE, "single", tongues.word("choice.take_part"), ("consent", "agree"),
        choices=tongues.yes_no(),
    )  # fmt: skip
    if not page.statements:
        return [taking_part]
    statements = [
        Item(
            f"{AGREE}_{column(statement.id)}",
            "single",
            tongues.say(statement.text),
            ("consent", f"statement.{statement.id}"),
            choices=tongues.yes_no()[:1],
            when=(Condition(AGREE, ("yes",)),),
        )
        for statement in page.statements
    ]
    return [taking_part, *statements]


def question_items(tongues: Tongues, page: Page) -> list[Item]:
    """Return the questions of a page, each with a field for own words where it has one."""
    found = []
    for question in page.questions:
        item = _question(tongues, page, question)
        found.append(item)
        write_in = tuple(option.id for option in question.options if option.write_in)
        if write_in:
            found.append(
                Item(
                    f"{item.column}_other",
                    "text",
                    tongues.shell("question.write_in"),
                    (page.id, f"{question.id}.other"),
                    required=False,
                    when=(Condition(item.column, write_in),),
                )
            )
    return found


def _question(tongues: Tongues, page: Page, question: Question) -> Item:
    kind = "single" if question.kind == "scale" else question.kind
    drawn = {lot.id for lot in tongues.survey.lots}
    when = {other: ids for other, ids in (question.when or {}).items() if other not in drawn}
    return Item(
        column(question.id),
        kind,
        tongues.say(question.text),
        (page.id, question.id),
        hint=_hint(tongues, question),
        choices=_choices(tongues, question),
        rows=tuple(tongues.choice(row) for row in question.rows),
        required=question.required,
        low=question.low,
        high=question.high,
        max_length=question.max_length,
        shuffle=question.shuffle,
        when=tuple(Condition(column(other), ids) for other, ids in when.items()),
    )


def _hint(tongues: Tongues, question: Question) -> dict[str, str]:
    unit = tongues.say(question.unit) if question.kind == "number" else {}
    found = {}
    for code, hint in tongues.say(question.hint).items():
        behind = f"({unit[code]})" if unit.get(code) else ""
        found[code] = " ".join(part for part in (hint, behind) if part)
    return found


def _choices(tongues: Tongues, question: Question) -> tuple[Choice, ...]:
    if question.kind != "scale":
        choices = tuple(tongues.choice(option) for option in question.options)
        values = [option.value for option in question.options]
        if all(value is None for value in values):
            return choices
        return tuple(
            replace(choice, number="" if value is None else number_id(value))
            for choice, value in zip(choices, values, strict=True)
        )
    low, high = tongues.say(question.low_text), tongues.say(question.high_text)
    points = question.option_ids
    found = []
    for point in points:
        end = low if point == points[0] else high if point == points[-1] else {}
        said = {
            code: f"{voice.number(int(point))}" + (f" – {end[code]}" if end.get(code) else "")
            for code, voice in tongues.voices.items()
        }
        found.append(Choice(point, said))
    return tuple(found)


def budget_items(tongues: Tongues, page: Page, budget: Budget) -> list[Item]:
    """Return what to spend a budget on, and why."""
    name = column(page.id)
    amounts = {
        project.id: tongues.made(
            lambda voice, cost=project.cost: voice.amount(cost, budget.unit, budget.unit_plural)  # type: ignore[misc]
        )
        for project in budget.projects
    }
    projects = []
    for project in budget.projects:
        text, more = tongues.say(project.text), tongues.say(project.description)
        said = {
            code: f"{text[code]} ({amounts[project.id][code]})"
            + (f" – {more[code]}" if more[code] else "")
            for code in tongues.voices
        }
        projects.append(Choice(project.id, said))
    picked = Item(
        f"{name}_picked",
        "multiple",
        _with_amount(tongues, "choice.budget", budget),
        (page.id, "picked"),
        choices=tuple(projects),
        required=False,
        shuffle=budget.shuffle,
        spending=Spending(budget.amount, {p.id: p.cost for p in budget.projects}),
        refusal=_with_amount(tongues, "paper.remainder", budget),
    )
    why = Item(f"{name}_why", "text", tongues.shell("budget.why"), (page.id, "why"), required=False)
    return [picked, why] if budget.reasons else [picked]


def _with_amount(tongues: Tongues, key: str, budget: Budget) -> Words:
    return {
        code: words(code)[key].format(
            amount=voice.amount(budget.amount, budget.unit, budget.unit_plural)
        )
        for code, voice in tongues.voices.items()
    }
