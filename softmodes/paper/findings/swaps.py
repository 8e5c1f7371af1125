"""What mixtures far below freezing say: whether they are in equilibrium, and how the number of soft modes falls.

Reduced units σ = ε = m = 1 (σ the mean diameter), density 1; temperatures are k_BT in ε, frequencies ν. All errors are
standard errors over independent chains. Modes are counted on the way down, once a chain at each temperature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from uncertainties import UFloat, ufloat

from softmodes.ensembles.resampling import drawn_members, standard_error
from softmodes.paper.averages import UNKNOWN, median, of_known, snapshot_means, written
from softmodes.paper.table import Table

if TYPE_CHECKING:
    from softmodes.ensembles import SwapLiquids

WINDOWS = {6: 0.6 / (2 * np.pi), 12: 0.8 / (2 * np.pi)}
"""Highest ν of a soft mode by exponent: ω = 0.6 and 0.8, fixed on other chains before these were made; both lie below
the lowest transverse sound of the boxes."""

# Of the temperatures, the coldest between which a slope is taken: above them the number hardly changes.
_COLDEST = 3
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def debye_frequencies(swaps: SwapLiquids) -> np.ndarray:
    r"""Return the Debye level of the minima at each temperature, from median moduli: single minima are nearly unstable.

    .. math:: \nu_D = \frac{1}{2\pi}\Big(\frac{18\pi^2\rho}{c_L^{-3} + 2c_T^{-3}}\Big)^{1/3}
    """
    density = swaps.parameters["n"] / swaps.box.prod()
    longitudinal, shear = np.sqrt(np.median(swaps.moduli, axis=0).T / density)
    debye: np.ndarray = (18 * np.pi**2 * density / (longitudinal**-3 + 2 * shear**-3)) ** (1 / 3) / (2 * np.pi)
    return debye


def soft_mode_counts(swaps: SwapLiquids, *, freed: bool = False, scaled: bool = False) -> np.ndarray:
    """Return the number of soft modes of each minimum, integers of shape (chains, temperatures).

    Of harmonic modes, or `freed` of sound, the pseudo-harmonic ones, of which ten harmonic modes lead to at most ten.
    The window is that of WINDOWS, or `scaled` with the Debye level from the hottest parent on: what then changes is the
    number, and not the stiffness of the whole. A ValueError for an exponent without a window.
    """
    if swaps.parameters["exponent"] not in WINDOWS:
        raise ValueError(f"exponent must be one of {', '.join(map(str, WINDOWS))}, got {swaps.parameters['exponent']}")
    debye = debye_frequencies(swaps)
    highest = WINDOWS[swaps.parameters["exponent"]] * (debye / debye[0] if scaled else np.ones_like(debye))
    nu = swaps.pseudo_frequencies if freed else swaps.frequencies
    # what is not there is nan, and not below
    counts: np.ndarray = np.sum(nu < highest[:, None], axis=-1)
    return counts


def creation_energy(
    swaps: SwapLiquids, *, freed: bool = False, scaled: bool = False, parents: slice = slice(-_COLDEST, None)
) -> UFloat:
    r"""Return the slope of the logarithm of the number of soft modes [ε]: what one would cost if Boltzmann made them.

    .. math:: E = -\frac{d\ln n}{d(1/k_BT)}

    A straight line through some parents, else the three coldest, weighted by the errors of their numbers; nan where a
    number is zero or known of one chain only.
    """
    counts = soft_mode_counts(swaps, freed=freed, scaled=scaled)[:, parents]
    place, number = 1 / swaps.temperatures[parents], counts.mean(axis=0)
    spread = counts.std(axis=0) / np.maximum(number, 1e-9)
    if len(counts) < 2 or not (number.all() and spread.all()):
        return UNKNOWN
    aside = place - np.average(place, weights=spread**-2)
    weights = aside * spread**-2 / np.sum(aside**2 * spread**-2)
    with np.errstate(divide="ignore"):
        drawn = np.log(counts[drawn_members(len(counts))].mean(axis=1))
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    return ufloat(float(-weights @ np.log(number)), standard_error(-drawn @ weights))


def onset_temperature(swaps: SwapLiquids) -> UFloat:
    """Return k_BT below which minima become deeper.

    There a line through the energies of the three coldest parents against 1/k_BT meets that of the hottest.
    """
    energies, place = swaps.inherent_energy.mean(axis=2), 1 / swaps.temperatures
    drawn = drawn_members(len(energies))

    def meets(means: np.ndarray) -> float:
        slope, level = np.polyfit(place[-_COLDEST:], means[-_COLDEST:], 1)
        return float(slope / (means[0] - level))

    if len(energies) < 2:
        return UNKNOWN
    again = np.array([meets(energies[members].mean(axis=0)) for members in drawn])
    return ufloat(meets(energies.mean(axis=0)), standard_error(again))


@dataclass(frozen=True, kw_only=True)
class Equilibration:
    """One temperature of the chains: what ways down and up give."""

    temperature: str = field(metadata={"header": "k_BT"})
    sweeps: str = field(metadata={"header": "sweeps, each way"})
    energy: str = field(metadata={"header": "energy, down − up"})
    inherent: str = field(metadata={"header": "inherent energy, down − up"})
    force: str = field(metadata={"header": "k_BT from forces"})
    order: str = field(metadata={"header": "largest bond order"})


def equilibration(swaps: SwapLiquids) -> Table[Equilibration]:
    """Return the table of what shows equilibrium, or that it is not there, one row for each temperature.

    Bond order is 0.1 to 0.15 of a liquid and above 0.3 of a crystal.
    """
    columns = _by_temperature(
        energy=swaps.energy[..., 0] - swaps.energy[..., 1],
        inherent=swaps.inherent_energy[..., 0] - swaps.inherent_energy[..., 1],
        force=swaps.configurational_temperature.mean(axis=2),
    )
    return Table(
        Equilibration(
            temperature=f"{temperature:g}",
            sweeps=str(swaps.sweeps[place]),
            order=f"{swaps.order[:, place].max():.2f}",
            **{name: column[place] for name, column in columns.items()},
        )
        for place, temperature in enumerate(swaps.temperatures)
    )


@dataclass(frozen=True, kw_only=True)
class Memory:
    """One temperature of the chains: how fast they forget."""

    temperature: str = field(metadata={"header": "k_BT"})
    time: str = field(metadata={"header": "correlation time of the energy (sweeps)"})
    overlap: str = field(metadata={"header": "overlap after half the sweeps"})
    memory: str = field(metadata={"header": "overlap of both ways"})


def memories(swaps: SwapLiquids) -> Table[Memory]:
    """Return the table of how fast the chains forget, one row for each temperature.

    The median over chains of the correlation time of the energy is that of its fast part. Unrelated snapshots overlap
    by 0.11.
    """
    columns = _by_temperature(overlap=swaps.overlap[..., -1].mean(axis=2), memory=swaps.memory)
    times = np.median(swaps.correlation_time, axis=(0, 2))
    return Table(
        Memory(
            temperature=f"{temperature:g}",
            time=f"{times[place]:.0f}",
            **{name: column[place] for name, column in columns.items()},
        )
        for place, temperature in enumerate(swaps.temperatures)
    )


def _by_temperature(**values: np.ndarray) -> dict[str, list[str]]:
    """Means over chains of arrays (chains, temperatures) as texts."""
    return {name: [written(each) for each in snapshot_means(value.T)] for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class ParentLiquid:
    """Minima below one temperature, means over chains."""

    temperature: str = field(metadata={"header": "k_BT"})
    energy: str = field(metadata={"header": "inherent energy"})
    debye: str = field(metadata={"header": "ν_D"})
    lowest: str = field(metadata={"header": "lowest ν"})
    atoms: str = field(metadata={"header": "its N_k, median"})
    freed_atoms: str = field(metadata={"header": "N_k freed, median"})


def parent_liquids(swaps: SwapLiquids) -> Table[ParentLiquid]:
    """Return the table of depth, stiffness and softest mode against the temperature of the parent liquid."""
    columns = _by_temperature(energy=swaps.inherent_energy[..., 0], lowest=swaps.frequencies[..., 0])
    debye = debye_frequencies(swaps)
    return Table(
        ParentLiquid(
            temperature=f"{temperature:g}",
            debye=f"{debye[place]:.3f}",
            atoms=written(median(swaps.participation_number[:, place, 0])),
            freed_atoms=written(of_known(median, swaps.pseudo_participation[:, place, 0])),
            **{name: column[place] for name, column in columns.items()},
        )
        for place, temperature in enumerate(swaps.temperatures)
    )


@dataclass(frozen=True, kw_only=True)
class SoftModes:
    """Number of soft modes of a minimum below one temperature, means over chains."""

    temperature: str = field(metadata={"header": "k_BT"})
    modes: str = field(metadata={"header": "soft modes"})
    scaled: str = field(metadata={"header": "window follows ν_D"})
    freed: str = field(metadata={"header": "freed of sound"})
    freed_scaled: str = field(metadata={"header": "freed, window follows ν_D"})
    prefactor: str = field(metadata={"header": "A of g = Aν⁴"})


def soft_mode_numbers(swaps: SwapLiquids) -> Table[SoftModes]:
    """Return the table of the number of soft modes against the temperature of the parent liquid.

    The prefactor is that of the harmonic modes in the fixed window, g normalised to 1 over all modes of a minimum.
    """
    per_mode = 5 / ((3 * swaps.parameters["n"] - 3) * WINDOWS[swaps.parameters["exponent"]] ** 5)
    fixed = soft_mode_counts(swaps)
    columns = _by_temperature(
        modes=fixed,
        scaled=soft_mode_counts(swaps, scaled=True),
        freed=soft_mode_counts(swaps, freed=True),
        freed_scaled=soft_mode_counts(swaps, freed=True, scaled=True),
        prefactor=fixed * per_mode,
    )
    return Table(
        SoftModes(temperature=f"{temperature:g}", **{name: column[place] for name, column in columns.items()})
        for place, temperature in enumerate(swaps.temperatures)
    )


@dataclass(frozen=True, kw_only=True)
class CreationEnergy:
    """What a soft mode costs by the number that there are, of one mixture."""

    mixture: str
    fixed: str = field(metadata={"header": "E, fixed window (ε)"})
    scaled: str = field(metadata={"header": "at fixed stiffness of the whole (ε)"})
    freed: str = field(metadata={"header": "freed of sound, likewise (ε)"})
    coldest: str = field(metadata={"header": "over k_BT of the coldest parent"})
    onset: str = field(metadata={"header": "over k_BT where minima begin to deepen"})


def creation_energies(mixtures: Mapping[tuple[int, int], SwapLiquids]) -> Table[CreationEnergy]:
    """Return the table of slopes of ln(number) against 1/k_BT over the three coldest parents, `{(p, n): SwapLiquids}`.

    Energies in k_BT are those at fixed stiffness of the whole, of harmonic modes.
    """
    rows = []
    for (exponent, n), swaps in mixtures.items():
        scaled = creation_energy(swaps, scaled=True)
        rows.append(
            CreationEnergy(
                mixture=f"r⁻{str(exponent).translate(_RAISED)}, {n} atoms",
                fixed=written(creation_energy(swaps)),
                scaled=written(scaled),
                freed=written(creation_energy(swaps, freed=True, scaled=True)),
                coldest=written(scaled / swaps.temperatures[-1]),
                onset=written(scaled / onset_temperature(swaps)),
            )
        )
    return Table(rows)
