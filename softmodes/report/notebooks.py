"""The notebooks of the companion and the parameters that a reader may set.

A parameter is a line of the cell tagged `parameters`; its comment gives what is admissible and what it means::

    beta_epsilon_m = 5.0  # 0.5 to 12: formation energy over k_BT
    size = "500"  # 500 or 1000: atoms of the computer glass
    glass = "SiO2"  # a glass of data/printed_values.csv: the glass in the tables
"""

import ast
import io
import math
import re
import tokenize
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from softmodes.report.reading import first_blocks, read_notebook

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"(?P<low>{_NUMBER}) to (?P<high>{_NUMBER}):")
_CHOICES = re.compile(r"(?P<most>\w+(?:, \w+)*) or (?P<last>\w+):")
_GLASSES = "a glass of data/printed_values.csv:"
_DIGITS = 1000  # of a number of a notebook; file names are shorter

Value = bool | int | float | str
"""What a parameter may be."""
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True)
class Computed:
    """A default that is not a plain number or text, as it stands in the notebook."""

    source: str

    def __str__(self) -> str:
        """Quote it as it stands there."""
        return self.source


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: its default and what may stand in its place."""

    name: str
    default: Value | Computed
    comment: str

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest admissible number, infinite where the notebook sets none."""
        found = _RANGE.match(self.comment)
        return (float(found["low"]), float(found["high"])) if found else (-math.inf, math.inf)

    @property
    def choices(self) -> tuple[str, ...]:
        """The admissible texts, none where any text is."""
        if self.comment.startswith(_GLASSES):
            # Half a second, which only those pay who are asked for a glass.
            from softmodes.paper.materials import estimated_materials

            return tuple(estimated_materials())
        found = _CHOICES.match(self.comment) if isinstance(self.default, str) else None
        return (*found["most"].split(", "), found["last"]) if found else ()

    @property
    def admissible(self) -> str:
        """What may be set, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        kind, (low, high) = _KINDS[type(self.default)], self.bounds
        return f"{kind} from {low:g} to {high:g}" if math.isfinite(low) else kind

    def parse(self, text: str) -> Value:
        """Return the value that `text` stands for; ValueError unless it is admissible."""
        if isinstance(self.default, Computed):
            raise ValueError(
                f"{self.name} cannot be set: its default must be a number, a text, true or false, got {self.default}"
            )
        with suppress(ValueError):
            value = _convert(text, type(self.default))
            if value is not None and self._admits(value):
                return value
        raise ValueError(f"{self.name} must be {self.admissible}, got {text}")

    def _admits(self, value: Value) -> bool:
        if isinstance(value, str):
            return not self.choices or value in self.choices
        low, high = self.bounds
        return math.isfinite(value) and low <= value <= high


def _convert(text: str, kind: type[Value]) -> Value | None:
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower())
    return kind(text)


def parameters_in(source: str) -> dict[str, Parameter]:
    """Return the parameters by name that the source of a cell assigns; none where it is not Python."""
    # papermill's own reading takes `#` and `=` within a text for a comment and for an assignment.
    try:
        code = TransformerManager().transform_cell(source)
        tree, comments = ast.parse(code), _comments(code)
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return {}
    return {
        target.id: Parameter(target.id, _default(line.value, code), comments.get(line.end_lineno or line.lineno, ""))
        for line in tree.body
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value
        for target in (line.targets if isinstance(line, ast.Assign) else [line.target])
        if isinstance(target, ast.Name)
    }


def _default(value: ast.expr, code: str) -> Value | Computed:
    with suppress(ValueError, TypeError):
        default = ast.literal_eval(value)
        if isinstance(default, Value):
            return default
    source = ast.get_source_segment(code, value) or ast.unparse(value)
    return Computed(" ".join(source.split()))


def _comments(code: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return {t.start[0]: t.string.lstrip("# ").rstrip() for t in tokens if t.type == tokenize.COMMENT}


@dataclass(frozen=True)
class Notebook:
    """A notebook of the companion, `N_name.ipynb`."""

    path: Path

    @property
    def name(self) -> str:
        """File name without its ending: the name of its page."""
        return self.path.stem

    @property
    def number(self) -> int:
        """The number that its name begins with."""
        return int(re.split("[^0-9]", self.name, maxsplit=1)[0])

    @property
    def label(self) -> str:
        """The name in words, short enough for a row of links."""
        number, _, words = self.name.partition("_")
        return f"{number} {words[:1].upper()}{words[1:].replace('_', ' ')}"

    @cached_property
    def _content(self) -> tuple[NotebookNode, str]:
        """The notebook, and what keeps it from being read."""
        try:
            return read_notebook(self.path), ""
        except ValueError as error:
            return new_notebook(), str(error)

    @property
    def node(self) -> NotebookNode:
        """The cells as they are stored, without results; none where the file cannot be read."""
        return self._content[0]

    @property
    def fault(self) -> str:
        """Why it cannot be run, in one line; empty where it can."""
        return self._content[1]

    @cached_property
    def _opening(self) -> tuple[str, str, dict[str, Any]]:
        return first_blocks(self.node.cells)

    @property
    def title(self) -> str:
        """The first heading, or the label where there is none."""
        return self._opening[0] or self.label

    @property
    def question(self) -> str:
        """The first paragraph that is not a heading: what the notebook asks."""
        return self._opening[1]

    @property
    def attachments(self) -> dict[str, Any]:
        """The pictures inside the cell of the question."""
        return self._opening[2]

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name."""
        cells = [cell for cell in self.node.cells if "parameters" in cell.metadata.tags]
        return parameters_in(cells[0].source) if cells else {}


def page_of(name: str) -> str:
    """Return the address of a page beside another one."""
    return quote(name + ".html", errors="surrogateescape")


def find_notebooks(folder: str | Path) -> tuple[Notebook, ...]:
    """Find the numbered notebooks of a folder, in their order."""
    found = map(Notebook, Path(folder).glob("[0-9]*_*.ipynb"))
    ordered = tuple(sorted(found, key=lambda book: (book.number, book.name)))
    if not ordered:
        raise ValueError(f"no notebooks N_name.ipynb in {folder}")
    return ordered


def select_notebooks(notebooks: Sequence[Notebook], wanted: Collection[str]) -> tuple[Notebook, ...]:
    """Those of `notebooks` that are named in `wanted` by number or by name; all where nothing is wanted."""

    def named(book: Notebook, key: str) -> bool:
        return key == book.name or (key.isdecimal() and len(key) < _DIGITS and int(key) == book.number)

    for key in wanted:
        if not any(named(book, key) for book in notebooks):
            raise ValueError(f"there is no notebook {key}; there are {', '.join(book.name for book in notebooks)}")
    return tuple(book for book in notebooks if not wanted or any(named(book, key) for key in wanted))


def assign_parameters(notebooks: Sequence[Notebook], settings: Iterable[str]) -> dict[str, dict[str, Value]]:
    """Return the parameters that each notebook is to be given, by its name.

    Parameters
    ----------
    notebooks : sequence of Notebook
    settings : sequence of str
        Each `name=value`; it goes to every notebook that has the parameter.

    Raises
    ------
    ValueError
        If no notebook has the parameter, or the value is of the wrong type, not finite or out of its range.
    """
    values: dict[str, dict[str, Value]] = {book.name: {} for book in notebooks}
    for setting in settings:
        name, equals, text = setting.partition("=")
        takers = [book for book in notebooks if name in book.parameters]
        if not equals:
            raise ValueError(f"a setting is name=value, got {setting}")
        if not takers:
            known = sorted({known for book in notebooks for known in book.parameters})
            raise ValueError(f"no selected notebook has a parameter {name}; there are {', '.join(known) or 'none'}")
        for book in takers:
            values[book.name][name] = book.parameters[name].parse(text)
    return values
