"""A scenario: a service as it is or could be, with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


@dataclass(frozen=True)
class Scenario:
    """A service as it is or could be.

    Parameters
    ----------
    name : str
        A short name, such as ``"reform"``.
    profile : Profile
        Its levels, from ``study.profile(...)``.
    label : str
        Words for tables and sentences; the name where there are none.
    """

    name: str
    profile: Profile
    label: str = ""

    def text(self) -> str:
        """Return the label, or the name."""
        return self.label or self.name


Scenarios = Mapping[str, Profile] | Sequence[Scenario]


def as_scenarios(given: Scenarios) -> tuple[Scenario, ...]:
    """Return scenarios from a mapping of names to profiles, or as they are.

    Raises
    ------
    PolicyError
        If there is none, two have one name, or something is no profile.
    """
    if isinstance(given, Mapping):
        found = tuple(Scenario(str(name), profile) for name, profile in given.items())
    else:
        found = tuple(given)
    names = [scenario.name for scenario in found]
    problems = [] if found else [Problem("no scenario is given", _example(), "scenarios")]
    problems += [
        Problem(f"two scenarios are called '{name}'", "Rename one of them.", "scenarios")
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]
    problems += [
        Problem(
            f"scenario '{item.name}' is no profile but a {type(item.profile).__name__}",
            _example(),
            "scenarios",
        )
        for item in found
        if not isinstance(item.profile, Profile)
    ]
    if problems:
        raise PolicyError.of(problems, "The scenarios have {count} problems:")
    return found


def _example() -> str:
    return "Give names and profiles, as in {'today': study.profile(...), 'reform': ...}."


def check_scenarios(scenarios: Sequence[Scenario], utility: Utility, study: Study) -> None:
    """Check that each scenario says all that the utility reads.

    Raises
    ------
    PolicyError
        Listing scenarios without an alternative or with attributes left open.
    """
    problems = []
    for scenario in scenarios:
        where = f"scenario '{scenario.name}'"
        profile = scenario.profile
        if study.labelled and profile.alternative not in study.alternative_ids:
            problems.append(
                Problem(
                    "it does not say which alternative it is",
                    f"Name it: study.profile(alternative='{study.alternative_ids[0]}', ...).",
                    where,
                )
            )
            continue
        if study.opt_out is not None and profile.alternative == study.opt_out.id:
            continue
        read = [a.id for a in study.attributes_of(profile.alternative) if a.id in utility.reads]
        missing = [name for name in read if name not in profile.levels]
        if missing:
            problems.append(
                Problem(
                    f"it leaves open {', '.join(missing)}",
                    "Give every attribute a level: a forecast is of a whole service.",
                    where,
                )
            )
    if problems:
        raise PolicyError.of(problems, "The scenarios have {count} problems:")


def never_shown(scenarios: Sequence[Scenario], study: Study) -> tuple[str, ...]:
    """Say which scenarios combine levels that the study's constraints forbid."""
    notes = []
    for scenario in scenarios:
        levels: dict[str, object] = dict(scenario.profile.levels)
        if scenario.profile.alternative is not None:
            levels["alternative"] = scenario.profile.alternative
        if not study.allows(levels):
            notes.append(
                f"'{scenario.text()}' combines levels that the study forbids, so nobody was asked "
                "about it"
            )
    return tuple(notes)
