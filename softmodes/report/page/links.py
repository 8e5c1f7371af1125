"""References in the texts of a page made links: equations, figures, notebooks, files of data and cited papers."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from html import escape

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from softmodes.places import shipped
from softmodes.report.notebooks import Notebook

Places = dict[str, list[tuple[str, str]]]
"""By what can be linked to: the pages that have it, and its addresses there."""

_PLACE = re.compile(
    r"\b(?:(?P<one>[Ee]q\.|[Ff]ig\.|[Nn]otebook)|(?P<many>[Ee]qs|[Ff]igs|[Nn]otebooks))\s+"
    r"(?P<numbers>\d+(?:(?:\s?[–-]\s?|,\s|\s(?:and|to|or)\s|,\sand\s)\d+)*)"
)
_KINDS = {"e": "eq", "f": "fig", "n": "notebook"}
# What is no running text.
_APART = ("a", "code", "pre", "script", "style", "button", "svg", "h1", "h2", "h3", "h4", "h5", "h6", "summary")


def places(notebooks: Iterable[Notebook], page_of: Callable[[str], str]) -> Places:
    """Address of each equation, figure and notebook that can be linked to, by its anchor and page, in order."""
    found: Places = {}
    for book in notebooks:
        page = page_of(book.name)
        found.setdefault(f"notebook-{book.number}", []).append((page, page))
        for cell in book.node.cells:
            numbers = re.findall(r"\\tag\{(\d+)\}", cell.source) if cell.cell_type == "markdown" else []
            anchors = [f"eq-{n}" for n in numbers]
            anchors += [f"fig-{n}" for n in figures_in(cell)]
            for anchor in anchors:
                found.setdefault(anchor, []).append((page, f"{page}#{anchor}"))
    return found


def plots_in(cell: NotebookNode) -> list[str]:
    """For each plot that a cell draws the number of the figure of the paper, or an empty text."""
    return re.findall(r"\bplot_(?:figure_(\d+)|\w+)\(", cell.source) if cell.cell_type == "code" else []


def figures_in(cell: NotebookNode) -> list[str]:
    """Numbers of the figures of the paper that a cell draws."""
    return [number for number in plots_in(cell) if number]


def address(places: Places, anchor: str, page: str) -> str | None:
    """Where an anchor is: on this page if it has it, else on the first that does, else None."""
    found = places.get(anchor, [])
    own = [target for at, target in found if at == page]
    target = next(iter(own or [target for _, target in found]), None)
    return target if target != page else None


def link(tree: BeautifulSoup, places: Places, page: str) -> None:
    """Make links, in place, of what the running text of a tree refers to."""
    for text in tree.find_all(string=True):
        plain = escape(text, quote=False)
        html = _cited(_placed(plain, places, page))
        # where a text stands is looked up last, because that takes longest
        if html != plain and not (text.find_parent(_APART) or text.find_parent(class_=("tex", "reference"))):
            text.replace_with(BeautifulSoup(html, "html.parser"))
    for code in tree.find_all("code"):
        name = code.text.partition("(")[0]
        target = address(places, name, page) or address(places, name.removesuffix(".py").replace("/", "."), page)
        if target and not code.find_parent("a"):
            code.wrap(tree.new_tag("a", href=target))


def _placed(html: str, places: Places, page: str) -> str:
    def linked(found: re.Match[str]) -> str:
        kind = _KINDS[found[0][0].lower()]
        numbers = found["numbers"]
        start = found[0].removesuffix(numbers)
        if found["one"]:
            number = re.split(r"\D", numbers, maxsplit=1)[0]
            return _anchor(address(places, f"{kind}-{number}", page), start + number) + numbers.removeprefix(number)
        return start + re.sub(r"\d+", lambda n: _anchor(address(places, f"{kind}-{n[0]}", page), n[0]), numbers)

    return _PLACE.sub(linked, html)


def _anchor(target: str | None, text: str) -> str:
    return f'<a class="place" href="{target}">{text}</a>' if target else text


@cache
def references() -> tuple[dict[str, str], ...]:
    """Return the papers that are cited, as dictionaries: `cited` (as a text names it), `reference` and `doi`."""
    with shipped("references.csv") as path, path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _cited(html: str) -> str:
    known = {row["cited"]: row for row in references()}
    return re.sub("|".join(map(re.escape, known)), lambda found: _citation(found[0], known[found[0]]), html)


def _citation(text: str, row: Mapping[str, str]) -> str:
    return (
        f'<span class="citation"><button type="button">{text}</button><span role="note">{reference(row)}</span></span>'
    )


def reference(row: Mapping[str, str]) -> str:
    """Return a reference with the link that the project knows, if any."""
    doi, said = row["doi"], escape(row["reference"], quote=False)
    return f'{said}, <a href="https://doi.org/{doi}">doi:{doi}</a>' if doi else said
