"""The word on what a student found: right, nearly, a known mistake, or not yet, and never the answer."""

import inspect
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from softmodes.arguments import between, finite, member, one, shown, whole
from softmodes.paper.materials import estimated_materials
from softmodes.teach.answer import Answer
from softmodes.teach.exercise import Exercise, exercises
from softmodes.teach.units import factors, quantity, spoken, unit_named

Kind = Literal["right", "order of magnitude", "other unit", "known mistake", "not yet"]

BOX = "application/vnd.softmodes.box+json"
"""Kind of an output that has the exercise and its parameters, for the box of a page."""

TEXTS = {
    "right": "Right.",
    "other unit": "The right number, but in {other}: say so, or convert it.",
    "quantity": "Not yet: {other} is a unit of another quantity than what is asked for.",
    "order of magnitude": "Not yet, but the order of magnitude is right: look at factors and rounding again.",
    "some": "Not yet: {right} of {all} are right, not yet {parts}.",
    "not yet": "Not yet. {hint}",
    "missing": "Not yet: no answer is given.",
    "unknown": "Not to be judged: with so few members in the ensembles the answer is not known.",
}
_DOORS: dict[str, Callable[[Any], Any]] = {
    "a": lambda value: one(between, "a", value, 0.3, 4),
    "beta_epsilon_m": lambda value: one(between, "beta_epsilon_m", value, 0.5, 12),
    "double_well": lambda value: one(between, "double_well", value, -1.2, -0.01),
    "ensemble": lambda value: member("ensemble", value, ("shipped", "recomputed")),
    "glass": lambda value: member("glass", value, tuple(estimated_materials())),
    "seed": lambda value: whole("seed", value, least=0, most=1_000_000),
}
"""What may be given for a parameter of the notebooks."""
_INDEX = re.compile(r"(?<=[^\W\d_])_(max|min|\w)\b(?=[^`]*(?:`[^`]*`[^`]*)*$)")  # not in code, between backticks
_SLACK = 1e-9  # what lies on an edge lies within
_REACH = 11  # steps of ten per cent to either side: a factor of the square root of ten


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer; true where it is right."""

    kind: Kind
    text: str
    exercise: str = ""
    parameters: dict[str, Any] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        """Whether the answer is right."""
        return self.kind == "right"

    def __repr__(self) -> str:
        """Return the word itself, which is what a reader is to see."""
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        asked = {"exercise": self.exercise, "parameters": self.parameters}
        # a hint has its indices in formulas
        text = self.text if "$" in self.text else _INDEX.sub(r"<sub>\1</sub>", self.text)
        return {"text/plain": self.text, "text/markdown": text, BOX: asked}


@dataclass(frozen=True)
class Target:
    """What a value may hit: the answer, a mistake, or the answer's order of magnitude.

    A number hits if it lies between `low` and `high` times the value, or within `reach` such steps beyond.
    """

    kind: Kind
    value: Any
    low: float = 1.0
    high: float = 1.0
    reach: int = 0
    says: str = ""

    def holds(self, value: Any) -> Any:
        """Whether a choice, a number or each number of an array hits."""
        if isinstance(self.value, str):
            return value == self.value
        ratio, more = value / self.value, (self.high / self.low) ** self.reach
        return (ratio >= self.low / more) & (ratio <= self.high * more)


def targets(answer: Answer) -> Iterator[Target]:
    """Give what a value is compared with, in this order, the right one first."""
    if answer.choices:
        yield Target("right", answer.value)
        yield from (Target("known mistake", mistake.value, says=mistake.says) for mistake in answer.mistakes)
        return
    right, step = np.asarray(answer.value, dtype=float), _around(answer.digits)
    yield Target("right", right, *step)
    for mistake in answer.mistakes:
        if not np.all(np.isfinite(mistake.value)):
            continue
        yield Target("known mistake", np.asarray(mistake.value, dtype=float), *step, says=mistake.says)
    yield Target("order of magnitude", right, *_around(2), reach=_REACH)


def _around(digits: int) -> tuple[float, float]:
    close = 0.5 * 10.0 ** (1 - digits) + _SLACK
    return 1 - close, 1 + close


def check(exercise: str, value: Any, **parameters: Any) -> Verdict:
    """Say whether an answer to an exercise is right, and if not, what may help.

    Parameters
    ----------
    exercise : str
        Its number, "4.2".
    value : number, array_like, str or pair
        What was found: a number in the unit that is asked for, or ``(number, "unit")``; several numbers where several
        are asked for; the key of a choice. An ellipsis stands for no answer yet.
    **parameters
        Those of the notebook on which the answer depends; by default as they are in the notebook.

    Returns
    -------
    Verdict
        True if right. Two digits are right to 5 %, three to half a percent: half a unit of the last digit of 1.0 or
        1.00, and so at least of any. The first of these that holds is said: right; the right number in another unit; a
        known mistake; within a factor of three; not yet. Of several numbers all have to be right.

    Raises
    ------
    ValueError
        If there is no such exercise, it is an open one or has no such parameter, or the value is not finite, of another
        shape, or in no known unit.
    """
    # takes the physics along, which the pages do not need
    from softmodes.teach.answers import ANSWERS

    asked = _asked(exercise, ANSWERS)
    given = _parameters(ANSWERS[exercise], parameters)
    if value is ...:
        return Verdict("not yet", TEXTS["missing"], exercise, given)
    answer = ANSWERS[exercise](**given)
    if not is_known(answer):
        return Verdict("not yet", TEXTS["unknown"], exercise, given)
    # what is far too large or too small to be compared is not right
    with np.errstate(over="ignore", under="ignore"):
        kind, text = _judge(answer, value, asked.hint)
    return Verdict(kind, text, exercise, given)


def is_known(answer: Answer) -> bool:
    """Whether there is an answer to compare with: of an ensemble with few members there may be none."""
    return bool(answer.choices) or bool(np.all(np.isfinite(answer.value)))


def _asked(exercise: str, answered: Collection[str]) -> Exercise:
    known = {each.id: each for each in exercises()}
    asked = known[member("exercise", exercise, tuple(known))]
    if exercise not in answered:
        raise ValueError(f"exercise must be one with an answer, got {exercise}, which is open")
    return asked


def _parameters(function: Callable[..., Answer], given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of an answer by name, the given ones in place of the defaults."""
    known = {name: each.default for name, each in inspect.signature(function).parameters.items()}
    for name in given:
        if name not in known:
            raise ValueError(f"parameter must be {' or '.join(known) or 'left out'}, got {shown(name)}")
    return {**known, **{name: _DOORS[name](value) for name, value in given.items()}}


def _judge(answer: Answer, value: Any, hint: str) -> tuple[Kind, str]:
    unit = answer.unit
    size = 1.0
    if isinstance(value, tuple) and len(value) > 1 and isinstance(value[-1], str):
        *numbers, text = value
        value, (unit, size) = numbers[0] if len(numbers) == 1 else tuple(numbers), unit_named(text, unit)
    value = _checked(answer, value)
    if quantity(unit) != quantity(answer.unit):
        return "not yet", TEXTS["quantity"].format(other=spoken(unit))
    units = factors(answer.unit)
    right, *others = targets(answer)
    if answer.choices:
        hit = next((each for each in (right, *others) if each.holds(value)), Target("not yet", value))
        return hit.kind, hit.says or TEXTS[hit.kind].format(hint=hint)
    here = value * size * units[unit]
    if np.all(right.holds(here)):
        return "right", TEXTS["right"]
    for other, factor in units.items():
        if np.all(right.holds(value * factor)):
            return "other unit", TEXTS["other unit"].format(other=spoken(other))
    *known, near = others
    for mistake in known:
        if np.all(mistake.holds(here)):
            return mistake.kind, mistake.says
    hits = right.holds(here)
    if np.any(hits):
        return "not yet", _some(answer, hits)
    kind = near.kind if np.all(near.holds(here)) else "not yet"
    return kind, TEXTS[kind].format(hint=hint).strip()


def _some(answer: Answer, hits: np.ndarray) -> str:
    wrong = [part for part, hit in zip(answer.parts, hits, strict=True) if not hit]
    return TEXTS["some"].format(right=int(np.sum(hits)), all=hits.size, parts=", ".join(wrong))


def _checked(answer: Answer, value: Any) -> Any:
    """Return what was given, a choice or an array of the shape of the answer."""
    if answer.choices:
        return member("value", value, tuple(answer.choices))
    # a quantity with its uncertainty counts by its value
    array, shape = finite("value", getattr(value, "nominal_value", value)), np.shape(answer.value)
    array = array.reshape(()) if array.size == 1 and not shape else array
    if array.shape != shape:
        wanted = f"an array of shape {shape}" if shape else "one number"
        got = f"an array of shape {array.shape}" if array.ndim else value
        raise ValueError(f"value must be {wanted}, got {_with_commas(value, shape) or got}")
    return array


def _with_commas(value: Any, shape: tuple[int, ...]) -> str:
    """Say what was given where 2,647 has become the integers 2 and 647; nothing where it is something else."""
    numbers = np.asarray(value)
    pairs = numbers.dtype.kind in "iu" and numbers.shape == (2 * int(np.prod(shape)),) and numbers[1] >= 0
    if not pairs or not (shape or isinstance(value, tuple)):
        return ""
    return f"{shown(value)}. Python writes {numbers[0]}.{numbers[1]}: a decimal point, not a comma"
