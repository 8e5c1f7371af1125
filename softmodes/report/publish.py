"""The pages of a report as one folder: each notebook, the index and the ledger."""

import html
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from softmodes.ensembles.workers import single_threads
from softmodes.report.execute import hide_paths, one_line, run_notebook, workplace
from softmodes.report.folder import SCRATCH
from softmodes.report.folder import published_folder as published_folder
from softmodes.report.lifeline import become_worker
from softmodes.report.notebooks import Notebook, page_of
from softmodes.report.provenance import provenance
from softmodes.report.render import Page, render
from softmodes.signals import signals_held

_INDEX = """\
# Soft localized vibrations in glasses and undercooled liquids

U. Buchenau's paper of 1992 as notebooks that can be run: every equation computed, every printed number compared with
what the equations give. Each page is one notebook; its sliders work without a network.
"""

_INDEX_END = """\
## [Printed and reproduced](ledger.html)

The ledger of the paper whole, the [errata](ledger.html#errata), and [what the paper says in words](ledger.html#words).
"""

_LEDGER = """\
# Printed and reproduced

Every equation, figure and number of the paper, and every sentence that can be checked, beside what this companion
computes for it, and the function of `softmodes`, the test and the place in the notebooks. What is printed is said in
our words.

{records}

<h2 id="errata">Errata</h2>

{errata}

<h2 id="words">In words</h2>

What the paper says about glasses and liquids without a number, beside what the computer glass and liquid give.

{claims}
"""


@dataclass(frozen=True)
class Outcome:
    """How one page fared."""

    name: str
    seconds: float
    failure: str


@dataclass(frozen=True)
class Report:
    """The pages to be made of some notebooks in a folder."""

    notebooks: tuple[Notebook, ...]
    folder: Path
    origin: tuple

    @property
    def links(self) -> tuple[dict[str, str], ...]:
        """The row of links on every page."""
        pages = [("index", "Contents"), *((book.name, book.label) for book in self.notebooks), ("ledger", "Ledger")]
        return tuple({"href": page_of(name), "label": label} for name, label in pages)

    def write(self, notebook: NotebookNode, name: str, title: str, **details: Any) -> None:
        """Render a notebook into the folder."""
        page = Page(href=page_of(name), title=title, links=self.links, provenance=self.origin, **details)
        (self.folder / f"{name}.html").write_text(render(notebook, page), encoding="utf-8")

    def write_failure(self, name: str, failure: str, seconds: float) -> Outcome:
        """Write a page that says why there is none."""
        titles = {book.name: book.title for book in self.notebooks}
        self.write(new_notebook(), name, titles.get(name, name.capitalize()), failure=failure, seconds=seconds)
        return Outcome(name, seconds, failure)

    def write_ledger(self, ensemble: str) -> Outcome:
        """Write the page of the whole ledger."""
        text = _ledger_text(ensemble)
        self.write(new_notebook(cells=[new_markdown_cell(text, id="text")]), "ledger", "Printed and reproduced")
        return Outcome("ledger", 0.0, "")

    def write_notebook(self, notebook: Notebook, values: Mapping[str, Any], timeout: float) -> Outcome:
        """Run a notebook with some parameters and render what came of it."""
        with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            run = run_notebook(notebook, values, timeout=timeout, scratch=scratch)
            parameters = ((p.name, values.get(p.name, p.default), p.default) for p in notebook.parameters.values())
            anchor = ""
            if run.failed_cell is not None:
                cell = run.notebook.cells[run.failed_cell]
                cell.metadata.tags.append("failed")
                anchor = f"cell-id={cell.id}"
            self.write(
                run.notebook,
                notebook.name,
                notebook.title,
                parameters=tuple(parameters),
                seconds=run.seconds,
                failure=run.failure,
                failed_cell=anchor,
                folder=workplace(notebook, scratch),
            )
        return Outcome(notebook.name, run.seconds, run.failure)

    def write_index(self, outcomes: Mapping[str, Outcome], *, questions: bool = True) -> None:
        """Write the page that lists the others, with what each asks or with its name alone."""
        cells = [new_markdown_cell(_INDEX), *self._entries(outcomes, questions), new_markdown_cell(_INDEX_END)]
        for number, cell in enumerate(cells):
            cell.id = f"entry-{number}"
        folder = self.notebooks[0].path.parent
        self.write(new_notebook(cells=cells), "index", _INDEX.partition("\n")[0].lstrip("# "), folder=folder)

    def _entries(self, outcomes, questions):
        for book in self.notebooks:
            outcome = outcomes[book.name]
            # Cells of their own: what one leaves open ends with it. A paragraph of HTML, so that nothing in an error
            # is taken for Markdown.
            failure = f"<strong>failed</strong>: <code>{html.escape(outcome.failure)}</code>"
            status = f'<p class="status">{outcome.seconds:.1f} s, {failure if outcome.failure else "complete"}</p>'
            title = book.title if questions else html.escape(book.label)
            yield new_markdown_cell(f'## <a href="{page_of(book.name)}">{title}</a>')
            if questions:
                yield new_markdown_cell(book.question, attachments=book.attachments)
            yield new_markdown_cell(status)


def make_report(
    notebooks: Sequence[Notebook], values: Mapping[str, Mapping[str, Any]], folder: Path, *, jobs: int, timeout: float
) -> Iterator[Outcome]:
    """Write all pages into `folder`; yields the `Outcome` of each notebook as it ends, and of a failed ledger."""
    report = Report(notebooks, folder, provenance())
    scratch = folder / SCRATCH
    scratch.mkdir()
    work = {book.name: (report.write_notebook, book, values[book.name], timeout) for book in notebooks}
    outcomes = {}
    # The ledger last, in what time the longest notebook leaves. Closed whatever stops this: what still runs is ended.
    # Side by side: a BLAS that takes all processors for each of them makes all slower.
    ensemble = next((own["ensemble"] for own in values.values() if "ensemble" in own), "shipped")
    pieces = _in_processes({**work, "ledger": (report.write_ledger, ensemble)}, jobs, scratch)
    with single_threads(), closing(pieces) as finished:
        for name, seconds, future in finished:
            try:
                outcomes[name] = future.result()
            except BrokenProcessPool:
                outcomes[name] = report.write_failure(name, "the process that ran it was killed", seconds)
            except Exception as error:
                failure = hide_paths(one_line(f"{type(error).__name__}: {error}"))
                outcomes[name] = report.write_failure(name, failure, seconds)
            if name in work or outcomes[name].failure:
                yield outcomes[name]
    try:
        report.write_index(outcomes)
    except Exception:
        # what a notebook asks cannot be shown, which must not cost the pages their list
        report.write_index(outcomes, questions=False)


def _in_processes(work, jobs, scratch):
    """Do each piece of `work` in a process of its own, `jobs` at a time; yields name, seconds and future of each.

    A piece that kills its process takes no other along; all end with this process.
    """
    waiting, running = list(work.items()), {}
    ours, lifeline = Pipe(duplex=False)
    with ours, lifeline:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    name, (task, *arguments) = waiting.pop(0)
                    # Started afresh, not forked: threads of this process are not to be copied halfway.
                    own = {"initializer": become_worker, "initargs": (ours, scratch)}
                    with signals_held():
                        pool = ProcessPoolExecutor(1, get_context("spawn"), **own)
                        running[pool.submit(task, *arguments)] = name, pool, time.perf_counter()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name, pool, start = running.pop(future)
                    pool.shutdown()
                    yield name, time.perf_counter() - start, future
        finally:
            # Whatever ends this early does not wait for what is running.
            lifeline.close()
            for _, pool, _ in running.values():
                pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Line:
    """A record in four columns."""

    printed: str
    verdict: str
    reproduced: str
    where: str

    @classmethod
    def of(cls, record):
        where = f"{record.function}<br>{record.test}<br>notebook {record.notebook}"
        return cls(f"{record.item}, {record.place}", record.verdict, record.reproduced, where)


def _ledger_text(ensemble):
    # Reading the paper's numbers takes the physics along, which no other page needs here.
    from softmodes.paper.claims import claims
    from softmodes.paper.ledger import errata
    from softmodes.paper.records import VERDICTS, records
    from softmodes.paper.table import Table

    groups = []
    for kind, rules in VERDICTS.items():
        words = "; ".join(f"*{verdict}*: {rule}" for verdict, rule in rules.items())
        table = Table(map(_Line.of, records(kind, ensemble=ensemble)))._repr_markdown_()
        groups.append(f'<h2 id="{kind}s">{kind.capitalize()}s</h2>\n\n{words}.\n\n{table}')
    tables = {"errata": errata(ensemble=ensemble), "claims": claims(ensemble=ensemble)}
    shown = {name: table._repr_markdown_() for name, table in tables.items()}
    return _LEDGER.format(records="\n\n".join(groups), **shown)
