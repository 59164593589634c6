"""What has to be put right in a form: messages that name their question and lead to its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccegov_choice.survey.answering import FieldProblem
from ccegov_choice.survey.pages.words import ShellWords


@dataclass(frozen=True)
class Trouble:
    """One message.

    Attributes
    ----------
    field : str
        Name of the field, which is also the id of its first control.
    about : str
        The question it belongs to; said in the list of problems, where it stands alone.
    text : str
        What to do.
    """

    field: str
    about: str
    text: str


def troubles(
    words: ShellWords, problems: tuple[FieldProblem, ...], about: Mapping[str, str]
) -> tuple[Trouble, ...]:
    """Return the messages for problems of a form.

    Parameters
    ----------
    words : ShellWords
        Words of the language.
    problems : tuple of FieldProblem
        What is wrong.
    about : mapping of str to str
        Field -> question it belongs to; its longest beginning counts.
    """
    return tuple(
        Trouble(problem.field, _about(problem.field, about), _message(words, problem))
        for problem in problems
    )


def _about(field: str, about: Mapping[str, str]) -> str:
    name = field
    while name and name not in about:
        name = name.rpartition(".")[0]
    return about.get(name, "")


def _message(words: ShellWords, problem: FieldProblem) -> str:
    key = problem.key if problem.key in words else "error.option"
    return words.say(key, **problem.values)
