"""Vibrational density of states of an ensemble, with its error and its split into extended and localised modes.

Frequencies in any one unit; reduced ones for simulated glasses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from softmodes.arguments import Floats, Seed, finite, increasing, mask, one, positive, summary, whole

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

    edges: Floats
    density: Floats
    error: Floats
    smooth: Floats

    __repr__ = summary

    @property
    def centres(self) -> Floats:
        """Middle of the bins, shape (bins,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2


def density_of_states(
    frequencies: ArrayLike, edges: ArrayLike, *, chosen: ArrayLike | None = None, bandwidth: float = 0.02
) -> DensityOfStates:
    """Density of states with error bars over glasses.

    Parameters
    ----------
    frequencies : array_like, shape (glasses, modes)
        nu of every mode of every glass, of Glasses `frequencies_to()`, which refuses where only the softest are there;
        a single glass may be given as (modes,).
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


def by_glass(name: str, value: object) -> Floats:
    """Return numbers of the modes of glasses as an array (glasses, modes), or raise a ValueError that names them."""
    array = finite(name, value)
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{name} must be (glasses, modes), got {array.shape}")
    return array


def _spread_counts(frequencies: Floats, edges: Floats, bandwidth: float) -> Floats:
    """Spread counts over bins: every frequency is a Gaussian, after sorting into fine bins a tenth as wide."""
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
    soft = _soft(nu, highest)
    counts = soft.sum(axis=1)
    logs = (np.log(highest) - np.log(np.where(soft, nu, highest))).sum(axis=1)
    draws = draws[counts[draws].any(axis=1)]
    error = standard_error(counts[draws].sum(axis=1) / logs[draws].sum(axis=1))
    return float(counts.sum() / logs.sum()), error


def _soft(nu: Floats, highest: float) -> np.ndarray:
    """Which modes lie below the highest frequency; a ValueError if none does, or one there is not positive."""
    soft = nu < highest
    if not soft.any() or np.any(nu[soft] <= 0):
        raise ValueError(f"frequencies must have positive values below {highest:g}, the highest, and no others there")
    return soft


def tail_probability(
    frequencies: ArrayLike, highest: float, *, alpha: float | None = None, rng: Seed = 0, resamples: int = 400
) -> float:
    r"""How probable it is that modes below a frequency which follow a power law are as far from it as these.

    Parameters
    ----------
    frequencies, highest, rng, resamples
        As for `tail_exponent`.
    alpha : float, optional
        Exponent of the law for the number of modes, positive; by default the one that fits best.

    Returns
    -------
    float
        p of the Kolmogorov-Smirnov distance :math:`\max_\nu|F(\nu) - (\nu/\nu_{max})^\alpha|` [-]: small, below 0.05,
        where the law is to be rejected; nan of a single glass.

    Raises
    ------
    ValueError
        As `tail_exponent` does, and if `alpha` is not positive.

    Notes
    -----
    Compared are ensembles drawn from the glasses with replacement, each with its own exponent if that is fitted: by how
    much their departure from their law differs from that of these. So modes of one glass need not be independent.
    """
    nu, highest = np.atleast_2d(finite("frequencies", frequencies)), one(positive, "highest", highest)
    alpha = None if alpha is None else one(positive, "alpha", alpha)
    draws = drawn_members(len(by_glass("frequencies", nu)), rng=rng, resamples=resamples)
    soft = _soft(nu, highest)
    if len(nu) == 1:
        return np.nan
    order = np.argsort(nu[soft])
    ratio, glass = nu[soft][order] / highest, np.nonzero(soft)[0][order]
    drawn = np.stack([np.bincount(draw, minlength=len(nu)) for draw in draws])[:, glass]
    (own,), others = (_departure(each, ratio, alpha) for each in (np.ones((1, len(ratio))), drawn[drawn.any(axis=1)]))
    distances = np.abs(others - own).max(axis=1)
    return float((1 + np.sum(distances >= np.abs(own).max())) / (1 + len(distances)))


def _departure(weights: np.ndarray, ratio: Floats, alpha: float | None) -> Floats:
    """By how much the share of modes below each mode, with and without it, exceeds the power law, for each ensemble."""
    total = weights.sum(axis=1, keepdims=True)
    share = np.cumsum(weights, axis=1) / total
    law = ratio ** (alpha or total / (weights @ -np.log(ratio))[:, None])
    return np.hstack([share - law, share - weights / total - law])


def softest_law(
    lowest: ArrayLike, *, rng: Seed = 0, resamples: int = 400
) -> tuple[tuple[float, float], tuple[float, float]]:
    r"""Weibull distribution of the lowest frequency of glasses.

    .. math:: P(\nu_1 > \nu) = e^{-(\nu/\nu_0)^\alpha}

    Parameters
    ----------
    lowest : array_like, shape (glasses,)
        Lowest frequency of each glass, positive.
    rng, resamples
        As for `tail_exponent`.

    Returns
    -------
    (alpha, error), (scale, error) : tuple of float
        Maximum-likelihood exponent [-] and scale, with standard errors over glasses; nan where no two differ.

    Raises
    ------
    ValueError
        If a frequency is not positive.

    Notes
    -----
    This is the probability that none of :math:`AN\nu^\alpha` independent modes is there that are expected in a glass of
    N atoms, if :math:`\nu_0 = (AN)^{-1/\alpha}` (Lerner, Düring and Bouchbinder, 2016).
    """
    lowest = np.atleast_1d(positive("lowest", lowest))
    if lowest.ndim != 1 or not lowest.size:
        raise ValueError(f"lowest must be one frequency of each glass, got an array of shape {lowest.shape}")
    draws = drawn_members(lowest.size, rng=rng, resamples=resamples)
    (alpha,), (scale,) = _weibull(lowest[None])
    of_alpha, of_scale = (standard_error(each) for each in _weibull(lowest[draws]))
    return (float(alpha), of_alpha), (float(scale), of_scale)


def _weibull(values: Floats) -> tuple[Floats, Floats]:
    """Maximum-likelihood exponents and scales of rows of values; nan where all are alike."""
    logs = np.log(values)
    most = logs.max(axis=1, keepdims=True)
    below, spread = logs - most, logs.std(axis=1, keepdims=True)
    # in units of one over the spread the exponent is about 1.28
    low, high = (np.log(edge / np.maximum(spread, 1e-9)) for edge in (1e-3, 1e3))
    for _ in range(50):
        alpha = np.exp((low + high) / 2)
        weights = np.exp(alpha * below)
        over = np.sum(weights * below, 1, keepdims=True) / weights.sum(1, keepdims=True) - below.mean(1)[:, None]
        low, high = np.where(alpha * over > 1, (low, np.log(alpha)), (np.log(alpha), high))
    alpha[spread <= 1e-9] = np.nan
    return alpha[:, 0], np.exp(most + np.log(np.exp(alpha * below).mean(1, keepdims=True)) / alpha)[:, 0]
