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
from softmodes.paper.averages import mean, median, of_known, of_members, written
from softmodes.paper.findings.softening import formation_energy_found
from softmodes.paper.materials import estimated_materials
from softmodes.paper.printed import printed
from softmodes.paper.table import Table
from softmodes.theory.stability import stability_point

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uncertainties import UFloat

    from softmodes.ensembles import DensityOfStates, Glasses, Instabilities
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


def _smoothed(ensemble: Glasses) -> DensityOfStates:
    return density_of_states(ensemble.frequencies_to(), np.arange(0, 2.2, _STEP), bandwidth=_BANDWIDTH)


def _top(dos: DensityOfStates) -> int:
    """Index of the lowest maximum."""
    rising = np.diff(dos.smooth) > 0
    return 1 + int(np.flatnonzero(rising[:-1] & ~rising[1:])[0])


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
    freed: str = field(metadata={"header": "freed of sound"})
    relaxed: str = field(metadata={"header": "relaxed, where bounded"})
    d_1: str = field(metadata={"header": "|D_1|"})
    d_2: str = field(metadata={"header": "D_2"})


def soft_potentials(glasses: Glasses, nu_c: float) -> Table[SoftPotentialRow]:
    """Return the table of W, D_1 and D_2 of the softest modes, scaled to the mass, density and ν_c of each glass."""
    return Table(_soft_potential(glasses, nu_c, material) for material in estimated_materials().values())


def planck_constant(material: Material, nu_c: float) -> float:
    """ħ in σ(mε)^½ if the computer glass has the mass, number density and crystal-like frequency of a real one."""
    nu: float = material.crystal_frequency.n
    return hbar / (material.mass * _distance(material) ** 2 * nu / nu_c)


def _distance(material: Material) -> float:
    return float((material.mass / material.density) ** (1 / 3))


def _soft_potential(glasses: Glasses, nu_c: float, material: Material) -> SoftPotentialRow:
    kinds = glasses.soft_modes, glasses.pseudoharmonic, glasses.soft_modes.relaxed
    planck = planck_constant(material, nu_c)
    (w, d_1, d_2), (freed, *_), (loose, *_) = ([x[:, 0] for x in kind.soft_potential(planck)] for kind in kinds)
    unit = material.mass * (_distance(material) * material.crystal_frequency.n / nu_c) ** 2
    return SoftPotentialRow(
        glass=material.formula,
        distance=f"{_distance(material) * 1e10:.2f}",
        printed=written(material.crossover_energy / k, ".2uP"),
        found=written(median(w) * unit / k, ".2uP"),
        freed=written(of_known(median, freed) * unit / k, ".2uP"),
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


@dataclass(frozen=True, kw_only=True)
class PlaneRow:
    """Modes on the plane of fig. 8: exponents of η_k by least squares, errors over glasses."""

    modes: str
    energy: str = field(metadata={"header": "ε_k/k_BT_m of the softest, median"})
    order: str = field(metadata={"header": "its rank correlation with η_k"})
    slope: str = field(metadata={"header": "d ln ε_k/d ln η_k, all modes"})
    atoms: str = field(metadata={"header": "d ln N_k/d ln η_k"})
    alike: str = field(metadata={"header": "d ln ε_k/d ln η_k at equal N_k"})


def mode_planes(ensembles: Mapping[int, Glasses], nu_c: float) -> Table[PlaneRow]:
    """Return the table of modes straight along harmonic ones and freed of sound, by the number of atoms of the box.

    Of a given length a, ε_k goes with N_k: then both exponents agree, and none is left at equal N_k.
    """
    kinds = ("straight, with sound", "soft_modes"), ("freed of sound", "pseudoharmonic")
    return Table(
        _plane(f"{name}, N = {n}", getattr(glasses, kind), glasses.potential.melting, 2 * np.pi * nu_c)
        for name, kind in kinds
        for n, glasses in ensembles.items()
    )


def _plane(name: str, modes: AnharmonicModes, melting: float, omega_c: float) -> PlaneRow:
    epsilon, eta = modes.mode_parameters(omega_c)
    slope, atoms, alike = exponents_of_plane(modes)
    return PlaneRow(
        modes=name,
        energy=written(of_known(median, epsilon[:, 0] / melting), ".2uP"),
        order=written(*of_members(_rank_correlation, eta[:, 0], epsilon[:, 0])),
        slope=written(slope),
        atoms=written(atoms),
        alike=written(alike),
    )


def exponents_of_plane(modes: AnharmonicModes) -> list[UFloat]:
    """Return d ln ε_k/d ln η_k and d ln N_k/d ln η_k of the modes of an ensemble, and the first at equal N_k.

    By least squares, nan of fewer than four modes. They do not depend on ω_c.
    """
    epsilon = 1 / np.where(modes.chi > 0, modes.chi, np.nan)
    return of_members(_exponents, modes.kappa, epsilon, modes.participation_number)


def _exponents(*columns: np.ndarray) -> list[float]:
    known = np.log(columns)[:, np.isfinite(columns).all(axis=0)]
    if len(np.unique(known[0])) < 4:
        return [np.nan] * 3
    (xx, xy, xz), (_, _, yz), (_, _, zz) = np.cov(known)
    return [xy / xx, xz / xx, (xy * zz - xz * yz) / (xx * zz - xz**2)]


def _rank_correlation(x: np.ndarray, y: np.ndarray) -> list[float]:
    # slow to import, and needed nowhere else
    from scipy.stats import rankdata

    ranks = [rankdata(values[np.isfinite(x + y)]) for values in (x, y)]
    return [np.corrcoef(ranks)[0, 1] if len(np.unique(ranks[0])) > 2 else np.nan]


def formation_energies(searches: Instabilities) -> tuple[float, ...]:
    """Return ε_m in k_BT_m: the printed estimate, and the least found for the crystal if a search found any."""
    found = formation_energy_found(searches)
    return (printed("formation energy at melting").value, *([found] if np.isfinite(found) else []))
