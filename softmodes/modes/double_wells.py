r"""Double wells: the minima beside one, to which its soft modes lead, and what lies between.

Reduced units sigma = epsilon = m = 1. All atoms have the same mass, so that lengths in the space of all coordinates are
those of the motion: along the way between two minima, of length l, the energy is a potential V(l) of mass 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicHermiteSpline
from scipy.optimize import brentq

from softmodes.arguments import Floats, finite, real, shown, summary
from softmodes.glass.configuration import Configuration, Structure
from softmodes.glass.minimization import minimize
from softmodes.glass.potential import InversePower, inverse_power, with_its_potential
from softmodes.theory.potential import participation_number

from .anharmonicity import AnharmonicModes

Point: TypeAlias = tuple[Configuration, float, float]
"""Of a way: where, energy above the start, and slope along the line."""

AMPLITUDES = (1.0, 2.0, 3.0)
r"""Displacements from which a descent begins, in units of :math:`\sqrt{12\kappa/\chi}`.

There the quartic energy of a mode is its harmonic one, and the second minimum lies there if it is as deep as the first.
"""

# An odd number of steps: of a symmetric way none ends on the saddle, from which no descent begins.
_STEPS, _TOLERANCE = 15, 1e-7
# Minima nearer than this are one [sigma]; different ones are 0.4 apart or more.
_SAME = 1e-3
# So often the minimum is replaced by one nearer on the way.
_NEARER = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class DoubleWells:
    """Minima next to one, arrays of shape (k,), or of any one shape.

    Parameters
    ----------
    energy : ndarray
        Of the other minimum above this one [epsilon]; negative where it is the lower.
    barrier : ndarray
        Energy of the saddle above this one [epsilon]; nan where the way was lost before a saddle, 0 where it is within
        the first fifteenth of the line and not resolved.
    distance, length : ndarray
        Between the minima, straight and along the way [sigma]; the length is nan where the way, followed along the
        straight line, does not arrive.
    participation_number : ndarray
        N_k of the displacement from one to the other.
    """

    energy: np.ndarray
    barrier: np.ndarray
    distance: np.ndarray
    length: np.ndarray
    participation_number: np.ndarray

    __repr__ = summary

    def __post_init__(self) -> None:
        """Check that the fields have one shape."""
        shapes = set()
        for name in self.__dataclass_fields__:
            object.__setattr__(self, name, real(name, getattr(self, name)))
            shapes.add(getattr(self, name).shape)
        if len(shapes) > 1:
            raise ValueError(f"{', '.join(self.__dataclass_fields__)} must have one shape, got {shapes}")

    @property
    def top(self) -> Floats:
        """Energy of the saddle above the lower of both minima [epsilon]."""
        return np.asarray(self.barrier - np.minimum(self.energy, 0))

    @property
    def saddle(self) -> np.ndarray:
        r"""The part r of the way from this minimum to the other at which a quartic has its saddle.

        .. math:: \frac{V(L)}{V(rL)} = \frac{2r - 1}{r^3(2 - r)},\quad 0 < r < 1

        From the ratio of energy and barrier alone: below one half if the other minimum is the lower. nan without a
        barrier.
        """
        there = self.barrier > 0
        ratio = np.divide(self.energy, self.barrier, out=np.full(self.energy.shape, np.nan), where=there)
        return np.reshape([_saddle(each) for each in ratio.flat], ratio.shape)

    @property
    def asymmetry(self) -> np.ndarray:
        r"""Return s of that quartic, :math:`\sqrt2(1 + r)/3\sqrt r`: above :math:`\sqrt{8/9}`; lower above 1."""
        r = self.saddle
        return np.multiply(np.sqrt(2 / r), (1 + r) / 3)

    @property
    def quartic(self) -> AnharmonicModes:
        r"""The quartic about this minimum that has the length of the way, the barrier and the energy of the other.

        .. math:: \chi = \frac{72\,V(rL)}{L^4r^3(2 - r)},\quad \kappa = \frac{\chi rL^2}{6},\quad
            \tau = -\frac{\chi(1 + r)L}{3}

        nan where the length or the barrier is.
        """
        r = self.saddle
        chi = 72 * self.barrier / (self.length**4 * r**3 * (2 - r))
        return AnharmonicModes(
            kappa=chi * r * self.length**2 / 6,
            tau=-chi * (1 + r) * self.length / 3,
            chi=chi,
            chi_relaxed=np.full_like(chi, np.nan),
            participation_number=self.participation_number,
        )


def _saddle(ratio: float) -> float:
    """Return r of `DoubleWells.saddle`."""
    return float(brentq(lambda r: ratio * r**3 * (2 - r) - 2 * r + 1, 0, 1)) if ratio < 1 else np.nan


def double_wells(
    configuration: Structure,
    modes: AnharmonicModes,
    vectors: ArrayLike,
    *,
    potential: InversePower | None = None,
) -> DoubleWells:
    """Search for the minima next to one.

    Parameters
    ----------
    configuration : Configuration
        An inherent structure.
    modes, vectors
        As `pseudoharmonic_modes` gives them, k modes and their directions of unit length, shape (k, n, 3).
    potential : InversePower, optional
        As for `normal_modes`.

    Returns
    -------
    DoubleWells
        The distinct ones, at most 2k, in the order of the modes.

    Raises
    ------
    ValueError
        If `modes` are none, or `vectors` not of the shape that modes and configuration ask for.
    RuntimeError
        If a descent does not end.

    Notes
    -----
    On either side of each mode, descents begin at AMPLITUDES until one ends in another minimum. The way there leads
    through minima across the straight line, from this one on. What lies beyond the first saddle on it is the next
    minimum; if that is not the end of the line, the search goes on along the line to it.
    """
    here, _ = with_its_potential(configuration, potential, faithful=True)
    if not isinstance(modes, AnharmonicModes) or np.ndim(modes.kappa) != 1:
        raise ValueError(f"modes must be AnharmonicModes of one structure, got {shown(modes)}")
    vectors = finite("vectors", vectors)
    shape = (*np.shape(modes.kappa), *here.positions.shape)
    if vectors.shape != shape:
        raise ValueError(f"vectors must have shape {shape}, got {vectors.shape}")
    found: list[Configuration] = []
    rows: list[tuple[float, ...]] = []
    amplitudes = np.sqrt(12 * np.abs(modes.kappa / modes.chi))
    for step in [sign * z * a for z, a in zip(vectors, amplitudes, strict=True) for sign in (1, -1)]:
        there = _beyond(here, step)
        if there is None or _among(there, found):
            continue
        found.append(there)
        there, row = _next_minimum(here, there)
        if not _among(there, found[:-1]):
            found.append(there)
            rows.append(row)
    names = ("energy", "barrier", "distance", "length", "participation_number")
    return DoubleWells(**dict(zip(names, np.array(rows).reshape(-1, len(names)).T, strict=True)))


def _between(here: Configuration, there: Configuration) -> Floats:
    """Displacement from one to the other, without translation."""
    moved = there.positions - here.positions
    return np.asarray(moved - moved.mean(axis=0))


def _alike(here: Configuration, there: Configuration) -> bool:
    return bool(np.linalg.norm(_between(here, there)) < _SAME)


def _among(one: Configuration, others: list[Configuration]) -> bool:
    return any(_alike(one, other) for other in others)


def _beyond(here: Configuration, step: np.ndarray) -> Configuration | None:
    """Another minimum on this side, or None."""
    for amplitude in AMPLITUDES:
        there = minimize(here.moved(here.positions + amplitude * step))
        if not _alike(here, there):
            return there
    return None


def _next_minimum(here: Configuration, there: Configuration) -> tuple[Configuration, tuple[float, ...]]:
    """Return the minimum next to one on the way to another, and what `DoubleWells` says of it."""
    way: list[Point] = []
    crossed = 0
    for _ in range(_NEARER):
        way, crossed, nearer = [], 0, there
        for point in _way(here, there):
            way.append(point)
            if not crossed and len(way) > 1 and _falls(way):
                nearer = minimize(point[0])
                if _alike(nearer, here):
                    continue
                crossed = len(way)
                if not _alike(nearer, there):
                    break
        if not crossed or _alike(nearer, there):
            break
        there, crossed = nearer, 0
    return there, _row(here, there, way, crossed)


def _falls(way: list[Point]) -> bool:
    (_, before, _), (_, energy, slope) = way[-2:]
    return slope < 0 or energy < before


def _way(here: Configuration, there: Configuration) -> Iterator[Point]:
    """Minima across the straight line to another minimum, with energy above this one and slope along the line.

    It ends early where they are farther from the line than the minima from each other.
    """
    straight, potential = _between(here, there), here.potential or inverse_power
    length = np.linalg.norm(straight)
    direction, start = straight / length, potential.energy(here)
    point, step = here, straight / _STEPS
    yield point, 0.0, 0.0
    for _ in range(_STEPS):
        before = point
        point = minimize(before.moved(before.positions + step), across=direction, tolerance=_TOLERANCE)
        energy, forces = potential.energy_and_forces(point)
        yield point, energy - start, -float(np.vdot(forces, direction))
        moved = _between(before, point)
        step = moved + direction * (length / _STEPS - np.vdot(moved, direction))
        aside = _between(here, point)
        if np.linalg.norm(aside - direction * np.vdot(aside, direction)) > length:
            return


def _row(here: Configuration, there: Configuration, way: list[Point], crossed: int) -> tuple[float, ...]:
    """Fields of `DoubleWells`; `crossed` points of the way go to beyond the saddle, 0 where none was found."""
    points, energies, slopes = (list(column) for column in zip(*way, strict=True))
    straight, potential = _between(here, there), here.potential or inverse_power
    distance = float(np.linalg.norm(straight))
    arrives = crossed and _alike(points[-1], there) and all(slope < 0 for slope in slopes[crossed - 1 : -1])
    chords = [float(np.linalg.norm(_between(*pair))) for pair in zip(points, points[1:], strict=False)]
    return (
        potential.energy(there) - potential.energy(here),
        _highest(energies[:crossed], slopes[:crossed], distance / _STEPS) if crossed else np.nan,
        distance,
        sum(chords) if arrives else np.nan,
        float(participation_number(straight / distance)),
    )


def _highest(energies: list[float], slopes: list[float], spacing: float) -> float:
    """Return the maximum of the energy from its values and slopes."""
    rise = CubicHermiteSpline(np.arange(len(energies)) * spacing, energies, slopes)
    return float(max([*rise(rise.derivative().roots(extrapolate=False)), *energies]))
