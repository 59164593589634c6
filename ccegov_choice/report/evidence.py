"""What the study, design, data and model show about each item of a reporting checklist."""

from __future__ import annotations

from collections.abc import Callable

from ccegov_choice.report.checklist import Evidence
from ccegov_choice.report.material import Material
from ccegov_choice.report.people import tasks_shown
from ccegov_choice.report.wording import count, join_words, plain, quoted, say
from ccegov_choice.study.wording import wording


def gather(material: Material) -> dict[str, Evidence | None]:
    """Return all the evidence there is, by its name; None where there is none."""
    return {name: show(material) for name, show in _EVIDENCE.items()}


def _role(material: Material) -> Evidence:
    text = say("evidence.role", role=material.study.role, context="").strip()
    return Evidence(text)


def _sources(material: Material) -> Evidence | None:
    attributes = material.study.attributes
    named = [a for a in attributes if a.sources]
    if not named:
        return None
    cited = dict.fromkeys(str(source) for a in named for source in a.sources)
    text = say("evidence.sources", n=len(named), total=len(attributes), sources="; ".join(cited))
    return Evidence(text)


def _attributes(material: Material) -> Evidence:
    number = count(len(material.study.attributes), "attributes")
    return Evidence(say("evidence.attributes", attributes=number))


def _alternatives(material: Material) -> Evidence:
    sizes = material.data.frame.groupby(["person", "task"], sort=False).size()
    least, most = int(sizes.min()), int(sizes.max())
    number = str(most) if least == most else say("number.between", low=least, high=most)
    return Evidence(say("evidence.alternatives", n=number))


def _opt_out(material: Material) -> Evidence:
    if material.opt_out:
        return Evidence(say("evidence.opt_out", label=quoted(material.opt_out)), enough=True)
    return Evidence(say("evidence.no_opt_out"))


def _design_method(material: Material) -> Evidence | None:
    if material.design is None:
        return None
    record = material.design.provenance
    seed = "" if record.seed is None else say("evidence.seed", seed=record.seed)
    return Evidence(say("evidence.design_method", method=record.made_by, seed=seed))


def _design_properties(material: Material) -> Evidence | None:
    if material.design is None:
        return None
    return Evidence(say("evidence.design_properties"), enough=True)


def _design_tasks(material: Material) -> Evidence:
    return Evidence(say("evidence.design_tasks", n=tasks_shown(material)))


def _context(material: Material) -> Evidence | None:
    context = wording(material.study.context)
    if not context:
        return None
    return Evidence(say("evidence.context", context=quoted(context)), enough=True)


def _response(material: Material) -> Evidence:
    return Evidence(say("evidence.response", response=material.data.response))


def _covariates(material: Material) -> Evidence | None:
    names = [covariate.text() for covariate in material.study.covariates]
    if not names:
        return None
    return Evidence(say("evidence.covariates", names=join_words(names)))


def _definitions(material: Material) -> Evidence | None:
    attributes = material.study.attributes
    explained = sum(1 for a in attributes if wording(a.definition))
    if not explained:
        return None
    if explained == len(attributes):
        return Evidence(say("evidence.definitions"), enough=True)
    return Evidence(say("evidence.definitions_some", n=explained, total=len(attributes)))


def _model_method(material: Material) -> Evidence:
    results = material.results
    facts = results.glance().iloc[0]
    text = say(
        "evidence.model_method",
        title=results.model.title,
        ll=plain(results.log_likelihood, 2),
        rho=plain(float(facts["rho_squared_adjusted"]), 3),
        errors=results.covariance_kind.name,
    )
    return Evidence(text, enough=results.converged)


def _uncertainty(material: Material) -> Evidence | None:
    if not material.results.converged:
        return None
    return Evidence(say("evidence.uncertainty"), enough=True)


def _limits(material: Material) -> Evidence:
    return Evidence(say("evidence.limits"))


def _materials(material: Material) -> Evidence:
    return Evidence(say("evidence.materials"))


def _findings(material: Material) -> Evidence | None:
    if not material.tradeoffs and material.importance is None:
        return None
    return Evidence(say("evidence.findings"), enough=True)


_EVIDENCE: dict[str, Callable[[Material], Evidence | None]] = {
    "study.role": _role,
    "study.sources": _sources,
    "study.context": _context,
    "study.covariates": _covariates,
    "study.definitions": _definitions,
    "task.attributes": _attributes,
    "task.alternatives": _alternatives,
    "task.opt_out": _opt_out,
    "design.method": _design_method,
    "design.properties": _design_properties,
    "design.tasks": _design_tasks,
    "data.response": _response,
    "model.method": _model_method,
    "model.uncertainty": _uncertainty,
    "report.limits": _limits,
    "report.materials": _materials,
    "report.findings": _findings,
}
