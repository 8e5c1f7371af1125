"""The notebooks of the companion and the parameters that a reader may set.

A parameter is a line of the cell tagged `parameters`; its comment gives what is admissible and what it means::

    beta_epsilon_m = 5.0  # 0.5 to 12: formation energy over k_BT
    glass = "SiO2"  # SiO2, Se or B2O3: the glass in the tables
"""

import ast
import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import papermill

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"(?P<low>{_NUMBER}) to (?P<high>{_NUMBER}):")
_CHOICES = re.compile(r"(?P<most>\w+(?:, \w+)*) or (?P<last>\w+):")
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: its default and what may stand in its place."""

    name: str
    default: bool | int | float | str
    comment: str

    @property
    def bounds(self):
        """Lowest and highest admissible number, infinite where the notebook sets none."""
        found = _RANGE.match(self.comment)
        return (float(found["low"]), float(found["high"])) if found else (-math.inf, math.inf)

    @property
    def choices(self):
        """The admissible texts, none where any text is."""
        found = _CHOICES.match(self.comment) if isinstance(self.default, str) else None
        return (*found["most"].split(", "), found["last"]) if found else ()

    @property
    def admissible(self):
        """What may be set, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        kind, (low, high) = _KINDS[type(self.default)], self.bounds
        return f"{kind} from {low:g} to {high:g}" if math.isfinite(low) else kind

    def parse(self, text):
        """The value that `text` stands for; ValueError unless it is admissible."""
        try:
            value = _convert(text, type(self.default))
        except ValueError:
            value = None
        if value is None or not self._admits(value):
            raise ValueError(f"{self.name} must be {self.admissible}, got {text}")
        return value

    def _admits(self, value):
        if isinstance(value, str):
            return not self.choices or value in self.choices
        low, high = self.bounds
        return math.isfinite(value) and low <= value <= high


def _convert(text, kind):
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower())
    return kind(text)


@dataclass(frozen=True)
class Notebook:
    """A notebook of the companion, `N_name.ipynb`."""

    path: Path

    @property
    def name(self):
        """File name without its ending: the name of its page."""
        return self.path.stem

    @property
    def label(self):
        """The name in words, short enough for a row of links."""
        number, _, words = self.name.partition("_")
        return f"{number} {words.replace('_', ' ').capitalize()}"

    @cached_property
    def _markdown(self):
        cells = nbformat.read(self.path, as_version=4).cells
        return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")

    @property
    def title(self):
        """The first heading, or the label where there is none."""
        heading = re.search(r"^# +(.+)$", self._markdown, re.MULTILINE)
        return heading[1].strip() if heading else self.label

    @property
    def question(self):
        """The first paragraph that is not a heading: what the notebook asks."""
        paragraphs = re.split(r"\n\s*\n", re.sub(r"^#.*$", "\n", self._markdown, flags=re.MULTILINE))
        return next((text.strip() for text in paragraphs if text.strip()), "")

    @cached_property
    def parameters(self):
        """The parameters by name, as papermill reads them."""
        found = papermill.inspect_notebook(papermill_path(self.path)).values()
        return {p["name"]: Parameter(p["name"], ast.literal_eval(p["default"]), p["help"]) for p in found}


def papermill_path(path):
    """`path` as papermill takes it: a format string, in which braces are doubled."""
    return str(path).replace("{", "{{").replace("}", "}}")


def find_notebooks(folder):
    """The numbered notebooks of a folder in their order."""
    found = tuple(Notebook(path) for path in sorted(Path(folder).glob("[0-9]*_*.ipynb")))
    if not found:
        raise ValueError(f"no notebooks N_name.ipynb in {folder}")
    return found


def select_notebooks(notebooks, wanted):
    """Those of `notebooks` that are named in `wanted` by number or by name; all where nothing is wanted."""
    keys = {key: book for book in notebooks for key in (book.name, book.name.partition("_")[0])}
    for key in wanted:
        if key not in keys:
            raise ValueError(f"there is no notebook {key}; there are {', '.join(book.name for book in notebooks)}")
    chosen = [keys[key] for key in wanted]
    return tuple(book for book in notebooks if book in chosen) if wanted else notebooks


def assign_parameters(notebooks, settings):
    """The parameters that each notebook is to be given, by its name.

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
    values = {book.name: {} for book in notebooks}
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
