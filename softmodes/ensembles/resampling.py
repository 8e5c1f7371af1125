"""Errors by drawing the members of an ensemble anew, with replacement: they are independent, modes of one are not."""

import numpy as np

from softmodes.arguments import Seed, generator, whole

_MOST = 10**5


def drawn_members(count: int, *, rng: Seed = 0, resamples: int = 400) -> np.ndarray:
    """Which of `count` members are in each of the ensembles drawn, indices of shape (resamples, count)."""
    resamples = whole("resamples", resamples, least=2, most=_MOST)
    return generator("rng", rng).integers(count, size=(resamples, count))


def standard_error(statistics: np.ndarray) -> float:
    """Return the standard error of a statistic from its values in the ensembles drawn; nan if it cannot be known.

    Ensembles in which it is not defined, nan, are left out. Where all agree, as of a single member, nobody knows how
    others would differ.
    """
    known = statistics[~np.isnan(statistics)]
    if len(known) < 2 or np.ptp(known) <= 1e-9 * np.abs(known).max():
        return np.nan
    return float(known.std(ddof=1))
