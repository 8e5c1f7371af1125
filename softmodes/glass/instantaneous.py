"""Instantaneous normal modes: the Hessian of a liquid where it happens to be, not at a minimum.

Reduced units sigma = epsilon = m = 1 at density 1; temperatures are k_B T in epsilon, frequencies nu.
"""

from dataclasses import dataclass

import numpy as np

from softmodes.theory.arguments import one, positive

from .configuration import whole
from .dynamics import melt, quench, thermal_velocities, velocity_verlet
from .modes import normal_modes
from .potential import inverse_power
from .preparation import inherent_structure
from .storage import load_arrays

# Ten time units in the melt; half a one between two draws of all velocities, as there.
_MELTING_STEPS, _STEPS_PER_DRAW = 1000, 50
# From far above freezing, 0.190, down into the glass.
_TEMPERATURES = (1.0, 0.7, 0.475, 0.3, 0.19, 0.15, 0.114, 0.05)


@dataclass(frozen=True, eq=False, kw_only=True)
class Liquids:
    """Instantaneous normal modes of independent snapshots at several temperatures.

    Parameters
    ----------
    parameters : dict
        What they were made with: n, seed, steps, temperatures.
    frequencies : ndarray, shape (temperatures, count, 3n - 3)
        nu, ascending; imaginary ones are negative.
    participation_number : ndarray, shape (temperatures, count, 3n - 3)
        N_k.
    energy : ndarray, shape (temperatures, count, 2)
        Potential energy per atom half way through the run and at its end [epsilon]: equal means in equilibrium.
    configurational_temperature : ndarray, shape (temperatures, count)
        Of the snapshot, |F|^2 / tr H [epsilon]; its mean is the thermostat's temperature in equilibrium.
    order, excess, rejected : ndarray, shape (temperatures, count)
        Of the inherent structure below the snapshot, and the crystallised runs before it, as in InherentStructure.
    """

    parameters: dict
    frequencies: np.ndarray
    participation_number: np.ndarray
    energy: np.ndarray
    configurational_temperature: np.ndarray
    order: np.ndarray
    excess: np.ndarray
    rejected: np.ndarray

    @property
    def temperatures(self):
        """k_B T of the ensembles [epsilon], shape (temperatures,)."""
        return np.array(self.parameters["temperatures"])

    @property
    def unstable_fraction(self):
        """Modes with negative omega^2 among all 3n - 3, shape (temperatures, count)."""
        return np.mean(self.frequencies < 0, axis=-1)

    def participation_ratio(self, *, unstable):
        """Mean p = N_k / n of unstable or stable modes, shape (temperatures, count); nan if a snapshot has none."""
        chosen = (self.frequencies < 0) == unstable
        modes = np.where(chosen.any(axis=-1), chosen.sum(axis=-1), np.nan)
        return np.sum(self.participation_number, axis=-1, where=chosen) / modes / self.parameters["n"]


def sample_liquid(n, temperature, *, rng, steps=2000, attempts=10, potential=inverse_power):
    """One snapshot of n atoms at density 1, as the fields of Liquids; never one that has crystallised.

    A melt of T = 1 is brought to `temperature` (k_B T [epsilon]) at once and kept there over `steps` steps of 0.01.
    Below freezing at 0.190 it is an undercooled liquid, below about 0.12 a glass that ages: no equilibrium. A snapshot
    counts as a crystal if its inherent structure is one; above freezing the descent alone can make it so.
    Raises ValueError for an argument out of range, RuntimeError if all `attempts` crystallised.
    """
    temperature, rng = one(positive, "temperature", temperature), np.random.default_rng(rng)
    half = whole("steps", steps) // 2
    for rejected, stream in enumerate(rng.spawn(whole("attempts", attempts))):
        start = melt(n, rng=stream, steps=_MELTING_STEPS, potential=potential)
        middle = _hold(start, temperature, half, stream, potential)
        snapshot = _hold(middle, temperature, steps - half, stream, potential)
        below = inherent_structure(quench(snapshot, potential=potential), rejected=rejected, potential=potential)
        if not below.crystalline:
            return _fields(middle, snapshot, below, potential)
    raise RuntimeError(f"all {attempts} runs of {n} atoms at k_B T = {temperature:g} crystallised; try fewer steps")


def simulate_liquid(seed, index, n, *, temperatures=_TEMPERATURES, steps=2000):
    """One snapshot at each temperature (k_B T [epsilon]), as arrays with the temperature as first axis.

    Each snapshot has a random stream of its own, spawned from `seed` by its temperature's place and `index`. Raises as
    `sample_liquid` does.
    """
    places = enumerate(np.atleast_1d(positive("temperatures", temperatures)).tolist())
    streams = ((np.random.SeedSequence(seed, spawn_key=(place, index)), temperature) for place, temperature in places)
    made = [sample_liquid(n, temperature, rng=stream, steps=steps) for stream, temperature in streams]
    return {name: np.stack([fields[name] for fields in made]) for name in made[0]}


def load_liquids(path):
    """Read snapshots from a folder or a compact file, as Liquids; raises as `load_arrays` does."""
    manifest, arrays = load_arrays(path, "liquid")
    return Liquids(parameters=manifest["parameters"], **{name: a.swapaxes(0, 1) for name, a in arrays.items()})


def _hold(state, temperature, steps, rng, potential):
    """Dynamics with velocities of one temperature drawn anew every half time unit."""
    for start in range(0, steps, _STEPS_PER_DRAW):
        velocities = thermal_velocities(len(state.positions), temperature, rng)
        length = min(_STEPS_PER_DRAW, steps - start)
        state = velocity_verlet(state, velocities, steps=length, potential=potential)[0]
    return state


def _fields(middle, snapshot, below, potential):
    modes, n = normal_modes(snapshot, potential=potential), len(snapshot.positions)
    return {
        "frequencies": modes.frequencies,
        "participation_number": modes.participation_number,
        "energy": np.array([potential.energy(state) / n for state in (middle, snapshot)]),
        "configurational_temperature": np.sum(potential.forces(snapshot) ** 2) / modes.eigenvalues.sum(),
        "order": np.float64(below.order),
        "excess": np.float64(below.excess),
        "rejected": np.int64(below.rejected),
    }
