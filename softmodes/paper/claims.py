"""What the paper says about glasses and liquids in words, beside what the computer glass and liquid give.

Printed numbers stand in the ledger. Reduced units σ = ε = m = 1; errors are standard errors over independent glasses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from softmodes.arguments import whole
from softmodes.ensembles.soft_spots import FRACTIONS
from softmodes.paper.averages import mean, median, of_known, snapshot_means, written
from softmodes.paper.findings.atoms import softest_freed_participation
from softmodes.paper.findings.glasses import TAIL_END, exponent_of_tail, softest_participation
from softmodes.paper.findings.liquids import soft_mode_slope, vibrational_displacements
from softmodes.paper.findings.potentials import (
    FREEZING_IN,
    exponents_of_plane,
    first_maximum,
    flatness,
    formation_energies,
    mode_energy_at_freezing,
)
from softmodes.paper.findings.softening import crystal_strain, formation_energy_found, one_atom_costs, spread
from softmodes.paper.findings.swaps import creation_energy, soft_mode_counts
from softmodes.paper.findings.tails import SOFT_PART, exponent_of_scale, fifth_power_until, law_of_softest
from softmodes.paper.findings.wells import tunnelling, well_shapes
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uncertainties import UFloat

    from softmodes.ensembles import Glasses, Instabilities, Liquids, SoftSpots
    from softmodes.paper.loaders import Ensembles


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row: what is said, where, and what is found."""

    place: str
    says: str = field(metadata={"header": "the paper says"})
    verdict: str
    finds: str = field(metadata={"header": "we find"})
    notebook: int


def claims(notebook: int | None = None, *, ensemble: str = "shipped") -> Table[Claim]:
    """Return the table of statements that the computer glass and liquid can test: all, or those of one notebook.

    `ensemble` as for `load_ensembles`.
    """
    known = sorted({number for numbers in _PARTS.values() for number in numbers})
    if notebook is not None and whole("notebook", notebook) not in known:
        raise ValueError(f"notebook must be one of {', '.join(map(str, known))}, got {notebook}")
    ensembles = load_ensembles(ensemble)
    parts = (part(ensembles) for part, numbers in _PARTS.items() if notebook is None or notebook in numbers)
    rows = (row for part in parts for row in part if notebook in (None, row.notebook))
    if ensemble != "shipped":
        rows = (replace(row, verdict=f"on the shipped ensembles: {row.verdict}") for row in rows)
    return Table(rows)


def statements(ensembles: Ensembles) -> tuple[Claim, ...]:
    """Return all rows, with what these ensembles give; the verdicts are on those of the repository."""
    return tuple(row for part in _PARTS for row in part(ensembles))


def _liquids(ensembles: Ensembles) -> tuple[Claim, ...]:
    liquids, crystal = ensembles.liquids, ensembles.crystal
    unstable, warm = (_at(each, each.unstable_fraction * 100) for each in (liquids, crystal))
    routes = vibrational_displacements(liquids)
    cold, undercooled = (liquids.temperatures.tolist().index(t) for t in (0.05, 0.13))
    ratios = {name: [routes[name][i] / liquids.temperatures[i] for i in (cold, undercooled)] for name in routes}
    return (
        Claim(
            place="§1",
            says="frozen-in configurations of liquids have unstable modes",
            finds=f"{written(unstable[1.0])} % of all at k_BT = 1, {written(unstable[0.19])} % at freezing; the"
            f" crystal, heated as far, {written(warm[0.19])} %",
            verdict="holds",
            notebook=6,
        ),
        _number_of_soft_modes(ensembles),
        Claim(
            place="§4, below eq. 12",
            says="so the vibrational mean square displacement rises fast above the glass transition",
            finds="⟨u²⟩/k_BT at k_BT = 0.05 and 0.13: "
            + "; ".join(f"{name} {written(first)} and {written(then)}" for name, (first, then) in ratios.items()),
            verdict="it rises faster than harmonic modes do; hotter, vibration and diffusion do not separate",
            notebook=10,
        ),
    )


def _number_of_soft_modes(ensembles: Ensembles) -> Claim:
    deep, liquids, numbers = ensembles.swaps[6, 1000], ensembles.liquids, {}
    for scaled in (False, True):
        means = snapshot_means(soft_mode_counts(deep, scaled=scaled).T)
        numbers[scaled] = f"{written(means[0])} and {written(means[-1])}"
    parents = slice(-3, None), slice(-3, -1), slice(-2, None)
    costs = [creation_energy(deep, scaled=True, parents=some) / deep.temperatures[-1] for some in parents]
    price, before, last = map(written, costs)
    soft, energy = _at(liquids, liquids.soft_modes(0.15)), _at(liquids, liquids.inherent_energy)
    return Claim(
        place="§4, below eq. 12",
        says="if entropy balances strain, the liquid has more soft modes the hotter it is",
        finds=f"in a mixture near equilibrium by swap moves, of 1000 atoms: {numbers[False]} soft modes below parents"
        f" of k_BT = {deep.temperatures[0]:g} and {deep.temperatures[-1]:g}, {numbers[True]} in a window that follows"
        f" the stiffness; a price of {price} k_BT of the coldest by the slope over the last three, {before} by the"
        f" first two of them, {last} by the last two. Of equal atoms minima have, with ν < 0.15,"
        f" {written(soft[0.13])} at k_BT = 0.13, {written(soft[0.19])} at freezing, {written(soft[1.0])} at 1, and"
        f" are equally deep, {written(energy[0.13])}, {written(energy[0.19])} and {written(energy[1.0])}; over the"
        f" glasses, 0.001 more energy makes {written(soft_mode_slope(ensembles.glasses[500]) / 1000)} more",
        verdict="holds of minima below the onset, but not by Boltzmann's law with one energy: it costs more on cooling",
        notebook=10,
    )


def _tunnelling(ensembles: Ensembles) -> tuple[Claim, ...]:
    wells = ensembles.wells
    hot, cold = well_shapes(wells)
    counts = np.isfinite(wells.energy).sum(axis=(0, -1))
    rows = tunnelling(wells, first_maximum(ensembles.glasses[500]))
    within = [row.within for row in rows if row.glass == "SiO2"]
    return (
        Claim(
            place="§3, the soft-potential model behind eq. 8",
            says="asymmetries and restoring forces are spread evenly about zero (not printed)",
            finds=f"followed from the soft modes of {len(wells.energy)} minima of 500 atoms: {_listed(counts)} minima"
            f" beside those below parents of k_BT = {hot.temperature} and {cold.temperature}; probability of an even s:"
            f" {hot.uniform} below the hot one, {cold.uniform}, below the cold one; scaled to vitreous silica,"
            f" {_listed(within)} have an asymmetry below W",
            verdict="not even below a hot parent, too few to say below a cold one; few are symmetric enough to tunnel",
            notebook=10,
        ),
    )


def _at(liquids: Liquids, values: np.ndarray) -> dict[float, UFloat]:
    """Means over snapshots by temperature."""
    return dict(zip(liquids.temperatures.tolist(), snapshot_means(values), strict=True))


def _localisation(ensembles: Ensembles) -> tuple[Claim, ...]:
    small, large = ensembles.glasses.values()
    boxes = ensembles.boxes.values()
    soft = [written(softest_freed_participation(e)) for e in boxes]
    low, high = ([written(exponent_of_tail(e.frequencies_to(end), end)) for e in boxes] for end in (0.05, SOFT_PART))
    scale = exponent_of_scale({e.n: law_of_softest(e.frequencies[:, 0])[1] for e in boxes})
    until = [f"{end:g}" if (end := fifth_power_until(e)) else "nowhere" for e in boxes]
    return (
        Claim(
            place="§3, fig. 6",
            says="soft modes are localised to about 100 atoms",
            finds=f"softest mode, freed of sound waves (pseudo-harmonic), {_listed(soft)} in boxes of"
            f" {_listed(ensembles.boxes)} atoms, at equal ν as many in each; harmonic, with the sound of the box,"
            f" {written(softest_participation(small))} and {written(softest_participation(large))} in the first two",
            verdict="some seventy in the paper's boxes, ninety where it is softer; a hundred to the order of magnitude",
            notebook=3,
        ),
        Claim(
            place="§3, the soft-potential model behind it",
            says="the number of soft vibrations below ν grows as ν⁵ (not printed)",
            finds=f"as ν^α in boxes of {_listed(ensembles.boxes)} atoms: up to 0.05 α = {_listed(low)}, up to"
            f" {SOFT_PART:g} {_listed(high)}; ν⁵ is not rejected up to {_listed(until)} (from 0.05 on); the softest"
            f" mode of a glass falls with size as α = {written(scale)} has it",
            verdict=f"not up to {TAIL_END:g}; at the very end allowed in small boxes, doubtful in the largest",
            notebook=7,
        ),
    )


def _listed(values: Iterable[object]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} and {last}"


def _potentials(ensembles: Ensembles) -> tuple[Claim, ...]:
    small, large = ensembles.glasses.values()
    omega_c = 2 * np.pi * first_maximum(small)
    kinds = [(e.soft_modes, e.pseudoharmonic, 2 * np.pi * first_maximum(e)) for e in (small, large)]
    lengths = [[of_known(median, m.quartic_length(c)[:, 0]) for m in (straight, freed)] for straight, freed, c in kinds]
    (straight, freed), (straight_large, freed_large) = lengths
    relaxed = small.soft_modes.relaxed.quartic_length(omega_c)[:, 0]
    return (
        Claim(
            place="§2, above eq. 3",
            says="the length a is of the order of the interatomic distance",
            finds=f"straight along the softest modes {written(straight)} of it (500 atoms) and"
            f" {written(straight_large)} (1000), freed of sound {written(freed)} and {written(freed_large)}; relaxed"
            f" {written(of_known(median, relaxed))}, but only {np.isfinite(relaxed).sum()} of {len(relaxed)} have a"
            f" positive quartic term; ν_c, and a with it, is known to {flatness(small):.0%}",
            verdict="holds along the straight path",
            notebook=8,
        ),
        _mode_plane(small, large, omega_c, formation_energies(ensembles.instabilities)),
    )


def _mode_plane(small: Glasses, large: Glasses, omega_c: float, energies: tuple[float, ...]) -> Claim:
    (freed, eta), (loose, _), (other, _) = (
        (values[:, 0] for values in modes.mode_parameters(omega_c))
        for modes in (small.pseudoharmonic, small.soft_modes.relaxed, large.pseudoharmonic)
    )
    freed, loose, other = (of_known(median, each / small.potential.melting) for each in (freed, loose, other))
    kinds, place = ("pseudoharmonic", "soft_modes"), of_known(median, eta).n
    slopes = [written(exponents_of_plane(getattr(e, kind))[0], "+.1uP") for kind in kinds for e in (small, large)]
    printed, *found = (f"{mode_energy_at_freezing(place, energy):.0f}" for energy in energies)
    crystal = f", and {found[0]} with the {energies[1]:.1f} found for the crystal" if found else ""
    return Claim(
        place="§4, fig. 8",
        says="soft modes lie on the curve of eq. 24",
        finds=f"the softest freed of sound has ε_k = {written(freed, '.2uP')} k_BT_m of 500 atoms,"
        f" {written(other, '.2uP')} of 1000, and d ln ε_k/d ln η_k of all of them is {slopes[0]} and {slopes[1]};"
        f" harmonic, with sound, {slopes[2]} and {slopes[3]}; relaxed, where bounded, ε_k = {written(loose)}; the"
        f" curve, frozen in at {FREEZING_IN:g} T_m, rises, at η_k = {place:.4f} through {printed} with ε_m ="
        f" {energies[0]:g} k_BT_m, as printed{crystal}; ω_c⁴ leaves a factor of two in ε_k open",
        verdict="no: without sound ε_k falls with η_k, where the curve rises; only at the softest is it of its order",
        notebook=8,
    )


def _softening(ensembles: Ensembles) -> tuple[Claim, ...]:
    spots, (along, across) = ensembles.soft_spots, crystal_strain()
    sides = spots.slope, spots.correlation, spots.rates.sum(axis=-1, dtype=float)
    slope, correlation, total = ([written(mean(values[:, k])) for k in (0, 3)] for values in sides)
    weighted = [spread(spots.entropic_factor[:, k]) for k in (0, 3)]
    strain = [
        f"{written(mean(spots.strain[:, k, 0]), '+.1uP')} and {written(mean(spots.strain[:, k, 1]), '+.1uP')}"
        for k in (0, 2)
    ]
    return (
        Claim(
            place="§4, fig. 7",
            says="softening stretches the surroundings along the motion and compresses them across it",
            finds=f"strain of the shell along and across the motion, taken to η_s = 0: {along:+.3f} and {across:+.3f}"
            f" in the fcc crystal, where the four neighbours beside move in; {strain[0]} for an atom of a glass,"
            f" {strain[1]} for the one that moves most in the softest mode",
            verdict="along the motion, but hardly where it is soft already; across it for the nearest",
            notebook=4,
        ),
        *_formation(spots, ensembles.instabilities),
        Claim(
            place="§4, eq. 16, a simplifying assumption",
            says="each mode softens in proportion to its share in the local motion",
            finds=f"slope {slope[0]} with a correlation of {correlation[0]} for one atom, {slope[1]} with"
            f" {correlation[1]} for the core of the softest mode, instead of 1 and 1; instead of 1, the sum over all"
            f" modes is {total[0]} and {total[1]}, with the weight 1/η_k of the entropic force {weighted[0]} and"
            f" {weighted[1]}, median and 5 to 95 % of the glasses",
            verdict="not mode by mode, and not in sum; soft modes hardly soften",
            notebook=9,
        ),
    )


def _formation(spots: SoftSpots, searches: Instabilities) -> tuple[Claim, ...]:
    found, single, melting = formation_energy_found(searches), one_atom_costs()[0], searches.potential.melting
    small, path = searches.cost[:, -1].min() / melting, searches.one_atom[0] / (1 - np.array(FRACTIONS)) ** 2 / melting
    arrived = np.sum(searches.energy[:, -1] < 1.001 * found * melting)
    glassy, unstable = (e / spots.potential.melting for e in (spots.formation_energy[:, 1], spots.instability_energy))
    reached, (atom, _, core, _) = glassy[:, -1], [of_known(median, values) for values in unstable.T]
    return (
        Claim(
            place="§4, eq. 15",
            says="a local instability costs a few times k_BT_m, about 3",
            finds=f"the cheapest motion of the fcc crystal at most {written(found, '.1f')}, reached by {arrived} of"
            f" {len(searches.cost)} searches and not known to be the least, by extrapolation from a small softening"
            f" {small:.1f}; a glass becomes unstable, somewhere, at {written(atom)} where one atom is softened, at"
            f" {written(core)} at the core of its softest mode",
            verdict="of that order: in the crystal at most twice that, an upper bound; glasses are cheaper",
            notebook=9,
        ),
        Claim(
            place="§4, eq. 15",
            says="its energy is quadratic, ε_m(1 − η_s)²",
            finds="U/(1 − η_s)² from a small softening to the loss of all stiffness, in k_BT_m: one atom of the crystal"
            f" along [001] {single:.1f}, {np.nanmax(path):.1f} at most, {written(path[-1], '.1f')} in the end, the"
            f" cheapest motion {small:.1f} to {written(found, '.1f')}, an atom and its shell in a glass"
            f" {written(median(glassy[:, 0]))} to {written(of_known(median, reached))} (all, and the"
            f" {np.isfinite(reached).sum()} of {len(glassy)} that can be followed)",
            verdict="to a quarter for one atom along [001]; else it rises faster",
            notebook=9,
        ),
    )


# With the notebooks of their rows: a notebook works out what it shows, and no more.
_PARTS = {_liquids: (6, 10), _tunnelling: (10,), _localisation: (3, 7), _potentials: (8,), _softening: (4, 9)}
