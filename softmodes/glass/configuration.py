"""Atoms in a periodic box, and the crystals a glass is compared with.

Reduced units: lengths in sigma, at number density 1 unless said otherwise.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import between, member, one, real, shown, summary, whole

if TYPE_CHECKING:
    from .potential import InversePower

_FARTHEST = 1e6  # boxes from the origin: a double has nine digits left for what is within one
DIAMETERS = 0.1, 2.0
"""In these bounds the diameter of a pair grows with that of either atom."""

_MOST_CELLS = 100  # along an edge: four million atoms of fcc
_BASES = {
    "sc": [[0, 0, 0]],
    "bcc": [[0, 0, 0], [0.5, 0.5, 0.5]],
    "fcc": [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]],
}


@dataclass(frozen=True, eq=False)
class Configuration:
    """Positions of n atoms of unit mass in a periodic, rectangular box.

    Parameters
    ----------
    positions : array_like, shape (n, 3)
        Cartesian coordinates [sigma]; they are copied and may lie outside the box.
    box : float or array_like, shape (3,)
        Edge of the cube, or the three edges [sigma].
    potential : InversePower, optional
        That under which they came about. What starts from a configuration or takes it apart goes by it where no other
        is given, and by r^-6 where it is not known; what it gives back knows by which it went.
    diameters : array_like, shape (n,), optional
        Of the atoms of a mixture [sigma], from 0.1 to 2; pairs act at their distance over the mean of their two, see
        `pair_diameters`. Of one kind of atoms, all 1, if not given.

    Raises
    ------
    ValueError
        If the shapes are wrong, a number is not finite, an edge not positive, an atom farther than 1e6 boxes away, or a
        diameter out of range.
    """

    positions: np.ndarray
    box: np.ndarray
    potential: "InversePower | None" = None
    diameters: np.ndarray | None = None

    __repr__ = summary

    if TYPE_CHECKING:

        def __init__(
            self,
            positions: ArrayLike,
            box: ArrayLike,
            potential: InversePower | None = None,
            diameters: ArrayLike | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        """Copy the arrays, and refuse what is no configuration."""
        positions = np.array(real("positions", self.positions), order="C")
        if positions.ndim != 2 or positions.shape[1] != 3 or len(positions) == 0:
            raise ValueError(f"positions must have shape (n, 3) with n >= 1, got {positions.shape}")
        if not np.isfinite(positions).all():
            first = int(np.argmin(np.isfinite(positions).all(axis=1)))
            raise ValueError(f"positions must be finite, got {positions[first]} for atom {first}")
        box = real("box", self.box)
        if box.shape not in [(), (3,)] or not (np.isfinite(box).all() and (box > 0).all()):
            raise ValueError(f"box must be one or three positive finite edges, got {shown(self.box)}")
        if np.any(np.abs(positions) / _FARTHEST > box):
            raise ValueError(f"positions must lie within {_FARTHEST:g} boxes, got {np.abs(positions).max():g}")
        if self.potential is not None:
            from .potential import InversePower

            if not isinstance(self.potential, InversePower):
                raise ValueError(f"potential must be an InversePower, got {shown(self.potential)}")
        if self.diameters is not None:
            diameters = between("diameters", self.diameters, *DIAMETERS)
            if diameters.shape != (len(positions),):
                raise ValueError(f"diameters must have shape ({len(positions)},), got {diameters.shape}")
            object.__setattr__(self, "diameters", diameters)
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "box", np.broadcast_to(box, 3).copy())

    def moved(self, positions: ArrayLike) -> "Configuration":
        """Return the same box, potential and diameters with other positions (n, 3)."""
        return Configuration(positions, self.box, self.potential, self.diameters)

    def bonds(self, centre: int) -> np.ndarray:
        """Minimum-image vectors from one atom to all, shape (n, 3) [sigma]; a ValueError if there is no such atom."""
        bonds: np.ndarray = (
            self.positions - self.positions[whole("centre", centre, least=0, most=len(self.positions) - 1)]
        )
        bonds -= self.box * np.rint(bonds / self.box)
        return bonds


@runtime_checkable
class Structure(Protocol):
    """What can stand where a configuration is needed: a Configuration, or an InherentStructure, which has one."""

    @property
    def positions(self) -> np.ndarray:
        """As `Configuration` has them, like all that follows."""

    @property
    def box(self) -> np.ndarray:
        """Three edges."""

    @property
    def potential(self) -> "InversePower | None":
        """That of which it is a structure, if it is known."""

    @property
    def diameters(self) -> np.ndarray | None:
        """Those of the atoms of a mixture."""

    def moved(self, positions: ArrayLike) -> Configuration:
        """Give the atoms other places."""

    def bonds(self, centre: int) -> np.ndarray:
        """Give the vectors from one atom to all."""


def moderate(name: str, value: object) -> float:
    """Return a number from 1e-12 to 1e6 in reduced units as a float, or raise a ValueError that names it."""
    return one(between, name, value, 1e-12, 1e6)


def lattice(structure: Literal["sc", "bcc", "fcc"], cells: int, *, density: float = 1.0) -> Configuration:
    """Perfect cubic crystal.

    Parameters
    ----------
    structure : {"sc", "bcc", "fcc"}
    cells : int
        Cubic cells along each edge.
    density : float
        Atoms per volume [sigma^-3].

    Returns
    -------
    Configuration
        Of 1, 2 or 4 times ``cells**3`` atoms.

    Raises
    ------
    ValueError
        If the structure is unknown, or `cells` (at most 100) is not positive, or `density` not between 1e-12 and 1e6.
    """
    basis = np.array(_BASES[member("structure", structure, _BASES)])
    cells, density = whole("cells", cells, most=_MOST_CELLS), moderate("density", density)
    corners = np.indices((cells,) * 3).reshape(3, -1).T
    edge = np.cbrt(len(basis) / density)
    return Configuration((corners[:, None] + basis).reshape(-1, 3) * edge, cells * edge)


def fcc_crystal(n: int) -> Configuration:
    """Return the fcc crystal of n atoms at density 1, in a cube; a ValueError if n is not 4 times a cube."""
    cells = round(np.cbrt(whole("n", n, most=4 * _MOST_CELLS**3) / 4))
    if 4 * cells**3 != n:
        raise ValueError(f"n must be 4 times a cube, the atoms of an fcc crystal (256, 500, ...), got {n}")
    return lattice("fcc", cells)
