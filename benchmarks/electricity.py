"""The public electricity data of problem P2: 361 people, 4,308 choices of four suppliers."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
from synthetic import Choices

NAMES = ("pf", "cl", "loc", "wk", "tod", "seas")
FILE = "electricity.csv.gz"
_NEAR = Path(__file__).resolve().parents[2] / "shared" / "data"


class DataMissingError(Exception):
    """A public dataset is not on this machine; the message says where to put it."""


def electricity() -> Choices:
    """Read the choices in the order of the file.

    Raises
    ------
    DataMissingError
        If the file is not in ``CCEGOV_DATA_DIR`` nor beside this project.
    """
    folder = Path(os.environ.get("CCEGOV_DATA_DIR", _NEAR))
    if not (folder / FILE).is_file():
        raise DataMissingError(
            f"P2 needs {FILE}, which is not in {folder}: set CCEGOV_DATA_DIR to the folder that "
            "has it (ccegov_choice.load_dataset('electricity') says where it comes from)"
        )
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as lines:
        header = [name.strip().strip('"') for name in next(lines).split(",")]
        rows = [line.strip().split(",") for line in lines]
    column = {name: i for i, name in enumerate(header)}
    x = np.array([[float(row[column[name]]) for name in NAMES] for row in rows]).reshape(-1, 4, 6)
    chosen = np.array([row[column["choice"]].strip('"') == "TRUE" for row in rows]).reshape(-1, 4)
    people = np.array([int(row[column["id"]]) for row in rows]).reshape(-1, 4)[:, 0]
    return Choices(x, chosen.argmax(axis=1), people)
