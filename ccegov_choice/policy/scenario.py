"""A scenario: what is on offer to whom, as it is or could be, with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


@dataclass(frozen=True, init=False)
class Scenario:
    """What is on offer: a service as it is or could be, or several side by side.

    Parameters
    ----------
    name : str
        A short name, such as ``"reform"``.
    profile : Profile or sequence of Profile
        Levels of the service, from ``study.profile(...)``; several are offered side by side, such
        as the channels of one service.
    label : str
        Words for tables and sentences; the name where there are none.
    available : mapping of str to str, optional
        Name of an offer -> who may use it, from columns of the people: ``"internet: yes"``,
        ``"region: north, south"``, or arithmetic that is above zero for them, such as
        ``"online"`` or ``"age - 64"``. Who is not mentioned may use everything.
    obliged : bool
        True where nobody may do without the service, though the study has an opt-out.

    Attributes
    ----------
    offers : tuple of Profile
        What is offered side by side.
    """

    name: str
    offers: tuple[Profile, ...]
    label: str
    available: Mapping[str, str] = field(hash=False)
    obliged: bool

    def __init__(
        self,
        name: str,
        profile: Profile | Sequence[Profile],
        label: str = "",
        available: Mapping[str, str] | None = None,
        obliged: bool = False,
    ) -> None:
        several = isinstance(profile, Sequence) and not isinstance(profile, str)
        offers = tuple(profile) if several else (profile,)  # type: ignore[arg-type]
        for key, value in (
            ("name", name),
            ("offers", offers),
            ("label", label),
            ("available", dict(available or {})),
            ("obliged", obliged),
        ):
            object.__setattr__(self, key, value)

    @property
    def profile(self) -> Profile:
        """The one service on offer.

        Raises
        ------
        PolicyError
            If there are several.
        """
        if len(self.offers) != 1:
            raise PolicyError(
                f"scenario '{self.name}' offers {len(self.offers)} services side by side, not one",
                where=f"scenario '{self.name}'",
                cure="Read all of them from .offers and their names from .offer_names.",
            )
        return self.offers[0]

    @property
    def offer_names(self) -> tuple[str, ...]:
        """Names of the offers: their alternatives, or "service 1" and so on."""
        return tuple(
            offer.alternative if offer.alternative is not None else f"service {i + 1}"
            for i, offer in enumerate(self.offers)
        )

    def text(self) -> str:
        """Return the label, or the name."""
        return self.label or self.name


Scenarios = Mapping[str, Profile | Sequence[Profile]] | Sequence[Scenario]


def as_scenarios(given: Scenarios) -> tuple[Scenario, ...]:
    """Return scenarios from a mapping of names to profiles, or as they are.

    Raises
    ------
    PolicyError
        If there is none, two have one name, something is no profile, or availability is said of
        something that is not on offer.
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
    problems += [problem for item in found for problem in _offer_problems(item)]
    if problems:
        raise PolicyError.of(problems, "The scenarios have {count} problems:")
    return found


def as_scenario(given: Scenario | Profile | Sequence[Profile], name: str) -> Scenario:
    """Return one scenario from a profile, several side by side, or as it is.

    Parameters
    ----------
    given : Scenario, Profile or sequence of Profile
        What is on offer.
    name : str
        Its name where it has none.

    Raises
    ------
    PolicyError
        If something in it is no profile, or availability is said of something not on offer.
    """
    found = given if isinstance(given, Scenario) else Scenario(name, given)
    return as_scenarios([found])[0]


def _offer_problems(scenario: Scenario) -> list[Problem]:
    where = f"scenario '{scenario.name}'"
    wrong = [type(o).__name__ for o in scenario.offers if not isinstance(o, Profile)]
    if wrong:
        said = f"{where} is no profile but a {wrong[0]}"
        return [Problem(said, _example(), "scenarios")]
    names = scenario.offer_names
    problems = [] if names else [Problem("nothing is on offer", _example(), where)]
    problems += [
        Problem(f"'{name}' is offered twice", "Keep one of the two.", where)
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]
    problems += [
        unknown_name(name, names, "offer", where=f"{where}, available")
        for name in scenario.available
        if name not in names
    ]
    return problems


def _example() -> str:
    return "Give names and profiles, as in {'today': study.profile(...), 'reform': ...}."


def check_scenarios(scenarios: Sequence[Scenario], utility: Utility, study: Study) -> None:
    """Check that each offer of each scenario says all that the utility reads.

    Raises
    ------
    PolicyError
        Listing offers without an alternative or with attributes left open.
    """
    problems = [
        problem
        for scenario in scenarios
        for name, offer in zip(scenario.offer_names, scenario.offers, strict=True)
        if (problem := _open_problem(scenario, name, offer, utility, study)) is not None
    ]
    if problems:
        raise PolicyError.of(problems, "The scenarios have {count} problems:")


def _open_problem(
    scenario: Scenario, name: str, offer: Profile, utility: Utility, study: Study
) -> Problem | None:
    where = f"scenario '{scenario.name}'" + (f", {name}" if len(scenario.offers) > 1 else "")
    if study.labelled and offer.alternative not in study.alternative_ids:
        return Problem(
            "it does not say which alternative it is",
            f"Name it: study.profile(alternative='{study.alternative_ids[0]}', ...).",
            where,
        )
    if study.opt_out is not None and offer.alternative == study.opt_out.id:
        return None
    read = [a.id for a in study.attributes_of(offer.alternative) if a.id in utility.reads]
    missing = [attribute for attribute in read if attribute not in offer.levels]
    if not missing:
        return None
    return Problem(
        f"it leaves open {', '.join(missing)}",
        "Give every attribute a level: a forecast is of a whole service.",
        where,
    )


def never_shown(scenarios: Sequence[Scenario], study: Study) -> tuple[str, ...]:
    """Say which scenarios combine levels that the study's constraints forbid."""
    return tuple(
        f"'{scenario.text()}' combines levels that the study forbids, so nobody was asked about it"
        for scenario in scenarios
        if not all(_allowed(offer, study) for offer in scenario.offers)
    )


def _allowed(offer: Profile, study: Study) -> bool:
    levels: dict[str, object] = dict(offer.levels)
    if offer.alternative is not None:
        levels["alternative"] = offer.alternative
    return study.allows(levels)
