"""Choices of a walk as a table: what the real store holds, with the truth beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import DataError
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

_ANSWERS = {
    "choice": ("chosen",),
    "dual": ("chosen",),
    "best-worst": ("best", "worst"),
    "ranking": ("ranking",),
}


def responses(
    survey: Survey, people: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]]
) -> pd.DataFrame:
    """Return one row per answered task, as `ChoiceData.collect` takes it.

    Undecided tasks are left out; of a dual response the final choice counts. Covariates of the
    study are filled from the questions of the same id.

    Parameters
    ----------
    survey : Survey
        What was answered.
    people : iterable of (number, row, known)
        Citizen's number, row in the store, and what is known of their tastes.

    Raises
    ------
    DataError
        If the survey's tasks are rated: a rating is no choice.
    """
    import pandas as pd

    response = survey.task_settings.response
    if response not in _ANSWERS:
        raise DataError(
            f"tasks answered by '{response}' give no choices",
            where=f"survey '{survey.id}'",
            cure="Look at the answers themselves: Walk.rows.",
        )
    table = [
        line
        for number, row, known in sorted(people, key=lambda item: item[0])
        for line in _lines(survey, number, row, known)
    ]
    columns = ["person", "block", "task", *_ANSWERS[response]]
    return pd.DataFrame(table) if table else pd.DataFrame(columns=columns)


def _lines(
    survey: Survey, number: int, row: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    answers = {item: kept["payload"] for item, kept in row["answers"].items()}
    drawn = {id: option.id for id, option in lots_drawn(survey.lots, row["seed"]).items()}
    about = {**_covariates(survey, answers, drawn), **known}
    for task in survey.tasks.of_block(row["block"]):
        payload = answers.get(f"task:{task.id}", {})
        answer = _answer(survey, payload, answers.get(f"follow:{task.id}", {}))
        if answer:
            yield {"person": number, "block": row["block"], "task": task.id, **answer, **about}


def _answer(
    survey: Survey, payload: Mapping[str, Any], follow: Mapping[str, Any]
) -> dict[str, str]:
    response = survey.task_settings.response
    if payload.get("dont_know"):
        return {}
    if response == "ranking":
        ranking = payload.get("ranking")
        return {"ranking": " > ".join(ranking)} if ranking else {}
    if response == "best-worst":
        return {name: payload[name] for name in ("best", "worst") if name in payload}
    chosen = payload.get("chosen")
    opt_out = survey.study.opt_out
    if response == "dual" and opt_out is not None and follow.get("follow") == opt_out.id:
        chosen = opt_out.id
    return {"chosen": chosen} if chosen else {}


def _covariates(
    survey: Survey, answers: Mapping[str, Mapping[str, Any]], drawn: Mapping[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = dict(drawn)
    for covariate in survey.study.covariates:
        question = survey.questions.get(covariate.id)
        reply = next((a[covariate.id] for a in answers.values() if covariate.id in a), None)
        if question is None or reply is None:
            continue
        option = question.option(str(reply))
        if covariate.is_numeric:
            found[covariate.id] = option.value if option is not None else float(reply)
        elif str(reply) in covariate.level_ids:
            found[covariate.id] = str(reply)
    return found
