"""Heat capacities that a reader supplies; the paper prints none. Their format is in `data/measured/README.md`.

SI units.
"""

import codecs
import csv
import os
import re
import reprlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from softmodes.arguments import FilePath, Floats, shown, summary
from softmodes.paper.materials import load_materials
from softmodes.places import DATA

FOLDER = DATA / "measured"

_COLUMNS = ("temperature", "heat capacity", "uncertainty")
_UNITS = ("J/(kg K)", "J/(g K)", "mJ/(g K)", "uJ/(g K)")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    # before those of UTF-16, the first of which it begins with
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)([eEdD][-+]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"\+?[1-9]\d{0,2},\d{3}", re.ASCII)


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
    file: str | None = None
    """Name of the file that it was read from."""

    __repr__ = summary

    def __str__(self) -> str:
        """Say of what, from where to where, and whose they are."""
        span = f"{self.temperature.min():g} to {self.temperature.max():g} K"
        return f"{self.glass}, {self.temperature.size} measured from {span}: {self.reference}"


def load_measured(glass: str, folder: FilePath = FOLDER) -> tuple[MeasuredHeatCapacity, ...]:
    """Return the measurements of a glass in a folder, in the order of their file names; none is not an error.

    A ValueError names the first file of the folder that cannot be read.
    """
    formula = load_materials()[glass].formula
    found = [read_measured(path) for path in _files(folder)]
    return tuple(measured for measured in found if measured.glass == formula)


def read_folder(folder: FilePath = "data/measured") -> tuple[tuple[MeasuredHeatCapacity, ...], tuple[str, ...]]:
    """Return what can be read in a folder, and a line for each file that cannot be.

    If the folder is not given by its full path, it is one beside `data/`.
    """
    folder = DATA.parent / _path("measured", folder)
    found: list[MeasuredHeatCapacity] = []
    refused: list[str] = []
    try:
        paths = _files(folder)
    except ValueError as error:
        return (), (str(error),)
    if not paths and folder != FOLDER:
        refused.append(f"measured must be a folder with .csv files, got {str(folder)!r}")
    for path in paths:
        try:
            found.append(read_measured(path))
        except ValueError as error:
            refused.append(str(error))
    return tuple(found), tuple(refused)


def checked_folder(folder: FilePath) -> str:
    """Return the full path of a folder with measurements; a ValueError if there are none or one cannot be read."""
    if not folder or not [read_measured(path) for path in _files(folder)]:
        raise ValueError(f"measured must be a folder with .csv files, got {str(folder)!r}")
    return str(Path(folder).resolve())


def _files(folder: FilePath) -> list[Path]:
    folder = _path("measured", folder)
    try:
        present = sorted(folder.iterdir())
    except OSError as error:
        if folder == FOLDER and isinstance(error, FileNotFoundError):  # it may be removed
            return []
        raise ValueError(f"measured must be a folder, got {str(folder)!r}: {error.strerror}") from None
    # Hidden ones are what a system keeps beside a file.
    named = [path for path in present if path.suffix.lower() == ".csv" and not path.name.startswith(".")]
    return [path for path in named if not path.is_dir()]


def _path(name: str, value: object) -> Path:
    if not isinstance(value, str | os.PathLike) or not os.fspath(value) or "\0" in str(value):
        raise ValueError(f"{name} must be the name of a file or folder, got {shown(value)}")
    return Path(value)


def read_measured(path: FilePath) -> MeasuredHeatCapacity:
    """Read one file; a ValueError names file, line and column of what cannot be read."""
    path = _path("path", path)
    try:
        lines = re.split(r"\r\n|\r|\n", _text(path))
        notes = _notes(lines)
        (line, header), *rows = _table(lines)
        factors = _factors(line, header)
        if not rows:
            raise _Unreadable(line, "the file has no measurement below its header")
        numbers = _numbers(rows, factors)
    except _Unreadable as error:
        raise ValueError(f"{path.name}, {error}") from None
    return MeasuredHeatCapacity(
        **notes,
        temperature=numbers[:, 0],
        heat_capacity=numbers[:, 1],
        uncertainty=numbers[:, 2] if len(factors) == 3 else None,
        file=path.name,
    )


class _Unreadable(Exception):
    """Where and why a file cannot be read."""

    def __init__(self, line: int, reason: str, column: int | None = None) -> None:
        place = f"line {line}" if column is None else f"line {line}, column {column}"
        super().__init__(f"{place}: {reason}")


def _text(path: Path) -> str:
    """Return the text of a file in an encoding that tells itself apart: Unicode with a mark, UTF-8, or Latin."""
    if path.exists() and not path.is_file():
        raise ValueError(f"{path.name}: is not a file")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name}: cannot be read: {error.strerror}") from None
    marked = [encoding for mark, encoding in _MARKS.items() if raw.startswith(mark)]
    for encoding in marked[:1] or ("utf-8", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            wrong = raw[: error.start]
        else:
            if "\0" not in text:
                return text
            wrong = text.partition("\0")[0].encode()
    raise _Unreadable(wrong.count(b"\n") + 1, "must be text in UTF-8")


def _notes(lines: list[str]) -> dict[str, str]:
    """Glass and reference, each from a comment."""
    notes: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        # A spreadsheet fills all lines up to the same number of columns and puts one with commas between quotes.
        comment = line.strip().rstrip(",;\t ")
        if comment.startswith('"'):
            comment = comment.strip('"').replace('""', '"')
        if note := re.match(r"#\s*(glass|reference)\s*:\s*(.+)", comment, re.IGNORECASE):
            name, value = note[1].lower(), note[2].strip()
            if name in notes:
                raise _Unreadable(number, f"the {name} is given a second time")
            if name == "glass" and value not in load_materials():
                raise _Unreadable(number, f"glass must be one of {', '.join(load_materials())}, got {value!r}")
            notes[name] = value
    for name in ("glass", "reference"):
        if name not in notes:
            raise _Unreadable(1, f"the file must begin with '# {name}: …'")
    return notes


def _table(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the header and the rows below it, each with the number of its line, without comments and empty lines."""
    lines = ["" if re.match(r'\s*"?#', line) else line for line in lines]
    header = next((line for line in lines if line.strip()), "")
    delimiter = next((mark for mark in ";\t" if mark in header), ",")
    rows = []
    for number, line in enumerate(lines, start=1):
        # A space in front of a quote would make the quote a part of the cell.
        reader = csv.reader([line], delimiter=delimiter, skipinitialspace='"' in line, strict=True)
        try:
            cells = next(reader, [])
        except csv.Error as error:
            raise _Unreadable(number, f"has quotes that do not match: {error}") from None
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            rows.append((number, cells))
    return rows or [(len(lines), [])]


def _factors(line: int, header: list[str]) -> list[float]:
    """Factors to SI of the columns of a header such as `temperature (K), heat capacity (J/(g K))`."""
    if not 2 <= len(header) <= 3:
        raise _Unreadable(line, f"the header must be {', '.join(_COLUMNS)} with units, got {reprlib.repr(header)}")
    factors = []
    for column, (text, name) in enumerate(zip(header, _COLUMNS, strict=False), start=1):
        found = re.fullmatch(rf"{name}\s*[(\[/](.+)", text.strip(), re.IGNORECASE)
        factor = _factor(found[1], {"K": 1.0} if name == "temperature" else _SPELLINGS) if found else None
        if factor is None:
            wanted = " or ".join(f"{name} ({unit})" for unit in (["K"] if name == "temperature" else _UNITS))
            raise _Unreadable(line, f"must be {wanted}, got {reprlib.repr(text.strip())}", column)
        factors.append(factor)
    return factors


def _factor(unit: str, spellings: dict[str, float]) -> float | None:
    plain = unicodedata.normalize("NFKC", unit).replace("\N{MINUS SIGN}", "-")
    return spellings.get(re.sub(r"[\s()\[\]{}·⋅.*^]", "", plain))


def _spellings() -> Iterator[tuple[str, float]]:
    """Heat capacities per mass as they are written, without spaces, brackets, dots and hats."""
    energies = {"J": 1.0, "kJ": 1e3, "mJ": 1e-3, "uJ": 1e-6, "\N{GREEK SMALL LETTER MU}J": 1e-6, "erg": 1e-7}
    for (energy, joule), (mass, kilogram) in product(energies.items(), {"kg": 1.0, "g": 1e-3}.items()):
        for written in ("{}/{}K", "{}/{}/K", "{}/{}-K", "{}{}-1K-1"):
            yield written.format(energy, mass), joule / kilogram
        yield f"{energy}K-1{mass}-1", joule / kilogram


_SPELLINGS = dict(_spellings())


def _numbers(rows: list[tuple[int, list[str]]], factors: list[float]) -> Floats:
    """Return the rows as an array of positive numbers in SI units."""
    for line, row in rows:
        if len(row) != len(factors):
            raise _Unreadable(line, f"must have {len(factors)} columns, got {len(row)}")
    cells = [(line, column, text) for line, row in rows for column, text in enumerate(row, start=1)]
    comma = _has_decimal_commas(cells)
    numbers = []
    for line, column, text in cells:
        plain = text.strip().replace(",", "." if comma else ",")
        number = float(re.sub("[dD]", "e", plain)) if _NUMBER.fullmatch(plain) else 0.0
        if not number:
            raise _Unreadable(line, f"must be a positive number, got {reprlib.repr(text)}", column)
        value = number * factors[column - 1]
        if not 1e-50 <= value <= 1e50:  # nothing like a measurement, and its cube could not be divided by
            raise _Unreadable(line, f"must lie between 1e-50 and 1e50 in SI units, got {reprlib.repr(text)}", column)
        numbers.append(value)
    return np.reshape(numbers, (-1, len(factors)))


def _has_decimal_commas(cells: list[tuple[int, int, str]]) -> bool:
    """Whether the numbers of a file have decimal commas; where these may be something else, the file is refused."""
    commas = [(line, column, text) for line, column, text in cells if "," in text]
    if not commas:
        return False
    line, column, text = commas[0]
    if any("." in other for _, _, other in cells):
        raise _Unreadable(line, f"must have decimal points as other numbers, got {reprlib.repr(text)}", column)
    if all(_THOUSANDS.fullmatch(text.strip()) for _, _, text in commas):
        raise _Unreadable(line, f"must have a decimal point, for {text.strip()} may be thousands", column)
    return True
