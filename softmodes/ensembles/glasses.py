"""The members of an ensemble of glasses, and the ensemble.

Reduced units sigma = epsilon = m = 1.
"""

from dataclasses import asdict
from typing import Any

import numpy as np

from softmodes.arguments import FilePath, member_seed, summary, whole
from softmodes.glass.configuration import Configuration, Structure
from softmodes.glass.potential import EXPONENT, InversePower
from softmodes.glass.preparation import InherentStructure, make_glass
from softmodes.modes.anharmonicity import AnharmonicModes, anharmonic_modes
from softmodes.modes.compliance import Compliance, compliance
from softmodes.modes.elasticity import elastic_moduli
from softmodes.modes.normal import NormalModes, normal_modes
from softmodes.modes.pseudoharmonic import pseudoharmonic_modes

from .contents import ensemble, made_with, stored
from .storage import load_ensemble

# Softest modes of which the potential is kept.
_SOFT_MODES = 10


@ensemble
class Glasses:
    """Glasses made alike, the arrays behind figs 5 and 6."""

    parameters: dict[str, Any] = made_with(
        "n", "seed", "temperature", "steps", "cooling_steps", earlier={"exponent": 6, "modes": None}
    )
    frequencies: np.ndarray = stored("nu, ascending for each glass; of all modes if so made.", "glasses", "modes")
    participation_number: np.ndarray = stored("N_k.", "glasses", "modes")
    energy: np.ndarray = stored("Per atom [epsilon].", "glasses")
    order: np.ndarray = stored("As in InherentStructure.", "glasses")
    excess: np.ndarray = stored("As in InherentStructure.", "glasses")
    rejected: np.ndarray = stored("Crystals thrown away on the way to each glass.", "glasses", integer=True)
    moduli: np.ndarray = stored("Longitudinal and shear modulus of sound waves [epsilon/sigma^3].", "glasses", 2)
    kappa: np.ndarray = stored("Of the softest modes, as in AnharmonicModes.", "glasses", _SOFT_MODES)
    tau: np.ndarray = stored("Likewise.", "glasses", _SOFT_MODES)
    chi: np.ndarray = stored("Likewise.", "glasses", _SOFT_MODES)
    chi_relaxed: np.ndarray = stored("Likewise.", "glasses", _SOFT_MODES)
    pseudo_kappa: np.ndarray = stored(
        "Of the pseudo-harmonic modes to which those lead; nan after the last of a glass.", "glasses", _SOFT_MODES
    )
    pseudo_tau: np.ndarray = stored("Likewise.", "glasses", _SOFT_MODES)
    pseudo_chi: np.ndarray = stored("Likewise.", "glasses", _SOFT_MODES)
    pseudo_participation: np.ndarray = stored("N_k of them.", "glasses", _SOFT_MODES)
    box: np.ndarray = stored("Edges [sigma].", 3)
    positions: np.ndarray = stored("Inherent structures of the first k glasses [sigma].", "k", "n", 3)
    liquid: np.ndarray = stored("The melts they came from [sigma].", "k", "n", 3)

    @property
    def potential(self) -> InversePower:
        """That of which the glasses are minima, an InversePower."""
        return InversePower(exponent=self.parameters["exponent"])

    __repr__ = summary

    @property
    def n(self) -> int:
        """Atoms of each glass."""
        return int(self.positions.shape[1])

    @property
    def complete_below(self) -> float:
        """Frequency below which all modes of all glasses are there; inf where none is left out."""
        modes = self.parameters.get("modes")
        return np.inf if modes is None or modes >= 3 * self.n - 3 else float(self.frequencies.max(axis=1).min())

    def frequencies_to(self, highest: float = np.inf) -> np.ndarray:
        """Return the frequencies if none below `highest` is left out, or raise a ValueError; by default all must be."""
        if not highest <= self.complete_below:
            raise ValueError(
                f"glasses must have all their modes{'' if highest == np.inf else f' below {highest:g}'}, got the"
                f" {self.frequencies.shape[1]} softest of {3 * self.n - 3}: all below {self.complete_below:.3g}"
            )
        return self.frequencies

    @property
    def sound_velocities(self) -> np.ndarray:
        """Longitudinal and transverse velocity of long waves from the mean moduli, shape (2,)."""
        velocities: np.ndarray = np.sqrt(self.moduli.mean(axis=0) / (self.n / self.box.prod()))
        return velocities

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

    def structure(self, index: int) -> InherentStructure:
        """One of the first glasses, which knows its potential."""
        scalars = {name: float(getattr(self, name)[index]) for name in ("energy", "order", "excess")}
        return InherentStructure(
            configuration=Configuration(self.positions[index], self.box, self.potential),
            liquid=Configuration(self.liquid[index], self.box, self.potential),
            rejected=int(self.rejected[index]),
            **scalars,
        )


def simulate_glass(
    seed: int,
    index: int,
    n: int,
    *,
    temperature: float = 1.0,
    steps: int = 3000,
    cooling_steps: int = 0,
    exponent: int = EXPONENT,
    modes: int | None = None,
) -> dict[str, Any]:
    """One glass of an ensemble with its modes, as arrays; the same wherever and in whatever order it is made.

    Parameters
    ----------
    seed, index : int
        Of the ensemble, and of the glass in it.
    n : int
        Atoms.
    temperature, steps, cooling_steps
        As for `make_glass`.
    exponent : int
        Of the potential, as for `InversePower`.
    modes : int, optional
        Only so many of the softest, from ten to 3n - 3, which are all; by default all.

    Returns
    -------
    dict of ndarray
        The fields of one glass of Glasses.
    """
    rng, potential = np.random.default_rng(member_seed(seed, index)), InversePower(exponent=exponent)
    if modes is not None:
        whole("modes", modes, least=_SOFT_MODES, most=3 * whole("n", n) - 3)
    cooling = {"steps": steps, "cooling_steps": cooling_steps}
    glass = make_glass(n, rng=rng, potential=potential, temperature=temperature, **cooling)
    modes = normal_modes(glass, count=modes)
    yielding = compliance(glass.potential.hessian(glass))
    soft = asdict(anharmonic_modes(glass, _SOFT_MODES, modes=modes, yielding=yielding))
    # the first ten of those of all modes
    del soft["participation_number"]
    return {
        "frequencies": modes.frequencies,
        "participation_number": modes.participation_number,
        "energy": np.float64(glass.energy),
        "order": np.float64(glass.order),
        "excess": np.float64(glass.excess),
        "rejected": np.int64(glass.rejected),
        "moduli": np.array([*elastic_moduli(glass, modes=modes)]),
        **soft,
        **pseudoharmonic_fields(glass, modes, yielding),
        "box": glass.box,
        "positions": glass.positions,
        "liquid": glass.liquid.positions,  # type: ignore[union-attr]  # make_glass keeps the melt
    }


def pseudoharmonic_fields(
    minimum: Structure, modes: NormalModes, yielding: Compliance | None = None
) -> dict[str, np.ndarray]:
    """Return the pseudo-harmonic modes of a minimum as fields of an ensemble, ten of each, filled up with nan."""
    found, _ = pseudoharmonic_modes(minimum, _SOFT_MODES, modes=modes, yielding=yielding)
    columns = {"kappa": found.kappa, "tau": found.tau, "chi": found.chi, "participation": found.participation_number}
    missing = _SOFT_MODES - len(found.kappa)
    return {f"pseudo_{name}": np.pad(x, (0, missing), constant_values=np.nan) for name, x in columns.items()}


def load_glasses(path: FilePath) -> Glasses:
    """Read glasses from a folder or a compact file, as Glasses; raises as `load_arrays` does."""
    glasses: Glasses = load_ensemble(path, "glass")
    return glasses
