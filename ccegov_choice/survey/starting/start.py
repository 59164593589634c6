"""A new survey: a whole folder, commented and valid, ready to be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study
from ccegov_choice.study.wording import wording
from ccegov_choice.survey.task import Offer, Task, Tasks

_FOLDER = "ccegov_choice.survey.starting"
_MINUTES_OF_PAGES = 4
_SECONDS_OF_A_TASK = 45
"""About what a task of six attributes takes; a rehearsal with people says it better."""


def starting_files(
    id: str,
    study: Study,
    tasks: Tasks,
    *,
    design: str,
    place: str,
    coefficients: Iterable[str] = (),
    title: str = "",
) -> dict[str, str]:
    """Return the files of a new survey by their path in its folder.

    Parameters
    ----------
    id : str
        Short name of the survey.
    study : Study
        What is asked about.
    tasks : Tasks
        The tasks of the design.
    design : str
        Path of the design's folder, as seen from the survey's.
    place : str
        What the survey is called on a command line.
    coefficients : iterable of str
        Names of the coefficients of simulated citizens.
    title : str
        What people see as its name; the study's title when not given.
    """
    language = study.language
    heading = title or wording(study.title, language)
    number = max(len(tasks.of_block(block)) for block in tasks.blocks)
    question = wording(study.question, language) or "Which one would you choose?"
    values = {
        "id": _toml(id),
        "title": heading,
        "title_toml": _toml(heading),
        "language_toml": _toml(language),
        "design": design,
        "design_toml": _toml(design),
        "place": place,
        "sha256": tasks.sha256,
        "tasks": _text("dual.toml" if study.mandatory else "choice.toml"),
        "glossary": "\n".join(_glossary(study)),
        "number": str(number),
        "minutes": str(_MINUTES_OF_PAGES + round(number * _SECONDS_OF_A_TASK / 60)),
        "questions": "\n".join(_questions(study)),
        "offers": "\n".join(_offers(study, tasks.tasks[0])),
        "context": wording(study.context, language).strip() or "[What people should imagine.]",
        "question_toml": _toml(question),
        "coefficients": "\n".join(f"{_toml(name)} = 0.0" for name in coefficients),
    }
    return {path: Template(text).substitute(values) for path, text in _templates()}


def _templates() -> Iterator[tuple[str, str]]:
    names = ("survey.toml", "people.toml", "ethics.md", "deploy.md")
    for name in names:
        yield name, _text(name)
    for page in sorted(_root().joinpath("pages").iterdir(), key=lambda entry: entry.name):
        yield f"pages/{page.name}", page.read_text(encoding="utf-8")


def _root() -> Traversable:
    return files(_FOLDER).joinpath("files")


def _text(name: str) -> str:
    return _root().joinpath(name).read_text(encoding="utf-8")


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _glossary(study: Study) -> Iterator[str]:
    for attribute in study.attributes:
        text = wording(attribute.definition, study.language) or f"[What {attribute.id} means.]"
        yield f"{attribute.id} = {_toml(text)}"


def _questions(study: Study) -> Iterator[str]:
    """Yield a question for each covariate that the study words, or one to start from."""
    asked = [covariate for covariate in study.covariates if covariate.question]
    for covariate in asked:
        yield from _question(covariate)
    if not asked:
        yield '[[question]]\nid = "age_group"\nkind = "single"\ntext = "How old are you?"'
        yield "[question.options]"
        yield 'under_35 = "18 to 34"'
        yield 'from_35_to_59 = "35 to 59"'
        yield 'over_59 = "60 or older"'
        yield ""


def _question(covariate: Covariate) -> Iterator[str]:
    yield "[[question]]"
    yield f"covariate = {_toml(covariate.id)}"
    if covariate.is_numeric:
        yield 'kind = "number"             # or options that stand for numbers:'
        yield "# option = ["
        yield '#   { id = "yes", text = "Yes", value = 1 },'
        yield '#   { id = "no", text = "No", value = 0 },'
        yield "# ]"
    else:
        yield '# option = [{ id = "not_said", text = "I would rather not say" }]'
    yield ""


def _offers(study: Study, task: Task) -> Iterator[str]:
    for offer in task.offers:
        if offer.kind not in ("opt_out", "status_quo"):
            yield "[[offer]]"
            yield f"alternative = {_toml(offer.alternative)}"
            yield f"levels = {{ {', '.join(_levels(offer))} }}"
            yield ""


def _levels(offer: Offer) -> Iterator[str]:
    for id, level in offer.levels.items():
        yield f"{id} = {_toml(level) if isinstance(level, str) else f'{level:g}'}"
