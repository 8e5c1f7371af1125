"""What a classroom holds: copies, plans, keys, pages, and a zip of what students may have."""

import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from nbformat import NotebookNode

from softmodes.ensembles.workers import single_threads
from softmodes.report.classroom import copies, tables
from softmodes.report.classroom.place import NotMade
from softmodes.report.classroom.plans import plans
from softmodes.report.classroom.roster import Student
from softmodes.report.classroom.sheets import sheet
from softmodes.report.execute import one_line, run_notebook
from softmodes.report.folder import SCRATCH, published_folder
from softmodes.report.notebooks import Notebook, Value
from softmodes.report.pieces import Piece, Told, in_processes
from softmodes.report.provenance import provenance
from softmodes.report.publish import Outcome, make_report

if TYPE_CHECKING:
    from softmodes.teach.answer import Answer

ZIP = "classroom.zip"
_README = """\
softmodes, a classroom on "Soft localized vibrations in glasses and undercooled liquids" (Buchenau 1992).
Notebooks: {notebooks}. Made from commit {commit}.
pages/       open pages/index.html by a double click: sliders, quiz and exercises work without a network{usual}.
student/     notebooks with exercises and without solutions{own}; they need softmodes (its README).
teacher/     not for students: solutions, notes and results, a source for nbgrader; plan_*.html to print{key}.
{zip}  pages/ and student/ for a memory stick: unpack it, then open pages/index.html.
In a notebook write an answer behind "answer_... =", run it and the cell below: it says at once what is right.
Back from students: softmodes classroom --grade FOLDER{again} writes grades.csv and a page for each.
Grading runs what students wrote, in a process and a folder of its own with a limit of time; it is no sandbox.
Cite: {cite}
"""


def run_copy(path: Path, timeout: float) -> tuple[NotebookNode, float, str]:
    """Run a copy; returns what came of it, the seconds it took, and why it failed, if it did."""
    run = run_notebook(Notebook(path), {}, timeout=timeout)
    return run.notebook, run.seconds, run.failure


def make_classroom(
    notebooks: Sequence[Notebook],
    students: Sequence[Student],
    folder: Path,
    *,
    jobs: int,
    timeout: float,
    told: Told = lambda running: None,
) -> Generator[Outcome, None, None]:
    """Write all that a classroom holds into `folder`; yields the `Outcome` of each piece as it ends.

    Raises
    ------
    NotMade
        If a copy does not run through: a class is not to find out.
    """
    points, asked = exercise_points(), asked_for(notebooks)
    sources = {book.name: copies.read_source(book.path) for book in notebooks}
    made = {
        f"{kind} {book.name}": copies.personal(
            copies.copy_of(sources[book.name], points, asked=asked, teacher=kind == "teacher"), book.name, None, {}
        )
        for book in notebooks
        for kind in ("student", "teacher")
    }
    # names of parameters in the copies of one class are those of its notebooks
    work: dict[str, Piece] = {name: (run_copy, _drafted(folder, name, node), timeout) for name, node in made.items()}
    work |= {"key": (_write_key, folder / "teacher", students, notebooks, points)} if students else {}
    (folder / "teacher").mkdir()
    executed = yield from _finished(work, jobs, folder / SCRATCH, told)
    for book in notebooks:
        student, teacher = made[f"student {book.name}"], made[f"teacher {book.name}"]
        _write_copies(folder / "student", book, student, students)
        done = copies.with_outputs(teacher, executed[f"teacher {book.name}"])
        (folder / "teacher" / f"{book.name}.ipynb").write_text(copies.text_of(done), encoding="utf-8")
    yield from _write_pages(notebooks, folder, jobs, timeout, told)
    _write_plans(folder / "teacher", notebooks)
    (folder / "README.txt").write_text(_readme(notebooks, students), encoding="utf-8")
    _write_zip(folder)


def exercise_points() -> dict[str, float]:
    """Return what each exercise of the companion is worth."""
    from softmodes.teach import exercises

    return {exercise.id: exercise.points for exercise in exercises()}


def asked_for(notebooks: Sequence[Notebook]) -> dict[str, str]:
    """Return what is to stand for the answer of each exercise that is not just a number, in words."""
    from softmodes.teach import ANSWERS

    numbers, found = {str(book.number) for book in notebooks}, {}
    for name, function in ANSWERS.items():
        answer = function() if name.partition(".")[0] in numbers else None
        if answer and answer.choices:
            found[name] = " or ".join(f'"{key}"' for key in answer.choices)
        elif answer and np.size(answer.value) > 1:
            found[name] = f"[{', '.join(answer.parts)}]"
    return found


def _drafted(folder: Path, name: str, node: NotebookNode) -> Path:
    """Write a copy as a file of its own to be run."""
    kind, _, book = name.partition(" ")
    path = folder / SCRATCH / kind / book / f"{book}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(copies.text_of(node), encoding="utf-8")
    return path


def _finished(
    work: Mapping[str, Piece], jobs: int, scratch: Path, told: Told
) -> Generator[Outcome, None, dict[str, NotebookNode]]:
    """Do all pieces, say how each fared, and return the executed notebooks."""
    executed: dict[str, NotebookNode] = {}
    failures = []
    with single_threads(), closing(in_processes(work, jobs, scratch, told)) as finished:
        for name, seconds, future in finished:
            try:
                executed[name], seconds, failure = future.result()
            except BrokenProcessPool:
                failure = "the process that ran it was killed"
            except Exception as error:
                failure = one_line(f"{type(error).__name__}: {error}")
            failures += [f"{name}: {failure}"] if failure else []
            yield Outcome(name, seconds, failure)
    if failures:
        raise NotMade(f"nothing is written, for a copy does not run: {'; '.join(failures)}")
    return executed


def _write_copies(place: Path, book: Notebook, copy: NotebookNode, students: Sequence[Student]) -> None:
    for student in students or (None,):
        path = place / (student.folder if student else "") / f"{book.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        own = copies.personal(copy, book.name, student, book.parameters)
        path.write_text(copies.text_of(own), encoding="utf-8")


def _write_key(
    place: Path, students: Sequence[Student], notebooks: Sequence[Notebook], points: Mapping[str, float]
) -> tuple[None, float, str]:
    """Write every answer of every student as a table for the teacher."""
    (place / "key.csv").write_text(key_text(students, notebooks, points), encoding="utf-8")
    return None, 0.0, ""


def key_text(students: Sequence[Student], notebooks: Sequence[Notebook], points: Mapping[str, float]) -> str:
    """Parameters and answers of every student, with the units in the header."""
    from softmodes.teach import ANSWERS

    numbers = {str(book.number): book for book in notebooks}
    asked = [name for name in points if name in ANSWERS and name.partition(".")[0] in numbers]
    answers: dict[tuple[object, ...], Answer] = {}
    rows, known = [], sorted({name for student in students for name in student.parameters})
    for student in students:
        row = []
        for name in asked:
            own = own_parameters(ANSWERS[name], student.parameters, numbers[name.partition(".")[0]].parameters)
            key = name, *sorted(own.items())
            # in a large class many have the same
            answers[key] = answers.get(key) or ANSWERS[name](**own)
            row.append(answers[key])
        rows.append(row)
    units = [answer.unit for answer in rows[0]]
    header = [f"{name} [{unit}]" if unit else name for name, unit in zip(asked, units, strict=True)]
    lines = [["name", "folder", *known, *header]]
    for student, row in zip(students, rows, strict=True):
        drawn = [student.parameters[name] for name in known]
        lines.append([student.name, student.folder, *drawn, *(value_text(answer.value) for answer in row)])
    return tables.written(lines)


def own_parameters(
    answer: Callable[..., object], values: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Those of a student's parameters that an answer depends on and the notebook has."""
    from inspect import signature

    return {name: values[name] for name in signature(answer).parameters if name in values and name in known}


def value_text(value: Any) -> str:
    """Return an answer as a cell of a table."""
    if isinstance(value, str):
        return value
    return "; ".join(f"{number:.6g}" for number in np.ravel(value))


def _write_pages(
    notebooks: Sequence[Notebook], folder: Path, jobs: int, timeout: float, told: Told
) -> Iterator[Outcome]:
    with published_folder(folder / "pages") as pages:
        values: dict[str, dict[str, Value]] = {book.name: {} for book in notebooks}
        with closing(make_report(notebooks, values, pages, jobs=jobs, timeout=timeout, told=told)) as outcomes:
            for outcome in outcomes:
                yield outcome
                if outcome.failure:
                    raise NotMade(f"nothing is written, for a page is not whole: {outcome.name}: {outcome.failure}")


def _write_plans(place: Path, notebooks: Sequence[Notebook]) -> None:
    foot = f"softmodes, {dict(provenance())['commit']}"
    for name, title, text in plans(notebooks):
        (place / f"{name}.html").write_text(sheet(title, text, foot), encoding="utf-8")


def _readme(notebooks: Sequence[Notebook], students: Sequence[Student]) -> str:
    return _README.format(
        notebooks=", ".join(book.label for book in notebooks),
        commit=dict(provenance())["commit"].partition(" with")[0],
        own=", a folder for each with the parameters drawn for it" if students else "",
        usual="; boxes judge with the pages' numbers, not with a student's own" if students else "",
        key="; key.csv has every answer of everybody" if students else "",
        again=" --roster names.csv --key COURSE" if students else "",
        zip=ZIP,
        cite="see CITATION.cff of the repository, and the paper, doi:10.1080/13642819208217904.",
    )


def _write_zip(folder: Path) -> None:
    """Pack what all students may have, the same bytes for the same files; a folder of one's own is for one alone."""
    with zipfile.ZipFile(folder / ZIP, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("README.txt", "pages", "student"):
            part = folder / name
            for path in sorted(part.glob("*")) if part.is_dir() else [part]:
                if path.is_file():
                    place = f"softmodes/{path.relative_to(folder).as_posix()}"
                    info = zipfile.ZipInfo(place, (1980, 1, 1, 0, 0, 0))
                    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                    archive.writestr(info, path.read_bytes())
