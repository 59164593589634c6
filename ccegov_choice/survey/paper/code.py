"""The code of a paper form: which survey, version, block, form and language it is."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.survey import Survey


@dataclass(frozen=True)
class FormCode:
    """What a paper form is, as printed on it and in its QR code.

    Parameters
    ----------
    survey : str
        Id of the survey.
    sha : str
        First eight characters of the fingerprint of its version.
    block : str
        The block.
    form : int
        Number of the form; it is also the seed of the orders on it.
    language : str
        The language.
    """

    survey: str
    sha: str
    block: str
    form: int
    language: str

    @property
    def seed(self) -> str:
        """Seed of the orders on the form: what was seen can be replayed from its number."""
        return f"paper:{self.form}"

    def __str__(self) -> str:
        return f"ccegov:{self.survey}:{self.sha}:{self.block}:{self.form}:{self.language}"


def form_code(survey: Survey, form: int, language: str, block: str | None = None) -> FormCode:
    """Return the code of a form.

    Parameters
    ----------
    survey : Survey
        The survey.
    form : int
        Number of the form, from 1.
    language : str
        One of the survey's languages.
    block : str, optional
        The block; without it, forms take the blocks in turn, so that every run of forms is
        balanced.

    Raises
    ------
    SurveyError
        If there is no such block or language, or the number is not positive.
    """
    blocks = survey.tasks.blocks
    if form < 1:
        raise SurveyError("forms are numbered from 1", where=f"form {form}", cure="Give 1 or more.")
    if language not in survey.languages:
        raise SurveyError(
            f"the survey is not in '{language}'",
            where=f"survey '{survey.id}'",
            cure=f"Choose one of {', '.join(survey.languages)}, or translate it first.",
        )
    if block is not None and block not in blocks:
        raise SurveyError(
            f"the design has no block '{block}'",
            where=f"survey '{survey.id}'",
            cure=f"Choose one of {', '.join(blocks)}.",
        )
    chosen = block if block is not None else blocks[(form - 1) % len(blocks)]
    return FormCode(survey.id, survey.sha256[:8], chosen, form, language)
