"""Section 3: the soft tail freed of sound waves, and what cooling and size change in it."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from softmodes.ensembles import Glasses
from softmodes.figures.glass import plot_freed_participation, plot_soft_density, plot_soft_tail, plot_tail_exponent
from softmodes.paper.averages import mean
from softmodes.paper.findings.glasses import freed_modes, preparations, soft_mode_count
from softmodes.paper.loaders import load_ensembles


def drawn(ax):
    """Points of each series with error bars."""
    return {container.get_label(): container[0].get_data() for container in ax.containers}


def made_up(frequencies, participation_number, n=500):
    """Glasses of which only soft modes matter, harmonic and pseudo-harmonic alike."""
    kappa = (2 * np.pi * frequencies) ** 2
    same = {name: kappa for name in ("kappa", "tau", "chi", "pseudo_kappa", "pseudo_tau", "pseudo_chi")}
    nothing = {name: np.zeros(len(kappa)) for name in ("energy", "order", "excess", "rejected")}
    space = {name: np.zeros((1, n, 3)) for name in ("positions", "liquid")}
    return Glasses(
        parameters={}, frequencies=frequencies, participation_number=participation_number, moduli=np.ones((1, 2)),
        box=np.ones(3), chi_relaxed=kappa, pseudo_participation=participation_number, **same, **nothing, **space,
    )  # fmt: skip


@pytest.fixture(scope="module")
def glasses():
    return load_ensembles().glasses


def test_modes_of_a_fourth_power_law_are_drawn_level():
    """Modes drawn from D ∝ ν⁴, 0.02 of an atom's share below 0.13: D/ν⁴ is the same everywhere."""
    nu = 0.13 * np.random.default_rng(0).uniform(size=(4000, 10)) ** (1 / 5)
    ax = Figure().subplots()
    plot_soft_density(ax, {500: made_up(nu, np.full(nu.shape, 50.0))})
    for _, height in drawn(ax).values():
        assert height[2:] == pytest.approx(10 / 500 * 5 / 0.13**5, rel=0.06)


def test_drawn_density_holds_all_modes(glasses):
    ax = Figure().subplots()
    text = plot_soft_density(ax, glasses)
    edges = np.array([0.03, 0.045, 0.055, 0.065, 0.075, 0.085, 0.1, 0.115, 0.13])
    quartic = np.diff(edges**5) / 5
    for n, ensemble in glasses.items():
        for name, nu in (("harmonic", ensemble.frequencies), ("pseudo-harmonic", ensemble.pseudoharmonic.frequencies)):
            counted = np.sum((nu >= 0.03) & (nu < 0.13)) / len(nu) / n
            height = drawn(ax)[f"{name}, N = {n}"][1]
            assert np.sum(height * quartic) == pytest.approx(counted, rel=1e-3)
    assert text.count("±") == 12


def test_drawn_participation_is_the_median_of_the_modes_in_the_bin(glasses):
    ax = Figure().subplots()
    text = plot_freed_participation(ax, glasses)
    for n, ensemble in glasses.items():
        modes = ensemble.pseudoharmonic
        inside = (modes.frequencies >= 0.07) & (modes.frequencies < 0.08)
        middle = np.median(modes.participation_number[inside])
        assert drawn(ax)[f"pseudo-harmonic, N = {n}"][1][3] == pytest.approx(middle)
        assert f"{middle:.0f} ±" in text


def test_freed_modes_are_stiffer_and_fewer_atoms_at_both_sizes(glasses):
    for ensemble in glasses.values():
        freed = ensemble.pseudoharmonic
        # no direction is softer than the softest mode
        assert np.all(freed.frequencies[:, 0] > ensemble.frequencies[:, 0])
        assert freed.participation_number[:, 0].mean() < 0.8 * ensemble.participation_number[:, 0].mean()
        nu, _ = freed_modes(ensemble)
        assert np.isfinite(nu).all()
        assert np.sum(nu < 2) == np.sum(np.isfinite(freed.kappa))


def test_participation_of_freed_modes_does_not_grow_with_the_box(glasses):
    """Between 0.07 and 0.1, where the harmonic N_k grows by half or more."""
    medians = {}
    for n, ensemble in glasses.items():
        kinds = (ensemble.frequencies, ensemble.participation_number), freed_modes(ensemble)
        medians[n] = [np.median(n_k[(nu > 0.07) & (nu < 0.1)]) for nu, n_k in kinds]
    assert medians[1000][0] > 1.5 * medians[500][0]
    assert medians[1000][1] < 1.25 * medians[500][1]


def test_tail_draws_every_soft_mode_once(glasses):
    ax = Figure().subplots()
    plot_soft_tail(ax, glasses)
    for line, ensemble in zip(ax.lines, glasses.values(), strict=False):
        assert line.get_ydata()[-1] == pytest.approx(np.sum(ensemble.frequencies < 0.2) / len(ensemble.energy))


def test_exponents_are_drawn_for_each_window_and_fall_with_it(glasses):
    ax = Figure().subplots()
    plot_tail_exponent(ax, glasses)
    for n, ensemble in glasses.items():
        for name, nu in (("harmonic", ensemble.frequencies), ("pseudo-harmonic", freed_modes(ensemble)[0])):
            windows, exponents = drawn(ax)[f"{name}, N = {n}"]
            for highest, exponent in zip(windows, exponents, strict=True):
                soft = nu[nu < highest]
                assert exponent == pytest.approx(soft.size / np.sum(np.log(highest / soft)))
            assert exponents[-1] < exponents[0]


@pytest.mark.parametrize("steps", [1000, 10000])
def test_cooled_glasses_are_glasses_of_their_rate(steps):
    ensemble = load_ensembles().cooled[steps]
    assert ensemble.parameters["cooling_steps"] == steps
    assert ensemble.n == 500
    assert len(ensemble.energy) == 60
    assert ensemble.frequencies.min() > 0


def test_rate_of_cooling_changes_nothing_beyond_its_error():
    """Ten thousand steps against none, by twice the standard error of the difference."""
    cooled = load_ensembles().cooled
    for kind in (
        lambda glasses: mean(glasses.energy),
        lambda glasses: mean(glasses.frequencies[:, 0]),
        lambda glasses: mean(glasses.participation_number[:, 0]),
        soft_mode_count,
    ):
        difference = kind(cooled[10000]) - kind(cooled[0])
        assert abs(difference.n) < 2 * difference.s


def test_larger_box_has_the_lower_energy():
    difference = mean(load_ensembles().glasses[500].energy) - mean(load_ensembles().glasses[1000].energy)
    assert difference.n > 3 * difference.s


def test_table_gives_the_plain_averages(glasses):
    rows = preparations([*load_ensembles().cooled.values(), glasses[1000]])
    assert [(row.size, row.cooling_steps) for row in rows] == [
        ("500", "0"), ("500", "1000"), ("500", "10000"), ("1000", "0"),
    ]  # fmt: skip
    for row, ensemble in zip(rows, (*load_ensembles().cooled.values(), glasses[1000]), strict=True):
        assert float(row.energy.split("±")[0]) == pytest.approx(np.mean(ensemble.energy), abs=6e-4)
        below = np.mean(ensemble.frequencies < 0.1) * (3 - 3 / ensemble.n) * 500
        assert float(row.soft.split("±")[0]) == pytest.approx(below, abs=0.06)
        assert row.glasses == f"{len(ensemble.energy)}, {np.sum(ensemble.rejected)}"
