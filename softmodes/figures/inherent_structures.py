"""Soft modes of the minima below the r⁻⁶ liquid, and how far its atoms vibrate and diffuse. Figures return their text.

Reduced units σ = ε = m = 1, density 1; temperatures are k_BT in ε. Displacements are squares of three-dimensional
distances, means over the atoms; all errors are standard errors over snapshots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps

from softmodes.figures.liquid import draw_freezing, draw_means, draw_temperatures, listed
from softmodes.paper.averages import snapshot_means, written
from softmodes.paper.findings.liquids import DIFFUSIVE, shoulder, vibrational_displacements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from softmodes.ensembles import Liquids


_HARMONIC, _DISTANCE, _DYNAMIC = "#1d4ed8", "#c2410c", "#15803d"


def plot_inherent_energy(ax: Axes, liquids: Liquids) -> str:
    """Draw the energy of the inherent structures against the temperature of the liquid above."""
    means = draw_means(ax, liquids, liquids.inherent_energy, color=_HARMONIC)
    draw_temperatures(ax, liquids)
    ax.set(ylabel="inherent energy per atom $/\\epsilon$", ylim=(3.48, 3.5))
    return f"Energy per atom of the inherent structures: {listed(means, liquids.temperatures)}."


def plot_soft_modes(ax: Axes, liquids: Liquids) -> str:
    """Draw how many modes of the inherent structures are soft, against the temperature of the liquid above."""
    texts = []
    for limit, colour in ((0.15, _HARMONIC), (0.1, "#7c3aed")):
        means = draw_means(ax, liquids, liquids.soft_modes(limit), color=colour, label=f"ν < {limit:g}")
        texts.append(f"with ν < {limit:g}: {listed(means, liquids.temperatures)}")
    draw_temperatures(ax, liquids)
    ax.set(ylabel=f"soft modes of {liquids.parameters['n']} atoms", ylim=(0, None))
    ax.legend(frameon=False)
    return f"Soft modes of the inherent structures against the temperature above them, {'; '.join(texts)}."


def plot_vibrational_displacement(
    ax: Axes, liquids: Liquids, crystal: Liquids, *, over_temperature: bool = False
) -> str:
    """Draw the mean square vibrational displacement against temperature by three routes, up to k_BT = 0.3.

    Beside them stands, of the crystal, the distance of the snapshots from their minimum. With `over_temperature` all is
    divided by k_BT, so that what harmonic modes of one structure do is a constant.
    """
    shown = liquids.temperatures <= 0.3
    temperatures, texts = liquids.temperatures[shown], []
    scale = temperatures if over_temperature else np.ones_like(temperatures)
    styles = {"harmonic": ("o-", _HARMONIC), "distance": ("s-", _DISTANCE), "dynamics": ("^-", _DYNAMIC)}
    for name, values in vibrational_displacements(liquids).items():
        heights, (style, colour) = np.array(values)[shown] / scale, styles[name]
        known = [np.isfinite(height.n) for height in heights]
        places, drawn = temperatures[known], heights[known]
        ax.errorbar(places, [h.n for h in drawn], [h.s for h in drawn], fmt=style, ms=4, lw=1, capsize=2, color=colour,
                    label=name)  # fmt: skip
        texts.append(f"{name}: {listed(drawn, places) or 'unknown'}")
    means = np.array(snapshot_means(crystal.distance)) / (crystal.temperatures if over_temperature else 1)
    ax.errorbar(crystal.temperatures, [m.n for m in means], [m.s for m in means], fmt="D-", ms=4, lw=1, color="0.5",
                mfc="w", label="crystal, distance")  # fmt: skip
    texts.append(f"crystal, distance: {listed(means, crystal.temperatures)}")
    coldest = liquids.temperatures.argmin()
    slope = liquids.harmonic[coldest].mean() / liquids.temperatures[coldest]
    ax.plot([0, 0.32], [slope, slope] if over_temperature else [0, 0.32 * slope], "k--", lw=0.8, label="proportional")
    draw_freezing(ax, liquids)
    quantity = r"$\langle u^2\rangle/k_BT$" if over_temperature else r"$\langle u^2\rangle/\sigma^2$"
    ax.set(xlabel=r"temperature $k_BT/\epsilon$", ylabel=quantity, xlim=(0, 0.32), ylim=(0, None))
    ax.legend(frameon=False)
    kind = "divided by k_BT" if over_temperature else "against temperature"
    return f"Mean square vibrational displacement {kind}, harmonic line {slope:.3f} k_BT. {'; '.join(texts)}."


def plot_displacement_in_time(
    ax: Axes, liquids: Liquids, temperatures: Sequence[float] = (1.0, 0.3, 0.19, 0.13, 0.08, 0.05)
) -> str:
    """Draw the mean square displacement against time at some of the temperatures, and mark the shoulders."""
    known, texts = liquids.temperatures.tolist(), []
    for place, temperature in enumerate(temperatures):
        if temperature not in known:
            raise ValueError(f"temperatures must be among {known}, got {temperature}")
        moved = liquids.displacement[known.index(temperature)]
        colour = colormaps["plasma"](0.85 * (1 - place / len(temperatures)))
        errors = [value.s for value in snapshot_means(moved.T)]
        ax.errorbar(liquids.times, moved.mean(axis=0), errors, color=colour, lw=1.2, label=f"$k_BT$ = {temperature:g}")
        time, height, slope = shoulder(liquids.times, moved)
        if slope.n < DIFFUSIVE:
            ax.plot(time, height.n, "^", ms=6, color=colour)
        texts.append(f"{written(slope)} at {temperature:g}, t = {time:.1f}")
    flight = liquids.times[:8]
    ax.plot(flight, 3 * min(temperatures) * flight**2, "k--", lw=0.8, label="$3k_BTt^2$")
    ax.set(xlabel="time $t$", ylabel=r"mean square displacement $/\sigma^2$", xscale="log", yscale="log")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return f"Mean square displacement against time; its least slope on both logarithmic axes: {', '.join(texts)}."
