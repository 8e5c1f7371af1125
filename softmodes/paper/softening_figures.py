"""Eqs 15 and 16 and fig. 7 on the computer glass and its crystal. Each figure draws on given Axes and returns its text.

Reduced units σ = ε = m = 1, density 1; formation energies in units of k_BT_m of the crystal.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from softmodes.glass import lattice, load_instabilities, load_soft_spots
from softmodes.glass.soft_spots import FRACTIONS, MOTIONS, RADII, shell_strain
from softmodes.glass.softening import LinearResponse
from softmodes.paper.averages import mean, median
from softmodes.paper.glasses import MELTING
from softmodes.paper.printed import printed
from softmodes.paper.table import Table
from softmodes.places import DATA

_COLOURS = ("#1d4ed8", "#0f766e", "#a16207", "#c2410c")


@cache
def shipped_soft_spots():
    """Return the SoftSpots of the repository."""
    return load_soft_spots(DATA / "glasses" / "softening_n500.npz")


@cache
def shipped_instabilities():
    """Return the Instabilities of the repository, of the fcc crystal of 256 atoms."""
    return load_instabilities(DATA / "glasses" / "instability_n256.npz")


def plot_figure_7(ax, cells=4):
    """Draw fig. 7: how the shell of an atom of the fcc crystal gives way when the atom's motion along z is softened."""
    crystal = lattice("fcc", cells)
    response, motion = LinearResponse(crystal), np.zeros_like(crystal.positions)
    motion[0, 2] = 1
    moved = -response.stiffness(motion) * response.distortion(motion)[0]
    bonds = crystal.positions - crystal.positions[0]
    bonds -= crystal.box * np.rint(bonds / crystal.box)
    # seen along [1-10]; those exactly in front of and behind the central atom are left out
    seen = np.array([[1, 1, 0], [0, 0, np.sqrt(2)]]).T / np.sqrt(2)
    shell = (np.linalg.norm(bonds, axis=1) < 1.3) & (np.linalg.norm(bonds @ seen, axis=1) > 0.1)
    places, arrows = bonds[shell] @ seen, moved[shell] @ seen
    ax.plot(*places.T, "o", ms=22, mfc="0.92", mec="0.5")
    ax.plot(0, 0, "o", ms=22, mfc="#fed7aa", mec="#c2410c")
    for sign in (1, -1):
        ax.annotate("", (0, 0.32 * sign), (0, 0), arrowprops={"arrowstyle": "->", "color": "#c2410c", "lw": 1.6})
    ax.quiver(*places.T, *(4 * arrows).T, angles="xy", scale_units="xy", scale=1, width=0.008, color="#1d4ed8")
    ax.set(xlim=(-1.7, 1.7), ylim=(-1.5, 1.5), aspect="equal", xlabel="[110], σ", ylabel="[001], σ")
    along, across = shell_strain(crystal, moved, 0, motion[0])
    beside = np.argmax(places[:, 0])
    return (
        f"Central atom vibrating up and down, its neighbours above and below giving way outwards, those beside moving"
        f" inwards by {-arrows[beside, 0]:.3f} σ: arrows, four times enlarged, of linear response at the loss of all"
        f" stiffness. Strain of the shell along the motion {along:+.3f}, across it {across:+.3f} on average."
    )


def plot_crystal_formation_energy(ax, searches):
    """Draw eq. 15 in the fcc crystal: U/(1 − η_s)² in units of k_BT_m, constant if it holds."""
    eta, change = np.array(FRACTIONS), MELTING * (1 - np.array(FRACTIONS)) ** 2
    for k, energy in enumerate(searches.one_atom):
        ax.plot(eta, energy / change, "-", color=_COLOURS[0], lw=0.8, alpha=0.6, label=None if k else "one atom")
    for k, energy in enumerate(searches.energy):
        ax.plot(eta, energy / change, ".", color="0.6", ms=4, label=None if k else "free motion, each search")
    cheapest = np.nanmin(searches.energy, axis=0) / change
    ax.plot(eta, cheapest, "o-", color=_COLOURS[3], ms=4, label="cheapest found")
    _draw_estimate(ax)
    ax.set(xlabel=r"$\eta_s$", ylabel=r"$U_s/(1-\eta_s)^2$ in $k_BT_m$", xlim=(0.95, -0.05), ylim=(0, 26))
    ax.legend(frameon=False, loc="upper left")
    one, lost = searches.one_atom / change, searches.energy[:, -1]
    n_s = searches.followed_participation[np.nanargmin(lost)]
    return (
        f"Formation energy of eq. 15 in the fcc crystal, in k_BT_m: {np.nanmin(one):.1f} to {np.nanmax(one):.1f}"
        f" for one atom along {len(one)} directions, {np.isfinite(one[:, -1]).sum()} of which can be followed to"
        f" η_s = 0; for the cheapest motion found {cheapest[0]:.1f} at η_s = 0.9,"
        f" {cheapest[4]:.1f} at 0.5 and {cheapest[-1]:.1f} where all stiffness is lost, reached in"
        f" {np.sum(lost < 1.001 * np.nanmin(lost))} of {len(one)} searches, N_s from {n_s[0]:.1f} to {n_s[-1]:.1f}."
        f" Paper: about 3."
    )


def plot_cluster_formation_energy(ax, searches):
    """Draw what the cheapest small softening costs against the number of atoms that may move, and their N_s."""
    best = np.argmin(searches.cost, axis=0)
    cost, n_s = (values[best, np.arange(len(best))] for values in (searches.cost, searches.participation_number))
    bonds = lattice("fcc", 4).positions
    bonds -= lattice("fcc", 4).box * np.rint(bonds / lattice("fcc", 4).box)
    atoms = [int(np.sum(np.linalg.norm(bonds, axis=1) <= radius)) for radius in (*RADII, np.inf)]
    ax.plot(atoms, cost / MELTING, "o-", color=_COLOURS[3], ms=4)
    for count, energy, number in zip(atoms, cost / MELTING, n_s, strict=True):
        ax.annotate(f"{number:.1f}", (count, energy), (0, 5), textcoords="offset points", fontsize=8, ha="center")
    _draw_estimate(ax)
    ax.set(xlabel="atoms that may move", ylabel=r"$\epsilon_m$ in $k_BT_m$", xscale="log", ylim=(0, 5))
    ax.set_xticks((13, 30, 100, 256), labels=("13", "30", "100", "256"))
    ax.tick_params(axis="x", which="minor", labelbottom=False)
    texts = (f"{energy:.2f} with {count} atoms" for count, energy in zip(atoms, cost / MELTING, strict=True))
    return (
        f"Formation energy of the cheapest small softening in the fcc crystal, in k_BT_m: {', '.join(texts)}. Numbers"
        f" at the points are N_s, from {n_s[0]:.1f} to {n_s[-1]:.1f}: the motion stays local when all atoms may move."
    )


def plot_glass_formation_energy(ax, spots, omega_c):
    """Draw eq. 15 in glasses: U/(δη_s)² in units of k_BT_m against the stiffness left, medians with errors."""
    energy, texts = spots.formation_energy(omega_c) / MELTING, []
    for k, name in enumerate(MOTIONS):
        middle = [median(column[np.isfinite(column)]) for column in energy[:, k].T]
        ax.errorbar([1, *FRACTIONS], [m.n for m in middle], [m.s for m in middle], fmt="o-", ms=3, lw=1, capsize=2,
                    color=_COLOURS[k], label=name)  # fmt: skip
        texts.append(f"{name} {middle[0]:.1uP} to {middle[-1]:.1uP} ({np.isfinite(energy[:, k, -1]).sum()} left)")
    _draw_estimate(ax)
    ax.set(xlabel="stiffness left", ylabel=r"$U_s/(\delta\eta_s)^2$ in $k_BT_m$", xlim=(1.05, -0.05), ylim=(0, None))
    ax.legend(frameon=False, loc="upper left")
    return (
        f"Formation energy of eq. 15 in {len(energy)} glasses, in k_BT_m, medians from a small softening to the loss of"
        f" all stiffness: {', '.join(texts)}. {spots.ended_early} of {spots.stiffness.size} paths ended early."
    )


def plot_mode_rates(ax, spots):
    """Draw eq. 16: how fast each eigenmode softens, against its share in the local motion."""
    edges, texts = np.geomspace(1e-4, 0.3, 12), []
    for k, name in enumerate(MOTIONS):
        x, y, error = _binned(spots.shares[:, k], spots.rates[:, k], edges)
        ax.errorbar(x, y, error, fmt="o-", ms=3, lw=1, capsize=2, color=_COLOURS[k], label=name)
        texts.append(f"{name} {mean(spots.slope[:, k]):.1uP} with correlation {mean(spots.correlation[:, k]):.1uP}")
    ax.plot(edges[[0, -1]], edges[[0, -1]], "k--", lw=1, label="eq. 16")
    ax.set(xlabel=r"share $(\mathbf{s}\cdot\mathbf{e}_k)^2$", ylabel=r"$\delta\eta_k/\delta\eta_s$", xscale="log")
    ax.set_yscale("symlog", linthresh=1e-4)
    ax.set_ylim(-10, 1)
    ax.legend(frameon=False, loc="lower left", ncols=2)
    return f"Softening rate of the eigenmodes against their share; factor to eq. 16: {', '.join(texts)}."


@dataclass(frozen=True, kw_only=True)
class SpotRow:
    """A kind of local motion: means (of ε_m, the median) with standard errors over glasses."""

    motion: str
    participation: str = field(metadata={"header": "N_s"})
    restoring_force: str = field(metadata={"header": "η_s at the start"})
    formation_energy: str = field(metadata={"header": "ε_m/k_BT_m, small softening"})
    slope: str = field(metadata={"header": "factor to eq. 16"})
    total: str = field(metadata={"header": "sum of δη_k/δη_s, 1 by eq. 16"})
    along: str = field(metadata={"header": "strain along"})
    across: str = field(metadata={"header": "strain across"})


def soft_spots(spots, omega_c):
    """Return the table of the softened motions."""
    energy = spots.formation_energy(omega_c)[..., 0] / MELTING
    return Table(
        SpotRow(
            motion=name,
            participation=f"{spots.participation_number[:, k].mean():.1f}",
            restoring_force=f"{mean(spots.stiffness[:, k] / omega_c**2):.1uP}",
            formation_energy=f"{median(energy[:, k]):.1uP}",
            slope=f"{mean(spots.slope[:, k]):.1uP}",
            total=f"{mean(spots.rates[:, k].sum(axis=-1)):.1uP}",
            along=f"{mean(spots.strain[:, k, 0]):.1uP}",
            across=f"{mean(spots.strain[:, k, 1]):.1uP}",
        )
        for k, name in enumerate(MOTIONS)
    )


def _draw_estimate(ax):
    """Draw the paper's ε_m ≈ 3 k_BT_m."""
    ax.axhline(printed("formation energy at melting").value, color="k", lw=1, ls="--")


def _binned(shares, rates, edges):
    """Mean share, mean rate and its error over glasses in bins of the share; arrays (glasses, modes)."""
    points = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (shares >= low) & (shares < high)
        held = inside.any(axis=1)
        if held.sum() < 5:
            continue
        means = np.sum(rates, axis=1, where=inside)[held] / inside.sum(axis=1)[held]
        points.append((shares[inside].mean(), means.mean(), means.std(ddof=1) / np.sqrt(held.sum())))
    return np.transpose(points)
