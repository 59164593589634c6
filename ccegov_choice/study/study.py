"""A study: everything that is asked, in one frozen object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar, get_args

from ccegov_choice._files import sha256
from ccegov_choice.errors import Problem, StudyError, unknown_name
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Constraint
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.lines import Positions
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.profile import Profile, make_profile
from ccegov_choice.study.wording import Text, own_copy, wording

Role = Literal["customer", "beneficiary", "obligatee", "citizen"]
ROLES: tuple[str, ...] = get_args(Role)

_Noun = TypeVar("_Noun", Attribute, Covariate, Alternative)


@dataclass(frozen=True)
class Study:
    """Everything that is asked: attributes, alternatives, constraints, wordings.

    Parameters
    ----------
    id : str
        Short name, such as ``"benefit-claim"``.
    title : str or mapping
        What the study is called, or language code -> title.
    attributes : tuple of Attribute
        What can be better or worse about the service, in the order shown.
    alternatives : tuple of Alternative
        Labelled alternatives (train, car); empty when the options have no names of their own.
    opt_out : Alternative, optional
        Choosing nothing, or staying with what one has; of kind ``"opt_out"`` unless said.
    constraints : tuple of Forbidden or Implied
        Combinations that are never shown.
    covariates : tuple of Covariate
        What is known about each person.
    numeraires : tuple of Numeraire
        Attributes that other things may be paid in.
    languages : tuple of str
        Language codes; the first is the main one.
    question, context : str or mapping
        The question under each task, and what people read before the first.
    role : {"customer", "beneficiary", "obligatee", "citizen"}
        In which role people answer.
    mandatory : bool
        True for a duty: nobody may opt out, and uptake does not exist.
    declarations : mapping of str to str
        Free answers for the report's checklist: population, sampling, dates, ethics, ...

    Attributes
    ----------
    positions : Positions or None
        Lines of the file it was read from, for messages; no part of the study itself, and not
        passed on to changed copies.
    """

    id: str
    title: Text
    attributes: tuple[Attribute, ...]
    alternatives: tuple[Alternative, ...] = ()
    opt_out: Alternative | None = None
    constraints: tuple[Constraint, ...] = ()
    covariates: tuple[Covariate, ...] = ()
    numeraires: tuple[Numeraire, ...] = ()
    languages: tuple[str, ...] = ("en",)
    question: Text = ""
    context: Text = ""
    role: Role = "citizen"
    mandatory: bool = False
    declarations: Mapping[str, str] = field(default_factory=dict)
    positions: Positions | None = field(default=None, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        names = ("attributes", "alternatives", "constraints", "covariates", "numeraires")
        for name in (*names, "languages"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.opt_out is not None and self.opt_out.kind == "labelled":
            object.__setattr__(self, "opt_out", replace(self.opt_out, kind="opt_out"))
        for name in ("title", "question", "context"):
            object.__setattr__(self, name, own_copy(getattr(self, name)))
        object.__setattr__(self, "declarations", dict(self.declarations))

    def standing_at(self, positions: Positions) -> Study:
        """Return the study with the lines of the file it was read from."""
        placed = replace(self)
        object.__setattr__(placed, "positions", positions)
        return placed

    def __hash__(self) -> int:
        return hash((self.id, self.attribute_ids))

    # -- finding things ---------------------------------------------------------------------

    @property
    def labelled(self) -> bool:
        """True if the alternatives have names of their own."""
        return bool(self.alternatives)

    @property
    def attribute_ids(self) -> tuple[str, ...]:
        """Ids of the attributes, in order."""
        return tuple(attribute.id for attribute in self.attributes)

    @property
    def covariate_ids(self) -> tuple[str, ...]:
        """Ids of the person covariates, in order."""
        return tuple(covariate.id for covariate in self.covariates)

    @property
    def alternative_ids(self) -> tuple[str, ...]:
        """Ids of the labelled alternatives, then of the opt-out."""
        return tuple(alternative.id for alternative in self.named_alternatives)

    @property
    def named_alternatives(self) -> tuple[Alternative, ...]:
        """The labelled alternatives, then the opt-out."""
        return self.alternatives if self.opt_out is None else (*self.alternatives, self.opt_out)

    @property
    def language(self) -> str:
        """The main language: the first one declared."""
        return self.languages[0] if self.languages else "en"

    def attribute(self, id: str) -> Attribute:
        """Return an attribute by id; `StudyError` names the nearest one."""
        return self._find(id, self.attributes, "attribute")

    def covariate(self, id: str) -> Covariate:
        """Return a person covariate by id; `StudyError` names the nearest one."""
        return self._find(id, self.covariates, "covariate")

    def alternative(self, id: str) -> Alternative:
        """Return a labelled alternative or the opt-out by id."""
        return self._find(id, self.named_alternatives, "alternative")

    def attributes_of(self, alternative: str | None) -> tuple[Attribute, ...]:
        """Return the attributes that an alternative has (None: an unlabelled one)."""
        return tuple(a for a in self.attributes if a.available_to(alternative))

    def numeraire(self, attribute: str) -> Numeraire | None:
        """Return how an attribute may be paid in, or None if it is not declared a numeraire.

        Raises
        ------
        StudyError
            If the study has no such attribute.
        """
        self.attribute(attribute)
        return next((n for n in self.numeraires if n.attribute == attribute), None)

    def _find(self, id: str, nouns: Iterable[_Noun], what: str) -> _Noun:
        known = {noun.id: noun for noun in nouns}
        if id not in known:
            raise StudyError.of([unknown_name(id, known, what, where=f"study '{self.id}'")])
        return known[id]

    # -- profiles ---------------------------------------------------------------------------

    def profile(self, alternative: str | None = None, **levels: str | float) -> Profile:
        """Make a profile, with its names checked.

        Parameters
        ----------
        alternative : str, optional
            Id of the alternative, in a labelled study.
        **levels : str or float
            Attribute id = level id, or a number for numeric attributes. Attributes not named
            stay open; levels that the alternative fixes are filled in.

        Raises
        ------
        StudyError
            Naming every unknown attribute or level, with the nearest one.

        Warns
        -----
        ChoiceWarning
            If a number lies outside the range that the study tests.
        """
        return make_profile(self, alternative, levels)

    def allows(self, levels: Mapping[str, object]) -> bool:
        """Return whether levels may be shown together: above every floor, all constraints kept.

        Parameters
        ----------
        levels : mapping
            Attribute id -> level id or number, with ``"alternative"`` in labelled studies.
            Attributes left out are taken as absent. Names are not checked.
        """
        for attribute, cells in self._under_floor.items():
            if levels.get(attribute) in cells:
                return False
        return all(constraint.allows(levels) for constraint in self.constraints)

    @cached_property
    def _under_floor(self) -> dict[str, frozenset[str | float]]:
        found = {}
        for a in self.attributes:
            if a.floor:
                found[a.id] = frozenset(a.cell(lv) for lv in a.levels if lv.id in a.floor)
        return found

    # -- checking ---------------------------------------------------------------------------

    def check(self) -> tuple[Problem, ...]:
        """Return every problem of the study, each with its place and its cure; none if valid."""
        from ccegov_choice.study.check import problems_of

        return problems_of(self)

    def require_valid(self) -> None:
        """Raise `StudyError` listing every problem, if there is any."""
        found = self.check()
        if found:
            raise StudyError.of(found, f"The study '{self.id}' has {{count}} problems:")

    # -- files ------------------------------------------------------------------------------

    @classmethod
    def read(cls, path: str | Path) -> Study:
        """Read a ``study.toml``.

        Raises
        ------
        FileFormatError
            If the file is missing or not UTF-8.
        StudyError
            If it is not TOML or has unknown or misshapen keys; file and line are named, and
            what `check` finds is listed too. A readable study that only `check` objects to is
            returned.
        """
        from ccegov_choice.study.files import read_study

        return read_study(path)

    @classmethod
    def from_toml(cls, text: str, where: str = "study.toml") -> Study:
        """Read a study from TOML text; `where` names it in messages. See `read`."""
        from ccegov_choice.study.files import study_from_toml

        return study_from_toml(text, where)

    def to_toml(self) -> str:
        """Return the whole study as TOML, from which `from_toml` makes an equal one."""
        from ccegov_choice.study.toml_writer import study_to_toml

        return study_to_toml(self)

    def write(self, path: str | Path) -> Path:
        """Write the study to a TOML file, whole or not at all; return its path."""
        from ccegov_choice._files import write_atomic

        return write_atomic(path, self.to_toml())

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of `to_toml`, in hexadecimal."""
        return sha256(self.to_toml())

    # -- showing ----------------------------------------------------------------------------

    def text(self, language: str | None = None) -> str:
        """Return the title in a language (the main one when not given)."""
        return wording(self.title, language)

    def __repr__(self) -> str:
        from ccegov_choice.study.display import study_table

        return study_table(self).to_text()

    def _repr_html_(self) -> str:
        from ccegov_choice.study.display import study_table

        return study_table(self).to_html()
