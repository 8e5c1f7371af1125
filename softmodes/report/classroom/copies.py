"""Copies of a notebook: without solutions for students, with everything for the teacher, both in nbgrader's format.

In the notebook each exercise is a run of cells with its number in `metadata.softmodes.exercise`, tagged `exercise`,
`hint`, `solution` (words and code), `answer` (the check) and `teacher`. In a copy it is: text, hint, room for working
(in the teacher's the worked solution and the notes), a cell for the answer, the check. An exercise without a check is
open: its room for working is what the teacher marks.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from papermill.parameterize import parameterize_notebook

from softmodes.report.classroom.roster import Student

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_HIDDEN = "### BEGIN HIDDEN TESTS\nassert verdict, verdict.text\n### END HIDDEN TESTS\n"
_ROOM = {True: "*Your answer.*", False: "*Your working, if you want to show it.*"}
_ASKED = 'a number, or (number, "unit")'
_WIDGET = "application/vnd.jupyter.widget-view+json"


def read_source(path: str | Path) -> NotebookNode:
    """Read a notebook of the companion with all that its cells carry, without outputs."""
    node: NotebookNode = nbformat.convert(nbformat.reads(Path(path).read_text(encoding="utf-8"), as_version=4), 4)
    for cell in node.cells:
        cell.metadata.setdefault("tags", [])
        cell.update({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})
    return node


def exercise_of(cell: NotebookNode) -> str | None:
    """Return the number of the exercise that a cell belongs to."""
    number: str | None = cell.metadata.get("softmodes", {}).get("exercise")
    return number


def copy_of(
    node: NotebookNode, points: Mapping[str, float], *, asked: Mapping[str, str] | None = None, teacher: bool = False
) -> NotebookNode:
    """Make the copy of a notebook for students, or for the teacher.

    Parameters
    ----------
    node : NotebookNode
        As from `read_source`.
    points : dict
        What each exercise is worth, by its number; 1 where nothing is said.
    asked : dict
        In words, what is to stand for the answer of each.
    """
    cells: list[NotebookNode] = []
    for exercise, group in groupby(node.cells, key=exercise_of):
        run = [deepcopy(cell) for cell in group]
        cells += (
            run
            if exercise is None
            else _exercise(exercise, run, points.get(exercise, 1), (asked or {}).get(exercise, _ASKED), teacher)
        )
    return NotebookNode({**deepcopy({k: v for k, v in node.items() if k != "cells"}), "cells": cells})


def _exercise(
    exercise: str, run: Sequence[NotebookNode], points: float, asked: str, teacher: bool
) -> Iterator[NotebookNode]:
    """Yield the cells of one exercise as they stand in a copy."""
    name = exercise.replace(".", "-")

    def tagged(tag: str, kind: str) -> list[NotebookNode]:
        return [cell for cell in run if tag in cell.metadata.tags and cell.cell_type == kind]

    checks, code = tagged("answer", "code"), tagged("solution", "code")
    said = "\n\n".join(c.source for tag in ("solution", "teacher") for c in tagged(tag, "markdown"))
    yield from (cell for cell in run if not {"solution", "answer", "teacher"} & set(cell.metadata.tags))
    # nbgrader empties what stands between the marks, wherever in a line they are
    room = f"<!-- {_BEGIN} -->\n\n{said}\n\n<!-- {_END} -->" if teacher else _ROOM[not checks]
    tags = ["solution", "teacher"] if teacher else ["working"]
    grading = _grading(f"working-{name}", "markdown", solution=True, points=0 if checks else points)
    yield _cell(new_markdown_cell, exercise, tags, grading, room)
    for check in checks:
        variable = f"answer_{name.replace('-', '_')}"
        answer = f"{variable} = ...  # {asked}"
        answer += "\n".join(["", _BEGIN, *(cell.source for cell in code), _END]) if teacher else ""
        yield _cell(new_code_cell, exercise, [], _grading(f"answer-{name}", "code", solution=True), answer)
        source = f"verdict = {check.source.strip()}\n{_HIDDEN if teacher else ''}verdict"
        grading = _grading(f"check-{name}", "code", points=points)
        yield _cell(new_code_cell, exercise, ["answer"], grading, source, deletable=False, editable=False)


def _cell(
    new: Callable[..., NotebookNode],
    exercise: str,
    tags: list[str],
    grading: dict[str, Any],
    source: str,
    **metadata: Any,
) -> NotebookNode:
    metadata |= {"tags": tags, "softmodes": {"exercise": exercise}, "nbgrader": grading}
    return new(source, id=grading["grade_id"], metadata=metadata)


def _grading(name: str, kind: str, *, solution: bool = False, points: float | None = None) -> dict[str, Any]:
    """Return what nbgrader wants to know of a cell, in version 3 of its format."""
    graded = points is not None
    return {
        "schema_version": 3,
        "grade_id": name,
        "cell_type": kind,
        "grade": graded,
        "solution": solution,
        "locked": graded and not solution,
        "task": False,
        **({"points": points} if graded else {}),
    }


def checks_in(node: NotebookNode) -> dict[str, NotebookNode]:
    """Return the cells with the checks of a copy, by exercise."""
    cells = [cell for cell in node.cells if "answer" in cell.metadata.tags]
    return {exercise: cell for cell in cells if (exercise := exercise_of(cell))}


def personal(copy: NotebookNode, lesson: str, student: Student | None, known: Mapping[str, Any]) -> NotebookNode:
    """Make a student's own copy: parameters set as papermill does, and the name in it, so that it is known again.

    Parameters
    ----------
    lesson : str
        Name of the notebook.
    student : Student or None
        None for a copy that is nobody's.
    known : dict
        The parameters that the notebook has, by name.
    """
    own = {name: value for name, value in (student.parameters if student else {}).items() if name in known}
    # all but what differs is shared: a class has a thousand of them
    metadata = {name: value for name, value in copy.metadata.items() if name != "papermill"}
    node = NotebookNode({**copy, "metadata": NotebookNode(metadata), "cells": list(copy.cells)})
    if own:
        node.metadata["papermill"] = NotebookNode()
        node = parameterize_notebook(node, own, comment="Your parameters")
        del node.metadata["papermill"]
        added = next(cell for cell in node.cells if "injected-parameters" in cell.metadata.tags)
        added.update(id="your-parameters")
        added.metadata.update(deletable=False, editable=False)
    marks = {"lesson": lesson, **({"student": student.label, "token": student.token} if student else {})}
    first = node.cells[0]
    metadata = NotebookNode({**first.metadata, "softmodes": {**first.metadata.get("softmodes", {}), **marks}})
    node.cells[0] = NotebookNode({**first, "metadata": metadata})
    return node


def with_outputs(node: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """Return a copy with what came of running it; of a slider the page, which shows also where no kernel runs."""
    result = deepcopy(node)
    for cell, run in zip(result.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.update(outputs=deepcopy(run.outputs), execution_count=run.execution_count)
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):
                    output.data.pop(_WIDGET, None)
    return result


def text_of(node: NotebookNode) -> str:
    """Return a notebook as the text of its file."""
    return json.dumps(node, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
