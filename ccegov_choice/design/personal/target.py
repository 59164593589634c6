"""The distribution of profiles that random designs aim at.

An average effect of an attribute is an average over what the other attributes are. It therefore
depends on the profiles it is averaged over: shown services that look like real ones answer another
question than shown services in which every level is equally likely. A target says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ccegov_choice._table import Absent, Table
from ccegov_choice._table import Cell as TableCell
from ccegov_choice.design.personal.target_check import (
    Shares,
    marginal_problems,
    profile_problems,
    read_marginals,
    read_profiles,
)
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study

if TYPE_CHECKING:
    from ccegov_choice.design.personal.chances import Chances


@dataclass(frozen=True)
class TargetDistribution:
    """How likely each profile is to be shown.

    Made by `TargetDistribution.uniform`, `TargetDistribution.of` or
    `TargetDistribution.from_profiles`, which check what they are given.

    Parameters
    ----------
    study : Study
        What is asked.
    marginals : mapping
        Attribute id -> level id -> share. Attributes that are not named have equal shares.
    profiles : tuple of (Profile, float)
        Profiles with their weights: then the target is these profiles, and no others.

    Notes
    -----
    With marginals the target is the product of the marginals, conditioned on the floors and
    constraints of the study (and on not being the status quo, where that is a full profile, for
    it cannot be an alternative to itself): each allowed profile ``x`` has chance
    ``prod_m p_m(x_m) / c``, where ``c`` is the sum of these products over the allowed profiles.
    Constraints therefore move the shares that result away from the marginals: `shares` says where
    to. In a labelled study this holds for each alternative by itself.
    """

    study: Study
    marginals: Shares = field(default_factory=dict)
    profiles: tuple[tuple[Profile, float], ...] = ()

    @classmethod
    def uniform(cls, study: Study) -> TargetDistribution:
        """Return the target under which every allowed profile is equally likely."""
        return cls.of(study, {})

    @classmethod
    def of(
        cls, study: Study, marginals: Mapping[str, Mapping[str | float, float]]
    ) -> TargetDistribution:
        """Return the target with given shares of levels.

        Parameters
        ----------
        study : Study
            What is asked.
        marginals : mapping
            Attribute id -> level id (or number) -> share. Every level that may be shown needs a
            share, and the shares of an attribute sum to one (within 1e-6; they are then scaled
            to do so exactly). Attributes that are not named have equal shares.

        Returns
        -------
        TargetDistribution

        Raises
        ------
        DesignError
            Listing every name that is unknown and every share that is missing or wrong; or if
            the constraints allow none of the profiles that have a share.
        """
        study.require_valid()
        problems = marginal_problems(study, marginals)
        if problems:
            raise DesignError.of(problems, "The target distribution has {count} problems:")
        return cls(study, read_marginals(study, marginals))._with_chances()

    @classmethod
    def from_profiles(
        cls, study: Study, frame: pd.DataFrame, weight: str | Sequence[float] | None = None
    ) -> TargetDistribution:
        """Return the target that is a list of profiles, such as the services that exist today.

        Parameters
        ----------
        study : Study
            What is asked.
        frame : DataFrame
            One row per profile: a column per attribute with numbers or level ids; in a labelled
            study also ``alternative``. Other columns are not looked at. The same profile may come
            more than once: its weights are added.
        weight : str or sequence of float, optional
            The column with the weights (such as how many people use the service), or the weights
            themselves; equal ones when not given. They need not sum to one.

        Returns
        -------
        TargetDistribution

        Raises
        ------
        DesignError
            Listing every row that the study does not allow.
        """
        study.require_valid()
        problems = profile_problems(study, frame, weight)
        if problems:
            raise DesignError.of(problems, "The profiles have {count} problems:")
        return cls(study, profiles=read_profiles(study, frame, weight))._with_chances()

    @classmethod
    def from_dict(cls, study: Study, content: Mapping[str, Any]) -> TargetDistribution:
        """Read a target written by `to_dict`.

        Raises
        ------
        DesignError
            If it holds neither ``marginals`` nor ``profiles``, or they do not fit the study.
        """
        if set(content) == {"marginals"}:
            return cls.of(study, content["marginals"])
        if set(content) == {"profiles"}:
            rows = list(content["profiles"])
            return cls.from_profiles(study, pd.DataFrame(rows), "weight" if rows else None)
        names = ("marginals", "profiles")
        wrong = [unknown_name(name, names, "part", where="target") for name in content]
        told = wrong or [Problem("the target is empty", "Give 'marginals' or 'profiles'.")]
        both = Problem("the target has both parts", "Give 'marginals' or 'profiles', not both.")
        raise DesignError.of([both] if set(content) == set(names) else told)

    def to_dict(self) -> dict[str, Any]:
        """Return the target as JSON can hold it; `from_dict` reads it again."""
        if not self.profiles:
            return {"marginals": {name: dict(shares) for name, shares in self.marginals.items()}}
        rows = []
        for profile, weight in self.profiles:
            label = {"alternative": profile.alternative} if self.study.labelled else {}
            rows.append({**label, **profile.levels, "weight": weight})
        return {"profiles": rows}

    def shares(self, alternative: str | None = None) -> dict[str, dict[str, float]]:
        """Return the exact share of each level under the target, constraints included.

        Parameters
        ----------
        alternative : str, optional
            An alternative of a labelled study; the mean over those that vary the attribute when
            not given.

        Returns
        -------
        dict
            Attribute id -> level id -> share; attributes that no alternative varies are left out.

        Raises
        ------
        DesignError
            If there is no such alternative.
        """
        chances = self._chances
        names = [slot.alternative for slot in chances.space.slots]
        if alternative is not None and alternative not in names:
            raise DesignError.of([unknown_name(alternative, names, "alternative")])
        found: dict[str, dict[str, float]] = {}
        for m, attribute in enumerate(self.study.attributes):
            slots = [
                j
                for j, slot in enumerate(chances.space.slots)
                if m in slot.attributes and alternative in (None, slot.alternative)
            ]
            if slots:
                mean = np.mean([chances.level_shares(j)[m] for j in slots], axis=0)
                ids = [level.id for level in attribute.shown_levels]
                found[attribute.id] = dict(zip(ids, mean.tolist(), strict=True))
        return found

    def table(self) -> Table:
        """Return what was asked for beside the shares that result."""
        alone = Absent("the target is a list of profiles")
        rows: list[tuple[TableCell, ...]] = []
        for name, shares in self.shares().items():
            for level, share in shares.items():
                equal = {level: 1 / len(shares)}
                asked = self.marginals.get(name, equal)[level]
                rows.append((name, level, alone if self.profiles else asked, share))
        columns = ("Attribute", "Level", "Asked for", "Results")
        formats = dict.fromkeys(columns[2:], ".1%")
        title = f"Target distribution of profiles: {self.study.text()}"
        return Table(title, columns, tuple(rows), formats=formats)

    def _repr_html_(self) -> str:
        return self.table().to_html()

    @cached_property
    def _chances(self) -> Chances:
        from ccegov_choice.design.candidates import task_space
        from ccegov_choice.design.personal.chances import chances_of

        # shares do not depend on the number of alternatives: take the fewest a task may have
        fewest = None if self.study.labelled else 1 + (self.study.opt_out is None)
        return chances_of(task_space(self.study, fewest), self.marginals, self.profiles)

    def _with_chances(self) -> TargetDistribution:
        """Work out the chances now, so that a target that cannot be met is refused here."""
        _ = self._chances
        return self
