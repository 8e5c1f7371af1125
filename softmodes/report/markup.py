"""What a notebook writes as HTML that asks for no other file: mathematics marked as such, pictures within the page."""

import base64
import mimetypes
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from softmodes.report.page.inert import is_inert, make_inert

# In HTML: what is no text, and the mathematics in the text.
_MATHEMATICS = re.compile(
    r"""(?P<kept> <!--.*?--> | <(?P<verbatim>script|style|pre|code|textarea)\b.*?</(?P=verbatim)\s*> | </?[a-z!][^>]*> )
    | (?P<dollar> \\\$ )
    | \$\$ (?P<display>.+?) \$\$ | \\\[ (?P<bracket>.+?) \\\]
    | (?P<environment> \\begin\{(?P<name>[a-z]+\*?)\} .+? \\end\{(?P=name)\} )
    | \$ (?P<inline>(?:\\.|[^$\\<]|<(?![a-z/!]))+) \$ | \\\( (?P<parenthesis>.+?) \\\)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
# A tag that loads something or a picture without description: the quick look before HTML is taken apart.
_LOADING = re.compile(
    r"<img(?![^<>]*\salt=)|<[a-z][^<>]*\s(?:src|poster)=\"(?!data:)",
    re.IGNORECASE,
)
_PICTURE = ("image/", "audio/", "video/")
_LARGEST = 20_000_000

Attachments = Mapping[str, Mapping[str, str]]
"""Files in a cell of text by their names: content by its kind."""


class Renderer(IPythonRenderer):
    """nbconvert's, with elements for mathematics; dollars that are none stay what they are."""

    def inline_math(self, body: str) -> str:
        """Mark a formula in a line."""
        return _formula(escape(body), "$")

    def block_math(self, body: str) -> str:
        """Mark a formula of its own."""
        return _formula(escape(body), "$$")

    def latex_environment(self, name: str, body: str) -> str:
        """Mark an environment, which is a formula of its own."""
        return _formula(escape(f"\\begin{{{name}}}{body}\\end{{{name}}}"))

    def block_html(self, html: str) -> str:
        """HTML, which Markdown leaves alone, with the formulas in its text."""
        return super().block_html(typeset(html))

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code, coloured where its language is known."""
        try:
            get_lexer_by_name((info or "").split()[0])
        except (IndexError, ClassNotFound):
            return HTMLRenderer.block_code(self, code)
        return super().block_code(code, info)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show a picture, whose file is looked for where all of them are."""
        return HTMLRenderer.image(self, text, url, title)


def _formula(html: str, delimiter: str = "") -> str:
    """Make an element for a formula, which is text with its dollars where no script sets it."""
    return f'<span class="tex{"" if delimiter == "$" else " display"}">{delimiter}{html}{delimiter}</span>'


def typeset(html: str) -> str:
    """HTML with the formulas in its text marked."""

    def marked(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        if found["dollar"]:
            return "$"
        if found["environment"]:
            return _formula(found["environment"])
        display = found["display"] or found["bracket"]
        return _formula(display, "$$") if display else _formula(found["inline"] or found["parenthesis"], "$")

    return _MATHEMATICS.sub(marked, html)


def markdown(
    source: str,
    folder: Path,
    attachments: Attachments,
    furnish: Callable[[BeautifulSoup], None] | None = None,
    **options: Any,
) -> str:
    """Markdown as HTML, whole in itself, in which each table can be scrolled by itself; `furnish` adds to its tree."""
    html = MarkdownWithMath(Renderer(escape=False, **options)).render(source)
    page = BeautifulSoup(html, "html.parser")
    make_inert(page)
    for table in page.find_all("table"):
        if not table.find_parent("table"):
            table.wrap(page.new_tag("div", attrs={"class": "scroll"}))
    if furnish:
        furnish(page)
    _take_in(page, folder, attachments)
    return str(page)


def contained(html: str, folder: Path) -> str:
    """HTML that is inert and asks for no other file; as it stands where it is so anyway."""
    if is_inert(html) and not _LOADING.search(html):
        return html
    page = BeautifulSoup(html, "html.parser")
    make_inert(page)
    _take_in(page, folder, {})
    return str(page)


def _take_in(page: BeautifulSoup, folder: Path, attachments: Attachments) -> None:
    """Put the files that a page would load into it; what cannot be had is not asked for."""
    for tag in page.find_all("img", alt=False):
        tag["alt"] = "Figure without a description"
    for name in ("src", "poster"):
        for tag in page.find_all(lambda tag, name=name: tag.has_attr(name)):
            address = str(tag[name])
            if data := _as_data(address, folder, attachments):
                tag[name] = data
            else:
                del tag[name]
                tag["title"] = f"not in this page: {address}"


def _as_data(address: str, folder: Path, attachments: Attachments) -> str | None:
    """Return the address that holds the file of another address within itself, or None."""
    if address.startswith("data:"):
        return address
    kind, _, name = address.partition(":")
    if kind == "attachment":
        pictures = attachments.get(name) or attachments.get(unquote(name)) or {}
        return next((f"data:{mime};base64,{content}" for mime, content in pictures.items()), None)
    try:
        path = _file(address, folder)
        mime = mimetypes.guess_type(path.name, strict=False)[0] or ""
        # neither a pipe, which nobody fills, nor a device, which has no end
        if mime.startswith(_PICTURE) and path.is_file() and path.stat().st_size <= _LARGEST:
            return f"data:{mime};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except (OSError, ValueError, RuntimeError):
        pass
    return None


def _file(address: str, folder: Path) -> Path:
    """Return the file that an address means; ValueError if it is somewhere in a network."""
    if (folder / address).is_file():
        return folder / address
    parts = urlsplit(address)
    if parts.scheme not in ("", "file") or parts.netloc:
        raise ValueError(f"address must be that of a file, got {address}")
    return folder / unquote(parts.path)
