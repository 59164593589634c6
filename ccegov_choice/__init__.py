"""Discrete-choice surveys for public services: what citizens value, and what they would trade.

The public names are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ccegov_choice._version import __version__

if TYPE_CHECKING:
    from ccegov_choice import errors as errors
    from ccegov_choice._disclosure.limits import safe_share as safe_share
    from ccegov_choice._disclosure.limits import withhold_groups as withhold_groups
    from ccegov_choice._disclosure.protect import protect as protect
    from ccegov_choice._estimate import Estimate as Estimate
    from ccegov_choice._table import Absent as Absent
    from ccegov_choice._table import Table as Table
    from ccegov_choice._table import save_excel as save_excel
    from ccegov_choice.data.choice_data import ChoiceData as ChoiceData
    from ccegov_choice.data.datasets import load_dataset as load_dataset
    from ccegov_choice.data.quality.both_ways import with_and_without as with_and_without
    from ccegov_choice.data.quality.flags import quality_flags as quality_flags
    from ccegov_choice.data.weighting.rake import rake as rake
    from ccegov_choice.design.beliefs.belief import Belief as Belief
    from ccegov_choice.design.beliefs.prior import Prior as Prior
    from ccegov_choice.design.design import Design as Design
    from ccegov_choice.design.efficient.assumed import Multinomial as Multinomial
    from ccegov_choice.design.efficient.criterion import Criterion as Criterion
    from ccegov_choice.design.efficient.effort import Effort as Effort
    from ccegov_choice.design.efficient.nested import Nested as Nested
    from ccegov_choice.design.efficient.panel_mixed import PanelMixed as PanelMixed
    from ccegov_choice.design.efficient.plan import DesignPlan as DesignPlan
    from ccegov_choice.design.efficient.rules import Rules as Rules
    from ccegov_choice.design.efficient.search_designs import efficient_design as efficient_design
    from ccegov_choice.design.efficient.search_designs import search_designs as search_designs
    from ccegov_choice.design.foreign.exporting import export_design as export_design
    from ccegov_choice.design.foreign.importing import import_design as import_design
    from ccegov_choice.design.orthogonal import orthogonal_design as orthogonal_design
    from ccegov_choice.design.personal.target import TargetDistribution as TargetDistribution
    from ccegov_choice.design.personal.versions import person_designs as person_designs
    from ccegov_choice.design.random import random_design as random_design
    from ccegov_choice.models.certificate.certificate import Certificate as Certificate
    from ccegov_choice.models.classes.latent_class import LatentClass as LatentClass
    from ccegov_choice.models.classes.non_attendance import (
        AttributeNonAttendance as AttributeNonAttendance,
    )
    from ccegov_choice.models.classes.non_attendance import (
        stated_non_attendance as stated_non_attendance,
    )
    from ccegov_choice.models.classes.profiles import class_profiles as class_profiles
    from ccegov_choice.models.classes.profiles import class_table as class_table
    from ccegov_choice.models.classes.shares import class_membership as class_membership
    from ccegov_choice.models.classes.shares import class_shares as class_shares
    from ccegov_choice.models.classes.spec import ClassSpec as ClassSpec
    from ccegov_choice.models.classes.spec import lexicographic as lexicographic
    from ccegov_choice.models.compare import compare as compare
    from ccegov_choice.models.covariance import BHHH as BHHH
    from ccegov_choice.models.covariance import Bootstrap as Bootstrap
    from ccegov_choice.models.covariance import Classical as Classical
    from ccegov_choice.models.covariance import Clustered as Clustered
    from ccegov_choice.models.covariance import Robust as Robust
    from ccegov_choice.models.fitting.estimate import FitOptions as FitOptions
    from ccegov_choice.models.individual import individual_coefficients as individual_coefficients
    from ccegov_choice.models.logit.logit import Logit as Logit
    from ccegov_choice.models.logit.scaled_logit import ScaledLogit as ScaledLogit
    from ccegov_choice.models.mixed.distributions import CensoredNormal as CensoredNormal
    from ccegov_choice.models.mixed.distributions import (
        ConstrainedTriangular as ConstrainedTriangular,
    )
    from ccegov_choice.models.mixed.distributions import Distribution as Distribution
    from ccegov_choice.models.mixed.distributions import JohnsonSB as JohnsonSB
    from ccegov_choice.models.mixed.distributions import LogNormal as LogNormal
    from ccegov_choice.models.mixed.distributions import Normal as Normal
    from ccegov_choice.models.mixed.distributions import Triangular as Triangular
    from ccegov_choice.models.mixed.distributions import Uniform as Uniform
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit as MixedLogit
    from ccegov_choice.models.mixed.random_coefficients import (
        random_coefficients as random_coefficients,
    )
    from ccegov_choice.models.mixed.random_correlations import (
        random_correlations as random_correlations,
    )
    from ccegov_choice.models.mixed.scale_heterogeneity import (
        ScaleHeterogeneity as ScaleHeterogeneity,
    )
    from ccegov_choice.models.mixed.standard_draws import MLHS as MLHS
    from ccegov_choice.models.mixed.standard_draws import Halton as Halton
    from ccegov_choice.models.mixed.standard_draws import PseudoRandom as PseudoRandom
    from ccegov_choice.models.mixed.standard_draws import Sobol as Sobol
    from ccegov_choice.models.mixed.tabulated import TabulatedDistribution as TabulatedDistribution
    from ccegov_choice.models.mixed.tabulated import TruncatedNormal as TruncatedNormal
    from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit as CrossNestedLogit
    from ccegov_choice.models.nests.nested_logit import NestedLogit as NestedLogit
    from ccegov_choice.models.predict import elasticities as elasticities
    from ccegov_choice.models.predict import marginal_effects as marginal_effects
    from ccegov_choice.models.predict import predict as predict
    from ccegov_choice.models.pylogit import backend as pylogit  # noqa: F401
    from ccegov_choice.models.results import Results as Results
    from ccegov_choice.models.simulate import simulate_choices as simulate_choices
    from ccegov_choice.models.tastes import ClassTaste as ClassTaste
    from ccegov_choice.models.tastes import RandomTaste as RandomTaste
    from ccegov_choice.policy.burden.account import BurdenItem as BurdenItem
    from ccegov_choice.policy.burden.burden import burden_account as burden_account
    from ccegov_choice.policy.burden.burden import burden_of_services as burden_of_services
    from ccegov_choice.policy.burden.burden import read_burden as read_burden
    from ccegov_choice.policy.channels.channel_shift import channel_shift as channel_shift
    from ccegov_choice.policy.equity.aversion import (
        estimate_inequality_aversion as estimate_inequality_aversion,
    )
    from ccegov_choice.policy.equity.equity import equity as equity
    from ccegov_choice.policy.equity.measures import atkinson as atkinson
    from ccegov_choice.policy.equity.measures import (
        distributional_weights as distributional_weights,
    )
    from ccegov_choice.policy.equity.measures import (
        equally_distributed_equivalent as equally_distributed_equivalent,
    )
    from ccegov_choice.policy.equity.measures import gini as gini
    from ccegov_choice.policy.equity.switching import best_by_rule as best_by_rule
    from ccegov_choice.policy.equity.switching import switching_aversion as switching_aversion
    from ccegov_choice.policy.equity.welfare_functions import social_value as social_value
    from ccegov_choice.policy.failure.chance import Chance as Chance
    from ccegov_choice.policy.failure.chance import ReferenceClass as ReferenceClass
    from ccegov_choice.policy.failure.information import evpi as evpi
    from ccegov_choice.policy.failure.information import evsi as evsi
    from ccegov_choice.policy.failure.information import evsi_normal as evsi_normal
    from ccegov_choice.policy.failure.information_value import (
        value_of_information as value_of_information,
    )
    from ccegov_choice.policy.failure.ledger import FailureLedger as FailureLedger
    from ccegov_choice.policy.failure.ledger import Pilot as Pilot
    from ccegov_choice.policy.failure.monitor import sequential_monitor as sequential_monitor
    from ccegov_choice.policy.failure.portfolio import RiskLimits as RiskLimits
    from ccegov_choice.policy.failure.portfolio import pilot_portfolio as pilot_portfolio
    from ccegov_choice.policy.failure.staging import staged_value as staged_value
    from ccegov_choice.policy.index.service_index import service_index as service_index
    from ccegov_choice.policy.redesign.lever import Lever as Lever
    from ccegov_choice.policy.redesign.priority import rank_levers as rank_levers
    from ccegov_choice.policy.redesign.redesign import Redesign as Redesign
    from ccegov_choice.policy.redesign.responsibility import orphans as orphans
    from ccegov_choice.policy.redesign.responsibility import (
        responsibility_matrix as responsibility_matrix,
    )
    from ccegov_choice.policy.redesign.responsibility import splits as splits
    from ccegov_choice.policy.redesign.search import search_redesign as search_redesign
    from ccegov_choice.policy.scenario import Scenario as Scenario
    from ccegov_choice.policy.uptake import uptake as uptake
    from ccegov_choice.policy.value.budget import Project as Project
    from ccegov_choice.policy.value.budget import budget_portfolio as budget_portfolio
    from ccegov_choice.policy.value.option import ValueOption as ValueOption
    from ccegov_choice.policy.value.public_value import public_value as public_value
    from ccegov_choice.policy.welfare.welfare_change import welfare_change as welfare_change
    from ccegov_choice.power.grid import Grid as Grid
    from ccegov_choice.power.grid import TimeBudget as TimeBudget
    from ccegov_choice.power.groups import Group as Group
    from ccegov_choice.power.narrow import attribute_choices as attribute_choices
    from ccegov_choice.power.plan import plan_sample as plan_sample
    from ccegov_choice.power.settings import FieldConditions as FieldConditions
    from ccegov_choice.power.settings import Goal as Goal
    from ccegov_choice.power.settings import Simulation as Simulation
    from ccegov_choice.power.shortest import (
        shortest_sufficient_survey as shortest_sufficient_survey,
    )
    from ccegov_choice.report.brief.brief import Brief as Brief
    from ccegov_choice.report.brief.brief import Editions as Editions
    from ccegov_choice.report.brief.reading_grade import reading_grade as reading_grade
    from ccegov_choice.report.document import Report as Report
    from ccegov_choice.report.simulator.simulator import Simulator as Simulator
    from ccegov_choice.responses.store import ResponseStore as ResponseStore
    from ccegov_choice.study import library as library
    from ccegov_choice.study.alternative import Alternative as Alternative
    from ccegov_choice.study.alternative import FromCovariate as FromCovariate
    from ccegov_choice.study.attribute import Attribute as Attribute
    from ccegov_choice.study.constraint import Forbidden as Forbidden
    from ccegov_choice.study.constraint import Implied as Implied
    from ccegov_choice.study.covariate import Covariate as Covariate
    from ccegov_choice.study.level import Level as Level
    from ccegov_choice.study.numeraire import Numeraire as Numeraire
    from ccegov_choice.study.profile import Profile as Profile
    from ccegov_choice.study.study import Study as Study
    from ccegov_choice.study.utility import Utility as Utility
    from ccegov_choice.survey.replay import Replay as Replay
    from ccegov_choice.survey.survey import Survey as Survey
    from ccegov_choice.tradeoff.distribution import TradeDistribution as TradeDistribution
    from ccegov_choice.tradeoff.distribution_made import trade_distribution as trade_distribution
    from ccegov_choice.tradeoff.groups import group_trade_offs as group_trade_offs
    from ccegov_choice.tradeoff.importance import importance as importance
    from ccegov_choice.tradeoff.individual import individual_trade_offs as individual_trade_offs
    from ccegov_choice.tradeoff.ladder import trade_ladder as trade_ladder
    from ccegov_choice.tradeoff.matrix import trade_matrix as trade_matrix
    from ccegov_choice.tradeoff.ratio import trade_offs as trade_offs
    from ccegov_choice.tradeoff.ratio import willingness_to_trade as willingness_to_trade
    from ccegov_choice.walk.walk import Walk as Walk
    from ccegov_choice.walk.walk import walk_survey as walk_survey

# public name -> module that defines it
_WHERE = {
    "Alternative": "study.alternative",
    "Attribute": "study.attribute",
    "Covariate": "study.covariate",
    "Forbidden": "study.constraint",
    "FromCovariate": "study.alternative",
    "Implied": "study.constraint",
    "Level": "study.level",
    "Numeraire": "study.numeraire",
    "Profile": "study.profile",
    "Study": "study.study",
    "Utility": "study.utility",
    "Design": "design.design",
    "orthogonal_design": "design.orthogonal",
    "random_design": "design.random",
    "Belief": "design.beliefs.belief",
    "Prior": "design.beliefs.prior",
    "Criterion": "design.efficient.criterion",
    "Rules": "design.efficient.rules",
    "Effort": "design.efficient.effort",
    "efficient_design": "design.efficient.search_designs",
    "search_designs": "design.efficient.search_designs",
    "Multinomial": "design.efficient.assumed",
    "Nested": "design.efficient.nested",
    "PanelMixed": "design.efficient.panel_mixed",
    "import_design": "design.foreign.importing",
    "export_design": "design.foreign.exporting",
    "person_designs": "design.personal.versions",
    "TargetDistribution": "design.personal.target",
    "DesignPlan": "design.efficient.plan",
    "plan_sample": "power.plan",
    "Goal": "power.settings",
    "FieldConditions": "power.settings",
    "Simulation": "power.settings",
    "Group": "power.groups",
    "shortest_sufficient_survey": "power.shortest",
    "Grid": "power.grid",
    "TimeBudget": "power.grid",
    "attribute_choices": "power.narrow",
    "Survey": "survey.survey",
    "Replay": "survey.replay",
    "ResponseStore": "responses.store",
    "walk_survey": "walk.walk",
    "Walk": "walk.walk",
    "ChoiceData": "data.choice_data",
    "load_dataset": "data.datasets",
    "Logit": "models.logit.logit",
    "NestedLogit": "models.nests.nested_logit",
    "CrossNestedLogit": "models.nests.cross_nested_logit",
    "ScaledLogit": "models.logit.scaled_logit",
    "LatentClass": "models.classes.latent_class",
    "ClassSpec": "models.classes.spec",
    "lexicographic": "models.classes.spec",
    "AttributeNonAttendance": "models.classes.non_attendance",
    "stated_non_attendance": "models.classes.non_attendance",
    "class_table": "models.classes.profiles",
    "class_shares": "models.classes.shares",
    "class_membership": "models.classes.shares",
    "class_profiles": "models.classes.profiles",
    "individual_coefficients": "models.individual",
    "random_correlations": "models.mixed.random_correlations",
    "MixedLogit": "models.mixed.mixed_logit",
    "ScaleHeterogeneity": "models.mixed.scale_heterogeneity",
    "Distribution": "models.mixed.distributions",
    "Normal": "models.mixed.distributions",
    "LogNormal": "models.mixed.distributions",
    "CensoredNormal": "models.mixed.distributions",
    "JohnsonSB": "models.mixed.distributions",
    "Uniform": "models.mixed.distributions",
    "Triangular": "models.mixed.distributions",
    "ConstrainedTriangular": "models.mixed.distributions",
    "TruncatedNormal": "models.mixed.tabulated",
    "TabulatedDistribution": "models.mixed.tabulated",
    "Sobol": "models.mixed.standard_draws",
    "Halton": "models.mixed.standard_draws",
    "MLHS": "models.mixed.standard_draws",
    "PseudoRandom": "models.mixed.standard_draws",
    "FitOptions": "models.fitting.estimate",
    "Certificate": "models.certificate.certificate",
    "random_coefficients": "models.mixed.random_coefficients",
    "Results": "models.results",
    "BHHH": "models.covariance",
    "Bootstrap": "models.covariance",
    "Classical": "models.covariance",
    "Clustered": "models.covariance",
    "Robust": "models.covariance",
    "ClassTaste": "models.tastes",
    "RandomTaste": "models.tastes",
    "simulate_choices": "models.simulate",
    "compare": "models.compare",
    "elasticities": "models.predict",
    "marginal_effects": "models.predict",
    "predict": "models.predict",
    "importance": "tradeoff.importance",
    "trade_matrix": "tradeoff.matrix",
    "trade_offs": "tradeoff.ratio",
    "willingness_to_trade": "tradeoff.ratio",
    "Scenario": "policy.scenario",
    "uptake": "policy.uptake",
    "Report": "report.document",
    "trade_distribution": "tradeoff.distribution_made",
    "TradeDistribution": "tradeoff.distribution",
    "individual_trade_offs": "tradeoff.individual",
    "group_trade_offs": "tradeoff.groups",
    "trade_ladder": "tradeoff.ladder",
    "channel_shift": "policy.channels.channel_shift",
    "welfare_change": "policy.welfare.welfare_change",
    "equity": "policy.equity.equity",
    "estimate_inequality_aversion": "policy.equity.aversion",
    "switching_aversion": "policy.equity.switching",
    "best_by_rule": "policy.equity.switching",
    "gini": "policy.equity.measures",
    "atkinson": "policy.equity.measures",
    "equally_distributed_equivalent": "policy.equity.measures",
    "distributional_weights": "policy.equity.measures",
    "social_value": "policy.equity.welfare_functions",
    "BurdenItem": "policy.burden.account",
    "burden_account": "policy.burden.burden",
    "burden_of_services": "policy.burden.burden",
    "read_burden": "policy.burden.burden",
    "Lever": "policy.redesign.lever",
    "Redesign": "policy.redesign.redesign",
    "search_redesign": "policy.redesign.search",
    "responsibility_matrix": "policy.redesign.responsibility",
    "orphans": "policy.redesign.responsibility",
    "splits": "policy.redesign.responsibility",
    "rank_levers": "policy.redesign.priority",
    "Chance": "policy.failure.chance",
    "ReferenceClass": "policy.failure.chance",
    "Pilot": "policy.failure.ledger",
    "FailureLedger": "policy.failure.ledger",
    "RiskLimits": "policy.failure.portfolio",
    "pilot_portfolio": "policy.failure.portfolio",
    "staged_value": "policy.failure.staging",
    "sequential_monitor": "policy.failure.monitor",
    "evpi": "policy.failure.information",
    "evsi": "policy.failure.information",
    "evsi_normal": "policy.failure.information",
    "value_of_information": "policy.failure.information_value",
    "ValueOption": "policy.value.option",
    "public_value": "policy.value.public_value",
    "Project": "policy.value.budget",
    "budget_portfolio": "policy.value.budget",
    "service_index": "policy.index.service_index",
    "rake": "data.weighting.rake",
    "quality_flags": "data.quality.flags",
    "with_and_without": "data.quality.both_ways",
    "protect": "_disclosure.protect",
    "withhold_groups": "_disclosure.limits",
    "safe_share": "_disclosure.limits",
    "Brief": "report.brief.brief",
    "Editions": "report.brief.brief",
    "reading_grade": "report.brief.reading_grade",
    "Simulator": "report.simulator.simulator",
    "save_excel": "_table",
    "Table": "_table",
    "Estimate": "_estimate",
    "Absent": "_table",
}
# public name -> module that it is
_MODULES = {
    "errors": "errors",
    "library": "study.library",
    "pylogit": "models.pylogit.backend",
}

__all__ = ["__version__", *sorted([*_WHERE, *_MODULES])]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        value = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
