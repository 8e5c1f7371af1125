"""What the hundred atoms of a soft mode depend on: how they are counted, sound, the box, and the cutoff.

Reduced units σ = ε = m = 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from softmodes.glass import minimize
from softmodes.modes import normal_modes, pseudoharmonic_modes
from softmodes.paper.averages import mean, of_known, written
from softmodes.paper.findings.glasses import softest_participation
from softmodes.paper.table import Table
from softmodes.theory.potential import participation_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from uncertainties import UFloat

    from softmodes.ensembles import Glasses
    from softmodes.glass import InversePower
    from softmodes.glass.configuration import Structure

# Softest harmonic modes from which the softest one freed of sound was always reached.
_STARTS = 3


def softest_freed_participation(ensemble: Glasses) -> UFloat:
    """Return the mean N_k of the softest mode of each glass freed of sound waves, with its error over glasses."""
    return of_known(mean, ensemble.pseudo_participation[:, 0])


@dataclass(frozen=True, kw_only=True)
class AtomCount:
    """A way to count the atoms of the softest mode: means over glasses with standard errors, and over the first way."""

    way: str = field(metadata={"header": "atoms of the softest mode"})
    freed: str = field(metadata={"header": "freed of sound"})
    freed_factor: str = field(metadata={"header": "over the first row"})
    straight: str = field(metadata={"header": "harmonic, with sound"})
    straight_factor: str = field(metadata={"header": "over the first row"})
    glasses: int


def atom_counts(ensembles: Mapping[int, Glasses]) -> Table[AtomCount]:
    r"""Return the table of the ways to count the atoms of a soft mode, for ensembles by size.

    The first rows are N_k of eq. 2 in all glasses of each size. The others are of the shipped structures of the first:
    factors over N_k of the same modes, which scatter less than N_k itself, and these times the N_k of all.

    .. math:: \frac{M_{eff}}M = \frac1{\max_i|\mathbf e_i|^2}

    is the effective mass of the amplitude of the atom that moves most. A cutoff that is smooth to third order instead
    of first has the glass minimised anew.
    """
    counts = [(softest_freed_participation(each), softest_participation(each)) for each in ensembles.values()]
    small, rows = next(iter(ensembles.values())), []
    for (n, ensemble), found in zip(ensembles.items(), counts, strict=True):
        factors = [count / first for count, first in zip(found, counts[0], strict=True)]
        rows.append(_row(f"N_k of eq. 2, of {n}", factors, counts[0], len(ensemble.energy)))
    each = np.array([_factors(small, index) for index in range(len(small.positions))])
    for way, columns in zip(_WAYS, each.transpose(1, 2, 0), strict=True):
        rows.append(_row(way, [mean(column) for column in columns], counts[0], len(each)))
    return Table(rows)


_WAYS = (
    "core: those that hold half of the motion",
    "effective mass of the one that moves most",
    "N_k with a cutoff smooth to third order",
)


def _row(way: str, factors: Sequence[UFloat], first: Sequence[UFloat], glasses: int) -> AtomCount:
    freed, straight = (written(factor * count) for factor, count in zip(factors, first, strict=True))
    over = [written(factor) if factor.s else "1" for factor in factors]
    return AtomCount(
        way=way, freed=freed, freed_factor=over[0], straight=straight, straight_factor=over[1], glasses=glasses
    )


def _factors(glasses: Glasses, index: int) -> np.ndarray:
    """Of one glass the counts of _WAYS over N_k of the same mode, freed of sound and harmonic: shape (3, 2)."""
    structure, smooth = glasses.structure(index), replace(glasses.potential, continuity=3)
    modes = _softest(structure, glasses.potential)
    moved = np.sort(np.sum(modes**2, axis=-1))[:, ::-1]
    smoother = _softest(minimize(structure, potential=smooth), smooth)
    core = 1 + np.sum(np.cumsum(moved, axis=1) < 0.5, axis=1)
    return np.array([core, 1 / moved[:, 0], participation_number(smoother)]) / participation_number(modes)


def _softest(structure: Structure, potential: InversePower) -> np.ndarray:
    """Softest mode freed of sound, and softest harmonic one, of unit length: shape (2, n, 3)."""
    modes = normal_modes(structure, count=_STARTS, potential=potential)
    _, freed = pseudoharmonic_modes(structure, _STARTS, modes=modes, potential=potential)
    return np.array([freed[0], modes.eigenvectors[0]])
