"""Section 3: the soft tail freed of sound waves, its exponent by two routes, and what cooling and size change in it."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import weibull_min
from uncertainties import ufloat, ufloat_fromstr

from softmodes.ensembles import Glasses, softest_law, tail_exponent, tail_probability
from softmodes.figures.glass import (
    plot_freed_participation,
    plot_soft_density,
    plot_soft_tail,
    plot_softest_law,
    plot_tail_exponent,
)
from softmodes.paper.averages import mean
from softmodes.paper.findings.glasses import freed_modes, preparations, soft_mode_count
from softmodes.paper.findings.tails import (
    exponent_of_scale,
    fifth_power_until,
    softest_laws,
    tail_exponents,
    tail_kinds,
)
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


@pytest.fixture(scope="module")
def boxes():
    return load_ensembles().boxes


def power_law(alpha, n, *, count=400, per_atom=0.01, end=0.07, rng=0):
    """Independent modes, so many per atom below `end`, whose number grows as ν^α; further up glasses have others."""
    rng = np.random.default_rng(rng)
    numbers = rng.poisson(per_atom * n, size=count)
    nu = rng.uniform(1, 2, size=(count, numbers.max() + 10)) * end
    for own, number in zip(nu, numbers, strict=True):
        own[:number] = end * rng.uniform(size=number) ** (1 / alpha)
    return np.sort(nu, axis=1)


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


def test_participation_of_freed_modes_is_that_of_small_boxes_in_the_larger_one(boxes):
    """Between 0.05 and 0.07, where the harmonic modes of 4000 atoms have three times those of 500."""
    medians = {}
    for n, ensemble in boxes.items():
        kinds = (ensemble.frequencies, ensemble.participation_number), freed_modes(ensemble)
        medians[n] = [np.median(n_k[(nu > 0.05) & (nu < 0.07)]) for nu, n_k in kinds]
    assert medians[4000][0] > 3 * medians[500][0]
    assert medians[4000][1] == pytest.approx(medians[500][1], rel=0.25)


@pytest.mark.parametrize("alpha", [3.0, 5.0])
def test_both_routes_find_the_exponent_and_the_size_of_made_up_glasses(alpha):
    """Three sizes of the same law: all modes, the scatter of the softest, and its fall with size."""
    sizes = (500, 1000, 4000)
    nu = {n: power_law(alpha, n, rng=n) for n in sizes}
    scales = {}
    for n, frequencies in nu.items():
        assert tail_exponent(frequencies, 0.07)[0] == pytest.approx(alpha, abs=3 * tail_exponent(frequencies, 0.07)[1])
        (found, error), scale = softest_law(frequencies[:, 0])
        assert error == pytest.approx(0.78 * found / 400**0.5, rel=0.3)
        assert found == pytest.approx(alpha, abs=3 * error)
        scales[n] = ufloat(*scale)
        assert scale[0] == pytest.approx(0.07 * (0.01 * n) ** (-1 / alpha), abs=3 * scale[1])
    both = exponent_of_scale(scales)
    assert both.n == pytest.approx(alpha, abs=3 * both.s)
    assert both.s < 0.1 * alpha


def test_weibull_fit_is_that_of_scipy():
    lowest = 0.05 * np.random.default_rng(4).weibull(4.3, size=150)
    (alpha, error), (scale, _) = softest_law(lowest)
    assert (alpha, scale) == pytest.approx(weibull_min.fit(lowest, floc=0)[::2], rel=1e-3)
    # the information of a sample: α √(6/π² n)
    assert error == pytest.approx(alpha * (6 / 150) ** 0.5 / np.pi, rel=0.2)
    assert np.isnan(softest_law([0.04, 0.04])).all()


def test_probability_of_a_law_is_even_where_it_holds_and_small_where_not():
    """Forty ensembles of a hundred glasses: a law that is right is rejected in two of them or so."""
    found = [
        [tail_probability(nu, 0.07, alpha=alpha, resamples=100) for alpha in (None, 4.0, 6.0)]
        for nu in (power_law(4.0, 1000, count=100, rng=rng, per_atom=0.002) for rng in range(40))
    ]
    best, right, wrong = np.array(found).T
    assert np.sum(best < 0.05) <= 6
    assert np.sum(right < 0.05) <= 6
    assert np.median(best) == pytest.approx(0.5, abs=0.2)
    assert np.median(right) == pytest.approx(0.5, abs=0.2)
    assert np.mean(wrong < 0.05) > 0.9
    assert np.isnan(tail_probability(power_law(4.0, 4000, count=1), 0.07))


def far_from_fifth(nu, highest):
    """How often glasses drawn from these depart from them by as much as these do from ν⁵, on a grid."""
    grid, rng = np.linspace(0, highest, 400), np.random.default_rng(7)
    below = np.array([np.searchsorted(own, grid) for own in nu])
    share = below.sum(axis=0) / below[:, -1].sum()
    drawn = (below[rng.integers(len(nu), size=len(nu))].sum(axis=0) for _ in range(300))
    distances = [np.abs(each / each[-1] - share).max() for each in drawn]
    return np.mean(distances >= np.abs(share - (grid / highest) ** 5).max())


def test_tables_of_the_tail_are_those_of_the_arrays(boxes):
    for row in tail_exponents(boxes):
        nu, highest = boxes[int(row.size)].frequencies, float(row.window)
        assert float(row.modes.split("±")[0]) == pytest.approx(
            np.mean(np.sum(nu < highest, 1)) * 500 / int(row.size), rel=0.1
        )
        soft = nu[nu < highest]
        assert float(row.exponent.split("±")[0]) == pytest.approx(soft.size / np.sum(np.log(highest / soft)), abs=0.06)
        assert float(row.fits.split()[-1]) == pytest.approx(far_from_fifth(nu, highest), abs=0.08)
        assert bool(row.freed) == (highest <= tail_kinds(boxes[int(row.size)])["pseudo-harmonic"][2])
    *rows, together = softest_laws(boxes)
    for row, ensemble in zip(rows, boxes.values(), strict=True):
        alpha, _, scale = weibull_min.fit(ensemble.frequencies[:, 0].astype(float), floc=0)
        assert ufloat_fromstr(row.exponent).n == pytest.approx(alpha, abs=0.02)
        assert ufloat_fromstr(row.scale).n == pytest.approx(scale, abs=2e-4)
    assert together.size == "all"
    for n, ensemble in boxes.items():
        until = fifth_power_until(ensemble)
        # the largest box has enough modes to reject it at the very end too
        assert until == 0 if n == 4000 else 0.05 <= until < 0.08, n


def test_softest_modes_are_drawn_once_in_each_glass(boxes):
    ax = Figure().subplots()
    text = plot_softest_law(ax, boxes)
    for line, (n, ensemble) in zip(ax.lines[::2], boxes.items(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), np.sort(ensemble.frequencies[:, 0]))
        middle = np.interp(np.median(ensemble.frequencies[:, 0]), *line.get_data())
        assert middle == pytest.approx(1000 / n * np.log(2), rel=0.05)
    assert text.count("±") == 7


def test_tail_draws_every_soft_mode_once(boxes):
    ax = Figure().subplots()
    plot_soft_tail(ax, boxes)
    for line, ensemble in zip(ax.lines, boxes.values(), strict=False):
        soft = ensemble.frequencies < min(0.2, ensemble.complete_below)
        assert line.get_ydata()[-1] == pytest.approx(np.sum(soft) / len(ensemble.energy))


def test_exponents_are_drawn_for_each_window_below_sound_and_fall_with_it_in_small_boxes(glasses, boxes):
    ax = Figure().subplots()
    plot_tail_exponent(ax, boxes)
    assert drawn(ax)["harmonic, N = 4000"][0].max() == 0.08
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
