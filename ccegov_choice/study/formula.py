"""From a formula and a study to coded terms: formulaic reads the formula, the study codes it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache

from formulaic import Formula
from formulaic.errors import FormulaSyntaxError
from formulaic.formula import OrderingMethod, SimpleFormula
from formulaic.parser import DefaultFormulaParser
from formulaic.parser.types import Factor as ParsedFactor

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.coding import (
    Computed,
    Constants,
    Factor,
    Levels,
    Linear,
    Piecewise,
    Polynomial,
    Specific,
    Term,
)
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.expression import FUNCTIONS, Expression
from ccegov_choice.study.study import Study

_CODINGS = ("linear", "dummy", "C", "effects", "poly", "piecewise", "asc", "specific")


@lru_cache(maxsize=256)  # reading a formula takes formulaic milliseconds, as long as a small fit
def parse_terms(formula: str) -> tuple[tuple[ParsedFactor, ...], ...]:
    """Read a formula into terms, each a product of factors, in the order written.

    Raises
    ------
    UtilityError
        If the formula is not one, or has a left side.
    """
    try:
        parsed = Formula(
            formula,
            _parser=DefaultFormulaParser(include_intercept=False),
            _ordering=OrderingMethod.NONE,
        )
    except FormulaSyntaxError as error:
        raise UtilityError(
            f"the formula cannot be read: {str(error).splitlines()[0]}",
            where=f"'{formula}'",
            cure="Join terms by + and interactions by ':', as in 'wait + channel + wait:age'.",
        ) from error
    if not isinstance(parsed, SimpleFormula) or not all(hasattr(t, "factors") for t in parsed):
        raise UtilityError(
            "the formula has a left side or several parts",
            where=f"'{formula}'",
            cure="Give the utility only; the data know which alternative was chosen.",
        )
    return tuple(tuple(term.factors) for term in parsed)


class FormulaCompiler:
    """Codes every factor of a formula by a study and gathers all problems on the way."""

    def __init__(self, formula: str, study: Study) -> None:
        self.formula = formula
        self.study = study
        self.problems: list[Problem] = []
        self._attributes = {item.id: item for item in study.attributes}
        self._covariates = {item.id: item for item in study.covariates}

    def terms(self) -> tuple[Term, ...]:
        """Return the coded terms.

        Raises
        ------
        UtilityError
            Listing every problem in the formula.
        """
        terms = []
        for parsed in parse_terms(self.formula):
            text = ":".join(factor.expr for factor in parsed)
            factors = [self._parsed(factor, text) for factor in parsed]
            known = tuple(factor for factor in factors if factor is not None)
            if len(known) == len(factors):
                self._check_varies(known, text)
                terms.append(Term(known))
        self._check_names(terms)
        if self.problems:
            raise UtilityError.of(self.problems, "The utility formula has {count} problems:")
        return tuple(terms)

    def _say(self, problem: str, cure: str, text: str) -> None:
        self.problems.append(Problem(problem, cure, f"formula term '{text}'"))

    def _check_varies(self, factors: tuple[Factor, ...], text: str) -> None:
        reads = [name for factor in factors for name in factor.reads]
        fixed = not any(isinstance(factor, Constants | Specific) for factor in factors)
        if reads and fixed and all(name in self._covariates for name in reads):
            self._say(
                f"{' and '.join(reads)} says something about the person and is the same for every "
                "alternative, so it cannot explain a choice alone",
                f"Let it change a taste, as in 'wait:{reads[0]}', or give it a coefficient per "
                f"alternative, as in 'specific({reads[0]})'.",
                text,
            )

    def _check_names(self, terms: list[Term]) -> None:
        seen: set[str] = set()
        for term in terms:
            for name in term.names:
                if name in seen:
                    self._say(
                        f"two terms would both be called '{name}'",
                        "Keep one of them, or code one of them in another way.",
                        self.formula,
                    )
                seen.add(name)

    def _parsed(self, factor: ParsedFactor, text: str) -> Factor | None:
        kind = factor.eval_method.value
        if kind == "literal":
            self._say(
                "a constant on every alternative changes no choice",
                "Leave it out, or write 'asc' for constants of the alternatives.",
                text,
            )
            return None
        if kind == "lookup":
            return self._named(factor.expr, text)
        return self._node(ast.parse(factor.expr, mode="eval").body, text)

    def _named(self, name: str, text: str) -> Factor | None:
        if name == "asc":
            return self._constants((), None, text)
        variable = self._variable(name, text)
        if variable is None:
            return None
        if isinstance(variable, Attribute) and variable.coding:
            node = ast.parse(f"{variable.coding}(x)", mode="eval").body
            return self._coded(variable.coding, name, [], {}, ast.unparse(node))
        if variable.kind == "numeric":
            return Linear(name)
        return self._levels(name, None, False, text)

    def _variable(self, name: str, text: str) -> Attribute | Covariate | None:
        found = self._attributes.get(name) or self._covariates.get(name)
        if found is None:
            known = [*self._attributes, *self._covariates, "asc"]
            self.problems.append(
                unknown_name(name, known, "attribute or covariate", where=f"formula term '{text}'")
            )
        return found

    def _node(self, node: ast.expr, text: str) -> Factor | None:
        match node:
            case ast.Name(id=name):
                return self._named(name, text)
            case ast.Call(func=ast.Name(id="I"), args=[inner], keywords=[]):
                return self._expression(inner, text)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords) if (
                name in _CODINGS
            ):
                try:
                    values = [self._value(part) for part in arguments]
                    options = {str(key.arg): self._value(key.value) for key in keywords}
                except ValueError:
                    self._misread(node, text)
                    return None
                return self._call(name, values, options, text)
            case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
                problem = unknown_name(
                    name, [*_CODINGS, *FUNCTIONS], "coding", where=f"formula term '{text}'"
                )
                self.problems.append(problem)
                return None
        return self._expression(node, text)

    def _value(self, node: ast.expr) -> object:
        """Read an argument: a name stays a node, a constant becomes its value."""
        if isinstance(node, ast.Name | ast.Call):
            return node
        return ast.literal_eval(node)

    def _misread(self, node: ast.expr, text: str) -> None:
        self._say(
            f"'{ast.unparse(node)}' cannot be read",
            "Give an attribute name first and then numbers or names in quotes, as in "
            "dummy(channel, base='web') or piecewise(wait, 10, 20).",
            text,
        )

    def _expression(self, node: ast.expr, text: str) -> Factor | None:
        try:
            expression = Expression(ast.unparse(node))
        except UtilityError as error:
            self.problems.extend(error.problems)
            return None
        for name in expression.variables:
            variable = self._variable(name, text)
            if variable is None:
                return None
            if not self._is_numeric(variable, text):
                return None
        return Computed(expression)

    def _is_numeric(self, variable: Attribute | Covariate, text: str) -> bool:
        if variable.kind == "numeric" or all(item.value is not None for item in variable.levels):
            return True
        self._say(
            f"'{variable.id}' is {variable.kind} and has no numbers to calculate with",
            f"Write C({variable.id}) for a coefficient per level, or give each level a value in "
            "the study.",
            text,
        )
        return False

    def _call(
        self, name: str, values: list[object], options: dict[str, object], text: str
    ) -> Factor | None:
        if name == "asc":
            return self._constants(tuple(values), options.get("base"), text)
        if not values or not isinstance(values[0], ast.Name | ast.Call):
            self._misread(ast.parse(f"{name}()", mode="eval").body, text)
            return None
        if name == "specific":
            return self._specific(values[0], tuple(values[1:]), options.get("base"), text)
        if not isinstance(values[0], ast.Name):
            self._misread(values[0], text)
            return None
        return self._coded(name, values[0].id, values[1:], options, text)

    def _coded(
        self,
        coding: str,
        name: str,
        values: list[object],
        options: dict[str, object],
        text: str,
    ) -> Factor | None:
        variable = self._variable(name, text)
        if variable is None:
            return None
        builders: dict[str, Callable[[], Factor | None]] = {
            "linear": lambda: Linear(name),
            "log": lambda: Computed(Expression(f"log({name})")),
            "poly": lambda: self._polynomial(name, values, options, text),
            "polynomial": lambda: self._polynomial(name, values, options, text),
            "piecewise": lambda: self._piecewise(name, values, options, text),
        }
        if coding in ("C", "dummy", "effects"):
            base = options.get("base", values[0] if values else None)
            return self._levels(name, base, coding == "effects", text)
        if coding not in builders:
            allowed = ["linear", "dummy", "effects", "log", "poly", "piecewise"]
            self.problems.append(unknown_name(coding, allowed, "coding", where=f"attribute {name}"))
            return None
        return builders[coding]() if self._is_numeric(variable, text) else None

    def _polynomial(
        self, name: str, values: list[object], options: dict[str, object], text: str
    ) -> Factor | None:
        degree = options.get("degree", values[0] if values else 2)
        if not isinstance(degree, int) or not 2 <= degree <= 5:
            self._say(
                f"the degree {degree} of a polynomial is not a whole number from 2 to 5",
                f"Write poly({name}, 2).",
                text,
            )
            return None
        return Polynomial(name, degree)

    def _piecewise(
        self, name: str, values: list[object], options: dict[str, object], text: str
    ) -> Factor | None:
        given = options.get("knots", tuple(values))
        knots = given if isinstance(given, tuple | list) else (given,)
        variable = self._attributes.get(name)
        if not knots and variable is not None:
            knots = tuple(variable.values[1:-1])
        numbers = tuple(float(knot) for knot in knots if isinstance(knot, int | float))
        if not knots or len(numbers) != len(knots) or list(numbers) != sorted(set(numbers)):
            self._say(
                "the knots of a piecewise line must be numbers that increase",
                f"Write piecewise({name}, 10, 20).",
                text,
            )
            return None
        return Piecewise(name, numbers)

    def _levels(self, name: str, base: object, effects: bool, text: str) -> Factor | None:
        variable = self._attributes.get(name) or self._covariates.get(name)
        if variable is None:
            self._variable(name, text)
            return None
        levels = tuple(level.id for level in variable.levels)
        if isinstance(variable, Attribute):
            # a level under the floor is never shown: it can neither have a coefficient nor be base
            levels = tuple(level.id for level in variable.shown_levels)
        if not levels:
            self._say(
                f"'{name}' has no levels",
                f"Write {name} alone for a linear effect, or declare its levels in the study.",
                text,
            )
            return None
        chosen = _level_id(base) if base is not None else variable.base_id
        if base is None and chosen not in levels:
            chosen = levels[0]
        if chosen not in levels:
            self.problems.append(
                unknown_name(
                    chosen, levels, f"base level of {name}", where=f"formula term '{text}'"
                )
            )
            return None
        return Levels(name, levels, chosen, effects)

    def _constants(self, names: tuple[object, ...], base: object, text: str) -> Factor | None:
        study = self.study
        if names:
            if study.labelled and not self._known_alternatives(names, text):
                return None
            return Constants(tuple(str(name) for name in names))
        ordinary = [item.id for item in study.alternatives]
        opt_out = [study.opt_out.id] if study.opt_out else []
        if base is not None:
            if not self._known_alternatives((base,), text):
                return None
            found = [name for name in (*ordinary, *opt_out) if name != base]
        else:
            found = [*ordinary[1:], *opt_out]
        if not found:
            self._say(
                "the study has neither named alternatives nor an opt-out, so there is no constant "
                "to estimate",
                "Leave 'asc' out, or name the position, as in asc('B').",
                text,
            )
            return None
        return Constants(tuple(found))

    def _known_alternatives(self, names: tuple[object, ...], text: str) -> bool:
        known = self.study.alternative_ids
        unknown = [name for name in names if name not in known]
        self.problems.extend(
            unknown_name(name, known, "alternative", where=f"formula term '{text}'")
            for name in unknown
        )
        return not unknown

    def _specific(
        self, inner: ast.Name | ast.Call, names: tuple[object, ...], base: object, text: str
    ) -> Factor | None:
        factor = self._node(inner, text)
        if factor is None or not self._known_alternatives(names, text):
            return None
        if names:
            return Specific(factor, tuple(str(name) for name in names))
        ordinary = tuple(item.id for item in self.study.alternatives)
        if not ordinary:
            self._say(
                "the alternatives of this study have no names of their own",
                "Use the attribute without specific(); declare [[alternative]] in the study if the "
                "alternatives differ in kind.",
                text,
            )
            return None
        if all(name in self._covariates for name in factor.reads):
            base = base if base is not None else ordinary[0]
            named = tuple(name for name in self.study.alternative_ids if name != base)
        else:
            attribute = self._attributes.get(factor.reads[0])
            own = attribute.alternatives if attribute else None
            named = tuple(own or ordinary)
        return Specific(factor, named)


def _level_id(base: object) -> str:
    return f"{base:g}" if isinstance(base, int | float) else str(base)
