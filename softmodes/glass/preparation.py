"""Glasses by quenching a melt, and how to tell them from crystals.

Reduced units sigma = epsilon = m = 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.special import sph_harm_y

from softmodes.arguments import Seed, generator, summary, whole

from .configuration import Configuration, Structure, lattice
from .dynamics import melt, quench
from .potential import EXPONENT, InversePower, inverse_power, known_potential, pair_vectors, with_its_potential

FIRST_SHELL = 1.5
"""First minimum of the pair distribution of glass and liquid, in units of density**(-1/3): its inside is the shell."""

# Of the 313 quenches behind figs 5 and 6, 300 have 0.16 to 0.30 and 11 have 0.43 or more. Two lie between, at 0.33 and
# 0.35, partly crystalline by their energy too: the classes nearly touch, and whoever doubts counts as a crystal.
CRYSTAL_ORDER = 0.30
# Energy above that of fcc, as a fraction: glasses 0.0245 to 0.0312, the two in between 0.022 and 0.023, crystals with
# defects 0.005 to 0.014, bcc 0.005. All of r^-6: glasses of r^-4 have 0.010, crystals of r^-8 0.022.
CRYSTAL_EXCESS = 0.020
MOST_ATTEMPTS = 1000


@dataclass(frozen=True, eq=False, kw_only=True)
class InherentStructure:
    """A minimum of the potential energy, and what tells a glass from a crystal.

    Parameters
    ----------
    configuration : Configuration
    energy : float
        Per atom [epsilon].
    order : float
        Bond-orientational order, see `bond_order` [-].
    excess : float
        Energy above the fcc crystal of the same density, as a fraction of the crystal's [-]; nan of a mixture, which
        has no such crystal.
    rejected : int
        Crystallised quenches that came before this one.
    liquid : Configuration, optional
        The melt it was quenched from.
    """

    configuration: Configuration
    energy: float
    order: float
    excess: float
    rejected: int = 0
    liquid: Configuration | None = None

    __repr__ = summary

    def __post_init__(self) -> None:
        """Let both configurations know the potential."""
        for name in ("configuration", "liquid"):
            state = getattr(self, name)
            if state is not None:
                own = state.potential or self.potential
                object.__setattr__(self, name, Configuration(state.positions, state.box, own, state.diameters))

    @property
    def potential(self) -> InversePower:
        """That of which it is a minimum: the configuration's, r^-6 if that knows none."""
        return self.configuration.potential or inverse_power

    @property
    def diameters(self) -> np.ndarray | None:
        """Those of the configuration."""
        return self.configuration.diameters

    @property
    def crystalline(self) -> bool:
        """Whether a sign of a crystal is there: orientational order or, of r^-6, an energy near that of fcc."""
        near = self.potential.exponent == EXPONENT and self.excess < CRYSTAL_EXCESS
        return self.order > CRYSTAL_ORDER or near

    # with these it is a Structure, and can stand wherever a configuration can
    @property
    def positions(self) -> np.ndarray:
        """Those of the configuration."""
        return self.configuration.positions

    @property
    def box(self) -> np.ndarray:
        """That of the configuration."""
        return self.configuration.box

    def moved(self, positions: ArrayLike) -> Configuration:
        """Return the same box with other positions (n, 3), as a Configuration."""
        return self.configuration.moved(positions)

    def bonds(self, centre: int) -> np.ndarray:
        """Minimum-image vectors from one atom to all, as of a Configuration."""
        return self.configuration.bonds(centre)


def make_glass(
    n: int,
    *,
    rng: Seed,
    temperature: float = 1.0,
    steps: int = 3000,
    cooling_steps: int = 0,
    attempts: int = 10,
    potential: InversePower = inverse_power,
) -> InherentStructure:
    """Glass of n atoms at density 1: melt, quench, and check.

    Parameters
    ----------
    n : int
        Atoms, at least 216 for a cutoff of 3.
    rng : numpy.random.Generator or int
    temperature : float
        Of the melt, k_B T [epsilon].
    steps : int
        Time steps of 0.01 in the melt.
    cooling_steps : int
        Time steps of linear cooling before the descent; 0 quenches at once.
    attempts : int
        Quenches tried, each with its own stream of `rng`, before giving up.
    potential : InversePower

    Returns
    -------
    InherentStructure
        Never a crystal; `rejected` says how many crystals were thrown away for it.

    Raises
    ------
    RuntimeError
        If every attempt crystallised or a minimum was not reached.
    """
    known_potential(potential)
    rng = generator("rng", rng)
    for rejected, stream in enumerate(rng.spawn(whole("attempts", attempts, most=MOST_ATTEMPTS))):
        liquid = melt(n, rng=stream, temperature=temperature, steps=steps, potential=potential)
        glass = quench(liquid, rng=stream, cooling_steps=cooling_steps, temperature=temperature, potential=potential)
        structure = inherent_structure(glass, rejected=rejected, liquid=liquid, potential=potential)
        if not structure.crystalline:
            return structure
    raise RuntimeError(
        f"all {attempts} quenches of {n} atoms crystallised (the last: order {structure.order:.2f}, energy"
        f" {structure.energy:.4f} per atom); cool faster"
    )


def inherent_structure(
    configuration: Structure,
    *,
    rejected: int = 0,
    liquid: Configuration | None = None,
    potential: InversePower | None = None,
) -> InherentStructure:
    """Energy and order of a configuration that is at a minimum, as an InherentStructure."""
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    n, rejected = len(configuration.positions), whole("rejected", rejected, least=0)
    energy = potential.energy(configuration) / n
    return InherentStructure(
        configuration=configuration,
        energy=energy,
        order=bond_order(configuration),
        excess=np.nan if configuration.diameters is not None else energy / _fcc_energy(configuration, potential) - 1,
        rejected=rejected,
        liquid=liquid,
    )


def _fcc_energy(configuration: Configuration, potential: InversePower) -> float:
    """Energy per atom of the fcc crystal of the same density."""
    density = len(configuration.positions) / configuration.box.prod()
    # the smallest whose box spans two cutoffs; the rounding guards a box that fits exactly
    cells = int(np.ceil(2 * potential.cutoff * np.cbrt(density / 4) - 1e-9))
    crystal = lattice("fcc", cells, density=density)
    return potential.energy(crystal) / len(crystal.positions)


def bond_order(configuration: Structure) -> float:
    r"""Averaged bond-orientational order of degree 6, the mean over all atoms.

    .. math:: \bar q_6(i) = \Big(\frac{4\pi}{13} \sum_m |\bar q_{6m}(i)|^2\Big)^{1/2}

    where :math:`\bar q_{6m}(i)` is the mean over atom i and its neighbours of the mean spherical harmonic of the bonds.

    Parameters
    ----------
    configuration : Configuration

    Returns
    -------
    float
        0.575 for fcc, 0.51 for bcc, 0.16 to 0.30 for glasses.

    References
    ----------
    .. [1] Lechner and Dellago (2008), J. Chem. Phys. 129, 114707.
    """
    from . import kernels

    configuration, _ = with_its_potential(configuration)
    n = len(configuration.positions)
    shell = FIRST_SHELL * np.cbrt(configuration.box.prod() / n)
    offsets, neighbours = kernels.pair_list(configuration.positions, configuration.box, shell, 0.0, None)
    x, y, z = pair_vectors(configuration, offsets, neighbours).T
    theta, phi = np.arctan2(np.hypot(x, y), z), np.arctan2(y, x)
    # m < 0 repeats the magnitudes of m > 0 for real bonds
    harmonics = sph_harm_y(6, np.arange(7), theta[:, None], phi[:, None])
    bonds = csr_array((np.ones(len(neighbours)), neighbours.astype(int), offsets.astype(int)), shape=(n, n))
    counts = np.diff(offsets).astype(float)[:, None]
    own = _sum_by_atom(harmonics, offsets) / np.maximum(counts, 1)
    averaged = (own + bonds @ own) / (counts + 1)
    weights = np.where(np.arange(7) == 0, 1, 2)
    return float(np.mean(np.sqrt(4 * np.pi / 13 * (np.abs(averaged) ** 2 @ weights))))


def _sum_by_atom(values: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sum the rows of a full neighbour list (pairs, m) for every atom, also one without neighbours."""
    cumulated = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return np.diff(cumulated[offsets.astype(int)], axis=0)
