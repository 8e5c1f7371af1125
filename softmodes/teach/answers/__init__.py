"""Answers of the exercises, a module a section; each is computed from the package when it is called.

The solution in the notebook is one route to an answer, the function here another.
"""

from collections.abc import Callable, Mapping

from softmodes.teach.answer import REGISTERED, Answer

from . import laboratory, section1, section2, section3, section4, section5  # noqa: F401  (they register themselves)

ANSWERS: Mapping[str, Callable[..., Answer]] = REGISTERED
"""The function that answers, by exercise; open exercises have none."""
