"""Setting a document with Typst: accessible PDF (PDF/UA-1), the same bytes for the same content.

Typst stops where a picture has no text alternative, so a document that is set is one that can be
heard. Templates hold no content: it is handed over as JSON, and nothing needs escaping.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ccegov_choice.errors import ChoiceError, MissingExtraError

FONTS = (
    "Atkinson Hyperlegible",
    "Noto Sans",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Noto Sans Arabic",
    "Noto Naskh Arabic",
    "DejaVu Sans",
)
"""Plain faces that are easy to read, in the order in which they are looked for."""


def fonts_here() -> list[str]:
    """Return those of `FONTS` that this machine has; errors as in `chosen_fonts` and `typeset`."""
    return chosen_fonts(_typst().Fonts(include_embedded_fonts=False).families())


def chosen_fonts(installed: Collection[str]) -> list[str]:
    """Return those of `FONTS` that are installed.

    Raises
    ------
    ChoiceError
        If none is.
    """
    found = [family for family in FONTS if family in installed]
    if not found:
        raise ChoiceError(
            "no font was found to print with",
            where="fonts of this machine",
            cure=f"Install one of {', '.join(FONTS)}; on Debian: apt install fonts-dejavu.",
        )
    return found


def typeset(main: str, files: Mapping[str, str | bytes], *, what: str) -> bytes:
    """Set a document as PDF/UA-1.

    Parameters
    ----------
    main : str
        Name of the template to set.
    files : mapping of str to str or bytes
        The template and all that it reads, by name: other templates, JSON, pictures.
    what : str
        What is set, for errors: ``"report"``.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    ChoiceError
        If it cannot be set, such as for a letter that no font has.
    MissingExtraError
        If Typst is not installed.
    """
    typst = _typst()
    fonts = typst.Fonts(include_embedded_fonts=False)
    with tempfile.TemporaryDirectory(prefix="ccegov-print-") as name:
        folder = Path(name)
        for file, content in files.items():
            raw = content.encode("utf-8") if isinstance(content, str) else content
            (folder / file).write_bytes(raw)
        try:
            with warnings.catch_warnings():
                # fonts named for other machines are missing on this one: no reason to warn
                warnings.simplefilter("ignore")
                made = typst.compile(
                    folder / main, root=folder, font_paths=fonts, pdf_standards=["ua-1"]
                )
        except typst.TypstError as error:
            raise _explained(error, what) from error
    return bytes(made)


def _explained(error: Any, what: str) -> ChoiceError:
    said = str(error.message if hasattr(error, "message") else error)
    if "could not be displayed with font" in said:
        return ChoiceError(
            f"no installed font has all letters of the text: {said}",
            where=what,
            cure="Install a font for this script, such as Noto Sans; on Debian: apt install "
            "fonts-noto-core.",
        )
    return ChoiceError(
        f"the {what} could not be set: {said}",
        where=what,
        cure="Look at the text named; if it is right, report this as a bug of ours.",
    )


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise MissingExtraError(
            "printing needs the package typst, which is not installed",
            where="PDF",
            cure="Install it with: pip install 'ccegov_choice[report]'",
        ) from error
    return typst
