"""Figs 1 to 4 as far as they can be drawn honestly, and where the 1.6 of eq. 8 comes from.

The paper prints no data behind these figures: curves are models and say so. Each draws on given Axes and returns its
text.
"""

from __future__ import annotations

import textwrap
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.transforms import ScaledTranslation
from scipy.constants import h, k

from softmodes.ensembles import density_of_states
from softmodes.figures.crossover import BARRIERS
from softmodes.paper.findings import first_maximum
from softmodes.paper.materials import load_materials
from softmodes.paper.printed import printed
from softmodes.theory.heat_capacity import COLDEST, V_MAX, crossover_ratio, heat_capacity
from softmodes.theory.heat_capacity_fit import fit_heat_capacity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from softmodes.arguments import Floats
    from softmodes.ensembles import Glasses
    from softmodes.paper.materials import Material
    from softmodes.paper.measured import MeasuredHeatCapacity
    from softmodes.theory.heat_capacity_fit import SoftPotentialFit


STYLES = (("o", "k", "--"), ("s", "#b91c1c", "-."), ("^", "#4338ca", ":"), ("D", "#737373", (0, (8, 3))))
"""Marker and colour of measurements, and the line of their fits."""


def plot_figure_1(ax: Axes, measured: Sequence[MeasuredHeatCapacity] = ()) -> str:
    """Draw fig. 1, c_p/T³ of vitreous silica against T, as a model; with its measurements among those given."""
    return _plot_heat(ax, load_materials()["SiO2"], measured)


def plot_figure_2(ax: Axes, measured: Sequence[MeasuredHeatCapacity] = ()) -> str:
    """Draw fig. 2, c_p/T³ of amorphous selenium against T, as a model; with its measurements among those given."""
    return _plot_heat(ax, load_materials()["Se"], measured)


def _plot_heat(ax: Axes, material: Material, measured: Sequence[MeasuredHeatCapacity]) -> str:
    w = material.crossover_energy.n / k
    t = np.geomspace(0.03 * w, 4 * w, 150)
    curves = np.stack([heat_capacity(t / w, v_max=v) / t**3 for v in BARRIERS])
    curves /= curves.min(axis=1, keepdims=True)
    quoted, full = material.crossover_temperature.n, w / crossover_ratio(BARRIERS)
    ax.fill_between(t, curves.min(axis=0), curves.max(axis=0), color=material.colour, alpha=0.2, lw=0)
    ax.plot(t, curves[1], color=material.colour, label="model, not data")
    ax.axvline(quoted, color="0.5", ls=":", label=f"$T^*$ = W/1.6$k_B$ = {quoted:.2f} K")
    ax.plot(full[1], 1, "v", color=material.colour, label=f"minimum of the model, {full[1]:.2f} K")
    ax.set(xlabel="T (K)", ylabel="excess $c_p/T^3$ over its minimum", xscale="log", yscale="log", ylim=(0.7, 60))
    ax.set_title(material.tex)
    own = [data for data in measured if data.glass == material.formula]
    named = zip(own, _names(own), cycle(STYLES), strict=False)
    texts = [_overlay(ax, data, name, material, style) for data, name, style in named]
    # Below the axes and their label, however high these are: measurements may lie anywhere in them.
    below = ax.transAxes + ScaledTranslation(0, -0.45, ax.figure.dpi_scale_trans)
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(-0.12, 0), bbox_transform=below)
    return (
        f"Model, not data: excess heat capacity over T cubed, relative to its minimum. {material.formula}: minimum at "
        f"{full[1]:.2f} K ({full[2]:.2f} to {full[0]:.2f} K for highest barriers of 30 to 12 W); eq. 8 would "
        f"place it at {quoted:.2f} K. " + " ".join(texts)
    ).strip()


def _names(own: Sequence[MeasuredHeatCapacity]) -> list[str]:
    """Return what each measurement is called: its reference, with its file where another has the same."""
    references = [data.reference for data in own]
    return [
        f"{data.reference} ({data.file})" if data.file and references.count(data.reference) > 1 else data.reference
        for data in own
    ]


def _overlay(ax: Axes, data: MeasuredHeatCapacity, name: str, material: Material, style: tuple[str, str, Any]) -> str:
    """Draw a measurement over the minimum of its own fit, or where there is none at the height of the model."""
    (marker, colour, line), (fit, found) = style, _fit(data, material)
    w = fit.w if fit else material.crossover_energy.n / k
    excess = data.heat_capacity / data.temperature**3 - material.debye_coefficient
    above = excess > 0
    if not above.all():
        found += f"; {np.sum(~above)} of {above.size} points lie below the sound waves and are not drawn"
    t, points = data.temperature[above], excess[above]
    if points.size:
        points /= np.median((fit.soft_heat_capacity(t) / t**3 if fit else points) / _over_minimum(t / w))
    if fit:
        fine = np.geomspace(data.temperature.min(), data.temperature.max(), 200)
        ax.plot(fine, _over_minimum(fine / w), ls=line, color=colour, lw=1)
    ax.plot(t, points, marker, ms=4, mfc="none", color=colour, label=_label(name, found))
    low, high = ax.get_ylim()
    ax.set_ylim(points.min(initial=low / 0.8) * 0.8, points.max(initial=high / 1.3) * 1.3)
    return f"Measured by {name}: {found}."


def _over_minimum(t: Floats) -> Floats:
    """C/T³ of the model over its minimum, t in W/k_B; that of the lowest temperature that it takes for all below."""
    t, lowest = np.maximum(t, COLDEST), 1 / crossover_ratio(V_MAX)
    return heat_capacity(t) / t**3 / (heat_capacity(lowest) / lowest**3)


def _fit(data: MeasuredHeatCapacity, material: Material) -> tuple[SoftPotentialFit | None, str]:
    """Return the fit to a measurement, None if it is not possible, and what came of it."""
    debye = material.debye_coefficient
    try:
        fit = fit_heat_capacity(data.temperature, data.heat_capacity, uncertainty=data.uncertainty, debye=debye)
    except (ValueError, RuntimeError) as error:
        return None, f"drawn without a fit, at the height of the model ({error})"
    w, error = fit.w, fit.standard_errors[0]
    places = int(np.clip(1 - np.floor(np.log10(error)), 0, 4))
    quality = fit.chi_squared / fit.degrees_of_freedom
    shown = f"scatter {quality**0.5:.1%}" if data.uncertainty is None else f"χ² = {quality:.2g} per degree of freedom"
    model = material.crossover_energy.n / k
    return fit, f"W/k_B = {w:.{places}f} ± {error:.{places}f} K, model {model:.2f} K, {shown}"


def _label(name: str, found: str) -> str:
    """Return an entry of the legend, in lines that fit below the axes."""
    # A name that begins with an underscore would be left out of the legend, one with dollars set as mathematics.
    source = textwrap.wrap(f"measured: {name}", 60, max_lines=2, placeholder=" …")
    return "\n".join([*source, *textwrap.wrap(found, 60)]).replace("$", r"\$")


def plot_figure_3(ax: Axes, glasses: Glasses) -> str:
    """Draw what can be drawn of fig. 3: where ν_c of silica lies, and the shape of a computer glass's spectrum."""
    return _plot_spectrum(ax, load_materials()["SiO2"], glasses)


def plot_figure_4(ax: Axes, glasses: Glasses) -> str:
    """Draw what can be drawn of fig. 4: where ν_c of selenium lies, and the shape of a computer glass's spectrum."""
    return _plot_spectrum(ax, load_materials()["Se"], glasses)


def _plot_spectrum(ax: Axes, material: Material, glasses: Glasses) -> str:
    dos = density_of_states(glasses.frequencies_to(), np.linspace(0, 2.1, 106), bandwidth=0.1)
    printed_nu, implied = printed("crystal frequency", material.formula).value, material.crystal_frequency.n / 1e12
    crossover, colour = material.crossover_energy.n / h / 1e12, material.colour
    x = dos.centres * printed_nu / first_maximum(glasses)
    ax.plot(x, dos.smooth / dos.smooth.max(), color="0.5", label="shape of the soft-sphere glass, at its own $\\nu_c$")
    tail = np.linspace(0, 5 * crossover, 50)
    ax.plot(
        tail, (tail / tail[-1]) ** 4 * 0.1, "--", color=colour, label="$\\propto\\nu^4$, soft potentials, free height"
    )
    ax.plot(2 * [printed_nu], [0, 1], color=colour, label=f"printed $\\nu_c$ = {printed_nu:g} THz")
    ax.plot(2 * [implied], [0, 1], ":", color=colour, label=f"implied by $N_sa^2$, $\\epsilon_0$: {implied:.2f} THz")
    ax.set(
        xlabel="frequency (THz)",
        ylabel="density of states (arbitrary units)",
        xlim=(0, 2.4 * printed_nu),
        ylim=(0, 1.5),
    )
    ax.set_title(material.tex + ": model, not data")
    ax.legend(framealpha=1, edgecolor="none", fontsize=8, loc="upper right")
    return (
        "Model, not data: ν_c over the spectrum of the soft-sphere glass, which is scaled to the printed one. "
        f"{material.formula}: as printed {printed_nu:g} THz, as implied {implied:.2f} THz; the ν⁴ tail of soft "
        f"potentials begins at the crossover, W/h = {crossover:.3f} THz."
    )
