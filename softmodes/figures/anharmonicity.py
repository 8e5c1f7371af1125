"""What the computer glass says about eqs 3, 5 and 7: asymmetry, length and energy of its soft modes.

Reduced units σ = ε = m = 1; at density 1, σ is also the mean distance of the atoms. Each figure draws on given Axes and
returns its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from softmodes.ensembles import participation_by_frequency
from softmodes.figures.glass import _COLOURS as _SIZES
from softmodes.paper.averages import median, of_known, written
from softmodes.paper.findings.potentials import FREEZING_IN, mode_energy_at_freezing, planck_constant
from softmodes.paper.materials import load_materials
from softmodes.theory.stability import harmonic_limits, stability_curve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from softmodes.ensembles import Glasses
    from softmodes.modes import AnharmonicModes


DOUBLE_WELL = np.sqrt(8 / 9)
"""Asymmetry s above which a soft potential has a second minimum."""


_KINDS = (("straight", "o", "#1d4ed8"), ("relaxed", "s", "#c2410c"))


def plot_asymmetry(ax: Axes, modes: AnharmonicModes) -> str:
    """Draw the distribution of s over the softest modes, one of each glass, beside the uniform one of the model."""
    edges, texts = np.linspace(0, 1.5, 16), []
    for (name, marker, colour), kind in zip(_KINDS, (modes, modes.relaxed), strict=True):
        s = kind.asymmetry[:, 0]
        share, width = np.histogram(s, edges)[0] / len(s), edges[1]
        # binomial, of one glass at least: an empty bin is not known to be empty
        error = np.sqrt(np.maximum(share * (1 - share), 1 / len(s)) / len(s))
        known = s[np.isfinite(s)]
        ax.errorbar(edges[1:] - width / 2, share / width, error / width, fmt=marker, ms=4, color=colour,
                    label=f"{name}, {known.size} of {len(s)}")  # fmt: skip
        texts.append(
            f"{name}: median {written(of_known(median, s))}, {np.mean(s < DOUBLE_WELL):.1%} single"
            f" wells, {np.mean(s > 1):.1%} above 1, {np.mean(np.isnan(s)):.1%} without a positive quartic term"
        )
    ax.plot([0, 0, 1, 1], [0, 1, 1, 0], "k--", lw=1, label="soft-potential model")
    ax.axvline(DOUBLE_WELL, color="0.6", lw=1, ls=":", label="second minimum from here")
    ax.set(xlabel=r"asymmetry $s = |\tau|/(3\kappa\chi)^{1/2}$", ylabel="density of modes")
    ax.set(xlim=(0, 1.5), ylim=(0, None))
    ax.legend(loc="upper right", framealpha=1, edgecolor="w")
    return f"Asymmetry of the softest modes of {len(s)} glasses, uniform from 0 to 1 in the model. {'; '.join(texts)}."


def plot_quartic_length(ax: Axes, modes: AnharmonicModes, nu_c: float) -> str:
    """Draw the length a of eq. 3 against frequency: medians with errors over glasses, the spread, and relaxed modes."""
    omega_c, (straight, relaxed) = 2 * np.pi * nu_c, _KINDS
    bins = participation_by_frequency(modes.frequencies, modes.quartic_length(omega_c), np.arange(0.04, 0.1501, 0.01))
    ax.fill_between(bins.centres, bins.low, bins.high, color=straight[2], alpha=0.15, lw=0)
    ax.errorbar(bins.centres, bins.median, bins.error, fmt="o-", ms=3, lw=1, color=straight[2], label=straight[0])
    loose = modes.relaxed.quartic_length(omega_c)
    ax.plot(modes.frequencies.ravel(), loose.ravel(), relaxed[1], ms=1.5, alpha=0.5, color=relaxed[2], label=relaxed[0])
    ax.axhline(1, color="k", lw=1, ls="--", label=r"$\rho^{-1/3}$")
    ax.set(xlabel="frequency ν", ylabel=r"$a/\sigma = a\rho^{1/3}$", xlim=(0.04, 0.15), ylim=(0, 4))
    # points lie everywhere in the axes
    ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, markerscale=2)
    # the ten softest modes of a large glass do not reach the last bins
    filled, lengths = np.flatnonzero(bins.modes >= 10), loose[:, 0]
    medians = [
        f"{bins.median[i]:.3f} ± {written(bins.error[i], '.3f')} at ν = {bins.centres[i]:.3f}"
        for i in (*filled[:1], *filled[-1:])
    ]
    return (
        f"Length a of eq. 3 with ν_c = {nu_c:.2f}, in mean distances of the atoms; straight modes, medians: "
        f"{', '.join(medians) or 'unknown'}. Relaxed, the softest mode of a glass has"
        f" {written(of_known(median, lengths))} where its quartic term is positive, in {np.isfinite(lengths).sum()} of"
        f" {len(loose)} glasses."
    )


def plot_mode_plane(
    ax: Axes, ensembles: Mapping[int, Glasses], nu_c: float, formation_energies: Sequence[float]
) -> str:
    """Draw ε_k in k_BT_m against η_k, and eq. 24 at T_g for some ε_m [k_BT_m], on the plane of fig. 8.

    Medians over bins of η_k with errors over glasses, of harmonic modes and of those freed of sound, for ensembles by
    size. Both are straight.
    """
    edges, texts = np.arange(0, 0.0401, 0.005), []
    for kind, fmt, name in (("soft_modes", "o:", "harmonic"), ("pseudoharmonic", "s-", "freed of sound")):
        for n, glasses in ensembles.items():
            epsilon, eta = getattr(glasses, kind).mode_parameters(2 * np.pi * nu_c)
            energy = epsilon / glasses.potential.melting
            # a mode that a glass does not have is in no bin
            bins = participation_by_frequency(np.nan_to_num(eta, nan=1), np.nan_to_num(energy), edges)
            ax.errorbar(bins.centres, bins.median, bins.error, fmt=fmt, ms=4, lw=1, color=_SIZES[n],
                        mfc="w" if name == "harmonic" else None, label=f"{name}, N = {n}")  # fmt: skip
            if name != "harmonic":
                ax.plot(eta.ravel(), energy.ravel(), ".", ms=1.5, alpha=0.4, color=_SIZES[n])
            some = (f"{written(bins.median[k], '.0f')} ± {written(bins.error[k], '.0f')}" for k in (0, 4))
            texts.append(f"{name}, N = {n}, {' and '.join(some)}")
    places, curves = bins.centres[[0, 4]], []
    for formation_energy, style in zip(formation_energies, ("k-", "k--"), strict=False):
        curve = stability_curve(formation_energy / FREEZING_IN)
        ax.plot(curve.eta, curve.epsilon * formation_energy, style, lw=1.2,
                label=rf"eq. 24, $\epsilon_m$ = {formation_energy:.2g} $k_BT_m$")  # fmt: skip
        below = places[places < harmonic_limits(formation_energy / FREEZING_IN)[1]]
        heights = [f"{mode_energy_at_freezing(place, formation_energy):.0f}" for place in below]
        curves.append(f"{' and '.join(heights) or 'neither'} with ε_m = {formation_energy:.2g} k_BT_m")
    ax.set(xlabel=r"$\eta_k$", ylabel=r"$\epsilon_k$ in $k_BT_m$", xlim=(0, 0.04), ylim=(200, 1e5), yscale="log")
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), fontsize=8, ncols=3)
    return (
        f"Mode energy against restoring force, medians in k_BT_m at η_k = {places[0]:.4f} and {places[1]:.4f}:"
        f" {'; '.join(texts)}; eq. 24 rises through {'; through '.join(curves)}."
    )


def plot_soft_potentials(ax: Axes, modes: AnharmonicModes, nu_c: float, formula: str = "Se") -> str:
    """Draw D_2 against the size of D_1 of the soft potentials, straight and relaxed, scaled to a glass of the paper."""
    planck, texts = planck_constant(load_materials()[formula], nu_c), []
    for (name, marker, colour), kind in zip(_KINDS, (modes, modes.relaxed), strict=True):
        _, d_1, d_2 = kind.soft_potential(planck)
        ax.plot(np.abs(d_1).ravel(), d_2.ravel(), marker, ms=1.5, alpha=0.4, color=colour, label=name)
        two, near = np.isfinite(kind.second_minimum), kind.second_minimum < 0.3
        texts.append(f"{name}, {two.sum()} of {np.isfinite(d_2).sum()}, {near.sum()} of them nearer than 0.3 σ")
    below = np.linspace(-8, 0, 200)
    ax.plot(np.sqrt(-8 * below**3 / 27), below, "k-", lw=1.2, label="two minima below")
    ax.set(xlabel="$|D_1|$", ylabel="$D_2$", xlim=(0, 12), ylim=(-8, 24))
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, markerscale=4)
    return f"Soft potentials of the computer glass scaled to {formula}. Modes with two minima: {'; '.join(texts)}."
