"""Sheets of paper: a text as one HTML file that asks for no other and is printed on A4."""

from html import escape
from pathlib import Path

from softmodes.report.markup import markdown
from softmodes.report.render import Page

_STYLE = Path(__file__).parent / "sheet.css"
_SET = """document.addEventListener("DOMContentLoaded", () => {
  for (const element of document.querySelectorAll(".tex"))
    katex.render(element.textContent.replace(/^(\\$\\$?)([^]*)\\1$/, "$2"), element,
      {displayMode: element.matches(".display"), throwOnError: false});
});"""


def sheet(title: str, text: str, foot: str = "") -> str:
    """A page for reading and printing from a text in Markdown, with its formulas set."""
    body = markdown(text, Path(), {}, exclude_anchor_links=True)
    # half a megabyte, which those get who have a formula
    own = Page(href="", title=title, links=(), provenance=()).katex if 'class="tex' in body else None
    mathematics = f"<style>{own['css']}</style><script>{own['script']}</script><script>{_SET}</script>" if own else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
{mathematics}<style>{_STYLE.read_text(encoding="utf-8")}</style></head>
<body><main>
{body}
</main><footer><p>{escape(foot)}</p></footer></body></html>
"""
