"""Eqs 15 and 16 and fig. 7 on the computer glass and its crystal. Each figure draws on given Axes and returns its text.

Reduced units σ = ε = m = 1, density 1; formation energies in units of k_BT_m of the crystal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from softmodes.ensembles.soft_spots import FRACTIONS, MOTIONS, RADII
from softmodes.figures.style import plain_ticks
from softmodes.glass.configuration import fcc_crystal
from softmodes.paper.averages import mean, median, of_known, written
from softmodes.paper.findings.softening import crystal_strain, one_atom_costs, softened_crystal
from softmodes.paper.printed import printed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from softmodes.ensembles import Instabilities, SoftSpots


_COLOURS = ("#1d4ed8", "#4d7c0f", "#6b7280", "#c2410c")


def plot_figure_7(ax: Axes) -> str:
    """Draw fig. 7: how the shell of an atom of the fcc crystal gives way when the atom's motion along z is softened."""
    crystal, moved = softened_crystal()
    bonds = crystal.bonds(0)
    # seen along [1-10]; those exactly in front of and behind the central atom are left out
    seen = np.array([[1, 1, 0], [0, 0, np.sqrt(2)]]).T / np.sqrt(2)
    shell = (np.linalg.norm(bonds, axis=1) < 1.3) & (np.linalg.norm(bonds @ seen, axis=1) > 0.1)
    places, arrows = bonds[shell] @ seen, moved[shell] @ seen
    ax.plot(*places.T, "o", ms=18, mfc="0.92", mec="0.5")
    ax.plot(0, 0, "o", ms=18, mfc="#fed7aa", mec="#c2410c")
    for sign in (1, -1):
        ax.annotate("", (0, 0.32 * sign), (0, 0), arrowprops={"arrowstyle": "->", "color": "#c2410c", "lw": 1.6})
    ax.quiver(*places.T, *(4 * arrows).T, angles="xy", scale_units="xy", scale=1, width=0.008, color="#1d4ed8")
    ax.set(xlim=(-1.7, 1.7), ylim=(-1.5, 1.5), aspect="equal", xlabel="[110], σ", ylabel="[001], σ")
    along, across = crystal_strain()
    beside = np.argmax(places[:, 0])
    return (
        f"Central atom vibrating up and down, its neighbours above and below giving way outwards, those beside moving"
        f" inwards by {-arrows[beside, 0]:.3f} σ: arrows, four times enlarged, of linear response at the loss of all"
        f" stiffness. Strain of the shell along the motion {along:+.3f}, across it {across:+.3f} on average."
    )


def plot_crystal_formation_energy(ax: Axes, searches: Instabilities) -> str:
    """Draw eq. 15 in the fcc crystal: U/(1 − η_s)² in units of k_BT_m, constant if it holds."""
    eta, melting = np.array(FRACTIONS), searches.potential.melting
    change = melting * (1 - eta) ** 2
    small = one_atom_costs()
    ax.plot(np.ones(len(small)), small, "_", color=_COLOURS[0], ms=8, label="one atom, small softening")
    for k, energy in enumerate(searches.one_atom):
        ax.plot(eta, energy / change, "-", color=_COLOURS[0], lw=0.8, alpha=0.6, label=None if k else "one atom")
    for k, energy in enumerate(searches.energy):
        ax.plot(eta, energy / change, ".", color="0.6", ms=4, label=None if k else "free motion, each search")
    cheapest = np.append(searches.cost[:, -1].min() / melting, np.fmin.reduce(searches.energy) / change)
    ax.plot([1, *eta], cheapest, "o-", color=_COLOURS[3], ms=4, label="cheapest found")
    _draw_estimate(ax)
    ax.set(xlabel=r"$\eta_s$", ylabel=r"$U_s/(1-\eta_s)^2$ in $k_BT_m$", xlim=(1.05, -0.05), ylim=(0, 26))
    ax.legend(frameon=False, loc="upper left")
    one, lost = searches.one_atom / change, searches.energy[:, -1]
    n_s, least = searches.followed_participation[np.argmin(np.nan_to_num(lost, nan=np.inf))], np.fmin.reduce(lost)
    return (
        f"Formation energy of eq. 15 in the fcc crystal, in k_BT_m: {min(small):.1f} to {max(small):.1f} for a small"
        f" softening of one atom, by direction, then up to {np.nanmax(one):.1f} along {len(one)} directions, of which"
        f" {np.isfinite(one[:, -1]).sum()} can be followed to η_s = 0, with {written(one[0, -1], '.1f')}; for the"
        f" cheapest motion found {cheapest[0]:.1f}, {written(cheapest[5], '.1f')} at 0.5 and"
        f" {written(cheapest[-1], '.1f')} where all stiffness is lost, reached in {np.sum(lost < 1.001 * least)} of"
        f" {len(one)} searches, an upper bound, its atoms from {written(n_s[0], '.1f')} to {written(n_s[-1], '.1f')}."
        " Paper: about 3."
    )


def plot_cluster_formation_energy(ax: Axes, searches: Instabilities) -> str:
    """Draw what the cheapest small softening costs against the number of atoms that may move, and how many do."""
    best = np.argmin(searches.cost, axis=0)
    costs = searches.cost / searches.potential.melting
    cost, n_s = (values[best, np.arange(len(best))] for values in (costs, searches.participation_number))
    distances = np.linalg.norm(fcc_crystal(256).bonds(0), axis=1)
    atoms = [int(np.sum(distances <= radius)) for radius in (*RADII, np.inf)]
    ax.plot(atoms, cost, "o-", color=_COLOURS[3], ms=4, label="cheapest motion, and its atoms")
    for count, energy, number in zip(atoms, cost, n_s, strict=True):
        ax.annotate(f"{number:.1f}", (count, energy), (0, -13), textcoords="offset points", fontsize=8, ha="center")
    _draw_estimate(ax)
    ax.set(xlabel="atoms that may move", ylabel=r"$\epsilon_m$ in $k_BT_m$", xscale="log", ylim=(0, 5))
    plain_ticks(ax.xaxis, (13, 30, 100, 256))
    ax.legend(frameon=False, loc="upper right")
    texts = (f"{energy:.2f} with {count} atoms" for count, energy in zip(atoms, cost, strict=True))
    return (
        f"Formation energy of the cheapest small softening in the fcc crystal, in k_BT_m: {', '.join(texts)}. Numbers"
        f" at the points are its atoms, {n_s[0]:.1f} to {n_s[-1]:.1f}: the motion stays local when all atoms may move."
    )


def plot_glass_formation_energy(ax: Axes, spots: SoftSpots) -> str:
    """Draw eq. 15 in glasses: U/(1 − η_s)² in units of k_BT_m, medians with errors.

    Open symbols: at least half of these glasses have become unstable on the way, each in a motion of its own.
    """
    eta, energy, texts = np.array([1, *FRACTIONS]), spots.formation_energy / spots.potential.melting, []
    for k, name in enumerate(MOTIONS):
        middle = [of_known(median, column) for column in energy[:, k].T]
        heights = np.array([m.n for m in middle])
        stable = np.array([True, *(of_known(median, column).n > 0 for column in spots.lowest[:, k].T)])
        ax.errorbar(eta, heights, [m.s for m in middle], fmt="-", lw=1, capsize=2, color=_COLOURS[k])
        ax.plot(eta[~stable], heights[~stable], "o", ms=4, color=_COLOURS[k], mfc="w")
        ax.plot(eta[stable], heights[stable], "o", ms=4, color=_COLOURS[k], label=name)
        texts.append(
            f"{name} {written(middle[0])} to {written(middle[-1])} ({np.isfinite(energy[:, k, -1]).sum()} left)"
        )
    _draw_estimate(ax)
    ax.set(xlabel=r"$\eta_s$", ylabel=r"$U_s/(1-\eta_s)^2$ in $k_BT_m$", xlim=(1.05, -0.05), ylim=(0, 15))
    ax.legend(frameon=False, loc="upper left", ncols=2, fontsize=8)
    return (
        f"Formation energy of eq. 15 in {len(energy)} glasses, in k_BT_m, medians from a small softening to the loss of"
        f" all stiffness: {', '.join(texts)}. {spots.ended_early} of {spots.stiffness.size} paths ended early."
    )


def plot_mode_rates(ax: Axes, spots: SoftSpots) -> str:
    """Draw both sides of eq. 16, summed over all modes below a frequency, for the first and last of the MOTIONS."""
    nu, edges, texts = np.sqrt(spots.eigenvalues) / (2 * np.pi), np.linspace(0, 2.1, 22), []
    for k in (0, 3):
        for values, style, name in ((spots.shares, "--", "share"), (spots.rates, "o-", "softening")):
            sums = [np.cumsum(np.histogram(x, edges, weights=w)[0]) for x, w in zip(nu, values[:, k], strict=True)]
            heights = [mean(column) for column in np.transpose(sums)]
            ax.errorbar(edges[1:], [h.n for h in heights], [h.s for h in heights], fmt=style, ms=3, lw=1,
                        color=_COLOURS[k], label=f"{name}, {MOTIONS[k]}")  # fmt: skip
            texts.append(f"{name} of {MOTIONS[k]} {written(heights[4])} of {heights[-1].n:.2f}")
    ax.axhline(0, color="0.7", lw=0.8)
    ax.set(xlabel="frequency ν", ylabel="sum over the modes below ν", xlim=(0, 2.15), ylim=(-1, 1.6))
    ax.legend(frameon=False, fontsize=8, ncols=2, loc="upper left")
    return (
        "Shares of the eigenmodes in a local motion, and how they soften with it, summed up to a frequency: equal by"
        f" eq. 16. Up to ν = {edges[5]:.1f}, of the sum over all modes: {', '.join(texts)}."
    )


def _draw_estimate(ax: Axes) -> None:
    """Draw the paper's ε_m ≈ 3 k_BT_m."""
    ax.axhline(printed("formation energy at melting").value, color="k", lw=1, ls="--", label="paper, about 3")
