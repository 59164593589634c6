"""Whatever people do, in any order: no acknowledged answer lost or doubled, no place leaked.

The real application answers in process; a few people with a few browsers start, answer, go back,
post twice, post from old tabs, switch language, lose their cookie, come back by code, have
themselves erased, wait until their place is given away, and lose acknowledgements on the way.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from citizen import KEY, SURVEYS, Citizen, Clock, Field, brief_survey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.records import Person
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.person_code import code_hash
from ccegov_choice.survey.server.settings import Limits, ServerSettings
from ccegov_choice.survey.server.signing import Signer
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey

REPLIES = {
    "/page/about": st.fixed_dictionaries({"q.work": st.sampled_from(["yes", "no"])}),
    "/page/more": st.fixed_dictionaries(
        {
            "q.hours": st.integers(0, 100).map(str),
            "q.words": st.sampled_from(["", "some words", "other words"]),
        }
    ),
}
CHOICES = st.fixed_dictionaries({"chosen": st.sampled_from(["A", "B", "dont_know"])})
SIGNER = Signer(KEY)
KEPT, ASKED, FORM_REFUSED = range(3)


@cache
def survey() -> Survey:
    return brief_survey(Survey.read(SURVEYS / "benefit-claim"))


@cache
def empty_store() -> Path:
    """Return a folder with the files of a store that holds nothing."""
    folder = Path(tempfile.mkdtemp(prefix="ccegov-machine-"))
    ResponseStore.open(f"sqlite:///{folder / 'answers.sqlite'}").close()
    return folder


@dataclass
class Model:
    """What is known to be true of one person."""

    code: str = ""
    counts: dict[str, dict[str, object]] = field(default_factory=dict)
    posted: set[tuple[str, str, str]] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)
    based_on: dict[str, int] = field(default_factory=dict)

    def looks_at(self, path: str, sent: tuple[str, list[tuple[str, str]]]) -> None:
        """Note which answer a form was filled with."""
        self.based_on[dict(sent[1])["nonce"]] = self.versions.get(path, 0)

    def expects(self, path: str, nonce: str, payload: dict[str, object]) -> int:
        """Say what must become of a form."""
        known = (path, nonce, repr(payload)) in self.posted
        fresh = self.based_on[nonce] == self.versions.get(path, 0)
        own = self.nonces.get(path) == nonce
        same = self.counts.get(path) == payload
        return KEPT if known or fresh or own or same else ASKED

    done: bool = False
    erased: bool = False


@dataclass
class Tab:
    """A form that was open, filled in otherwise."""

    who: Model
    path: str
    sent: tuple[str, list[tuple[str, str]]]


class Interviews(RuleBasedStateMachine):
    """People, browsers, and what must hold of the store."""

    @initialize()
    def field_it(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ccegov-machine-"))
        shutil.copytree(empty_store(), self.folder, dirs_exist_ok=True)
        clock = Clock()
        url = f"sqlite:///{self.folder / 'answers.sqlite'}"
        self.store = ResponseStore.open(url, clock=clock)
        served = ServerSettings(KEY, limits=Limits(0, 0, 0))
        app = create_app(survey(), self.store, served, clock=clock)
        self.field = Field(survey(), self.store, clock, app)
        self.people: list[Model] = []
        self.browsers: list[tuple[Citizen, Model | None]] = []
        self.tabs: list[Tab] = []
        self.start()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    # -- who is where -----------------------------------------------------------------------

    def browser(self, data: st.DataObject) -> int:
        known = [place for place, (_, who) in enumerate(self.browsers) if who is not None]
        under_way = [p for p in known if not self.browsers[p][1].done]
        return data.draw(st.sampled_from(under_way if under_way else known), label="browser")

    def at_work(self) -> bool:
        return any(who is not None and not who.erased for _, who in self.browsers)

    def filled(
        self, data: st.DataObject, citizen: Citizen, who: Model
    ) -> tuple[str, list[tuple[str, str]]]:
        replies = data.draw(REPLIES.get(citizen.path, CHOICES), label=citizen.path)
        names = citizen.form().names
        sent = citizen.fill({name: v for name, v in replies.items() if name in names})
        who.looks_at(citizen.path, sent)
        return sent

    def post(self, place: int, who: Model, path: str, sent: tuple[str, list]) -> int:
        """Post a form in a browser, and note what must be true from now on."""
        citizen, mine = self.browsers[place]
        fields = dict(sent[1])
        was_done = who.done
        payload = payload_of(path, fields, who)
        expected = who.expects(path, fields["nonce"], payload)
        citizen.send(*sent)
        if mine is None or mine.erased:
            assert citizen.path == "/resume"
            return FORM_REFUSED
        if mine is not who:
            assert citizen.status in (200, 422), "a form of somebody else is not taken"
            self.settle(mine, citizen)
            return FORM_REFUSED
        if was_done:
            assert citizen.path == "/page/end"
            return FORM_REFUSED
        if payload is None:
            assert citizen.status == 422
            return FORM_REFUSED
        assert (citizen.status == 409) == (expected == ASKED), "who is asked, and who is not"
        if citizen.status == 409:
            who.posted.add((path, fields["nonce"], repr(payload)))
            return ASKED
        assert citizen.status == 200, citizen.html
        self.acknowledged(who, path, fields["nonce"], payload)
        self.settle(who, citizen)
        return KEPT

    def acknowledged(self, who: Model, path: str, nonce: str, payload: dict[str, object]) -> None:
        form = (path, nonce, repr(payload))
        if form not in who.posted and who.counts.get(path) != payload:
            who.counts[path] = payload
            who.nonces[path] = nonce
            who.versions[path] = who.versions.get(path, 0) + 1
        who.posted.add(form)

    def settle(self, who: Model, citizen: Citizen) -> None:
        if citizen.path == "/page/end" and not who.done:
            who.done = True
            if who.counts["/page/about"]["work"] == "no":
                who.counts["/page/more"].pop("hours", None)

    # -- what people do ---------------------------------------------------------------------

    @precondition(lambda self: len(self.people) < 2)
    @rule()
    def start_another(self) -> None:
        self.start()

    def start(self) -> None:
        citizen = self.field.citizen().agree()
        who = Model(re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", citizen.html)[0])
        self.people.append(who)
        self.browsers.append((citizen, who))

    @precondition(at_work)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        place = self.browser(data)
        citizen, who = self.browsers[place]
        citizen.get("/page/next")
        if who.erased or citizen.path in ("/page/end", "/resume"):
            return
        self.post(place, who, citizen.path, self.filled(data, citizen, who))

    @precondition(at_work)
    @rule(data=st.data())
    def answer_twice(self, data: st.DataObject) -> None:
        place = self.browser(data)
        citizen, who = self.browsers[place]
        citizen.get("/page/next")
        if who.erased or citizen.path in ("/page/end", "/resume"):
            return
        path, sent = citizen.path, self.filled(data, citizen, who)
        self.post(place, who, path, sent)
        first = citizen.path
        self.post(place, who, path, sent)
        assert citizen.path == first

    @precondition(at_work)
    @rule(data=st.data())
    def go_back_and_change(self, data: st.DataObject) -> None:
        place = self.browser(data)
        citizen, who = self.browsers[place]
        if who.erased or who.done or not who.counts:
            return
        path = data.draw(st.sampled_from(sorted(who.counts)), label="back to")
        citizen.get(path)
        if citizen.path == path:
            self.post(place, who, path, self.filled(data, citizen, who))

    @precondition(at_work)
    @rule(data=st.data())
    def open_a_tab(self, data: st.DataObject) -> None:
        self.open_tab(data, self.browser(data))

    def open_tab(self, data: st.DataObject, place: int) -> Tab | None:
        citizen, who = self.browsers[place]
        paths = ["/page/next", *sorted(who.counts)]
        citizen.get(data.draw(st.sampled_from(paths), label="opened"))
        if who.erased or citizen.path in ("/page/end", "/resume"):
            return None
        self.tabs.append(Tab(who, citizen.path, self.filled(data, citizen, who)))
        return self.tabs[-1]

    @precondition(at_work)
    @rule(data=st.data(), which=st.sampled_from(["kept", "posted", ""]))
    def answer_in_two_tabs(self, data: st.DataObject, which: str) -> None:
        place = self.browser(data)
        citizen, who = self.browsers[place]
        tab = self.open_tab(data, place)
        if tab is not None:
            citizen.get(tab.path)
            self.post(place, who, tab.path, self.filled(data, citizen, who))
            self.post_tab(place, tab, which)

    @precondition(lambda self: self.tabs and self.browsers)
    @rule(data=st.data(), which=st.sampled_from(["kept", "posted", ""]))
    def post_from_an_old_tab(self, data: st.DataObject, which: str) -> None:
        tab = data.draw(st.sampled_from(self.tabs), label="tab")
        own = [place for place, (_, who) in enumerate(self.browsers) if who is tab.who]
        any_ = list(range(len(self.browsers)))
        place = data.draw(st.sampled_from([*own, *own, *any_]), label="browser")
        self.post_tab(place, tab, which)

    def post_tab(self, place: int, tab: Tab, which: str) -> None:
        citizen, who = self.browsers[place]
        if self.post(place, tab.who, tab.path, tab.sent) != ASKED:
            return
        before = dict(who.counts)
        action, pairs = citizen.fill({"which": which or []})
        who.looks_at(tab.path, (action, pairs))
        if which == "posted":
            self.post(place, who, tab.path, (action, pairs))
            return
        citizen.send(action, pairs)
        assert (citizen.status == 409) == (which == "")
        assert who.counts == before

    @precondition(at_work)
    @rule(data=st.data(), language=st.sampled_from(["en", "ar", "de"]))
    def switch_language(self, data: st.DataObject, language: str) -> None:
        citizen, who = self.browsers[self.browser(data)]
        citizen.get(f"/page/next?lang={language}")
        if not who.erased:
            assert "/page/" in citizen.path

    @precondition(at_work)
    @rule(data=st.data())
    def lose_the_cookie(self, data: st.DataObject) -> None:
        place = self.browser(data)
        citizen, _ = self.browsers[place]
        citizen.client.cookies.clear()
        self.browsers[place] = (citizen, None)
        assert citizen.get("/page/next").path == "/resume"

    @precondition(lambda self: self.people and self.browsers)
    @rule(data=st.data())
    def come_back_by_code(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(self.people), label="who")
        place = data.draw(st.integers(0, len(self.browsers) - 1), label="browser")
        citizen, _ = self.browsers[place]
        citizen.get("/resume").answer({"code": who.code})
        if who.erased:
            assert citizen.status == 422
            return
        assert "/page/" in citizen.path
        self.browsers[place] = (citizen, who)
        self.settle(who, citizen)

    @precondition(at_work)
    @rule(data=st.data())
    def have_everything_erased(self, data: st.DataObject) -> None:
        place = self.browser(data)
        citizen, who = self.browsers[place]
        if who.erased:
            return
        citizen.get("/mine").answer({"confirm": ["yes"]}, ("do", "erase"))
        assert citizen.status == 200
        who.erased, who.counts, who.posted = True, {}, set()
        self.browsers[place] = (citizen, None)

    @rule(minutes=st.sampled_from([1, 20, 45]))
    def wait(self, minutes: int) -> None:
        self.field.clock.forward(minutes)

    @precondition(at_work)
    @rule(data=st.data(), kept=st.booleans())
    def lose_the_acknowledgement(self, data: st.DataObject, kept: bool) -> None:
        """The connection breaks before or after the answer is kept; the browser sends it again."""
        place = self.browser(data)
        citizen, who = self.browsers[place]
        citizen.get("/page/next")
        if who.erased or citizen.path in ("/page/end", "/resume"):
            return
        path, sent = citizen.path, self.filled(data, citizen, who)
        whole = type(self.store).answer

        def breaking(store: ResponseStore, *given: object, **named: object) -> None:
            if kept:
                whole(store, *given, **named)
            raise ResponseError("the database went away", cure="Wait.")

        type(self.store).answer = breaking
        try:
            citizen.send(*sent)
        finally:
            type(self.store).answer = whole
        assert citizen.status == 503
        form = citizen.form()
        self.post(place, who, path, (form.action, form.filled({})))

    # -- what must hold ---------------------------------------------------------------------

    @invariant()
    def no_answer_is_lost_or_doubled(self) -> None:
        if not hasattr(self, "store"):
            return
        for who in self.people:
            person = self.store.person_by_code(code_hash(SIGNER, who.code))
            assert (person is None) == who.erased
            if person is None:
                continue
            tasks = paths_of(person)
            assert {
                tasks[item]: kept.payload for item, kept in person.answers.items()
            } == who.counts
            assert (person.state == "completed") == who.done
            events = Counter(
                (tasks[event["item"]], repr(event["payload"]))
                for event in self.store.events("brief")
                if event["person"] == person.id
                and event["kind"] == "answer"
                and "answered_in" not in event["shown"]
            )
            forms = Counter((path, payload) for path, _, payload in who.posted)
            assert set(events) == set(forms), "an acknowledged answer is gone"
            assert events <= forms, "an answer is there twice"

    @invariant()
    def no_place_is_leaked(self) -> None:
        if not hasattr(self, "store"):
            return
        holders: dict[int, str] = {}
        for move in self.store.ledger("brief"):
            if move.place is None:
                continue
            if move.what in ("take", "reclaim"):
                holders[move.place] = move.mark
            elif move.what == "release":
                assert holders.pop(move.place) == move.mark
        assert len(set(holders.values())) == len(holders), "somebody holds two places"
        counts = self.store.counts("brief")
        alive = counts.states.get("started", 0) + counts.completed
        erased_completed = sum(who.erased and who.done for who in self.people)
        assert len(holders) <= alive + erased_completed, "a place is held by nobody"


def paths_of(person: Person) -> dict[str, str]:
    """Return item -> path of its page, for one person."""
    way = Way(survey(), person.block, person.seed, {})
    return {step.item: f"/page/{step.id}" for step in way.steps}


def payload_of(path: str, fields: dict[str, str], who: Model) -> dict[str, object] | None:
    """Return what is to be kept of a form; None if something is missing."""
    if path == "/page/about":
        return {"work": fields["q.work"]}
    if path == "/page/more":
        words = {"words": fields["q.words"] or None}
        work = who.counts.get("/page/about", {}).get("work")  # nothing once all is erased
        if work == "no":  # also if the form was made when it was yes
            return words
        return {"hours": int(fields["q.hours"]), **words} if "q.hours" in fields else None
    chosen = fields["chosen"]
    return {"dont_know": True} if chosen == "dont_know" else {"chosen": chosen}


Interviews.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestInterviews = Interviews.TestCase
