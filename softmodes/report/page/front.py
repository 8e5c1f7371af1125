"""The first page of a report, from which one goes on, and the last one, with all numbers, files and papers."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_raw_cell

from softmodes.places import DATA, NOTEBOOKS
from softmodes.report.notebooks import Notebook, find_notebooks, page_of
from softmodes.report.page.links import Places, reference, references
from softmodes.report.page.pictures import indexed
from softmodes.report.page.texts import row_name, verdict_kind

if TYPE_CHECKING:
    from softmodes.paper.records import Record
    from softmodes.report.publish import Outcome, Report

_OPENING = """\
# Soft localized vibrations in glasses and undercooled liquids

Buchenau's paper of 1992 as notebooks that can be run, for students and teachers of the physics of glasses and for
whoever wants to check it: every equation computed, every printed number compared with what the equations give. Sliders
work without a network.
"""
_SLIDER = """\
**Try it: fig. 8.** The mode energy that the undercooled liquid allows, against what is left of the crystal's restoring
force. Move the formation energy from the melting point (3) to the glass transition (5) and see how far it reaches.
"""
_CLOSING = """\
## [Printed and reproduced](ledger.html)

{counts}

The ledger of the paper whole, the [errata](ledger.html#errata), [what the paper says in words](ledger.html#words), and
the [symbols](symbols.html).

## [Teach with it](teach.html)

Each page is one file that opens by a double click: copy it, send it, project it. Notebooks end with exercises;
[three lessons](teach.html) can be given as they stand. A page with numbers of your own is one command,
`softmodes report --only 4 --set beta_epsilon_m=3`; what differs is marked.

{cite}
"""
_LEDGER = """\
# Printed and reproduced

Every equation, figure and number of the paper, and every sentence that can be checked, beside what this companion
computes for it, and the function of `softmodes`, the test and the place in the notebooks. What is printed is said in
our words.

{records}

<h2 id="errata">Errata</h2>

What the paper prints and what does not hold as it stands, each marked ✕ in its row: {errata}.

<h2 id="words">In words</h2>

What the paper says about glasses and liquids without a number, beside what the computer glass and liquid give.

{claims}

<h2 id="files">Files</h2>

{files}

<h2 id="papers">Papers</h2>

{papers}
"""
_SMALL = 100_000
"""Bytes of a file that a page can carry."""


@dataclass(frozen=True)
class Front:
    """What the first page shows of the physics: how often each verdict is given, and a slider as HTML."""

    counts: tuple[tuple[str, int], ...]
    slider: str


def front(ensemble: str) -> Front:
    """Count the verdicts and make the slider; takes the physics along, which no other page needs here."""
    from softmodes.explore.stability import StabilityExplorer
    from softmodes.paper.ledger import ledger

    slider = StabilityExplorer()._repr_mimebundle_()[0]["text/html"]
    return Front(tuple(Counter(entry.verdict for entry in ledger(ensemble=ensemble)).items()), slider)


@dataclass(frozen=True)
class _Line:
    """A record in four columns."""

    printed: str
    verdict: str
    reproduced: str
    where: str

    @classmethod
    def of(cls, record: "Record") -> "_Line":
        where = f"{record.function}<br>{record.test}<br>notebook {record.notebook}"
        return cls(f"{record.item}, {record.place}", record.verdict, record.reproduced, where)


def ledger_text(ensemble: str) -> str:
    """Return the page of all numbers, as Markdown."""
    from softmodes.paper.claims import claims
    from softmodes.paper.records import VERDICTS, records
    from softmodes.paper.table import Table

    groups, every = [], records(ensemble=ensemble)
    for kind, rules in VERDICTS.items():
        words = "; ".join(f"*{verdict}*: {rule}" for verdict, rule in rules.items())
        table = Table(_Line.of(row) for row in every if row.kind == kind)._repr_markdown_()
        groups.append(f'<h2 id="{kind}s">{kind.capitalize()}s</h2>\n\n{words}.\n\n{table}')
    tables = {"claims": claims(ensemble=ensemble)._repr_markdown_(), "records": "\n\n".join(groups)}
    tables["errata"] = ", ".join(map(_row_link, (row for row in every if verdict_kind(row.verdict) == "no")))
    papers = "\n".join(f'<li class="reference">{reference(row)}</li>' for row in references())
    files = "\n".join(_file(path) for path in files_of_data())
    return _LEDGER.format(**tables, files=f"<ul>{files}</ul>", papers=f"<ul>{papers}</ul>")


def _row_link(record: "Record") -> str:
    name = indexed(record.item.partition(":")[0]).replace("*", "\\*")
    return f"[{name}](#{row_name(record.item, record.place)})"


def symbols_text() -> str:
    """Return the page of the symbols, as Markdown."""
    from softmodes.paper.symbols import symbols

    return f"# Symbols\n\nWhat they mean, and where they come in.\n\n{symbols()._repr_markdown_()}"


def files_of_data() -> list[Path]:
    """Return the tables and ensembles that come with the companion."""
    found = (path for kind in ("csv", "npz") for path in DATA.rglob(f"*.{kind}"))
    return sorted(path for path in found if "recomputed" not in path.parts and "measured" not in path.parts)


def _name(path: Path) -> str:
    return "data/" + path.relative_to(DATA).as_posix()


def file_places() -> Places:
    """Address of each file of data in the page of all numbers."""
    return {_name(path): [("ledger.html", f"ledger.html#{_name(path)}")] for path in files_of_data()}


def _file(path: Path) -> str:
    name, size = _name(path), path.stat().st_size
    text = f"{name}, {size / 1e3:,.0f} kB"
    if path.suffix == ".csv" and size < _SMALL:
        content = quote(path.read_bytes(), safe="")
        text = f'<a download="{path.name}" href="data:text/csv;charset=utf-8,{content}">{text}</a>'
    return f'<li id="{name}">{text}</li>'


def index_cells(report: "Report", outcomes: Mapping[str, "Outcome"], questions: bool) -> Iterator[NotebookNode]:
    """Yield the cells of the first page; with what each notebook asks, or with its name alone."""
    told = getattr(outcomes.get("ledger"), "front", None)
    yield new_markdown_cell(_OPENING)
    yield _raw('<div id="found" aria-live="polite"></div>')
    yield new_markdown_cell(_missing(report))
    if told:
        yield new_markdown_cell(_SLIDER)
        yield _raw(told.slider)
    yield _raw('<div class="cards-of-pages">')
    for book in report.notebooks:
        yield from _card(book, outcomes[book.name], questions)
    yield _raw("</div>")
    counts = "".join(_count(*pair) for pair in told.counts) if told else ""
    yield new_markdown_cell(_CLOSING.format(counts=f'<ul class="counts">{counts}</ul>' if counts else "", cite=cite()))
    texts = [text for book in report.notebooks for text in _texts(book.name, book.label, outcomes[book.name])]
    texts += _texts("ledger", "Ledger", outcomes["ledger"]) if "ledger" in outcomes else []
    # no tag may begin within it
    data = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    yield _raw(f'<script type="application/json" id="texts">{data}</script>')


def _raw(source: str) -> NotebookNode:
    cell: NotebookNode = new_raw_cell(source, metadata={"raw_mimetype": "text/html", "tags": []})
    return cell


def _missing(report: "Report") -> str:
    """Return what is not in a report of some notebooks only."""
    made = {book.name for book in report.notebooks}
    left = [book.label for book in find_notebooks(report.notebooks[0].path.parent) if book.name not in made]
    said = html.escape(", ".join(left))
    return (
        f'<p class="status" role="note">This report has some of the notebooks only; left out: {said}.</p>'
        if left
        else ""
    )


def _card(book: Notebook, outcome: "Outcome", questions: bool) -> Iterator[NotebookNode]:
    # Cells of their own: what one leaves open ends with it. A paragraph of HTML, so that nothing in an error
    # is taken for Markdown.
    digest = outcome.digest
    # a label is no Markdown
    title = book.title if questions and book.title != book.label else html.escape(book.label)
    picture = f'<div class="thumbnail" aria-hidden="true">{digest.picture}</div>' if digest and digest.picture else ""
    yield _raw(f'<article class="card">{picture}')
    yield new_markdown_cell(f'## <a href="{page_of(book.name)}">{title}</a>')
    if questions:
        yield new_markdown_cell(book.question, attachments=book.attachments)
    failure = f"<strong>failed</strong>: <code>{html.escape(outcome.failure)}</code>"
    kind = "section, " if book.number <= 5 else "laboratory, "
    kind = kind if book.path.parent == NOTEBOOKS else ""
    time = f"{digest.reading_time} to read, " if digest else ""
    yield new_markdown_cell(f'<p class="status">{kind}{time}{failure if outcome.failure else "complete"}</p>')
    yield _raw("</article>")


def _count(verdict: str, count: int) -> str:
    return f'<li><span class="verdict {verdict_kind(verdict)}">{count} {verdict}</span></li>'


def cite() -> str:
    """How to cite, where the file that says so is there."""
    path = NOTEBOOKS.parent / "CITATION.cff"
    if not path.exists():
        return ""
    said = dict(re.findall(r"^(?:- )?(title|version|name): (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    cited = f"{said['name']}: *{said['title']}*, version {said['version']}"
    return f"## Cite it\n\n{cited}; and the paper itself, named below."


def _texts(name: str, label: str, outcome: "Outcome") -> list[list[str]]:
    sections = outcome.digest.sections if outcome.digest else ()
    return [[f"{page_of(name)}#{anchor}", label, title, text.strip()] for anchor, title, text in sections]
