"""Section 4 under two sliders: ε_m/k_BT and η_k."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.constants import angstrom, electron_volt, k, pi

from softmodes.explore.explorer import Choice, Explorer, Readout, Slider, as_widget
from softmodes.figures.stability import plot_branches, plot_landscape
from softmodes.paper.materials import estimated_materials, load_materials
from softmodes.paper.printed import printed
from softmodes.theory.free_energy import mean_square_displacement, mean_square_variance, mode_free_energy
from softmodes.theory.stability import StabilityCurve, harmonic_limits, stability_point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from softmodes.paper.materials import Material


class StabilityExplorer(Explorer):
    """The stability curve of fig. 8, the free-energy landscape behind it, and what a point on it means in atoms.

    Parameters
    ----------
    {state}

    Notes
    -----
    `estimates` holds, None where no mode is in balance, and the last two where the paper prints no ν_c to count with:

    {estimates}
    """

    _module = "stability"
    _esm = as_widget("stability")
    _title = "Stability explorer"
    _paper = "ε_m/k_BT of fig. 8"
    beta_epsilon_m = Slider(
        5.0,
        0.5,
        12.0,
        0.05,
        "ε_m/k_BT",
        help="Formation energy of a local instability; the paper has 3 near T_m and 5 near T_g.",
    )
    eta = Slider(
        0.0,
        -0.5,
        1.0,
        0.001,
        "restoring force η_k",
        help="Fraction η_k of the crystal-like restoring force: where on the curve the marker stands.",
    )
    glass = Choice(
        {formula: glass.label for formula, glass in load_materials().items()},
        "in atoms of",
        help="Formula of a glass whose T_g and ν_c turn ε_k into a number of atoms.",
    )
    view = Choice(
        {"both": "both branches, logarithmic", "printed": "the axes of fig. 8"},
        "view",
        help="Both branches on a logarithmic scale, or the axes of fig. 8.",
    )

    _readouts = (
        Readout("eta_1", "η_1"),
        Readout("eta_2", "η_2"),
        Readout("branch", "branch"),
        Readout("epsilon", "ε_k/ε_m"),
        Readout("mean_square", "⟨x_k^2⟩"),
        Readout("energy", "ε_k at T_g", "eV"),
        Readout("participation_area", "N_k a^2", "Å²"),
        Readout("atoms", "N_k for a = 1 Å"),
    )
    _presets = (
        ("5, near T_g", {"beta_epsilon_m": printed("formation energy at the glass transition").value}),
        ("3, near T_m", {"beta_epsilon_m": printed("formation energy at melting").value}),
    )

    def _tables(self) -> dict[str, Any]:
        h = np.sinh(np.linspace(-9.9, 9.9, 601))
        columns = {
            "eta_prime": h,
            "mean": mean_square_displacement(h),
            "variance": mean_square_variance(h),
            "log_integral": -mode_free_energy(h, 1.0),
        }
        glasses = {
            formula: {
                "name": m.label,
                "thermal_energy": k * m.glass_temperature.n / electron_volt,
                "area_per_energy": _area_per_energy(m),
            }
            for formula, m in load_materials().items()
        }
        # 13 digits: interpolation leaves less than ten, and the page is a third smaller than with all 17.
        thermal = {name: [float(f"{value:.13g}") for value in column] for name, column in columns.items()}
        return {"thermal": thermal, "glasses": glasses}

    def _estimates(self) -> dict[str, Any]:
        eta_1, eta_2 = (None if np.isnan(limit) else float(limit) for limit in harmonic_limits(self.beta_epsilon_m))
        limits, point = {"eta_1": eta_1, "eta_2": eta_2}, self._point()
        if point is None:
            return limits | {"branch": "none"}
        material = load_materials()[self.glass]
        energy = float(point.beta_epsilon) * k * material.glass_temperature.n / electron_volt
        per_energy = _area_per_energy(material)
        area = per_energy and energy * per_energy
        return limits | {
            "branch": point.branch,
            "epsilon": float(point.epsilon),
            "mean_square": float(point.mean_square_displacement),
            "energy": energy,
            "participation_area": area,
            "atoms": area,
        }

    def _point(self) -> StabilityCurve | None:
        try:
            return stability_point(self.eta, self.beta_epsilon_m)
        except ValueError:  # between the branches, where the picture says that no mode is in balance
            return None

    def _draw(self, left: Axes, right: Axes) -> Iterator[str]:
        point = self._point()
        yield plot_branches(left, self.beta_epsilon_m, None if point is None else self.eta)
        if point is not None:
            yield plot_landscape(right, float(point.beta_epsilon), self.beta_epsilon_m)


def _area_per_energy(material: Material) -> float | None:
    """N_k a² per ε_k [Å²/eV], eq. 5; None without ν_c."""
    if material.formula not in estimated_materials():
        return None
    omega_c = 2 * pi * material.crystal_frequency.n
    return float(2 * electron_volt / (material.mass * omega_c**2) / angstrom**2)
