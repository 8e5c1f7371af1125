r"""Soft spots: eqs 15 and 16 tested in glasses, in each of which a few local motions are softened; and in the crystal.

Beside them the double wells of mixtures, to which soft modes lead.

Reduced units sigma = epsilon = m = 1. Stiffnesses are :math:`\eta_s\omega_c^2`; fractions are relative to the start.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import FilePath, member_seed, summary
from softmodes.glass.configuration import Configuration, fcc_crystal
from softmodes.glass.minimization import minimize
from softmodes.glass.potential import EXPONENT, InversePower
from softmodes.glass.preparation import FIRST_SHELL, make_glass
from softmodes.glass.swaps import SPREAD
from softmodes.modes.double_wells import DoubleWells, double_wells
from softmodes.modes.linear_response import LinearResponse, shell_strain
from softmodes.modes.normal import NormalModes, normal_modes
from softmodes.modes.pseudoharmonic import pseudoharmonic_modes
from softmodes.modes.softening_paths import softening_path
from softmodes.theory.local_modes import mode_shares
from softmodes.theory.potential import participation_number

from .contents import ensemble, made_with, stored
from .storage import load_ensemble
from .swaps import PROTOCOLS, simulate_swap

FRACTIONS = tuple(np.linspace(0.9, 0.0, 10).round(1).tolist())
"""Stiffness left along the paths."""

MOTIONS = ("one atom", "atom and shell", "soft atom", "soft atom and shell")
"""What is softened in each glass: motions at an atom that is drawn, and at the one that moves most in the softest mode.

One atom alone moves in its softest direction; with its first shell, in the motion that is cheapest to destabilise.
"""

RADII = (1.2, 1.65, 2.0, 2.3, 2.6)
"""Clusters of 13, 19, 43, 55 and 79 atoms of the fcc crystal [sigma]."""

# Those clusters, and all atoms.
_CLUSTERS = len(RADII) + 1
_SPOTS = "glasses", len(MOTIONS)


@ensemble
class SoftSpots:
    """Local motions of an ensemble of glasses, softened; the second axis is that of MOTIONS."""

    parameters: dict[str, Any] = made_with("n", "seed", earlier={"exponent": 6})
    stiffness: np.ndarray = stored("kappa_s of the motions [epsilon/sigma^2].", *_SPOTS)
    participation_number: np.ndarray = stored("N_s of them.", *_SPOTS)
    compliance: np.ndarray = stored("b.H^-1.b of LinearResponse [epsilon/sigma^6].", *_SPOTS)
    energy: np.ndarray = stored(
        "At FRACTIONS of the stiffness [epsilon]; nan where no constrained minimum was found.", *_SPOTS, len(FRACTIONS)
    )
    lowest: np.ndarray = stored(
        "Lowest eigenvalue of the Hessian there, of whatever motion [epsilon/sigma^2].", *_SPOTS, len(FRACTIONS)
    )
    strain: np.ndarray = stored(
        "Of the shell along and across the motion, extrapolated to the loss of all stiffness; see `shell_strain`.",
        *_SPOTS,
        2,
    )
    shares: np.ndarray = stored("Right side of eq. 16, mode by mode.", *_SPOTS, "modes")
    rates: np.ndarray = stored("Left side of it.", *_SPOTS, "modes")
    eigenvalues: np.ndarray = stored("omega^2 of the modes.", "glasses", "modes")
    box: np.ndarray = stored("Edges [sigma].", 3)
    positions: np.ndarray = stored("Of the first k glasses [sigma].", "k", "n", 3)

    @property
    def potential(self) -> InversePower:
        """That of which the glasses are minima, a smooth InversePower."""
        return InversePower(exponent=self.parameters["exponent"], continuity=3)

    __repr__ = summary

    def structure(self, index: int) -> Configuration:
        """One of the first glasses, which knows its potential."""
        return Configuration(self.positions[index], self.box, self.potential)

    @property
    def formation_energy(self) -> np.ndarray:
        r""":math:`\epsilon_m` of eq. 15 [epsilon], :math:`\eta_s` relative to the start, shape (glasses, 4, 11).

        First in the limit of a small softening, then at FRACTIONS; the last is the energy where all stiffness is lost.
        """
        small = self.stiffness**2 / (2 * self.compliance)
        return np.concatenate([small[..., None], self.energy / (1 - np.array(FRACTIONS)) ** 2], axis=-1)

    @property
    def instability_energy(self) -> np.ndarray:
        """Energy at which the glass loses its stability on the way, shape (glasses, 4) [epsilon]; nan if it does not.

        There the lowest eigenvalue of the Hessian passes zero. Between points the root of the energy, proportional to
        the softening in eq. 15, is taken as linear in it.
        """
        start = np.broadcast_to(self.eigenvalues[:, None, :1], (*self.stiffness.shape, 1))
        lowest = np.concatenate([start, self.lowest], axis=-1)
        root = np.sqrt(np.concatenate([np.zeros_like(start), self.energy], axis=-1))
        after = np.argmax(lowest < 0, axis=-1)[..., None]
        (a, b), (u, v) = ([np.take_along_axis(x, after - k, axis=-1) for k in (1, 0)] for x in (lowest, root))
        passed = np.where(after > 0, a / np.where(after > 0, a - b, 1), np.nan)
        energy: np.ndarray = (u + (v - u) * passed)[..., 0] ** 2
        return energy

    @property
    def ended_early(self) -> int:
        """Number of paths on which not all constrained minima were found."""
        return int(np.sum(np.isnan(self.energy).any(axis=-1)))

    @property
    def slope(self) -> np.ndarray:
        """Factor between both sides of eq. 16 by least squares over the modes, shape (glasses, 4); 1 if it holds."""
        slope: np.ndarray = np.sum(self.rates * self.shares, axis=-1) / np.sum(self.shares**2, axis=-1)
        return slope

    @property
    def entropic_factor(self) -> np.ndarray:
        """Ratio of both sides of eq. 16 summed over the modes, shape (glasses, 4); 1 if it holds.

        Each with the weight 1/eta_k that it has in the entropic force of harmonic modes (eq. 12). A few soft modes
        decide, so that it scatters far from glass to glass: take medians.
        """
        weights = 1 / self.eigenvalues[:, None]
        factor: np.ndarray = np.sum(self.rates * weights, axis=-1) / np.sum(self.shares * weights, axis=-1)
        return factor

    @property
    def correlation(self) -> np.ndarray:
        """Correlation coefficient of both sides of eq. 16 over the modes, shape (glasses, 4)."""
        x, y = (side - side.mean(axis=-1, keepdims=True) for side in (self.shares, self.rates))
        together: np.ndarray = np.sum(x * y, axis=-1) / np.sqrt(np.sum(x**2, axis=-1) * np.sum(y**2, axis=-1))
        return together


def simulate_softening(seed: int, index: int, n: int, *, exponent: int = EXPONENT) -> dict[str, Any]:
    """Glass `index` of an ensemble of `n` atoms and its softened MOTIONS, as the arrays of one glass of SoftSpots."""
    rng = np.random.default_rng(member_seed(seed, index))
    smooth = InversePower(exponent=exponent, continuity=3)
    glass = minimize(make_glass(n, rng=rng, potential=InversePower(exponent=exponent)), potential=smooth)
    response, modes = LinearResponse(glass, potential=smooth), normal_modes(glass, potential=smooth)
    core = int(np.argmax(np.sum(modes.eigenvectors[0] ** 2, axis=1)))
    spots = [
        _spot(response, modes, centre, motion)
        for centre in (int(rng.integers(n)), core)
        for motion in (_one_atom(response, centre), response.cheapest_motion(centre, FIRST_SHELL, rng=rng))
    ]
    arrays = {name: np.stack([spot[name] for spot in spots]) for name in spots[0]}
    return arrays | {"eigenvalues": modes.eigenvalues, "box": glass.box, "positions": glass.positions}


def load_soft_spots(path: FilePath) -> SoftSpots:
    """SoftSpots of a folder or a compact file; raises as `load_arrays` does."""
    spots: SoftSpots = load_ensemble(path, "softening")
    return spots


def _one_atom(response: LinearResponse, atom: int) -> np.ndarray:
    """Return the unit vector (n, 3) of one atom in its softest direction."""
    motion = np.zeros_like(response.configuration.positions)
    own = np.eye(motion.size, 3, -3 * atom)
    motion[atom] = np.linalg.eigh(own.T @ (response.hessian @ own))[1][:, 0]
    return motion


def _spot(response: LinearResponse, modes: NormalModes, centre: int, motion: np.ndarray) -> dict[str, Any]:
    distortion, compliance = response.distortion(motion)
    stiffness, glass = response.stiffness(motion), response.configuration
    path = softening_path(glass, motion, FRACTIONS, potential=response.potential)
    reached, lowest = np.isfinite(path.energy), np.full(len(FRACTIONS), np.nan)
    lowest[reached] = [
        normal_modes(glass.moved(place), count=1, potential=response.potential).eigenvalues[0]
        for place in path.positions[reached]
    ]
    return {
        "stiffness": stiffness,
        "participation_number": participation_number(motion),
        "compliance": compliance,
        "energy": path.energy,
        "lowest": lowest,
        "strain": shell_strain(glass, -stiffness * distortion, centre, motion[centre]),
        "shares": mode_shares(motion, modes.eigenvectors).astype(np.float32),
        "rates": response.mode_rates(motion, modes.eigenvectors).astype(np.float32),
    }


@ensemble
class Instabilities:
    """Searches for the cheapest instability of the fcc crystal.

    The path follows the cheapest motion of all atoms, the last of `cost`, which itself follows the distortion. All
    searches but search 0 kick it at every point.
    """

    parameters: dict[str, Any] = made_with("n", "seed", earlier={"exponent": 6})
    one_atom: np.ndarray = stored(
        "Energy at FRACTIONS of the stiffness of one atom along a random direction, [001] in search 0 [epsilon].",
        "searches",
        len(FRACTIONS),
    )
    cost: np.ndarray = stored(
        "Of the cheapest motion in clusters of RADII, and of all atoms, in linear response [epsilon].",
        "searches",
        _CLUSTERS,
    )
    participation_number: np.ndarray = stored("N_s of these motions.", "searches", _CLUSTERS)
    energy: np.ndarray = stored(
        "Along the path [epsilon]; nan where no constrained minimum was found.", "searches", len(FRACTIONS)
    )
    followed_participation: np.ndarray = stored("N_s along the path.", "searches", len(FRACTIONS))

    __repr__ = summary

    @property
    def potential(self) -> InversePower:
        """That of the crystal, a smooth InversePower."""
        return InversePower(exponent=self.parameters["exponent"], continuity=3)


def simulate_instability(seed: int, index: int, n: int, *, exponent: int = EXPONENT) -> dict[str, Any]:
    """One search in the fcc crystal of `n` atoms, as the arrays of one row of Instabilities."""
    rng, crystal = np.random.default_rng(member_seed(seed, index)), fcc_crystal(n)
    smooth = InversePower(exponent=exponent, continuity=3)
    response, single = LinearResponse(crystal, potential=smooth), np.zeros((n, 3))
    single[0] = rng.normal(size=3) if index else (0, 0, 1)
    # within the last radius are all atoms
    motions = [response.cheapest_motion(0, radius, rng=rng) for radius in (*RADII, float(np.linalg.norm(crystal.box)))]
    kick = 0.05 if index else 0.0
    path = softening_path(crystal, motions[-1], FRACTIONS, follow=True, kick=kick, rng=rng, potential=smooth)
    reached, followed = np.isfinite(path.energy), np.full(len(FRACTIONS), np.nan)
    followed[reached] = participation_number(path.motion[reached])
    return {
        "one_atom": softening_path(crystal, single, FRACTIONS, potential=smooth).energy,
        "cost": np.array([response.stiffness(s) ** 2 / (2 * response.distortion(s)[1]) for s in motions]),
        "participation_number": participation_number(np.array(motions)),
        "energy": path.energy,
        "followed_participation": followed,
    }


def load_instabilities(path: FilePath) -> Instabilities:
    """Instabilities of a folder or a compact file; raises as `load_arrays` does."""
    searches: Instabilities = load_ensemble(path, "instability")
    return searches


PARENTS = 0, -1
"""Places of the parents below which wells are searched: the hottest and the coldest of a chain."""

_SOFTEST = 10
_WELLS = "chains", len(PARENTS), 2 * _SOFTEST


@ensemble
class Wells:
    """Minima next to those of mixtures below the hottest and the coldest parent; nan after the last of a minimum."""

    parameters: dict[str, Any] = made_with(
        "n", "seed", "exponent", "cutoff", "spread", "temperatures", "sweeps", earlier={}
    )
    modes: np.ndarray = stored("Modes along which they were searched.", "chains", len(PARENTS), integer=True)
    energy: np.ndarray = stored("As in DoubleWells.", *_WELLS)
    barrier: np.ndarray = stored("Likewise.", *_WELLS)
    distance: np.ndarray = stored("Likewise.", *_WELLS)
    length: np.ndarray = stored("Likewise.", *_WELLS)
    participation_number: np.ndarray = stored("Likewise.", *_WELLS)

    __repr__ = summary

    @property
    def temperatures(self) -> np.ndarray:
        """k_B T of both parents [epsilon]."""
        return np.array(self.parameters["temperatures"])[list(PARENTS)]

    def below(self, parent: int) -> DoubleWells:
        """Those of one parent, DoubleWells of shape (chains, 20)."""
        return DoubleWells(**{name: getattr(self, name)[:, parent] for name in DoubleWells.__dataclass_fields__})


def simulate_wells(
    seed: int,
    index: int,
    n: int,
    *,
    exponent: int = EXPONENT,
    cutoff: float = PROTOCOLS[EXPONENT]["cutoff"],
    spread: float = SPREAD,
    temperatures: ArrayLike = PROTOCOLS[EXPONENT]["temperatures"],
    sweeps: Sequence[int] = PROTOCOLS[EXPONENT]["sweeps"],
) -> dict[str, Any]:
    """Wells of one chain, which `simulate_swap` makes of the same arguments, as the arrays of one row of Wells."""
    chain = simulate_swap(
        seed, index, n, exponent=exponent, cutoff=cutoff, spread=spread, temperatures=temperatures, sweeps=sweeps
    )
    potential = InversePower(exponent=exponent, cutoff=cutoff, continuity=2)
    places, box, sizes = (chain[name] for name in ("positions", "box", "diameters"))
    found = [_wells(Configuration(places[parent], box, potential, sizes)) for parent in PARENTS]
    return {name: np.stack([wells[name] for wells in found]) for name in found[0]}


def load_wells(path: FilePath) -> Wells:
    """Wells of a folder or a compact file; raises as `load_arrays` does."""
    wells: Wells = load_ensemble(path, "wells")
    return wells


def _wells(minimum: Configuration) -> dict[str, Any]:
    """Return the fields of Wells of one minimum."""
    modes, vectors = pseudoharmonic_modes(minimum, _SOFTEST)
    found = {
        name: np.pad(values, (0, _WELLS[-1] - len(values)), constant_values=np.nan)
        for name, values in vars(double_wells(minimum, modes, vectors)).items()
    }
    return {"modes": np.int64(len(vectors)), **found}
