r"""Eqs 13, 14 and 17: a local soft vector made up of eigenmodes.

Energies in units of :math:`k_B T`.
"""

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import amplitudes, finite, motions, one, positive, representable
from softmodes.theory.stability import stability_residual


def mode_shares(local_vector: ArrayLike, eigenvectors: ArrayLike) -> np.ndarray:
    r"""Shares of the eigenmodes in a local motion.

    .. math:: (\mathbf{s}\cdot\mathbf{e}_k)^2, \quad \sum_k (\mathbf{s}\cdot\mathbf{e}_k)^2 = 1

    Parameters
    ----------
    local_vector : array_like
        Local soft vector s, shape (atom, 3), of any length; normalised here.
    eigenvectors : array_like
        Orthonormal eigenvectors, shape (mode, atom, 3), real or complex.

    Returns
    -------
    ndarray
        Shares [-], shape (mode,); they add up to 1 if the modes are complete. Those of a glass without its translations
        are so for a vector that does not move the centre of mass.

    Raises
    ------
    ValueError
        If the shapes do not match, or the vector is zero or not finite.

    Notes
    -----
    Eq. 13.
    """
    s, e = motions("local_vector", local_vector), amplitudes("eigenvectors", eigenvectors)
    if s.ndim != 2 or e.ndim != 3 or s.shape != e.shape[1:]:
        raise ValueError(
            "local_vector must have the shape of one eigenvector, and eigenvectors (mode, atom, 3),"
            f" got {s.shape} and {e.shape}"
        )
    with np.errstate(over="ignore"):
        squares = np.sum(np.abs(e) ** 2, axis=(1, 2))
    if not np.allclose(squares, 1, rtol=0, atol=1e-6):
        raise ValueError("eigenvectors must be of unit length to 1e-6")
    overlaps: np.ndarray = np.abs(np.einsum("kij,ij->k", e.conj(), s / np.linalg.norm(s)))
    return overlaps**2


@representable(underflow="ignore")
def local_restoring_force(shares: ArrayLike, eta: ArrayLike) -> float:
    r"""Fraction of the crystal-like restoring force that is left for a local motion.

    .. math:: \eta_s = \sum_k (\mathbf{s}\cdot\mathbf{e}_k)^2 \eta_k

    Parameters
    ----------
    shares, eta : array_like
        Shares of eq. 13 and restoring forces :math:`\eta_k` of the modes [-], shape (mode,).

    Returns
    -------
    float
        :math:`\eta_s` [-].

    Raises
    ------
    ValueError
        If an argument is not finite or the shapes differ.

    Notes
    -----
    Eq. 14: the Rayleigh quotient of the Hessian, in units of :math:`\omega_c^2`.
    """
    shares, eta = _same(shares=shares, eta=eta)
    return float(np.sum(shares * eta))


def local_stability_residual(
    shares: ArrayLike, eta: ArrayLike, beta_epsilon: ArrayLike, beta_epsilon_m: float
) -> float:
    r"""Residual of the stability equation of a local soft spot.

    .. math:: \sum_k \left(\tfrac12\beta\omega_c^2\langle A_k^2\rangle - 2\beta\epsilon_m(1-\eta_k)\right)
        (\mathbf{s}\cdot\mathbf{e}_k)^2

    Parameters
    ----------
    shares, eta, beta_epsilon : array_like
        Shares of eq. 13, restoring forces and mode energies in units of :math:`k_B T` [-], shape (mode,).
    beta_epsilon_m : float
        Formation energy of a local instability in units of :math:`k_B T` [-], positive.

    Returns
    -------
    float
        Residual in units of :math:`k_B T`, zero where the soft spot is balanced.

    Raises
    ------
    ValueError
        If an argument is not finite, an energy not positive, or the shapes differ.

    Notes
    -----
    Eq. 17. Printed without the factor ½, which is required because each term must be eq. 18.
    """
    shares, eta, beta_epsilon = _same(shares=shares, eta=eta, beta_epsilon=beta_epsilon)
    residual = stability_residual(eta, beta_epsilon, one(positive, "beta_epsilon_m", beta_epsilon_m))
    return float(np.sum(residual * shares))


def _same(**arrays: ArrayLike) -> list[np.ndarray]:
    checked = [finite(name, value) for name, value in arrays.items()]
    shapes = [str(array.shape) for array in checked]
    if len(set(shapes)) > 1:
        raise ValueError(f"{' and '.join(arrays)} must have one shape, got {' and '.join(shapes)}")
    if not checked[0].size:
        raise ValueError(f"{' and '.join(arrays)} must hold a mode, got none")
    return checked
