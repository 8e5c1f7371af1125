"""The figures of the paper and of its argument. Each draws on given Axes and returns a text that says what it shows.

Colours have one meaning everywhere: the melting point and the glass transition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from softmodes.arguments import one, positive
from softmodes.figures.style import COLOURS
from softmodes.theory.free_energy import entropic_force
from softmodes.theory.landscape import extrema, local_free_energy
from softmodes.theory.stability import harmonic_limits, quartic_mode_energy, stability_curve, stability_point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


def plot_entropic_force(ax: Axes, beta_epsilon: float = 200.0) -> str:
    """Draw eq. 12 with and without the quartic term."""
    eta, beta_epsilon = np.linspace(-0.3, 0.5, 801), one(positive, "beta_epsilon", beta_epsilon)
    ax.plot(eta, entropic_force(eta, beta_epsilon), color=COLOURS["glass"], label="with the quartic term")
    stable = eta[eta > 0.004]
    ax.plot(stable, 1 / (2 * stable), "--", color="0.4", label="harmonic, $1/2\\eta_k$")
    ax.set(xlabel="restoring force $\\eta_k$", ylabel="$\\beta\\,\\delta F_k/\\delta\\eta_k$", ylim=(0, 40))
    ax.set_xlim(eta[0], eta[-1])
    ax.legend(frameon=False)
    at_zero = float(entropic_force(0.0, beta_epsilon))
    return (
        f"Entropic force against η at βε = {beta_epsilon:g}: the harmonic one diverges at η = 0, the one with "
        f"the quartic term passes through {at_zero:.2f} there and goes on rising into the double wells."
    )


def plot_figure_8(ax: Axes, energies: Sequence[float] = (3.0, 5.0)) -> str:
    """Draw fig. 8, the mode energy of the strongly softened solution against η_k, one curve for each ε_m/k_BT.

    A ValueError if `energies` are not one to four numbers.
    """
    colours, texts = [COLOURS["melting"], COLOURS["glass"], *("#4d7c0f", "#6b7280")], []
    energies = positive("energies", energies)
    if energies.ndim != 1 or not 1 <= len(energies) <= len(colours):
        raise ValueError(f"energies must be one to {len(colours)} numbers, got an array of shape {energies.shape}")
    for energy, colour in zip(energies.tolist(), colours, strict=False):
        curve = stability_curve(energy)
        ax.plot(curve.eta, curve.epsilon, color=colour, label=f"$\\epsilon_m/k_BT$ = {energy:g}")
        at_zero = float(quartic_mode_energy(energy)) / energy
        ax.plot(0, at_zero, "o", color=colour, ms=4)
        limit = float(harmonic_limits(energy)[1])
        if limit == limit:
            ax.annotate("", (limit, 1), (limit, 0.9), xycoords=("data", "axes fraction"),
                        arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.5})  # fmt: skip
        texts.append(f"at {energy:g} it is {at_zero:.0f} at η = 0 and diverges at η₂ = {limit:.4f}")
    ax.set(xlabel="restoring force $\\eta_k$", ylabel="$\\epsilon_k/\\epsilon_m$", xlim=(-0.2, 0.12), ylim=(0, 500))
    ax.axvline(0, color="0.8", lw=0.8, zorder=0)
    ax.legend(frameon=False, loc="upper left")
    return "Mode energy over formation energy against η for values of ε_m/k_BT: " + "; ".join(texts) + "."


def plot_branches(ax: Axes, beta_epsilon_m: float, eta: float | None = None) -> str:
    """Draw both branches of eq. 24 on a logarithmic scale, with the limits of eq. 19 and a marker at `eta`."""
    branches: tuple[tuple[Literal["strong", "weak"], str], ...] = ("strong", "-"), ("weak", "--")
    for branch, style in branches:
        curve = stability_curve(beta_epsilon_m, branch=branch)
        ax.plot(curve.eta, curve.epsilon, style, color=COLOURS["glass"], label=f"{branch}ly softened")
    limits = [float(limit) for limit in harmonic_limits(beta_epsilon_m) if limit == limit]
    for name, limit in zip(("$\\eta_1$", "$\\eta_2$"), limits, strict=False):
        ax.axvline(limit, color="0.75", lw=0.8, zorder=0)
        ax.annotate(name, (limit, 0.94), xycoords=("data", "axes fraction"), ha="center",
                    bbox={"fc": "white", "ec": "none", "pad": 1})  # fmt: skip
    ax.set(xlabel="restoring force $\\eta_k$", ylabel="$\\epsilon_k/\\epsilon_m$", yscale="log")
    ax.set(xlim=(-0.5, 1), ylim=(1e-1, 1e5))
    ax.legend(framealpha=1, edgecolor="none", loc="lower left")
    text = f"Both branches of the stability equation at ε_m/k_BT = {beta_epsilon_m:g}"
    text += ", with η₁ = {:.4f} and η₂ = {:.4f}".format(*limits) if limits else ", joined at η = ½"
    if eta is not None:
        point = stability_point(eta, beta_epsilon_m)
        ax.plot(eta, point.epsilon, "o", color=COLOURS["melting"])
        text += f"; at η = {eta:g} ε_k/ε_m is {point.epsilon:.4g}"
    return text + "."


def plot_landscape(ax: Axes, beta_epsilon: float, beta_epsilon_m: float) -> str:
    """Draw the free energy of a soft spot, counted from its minimum, with its stationary points."""
    eta = np.linspace(-0.5, 1.2, 600)
    stationary = dict(zip(("minimum", "maximum"), extrema(beta_epsilon, beta_epsilon_m), strict=True))
    seen = {name: place for name, place in stationary.items() if eta[0] <= place <= eta[-1]}
    heights = {name: float(local_free_energy(place, beta_epsilon, beta_epsilon_m)) for name, place in seen.items()}
    free_energy = local_free_energy(eta, beta_epsilon, beta_epsilon_m)
    floor = heights.get("minimum", free_energy.min())
    ax.plot(eta, free_energy - floor, color=COLOURS["glass"])
    for name, place in seen.items():
        ax.plot(place, heights[name] - floor, "v" if name == "minimum" else "^", color=COLOURS["melting"],
                label=f"{name}, $\\eta$ = {place:z.3f}")  # fmt: skip
    ax.set(xlabel="restoring force $\\eta$", ylabel="$\\beta[F - F(\\eta_{min})]$", xlim=(eta[0], eta[-1]))
    if len(seen) == 2:
        barrier = heights["maximum"] - floor
        ax.set_ylim(-0.6 * barrier - 0.5, 1.4 * barrier + 0.5)
    if seen:
        ax.legend(frameon=False)
    texts = [f"{name} at η = {place:z.3f}" for name, place in seen.items()]
    found = " and ".join(texts) or "no stationary point in view"
    return f"Free energy of a soft spot at βε_k = {beta_epsilon:.4g}, βε_m = {beta_epsilon_m:g}: {found}."
