"""A notebook as one HTML file that asks for no other file and no network."""

import base64
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import pass_context
from nbconvert import HTMLExporter
from traitlets.config import Config

_HERE = Path(__file__).parent
GENERATOR = "softmodes report"

_CONFIG = Config(
    NbConvertBase={
        # No widgets and no bare scripts: what lives in a page comes as HTML of its own.
        "display_data_priority": [
            "text/html",
            "text/markdown",
            "image/svg+xml",
            "text/latex",
            "image/png",
            "image/jpeg",
            "text/plain",
        ]
    },
)


class PageExporter(HTMLExporter):
    """nbconvert with the template of this folder, and wide tables in a box of their own."""

    def default_filters(self):
        """The filters of nbconvert, one of them wrapped."""
        yield from super().default_filters()
        yield "markdown2html", self.markdown_with_boxes

    @pass_context
    def markdown_with_boxes(self, context, source):
        """Markdown as HTML in which each table can be scrolled by itself."""
        html = self.markdown2html(context, source)
        return re.sub(r"<table.*?</table>", r'<div class="scroll">\g<0></div>', html, flags=re.DOTALL)


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
    """

    href: str
    title: str
    links: tuple
    provenance: tuple
    parameters: tuple = ()
    seconds: float | None = None
    failure: str = ""
    failed_cell: str = ""
    generator: str = field(default=GENERATOR, init=False)

    @property
    def katex(self):
        """The style and the script that set the mathematics."""
        return _katex()


def render(notebook, page):
    """The HTML of an executed notebook as a `Page`."""
    exporter = PageExporter(
        config=_CONFIG,
        template_name="template",
        extra_template_basedirs=[str(_HERE)],
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    notebook.metadata["title"] = page.title
    return exporter.from_notebook_node(notebook, resources={"page": page})[0]


@cache
def _katex():
    folder = _HERE / "katex"
    faces = re.compile(r"@font-face\{[^}]*?src:url\((fonts/[^)]+\.woff2)\)[^}]*\}")
    return {
        "css": faces.sub(_inline_font, (folder / "katex.min.css").read_text(encoding="utf-8")),
        "script": ";".join(
            (folder / name).read_text(encoding="utf-8") for name in ("katex.min.js", "auto-render.min.js")
        ),
    }


def _inline_font(face):
    """A font face with its font in it, or nothing where the font is not among those that the paper needs."""
    font = _HERE / "katex" / face[1]
    if not font.exists():
        return ""
    encoded = base64.b64encode(font.read_bytes()).decode()
    return re.sub(r"src:.*", f'src:url(data:font/woff2;base64,{encoded}) format("woff2")}}', face[0])
