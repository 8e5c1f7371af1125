"""All that came back, graded: a table for the teacher and a page for each student."""

import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from softmodes.ensembles.workers import single_threads
from softmodes.report.classroom import copies, tables
from softmodes.report.classroom.grading import Graded, Judged, grade, is_judged
from softmodes.report.classroom.lessons import fits
from softmodes.report.classroom.make import exercise_points
from softmodes.report.classroom.returned import (
    Returned,
    alterations,
    asks_the_package,
    is_answer,
    owner,
    read_returned,
    squeezed,
    without_common_folder,
)
from softmodes.report.classroom.roster import Student
from softmodes.report.classroom.sheets import sheet
from softmodes.report.execute import one_line
from softmodes.report.notebooks import Computed, Notebook
from softmodes.report.pieces import Piece, Told, in_processes

PARTS = ("grades.csv", "feedback")
"""What grading writes."""


@dataclass(frozen=True)
class Marked:
    """What one file got, and for whom."""

    returned: Returned
    student: Student
    lesson: str
    graded: Graded


def collect(folder: Path, left: Sequence[Path]) -> tuple[Returned, ...]:
    """Return what came back; ValueError where the folder is none or holds no notebook."""
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}")
    found = without_common_folder(tuple(read_returned(folder, left)))
    if not any(each.path.suffix.lower() == ".ipynb" for each in found):
        raise ValueError(f"there is no notebook in {folder}")
    return found


class Class:
    """Whom and what is graded."""

    def __init__(self, notebooks: Sequence[Notebook], students: Sequence[Student], timeout: float) -> None:
        self.notebooks = {book.name: book for book in notebooks}
        self.students, self.timeout = tuple(students), timeout
        points = exercise_points()
        self.points = {
            book.name: {name: worth for name, worth in points.items() if name.partition(".")[0] == str(book.number)}
            for book in notebooks
        }
        self.copy = cache(lambda lesson: copies.copy_of(copies.read_source(self.notebooks[lesson].path), points))

    def lesson(self, returned: Returned) -> str:
        """Return the notebook that this is a copy of, by what it says or by its exercises; none if it is of no one."""
        said = str(returned.marks.get("lesson"))
        if said in self.notebooks:
            return said
        numbers = [name.partition(".")[0] for name in returned.exercises]
        most = max(sorted(set(numbers)), key=numbers.count, default="")
        return next((name for name, book in self.notebooks.items() if str(book.number) == most), "")

    def pieces(self, found: Sequence[Returned]) -> tuple[dict[str, Piece], list[Marked]]:
        """Return what is to be run, by name of the file, and what need not be: it is nobody's or no notebook."""
        work: dict[str, Piece] = {}
        done = []
        for returned in found:
            student, fault, odd = owner(returned, self.students)
            lesson = self.lesson(returned) if returned.node else ""
            fault = returned.fault or fault or ("" if lesson else "no notebook of this class")
            if fault:
                done.append(Marked(returned, student, lesson, Graded(notes=(fault,))))
                continue
            book = self.notebooks[lesson]
            given = copies.personal(self.copy(lesson), lesson, student, book.parameters)
            altered = alterations(returned, given)
            notes = ([odd] if odd else []) + ([f"altered: {', '.join(altered)}"] if altered else [])
            notes += ["asks the package for answers"] if asks_the_package(returned, given) else []
            known = {one.name: one.default for one in book.parameters.values() if not isinstance(one.default, Computed)}
            code = {squeezed(cell.source) for cell in given.cells if cell.cell_type == "code" and not is_answer(cell)}
            own = fits(student.parameters, known)
            work[returned.name] = (
                _mark,
                returned,
                student,
                lesson,
                notes,
                own,
                known,
                self.points[lesson],
                code,
                self.timeout,
            )
        return work, done

    def marked(
        self,
        found: Sequence[Returned],
        jobs: int,
        scratch: Path,
        told: Told = lambda running: None,
    ) -> Generator[Marked, None, None]:
        """Grade all that came back, some at the same time; yields each as it is done."""
        work, done = self.pieces(found)
        yield from done
        with single_threads(), closing(in_processes(work, jobs, scratch, told)) as finished:
            for name, seconds, future in finished:
                _, returned, student, lesson, notes, *_ = work[name]
                try:
                    yield future.result()
                except (BrokenProcessPool, Exception) as error:
                    text = one_line(f"does not run: {type(error).__name__}: {error}")
                    yield Marked(returned, student, lesson, Graded(notes=(*notes, text), seconds=seconds))


def _mark(
    returned: Returned,
    student: Student,
    lesson: str,
    notes: Sequence[str],
    own: Mapping[str, Any],
    known: Mapping[str, Any],
    points: Mapping[str, float],
    given: Collection[str],
    timeout: float,
) -> Marked:
    graded = grade(returned, lesson, own, known, points, given, timeout)
    return Marked(returned, student, lesson, replace(graded, notes=(*notes, *graded.notes)))


def counted(marked: Sequence[Marked]) -> tuple[list[Marked], dict[str, list[str]]]:
    """For each student and lesson the file that counts, and what the teacher should know, by label of the student."""
    best: dict[tuple[str, str], Marked] = {}
    notes: dict[str, list[str]] = {}
    ordered = sorted(marked, key=lambda each: (each.student.label, each.returned.name))
    notebooks = {each.student.label for each in ordered if each.returned.path.suffix.lower() == ".ipynb"}
    for each in ordered:
        label = each.student.label
        theirs = notes.setdefault(label, [])
        theirs += [f"{each.returned.name}: {note}" for note in each.graded.notes]
        # a report or a picture beside notebooks is named, and nothing else
        if each.returned.path.suffix.lower() != ".ipynb" and label in notebooks:
            continue
        key = label, each.lesson or each.returned.name
        if key in best and each.graded.exercises and best[key].graded.exercises:
            theirs.append(f"{each.returned.name}: given twice, as {best[key].returned.name}; the better one counts")
        if key not in best or each.graded.points > best[key].graded.points or not best[key].graded.exercises:
            best[key] = each
    for each, other in _same(best.values()):
        notes[each.student.label].append(f"{each.returned.name}: the same as {other.returned.name}")
    return list(best.values()), notes


def _same(counted: Iterable[Marked]) -> Iterator[tuple[Marked, Marked]]:
    """Pairs of notebooks of two students that are the same and have answers."""
    seen: dict[tuple[str, ...], Marked] = {}
    for each in counted:
        if any(judged.given for judged in each.graded.exercises.values()):
            code = tuple(cell.source for cell in each.returned.cells)
            other = seen.setdefault(code, each)
            if other.student.label != each.student.label:
                yield each, other


def write_grades(
    folder: Path, marked: Sequence[Marked], students: Sequence[Student], points: Mapping[str, Mapping[str, float]]
) -> None:
    """Write the table of points and the pages."""
    best, notes = counted(marked)
    shown = sorted({each.lesson for each in best if each.graded.exercises}, key=list(points).index)
    asked = {name: worth for lesson in shown for name, worth in points[lesson].items()}
    most = sum(worth for name, worth in asked.items() if is_judged(name))
    everybody = {one.label: one for one in (*students, *(each.student for each in best))}
    (folder / "feedback").mkdir()
    rows, taken = [["name", *asked, "total", "of", "notes"]], set[str]()
    for label, student in everybody.items():
        theirs = [each for each in best if each.student.label == label]
        judged = {name: one for each in theirs for name, one in each.graded.exercises.items()}
        said = notes.get(label, []) if theirs else ["nothing came back"]
        marks = [_points(judged.get(name)) for name in asked]
        total = sum(each.graded.points for each in theirs)
        errors = [f"{name}: {one.error}" for name, one in judged.items() if one.error]
        rows.append([label, *marks, f"{total:g}", f"{most:g}", " · ".join([*said, *errors])])
        if theirs:
            page = _feedback(label, theirs, said)
            name = student.folder if student.folder.casefold() not in taken else f"{student.folder}_{len(taken)}"
            taken.add(name.casefold())
            (folder / "feedback" / f"{name}.html").write_text(page, encoding="utf-8")
    (folder / "grades.csv").write_text(tables.written(rows), encoding="utf-8")


def _points(judged: Judged | None) -> str:
    return "" if judged is None or judged.points is None else f"{judged.points:g}"


def _feedback(label: str, theirs: Sequence[Marked], notes: Sequence[str]) -> str:
    """Return the page of one student."""
    parts = [f"# {_plain(label)}"]
    for each in theirs:
        total = f"{each.graded.points:g} of {each.graded.of:g} points"
        heading = _plain(each.lesson.replace("_", " ") or each.returned.name)
        parts.append(f"## {heading}\n\n{total if each.graded.exercises else ''}")
        for name, one in each.graded.exercises.items():
            points = f"{_points(one) or '…'} of {one.of:g}"
            given = f" You gave {_plain(one.given)}." if one.given and one.points is not None else ""
            # what a student wrote is no Markdown of ours
            parts.append(f"**{name}** · {points}.{given} {_plain(one.error)} {one.text}")
    # whose copy it is, is for the teacher
    notes = [re.sub("(somebody else's copy|the same as).*", r"\1", note) for note in notes]
    parts += ["## Notes\n", *(f"* {_plain(note)}" for note in notes)] if notes else []
    return sheet(f"Feedback for {label}", "\n\n".join(parts), "softmodes classroom")


def _plain(text: str) -> str:
    """Return a text in which nothing is Markdown, HTML or a formula."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|$~^-])", lambda sign: f"&#{ord(sign[0])};", escape(text, quote=False))
