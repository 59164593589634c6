"""Scenarios as words of a command line, and the people they are for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.design import Design
    from ccegov_choice.policy.scenario import Scenario
    from ccegov_choice.study.profile import Profile
    from ccegov_choice.study.study import Study


def read_scenario(text: str, study: Study, option: str = "--scenario") -> Scenario:
    """Read ``"reform: wait=14, dignity=respectful"``.

    ``alternative=`` names a labelled one; offers that stand side by side are parted by semicolons.

    Raises
    ------
    PolicyError
        If it is written in another way.
    StudyError
        If a name is unknown.
    """
    from ccegov_choice.errors import PolicyError
    from ccegov_choice.policy.scenario import Scenario

    name, colon, rest = text.partition(":")
    offers = [_pairs(offer) for offer in rest.split(";") if offer.strip()]
    complete = all(sign and key.strip() for offer in offers for key, sign, _ in offer)
    if not colon or not name.strip() or not complete:
        example = ", ".join(f"{a.id}={a.level_ids[0]}" for a in study.attributes[:2])
        raise PolicyError(
            "a scenario has a name and levels",
            where=f"{option} '{text}'",
            cure=f"Write it like this: {option} 'reform: {example}'.",
        )
    return Scenario(name.strip(), [_profile(o, study, text, option) for o in offers or [[]]])


def _pairs(text: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in text.split(",") if part.strip()]


def _profile(pairs: list[tuple[str, str, str]], study: Study, text: str, option: str) -> Profile:
    levels: dict[str, str | float] = {}
    alternative = None
    for raw, _, value in pairs:
        key = raw.strip()
        if key == "alternative":
            alternative = value.strip()
        elif key in study.attribute_ids and study.attribute(key).is_numeric:
            levels[key] = _number(value.strip(), text, option)
        else:
            levels[key] = value.strip()
    return study.profile(alternative, **levels)


def _number(value: str, text: str, option: str) -> float:
    from ccegov_choice.errors import PolicyError

    try:
        return float(value)
    except ValueError:
        raise PolicyError(
            f"'{value}' is not a number",
            where=f"{option} '{text}'",
            cure="Give numbers without their unit.",
        ) from None


def read_answers(path: Path, study: Study, design: Design | None) -> ChoiceData:
    """Read answers of any of the three kinds; a table without alternatives is joined.

    Raises
    ------
    DataError
        If the design is needed and not given, or the answers have mistakes.
    """
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.data.files import read_table
    from ccegov_choice.errors import DataError

    if path.is_dir():
        return ChoiceData.read(path, study=study)
    table = read_table(path)
    if "alternative" in table.columns:
        return ChoiceData.from_long(table, study=study)
    if design is None:
        raise DataError(
            "these answers do not say which alternatives were shown",
            where=str(path),
            cure="Name the design they were made with: --design FOLDER.",
        )
    return ChoiceData.collect(design, table)
