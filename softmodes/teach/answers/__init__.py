"""Answers of the exercises, a module a section; each is computed from the package when it is called.

The solution in the notebook is one route to an answer, the function here another.
"""

from collections.abc import Callable, Mapping

from softmodes.teach.answer import REGISTERED, Answer
from softmodes.teach.answers import section4 as section4

ANSWERS: Mapping[str, Callable[..., Answer]] = REGISTERED
"""The function that answers, by exercise; open exercises have none."""
