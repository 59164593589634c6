"""`design.toml`: what a design is to be, written down so that anybody can make it again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ccegov_choice._files import read_text
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.design import Design
from ccegov_choice.design.efficient.assumed import assumed_from_dict
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Effort, Watch
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search_designs import efficient_design
from ccegov_choice.errors import DesignError, FileFormatError, Problem, unknown_name
from ccegov_choice.study.study import Study

NUMBERS = ("tasks", "alternatives", "blocks", "seed", "holdouts")
KEYS = (
    *("schema", "prior", "budget", "criterion", "rules", "effort", "people", "model", "repeat"),
    *("fixed", *NUMBERS),
)
_CRITERION = ("kind", "average", "quantile", "nuisance", "trades")


@dataclass(frozen=True, eq=False)
class DesignPlan:
    """An efficient design as it is asked for in a file.

    Parameters
    ----------
    folder : Path
        Where the file is; other files are named relative to it.
    content : mapping
        What the file says.

    Raises
    ------
    DesignError
        Listing every key that is unknown, missing or of the wrong kind.
    """

    folder: Path
    content: Mapping[str, Any]

    def __post_init__(self) -> None:
        problems = _problems(self.content, str(self.folder / "design.toml"))
        if problems:
            raise DesignError.of(problems, "The plan of the design has {count} problems:")

    @classmethod
    def read(cls, path: str | Path) -> DesignPlan:
        """Read a ``design.toml``.

        Raises
        ------
        FileFormatError
            If the file is missing or not TOML.
        DesignError
            Listing everything in it that cannot be.
        """
        try:
            content = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise FileFormatError(
                f"the file is not TOML: {error}", where=str(path), cure="Mend the line it names."
            ) from error
        return cls(Path(path).parent, content)

    def study(self) -> Study:
        """Return the study beside the plan."""
        return Study.read(self.folder / "study.toml")

    def make(self, study: Study | None = None, *, progress: Watch | None = None) -> Design:
        """Make the design.

        Parameters
        ----------
        study : Study, optional
            The study; by default ``study.toml`` beside the plan.
        progress : callable, optional
            See `efficient_design`.
        """
        said = self.content
        asked = study if study is not None else self.study()
        criterion = said.get("criterion", "D")
        if isinstance(criterion, Mapping):
            trades = tuple((str(a), str(b)) for a, b in criterion.get("trades", ()))
            criterion = Criterion(**{**criterion, "trades": trades})
        design = efficient_design(
            asked,
            self._prior(asked),
            tasks=said["tasks"],
            alternatives=said.get("alternatives"),
            blocks=said.get("blocks", 1),
            seed=said["seed"],
            budget=said.get("budget"),
            criterion=criterion,
            rules=Rules(**said.get("rules", {})),
            effort=Effort(**said.get("effort", {})),
            fixed=Design.read(self.folder / said["fixed"], asked) if "fixed" in said else None,
            people=said.get("people"),
            model=assumed_from_dict(said["model"]) if "model" in said else None,
            progress=progress,
        )
        if said.get("repeat"):
            design = design.with_repeat(seed=said["seed"])
        if said.get("holdouts"):
            design = design.with_holdouts(said["holdouts"], seed=said["seed"])
        return design

    def _prior(self, study: Study) -> Prior | None:
        name = self.content.get("prior", "prior.toml")
        path = self.folder / str(name)
        if "prior" not in self.content and not path.exists():
            return None
        return Prior.read(path, study)


def _problems(content: Mapping[str, Any], where: str) -> list[Problem]:
    problems = [unknown_name(key, KEYS, "key", where=where) for key in content if key not in KEYS]
    problems += [
        Problem(f"'{key}' is missing", f"Write {key} = 12.", where)
        for key in ("tasks", "seed")
        if key not in content
    ]
    for key in NUMBERS:
        value = content.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int):
            problems.append(Problem(f"{key} = {value!r} is no whole number", "Write 12.", where))
    if "budget" not in content and "runs" not in content.get("effort", {}):
        cure = 'Write budget = "30s", or runs = 50 under [effort].'
        problems.append(Problem("the search has neither a time nor a number of runs", cure, where))
    for key, allowed in (
        ("rules", tuple(item.name for item in fields(Rules))),
        ("effort", tuple(item.name for item in fields(Effort))),
    ):
        given = content.get(key, {})
        if not isinstance(given, Mapping):
            problems.append(Problem(f"'{key}' is no table", f"Start it with [{key}].", where))
            continue
        problems += [
            unknown_name(name, allowed, f"key of [{key}]", where=where)
            for name in given
            if name not in allowed
        ]
    criterion = content.get("criterion", "D")
    if isinstance(criterion, Mapping):
        problems += [
            unknown_name(name, _CRITERION, "key of [criterion]", where=where)
            for name in criterion
            if name not in _CRITERION
        ]
    return problems
