"""The specification of a model that pylogit fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccegov_choice.study.utility import Utility

FAMILIES: dict[str, str] = {
    "MNL": "multinomial logit",
    "Nested Logit": "nested logit",
    "Mixed Logit": "mixed logit",
    "Asym": "multinomial asymmetric logit",
    "Cloglog": "multinomial clog-log",
    "Scobit": "multinomial scobit",
    "Uneven": "multinomial uneven logit",
}


@dataclass(frozen=True, eq=False)
class PylogitModel:
    """The specification of a model that pylogit fitted.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    model_type : str
        One of pylogit's names, see `FAMILIES`.
    nests : mapping of str to tuple of str
        Nest -> alternatives, for the nested logit.
    random : tuple of str
        Coefficients that are normally distributed over people, for the mixed logit.
    draws, seed : int or None
        Draws per person and their seed, for the mixed logit.
    """

    utility: Utility
    model_type: str = "MNL"
    nests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    random: tuple[str, ...] = ()
    draws: int | None = None
    seed: int | None = None

    @property
    def kind(self) -> str:
        """Word for files."""
        return "pylogit"

    @property
    def title(self) -> str:
        """Words for tables."""
        return f"pylogit: {FAMILIES[self.model_type]}"

    @property
    def logit_shares(self) -> bool:
        """Whether choice probabilities are those of the multinomial logit."""
        return self.model_type == "MNL"

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        return {
            "kind": self.kind,
            "model_type": self.model_type,
            "nests": {nest: list(members) for nest, members in self.nests.items()},
            "random": list(self.random),
            "draws": self.draws,
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> PylogitModel:
        """Read what `to_dict` gave."""
        nests = {nest: tuple(members) for nest, members in content["nests"].items()}
        return cls(
            utility,
            content["model_type"],
            nests,
            tuple(content["random"]),
            content["draws"],
            content["seed"],
        )
