"""Figs 5 and 6: participation against frequency with errors over glasses, and the figures drawn from the ensembles."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from softmodes.ensembles import density_of_states, participation_by_frequency, tail_exponent
from softmodes.figures.glass import plot_figure_5, plot_figure_6, plot_size_comparison, plot_soft_mode, plot_soft_tail
from softmodes.paper.findings.glasses import softest_modes, sound_frequency
from softmodes.paper.loaders import load_ensembles


def test_error_of_a_median_of_independent_modes_is_that_of_the_textbook():
    """One normal N_k in each glass: the standard error of the median is (π/2)^½ of that of the mean."""
    rng = np.random.default_rng(2)
    errors = []
    for _ in range(40):
        n_k = rng.normal(100, 10, (400, 1))
        errors.append(participation_by_frequency(np.full((400, 1), 0.5), n_k, [0.0, 1.0], rng=rng).error[0])
    assert np.mean(errors) == pytest.approx(np.sqrt(np.pi / 2) * 10 / 20, rel=0.1)


def test_error_is_over_glasses_not_over_modes():
    """A hundred equal modes in each glass say no more than one."""
    n_k = np.random.default_rng(4).normal(100, 10, (50, 1))
    one = participation_by_frequency(np.full((50, 1), 0.5), n_k, [0.0, 1.0])
    many = participation_by_frequency(np.full((50, 100), 0.5), np.repeat(n_k, 100, axis=1), [0.0, 1.0])
    assert many.error[0] == pytest.approx(one.error[0], rel=0.05)
    assert many.modes[0] == 5000


def test_bins_hold_the_plain_quantiles_and_say_when_they_are_empty():
    rng = np.random.default_rng(1)
    nu, n_k = rng.uniform(0, 1, (30, 20)), rng.uniform(10, 300, (30, 20))
    bins = participation_by_frequency(nu, n_k, [0.0, 0.5, 1.0, 2.0])
    inside = n_k[nu < 0.5]
    assert (bins.median[0], bins.low[0], bins.high[0]) == tuple(np.quantile(inside, (0.5, 0.16, 0.84)))
    assert bins.modes.tolist() == [inside.size, 600 - inside.size, 0]
    assert np.isnan(bins.median[2])
    assert bins.centres.tolist() == [0.25, 0.75, 1.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((2, 3)), np.ones((3, 2)), [0, 1]), "must be .glasses, modes., got"),
        ((np.ones(3), np.ones(3), [0, 1]), "must be .glasses, modes., got"),
        ((np.ones((1, 3)), np.ones((1, 3)), [1, 0]), "edges must be two or more increasing numbers"),
        ((np.full((1, 3), np.nan), np.ones((1, 3)), [0, 1]), "frequencies must be finite, got nan"),
    ],
)
def test_bad_input_gives_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message):
        participation_by_frequency(*arguments)


def test_one_glass_has_no_error_over_glasses():
    nu = np.random.default_rng(0).uniform(0.01, 0.2, size=(1, 30))
    assert np.isfinite(tail_exponent(nu, 0.1)[0])
    assert np.isnan(tail_exponent(nu, 0.1)[1])
    assert np.isnan(participation_by_frequency(nu, np.ones_like(nu), [0, 0.2]).error).all()


def test_glasses_without_soft_modes_do_not_count_as_exponent_zero():
    """One soft mode in 21 glasses: a draw that misses it says nothing about the exponent, nor does one on its error."""
    nu = np.full((21, 1), 0.5)
    nu[0] = 0.08
    alpha, error = tail_exponent(nu, 0.1)
    assert alpha == pytest.approx(1 / np.log(0.1 / 0.08))
    assert np.isnan(error)


def test_tail_exponent_of_drawn_power_laws_is_recovered():
    """Two modes a glass below 0.1 with N(ν) ∝ ν^5: the estimate, and an error of α/n^½."""
    rng = np.random.default_rng(3)
    nu = 0.1 * rng.uniform(size=(400, 2)) ** (1 / 5)
    alpha, error = tail_exponent(np.hstack([nu, np.full((400, 1), 0.5)]), 0.1)
    assert error == pytest.approx(5 / 800**0.5, rel=0.15)
    assert alpha == pytest.approx(5, abs=3 * error)
    for frequencies in (np.ones((2, 3)), np.full((2, 3), -1.0)):
        with pytest.raises(ValueError, match="frequencies must have positive values below 0.1"):
            tail_exponent(frequencies, 0.1)


def test_lowest_of_many_frequencies_with_exponent_5_spreads_as_weibull_has_it():
    """The 0.229 of the figure: lowest of many draws from N(ν) ∝ ν^5."""
    lowest = np.min(np.random.default_rng(1).uniform(size=(20000, 50)) ** (1 / 5), axis=1)
    assert lowest.std() / lowest.mean() == pytest.approx(0.229, abs=0.004)


def test_unknown_ensemble_is_refused():
    with pytest.raises(ValueError, match="^which must be one of shipped, recomputed, got 'mine'$"):
        load_ensembles("mine")


def test_softest_modes_have_about_a_hundred_atoms_at_both_sizes():
    small, large = softest_modes(load_ensembles().glasses)
    assert (small.participation, large.participation) == ("115±3", "142±7")
    for ensemble in load_ensembles().glasses.values():
        n_k = ensemble.participation_number[:, 0]
        assert 10**1.5 < n_k.mean() < 10**2.5
        # the 70 of the ledger
        assert ensemble.pseudo_participation[:, 0].mean() == pytest.approx(70, abs=1.5)
    ratio = [ensemble.participation_number[:, 0].mean() / n for n, ensemble in load_ensembles().glasses.items()]
    assert ratio[0] / ratio[1] == pytest.approx(1.62, abs=0.1)  # N_k grows by a quarter where N doubles


def test_bulk_modes_fill_the_box_and_soft_ones_do_not():
    edges = [0.03, 0.04, 0.5, 0.6]
    small, large = (
        participation_by_frequency(e.frequencies, e.participation_number, edges)
        for e in load_ensembles().glasses.values()
    )
    assert large.median[2] / small.median[2] == pytest.approx(2, rel=0.03)
    assert large.median[0] - small.median[0] < 2 * np.hypot(large.error[0], small.error[0])


def test_lowest_sound_wave_lies_above_the_softest_modes():
    for ensemble in load_ensembles().glasses.values():
        assert np.mean(ensemble.frequencies[:, 0]) < 0.5 * sound_frequency(ensemble)


@pytest.mark.slow
def test_figures_draw_the_ensembles_and_describe_themselves():
    glasses = load_ensembles().glasses
    rng, lowest = np.random.default_rng(0), glasses[500].frequencies[:, 0]
    drawings = {
        "64% of the modes are localised": lambda ax: plot_figure_5(ax, glasses[500]),
        "0.57 at 0.55": lambda ax: plot_figure_6(ax, glasses),
        "1.14 at ν = 0.035": lambda ax: plot_size_comparison(ax, glasses),
        f"N = 500: {lowest.std() / lowest.mean():.3f} ±": lambda ax: plot_soft_tail(ax, glasses),
        "glass of 500 atoms": lambda ax: plot_soft_mode(ax, glasses[500].structure(0), rng.normal(size=(500, 3))),
    }
    for words, draw in drawings.items():
        ax = Figure().subplots()
        assert words in draw(ax)
        assert ax.get_xlabel()
        assert ax.has_data()


def test_zeros_and_ones_choose_modes_as_truth_values_do():
    nu = np.array([[0.1, 0.2, 0.3], [0.15, 0.25, 0.35]])
    chosen = np.array([[1, 0, 1], [0, 1, 1]])
    found, expected = (density_of_states(nu, [0, 0.2, 0.4], chosen=c).density for c in (chosen, chosen.astype(bool)))
    np.testing.assert_array_equal(found, expected)
    assert (found * 0.2).sum() == pytest.approx(4 / 6)
    with pytest.raises(ValueError, match="^chosen must be true or false, or 1 or 0, for each element, got"):
        density_of_states(nu, [0, 0.2, 0.4], chosen=2 * chosen)


def test_glasses_that_agree_do_not_make_a_density_exact():
    found = density_of_states(np.full((4, 3), 0.5), [0.0, 1.0])
    # twelve counts in four glasses of three modes, with Poisson's error
    assert (found.density[0], found.error[0]) == (pytest.approx(1.0), pytest.approx(1 / np.sqrt(12)))
