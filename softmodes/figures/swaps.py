"""Mixtures far below freezing: equilibrium, order, and the soft modes of their minima. Each figure returns its text.

Reduced units σ = ε = m = 1 (σ the mean diameter), density 1; temperatures are k_BT in ε.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps

from softmodes.ensembles.swaps import LOOKS, periodic_tree
from softmodes.figures.liquid import listed
from softmodes.figures.style import plain_ticks
from softmodes.paper.averages import snapshot_means, written
from softmodes.paper.findings.swaps import creation_energy, soft_mode_counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from softmodes.ensembles import SwapLiquids, Wells


def plot_ways(ax: Axes, swaps: SwapLiquids) -> str:
    """Draw the energy of the minima against the temperature of the parent, on the way down and on the way up."""
    texts = []
    for way, name, style in ((0, "on the way down", "o-"), (1, "on the way up", "s--")):
        means = snapshot_means(swaps.inherent_energy[..., way].T)
        ax.errorbar(swaps.temperatures, [x.n for x in means], [x.s for x in means], fmt=style, ms=4, lw=1, capsize=2,
                    mfc="w" if way else None, label=name)  # fmt: skip
        texts.append(f"{name} {listed(means, swaps.temperatures)}")
    ax.set(xlabel="temperature $k_BT/\\epsilon$", ylabel="inherent energy per atom $/\\epsilon$", xscale="log")
    plain_ticks(ax.xaxis, swaps.temperatures)
    ax.legend(frameon=False)
    return f"Energy per atom of the minima on both ways: {'; '.join(texts)}."


def plot_overlap(ax: Axes, swaps: SwapLiquids) -> str:
    """Draw how the overlap with an earlier snapshot falls with the sweeps between, at each temperature."""
    texts = []
    for place, temperature in enumerate(swaps.temperatures):
        means = snapshot_means(swaps.overlap[:, place].mean(axis=1).T)
        colour = colormaps["plasma"](0.85 * place / len(swaps.temperatures))
        looks = np.array(LOOKS) * (swaps.sweeps[place] // 2)
        ax.errorbar(looks, [x.n for x in means], [x.s for x in means], fmt="o-", ms=3, lw=1, color=colour,
                    label=f"$k_BT$ = {temperature:g}")  # fmt: skip
        texts.append(f"{written(means[-1])} after {looks[-1]:.0f} at {temperature:g}")
    ax.axhline(4 / 3 * np.pi * 0.3**3, color="0.6", lw=0.8, ls=":")
    ax.set(xlabel="sweeps between", ylabel="overlap", xscale="log", ylim=(0, 1.02))
    ax.legend(frameon=False, fontsize="small")
    return f"Overlap with an earlier snapshot, 0.11 of unrelated ones: {', '.join(texts)}."


def plot_pair_distribution(ax: Axes, swaps: SwapLiquids) -> str:
    """Draw the pair distribution of the minima below the hottest and below the coldest parent."""
    edges, edge, n = np.linspace(0.5, min(3.5, swaps.box.min() / 2), 121), swaps.box[0], len(swaps.diameters)
    texts = []
    for place, colour in ((0, "#c2410c"), (len(swaps.temperatures) - 1, "#1d4ed8")):
        within = np.zeros(len(edges))
        for positions in swaps.positions[:, place]:
            tree = periodic_tree(positions, edge)
            within += tree.count_neighbors(tree, edges)
        shells = 4 / 3 * np.pi * np.diff(edges**3) * n * len(swaps.positions)
        density = np.diff(within) / shells
        centres, temperature = (edges[1:] + edges[:-1]) / 2, swaps.temperatures[place]
        ax.plot(centres, density, lw=1.2, color=colour, label=f"$k_BT$ = {temperature:g}")
        texts.append(f"first maximum {density.max():.2f} at {centres[density.argmax()]:.2f} for {temperature:g}")
    ax.axhline(1, color="0.6", lw=0.8, ls=":")
    ax.set(xlabel="distance $r/\\sigma$", ylabel="pair distribution g(r)", ylim=(0, None))
    ax.legend(frameon=False)
    return f"Pair distribution of the minima, without the lines of a crystal: {', '.join(texts)}."


def plot_parent_counts(ax: Axes, mixtures: Mapping[int, SwapLiquids], *, scaled: bool = False) -> str:
    """Draw the number of soft modes of 1000 atoms against the inverse temperature of the parent, `{n: SwapLiquids}`.

    Full: harmonic modes. Open: freed of sound. The line has the slope over the three coldest parents. With `scaled` the
    window follows the Debye level.
    """
    texts = []
    for (n, swaps), colour in zip(mixtures.items(), ("#1d4ed8", "#c2410c"), strict=False):
        inverse = 1 / swaps.temperatures
        for freed in (False, True):
            counts = soft_mode_counts(swaps, freed=freed, scaled=scaled)
            means = snapshot_means(counts.T * (1000 / n))
            ax.errorbar(inverse, [x.n for x in means], [x.s for x in means], fmt="s" if freed else "o", ms=4, capsize=2,
                        color=colour, mfc="w" if freed else None,
                        label=f"N = {n}{', freed of sound' if freed else ''}")  # fmt: skip
            cost = creation_energy(swaps, freed=freed, scaled=scaled)
            heights = np.log([max(x.n, 1e-9) for x in means[-3:]])
            weights = [(x.n / x.s) ** 2 if x.s > 0 else 1e-9 for x in means[-3:]]
            middle = np.average(heights + cost.n * inverse[-3:], weights=weights)
            line = np.exp(middle - cost.n * inverse[-3:])
            ax.plot(inverse[-3:], line, lw=1, ls="--" if freed else "-", color=colour)
            texts.append(
                f"of {n} atoms{' freed of sound' if freed else ''} {listed(means, swaps.temperatures)}, slope"
                f" {written(cost)}"
            )
    ax.set(xlabel="inverse temperature $\\epsilon/k_BT$ of the parent", yscale="log",
           ylabel="soft modes of 1000 atoms")  # fmt: skip
    plain_ticks(ax.yaxis, (0.5, 1, 2, 4, 8))
    ax.legend(frameon=False, fontsize="small", loc="lower left")
    window = "in a window that follows the Debye level" if scaled else "in one fixed window"
    return f"Soft modes for each 1000 atoms {window}, by the temperature of the parent: {'; '.join(texts)}."


def plot_next_minima(ax: Axes, wells: Wells) -> str:
    """Draw the asymmetry of each minimum and one next to it against the barrier above the lower, at both parents.

    On the dashed line the barrier vanishes from the upper one; open where no whole way was followed.
    """
    texts, ends = [], (1e-5, 1e1)
    for place, colour in ((0, "#c2410c"), (1, "#1d4ed8")):
        found, temperature = wells.below(place), wells.temperatures[place]
        whole, resolved = np.isfinite(found.length), found.barrier > 0
        for chosen, face in ((resolved & whole, colour), (resolved & ~whole, "w")):
            ax.plot(found.top[chosen], np.abs(found.energy[chosen]), "o", ms=4, color=colour, mfc=face)
        ax.plot([], [], "o", ms=4, color=colour, label=f"parent at $k_BT$ = {temperature:g}")
        asymmetries = np.abs(found.energy[found.barrier > 0])
        least = f", least asymmetry {asymmetries.min():.2g}" if asymmetries.size else ""
        texts.append(f"{asymmetries.size} with a barrier below {len(found.energy)} liquids at {temperature:g}{least}")
    ax.plot(ends, ends, "k--", lw=1)
    ax.set(xlabel="barrier above the lower minimum $/\\epsilon$", ylabel="asymmetry $/\\epsilon$", xscale="log")
    ax.set(yscale="log", xlim=(1e-4, 1e1), ylim=ends)
    ax.legend(frameon=False, fontsize="small", loc="upper left")
    return f"Minima next to those of a mixture, asymmetry against barrier: {'; '.join(texts)}."
