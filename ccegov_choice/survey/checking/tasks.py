"""Choice tasks: floors, forbidden combinations, and ways of answering that fit right or duty."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.place import cell_problem, duplicates
from ccegov_choice.survey.checking.identifiers import id_problems
from ccegov_choice.survey.checking.place import asked_before_tasks, place
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Offer, Task

_LEAST = {"best-worst": 3, "ranking": 3}
MANY_TASKS = 12


def task_problems(survey: Survey) -> Iterator[Problem]:
    """Yield every problem of the tasks and of how they are answered."""
    yield from _setting_problems(survey)
    yield from _dual_problems(survey)
    for task in _all_tasks(survey):
        yield from _shown_problems(survey, task)
    yield from _personal_problems(survey)
    yield from _example_problems(survey)


def task_advice(survey: Survey) -> Iterator[Problem]:
    """Yield what makes choosing harder than it need be."""
    where = place(survey, "tasks")
    counts = {block: len(survey.tasks.of_block(block)) for block in survey.tasks.blocks}
    if counts and max(counts.values()) > MANY_TASKS:
        yield Problem(
            f"people are asked {max(counts.values())} tasks each",
            f"Ask {MANY_TASKS} at most: make the design with more blocks.",
            where,
        )
    settings = survey.task_settings
    if not settings.dont_know:
        yield Problem(
            "people who cannot decide have no way to say so",
            "Write dont_know = true under [tasks]; it never counts as an opt-out.",
            place(survey, "tasks", "dont_know"),
        )
    elif not settings.protest:
        yield Problem(
            "people who cannot decide or choose neither are not asked why",
            "Write reasons as [[tasks.protest]]; answering them is optional.",
            where,
        )
    if survey.page_of_kind("tasks") and not survey.page_of_kind("warm-up"):
        yield Problem(
            "there is no task to practise with",
            'Add a page of kind "warm-up"; its answer does not count.',
            place(survey, "pages"),
        )


def _setting_problems(survey: Survey) -> Iterator[Problem]:
    settings = survey.task_settings
    for key in ("first_attributes", "last_attributes"):
        for index, id in enumerate(getattr(settings, key)):
            if id not in survey.study.attribute_ids:
                where = place(survey, "tasks", key, index)
                yield unknown_name(id, survey.study.attribute_ids, "attribute", where=where)
    for id in sorted(set(settings.first_attributes) & set(settings.last_attributes)):
        where = place(survey, "tasks", "last_attributes")
        yield Problem(f"'{id}' cannot stand both first and last", "Take it out of one.", where)
    if settings.response == "rating" and not 2 <= settings.points <= 11:
        where = place(survey, "tasks", "points")
        yield Problem(
            f"a rating has {settings.points} points", "Write points = 7 (2 to 11).", where
        )
    ids = [reason.id for reason in settings.protest]
    for position in duplicates(ids):
        where = place(survey, "tasks", "protest", position)
        yield Problem(f"reason '{ids[position]}' stands twice", "Give it another id.", where)
    for position, id in enumerate(ids):
        yield from id_problems("reason", id, place(survey, "tasks", "protest", position))
    names = {offer.alternative for task in survey.tasks.tasks for offer in task.offers}
    if DONT_KNOW in names:
        yield Problem(
            f"an alternative is called '{DONT_KNOW}', which stands for people who cannot decide",
            "Give the alternative another name in the study.",
            place(survey, "alternative", DONT_KNOW),
        )
    least = _LEAST.get(settings.response, 2)
    short = [task.id for task in survey.tasks.tasks if len(task.offers) < least]
    if short:
        yield Problem(
            f"'{settings.response}' needs {least} options in each task; "
            f"{len(short)} have fewer, the first is task {short[0]}",
            'Write response = "choice", or make a design with more options.',
            place(survey, "tasks", "response"),
        )


def _dual_problems(survey: Survey) -> Iterator[Problem]:
    settings, study = survey.task_settings, survey.study
    where = place(survey, "tasks")
    options = [option.id for option in settings.follow_options]
    if settings.response != "dual":
        if options or settings.follow_up:
            cure = 'Write response = "dual", or remove follow_up and follow_option.'
            yield Problem("there is a second question that is never asked", cure, where)
        return
    if not settings.follow_up:
        cure = 'Write follow_up = "...", such as "Would you really do so?".'
        yield Problem("the second question of the dual response has no words", cure, where)
    if len(options) < 2:
        cure = 'Write two [[tasks.follow_option]] at least; the first is "yes, as chosen".'
        yield Problem("the dual response has no answers to its second question", cure, where)
    for position, id in enumerate(options):
        yield from id_problems("answer", id, place(survey, "tasks", "follow_option", position))
    out = study.opt_out
    if out is not None and out.kind == "opt_out" and not study.mandatory and out.id not in options:
        yield Problem(
            f"the second question does not offer the opt-out '{out.id}'",
            f'Give one answer the id "{out.id}", so that the data hold it as the opt-out.',
            where,
        )


def _all_tasks(survey: Survey) -> Iterator[Task]:
    yield from survey.tasks.tasks
    for page in survey.pages:
        if page.example is not None:
            yield page.example


def _shown_problems(survey: Survey, task: Task) -> Iterator[Problem]:
    """Yield levels that may not be shown, by themselves or together."""
    example = next((page.id for page in survey.pages if page.example is task), None)
    where = place(survey, "page", example) if example else f"task {task.id} of the design"
    study = survey.study
    for offer in task.offers:
        if offer.kind in ("opt_out", "status_quo"):
            continue
        known = {id: level for id, level in offer.levels.items() if id in study.attribute_ids}
        for id in offer.levels:
            if id not in study.attribute_ids:
                yield unknown_name(id, study.attribute_ids, "attribute", where=where)
        found = [
            problem
            for id, cell in known.items()
            for problem in cell_problem(study.attribute(id), cell, where)
        ]
        yield from found
        label = {"alternative": offer.alternative} if study.labelled else {}
        if not found and not study.allows({**known, **label}):
            yield Problem(
                f"option '{offer.alternative}' shows levels that the study forbids together",
                "Change its levels, or the constraint in study.toml.",
                where,
            )


def _personal_problems(survey: Survey) -> Iterator[Problem]:
    """Yield levels that people bring along and are not asked for in time."""
    asked = asked_before_tasks(survey)
    personal: dict[str, Offer] = {}
    for task in _all_tasks(survey):
        for offer in task.offers:
            personal.update(dict.fromkeys(offer.personal.values(), offer))
    for id, offer in personal.items():
        if id not in asked:
            yield Problem(
                f"'{offer.alternative}' takes a level from '{id}', which is not asked before it",
                f'Write covariate = "{id}" in a [[question]] on a page before the tasks.',
                place(survey, "pages"),
            )


def _example_problems(survey: Survey) -> Iterator[Problem]:
    for page in survey.pages:
        if page.example is None:
            continue
        where = place(survey, "page", page.id)
        shown = [o for o in page.example.offers if o.kind not in ("opt_out", "status_quo")]
        if len(shown) < 2:
            yield Problem("the example has fewer than two options", "Add an [[offer]].", where)
        for offer in shown:
            label = offer.alternative if survey.study.labelled else None
            if label is not None and label not in survey.study.alternative_ids:
                known = survey.study.alternative_ids
                yield unknown_name(label, known, "alternative", where=where)
                continue
            needed = {attribute.id for attribute in survey.study.attributes_of(label)}
            missing = sorted(needed - set(offer.levels) - set(offer.personal))
            if missing:
                yield Problem(
                    f"option '{offer.alternative}' of the example lacks {', '.join(missing)}",
                    "Give it a level of each attribute that it has in the tasks.",
                    where,
                )
