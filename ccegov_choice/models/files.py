"""Results as a JSON file, from which they come back exactly as they were."""

from __future__ import annotations

import base64
import importlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from ccegov_choice._files import read_json, write_json
from ccegov_choice._provenance import Provenance
from ccegov_choice.errors import FileFormatError, UtilityError, unknown_name
from ccegov_choice.models.certificate.trust import SimulationNoise, Trust
from ccegov_choice.models.covariance import covariance_from_dict
from ccegov_choice.models.fitting.estimate import OptimisationRecord, TracePoint
from ccegov_choice.models.fitting.status import Status
from ccegov_choice.models.results import Model, Results
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "results"
SCHEMA = 1

# kind of model in a file -> module and class whose ``from_dict(content, utility)`` reads it
_MODELS = {
    "latent_class": ("ccegov_choice.models.classes.latent_class", "LatentClass"),
    "logit": ("ccegov_choice.models.logit.logit", "Logit"),
    "nested logit": ("ccegov_choice.models.nests.nested_logit", "NestedLogit"),
    "cross-nested logit": ("ccegov_choice.models.nests.cross_nested_logit", "CrossNestedLogit"),
    "scaled logit": ("ccegov_choice.models.logit.scaled_logit", "ScaledLogit"),
    "mixed": ("ccegov_choice.models.mixed.mixed_logit", "MixedLogit"),
    "pylogit": ("ccegov_choice.models.pylogit.model", "PylogitModel"),
}
_COUNTS = ("people", "tasks", "rows", "weighted")
_LIKELIHOODS = ("log_likelihood", "log_likelihood_null", "log_likelihood_constants")
_SHORT = 10_000  # longer arrays are packed


def save_results(results: Results, path: str | Path) -> Path:
    """Write results to a JSON file.

    It holds the model, the study, estimates, Hessian and the score of each person (so that
    another covariance needs no refit), and where they came from. No answer of a person is in it,
    but scores and identifiers are: treat the file like the data.

    Parameters
    ----------
    results : Results
        What to save.
    path : str or Path
        Where; an existing file is replaced whole.

    Returns
    -------
    Path
        The file written. The same results give the same bytes.

    Raises
    ------
    UtilityError
        If the model has a distribution that is a function of your own.
    """
    content = results_to_dict(results)
    _refuse_functions(content["model"])
    return write_json(path, content)


def _refuse_functions(model: object) -> None:
    """Refuse a model with a distribution that only a function tells."""
    if isinstance(model, Mapping):
        if "function" in model:
            raise UtilityError(
                f"a file cannot hold the function '{model['function']}', which a distribution "
                "of this model is made of",
                where="save_results",
                cure="Use a distribution that has a name, or keep the results in memory.",
            )
        for part in model.values():
            _refuse_functions(part)
    elif isinstance(model, list | tuple):
        for part in model:
            _refuse_functions(part)


def load_results(path: str | Path) -> Results:
    """Read results that `save_results` wrote.

    Raises
    ------
    FileFormatError
        If the file is missing, is something else, is from a newer version or is damaged.
    """
    content = read_json(path, kind=KIND, schema=SCHEMA)
    try:
        return results_from_dict(content)
    except (KeyError, IndexError, TypeError, ValueError, StopIteration) as error:
        raise FileFormatError(
            f"the results file is damaged or incomplete ({type(error).__name__}: {error})",
            where=str(path),
            cure="Take the file as it was saved, or fit again and save.",
        ) from error


def results_to_dict(results: Results) -> dict[str, Any]:
    """Return results as JSON can hold them."""
    record = results.optimisation
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "model": {"kind": results.model.kind, **results.model.to_dict()},
        "utility": results.utility.to_dict(),
        "names": list(results.names),
        "estimates": _pack(results.estimates),
        "free": _pack(results.free),
        "absent": dict(results.absent),
        "expansion": _pack(results.expansion),
        **{name: _number(getattr(results, name)) for name in _LIKELIHOODS},
        **{name: getattr(results, name) for name in _COUNTS},
        "covariance_kind": results.covariance_kind.to_dict(),
        "covariance_note": results.covariance_note,
        "covariance": _pack(results.covariance),
        "hessian": _pack(results.hessian),
        "optimisation": {
            "status": record.status.label,
            "method": record.method,
            "iterations": record.iterations,
            "evaluations": record.evaluations,
            "gradient_norm": _number(record.gradient_norm),
            "decrement": _number(record.decrement),
            "starts": [_number(value) for value in record.starts],
            "trace": [
                [_number(p.value), _number(p.decrement), _number(p.step), p.accepted]
                for p in record.trace
            ],
        },
        "provenance": results.provenance.to_dict(),
        "study": results.study.to_toml(),
        "person_ids": _pack(results.person_ids),
        "clusters": {name: _pack(codes) for name, codes in results.clusters.items()},
        "scores": None if results.scores is None else _pack(results.scores),
        "trust": None if results.trust is None else _trust_to_dict(results.trust),
    }


def results_from_dict(content: Mapping[str, Any]) -> Results:
    """Make results from what `results_to_dict` gave."""
    study = Study.from_toml(content["study"], where="study in the results file")
    utility = Utility.from_dict(content["utility"], study)
    found = content["optimisation"]
    record = OptimisationRecord(
        status=Status.from_label(found["status"]),
        iterations=found["iterations"],
        evaluations=found["evaluations"],
        gradient_norm=_float(found["gradient_norm"]),
        decrement=_float(found["decrement"]),
        trace=tuple(
            TracePoint(_float(value), _float(gap), _float(step), bool(accepted))
            for value, gap, step, accepted in found["trace"]
        ),
        method=found["method"],
        starts=tuple(_float(value) for value in found.get("starts", ())),
    )
    likelihoods = {name: _optional(content[name]) for name in _LIKELIHOODS}
    return Results(
        model=model_from_dict(content["model"], utility),
        utility=utility,
        names=tuple(content["names"]),
        estimates=_unpack(content["estimates"]),
        free=_unpack(content["free"]),
        absent=dict(content["absent"]),
        expansion=_unpack(content["expansion"]),
        log_likelihood=_float(likelihoods["log_likelihood"]),
        log_likelihood_null=_float(likelihoods["log_likelihood_null"]),
        log_likelihood_constants=likelihoods["log_likelihood_constants"],
        hessian=_unpack(content["hessian"]),
        scores=None if content["scores"] is None else _unpack(content["scores"]),
        person_ids=_unpack(content["person_ids"]),
        clusters={name: _unpack(codes) for name, codes in content["clusters"].items()},
        covariance_kind=covariance_from_dict(content["covariance_kind"]),
        covariance=_unpack(content["covariance"]),
        covariance_note=content["covariance_note"],
        optimisation=record,
        provenance=Provenance.from_dict(content["provenance"]),
        people=content["people"],
        tasks=content["tasks"],
        rows=content["rows"],
        weighted=content["weighted"],
        trust=_trust_from_dict(content.get("trust")),
    )


def _trust_to_dict(trust: Trust) -> dict[str, Any]:
    noise = trust.noise
    return {
        "one_top": trust.one_top,
        "approach": trust.approach,
        "edges": list(trust.edges),
        "unsimulated": trust.unsimulated,
        "noise": noise
        and {
            "draws": noise.draws,
            "sets": noise.sets,
            "sd": [_number(value) for value in noise.sd],
            "doubled": [_number(value) for value in noise.doubled],
            "log_likelihood_sd": _number(noise.log_likelihood_sd),
            "log_likelihood_doubled": _number(noise.log_likelihood_doubled),
        },
    }


def _trust_from_dict(content: Mapping[str, Any] | None) -> Trust | None:
    if content is None:
        return None
    noise = content["noise"]
    return Trust(
        one_top=content["one_top"],
        approach=content["approach"],
        edges=tuple(content["edges"]),
        unsimulated=content["unsimulated"],
        noise=noise
        and SimulationNoise(
            noise["draws"],
            noise["sets"],
            tuple(map(_float, noise["sd"])),
            tuple(map(_float, noise["doubled"])),
            _float(noise["log_likelihood_sd"]),
            _float(noise["log_likelihood_doubled"]),
        ),
    )


def model_from_dict(content: Mapping[str, Any], utility: Utility) -> Model:
    """Make the model that a file names by its ``kind``."""
    kind = content["kind"]
    if kind not in _MODELS:
        raise FileFormatError.of([unknown_name(kind, _MODELS, "kind of model")])
    module, name = _MODELS[kind]
    reader = getattr(importlib.import_module(module), name)
    arguments = {key: value for key, value in content.items() if key != "kind"}
    return cast("Model", reader.from_dict(arguments, utility))


# --- numbers and arrays ---------------------------------------------------------------------------


def _number(value: float | None) -> float | str | None:
    """Return a float as it is; JSON has no words for those that are not finite, so give them."""
    if value is None or math.isfinite(value):
        return None if value is None else float(value)
    return str(float(value))


def _optional(value: float | str | None) -> float | None:
    return None if value is None else float(value)


def _float(value: float | str | None) -> float:
    if value is None:
        raise TypeError("a number is missing")
    return float(value)


def _pack(array: npt.NDArray[Any]) -> dict[str, Any]:
    """Return an array with type and shape; long ones as base64 of their little-endian bytes."""
    kind, shape = array.dtype.kind, list(array.shape)
    if kind not in "biuf":
        values = [_plain(value) for value in array.ravel().tolist()]
        return {"type": "object", "shape": shape, "values": values}
    name = array.dtype.name
    if array.size > _SHORT:
        data = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        return {"type": name, "shape": shape, "base64": base64.b64encode(data).decode()}
    flat = array.ravel().tolist()
    return {
        "type": name,
        "shape": shape,
        "values": [_number(value) for value in flat] if kind == "f" else flat,
    }


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _unpack(content: Mapping[str, Any]) -> npt.NDArray[Any]:
    shape = tuple(content["shape"])
    if content["type"] == "object":
        objects = np.empty(len(content["values"]), dtype=object)
        objects[:] = content["values"]
        return objects.reshape(shape)
    dtype = np.dtype(content["type"])
    if "base64" in content:
        data = base64.b64decode(content["base64"])
        return np.frombuffer(data, dtype=dtype.newbyteorder("<")).astype(dtype).reshape(shape)
    values: Sequence[Any] = content["values"]
    if dtype.kind == "f":
        values = [_float(value) for value in values]
    return np.array(values, dtype=dtype).reshape(shape)
