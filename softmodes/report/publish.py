"""The pages of a report as one folder: each notebook, the index and the ledger."""

import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from softmodes.ensembles.workers import single_threads
from softmodes.report.classroom.lessons import teach_text
from softmodes.report.execute import hide_paths, one_line, run_notebook, workplace
from softmodes.report.folder import REFERENCE, SCRATCH, is_reference
from softmodes.report.folder import published_folder as published_folder
from softmodes.report.notebooks import Notebook, page_of
from softmodes.report.page.front import Front, cite, file_places, front, index_cells, ledger_text, symbols_text
from softmodes.report.page.links import Places, places
from softmodes.report.page.reference import reference_places
from softmodes.report.pieces import Piece, Told, in_processes
from softmodes.report.provenance import provenance
from softmodes.report.render import Digest, Page, render


@dataclass(frozen=True)
class Outcome:
    """How one page fared."""

    name: str
    seconds: float
    failure: str
    digest: Digest | None = None
    front: Front | None = None


@dataclass(frozen=True)
class Report:
    """The pages to be made of some notebooks in a folder."""

    notebooks: Sequence[Notebook]
    folder: Path
    origin: tuple[tuple[str, str], ...]
    reference: Places = field(default_factory=dict)

    @property
    def links(self) -> tuple[dict[str, str], ...]:
        """The row of links on every page."""
        pages = [("index", "Contents"), *((book.name, book.label) for book in self.notebooks), ("ledger", "Ledger")]
        pages += [("symbols", "Symbols"), ("teach", "Teach with it")]
        pages += [(f"{REFERENCE}/index", "Reference")] * is_reference(self.folder.parent / REFERENCE)
        return tuple({"href": page_of(name), "label": label} for name, label in pages)

    def write(self, notebook: NotebookNode, name: str, title: str, **details: Any) -> Digest:
        """Render a notebook into the folder; returns what other pages show of it."""
        details = {"provenance": self.origin, "places": self._places, **details}
        html, digest = render(notebook, Page(href=page_of(name), title=title, links=self.links, **details))
        (self.folder / f"{name}.html").write_text(html, encoding="utf-8")
        return digest

    @property
    def _places(self) -> Places:
        return {**places(self.notebooks, page_of), **file_places(), **self.reference}

    def write_failure(self, name: str, failure: str, seconds: float) -> Outcome:
        """Write a page that says why there is none."""
        titles = {book.name: book.title for book in self.notebooks}
        self.write(new_notebook(), name, titles.get(name, name.capitalize()), failure=failure, seconds=seconds)
        return Outcome(name, seconds, failure)

    def write_ledger(self, ensemble: str) -> Outcome:
        """Write the page of the whole ledger."""
        start = time.perf_counter()
        notebook = new_notebook(cells=[new_markdown_cell(ledger_text(ensemble), id="text")])
        digest = self.write(notebook, "ledger", "Printed and reproduced", kind="ledger")
        return Outcome("ledger", time.perf_counter() - start, "", digest, front(ensemble))

    def write_symbols(self) -> None:
        """Write the page of the symbols."""
        notebook = new_notebook(cells=[new_markdown_cell(symbols_text(), id="text")])
        self.write(notebook, "symbols", "Symbols", kind="symbols")

    def write_teach(self) -> None:
        """Write the page on teaching with all this."""
        notebook = new_notebook(cells=[new_markdown_cell(teach_text(cite()), id="text")])
        self.write(notebook, "teach", "Teach with it", kind="teach")

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
            digest = self.write(
                run.notebook,
                notebook.name,
                notebook.title,
                parameters=tuple(parameters),
                seconds=run.seconds,
                failure=run.failure,
                failed_cell=anchor,
                folder=workplace(notebook, scratch),
            )
        return Outcome(notebook.name, run.seconds, run.failure, digest)

    def write_index(self, outcomes: Mapping[str, Outcome], *, questions: bool = True) -> None:
        """Write the page that lists the others, with what each asks or with its name alone."""
        cells = list(index_cells(self, outcomes, questions))
        for number, cell in enumerate(cells):
            cell.id = f"entry-{number}"
        times = "; ".join(f"{name} {outcome.seconds:.1f} s" for name, outcome in sorted(outcomes.items()))
        origin, folder = (*self.origin, ("run times", times)), self.notebooks[0].path.parent
        title = cells[0].source.partition("\n")[0].lstrip("# ")
        self.write(new_notebook(cells=cells), "index", title, kind="index", folder=folder, provenance=origin)


def make_report(
    notebooks: Sequence[Notebook],
    values: Mapping[str, Mapping[str, Any]],
    folder: Path,
    *,
    jobs: int,
    timeout: float,
    told: Told = lambda running: None,
) -> Generator[Outcome, None, None]:
    """Write all pages into `folder`; yields the `Outcome` of each notebook as it ends, and of a failed ledger.

    `told` is called with what runs, now and then: how many cells of it are done, by name.
    """
    # the pages are made in a folder within that in which they will lie
    report = Report(notebooks, folder, provenance(), reference_places(folder.parent))
    scratch = folder / SCRATCH
    scratch.mkdir()
    work: dict[str, Piece] = {
        book.name: (report.write_notebook, book, values[book.name], timeout) for book in notebooks
    }
    outcomes = {}
    # The ledger first: it takes long, and nothing else would run beside it at the end. Closed whatever stops this: what
    # still runs is ended.
    # Side by side: a BLAS that takes all processors for each of them makes all slower.
    ensemble = next((own["ensemble"] for own in values.values() if "ensemble" in own), "shipped")
    pieces = in_processes({"ledger": (report.write_ledger, ensemble), **work}, jobs, scratch, told)
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
    told({"index": 0})
    try:
        report.write_symbols()
        report.write_teach()
        report.write_index(outcomes)
    except Exception:
        # what a notebook asks cannot be shown, which must not cost the pages their list
        report.write_index(outcomes, questions=False)
