"""Vibrational density of states of an ensemble, with its error and its split into extended and localised modes.

Frequencies in any one unit; reduced ones for simulated glasses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from softmodes.arguments import Seed, finite, increasing, mask, one, positive, summary, whole

from .resampling import drawn_members, standard_error

# A standing plane wave has p = 2/3 and the bulk of a glass 0.54 to 0.58; half of that is the middle of the gap to modes
# of 100 among 1000 atoms.
EXTENDED_RATIO = 0.3


@dataclass(frozen=True, eq=False, kw_only=True)
class DensityOfStates:
    """g(nu), normalised to 1 over all modes of a glass.

    Parameters
    ----------
    edges : ndarray, shape (bins + 1,)
        Of the histogram.
    density : ndarray, shape (bins,)
        Mean over the glasses [1/frequency].
    error : ndarray, shape (bins,)
        Standard error of that mean [1/frequency].
    smooth : ndarray, shape (bins,)
        The same counts spread by a Gaussian, averaged over each bin [1/frequency].
    """

    edges: np.ndarray
    density: np.ndarray
    error: np.ndarray
    smooth: np.ndarray

    __repr__ = summary

    @property
    def centres(self) -> np.ndarray:
        """Middle of the bins, shape (bins,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2


def density_of_states(
    frequencies: ArrayLike, edges: ArrayLike, *, chosen: ArrayLike | None = None, bandwidth: float = 0.02
) -> DensityOfStates:
    """Density of states with error bars over glasses.

    Parameters
    ----------
    frequencies : array_like, shape (glasses, modes)
        nu of every mode of every glass; a single glass may be given as (modes,).
    edges : array_like, shape (bins + 1,)
        Bin edges, increasing.
    chosen : array_like of bool, optional
        Modes to count, of the shape of `frequencies`; the normalisation remains that of all modes, so that the
        densities of extended and localised modes add up to that of all.
    bandwidth : float
        Standard deviation of the Gaussian behind the smooth estimate, in units of frequency, positive.

    Returns
    -------
    DensityOfStates

    Raises
    ------
    ValueError
        If shapes do not match, there is no mode, an edge does not increase, `chosen` is no mask (truth values, or the
        numbers 0 and 1), or the bandwidth is not positive.

    Notes
    -----
    The error is the spread of the glasses' own histograms over the square root of their number: modes of one glass
    repel each other and are no independent counts. A bin with fewer than two counts, or in which all glasses agree, as
    a single one does, gets Poisson's error, of one count at least: an empty bin is not known to be empty.
    """
    nu, edges = by_glass("frequencies", np.atleast_2d(finite("frequencies", frequencies))), increasing("edges", edges)
    chosen = np.full(nu.shape, True) if chosen is None else mask("chosen", chosen, nu.shape, of="frequencies")
    bandwidth, least = one(positive, "bandwidth", bandwidth), 1e-9 * np.abs(nu).max()
    if bandwidth < least:
        raise ValueError(f"bandwidth must be at least {least:g}, 1e-9 of the highest frequency, got {bandwidth:g}")
    glasses, modes = nu.shape
    counts = np.array([np.histogram(own[yes], edges)[0] for own, yes in zip(nu, chosen, strict=True)])
    total = counts.sum(axis=0)
    poisson = np.sqrt(np.maximum(total, 1)) / glasses
    spread = counts.std(axis=0, ddof=1) / np.sqrt(glasses) if glasses > 1 else np.zeros_like(poisson)
    per_count = 1 / (modes * np.diff(edges))
    return DensityOfStates(
        edges=edges,
        density=total / glasses * per_count,
        error=np.where((total < 2) | (spread == 0), poisson, spread) * per_count,
        smooth=_spread_counts(nu[chosen], edges, bandwidth) / glasses * per_count,
    )


def extended_modes(participation_number: ArrayLike, n: int, *, threshold: float = EXTENDED_RATIO) -> np.ndarray:
    """Which modes are extended: p = N_k / n of at least the threshold.

    Parameters
    ----------
    participation_number : array_like
        N_k of eq. 2.
    n : int
        Atoms of the glass.
    threshold : float
        Between 0 and 1.

    Returns
    -------
    ndarray of bool
        Of the shape of `participation_number`.

    Raises
    ------
    ValueError
        If the threshold is not between 0 and 1, a participation number not positive, or `n` not a positive integer.

    Notes
    -----
    Fig. 5; its criterion is not printed. The choice matters at both ends of the spectrum only: vary it to see.
    """
    threshold, n = one(positive, "threshold", threshold), whole("n", n)
    if threshold >= 1:
        raise ValueError(f"threshold must be below 1, got {threshold}")
    return positive("participation_number", participation_number) / n >= threshold


def by_glass(name, value):
    """Return numbers of the modes of glasses as an array (glasses, modes), or raise a ValueError that names them."""
    array = finite(name, value)
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{name} must be (glasses, modes), got {array.shape}")
    return array


def _spread_counts(frequencies, edges, bandwidth):
    """Expected counts per bin when every frequency is a Gaussian, after sorting into fine bins a tenth as wide."""
    if frequencies.size == 0:
        return np.zeros(len(edges) - 1)
    width = bandwidth / 10
    cells, counts = np.unique(np.rint(frequencies / width), return_counts=True)
    below = ndtr((edges[:, None] - cells * width) / bandwidth)
    return np.diff(below, axis=0) @ counts


def tail_exponent(
    frequencies: ArrayLike, highest: float, *, rng: Seed = 0, resamples: int = 400
) -> tuple[float, float]:
    r"""Exponent of the number of modes below a frequency.

    .. math:: N(\nu) \propto \nu^\alpha, \quad \alpha = n \Big/ \sum_{\nu_i < \nu_{max}} \ln(\nu_{max}/\nu_i)

    Parameters
    ----------
    frequencies : array_like, shape (glasses, modes)
        Positive up to `highest`.
    highest : float
        Frequency below which the modes are counted, positive.
    rng : numpy.random.Generator or int
        For the resampling behind the error.
    resamples : int
        Ensembles drawn from the glasses with replacement.

    Returns
    -------
    alpha, error : float
        Maximum-likelihood exponent and its standard error over glasses [-], nan where only one has such a mode or
        all are alike. A density of states :math:`\propto\nu^4` has :math:`\alpha = 5`.

    Raises
    ------
    ValueError
        If no mode lies below `highest`, one there is not positive, or an argument is not finite.
    """
    nu, highest = np.atleast_2d(finite("frequencies", frequencies)), one(positive, "highest", highest)
    draws = drawn_members(len(by_glass("frequencies", nu)), rng=rng, resamples=resamples)
    soft = nu < highest
    if not soft.any() or np.any(nu[soft] <= 0):
        raise ValueError(f"frequencies must have positive values below {highest:g}, the highest, and no others there")
    counts = soft.sum(axis=1)
    logs = (np.log(highest) - np.log(np.where(soft, nu, highest))).sum(axis=1)
    draws = draws[counts[draws].any(axis=1)]
    error = standard_error(counts[draws].sum(axis=1) / logs[draws].sum(axis=1))
    return float(counts.sum() / logs.sum()), error
