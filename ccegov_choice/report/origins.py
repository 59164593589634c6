"""Where each number of the report comes from: function, model, data, draws, seed and version.

An `Origin` hangs on the block that shows the number; section 10 lists them all, with the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._version import __version__
from ccegov_choice.models.results import Results
from ccegov_choice.report.blocks import (
    Block,
    Figure,
    Finding,
    Findings,
    Origin,
    Origins,
    Section,
)
from ccegov_choice.report.material import Material, level_percent
from ccegov_choice.report.wording import say

Basis = Literal["model", "data", "given"]

SHOWN_OF_HASH = 16
"""How much of a fingerprint an entry repeats; the table of fingerprints has all of it."""


def origin(
    material: Material,
    name: str,
    what: str,
    function: str,
    found: Any = None,
    *,
    method: str = "",
    basis: Basis = "model",
) -> Origin:
    """Return where a number comes from.

    Parameters
    ----------
    material : Material
        What the report is made from.
    name : str
        Anchor, without its ``n-``.
    what : str
        What the number is.
    function : str
        The function that made it.
    found : object, optional
        The result that holds it: its ``draws``, ``seed`` and ``level`` are told if it has them.
    method : str
        How its interval was made.
    basis : {"model", "data", "given"}
        What the number rests on: a model, the answers alone, or what the authors gave.
    """
    model = material.model_of(name)
    facts = {
        "made_by": function,
        "model": _model(model) if basis == "model" else "",
        "data": say("origin.given") if basis == "given" else _data(material),
        "method": method,
        "draws": _count(found, "draws"),
        "seed": _plain(found, "seed"),
        "level": _level(found),
        "version": say("origin.package", version=__version__),
    }
    told = tuple((say(f"origin.{key}"), text) for key, text in facts.items() if text)
    return Origin(f"n-{name}", what, told)


def _model(results: Results) -> str:
    return say(
        "origin.fit",
        title=results.model.title,
        ll=f"{results.log_likelihood:.4f}".replace("-", "−"),
        parameters=results.parameters,
    )


def _data(material: Material) -> str:
    return say(
        "origin.rows",
        people=material.people,
        choices=material.choices,
        hash=material.data_sha256[:SHOWN_OF_HASH],
    )


def figure(
    material: Material,
    chart: Chart,
    function: str,
    found: Any = None,
    *,
    method: str = "",
    basis: Basis = "model",
) -> Figure:
    """Return a chart that says where its numbers come from; parameters as in `origin`."""
    what = say("origin.chart", headline=chart.headline)
    return Figure(
        chart, origin(material, chart.id, what, function, found, method=method, basis=basis)
    )


def _plain(found: Any, name: str) -> str:
    value = getattr(found, name, None)
    return "" if value is None else str(value)


def _count(found: Any, name: str) -> str:
    value = getattr(found, name, None)
    return f"{value:,}" if isinstance(value, int) else ""


def _level(found: Any) -> str:
    value = getattr(found, "level", None)
    return "" if value is None else say("origin.percent", level=level_percent(value))


def collect(sections: Sequence[Section]) -> tuple[Origin, ...]:
    """Return every origin that the sections name, once each, in reading order."""
    found: dict[str, Origin] = {}
    for section in sections:
        for block in section.blocks:
            for item in _of(block):
                found.setdefault(item.id, item)
    return tuple(found.values())


def _of(block: Block) -> Iterator[Origin]:
    parts: Sequence[Block | Finding] = block.items if isinstance(block, Findings) else (block,)
    for part in parts:
        named = getattr(part, "origin", None)
        if named is not None:
            yield named


def origins_block(sections: Sequence[Section]) -> Origins:
    """Return the entries of all numbers."""
    return Origins(collect(sections))
