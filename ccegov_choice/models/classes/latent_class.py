"""Latent classes: groups of people with tastes of their own, and nobody says who is where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem, UtilityError
from ccegov_choice.models.classes.spec import ClassSpec
from ccegov_choice.models.covariance import Covariance
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.mixed.distributions import Distribution
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol, StandardDraws
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.fitting.people_search import PeopleProblem
    from ccegov_choice.models.population.taste_points import PointsAt
    from ccegov_choice.models.probabilities import Tasks
    from ccegov_choice.models.results import Results

Bound = tuple[float | None, float | None]


@dataclass(frozen=True, eq=False)
class LatentClass:
    """Classes of people who each choose by a logit of their own.

    A person belongs to one class and answers all tasks by its tastes; the likelihood of a person
    is the mean over classes of the product over the person's choices.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    classes : int, or sequence of str or ClassSpec
        How many; or their names; or what sets each apart. Classes without names are called
        ``class 1``, ``class 2``, ... from the largest to the smallest.
    membership : str, optional
        A formula over covariates that say who belongs to which class, such as
        ``"age + C(income)"``; without it the shares are the same for everybody. The first class
        is the base.
    common : sequence of str
        Attributes or coefficients that have one value in all classes that do not ignore them;
        ``"*"`` for all.
    scale_classes : int
        Classes of scale, crossed with those of taste: each but the first multiplies utilities by
        ``exp(log_scale)``, so that tastes and how surely people choose are told apart.
    panel : bool
        False mixes task by task instead of person by person, as if each task had been answered
        by somebody else.
    random : mapping of str to Distribution
        Coefficients that differ between the people of a class, as in `MixedLogit`, in all classes
        that nothing else sets apart: ``class 1: sd[wait]``. A class that differs from the others
        in more than its parameters takes a `MixedLogit` of its own, see `ClassSpec`.
    correlated : bool or sequence of sequences of str
        Which of these are correlated within a class, as in `MixedLogit`.
    draws : StandardDraws, optional
        What their likelihood is simulated with; 1,000 scrambled Sobol draws without.
    fixed, bounds, equal
        As in `Logit`, by the names of the parameters: ``class 1: wait``; ``wait`` where it is
        common; ``member[class 2]``, ``member[class 2|age]``; ``log_scale[scale 2]``.

    Notes
    -----
    The likelihood has several tops. The search starts from sixteen points unless told otherwise;
    ``results.optimisation.starts`` holds what each came to.

    Classes that have no names are put in the order of their size after the search, unless a
    constraint names one of them; so are classes of scale where there are no constraints at all.

    References
    ----------
    Kamakura & Russell (1989), Journal of Marketing Research 26, 379-390. Greene & Hensher (2003),
    Transportation Research B 37, 681-698. Magidson & Vermunt (2007), Sawtooth Software Conference
    (classes of scale).

    Examples
    --------
    >>> LatentClass(Utility("wait + price"), classes=["patient", "hurried"]).title
    'Latent classes (2)'
    """

    utility: Utility
    classes: int | Sequence[str | ClassSpec] = 2
    membership: str | None = None
    common: Sequence[str] = ()
    scale_classes: int = 1
    panel: bool = True
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    equal: Sequence[Sequence[str]] = ()
    random: Mapping[str, Distribution] = field(default_factory=dict)
    correlated: bool | Sequence[Sequence[str]] = False
    draws: StandardDraws | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "random", MappingProxyType(dict(self.random)))
        given = self.classes
        if not isinstance(given, int | np.integer):
            named = tuple(item if isinstance(item, ClassSpec) else str(item) for item in given)
            object.__setattr__(self, "classes", named)
        common = (self.common,) if isinstance(self.common, str) else tuple(self.common)
        object.__setattr__(self, "common", common)
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))
        object.__setattr__(self, "bounds", MappingProxyType(dict(self.bounds)))
        object.__setattr__(self, "equal", tuple(tuple(group) for group in self.equal))
        _check(self)

    def __reduce__(self) -> tuple[type[LatentClass], tuple[Any, ...]]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        given = (self.utility, self.classes, self.membership, self.common, self.scale_classes)
        held = (dict(self.fixed), dict(self.bounds), self.equal)
        mixed = (dict(self.random), self.correlated, self.draws)
        return LatentClass, (*given, self.panel, *held, *mixed)

    @property
    def specs(self) -> tuple[ClassSpec, ...]:
        """What sets each class apart."""
        if isinstance(self.classes, int | np.integer):
            specs = [ClassSpec(f"class {c + 1}") for c in range(self.classes)]
        else:
            specs = [c if isinstance(c, ClassSpec) else ClassSpec(c) for c in self.classes]
        inside = self._inside()
        if inside is None:
            return tuple(specs)
        return tuple(replace(spec, model=inside) if spec.plain else spec for spec in specs)

    def _inside(self) -> MixedLogit | None:
        """Return the model of a class in which tastes differ, where they do."""
        if not self.random:
            return None
        return MixedLogit(
            self.utility, self.random, self.correlated, self.draws or Sobol(1000, seed=1)
        )

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return tuple(spec.name for spec in self.specs)

    @property
    def ordered(self) -> bool:
        """Whether classes are put in the order of their size: nothing but size tells them apart."""
        held = [*self.fixed, *self.bounds, *(name for group in self.equal for name in group)]
        named = any(f"{name}: " in text or f"[{name}" in text for text in held
                    for name in self.class_names)  # fmt: skip
        return isinstance(self.classes, int | np.integer) and not named

    @property
    def kind(self) -> str:
        """Word for files."""
        return "latent_class"

    @property
    def title(self) -> str:
        """Words for tables."""
        scales = f" times {self.scale_classes} scales" if self.scale_classes > 1 else ""
        by_task = "" if self.panel else ", mixed task by task"
        mixed = " of mixed logits" if self.random else ""
        return f"Latent classes{mixed} ({len(self.specs)}{scales}{by_task})"

    @property
    def common_tastes(self) -> bool:
        """False: there is no one vector of coefficients that everybody has."""
        return False

    @property
    def logit_shares(self) -> bool:
        """False: shares are a mean over classes."""
        return False

    def fit(
        self,
        data: ChoiceData,
        *,
        start: Mapping[str, float] | Sequence[float] | None = None,
        threads: int | None = None,
        covariance: Covariance | str | None = None,
        options: FitOptions | None = None,
    ) -> Results:
        """Estimate by maximum likelihood.

        Parameters
        ----------
        data : ChoiceData
            Choices, one per task.
        start : mapping of str to float, or sequence of floats, optional
            Where to start; parameters that a mapping leaves out start from the logit. The search
            then starts there only, unless `options` asks for more starts.
        threads : int, optional
            Threads to use, all processors without it; the result does not depend on it.
        covariance : Covariance or str, optional
            Kind of standard errors, see `Logit.fit`.
        options : FitOptions, optional
            When the search stops, and from how many points it starts (sixteen).

        Returns
        -------
        Results
            Estimates with their covariance; see `class_table`, `class_shares`,
            `class_membership`, `class_profiles` and `individual_coefficients`.

        Raises
        ------
        IdentificationError
            If the data cannot tell all parameters; it names them and says what to do.
        ConvergenceError
            If the search does not reach the top; ``error.best`` holds the best results.
        DataError, UtilityError
            If data or names do not fit.

        Warns
        -----
        ChoiceWarning
            If a class holds hardly anybody, or a coefficient runs away within a class.
        """
        from ccegov_choice.models.classes.problem import class_problem
        from ccegov_choice.models.fitting.fit_people import fit_people

        rules = options or FitOptions()
        problem = class_problem(self, data, threads=threads, start=start, options=rules)
        return fit_people(
            self, data, problem, covariance=covariance, options=rules, threads=threads
        )

    def problem(self, data: ChoiceData, *, threads: int | None = None) -> PeopleProblem:
        """Check names and data, and lay them out for the search."""
        from ccegov_choice.models.classes.problem import class_problem

        return class_problem(self, data, threads=threads, start=None, options=FitOptions())

    def shares(self, tasks: Tasks, parameters: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return choice probabilities ``(A,)``: the mean over classes, by their shares."""
        from ccegov_choice.models.classes.shares import population_shares

        return population_shares(self, tasks, parameters)

    def taste_points(self, results: Results, people: pd.DataFrame, draws: int | None) -> PointsAt:
        """Return the tastes of the classes, with their shares; see `HasTastePoints`."""
        from ccegov_choice.models.classes.points import class_points

        return class_points(self, results, people, draws)

    def people_columns(self, results: Results) -> tuple[str, ...]:
        """Return the columns of people that membership, or tastes within a class, depend on."""
        from ccegov_choice.models.classes.points import class_columns

        return class_columns(self, results)

    def individual_coefficients(
        self, results: Results, data: ChoiceData, *, threads: int | None = None
    ) -> pd.DataFrame:
        """Return the coefficients expected of each person; see `individual_coefficients`."""
        from ccegov_choice.models.classes.shares import unit_coefficients

        return unit_coefficients(results, data, threads=threads)

    def notes(self, results: Results) -> tuple[str, ...]:
        """Return what a reader of the summary must know."""
        from ccegov_choice.models.classes.profiles import started

        return tuple(started(results))

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        classes: Any = self.classes
        if not isinstance(classes, int | np.integer):
            classes = [c if isinstance(c, str) else c.to_dict() for c in classes]
        inside = self._inside()
        return {
            "kind": self.kind,
            "classes": classes,
            "membership": self.membership,
            "common": list(self.common),
            "scale_classes": self.scale_classes,
            "panel": self.panel,
            "fixed": dict(self.fixed),
            "bounds": {name: list(bound) for name, bound in self.bounds.items()},
            "equal": [list(group) for group in self.equal],
            "mixed": None if inside is None else inside.to_dict(),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> LatentClass:
        """Read what `to_dict` gave."""
        classes = content["classes"]
        if not isinstance(classes, int):
            classes = [
                c if isinstance(c, str) else ClassSpec.from_dict(c, utility) for c in classes
            ]
        mixed = content.get("mixed")
        inside = None if mixed is None else MixedLogit.from_dict(mixed, utility)
        return cls(
            utility,
            classes=classes,
            membership=content["membership"],
            common=content["common"],
            scale_classes=content["scale_classes"],
            panel=content["panel"],
            fixed=content["fixed"],
            bounds={name: (low, high) for name, (low, high) in content["bounds"].items()},
            equal=content["equal"],
            random={} if inside is None else inside.random,
            correlated=inside is not None and inside.correlated,
            draws=None if inside is None else inside.draws,
        )


def _check(model: LatentClass) -> None:
    """Refuse numbers and names of classes that make no sense, all at once."""
    where = "LatentClass"
    problems = []
    count = len(model.specs)
    if count < 1 or (count == 1 and model.scale_classes < 2):
        cure = "Give two or more, or fit Logit(utility)."
        problems.append(Problem(f"{count} classes are no classes", cure, where))
    if model.scale_classes < 1:
        problems.append(Problem(f"{model.scale_classes} classes of scale", "Give 1, 2, ...", where))
    problems += [
        Problem(f"the classes of '{spec.name}' have models of their own", "Give them here.", where)
        for spec in model.specs
        if isinstance(spec.model, LatentClass) and any(one.model for one in spec.model.specs)
    ]
    names = model.class_names
    problems += [
        Problem(f"two classes are called '{name}'", "Give each a name of its own.", where)
        for name in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]
    if problems:
        raise UtilityError.of(problems, "The classes have {count} problems:")
