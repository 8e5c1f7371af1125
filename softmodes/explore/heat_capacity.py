"""Eq. 8 under sliders: the heat capacity of soft modes, the minimum of C/T³, and how it depends on V_max."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.constants import k

from softmodes.explore.explorer import Choice, Explorer, Readout, Slider, as_widget
from softmodes.figures.crossover import plot_crossover_ratio
from softmodes.figures.style import COLOURS
from softmodes.paper.materials import estimated_materials
from softmodes.theory.crossover import CROSSOVER_RATIO
from softmodes.theory.heat_capacity import (
    ATTEMPT_TIME,
    asymptotic_crossover_ratio,
    crossover_ratio,
    heat_capacity,
    tunnelling_heat_capacity,
    vibrational_heat_capacity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

_BARRIERS = np.arange(5.0, 61.0)
_GRID = np.geomspace(0.02, 6, 60)  # W/k_B


# Its name is older than the module's; readers' notebooks have it.
class SpecificHeatExplorer(Explorer):
    r"""C/T³ of the soft modes and a Debye term, its minimum T*, and W/k_BT* as the highest barrier V_max has it.

    Parameters
    ----------
    {state}

    Notes
    -----
    T* is the minimum of the full evaluation; N_s a² from a measured T* has to be multiplied by the factor (1.6/ratio)³;
    thermal activation crosses V_max at T* within the time. The presets are the W that the paper's N_s a² and ε_0 imply.
    `estimates` holds:

    {estimates}
    """

    _module = "heat_capacity"
    _esm = as_widget("heat_capacity")
    _title = "Heat capacity explorer"
    _paper = "W of the paper's glasses"
    w = Slider(3.29, 0.3, 6.0, 0.01, "W/k_B", "K", help="Energy W of eq. 7, divided by k_B; starts at vitreous silica.")
    v_max = Slider(
        20.0,
        float(_BARRIERS[0]),
        float(_BARRIERS[-1]),
        1.0,
        "highest barrier V_{max}",
        "W",
        help="Highest barrier crossed within the time of the measurement.",
    )
    strength = Slider(
        0.0,
        -1.5,
        1.5,
        0.05,
        "soft modes/Debye, free",
        "decades",
        help="Soft modes' heat capacity at T* over the Debye term; the paper prints no amplitude.",
    )
    debye = Choice(
        {"on": "on", "off": "off"},
        "Debye term",
        help="With the Debye term, a constant of C/T³, or the soft modes alone.",
    )

    _readouts = (
        Readout("t_star", "T^*, minimum of C/T^3", "K"),
        Readout("t_star_quoted", "T^* of eq. 8", "K"),
        Readout("ratio", "W/k_BT^*"),
        Readout("asymptotic_ratio", "W/k_BT^*, asymptotes"),
        Readout("area_factor", "factor of N_s a^2"),
        Readout("time", "time to cross V_{max}", "s"),
    )

    def __init__(self, **values: Any) -> None:
        self._presets = [(glass.plain, {"w": glass.crossover_energy.n / k}) for glass in estimated_materials().values()]
        super().__init__(**{**self._presets[0][1], **values})

    def _tables(self) -> dict[str, Any]:
        return _table()

    def _estimates(self) -> dict[str, Any]:
        ratio = float(crossover_ratio(self.v_max))
        return {
            "t_star": self.w / ratio,
            "t_star_quoted": self.w / CROSSOVER_RATIO,
            "ratio": ratio,
            "asymptotic_ratio": float(asymptotic_crossover_ratio(self.v_max)),
            "area_factor": (CROSSOVER_RATIO / ratio) ** 3,
            "time": ATTEMPT_TIME * float(np.exp(self.v_max * ratio)),
        }

    def _draw(self, left: Axes, right: Axes) -> Iterator[str]:
        yield self._draw_heat_capacity(left)
        yield self._draw_ratio(right)

    def _draw_heat_capacity(self, ax: Axes) -> str:
        found, on = self.estimates, self.debye == "on"
        scale = (10**self.strength if on else 1) / _lowest(self.v_max, found["ratio"])
        temperature = self.w * _GRID
        laws = tunnelling_heat_capacity(_GRID, v_max=self.v_max), vibrational_heat_capacity(_GRID)
        for law in laws:
            ax.loglog(temperature, on + scale * law / _GRID**3, "--", color="0.5", lw=1)
        ax.loglog(temperature, on + scale * np.array(_reduced(self.v_max), dtype=float), color=COLOURS["glass"])
        ax.plot(found["t_star"], on + scale * _lowest(self.v_max, found["ratio"]), "o", color=COLOURS["melting"])
        ax.axvline(found["t_star_quoted"], color="0.7", lw=0.8, zorder=0, label="$T^*$ of eq. 8")
        ax.set(xlabel="temperature T (K)", ylabel=f"$C/T^3$ ({'Debye term' if on else 'its minimum'} = 1)")
        ax.set(xlim=(0.02, 30), ylim=(0.5, 1e3 if scale < 100 else 1e4))
        ax.legend(frameon=False, loc="upper right", title="model, not data")
        terms = f"with a Debye term, {10**-self.strength:.3g} times theirs at T*" if on else "without a Debye term"
        return (
            f"Model, not data: C/T³ of soft modes of W/k_B = {self.w:.4g} K {terms}; minimum at T* = "
            f"{found['t_star']:.4g} K, eq. 8 has {found['t_star_quoted']:.4g} K."
        )

    def _draw_ratio(self, ax: Axes) -> str:
        found, text = self.estimates, plot_crossover_ratio(ax)
        ax.plot(self.v_max, found["ratio"], "o", color=COLOURS["melting"])
        ax.set_ylim(1.3, 2.5)
        return (
            f"{text} At {self.v_max:g} W it is {found['ratio']:.4g} and {found['asymptotic_ratio']:.4g} from the "
            f"laws, eq. 8 has {CROSSOVER_RATIO}; N_s a² from a measured T* times {found['area_factor']:.3g}."
        )


def _lowest(v_max: float, ratio: float) -> float:
    """C/T³ at its minimum, per P_s k_B and (W/k_B)³."""
    return float(heat_capacity(1 / ratio, v_max=v_max)) * ratio**3


@cache
def _table() -> dict[str, Any]:
    ratios = crossover_ratio(_BARRIERS)
    return {
        "temperatures": _GRID.tolist(),
        "barriers": _BARRIERS.tolist(),
        "reduced": [_reduced(v) for v in _BARRIERS],
        "lowest": [_lowest(v, ratio) for v, ratio in zip(_BARRIERS, ratios, strict=True)],
        "ratio": ratios.tolist(),
        "constants": {
            "quoted": CROSSOVER_RATIO,
            "asymptotic": float(asymptotic_crossover_ratio(1.0)),
            "tunnelling": float(tunnelling_heat_capacity(1.0, v_max=1.0)),
            "vibrations": float(vibrational_heat_capacity(1.0)),
            "attempt_time": ATTEMPT_TIME,
        },
    }


def _reduced(v_max: float) -> list[float | None]:
    """C/T³ on the grid, five digits; None below the smallest splitting, where what is left is lost in its error."""
    c = heat_capacity(_GRID, v_max=v_max)
    lost = c < 0.002 * tunnelling_heat_capacity(_GRID, v_max=v_max)
    return [None if gone else float(f"{value:.5g}") for value, gone in zip(c / _GRID**3, lost, strict=True)]
