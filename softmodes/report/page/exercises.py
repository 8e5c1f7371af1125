"""Exercises on a page: what is asked, a folded hint and a box for the answer; no solution, nothing for the teacher."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_raw_cell

from softmodes.teach.box import box, script
from softmodes.teach.judge import BOX

_PARTS = {"hint", "solution", "answer", "teacher"}


def set_exercises(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return the cells of a page, with one in place of those tagged `exercise` and, behind it, as one of its parts."""
    # those of an exercise together, any other by itself
    runs: list[list[NotebookNode]] = []
    for cell in cells:
        tags = _tags(cell)
        if _PARTS & tags and "exercise" not in tags and runs and "exercise" in _tags(runs[-1][0]):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    found = [_section(run) if "exercise" in _tags(run[0]) else run[0] for run in runs]
    if any("data-ask=" in cell.source for cell in found):
        found.append(new_raw_cell(script(), id="boxes", metadata={"raw_mimetype": "text/html"}))
    return found


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _section(cells: Sequence[NotebookNode]) -> NotebookNode:
    """Return what a page shows of the cells of an exercise."""
    number = re.match(r"\*\*(\d+)\.(\d+)\*\*", cells[0].source)
    place = f' id="exercise-{number[1]}-{number[2]}"' if number else ""
    opening = f'<section class="exercise"{place}>'
    texts = [cell.source for cell in cells if {"exercise", "hint"} & set(cell.metadata.tags)]
    outputs = [(cell, output) for cell in cells for output in cell.get("outputs", [])]
    asked = [output.data[BOX] for _, output in outputs if BOX in output.get("data", {})]
    boxes = [box(each["exercise"], each["parameters"]) for each in asked]
    failed = [(cell.id, output.ename) for cell, output in outputs if output.output_type == "error"]
    # a page leads to the cell that failed, which has no other place than this
    anchor = failed[0][0] if failed else cells[0].id
    said = [f"The check of this exercise failed: {escape(name)}." for _, name in failed[:1]]
    source = "\n\n".join([opening, *texts, *boxes, *said, "</section>"])
    section: NotebookNode = new_markdown_cell(source, id=anchor)
    return section
