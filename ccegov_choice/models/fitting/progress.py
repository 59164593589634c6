"""Word on how a search is going: a line in a terminal or notebook where it takes longer."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ccegov_choice._table import format_number

if TYPE_CHECKING:
    from ccegov_choice.models.fitting.estimate import FitOptions

# Fits that are over sooner show nothing.
_DELAY = 1.0


class Progress(Protocol):
    """Somebody who wants to know how a search is going."""

    def stage(self, words: str) -> None:
        """Hear what begins now, such as ``first search, start 2 of 16``."""

    def advance(self, iteration: int, value: float, slope: float) -> None:
        """Hear that an iteration ended at this log-likelihood and largest absolute slope."""


class Bar:
    """A line on standard error, or a widget in Jupyter, once a search has taken a second.

    Parameters
    ----------
    title : str
        What is fitted.
    """

    def __init__(self, title: str) -> None:
        self.title, self.words = title, "search"
        self.began = time.monotonic()
        self.line: Any = None

    def stage(self, words: str) -> None:
        """Say what begins."""
        self.words = words
        self._show("")

    def advance(self, iteration: int, value: float, slope: float) -> None:
        """Say how far the search is."""
        at = format_number(value, ",.3f")
        self._show(f", step {iteration}: log-likelihood {at}, largest slope {slope:.2g}")

    def close(self) -> None:
        """Take the line away."""
        if self.line is not None:
            self.line.close()

    def _show(self, rest: str) -> None:
        passed = time.monotonic() - self.began
        if self.line is None and passed < _DELAY:
            return
        told = f"{self.title}: {self.words}{rest}"
        if self.line is None:
            self.line = _tqdm()(desc=told, leave=False, bar_format="{desc} [{elapsed}]")
            self.line.start_t -= passed
        self.line.set_description_str(told)


def _tqdm() -> Any:
    with warnings.catch_warnings():
        # without ipywidgets a notebook gets the line of a terminal, which will do
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm


def somebody_looks() -> bool:
    """Say whether a line would be seen: a terminal or Jupyter, and no worker of something else."""
    if threading.current_thread() is not threading.main_thread():
        return False
    if multiprocessing.parent_process() is not None:
        return False
    return in_jupyter() or (sys.stderr is not None and sys.stderr.isatty())


def in_jupyter() -> bool:
    """Say whether this runs in a notebook."""
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


@contextmanager
def watched(options: FitOptions, title: str) -> Iterator[FitOptions]:
    """Give options with somebody to hear of the search, or nobody.

    Parameters
    ----------
    options : FitOptions
        ``progress`` is an object that hears of it, True or False; None shows a line where somebody
        would see it.
    title : str
        What is fitted.
    """
    asked = options.progress
    if not (asked is None or isinstance(asked, bool)):
        yield options
    elif asked is False or (asked is None and not somebody_looks()):
        yield replace(options, progress=None)
    else:
        bar = Bar(title)
        try:
            yield replace(options, progress=bar)
        finally:
            bar.close()
