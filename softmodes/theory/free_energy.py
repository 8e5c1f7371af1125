r"""Eqs 10-12, 21 and 22: a soft mode as a source of vibrational entropy.

Energies in units of :math:`k_B T`. With :math:`u = (\beta\epsilon_k)^{1/4} x_k` and
:math:`\eta' = (\beta\epsilon_k)^{1/2}\eta_k` every thermal average of the mode is a function of :math:`\eta'` alone.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Floats, Numbers, finite, positive, representable

# The integrand exp(-(η'u² + u⁴)) is cut where it has fallen to e⁻³⁸ = 3e-17, below the rounding of a double. It is
# analytic and decays at both ends, so the trapezoid rule converges exponentially.
_CUT = 38.0
_NODES = 48
# Importing SciPy's takes longer than all else here.
_gamma: Callable[[Numbers], Numbers] = np.vectorize(math.gamma, otypes=[float])
_BLOCK = 2048  # points done together: a block of 2048 x 48 doubles stays in the cache


def thermal_moments(eta_prime: ArrayLike) -> np.ndarray:
    """Return ln ∫exp(min − (hu² + u⁴))du, the mean and the variance of u² for finite h = η', shape (3, ...)."""
    flat = np.ravel(eta_prime)
    blocks = [_block_moments(flat[i : i + _BLOCK]) for i in range(0, max(flat.size, 1), _BLOCK)]
    return np.concatenate(blocks, axis=1).reshape(3, *np.shape(eta_prime))


def _block_moments(h: Floats) -> tuple[Floats, Floats, Floats]:
    # Everything is counted from the bottom of the potential at u0: u = u0 + t, δ = u² - u0² = t(2u0 + t), so that
    # hu² + u⁴ = min + δ(δ + max(h, 0)) has no cancellation, however deep the double well.
    up = np.maximum(h, 0)
    u0 = np.sqrt(np.maximum(-h, 0) / 2)
    reach = _CUT / (up / 2 + np.hypot(up / 2, np.sqrt(_CUT)))  # δ(δ + up) = 38
    top = reach / (u0 + np.sqrt(u0**2 + reach))
    inner = u0**2 - reach
    with np.errstate(divide="ignore"):
        # One well of two where they are far apart; otherwise all of u > 0, by symmetry half of the integral.
        bottom = np.where(inner > 0, -reach / (u0 + np.sqrt(np.maximum(inner, 0))), -u0)
    t = bottom[:, None] + (top - bottom)[:, None] * np.linspace(0, 1, _NODES)
    delta = t * (2 * u0[:, None] + t)
    weight = np.exp(-delta * (delta + up[:, None]))
    weight[:, 0] /= 2  # the end of the rule at u = 0; without effect where the window ends in the tail
    norm = weight.sum(axis=1)
    shift = np.einsum("ij,ij->i", weight, delta) / norm
    delta -= shift[:, None]
    variance = np.einsum("ij,ij,ij->i", weight, delta, delta) / norm
    return np.log(2 * norm * (top - bottom) / (_NODES - 1)), u0**2 + shift, variance


def mean_square_displacement(eta_prime: ArrayLike) -> Numbers:
    r"""Thermal mean square of the reduced displacement u of a mode.

    .. math:: \langle u^2\rangle = \frac{\int u^2 e^{-(\eta' u^2 + u^4)} du}{\int e^{-(\eta' u^2 + u^4)} du}

    Parameters
    ----------
    eta_prime : array_like
        :math:`\eta' = (\beta\epsilon_k)^{1/2} \eta_k` [-], any finite value.

    Returns
    -------
    ndarray
        :math:`\langle u^2\rangle = (\beta\epsilon_k)^{1/2} \langle x_k^2\rangle` [-].

    Notes
    -----
    Eqs 21-24. Limits: :math:`1/2\eta'` (vibration), :math:`\Gamma(3/4)/\Gamma(1/4)` at 0, :math:`|\eta'|/2`
    (double well).

    Examples
    --------
    >>> round(float(mean_square_displacement(0.0)), 8)
    0.33798912
    """
    mean: Numbers = thermal_moments(finite("eta_prime", eta_prime))[1][()]
    return mean


def mean_square_variance(eta_prime: ArrayLike) -> Numbers:
    r"""Thermal variance of u², which is :math:`-d\langle u^2\rangle/d\eta'`.

    .. math:: \langle u^4\rangle - \langle u^2\rangle^2

    Parameters
    ----------
    eta_prime : array_like
        :math:`\eta'` [-], any finite value.

    Returns
    -------
    ndarray
        The variance [-].

    Notes
    -----
    Fluctuation theorem for the integral of eq. 21.
    """
    variance: Numbers = thermal_moments(finite("eta_prime", eta_prime))[2][()]
    return variance


@representable
def power_exponential_integral(w: ArrayLike, n: ArrayLike, z: ArrayLike) -> Numbers:
    r"""Integral that eq. 21 is made of.

    .. math:: \int_0^\infty e^{-w t^n} t^{z-1} dt = \frac{\Gamma(z/n)}{n w^{z/n}}

    Parameters
    ----------
    w, n, z : array_like
        Positive numbers [-].

    Returns
    -------
    ndarray
        The integral [-].

    Notes
    -----
    Eq. 22.
    """
    w, n, z = positive("w", w), positive("n", n), positive("z", z)
    return _gamma(z / n) / (n * w ** (z / n))


@representable
def quartic_mean_square(beta_epsilon: ArrayLike) -> Numbers:
    r"""Mean square of the mode coordinate in a purely quartic potential.

    .. math:: \langle x_k^2 \rangle = \int x^2 e^{-\beta\epsilon_k x^4} dx / Z_k

    Parameters
    ----------
    beta_epsilon : array_like
        Mode energy in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        :math:`\langle x_k^2\rangle` at :math:`\eta_k = 0` [-].

    Notes
    -----
    Eq. 21, evaluated with eq. 22.
    """
    beta_epsilon = positive("beta_epsilon", beta_epsilon)
    return power_exponential_integral(beta_epsilon, 4, 3) / power_exponential_integral(beta_epsilon, 4, 1)


@representable(underflow="ignore")
def mode_free_energy(eta: ArrayLike, beta_epsilon: ArrayLike) -> Numbers:
    r"""Free energy of a mode's coordinate.

    .. math:: \beta F_k = -\ln Z_k, \quad Z_k = \int e^{-\beta\epsilon_k(\eta_k x^2 + x^4)} dx

    Parameters
    ----------
    eta : array_like
        Fraction :math:`\eta_k` of the crystal-like restoring force [-].
    beta_epsilon : array_like
        Mode energy in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        :math:`F_k` in units of :math:`k_B T`.

    Notes
    -----
    Eq. 11.
    """
    eta, beta_epsilon = finite("eta", eta), positive("beta_epsilon", beta_epsilon)
    eta_prime = eta * np.sqrt(beta_epsilon)
    bottom = -((np.minimum(eta_prime, 0) / 2) ** 2)
    free_energy: Numbers = (np.log(beta_epsilon) / 4 + bottom - thermal_moments(eta_prime)[0])[()]
    return free_energy


@representable(underflow="ignore")
def entropic_force(eta: ArrayLike, beta_epsilon: ArrayLike) -> Numbers:
    r"""Rise of the mode's free energy with its restoring force.

    .. math:: \beta\,\delta F_k/\delta\eta_k = \beta\epsilon_k \langle x_k^2\rangle

    Parameters
    ----------
    eta : array_like
        Fraction :math:`\eta_k` of the crystal-like restoring force [-].
    beta_epsilon : array_like
        Mode energy in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        The derivative in units of :math:`k_B T`; for a harmonic mode :math:`1/2\eta_k`, which diverges at 0.

    Notes
    -----
    Eqs 12 and 18, first part.
    """
    root = np.sqrt(positive("beta_epsilon", beta_epsilon))
    return root * mean_square_displacement(finite("eta", eta) * root)
