"""What students hand back: whose it is, of which notebook, and whether it still is what they were given."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from softmodes.report.classroom import copies
from softmodes.report.classroom.place import files_in
from softmodes.report.classroom.roster import Student, file_name
from softmodes.report.reading import read_notebook

_LARGEST = 50_000_000
_CELLS = 2000
# The answers themselves, or a check where none was given.
_ASKING = re.compile(r"\bANSWERS\b|\bteach\b|\boutcomes\b|\bcheck\s*\(")
_ANSWER = re.compile(r"\banswer_(\d+)_(\d+)\b")


@dataclass(frozen=True)
class Returned:
    """A file that came back.

    Attributes
    ----------
    name : str
        Its path within the folder.
    path : Path
    node : NotebookNode or None
        None where it is no notebook.
    fault : str
        Why it cannot be judged, in one line; empty where it can.
    """

    name: str
    path: Path
    node: NotebookNode | None
    fault: str = ""

    @property
    def cells(self) -> list[NotebookNode]:
        """The cells of the notebook; none where it is no notebook."""
        return list(self.node.cells) if self.node else []

    @property
    def marks(self) -> Mapping[str, Any]:
        """What the copy says of itself: lesson, student, token."""
        found = (cell.metadata.get("softmodes") for cell in self.cells)
        # on the first cell that was given, before which a student may put others
        return next((marks for marks in found if isinstance(marks, dict) and "lesson" in marks), {})

    @property
    def exercises(self) -> frozenset[str]:
        """The exercises for which it has a cell, or code, with an answer."""
        named = {grade_id(cell).removeprefix("answer-").replace("-", ".") for cell in self.cells if is_answer(cell)}
        written = (match for cell in self.cells if cell.cell_type == "code" for match in _ANSWER.finditer(cell.source))
        return frozenset(named | {f"{match[1]}.{match[2]}" for match in written})


def grade_id(cell: NotebookNode) -> str:
    """Return the name that nbgrader gave a cell, or nothing."""
    found = cell.metadata.get("nbgrader")
    name = found.get("grade_id") if isinstance(found, dict) else ""
    return name if isinstance(name, str) else ""


def is_answer(cell: NotebookNode) -> bool:
    """Whether a cell is one for an answer."""
    return cell.cell_type == "code" and grade_id(cell).startswith("answer-")


def read_returned(folder: Path, left: Sequence[Path]) -> Iterator[Returned]:
    """All that lies in a folder and below, but for `left` and what is hidden."""
    for path in files_in(folder):
        name = path.relative_to(folder)
        if any(path == own or own in path.parents for own in left) or any(part[0] == "." for part in name.parts):
            continue
        # a name that is not in UTF-8 could not be written into a table
        yield _read(name.as_posix().encode(errors="backslashreplace").decode(), path)


def without_common_folder(found: Sequence[Returned]) -> tuple[Returned, ...]:
    """Return the files by their paths below the folders that all notebooks are in, as archives have them around all."""
    paths = [Path(each.name) for each in found if each.path.suffix.lower() == ".ipynb"]
    above = 0
    while len({path.parts[above] for path in paths}) == 1 and all(len(path.parts) > above + 2 for path in paths):
        above += 1
    common = paths[0].parts[:above] if paths else ()
    return tuple(
        replace(each, name=Path(*Path(each.name).parts[above:]).as_posix())
        if Path(each.name).parts[:above] == common
        else each
        for each in found
    )


def _read(name: str, path: Path) -> Returned:
    try:
        if path.is_symlink() or not path.is_file():
            raise ValueError("not a file")
        if path.suffix.lower() != ".ipynb":
            raise ValueError("not a notebook")
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"huge: more than {_LARGEST // 10**6} MB")
        node = read_notebook(path, keep=("nbgrader", "softmodes"))
        if not node.cells:
            raise ValueError("empty: a notebook without cells")
        if len(node.cells) > _CELLS:
            raise ValueError(f"huge: more than {_CELLS} cells")
    except (OSError, ValueError) as error:
        return Returned(name, path, None, " ".join(str(error).split())[:200])
    return Returned(name, path, node)


def owner(returned: Returned, students: Sequence[Student]) -> tuple[Student, str, str]:
    """Whose a file is; why it does not count for him, in one line, if it does not; and what else is odd.

    Of a roster the student whose token the copy carries, or else the one whose name is in the path. Without a roster
    whoever gave the folder or the file its name.
    """
    parts = [*Path(returned.name).parent.parts, Path(returned.name).stem]
    marks = returned.marks
    if not students:
        name = parts[0] if len(parts) > 1 else parts[0].replace(str(marks.get("lesson", "")), "").strip(" _-()")
        name = name or str(marks.get("student", "")) or parts[0]
        fault = "made for a roster: give --roster and --key" if "token" in marks else ""
        return Student(name, folder=file_name(name)), fault, ""
    holder = next((one for one in students if one.token == marks.get("token")), None)
    place = _named(parts, students)
    # whoever has the name of another may have that one's folder, too
    if holder and place and holder.name != place.name:
        return place, f"somebody else's copy: that of {holder.label}", ""
    found = holder or place
    if not found:
        return Student(returned.name, folder=file_name(returned.name)), "of nobody on the roster", ""
    if holder or not returned.node:
        return found, "", ""
    return found, "", "of another roster or key" if "token" in marks else "a copy without a student's mark"


def _named(parts: Sequence[str], students: Sequence[Student]) -> Student | None:
    """Return the student whose folder's name a part of the path is, or begins with; of several the longest."""
    plain = [file_name(part).casefold() for part in parts]
    fitting = [one for one in students if any(part == one.folder.casefold() for part in plain)] or [
        one for one in students if any(part.startswith(f"{one.folder.casefold()}_") for part in plain)
    ]
    return max(fitting, key=lambda one: len(one.folder), default=None)


def alterations(returned: Returned, given: NotebookNode) -> list[str]:
    """Return what of that which students should leave alone is not as it was given to them."""
    cells, found = returned.cells, []
    for exercise, check in copies.checks_in(given).items():
        theirs = [cell.source for cell in cells if grade_id(cell) == grade_id(check)]
        if exercise in returned.exercises and {*map(squeezed, theirs)} != {squeezed(check.source)}:
            found.append(f"check {exercise}")
    for tag in ("parameters", "injected-parameters"):
        ours, theirs = (
            [cell.source for cell in some if tag in cell.metadata.get("tags", [])] for some in (given.cells, cells)
        )
        if list(map(squeezed, ours)) != list(map(squeezed, theirs)):
            found.append("parameters")
    return sorted(set(found))


def asks_the_package(returned: Returned, given: NotebookNode) -> bool:
    """Whether code of the student's own reads answers, or tries them one after the other."""
    ours = {squeezed(cell.source) for cell in given.cells}
    own = (cell.source for cell in returned.cells if cell.cell_type == "code" and squeezed(cell.source) not in ours)
    return any(_ASKING.search(source) for source in own)


def squeezed(source: str) -> str:
    """Code without spaces and line breaks: what stays the same whatever an editor does."""
    return "".join(source.split())


def needed(cells: Sequence[NotebookNode], given: Collection[str]) -> list[NotebookNode]:
    """Those of the cells of a returned notebook that have to be run: not what only draws, and stands as it was given.

    A cell that is `given` (squeezed) is needed if it binds a name that stands in a needed cell below it, and if spaces
    have come into it by which it is no Python of its own.
    """
    kept, words = [], set[str]()
    for cell in reversed(cells):
        own = squeezed(cell.source) in given and "parameters" not in cell.metadata.tags
        if not own or _needed_for(cell.source, words):
            kept.append(cell)
            words.update(re.findall(r"\w+", cell.source))
    return kept[::-1]


def _needed_for(source: str, words: set[str]) -> bool:
    try:
        return bool(_bound(source) & words)
    except SyntaxError:
        return True


def _bound(source: str) -> set[str]:
    """Return the names that code of our own binds, or of which it changes a part."""
    nodes = list(ast.walk(ast.parse(source)))
    stored = [node for node in nodes if isinstance(getattr(node, "ctx", None), ast.Store)]
    found = {name.id for node in stored for name in ast.walk(node) if isinstance(name, ast.Name)}
    found |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return found | {(node.asname or node.name).partition(".")[0] for node in nodes if isinstance(node, ast.alias)}
