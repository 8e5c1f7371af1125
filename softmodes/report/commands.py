"""The command line `softmodes`. What is slow to import is imported by the command that needs it."""

import csv
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import astuple, fields
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from softmodes.ensembles.command import glass, instability, liquid, softening, swap, wells
from softmodes.places import NOTEBOOKS, writable_places
from softmodes.report.classroom.command import classroom
from softmodes.report.console import Console, Progress, Refused
from softmodes.report.doctor import tell
from softmodes.report.folder import NotPublished, is_page, published_folder
from softmodes.report.lifeline import spare_grammar
from softmodes.signals import ended_by_signals, ignore_signals, stopped_by_signals

if TYPE_CHECKING:
    from softmodes.report.publish import Outcome

_COPIES = "softmodes-notebooks"


@click.group(cls=Console)
@click.version_option(package_name="softmodes")
def main() -> None:
    """Companion to U. Buchenau, Soft localized vibrations in glasses and undercooled liquids (1992)."""
    spare_grammar()
    try:
        os.getcwd()
    except FileNotFoundError:
        raise Refused("the working folder is gone; change to one that is there") from None
    if not os.path.isabs(os.path.expanduser("~")):
        # a user without a name, whose home libraries insist on
        os.environ["HOME"] = os.sep
    os.environ.update(writable_places())


@main.command()
@click.option("--only", multiple=True, metavar="N", help="Run this notebook, by number or name; may be repeated.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter; may be repeated.")
@click.option("--output", default="reports", show_default=True, metavar="DIR", help="Folder for the pages.")
@click.option("--jobs", type=click.IntRange(min=1), default=min(2, os.cpu_count() or 1), show_default=True,
              help="Notebooks to run at the same time.")  # fmt: skip
@click.option("--timeout", type=click.IntRange(min=1), default=600, show_default=True, metavar="SECONDS",
              help="Longest time for one cell.")  # fmt: skip
@click.option("--notebooks", "folder", default=NOTEBOOKS, metavar="DIR",
              help="Folder of the notebooks, if not the companion's own.")  # fmt: skip
@click.option("--measured", metavar="DIR", help="Folder with your own measured heat capacities, for figs 1 and 2.")
def report(
    only: tuple[str, ...],
    settings: tuple[str, ...],
    output: str,
    jobs: int,
    timeout: int,
    folder: str | Path,
    measured: str | None,
) -> None:
    """Run the notebooks and write them as pages that need no network."""
    start = time.perf_counter()
    with stopped_by_signals(), _explained(output), ExitStack() as stack:
        with ended_by_signals(f"Stopped; {_kept(output)}."):
            from softmodes.report.notebooks import assign_parameters, find_notebooks, select_notebooks
            from softmodes.report.publish import make_report

        notebooks = select_notebooks(find_notebooks(folder), only)
        if measured is not None:
            from softmodes.paper.measured import checked_folder

            settings = (*settings, f"measured={checked_folder(measured)}")
        values = assign_parameters(notebooks, settings)
        pages = stack.enter_context(published_folder(output))
        bar = stack.enter_context(Progress({book.name: len(book.node.cells) for book in notebooks}))
        made = make_report(notebooks, values, pages, jobs=jobs, timeout=timeout, told=bar.told)
        outcomes = stack.enter_context(closing(made))
        failures = _follow(outcomes, bar)
        sizes = [page.stat().st_size for page in pages.glob("*.html")]
        # What is left is done in less than a second, and better done than not.
        ignore_signals()
    seconds = time.perf_counter() - start
    click.echo(f"{Path(output, 'index.html')}  {len(sizes)} pages  {sum(sizes) / 1e6:.1f} MB  {seconds:.1f} s")
    sys.exit(1 if failures else 0)


@contextmanager
def _explained(output: str) -> Iterator[None]:
    """Say in one line what ended a report early, and what is kept."""
    try:
        yield
    except KeyboardInterrupt as stop:
        click.echo(f"Stopped; {_kept(output)}.", err=True)
        sys.exit(128 + (stop.args or (signal.SIGINT,))[0])
    except ValueError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        reason = f"cannot read or write {error.filename or output}: {error.strerror}"
        raise click.ClickException(f"{reason}; {_kept(output)}") from error
    except NotPublished as error:
        raise click.ClickException(str(error)) from error


def _kept(output: str) -> str:
    there = is_page(Path(output, "index.html"))
    return f"the earlier report in {output} is kept" if there else f"there is no report in {output}"


def _follow(outcomes: "Iterable[Outcome]", bar: Progress) -> int:
    """Say how each notebook fared when it is finished; returns how many failed."""
    failures = 0
    for outcome in outcomes:
        failed = f"  failed: {outcome.failure}" if outcome.failure else ""
        bar.say(f"{outcome.name}  {outcome.seconds:.1f} s{failed}")
        failures += bool(outcome.failure)
    return failures


for command in (glass, liquid, swap, wells, softening, instability, classroom):
    main.add_command(command)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "markdown", "csv", "summary", "map"]), default="text",
              show_default=True, help="How the table is written.")  # fmt: skip
@click.option("--ensemble", type=click.Choice(["shipped", "recomputed"]), default="shipped", show_default=True,
              help="Which computer glasses count.")  # fmt: skip
def ledger(form: str, ensemble: str) -> None:
    """Print what the paper prints beside what is reproduced: equations, figures, numbers, sentences.

    `summary` counts the verdicts, `map` says where each item is; both are Markdown.
    """
    try:
        if form in ("summary", "map"):
            from softmodes.paper.overview import paper_map, summary

            click.echo((summary if form == "summary" else paper_map)(ensemble=ensemble))
            return
        # the printed values are read with the first of these modules that needs one
        from softmodes.paper.records import VERDICTS, records

        entries = {kind: records(kind, ensemble=ensemble) for kind in VERDICTS}
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if form == "csv":
        header = [field.name for field in fields(entries["number"][0])]
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *map(astuple, chain(*entries.values()))])
        return
    for kind, table in entries.items():
        text = table._repr_markdown_() if form == "markdown" else "\n\n".join(map(str, table))
        click.echo(f"## {kind.capitalize()}s\n\n{text}\n")


@main.command()
@click.argument("folder", metavar="[DIR]", default=_COPIES)
@click.argument("options", metavar="[-- OPTIONS]", nargs=-1)
@click.option("--no-browser", is_flag=True, help="Start JupyterLab, which says its address, and open no browser.")
@click.option("--copy-only", is_flag=True, help="Copy the notebooks, and start nothing.")
def lab(folder: str, options: tuple[str, ...], no_browser: bool, copy_only: bool) -> None:
    """Copy the notebooks to DIR, ./softmodes-notebooks by default, and open JupyterLab there.

    What is there is kept: a copy that you have changed is never overwritten. What stands behind -- goes to JupyterLab.
    """
    from softmodes.report.lab import become_lab, copy_notebooks

    if folder.startswith("-"):
        # only what stands behind -- can begin so
        folder, options = _COPIES, (folder, *options)
    try:
        click.echo(f"{folder}  {copy_notebooks(NOTEBOOKS, folder)}")
    except ValueError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        reason = f"cannot read or write {error.filename or folder}: {error.strerror}"
        raise click.ClickException(reason) from error
    sys.stdout.flush()
    if not copy_only:
        become_lab(folder, [*(["--no-browser"] * no_browser), *options])


@main.command()
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of lines.")
def doctor(checks: tuple[str, ...], as_json: bool) -> None:
    """Say of each thing that softmodes needs that it is fine, or what to do; ends with 1 if there is something to do.

    All are looked at, or those that are named, such as kernel or browser.
    """
    try:
        sys.exit(tell(checks, as_json))
    except ValueError as error:
        raise Refused(str(error)) from error
