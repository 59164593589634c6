"""Charts in a notebook: an accessible figure without a network, or Altair where it is installed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ccegov_choice._drawing.chart import SHAPES
from ccegov_choice._drawing.ink import ACCENT, BAR, INK, MUTED
from ccegov_choice._drawing.svg import draw
from ccegov_choice.errors import MissingExtraError

if TYPE_CHECKING:
    from ccegov_choice._drawing.chart import Chart, Row

_ALTAIR_SHAPES = {
    "circle": "circle",
    "square": "square",
    "triangle": "triangle-up",
    "diamond": "diamond",
}


def figure(chart: Chart) -> str:
    """Return a chart with its words, and its numbers folded below, as HTML.

    The drawing stands on white whatever the notebook's theme is, for its ink is dark.
    """
    style = "margin:0;padding:12px;max-width:744px;background:#fff;color:" + INK
    small = f'style="color:{MUTED};margin:4px 0"'
    return (
        f'<figure style="{style}"><figcaption><strong>{escape(chart.headline)}</strong>'
        f"<br>{escape(chart.subtitle)}</figcaption>"
        f'<div style="overflow-x:auto">{draw(chart)}</div>'
        f"<p {small}>{escape(chart.note)} {escape(chart.sample)}</p>"
        f"<details><summary>The numbers</summary>{chart.table.to_html()}</details></figure>"
    )


def to_altair(chart: Chart) -> Any:
    """Return an Altair chart with the same marks, words and description.

    Raises
    ------
    MissingExtraError
        If Altair is not installed.
    """
    try:
        import altair as alt
    except ImportError as error:
        raise MissingExtraError(
            "an Altair chart needs the package altair",
            where="to_altair()",
            cure="pip install 'ccegov_choice[notebook]'. `.chart()` needs nothing.",
        ) from error
    values = alt.InlineData(values=[_record(row) for row in chart.rows])
    make = _altair_area if chart.kind == "area" else _altair_rows
    title = alt.TitleParams(chart.headline, subtitle=chart.subtitle, anchor="start")
    made = make(alt, alt.Chart(values), chart)
    return made.properties(title=title, width=440, description=chart.alt)


def _record(row: Row) -> dict[str, str | float | None]:
    return {
        "label": row.full_label,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "text": row.text,
        "shape": SHAPES[row.shape % len(SHAPES)],
    }


def _altair_rows(alt: Any, base: Any, chart: Chart) -> Any:
    scale = alt.Scale(domain=[chart.axis.low, chart.axis.high])
    x = alt.X("value:Q", title=chart.axis.label, scale=scale)
    order = [row.full_label for row in chart.rows]
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=320))
    shown = [alt.Tooltip("label:N"), alt.Tooltip("text:N", title=chart.axis.label)]
    layers = []
    if chart.axis.reference is not None:
        line = alt.Chart(alt.InlineData(values=[{"at": chart.axis.reference}]))
        layers.append(line.mark_rule(strokeDash=[4, 3]).encode(x=alt.X("at:Q")))
    if chart.kind == "bars":
        layers.append(base.mark_bar(color=BAR).encode(x=x, y=y, tooltip=shown))
    interval = base.mark_rule(color=INK, strokeWidth=2).encode(
        x=alt.X("low:Q", title=chart.axis.label, scale=scale), x2="high:Q", y=y
    )
    layers.append(interval.transform_filter("isValid(datum.low) && isValid(datum.high)"))
    if chart.kind == "dots":
        domain = list(_ALTAIR_SHAPES)
        ranged = alt.Scale(domain=domain, range=list(_ALTAIR_SHAPES.values()))
        shape = alt.Shape("shape:N", legend=None, scale=ranged)
        points = base.mark_point(filled=True, size=90, opacity=1, color=ACCENT)
        layers.append(points.encode(x=x, y=y, shape=shape, tooltip=shown))
    return alt.layer(*layers)


def _altair_area(alt: Any, base: Any, chart: Chart) -> Any:
    x = alt.X("low:Q", title=chart.axis.label, bin="binned")
    y = alt.Y("value:Q", title="people in 100")
    shown = [alt.Tooltip("label:N"), alt.Tooltip("value:Q", title="people in 100", format=".1f")]
    bars = base.mark_bar(color=BAR, stroke="white").encode(x=x, x2="high:Q", y=y, tooltip=shown)
    if chart.axis.reference is None:
        return alt.layer(bars)
    line = alt.Chart(alt.InlineData(values=[{"at": chart.axis.reference}]))
    return alt.layer(bars, line.mark_rule(strokeDash=[4, 3]).encode(x=alt.X("at:Q")))
