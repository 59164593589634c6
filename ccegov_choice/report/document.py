"""The report: what people would trade, told to people who decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice._files import write_atomic
from ccegov_choice.errors import ChoiceError, Problem, unknown_name
from ccegov_choice.models.simulate import SIMULATED
from ccegov_choice.report.annex import annex_section, checklists_of
from ccegov_choice.report.blocks import Fact, Facts, Section
from ccegov_choice.report.certainty import certainty_section, limits_section
from ccegov_choice.report.checklist import Checklist
from ccegov_choice.report.material import Material
from ccegov_choice.report.money import declares_vehicle, neutral
from ccegov_choice.report.options import options_section, paragraphs
from ccegov_choice.report.page import render_page
from ccegov_choice.report.people import people_section
from ccegov_choice.report.printing import render_pdf
from ccegov_choice.report.priorities import priorities_section
from ccegov_choice.report.provenance import provenance_section
from ccegov_choice.report.quality import quality_section
from ccegov_choice.report.redesign import redesign_section
from ccegov_choice.report.rewriting import numbered
from ccegov_choice.report.scenarios import scenarios_section
from ccegov_choice.report.summary import summary_section
from ccegov_choice.report.told import Told
from ccegov_choice.report.trading import trading_section
from ccegov_choice.report.winners import winners_section
from ccegov_choice.report.wording import say
from ccegov_choice.study.wording import wording
from ccegov_choice.tradeoff.importance import Importance, importance
from ccegov_choice.tradeoff.ratio import TradeOff, TradeOffs

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.design import Design
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.study.study import Study

_SECTIONS = (
    summary_section,
    options_section,
    priorities_section,
    trading_section,
    people_section,
    scenarios_section,
    winners_section,
    redesign_section,
    certainty_section,
    limits_section,
    quality_section,
    annex_section,
)

_FURTHER = (
    "distribution",
    "group_trades",
    "shift",
    "welfare",
    "equity",
    "burden",
    "redesign",
    "failure",
    "value",
    "index",
    "flags",
    "quality",
    "weighting",
)
"""Answers that a report may hold besides; each field has the name of its field in `Material`."""

_TRUTH = ("true_class", "true[")


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """A report on one study, as a single page that needs neither network nor script.

    The same inputs give the same bytes: it holds no date.

    Parameters
    ----------
    study : Study
        What was asked; its declarations fill the checklist.
    design : Design or None
        The tasks shown; None where there is no design file.
    data : ChoiceData
        What people chose.
    models : sequence of Results
        Fitted models; the report speaks of the first one and lists the others in its annex.
    tradeoffs : TradeOffs, or sequence of TradeOff or TradeOffs
        What people would give up for what.
    uptake : Uptake, optional
        Shares by scenario.
    importance : Importance, optional
        How much each attribute counts; computed from the first model when not given, where the
        model allows it.
    groups : mapping of str to TradeOffs, optional
        Trade-offs of each group of people, by the group's name.
    distribution : TradeDistribution, or sequence of it, optional
        How trade-offs differ over people.
    group_trades : GroupTrades, optional
        Groups compared by the two-step test.
    shift : ChannelShift, optional
        Who moves to which service, and who is left behind.
    welfare : WelfareChange, optional
        Who wins and who loses.
    equity : Equity, optional
        How evenly that falls.
    burden : BurdenAccount, optional
        Time and trouble by group.
    redesign : RedesignDecision, optional
        Which combination of changes is best.
    failure : FailureLedger, StagedValue, InformationValue, ..., or sequence of them, optional
        What it costs if it goes wrong, and what knowing more is worth.
    value : PublicValue, optional
        What each option costs and brings to whom.
    index : ServiceIndex, optional
        Services ranked by what citizens value.
    flags, quality : optional
        Flagged people, and results with and without them.
    weighting : Weighting, optional
        Who answered against the population.
    model_of : mapping of str to Results
        The model that an answer comes from where it is not the first, for the record of its
        numbers: ``{"distribution": mixed}``. It is one of `models`.
    title : str, optional
        Title of the report; by default that of the study.
    simulated : bool
        True if no real person answered. Data that say so themselves are always marked.
    notes : sequence of str
        Limits that only the authors know; added to section 8.

    Raises
    ------
    ChoiceError
        If there is no model, a model or the data belong to another study, or a protected
        attribute is priced.
    """

    study: Study
    design: Design | None
    data: ChoiceData
    models: Sequence[Results]
    tradeoffs: TradeOffs | Sequence[TradeOff | TradeOffs] = ()
    _: KW_ONLY
    uptake: Uptake | None = None
    importance: Importance | None = None
    groups: Mapping[str, TradeOffs | Sequence[TradeOff]] = field(default_factory=dict)
    distribution: Told | Sequence[Told] | None = None
    group_trades: Told | Sequence[Told] | None = None
    shift: Told | Sequence[Told] | None = None
    welfare: Told | Sequence[Told] | None = None
    equity: Told | Sequence[Told] | None = None
    burden: Told | Sequence[Told] | None = None
    redesign: Told | Sequence[Told] | None = None
    failure: Told | Sequence[Told] | None = None
    value: Told | Sequence[Told] | None = None
    index: Told | Sequence[Told] | None = None
    flags: Told | Sequence[Told] | None = None
    quality: Told | Sequence[Told] | None = None
    weighting: Told | Sequence[Told] | None = None
    model_of: Mapping[str, Results] = field(default_factory=dict)
    title: str | None = None
    simulated: bool = False
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise ChoiceError.of(problems, "The report cannot be made ({count} problems):")

    def _problems(self) -> Iterator[Problem]:
        if not self.models:
            yield Problem(
                "a report needs a fitted model",
                "Give models=[Logit(utility).fit(data)].",
                "models",
            )
        parts = [("data", self.data.study)]
        parts += [(f"model {n}", results.study) for n, results in enumerate(self.models, 1)]
        parts += [] if self.design is None else [("design", self.design.study)]
        for name, study in parts:
            if _asked(study) != _asked(self.study):
                yield Problem(
                    f"the {name} does not belong to this study: attributes or levels differ",
                    f"Make the {name} again with the study '{self.study.id}', or give the study "
                    "it was made with.",
                    name,
                )
        yield from self._unknown_models()
        protected = {a.id for a in self.study.attributes if a.tradeable == "no"}
        groups = [trade for trades in self.groups.values() for trade in _flat(trades)]
        for trade in (*_flat(self.tradeoffs), *groups):
            named = {trade.pay_in, trade.gain.partition(":")[0].strip()}
            for name in sorted(named & protected):
                yield Problem(
                    f"'{name}' is protected and must not be priced",
                    "Leave this trade-off out: the report says that it is not for trade.",
                    trade.gain,
                )

    def _unknown_models(self) -> Iterator[Problem]:
        """Find answers that no report has, and models that this one does not list."""
        for name, results in self.model_of.items():
            if name not in (*_FURTHER, "uptake", "importance"):
                yield unknown_name(name, _FURTHER, "answer", where=f"model_of['{name}']")
            elif not any(results is known for known in self.models):
                yield Problem(
                    f"the model of '{name}' is not among the models of the report",
                    "Add it to models=[...], so that its numbers can be looked up.",
                    f"model_of['{name}']",
                )

    @cached_property
    def material(self) -> Material:
        """What the sections draw on."""
        return Material(
            self.study,
            self.design,
            self.data,
            tuple(self.models),
            _flat(self.tradeoffs),
            self.uptake,
            self._importance(),
            {name: _flat(trades) for name, trades in self.groups.items()},
            self.is_simulated,
            tuple(self.notes),
            **{name: getattr(self, name) for name in _FURTHER},
            model_of_answer=dict(self.model_of),
        )

    def _importance(self) -> Importance | None:
        """Return the importance given, or computed; None where it differs by alternative."""
        if self.importance is not None:
            return self.importance
        try:
            return importance(self.models[0], data=self.data)
        except ChoiceError:
            return None

    @property
    def is_simulated(self) -> bool:
        """True if no real person answered: as said, or as the data say themselves.

        Data of `simulate_choices` carry it in their record, or carry the true tastes.
        """
        record = self.data.provenance
        made = record is not None and SIMULATED in record.made_by
        known = any(name.startswith(_TRUTH) for name in map(str, self.data.frame.columns))
        return self.simulated or made or known

    @cached_property
    def checklists(self) -> tuple[Checklist, ...]:
        """The reporting checklists, filled as far as the study and the files can fill them."""
        return checklists_of(self.material)

    @property
    def checklist(self) -> Checklist:
        """The first of them: that of ISPOR for conjoint analysis."""
        return self.checklists[0]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections, in order, as plain data."""
        every = (make(self.material) for make in _SECTIONS)
        told = tuple(section for section in every if section is not None)
        made = numbered((*told, provenance_section(self.material, told)))
        return made if declares_vehicle(self.study) else tuple(neutral(part) for part in made)

    def _head(self) -> tuple[str, str]:
        """Return title and standfirst."""
        title = self.title or self.study.text()
        standfirst = next(iter(paragraphs(self.study.declarations.get("decision", ""))), "")
        standfirst = standfirst or wording(self.study.question)
        if not declares_vehicle(self.study):
            title, standfirst = neutral(title), neutral(standfirst)
        return title, standfirst

    def to_html(self) -> str:
        """Return the whole page."""
        return render_page(*self._head(), self._facts(), self.sections, simulated=self.is_simulated)

    def to_pdf(self) -> bytes:
        """Return the same report as tagged PDF (PDF/UA-1).

        Raises
        ------
        ChoiceError
            If no installed font has a letter of the text.
        MissingExtraError
            If Typst is not installed.
        """
        return render_pdf(*self._head(), self._facts(), self.sections, simulated=self.is_simulated)

    def save_pdf(self, path: str | Path) -> Path:
        """Write the PDF to a file, whole or not at all; return its path. Errors as in `to_pdf`."""
        return write_atomic(path, self.to_pdf())

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, whole or not at all; return its path."""
        return write_atomic(path, self.to_html())

    def _facts(self) -> Facts:
        people = say("page.fact_simulated" if self.is_simulated else "page.fact_people")
        return Facts(
            (
                Fact(f"{self.data.people:,}", people),
                Fact(f"{self.data.tasks:,}", say("page.fact_choices")),
                Fact(f"{len(self.study.attributes)}", say("page.fact_attributes")),
            )
        )

    def __repr__(self) -> str:
        mark = ", SIMULATED" if self.is_simulated else ""
        return f"<Report on '{self.study.text()}': {self.data.people:,} people{mark}>"

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own, so that its style stays out of the notebook."""
        name = escape(repr(self)[1:-1], quote=True)
        return (
            f'<iframe title="{name}" srcdoc="{escape(self.to_html(), quote=True)}" '
            'style="width:100%;height:42rem;border:1px solid #d5dde3" sandbox></iframe>'
        )


def _asked(study: Study) -> object:
    """Return what the parts of a report must agree on: attributes, levels and alternatives."""
    attributes = tuple((a.id, a.kind, a.level_ids, a.base_id, a.floor) for a in study.attributes)
    return attributes, study.alternative_ids


def _flat(trades: Iterable[TradeOff | TradeOffs]) -> tuple[TradeOff, ...]:
    """Return all trade-offs, whether they come one by one or by what is paid in."""
    found: list[TradeOff] = []
    for item in trades:
        found += item.items if isinstance(item, TradeOffs) else [item]
    return tuple(found)
