r"""The free-energy landscape behind eq. 18: eq. 15 plus eq. 11, its stationary points and its spinodal.

Energies in units of :math:`k_B T`.
"""

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Numbers, finite, one, positive, representable
from softmodes.theory.free_energy import mean_square_variance, mode_free_energy, thermal_moments
from softmodes.theory.roots import energy, root
from softmodes.theory.stability import stability_residual


@representable(underflow="ignore")
def distortion_energy(eta: ArrayLike, beta_epsilon_m: ArrayLike) -> Numbers:
    r"""Energy that softens a stable structure locally.

    .. math:: \beta U_s = \beta\epsilon_m (1 - \eta)^2

    Parameters
    ----------
    eta : array_like
        Fraction of the crystal-like restoring force that is left [-].
    beta_epsilon_m : array_like
        Formation energy of a local instability in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        Energy in units of :math:`k_B T`.

    Notes
    -----
    Eq. 15, an assumption of the paper.
    """
    return positive("beta_epsilon_m", beta_epsilon_m) * (1 - finite("eta", eta)) ** 2


@representable(underflow="ignore")
def local_free_energy(eta: ArrayLike, beta_epsilon: ArrayLike, beta_epsilon_m: ArrayLike) -> Numbers:
    r"""Free energy of a soft spot: what it costs to soften it, and the entropy that is gained.

    .. math:: \beta F(\eta) = \beta\epsilon_m (1 - \eta)^2 - \ln Z_k(\eta)

    Parameters
    ----------
    eta : array_like
        Fraction :math:`\eta_k` of the crystal-like restoring force [-].
    beta_epsilon, beta_epsilon_m : array_like
        Mode energy and formation energy of a local instability in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        Free energy in units of :math:`k_B T`; stationary where `stability_residual` is zero.

    Notes
    -----
    The landscape whose derivative is eq. 18: eq. 15 plus the free energy of eq. 11.
    """
    return distortion_energy(eta, beta_epsilon_m) + mode_free_energy(eta, beta_epsilon)


def spinodal(beta_epsilon: ArrayLike) -> tuple[Numbers, Numbers]:
    r"""Where the minimum and the maximum of the free energy annihilate.

    .. math:: \partial^2 F/\partial\eta^2 = \partial F/\partial\eta = 0: \quad
        \beta\epsilon_m = \tfrac12 \beta\epsilon_k \left(\langle u^4\rangle - \langle u^2\rangle^2\right), \quad
        1 - \eta = \frac{\langle u^2\rangle}{(\beta\epsilon_k)^{1/2} (\langle u^4\rangle - \langle u^2\rangle^2)}

    Parameters
    ----------
    beta_epsilon : array_like
        Mode energy in units of :math:`k_B T` [-], from 1e-8 to 1e12.

    Returns
    -------
    eta, beta_epsilon_m : ndarray
        Restoring force at the spinodal [-] and formation energy below which the landscape has no minimum and maximum;
        towards ½ and 1, the limits of eq. 19, for large `beta_epsilon`.

    Notes
    -----
    From the second derivative of the landscape behind eq. 18.
    """
    scale = np.sqrt(energy("beta_epsilon", beta_epsilon))

    def fold(x: Numbers) -> Numbers:
        h = np.sinh(x)
        _, mean, variance = thermal_moments(h)
        slope: Numbers = (scale - h) * variance - mean
        return slope

    # At η' = -sinh(19) the variance has reached ½ to the rounding of a double.
    h = np.sinh(root(fold, -19.0, np.arcsinh(scale)))
    return h / scale, scale**2 * mean_square_variance(h) / 2


def extrema(beta_epsilon: float, beta_epsilon_m: float) -> tuple[float, float]:
    r"""Restoring forces at which the free energy of a soft spot is stationary.

    Parameters
    ----------
    beta_epsilon, beta_epsilon_m : float
        Mode energy and formation energy of a local instability in units of :math:`k_B T` [-], 1e-8 to 1e12.

    Returns
    -------
    minimum, maximum : float
        :math:`\eta_k` [-] of the weakly softened, metastable state and of the strongly softened one. Both nan below the
        spinodal; the maximum alone is nan for :math:`\epsilon_k \le 4\epsilon_m`, where it has moved to
        :math:`-\infty` (below -1e12).

    Notes
    -----
    Eq. 20 solved for :math:`\eta_k`.
    """
    beta_epsilon = one(energy, "beta_epsilon", beta_epsilon)
    b = one(energy, "beta_epsilon_m", beta_epsilon_m)
    fold, least = spinodal(beta_epsilon)
    if b < least:
        return np.nan, np.nan
    scale = np.sqrt(beta_epsilon)

    def residual(x: Numbers) -> Numbers:
        return stability_residual(np.sinh(x) / scale, beta_epsilon, b)

    middle = np.arcsinh(fold * scale)
    minimum = np.sinh(root(residual, np.arcsinh(scale), middle)) / scale
    if beta_epsilon <= 4 * b * (1 + 1e-12):  # rounding decides what lies beyond η = -1e12, or η' = -sinh(42)
        return float(minimum), np.nan
    return float(minimum), float(np.sinh(root(residual, -43.0, middle)) / scale)
