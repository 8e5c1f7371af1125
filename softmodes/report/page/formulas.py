"""Formulas as MathML: what every browser shows and reads aloud by itself, until a script sets them more finely."""

import base64
import re
from functools import cache
from html import escape, unescape
from pathlib import Path

from math_core import LatexError, LatexToMathML

_KATEX = Path(__file__).parents[1] / "katex"
_FORMULA = re.compile(r'<span (?=[^>]*class="tex( display)?")([^>]*)>([^<]*)</span>')
_DOLLARS = re.compile(r"(\$\$?)(.*)\1", re.DOTALL)
_DEFINITION = re.compile(r"\\newcommand\*?\s*(\{\s*\\[A-Za-z]+\s*\}|\\[A-Za-z]+)")
_LONGEST = 2000
"""Characters of a formula that is converted: thousands of braces within each other would end the process."""


def with_mathml(html: str) -> str:
    """Make the formulas of a page MathML, with what they were made from for the script; what is no LaTeX stays text."""
    # what one formula defines holds in all that follow
    converter = LatexToMathML(global_group=True, fancy_error=False)

    def converted(found: re.Match[str]) -> str:
        display, attributes, text = found.groups()
        plain = unescape(text)
        inner = _DOLLARS.fullmatch(plain)
        # a definition may be given again, as in JupyterLab
        source = _DEFINITION.sub(r"\\providecommand\1{}\\renewcommand\1", inner[2] if inner else plain)
        shown = _mathml(converter, source, bool(display)) or text
        return f'<span {attributes} data-tex="{escape(source)}">{shown}</span>'

    return _FORMULA.sub(converted, html)


def _mathml(converter: LatexToMathML, source: str, display: bool) -> str | None:
    if len(source) > _LONGEST:
        return None
    if r"\tag" in source and r"\begin{equation" not in source and r"\begin{align}" not in source:
        source = rf"\begin{{equation}}{source}\end{{equation}}"
    try:
        return converter.convert_with_global_state(source, displaystyle=display)
    except LatexError:
        return None


@cache
def formulas_style() -> str:
    """Return the style of the mathematics, with its fonts."""
    faces = re.compile(r"@font-face\{[^}]*?src:url\((fonts/[^)]+\.woff2)\)[^}]*\}")
    return faces.sub(_inline_font, (_KATEX / "katex.min.css").read_text(encoding="utf-8"))


def _inline_font(face: re.Match[str]) -> str:
    """Return a font face with its font in it, or nothing where the font is not among those that the paper needs."""
    font = _KATEX / face[1]
    if not font.exists():
        return ""
    encoded = base64.b64encode(font.read_bytes()).decode()
    return re.sub(r"src:.*", f'src:url(data:font/woff2;base64,{encoded}) format("woff2")}}', face[0])
