"""A survey that has every kind of page, and all its pages rendered: what tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study
from ccegov_choice.survey.answering import FieldProblem
from ccegov_choice.survey.page import Budget, Page, Project
from ccegov_choice.survey.pages.pages import Form, Frame, Pages
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import Owner, Retention, TaskSettings, Theme
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Offer, Task, Tasks

LANGUAGES = ("en", "de", "fr", "pl", "ar")
CODE = "ABCD-EFGH-JKMN"
NOTICES = [
    "declined",
    "screened_out",
    "over_quota",
    "closed",
    "paused",
    "withdrawn",
    "erased",
    "expired",
    "too_many",
    "not_found",
    "broken",
    "finished",
    "privacy",
    "accessibility",
]
RESPONSES = ("choice", "dual", "best-worst", "ranking", "rating")

YES_NO = (Option("yes", "Yes"), Option("no", "No"))
AGREE = tuple(
    Option(id, text)
    for id, text in (
        ("never", "Do not agree at all"),
        ("rather_not", "Rather do not agree"),
        ("neither", "Neither"),
        ("rather", "Rather agree"),
        ("fully", "Fully agree"),
    )
)
QUESTIONS = (
    Question(
        "age",
        "single",
        "How old are you?",
        options=(
            Option("young", "18 to 39"),
            Option("middle", "40 to 64", hint="On the day you answer"),
            Option("old", "65 or more"),
            Option("other", "Something else", write_in=True),
            Option("silent", "I would rather not say", exclusive=True),
        ),
    ),
    Question(
        "ways",
        "multiple",
        "How did you reach the office last year?",
        options=(
            Option("web", "On the website"),
            Option("phone", "By phone"),
            Option("else", "In another way", write_in=True),
            Option("none", "Not at all", exclusive=True),
        ),
        required=False,
    ),
    Question(
        "trust",
        "matrix",
        "How far do you agree?",
        hint="Choose one answer in each line.",
        options=AGREE,
        rows=(
            Option("fair", "The office treats everybody alike."),
            Option("quick", "The office answers in reasonable time."),
            Option("kind", "Staff are kind, and listen to what people say.", hint="On the whole"),
        ),
    ),
    Question("wait", "number", "How long did you wait?", low=0, high=300, unit="minutes"),
    Question("post", "text", "What is the first part of your postcode?", max_length=10),
    Question("story", "text", "What should the office do better?", required=False, max_length=1000),
    Question(
        "sure",
        "scale",
        "How sure are you?",
        low=0,
        high=10,
        low_text="not sure at all",
        high_text="completely sure",
    ),
    Question("born", "date", "When did you apply?"),
)
STUDY = Study(
    id="gallery",
    title="A gallery",
    question="Which way would you choose for your claim?",
    context="Imagine that you can **claim** a benefit.\n\nThe amount is always the same.",
    attributes=(
        Attribute.numeric(
            "wait",
            "Time until the decision",
            [2, 10, 20],
            unit="working day",
            unit_plural="working days",
            definition="Working days until the decision.",
        ),
        Attribute.categorical(
            "channel",
            "How you send it in",
            [
                {"id": "web", "label": "Website", "image": "web.svg", "image_alt": "A screen"},
                {"id": "desk", "label": "Counter", "image": "desk.svg", "image_alt": "A desk"},
            ],
            definition="How you hand in the claim.",
        ),
        Attribute.ordered(
            "treatment",
            "How staff treat you",
            [
                {"id": "brusque", "label": "Brusque", "description": "Staff are short with you."},
                {"id": "polite", "label": "Polite", "description": "Staff are polite and listen."},
            ],
        ),
    ),
    alternatives=(),
    opt_out=Alternative("no_claim", "I would not claim", "Neither way suits me."),
    covariates=(Covariate("wait_now", "Wait now", "numeric"),),
)
TODAY = Alternative(
    "today",
    "As it is today",
    "Nothing changes for you.",
    kind="status_quo",
    levels={"wait": FromCovariate("wait"), "channel": "desk", "treatment": "brusque"},
)


def _task(number: int, *, status_quo: bool) -> Task:
    waits = ((2.0, 10.0), (20.0, 2.0), (10.0, 20.0))[number % 3]
    offers = [
        Offer(name, "unlabelled", {"wait": wait, "channel": channel, "treatment": "polite"})
        for name, wait, channel in zip("AB", waits, ("web", "desk"), strict=True)
    ]
    if status_quo:
        levels: dict[str, str | float] = {"channel": "desk", "treatment": "brusque"}
        offers.append(Offer("today", "status_quo", levels, {"wait": "wait"}))
    else:
        offers.append(Offer("no_claim", "opt_out", {}))
    return Task(str(number), "1", tuple(offers))


BUDGET = Budget(
    amount=100,
    unit="million",
    projects=(
        Project("library", "A new library", 40, "Open every day until ten in the evening."),
        Project("trees", "A thousand trees", 15.5, "Shade in every street."),
        Project("buses", "Buses at night", 60, "One an hour on every line."),
    ),
)


def make_survey(
    response: str = "choice", *, status_quo: bool = False, languages: tuple[str, ...] = LANGUAGES
) -> Survey:
    """Return a survey with every kind of page and one way of asking tasks."""
    study = replace(STUDY, opt_out=TODAY) if status_quo else STUDY
    tasks = tuple(_task(number, status_quo=status_quo) for number in range(1, 4))
    follow = (
        Option("real", "Yes, I would do that"),
        Option("no_claim", "No, I would not claim at all", hint="You go without the benefit."),
    )
    pages = (
        Page("welcome", "welcome", "Your view counts", "# A heading\n\nText with a [link](https://example.org).\n\n- one\n- two"),
        Page(
            "consent",
            "consent",
            "Do you want to take part?",
            "Taking part is voluntary.",
            statements=(Option("adult", "I am 18 or older."), Option("voluntary", "I take part of my own free will.", hint="You can stop at any time.")),
        ),
        Page("about", "questions", "About you", questions=QUESTIONS),
        Page("alone", "questions", "", questions=(QUESTIONS[0],)),
        Page("explain", "text", "How it works", "Some *text*.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        Page("trial", "warm-up", "A try", "Try it out.", example=replace(tasks[0], id="example")),
        Page("choices", "tasks", "Choices", "Choose as you really would."),
        Page("money", "budget", "What should be done?", "You decide.", budget=BUDGET),
        Page("contact", "contact", "Stay in touch", "If you like."),
        Page("end", "end", "Thank you", "What happens next is on our website."),
    )  # fmt: skip
    return Survey(
        id="gallery",
        title="Claims in our town",
        study=study,
        tasks=Tasks(tasks, "0" * 64),
        pages=pages,
        owner=Owner("Office of the Town", "survey@town.example", "1 High Street", "01632 960 001", "dpo@town.example"),
        languages=languages,
        task_settings=TaskSettings(
            response=response,  # type: ignore[arg-type]
            follow_up="Would you really do that?",
            follow_options=follow,
            protest=(Option("privacy", "I do not want my data to be shared"), Option("unfair", "I find the question unfair")),
        ),
        retention=Retention(closes="2027-06-30", lawful_basis="Article 6(1)(e) GDPR", purpose="To improve claims."),
        theme=Theme(logo="logo.svg", logo_alt="Coat of arms of the town"),
        consequence="The council decides in May, with these answers before it.",
    )  # fmt: skip


ANSWERS: dict[str, dict[str, Any]] = {
    "about": {"age": "other", "age.other": "almost 40", "ways": ["web", "else"], "ways.other": "fax", "trust": {"fair": "never", "quick": "rather"}, "wait": 12, "story": "Answer the phone.", "sure": 7, "born": "2026-03-27"},
    "task:1": {"chosen": "A"},
    "task:2": {"dont_know": True, "reason": "privacy"},
    "follow:1": {"follow": "real"},
    "money": {"picked": ["library", "trees"], "spent": 55.5, "why": "Shade."},
    "contact": {"left": True},
}  # fmt: skip


def problems(*pairs: tuple[str, str], **values: str) -> tuple[FieldProblem, ...]:
    """Return problems of fields from (field, key) pairs."""
    return tuple(FieldProblem(field, key, values) for field, key in pairs)


@dataclass(frozen=True)
class Shown:
    """One rendered page of the gallery."""

    name: str
    html: str


def gallery(language: str = "en", view: str = "cards", mode: str = "web") -> Iterator[Shown]:
    """Yield every kind of page in one language, also with everything filled in and wrong."""
    survey = make_survey()
    pages = Pages(survey)
    way = Way(survey, "1", "seed", {"about": ANSWERS["about"]})

    def frame(here: str = "/", **more: Any) -> Frame:
        return Frame(
            language, view, mode, here=here, back="/back", code=CODE, progress=(1, 9), **more  # type: ignore[arg-type]
        )  # fmt: skip

    yield Shown("welcome", pages.welcome(frame(), Form("/consent", "n")))
    yield Shown("consent", pages.consent(frame("/consent"), Form("/consent", "n")))
    wrong = problems(("statement.adult", "error.required_statement"))
    yield Shown("consent-wrong", pages.consent(frame(), Form("/consent", "n", problems=wrong)))
    for step in way.steps:
        here = f"/page/{step.id}"
        if step.id not in ("task-2", "task-3"):
            finished = step.page.kind == "end"
            shown = pages.step(step, way, frame(here, finished=finished), Form(here, "n"))
            yield Shown(step.id, shown)
    about, task, money, contact = map(way.step, ("about", "task-1", "money", "contact"))
    wrong = problems(
        ("q.age", "error.required"),
        ("q.ways", "error.exclusive"),
        ("q.trust.fair", "error.required_row"),
        ("q.wait", "error.number"),
        ("q.post", "error.required"),
        ("q.story", "error.too_long"),
        ("q.sure", "error.required"),
        ("q.born.month", "error.date_month"),
        limit="1000",
        length="1012",
    )
    filled = {"q.age": ["other"], "q.age.other": ["<b>40"], "q.ways": ["web", "none"], "q.sure": ["7"], "q.born.day": ["27"], "q.story": ["</textarea><script>alert(1)</script>"]}  # fmt: skip
    yield Shown("about-wrong", pages.step(about, way, frame("/page/about"), Form("/x", "n", 2, filled, wrong)))  # fmt: skip
    wrong = problems(("chosen", "error.required_choice"))
    yield Shown("task-wrong", pages.step(task, way, frame("/page/task-1"), Form("/x", "n", 0, {}, wrong)))  # fmt: skip
    undecided = {"chosen": ["dont_know"], "reason": ["privacy"]}
    yield Shown("task-filled", pages.step(task, way, frame("/page/task-1", preview=True), Form("/x", "n", 1, undecided)))  # fmt: skip
    wrong = problems(("buy.library", "error.over_budget"), spent="115.5", amount="100", over="15.5")
    bought = {"buy.library": ["yes"], "buy.trees": ["yes"], "buy.buses": ["yes"]}
    yield Shown("money-over", pages.step(money, way, frame("/page/money"), Form("/x", "n", 0, bought, wrong)))  # fmt: skip
    wrong = problems(("contact.email", "error.email"))
    yield Shown("contact-wrong", pages.step(contact, way, frame("/page/contact"), Form("/x", "n", 0, {"contact.email": ["me"]}, wrong)))  # fmt: skip
    posted = Form("/page/task-1", "n", 3, {"chosen": ["B"], "nonce": ["old"]})
    yield Shown("conflict", pages.conflict(task, way, frame(), posted, {"chosen": "A"}, {"chosen": "B"}))  # fmt: skip
    yield Shown("resume", pages.resume(frame("/resume"), Form("/resume", "n", problems=problems(("code", "error.code_unknown")))))  # fmt: skip
    own = {"block": "1", "seed": "seed", "answers": ANSWERS}
    yield Shown(
        "mine", pages.mine(frame("/mine"), Form("/mine", "n", values={"code": [CODE]}), own)
    )
    for kind in NOTICES:
        yield Shown(f"notice-{kind}", pages.notice(kind, frame()))
    for response in RESPONSES[1:]:
        yield from _other_tasks(response, frame)
    yield from _other_tasks("choice", frame, status_quo=True)


def _other_tasks(response: str, frame: Any, *, status_quo: bool = False) -> Iterator[Shown]:
    survey = make_survey(response, status_quo=status_quo)
    pages = Pages(survey)
    answers = {"about": ANSWERS["about"], **{f"task:{id}": {"chosen": "A"} for id in "123"}}
    way = Way(survey, "1", "seed", answers)
    name = "status-quo" if status_quo else response
    for id in ("task-1", "task-1-follow"):
        step = way.step(id)
        if step is not None:
            here = f"/page/{id}"
            yield Shown(f"{name}-{id}", pages.step(step, way, frame(here), Form(here, "n")))
