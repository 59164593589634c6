"""Section 3: what matters most, and what each level adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccegov_choice._drawing.chart import Row
from ccegov_choice.models.population.taste_points import HasTastePoints
from ccegov_choice.report.blocks import Block, Paragraph, Section
from ccegov_choice.report.charts import Words, importance_bars, level_dots
from ccegov_choice.report.head_to_head import DRAWS, SEED, LevelShare, head_to_head
from ccegov_choice.report.material import LEVEL, Material, range_note, with_range
from ccegov_choice.report.origins import figure
from ccegov_choice.report.wording import in_100, join_words, lower_first, points, quoted, say
from ccegov_choice.tradeoff.importance import Importance


def priorities_section(material: Material) -> Section:
    """Rank the attributes, then show each level against its starting level."""
    blocks = (*_importance(material), *_levels(material))
    return Section("importance", say("importance.title"), blocks)


def _importance(material: Material) -> Iterator[Block]:
    found = material.importance
    if found is None:
        yield Paragraph(say("importance.absent"))
        return
    rows = [
        Row(
            item.label,
            100 * item.share,
            100 * item.conf_low,
            100 * item.conf_high,
            with_range(points(100 * item.share), 100 * item.conf_low, 100 * item.conf_high),
        )
        for item in found.items
    ]
    words = Words(
        importance_headline(found),
        say("importance.subtitle"),
        range_note(found.level),
        material.sample,
    )
    yield Paragraph(say("importance.text"))
    yield figure(material, importance_bars(rows, words), "importance", found)


def leaders(found: Importance) -> list[str]:
    """Return the labels of what may matter most: the first, and all whose ranges reach it."""
    first = found.items[0]
    return [item.label for item in found.items if item.conf_high >= first.conf_low]


def importance_headline(found: Importance) -> str:
    """Name what matters most, or say that several cannot be told apart."""
    first, *others = leaders(found)
    if len(found.items) == 1:
        return say("importance.headline_only", first=quoted(first))
    if not others:
        return say("importance.headline_clear", first=quoted(first))
    if len(others) == 1:
        return say("importance.headline_two", first=quoted(first), second=quoted(others[0]))
    return say("importance.headline_many", first=quoted(first), n=len(others))


def level_method(material: Material) -> str:
    """Say how the shares of levels were made."""
    if isinstance(material.results.model, HasTastePoints):
        return say("levels.method_people", draws=DRAWS, seed=SEED)
    return say("levels.method")


def _levels(material: Material) -> Iterator[Block]:
    found = head_to_head(material.results, material.data, level=LEVEL)
    if not found:
        return
    rows = [_level_row(item, material) for item in found]
    words = Words(
        _level_headline(found), say("levels.subtitle"), range_note(LEVEL), material.sample
    )
    yield Paragraph(say("levels.text"))
    yield figure(material, level_dots(rows, words), "head_to_head", method=level_method(material))
    unclear = _unclear(found)
    if unclear:
        yield Paragraph(say("levels.unclear", levels="; ".join(unclear)))


def _unclear(found: Sequence[LevelShare]) -> list[str]:
    """Name the levels that could go either way, by attribute."""
    by_label: dict[str, list[str]] = {}
    for item in found:
        if item.low is not None and not item.clear:
            levels = by_label.setdefault(item.attribute.text(), [])
            if item.level.text() not in levels:
                levels.append(item.level.text())
    return [
        say("trade.gain", label=lower_first(label), change=join_words(levels))
        for label, levels in by_label.items()
    ]


def _level_row(item: LevelShare, material: Material) -> Row:
    share = 100 * item.share
    low, high = (None if end is None else 100 * end for end in (item.low, item.high))
    key = "levels.heading" if item.alternative is None else "levels.heading_for"
    heading = say(
        key,
        attribute=item.attribute.text(),
        base=item.base.text(),
        alternative=material.label(item.alternative or ""),
    )
    text = with_range(points(share), low, high)
    return Row(item.level.text(), share, low, high, text, heading=heading)


def _level_headline(found: Sequence[LevelShare]) -> str:
    clear = [item for item in found if item.clear]
    if not clear:
        return say("levels.headline_none")
    best = max(clear, key=lambda item: abs(item.share - 0.5))
    share, chosen, other = best.share, best.level, best.base
    if share < 0.5:
        share, chosen, other = 1 - share, best.base, best.level
    return say(
        "levels.headline",
        share=in_100(share),
        level=quoted(chosen.text()),
        base=quoted(other.text()),
        attribute=lower_first(best.attribute.text()),
    )
