"""Pages that only tell something: that nothing was stored, that it is over, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccegov_choice.survey.pages.criteria import criteria
from ccegov_choice.survey.pages.voice import Voice

Pairs = tuple[tuple[str, str], ...]

_LEADS_HOME = ("not_found", "broken", "expired", "erased", "declined", "withdrawn")
_STORED = ("what_answers", "what_device", "what_language")
_SPANS = ("answers_days", "contacts_days", "unfinished_days")
_ABILITIES = ("keyboard", "reader", "zoom", "script", "colour", "view", "time")


@dataclass(frozen=True)
class Block:
    """A part of a notice: a heading, paragraphs, a list, names with values, or a table."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    pairs: Pairs = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Notice:
    """What a page tells, and where it leads: address and words of each link."""

    heading: str
    blocks: tuple[Block, ...]
    links: Pairs = ()


def notice_of(voice: Voice, kind: str, base: str, facts: Mapping[str, object]) -> Notice:
    """Return what a notice tells; an unknown kind tells that something does not work."""
    t = voice.words
    if kind == "privacy":
        return Notice(t["privacy.title"], _privacy(voice))
    if kind == "accessibility":
        return Notice(t["accessibility.title"], _accessibility(voice))
    known = kind if f"notice.{kind}.title" in t else "broken"
    text = t.say(f"notice.{known}.text", **facts)
    links = [(f"{base}/", t["button.home"])] if known in _LEADS_HOME else []
    if known == "expired":
        links.insert(0, (f"{base}/resume", t["later.link"]))
    return Notice(t[f"notice.{known}.title"], (Block(paragraphs=(text,)),), tuple(links))


def _privacy(voice: Voice) -> tuple[Block, ...]:
    """Tell what is stored of people, by whom, what for and how long, from the settings."""
    t, survey = voice.words, voice.survey
    owner, kept = survey.owner, survey.retention
    who = (
        (t["privacy.owner"], voice.say(owner.name)),
        (t["privacy.address"], owner.address),
        (t["privacy.contact"], owner.contact),
        (t["privacy.phone"], owner.phone),
        (t["privacy.officer"], owner.data_protection),
    )
    why = ((t["privacy.purpose"], kept.purpose), (t["privacy.basis"], kept.lawful_basis))
    spans = [
        (t[f"privacy.{span}"], t.say("privacy.days", days=voice.number(getattr(kept, span))))
        for span in _SPANS
    ]
    stored = [*_STORED, *(["what_panel"] if survey.fieldwork.panel.parameters else [])]
    return (
        Block(t["privacy.who"], pairs=_given(who)),
        Block(t["privacy.what"], items=tuple(t[f"privacy.{key}"] for key in stored)),
        Block(paragraphs=(t["privacy.what_not"],)),
        Block(t["privacy.cookie"], (t["privacy.cookie_text"],)),
        Block(t["privacy.why"], pairs=_given(why)),
        Block(t["privacy.how_long"], pairs=_given(((t["privacy.closes"], kept.closes), *spans))),
        Block(paragraphs=(t["privacy.after"],)),
        Block(t["privacy.rights"], (t["privacy.rights_text"],)),
    )


def _given(pairs: Pairs) -> Pairs:
    return tuple((name, value) for name, value in pairs if value)


def _accessibility(voice: Voice) -> tuple[Block, ...]:
    """Tell what people can do, and criterion by criterion how it was looked at."""
    t = voice.words
    looked_at = tuple(
        (f"{one.number} {one.name} ({one.level})", t[f"accessibility.{one.evidence}"])
        for one in criteria()
    )
    return (
        Block(paragraphs=(t["accessibility.intro"],)),
        Block(
            t["accessibility.can"],
            items=tuple(t[f"accessibility.can_{ability}"] for ability in _ABILITIES),
        ),
        Block(t["accessibility.help"], (t["accessibility.help_text"],)),
        Block(t["accessibility.tested"], (t["accessibility.tested_text"],)),
        Block(t["accessibility.not_tested"], (t["accessibility.not_tested_text"],)),
        Block(
            t["accessibility.criteria"],
            (t["accessibility.criteria_text"],),
            columns=(t["accessibility.criterion"], t["accessibility.how"]),
            rows=looked_at,
        ),
    )
