"""One bracketed root for all equations of section 4 that have no closed solution."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Numbers, between


def root(function: Callable[[Numbers], Numbers], above: ArrayLike, below: ArrayLike) -> Numbers:
    """Return where `function` turns from positive, at `above`, to negative, at `below`; element by element.

    Halving, until the ends are neighbours: a few milliseconds, where SciPy's methods take longer to import. Where
    rounding hides the change of sign next to `below` it comes to that end.
    """
    above, below = np.asarray(above), np.asarray(below)
    middle: Numbers = (above + below) / 2
    for _ in range(64):
        positive = function(middle) > 0
        above, below = np.where(positive, middle, above), np.where(positive, below, middle)
        middle = (above + below) / 2
    return middle


def energy(name: str, value: object) -> Numbers:
    """Return an energy over k_BT as a float array, or raise a ValueError that names it where roots lose digits."""
    return between(name, value, 1e-8, 1e12)
