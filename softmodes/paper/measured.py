"""Heat capacities that a reader supplies in `data/measured/`; the paper prints none. Format in that folder's README.

SI units.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from softmodes.paper.materials import load_materials
from softmodes.places import DATA

FOLDER = DATA / "measured"
_UNITS = {"J/(kg K)": 1.0, "J/(g K)": 1e3, "mJ/(g K)": 1.0, "uJ/(g K)": 1e-3}


@dataclass(frozen=True, eq=False, kw_only=True)
class MeasuredHeatCapacity:
    """A measured heat capacity with its source."""

    glass: str
    reference: str
    temperature: np.ndarray
    """T [K]."""
    heat_capacity: np.ndarray
    """c_p [J/(kg K)]."""
    uncertainty: np.ndarray | None
    """Standard deviation of c_p [J/(kg K)], if the file gives one."""


def load_measured(glass, folder=FOLDER):
    """Return the measurements of a glass in a folder, in the order of their file names; none is not an error."""
    found = [read_measured(path) for path in sorted(Path(folder).glob("*.csv"))]
    return tuple(measured for measured in found if measured.glass == glass)


def read_measured(path):
    """Read one file; a ValueError names file, line and column of what cannot be read."""
    path = Path(path)
    lines = path.read_text(encoding="utf-8-sig", errors="replace").rstrip().splitlines()
    notes = {}
    while lines[len(notes) :] and (note := re.match(r"#\s*(\w+):\s*(.+)", lines[len(notes)])):
        notes[note[1]] = note[2].strip()
    for name in ("glass", "reference"):
        if name not in notes:
            raise ValueError(f"{path.name}, line 1: the file must begin with '# {name}: …'")
    if notes["glass"] not in load_materials():
        raise ValueError(f"{path.name}: glass must be one of {', '.join(load_materials())}, got {notes['glass']!r}")
    header, *rows = csv.reader(lines[len(notes) :]) if len(lines) > len(notes) else [[]]
    factors = _factors(path, header, len(notes) + 1)
    table = _numbers(path, rows, factors, len(notes) + 2)
    return MeasuredHeatCapacity(
        glass=notes["glass"],
        reference=notes["reference"],
        temperature=table[:, 0],
        heat_capacity=table[:, 1],
        uncertainty=table[:, 2] if len(factors) == 3 else None,
    )


def _factors(path, header, line):
    """Factors to SI of the columns of a header such as `temperature (K), heat capacity (J/(g K))`."""
    names = ("temperature", "heat capacity", "uncertainty")
    if not 2 <= len(header) <= 3:
        raise ValueError(f"{path.name}, line {line}: the header must be {', '.join(names)} with units, got {header}")
    factors = []
    for column, (text, name) in enumerate(zip(header, names, strict=False), start=1):
        found = re.fullmatch(rf"\s*{name}\s*\((.+)\)\s*", text)
        units = {"K": 1.0} if name == "temperature" else _UNITS
        if not found or found[1] not in units:
            wanted = " or ".join(f"{name} ({unit})" for unit in units)
            raise ValueError(f"{path.name}, line {line}, column {column}: must be {wanted}, got {text.strip()!r}")
        factors.append(units[found[1]])
    return factors


def _numbers(path, rows, factors, first):
    table = np.empty((len(rows), len(factors)))
    for line, row in enumerate(rows, start=first):
        if len(row) != len(factors):
            raise ValueError(f"{path.name}, line {line}: must have {len(factors)} columns, got {len(row)}")
        for column, text in enumerate(row, start=1):
            try:
                value = float(text)
            except ValueError:
                value = np.nan
            if not 0 < value < np.inf:
                raise ValueError(f"{path.name}, line {line}, column {column}: must be a positive number, got {text!r}")
            table[line - first, column - 1] = value * factors[column - 1]
    if not len(table):
        raise ValueError(f"{path.name}: has no measurement below its header")
    return table
