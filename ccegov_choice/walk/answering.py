"""How a simulated citizen fills in a form: only what stands on the page can be answered."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.behaviour import Temper
from ccegov_choice.walk.citizens import Citizen
from ccegov_choice.walk.html_form import HtmlForm
from ccegov_choice.walk.replies import WORDS, Reply

Filled = dict[str, str | list[str]]
_RATED_FROM, _RATED_TO = -3.0, 3.0  # utilities that get the lowest and the highest point


class Answering:
    """One citizen's answers.

    Parameters
    ----------
    survey : Survey
        What is asked.
    citizen : Citizen
        Who answers.
    temper : Temper
        Whether they can decide, and give reasons.
    """

    def __init__(self, survey: Survey, citizen: Citizen, temper: Temper) -> None:
        self._survey = survey
        self._citizen = citizen
        self._temper = temper
        self._chosen: dict[str, str] = {}
        self._passing = {
            o.alternative for t in survey.tasks.tasks for o in t.offers if _passes(o.kind)
        }

    def at_end(self, heading: str) -> bool:
        """Return whether a heading is that of the last page, in this citizen's language."""
        language = self._citizen.language or self._survey.language
        return heading == " ".join(self._survey.say(self._survey.pages[-1].title, language).split())

    def consent(self, form: HtmlForm) -> Filled:
        """Agree to everything, or decline."""
        if self._temper.declines:
            return {"agree": "no"} if "agree" in form.names else {}
        filled: Filled = {name: "yes" for name in form.names if name.startswith("statement.")}
        return {**filled, "agree": "yes"} if "agree" in form.names else filled

    def step(self, form: HtmlForm, task: str | None = None) -> Filled:
        """Fill in a page.

        Parameters
        ----------
        form : HtmlForm
            As it stands on the page.
        task : str, optional
            Number of the design's task that the page shows; None if it shows none, or an example.
        """
        filled: Filled = {}
        names = form.names
        if {"chosen", "best"} & set(names) or any(
            name.startswith(("rank.", "rating.")) for name in names
        ):
            filled |= self._task(form, task)
        if "follow" in names:
            filled["follow"] = self._follow(form.choices("follow"), task)
        for name in names:
            if name.startswith("q."):
                filled |= self._reply(form, name)
        projects = [name for name in names if name.startswith("buy.")]
        if projects:
            filled |= self._budget(projects)
        return filled

    # -- choice tasks -----------------------------------------------------------------------

    def _task(self, form: HtmlForm, task: str | None) -> Filled:
        names = form.names
        for single in ("chosen", "best"):
            if DONT_KNOW in form.choices(single) and self._temper.cannot_decide(task or ""):
                return {single: DONT_KNOW, **self._reason(form, task)}
        worth = self._worth(form, task)
        ordered = sorted(worth, key=lambda name: -worth[name])
        if set(form.choices("chosen")) - {DONT_KNOW}:
            self._chosen[task or ""] = ordered[0]
            passed = ordered[0] in self._passing
            return {"chosen": ordered[0], **(self._reason(form, task) if passed else {})}
        if "best" in names:
            spoiled = self._citizen.spoiled.get(task or "", {})
            others = [name for name in form.choices("worst") if name != ordered[0]]
            worst = max(others, key=lambda name: spoiled.get(name, 0.0))
            return {"best": ordered[0], "worst": worst}
        ranks = [name for name in names if name.startswith("rank.")]
        if ranks:
            return {f"rank.{name}": str(place) for place, name in enumerate(ordered, 1)}
        return {
            f"rating.{name}": _point(form.choices(f"rating.{name}"), worth[name])
            for name in ordered
        }

    def _worth(self, form: HtmlForm, task: str | None) -> dict[str, float]:
        """Return what each option on the page is worth; those of an example are worth the same."""
        names = [*form.choices("chosen"), *form.choices("best")]
        names += [
            name.partition(".")[2] for name in form.names if name.startswith(("rank.", "rating."))
        ]
        known = self._citizen.worth.get(task or "", {})
        return {name: known.get(name, 0.0) for name in names if name != DONT_KNOW}

    def _reason(self, form: HtmlForm, task: str | None) -> Filled:
        reasons = tuple(reason for reason in form.choices("reason") if reason)
        reason = self._temper.reason(task or "", reasons)
        return {"reason": reason} if reason else {}

    def _follow(self, options: Sequence[str], task: str | None) -> str:
        """Stand by the choice unless doing without is worth more; a duty is put off by lot."""
        worth = self._citizen.worth.get(task or "", {})
        without = next((option for option in options if option in worth), "")
        if without:
            return (
                without
                if worth[without] > worth.get(self._chosen.get(task or "", ""), 0.0)
                else options[0]
            )
        rng = random.Random(f"follow {self._citizen.number} {task}")
        return rng.choices(options, [len(options) - place for place in range(len(options))])[0]

    # -- everything else --------------------------------------------------------------------

    def _reply(self, form: HtmlForm, name: str) -> Filled:
        """Fill in one field of a question: ``q.ID``, ``q.ID.ROW``, ``q.ID.day``, ``q.ID.other``."""
        question, _, part = name.removeprefix("q.").partition(".")
        reply = self._citizen.replies.get(question)
        if reply is None:
            return {}
        if part == "other":
            wanted = self._options_with_words(question) & _ids(reply)
            return {name: WORDS} if wanted else {}
        if isinstance(reply, dict):
            return {name: reply[part]} if part in reply else {}
        if part in ("year", "month", "day"):
            year, month, day = str(reply).split("-")
            return {name: {"year": year, "month": str(int(month)), "day": str(int(day))}[part]}
        if isinstance(reply, list):
            return {name: reply}
        return {name: f"{reply:g}" if isinstance(reply, float) else reply}

    def _options_with_words(self, question: str) -> set[str]:
        return {o.id for o in self._survey.questions[question].options if o.write_in}

    def _budget(self, projects: Sequence[str]) -> Filled:
        """Buy what is worth most for its cost, as long as the money lasts."""
        pages = [page for page in self._survey.pages if page.budget is not None]
        costs = {p.id: p.cost for page in pages if page.budget for p in page.budget.projects}
        ids = [name.removeprefix("buy.") for name in projects]
        left = next(
            page.budget.amount
            for page in pages
            if page.budget and {p.id for p in page.budget.projects} >= set(ids)
        )
        rng = random.Random(f"budget {self._citizen.number}")
        worth = {id: rng.expovariate(1.0) for id in sorted(ids)}
        filled: Filled = {}
        for id in sorted(ids, key=lambda id: -worth[id] / max(costs[id], 1e-9)):
            buys = costs[id] <= left
            left -= costs[id] if buys else 0.0
            filled[f"buy.{id}"] = "yes" if buys else "no"
        return filled


def _passes(kind: str) -> bool:
    return kind in ("opt_out", "status_quo")


def _ids(reply: Reply) -> set[str]:
    return set(reply) if isinstance(reply, list) else {str(reply)}


def _point(points: Sequence[str], worth: float) -> str:
    """Put a utility on a scale of points."""
    share = (worth - _RATED_FROM) / (_RATED_TO - _RATED_FROM)
    return points[min(max(round(share * (len(points) - 1)), 0), len(points) - 1)]
