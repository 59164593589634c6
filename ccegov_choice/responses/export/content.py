"""What a version's content says about its answers: questions, covariates, lots, options."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_ONE_VALUE = ("single", "number", "scale", "date")
"""Kinds of questions whose answer is one value, so that it can stand beside every choice."""


@dataclass(frozen=True)
class Content:
    """A version's content, looked at for exporting.

    Parameters
    ----------
    data : mapping
        The content as it was registered.
    """

    data: Mapping[str, Any]

    @cached_property
    def questions(self) -> dict[str, Mapping[str, Any]]:
        """Questions by id, in the order asked."""
        return {
            str(question["id"]): question
            for page in self.data.get("pages", ())
            for question in page.get("questions", ())
            if "id" in question
        }

    def say(self, text: Any) -> str:
        """Return a wording in the survey's main language."""
        if not isinstance(text, Mapping):
            return str(text or "")
        main = next(iter(self.data.get("languages", ())), "en")
        return str(text.get(main) or next(iter(text.values()), ""))

    @cached_property
    def covariates(self) -> dict[str, Mapping[str, Any]]:
        """Covariates of the study by id."""
        study = self.data.get("study", "")
        read = tomllib.loads(study) if isinstance(study, str) else study
        return {str(covariate["id"]): covariate for covariate in read.get("covariate", ())}

    @cached_property
    def response(self) -> str:
        """How tasks are answered: choice, dual, best-worst, ranking or rating."""
        settings = self.data.get("task_settings", {})
        return str(settings.get("response", "choice"))

    @cached_property
    def offered(self) -> dict[str, tuple[str, ...]]:
        """Task -> names of its alternatives, in the design's order."""
        tasks = self.data.get("tasks", {}).get("tasks", ())
        return {
            str(task["id"]): tuple(str(offer["alternative"]) for offer in task.get("offers", ()))
            for task in tasks
        }

    @cached_property
    def alternatives(self) -> tuple[str, ...]:
        """All alternatives of the design."""
        return tuple(dict.fromkeys(name for names in self.offered.values() for name in names))

    @cached_property
    def about_people(self) -> tuple[str, ...]:
        """Columns about a person that stand beside each of their choices."""
        asked = (id for id, question in self.questions.items() if question["kind"] in _ONE_VALUE)
        return tuple(dict.fromkeys([*(str(lot["id"]) for lot in self._lots), *asked]))

    @property
    def _lots(self) -> Iterable[Mapping[str, Any]]:
        lots: Iterable[Mapping[str, Any]] = self.data.get("lots", ())
        return lots

    def about(self, person: Mapping[str, Any]) -> dict[str, Any]:
        """Return these columns for one person; those without an answer are left out.

        A numeric covariate holds the number that the chosen option stands for.
        """
        found = dict(self._drawn(str(person["seed"])))
        for kept in person["answers"].values():
            said = kept["payload"]
            found |= {name: said[name] for name in self.about_people if name in said}
        return {
            name: value
            for name in found
            if (value := self._value(name, found[name])) is not None and value != ""
        }

    def _drawn(self, seed: str) -> Iterator[tuple[str, str]]:
        # as survey/lot draws it: the option whose hash comes first
        for lot in self._lots:
            id = str(lot["id"])
            options = [str(option["id"]) for option in lot["options"]]
            yield id, min(options, key=lambda option, id=id: _hash(seed, f"lot {id}", option))  # type: ignore[misc]

    def _value(self, name: str, value: Any) -> Any:
        covariate = self.covariates.get(name)
        if covariate is None:
            return value
        if covariate.get("kind") == "numeric":
            return self._number(name, value)
        levels = [str(level["id"]) for level in covariate.get("level", ())]
        return value if not levels or str(value) in levels else None

    def _number(self, name: str, value: Any) -> float | None:
        holders = [self.questions.get(name, {}), *(x for x in self._lots if x["id"] == name)]
        for holder in holders:
            for option in holder.get("options", ()):
                if str(option["id"]) == str(value):
                    number: float | None = option.get("value")
                    return number
        try:
            return float(value)
        except (TypeError, ValueError):
            return None


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()
