r"""Eqs 6-8: from a crossover temperature to the number of atoms, and back.

SI units. Only the product :math:`N_s a^2` (here `participation_area`) is fixed by an experiment. Eqs 6 and 7
together read :math:`W^3 = \hbar^4 \omega_c^2 / (8 M N_s a^2)`: the area falls with the third power of W.
"""

from numpy.typing import ArrayLike
from scipy.constants import hbar, k, pi

from softmodes.arguments import Numbers, positive, representable

CROSSOVER_RATIO = 1.6
"""W over k_B T* in eq. 8."""


@representable
def quartic_energy(participation_area: ArrayLike, mass: ArrayLike, omega_c: ArrayLike) -> Numbers:
    r"""Mode energy of a purely quartic mode.

    .. math:: \epsilon_0 = \frac{N_s M a^2 \omega_c^2}{2}

    Parameters
    ----------
    participation_area : array_like
        :math:`N_s a^2` [m²], positive.
    mass, omega_c : array_like
        Atomic mass [kg] and crystal-like angular frequency [rad/s], positive.

    Returns
    -------
    ndarray
        :math:`\epsilon_0` [J].

    Notes
    -----
    Eq. 6.
    """
    area, mass = positive("participation_area", participation_area), positive("mass", mass)
    return area * mass * positive("omega_c", omega_c) ** 2 / 2


@representable
def crossover_energy(participation_area: ArrayLike, mass: ArrayLike, omega_c: ArrayLike) -> Numbers:
    r"""Energy at which vibrations give way to tunnelling.

    .. math:: W = \Big(\frac{\hbar^2}{2 N_s M a^2}\Big)^{2/3} \epsilon_0^{1/3}

    Parameters
    ----------
    participation_area : array_like
        :math:`N_s a^2` [m²], positive.
    mass, omega_c : array_like
        Atomic mass [kg] and crystal-like angular frequency [rad/s], positive.

    Returns
    -------
    ndarray
        W [J], the unit in which the levels of :math:`-d^2/dx^2 + x^4` are numbers of order one.

    Notes
    -----
    Eq. 7, with :math:`\epsilon_0` of eq. 6.
    """
    area, mass = positive("participation_area", participation_area), positive("mass", mass)
    return (hbar**2 / (2 * area * mass)) ** (2 / 3) * quartic_energy(area, mass, omega_c) ** (1 / 3)


@representable
def participation_area(crossover_energy: ArrayLike, mass: ArrayLike, omega_c: ArrayLike) -> Numbers:
    r"""Atoms times squared length that a measured crossover energy implies.

    .. math:: N_s a^2 = \frac{\hbar^4 \omega_c^2}{8 M W^3}

    Parameters
    ----------
    crossover_energy : array_like
        W [J], positive.
    mass, omega_c : array_like
        Atomic mass [kg] and crystal-like angular frequency [rad/s], positive.

    Returns
    -------
    ndarray
        :math:`N_s a^2` [m²].

    Notes
    -----
    Eqs 6 and 7 solved for :math:`N_s a^2`: the inverse of `crossover_energy`.
    """
    energy, mass = positive("crossover_energy", crossover_energy), positive("mass", mass)
    # Ordered so that no factor leaves the range of a float: hbar**4 alone is 1e-136.
    return (hbar / energy) ** 2 * (hbar / mass) * (hbar / energy) * positive("omega_c", omega_c) ** 2 / 8


@representable
def crossover_temperature(crossover_energy: ArrayLike) -> Numbers:
    r"""Temperature T* of the minimum of :math:`c_p/T^3`.

    .. math:: T^* = W / 1.6 k_B

    Parameters
    ----------
    crossover_energy : array_like
        W [J], positive.

    Returns
    -------
    ndarray
        T* [K].

    Notes
    -----
    Eq. 8, as quoted by the paper.
    """
    return positive("crossover_energy", crossover_energy) / (CROSSOVER_RATIO * k)


@representable
def crystal_frequency(quartic_energy: ArrayLike, participation_area: ArrayLike, mass: ArrayLike) -> Numbers:
    r"""Crystal-like frequency that a pair of :math:`\epsilon_0` and :math:`N_s a^2` implies.

    .. math:: \nu_c = \frac{1}{2\pi}\Big(\frac{2 \epsilon_0}{N_s M a^2}\Big)^{1/2}

    Parameters
    ----------
    quartic_energy : array_like
        :math:`\epsilon_0` [J], positive.
    participation_area : array_like
        :math:`N_s a^2` [m²], positive.
    mass : array_like
        Atomic mass [kg], positive.

    Returns
    -------
    ndarray
        :math:`\nu_c = \omega_c/2\pi` [Hz].

    Notes
    -----
    Eq. 6 solved for the frequency.
    """
    area, mass = positive("participation_area", participation_area), positive("mass", mass)
    return (2 * positive("quartic_energy", quartic_energy) / (area * mass)) ** 0.5 / (2 * pi)
