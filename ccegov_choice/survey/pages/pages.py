"""Every page that people see, as HTML; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccegov_choice.survey.pages.environment import environment
from ccegov_choice.survey.pages.filling import Filling
from ccegov_choice.survey.pages.fingerprint import fingerprint
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.notices import Notice, notice_of
from ccegov_choice.survey.pages.own_words import own_sections, tell
from ccegov_choice.survey.pages.prose import prose
from ccegov_choice.survey.pages.question_view import Choice
from ccegov_choice.survey.pages.step_page import StepPage, step_page
from ccegov_choice.survey.pages.style import marked, static_address, theme_css
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.pages.words import ShellWords, shell_words
from ccegov_choice.survey.steps import Payload, Step, Way
from ccegov_choice.survey.survey import Survey

__all__ = ["Form", "Frame", "Pages", "ShellWords", "shell_words"]

_ASSISTED = ("interviewer", "telephone", "paper")
_TOKENS = ("nonce", "revision", "seen_ms", "first_ms", "opened", "changes", "which")
_NO_FORM = Form(action="", nonce="")


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
        self._languages = [(code, shell_words(code)["language.name"]) for code in survey.languages]
        self._templates = environment()
        self._theme = theme_css(survey.theme)

    # -- before and after the way ---------------------------------------------------------------

    def welcome(self, frame: Frame, form: Form) -> str:
        """Return the first page: nothing is stored, and a link leads to `form.action`."""
        voice = self._voice(frame)
        page = self.survey.page_of_kind("welcome")
        heading = voice.say(page.title if page else self.survey.title)
        values = {
            "body": prose(voice.say(page.body if page else ""), f"{frame.base}/media"),
            "consequence": voice.say(self.survey.consequence),
        }
        return self._page("welcome", frame, Filling(voice.words, form), heading, values)

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
            "body": prose(voice.say(page.body if page else ""), f"{frame.base}/media"),
            "statements": statements,
        }
        return self._page("consent", frame, Filling(voice.words, form, about), heading, values)

    def resume(self, frame: Frame, form: Form, *, begun: bool = False) -> str:
        """Return the page that asks for the person's code (field ``code``) to go on.

        `begun` says why it is asked for: somebody came by a link that was used before.
        """
        return self._ask_for_code(frame, form, "code.continue", "code.begun" if begun else "")

    def mine(self, frame: Frame, form: Form, own: Mapping[str, Any] | None) -> str:
        """Return one's own answers in words, to download or erase.

        Parameters
        ----------
        frame, form : Frame, Form
            What surrounds the page, and its form: buttons ``do`` = download or erase, which
            needs ``confirm`` = yes; ``code`` goes along.
        own : mapping or None
            What the store holds of the person; None asks for the code first.
        """
        if own is None:
            return self._ask_for_code(frame, form, "code.show")
        voice = self._voice(frame)
        heading = voice.words["mine.title"]
        values = {"sections": own_sections(voice, own)}
        return self._page("mine", frame, Filling(voice.words, form), heading, values)

    def _ask_for_code(self, frame: Frame, form: Form, button: str, reason: str = "") -> str:
        voice = self._voice(frame)
        heading = voice.words["code.title"]
        filling = Filling(voice.words, form, {"code": heading})
        words = voice.words
        values = {"button": words[button], "reason": words[reason] if reason else ""}
        return self._page("resume", frame, filling, heading, values)

    def notice(self, kind: str, frame: Frame, **facts: object) -> str:
        """Return a page that only tells something.

        Parameters
        ----------
        kind : str
            ``privacy``, ``accessibility``, or a notice of the shell's words: ``declined``,
            ``screened_out``, ``over_quota``, ``closed``, ``paused``, ``withdrawn``, ``erased``,
            ``expired``, ``too_many``, ``not_found``, ``broken``, ``finished``.
        frame : Frame
            What surrounds it.
        **facts
            Filled into the words.
        """
        voice = self._voice(frame)
        told: Notice = notice_of(voice, kind, frame.base, facts)
        values = {"blocks": told.blocks, "links": told.links}
        return self._page("notice", frame, Filling(voice.words, _NO_FORM), told.heading, values)

    def unavailable(self, frame: Frame, form: Form) -> str:
        """Return the page for answers that cannot be kept now: all of the form goes along."""
        voice = self._voice(frame)
        heading = voice.words["notice.broken.title"]
        return self._page("unavailable", frame, Filling(voice.words, form), heading, {})

    # -- on the way -----------------------------------------------------------------------------

    def step(self, step: Step, way: Way, frame: Frame, form: Form) -> str:
        """Return the page of any step, also the last one."""
        page = step_page(self._voice(frame), step, way, frame, form)
        filling = self._filling(frame, page)
        return self._page(page.template, frame, filling, page.heading, page.values, page.title)

    def conflict(
        self, step: Step, way: Way, frame: Frame, form: Form, kept: Payload, posted: Payload
    ) -> str:
        """Return the page that asks which of two answers counts: ``which`` = kept or posted."""
        voice = self._voice(frame)
        heading = voice.words["conflict.title"]
        values = {
            "kept": tell(voice, step, way, kept),
            "posted": tell(voice, step, way, posted),
            "posted_fields": [(n, v) for n, v in form.values.items() if n not in _TOKENS],
        }
        filling = Filling(voice.words, form, {"which": heading})
        return self._page("conflict", frame, filling, heading, values)

    def fingerprint(self, step: Step, way: Way, frame: Frame) -> str:
        """Return the SHA-256 of what a step shows in this language and view.

        What differs from visit to visit (tokens, what is filled in, how far one is) is left
        out, so that the same fingerprint means the same words in the same order.
        """
        voice, highlight = self._voice(frame), frame.highlight
        return fingerprint(voice, step, way, view=frame.view, highlight=highlight)

    def theme_css(self) -> str:
        """Return the survey's colours, to be served as ``/static/theme.css``."""
        return self._theme

    # -- rendering ------------------------------------------------------------------------------

    def _voice(self, frame: Frame) -> Voice:
        return self._voices.get(frame.language) or self._voices[self.survey.language]

    def _filling(self, frame: Frame, page: StepPage) -> Filling:
        return Filling(self._voice(frame).words, page.form, page.about)

    def _main(
        self, template: str, frame: Frame, filling: Filling, values: Mapping[str, Any]
    ) -> str:
        made = self._templates.get_template(f"{template}.html.j2")
        return made.render({**values, "f": filling, "frame": frame})

    def _page(
        self,
        template: str,
        frame: Frame,
        filling: Filling,
        heading: str,
        values: Mapping[str, Any],
        title: str = "",
    ) -> str:
        from markupsafe import Markup

        voice, survey = self._voice(frame), self.survey
        sheet = "govuk-rtl.css" if voice.direction == "rtl" else "govuk-ltr.css"
        main = self._main(template, frame, filling, {**values, "heading": heading})
        return self._templates.get_template("shell.html.j2").render(
            main=Markup(main),  # escaped when it was rendered
            frame=frame,
            voice=voice,
            t=voice.words.say,
            title=f"{title or heading} – {voice.say(survey.title)}",
            wrong=bool(filling.troubles),
            languages=self._languages,
            owner=survey.owner,
            owner_name=voice.say(survey.owner.name),
            logo=survey.theme.logo,
            logo_alt=voice.say(survey.theme.logo_alt),
            assisted=voice.words[f"mode.{frame.mode}"] if frame.mode in _ASSISTED else "",
            sheets=(
                static_address(sheet),
                static_address("survey.css"),
                marked("theme.css", self._theme.encode()),
            ),
            script=static_address("survey.js"),
        )
