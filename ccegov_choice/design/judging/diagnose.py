"""Diagnosis: what a design can and cannot tell, with a plain verdict and a cure for each point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ccegov_choice._table import Table
from ccegov_choice.design import measures
from ccegov_choice.design.design import Design
from ccegov_choice.design.efficient.cases import People, Priors
from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.information import error_of
from ccegov_choice.design.judging import statistics_findings, tables
from ccegov_choice.design.judging.assumption import Assumption, assume
from ccegov_choice.design.judging.bound import certificate_of, check_seconds
from ccegov_choice.design.judging.diagnosis import Diagnosis
from ccegov_choice.design.judging.error_summary import ErrorSummary, error_table, summarise_errors
from ccegov_choice.design.judging.expected import Expected, column_correlations, correlation_table
from ccegov_choice.design.judging.finding import Finding
from ccegov_choice.design.judging.pictures import pictures_of
from ccegov_choice.design.judging.precision import Precision, coefficient_precision, precision_table
from ccegov_choice.design.judging.shown import Shown
from ccegov_choice.design.judging.structure_findings import structure_findings
from ccegov_choice.design.judging.trading import Trade, Trades, default_trades, named_trades
from ccegov_choice.design.words import coefficient_text
from ccegov_choice.study.utility import Utility

NONE_KNOWN = "all coefficients zero (the linear model)"
CONVENTION = (
    "D-error = det(inverse of M)^(1/K), where M is the Fisher information of the multinomial logit "
    "with {at}, the whole design answered once, and K counts "
    "all coefficients, constants included. It depends on units and coding: compare it only "
    "between designs for the same utility."
)
PER_PERSON = (
    "One person answers one block, so the information from N people is N / blocks times that of "
    "the whole design.",
    "With the people for |t| ≥ 1.96 the estimate differs from zero in every other survey, with "
    "those for 80 % power in four of five.",
)
DELTA = "Standard errors by the delta method."


def diagnose(
    design: Design,
    prior: Priors | Utility | None = None,
    *,
    utility: Utility | None = None,
    people: People = None,
    trades: Trades | None = None,
    certificate_seconds: float = 0.0,
) -> Diagnosis:
    """Judge a design.

    Parameters
    ----------
    design : Design
        The tasks.
    prior : Prior, sequence of (weight, Prior), or Utility, optional
        What is believed about the coefficients. Without it, what the search believed that made
        the design; where there was none, or a utility is given, every coefficient is zero.
    utility : Utility, optional
        What will be estimated, with coefficients of zero; main effects and constants when neither
        it nor a prior is given.
    people : sequence of mappings or DataFrame, optional
        Kinds of people who answer, each with its covariates and a ``weight``; their information
        is added up. Without it, those that the design was made for, and otherwise people who
        bring the middle of the levels shown.
    trades : sequence of (gain, pay_in), optional
        Willingness to trade to judge, as `willingness_to_trade` takes it. Without it, one for
        every attribute, paid in the study's first numeraire.
    certificate_seconds : float
        Time for bounding the D-error of the best possible design; without it, only the bound that
        the design came with is told.

    Returns
    -------
    Diagnosis

    Raises
    ------
    DesignError
        If the utility depends on who answers and nobody is named, the prior belongs to another
        study, or a trade cannot be made; it lists every problem.

    Notes
    -----
    Errors, standard errors and people needed are those of a multinomial logit. Tasks that are
    there for checks (hold-out and repeated ones) are left out. Associations are Cramér's V of the
    level codes.

    References
    ----------
    Huber and Zwerina (1996), Journal of Marketing Research 33 (utility balance). Rose and Bliemer
    (2013), Transportation 40 (people needed).
    """
    check_seconds(certificate_seconds)
    assumption = assume(design, prior, utility, people)
    shown = Shown.of(assumption.design)
    recorded = design.claims.get("certificate")
    bound = certificate_of(shown, assumption, recorded, certificate_seconds)
    return _Examination(design, assumption, shown, trades, bound).diagnosis()


@dataclass(frozen=True, eq=False)
class _Examination:
    """Everything that is looked at, once each."""

    design: Design
    assumption: Assumption
    shown: Shown
    asked: Trades | None
    certificate: Certificate | None

    @cached_property
    def unidentified(self) -> tuple[str, ...]:
        # shares far from equal may hide information in the numbers, so equal shares decide
        prior = self.assumption.prior
        matrix = self.assumption.information(0, prior.centre * 0.0)
        return tuple(measures.unidentified(matrix, prior.names))

    @cached_property
    def d_error(self) -> float:
        if self.unidentified:
            return float("inf")
        matrix = self.assumption.information(0, self.assumption.prior.centre)
        return measures.d_error(matrix) if self.assumption.is_zero else error_of(matrix)

    @cached_property
    def trades(self) -> tuple[tuple[Trade, ...], ...]:
        """For each prior."""
        if self.asked is not None:
            return tuple(named_trades(self.asked, p.utility) for _, p in self.assumption.priors)
        return tuple(default_trades(p.utility, p.centre)[0] for _, p in self.assumption.priors)

    @cached_property
    def errors(self) -> tuple[ErrorSummary, ...]:
        return summarise_errors(self.assumption, self.trades)

    @cached_property
    def precision(self) -> tuple[Precision, ...]:
        prior = self.assumption.prior
        matrix = self.assumption.information(0, prior.centre)
        labels = {name: coefficient_text(name, self.design.study) for name in prior.names}
        return coefficient_precision(matrix, prior.names, prior.centre, self.design.blocks, labels)

    @cached_property
    def trade_precision(self) -> tuple[Precision, ...]:
        prior, blocks = self.assumption.prior, self.design.blocks
        matrix = self.assumption.information(0, prior.centre)
        found = [trade.precision(matrix, prior.centre, blocks) for trade in self.trades[0]]
        if self.asked is None:
            _, missing = default_trades(prior.utility, prior.centre)
            found += [
                Precision(name, float("nan"), float("inf"), blocks, "", why)
                for name, why in missing
            ]
        return tuple(found)

    @cached_property
    def expected(self) -> Expected:
        return Expected.of(self.assumption)

    @cached_property
    def correlations(self) -> list[tuple[float, str, str]]:
        return column_correlations(self.assumption)

    def diagnosis(self) -> Diagnosis:
        """Put it all together."""
        at = NONE_KNOWN if self.assumption.is_zero else "the coefficients at their prior means"
        return Diagnosis(
            self.design._title,
            tuple(self._findings()),
            tuple(self._details()),
            self.d_error,
            self.assumption.prior.names,
            self.unidentified,
            self.shown.dominated,
            self.shown.repeated,
            CONVENTION.format(at=at),
            errors=self.errors,
            precision=self.precision,
            trades=self.trade_precision,
            expected=self.expected,
            certificate=self.certificate,
            numbers=tuple(self._numbers()),
            pictures=pictures_of(self.shown, self.expected, self.precision, self.trade_precision),
        )

    def _findings(self) -> Iterator[Finding]:
        says = statistics_findings
        yield says.identification(
            self.assumption, self.unidentified, self.d_error, len(self.design.alternatives)
        )
        yield says.assumed(self.assumption)
        yield from says.doubt(self.errors)
        yield from says.distance(self.certificate)
        yield from says.needed(self.precision, "People needed", "coefficients")
        yield from says.needed(
            self.trade_precision, "People needed for a willingness to trade", "of them"
        )
        if not self.assumption.is_zero:
            yield says.choices(self.expected)
        yield from structure_findings(self.shown, self.design)
        yield from says.correlations(self.correlations)
        told = None if self.certificate is None else self.certificate.said
        for note in self.design.notes:
            if note != told:
                yield Finding("How it was made", "note", note)

    def _details(self) -> Iterator[Table]:
        space, codes = self.shown.space, self.shown.codes
        yield tables.balance_table(space, codes)
        yield tables.overlap_table(space, codes)
        yield tables.association_table(space, self.shown.associations)
        if self.design.blocks > 1:
            yield tables.block_table(space, codes, self.shown.block)

    def _numbers(self) -> Iterator[Table]:
        yield error_table(self.errors, self.assumption)
        yield _with_notes("What it tells of each coefficient", self.precision, "Coefficient")
        if self.trade_precision and (self.asked is not None or not self.assumption.is_zero):
            title = "What it tells of each willingness to trade"
            yield _with_notes(title, self.trade_precision, "Willingness to trade", DELTA)
        if not self.assumption.is_zero:
            yield self.expected.table()
        if self.correlations:
            yield correlation_table(self.correlations)


def _with_notes(title: str, items: Sequence[Precision], first: str, *more: str) -> Table:
    return precision_table(title, items, first, (*PER_PERSON, *more))
