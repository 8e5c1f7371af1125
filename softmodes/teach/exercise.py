"""The exercises as they stand in the notebooks: cells that carry the number of an exercise and a tag."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from softmodes.arguments import whole
from softmodes.places import NOTEBOOKS

KINDS = ("pencil and paper", "slider", "package", "open")
_HEAD = re.compile(rf"\*\*(\d+\.\d+)\*\* \*\(({'|'.join(KINDS)}), (\d+) min; trains ([^)]+)\)\*\s+")
_FOLD = re.compile(r"<details[^>]*><summary>[^<]*</summary>\s*(.*?)\s*</details>", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise of a notebook.

    Attributes
    ----------
    id : str
        Its number, "4.2".
    kind : str
        "pencil and paper", "slider", "package" or "open".
    minutes : int
        How long it is expected to take.
    trains : str
        What it trains.
    text, hint, solution, teacher : str
        Markdown: what is asked, a hint, the worked solution in words, and what usually goes wrong.
    code : str
        The code of the solution, which ends with the answer; empty where there is none.
    check : str
        The code that checks the answer; empty for an open exercise.
    """

    id: str
    kind: str
    minutes: int
    trains: str
    text: str
    hint: str
    solution: str
    teacher: str
    code: str = ""
    check: str = ""

    @property
    def open(self) -> bool:
        """Whether it has no answer that could be checked."""
        return not self.check

    @property
    def points(self) -> int:
        """One for every five minutes begun."""
        return -(-self.minutes // 5)


def exercises(notebook: int | None = None) -> tuple[Exercise, ...]:
    """Return the exercises of a notebook by its number, or of all, in their order."""
    if notebook is not None:
        notebook = whole("notebook", notebook)
    return tuple(each for each in _all() if notebook in (None, int(each.id.partition(".")[0])))


@cache
def _all() -> tuple[Exercise, ...]:
    paths = sorted(NOTEBOOKS.glob("[0-9]*_*.ipynb"), key=lambda path: int(path.name.partition("_")[0]))
    return tuple(each for path in paths for each in _read(path))


def _read(path: Path) -> Iterator[Exercise]:
    """Read the exercises of a file."""
    parts: dict[str, dict[tuple[str, str], str]] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        number = cell["metadata"].get("softmodes", {}).get("exercise")
        if number:
            (tag,) = cell["metadata"]["tags"]
            parts.setdefault(number, {})[tag, cell["cell_type"]] = "".join(cell["source"])
    for number, cells in parts.items():
        head = _HEAD.match(cells["exercise", "markdown"])
        if head is None or head[1] != number:
            raise ValueError(
                f"{path.name}: exercise {number} must begin with its number, kind, time and what it trains"
            )
        words = {tag: unfolded(cells.get((tag, "markdown"), "")) for tag in ("hint", "solution", "teacher")}
        text = cells["exercise", "markdown"][head.end() :]
        code = {"code": cells.get(("solution", "code"), ""), "check": cells.get(("answer", "code"), "")}
        yield Exercise(id=number, kind=head[2], minutes=int(head[3]), trains=head[4], text=text, **words, **code)


def unfolded(source: str) -> str:
    """Return the text within the element that a cell folds it into."""
    found = _FOLD.search(source)
    return found[1] if found else source
