"""What was found follows the ensembles that are given, also where they have too few members to know a statistic."""

import re
from dataclasses import fields, replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.linalg import eigh
from scipy.stats import spearmanr, theilslopes
from uncertainties import ufloat, ufloat_fromstr

from softmodes import GlassExplorer, figures, minimize
from softmodes.glass import inverse_power, smooth_inverse_power
from softmodes.paper import findings
from softmodes.paper.averages import written
from softmodes.paper.claims import claims, statements
from softmodes.paper.loaders import Ensembles, load_ensembles

OF_MEMBERS = {"glasses", "snapshots", "searches", "k", "chains"}


class Some(Ensembles):
    """Members of the shipped ensembles."""

    def __init__(self, chosen):
        super().__init__("shipped")
        self.chosen = chosen

    def _read(self, load, name):
        ensemble = super()._read(load, name)
        cut = {
            field.name: getattr(ensemble, field.name)[
                tuple(self.chosen if axis in OF_MEMBERS else slice(None) for axis in field.metadata["axes"])
            ]
            for field in fields(ensemble)
            if OF_MEMBERS & set(field.metadata.get("axes", ()))
        }
        return replace(ensemble, **cut)


TWO, ONE = Some(slice(2)), Some(slice(1))

PLOTS = {
    "plot_figure_3": lambda e: [e.glasses[1000]],
    "plot_figure_5": lambda e: [e.glasses[500]],
    "plot_figure_6": lambda e: [e.glasses],
    "plot_size_comparison": lambda e: [e.glasses],
    "plot_freed_participation": lambda e: [e.boxes],
    "plot_soft_tail": lambda e: [e.boxes],
    "plot_softest_law": lambda e: [e.boxes],
    "plot_tail_exponent": lambda e: [e.boxes],
    "plot_soft_density": lambda e: [e.glasses],
    "plot_asymmetry": lambda e: [e.glasses[500].soft_modes],
    "plot_quartic_length": lambda e: [e.glasses[500].soft_modes, 0.8],
    "plot_mode_plane": lambda e: [e.glasses, 0.8, findings.formation_energies(e.instabilities)],
    "plot_soft_potentials": lambda e: [e.glasses[500].soft_modes, 0.8],
    "plot_instantaneous_spectrum": lambda e: [e.liquids],
    "plot_unstable_fraction": lambda e: [e.liquids, e.crystal],
    "plot_unstable_participation": lambda e: [e.liquids],
    "plot_soft_modes": lambda e: [e.liquids],
    "plot_inherent_energy": lambda e: [e.liquids],
    "plot_ways": lambda e: [e.swaps[6, 500]],
    "plot_next_minima": lambda e: [e.wells],
    "plot_overlap": lambda e: [e.swaps[6, 500]],
    "plot_pair_distribution": lambda e: [e.swaps[6, 500]],
    "plot_parent_counts": lambda e: [{n: e.swaps[6, n] for n in (500, 1000)}],
    "plot_displacement_in_time": lambda e: [e.liquids],
    "plot_vibrational_displacement": lambda e: [e.liquids, e.crystal],
    "plot_crystal_formation_energy": lambda e: [e.instabilities],
    "plot_cluster_formation_energy": lambda e: [e.instabilities],
    "plot_glass_formation_energy": lambda e: [e.soft_spots],
    "plot_mode_rates": lambda e: [e.soft_spots],
}
TABLES = {
    "softest_modes": lambda e: [e.boxes],
    "softest_laws": lambda e: [e.boxes],
    "tail_exponents": lambda e: [e.boxes],
    "preparations": lambda e: [[*e.cooled.values(), e.glasses[1000]]],
    "atoms_by_window": lambda e: [e.glasses],
    "changes": lambda e: [e.cooled, e.glasses],
    "unstable_modes": lambda e: [e.liquids],
    "anharmonic_excess": lambda e: [e.liquids, e.crystal, e.glasses[500]],
    "equilibration": lambda e: [e.swaps[6, 500]],
    "memories": lambda e: [e.swaps[6, 500]],
    "parent_liquids": lambda e: [e.swaps[6, 500]],
    "soft_mode_numbers": lambda e: [e.swaps[6, 500]],
    "local_forms": lambda e: [e.swaps[6, 500]],
    "next_minima": lambda e: [e.wells],
    "tunnelling": lambda e: [e.wells, 0.8],
    "well_shapes": lambda e: [e.wells],
    "creation_energies": lambda e: [e.swaps],
    "relaxed_modes": lambda e: [e.glasses[500]],
    "soft_potentials": lambda e: [e.glasses[500], 0.8],
    "mode_planes": lambda e: [e.glasses, 0.8],
    "atom_counts": lambda e: [e.glasses],
    "soft_spots": lambda e: [e.soft_spots, 5.2],
}


@pytest.mark.slow
@pytest.mark.parametrize("ensembles", [TWO, ONE], ids=["two members", "one"])
def test_few_members_are_enough_to_say_what_is_known(ensembles):
    said = [getattr(figures, name)(Figure().subplots(), *given(ensembles)) for name, given in PLOTS.items()]
    said += [repr(getattr(findings, name)(*given(ensembles))) for name, given in TABLES.items()]
    rows = statements(ensembles)
    assert all(row.finds != shipped.finds for row, shipped in zip(rows, claims(), strict=True))
    said += [row.finds for row in rows]
    size = len(ensembles.glasses[500].energy)
    soft = np.sum(ensembles.glasses[500].frequencies < 0.1)
    assert GlassExplorer(ensembles, high=0.1).estimates["modes"] == soft / size
    assert not any(re.search(r"\bnan\b", text) for text in said)
    assert any("unknown" in text for text in said)


def test_no_search_that_succeeds_is_no_number():
    searches = TWO.instabilities
    lost = replace(searches, energy=np.where(np.arange(10) < 9, searches.energy, np.nan))
    assert np.isnan(findings.formation_energy_found(lost))
    assert findings.formation_energies(lost) == (3.0,)
    nothing = Some(slice(2))
    nothing.instabilities = lost
    (row,) = (row for row in statements(nothing) if "about 3" in row.says)
    assert "at most unknown, reached by 0 of 2" in row.finds
    assert "unknown where all" in figures.plot_crystal_formation_energy(Figure().subplots(), lost)


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (ufloat(115.2, 3.1), ".1uP", "115±3"),
        (ufloat(-0.02, 0.16), "+.1uP", "-0.0±0.2"),
        (ufloat(115.2, np.nan), ".1uP", "115±unknown"),
        (ufloat(np.nan, np.nan), ".1uP", "unknown"),
        (0.567, ".2f", "0.57"),
        (np.nan, ".2f", "unknown"),
    ],
)
def test_a_number_that_is_not_known_is_said_to_be_unknown(value, form, text):
    assert written(value, form) == text


def close(text, value, error=None):
    """A number in a table is this one, to half of its last digit, and so is its error, to half of its only one."""
    found = ufloat_fromstr(text.replace("+-", "±") if "±" in text else f"{text}±0")
    assert abs(found.n - value) <= (0.6 * found.s if found.s else 0.06 * abs(value))
    assert error is None or found.s == pytest.approx(error, rel=0.5)


def of_mean(values):
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))


def test_atoms_by_window_are_medians_over_the_modes_inside():
    glasses = load_ensembles().glasses
    for row in findings.atoms_by_window(glasses):
        low, high = map(float, row.window.split(" to "))
        some = glasses[int(row.size)]
        nu = np.sqrt(some.pseudo_kappa) / (2 * np.pi)
        for frequencies, n_k, number, text in (
            (some.frequencies, some.participation_number, row.modes, row.harmonic),
            (nu, some.pseudo_participation, row.freed, row.alone),
        ):
            inside = [atoms[(f >= low) & (f < high)] for f, atoms in zip(frequencies, n_k, strict=True)]
            together = np.concatenate(inside)
            assert int(number) == together.size
            draws = np.random.default_rng(5).integers(len(inside), size=(200, len(inside)))
            medians = [np.median(np.concatenate([inside[glass] for glass in draw])) for draw in draws]
            close(text, np.median(together), np.std(medians, ddof=1))


def test_changes_are_differences_of_means_with_both_errors():
    cooled, glasses = load_ensembles().cooled, load_ensembles().glasses
    rows = {row.quantity: row for row in findings.changes(cooled, glasses)}
    kinds = {
        "energy per atom": lambda some: some.energy,
        "N_k of the softest mode": lambda some: some.participation_number[:, 0],
        "modes below 0.1 per 500 atoms": lambda some: (some.frequencies < 0.1).sum(axis=1) * 500 / some.n,
    }
    for name, values in kinds.items():
        for text, (after, before) in (
            (rows[name].cooling, (cooled[10000], cooled[0])),
            (rows[name].size, (glasses[1000], glasses[500])),
        ):
            (a, s), (b, t) = of_mean(values(after)), of_mean(values(before))
            close(text, a - b, np.hypot(s, t))


def test_modes_that_open_have_their_barrier_where_the_quartic_term_alone_puts_it():
    glasses = load_ensembles().glasses[500]
    kept, lost = findings.relaxed_modes(glasses)
    is_kept = glasses.chi_relaxed[:, 0] > 0
    for row, chosen in ((kept, is_kept), (lost, ~is_kept)):
        assert int(row.glasses) == chosen.sum()
        close(row.participation, *of_mean(glasses.participation_number[chosen, 0]))
        close(row.frequency, *of_mean(glasses.frequencies[chosen, 0]))
    away = np.linspace(0, 30, 6001)[:, None]
    kappa, chi = glasses.kappa[~is_kept, 0], glasses.chi_relaxed[~is_kept, 0]
    tops = (kappa * away**2 / 2 + chi * away**4 / 24).max(axis=0)
    close(lost.barrier, np.median(tops) / 2.320**-2)
    assert (kept.barrier, lost.length) == ("", "")


def test_anharmonic_excess_is_what_a_model_of_oscillators_lacks():
    ensembles = load_ensembles()
    liquids, crystal, glasses = ensembles.liquids, ensembles.crystal, ensembles.glasses[500]
    rows = findings.anharmonic_excess(liquids, crystal, glasses)
    assert [row.temperature for row in rows] == ["0.13", "0.114", "0.08", "0.05"]
    for row in rows:
        place = liquids.temperatures.tolist().index(float(row.temperature))
        ahead = float(row.ahead) / 100
        harmonic, dynamics = (ufloat_fromstr(text) for text in (row.harmonic, row.dynamics))
        close(row.harmonic, *of_mean(liquids.harmonic[place] / liquids.temperatures[place]))
        close(row.excess, 100 * (dynamics.n / harmonic.n / (1 + ahead) - 1))
        warm = crystal.temperatures.tolist().index(float(row.temperature))
        close(row.crystal, *of_mean(100 * (crystal.distance[warm] / crystal.harmonic[warm] - 1)))


def test_one_frequency_is_ahead_by_its_cosine():
    single = replace(load_ensembles().glasses[500], frequencies=np.full((2, 7), 0.4))
    assert findings.harmonic_overshoot(single, 1.3) == pytest.approx(-np.cos(2 * np.pi * 0.4 * 1.3))


def test_flatness_of_the_first_maximum_by_gaussians_one_by_one():
    glasses = load_ensembles().glasses[500]
    nu = np.arange(0.4, 1.2, 0.002)
    height = np.zeros_like(nu)
    for frequency in glasses.frequencies.ravel()[::20]:
        height += np.exp(-(((nu - frequency) / 0.1) ** 2) / 2)
    top = nu[height.argmax()]
    assert findings.first_maximum(glasses) == pytest.approx(top, abs=0.02)
    flat = nu[height > 0.95 * height.max()]
    assert findings.flatness(glasses) == pytest.approx(np.ptp(flat) / 2 / top, abs=0.03)


def test_fall_of_the_mode_energy_is_that_of_the_atoms_and_no_matter_of_the_fit():
    """Medians of halves, ranks and distances from a line instead of least squares; pairs of modes of like N_k."""
    glasses = load_ensembles().glasses
    rows = {row.modes: row for row in findings.mode_planes(glasses, 0.8)}
    for n, some in glasses.items():
        for name, modes, sign in (
            ("straight, with sound", some.soft_modes, 1),
            ("freed of sound", some.pseudoharmonic, -1),
        ):
            row, (epsilon, eta) = rows[f"{name}, N = {n}"], modes.mode_parameters(2 * np.pi * 0.8)
            known = np.isfinite(epsilon)
            x, y, z = (np.log(values[known]) for values in (eta, epsilon, modes.participation_number))
            close(row.energy, np.median(epsilon[:, 0]) / inverse_power.melting)
            close(row.slope, np.polyfit(x, y, 1)[0])
            close(row.atoms, np.polyfit(x, z, 1)[0])
            close(row.alike, np.linalg.lstsq(np.stack([x, z, np.ones_like(x)], axis=1), y, rcond=None)[0][0])
            close(row.order, spearmanr(eta[:, 0], epsilon[:, 0])[0], 1 / np.sqrt(len(epsilon)))
            soft = x < np.median(x)
            assert sign * (np.median(y[~soft]) - np.median(y[soft])) > 0.2
            assert sign * np.linalg.eigh(np.cov(x, y))[1][:, 1].prod() > 0
            order = np.argsort(z)
            alike = theilslopes(np.diff(y[order]) * np.sign(np.diff(x[order])), np.abs(np.diff(x[order])))[0]
            assert abs(alike) < 0.25 * abs(np.polyfit(x, y, 1)[0])


def test_unknown_exponents_of_few_modes_are_said_to_be():
    some = TWO.glasses[500]
    lost = replace(some, pseudo_chi=np.where(np.arange(10) < 1, some.pseudo_chi, np.nan))
    assert all(np.isnan(found.n) for found in findings.exponents_of_plane(lost.pseudoharmonic))


@pytest.mark.slow
def test_ways_to_count_atoms_by_dense_algebra():
    """Of two glasses, by dense matrices; what is freed of sound, by the shipped modes."""

    def softest(hessian):
        return eigh(hessian, subset_by_index=(3, 3))[1]

    small, large = TWO.glasses[500], load_ensembles().glasses[1000]
    first, larger, core, mass, cutoff = findings.atom_counts({500: small, 1000: large})
    for row, some in ((first, small), (larger, large)):
        close(row.straight, *of_mean(some.participation_number[:, 0]))
        close(row.freed, *of_mean(some.pseudo_participation[:, 0]))
    found = []
    for structure in map(small.structure, (0, 1)):
        minimum = minimize(structure, potential=smooth_inverse_power)
        moved, again = (
            np.sort((softest(potential.hessian(each).toarray()).reshape(-1, 3) ** 2).sum(axis=1))[::-1]
            for potential, each in ((inverse_power, structure), (smooth_inverse_power, minimum))
        )
        held, atoms = 0.0, 0
        while held < 0.5:
            held, atoms = held + moved[atoms], atoms + 1
        found.append(np.array([atoms, 1 / moved[0], 1 / (again**2).sum()]) * (moved**2).sum())
    for row, each in zip((core, mass, cutoff), np.transpose(found), strict=True):
        close(row.straight_factor, *of_mean(each))
    # sound is far from the core: without it the same share of fewer atoms
    assert float(mass.freed_factor.split("±")[0]) == pytest.approx(0.25, abs=0.03)


def test_spread_says_where_nine_tenths_lie():
    assert findings.spread(np.arange(-50.0, 51.0) / 10).endswith("(-4.5 to 4.5)")
    assert findings.spread(np.array([0.25])) == "0.25±unknown (0.2 to 0.2)"


def test_correlation_of_softening_and_share_is_that_of_each_glass():
    spots = load_ensembles().soft_spots
    for k, row in enumerate(findings.soft_spots(spots, 5.2)):
        each = [np.corrcoef(x, y)[0, 1] for x, y in zip(spots.shares[:, k], spots.rates[:, k], strict=True)]
        close(row.correlation, *of_mean(each))
