"""A question as it is shown: its fields, what they hold, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice.survey.orders import options_shown, rows_shown
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.question import Option, Question


@dataclass(frozen=True)
class Choice:
    """One thing to tick."""

    id: str
    text: str
    hint: str = ""
    exclusive: bool = False
    write_in: bool = False


@dataclass(frozen=True)
class QuestionView:
    """A question as it is shown.

    Attributes
    ----------
    name : str
        Name of its field, and the start of every id on the page.
    kind : str
        Which fields it has.
    text, hint, unit, low_text, high_text : str
        Its wordings.
    required : bool
        Whether "(optional)" stands behind it.
    options, rows : tuple of Choice
        What to tick, in the person's order.
    whole : bool
        Whether a number is whole, for the keyboard of a phone.
    max_length : int
        Longest text.
    """

    name: str
    kind: str
    text: str
    hint: str
    unit: str
    low_text: str
    high_text: str
    required: bool
    options: tuple[Choice, ...]
    rows: tuple[Choice, ...]
    whole: bool
    max_length: int


def question_view(voice: Voice, question: Question, seed: str) -> QuestionView:
    """Return a question as one person sees it."""
    options = tuple(_choice(voice, option) for option in options_shown(question, seed))
    if question.kind == "scale":
        options = tuple(Choice(point, voice.number(int(point))) for point in question.option_ids)
    bounds = (question.low, question.high)
    return QuestionView(
        name=f"q.{question.id}",
        kind=question.kind,
        text=voice.say(question.text),
        hint=voice.say(question.hint),
        unit=voice.say(question.unit),
        low_text=voice.say(question.low_text),
        high_text=voice.say(question.high_text),
        required=question.required,
        options=options,
        rows=tuple(_choice(voice, row) for row in rows_shown(question, seed)),
        whole=all(bound is not None and float(bound).is_integer() for bound in bounds),
        max_length=question.max_length,
    )


def _choice(voice: Voice, option: Option) -> Choice:
    text, hint = voice.say(option.text), voice.say(option.hint)
    return Choice(option.id, text, hint, option.exclusive, option.write_in)
