"""Pages that only tell something: that nothing was stored, that it is over, what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice.survey.pages.voice import Voice


@dataclass(frozen=True)
class Block:
    """A part of a notice: a heading, paragraphs, a list, pairs of names and values."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


def privacy_blocks(voice: Voice) -> tuple[Block, ...]:
    """Return what is stored of people, by whom, what for and how long, from the settings."""
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
    spans = ("answers_days", "contacts_days", "unfinished_days")
    how_long = tuple(
        (t[f"privacy.{span}"], t.say("privacy.days", days=voice.number(getattr(kept, span))))
        for span in spans
    )
    if kept.closes:
        how_long = ((t["privacy.closes"], kept.closes), *how_long)
    stored = ["what_answers", "what_device", "what_language"]
    if survey.fieldwork.panel.parameters:
        stored.append("what_panel")
    what = tuple(t[f"privacy.{key}"] for key in stored)
    return (
        Block(t["privacy.who"], rows=_given(who)),
        Block(t["privacy.what"], items=what),
        Block(paragraphs=(t["privacy.what_not"],)),
        Block(t["privacy.cookie"], (t["privacy.cookie_text"],)),
        Block(t["privacy.why"], rows=_given(why)),
        Block(t["privacy.how_long"], rows=how_long),
        Block(paragraphs=(t["privacy.after"],)),
        Block(t["privacy.rights"], (t["privacy.rights_text"],)),
    )


def _given(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in rows if value)


_ABILITIES = ("keyboard", "reader", "zoom", "script", "colour", "view", "time")


def accessibility_blocks(voice: Voice) -> tuple[Block, ...]:
    """Return the statement on accessibility: what works, how it is tested, what is not."""
    t = voice.words
    can = tuple(t[f"accessibility.can_{ability}"] for ability in _ABILITIES)
    return (
        Block(paragraphs=(t["accessibility.intro"],)),
        Block(t["accessibility.can"], items=can),
        Block(t["accessibility.tested"], (t["accessibility.tested_text"],)),
        Block(t["accessibility.not_tested"], (t["accessibility.not_tested_text"],)),
        Block(t["accessibility.help"], (t["accessibility.help_text"],)),
    )
