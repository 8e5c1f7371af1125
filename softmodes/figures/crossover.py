"""The crossover of eq. 8: participation area, formation energy, and where the 1.6 comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import angstrom, electron_volt, k

from softmodes.arguments import between, one
from softmodes.figures.style import COLOURS, plain_ticks
from softmodes.paper.materials import estimated_materials, load_materials
from softmodes.theory.crossover import CROSSOVER_RATIO, participation_area
from softmodes.theory.heat_capacity import asymptotic_crossover_ratio, crossover_ratio
from softmodes.theory.stability import quartic_mode_energy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from softmodes.paper.findings.crossover import Sensitivity
    from softmodes.paper.materials import Material


BARRIERS = (12.0, 20.0, 30.0)
"""V_max [W] at the lower end, in the middle and at the upper end of the bands; 20 W is where asymptotes give 1.6."""


def plot_crossover_ratio(ax: Axes) -> str:
    """Draw W/k_BT* against the highest barrier: asymptotes, full evaluation, and the 1.6 of eq. 8."""
    barriers = np.geomspace(5, 100, 60)
    ax.plot(barriers, crossover_ratio(barriers), color=COLOURS["glass"], label="quantum levels, full evaluation")
    ax.plot(barriers, asymptotic_crossover_ratio(barriers), "--", color="0.4", label="where the T and T$^5$ laws cross")
    ax.axhline(CROSSOVER_RATIO, color=COLOURS["melting"], lw=1, label="eq. 8")
    ax.plot(20, asymptotic_crossover_ratio(20.0), "o", color="0.4", ms=5)
    ax.set(xlabel="highest barrier crossed, $V_{max}/W$", ylabel="$W/k_BT^*$", xscale="log", ylim=(1.3, 2.4))
    plain_ticks(ax.xaxis, (5, 10, 20, 50, 100))
    ax.legend(frameon=False)
    values = ", ".join(f"{crossover_ratio(v):.2f} at {v:g}" for v in (12.4, 20.0, 30.5))
    return (
        f"Crossover ratio against the highest barrier: the asymptotic laws give "
        f"{asymptotic_crossover_ratio(20.0):.2f} at 20 W, the full evaluation {values} W. Both fall slowly."
    )


def plot_area_factor(ax: Axes) -> str:
    """Draw N_s a² of the glasses for eq. 8 and for the full evaluation at the same measured T*."""
    glasses, texts = _printed_areas(), []
    for place, (material, printed_area) in enumerate(glasses):
        low, middle, high = (printed_area * (CROSSOVER_RATIO / crossover_ratio(v)) ** 3 for v in BARRIERS)
        ax.bar(place - 0.2, printed_area, 0.35, color="0.75", label="1.6 of eq. 8, printed" if not place else None)
        ax.bar(place + 0.2, middle, 0.35, color=material.colour, yerr=[[middle - low], [high - middle]], capsize=4)
        texts.append(f"{material.formula} {printed_area:.0f} to {middle:.0f} Å²")
    ax.set_xticks(range(len(glasses)), labels=[material.tex for material, _ in glasses])
    ax.set(ylabel="$N_sa^2$ (Å$^2$)", xlabel="coloured: full evaluation")
    ax.legend(frameon=False, loc="upper left")
    return (
        "What a full evaluation of eq. 8 does to the area N_s a², for barriers of 20 times the energy W and with bars"
        f" for 12 to 30 times: {', '.join(texts)}."
    )


def _printed_areas() -> list[tuple[Material, float]]:
    """Return the glasses to which eqs 6-8 can be applied, and their printed N_s a² [Å²]."""
    return [(glass, glass.atoms(angstrom).n) for glass in estimated_materials().values()]


def plot_crossover(ax: Axes, crystal_frequency: float, mass: float) -> str:
    """Draw N_s a² against T* for one glass's ν_c [Hz] and mass [kg], and the glasses of the paper."""
    temperature, mass = np.geomspace(0.3, 5, 100), one(between, "mass", mass, 1e-28, 1e-22)
    omega_c = 2 * np.pi * one(between, "crystal_frequency", crystal_frequency, 1e6, 1e18)
    area = participation_area(CROSSOVER_RATIO * k * temperature, mass, omega_c)
    ax.plot(temperature, area / angstrom**2, color="0.4", label="eqs 6–8 for this glass")
    texts = []
    for material, printed_area in _printed_areas():
        star = material.crossover_temperature.n
        ax.plot(star, printed_area, "o", color=material.colour, label=material.tex)
        texts.append(f"{material.formula} {printed_area:.0f} Å² at {star:.2f} K")
    ax.set(xlabel="crossover temperature $T^*$ (K)", ylabel="$N_s a^2$ (Å$^2$)", xscale="log", yscale="log")
    plain_ticks(ax.xaxis, (0.3, 0.5, 1, 2, 5))
    ax.legend(frameon=False)
    return "Participation area against crossover temperature, falling as its third power: " + ", ".join(texts) + "."


def plot_formation(ax: Axes) -> str:
    """Draw ε_0 against T_g for constant ε_m/k_BT_g (eq. 23), and the glasses of the paper."""
    temperature = np.geomspace(200, 2500, 100)
    for energy in (3, 5, 10):
        epsilon_0 = quartic_mode_energy(energy) * k * temperature / electron_volt
        ax.plot(temperature, epsilon_0, color="0.6", lw=0.8 + (energy == 5))
        ax.annotate(
            f"{energy}", (temperature[-1], epsilon_0[-1]), xytext=(3, 0), textcoords="offset points", va="center"
        )
    printed = [(glass, energy) for glass in load_materials().values() if (energy := glass.quartic_energy) is not None]
    for material, energy in printed:
        ax.errorbar(material.glass_temperature.n, energy.n / electron_volt,
                    xerr=material.glass_temperature.s, fmt="o", color=material.colour,
                    label=material.tex)  # fmt: skip
    ax.set(
        xlabel="glass transition temperature $T_g$ (K)",
        ylabel="$\\epsilon_0$ (eV)",
        xscale="log",
        yscale="log",
        ylim=(3, 1000),
    )
    plain_ticks(ax.xaxis, (200, 500, 1000, 2000))
    ax.legend(frameon=False, loc="upper left")
    return (
        "Quartic mode energy against glass transition temperature with lines of constant ε_m/k_BT_g = 3, 5 and 10; the "
        "glasses lie at " + ", ".join(f"{each.formula} {each.formation_energy:.2uP}" for each, _ in printed) + "."
    )


def plot_atom_sensitivities(ax: Axes, sensitivities: Sequence[Sensitivity]) -> str:
    """Draw how far N_s moves with each of its inputs, a bar each, from `atom_sensitivities`."""
    names = {"a": "$a$", "W/k_BT*": "$W/k_BT^*$", "T*": "$T^*$", "ν_c": "$\\nu_c$", "M": "$M$"}
    for place, row in enumerate(sensitivities):
        ax.barh(place, row.high - row.low, 0.6, left=row.low, color="0.6")
    ax.axvline(1, color="0.2", lw=1)
    ax.set_yticks(range(len(sensitivities)), labels=[f"{names[row.symbol]}, {row.origin}" for row in sensitivities])
    ax.set(xlabel="number of atoms, relative to the one found", ylabel="input", xscale="log", xlim=(0.07, 14))
    ax.invert_yaxis()
    plain_ticks(ax.xaxis, (0.1, 0.2, 0.5, 1, 2, 5, 10))
    ranges = "; ".join(f"{row.symbol} ({row.origin}) {row.low:.2g} to {row.high:.2g}" for row in sensitivities)
    return f"By which factor each input moves the number of atoms, as far as it is open: {ranges}."
