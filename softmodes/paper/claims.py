"""What the paper says about glasses and liquids in words, beside what the computer glass and liquid give.

Printed numbers stand in the ledger. Reduced units σ = ε = m = 1; errors are standard errors over independent glasses.
"""

from dataclasses import dataclass, field

import numpy as np
from uncertainties import ufloat

from softmodes.glass import tail_exponent
from softmodes.glass.soft_spots import FRACTIONS
from softmodes.paper.anharmonic_figures import crystal_frequency
from softmodes.paper.averages import mean, median
from softmodes.paper.glasses import MELTING, load_glasses
from softmodes.paper.inherent_figures import vibrational_displacements
from softmodes.paper.liquid_figures import load_snapshots, snapshot_means
from softmodes.paper.softening_figures import shipped_instabilities, shipped_soft_spots
from softmodes.paper.table import Table
from softmodes.theory.stability import stability_point


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row: what is said, where, and what is found."""

    place: str
    says: str = field(metadata={"header": "the paper says"})
    finds: str = field(metadata={"header": "we find"})
    verdict: str
    notebook: str


def claims(notebook=None):
    """Return the table of statements that the computer glass and liquid can test: all, or those of one notebook."""
    if notebook not in (None, 1, 3, 4):
        raise ValueError(f"notebook must be 1, 3 or 4, got {notebook!r}")
    rows = (*_liquids(), *_localisation(), *_potentials(), *_softening())
    return Table(row for row in rows if notebook in (None, int(row.notebook)))


def _liquids():
    liquids = load_snapshots()
    temperatures = liquids.temperatures.tolist()
    hot, cold, freezing, undercooled = (temperatures.index(t) for t in (1.0, 0.05, 0.19, 0.15))
    unstable, soft = snapshot_means(liquids.unstable_fraction), snapshot_means(liquids.soft_modes(0.15))
    displacements = "; ".join(
        f"{name} {', '.join(f'{values[i] / temperatures[i]:.1uP}' for i in (cold, undercooled, freezing))}"
        for name, values in vibrational_displacements(liquids).items()
    )
    return (
        Claim(
            place="§1",
            says="frozen-in configurations of liquids have unstable modes",
            finds=f"{100 * unstable[hot]:.1uP} % of all at k_BT = 1, {100 * unstable[freezing]:.1uP} % at freezing",
            verdict="holds",
            notebook="1",
        ),
        Claim(
            place="§4, below eq. 12",
            says="the liquid has more soft modes the hotter it is",
            finds=f"modes of inherent structures with ν < 0.15, of 500 atoms: {soft[cold]:.1uP} at k_BT = 0.05,"
            f" {soft[freezing]:.1uP} at freezing, {soft[hot]:.1uP} at 1; unstable modes of the snapshots"
            f" {100 * unstable[cold]:.1uP} %, {100 * unstable[freezing]:.1uP} % and {100 * unstable[hot]:.1uP} %",
            verdict="not at the minima; of unstable modes, yes",
            notebook="4",
        ),
        Claim(
            place="§4, below eq. 12",
            says="so the vibrational mean square displacement rises fast above the glass transition",
            finds=f"⟨u²⟩/k_BT at k_BT = 0.05, 0.15 and 0.19, of the modes of the minimum, as the distance to it and"
            f" from the dynamics: {displacements}",
            verdict="it rises, but by anharmonicity and rearrangement, not by more soft modes",
            notebook="4",
        ),
    )


def _localisation():
    small, large = load_glasses().values()
    soft = [median(e.pseudoharmonic.participation_number[:, 0]) for e in (small, large)]
    exponent = [ufloat(*tail_exponent(e.frequencies, 0.08)) for e in (small, large)]
    return (
        Claim(
            place="§3, fig. 6",
            says="soft modes are localised to about 100 atoms",
            finds=f"softest mode {mean(small.participation_number[:, 0]):.1uP} of 500 atoms,"
            f" {mean(large.participation_number[:, 0]):.1uP} of 1000; freed of sound waves (pseudo-harmonic, medians)"
            f" {soft[0]:.1uP} and {soft[1]:.1uP}",
            verdict="to the order of magnitude",
            notebook="3",
        ),
        Claim(
            place="§3, soft-potential model",
            says="soft vibrations have a density of states ∝ ν⁴",
            finds=f"number of modes below ν ∝ ν^α up to 0.08, α = {exponent[0]:.1uP} (500 atoms) and {exponent[1]:.1uP}"
            " (1000) instead of 5",
            verdict="not in these glasses",
            notebook="3",
        ),
    )


def _potentials():
    small, large = load_glasses().values()
    soft, omega_c = small.soft_modes, 2 * np.pi * crystal_frequency(small)
    lengths = [median(e.soft_modes.quartic_length(2 * np.pi * crystal_frequency(e))[:, 0]) for e in (small, large)]
    relaxed = soft.relaxed.quartic_length(omega_c)[:, 0]
    relaxed = relaxed[np.isfinite(relaxed)]
    epsilon, eta = (values[:, 0] for values in soft.mode_parameters(omega_c))
    loose = soft.relaxed.mode_parameters(omega_c)[0][:, 0]
    loose = loose[np.isfinite(loose)]
    curve = stability_point(float(np.median(eta)), 5.0)
    return (
        Claim(
            place="§3, below eq. 8",
            says="the length a is of the order of the interatomic distance",
            finds=f"straight along the softest modes {lengths[0]:.1uP} of it (500 atoms) and {lengths[1]:.1uP} (1000);"
            f" relaxed {median(relaxed):.1uP}, but only {relaxed.size} of {len(eta)} have a quartic term;"
            " ν_c, and a with it, is known to 20 %",
            verdict="holds along the straight path",
            notebook="4",
        ),
        Claim(
            place="§4, fig. 8",
            says="soft modes lie on the curve of eq. 24",
            finds=f"ε_k/ε_m = {median(epsilon) / (3 * MELTING):.1uP} at η_k = {np.median(eta):.4f} straight,"
            f" {median(loose) / (3 * MELTING):.1uP} relaxed; the curve for ε_m = 3 k_BT_m and βε_m = 5 has"
            f" {float(curve.epsilon):.0f}; ω_c⁴ leaves a factor of two open",
            verdict="no: five times above it straight, thirty times relaxed",
            notebook="4",
        ),
    )


def _softening():
    spots = shipped_soft_spots()
    strain = [f"{mean(spots.strain[:, k, 0]):+.1uP} and {mean(spots.strain[:, k, 1]):+.1uP}" for k in (0, 2)]
    return (
        Claim(
            place="§4, fig. 7",
            says="softening stretches the surroundings along the motion and compresses them across it",
            finds=f"strain of the shell along and across the motion, taken to η_s = 0: {strain[0]} for an atom of a"
            f" glass, {strain[1]} for the one that moves most in the softest mode; the fcc crystal is in the figure",
            verdict="in the crystal; in glasses along the motion, but not where it is soft already",
            notebook="4",
        ),
        *_formation(spots),
        Claim(
            place="§4, eq. 16",
            says="each mode softens in proportion to its share in the local motion",
            finds=f"factor {mean(spots.slope[:, 0]):.1uP} for one atom, {mean(spots.slope[:, 3]):.1uP} for the core of"
            f" the softest mode instead of 1; correlation over the modes {mean(spots.correlation[:, 0]):.1uP} and"
            f" {mean(spots.correlation[:, 3]):.1uP}",
            verdict="not mode by mode",
            notebook="4",
        ),
    )


def _formation(spots):
    searches, omega_c = shipped_instabilities(), 2 * np.pi * crystal_frequency(load_glasses()[500])
    small, lost = searches.cost[:, -1].min() / MELTING, np.nanmin(searches.energy[:, -1]) / MELTING
    found = np.sum(searches.energy[:, -1] < 1.001 * lost * MELTING)
    single = [energy / (1 - eta) ** 2 / MELTING for eta, energy in zip(FRACTIONS, searches.one_atom[0], strict=True)]
    glassy = spots.formation_energy(omega_c)[:, 1] / MELTING
    reached = glassy[np.isfinite(glassy[:, -1]), -1]
    return (
        Claim(
            place="§4, eq. 15",
            says="a local instability costs a few times k_BT_m, about 3",
            finds=f"the cheapest motion of the fcc crystal at most {lost:.1f}, found by {found} of {len(searches.cost)}"
            f" searches, by extrapolation from a small softening {small:.1f}; an atom and its shell in a glass"
            f" {median(reached):.1uP} for the {reached.size} of {len(glassy)} that reach it without rearranging,"
            " where ω_c⁴ leaves a factor of two open",
            verdict="to a factor of about two",
            notebook="4",
        ),
        Claim(
            place="§4, eq. 15",
            says="its energy is quadratic, ε_m(1 − η_s)²",
            finds=f"U/(δη_s)² from a small softening to the loss of all stiffness, in k_BT_m: one atom of the crystal"
            f" along [001] {single[0]:.1f} to {single[-1]:.1f}, the cheapest motion {small:.1f} to {lost:.1f}, an atom"
            f" and its shell in a glass {median(glassy[:, 0]):.1uP} to {median(reached):.1uP} (all, and those that"
            " reach it)",
            verdict="for a fixed motion of the crystal; else it rises faster",
            notebook="4",
        ),
    )
