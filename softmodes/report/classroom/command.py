"""The command `softmodes classroom`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from softmodes.places import NOTEBOOKS
from softmodes.report.console import Progress, Refused
from softmodes.report.folder import SCRATCH, NotPublished
from softmodes.signals import ended_by_signals, stopped_by_signals

if TYPE_CHECKING:
    from softmodes.report.classroom.roster import Student
    from softmodes.report.notebooks import Notebook

_MAKING, _GRADING = 600, 60


@click.command()
@click.argument("folder", metavar="DIR", required=False)
@click.option("--lessons", metavar="N,N,...", help="These notebooks or ready lessons only, such as 2,4 or seminar.")
@click.option("--roster", metavar="CSV", help="A table with a column `name`: parameters for every student.")
@click.option("--key", metavar="COURSE", help="What parameters are drawn from, beside the name.")
@click.option(
    "--grade", "returned", metavar="FOLDER", help="Grade the notebooks that came back; writes there, or to DIR."
)
@click.option("--jobs", type=click.IntRange(min=1), default=min(2, os.cpu_count() or 1), show_default=True,
              help="Notebooks to run at the same time.")  # fmt: skip
@click.option("--timeout", type=click.IntRange(min=1), metavar="SECONDS",
              help=f"Longest time for one cell.  [default: {_MAKING}; {_GRADING} where graded]")  # fmt: skip
@click.option("--notebooks", "source", default=NOTEBOOKS, metavar="DIR",
              help="Folder of the notebooks, if not the companion's own.")  # fmt: skip
def classroom(
    folder: str | None,
    lessons: str | None,
    roster: str | None,
    key: str | None,
    returned: str | None,
    jobs: int,
    timeout: int | None,
    source: str | Path,
) -> None:
    """Write a class's notebooks, plans and pages to DIR, or grade what came back.

    Grading runs what students wrote, in a process and a folder of its own and with a limit of time. That is no sandbox.
    """
    start = time.perf_counter()
    target = returned if folder is None else folder
    if target is None:
        raise Refused("say where: softmodes classroom DIR, or --grade FOLDER")
    with stopped_by_signals(), _explained(target):
        with ended_by_signals(f"Stopped; nothing in {target} was changed."):
            from softmodes.report.classroom.lessons import chosen, own_values
            from softmodes.report.classroom.roster import read_roster
            from softmodes.report.notebooks import find_notebooks
        notebooks = chosen(every := find_notebooks(source), lessons)
        _check_readable(notebooks)
        # what a student gets must not depend on which of the notebooks are chosen
        students = read_roster(roster, key or "", own_values(every)) if roster else ()
        if key and not roster:
            raise ValueError("--key goes with --roster")
        options = {"jobs": jobs, "timeout": timeout or (_MAKING if returned is None else _GRADING)}
        if returned is None:
            said = _make(notebooks, students, target, **options)
        else:
            said = _grade(
                notebooks,
                students,
                Path(returned).resolve(),
                target,
                [Path(roster).resolve()] if roster else [],
                **options,
            )
    click.echo(f"{said}  {time.perf_counter() - start:.1f} s")


def _check_readable(notebooks: Iterable[Notebook]) -> None:
    for book in notebooks:
        if book.fault:
            raise ValueError(f"{book.path}: {book.fault}")


def _make(notebooks: Sequence[Notebook], students: Sequence[Student], target: str, *, jobs: int, timeout: int) -> str:
    from softmodes.report.classroom.make import make_classroom
    from softmodes.report.classroom.place import classroom_folder

    cells = {book.name: len(book.node.cells) for book in notebooks}
    cells = {f"{kind} {name}": count for kind in ("student", "teacher") for name, count in cells.items()} | cells
    with classroom_folder(target) as made, Progress(cells | ({"key": 1} if students else {})) as bar:
        made_of = make_classroom(notebooks, students, made, jobs=jobs, timeout=timeout, told=bar.told)
        with closing(made_of) as outcomes:
            for outcome in outcomes:
                bar.say(
                    f"{outcome.name}  {outcome.seconds:.1f} s{'  failed: ' * bool(outcome.failure)}{outcome.failure}"
                )
    own = f", {len(students)} students" if students else ""
    return f"{target}  {len(notebooks)} notebooks{own}"


def _grade(
    notebooks: Sequence[Notebook],
    students: Sequence[Student],
    returned: Path,
    target: str,
    left: Sequence[Path],
    *,
    jobs: int,
    timeout: int,
) -> str:
    from softmodes.report.classroom.grades import PARTS, Class, collect, write_grades
    from softmodes.report.classroom.place import classroom_folder

    here = Path(target).resolve() == returned
    own = [returned / part for part in PARTS] if here else [Path(target).resolve()]
    found = collect(returned, [*own, *left])
    everything = Class(notebooks, students, timeout)
    with classroom_folder(target, PARTS if here else ()) as made, Progress({each.name: 1 for each in found}) as bar:
        (made / SCRATCH).mkdir()
        marked = []
        with closing(everything.marked(found, jobs, made / SCRATCH, bar.told)) as outcomes:
            for each in outcomes:
                marked.append(each)
                notes = f"  {'; '.join(each.graded.notes)}" if each.graded.notes else ""
                bar.say(f"{each.returned.name}  {each.graded.points:g} points  {each.graded.seconds:.1f} s{notes}")
        write_grades(made, marked, students, everything.points)
    return f"{Path(target, 'grades.csv')}  {len(found)} files"


@contextmanager
def _explained(target: str) -> Iterator[None]:
    """Say in one line what ended this early, and that nothing was changed."""
    try:
        yield
    except KeyboardInterrupt as stop:
        click.echo(f"Stopped; nothing in {target} was changed.", err=True)
        sys.exit(128 + (stop.args or (signal.SIGINT,))[0])
    except ValueError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot read or write {error.filename or target}: {error.strerror}") from error
    except NotPublished as error:
        raise click.ClickException(str(error)) from error
