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


def _coding(material: Material) -> Evidence:
    return Evidence(say("evidence.coding", formula=material.results.utility.formula), enough=True)


def _errors(material: Material) -> Evidence:
    text = say("evidence.errors", note=material.results.covariance_note)
    return Evidence(text, enough=material.results.converged)


def _differences(material: Material) -> Evidence | None:
    titles = [r.model.title for r in material.models if r.model.kind in _DIFFERING]
    if titles:
        return Evidence(say("evidence.differences", models="; ".join(titles)), enough=True)
    if material.groups or material.group_trades is not None:
        return Evidence(say("evidence.differences_groups"))
    return None


def _scale(material: Material) -> Evidence | None:
    if material.group_trades is None:
        return None
    return Evidence(say("evidence.scale"))


def _trade(material: Material) -> Evidence | None:
    return Evidence(say("evidence.trade"), enough=True) if material.tradeoffs else None


def _importance(material: Material) -> Evidence | None:
    if material.importance is None:
        return None
    return Evidence(say("evidence.importance"), enough=True)


def _assumptions(material: Material) -> Evidence:
    return Evidence(say("evidence.assumptions", title=material.results.model.title))


def _repeatable(material: Material) -> Evidence:
    return Evidence(say("evidence.repeatable"), enough=material.design is not None)


def _fit(material: Material) -> Evidence:
    rho = float(material.results.glance().iloc[0]["rho_squared_adjusted"])
    several = len(material.models) > 1
    text = say("evidence.fit_several" if several else "evidence.fit", rho=plain(rho, 3))
    return Evidence(text, enough=several)


def _strategy(material: Material) -> Evidence:
    text = say("evidence.strategy", people=material.people, choices=material.choices)
    return Evidence(text, enough=True)


def _instrument(material: Material) -> Evidence | None:
    if not wording(material.study.question):
        return None
    return Evidence(say("evidence.instrument"))


def _modes(material: Material) -> Evidence | None:
    frame = material.data.frame
    named = [name for name in ("mode", "language") if name in frame]
    found = [str(value) for name in named for value in sorted(frame[name].dropna().unique())]
    return Evidence(say("evidence.modes", modes=join_words(found))) if found else None


def _sizes(material: Material) -> Evidence:
    text = say("evidence.sizes", people=material.people, choices=material.choices)
    return Evidence(text, enough=material.results.converged)


def _weights(material: Material) -> Evidence:
    if material.weighting is not None:
        return Evidence(say("evidence.raked"), enough=True)
    return Evidence(
        say("evidence.weighted" if material.results.weighted else "evidence.unweighted")
    )


def _quality(material: Material) -> Evidence | None:
    if material.quality is None:
        return None
    return Evidence(say("evidence.quality"), enough=True)


def _payment(material: Material) -> Evidence | None:
    names = [material.study.attribute(n.attribute).text() for n in material.study.numeraires]
    return Evidence(say("evidence.payment", names=join_words(names))) if names else None


def _signs(material: Material) -> Evidence | None:
    """Say which attributes move choices as the study expects."""
    lines = _directions(material)
    if not lines:
        return None
    wrong = [name for name, right in lines.items() if not right]
    if wrong:
        return Evidence(say("evidence.signs_wrong", names=join_words(wrong)))
    return Evidence(say("evidence.signs", names=join_words(list(lines))), enough=True)


def _directions(material: Material) -> dict[str, bool]:
    """Return, for attributes with an expected direction and one coefficient, whether it holds."""
    results, found = material.results, {}
    for attribute in material.study.attributes:
        names = [n for term in results.utility.terms_of(attribute.id) for n in term.names]
        known = [name for name in names if name in results.names]
        if attribute.direction in ("+", "-") and attribute.is_numeric and len(known) == 1:
            up = results.coefficient(known[0]) > 0
            found[attribute.text()] = up == (attribute.direction == "+")
    return found


_DIFFERING = ("mixed", "mixed_logit", "latent_class", "classes")

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
    "model.coding": _coding,
    "model.errors": _errors,
    "model.differences": _differences,
    "model.scale": _scale,
    "model.assumptions": _assumptions,
    "model.fit": _fit,
    "model.signs": _signs,
    "results.trade": _trade,
    "results.importance": _importance,
    "study.payment": _payment,
    "data.strategy": _strategy,
    "data.modes": _modes,
    "data.sizes": _sizes,
    "data.weights": _weights,
    "data.quality": _quality,
    "report.instrument": _instrument,
    "report.repeatable": _repeatable,
    "report.limits": _limits,
    "report.materials": _materials,
    "report.findings": _findings,
}
