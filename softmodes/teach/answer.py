"""What the answer of an exercise is, and what is answered when it is misunderstood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer, computed, and what it shows."""

    value: ArrayLike
    """Of the kind and shape of the answer, in its unit."""
    says: str
    """What is told to who gives it: what was overlooked, not what is right."""


@dataclass(frozen=True)
class Answer:
    """The answer of an exercise: a number, several, or one of its choices."""

    value: ArrayLike
    """A number or an array of them, none of them zero; the key of a choice."""
    unit: str = ""
    """One of `units.UNITS`; "1" for a fraction, nothing for a count or another pure number."""
    digits: int = 2
    """To how many: two are right to 5 %, three to half a percent."""
    mistakes: tuple[Mistake, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    """Text of each choice by its key, where one is to be chosen."""
    parts: tuple[str, ...] = ()
    """What each number of an array is, in its order."""


REGISTERED: dict[str, Callable[..., Answer]] = {}


def answers(exercise: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a function as that which answers an exercise.

    Its parameters are those of the notebook on which the answer depends, with the same defaults. It is computed once
    for each of their values: thirty students ask more often.
    """

    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        REGISTERED[exercise] = cache(function)
        return REGISTERED[exercise]

    return register
