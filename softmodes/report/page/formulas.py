"""Formulas as MathML: what every browser shows and reads aloud by itself, until a script sets them more finely."""

import re
from html import escape, unescape

from math_core import LatexError, LatexToMathML

_FORMULA = re.compile(r'<span (?=[^>]*class="tex( display)?")([^>]*)>([^<]*)</span>')
_DOLLARS = re.compile(r"(\$\$?)(.*)\1", re.DOTALL)
_DEFINITION = re.compile(r"\\newcommand\*?\s*(\{\s*\\[A-Za-z]+\s*\}|\\[A-Za-z]+)")
_LONGEST = 2000
"""Characters of a formula that is converted: thousands of braces within each other would end the process."""


def with_mathml(html: str) -> str:
    """A page whose formulas are MathML, with what they were made from for the script; what is no LaTeX stays text."""
    # what one formula defines holds in all that follow
    converter = LatexToMathML(global_group=True, fancy_error=False)

    def converted(found):
        display, attributes, text = found.groups()
        source = _DOLLARS.fullmatch(unescape(text))
        # a definition may be given again, as in JupyterLab
        source = _DEFINITION.sub(r"\\providecommand\1{}\\renewcommand\1", source[2] if source else unescape(text))
        shown = _mathml(converter, source, bool(display)) or text
        return f'<span {attributes} data-tex="{escape(source)}">{shown}</span>'

    return _FORMULA.sub(converted, html)


def _mathml(converter, source, display):
    if len(source) > _LONGEST:
        return None
    if r"\tag" in source and r"\begin{equation" not in source and r"\begin{align}" not in source:
        source = rf"\begin{{equation}}{source}\end{{equation}}"
    try:
        return converter.convert_with_global_state(source, displaystyle=display)
    except LatexError:
        return None
