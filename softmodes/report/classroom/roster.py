"""The students of a class, and parameters of each one's own: from name and key of the course, and nothing else."""

import hashlib
import hmac
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from softmodes.report.classroom.tables import rows_of, unguarded

_LONGEST = 200
# Control characters and all kinds of spaces.
_BLANK = ("Cc", "Zs", "Zl", "Zp")
# Names that a Windows computer takes for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
# Letters that do not come apart into one without accents and the accent.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
                          "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th", "ı": "i"})  # fmt: skip


@dataclass(frozen=True)
class Student:
    """One line of a roster.

    Attributes
    ----------
    name : str
    number : int
        Which one of this name, from 1.
    folder : str
        Name of the folder with the copies: safe on any computer, and of this student alone.
    parameters : dict
        Values by name of the parameter.
    token : str
        What the copies carry so that they are known again.
    """

    name: str
    number: int = 1
    folder: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""

    @property
    def label(self) -> str:
        """The name, with its number where it is not the first one."""
        return self.name if self.number == 1 else f"{self.name} ({self.number})"


def read_roster(path: str | Path, key: str, choices: Mapping[str, Sequence[Any]]) -> tuple[Student, ...]:
    """Read the students in a table with a column `name`, each with one of the `choices` of every parameter.

    Raises
    ------
    ValueError
        If the table cannot be read, has no such column, or no names, or there is no key.
    """
    if not key.strip():
        raise ValueError("a roster needs the key of the course, --key, from which parameters are drawn")
    try:
        names = [_name(line, row) for line, row in rows_of(path)]
    except ValueError as error:
        raise ValueError(f"the roster {path}: {error}") from None
    names = [name for name in names if name]
    if not names:
        raise ValueError(f"the roster {path}: there is no name in it")
    return tuple(_students(names, key, choices))


def _name(line: int, row: Mapping[str, str]) -> str:
    # control characters, of which a name has none, as spaces; one form of letters with accents
    text = "".join(" " if unicodedata.category(c) in _BLANK else c for c in unguarded(row.get("name", "").strip(" ")))
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name and any(map(str.strip, row.values())):
        raise ValueError(f"line {line} has no name")
    if len(name) > _LONGEST:
        raise ValueError(f"line {line} has a name of {len(name)} characters, more than {_LONGEST}")
    return name


def _students(names: Iterable[str], key: str, choices: Mapping[str, Sequence[Any]]) -> Iterator[Student]:
    seen, labels, taken = Counter[str](), set[str](), set[str]()
    for name in names:
        seen[name] += 1
        # somebody may be called "Ann (2)"
        while Student(name, seen[name]).label in labels:
            seen[name] += 1
        number = seen[name]
        labels.add(Student(name, number).label)
        drawn = {
            parameter: values[_draw(key, name, number, parameter) % len(values)]
            for parameter, values in choices.items()
        }
        token = f"{_draw(key, name, number, 'the copies') % 16**12:012x}"
        yield Student(name, number, _free(file_name(name), taken), drawn, token)


def _draw(key: str, *what: object) -> int:
    text = "\0".join(map(str, what))
    # halves of surrogate pairs cannot come from UTF-8, but from a command line
    secret = unicodedata.normalize("NFC", key).encode("utf-8", "surrogateescape")
    return int.from_bytes(hmac.digest(secret, text.encode(), hashlib.sha256))


def file_name(name: str) -> str:
    """Return a name as one of a folder, for every system and for a memory stick."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    text = re.sub(r"[^\w]+", "_", letters).strip("_")[:60] or "student"
    return f"{text}_" if _DEVICES.match(text) else text


def _free(name: str, taken: set[str]) -> str:
    """Return the name, or the next one with a number that no other student has, in whatever letters."""
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free.casefold())
    return free
