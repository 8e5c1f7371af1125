"""Grading: run what came back, take the values over, and judge them here.

A student's code runs in a kernel of its own, in a scratch folder, with a limit of time for each cell. That keeps
accidents away; it is no sandbox against somebody who means harm.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from softmodes.report.classroom.handover import Unjudged, shown_value, taken_over
from softmodes.report.classroom.make import own_parameters
from softmodes.report.classroom.returned import Returned, grade_id, is_answer, needed
from softmodes.report.execute import Run, one_line, run_notebook
from softmodes.report.notebooks import Notebook

if TYPE_CHECKING:
    from softmodes.teach.answer import Answer

_AGAIN = 3
"""How often a notebook is run again without a cell at which it stopped."""

_WHOLE = 5
"""How many times the longest time of a cell all cells may take, however often they are run."""

_SHOWN, _NUMBER = 3, "cell-"


@dataclass(frozen=True)
class Judged:
    """What one exercise got.

    Attributes
    ----------
    points : float or None
        None where a teacher has to mark it.
    of : float
    text : str
        What the student is told, in Markdown.
    given : str
        The student's value.
    error : str
        What went wrong with it, in words that may be the student's own.
    """

    points: float | None
    of: float
    text: str
    given: str = ""
    error: str = ""


@dataclass(frozen=True)
class Graded:
    """What a returned notebook got.

    Attributes
    ----------
    exercises : dict
        By number; of an open exercise the answer in words and no points.
    notes : tuple of str
        What the teacher should know, each in one line.
    seconds : float
        What it took [s].
    """

    exercises: Mapping[str, Judged] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """The sum of what can be computed."""
        return sum(judged.points or 0.0 for judged in self.exercises.values())

    @property
    def of(self) -> float:
        """The most that it could be."""
        return sum(judged.of for judged in self.exercises.values() if judged.points is not None)


def grade(
    returned: Returned,
    lesson: str,
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    points: Mapping[str, float],
    given: Collection[str],
    timeout: float,
) -> Graded:
    """Run a returned notebook with a student's values of the parameters and judge its answers.

    Parameters
    ----------
    lesson : str
        The notebook that it is a copy of.
    values, defaults : dict
        The student's own parameters, and all that can be set in this notebook.
    points : dict
        What each exercise that the lesson has is worth.
    given : collection of str
        The code that students were given, squeezed: of it that is run on which theirs depends.
    timeout : float
        The longest time for one cell [s].
    """
    answers, errors, notes, seconds = _answers(returned, lesson, {**defaults, **values}, given, timeout)
    judged = {name: _judge(name, answers.get(name, ...), values, defaults, points[name]) for name in points}
    for name in judged.keys() & errors.keys():
        judged[name] = replace(judged[name], error=errors[name])
    judged |= {name: replace(judged[name], given=text) for name, text in _open(returned, points)}
    missing = sorted(name for name in points if is_judged(name) and name not in returned.exercises)
    notes += [f"missing: {', '.join(missing)}"] if missing else []
    if not notes and not any(one.given for name, one in judged.items() if is_judged(name)):
        notes.append("empty: no exercise is answered")
    return Graded(judged, tuple(notes), seconds)


def _functions() -> "Mapping[str, Callable[..., Answer]]":
    from softmodes.teach import ANSWERS

    return ANSWERS


def is_judged(exercise: str) -> bool:
    """Whether an exercise has an answer that can be computed; others are open."""
    return exercise in _functions()


def _open(returned: Returned, points: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the answers to open exercises, in the student's words."""
    for cell in returned.cells:
        name = _exercise(cell) if grade_id(cell).startswith("working-") else ""
        if cell.cell_type == "markdown" and name in points and not is_judged(name):
            yield name, cell.source


def _judge(name: str, value: object, values: Mapping[str, Any], defaults: Mapping[str, Any], worth: float) -> Judged:
    """Return what an answer is worth: judged by the package, whatever the notebook says of itself."""
    from softmodes.teach import check

    if not is_judged(name):
        return Judged(None, worth, "Your teacher marks this one.")
    if isinstance(value, Unjudged):
        return Judged(0.0, worth, "", str(value), f"not a number: {value}")
    try:
        verdict = check(name, value, **own_parameters(_functions()[name], values, defaults))
    except (ValueError, TypeError) as error:
        return Judged(0.0, worth, "", shown_value(value), one_line(str(error)))
    return Judged(worth if verdict else 0.0, worth, verdict.text, shown_value(value))


def _answers(
    returned: Returned, lesson: str, parameters: Mapping[str, Any], given: Collection[str], timeout: float
) -> tuple[Mapping[str, Any], dict[str, str], list[str], float]:
    """Return the values that a notebook comes to, errors by exercise, what went wrong else, and how long it took."""
    cells, notes, seconds = needed(_harmless(returned.cells), given), list[str](), 0.0
    for _ in range(1 + _AGAIN):
        left = max(0.0, _WHOLE * timeout - seconds)
        run, answers = _run([cell for cell in cells if cell.source], lesson, parameters, timeout, left)
        seconds += run.seconds
        stopped = _stopped(run, cells)
        if run.failure and run.failed_cell is None and not notes:
            # a kernel that did not start, as on a busy machine, is nobody's fault
            continue
        if stopped is None or seconds >= _WHOLE * timeout:
            break
        # once more without the cell that ends the kernel or has no end: the others are not to suffer from it
        notes.append(f"cell {_number(stopped)}: {run.failure}")
        stopped.source = ""
    if run.failure and (stopped is not None or not notes):
        notes.append(f"does not run: {run.failure}")
    errors = {_number(cell): text for cell, text in _errors(run)}
    ended = [(cell, errors[_number(cell)]) for cell in cells if cell.source and _number(cell) in errors]
    notes += [f"cell {_number(cell)}: {text}" for cell, text in ended if not grade_id(cell)][:_SHOWN]
    theirs = {_exercise(cell): f"Your cell ends with {text}." for cell, text in ended if is_answer(cell)}
    return answers or {}, theirs, notes, seconds


def _run(
    cells: Iterable[NotebookNode], lesson: str, parameters: Mapping[str, Any], timeout: float, left: float
) -> tuple[Run, dict[str, Any] | None]:
    """Run cells, and one more that hands their answers over; returns the run and the answers, if there are any."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        path, values = Path(scratch, "copy", f"{lesson}.ipynb"), Path(scratch, "answers.json").resolve()
        path.parent.mkdir()
        module = "softmodes.report.classroom.handover"
        last = new_code_cell(f"__import__({module!r}, fromlist=['_']).hand_over(globals(), {str(values)!r})")
        nbformat.write(new_notebook(cells=[*cells, last]), path)
        run = run_notebook(Notebook(path), parameters, timeout=timeout, limit=left, scratch=Path(scratch, "run"))
        return run, taken_over(values)


def _harmless(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return the code as it is run: each cell may fail, parameters are put in behind the first cell that has them."""
    found, seen = [], False
    for number, cell in enumerate(cells, 1):
        tags = set(cell.metadata.get("tags", []))
        if "injected-parameters" in tags or cell.cell_type != "code":
            continue
        kept = {"parameters"} & tags if not seen else set()
        seen = seen or bool(kept)
        metadata: dict[str, Any] = {"tags": [*kept, "raises-exception", f"{_NUMBER}{number}"]}
        metadata |= {"nbgrader": {"grade_id": grade_id(cell)}} if grade_id(cell) else {}
        found.append(new_code_cell(cell.source, metadata=metadata))
    return found


def _exercise(cell: NotebookNode) -> str:
    return grade_id(cell).partition("-")[2].replace("-", ".")


def _number(cell: NotebookNode) -> int:
    """Which cell of the returned notebook this is, from 1; 0 for one that was put in."""
    return next((int(tag.removeprefix(_NUMBER)) for tag in cell.metadata.tags if tag.startswith(_NUMBER)), 0)


def _stopped(run: Run, cells: Iterable[NotebookNode]) -> NotebookNode | None:
    """Which of the cells a run has stopped at; None where it has not, or at none of them."""
    number = _number(run.notebook.cells[run.failed_cell]) if run.failed_cell is not None else 0
    return next((cell for cell in cells if number and _number(cell) == number), None)


def _errors(run: Run) -> Iterator[tuple[NotebookNode, str]]:
    """Cells that ended with an error, and what it was."""
    for cell in run.notebook.cells:
        ended = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if ended:
            yield cell, one_line(f"{ended[-1].ename}: {ended[-1].evalue}")
