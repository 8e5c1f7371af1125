"""The rows of the tables in `data/`, each with its place: what is wrong is said with file, line and column."""

import csv
from collections.abc import Collection, Iterator
from math import isfinite
from typing import Any

from softmodes.places import shipped


def shipped_rows(
    name: str, columns: list[str], numbers: list[str], words: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the rows of a table of `data/` as dicts; raises as `shipped` does.

    What stands in the columns `numbers` is made floats, but for rows whose property is one of `words`.
    """
    with shipped(name) as path:
        try:
            with open(path, encoding="utf-8", newline="") as file:
                return list(_rows(name, csv.DictReader(file, strict=True), columns, numbers, words))
        except UnicodeDecodeError:
            raise ValueError(f"{name} must be UTF-8") from None
        except csv.Error as error:
            raise ValueError(f"{name}: {error}") from None


def _rows(
    name: str, reader: "csv.DictReader[str]", columns: list[str], numbers: list[str], words: Collection[str]
) -> Iterator[dict[str, Any]]:
    if reader.fieldnames != columns:
        found = ", ".join(reader.fieldnames or ["nothing"])
        raise ValueError(f"{name}, line 1: the columns must be {', '.join(columns)}, got {found}")
    for row in reader:
        place = f"{name}, line {reader.line_num}"
        if None in row or None in row.values():
            raise ValueError(f"{place}: must have {len(columns)} columns")
        of = () if row.get("property") in words else numbers
        yield row | {column: _number(f"{place}, column {column}", row[column]) for column in of}


def _number(place: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ValueError(f"{place}: must be a number, got {text!r}")
    return value
