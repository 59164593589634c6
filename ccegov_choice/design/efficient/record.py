"""From what a search found to a design with its record, and back: replay and judge again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ccegov_choice._files import sha256
from ccegov_choice._provenance import Provenance
from ccegov_choice.design.blocks import assign_blocks
from ccegov_choice.design.candidates import Codes
from ccegov_choice.design.design import Design, assemble, coded, offered
from ccegov_choice.design.efficient.assumed import PanelMixed
from ccegov_choice.design.efficient.assumed_error import assumed_error
from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.effort import Watch, Work
from ccegov_choice.design.efficient.evaluate import Evaluation, evaluate
from ccegov_choice.design.efficient.refine import Refined, refine
from ccegov_choice.design.efficient.search import Found, breaches_of, explain_breaches, replay
from ccegov_choice.design.efficient.setting import Floats, Setting, recorded_setting
from ccegov_choice.design.extra_tasks import estimating
from ccegov_choice.errors import DesignError
from ccegov_choice.study.study import Study


def blocks_of(setting: Setting, codes: Codes) -> Codes:
    """Return the block of each task, from 1."""
    return assign_blocks(codes, setting.blocks, np.random.default_rng([setting.seed, 5]))


def refined(
    setting: Setting,
    found: Found,
    *,
    seconds: float | None = None,
    visits: int | None = None,
    watch: Watch | None = None,
) -> Refined:
    """Refine a design for the model that it is made for; its blocks stay as they are."""
    tied = setting.rules.tied(
        setting.space,
        setting.tasks,
        np.random.default_rng([setting.seed, 2, found.work.run]),
    )
    return refine(
        setting.space, setting.few_cases, setting.model, setting.criterion, found.codes,
        block=blocks_of(setting, found.codes), present=setting.present,
        rules=setting.engine.rules, tied=tied, fixed=len(setting.fixed), visits=visits,
        seconds=seconds, seed=setting.seed, threads=setting.effort.workers, watch=watch,
    )  # fmt: skip


def judge(
    setting: Setting, codes: Codes, block: Codes, present: Floats, *, holdout: bool = False
) -> Evaluation:
    """Work the criterion out, on the draws of the search or on others."""
    if setting.is_multinomial:
        cases = setting.holdout if holdout else setting.cases
        return evaluate(cases, setting.criterion, codes, present)
    model = setting.model
    if holdout and isinstance(model, PanelMixed):
        model = model.holdout
    cases = setting.few_holdout if holdout else setting.few_cases
    return assumed_error(
        setting.space, cases, model, setting.criterion, codes, block=block, present=present
    )


def write_down(
    setting: Setting,
    codes: Codes,
    block: Codes,
    work: Work,
    value: Evaluation,
    certificate: Certificate | None,
) -> Design:
    """Return the design with what was measured and what it is made again from."""
    purposes = dict.fromkeys(range(len(setting.fixed)), "fixed")
    parents = {"study": setting.study.sha256}
    for number, (_, prior) in enumerate(setting.priors, 1):
        name = "prior" if len(setting.priors) == 1 else f"prior {number}"
        parents[name] = sha256(prior.to_toml())
    record = Provenance.record(
        "efficient_design",
        parameters=setting.parameters(work),
        seed=setting.seed,
        parents=parents,
    )
    return assemble(
        setting.space, codes, block, record, _notes(setting, value, certificate),
        present=setting.present, purposes=purposes,
        claims=_claims(setting, codes, block, value, certificate),
    )  # fmt: skip


def make_again(study: Study, *, seed: int, **parameters: Any) -> Design:
    """Do the recorded work of an efficient design again; used by `verify`.

    Parameters
    ----------
    study : Study
        The study.
    seed : int
        The recorded seed.
    **parameters
        The other recorded parameters.
    """
    setting = recorded_setting(study, seed, parameters)
    work = Work.from_dict(parameters["work"])
    codes = replay(setting.task, work)
    block = blocks_of(setting, codes)
    if not setting.is_multinomial:
        codes = refined(setting, Found(codes, 0.0, 0.0, work), visits=work.refined).codes
    value = judge(setting, codes, block, setting.present)
    return write_down(setting, codes, block, work, value, None)


def judge_again(design: Design, record: Mapping[str, Any]) -> dict[str, float | None]:
    """Work the recorded errors out again from the tasks; used by `verify`.

    Parameters
    ----------
    design : Design
        The saved tasks.
    record : mapping
        Provenance of the search.

    Returns
    -------
    dict
        ``error`` and, where it was recorded, ``error_holdout``; None where infinite.

    Raises
    ------
    DesignError
        Naming the rules that the tasks break.
    """
    setting = recorded_setting(design.study, record["seed"], record["parameters"])
    plain = estimating(design)
    codes, present = coded(plain, setting.space), offered(plain, setting.space)
    rules = setting.rules.pack(setting.space, present)
    engine = replace(setting.engine, present=present, rules=rules)
    if setting.rules.varying is None and breaches_of(engine, codes) > 0:
        raise DesignError.of(
            explain_breaches(setting.rules, engine, codes), "The tasks break {count} rules:"
        )
    block = plain.frame.drop_duplicates("task")["block"].to_numpy()
    found = {"error": _finite(judge(setting, codes, block, present).value)}
    if _has_holdout(setting):
        found["error_holdout"] = _finite(judge(setting, codes, block, present, holdout=True).value)
    return found


def _has_holdout(setting: Setting) -> bool:
    return not setting.is_local or isinstance(setting.model, PanelMixed)


def _claims(
    setting: Setting,
    codes: Codes,
    block: Codes,
    value: Evaluation,
    certificate: Certificate | None,
) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "criterion": setting.criterion.name,
        "model": setting.model.said,
        "error": _finite(value.value),
        "draws": len(value.errors),
        "singular_draws": value.singular,
    }
    if _has_holdout(setting):
        other = judge(setting, codes, block, setting.present, holdout=True)
        claims["error_holdout"] = _finite(other.value)
        claims["draws_holdout"] = len(other.errors)
        claims["singular_draws_holdout"] = other.singular
    if certificate is not None:
        claims["certificate"] = certificate.to_dict()
    return claims


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _notes(setting: Setting, value: Evaluation, certificate: Certificate | None) -> tuple[str, ...]:
    notes = []
    if certificate is not None:
        notes.append(certificate.said)
    if value.singular:
        notes.append(
            f"At {value.singular} of {len(value.errors)} draws of the prior the design identifies "
            "nothing: the beliefs allow coefficients at which one alternative is always chosen. "
            "Narrow the prior, or judge the median error."
        )
    return tuple(notes)
