"""Each mistake is found, alone, with a cure; the shipped surveys have none."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccegov_choice.errors import SurveyError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.level import Level
from ccegov_choice.survey.checking.looks import contrast
from ccegov_choice.survey.lot import Lot
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import Panel, Quota
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[4]
SHIPPED = ("benefit-claim", "obligations", "channels")
SURVEYS = {name: Survey.read(ROOT / "surveys" / name) for name in SHIPPED}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_surveys_have_no_problem_and_need_no_advice(name):
    assert [str(problem) for problem in SURVEYS[name].check()] == []
    assert [str(advice) for advice in SURVEYS[name].advice()] == []


def page_with(survey, named, /, **changes):
    """Return the survey with one page changed."""
    pages = tuple(replace(p, **changes) if p.id == named else p for p in survey.pages)
    return replace(survey, pages=pages)


def question_with(survey, named, /, **changes):
    """Return the survey with one question changed."""

    def changed(page):
        questions = (replace(q, **changes) if q.id == named else q for q in page.questions)
        return replace(page, questions=tuple(questions))

    return replace(survey, pages=tuple(changed(page) for page in survey.pages))


def tasks_with(survey, **changes):
    return replace(survey, task_settings=replace(survey.task_settings, **changes))


def reordered(survey, *ids):
    return replace(survey, pages=tuple(survey.page(id) for id in ids))


def study_with(survey, **changes):
    return replace(survey, study=replace(survey.study, **changes))


def offers_with(survey, **levels):
    """Return the survey with levels of the first option of its first task changed."""
    first, *rest = survey.tasks.tasks
    offer = replace(first.offers[0], levels={**first.offers[0].levels, **levels})
    task = replace(first, offers=(offer, *first.offers[1:]))
    return replace(survey, tasks=replace(survey.tasks, tasks=(task, *rest)))


def ids(survey, without=""):
    return [page.id for page in survey.pages if page.id != without]


B, D, C = SURVEYS["benefit-claim"], SURVEYS["obligations"], SURVEYS["channels"]

BROKEN = {
    "no consequence": (replace(D, consequence=""), "not told what their answers will change"),
    "no basis": (
        replace(D, retention=replace(D.retention, lawful_basis=" ")),
        "the retention has no lawful_basis",
    ),
    "no purpose": (
        replace(D, retention=replace(D.retention, purpose="")),
        "the retention has no purpose",
    ),
    "kept no day": (
        replace(D, retention=replace(D.retention, contacts_days=0)),
        "contacts_days is not a number of days",
    ),
    "survey id": (replace(D, id="Duty of 2026"), "cannot be the id of a survey"),
    "no day": (
        replace(D, retention=replace(D.retention, closes="30.6.2027")),
        "'30.6.2027' is not a day",
    ),
    "no contact": (replace(D, owner=replace(D.owner, contact="")), "the owner has no contact"),
    "no address": (
        replace(D, owner=replace(D.owner, data_protection="the office")),
        "'the office' is not an e-mail address",
    ),
    "short lease": (
        replace(D, fieldwork=replace(D.fieldwork, lease_minutes=1)),
        "kept for 1 minutes",
    ),
    "open panel": (
        replace(D, fieldwork=replace(D.fieldwork, panel=Panel(completed="http://p.example"))),
        "is not protected",
    ),
    "panel name": (
        replace(
            D, fieldwork=replace(D.fieldwork, panel=Panel(("id",), "https://p.example?x={pid}"))
        ),
        "holds {pid}, which is not kept",
    ),
    "unknown glossary": (
        replace(D, glossary={**D.glossary, "wait": "x"}),
        "explains 'wait', which is no attribute",
    ),
    "no glossary": (
        replace(
            study_with(D, attributes=tuple(replace(a, definition="") for a in D.study.attributes)),
            glossary={k: v for k, v in D.glossary.items() if k != "ro_late"},
        ),
        "nothing explains what 'ro_late' means",
    ),
    "no consent": (reordered(D, *ids(D, "consent")), "no page of kind 'consent'"),
    "no end": (reordered(D, *ids(D, "end")), "no page of kind 'end'"),
    "late welcome": (
        reordered(D, "consent", "welcome", *ids(D)[2:]),
        "'welcome' is not the first one",
    ),
    "two ends": (
        replace(D, pages=(*D.pages, replace(D.page("end"), id="bye"))),
        "2 pages of kind 'end'",
    ),
    "no choices": (reordered(D, *ids(D, "tasks")), "no page with choices"),
    "no statement": (page_with(D, "consent", statements=()), "page 'consent' has no statement"),
    "silent page": (page_with(D, "instructions", body=""), "page 'instructions' says nothing"),
    "no title": (page_with(D, "comments", title=""), "page 'comments' has no title"),
    "page id": (page_with(D, "comments", id="Über uns"), "cannot be the id of a page"),
    "address taken": (page_with(D, "comments", id="task-3"), "cannot be called 'task-3'"),
    "unasked": (
        page_with(D, "contact", questions=D.page("about-you").questions[:1]),
        "has questions, which nobody is asked",
    ),
    "rich": (
        page_with(C, "budget", budget=replace(C.page("budget").budget, amount=1000)),
        "pays for all projects at once",
    ),
    "poor": (
        page_with(C, "budget", budget=replace(C.page("budget").budget, amount=20)),
        "costs 45 of 20",
    ),
    "doubled question": (
        page_with(D, "comments", questions=D.page("comments").questions * 2),
        "question 'what_would_help' stands twice",
    ),
    "one option": (
        question_with(D, "frank", options=(Option("yes", "Yes"),)),
        "needs two options at least",
    ),
    "options of a number": (
        question_with(C, "days_last", options=(Option("a", "A"), Option("b", "B"))),
        "has options, which are not shown",
    ),
    "rows": (question_with(D, "frank", rows=(Option("a", "A"),)), "'frank' has rows"),
    "endless": (question_with(D, "certainty", high=None), "has no usable ends"),
    "mute ends": (question_with(D, "certainty", low_text=""), "does not say what its ends mean"),
    "swapped": (question_with(C, "wait_last", low=9, high=3), "low = 9 and high = 3"),
    "doubled option": (
        question_with(D, "frank", options=(Option("a", "A"), Option("a", "B"))),
        "option 'a' stands twice",
    ),
    "option id": (
        question_with(D, "frank", options=(Option("a.b", "A"), Option("c", "B"))),
        "'a.b' cannot be the id of a option",
    ),
    "exclusive": (
        question_with(D, "frank", options=(Option("a", "A", exclusive=True), Option("c", "B"))),
        "is exclusive without need",
    ),
    "taken": (question_with(D, "frank", id="block"), "cannot be called 'block'"),
    "levels": (
        question_with(D, "poor_health", options=(Option("no", "No"), Option("yeah", "Yes"))),
        "unknown option of question 'poor_health' 'yes'",
    ),
    "no numbers": (
        question_with(B, "low_income", options=(Option("yes", "Yes"), Option("no", "No"))),
        "its options stand for no numbers",
    ),
    "late screen-out": (
        question_with(D, "frank", options=(Option("a", "A", screen_out=True), Option("b", "B"))),
        "sends people away after the tasks",
    ),
    "condition on nothing": (
        question_with(D, "frank", when={"ages": ("a",)}),
        "unknown question 'ages'",
    ),
    "condition on no option": (
        question_with(D, "frank", when={"age_group": ("over_60",)}),
        "unknown option of 'age_group' 'over_60'",
    ),
    "condition on the same page": (
        question_with(D, "frank", when={"certainty": ("1",)}),
        "'frank' depends on 'certainty', which stands on the same page",
    ),
    "condition on a later page": (
        question_with(D, "age_group", when={"certainty": ("1",)}),
        "not asked on an earlier page",
    ),
    "condition on words": (
        question_with(D, "frank", when={"last_report": ("a",)}),
        "which is of kind 'date'",
    ),
    "condition on a lot": (
        question_with(D, "frank", when={"allowance_would": ("raise",)}),
        "unknown option of lot 'allowance_would' 'raise'",
    ),
    "no lots": (replace(D, lots=(Lot("x", (Option("a", "A"),)),)), "has nothing to draw from"),
    "lot and question": (
        replace(D, lots=(Lot("frank", D.lots[0].options),)),
        "'frank' is drawn by lot and asked",
    ),
    "quota of nothing": (replace(D, quotas=(Quota("ages", {}),)), "unknown question 'ages'"),
    "quota of no option": (
        replace(D, quotas=(Quota("age_group", {"over_60": 5}),)),
        "unknown option of 'age_group' 'over_60'",
    ),
    "late quota": (replace(D, quotas=(Quota("frank", {}),)), "which is asked after the tasks"),
    "quota of a date": (replace(D, quotas=(Quota("last_report", {}),)), "which is of kind 'date'"),
    "two quotas": (
        replace(D, quotas=(Quota("age_group", {}), Quota("age_group", {}))),
        "two quotas of 'age_group'",
    ),
    "floor": (offers_with(D, va_hearing="no"), "is under the floor and may never be shown"),
    "forbidden": (
        offers_with(B, ac_human="none", ac_channel="phone"),
        "levels that the study forbids together",
    ),
    "no such level": (offers_with(B, ac_channel="fax"), "unknown level of 'ac_channel' 'fax'"),
    "mute second question": (tasks_with(D, follow_up=""), "second question of the dual response"),
    "no second answers": (
        tasks_with(D, follow_options=()),
        "has no answers to its second question",
    ),
    "unasked second question": (
        tasks_with(D, response="choice"),
        "a second question that is never asked",
    ),
    "lost opt-out": (
        tasks_with(
            B,
            response="dual",
            follow_up=dict.fromkeys(B.languages, "Really?"),
            follow_options=(
                Option("yes", dict.fromkeys(B.languages, "x")),
                Option("no", dict.fromkeys(B.languages, "y")),
            ),
        ),
        "does not offer the opt-out 'no_claim'",
    ),
    "opt-out of a duty": (
        study_with(D, opt_out=Alternative("none", "None of these")),
        "mandatory",
    ),
    "two options": (
        replace(
            tasks_with(C, response="ranking"),
            tasks=replace(
                C.tasks,
                tasks=tuple(replace(t, offers=t.offers[:2]) for t in C.tasks.tasks),
            ),
        ),
        "'ranking' needs 3 options in each task",
    ),
    "points": (tasks_with(B, response="rating", points=1), "a rating has 1 points"),
    "first": (tasks_with(B, first_attributes=("wait",)), "unknown attribute 'wait'"),
    "first and last": (
        tasks_with(B, first_attributes=("ac_human",), last_attributes=("ac_human",)),
        "cannot stand both first and last",
    ),
    "available to nobody": (
        tasks_with(C, available={"fax": {"internet": ("yes",)}}),
        "unknown alternative 'fax'",
    ),
    "available by nothing": (
        tasks_with(C, available={"website": {"internet": ("maybe",)}}),
        "unknown option of 'internet' 'maybe'",
    ),
    "personal level": (
        reordered(C, *ids(C, "last-renewal")),
        "takes a level from 'days_last', which is not asked before it",
    ),
    "poor example": (
        page_with(C, "warm-up", example=replace(C.page("warm-up").example, offers=())),
        "fewer than two options",
    ),
    "language name": (replace(D, languages=("english",)), "'english' is not a language code"),
    "no shell": (replace(D, languages=("en", "tlh")), "not worded in 'tlh'"),
    "missing wording": (
        replace(
            D,
            languages=("en", "de", "fr"),
            title={"en": "A", "de": "B", "fr": ""},
            consequence={"en": "A", "fr": "B"},
        ),
        "title has no wording in 'fr'",
    ),
    "wordings missing in two languages": (
        page_with(
            replace(D, languages=("en", "de", "fr"), title={"en": "A", "de": "B", "fr": "C"}),
            "end",
            body={"en": "A"},
        ),
        "page.end.body has no wording in 'de', 'fr'",
    ),
    "no translation": (
        replace(D, languages=("en", "de")),
        "the survey has no translation at all in 'de'",
    ),
    "stray wording": (
        replace(D, title={"en": "A", "cy": "B"}),
        "worded in 'cy', which is not a language of the survey",
    ),
    "long label": (
        study_with(
            D, alternatives=tuple(replace(a, label="x" * 130) for a in D.study.alternatives)
        ),
        "has 130 characters",
    ),
    "money": (
        replace(D, glossary={**D.glossary, "ro_late": "A charge of 20 euros."}),
        'speaks of money ("euros")',
    ),
    "pale": (replace(D, theme=replace(D.theme, brand="#8899aa")), "a contrast of 2.9 to 1"),
    "no colour": (replace(D, theme=replace(D.theme, link="blue")), "'blue' is not a colour"),
    "no logo": (
        replace(D, theme=replace(D.theme, logo="logo.png", logo_alt="x")),
        "there is no such file",
    ),
    "mute logo": (
        replace(D, theme=replace(D.theme, logo="logo.png")),
        "the logo has no text for people who do not see it",
    ),
    "mute picture in a text": (
        page_with(D, "instructions", body="![](map.png)"),
        "the picture 'map.png' has no words in 'en'",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_mistake_is_found_with_a_cure(name):
    survey, words = BROKEN[name]
    found = [problem for problem in survey.check() if words in problem.problem]
    assert found, [problem.problem for problem in survey.check()]
    assert all(problem.cure and problem.where for problem in found)


def test_a_level_picture_needs_words_in_every_language():
    first, *rest = B.study.attributes
    level, *levels = first.levels
    pictured = replace(level, image="two.png", image_alt={"en": "Two days", "de": ""})
    survey = study_with(B, attributes=(replace(first, levels=(pictured, *levels)), *rest))
    found = [p.problem for p in survey.check() if "for people who do not see it" in p.problem]
    assert len(found) == 4
    assert "in 'de'" in found[0]


def test_a_language_without_any_translation_is_one_problem():
    (problem,) = replace(D, languages=("en", "de")).check()
    assert "--missing de > " in problem.cure
    assert problem.cure.count("translations/de.toml") == 1


def test_a_text_that_lacks_several_languages_is_one_problem():
    survey = replace(B, title={"en": "A", "de": "B"})
    (problem,) = survey.check()
    assert problem.problem == "title has no wording in 'fr', 'pl', 'ar'"
    assert "translations/fr.toml, translations/pl.toml" in problem.cure


def test_require_valid_lists_everything():
    broken = replace(D, consequence="", owner=replace(D.owner, contact=""))
    with pytest.raises(SurveyError, match="2 problems") as raised:
        broken.require_valid()
    assert len(raised.value.problems) == 2


ADVICE = {
    "members without a signature": (
        replace(D, fieldwork=replace(D.fieldwork, panel=Panel(("MEMBER",)))),
        "anybody can make the address of a panel's member",
    ),
    "screen only": (
        replace(D, fieldwork=replace(D.fieldwork, modes=("web",))),
        "can only be answered on a screen",
    ),
    "silent about whom to ask": (
        page_with(D, "consent", body="Write to survey@housing.example."),
        "does not give the address 'data-protection@housing.example'",
    ),
    "no contact": (reordered(D, *ids(D, "contact")), "cannot ask to hear"),
    "forced": (
        question_with(D, "poor_health", options=D.questions["poor_health"].options[:2]),
        "is sensitive and must be answered",
    ),
    "unasked covariate": (
        page_with(D, "about-you", questions=D.page("about-you").questions[:2]),
        "nobody is asked for 'poor_health'",
    ),
    "no way out": (tasks_with(D, dont_know=False), "have no way to say so"),
    "no reasons": (tasks_with(D, protest=()), "are not asked why"),
    "no practice": (reordered(D, *ids(D, "warm-up")), "no task to practise with"),
    "many tasks": (
        replace(
            D,
            tasks=replace(D.tasks, tasks=tuple(replace(task, block="1") for task in D.tasks.tasks)),
        ),
        "24 tasks each",
    ),
    "long question": (question_with(D, "frank", text="x" * 210), "has 210 characters"),
    "jargon": (page_with(D, "end", body="The portal is ready."), "says 'portal' in 'en'"),
    "customer": (page_with(D, "end", body="Dear customer."), "says 'customer' in 'en'"),
    "leading": (question_with(D, "frank", text="Is it obviously good?"), "leads with 'obviously'"),
    "two in one": (question_with(D, "frank", text="Is it good and/or fast?"), "two things at once"),
    "two marks": (question_with(D, "frank", text="Good? Fast?"), "it has 2 question marks"),
    "brackets": (page_with(D, "end", body="[Your words]"), "still holds '[Your words]'"),
    "hard to read": (
        page_with(
            D,
            "instructions",
            body="Notwithstanding the aforementioned considerations, authorities may nevertheless "
            "discretionarily necessitate supplementary documentation. " * 6,
        ),
        "years at school",
    ),
    "unequal": (
        study_with(
            D,
            attributes=tuple(
                replace(a, levels=(replace(a.levels[0], label="x" * 50), *a.levels[1:]))
                if a.id == "ro_late"
                else a
                for a in D.study.attributes
            ),
        ),
        "takes 50 characters",
    ),
    "no files": (replace(D, folder=ROOT / "surveys"), "there is no ethics.md"),
}


@pytest.mark.parametrize("name", ADVICE)
def test_advice_is_given_and_is_no_problem(name):
    survey, words = ADVICE[name]
    found = [advice for advice in survey.advice() if words in advice.problem]
    assert found, [advice.problem for advice in survey.advice()]
    assert not [problem for problem in survey.check() if words in problem.problem]


def test_customers_may_be_called_so_where_they_pay():
    survey = study_with(page_with(D, "end", body="Dear customer."), role="customer")
    assert not [a for a in survey.advice() if "customer" in a.problem]


def test_links_and_pictures_are_no_brackets_to_fill_in():
    survey = page_with(D, "end", body="See [our page](https://office.example).")
    assert survey.advice() == ()


def test_the_law_may_keep_its_words_on_the_consent_page():
    words = f"{D.page('consent').body} You are the data subject."
    assert page_with(D, "consent", body=words).advice() == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_that_of_wcag(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_levels_under_the_floor_need_no_translation():
    hidden = B.study.attribute("va_appeal").level("no_way")
    assert isinstance(hidden.label, str)
    assert B.check() == ()


def test_a_survey_shows_itself_on_one_screen():
    shown = repr(C)
    assert "Survey 'channels'" in shown
    assert "7 projects" in shown
    assert "24 in 3 blocks, 8 for each person; answered as best-worst" in shown
    assert "<caption>" in C._repr_html_()


def test_pages_and_questions_made_in_python_are_checked_too():
    extra = Page("more", "questions", "More", questions=(Question("q", "single", ""),))
    survey = replace(D, pages=(*D.pages[:-1], extra, D.pages[-1]))
    found = [problem.problem for problem in survey.check()]
    assert "question 'q' has no text" in found
    assert "question 'q' needs two options at least" in found


def test_pictures_for_some_levels_only_are_noticed():
    first, *rest = D.study.attributes
    some = replace(first, levels=(Level("a", "A", image="a.png", image_alt="A"), *first.levels))
    survey = study_with(D, attributes=(some, *rest))
    assert any("has pictures for some levels" in advice.problem for advice in survey.advice())
