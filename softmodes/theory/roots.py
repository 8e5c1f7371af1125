"""One bracketed root for all equations of section 4 that have no closed solution."""

import numpy as np

from softmodes.arguments import between


def root(function, above, below):
    """Return where `function` turns from positive, at `above`, to negative, at `below`; element by element.

    Halving, until the ends are neighbours: a few milliseconds, where SciPy's methods take longer to import. Where
    rounding hides the change of sign next to `below` it comes to that end.
    """
    for _ in range(64):
        middle = (above + below) / 2
        positive = function(middle) > 0
        above, below = np.where(positive, middle, above), np.where(positive, below, middle)
    return (above + below) / 2


def energy(name, value):
    """Return an energy over k_BT as a float array, or raise a ValueError that names it where roots lose digits."""
    return between(name, value, 1e-8, 1e12)
