"""Section 3: where the 1.6 of eq. 8 comes from, and what the quantum levels give instead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.constants import atomic_mass, hbar, k, pi, sigma
from scipy.constants import c as light
from scipy.integrate import quad
from scipy.interpolate import CubicSpline

from softmodes.theory.heat_capacity import (
    COLDEST,
    V_MAX,
    _excess,
    activated_barrier,
    asymptotic_crossover_ratio,
    crossover_ratio,
    heat_capacity,
    soft_potential,
    tunnelling_heat_capacity,
    vibrational_heat_capacity,
)
from softmodes.theory.heat_capacity_fit import debye_coefficient, fit_heat_capacity
from softmodes.theory.levels import energy_levels, tunnel_splitting, variational_levels

PILOT = {12.4: 1.97, 16.0: 1.89, 20.4: 1.83, 25.6: 1.78, 30.5: 1.75}


@given(st.floats(0.5, 12), st.floats(-1, 1), st.floats(-3, 3))
def test_a_soft_potential_has_its_global_minimum_where_it_is_expanded(e, s, y):
    d1, d2 = soft_potential(e, s)
    bottom, x = s * e / 4, s * e / 4 + y
    rise = (d1 * x + d2 * x**2 + x**4) - (d1 * bottom + d2 * bottom**2 + bottom**4)
    assert rise == pytest.approx(e**2 * y**2 / 4 + s * e * y**3 + y**4, abs=1e-9 * e**4 + 1e-9)
    assert rise >= -1e-9 * e**4 - 1e-9


def test_a_soft_potential_ends_as_a_symmetric_double_well():
    d1, d2 = soft_potential(2.0, [-1.0, 1.0])
    assert d1.tolist() == [0, 0]
    assert d2.tolist() == [-0.5, -0.5]


@given(st.floats(0.5, 12), st.floats(-0.99, 0.99))
def test_uniform_density_of_d1_d2_is_e4_over_16(e, s):
    """The Jacobian by central differences; both signs of s together make e⁴/8."""
    h = 1e-5
    d_e = (np.array(soft_potential(e + h, s)) - soft_potential(e - h, s)) / (2 * h)
    d_s = (np.array(soft_potential(e, s + h)) - soft_potential(e, s - h)) / (2 * h)
    assert d_e[0] * d_s[1] - d_e[1] * d_s[0] == pytest.approx(e**4 / 16, rel=1e-6)


def test_stiff_modes_are_harmonic_with_quantum_e():
    """In second order the quantum is e + (12 - 60 s²)/e², so a stiff mode is off by less than the 0.3 % assumed."""
    s = np.linspace(0, 0.94, 5)
    quantum = np.diff(energy_levels(*soft_potential(28.0, s), 2))[:, 0]
    assert quantum == pytest.approx(28 + (12 - 60 * s**2) / 28**2, rel=1e-5)
    assert quantum == pytest.approx(28, rel=3e-3)


@pytest.mark.parametrize("t", [0.1, 1.0, 7.0])
def test_law_of_vibrations_is_the_einstein_function_integrated(t):
    c = quad(lambda x: t**5 / 8 * x**6 * np.exp(-x) / np.expm1(-x) ** 2, 0, 100)[0]
    assert vibrational_heat_capacity(t) == pytest.approx(c, rel=1e-9)


def test_law_of_tunnelling_is_the_schottky_anomaly_integrated():
    """Over D1 and D2 with Δ = D1 √(2|D2|), without the change of variables of the derivation."""
    t, v_max = 0.02, 20.0

    def over_d1(d2):
        slope = np.sqrt(-2 * d2)
        return 2 * quad(lambda d1: (slope * d1 / (2 * t) / np.cosh(slope * d1 / (2 * t))) ** 2, 0, 60 * t / slope)[0]

    # D2 = -z², or the integrand would have an inverse root at 0.
    c = quad(lambda z: 2 * z * over_d1(-(z**2)), 0, np.sqrt(2 * v_max**0.5))[0]
    assert tunnelling_heat_capacity(t, v_max=v_max) == pytest.approx(c, rel=1e-8)


@given(st.floats(0.1, 1000))
def test_the_two_laws_cross_where_their_sum_over_t3_is_least(v_max):
    t = 1 / asymptotic_crossover_ratio(v_max)
    assert tunnelling_heat_capacity(t, v_max=v_max) == pytest.approx(vibrational_heat_capacity(t), rel=1e-12)
    around = t * np.array([0.99, 1, 1.01])
    total = (tunnelling_heat_capacity(around, v_max=v_max) + vibrational_heat_capacity(around)) / around**3
    assert np.argmin(total) == 1


def test_eq8_is_the_crossing_of_the_laws_for_a_barrier_of_20_w():
    assert asymptotic_crossover_ratio(20.0) == pytest.approx(1.60, abs=0.005)
    assert V_MAX == 20.0


def test_hot_soft_modes_follow_the_law_of_vibrations():
    t = np.array([3.0, 5.0, 10.0, 99.0, 101.0, 300.0])
    assert np.all(np.abs(heat_capacity(t) / vibrational_heat_capacity(t) - 1) < 0.25 / t**3 + 1e-6)


def test_tunnelling_states_between_two_barriers_follow_the_linear_law():
    """Barriers from 30.5 to 100 W, with splittings far below k_BT: what they add to C is linear in T.

    Zero-point motion draws the wells together by 24/e³ = (3/8) v^(-3/4), and Δ with them: that many more states.
    """
    t, low, high = np.array([COLDEST, 0.01, 0.03, 0.1]), 30.5, 100.0
    added = heat_capacity(t, v_max=high) - heat_capacity(t, v_max=low)
    law = tunnelling_heat_capacity(t, v_max=high) - tunnelling_heat_capacity(t, v_max=low)
    drawn_together = 3 / 16 * (low**-0.5 - high**-0.5) / (high**0.25 - low**0.25)
    assert added == pytest.approx(law * (1 + drawn_together), rel=2e-3)


def test_splittings_above_kt_are_missing_from_the_linear_law():
    """The law counts every barrier from zero; of C/T there remain those with splittings below about k_BT."""
    t, v_max = 0.01, 30.5
    slow = next(v for v in np.arange(3, 31, 0.01) if tunnel_splitting(v) < t)
    remaining = 1 - (slow / v_max) ** 0.25
    ratio = heat_capacity(t, v_max=v_max) / tunnelling_heat_capacity(t, v_max=v_max)
    assert remaining < ratio < remaining + 0.15


def counted_in_d1_d2(t, v_max):
    """C from a plain integral over a box of (D1, D2): double wells beyond v_max left out, and e up to 14 inside."""
    x, weight = np.polynomial.legendre.leggauss(64)
    low, high, far, grade = -2 * v_max**0.5, 49.0, 150.0, 8.0
    d2 = low + (high - low) * (x + 1) / 2
    z = (x + 1) / 2
    d1 = far * np.sinh(grade * z) / np.sinh(grade)  # fine near 0, where the tunnelling states are
    w1 = weight / 2 * far * grade * np.cosh(grade * z) / np.sinh(grade) * 2  # both signs of D1
    grid = np.array(np.meshgrid(d1, d2)).reshape(2, -1)
    levels = variational_levels(*grid, 16, size=48)
    y = (levels - levels[:, :1]) / np.reshape(t, (-1, 1, 1))
    p = np.exp(-y) / np.exp(-y).sum(axis=-1, keepdims=True)
    c = (p * y**2).sum(axis=-1) - (p * y).sum(axis=-1) ** 2
    return c @ np.outer(weight * (high - low) / 2, w1).ravel()


@pytest.mark.parametrize("v_max", [12.4, 30.5])
def test_heat_capacity_is_a_plain_integral_over_d1_and_d2(v_max):
    """Another pair of variables, no frozen wells, no harmonic tail: nothing of either is left below 0.65 W/k_B."""
    t = np.array([0.1, 0.3, 0.5, 0.65])
    assert heat_capacity(t, v_max=v_max) == pytest.approx(counted_in_d1_d2(t, v_max), rel=3e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("v_max", "ratio"), PILOT.items())
def test_crossover_ratio_is_the_minimum_of_c_over_t3(v_max, ratio):
    t = 1 / np.linspace(ratio - 0.1, ratio + 0.1, 9)
    parabola = np.polynomial.Polynomial.fit(1 / t, np.log(counted_in_d1_d2(t, v_max) / t**3), 4)
    minimum = next(r.real for r in parabola.deriv().roots() if abs(r.imag) < 1e-9 and abs(r.real - ratio) < 0.1)
    assert crossover_ratio(v_max) == pytest.approx(minimum, rel=2e-3)
    assert crossover_ratio(v_max) == pytest.approx(ratio, rel=0.01)


def test_crossover_ratio_falls_with_the_barrier_and_stays_above_the_laws():
    v_max = np.linspace(5, 100, 20).reshape(4, 5)
    ratios = crossover_ratio(v_max)
    assert ratios.shape == (4, 5)
    assert np.all(np.diff(ratios.ravel()) < 0)
    assert np.all(ratios > asymptotic_crossover_ratio(v_max))


@pytest.mark.slow
@pytest.mark.parametrize("v_max", [5.0, 12.4, 20.0, 30.5, 100.0])
def test_quadrature_and_basis_are_converged(v_max):
    """Half again as many points in e, twice as many in s, more levels, a larger basis, and between the table's T."""
    t = np.geomspace(1e-4, 90, 79)
    finer = {"nodes": 120, "step": 1 / 6, "size": 56, "count": 28}
    fine = _excess(v_max, **finer)(np.log(t)) * t * (1 + t**2) + vibrational_heat_capacity(t)
    miss, alive = np.abs(heat_capacity(t, v_max=v_max) - fine), t > tunnel_splitting(v_max)
    assert np.all(miss[alive] < 3e-3 * fine[alive])
    assert np.all(miss[~alive] < 1e-3 * tunnelling_heat_capacity(t[~alive], v_max=v_max))


@pytest.mark.parametrize("v_max", [20.0, 100.0])
def test_the_tabulated_temperatures_are_close_enough(v_max):
    """Every second of them would do to 0.2 %, and a cubic spline gains a factor of 16."""
    spline = _excess(v_max)
    half = CubicSpline(spline.x[::2], spline(spline.x[::2]))
    x = np.log(np.geomspace(3e-3, 10, 57))
    assert half(x) == pytest.approx(spline(x), rel=2e-3)


def test_barriers_crossed_by_activation():
    assert activated_barrier(1.0, 10.0) == pytest.approx(32.24, abs=0.01)  # ln 1e14


def test_debye_coefficient_of_two_waves_at_the_speed_of_light_is_that_of_radiation():
    """The energy density of radiation is 4σT⁴/c."""
    shear = 1.0 * light**2
    young = 3 * shear * (1 - 1e-9)  # an incompressible solid: only the transverse waves are left
    assert debye_coefficient(1.0, young, shear) == pytest.approx(16 * sigma / light, rel=1e-9)


def test_debye_coefficient_of_silica():
    """From velocities and a quadrature over plane waves; measured is 0.8 µJ/(g K⁴)."""
    rho, young, shear = 2202.0, 72.8e9, 31.27e9
    c_l, c_t = 5950.0, 3768.0
    assert (shear / rho) ** 0.5 == pytest.approx(c_t, rel=1e-3)
    inverse = 1 / c_l**3 + 2 / c_t**3
    integral = quad(lambda x: x**4 * np.exp(-x) / np.expm1(-x) ** 2, 0, 100)[0]
    expected = k * (k / hbar) ** 3 * inverse * integral / (2 * pi**2 * rho)
    assert debye_coefficient(rho, young, shear) == pytest.approx(expected, rel=2e-3)
    assert debye_coefficient(rho, young, shear) == pytest.approx(8e-4, rel=0.05)


TRUTH = np.array([3.3, 1e19, 8e-4])
TEMPERATURES = np.geomspace(0.1, 15, 60)


def measured(rng, noise=0.03):
    w, p_s, debye = TRUTH
    exact = p_s * k * heat_capacity(TEMPERATURES / w) + debye * TEMPERATURES**3
    return exact * (1 + noise * rng.standard_normal(exact.size)), noise * exact


def test_fit_recovers_what_was_put_in():
    c, uncertainty = measured(np.random.default_rng(1))
    fit = fit_heat_capacity(TEMPERATURES, c, uncertainty=uncertainty)
    assert np.all(np.abs([fit.w, fit.p_s, fit.debye] - TRUTH) < 3 * fit.standard_errors)
    assert fit.chi_squared == pytest.approx(fit.degrees_of_freedom, abs=3 * np.sqrt(2 * fit.degrees_of_freedom))
    assert np.all(np.abs(fit.heat_capacity(TEMPERATURES) / c - 1) < 0.15)
    known = fit_heat_capacity(TEMPERATURES, c, uncertainty=uncertainty, debye=TRUTH[2])
    assert known.debye == TRUTH[2]
    assert known.standard_errors[2] == 0
    assert np.all(known.standard_errors[:2] < fit.standard_errors[:2])
    assert known.degrees_of_freedom == 60 - 2
    with pytest.raises(ValueError, match=r"^temperature must lie between 0.00033\d* and 1e[+]06 K, got 0.0001"):
        known.heat_capacity([1e-4, 1.0])


def test_fit_without_uncertainties_takes_them_from_the_scatter():
    c, uncertainty = measured(np.random.default_rng(2))
    given = fit_heat_capacity(TEMPERATURES, c, uncertainty=uncertainty)
    found = fit_heat_capacity(TEMPERATURES, c)
    scatter = (found.chi_squared / found.degrees_of_freedom) ** 0.5
    assert scatter == pytest.approx(0.03, rel=0.3)
    assert found.standard_errors == pytest.approx(given.standard_errors * scatter / 0.03, rel=0.05)


@pytest.mark.slow
def test_pulls_of_the_fit_have_unit_width():
    rng, pulls = np.random.default_rng(3), []
    for _ in range(150):
        c, uncertainty = measured(rng)
        fit = fit_heat_capacity(TEMPERATURES, c, uncertainty=uncertainty)
        pulls.append(([fit.w, fit.p_s, fit.debye] - TRUTH) / fit.standard_errors)
    # Standard errors of mean and width of 150 pulls: 0.08 and 0.06.
    assert np.all(np.abs(np.mean(pulls, axis=0)) < 0.3)
    assert np.std(pulls, axis=0) == pytest.approx(np.ones(3), abs=0.2)


def realistic(rng):
    """W, P_s and Debye term, temperatures across the minimum of c/T³ or nearly, exact c, and its relative noise."""
    w, p_s, ratio = np.exp(rng.uniform(np.log(0.5), np.log(60))), 10 ** rng.uniform(17, 24), crossover_ratio(20.0)
    share = 10 ** rng.uniform(-1.3, 1)  # of sound waves, over that of soft modes at the minimum
    debye = share * p_s * k * heat_capacity(1 / ratio) * (ratio / w) ** 3
    low, high = np.exp(rng.uniform(np.log([1 / 50, 1]), np.log([1 / 3, 6])))
    t = w / ratio * np.exp(rng.uniform(np.log(low), np.log(high), rng.integers(20, 201)))
    return [w, p_s, debye], t, p_s * k * heat_capacity(t / w) + debye * t**3, 10 ** rng.uniform(-2.3, -1)


@pytest.mark.slow
@pytest.mark.parametrize("known", ["uncertainty", "neither", "debye", "both"])
def test_realistic_data_are_fitted_without_bias_and_with_pulls_of_unit_width(known):
    rng, pulls, refused, sets = np.random.default_rng(8), [], 0, 250
    for _ in range(sets):
        truth, t, exact, noise = realistic(rng)
        debye = truth[2] if known in ("debye", "both") else None
        uncertainty = noise * exact if known in ("uncertainty", "both") else None
        try:
            fit = fit_heat_capacity(t, exact * rng.normal(1, noise, t.size), uncertainty=uncertainty, debye=debye)
        except RuntimeError:
            refused += 1
        else:
            free = 2 if debye else 3
            pulls.append((np.array([fit.w, fit.p_s, fit.debye]) - truth)[:free] / fit.standard_errors[:free])
    assert refused <= 0.02 * sets
    # Standard errors of mean and width of 250 pulls: 0.06 and 0.045.
    assert np.all(np.abs(np.mean(pulls, axis=0)) < 0.15)
    assert np.std(pulls, axis=0) == pytest.approx(np.ones(free), abs=0.1)


def test_a_free_debye_term_leaves_w_to_the_data():
    """Its column of the least squares is twenty orders of magnitude longer than that of P_s."""
    t = np.geomspace(0.6, 60, 50)
    fit = fit_heat_capacity(t, 2e21 * k * heat_capacity(t / 30) + 1e-3 * t**3)
    assert [fit.w, fit.p_s, fit.debye] == pytest.approx([30, 2e21, 1e-3], rel=1e-6)
    assert np.all(fit.standard_errors > 0)


@pytest.mark.parametrize("place", ["temperature", "heat_capacity", "uncertainty"])
def test_a_masked_point_is_left_out(place):
    t = np.geomspace(0.1, 15, 40)
    exact = 2e19 * k * heat_capacity(t / 3.0)
    given = {"temperature": t, "heat_capacity": exact.copy(), "uncertainty": 0.01 * exact}
    given["heat_capacity"][7] *= 50
    given[place] = np.ma.array(given[place], mask=np.arange(40) == 7)
    given[place].data[7] = np.nan if place != "heat_capacity" else -1
    fit = fit_heat_capacity(**given)
    assert fit.w == pytest.approx(3, rel=1e-6)
    assert fit.degrees_of_freedom == 40 - 1 - 3


def test_order_repetition_and_one_uncertainty_for_all_change_nothing():
    c, _ = measured(np.random.default_rng(5), noise=1e-4)
    fit = fit_heat_capacity(TEMPERATURES, c, uncertainty=1e-4)
    shuffled = np.random.default_rng(6).permutation(60)
    twice = fit_heat_capacity(
        [*TEMPERATURES[shuffled], *TEMPERATURES], [*c[shuffled], *c], uncertainty=np.full(120, 1e-4)
    )
    moved = np.array([twice.w - fit.w, twice.p_s - fit.p_s, twice.debye - fit.debye])
    assert np.all(np.abs(moved) < 1e-3 * fit.standard_errors)
    assert twice.standard_errors == pytest.approx(fit.standard_errors / 2**0.5, rel=1e-3)


def test_heat_capacity_of_an_atom_gives_the_modes_of_an_atom():
    """What is less than one mode, of atoms of 20 u."""
    c, uncertainty = measured(np.random.default_rng(7))
    fit = fit_heat_capacity(TEMPERATURES, c, uncertainty=uncertainty)
    atom = fit_heat_capacity(TEMPERATURES, 20 * atomic_mass * c, uncertainty=20 * atomic_mass * uncertainty)
    assert [atom.w, atom.p_s, atom.debye] == pytest.approx(
        [fit.w, 20 * atomic_mass * fit.p_s, 20 * atomic_mass * fit.debye], rel=1e-6
    )
    assert atom.standard_errors[0] == pytest.approx(fit.standard_errors[0], rel=1e-6)


@pytest.mark.parametrize("debye", [None, 8e-4])
def test_data_far_from_the_minimum_are_refused_however_exact(debye):
    """From 5 K up silica shows the T⁵ law, which gives P_s/W⁵ alone; 0.3 % of it is what the model is good for."""
    t = np.geomspace(5, 100, 60)
    with pytest.raises(RuntimeError, match="^temperatures from 5 to 100 K do not fix W"):
        fit_heat_capacity(t, 2e23 * k * heat_capacity(t / 3.3) + 8e-4 * t**3, debye=debye)


@pytest.mark.parametrize(
    ("span", "points", "share", "noise", "known", "seed"),
    [
        ((0.035, 0.49), 18, 24, 6e-4, False, 0),
        ((1.2, 95), 70, 42, 0.0134, False, 2),
        ((0.044, 0.14), 9, 5, 0.0126, True, 0),
    ],
    ids=["cold", "hot", "cold, with the sound waves known"],
)
def test_data_that_leave_another_w_open_on_one_side_are_refused(span, points, share, noise, known, seed):
    """`span` is over the temperature of the minimum, `share` that of the sound waves over the soft modes there."""
    w, p_s, _ = TRUTH
    ratio = crossover_ratio(V_MAX)
    debye = share * p_s * k * heat_capacity(1 / ratio) * (ratio / w) ** 3
    t = np.geomspace(*span, points) * w / ratio
    c = (p_s * k * heat_capacity(t / w) + debye * t**3) * np.random.default_rng(seed).normal(1, noise, points)
    with pytest.raises(RuntimeError, match="do not fix W"):
        fit_heat_capacity(t, c, debye=debye if known else None)


@pytest.mark.parametrize("seed", [0, 29, 44, 169, 185])
def test_noise_on_sound_waves_is_no_soft_mode(seed):
    """What looks like some, one or two standard deviations at the W that is best for them."""
    t = np.geomspace(1, 100, 20)
    sound = 1e-3 * t**3
    c = sound * (1 + 0.03 * np.random.default_rng(seed).standard_normal(20))
    for uncertainty in (None, 0.03 * sound):
        with pytest.raises(RuntimeError, match="^temperatures from 1 to 100 K do not fix W"):
            fit_heat_capacity(t, c, uncertainty=uncertainty)


def test_outlier_is_named_whatever_the_uncertainties():
    t = np.geomspace(0.6, 60, 50)
    c = 2e21 * k * heat_capacity(t / 30) + 1e-3 * t**3
    uncertainty = 0.01 * c
    c[48] *= 8
    with pytest.raises(RuntimeError, match="^heat_capacity scatters by .*: mask outliers"):
        fit_heat_capacity(t, c, uncertainty=uncertainty)
    kept = np.ma.array(c, mask=np.arange(50) == 48)
    assert fit_heat_capacity(t, kept, uncertainty=uncertainty).w == pytest.approx(30, rel=1e-3)
    with pytest.raises(ValueError, match="^temperature must have no masked elements"):
        fit_heat_capacity(t, kept, uncertainty=uncertainty).heat_capacity(np.ma.array([1.0, 20.0], mask=[0, 1]))


@pytest.mark.parametrize("scale", [0.01, 1, 1000])
def test_best_fit_that_leaves_w_open_is_refused(scale):
    """No other W is as good, but a sound wave that exceeds the data draws it to where they say nothing about it."""
    t, c = scale * np.array([0.0118, 0.0168, 0.0971, 0.669]), np.array([0.000208, 0.000444, 0.0535, 17.4])
    with pytest.raises(RuntimeError, match=f"^temperatures from {t[0]:g} to {t[-1]:g} K do not fix W"):
        fit_heat_capacity(t, c, uncertainty=2.16e-3 * c, debye=81.0 / scale**3)


def test_one_point_more_than_parameters_is_enough():
    t = np.array([0.5, 1.0, 2.0, 6.0])
    c = 2e21 * k * heat_capacity(t / 3.3) + 1e-3 * t**3
    for points, debye in ((4, None), (3, 1e-3)):
        fit = fit_heat_capacity(t[:points], c[:points], debye=debye)
        assert [fit.w, fit.p_s, fit.debye] == pytest.approx([3.3, 2e21, 1e-3], rel=1e-6)
        assert fit.degrees_of_freedom == 1


@pytest.mark.parametrize(("w", "debye", "span"), [(30, 0.01, (3, 60)), (1, 1e-3, (1e-3, 10))], ids=["weak", "wide"])
def test_soft_modes_are_found_below_strong_sound_waves_and_over_four_decades(w, debye, span):
    """At most 5 % of the heat capacity, or from where the model has its lowest temperature."""
    t = np.geomspace(*span, 60)
    fit = fit_heat_capacity(t, 2e21 * k * heat_capacity(t / w) + debye * t**3)
    assert [fit.w, fit.p_s, fit.debye] == pytest.approx([w, 2e21, debye], rel=1e-6)


def test_data_that_do_not_fix_w_are_refused():
    hot = np.geomspace(100, 200, 20)
    c = TRUTH[2] * hot**3 * (1 + 0.03 * np.random.default_rng(4).standard_normal(20))
    with pytest.raises(RuntimeError, match="^temperatures from 100 to 200 K do not fix W"):
        fit_heat_capacity(hot, c)


def test_a_curve_that_is_far_from_the_points_is_no_fit():
    with pytest.raises(RuntimeError, match="^heat_capacity scatters by 143% about the best fit: mask outliers"):
        fit_heat_capacity(np.geomspace(0.1, 15, 40), np.ones(40))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: heat_capacity(0.0), "temperature must be positive and finite, got 0.0"),
        (lambda: heat_capacity([1.0, 1e-5]), "temperature must be at least 0.0001 W/k_B, got 1e-05"),
        (lambda: heat_capacity(1.0, v_max=200), "v_max must lie between 5 and 100 W, got 200.0"),
        (lambda: heat_capacity(1.0, v_max=[10, 20]), "v_max must be one number"),
        (lambda: crossover_ratio(np.nan), "v_max must be positive and finite, got nan"),
        (lambda: crossover_ratio([10, 1]), "v_max must lie between 5 and 100 W, got 1.0"),
        (lambda: soft_potential(1.0, 1.5), "s must lie between -1 and 1, got 1.5"),
        (lambda: soft_potential(1.0, [0.5, -1.5]), "s must lie between -1 and 1, got -1.5"),
        (lambda: soft_potential(0.0, 0.5), "e must be positive and finite, got 0.0"),
        (lambda: vibrational_heat_capacity(-1.0), "temperature must be positive and finite, got -1.0"),
        (lambda: asymptotic_crossover_ratio(0.0), "v_max must be positive and finite, got 0.0"),
        (lambda: activated_barrier(1.0, [1.0, 1e-13]), "time must be longer than attempt_time, got 1e-13"),
        (lambda: debye_coefficient(2200.0, [1.0, 3.0], 1.0), "young_modulus must be below three times shear_modulus"),
        (lambda: fit_heat_capacity([1, 2], [1, 2]), "temperature must have more than 3 points, got 2"),
        (lambda: fit_heat_capacity([1, 2], [1, 2], debye=0), "temperature must have more than 2 points, got 2"),
        (lambda: fit_heat_capacity([1, 2], [1]), "temperature, heat_capacity and uncertainty must have one axis"),
        (lambda: fit_heat_capacity([1, -2], [1, 1]), "temperature must be positive and finite, got -2.0"),
        (
            lambda: fit_heat_capacity(np.ma.array([1, 2, 3, 4], mask=[1, 0, 0, 0]), [1] * 4),
            "temperature must have more",
        ),
        (lambda: fit_heat_capacity([1, 2], [1, 1e307]), "heat_capacity must lie between 1e-50 and 1e.50 J/.kg K., got"),
        (lambda: fit_heat_capacity([1, 2], [1, 1e-300]), "heat_capacity must lie between 1e-50 and"),
        (lambda: fit_heat_capacity([1, 1e200], [1, 1]), "temperature must lie between 1e-06 and 1e.06 K, got 1e.200"),
        (lambda: fit_heat_capacity([1, 2], [1, 1], debye=-1), "debye must lie between 0 and 1e.50 J/.kg K⁴., got -1"),
        (lambda: fit_heat_capacity([1, 2], [1, 1], debye=np.nan), "debye must be finite, got nan"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
