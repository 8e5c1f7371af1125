"""The members of an ensemble of glasses, and the ensemble.

Reduced units sigma = epsilon = m = 1.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from softmodes.arguments import FilePath, member_seed, summary
from softmodes.glass.configuration import Configuration
from softmodes.glass.preparation import make_glass
from softmodes.modes.anharmonicity import AnharmonicModes, anharmonic_modes
from softmodes.modes.elasticity import elastic_moduli
from softmodes.modes.normal import normal_modes
from softmodes.modes.pseudoharmonic import pseudoharmonic_modes

from .storage import load_arrays

# Softest modes of which the potential is kept.
_SOFT_MODES = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class Glasses:
    """Glasses made alike, the arrays behind figs 5 and 6.

    Parameters
    ----------
    parameters : dict
        What they were made with: n, seed, temperature, steps, cooling_steps.
    frequencies : ndarray, shape (glasses, 3n - 3)
        nu, ascending for each glass.
    participation_number : ndarray, shape (glasses, 3n - 3)
        N_k.
    energy, order, excess : ndarray, shape (glasses,)
        As in InherentStructure.
    rejected : ndarray of int, shape (glasses,)
        Crystals thrown away on the way to each glass.
    moduli : ndarray, shape (glasses, 2)
        Longitudinal and shear modulus of sound waves [epsilon/sigma^3].
    kappa, tau, chi, chi_relaxed : ndarray, shape (glasses, 10)
        Of the softest modes, as in AnharmonicModes.
    pseudo_kappa, pseudo_tau, pseudo_chi, pseudo_participation : ndarray, shape (glasses, 10)
        Of the pseudo-harmonic modes to which those lead, and N_k; nan after the last of a glass.
    box : ndarray, shape (3,)
    positions, liquid : ndarray, shape (k, n, 3)
        Inherent structures, and the melts they came from, of the first k glasses.
    """

    parameters: dict
    frequencies: np.ndarray
    participation_number: np.ndarray
    energy: np.ndarray
    order: np.ndarray
    excess: np.ndarray
    rejected: np.ndarray
    moduli: np.ndarray
    kappa: np.ndarray
    tau: np.ndarray
    chi: np.ndarray
    chi_relaxed: np.ndarray
    box: np.ndarray
    positions: np.ndarray
    liquid: np.ndarray
    pseudo_kappa: np.ndarray
    pseudo_tau: np.ndarray
    pseudo_chi: np.ndarray
    pseudo_participation: np.ndarray

    __repr__ = summary

    @property
    def n(self) -> int:
        """Atoms of each glass."""
        return self.positions.shape[1]

    @property
    def sound_velocities(self) -> np.ndarray:
        """Longitudinal and transverse velocity of long waves from the mean moduli, shape (2,)."""
        return np.sqrt(self.moduli.mean(axis=0) / (self.n / self.box.prod()))

    @property
    def soft_modes(self) -> AnharmonicModes:
        """The ten softest modes of each glass with their potentials, AnharmonicModes of shape (glasses, 10)."""
        n_k = self.participation_number[:, : self.kappa.shape[1]]
        potentials = {name: getattr(self, name) for name in ("kappa", "tau", "chi", "chi_relaxed")}
        return AnharmonicModes(**potentials, participation_number=n_k)

    @property
    def pseudoharmonic(self) -> AnharmonicModes:
        """The pseudo-harmonic modes, AnharmonicModes of shape (glasses, 10): nan after the last of a glass."""
        potentials = {name: getattr(self, f"pseudo_{name}") for name in ("kappa", "tau", "chi")}
        unknown = np.full_like(self.pseudo_chi, np.nan)
        return AnharmonicModes(**potentials, chi_relaxed=unknown, participation_number=self.pseudo_participation)

    def configuration(self, index: int) -> Configuration:
        """Inherent structure of one of the first glasses."""
        return Configuration(self.positions[index], self.box)


def simulate_glass(
    seed: int, index: int, n: int, *, temperature: float = 1.0, steps: int = 3000, cooling_steps: int = 0
) -> dict[str, Any]:
    """One glass of an ensemble with all its modes, as arrays; the same wherever and in whatever order it is made.

    Parameters
    ----------
    seed, index : int
        Of the ensemble, and of the glass in it.
    n : int
        Atoms.
    temperature, steps, cooling_steps
        As for `make_glass`.

    Returns
    -------
    dict of ndarray
        The fields of one glass of an Glasses.
    """
    rng = np.random.default_rng(member_seed(seed, index))
    glass = make_glass(n, rng=rng, temperature=temperature, steps=steps, cooling_steps=cooling_steps)
    modes = normal_modes(glass)
    soft = asdict(anharmonic_modes(glass, _SOFT_MODES, modes=modes))
    # the first ten of those of all modes
    del soft["participation_number"]
    return {
        "frequencies": modes.frequencies,
        "participation_number": modes.participation_number,
        "energy": np.float64(glass.energy),
        "order": np.float64(glass.order),
        "excess": np.float64(glass.excess),
        "rejected": np.int64(glass.rejected),
        "moduli": np.array(elastic_moduli(glass, modes=modes)),
        **soft,
        **_pseudoharmonic(glass, modes),
        "box": glass.box,
        "positions": glass.positions,
        "liquid": glass.liquid.positions,
    }


def _pseudoharmonic(glass, modes):
    """Pseudo-harmonic modes as fields of an Glasses, filled up with nan."""
    found, _ = pseudoharmonic_modes(glass, _SOFT_MODES, modes=modes)
    columns = {"kappa": found.kappa, "tau": found.tau, "chi": found.chi, "participation": found.participation_number}
    missing = _SOFT_MODES - len(found.kappa)
    return {f"pseudo_{name}": np.pad(x, (0, missing), constant_values=np.nan) for name, x in columns.items()}


def load_glasses(path: FilePath) -> Glasses:
    """Read glasses from a folder or a compact file, as an Glasses; raises as `load_arrays` does."""
    manifest, arrays = load_arrays(path, "glass")
    return Glasses(parameters=manifest["parameters"], **arrays)
