"""Figs 5 and 6 from the computer glass, and what they leave open. Each draws on given Axes and returns its text.

Reduced units σ = ε = m = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from softmodes.ensembles import density_of_states, extended_modes, participation_by_frequency
from softmodes.ensembles.spectrum import EXTENDED_RATIO
from softmodes.figures.style import plain_ticks
from softmodes.paper.averages import mean, resampled, written
from softmodes.paper.findings.glasses import exponent_of_tail, sound_frequency
from softmodes.paper.findings.tails import exponent_of_scale, law_of_softest, tail_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from softmodes.arguments import Floats
    from softmodes.ensembles import Glasses
    from softmodes.glass.configuration import Structure


_COLOURS = {500: "#1d4ed8", 1000: "#c2410c", 4000: "#047857"}


def plot_figure_5(ax: Axes, ensemble: Glasses, threshold: float = EXTENDED_RATIO) -> str:
    """Draw fig. 5: the density of states of all modes and of the extended ones, and its low tail in an inset."""
    inset = ax.inset_axes((0.08, 0.62, 0.4, 0.35))
    counted = {}
    for axes, edges in ((ax, np.linspace(0, 2.1, 85)), (inset, np.linspace(0, 0.2, 21))):
        for name, chosen, style in _kinds(ensemble, threshold):
            dos = density_of_states(ensemble.frequencies_to(), edges, chosen=chosen)
            axes.errorbar(dos.centres, dos.density, dos.error, fmt=style, color="k" if chosen is None else "0.55",
                          lw=1.2, elinewidth=0.8, label=name)  # fmt: skip
            counted[edges[-1], style] = dos
    ax.set(xlabel="frequency ν", ylabel="density of states g(ν)", xlim=(0, 2.1), ylim=(0, 1.5))
    inset.set(xlim=(0, 0.2), ylim=(0, None))
    inset.tick_params(labelsize=8)
    inset.axvline(sound_frequency(ensemble), color="0.7", lw=0.8, ls=":")
    ax.legend(frameon=False, loc="upper right")
    every, extended = counted[0.2, "-"].density[:10].sum(), counted[0.2, "--"].density[:10].sum()
    peak = counted[2.1, "-"].centres[np.argmax(counted[2.1, "-"].density)]
    return (
        f"Density of states of {len(ensemble.energy)} glasses of {ensemble.n} atoms, highest at ν = {peak:.2f}, ending "
        f"near {ensemble.frequencies.max():.2f}. Below ν = 0.1, in the inset, {1 - extended / every:.0%} of the "
        f"modes are localised, with p below {threshold:g}; so are those at the upper end."
    )


def _kinds(ensemble: Glasses, threshold: float) -> tuple[tuple[str, np.ndarray | None, str], ...]:
    extended = extended_modes(ensemble.participation_number, ensemble.n, threshold=threshold)
    return ("all modes", None, "-"), (f"extended, $p$ > {threshold:g}", extended, "--")


def plot_figure_6(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw fig. 6: the participation ratio against frequency for both sizes, medians with errors and spread."""
    edges = np.concatenate([np.arange(0.02, 0.2, 0.02), np.arange(0.2, 2.2, 0.1)])
    texts = []
    for n, ensemble in ensembles.items():
        bins = participation_by_frequency(ensemble.frequencies_to(), ensemble.participation_number, edges)
        ax.fill_between(bins.centres, bins.low / n, bins.high / n, color=_COLOURS[n], alpha=0.15, lw=0)
        ax.errorbar(bins.centres, bins.median / n, bins.error / n, fmt="o-", ms=3, lw=1, color=_COLOURS[n],
                    label=f"N = {n}")  # fmt: skip
        texts.append(
            f"N = {n}: {written(bins.median[1] / n, '.2f')} at ν = 0.05, {written(bins.median[12] / n, '.2f')} at 0.55"
        )
    ax.set(xlabel="frequency ν", ylabel="participation ratio $p = N_k/N$", xlim=(0, 2.1), ylim=(0, 0.7))
    ax.legend(frameon=False, loc="lower center")
    return (
        "Participation ratio against frequency, low at both ends of the spectrum. Medians for " + "; ".join(texts) + "."
    )


def plot_size_comparison(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw N_k itself at the soft end for both sizes: localised modes keep it, extended ones double it."""
    edges = np.arange(0.03, 0.2001, 0.01)
    medians = []
    for n, ensemble in ensembles.items():
        bins = participation_by_frequency(ensemble.frequencies_to(0.2), ensemble.participation_number, edges)
        ax.fill_between(bins.centres, bins.low, bins.high, color=_COLOURS[n], alpha=0.12, lw=0)
        ax.errorbar(bins.centres, bins.median, bins.error, fmt="o-", ms=3, lw=1, color=_COLOURS[n], label=f"N = {n}")
        ax.axvline(sound_frequency(ensemble), color=_COLOURS[n], ls=":", lw=1)
        medians.append(bins.median)
    ax.axhline(100, color="0.6", lw=0.8)
    ax.annotate("$c_T/L$", (sound_frequency(ensembles[1000]), 30), xytext=(4, 0), textcoords="offset points")
    ax.set(xlabel="frequency ν", ylabel="atoms in the mode, $N_k$", xlim=(0.03, 0.2), ylim=(20, 900), yscale="log")
    plain_ticks(ax.yaxis, (30, 100, 300))
    ax.legend(frameon=False, loc="upper left")
    texts = [f"{written(medians[1][i] / medians[0][i], '.2f')} at ν = {bins.centres[i]:.3f}" for i in (0, 5, -1)]
    return (
        "Participation number at the soft end: going from 500 to 1000 atoms multiplies the median by "
        + ", ".join(texts)
        + "."
    )


def plot_freed_participation(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw N_k of pseudo-harmonic modes, freed of sound waves, beside that of harmonic ones, for both sizes."""
    edges, texts = np.array([0.03, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.115, 0.13]), []
    for n, name, (nu, n_k, end), fmt in _kinds_of_modes(ensembles):
        bins = participation_by_frequency(nu, n_k, edges[edges <= end])
        ax.errorbar(bins.centres, bins.median, bins.error, fmt=fmt, ms=4, lw=1, color=_COLOURS[n],
                    mfc="w" if name == "harmonic" else None, label=f"{name}, N = {n}")  # fmt: skip
        if name == "pseudo-harmonic":
            middle = zip(bins.centres, bins.median, bins.error, strict=True)
            some = (f"{written(m, '.0f')} ± {written(e, '.0f')} at ν = {nu:.3f}" for nu, m, e in [*middle][:5:3])
            lowest = written(mean(n_k[:, 0]))
            texts.append(f"N = {n}: {', '.join(some)}; softest of each glass {lowest} on average")
    ax.set(xlabel="frequency ν", ylabel="atoms in the mode, $N_k$", xlim=(0.03, 0.13), ylim=(10, 8000), yscale="log")
    plain_ticks(ax.yaxis, (10, 30, 100, 300, 1000))
    ax.legend(frameon=False, loc="upper left", ncols=2, fontsize=8)
    return f"Participation number of pseudo-harmonic modes, medians: {'. '.join(texts)}."


def plot_soft_tail(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw the number of modes below ν, whose fifth power a density of states of soft potentials would follow."""
    texts = []
    for n, ensemble in ensembles.items():
        soft = np.sort(ensemble.frequencies[ensemble.frequencies < min(0.2, ensemble.complete_below)])
        below = np.arange(1, soft.size + 1) / len(ensemble.energy)
        ax.step(soft, below, where="post", color=_COLOURS[n], label=f"N = {n}")
        spread = resampled(_variation, ensemble.frequencies[:, 0])
        texts.append(f"N = {n}: {written(spread.n, '.3f')} ± {written(spread.s, '.3f')}")
    reference = np.array([0.03, 0.08])
    ax.plot(reference, below[soft < 0.08][-1] * (reference / 0.08) ** 5, "k--", lw=1, label=r"$\propto\nu^5$")
    ax.set(xlabel="frequency ν", ylabel="modes below ν, per glass", xscale="log", yscale="log", xlim=(0.02, 0.2))
    plain_ticks(ax.xaxis, (0.02, 0.05, 0.1, 0.2))
    ax.legend(frameon=False)
    return (
        "Number of modes below a frequency against ν⁵. Lowest frequency of a glass, spread over mean: "
        f"{'; '.join(texts)}; 0.229 for soft potentials."
    )


def _variation(values: np.ndarray, axis: int | None = None) -> Floats:
    return np.asarray(np.std(values, axis) / np.mean(values, axis))


def plot_tail_exponent(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw the exponent of the number of modes below ν against where the fit ends, below sound, for each kind and size.

    The larger windows hold the smaller ones: their points are not independent.
    """
    texts = []
    for n, name, (nu, _, end), fmt in _kinds_of_modes(ensembles):
        windows = [highest for highest in (0.05, 0.055, 0.06, 0.07, 0.08, 0.09, 0.1) if highest <= end]
        exponents = [exponent_of_tail(nu, highest) for highest in windows]
        ax.errorbar(windows, [x.n for x in exponents], [x.s for x in exponents], fmt=fmt, ms=4, lw=1, color=_COLOURS[n],
                    mfc="w" if name == "harmonic" else None, label=f"{name}, N = {n}")  # fmt: skip
        some = (f"{written(exponents[i].n, '.1f')} ± {written(exponents[i].s, '.1f')}" for i in (0, 2))
        texts.append(f"{name}, N = {n}: {', '.join(some)}")
    ax.axhline(5, color="k", lw=1, ls="--", label="soft potentials")
    ax.set(xlabel=r"fitted up to $\nu_{max}$", ylabel=r"exponent $\alpha$ of $\nu^\alpha$", ylim=(1.5, 8))
    ax.legend(frameon=False, fontsize=8, ncols=2, loc="upper right")
    return (
        "Exponent of the number of modes below a frequency, 5 for soft potentials, against where the fit ends. Up to"
        f" 0.05 and up to 0.06: {'; '.join(texts)}."
    )


def _kinds_of_modes(
    ensembles: Mapping[int, Glasses],
) -> Iterator[tuple[int, str, tuple[np.ndarray, np.ndarray, float], str]]:
    """Size, name, ν and N_k with the end of the tail, and line style of the harmonic and the pseudo-harmonic modes."""
    for n, ensemble in ensembles.items():
        for (name, modes), style in zip(tail_kinds(ensemble).items(), ("o:", "s-"), strict=True):
            yield n, name, modes, style


def plot_softest_law(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw how many modes are expected below ν, per 1000 atoms, from the share of glasses whose softest lies above."""
    scales, texts = {}, []
    for n, ensemble in ensembles.items():
        lowest = np.sort(ensemble.frequencies[:, 0])
        alpha, scales[n] = law_of_softest(lowest)
        above = 1 - (np.arange(lowest.size) + 0.5) / lowest.size
        ax.plot(lowest, -1000 / n * np.log(above), ".", ms=4, color=_COLOURS[n], label=f"N = {n}")
        ax.plot(lowest, 1000 / n * (lowest / scales[n].n) ** alpha.n, lw=1, color=_COLOURS[n])
        texts.append(f"N = {n}: α = {written(alpha)}, scale {written(scales[n])}")
    ax.set(xlabel="frequency ν", ylabel="expected modes below ν, per 1000 atoms", xscale="log", yscale="log")
    plain_ticks(ax.xaxis, (0.02, 0.05, 0.1))
    ax.legend(frameon=False)
    return (
        "Modes expected below a frequency, per 1000 atoms, if those of a glass are independent, from the softest mode"
        f" of each glass, with fits of a Weibull distribution. {'; '.join(texts)}; the scale against the number of"
        f" atoms has α = {written(exponent_of_scale(scales))}."
    )


def plot_soft_density(ax: Axes, ensembles: Mapping[int, Glasses]) -> str:
    """Draw the density of states per atom over ν⁴, level where soft potentials are spread evenly, for both kinds."""
    edges, texts = np.array([0.03, 0.045, 0.055, 0.065, 0.075, 0.085, 0.1, 0.115, 0.13]), []
    # of ν⁴ over each bin
    quartic, centres = np.diff(edges**5) / np.diff(edges) / 5, (edges[1:] + edges[:-1]) / 2
    for n, name, (nu, *_), fmt in _kinds_of_modes(ensembles):
        dos, per_atom = density_of_states(nu, edges), nu.shape[1] / n
        height, error = (values * per_atom / quartic for values in (dos.density, dos.error))
        ax.errorbar(centres, height, error, fmt=fmt, ms=4, lw=1, color=_COLOURS[n],
                    mfc="w" if name == "harmonic" else None, label=f"{name}, N = {n}")  # fmt: skip
        some = (f"{height[i]:.0f} ± {error[i]:.0f}" for i in (0, 3, -1))
        texts.append(f"{name}, N = {n}: {', '.join(some)}")
    ax.set(xlabel="frequency ν", ylabel=r"$D(\nu)/\nu^4$ per atom", xlim=(0.03, 0.13), yscale="log")
    ax.legend(frameon=False, fontsize=8)
    places = ", ".join(f"{centres[i]:.3f}" for i in (0, 3, -1))
    return f"Density of states per atom over ν⁴, which soft potentials would have level, at ν = {places}. " + (
        "; ".join(texts) + "."
    )


def plot_modes(ax: Axes, frequencies: ArrayLike, participation_number: ArrayLike) -> str:
    """Draw N_k of single modes against their frequency, of one glass or many."""
    nu, n_k = (np.ravel(np.asarray(values, float)) for values in (frequencies, participation_number))
    ax.plot(nu, n_k, ".", ms=3, color=_COLOURS[500])
    ax.set(xlabel="frequency ν", ylabel="atoms in the mode, $N_k$", yscale="log")
    return f"Participation number of {nu.size} modes against frequency, from {n_k.min():.3g} to {n_k.max():.3g}."


def plot_share_of_motion(ax: Axes, mode: np.ndarray) -> str:
    """Draw which share of the motion of one mode (atom, 3) the atoms that move most have."""
    share = np.cumsum(np.sort(np.sum(np.abs(mode) ** 2, axis=1))[::-1])
    ax.semilogx(np.arange(1, len(share) + 1), share, color=_COLOURS[500])
    ax.set(xlabel="atoms that move most", ylabel="their share of the motion", ylim=(0, 1.02))
    half = int(np.searchsorted(share, 0.5)) + 1
    return f"Share of the motion of a mode against the number of atoms that move most: half is that of {half} atoms."


def plot_soft_mode(ax: Axes, configuration: Structure, mode: np.ndarray) -> str:
    """Draw the displacements of one mode (atom, 3), seen along z, with its centre in the middle of the box."""
    weight = np.sum(mode**2, axis=1)
    box = configuration.box
    centre = configuration.positions[np.argmax(weight)]
    places = (configuration.positions - centre + box / 2) % box
    moving = weight > 0.02 * weight.max()
    (x, y, _), (still_x, still_y, _) = places[moving].T, places[~moving].T
    ax.scatter(still_x, still_y, s=3, color="0.75")
    ax.scatter(x, y, s=10, c=weight[moving], cmap="YlOrRd", vmin=-0.3 * weight.max())
    arrows = mode[moving, :2] * 1.5 / np.sqrt(weight.max())
    ax.quiver(x, y, *arrows.T, angles="xy", scale_units="xy", scale=1, width=0.004)
    ax.set(xlabel="x", ylabel="y", xlim=(0, box[0]), ylim=(0, box[1]), aspect="equal")
    largest = np.sort(weight)[::-1]
    half = int(np.searchsorted(np.cumsum(largest), 0.5)) + 1
    return (
        f"Displacements of a soft mode in a glass of {len(mode)} atoms, N_k = {1 / np.sum(weight**2):.0f}: half of the "
        f"motion is that of {half} atoms, the rest is spread thinly over the box."
    )
