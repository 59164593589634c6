"""The page of the simulator: one file, a script and a style that are named by their hashes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ccegov_choice._disclosure.limits import LEAST_PEOPLE
from ccegov_choice._files import sha256
from ccegov_choice._version import __version__
from ccegov_choice.report.simulator.payload import Ingredients, no_mean
from ccegov_choice.report.simulator.precomputed import noise, scenario_tables
from ccegov_choice.report.simulator.words import words
from ccegov_choice.report.templating import environment
from ccegov_choice.report.wording import upper_first

_FOLDER = Path(__file__).parent / "templates"


@cache
def script() -> str:
    """Return the whole script."""
    parts = [(_FOLDER / name).read_text(encoding="utf-8") for name in ("engine.js", "page.js")]
    return "".join(parts).strip()


@cache
def style() -> str:
    """Return the style sheet."""
    return (_FOLDER / "simulator.css").read_text(encoding="utf-8").strip()


def source(text: str) -> str:
    """Return the name of an inline script or style in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def data_block(content: Any) -> str:
    """Return JSON that cannot end the element it stands in; digits come back to the last bit."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def render(made: Ingredients, data: dict[str, Any], title: str, *, simulated: bool) -> str:
    """Return the page.

    Parameters
    ----------
    made : Ingredients
        What it is made of.
    data : dict
        What its script reads.
    title : str
        Its title.
    simulated : bool
        True puts a banner over everything.
    """
    language = (made.language or made.study.language).split("-")[0]
    own = words(language)
    return (
        environment(_FOLDER, "simulator")
        .get_template("simulator.html.j2")
        .render(
            title=made.clean(title),
            language=language,
            words=own,
            data=data,
            data_block=data_block(data),
            words_block=data_block(own),
            script=script(),
            style=style(),
            policy=f"default-src 'none'; script-src {source(script())}; "
            f"style-src {source(style())}; img-src data:; base-uri 'none'; form-action 'none'",
            simulated=simulated,
            upper=upper_first,
            tables=scenario_tables(made, own),
            method=list(_method(made, own)),
            version=__version__,
        )
    )


def _method(made: Ingredients, own: dict[str, str]) -> Iterator[str]:
    results, crowd, tastes, study = made.results, made.crowd, made.tastes, made.study
    level = f"{100 * made.level:g}"
    yield own["method_model"].format(
        title=results.model.title,
        choices=f"{results.tasks:,}",
        people=f"{results.people:,}",
    )
    if crowd.people:
        yield own["method_people"].format(people=f"{crowd.people:,}")
    drawn = len(tastes.draws.parameters)
    yield own["method_draws"].format(level=level, draws=drawn, seed=tastes.seed)
    if tastes.simulated:
        points = tastes.estimate.coefficients.shape[2]
        yield own["method_points"].format(
            points=f"{points:,}", kept=f"{tastes.points:,}", noise=f"{100 * noise(made):.1f}"
        )
    elif tastes.labels:
        names = ", ".join(made.clean(label) for label in tastes.labels)
        yield own["method_classes"].format(points=tastes.points, labels=names)
    if crowd.withheld:
        yield own["method_withheld"].format(least=LEAST_PEOPLE, names=", ".join(crowd.withheld))
    if crowd.left_out:
        yield own["method_left_out"].format(n=crowd.left_out, least=LEAST_PEOPLE)
    yield own["method_levels"]
    if study.mandatory:
        yield own["method_duty"]
    if made.unit is not None:
        yield own["method_worth"].format(label=made.unit.payment.label)
        yield from (f"{upper_first(note)}." for note in made.unit.notes)
        yield own["method_typical"]
        if (share := no_mean(made)) is not None:
            yield own["method_mean"].format(n=f"{100 * share:.2g}")
    yield own["method_offline"].format(
        study=study.sha256[:12], model=sha256(results.estimates.tobytes())[:12], version=__version__
    )
