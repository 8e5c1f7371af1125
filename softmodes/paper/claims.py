"""What the paper says about glasses and liquids in words, beside what the computer glass and liquid give.

Printed numbers stand in the ledger. Reduced units σ = ε = m = 1; errors are standard errors over independent glasses.
"""

from dataclasses import dataclass, field

import numpy as np
from uncertainties import ufloat

from softmodes.arguments import whole
from softmodes.ensembles import tail_exponent
from softmodes.ensembles.soft_spots import FRACTIONS
from softmodes.paper.averages import mean, median, snapshot_means
from softmodes.paper.findings.glasses import TAIL_END
from softmodes.paper.findings.liquids import soft_mode_slope, vibrational_displacements
from softmodes.paper.findings.potentials import first_maximum, formation_energies, mode_energy_at_freezing
from softmodes.paper.findings.softening import crystal_strain, formation_energy_found, one_atom_costs
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.table import Table


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row: what is said, where, and what is found."""

    place: str
    says: str = field(metadata={"header": "the paper says"})
    verdict: str
    finds: str = field(metadata={"header": "we find"})
    notebook: int


_NOTEBOOKS = (3, 4, 6, 7, 8, 9, 10)


def claims(notebook: int | None = None, *, ensemble: str = "shipped") -> Table[Claim]:
    """Return the table of statements that the computer glass and liquid can test: all, or those of one notebook.

    `ensemble` as for `load_ensembles`.
    """
    if notebook is not None and whole("notebook", notebook) not in _NOTEBOOKS:
        raise ValueError(f"notebook must be one of {', '.join(map(str, _NOTEBOOKS))}, got {notebook}")
    ensembles = load_ensembles(ensemble)
    parts = (_liquids, _localisation, _potentials, _softening)
    return Table(row for part in parts for row in part(ensembles) if notebook in (None, row.notebook))


def _liquids(ensembles):
    liquids, crystal = ensembles.liquids, ensembles.crystal
    unstable, warm = (_at(each, each.unstable_fraction * 100) for each in (liquids, crystal))
    soft, energy = _at(liquids, liquids.soft_modes(0.15)), _at(liquids, liquids.inherent_energy)
    routes = vibrational_displacements(liquids)
    cold, undercooled = (liquids.temperatures.tolist().index(t) for t in (0.05, 0.13))
    ratios = {name: [routes[name][i] / liquids.temperatures[i] for i in (cold, undercooled)] for name in routes}
    return (
        Claim(
            place="§1",
            says="frozen-in configurations of liquids have unstable modes",
            finds=f"{unstable[1.0]:.1uP} % of all at k_BT = 1, {unstable[0.19]:.1uP} % at freezing; the crystal, heated"
            f" as far, {warm[0.19]:.1uP} %",
            verdict="holds",
            notebook=6,
        ),
        Claim(
            place="§4, below eq. 12",
            says="if entropy balances strain, the liquid has more soft modes the hotter it is",
            finds=f"modes of inherent structures with ν < 0.15, of 500 atoms: {soft[0.13]:.1uP} at k_BT = 0.13,"
            f" {soft[0.19]:.1uP} at freezing, {soft[1.0]:.1uP} at 1; but their energy per atom hardly changes either,"
            f" {energy[0.13]:.1uP}, {energy[0.19]:.1uP} and {energy[1.0]:.1uP}; over the glasses, 0.001 more makes"
            f" {soft_mode_slope(ensembles.glasses[500]) / 1000:.1uP} more such modes",
            verdict="open: these minima are about equally deep at all temperatures",
            notebook=10,
        ),
        Claim(
            place="§4, below eq. 12",
            says="so the vibrational mean square displacement rises fast above the glass transition",
            finds="⟨u²⟩/k_BT at k_BT = 0.05 and 0.13: "
            + "; ".join(f"{name} {first:.1uP} and {then:.1uP}" for name, (first, then) in ratios.items()),
            verdict="it rises faster than harmonic modes do; hotter, vibration and diffusion do not separate",
            notebook=10,
        ),
    )


def _known(values):
    return values[np.isfinite(values)]


def _median(values):
    """Median of the known values, nan if there are none."""
    known = _known(values)
    return median(known) if known.size else ufloat(np.nan, np.nan)


def _at(liquids, values):
    """Means over snapshots by temperature."""
    return dict(zip(liquids.temperatures.tolist(), snapshot_means(values), strict=True))


def _localisation(ensembles):
    small, large = ensembles.glasses.values()
    soft = [mean(e.pseudoharmonic.participation_number[:, 0]) for e in (small, large)]
    low, high = ([ufloat(*tail_exponent(e.frequencies, end)) for e in (small, large)] for end in (0.05, TAIL_END))
    return (
        Claim(
            place="§3, fig. 6",
            says="soft modes are localised to about 100 atoms",
            finds=f"softest mode {mean(small.participation_number[:, 0]):.1uP} of 500 atoms,"
            f" {mean(large.participation_number[:, 0]):.1uP} of 1000; freed of sound waves (pseudo-harmonic)"
            f" {soft[0]:.1uP} and {soft[1]:.1uP}",
            verdict="to the order of magnitude",
            notebook=3,
        ),
        Claim(
            place="§3, the soft-potential model behind it",
            says="the number of soft vibrations below ν grows as ν⁵ (not printed)",
            finds=f"as ν^α, up to 0.05 α = {low[0]:.1uP} (500 atoms) and {low[1]:.1uP} (1000), up to {TAIL_END:g}"
            f" {high[0]:.1uP} and {high[1]:.1uP}",
            verdict=f"not up to {TAIL_END:g}; below 0.05 open",
            notebook=7,
        ),
    )


def _potentials(ensembles):
    small, large = ensembles.glasses.values()
    omega_c = 2 * np.pi * first_maximum(small)
    lengths = [median(e.soft_modes.quartic_length(2 * np.pi * first_maximum(e))[:, 0]) for e in (small, large)]
    relaxed = _known(small.soft_modes.relaxed.quartic_length(omega_c)[:, 0])
    return (
        Claim(
            place="§2, above eq. 3",
            says="the length a is of the order of the interatomic distance",
            finds=f"straight along the softest modes {lengths[0]:.1uP} of it (500 atoms) and {lengths[1]:.1uP} (1000);"
            f" relaxed {_median(relaxed):.1uP}, but only {relaxed.size} of {len(small.energy)} have a positive quartic"
            " term; ν_c, and a with it, is known to 20 %",
            verdict="holds along the straight path",
            notebook=8,
        ),
        _mode_plane(small, omega_c, formation_energies(ensembles.instabilities)),
    )


def _mode_plane(glasses, omega_c, energies):
    soft, melting = glasses.soft_modes, glasses.potential.melting
    epsilon, eta = (values[:, 0] for values in soft.mode_parameters(omega_c))
    loose = _known(soft.relaxed.mode_parameters(omega_c)[0][:, 0])
    place = float(np.median(eta))
    curves = [mode_energy_at_freezing(place, energy) for energy in energies]
    return Claim(
        place="§4, fig. 8",
        says="soft modes lie on the curve of eq. 24",
        finds=f"ε_k = {median(epsilon / melting):.1uP} k_BT_m at η_k = {place:.4f} straight,"
        f" {_median(loose / melting):.1uP} relaxed; the curve, frozen in at 0.6 T_m, has {curves[0]:.0f} with ε_m ="
        f" {energies[0]:g} k_BT_m, as printed, and {curves[1]:.0f} with the {energies[1]:.1f} found for the crystal;"
        " ω_c⁴ leaves a factor of two open",
        verdict="the softest ones straight, with the ε_m found here; five times above it with the printed one",
        notebook=8,
    )


def _softening(ensembles):
    spots, (along, across) = ensembles.soft_spots, crystal_strain()
    sides = spots.slope, spots.rates.sum(axis=-1, dtype=float), spots.entropic_factor
    slope, total, weighted = ([mean(values[:, k]) for k in (0, 3)] for values in sides)
    strain = [f"{mean(spots.strain[:, k, 0]):+.1uP} and {mean(spots.strain[:, k, 1]):+.1uP}" for k in (0, 2)]
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
            finds=f"slope {slope[0]:.1uP} for one atom, {slope[1]:.1uP} for the core of the softest mode, instead of 1;"
            f" sum over all modes {total[0]:.1uP} and {total[1]:.1uP}, with the weight 1/η_k of the entropic force"
            f" {weighted[0]:.1uP} and {weighted[1]:.1uP}, instead of 1",
            verdict="not mode by mode, and not in sum; soft modes hardly soften",
            notebook=9,
        ),
    )


def _formation(spots, searches):
    found, single, melting = formation_energy_found(searches), one_atom_costs()[0], searches.potential.melting
    small, path = searches.cost[:, -1].min() / melting, searches.one_atom[0] / (1 - np.array(FRACTIONS)) ** 2 / melting
    arrived = np.sum(searches.energy[:, -1] < 1.001 * found * melting)
    glassy, unstable = (e / spots.potential.melting for e in (spots.formation_energy[:, 1], spots.instability_energy))
    reached, (atom, _, core, _) = _known(glassy[:, -1]), [_median(values) for values in unstable.T]
    return (
        Claim(
            place="§4, eq. 15",
            says="a local instability costs a few times k_BT_m, about 3",
            finds=f"the cheapest motion of the fcc crystal at most {found:.1f}, reached by {arrived} of"
            f" {len(searches.cost)} searches, by extrapolation from a small softening {small:.1f}; a glass becomes"
            f" unstable, somewhere, at {atom:.1uP} where one atom is softened, at {core:.1uP} at the core of its"
            " softest mode",
            verdict="in the crystal to a factor of two; glasses are cheaper",
            notebook=9,
        ),
        Claim(
            place="§4, eq. 15",
            says="its energy is quadratic, ε_m(1 − η_s)²",
            finds="U/(1 − η_s)² from a small softening to the loss of all stiffness, in k_BT_m: one atom of the crystal"
            f" along [001] {single:.1f}, {max(path):.1f} at most, {path[-1]:.1f} in the end, the cheapest motion"
            f" {small:.1f} to {found:.1f}, an atom and its shell in a glass {median(glassy[:, 0]):.1uP} to"
            f" {_median(reached):.1uP} (all, and the {reached.size} of {len(glassy)} that can be followed)",
            verdict="to a quarter for one atom along [001]; else it rises faster",
            notebook=9,
        ),
    )
