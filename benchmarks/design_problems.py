"""Problems of the design benchmark: JSON files in, studies and the scorer's layout out."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccegov_choice.design.beliefs.belief import Belief
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.design import Design
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


@dataclass(frozen=True)
class DesignProblem:
    """A problem as we state it.

    Parameters
    ----------
    content : dict
        The file.
    study : Study
        Attributes ``x0``, ``x1``, ... with the levels of the file; the last one is the base.
    prior : Prior
        Normal beliefs.
    """

    content: dict[str, Any]
    study: Study
    prior: Prior

    @property
    def alternatives(self) -> int | None:
        """Alternatives besides the opt-out; None where they have labels."""
        return None if self.study.labelled else int(self.content["n_alts"])


def read_problem(path: Path) -> DesignProblem:
    """Read a problem file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    attributes, terms = [], []
    for i, item in enumerate(content["attributes"]):
        name = f"x{i}"
        if item["coding"] == "linear":
            attributes.append(Attribute.numeric(name, item["name"], item["levels"]))
            terms.append(name)
        else:
            levels = [f"v{n}" for n in range(len(item["levels"]))]
            attributes.append(Attribute.categorical(name, item["name"], levels, base=levels[-1]))
            terms.append(f"{item['coding']}({name})")
    count = content["n_alts"]
    opt_out = Alternative("none", "None", kind="opt_out") if content.get("opt_out") else None
    constants = [item["alt"] for item in content.get("asc", [])]
    named = any(alt <= count for alt in constants)
    labels = [f"alt{j}" for j in range(1, count + 1)]
    alternatives = tuple(Alternative(n, n) for n in labels) if named else ()
    if constants:
        of = [labels[alt - 1] if alt <= count else "none" for alt in constants]
        terms.append("asc(" + ", ".join(f'"{n}"' for n in of) + ")")
    study = Study("problem", content["title"], tuple(attributes), alternatives, opt_out)
    utility = Utility(" + ".join(terms), study)
    beliefs = [
        Belief.normal(mean, sd)
        for mean, sd in zip(content["prior_mean"], content["prior_sd"], strict=True)
    ]
    return DesignProblem(
        content, study, Prior(utility, dict(zip(utility.names, beliefs, strict=True)))
    )


def write_design(problem: DesignProblem, design: Design, path: Path) -> None:
    """Write a design in the scorer's layout."""
    items = problem.content["attributes"]
    order = {name: j for j, name in enumerate(design.alternatives, 1)}
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["block", "set", "alt", *(item["name"] for item in items)])
        for row in design.frame.to_dict("records"):
            if row["alternative"] == "none":
                continue
            cells = []
            for i, item in enumerate(items):
                cell = row[f"x{i}"]
                number = isinstance(cell, float)
                cells.append(f"{cell:g}" if number else item["levels"][int(str(cell)[1:])])
            writer.writerow([row["block"], row["task"], order[row["alternative"]], *cells])
