"""Pictures of a survey: logo, pictures of levels, pictures in the texts of pages."""

from __future__ import annotations

from pathlib import Path

from ccegov_choice.survey.survey import Survey

PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp")


def media_file(survey: Survey, name: str) -> Path | None:
    """Return the file of a picture, or None: nothing else of the folders is ever handed out.

    Parameters
    ----------
    survey : Survey
        The survey; its own folder is looked at first, then that of its study.
    name : str
        Path of the picture as the survey, a page or the study names it.
    """
    if Path(name).suffix.lower() not in PICTURES:
        return None
    for folder in _folders(survey):
        file = (folder / name).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    return None


def _folders(survey: Survey) -> list[Path]:
    found = [] if survey.folder is None else [survey.folder.resolve()]
    if survey.study.positions is not None:
        found.append(Path(survey.study.positions.file).resolve().parent)
    return found
