"""Section 6: how many would choose each option, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice._drawing.chart import Row
from ccegov_choice._table import Cell, Table
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import Difference, Uptake
from ccegov_choice.report.blocks import (
    Block,
    Bullets,
    Panel,
    Paragraph,
    Section,
    Subheading,
)
from ccegov_choice.report.charts import Words, scenario_shares
from ccegov_choice.report.material import Material, range_note, with_range
from ccegov_choice.report.origins import figure
from ccegov_choice.report.told import several, told_blocks
from ccegov_choice.report.wording import between, in_100, points, quoted, say, upper_first
from ccegov_choice.study.study import Study


def scenarios_section(material: Material) -> Section:
    """Forecast shares by scenario and who moves where, or say why there is no forecast."""
    blocks = (
        *_scenarios(material),
        *told_blocks(material, material.shift, "shift", "channel_shift"),
    )
    return Section("scenarios", say("scenarios.title"), blocks)


def _scenarios(material: Material) -> Iterator[Block]:
    found = material.uptake
    if material.study.mandatory:
        yield Paragraph(say("scenarios.mandatory"))
        return
    if found is None:
        yield Paragraph(say("scenarios.none"))
        return
    opt_out = quoted(found.opt_out or "")
    yield Paragraph(say(f"scenarios.lead_{found.mode}", opt_out=opt_out))
    words = Words(
        scenario_headline(found, reform_difference(material)),
        say(f"scenarios.subtitle_{found.mode}", opt_out=opt_out),
        range_note(found.level),
        material.sample,
    )
    yield figure(material, scenario_shares(_rows(found), words), "uptake", found)
    sentences = [difference_sentence(found, item) for item in told_differences(found)]
    if sentences:
        yield Subheading(say("scenarios.differences"))
        yield Bullets(tuple(sentences))
    yield Panel(content_table(found, material.study), folded=True)
    yield Paragraph(say("scenarios.text"))
    if found.notes:
        yield Bullets(tuple(f"{upper_first(note).rstrip('.')}." for note in found.notes))


def _rows(found: Uptake) -> list[Row]:
    rows = []
    for i, scenario in enumerate(found.scenarios):
        share, low, high = (
            100 * float(column[i]) for column in (found.shares, found.conf_low, found.conf_high)
        )
        text = with_range(points(share), low, high)
        rows.append(Row(upper_first(scenario.text()), share, low, high, text))
    return rows


def told_differences(found: Uptake) -> tuple[Difference, ...]:
    """Return the differences to the first scenario, where each scenario stands alone."""
    return found.differences() if found.mode == "alone" else ()


def _names(found: Uptake, item: Difference) -> dict[str, str]:
    text = {scenario.name: scenario.text() for scenario in found.scenarios}
    return {"new": quoted(text[item.scenario]), "old": quoted(text[item.baseline])}


def _verdict(item: Difference) -> str:
    if item.conf_low > 0:
        return "more"
    return "fewer" if item.conf_high < 0 else "same"


def difference_sentence(found: Uptake, item: Difference) -> str:
    """Say a difference between two scenarios, with its interval."""
    verdict = _verdict(item)
    ends = (100 * item.conf_low, 100 * item.conf_high)
    low, high = sorted(abs(end) for end in ends) if verdict != "same" else ends
    return say(
        f"scenarios.sentence_{verdict}",
        n=points(100 * abs(item.estimate)),
        range=between(low, high),
        **_names(found, item),
    )


def reform_difference(material: Material) -> Difference | None:
    """Return the difference of shares that the headlines tell: that of the reform valued.

    So that all headlines are about one reform. Where no welfare was worked out, or its scenarios
    are not among those of the forecast, it is `largest_difference`.
    """
    found = material.uptake
    if found is None:
        return None
    for welfare in several(material.welfare):
        pair = getattr(welfare, "before", None), getattr(welfare, "after", None)
        for item in told_differences(found):
            named = {scenario.name: scenario for scenario in found.scenarios}
            if same_offer(named[item.baseline], pair[0]) and same_offer(
                named[item.scenario], pair[1]
            ):
                return item
    return largest_difference(found)


def same_offer(one: Scenario, other: Scenario | None) -> bool:
    """Return whether two scenarios are called the same and offer the same levels."""
    if other is None or one.text() != other.text():
        return False
    return [dict(o.levels) for o in one.offers] == [dict(o.levels) for o in other.offers]


def largest_difference(found: Uptake) -> Difference | None:
    """Return the difference that moves most people, of those told from nothing; or any."""
    every = told_differences(found)
    told = [item for item in every if _verdict(item) != "same"]
    return max(told or every, key=lambda item: abs(item.estimate), default=None)


def scenario_headline(found: Uptake, item: Difference | None) -> str:
    """Say a difference, or the largest share where there is none, in one sentence."""
    if item is not None:
        n = points(100 * abs(item.estimate))
        return say(f"scenarios.headline_{_verdict(item)}", n=n, **_names(found, item))
    return share_headline(found)


def share_headline(found: Uptake) -> str:
    """Say the largest share."""
    best = int(found.shares.argmax())
    return say(
        f"scenarios.headline_{found.mode}",
        share=upper_first(in_100(float(found.shares[best]))),
        name=quoted(found.scenarios[best].text()),
        opt_out=quoted(found.opt_out or ""),
    )


def content_table(found: Uptake, study: Study) -> Table:
    """Return the levels of each scenario, an attribute a row."""
    columns = (say("scenarios.thing"), *(upper_first(item.text()) for item in found.scenarios))
    rows: list[tuple[Cell, ...]] = []
    for attribute in study.attributes:
        cells: list[Cell] = []
        for scenario in found.scenarios:
            value = scenario.profile.levels.get(attribute.id)
            if value is None:
                cells.append("–")
            elif attribute.is_numeric:
                cells.append(attribute.unit_text(float(value)))
            else:
                cells.append(attribute.level(value).text())
        rows.append((attribute.text(), *cells))
    return Table(say("scenarios.content"), columns, tuple(rows))
