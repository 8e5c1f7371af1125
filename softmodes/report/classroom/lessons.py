"""What is taught when: the lessons of `data/teaching/lessons.toml`, as a page, as plans, and as a choice."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from softmodes.places import NOTEBOOKS, shipped
from softmodes.report.notebooks import Notebook, Parameter, find_notebooks, page_of, select_notebooks

LENGTHS = (45, 90)
"""Minutes that a lesson may take."""


@dataclass(frozen=True)
class Step:
    """A part of a lesson.

    Attributes
    ----------
    in_45, in_90 : int
        Minutes that it takes; 0 where it is left out.
    show : str
        What is projected.
    ask, wrong : str
        The question, and what goes wrong with it.
    link, second : str
        `N#state`: the page of a notebook with its slider so set, and what it is moved to.
    """

    in_45: int
    in_90: int
    show: str
    ask: str
    wrong: str
    link: str = ""
    second: str = ""

    def minutes(self, length: int) -> int:
        """Return what it takes in a lesson of that length [min]."""
        return {45: self.in_45, 90: self.in_90}[length]


@dataclass(frozen=True)
class Lesson:
    """A lesson on some notebooks."""

    name: str
    title: str
    kind: str
    notebooks: tuple[int, ...]
    summary: str
    prerequisites: tuple[str, ...]
    goals: tuple[str, ...]
    steps: tuple[Step, ...]


@cache
def _source() -> dict[str, Any]:
    with shipped("teaching/lessons.toml") as path:
        return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def ready_lessons() -> tuple[Lesson, ...]:
    """Return the lessons that can be given as they stand."""
    return tuple(map(_lesson, _source()["lesson"]))


def _lesson(entry: Mapping[str, Any]) -> Lesson:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    steps = tuple(Step(**step) for step in fields.pop("step"))
    return Lesson(**fields, steps=steps)


def chosen(notebooks: Sequence[Notebook], wanted: str | None) -> tuple[Notebook, ...]:
    """Return the notebooks for a choice such as `2,4` or `seminar`, all for None; ValueError for what is not there."""
    keys = [key.strip() for key in (wanted or "").split(",")]
    if wanted is not None and not all(keys):
        raise ValueError(
            f"--lessons takes numbers of notebooks or names of lessons with commas between, got '{wanted}'"
        )
    known = {lesson.name: map(str, lesson.notebooks) for lesson in ready_lessons()}
    return select_notebooks(notebooks, [number for key in keys if key for number in known.get(key, (key,))])


def lessons_on(notebooks: Sequence[Notebook]) -> tuple[Lesson, ...]:
    """Return the lessons that use some of these notebooks."""
    numbers = {book.number for book in notebooks}
    return tuple(lesson for lesson in ready_lessons() if numbers & set(lesson.notebooks))


def own_values(notebooks: Sequence[Notebook]) -> dict[str, tuple[Any, ...]]:
    """Return what a student may get for each parameter that one of the notebooks has, within what all of them admit."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, entry in _source()["own"].items():
        having = [book.parameters[name] for book in notebooks if name in book.parameters]
        if not having:
            continue
        if entry == "any":
            values: Sequence[Any] = having[0].choices
        else:
            count = round((entry["to"] - entry["from"]) / entry["step"])
            values = [round(entry["from"] + i * entry["step"], 9) for i in range(count + 1)]
        found[name] = tuple(value for value in values if all(admits(one, value) for one in having))
    return {name: values for name, values in found.items() if values}


def admits(parameter: Parameter, value: object) -> bool:
    """Whether a parameter of a notebook may have this value."""
    try:
        parameter.parse(str(value))
    except ValueError:
        return False
    return True


def address(link: str, notebooks: Sequence[Notebook], folder: str = "") -> str:
    """Return the address of the page that a link means, from `folder`; none where its notebook is left out."""
    number, _, state = link.partition("#")
    page = next((page_of(book.name) for book in notebooks if number == str(book.number)), None)
    return f"{folder}{page}#{state}" if page else ""


def teach_text(cite: str) -> str:
    """Return the page on teaching, as Markdown."""
    parts = ["# Teach with it", _source()["page"]["opening"], "## Three lessons"]
    for lesson in ready_lessons():
        links = " and ".join(f"notebook {number}" for number in lesson.notebooks)
        goals = "\n".join(f"* {goal}" for goal in lesson.goals)
        parts.append(
            f"### {lesson.title}\n\n*{lesson.kind.capitalize()}, {' or '.join(map(str, LENGTHS))} minutes, "
            f"`--lessons {lesson.name}`.* {lesson.summary} It uses {links}.\n\n**Students need** "
            f"{'; '.join(lesson.prerequisites)}. **Afterwards they can**\n\n{goals}"
        )
    return "\n\n".join((*parts, _source()["page"]["practice"], _own_text(find_notebooks(NOTEBOOKS)), cite))


def _own_text(notebooks: Sequence[Notebook]) -> str:
    """Say what differs from student to student, and what does not."""
    values = own_values(notebooks)
    drawn = ", ".join(f"`{name}` from {len(choices)} values" for name, choices in values.items())
    return (
        f"With a roster, {drawn} are drawn from name and key. On them depend exercises "
        f"{', '.join(own_exercises(notebooks))}; all others are the same for everybody, and of few values two students "
        "may draw the same. That makes copying from a neighbour harder, and no more than that."
    )


def own_exercises(notebooks: Sequence[Notebook]) -> tuple[str, ...]:
    """Return the exercises whose answer depends on what each student may get for himself."""
    from softmodes.teach import ANSWERS

    values, books = own_values(notebooks), {str(book.number): book for book in notebooks}
    own = {number: values.keys() & book.parameters.keys() for number, book in books.items()}
    return tuple(
        name
        for name, function in ANSWERS.items()
        if own.get(name.partition(".")[0], set()) & signature(function).parameters.keys()
    )


def fits(values: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some values that a notebook with these parameters takes."""
    return {name: value for name, value in values.items() if name in parameters}
