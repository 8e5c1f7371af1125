"""Exercises on a page: what is asked, a folded hint and a box for the answer; no solution, nothing for the teacher."""

import re
from html import escape

from nbformat.v4 import new_markdown_cell, new_raw_cell

from softmodes.teach.box import box, script
from softmodes.teach.judge import BOX

_PARTS = {"hint", "solution", "answer", "teacher"}


def set_exercises(cells):
    """The cells of a page, with one in place of those tagged `exercise` and, behind it, as one of its parts."""
    shown, runs = [], []
    for cell in cells:
        tags = set(cell.metadata.get("tags", []))
        if "exercise" in tags:
            runs.append([cell])
            shown.append(runs[-1])
        elif _PARTS & tags and shown and shown[-1] is (runs or [None])[-1]:
            runs[-1].append(cell)
        else:
            shown.append(cell)
    found = [_section(each) if isinstance(each, list) else each for each in shown]
    if any("data-ask=" in cell.source for cell in found):
        found.append(new_raw_cell(script(), id="boxes", metadata={"raw_mimetype": "text/html"}))
    return found


def _section(cells):
    """What a page shows of the cells of an exercise."""
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
    return new_markdown_cell("\n\n".join([opening, *texts, *boxes, *said, "</section>"]), id=anchor)
