"""Every page that people see, as HTML; nothing here decides anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ccegov_choice.study.wording import Text
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.pages.budget_view import budget_view
from ccegov_choice.survey.pages.environment import environment
from ccegov_choice.survey.pages.filling import Filling
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.notices import Block, accessibility_blocks, privacy_blocks
from ccegov_choice.survey.pages.own_words import Told, tell
from ccegov_choice.survey.pages.prose import prose
from ccegov_choice.survey.pages.question_view import Choice, question_view
from ccegov_choice.survey.pages.style import marked, static_address, theme_css
from ccegov_choice.survey.pages.task_view import task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.pages.words import ShellWords, shell_words
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Payload, Step, Way
from ccegov_choice.survey.survey import Survey

__all__ = ["Form", "Frame", "Pages", "ShellWords", "shell_words"]

_TOKENS = ("nonce", "revision", "seen_ms", "first_ms", "opened", "changes", "which")
_EMPTY = Form(action="", nonce="")


class Pages:
    """Renders every page of a survey.

    Parameters
    ----------
    survey : Survey
        The survey; wordings that a preview still lacks are shown in the main language.
    """

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._voices = {code: Voice(survey, code) for code in survey.languages}
        self._templates = environment()
        self._theme = theme_css(survey.theme)
        self._languages = [(code, shell_words(code)["language.name"]) for code in survey.languages]

    # -- before and after the way ---------------------------------------------------------------

    def welcome(self, frame: Frame, form: Form) -> str:
        """Return the first page: nothing is stored, and a link leads to `form.action`."""
        voice = self._voice(frame)
        page = self.survey.page_of_kind("welcome")
        heading = voice.say(page.title if page else self.survey.title)
        values = {
            "heading": heading,
            "body": self._prose(voice, frame, page.body if page else ""),
            "consequence": voice.say(self.survey.consequence),
        }
        return self._page("welcome", frame, self._filling(voice, form), heading, values)

    def consent(self, frame: Frame, form: Form) -> str:
        """Return the page on which people agree, statement by statement, or decline."""
        voice = self._voice(frame)
        page = self.survey.page_of_kind("consent")
        heading = voice.say(page.title if page else self.survey.title)
        statements = tuple(
            Choice(one.id, voice.say(one.text), voice.say(one.hint))
            for one in (page.statements if page else ())
        )
        about = {f"statement.{one.id}": one.text for one in statements}
        values = {
            "heading": heading,
            "body": self._prose(voice, frame, page.body if page else ""),
            "statements": statements,
        }
        return self._page("consent", frame, self._filling(voice, form, about), heading, values)

    def resume(self, frame: Frame, form: Form) -> str:
        """Return the page that asks for the person's code (field ``code``)."""
        voice = self._voice(frame)
        heading = voice.words["code.title"]
        mine = frame.here.rstrip("/").endswith("/mine")
        values = {
            "heading": heading,
            "button": voice.words["code.show" if mine else "code.continue"],
            "lost": voice.words["code.lost"],
        }
        about = {"code": heading}
        return self._page("resume", frame, self._filling(voice, form, about), heading, values)

    def mine(self, frame: Frame, form: Form, own: Mapping[str, Any] | None) -> str:
        """Return one's own answers in words, to download or erase; the question for the code
        when `own` is None.
        """
        if own is None:
            return self.resume(frame, form)
        voice = self._voice(frame)
        heading = voice.words["mine.title"]
        values = {"heading": heading, "sections": self._own_sections(voice, own)}
        return self._page("mine", frame, self._filling(voice, form), heading, values)

    def notice(self, kind: str, frame: Frame, **facts: object) -> str:
        """Return a page that only tells something.

        Parameters
        ----------
        kind : str
            ``privacy`` and ``accessibility``, or a notice of the shell's words: ``declined``,
            ``screened_out``, ``over_quota``, ``closed``, ``paused``, ``withdrawn``, ``erased``,
            ``expired``, ``too_many``, ``not_found``, ``broken``, ``finished``.
        frame : Frame
            What surrounds it.
        **facts
            Filled into the words.
        """
        voice = self._voice(frame)
        t = voice.words
        blocks: tuple[Block, ...]
        if kind == "privacy":
            heading, blocks = t["privacy.title"], privacy_blocks(voice)
        elif kind == "accessibility":
            heading, blocks = t["accessibility.title"], accessibility_blocks(voice)
        else:
            known = kind if f"notice.{kind}.title" in t else "broken"
            heading = t[f"notice.{known}.title"]
            blocks = (Block(paragraphs=(t.say(f"notice.{known}.text", **facts),)),)
        links = [(f"{frame.base}/", t["button.home"])] if kind in _LEADS_HOME else []
        if kind == "expired":
            links.insert(0, (f"{frame.base}/resume", t["later.link"]))
        values = {"heading": heading, "blocks": blocks, "links": links}
        return self._page("notice", frame, self._filling(voice, _EMPTY), heading, values)

    def unavailable(self, frame: Frame, form: Form) -> str:
        """Return the page for answers that cannot be kept now: all of the form goes along."""
        voice = self._voice(frame)
        heading = voice.words["notice.broken.title"]
        filling = self._filling(voice, form)
        return self._page("unavailable", frame, filling, heading, {"heading": heading})

    # -- on the way -----------------------------------------------------------------------------

    def step(self, step: Step, way: Way, frame: Frame, form: Form) -> str:
        """Return the page of any step, also the last one."""
        voice = self._voice(frame)
        template, heading, values, about = self._step(voice, step, way, frame, form)
        title = f"{values['caption']}: {heading}" if values.get("caption") else heading
        return self._page(template, frame, self._filling(voice, form, about), title, values)

    def conflict(
        self, step: Step, way: Way, frame: Frame, form: Form, kept: Payload, posted: Payload
    ) -> str:
        """Return the page that asks which of two answers counts (``which`` = kept or posted)."""
        voice = self._voice(frame)
        heading = voice.words["conflict.title"]
        fields = [(name, v) for name, v in form.values.items() if name not in _TOKENS]
        values = {
            "heading": heading,
            "kept": tell(voice, step, way, kept),
            "posted": tell(voice, step, way, posted),
            "posted_fields": fields,
        }
        about = {"which": heading}
        return self._page("conflict", frame, self._filling(voice, form, about), heading, values)

    def fingerprint(self, step: Step, way: Way, frame: Frame) -> str:
        """Return the SHA-256 of what a step shows in this language, view and mode.

        What differs from visit to visit (tokens, what is filled in, how far one is) is left
        out, so that the same fingerprint means the same words in the same order.
        """
        voice = self._voice(frame)
        plain = Frame(
            frame.language,
            frame.view,
            frame.mode,
            here=f"/page/{step.id}",
            highlight=frame.highlight,
        )
        template, _, values, about = self._step(voice, step, way, plain, _EMPTY)
        values["place"] = None
        shown = self._fragment(template, plain, self._filling(voice, _EMPTY, about), values)
        return hashlib.sha256(shown.encode()).hexdigest()

    def _step(
        self, voice: Voice, step: Step, way: Way, frame: Frame, form: Form
    ) -> tuple[str, str, dict[str, Any], dict[str, str]]:
        """Return a step's template, heading, values, and field -> question."""
        page, t = step.page, voice.words
        heading = voice.say(page.title)
        values: dict[str, Any] = {
            "heading": heading,
            "body": self._prose(voice, frame, page.body),
            "place": self._place(step, way) if frame.progress else None,
        }
        if step.kind == "follow":
            return self._follow(voice, step, way, frame, values)
        if step.kind == "task" or page.kind == "warm-up":
            return self._task(voice, step, way, frame, values)
        if page.budget is not None:
            values["budget"] = budget_view(voice, page, page.budget, way.seed, form)
            about = {f"buy.{p.id}": voice.say(p.text) for p in page.budget.projects}
            return "budget", heading, values, about | {"why": t["budget.why"]}
        if page.kind == "contact":
            about = {f"contact.{name}": t[f"contact.{name}"] for name in ("email", "phone")}
            return "contact", heading, values, about
        if page.kind == "end":
            return "end", heading, values, {}
        questions = tuple(question_view(voice, q, way.seed) for q in way.asked(page))
        alone = len(questions) == 1 and not heading
        values |= {"questions": questions, "alone": alone}
        about = {q.name: q.text for q in questions}
        about |= {f"{q.name}.{row.id}": row.text for q in questions for row in q.rows}
        return "read", heading or (questions[0].text if questions else ""), values, about

    def _task(
        self, voice: Voice, step: Step, way: Way, frame: Frame, values: dict[str, Any]
    ) -> tuple[str, str, dict[str, Any], dict[str, str]]:
        t, settings, study = voice.words, self.survey.task_settings, self.survey.study
        view = task_view(voice, step, way, highlight=frame.highlight)
        heading = voice.say(study.question) or values["heading"]
        example = step.kind == "page"
        total = len(way.arrangement.tasks)
        lots = [voice.say(o.text) for o in lots_drawn(self.survey.lots, way.seed).values()]
        situation = [voice.say(study.context), *lots]
        situation.append("" if example else voice.say(step.page.body))
        values |= {
            "heading": heading,
            "caption": t["task.caption_example"]
            if example
            else t.say("task.caption", number=step.number, total=total),
            "body": values["body"] if example else "",
            "situation": self._prose(voice, frame, "\n\n".join(filter(None, situation))),
            "response": settings.response,
            "view": view,
            "dont_know": DONT_KNOW if settings.dont_know else "",
            "reasons": [
                Choice(reason.id, voice.say(reason.text), voice.say(reason.hint))
                for reason in settings.protest
            ],
            "reasons_for": t["task.reasons"],
            "rating": [
                Choice(str(point), voice.number(point)) for point in range(1, settings.points + 1)
            ],
        }
        about = {
            f"{kind}.{c.name}": c.title for c in view.everything for kind in ("rank", "rating")
        }
        about |= {"best": t["task.best"], "worst": t["task.worst"]}
        return "task", heading, values, about

    def _follow(
        self, voice: Voice, step: Step, way: Way, frame: Frame, values: dict[str, Any]
    ) -> tuple[str, str, dict[str, Any], dict[str, str]]:
        settings = self.survey.task_settings
        view = task_view(voice, step, way, highlight=False)
        chosen = way.answers.get(step.item.replace("follow:", "task:"), {}).get("chosen", "")
        heading = voice.say(settings.follow_up)
        total = len(way.arrangement.tasks)
        values |= {
            "heading": heading,
            "caption": voice.words.say("task.caption", number=step.number, total=total),
            "view": view,
            "card": view.card(chosen),
            "follow_options": [
                Choice(option.id, voice.say(option.text), voice.say(option.hint))
                for option in settings.follow_options
            ],
        }
        return "follow", heading, values, {}

    # -- parts ----------------------------------------------------------------------------------

    def theme_css(self) -> str:
        """Return the survey's colours, to be served as ``/static/theme.css``."""
        return self._theme

    def _voice(self, frame: Frame) -> Voice:
        return self._voices.get(frame.language) or self._voices[self.survey.language]

    def _filling(self, voice: Voice, form: Form, about: Mapping[str, str] | None = None) -> Filling:
        return Filling(voice.words, form, about or {})

    def _prose(self, voice: Voice, frame: Frame, text: Text) -> str:
        return prose(voice.say(text), f"{frame.base}/media")

    def _place(self, step: Step, way: Way) -> tuple[int, int] | None:
        """Return which step this is, of how many; second questions count with their task."""
        counted = [one for one in way.steps if one.kind != "follow" and one.page.kind != "end"]
        ids = [one.id for one in counted]
        id = step.id.removesuffix("-follow") if step.kind == "follow" else step.id
        return (ids.index(id) + 1, len(ids)) if id in ids else None

    def _own_sections(
        self, voice: Voice, own: Mapping[str, Any]
    ) -> list[tuple[str, tuple[Told, ...]]]:
        answers = {item: _payload(kept) for item, kept in (own.get("answers") or {}).items()}
        way = Way(self.survey, str(own.get("block", "")), str(own.get("seed", "")), answers)
        found = []
        for step in way.steps:
            if step.item not in answers:
                continue
            key = {"task": "mine.task", "follow": "mine.follow"}.get(step.kind)
            title = voice.words.say(key, number=step.number) if key else voice.say(step.page.title)
            lines = tell(voice, step, way, answers[step.item])
            if lines:
                found.append((title, lines))
        return found

    def _fragment(
        self, template: str, frame: Frame, filling: Filling, values: Mapping[str, Any]
    ) -> str:
        made = self._templates.get_template(f"{template}.html.j2")
        return made.render({**values, "f": filling, "frame": frame})

    def _page(
        self, template: str, frame: Frame, filling: Filling, title: str, values: Mapping[str, Any]
    ) -> str:
        from markupsafe import Markup

        voice, survey = self._voice(frame), self.survey
        sheet = "govuk-rtl.css" if voice.direction == "rtl" else "govuk-ltr.css"
        content = self._fragment(template, frame, filling, values)
        assisted = frame.mode in ("interviewer", "telephone", "paper")
        return self._templates.get_template("shell.html.j2").render(
            content=Markup(content),
            frame=frame,
            voice=voice,
            t=voice.words.say,
            title=f"{title} – {voice.say(survey.title)}",
            wrong=bool(filling.troubles),
            languages=self._languages,
            owner=voice.say(survey.owner.name),
            contact=survey.owner.contact,
            phone=survey.owner.phone,
            logo=survey.theme.logo,
            logo_alt=voice.say(survey.theme.logo_alt),
            assisted=voice.words[f"mode.{frame.mode}"] if assisted else "",
            sheets=(
                static_address(sheet),
                static_address("survey.css"),
                marked("theme.css", self._theme.encode()),
            ),
            script=static_address("survey.js"),
        )


_LEADS_HOME = ("not_found", "broken", "expired", "erased", "declined", "withdrawn")


def _payload(kept: Any) -> Payload:
    """Return the answer itself, whether it comes bare or with its revision."""
    inner = kept.get("payload", kept) if isinstance(kept, Mapping) else getattr(kept, "payload", {})
    return inner if isinstance(inner, Mapping) else {}
