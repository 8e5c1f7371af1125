"""The command line `softmodes`. What is slow to import is imported by the command that needs it."""

import csv
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import astuple, fields
from pathlib import Path

import click

from softmodes.glass.command import glass, instability, liquid, softening
from softmodes.places import NOTEBOOKS


class Refused(click.ClickException):
    """Something that was asked for and cannot be had, in one line."""

    exit_code = 2


@click.group()
@click.version_option(package_name="softmodes")
def main():
    """Companion to U. Buchenau, Soft localized vibrations in glasses and undercooled liquids (1992)."""
    # tables have Greek letters, which a redirected stream does not have everywhere
    sys.stdout.reconfigure(encoding="utf-8")


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
def report(only, settings, output, jobs, timeout, folder, measured):
    """Run the notebooks and write them as pages that need no network."""
    from softmodes.report.notebooks import assign_parameters, find_notebooks, select_notebooks
    from softmodes.report.publish import make_report, published_folder

    start = time.perf_counter()
    with ExitStack() as stack:
        try:
            notebooks = select_notebooks(find_notebooks(folder), only)
            if measured is not None:
                from softmodes.paper.measured import checked_folder

                settings = (*settings, f"measured={checked_folder(measured)}")
            values = assign_parameters(notebooks, settings)
            pages = stack.enter_context(published_folder(output))
        except ValueError as error:
            raise Refused(str(error)) from error
        failures = _follow(make_report(notebooks, values, pages, jobs=jobs, timeout=timeout), len(notebooks))
    _summarise(Path(output), time.perf_counter() - start)
    sys.exit(1 if failures else 0)


def _follow(outcomes, total):
    """Say how each notebook fared when it is finished; returns how many failed."""
    from tqdm import tqdm

    failures = 0
    # The bar is for somebody who watches; a log gets the lines alone.
    for outcome in tqdm(outcomes, total=total, unit="notebook", leave=False, disable=not sys.stderr.isatty()):
        failed = f"  failed: {outcome.failure}" if outcome.failure else ""
        tqdm.write(f"{outcome.notebook.name}  {outcome.seconds:.1f} s{failed}")
        failures += bool(outcome.failure)
    return failures


def _summarise(folder, seconds):
    pages = list(folder.glob("*.html"))
    size = sum(page.stat().st_size for page in pages) / 1e6
    click.echo(f"{folder / 'index.html'}  {len(pages)} pages  {size:.1f} MB  {seconds:.1f} s")


for command in (glass, liquid, softening, instability):
    main.add_command(command)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "markdown", "csv"]), default="text", show_default=True,
              help="How the table is written.")  # fmt: skip
def ledger(form):
    """Print the table of printed and reproduced values."""
    from softmodes.paper.ledger import ledger as all_entries

    entries = all_entries()
    if form == "csv":
        header = [field.name for field in fields(entries[0])]
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *map(astuple, entries)])
    else:
        click.echo(entries._repr_markdown_() if form == "markdown" else repr(entries))
