"""A notebook as one HTML file that asks for no other file and no network."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets.config import Config

from softmodes.figures.style import FIGURE
from softmodes.report.markup import contained, markdown, typeset
from softmodes.report.notebooks import Computed, Value
from softmodes.report.page import links, pictures
from softmodes.report.page.code import is_tool, without_versions
from softmodes.report.page.exercises import set_exercises
from softmodes.report.page.formulas import formulas_style, with_mathml
from softmodes.report.page.inert import inert
from softmodes.report.page.links import Places
from softmodes.report.page.policy import script, with_policy
from softmodes.report.page.reference import imported, link_code
from softmodes.report.page.texts import Texts

_HERE = Path(__file__).parent
GENERATOR = "softmodes report"
Link = Mapping[str, str]
"""A page of the report: its `href` and `label`."""
# where the template leaves room for the contents of the page
_CONTENTS = "<!-- contents -->"

# No widgets and no bare scripts: what lives in a page comes as HTML of its own.
_SHOWN = ("text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain")
_CONFIG = Config(NbConvertBase={"display_data_priority": list(_SHOWN)})


# What is no character: a half of a surrogate pair, and the end of a text in C.
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")


class PageExporter(HTMLExporter):
    """nbconvert with the template of this folder, for pages that ask for no other file."""

    def __init__(self) -> None:
        """Take the template of this folder."""
        HTMLExporter.__init__(
            self,
            config=_CONFIG,
            template_name="template",
            extra_template_basedirs=[str(_HERE)],
            exclude_input_prompt=True,
            exclude_output_prompt=True,
        )
        # else nbconvert takes its own
        self.filters = {"highlight_code": self.highlight_code}

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters of nbconvert, and those of the template."""
        yield from HTMLExporter.default_filters(self)
        yield "markdown2html", self.markdown2html
        yield "contained", self.contained
        yield "script", script
        yield "latex2html", lambda text: typeset(escape(text))

    def written(self, notebook: NotebookNode, page: "Page") -> str:
        """Write the page of a notebook; what its outputs have as HTML comes in last, as it stands."""
        # nbconvert takes the whole page apart, for which a large table of small cells needs a hundred times its size
        self._aside: list[str] = []
        self._mark = secrets.token_hex(16)
        self._imports = imported(notebook.cells)
        self.texts = Texts(page.places, page.href)
        html = self.from_notebook_node(notebook, resources={"page": page})[0]
        # known only now
        html = html.replace(_CONTENTS, "" if page.kind == "index" else self.texts.contents(), 1)
        return re.sub(rf"{self._mark}-(\d+)-", lambda found: self._aside[int(found[1])], html)

    def highlight_code(self, source: str, **options: Any) -> str:
        """Code in colours, in which names of the package are links."""
        highlight = Highlight2HTML(pygments_lexer="ipython3", parent=self)
        return link_code(highlight(source, **options), self._imports, self.texts.places)

    def contained(self, html: str, page: "Page") -> str:
        """Put a mark in the place of HTML that asks for no other file."""
        self._aside.append(contained(html, page.folder))
        return f"{self._mark}-{len(self._aside) - 1}-"

    @pass_context
    def markdown2html(self, context: Mapping[str, Any], source: str) -> str:
        """Markdown as HTML that is whole in itself."""
        folder, attachments = context["resources"]["page"].folder, context.get("cell", {}).get("attachments", {})
        return markdown(source, folder, attachments, self.texts.furnish, exclude_anchor_links=True)


# Templates are read once: that takes longer than to write most pages.
_exporter = cache(PageExporter)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page says besides its notebook.

    Attributes
    ----------
    href, title : str
    links : tuple of dict
        The pages of the report, each with `href` and `label`.
    provenance : tuple of pairs
        Name and value.
    parameters : tuple of triples
        Name, value and default.
    seconds : float or None
        How long the notebook ran [s].
    failure : str
        What went wrong, in one line.
    failed_cell : str
        Anchor of the cell where it did.
    folder : Path
        Where the files lie that the notebook shows.
    places : dict
        Address of what can be linked to, by anchor.
    kind : str
        "index", "ledger", "symbols" or "teach" for a page that is no notebook.
    """

    href: str
    title: str
    links: tuple[Link, ...]
    provenance: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, Value, Value | Computed], ...] = ()
    seconds: float | None = None
    failure: str = ""
    failed_cell: str = ""
    folder: Path = Path()
    places: Places = field(default_factory=dict)
    kind: str = ""
    generator: str = field(default=GENERATOR, init=False)

    @property
    def neighbours(self) -> dict[str, Link | None]:
        """The links to the pages before and after this one, None where there is none."""
        here = next((i for i, link in enumerate(self.links) if link["href"] == self.href), None)
        around = [None, *self.links, None]
        return {} if here is None else {"prev": around[here], "next": around[here + 2]}

    @property
    def label(self) -> str:
        """What the row of links calls this page."""
        return next((link["label"] for link in self.links if link["href"] == self.href), self.title)

    @property
    def katex_style(self) -> str:
        """The style of the mathematics."""
        return formulas_style()


@dataclass(frozen=True)
class Digest:
    """What other pages show of one: a picture, and its text by sections."""

    picture: str = ""
    sections: tuple[tuple[str, str, str], ...] = ()

    @property
    def reading_time(self) -> str:
        """How long the page says that it takes to read, or else two hundred words a minute."""
        text = " ".join(text for _, _, text in self.sections)
        said = re.search(r"Reading time (\w+ minutes)", text)
        return said[1] if said else f"{max(1, round(len(text.split()) / 200))} min"


def render(notebook: NotebookNode, page: Page) -> tuple[str, Digest]:
    """Render an executed notebook as a `Page`: its HTML, and its `Digest`."""
    exporter = _exporter()
    notebook.metadata["title"] = page.title
    for data in (output.data for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output):
        if not any(kind in data for kind in _SHOWN):
            data["text/plain"] = f"an output of type {', '.join(data)}, which a page cannot show"
    notebook.cells = set_exercises(without_versions(notebook.cells))
    picture = _draw_figures(notebook, page)
    html = exporter.written(notebook, page)
    head, end, body = html.partition("</head>")
    body = with_mathml(body)
    html = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", head + pictures.night(body) + end + body)
    return with_policy(html), Digest(
        picture, tuple((anchor, title, text) for anchor, title, text in exporter.texts.sections)
    )


def _draw_figures(notebook: NotebookNode, page: Page) -> str:
    """Put figures into their places, numbered through the page; returns the first panel of the first one."""
    chapter, count, first = re.split(r"\D", page.href, maxsplit=1)[0], 0, ""
    for cell in notebook.cells:
        cell.metadata["tool"] = is_tool(cell)
        figures = [output for output in cell.get("outputs", []) if FIGURE in output.get("data", {})]
        numbers = _numbers(cell, [len(output.data[FIGURE]["panels"]) for output in figures])
        for output, theirs in zip(figures, numbers, strict=True):
            count += 1
            panels, text = (output.data[FIGURE][part] for part in ("panels", "alt"))
            label = f"Figure {chapter}.{count}".replace(" .", " ") + pictures.named(theirs)
            anchors = [f"fig-{number}" if number else "" for number in theirs]
            anchors += [""] * (len(panels) - len(anchors))
            anchors[0] = anchors[0] or f"figure-{count}"
            first = first or inert(pictures.vector(panels[0], f"of-{chapter}-"))
            output["data"] = {"text/html": pictures.figure(panels, text, anchors, label)}
    return first


def _numbers(cell: NotebookNode, panels: Sequence[int]) -> list[list[str]]:
    """For each figure of a cell, by its number of panels, the figures of the paper that these are, or empty texts."""
    plots, named = iter(links.plots_in(cell)), iter(links.figures_in(cell))
    if len(links.plots_in(cell)) == sum(panels):
        return [[next(plots) for _ in range(count)] for count in panels]
    # what is drawn in a loop or upon each other cannot be told apart
    return [[next(named, "")] for _ in panels]
