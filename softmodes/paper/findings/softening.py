"""What it costs to soften local motions, eqs 15 and 16, in glasses and in the crystal.

Reduced units σ = ε = m = 1, density 1; formation energies in units of k_BT_m of the crystal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from softmodes.ensembles.soft_spots import MOTIONS
from softmodes.glass.configuration import fcc_crystal
from softmodes.glass.potential import smooth_inverse_power
from softmodes.modes.linear_response import LinearResponse, shell_strain
from softmodes.paper.averages import mean, median, of_known, written
from softmodes.paper.table import Table

if TYPE_CHECKING:
    from softmodes.ensembles import Instabilities, SoftSpots
    from softmodes.glass import Configuration


@cache
def softened_crystal() -> tuple[Configuration, np.ndarray]:
    """Return the fcc crystal, and its displacement (256, 3) at the loss of all stiffness of atom 0 along z."""
    crystal, motion = fcc_crystal(256), np.zeros((256, 3))
    motion[0, 2] = 1
    response = LinearResponse(crystal)
    return crystal, -response.stiffness(motion) * response.distortion(motion)[0]


def crystal_strain() -> np.ndarray:
    """Return the strain of the shell of an atom of the fcc crystal along [001], its motion, and across it."""
    return shell_strain(*softened_crystal(), 0, np.array([0, 0, 1.0]))


def formation_energy_found(searches: Instabilities) -> float:
    """Return the least ε_m/k_BT_m at which a motion of the crystal was found to lose all stiffness, nan if none was."""
    return float(np.fmin.reduce(searches.energy[:, -1])) / searches.potential.melting


@cache
def one_atom_costs() -> tuple[float, ...]:
    """Return ε_m/k_BT_m of a small softening of one atom of the fcc crystal along [001], [110] and [111]."""
    response, motion, costs = LinearResponse(fcc_crystal(256)), np.zeros((256, 3)), []
    for direction in ((0, 0, 1), (1, 1, 0), (1, 1, 1)):
        motion[0] = np.array(direction) / np.linalg.norm(direction)
        costs.append(response.stiffness(motion) ** 2 / (2 * response.distortion(motion)[1]))
    return tuple(cost / smooth_inverse_power.melting for cost in costs)


@dataclass(frozen=True, kw_only=True)
class SpotRow:
    """A kind of local motion: means (of energies and what is weighted, medians) with standard errors over glasses."""

    motion: str
    participation: str = field(metadata={"header": "its atoms (eq. 2)"})
    restoring_force: str = field(metadata={"header": "κ_s/ω_c² at the start"})
    small: str = field(metadata={"header": "ε_m/k_BT_m, small softening"})
    lost: str = field(metadata={"header": "U/k_BT_m, all stiffness lost (glasses)"})
    unstable: str = field(metadata={"header": "U/k_BT_m, glass unstable (glasses)"})
    slope: str = field(metadata={"header": "δη_k/δη_s against share, slope"})
    correlation: str = field(metadata={"header": "their correlation"})
    entropic: str = field(metadata={"header": "weighted by 1/η_k, median (5 to 95 %)"})
    total: str = field(metadata={"header": "sum of δη_k/δη_s"})


def soft_spots(spots: SoftSpots, omega_c: float) -> Table[SpotRow]:
    """Return the table of the softened motions."""
    return Table(
        SpotRow(
            motion=name,
            participation=f"{spots.participation_number[:, k].mean():.1f}",
            restoring_force=written(mean(spots.stiffness[:, k] / omega_c**2)),
            small=written(median(spots.formation_energy[:, k, 0] / spots.potential.melting)),
            lost=_reached(spots.formation_energy[:, k, -1] / spots.potential.melting),
            unstable=_reached(spots.instability_energy[:, k] / spots.potential.melting),
            slope=written(mean(spots.slope[:, k])),
            correlation=written(mean(spots.correlation[:, k])),
            entropic=spread(spots.entropic_factor[:, k]),
            total=written(mean(spots.rates[:, k].sum(axis=-1))),
        )
        for k, name in enumerate(MOTIONS)
    )


def spread(values: np.ndarray) -> str:
    """Return median and 5 to 95 % of values that scatter too far for a mean, as a text."""
    low, high = np.quantile(values, (0.05, 0.95))
    return f"{written(median(values))} ({low:.1f} to {high:.1f})"


def _reached(energies: np.ndarray) -> str:
    """Median of what is known, and of how many glasses that is."""
    return f"{written(of_known(median, energies))} ({np.isfinite(energies).sum()})"
