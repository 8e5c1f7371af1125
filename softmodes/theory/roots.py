"""One bracketed root for all equations of section 4 that have no closed solution."""

import numpy as np
from scipy.optimize.elementwise import find_root

from softmodes.arguments import between

FAR = 38.0
"""Where η' counts as infinite: roots are sought in asinh η', and 1/sinh(38)² leaves nothing in a double."""


def root(function, low, high, *arguments):
    """Return the root of `function(x, *arguments)` between `low` and `high`; arrays are solved element by element."""
    found = find_root(function, (low, high), args=arguments)
    if not np.all(found.success):
        raise RuntimeError(
            f"no root of {function.__name__} between {low} and {high} at {arguments}: please report this"
        )
    return found.x


def energy(name, value):
    """Return an energy over k_BT as a float array, or raise a ValueError that names it where roots lose digits."""
    return between(name, value, 1e-8, 1e12)
