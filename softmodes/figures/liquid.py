"""Instantaneous normal modes of the r⁻⁶ liquid from above freezing into the glass. Each figure returns its text.

Reduced units σ = ε = m = 1, density 1; temperatures are k_BT in ε.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps

from softmodes.ensembles import density_of_states
from softmodes.figures.style import plain_ticks
from softmodes.paper.averages import snapshot_means, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike
    from uncertainties import UFloat

    from softmodes.ensembles import Liquids


def plot_unstable_fraction(ax: Axes, liquids: Liquids, crystal: Liquids) -> str:
    """Draw the fraction of unstable modes of liquid and crystal against temperature, with errors over snapshots."""
    texts = []
    for name, some, style in (("liquid, glass", liquids, {"color": "#1d4ed8"}),
                              ("crystal", crystal, {"color": "0.4", "mfc": "w"})):  # fmt: skip
        means = draw_means(ax, some, some.unstable_fraction, label=name, **style)
        texts.append(f"{name}: {listed(means, some.temperatures)}")
    freezing = draw_temperatures(ax, liquids)
    ax.set(ylabel="fraction of unstable modes", ylim=(0, None))
    ax.legend(frameon=False, loc="upper left")
    return f"Fraction of unstable modes, {freezing}; {'; '.join(texts)}."


def plot_unstable_participation(ax: Axes, liquids: Liquids) -> str:
    """Draw the mean participation ratio of unstable and of stable modes against temperature."""
    texts = []
    for unstable, name, colour in ((True, "unstable", "#c2410c"), (False, "stable", "0.4")):
        means = draw_means(ax, liquids, liquids.participation_ratio(unstable=unstable), color=colour, label=name)
        texts.append(f"{written(means[0])} to {written(means[-1])} for {name} modes")
    draw_temperatures(ax, liquids)
    ax.set(ylabel="participation ratio $p = N_k/N$", ylim=(0, 0.7))
    ax.legend(frameon=False, loc="upper right")
    ends = " to ".join(f"{liquids.temperatures[end]:g}" for end in (0, -1))
    return f"Mean participation ratio from temperature {ends}: " + ", ".join(texts) + "."


def plot_instantaneous_spectrum(ax: Axes, liquids: Liquids, temperatures: Sequence[float] = (1.0, 0.19, 0.05)) -> str:
    """Draw the density of states at some of the temperatures, imaginary frequencies on the negative axis."""
    known, edges, texts = liquids.temperatures.tolist(), np.linspace(-2.4, 5, 186), []
    for place, temperature in enumerate(temperatures):
        if temperature not in known:
            raise ValueError(f"temperatures must be among {known}, got {temperature}")
        dos = density_of_states(liquids.frequencies[known.index(temperature)], edges)
        colour = colormaps["plasma"](0.75 * (1 - place / len(temperatures)))
        ax.errorbar(dos.centres, dos.density, dos.error, color=colour, lw=1.2, elinewidth=0.8,
                    label=f"$k_BT$ = {temperature:g}")  # fmt: skip
        lobe = dos.density[dos.centres < 0].sum() * (edges[1] - edges[0])
        texts.append(f"{lobe:.3f} at {temperature:g}")
    ax.axvline(0, color="0.6", lw=0.8)
    ax.set(xlabel="frequency ν, imaginary ones to the left", ylabel="density of states g(ν)", xlim=(-1.6, 3.2))
    ax.set_ylim(0, None)
    ax.legend(frameon=False, loc="upper right")
    return "Density of states with a lobe of imaginary frequencies, drawn negative, of area " + ", ".join(texts) + "."


def draw_means(ax: Axes, liquids: Liquids, values: Iterable[ArrayLike], **style: Any) -> list[UFloat]:
    """Draw means over snapshots against temperature, and return them."""
    means = snapshot_means(values)
    heights, errors = [value.n for value in means], [value.s for value in means]
    ax.errorbar(liquids.temperatures, heights, errors, fmt="o-", ms=4, lw=1, capsize=2, **style)
    return means


def draw_temperatures(ax: Axes, liquids: Liquids) -> str:
    """Draw a logarithmic axis of temperature with the freezing point, and return that in words."""
    freezing = draw_freezing(ax, liquids)
    ax.set(xlabel="temperature $k_BT/\\epsilon$", xscale="log")
    plain_ticks(ax.xaxis, (0.05, 0.1, 0.2, 0.5, 1))
    return freezing


def draw_freezing(ax: Axes, liquids: Liquids) -> str:
    """Mark where the liquid freezes if that is known, and return it in words."""
    try:
        freezing = liquids.potential.freezing
    except ValueError:
        return f"freezing not known for exponent {liquids.potential.exponent}"
    ax.axvline(freezing, color="0.7", lw=0.8, ls=":")
    ax.annotate("freezing", (freezing, 0.03), (3, 0), ("data", "axes fraction"), "offset points")
    return f"freezing at {freezing:.3f}"


def listed(values: Iterable[UFloat], temperatures: Iterable[float]) -> str:
    """Return numbers, with their errors if there are any, and their temperatures in words."""
    texts = (f"{written(value)}" if np.isfinite(value.s) else f"{value.n:g}" for value in values)
    return ", ".join(f"{text} at {place:g}" for text, place in zip(texts, temperatures, strict=True))
