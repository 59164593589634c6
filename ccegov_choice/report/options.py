"""Section 2: the decision, and the options that people compared."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.report.blocks import (
    Block,
    Callout,
    Paragraph,
    Quote,
    Section,
    Subheading,
    Term,
    Terms,
)
from ccegov_choice.report.head_to_head import starting_level
from ccegov_choice.report.material import Material
from ccegov_choice.report.wording import count, join_words, quoted, say
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.wording import wording


def options_section(material: Material) -> Section:
    """Say what is to be decided, what was asked, and what could differ."""
    blocks = (*_decision(material), *_attributes(material), *_boundaries(material))
    return Section("options", say("options.title"), blocks)


def _decision(material: Material) -> Iterator[Block]:
    study = material.study
    decision, context = study.declarations.get("decision", ""), wording(study.context)
    if decision.strip():
        yield Paragraph(decision.strip(), lead=True)
    yield Paragraph(say(f"options.role_{study.role}"))
    if context:
        yield Paragraph(say("options.read"))
        yield Quote(tuple(paragraphs(context)))
    elif not decision.strip():
        yield Paragraph(say("options.no_context"))
    question = wording(study.question)
    if question:
        yield Paragraph(say("options.question"))
        yield Quote((question,))
    if study.alternatives:
        names = join_words([quoted(a.text()) for a in study.alternatives])
        yield Paragraph(say("options.named", names=names))
    if material.opt_out:
        yield Paragraph(say("options.opt_out", label=quoted(material.opt_out)))
    else:
        yield Paragraph(say("options.no_opt_out"))
    if study.mandatory:
        yield Paragraph(say("options.mandatory"))


def paragraphs(text: str) -> list[str]:
    """Split a text at its empty lines; line breaks inside a paragraph do not matter."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _term(attribute: Attribute) -> Term:
    badges = {
        "no": say("options.protected_badge"),
        "above-floor": say("options.floor_badge") if attribute.floor else "",
    }
    start = starting_level(attribute)
    levels = tuple(
        say("options.starting", level=level.text()) if level.id == start.id else level.text()
        for level in attribute.shown_levels
    )
    badge = badges.get(attribute.tradeable, "")
    return Term(attribute.text(), wording(attribute.definition), levels, badge)


def _attributes(material: Material) -> Iterator[Block]:
    study = material.study
    number = count(len(study.attributes), "attributes")
    yield Subheading(say("options.what"))
    yield Paragraph(say("options.what_lead", attributes=number))
    yield Terms(tuple(_term(attribute) for attribute in study.attributes))


def _boundaries(material: Material) -> Iterator[Block]:
    study = material.study
    if material.protected:
        names = [a.text() for a in material.protected]
        key = "options.protected_text" + ("_many" if len(names) > 1 else "")
        yield Callout(say("options.protected"), say(key, names=join_words(names)))
    floors = [
        f"{attribute.text()}: {attribute.level(name).text()}"
        for attribute in study.attributes
        for name in attribute.floor
    ]
    if floors:
        text = say("options.floor_text", levels="; ".join(floors))
        yield Callout(say("options.floor"), text)
    if study.constraints:
        rules = count(len(study.constraints), "rules")
        reasons = [str(c.reason) for c in study.constraints if getattr(c, "reason", "")]
        text = say("options.constraints", rules=rules)
        yield Paragraph(" ".join([text, *dict.fromkeys(reasons)]))
