"""Molecular dynamics: energy-conserving steps, the melt, and the quench.

Reduced units sigma = epsilon = m = 1; temperatures are k_B T in epsilon, times in units of sigma (m / epsilon)^(1/2).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Seed, between, finite, generator, increasing, one, shown, whole

from .configuration import Configuration, Structure, lattice, moderate
from .minimization import minimize
from .potential import SKIN, InversePower, inverse_power, known_potential, with_its_potential

# Steps between two draws of all velocities: half a time unit, several collision times of this liquid.
_STEPS_PER_DRAW = 50
# A week of steps of the smallest system, and what a large machine can hold the neighbours of.
MOST_STEPS, MOST_ATOMS = 10**9, 10**7


def velocity_verlet(
    configuration: Structure,
    velocities: ArrayLike,
    *,
    steps: int,
    dt: float = 0.01,
    potential: InversePower | None = None,
) -> tuple[Configuration, np.ndarray, float]:
    """Follow Newton's equations; the energy error is of order ``dt**2`` and does not grow.

    Parameters
    ----------
    configuration : Configuration
    velocities : array_like, shape (n, 3)
        [sigma / time]; not changed.
    steps : int
        At least 1.
    dt : float
        Time step; 0.01 keeps the energy to 1e-4 of the kinetic energy at T = 1, 0.015 no longer does.
    potential : InversePower, optional
        The structure's own by default, r^-6 for a bare Configuration; it may be another.

    Returns
    -------
    (Configuration, ndarray, float)
        Final configuration and velocities, and the final total energy.

    Raises
    ------
    ValueError
        If `steps` is not positive, `dt` not between 1e-12 and 1, the shapes differ, or the box is too small for the
        potential.
    RuntimeError
        If the energy was not conserved to a tenth of the kinetic energy: the step is too long.
    """
    from . import kernels

    configuration, potential = with_its_potential(configuration, potential)
    steps, dt = whole("steps", steps, most=MOST_STEPS), one(between, "dt", dt, 1e-12, 1)
    velocities = np.array(finite("velocities", velocities), order="C")
    if velocities.shape != configuration.positions.shape:
        raise ValueError(f"velocities must have shape {configuration.positions.shape}, got {velocities.shape}")
    state = configuration.moved(configuration.positions)
    # positions so far outside lose the digits that tell atoms apart
    if not dt * np.abs(velocities).max() < state.box.max():
        raise RuntimeError(f"an atom crosses the box in a step of {dt}; try a shorter dt or a lower temperature")
    pairs = potential.pairs(state, skin=SKIN)
    energy, forces = potential.energy_and_forces(state, pairs)
    kinetic = 0.5 * np.sum(velocities**2)
    start, done = energy + kinetic, 0
    while done < steps:
        rest = dt, SKIN / 2, state.box, state.diameters, *pairs, *potential.parameters
        completed, energy, stale = kernels.verlet_steps(state.positions, velocities, forces, steps - done, *rest)
        done += completed
        if not (np.isfinite(energy) and np.isfinite(velocities).all() and np.isfinite(state.positions).all()):
            break
        if stale:
            pairs = potential.pairs(state, skin=SKIN)
            energy, forces = potential.energy_and_forces(state, pairs)
            velocities += 0.5 * dt * forces
            done += 1
    moving = 0.5 * np.sum(velocities**2)
    # runs with a fitting step lose 0.002 of it at most; not (<) also catches nan
    if not abs(energy + moving - start) < 0.1 * max(kinetic, moving):
        raise RuntimeError(
            f"dynamics did not conserve the energy over {done} steps of {dt}; try a shorter dt or a lower temperature"
        )
    return state, velocities, energy + moving


def thermal_velocities(n: int, temperature: float, rng: Seed) -> np.ndarray:
    """Maxwell's distribution of n atoms without motion of the whole, shape (n, 3).

    `temperature` is k_B T [epsilon], from 1e-12 to 1e6, `rng` a Generator or an int; a ValueError if one is not.
    """
    temperature, n = moderate("temperature", temperature), whole("n", n, most=MOST_ATOMS)
    velocities = generator("rng", rng).normal(scale=np.sqrt(temperature), size=(n, 3))
    velocities -= velocities.mean(axis=0)
    return velocities


def square_displacements(
    configuration: Structure,
    velocities: ArrayLike,
    steps: Sequence[int] | np.ndarray,
    *,
    dt: float = 0.01,
    potential: InversePower | None = None,
) -> np.ndarray:
    """Mean square displacement in energy-conserving dynamics from a start.

    Parameters
    ----------
    configuration, velocities
        The start; velocities without motion of the whole.
    steps : sequence of int, ascending
        After how many time steps to look.
    dt, potential
        As for `velocity_verlet`, which also says what is raised.

    Returns
    -------
    ndarray, shape (steps,)
        Mean over the atoms of the square of the distance from the start, in three dimensions [sigma^2].
    """
    configuration, potential = with_its_potential(configuration, potential)
    if not isinstance(steps, list | tuple | np.ndarray) or not len(steps):
        raise ValueError(f"steps must be a sequence of ascending integers, got {shown(steps)}")
    increasing("steps", [0, *(whole("steps", step) for step in steps)])
    state, found = configuration, []
    for length in np.diff(steps, prepend=0):
        state, velocities, _ = velocity_verlet(state, velocities, steps=length, dt=dt, potential=potential)
        found.append(np.sum((state.positions - configuration.positions) ** 2) / len(state.positions))
    return np.array(found)


def melt(
    n: int,
    *,
    rng: Seed,
    temperature: float = 1.0,
    steps: int = 3000,
    dt: float = 0.01,
    density: float = 1.0,
    potential: InversePower = inverse_power,
) -> Configuration:
    """Liquid in equilibrium, from a cubic mesh that melts at once.

    Parameters
    ----------
    n : int
        Atoms; the box must span two cutoffs, which takes 216 at density 1.
    rng : numpy.random.Generator or int
    temperature : float
        k_B T [epsilon]; the crystal of the paper's exponent melts at 0.186.
    steps, dt
        Length of the run; 3000 steps of 0.01 by default.
    density : float
        n / V [sigma^-3].
    potential : InversePower

    Returns
    -------
    Configuration

    Raises
    ------
    ValueError
        If an argument is out of its range (temperature and density from 1e-12 to 1e6, dt up to 1), or the box too small
        for the potential.

    Notes
    -----
    Thermostat: all velocities are drawn anew every half time unit (Andersen's collisions, all at once). It samples the
    canonical distribution as exactly as the steps between the draws conserve energy, and has no parameter to tune.

    References
    ----------
    .. [1] Andersen (1980), J. Chem. Phys. 72, 2384.
    """
    known_potential(potential)
    rng, n = generator("rng", rng), whole("n", n, most=MOST_ATOMS)
    density, temperature = moderate("density", density), moderate("temperature", temperature)
    whole("steps", steps, most=MOST_STEPS)
    least = int(np.ceil(density * (2 * potential.cutoff) ** 3 - 1e-9))
    if n < least:
        raise ValueError(f"n must be at least {least} at density {density:g} (box of two cutoffs), got {n}")
    edge, mesh = np.cbrt(n / density), int(np.ceil(np.cbrt(n) - 1e-9))
    sites = lattice("sc", mesh).positions * (edge / mesh)
    start = Configuration(rng.permutation(sites)[:n], edge)
    return hold(start, temperature, rng=rng, steps=steps, dt=dt, potential=potential)


def hold(
    configuration: Structure,
    temperature: float,
    *,
    rng: Seed,
    steps: int,
    dt: float = 0.01,
    potential: InversePower | None = None,
) -> Configuration:
    """Hold a configuration at one temperature over a number of steps, with the thermostat of `melt`."""
    configuration, potential = with_its_potential(configuration, potential)
    temperature, steps = moderate("temperature", temperature), whole("steps", steps, most=MOST_STEPS)
    temperatures = np.full(-(-steps // _STEPS_PER_DRAW), temperature)
    return _thermalized(configuration, temperatures, steps, dt, generator("rng", rng), potential)


def quench(
    configuration: Structure,
    *,
    rng: Seed | None = None,
    cooling_steps: int = 0,
    temperature: float = 1.0,
    dt: float = 0.01,
    potential: InversePower | None = None,
) -> Configuration:
    """Inherent structure below a liquid configuration.

    Parameters
    ----------
    configuration : Configuration
        A liquid.
    rng : numpy.random.Generator or int, optional
        Needed for cooling over a number of steps.
    cooling_steps : int
        0 minimises at once; otherwise the temperature falls linearly to zero over so many steps first.
        Slow cooling crystallises: 1 of 6 glasses over 1e4 steps, 5 of 6 over 1e5.
    temperature : float
        Where cooling starts [epsilon].
    dt : float
        Time step while cooling.
    potential : InversePower, optional
        As for `velocity_verlet`.

    Returns
    -------
    Configuration

    Raises
    ------
    ValueError
        If `cooling_steps` is negative, or positive without `rng`, or a temperature not between 1e-12 and 1e6.
    RuntimeError
        If the minimum was not reached.
    """
    configuration, potential = with_its_potential(configuration, potential)
    temperature = moderate("temperature", temperature)
    if isinstance(cooling_steps, bool) or not np.array_equal(cooling_steps, 0):
        whole("cooling_steps", cooling_steps, most=MOST_STEPS)
        if rng is None:
            raise ValueError("rng must be a Generator or an int when cooling_steps is positive, got None")
        draws = -(-cooling_steps // _STEPS_PER_DRAW)
        temperatures = temperature * (1 - (np.arange(draws) + 0.5) / draws)
        rng = generator("rng", rng)
        configuration = _thermalized(configuration, temperatures, cooling_steps, dt, rng, potential)
    return minimize(configuration, potential=potential)


def _thermalized(configuration: Configuration, temperatures: np.ndarray, steps: int, dt: float,
                 rng: np.random.Generator, potential: InversePower) -> Configuration:  # fmt: skip
    """Dynamics over `steps` with velocities drawn at one temperature after the other, at even distances."""
    ends = np.linspace(0, steps, len(temperatures) + 1).round().astype(int)
    for temperature, (start, stop) in zip(temperatures, pairwise(ends), strict=True):
        velocities = thermal_velocities(len(configuration.positions), temperature, rng)
        configuration = velocity_verlet(configuration, velocities, steps=stop - start, dt=dt, potential=potential)[0]
    return configuration
