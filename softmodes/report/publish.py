"""The pages of a report as one folder: each notebook, the index and the ledger."""

import html
import os
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from pathlib import Path

from nbformat.v4 import new_markdown_cell, new_notebook

from softmodes.report.console import signals_held
from softmodes.report.execute import run_notebook
from softmodes.report.folder import SCRATCH
from softmodes.report.folder import published_folder as published_folder
from softmodes.report.lifeline import become_worker
from softmodes.report.notebooks import Notebook
from softmodes.report.provenance import provenance
from softmodes.report.render import Page, render

_INDEX = """\
# Soft localized vibrations in glasses and undercooled liquids

U. Buchenau's paper of 1992 as notebooks that can be run: every equation computed, every printed number compared with
what the equations give. Each page is one notebook; its sliders work without a network.
"""

_INDEX_END = """\
## [Printed and reproduced](ledger.html)

The ledger of all numbers, the [errata](ledger.html#errata), and [what the paper says in words](ledger.html#words).
"""

_LEDGER = """\
# Printed and reproduced

Every number printed in the paper beside what this companion computes for it. *Reproduced*: the computed value lies
within the rounding of the printed one. *Within uncertainty*: twice the standard uncertainty of the inputs reaches
there. *Deviates*: neither. An *input* is a number that nothing else in the paper determines.

{ledger}

<h2 id="errata">Errata</h2>

{errata}

<h2 id="words">In words</h2>

What the paper says about glasses and liquids without a number, beside what the computer glass and liquid give.

{claims}
"""


@dataclass(frozen=True)
class Outcome:
    """How one notebook fared."""

    notebook: Notebook
    seconds: float
    failure: str


@dataclass(frozen=True)
class Report:
    """The pages to be made of some notebooks in a folder."""

    notebooks: tuple[Notebook, ...]
    folder: Path
    origin: tuple

    @property
    def links(self):
        """The row of links on every page."""
        books = [{"href": f"{book.name}.html", "label": book.label} for book in self.notebooks]
        return ({"href": "index.html", "label": "Contents"}, *books, {"href": "ledger.html", "label": "Ledger"})

    def write(self, notebook, href, title, **details):
        """Render a notebook into the folder."""
        page = Page(href=href, title=title, links=self.links, provenance=self.origin, **details)
        (self.folder / href).write_text(render(notebook, page), encoding="utf-8")

    def write_text(self, text, href):
        """Render a text that starts with its heading, as if it were a notebook of one cell."""
        title = text.partition("\n")[0].lstrip("# ")
        self.write(new_notebook(cells=[new_markdown_cell(text, id="text")]), href, title)

    def write_ledger(self):
        """Compute all printed numbers and render them, or what kept them from being computed."""
        start, failure = time.perf_counter(), ""
        try:
            text = _ledger_text()
        except Exception as error:
            # A page like the others: whatever is wrong with it costs nobody the rest.
            failure = textwrap.shorten(f"{type(error).__name__}: {error}", 160, placeholder=" …")
            text = f"# Printed and reproduced\n\n<p>Could not be computed: <code>{html.escape(failure)}</code></p>"
        self.write_text(text, "ledger.html")
        return Outcome(Notebook(Path("ledger")), time.perf_counter() - start, failure)

    def write_notebook(self, notebook, values, timeout):
        """Run a notebook with some parameters and render what came of it."""
        run = run_notebook(notebook, values, timeout=timeout)
        parameters = ((p.name, values.get(p.name, p.default), p.default) for p in notebook.parameters.values())
        anchor = ""
        if run.failed_cell is not None:
            cell = run.notebook.cells[run.failed_cell]
            cell.metadata.tags.append("failed")
            anchor = f"cell-id={cell.id}"
        self.write(
            run.notebook,
            f"{notebook.name}.html",
            notebook.title,
            parameters=tuple(parameters),
            seconds=run.seconds,
            failure=run.failure,
            failed_cell=anchor,
        )
        return Outcome(notebook, run.seconds, run.failure)


def make_report(notebooks, values, folder, *, jobs, timeout):
    """Write all pages into `folder`; yields the `Outcome` of each notebook as it ends, and of a failed ledger."""
    # The notebooks run side by side: a BLAS that takes all processors for each of them makes all slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    report = Report(notebooks, folder, provenance())
    scratch = folder / SCRATCH
    scratch.mkdir()
    ours, lifeline = Pipe(duplex=False)
    # Started afresh, not forked: threads of this process are not to be copied halfway.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=become_worker, initargs=(ours, scratch))
    with ours, lifeline:
        try:
            with signals_held():
                futures = [pool.submit(report.write_notebook, book, values[book.name], timeout) for book in notebooks]
                ledger = pool.submit(report.write_ledger)
            for future in as_completed(futures):
                yield future.result()
            if ledger.result().failure:
                yield ledger.result()
        except BaseException:
            # Whatever ends this early does not wait for the notebooks that are running.
            lifeline.close()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    report.write_text(_index_text([future.result() for future in futures]), "index.html")


def _ledger_text():
    # Reading the paper's numbers takes the physics along, which no other page needs here.
    from softmodes.paper.claims import claims
    from softmodes.paper.ledger import errata, ledger

    tables = {"ledger": ledger(), "errata": errata(), "claims": claims()}
    return _LEDGER.format(**{name: table._repr_markdown_() for name, table in tables.items()})


def _index_text(outcomes):
    return "\n\n".join([_INDEX, *map(_index_entry, outcomes), _INDEX_END])


def _index_entry(outcome):
    book = outcome.notebook
    # A paragraph of HTML, so that nothing in an error is taken for Markdown or for mathematics.
    failure = f"<strong>failed</strong>: <code>{html.escape(outcome.failure)}</code>"
    status = f'<p class="status">{outcome.seconds:.1f} s, {failure if outcome.failure else "complete"}</p>'
    return f"## [{book.title}]({book.name}.html)\n\n{book.question}\n\n{status}"
