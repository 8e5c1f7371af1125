"""What the computer glass says about eqs 3, 5 and 7: length, energy and soft potential of its softest modes.

Reduced units σ = ε = m = 1; at density 1, σ is also the mean distance of the atoms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import hbar, k

from softmodes.arguments import one, positive
from softmodes.ensembles import density_of_states
from softmodes.paper.averages import mean, median, of_known, written
from softmodes.paper.findings.softening import formation_energy_found
from softmodes.paper.materials import estimated_materials
from softmodes.paper.printed import printed
from softmodes.paper.table import Table
from softmodes.theory.stability import stability_point

if TYPE_CHECKING:
    from softmodes.ensembles import Glasses, Instabilities
    from softmodes.modes import AnharmonicModes
    from softmodes.paper.materials import Material


FREEZING_IN = printed("glass over melting temperature").value
"""T_g/T_m as the paper has it."""


# averages over the shells of sound waves in a box: at 0.04 the maxima of both sizes differ by 0.12, at 0.1 by 0.02
_BANDWIDTH, _STEP = 0.1, 0.01


def first_maximum(ensemble: Glasses) -> float:
    """Return the lowest maximum of the smoothed density of states of a computer glass, which stands for its ν_c.

    The maximum is flat: see `flatness`.
    """
    dos = _smoothed(ensemble)
    return float(dos.centres[_top(dos)])


def flatness(ensemble: Glasses) -> float:
    """Return how well `first_maximum` is known: half the width of where g(ν) is within 5 % of it, over its ν."""
    dos = _smoothed(ensemble)
    top = _top(dos)
    (low,) = np.flatnonzero(dos.smooth[:top] < 0.95 * dos.smooth[top])[-1:]
    (high,) = top + np.flatnonzero(dos.smooth[top:] < 0.95 * dos.smooth[top])[:1]
    return float((high - low) / 2 * _STEP / dos.centres[top])


def _smoothed(ensemble):
    return density_of_states(ensemble.frequencies_to(), np.arange(0, 2.2, _STEP), bandwidth=_BANDWIDTH)


def _top(dos):
    """Index of the lowest maximum."""
    rising = np.diff(dos.smooth) > 0
    return 1 + np.flatnonzero(rising[:-1] & ~rising[1:])[0]


def mode_energy_at_freezing(eta: float, formation_energy: float) -> float:
    """Return ε_k of eq. 24 at η_k for a mode that freezes in at T_g, from ε_m; both in k_BT_m."""
    formation_energy = one(positive, "formation_energy", formation_energy)
    return float(stability_point(eta, formation_energy / FREEZING_IN).epsilon) * formation_energy


@dataclass(frozen=True, kw_only=True)
class SoftPotentialRow:
    """The softest modes of a computer glass that stands for a real one: medians with errors over glasses."""

    glass: str
    distance: str = field(metadata={"header": "(M/ρ)^⅓ (Å)"})
    printed: str = field(metadata={"header": "W/k_B (K), printed N_s a² and ε_0"})
    found: str = field(metadata={"header": "W/k_B (K), computer glass, straight"})
    relaxed: str = field(metadata={"header": "relaxed, where bounded"})
    d_1: str = field(metadata={"header": "|D_1|"})
    d_2: str = field(metadata={"header": "D_2"})


def soft_potentials(modes: AnharmonicModes, nu_c: float) -> Table[SoftPotentialRow]:
    """Return the table of W, D_1 and D_2 of the softest modes, scaled to the mass, density and ν_c of each glass."""
    return Table(_soft_potential(modes, nu_c, material) for material in estimated_materials().values())


def planck_constant(material: Material, nu_c: float) -> float:
    """ħ in σ(mε)^½ if the computer glass has the mass, number density and crystal-like frequency of a real one."""
    return hbar / (material.mass * _distance(material) ** 2 * material.crystal_frequency.n / nu_c)


def _distance(material):
    return (material.mass / material.density) ** (1 / 3)


def _soft_potential(modes, nu_c, material):
    w, d_1, d_2 = (values[:, 0] for values in modes.soft_potential(planck_constant(material, nu_c)))
    loose = modes.relaxed.soft_potential(planck_constant(material, nu_c))[0][:, 0]
    unit = material.mass * (_distance(material) * material.crystal_frequency.n / nu_c) ** 2
    return SoftPotentialRow(
        glass=material.formula,
        distance=f"{_distance(material) * 1e10:.2f}",
        printed=written(material.crossover_energy / k, ".2uP"),
        found=written(median(w) * unit / k, ".2uP"),
        relaxed=written(of_known(median, loose) * unit / k, ".2uP"),
        d_1=written(median(np.abs(d_1)), ".2uP"),
        d_2=written(median(d_2), ".2uP"),
    )


@dataclass(frozen=True, kw_only=True)
class RelaxedModes:
    """Softest modes of glasses by the sign of their quartic term once all others give way: means with errors."""

    quartic_term: str = field(metadata={"header": "relaxed quartic term"})
    glasses: str
    participation: str = field(metadata={"header": "N_k"})
    frequency: str = field(metadata={"header": "ν"})
    length: str = field(metadata={"header": "a, median"})
    barrier: str = field(metadata={"header": "barrier/k_BT_m where the well opens, median"})


def relaxed_modes(glasses: Glasses) -> Table[RelaxedModes]:
    r"""Return the table of the softest modes that keep a positive quartic term, and of those that lose it.

    A negative quartic term alone, without the cubic one, opens the well at a barrier of 3κ²/2\|χ\|.
    """
    soft, positive_term = glasses.soft_modes, glasses.soft_modes.chi_relaxed[:, 0] > 0
    length = soft.relaxed.quartic_length(2 * np.pi * first_maximum(glasses))[:, 0]
    barrier = 1.5 * soft.kappa[:, 0] ** 2 / np.abs(soft.chi_relaxed[:, 0]) / glasses.potential.melting
    columns = (positive_term, "positive", length), (~positive_term, "negative", None)
    return Table(
        RelaxedModes(
            quartic_term=name,
            glasses=str(chosen.sum()),
            participation=written(of_known(mean, glasses.participation_number[chosen, 0])),
            frequency=written(of_known(mean, glasses.frequencies[chosen, 0])),
            length="" if lengths is None else written(of_known(median, lengths[chosen])),
            barrier=written(of_known(median, barrier[chosen])) if lengths is None else "",
        )
        for chosen, name, lengths in columns
    )


def formation_energies(searches: Instabilities) -> tuple[float, ...]:
    """Return ε_m in k_BT_m: the printed estimate, and the least found for the crystal if a search found any."""
    found = formation_energy_found(searches)
    return (printed("formation energy at melting").value, *([found] if np.isfinite(found) else []))
