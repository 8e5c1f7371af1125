"""Section 2 under two sliders: one potential, three behaviours, with quantum levels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.constants import h, k

from softmodes.explore.explorer import Choice, Explorer, Readout, Slider, as_widget
from softmodes.figures.potentials import (
    LEVELS,
    harmonic_limit,
    plot_levels,
    plot_spacing,
    spacing,
    symmetric_spacing,
    tunnelling_limit,
)
from softmodes.paper.materials import estimated_materials
from softmodes.theory.levels import energy_levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from softmodes.paper.materials import Material

_ASYMMETRIES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.3, 1.6, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0)


class PotentialExplorer(Explorer):
    r"""Levels and wave functions of one soft mode, :math:`V = W(D_1 x + D_2 x^2 + x^4)`.

    Parameters
    ----------
    {state}

    Notes
    -----
    The barrier counts from the lower minimum and is None where there is no second; η_k is that of eq. 5.
    `estimates` holds:

    {estimates}
    """

    _module = "potential"
    _esm = as_widget("potential")
    _title = "Potential explorer"
    _paper = "three behaviours"
    _badge = None
    d2 = Slider(0.0, -11.0, 12.0, 0.1, "restoring force D_2", help="A vibration above zero, a double well below.")
    d1 = Slider(0.0, -6.0, 6.0, 0.1, "asymmetry D_1", help="Force that makes one well lower.")
    glass = Choice(
        {formula: glass.label for formula, glass in estimated_materials().items()},
        "in units of",
        help="Formula of a glass whose W turns levels into K and GHz, and whose ε_0 turns D_2 into η_k.",
    )

    _readouts = (
        Readout("ground", "E_0", "W"),
        Readout("spacing", "E_1 − E_0", "W"),
        Readout("spacing_kelvin", "(E_1 − E_0)/k_B", "K"),
        Readout("spacing_ghz", "(E_1 − E_0)/h", "GHz"),
        Readout("barrier", "barrier", "W"),
        Readout("eta", "η_k for ε_0"),
    )
    _presets = (
        ("vibration", {"d2": 8.0, "d1": 0.0}),
        ("quartic", {"d2": 0.0, "d1": 0.0}),
        ("double well", {"d2": -8.0, "d1": 0.0}),
    )

    def _tables(self) -> dict[str, Any]:
        curves = {"symmetric": symmetric_spacing(), "tunnelling": tunnelling_limit(), "harmonic": harmonic_limit()}
        return {
            # Six digits: a picture needs no more.
            "spacing": {name: [[float(f"{v:.6g}") for v in pair] for pair in zip(*c, strict=True)]
                        for name, c in curves.items()},
            "asymmetric": _asymmetric(),
            "glasses": {formula: _units(material) for formula, material in estimated_materials().items()},
            "count": LEVELS,
        }  # fmt: skip

    def _estimates(self) -> dict[str, Any]:
        ground, first = (float(level) for level in energy_levels(self.d1, self.d2, 2))
        units = _units(estimated_materials()[self.glass])
        return {
            "ground": ground,
            "spacing": first - ground,
            "spacing_kelvin": (first - ground) * units["kelvin"],
            "spacing_ghz": (first - ground) * units["ghz"],
            "barrier": _barrier(self.d1, self.d2),
            "eta": self.d2 * units["eta"],
        }

    def _draw(self, left: Axes, right: Axes) -> Iterator[str]:
        yield plot_levels(left, self.d1, self.d2)
        yield plot_spacing(right, self.d1, self.d2)


@cache
def _asymmetric() -> list[dict[str, Any]]:
    """E_1 - E_0 for the D_2 of the symmetric curve at some D_1: between them its square goes with that of D_1."""
    return [{"d1": d1, "spacing": [float(f"{v:.5g}") for v in spacing(d1)]} for d1 in _ASYMMETRIES]


def _units(material: Material) -> dict[str, float]:
    """W of a glass in K and GHz, and η_k = D_2 (W/ε_0)^½ for D_2 = 1."""
    w, (epsilon_0,) = material.crossover_energy.n, material.printed("quartic_energy")
    return {"kelvin": w / k, "ghz": w / h / 1e9, "eta": (w / epsilon_0.n) ** 0.5}


def _barrier(d1: float, d2: float) -> float | None:
    """Height of the local maximum of D_1x + D_2x² + x⁴ above the global minimum, None if there is no maximum."""
    if 27 * d1 * d1 >= -8 * d2 * d2 * d2:
        return None
    # V' = 0 in three places: Viète's cosines. The outermost on the side to which D_1 pulls is the global minimum.
    size = np.sqrt(-2 * d2 / 3)
    angle = np.arccos(min(1.0, abs(d1) / size**3)) / 3
    minimum, maximum = -size * np.cos(angle), size * np.cos(angle + np.pi / 3)
    bottom, top = (abs(d1) * x + d2 * x**2 + x**4 for x in (minimum, maximum))
    return float(top - bottom)
