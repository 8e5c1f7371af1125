"""Sheets of paper: a text as one HTML file that asks for no other and is printed on A4."""

from html import escape
from pathlib import Path

from softmodes.report.markup import markdown
from softmodes.report.page.formulas import formulas_style, with_mathml
from softmodes.report.page.policy import script, with_policy

_STYLE = Path(__file__).parent / "sheet.css"
_SCRIPTS = ("katex/katex.min.js", "template/formulas.js")


def sheet(title: str, text: str, foot: str = "") -> str:
    """Make a page for reading and printing from a text in Markdown, with its formulas set."""
    body = with_mathml(markdown(text, Path(), {}, exclude_anchor_links=True))
    # half a megabyte, which those get who have a formula
    scripts = "".join(f"<script>{script(name)}</script>" for name in _SCRIPTS)
    mathematics = f"<style>{formulas_style()}</style>{scripts}" if 'class="tex' in body else ""
    return with_policy(f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
{mathematics}<style>{_STYLE.read_text(encoding="utf-8")}</style></head>
<body><main>
{body}
</main><footer><p>{escape(foot)}</p></footer></body></html>
""")
