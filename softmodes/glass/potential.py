"""The inverse power potential of eq. 9 with a smooth cutoff: energy, forces, Hessian.

Reduced units sigma = epsilon = m = 1. Functions import the compiled loops when they need them: who only reads a stored
structure does not wait for these.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import bsr_array

from softmodes.arguments import between, one, positive, representable, shown, whole

from .configuration import Configuration, Structure

EXPONENT = 6
"""That of the paper, eq. 9."""

# A list of pairs up to cutoff + SKIN stays complete until an atom has moved by half of SKIN.
SKIN = 0.6
# The even powers which the cutoff adds, by the number of derivatives they make continuous.
_TAIL_POWERS = {1: (0, 4), 2: (0, 2, 4), 3: (0, 2, 4, 6)}
# Densities at which the liquid freezes and the crystal melts at k_B T = epsilon, by exponent: of r^-6 those of Tan,
# Schultz and Kofke, Mol. Phys. 109, 123 (2011).
_COEXISTENCE = {6: (2.295, 2.320)}
_COINCIDING = "positions must keep all atoms apart, got two at the same place"


def _falling(power: float, order: int) -> float:
    """Factor p (p - 1) ... of the derivative of x^p."""
    return float(np.prod([power - i for i in range(order)]))


@dataclass(frozen=True)
class InversePower:
    r"""Purely repulsive pairs, :math:`u(r) = r^{-n} + \sum_l c_{2l} r^{2l}` for r below the cutoff and zero beyond.

    Parameters
    ----------
    exponent : int
        n, from 1 to 31; that of the paper is 6.
    cutoff : float
        Range of the potential [sigma], from 1e-3 to 1e3; in a mixture, in units of each pair's own diameter.
    continuity : {1, 2, 3}
        Number of derivatives of u which vanish continuously at the cutoff. 1 is Laird and Schober's
        :math:`u = r^{-6} + A r^4 + B`, whose second derivative jumps; 2 and 3 leave
        no jump in the Hessian.

    Notes
    -----
    Eq. 9.

    Examples
    --------
    >>> from softmodes.glass import lattice
    >>> fcc = lattice("fcc", 4)
    >>> round(inverse_power.energy(fcc) / 256, 6)
    3.393352

    References
    ----------
    .. [1] Laird and Schober (1991), Phys. Rev. Lett. 66, 636.
    """

    exponent: int = EXPONENT
    cutoff: float = 3.0
    continuity: int = 1

    def __post_init__(self) -> None:
        """Refuse a power, range or cutoff of which there is none."""
        whole("exponent", self.exponent, most=31)
        one(between, "cutoff", self.cutoff, 1e-3, 1e3)
        if whole("continuity", self.continuity) not in _TAIL_POWERS:
            raise ValueError(f"continuity must be 1, 2 or 3, got {self.continuity!r}")

    @cached_property
    def tail(self) -> np.ndarray:
        """Coefficients of r^0, r^2, r^4 and r^6, shape (4,)."""
        powers = _TAIL_POWERS[self.continuity]
        # in units of the cutoff the conditions are u = u' = ... = 0 at x = 1
        conditions = [[_falling(p, k) for p in powers] for k in range(len(powers))]
        values = np.linalg.solve(conditions, [-_falling(-self.exponent, k) for k in range(len(powers))])
        tail = np.zeros(4)
        for p, value in zip(powers, values, strict=True):
            tail[p // 2] = value * self.cutoff ** (-self.exponent - p)
        return tail

    @representable(underflow="ignore")
    def pair(self, r: ArrayLike, order: int = 0) -> np.ndarray:
        """Return the derivative of u(r) of the given order (0 to 4) at distances r [sigma], of the shape of `r`.

        A ValueError if a distance is not positive and finite or the order is another.
        """
        r, order = positive("r", r), whole("order", order, least=0, most=4)
        value = _falling(-self.exponent, order) * r ** (-self.exponent - order)
        for power, coefficient in zip((0, 2, 4, 6), self.tail, strict=True):
            if power >= order:
                value = value + coefficient * _falling(power, order) * r ** (power - order)
        return np.where(r < self.cutoff, value, 0.0)

    def pairs(self, configuration: Structure, *, skin: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Full neighbour list (offsets, neighbours) of all pairs nearer than cutoff + skin.

        Raises
        ------
        ValueError
            If the box is smaller than two cutoffs (of the largest atoms): the minimum image would miss pairs. Or if
            `skin` is negative or larger than the cutoff.
        """
        if not isinstance(configuration, Structure):
            raise ValueError(f"configuration must be a Configuration, got {shown(configuration)}")
        one(between, "skin", skin, 0, self.cutoff)
        shortest, sizes = configuration.box.min(), configuration.diameters
        reach, words = (self.cutoff, "") if sizes is None else (self.cutoff * sizes.max(), " x largest diameter")
        # the edge of 216 atoms at density 1 is 6 but for rounding
        if shortest < 2 * reach * (1 - 1e-12):
            raise ValueError(
                f"box must be at least 2 x cutoff{words} = {2 * reach:g} along every edge, got {shortest:.4g}"
                f" ({int(np.ceil(8 * reach**3 - 1e-9))} atoms at density 1 for a reach of {reach:g}; this is a density"
                f" of {len(configuration.positions) / configuration.box.prod():.2g})"
            )
        from . import kernels

        return kernels.pair_list(configuration.positions, configuration.box, self.cutoff, skin, sizes)

    def energy_and_forces(
        self, configuration: Structure, pairs: tuple[np.ndarray, np.ndarray] | None = None
    ) -> tuple[float, np.ndarray]:
        """Energy [epsilon] and forces (n, 3) [epsilon/sigma]; `pairs` saves the search for neighbours.

        Raises
        ------
        ValueError
            If two atoms coincide or the box is too small.
        """
        from . import kernels

        offsets, neighbours = self.pairs(configuration) if pairs is None else pairs
        forces = np.empty_like(configuration.positions)
        energy = kernels.forces_and_energy(
            configuration.positions,
            configuration.box,
            configuration.diameters,
            offsets,
            neighbours,
            *self.parameters,
            forces,
        )
        if not np.isfinite(energy):
            raise ValueError(_COINCIDING)
        return energy, forces

    def energy(self, configuration: Structure) -> float:
        """Total potential energy [epsilon], a float."""
        return self.energy_and_forces(configuration)[0]

    def forces(self, configuration: Structure) -> np.ndarray:
        """Return the forces on the atoms, shape (n, 3) [epsilon/sigma]."""
        return self.energy_and_forces(configuration)[1]

    def hessian(self, configuration: Structure) -> bsr_array:
        """Second derivatives of the energy, sparse (3n, 3n) in 3 x 3 blocks [epsilon/sigma^2]; raises as above."""
        from . import kernels

        offsets, neighbours = self.pairs(configuration)
        positions, box = configuration.positions, configuration.box
        scale = pair_diameters(configuration, offsets, neighbours)
        r = pair_distances(configuration, offsets, neighbours) / scale
        if not r.all():
            raise ValueError(_COINCIDING)
        blocks, columns = kernels.hessian_blocks(
            positions, box, offsets, neighbours, self.pair(r, 1) / r / scale**2, self.pair(r, 2) / scale**2
        )
        rows = offsets.astype(np.int32) + np.arange(len(offsets), dtype=np.int32)
        return bsr_array((blocks, columns, rows), shape=(positions.size, positions.size))

    @property
    def freezing(self) -> float:
        """k_B T [epsilon] at which the liquid of density 1 freezes; a ValueError if it is not known."""
        return self._coexistence[0]

    @property
    def melting(self) -> float:
        """k_B T [epsilon] at which the crystal of density 1 melts; a ValueError if it is not known."""
        return self._coexistence[1]

    @property
    def _coexistence(self) -> tuple[float, float]:
        if self.exponent not in _COEXISTENCE:
            known = ", ".join(map(str, _COEXISTENCE))
            raise ValueError(f"exponent must be {known} for freezing and melting to be known, got {self.exponent}")
        # only temperature over density^(n/3) matters
        frozen, molten = _COEXISTENCE[self.exponent]
        return frozen ** (-self.exponent / 3), molten ** (-self.exponent / 3)

    @property
    def parameters(self) -> tuple[int, float, np.ndarray]:
        """What the compiled loops take: exponent, cutoff and tail."""
        return self.exponent, float(self.cutoff), self.tail


def pair_distances(configuration: Structure, offsets: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Minimum-image distance of every entry of a full neighbour list [sigma]."""
    distances: np.ndarray = np.linalg.norm(pair_vectors(configuration, offsets, neighbours), axis=1)
    return distances


def pair_diameters(configuration: Structure, offsets: np.ndarray, neighbours: np.ndarray) -> np.ndarray | float:
    r"""Return what the distance of each entry of a full neighbour list is measured in [sigma]; 1 of atoms all alike.

    .. math:: \sigma_{ij} = \tfrac12(\sigma_i + \sigma_j)(1 - 0.2|\sigma_i - \sigma_j|)

    References
    ----------
    .. [1] Ninarello, Berthier and Coslovich (2017), Phys. Rev. X 7, 021039.
    """
    if configuration.diameters is None:
        return 1.0
    from . import kernels

    return kernels.pair_diameters(offsets, neighbours, configuration.diameters)


def pair_vectors(configuration: Structure, offsets: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Minimum-image vectors from each neighbour to its atom, shape (pairs, 3) [sigma]."""
    positions, box = configuration.positions, configuration.box
    owner = np.repeat(np.arange(len(positions)), np.diff(offsets).astype(int))
    vectors: np.ndarray = positions[owner] - positions[neighbours]
    vectors -= box * np.rint(vectors / box)
    return vectors


inverse_power = InversePower()
"""The potential of eq. 9 as its authors cut it off."""

smooth_inverse_power = InversePower(continuity=3)
"""The same without a jump up to the third derivative: the stiffness of a motion is then smooth along a path."""


def known_potential(potential: object) -> InversePower:
    """Return `potential`, or raise a ValueError if it is no InversePower."""
    if not isinstance(potential, InversePower):
        raise ValueError(f"potential must be an InversePower, got {shown(potential)}")
    return potential


def with_its_potential(
    structure: Structure,
    potential: InversePower | None = None,
    *,
    otherwise: InversePower = inverse_power,
    faithful: bool = False,
) -> tuple[Configuration, InversePower]:
    """Return a structure as a Configuration that carries the potential by which it is to go, and that potential.

    Where none is given it is that of the structure, and `otherwise` where that is not known: what was made with r^-12
    is not taken apart with r^-6. Who is `faithful` to structures refuses another exponent or cutoff than their own. A
    ValueError in one line if something else was given.
    """
    if not isinstance(structure, Structure):
        raise ValueError(f"configuration must be a Configuration, got {shown(structure)}")
    given = None if potential is None else known_potential(potential)
    own = structure.potential
    if not isinstance(own, InversePower | None):
        raise ValueError(f"potential of a configuration must be an InversePower or None, got {shown(own)}")
    chosen = _chosen(given, own, otherwise, faithful)
    return Configuration(structure.positions, structure.box, chosen, structure.diameters), chosen


def _chosen(
    given: InversePower | None, own: InversePower | None, otherwise: InversePower, faithful: bool
) -> InversePower:
    """Return the potential that was given, or a structure's own, or that of one of which none is known."""
    if given is None:
        chosen = own or otherwise
        # some functions do not stand jumps of a derivative at the cutoff
        return replace(chosen, continuity=max(chosen.continuity, otherwise.continuity))
    for name in ("exponent", "cutoff") if faithful and own else ():
        wanted, got = getattr(own, name), getattr(given, name)
        if got != wanted:
            raise ValueError(f"potential must have the {name} of the structure, {wanted:g}, got {got:g}")
    return given
