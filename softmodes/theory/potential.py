r"""Section 2: how many atoms take part in a mode, and the potential they move in (eqs 1-5).

SI units; the mode coordinate :math:`x_k` and the fraction :math:`\eta_k` are dimensionless.
"""

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Numbers, finite, motions, positive, representable


def participation_number(eigenvectors: ArrayLike) -> Numbers:
    r"""Return the number of atoms that take part in a mode.

    .. math:: N_k = \Big(\sum_i |\mathbf{e}_i^k|^4\Big)^{-1} \quad\text{with}\quad \sum_i |\mathbf{e}_i^k|^2 = 1

    Parameters
    ----------
    eigenvectors : array_like
        Displacements of the modes, shape (..., atom, 3), real or complex; any length, the normalisation of eq. 1 is
        done here.

    Returns
    -------
    ndarray
        Participation numbers [-], shape (...), from 1 (one atom moves) to the number of atoms (all move alike).

    Raises
    ------
    ValueError
        If the last axis is not 3 long, or a mode is zero or not finite.

    Notes
    -----
    Eqs 1 and 2. The fourth power is that of an atom's whole displacement, not of its three components.

    Examples
    --------
    >>> float(participation_number([[1, 0, 0], [0, -1, 0]]))
    2.0
    """
    e = motions("eigenvectors", eigenvectors)
    squares = np.sum((e * e.conj()).real, axis=-1)
    atoms: Numbers = 1 / np.sum((squares / np.sum(squares, axis=-1, keepdims=True)) ** 2, axis=-1)
    return atoms


@representable(underflow="ignore")
def quartic_potential(displacement: ArrayLike, mass: ArrayLike, a: ArrayLike, omega_c: ArrayLike) -> Numbers:
    r"""Fourth-order potential of a single atom.

    .. math:: V_4(u_i) = \frac{M a^2 \omega_c^2}{2} \Big(\frac{u_i}{a}\Big)^4

    Parameters
    ----------
    displacement : array_like
        Displacement :math:`u_i` of the atom [m].
    mass : array_like
        Atomic mass M [kg], positive.
    a : array_like
        Length at which the quartic term equals the harmonic term of an unsoftened mode [m], positive.
    omega_c : array_like
        Crystal-like angular frequency [rad/s], positive.

    Returns
    -------
    ndarray
        Energy [J].

    Notes
    -----
    Eq. 3.
    """
    u = finite("displacement", displacement)
    mass, a, omega_c = positive("mass", mass), positive("a", a), positive("omega_c", omega_c)
    return mass * a**2 * omega_c**2 / 2 * (u / a) ** 4


@representable(underflow="ignore")
def mode_coordinate(amplitude: ArrayLike, participation_number: ArrayLike, mass: ArrayLike, a: ArrayLike) -> Numbers:
    r"""Displacement of a typical atom of the mode, in units of a.

    .. math:: x_k = \frac{A_k}{(N_k M a^2)^{1/2}}

    Parameters
    ----------
    amplitude : array_like
        Mass-weighted mode amplitude :math:`A_k` [kg^½ m]: atom i moves by :math:`A_k \mathbf{e}_i / \sqrt{M}`.
    participation_number : array_like
        :math:`N_k` of eq. 2 [-], positive.
    mass, a : array_like
        Atomic mass [kg] and the length of eq. 3 [m], positive.

    Returns
    -------
    ndarray
        :math:`x_k` [-].

    Notes
    -----
    Eq. 4.
    """
    n_k, mass = positive("participation_number", participation_number), positive("mass", mass)
    return finite("amplitude", amplitude) / np.sqrt(n_k * mass * positive("a", a) ** 2)


@representable
def mode_energy(participation_number: ArrayLike, mass: ArrayLike, a: ArrayLike, omega_c: ArrayLike) -> Numbers:
    r"""Energy scale of a mode, proportional to the number of atoms in it.

    .. math:: \epsilon_k = N_k M a^2 \omega_c^2 / 2

    Parameters
    ----------
    participation_number : array_like
        :math:`N_k` of eq. 2 [-], positive.
    mass, a, omega_c : array_like
        Atomic mass [kg], length of eq. 3 [m] and crystal-like angular frequency [rad/s], positive.

    Returns
    -------
    ndarray
        :math:`\epsilon_k` [J].

    Notes
    -----
    Eq. 5, second line.
    """
    n_k, mass = positive("participation_number", participation_number), positive("mass", mass)
    return n_k * mass * positive("a", a) ** 2 * positive("omega_c", omega_c) ** 2 / 2


@representable(underflow="ignore")
def mode_potential(x: ArrayLike, eta: ArrayLike, epsilon: ArrayLike) -> Numbers:
    r"""Potential of a mode: vibration (η > 0), quartic oscillator (η = 0) or double well (η < 0).

    .. math:: V_k(x_k) = \epsilon_k (\eta_k x_k^2 + x_k^4)

    Parameters
    ----------
    x : array_like
        Mode coordinate of eq. 4 [-].
    eta : array_like
        Fraction :math:`\eta_k` of the crystal-like restoring force [-].
    epsilon : array_like
        Mode energy :math:`\epsilon_k` in any unit of energy, positive.

    Returns
    -------
    ndarray
        Energy in the unit of `epsilon`, of the broadcast shape of the arguments.

    Notes
    -----
    Eq. 5. A double well has its minima at :math:`x^2 = -\eta/2` and a barrier of :math:`\epsilon\eta^2/4`.

    Examples
    --------
    >>> float(mode_potential(0.5, -0.5, 16.0))
    -1.0
    """
    x, eta = finite("x", x), finite("eta", eta)
    return positive("epsilon", epsilon) * (eta * x**2 + x**4)
