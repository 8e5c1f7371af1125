"""Participation against frequency over an ensemble, with errors over glasses.

Frequencies in any one unit; reduced ones for simulated glasses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Floats, Seed, increasing, summary

from .resampling import drawn_members, standard_error
from .spectrum import by_glass


@dataclass(frozen=True, eq=False, kw_only=True)
class Participation:
    """Participation numbers of the modes in bins of frequency; nan where a bin has no mode.

    Parameters
    ----------
    edges : ndarray, shape (bins + 1,)
    median, low, high : ndarray, shape (bins,)
        Median of N_k, and the 16 % and 84 % quantiles between which two thirds of the modes lie.
    error : ndarray, shape (bins,)
        Standard error of the median over glasses; nan for a single one, and where all glasses drawn agree.
    modes : ndarray of int, shape (bins,)
        Modes in the bin, of all glasses together.
    """

    edges: Floats
    median: Floats
    low: Floats
    high: Floats
    error: Floats
    modes: np.ndarray

    __repr__ = summary

    @property
    def centres(self) -> Floats:
        """Middle of the bins, shape (bins,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2


def participation_by_frequency(
    frequencies: ArrayLike, participation_number: ArrayLike, edges: ArrayLike, *, rng: Seed = 0, resamples: int = 200
) -> Participation:
    """Median participation number in bins of frequency.

    Parameters
    ----------
    frequencies, participation_number : array_like, shape (glasses, modes)
    edges : array_like, shape (bins + 1,)
        Increasing.
    rng : numpy.random.Generator or int
        For the resampling behind the error.
    resamples : int
        Ensembles drawn.

    Returns
    -------
    Participation

    Raises
    ------
    ValueError
        If the shapes differ or the edges do not increase.

    Notes
    -----
    Fig. 6. The error is the spread of the median over ensembles drawn from the glasses with replacement: modes of one
    glass share a structure and are no independent samples.
    """
    nu, n_k = by_glass("frequencies", frequencies), by_glass("participation_number", participation_number)
    if np.any(n_k < 0):
        raise ValueError(f"participation_number must not be negative, got {n_k.min():g}")
    edges = increasing("edges", edges)
    if nu.shape != n_k.shape:
        raise ValueError(f"frequencies and participation_number must be (glasses, modes), got {nu.shape}, {n_k.shape}")
    draws = drawn_members(len(nu), rng=rng, resamples=resamples)
    bins = [_bin(nu, n_k, low, high, draws) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    median, low, high, error, modes = (np.array(column) for column in zip(*bins, strict=True))
    return Participation(edges=edges, median=median, low=low, high=high, error=error, modes=modes)


def _bin(nu: Floats, n_k: Floats, low: float, high: float, draws: np.ndarray) -> tuple[float, ...]:
    inside = (nu >= low) & (nu < high)
    glass, values = np.nonzero(inside)[0], n_k[inside]
    if not len(values):
        return (np.nan,) * 4 + (0,)
    quantiles = np.quantile(values, (0.5, 0.16, 0.84))
    order = np.argsort(values)
    # How often each mode is drawn, in the order of N_k: the median of a draw is where half of its modes are passed.
    drawn = np.stack([np.bincount(draw, minlength=len(nu)) for draw in draws]).astype(np.int32)[:, glass[order]]
    passed = np.cumsum(drawn, axis=1, dtype=np.int32)
    passed = passed[passed[:, -1] > 0]
    medians = values[order][np.argmax(passed >= passed[:, -1:] / 2, axis=1)]
    return *quantiles, standard_error(medians), len(values)
