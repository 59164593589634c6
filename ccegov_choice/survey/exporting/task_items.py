"""Choice tasks as items of other tools: what is shown, and what is asked about it."""

from __future__ import annotations

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.exporting.outline import Choice, Condition, Item, ShownTask, Words
from ccegov_choice.survey.exporting.tongues import Tongues, column
from ccegov_choice.survey.pages.task_view import task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Step, Way
from ccegov_choice.survey.task import Task


def task_items(tongues: Tongues, way: Way, step: Step, name: str) -> list[Item]:
    """Return what is shown and asked on the screen of one task.

    Parameters
    ----------
    tongues : Tongues
        The languages.
    way : Way
        Whose orders are shown.
    step : Step
        A task, or a warm-up page.
    name : str
        Beginning of its columns, such as ``"task17"``.
    """
    task = step.task or step.page.example
    if task is None:
        raise ValueError(f"step '{step.id}' has no task")
    shown = {
        code: ShownTask(task_view(voice, step, way, highlight=False), _personal(voice, task))
        for code, voice in tongues.voices.items()
    }
    note = Item(f"{name}show", "note", tongues.say(tongues.survey.study.question), task=shown)
    return [note, *_asked(tongues, task, step, name, _choices(shown))]


def _personal(voice: Voice, task: Task) -> dict[tuple[str, str], tuple[str, str]]:
    found = {}
    for offer in task.offers:
        for id, question in offer.personal.items():
            attribute = voice.survey.study.attribute(id)
            unit = wording(attribute.unit_plural, voice.language) or voice.say(attribute.unit)
            found[offer.alternative, id] = column(question), unit
    return found


def _choices(shown: dict[str, ShownTask]) -> tuple[Choice, ...]:
    """Return the options as choices, in the order shown."""
    first = next(iter(shown.values())).view
    return tuple(
        Choice(card.name, {code: _title(task, card.name) for code, task in shown.items()})
        for card in first.everything
    )


def _title(task: ShownTask, name: str) -> str:
    card = task.view.card(name)
    return card.title if card else name


def _asked(
    tongues: Tongues, task: Task, step: Step, name: str, choices: tuple[Choice, ...]
) -> list[Item]:
    settings = tongues.survey.task_settings
    undecided = (
        (Choice(DONT_KNOW, tongues.shell("task.dont_know"), exclusive=True),)
        if settings.dont_know
        else ()
    )
    item = step.item
    if settings.response == "best-worst":
        best, worst = tongues.shell("task.best"), tongues.shell("task.worst")
        return [
            Item(f"{name}best", "single", best, (item, "best"), choices=(*choices, *undecided)),
            Item(
                f"{name}worst",
                "single",
                worst,
                (item, "worst"),
                choices=choices,
                when=(Condition(f"{name}best", tuple(choice.value for choice in choices)),),
                differs_from=f"{name}best",
                refusal=tongues.shell("error.best_is_worst"),
            ),
        ]
    if settings.response == "ranking":
        asked = tongues.word("choice.ranking")
        return [Item(f"{name}rank", "ranking", asked, (item, "ranking"), choices=choices)]
    if settings.response == "rating":
        points = tuple(
            Choice(str(point), tongues.made(lambda voice, p=point: voice.number(p)))  # type: ignore[misc]
            for point in range(1, settings.points + 1)
        )
        asked = tongues.word("choice.rating", points=settings.points)
        return [
            Item(f"{name}rate", "matrix", asked, (item, "ratings"), choices=points, rows=choices)
        ]
    asked = tongues.say(tongues.survey.study.question)
    chosen = Item(name, "single", asked, (item, "chosen"), choices=(*choices, *undecided))
    return [chosen, *_reasons(tongues, task, chosen), *_follow(tongues, step, chosen, choices)]


def _reasons(tongues: Tongues, task: Task, chosen: Item) -> list[Item]:
    settings = tongues.survey.task_settings
    values = {choice.value for choice in chosen.choices}
    stays_out = tuple(
        value
        for value in values
        if value == DONT_KNOW
        or ((offer := task.offer(value)) and offer.kind in ("opt_out", "status_quo"))
    )
    if not settings.protest or not stays_out:
        return []
    return [
        Item(
            f"{chosen.column}reason",
            "single",
            tongues.shell("task.reasons"),
            (chosen.kept[0], "reason"),
            choices=tuple(tongues.choice(option) for option in settings.protest),
            required=False,
            when=(Condition(chosen.column, tuple(sorted(stays_out))),),
        )
    ]


def _follow(tongues: Tongues, step: Step, chosen: Item, choices: tuple[Choice, ...]) -> list[Item]:
    settings = tongues.survey.task_settings
    if settings.response != "dual" or step.kind != "task" or step.task is None:
        return []
    return [
        Item(
            f"{chosen.column}follow",
            "single",
            _or_question(tongues, tongues.say(settings.follow_up)),
            (f"follow:{step.task.id}", "follow"),
            choices=tuple(tongues.choice(option) for option in settings.follow_options),
            when=(Condition(chosen.column, tuple(choice.value for choice in choices)),),
        )
    ]


def _or_question(tongues: Tongues, words: Words) -> Words:
    question = tongues.say(tongues.survey.study.question)
    return {code: text or question[code] for code, text in words.items()}
