"""Mixtures of many sizes, and swap moves: equilibrium far below where dynamics freezes in.

Reduced units: lengths in the mean diameter sigma, energies in epsilon; temperatures are k_B T.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from softmodes.arguments import Seed, between, generator, one, whole

from .configuration import DIAMETERS, Configuration, Structure, lattice, moderate
from .dynamics import MOST_ATOMS
from .potential import InversePower, inverse_power, known_potential, with_its_potential

SPREAD = 0.23
"""Standard deviation of the diameters over their mean, of a mixture that does not crystallise."""

# Diameters that differ by more are hardly ever exchanged with success; of five moves one tries an exchange.
_WIDEST, _SHARE = 0.15, 0.2
# A list of pairs stays complete until an atom has moved by half of the one, or grown by the other: these are fastest.
_SKIN, _ROOM = 0.8, 0.3
LONGEST_STEP = _SKIN / 3**0.5
"""Edge of the cube of a move [sigma]: a new list is complete for any move within it."""

_MOST_SWEEPS = 10**9


def polydisperse_diameters(n: int, spread: float = SPREAD) -> np.ndarray:
    r"""Diameters at equal distances in the probability :math:`P(\sigma)\propto\sigma^{-3}`, ascending, shape (n,).

    Their mean is 1 and their standard deviation `spread`, from 0.01 to 0.3; a ValueError if it is another.

    References
    ----------
    .. [1] Ninarello, Berthier and Coslovich (2017), Phys. Rev. X 7, 021039.
    """
    spread, places = (
        one(between, "spread", spread, 0.01, 0.3),
        (np.arange(whole("n", n, least=2, most=MOST_ATOMS)) + 0.5) / n,
    )

    def with_ratio(ratio: float) -> np.ndarray:
        # the cumulated probability from 1 to sigma, inverted
        sizes: np.ndarray = (1 - places * (1 - ratio**-2)) ** -0.5
        sizes /= sizes.mean()
        return sizes

    return with_ratio(brentq(lambda ratio: with_ratio(ratio).std() - spread, 1.001, 20))


def mixture(diameters: ArrayLike, *, rng: Seed, potential: InversePower = inverse_power) -> Configuration:
    """Atoms of these diameters [sigma] at random places of a cubic mesh of density 1, for Monte Carlo moves to melt.

    A ValueError if a diameter is not between 0.1 and 2.
    """
    known_potential(potential)
    diameters, rng = np.atleast_1d(between("diameters", diameters, *DIAMETERS)), generator("rng", rng)
    n = len(diameters)
    if not n or diameters.ndim != 1:
        raise ValueError(f"diameters must be those of one atom or more, got shape {diameters.shape}")
    edge, mesh = np.cbrt(n), int(np.ceil(np.cbrt(n) - 1e-9))
    sites = lattice("sc", mesh).positions * (edge / mesh)
    return Configuration(rng.permutation(sites)[:n], edge, potential, diameters)


def swap_monte_carlo(
    configuration: Structure,
    temperature: float,
    *,
    rng: Seed,
    sweeps: int,
    step: float = LONGEST_STEP,
    potential: InversePower | None = None,
) -> tuple[Configuration, np.ndarray, np.ndarray]:
    """Equilibrium of a mixture by moves of single atoms and exchanges of diameters.

    Parameters
    ----------
    configuration : Configuration
        With diameters.
    temperature : float
        k_B T [epsilon].
    rng : numpy.random.Generator or int
    sweeps : int
        Of n trials; every fifth trial is an exchange, the others move one atom within a cube.
    step : float
        Edge of that cube [sigma], at most `LONGEST_STEP`.
    potential : InversePower, optional
        The structure's own by default.

    Returns
    -------
    configuration : Configuration
        The last one; each atom has its place and its diameter of then.
    energies : ndarray, shape (sweeps,)
        After each sweep, per atom [epsilon].
    acceptance : ndarray, shape (2,)
        Part of the moves and of the exchanges that were accepted [-].

    Raises
    ------
    ValueError
        If the configuration has no diameters, an argument is out of range or the box too small.

    Notes
    -----
    Metropolis's rule with symmetric trials: detailed balance with respect to exp(-U/k_BT), whatever the step. Exchanges
    are tried between diameters that differ by up to 0.15.

    References
    ----------
    .. [1] Ninarello, Berthier and Coslovich (2017), Phys. Rev. X 7, 021039.
    """
    from . import kernels

    configuration, potential = with_its_potential(configuration, potential)
    if configuration.diameters is None:
        raise ValueError("configuration must have diameters, got one of which all atoms are alike")
    temperature, rng = moderate("temperature", temperature), generator("rng", rng)
    trace, step = np.empty(whole("sweeps", sweeps, most=_MOST_SWEEPS)), one(between, "step", step, 1e-6, LONGEST_STEP)
    state, energy = configuration.moved(configuration.positions), potential.energy(configuration)
    diameters, moves = configuration.diameters.copy(), (temperature, step, _WIDEST, _SHARE, _SKIN, _ROOM)
    counts = kernels.swap_sweeps(
        state.positions, diameters, state.box, *moves, *potential.parameters, energy, trace, rng
    )
    n = len(diameters)
    return (
        Configuration(state.positions, state.box, potential, diameters),
        trace / n,
        counts[:, 1] / np.maximum(counts[:, 0], 1),
    )
