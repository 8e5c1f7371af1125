"""What the computer glass says about eqs 3, 5 and 7: asymmetry, length and energy of its soft modes.

Reduced units σ = ε = m = 1; at density 1, σ is also the mean distance of the atoms. Each figure draws on given Axes and
returns its text.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.constants import hbar, k

from softmodes.glass import density_of_states, participation_by_frequency
from softmodes.paper.averages import median
from softmodes.paper.glasses import MELTING
from softmodes.paper.materials import load_materials
from softmodes.paper.table import Table
from softmodes.theory.stability import stability_curve

DOUBLE_WELL = np.sqrt(8 / 9)
"""Asymmetry s above which a soft potential has a second minimum."""

# averages over the shells of sound waves in a box: at 0.04 the maxima of both sizes differ by 0.12, at 0.1 by 0.02
_BANDWIDTH = 0.1
_KINDS = (("straight", "o", "#1d4ed8"), ("relaxed", "s", "#c2410c"))


def crystal_frequency(ensemble):
    """Return ν_c of a computer glass: the lowest maximum of its smooth density of states.

    The maximum is flat, within 5 % of its height from ν = 0.67 to 0.97: ν_c, and a with it, is known to 20 %.
    """
    dos = density_of_states(ensemble.frequencies, np.arange(0, 2.2, 0.01), bandwidth=_BANDWIDTH)
    rising = np.diff(dos.smooth) > 0
    return float(dos.centres[1:-1][rising[:-1] & ~rising[1:]][0])


def plot_asymmetry(ax, modes):
    """Draw the distribution of s over the softest modes, one of each glass, beside the uniform one of the model."""
    edges, texts = np.linspace(0, 1.5, 16), []
    for (name, marker, colour), kind in zip(_KINDS, (modes, modes.relaxed), strict=True):
        s = kind.asymmetry[:, 0]
        share, width = np.histogram(s, edges)[0] / len(s), edges[1]
        # binomial, of one glass at least: an empty bin is not known to be empty
        error = np.sqrt(np.maximum(share * (1 - share), 1 / len(s)) / len(s))
        ax.errorbar(edges[1:] - width / 2, share / width, error / width, fmt=marker, ms=4, color=colour, label=name)
        known = s[np.isfinite(s)]
        texts.append(
            f"{name}: median {median(known):.1uP}, {np.mean(s < DOUBLE_WELL):.1%} single"
            f" wells, {np.mean(s > 1):.1%} above 1, {np.mean(np.isnan(s)):.1%} without a positive quartic term"
        )
    ax.plot([0, 0, 1, 1], [0, 1, 1, 0], "k--", lw=1, label="soft-potential model")
    ax.axvline(DOUBLE_WELL, color="0.6", lw=1, ls=":", label="second minimum from here")
    ax.set(xlabel=r"asymmetry $s = |\tau|/(3\kappa\chi)^{1/2}$", ylabel="density of modes")
    ax.set(xlim=(0, 1.5), ylim=(0, None))
    ax.legend(frameon=False)
    return f"Asymmetry of the softest modes of {len(s)} glasses, uniform from 0 to 1 in the model. {'; '.join(texts)}."


def plot_quartic_length(ax, modes, nu_c):
    """Draw the length a of eq. 3 against frequency: medians with errors over glasses, the spread, and relaxed modes."""
    omega_c, (straight, relaxed) = 2 * np.pi * nu_c, _KINDS
    bins = participation_by_frequency(modes.frequencies, modes.quartic_length(omega_c), np.arange(0.04, 0.1501, 0.01))
    ax.fill_between(bins.centres, bins.low, bins.high, color=straight[2], alpha=0.15, lw=0)
    ax.errorbar(bins.centres, bins.median, bins.error, fmt="o-", ms=3, lw=1, color=straight[2], label=straight[0])
    loose = modes.relaxed.quartic_length(omega_c)
    ax.plot(modes.frequencies.ravel(), loose.ravel(), relaxed[1], ms=1.5, alpha=0.5, color=relaxed[2], label=relaxed[0])
    ax.axhline(1, color="k", lw=1, ls="--", label=r"$\rho^{-1/3}$")
    ax.set(xlabel="frequency ν", ylabel=r"$a/\sigma = a\rho^{1/3}$", xlim=(0.04, 0.15), ylim=(0, 4))
    ax.legend(frameon=False, loc="upper left", markerscale=2)
    # the ten softest modes of a large glass do not reach the last bins
    filled = np.flatnonzero(bins.modes >= 10)
    medians = [f"{bins.median[i]:.3f} ± {bins.error[i]:.3f} at ν = {bins.centres[i]:.3f}" for i in filled[[0, -1]]]
    lengths = loose[:, 0][np.isfinite(loose[:, 0])]
    return (
        f"Length a of eq. 3 with ν_c = {nu_c:.2f}, in mean distances of the atoms; straight modes, medians: "
        f"{', '.join(medians)}. Relaxed, the softest mode of a glass has {median(lengths):.1uP}"
        f" where its quartic term is positive, in {len(lengths)} of {len(loose)} glasses."
    )


def plot_mode_plane(ax, modes, nu_c, beta_epsilon_m=5.0):
    """Draw ε_k/ε_m and η_k of all modes on the plane of fig. 8, with ε_m = 3 k_BT_m of the r⁻⁶ crystal."""
    epsilon_m, texts = 3 * MELTING, []
    for (name, marker, colour), kind in zip(_KINDS, (modes, modes.relaxed), strict=True):
        epsilon, eta = kind.mode_parameters(2 * np.pi * nu_c)
        ax.plot(eta.ravel(), epsilon.ravel() / epsilon_m, marker, ms=1.5, alpha=0.4, color=colour, label=name)
        softest = epsilon[:, 0] / epsilon_m
        known = softest[np.isfinite(softest)]
        texts.append(f"{name} {median(known):.2uP}")
    curve = stability_curve(beta_epsilon_m)
    ax.plot(curve.eta, curve.epsilon, "k-", lw=1.2, label=rf"eq. 24, $\beta\epsilon_m$ = {beta_epsilon_m:g}")
    ax.set(xlabel=r"$\eta_k$", ylabel=r"$\epsilon_k/\epsilon_m$", xlim=(0, 0.06), ylim=(10, 1e6), yscale="log")
    ax.legend(frameon=False, loc="lower right", markerscale=4)
    return (
        f"Mode energy against restoring force of the softest modes, with the curve of eq. 24. Median ε_k/ε_m of the "
        f"softest mode of a glass: {', '.join(texts)}; η_k = {np.median(eta[:, 0]):.4f}."
    )


@dataclass(frozen=True, kw_only=True)
class SoftPotentialRow:
    """The softest modes of a computer glass that stands for a real one: medians with errors over glasses."""

    glass: str
    distance: str = field(metadata={"header": "(M/ρ)^⅓ (Å)"})
    printed: str = field(metadata={"header": "W/k_B (K), printed N_s a² and ε_0"})
    found: str = field(metadata={"header": "W/k_B (K), computer glass"})
    d_1: str = field(metadata={"header": "|D_1|"})
    d_2: str = field(metadata={"header": "D_2"})


def soft_potentials(modes, nu_c):
    """Return the table of W, D_1 and D_2 of the softest modes, scaled to the mass, density and ν_c of each glass."""
    return Table(_soft_potential(modes, nu_c, material) for material in load_materials().values())


def plot_soft_potentials(ax, modes, nu_c, formula="Se"):
    """Draw D_2 against |D_1| of the soft potentials, straight and relaxed, scaled to a glass of the paper."""
    planck, texts = _planck(load_materials()[formula], nu_c), []
    for (name, marker, colour), kind in zip(_KINDS, (modes, modes.relaxed), strict=True):
        _, d_1, d_2 = kind.soft_potential(planck)
        ax.plot(np.abs(d_1).ravel(), d_2.ravel(), marker, ms=1.5, alpha=0.4, color=colour, label=name)
        two = np.isfinite(d_2) & (d_1**2 < -8 * d_2**3 / 27)
        texts.append(f"{name}, {two.sum()} of {np.isfinite(d_2).sum()}")
    below = np.linspace(-8, 0, 200)
    ax.plot(np.sqrt(-8 * below**3 / 27), below, "k-", lw=1.2, label="two minima below")
    ax.set(xlabel="$|D_1|$", ylabel="$D_2$", xlim=(0, 12), ylim=(-8, 24))
    ax.legend(loc="lower right", framealpha=1, edgecolor="w", markerscale=4)
    return f"Soft potentials of the computer glass scaled to {formula}. Modes with two minima: {'; '.join(texts)}."


def _planck(material, nu_c):
    """ħ in σ(mε)^½ if the computer glass has the mass, number density and crystal-like frequency of a real one."""
    return hbar / (material.mass * _distance(material) ** 2 * material.crystal_frequency.n / nu_c)


def _distance(material):
    return (material.mass / material.density) ** (1 / 3)


def _soft_potential(modes, nu_c, material):
    w, d_1, d_2 = (values[:, 0] for values in modes.soft_potential(_planck(material, nu_c)))
    unit = material.mass * (_distance(material) * material.crystal_frequency.n / nu_c) ** 2
    return SoftPotentialRow(
        glass=material.formula,
        distance=f"{_distance(material) * 1e10:.2f}",
        printed=f"{material.crossover_energy / k:.2uP}",
        found=f"{median(w) * unit / k:.2uP}",
        d_1=f"{median(np.abs(d_1)):.2uP}",
        d_2=f"{median(d_2):.2uP}",
    )
