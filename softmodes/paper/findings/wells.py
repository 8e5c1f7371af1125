"""What double wells of mixtures say: whether asymmetries are as uniform as eq. 8 has them, and how many tunnel.

Reduced units σ = ε = m = 1, density 1; temperatures are k_BT in ε. Errors of numbers are over chains, of medians over
wells. A uniform density of D_1 and D_2 makes s, the size of τ/(3κχ)^½, of minima uniform at any κ: a second minimum is
there above (8/9)^½, a lower one above 1. Of those that are the lower, s < 1, 5.7 % then have another beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import hbar, k

from softmodes.modes import AnharmonicModes
from softmodes.paper.averages import mean, median, of_known, of_members, snapshot_means, written
from softmodes.paper.findings.potentials import planck_constant
from softmodes.paper.materials import estimated_materials
from softmodes.paper.table import Table
from softmodes.theory.levels import energy_levels

if TYPE_CHECKING:
    from uncertainties import UFloat

    from softmodes.ensembles import SwapLiquids, Wells
    from softmodes.paper.materials import Material

SECOND_WELL = float(np.sqrt(8 / 9))
"""s above which a quartic has a second minimum."""

# Fewer say nothing of a distribution.
_FEWEST = 8
# Barriers above are not crossed by tunnelling in any time, and too high for `energy_levels` [W].
_HIGHEST = 300.0


@dataclass(frozen=True, kw_only=True)
class LocalForm:
    """The quartic coefficients of the pseudo-harmonic modes of minima below one temperature."""

    temperature: str = field(metadata={"header": "k_BT"})
    modes: str
    median: str = field(metadata={"header": "s, median (uniform: 0.5)"})
    double: str = field(metadata={"header": "second minimum (%; uniform: 5.7)"})
    lower: str = field(metadata={"header": "a lower one (%)"})
    unbounded: str = field(metadata={"header": "χ ≤ 0 (%)"})


def local_forms(swaps: SwapLiquids) -> Table[LocalForm]:
    """Return the table of what the straight quartics of soft modes say of second minima, one row a temperature.

    Without searching one: the coefficients stored of all chains.
    """
    return Table(_local_form(swaps, place) for place in range(len(swaps.temperatures)))


def _local_form(swaps: SwapLiquids, place: int) -> LocalForm:
    kappa, tau, chi, n_k = (
        getattr(swaps, f"pseudo_{name}")[:, place] for name in ("kappa", "tau", "chi", "participation")
    )
    straight = AnharmonicModes(
        kappa=kappa, tau=tau, chi=chi, chi_relaxed=np.full_like(chi, np.nan), participation_number=n_k
    )

    def shares(s: np.ndarray, there: np.ndarray) -> list[float]:
        known = np.isfinite(s)
        return [
            np.median(s[known]) if known.any() else np.nan,
            *(100 * np.sum(s[known] > least) / there.sum() for least in (SECOND_WELL, 1)),
            100 * np.sum(there & ~known) / there.sum(),
        ]

    found = of_members(lambda s, kappa: shares(s, np.isfinite(kappa)), straight.asymmetry, kappa)
    return LocalForm(
        temperature=f"{swaps.temperatures[place]:g}",
        modes=str(np.isfinite(kappa).sum()),
        **dict(zip(("median", "double", "lower", "unbounded"), map(_written_share, found), strict=True)),
    )


def _written_share(share: UFloat) -> str:
    # of none there is no scatter that would be its error
    return "none" if share.n == 0 else written(share)


@dataclass(frozen=True, kw_only=True)
class NextMinima:
    """Minima next to those below one temperature."""

    temperature: str = field(metadata={"header": "k_BT"})
    searched: str = field(metadata={"header": "soft modes of a minimum"})
    number: str = field(metadata={"header": "minima next to it"})
    lower: str = field(metadata={"header": "lower ones (%)"})
    crossed: str = field(metadata={"header": "with a barrier, with a whole way"})
    atoms: str = field(metadata={"header": "N_k of the step, median"})


def next_minima(wells: Wells) -> Table[NextMinima]:
    """Return the table of the minima to which soft modes lead, one row for each of the two parents."""
    counts = np.isfinite(wells.energy).sum(axis=-1)
    numbers, searched = (snapshot_means(values.T) for values in (counts, wells.modes))
    return Table(_next_minima(wells, *row) for row in zip(range(len(counts[0])), searched, numbers, strict=True))


def _next_minima(wells: Wells, place: int, searched: UFloat, number: UFloat) -> NextMinima:
    found = wells.below(place)
    lower = np.where(np.isfinite(found.energy), 100.0 * (found.energy < 0), np.nan)
    return NextMinima(
        temperature=f"{wells.temperatures[place]:g}",
        searched=written(searched),
        number=written(number),
        lower=written(of_known(mean, lower)),
        crossed=f"{np.sum(found.barrier > 0)}, {np.isfinite(found.asymmetry * found.length).sum()}",
        atoms=written(of_known(median, found.participation_number)),
    )


@dataclass(frozen=True, kw_only=True)
class WellShape:
    """Asymmetries and barriers of the double wells below one temperature."""

    temperature: str = field(metadata={"header": "k_BT"})
    asymmetry: str = field(metadata={"header": "asymmetry/k_BT, median"})
    barrier: str = field(metadata={"header": "barrier/k_BT, median"})
    s: str = field(metadata={"header": "s, median (uniform: half way)"})
    uniform: str = field(metadata={"header": "probability of a uniform s"})


def well_shapes(wells: Wells) -> Table[WellShape]:
    """Return the table of how lopsided double wells are, one row for each of the two parents.

    Barriers are seen from the minimum below the liquid. s lies between (8/9)^½ and the largest that was found, half way
    between which, in brackets, a uniform one has its median; the probability is of Kolmogorov and Smirnov.
    """
    return Table(_well_shape(wells, place) for place in range(len(wells.temperatures)))


def _well_shape(wells: Wells, place: int) -> WellShape:
    temperature, found = wells.temperatures[place], wells.below(place)
    s, crossed = found.asymmetry, np.where(found.barrier > 0, found.barrier, np.nan)
    return WellShape(
        temperature=f"{temperature:g}",
        asymmetry=written(of_known(median, np.abs(found.energy) / temperature)),
        barrier=written(of_known(median, crossed / temperature)),
        s=written(of_known(median, s)) + (f" ({(SECOND_WELL + np.nanmax(s)) / 2:.2f})" if np.any(s > 0) else ""),
        uniform=_uniformity(s),
    )


def _uniformity(s: np.ndarray) -> str:
    """Return the probability that a uniform s would deviate as far by chance, as a text."""
    known = np.sort(s[np.isfinite(s)])
    if len(known) < _FEWEST:
        return f"too few, {len(known)}"
    # slow to import, and needed nowhere else
    from scipy.stats import kstest

    return f"{kstest(known[:-1], 'uniform', args=(SECOND_WELL, known[-1] - SECOND_WELL)).pvalue:.1g}"


def splittings(wells: Wells, place: int, planck: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return W, asymmetry and E_1 − E_0 [ε] of the double wells of a parent, (chains, 20); W is nan without a way.

    ħ in σ(mε)^½. The levels are those of the quartic that has length, barrier and asymmetry of the way; nan where the
    barrier is above 300 W.
    """
    found = wells.below(place)
    w, d_1, d_2 = found.quartic.soft_potential(planck)
    low, spacing = d_2**2 / 4 < _HIGHEST, np.full_like(w, np.nan)
    spacing[low] = np.diff(energy_levels(d_1[low], d_2[low], 2))[:, 0] * w[low]
    return w, np.abs(found.energy), spacing


@dataclass(frozen=True, kw_only=True)
class TunnellingRow:
    """Double wells below one temperature, scaled to a real glass."""

    glass: str
    temperature: str = field(metadata={"header": "k_BT of the parent (ε)"})
    w: str = field(metadata={"header": "W/k_B (K), median"})
    within: str = field(metadata={"header": "below W, of all with a way"})
    least: str = field(metadata={"header": "least (E_1 − E_0)/k_B (K)"})
    density: str = field(metadata={"header": "those below W, per J and m³"})


def tunnelling(wells: Wells, nu_c: float) -> Table[TunnellingRow]:
    """Return the table of double wells as tunnelling states, scaled to mass, density and ν_c of each glass."""
    return Table(
        _tunnelling(wells, nu_c, material, place)
        for material in estimated_materials().values()
        for place in range(len(wells.temperatures))
    )


def energy_unit(material: Material, nu_c: float) -> float:
    """Return ε in J if the computer glass has the mass, number density and crystal-like frequency of a real one."""
    return float(hbar / planck_constant(material, nu_c) * material.crystal_frequency.n / nu_c)


def _tunnelling(wells: Wells, nu_c: float, material: Material, place: int) -> TunnellingRow:
    unit = energy_unit(material, nu_c)
    w, asymmetry, spacing = splittings(wells, place, planck_constant(material, nu_c))
    within = asymmetry < w
    # of each chain, what its wells add to a density of asymmetries
    density = mean(np.sum(1 / w, axis=1, where=within))
    per_volume = material.density / material.mass / wells.parameters["n"] / unit
    return TunnellingRow(
        glass=material.formula,
        temperature=f"{wells.temperatures[place]:g}",
        w=written(of_known(median, w * unit / k), ".2uP"),
        within=f"{within.sum()} of {np.isfinite(w).sum()}",
        least=f"{np.nanmin(spacing) * unit / k:.2g}" if np.isfinite(spacing).any() else "unknown",
        density=written(density * per_volume) if within.any() else "none",
    )
