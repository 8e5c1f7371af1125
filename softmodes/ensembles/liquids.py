"""The liquid at several temperatures: its normal modes where it happens to be, the minimum below, and how far it moves.

The same of a heated crystal, for comparison.

Reduced units sigma = epsilon = m = 1 at density 1; temperatures are k_B T in epsilon, frequencies nu. Displacements are
squares of three-dimensional distances, means over the atoms.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import FilePath, Seed, generator, member_seed, one, positive, shown, summary, whole
from softmodes.glass.configuration import Configuration, Structure, fcc_crystal
from softmodes.glass.dynamics import MOST_STEPS, hold, melt, quench, square_displacements, thermal_velocities
from softmodes.glass.potential import EXPONENT, InversePower, inverse_power, known_potential
from softmodes.glass.preparation import MOST_ATTEMPTS, InherentStructure, inherent_structure
from softmodes.modes.normal import normal_modes

from .contents import ensemble, made_with, stored
from .storage import load_ensemble

# Ten time units in the melt.
_MELTING_STEPS = 1000
# From far above freezing of the paper's exponent, 0.190, down into the glass.
_TEMPERATURES = (1.0, 0.475, 0.3, 0.24, 0.19, 0.15, 0.13, 0.114, 0.08, 0.05)
# 0.02 to 20 time units: from free flight to twenty periods of a mode of nu = 1, one of the softest.
_LOOKS = np.geomspace(2, 2000, 24).round().astype(int)
# Softest modes of an inherent structure that are kept; fewer than 30 of 500 atoms have nu < 0.1.
_SOFT_MODES = 60
_SNAPSHOTS = "temperatures", "snapshots"


@ensemble
class Liquids:
    """Independent snapshots at several temperatures, and what lies below and after them."""

    parameters: dict[str, Any] = made_with(
        "n", "seed", "temperatures", "steps", earlier={"start": "glass", "exponent": 6}
    )
    frequencies: np.ndarray = stored(
        "nu of the instantaneous normal modes, ascending; imaginary ones are negative.", *_SNAPSHOTS, "modes"
    )
    participation_number: np.ndarray = stored("N_k of them.", *_SNAPSHOTS, "modes")
    energy: np.ndarray = stored(
        "Per atom half way through the run and at its end [epsilon]: equal means in equilibrium.", *_SNAPSHOTS, 2
    )
    configurational_temperature: np.ndarray = stored(
        "F^2 / tr H [epsilon]; its mean is the thermostat's temperature in equilibrium.", *_SNAPSHOTS
    )
    order: np.ndarray = stored("Of the inherent structure below, as in InherentStructure.", *_SNAPSHOTS)
    excess: np.ndarray = stored("Likewise.", *_SNAPSHOTS)
    rejected: np.ndarray = stored(
        "Crystallised runs before the snapshot (of a crystal, the molten ones).", *_SNAPSHOTS, integer=True
    )
    inherent_energy: np.ndarray = stored("Of the inherent structure, per atom [epsilon].", *_SNAPSHOTS)
    inherent_frequencies: np.ndarray = stored("nu of its softest modes.", *_SNAPSHOTS, _SOFT_MODES)
    inherent_participation_number: np.ndarray = stored("N_k of them.", *_SNAPSHOTS, _SOFT_MODES)
    harmonic: np.ndarray = stored(
        "Mean square displacement from it if all its modes were harmonic [sigma^2].", *_SNAPSHOTS
    )
    distance: np.ndarray = stored("Mean square distance of the snapshot from it [sigma^2].", *_SNAPSHOTS)
    displacement: np.ndarray = stored(
        "Mean square displacement from the snapshot at `times`, at constant energy [sigma^2].", *_SNAPSHOTS, len(_LOOKS)
    )

    @property
    def potential(self) -> InversePower:
        """That of the liquid, an InversePower."""
        return InversePower(exponent=self.parameters["exponent"])

    __repr__ = summary

    @property
    def times(self) -> np.ndarray:
        """Times of `displacement`, shape (times,)."""
        return 0.01 * _LOOKS

    @property
    def temperatures(self) -> np.ndarray:
        """k_B T of the ensembles [epsilon], shape (temperatures,)."""
        return np.array(self.parameters["temperatures"])

    @property
    def unstable_fraction(self) -> np.ndarray:
        """Modes with negative omega^2 among all 3n - 3, shape (temperatures, count)."""
        fraction: np.ndarray = np.mean(self.frequencies < 0, axis=-1)
        return fraction

    def soft_modes(self, highest: float) -> np.ndarray:
        """Count the modes of the inherent structures with nu below `highest`, shape (temperatures, count).

        A ValueError if more are there than are kept.
        """
        number: np.ndarray = np.sum(self.inherent_frequencies < highest, axis=-1)
        if number.max() == self.inherent_frequencies.shape[-1]:
            raise ValueError(f"highest must be so low that fewer than {number.max()} modes are below, got {highest}")
        return number

    def participation_ratio(self, *, unstable: bool) -> np.ndarray:
        """Mean p = N_k / n of unstable or stable modes, shape (temperatures, count); nan if a snapshot has none."""
        chosen = (self.frequencies < 0) == unstable
        modes = np.where(chosen.any(axis=-1), chosen.sum(axis=-1), np.nan)
        ratio: np.ndarray = np.sum(self.participation_number, axis=-1, where=chosen) / modes / self.parameters["n"]
        return ratio


def sample_liquid(
    n: int,
    temperature: float,
    *,
    rng: Seed,
    steps: int = 4000,
    start: Literal["glass", "crystal"] = "glass",
    attempts: int = 10,
    potential: InversePower = inverse_power,
) -> dict[str, Any]:
    """One snapshot of n atoms at density 1, as the fields of Liquids; never one that has crystallised.

    A glass, quenched from a melt of T = 1, is heated to `temperature` (k_B T [epsilon]) and kept there over `steps`
    steps of 0.01. Above freezing (0.190 of r^-6) it becomes the liquid in equilibrium, below an undercooled one; below
    about 0.12 it stays a glass that ages. (A melt cooled at once would still be on its way down.) A snapshot counts as
    a crystal if its inherent structure is one; above freezing the descent alone can make it so.
    With `start` "crystal", the fcc crystal is heated instead, and a snapshot has to be one.
    Raises ValueError for an argument out of range, RuntimeError if all `attempts` crystallised, or melted.
    """
    known_potential(potential)
    temperature, rng = one(positive, "temperature", temperature), generator("rng", rng)
    if not (isinstance(start, str) and start in ("glass", "crystal")):
        raise ValueError(f"start must be glass or crystal, got {shown(start)}")
    steps = whole("steps", steps, least=2, most=MOST_STEPS)
    half = steps // 2
    for rejected, stream in enumerate(rng.spawn(whole("attempts", attempts, most=MOST_ATTEMPTS))):
        cold = fcc_crystal(n) if start == "crystal" else _quenched_melt(n, stream, potential)
        middle = hold(cold, temperature, rng=stream, steps=half, potential=potential)
        snapshot = hold(middle, temperature, rng=stream, steps=steps - half, potential=potential)
        below = inherent_structure(quench(snapshot, potential=potential), rejected=rejected, potential=potential)
        if below.crystalline == (start == "crystal"):
            velocities = thermal_velocities(n, temperature, stream)
            return {
                "energy": np.array([potential.energy(state) / n for state in (middle, snapshot)]),
                **_instantaneous(snapshot, potential),
                **_inherent(snapshot, below, temperature, potential),
                "displacement": square_displacements(snapshot, velocities, _LOOKS, potential=potential),
            }
    fate = "melted" if start == "crystal" else "crystallised"
    raise RuntimeError(f"all {attempts} runs of {n} atoms at k_B T = {temperature:g} {fate}; try fewer steps")


def simulate_liquid(
    seed: int,
    index: int,
    n: int,
    *,
    temperatures: ArrayLike = _TEMPERATURES,
    steps: int = 4000,
    start: Literal["glass", "crystal"] = "glass",
    exponent: int = EXPONENT,
) -> dict[str, Any]:
    """One snapshot at each temperature (k_B T [epsilon]), as arrays with the temperature as first axis.

    Each snapshot has a random stream of its own, spawned from `seed` by its temperature's place and `index`. Raises as
    `sample_liquid` does, and a ValueError if the temperatures of one exponent are left to another.
    """
    potential, chosen = InversePower(exponent=exponent), np.atleast_1d(positive("temperatures", temperatures)).tolist()
    if exponent != EXPONENT and tuple(chosen) == _TEMPERATURES:
        raise ValueError(f"temperatures must be given for exponent {exponent}, got those chosen for {EXPONENT}")
    streams = ((member_seed(seed, index, place), temperature) for place, temperature in enumerate(chosen))
    made = [
        sample_liquid(n, temperature, rng=np.random.default_rng(stream), steps=steps, start=start, potential=potential)
        for stream, temperature in streams
    ]
    return {name: np.stack([fields[name] for fields in made]) for name in made[0]}


def load_liquids(path: FilePath) -> Liquids:
    """Read snapshots from a folder or a compact file, as Liquids; raises as `load_arrays` does."""
    liquids: Liquids = load_ensemble(path, "liquid")
    return liquids


def _quenched_melt(n: int, stream: Seed, potential: InversePower) -> Configuration:
    return quench(melt(n, rng=stream, steps=_MELTING_STEPS, potential=potential), potential=potential)


def _instantaneous(snapshot: Structure, potential: InversePower) -> dict[str, Any]:
    """Fields of the snapshot itself."""
    modes = normal_modes(snapshot, potential=potential)
    return {
        "frequencies": modes.frequencies,
        "participation_number": modes.participation_number,
        "configurational_temperature": np.sum(potential.forces(snapshot) ** 2) / modes.eigenvalues.sum(),
    }


def _inherent(
    snapshot: Structure, below: InherentStructure, temperature: float, potential: InversePower
) -> dict[str, Any]:
    r"""Fields of the inherent structure; harmonic modes move by :math:`\frac{k_BT}{n}\sum_k\omega_k^{-2}`."""
    modes, n = normal_modes(below, potential=potential), len(snapshot.positions)
    moved = snapshot.positions - below.positions
    return {
        "order": np.float64(below.order),
        "excess": np.float64(below.excess),
        "rejected": np.int64(below.rejected),
        "inherent_energy": np.float64(below.energy),
        "inherent_frequencies": modes.frequencies[:_SOFT_MODES],
        "inherent_participation_number": modes.participation_number[:_SOFT_MODES],
        "harmonic": temperature / n * np.sum(1 / modes.eigenvalues),
        # translation of the whole is no vibration
        "distance": np.sum((moved - moved.mean(axis=0)) ** 2) / n,
    }
