"""Data frames saved by R."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import rdata


def read_rda(path: Path) -> dict[str, pd.DataFrame]:
    """Read the data frames of an ``.rda`` file; R's subclasses become plain data frames."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Missing constructor for R class")
        frames: dict[str, pd.DataFrame] = rdata.read_rda(path)
    return frames
