"""Descent to an inherent structure: a minimum of the potential energy.

Reduced units sigma = epsilon = m = 1.
"""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import one, positive, unit_motion, whole

from .configuration import Configuration, Structure
from .potential import SKIN, InversePower, with_its_potential

# FIRE's published parameters, except the longest step: 0.10 stays below 2 / omega_max = 0.16 of these glasses; at 0.14
# the descent takes six times as many force calls.
_LONGEST_STEP, _PATIENCE, _FASTER, _SLOWER, _MIXING, _LESS_MIXING = 0.10, 5, 1.1, 0.5, 0.1, 0.99
# One atom moves at most so far in a step: from a random start the forces are enormous.
_LONGEST_MOVE = 0.1
# So few pushes can hold an atom from all sides: three in a plane let it out of it.
_HOLDING = 4


def minimize(
    configuration: Structure,
    *,
    tolerance: float = 1e-10,
    steps: int = 50_000,
    across: ArrayLike | None = None,
    potential: InversePower | None = None,
) -> Configuration:
    """Minimum of the potential energy nearest downhill.

    Parameters
    ----------
    configuration : Configuration
    tolerance : float
        Largest force component that may remain [epsilon/sigma]. The softest eigenvalue is a thousandth of the
        largest or less, so that a loose minimum spoils just the modes of interest.
    steps : int
        Most force calls; about 1300 are usual.
    across : array_like, shape (n, 3), optional
        Direction along which nothing moves: of the forces, only what is perpendicular to it counts. One that contains a
        translation is no hindrance.
    potential : InversePower, optional
        The structure's own by default, r^-6 for a bare Configuration; it may be another.

    Returns
    -------
    Configuration

    Raises
    ------
    ValueError
        If `tolerance` or `steps` is not positive, `across` zero or of another shape, or the box too small for the
        potential.
    RuntimeError
        If the tolerance was not reached; says what was.

    Warns
    -----
    UserWarning
        If atoms have too few neighbours within the cutoff to be held by them.

    Notes
    -----
    FIRE: dynamics whose velocity is steered towards the force and stopped when it runs uphill. Other methods end in
    other minima, and quasi-Newton line searches stall near 1e-6, where energy differences drown in rounding.

    References
    ----------
    .. [1] Bitzek, Koskinen, Gähler, Moseler and Gumbsch (2006), Phys. Rev. Lett. 97, 170201.
    """
    configuration, potential = with_its_potential(configuration, potential)
    tolerance, steps = one(positive, "tolerance", tolerance), whole("steps", steps)
    state = configuration.moved(configuration.positions)
    held = None if across is None else unit_motion("across", across, state.positions.shape)
    velocities = np.zeros_like(state.positions)
    dt, mixing, downhill, largest = _LONGEST_STEP / 10, _MIXING, 0, np.inf
    pairs, listed = None, None
    for _ in range(steps):
        if pairs is None or np.sum((state.positions - listed) ** 2, axis=1).max() > (SKIN / 2) ** 2:
            pairs, listed = potential.pairs(state, skin=SKIN), state.positions.copy()
        forces = potential.energy_and_forces(state, pairs)[1]
        if held is not None:
            forces -= np.vdot(forces, held) * held
        largest = np.abs(forces).max()
        if largest <= tolerance:
            warn_of_loose_atoms(state, potential)
            return state
        if np.vdot(forces, velocities) > 0:
            downhill += 1
            if downhill > _PATIENCE:
                dt, mixing = min(dt * _FASTER, _LONGEST_STEP), mixing * _LESS_MIXING
        else:
            dt, mixing, downhill = dt * (_SLOWER if downhill else 1), _MIXING, 0
            velocities[:] = 0
        _advance(state.positions, velocities, forces, dt, mixing)
    raise RuntimeError(
        f"minimisation reached a largest force of {largest:.2e} after {steps} steps, not {tolerance:.0e};"
        " allow more steps or a larger tolerance"
    )


def warn_of_loose_atoms(configuration: Structure, potential: InversePower) -> None:
    """Warn where atoms have too few neighbours to be held, as they have if lengths are not in units of sigma.

    The warning is that of the call to the function which asks for it.
    """
    neighbours, n = np.diff(potential.pairs(configuration)[0]), len(configuration.positions)
    if loose := int(np.sum(neighbours < _HOLDING)):
        warnings.warn(
            f"{loose} of {n} atoms have fewer than {_HOLDING} neighbours within the cutoff {potential.cutoff:g}, too"
            " few to hold them; positions and box must be in units of sigma, of a density near 1, got a density of"
            f" {n / configuration.box.prod():.2g}",
            stacklevel=3,
        )


def _advance(positions: np.ndarray, velocities: np.ndarray, forces: np.ndarray, dt: float, mixing: float) -> None:
    """One steered step, in place."""
    velocities += dt * forces
    speed, strength = np.linalg.norm(velocities), np.linalg.norm(forces)
    velocities += mixing * (forces * (speed / strength) - velocities)
    move = dt * velocities
    longest = np.abs(move).max()
    positions += move * min(1.0, _LONGEST_MOVE / longest)
