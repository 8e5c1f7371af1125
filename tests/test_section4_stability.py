"""Section 4: thermal averages of a mode (eqs 11, 12, 21, 22) and the stability equation (eqs 18-20, 23, 24)."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gamma

from softmodes.theory.free_energy import (
    entropic_force,
    mean_square_displacement,
    mean_square_variance,
    mode_free_energy,
    power_exponential_integral,
    quartic_mean_square,
)
from softmodes.theory.landscape import distortion_energy, extrema, local_free_energy, spinodal
from softmodes.theory.local_modes import local_restoring_force, local_stability_residual, mode_shares
from softmodes.theory.stability import (
    formation_energy,
    harmonic_limits,
    quartic_mode_energy,
    stability_curve,
    stability_point,
    stability_residual,
)

# Dense where the rule changes: the window reaches u = 0 at η' = -2·38^½ = -12.329, and the potential splits at 0.
SEAMS = [-12.33, -12.3289, -12.3288, -12.328, -1e-9, 0.0, 1e-9, 8.0, 58.0, -76.0]
RANGE = np.concatenate([np.sinh(np.linspace(-9.903, 9.903, 101)), [-1e4, 1e4], SEAMS])
energies = st.floats(1.02, 50)


def parabolic_cylinder(h):
    """⟨u²⟩ in closed form, D_{-3/2}(z)/(8^½ D_{-1/2}(z)) at z = h/2^½, to 40 digits."""
    with mpmath.workdps(40):
        z = mpmath.mpf(float(h)) / mpmath.sqrt(2)
        return mpmath.pcfd(-1.5, z) / (mpmath.sqrt(8) * mpmath.pcfd(-0.5, z))


def test_mean_square_agrees_with_the_closed_form_over_the_whole_range():
    values = mean_square_displacement(RANGE)
    worst = max(abs(float(value / parabolic_cylinder(h) - 1)) for h, value in zip(RANGE, values, strict=True))
    assert worst < 1e-13


def test_mean_square_agrees_with_quadrature():
    for h in (-20.0, -3.0, 0.0, 0.7, 40.0):
        bottom = -(min(h, 0) ** 2) / 4
        moments = [quad(lambda u, p=p, h=h, b=bottom: u**p * np.exp(b - h * u**2 - u**4), 0, 6)[0] for p in (2, 0)]
        assert mean_square_displacement(h) == pytest.approx(moments[0] / moments[1], rel=1e-8)


@pytest.mark.parametrize(
    ("h", "limit"),
    [(1e200, 5e-201), (1e308, 5e-309), (-1e200, 5e199), (-1e308, 5e307), (0.0, gamma(3 / 4) / gamma(1 / 4))],
)
def test_mean_square_reaches_its_limits(h, limit):
    assert mean_square_displacement(h) == pytest.approx(limit, rel=1e-14)


@given(st.floats(-1e3, 1e3))
def test_variance_is_the_slope_and_obeys_the_virial_theorem(h):
    mean, variance = mean_square_displacement(h), mean_square_variance(h)
    assert 4 * (variance + mean**2) == pytest.approx(1 - 2 * h * mean, rel=1e-11, abs=1e-12)
    step = 1e-4 * (1 + abs(h))
    slope = (mean_square_displacement(h + step) - mean_square_displacement(h - step)) / (2 * step)
    assert -slope == pytest.approx(variance, rel=1e-5)


def test_long_arrays_give_the_same_as_single_points():
    h = np.linspace(-30, 30, 5000).reshape(50, 100)
    together = mean_square_displacement(h)
    assert together.shape == h.shape
    assert together[37, 11] == mean_square_displacement(h[37, 11])
    assert mean_square_displacement(np.array([])).shape == (0,)


@pytest.mark.slow
@given(st.floats(0.1, 10), st.floats(0.5, 6), st.floats(0.5, 6))
def test_eq22_agrees_with_quadrature(w, n, z):
    with mpmath.workdps(20):
        numeric = mpmath.quad(lambda y: mpmath.exp(z * y - w * mpmath.exp(n * y)), [-60, -20, -5, 0, 5, 12])
    assert power_exponential_integral(w, n, z) == pytest.approx(float(numeric), rel=1e-7)


@given(st.floats(0.1, 1e6))
def test_eq21_is_the_mean_square_at_eta_zero(beta_epsilon):
    assert quartic_mean_square(beta_epsilon) == pytest.approx(
        mean_square_displacement(0.0) / np.sqrt(beta_epsilon), rel=1e-12
    )


def test_eq11_agrees_with_quadrature_for_all_three_behaviours():
    for eta, beta_epsilon in ((0.3, 40.0), (0.0, 175.0), (-0.2, 300.0)):
        z = quad(lambda x, e=eta, b=beta_epsilon: np.exp(-b * (e * x**2 + x**4)), -3, 3, points=[-0.4, 0, 0.4])[0]
        assert mode_free_energy(eta, beta_epsilon) == pytest.approx(-np.log(z), rel=1e-7)


@given(st.floats(-1, 1), st.floats(1, 1e4))
def test_eq12_is_the_slope_of_the_free_energy(eta, beta_epsilon):
    step = 1e-5
    slope = (mode_free_energy(eta + step, beta_epsilon) - mode_free_energy(eta - step, beta_epsilon)) / (2 * step)
    assert entropic_force(eta, beta_epsilon) == pytest.approx(slope, rel=1e-4)


def test_eq12_diverges_without_the_quartic_term_and_not_with_it():
    eta = np.array([1e-2, 1e-4, 1e-6])
    harmonic = 1 / (2 * eta)
    quartic = entropic_force(eta, 1e3)
    assert harmonic[-1] / harmonic[0] == pytest.approx(1e4)
    assert np.all(quartic < entropic_force(0.0, 1e3))
    assert entropic_force(0.5, 1e6) == pytest.approx(1.0, rel=1e-4)


@given(st.floats(-2, 2), st.floats(1, 1e5), st.floats(0.1, 20))
def test_eq18_residual_is_the_slope_of_the_landscape(eta, beta_epsilon, beta_epsilon_m):
    step = 1e-5
    high, low = (local_free_energy(eta + d, beta_epsilon, beta_epsilon_m) for d in (step, -step))
    residual = stability_residual(eta, beta_epsilon, beta_epsilon_m)
    scale = entropic_force(eta, beta_epsilon) + beta_epsilon_m
    assert residual == pytest.approx((high - low) / (2 * step), abs=1e-4 * scale)


def test_eq17_needs_the_factor_one_half_to_be_the_sum_of_eq18():
    """δ(U_s + ΣF_k)/δη_s over random modes, with eqs 13-16, against both forms of eq. 17."""
    rng = np.random.default_rng(3)
    weight = rng.dirichlet(np.ones(6))
    eta, beta_epsilon, b = rng.uniform(-0.1, 0.9, 6), rng.uniform(10, 1e3, 6), 5.0
    step = 1e-6
    totals = []
    for shift in (step, -step):  # eq. 16: η_k moves by (s·e_k)² for each unit of η_s
        eta_s = weight @ eta + shift
        totals.append(distortion_energy(eta_s, b) + np.sum(mode_free_energy(eta + weight * shift, beta_epsilon)))
    slope = (totals[0] - totals[1]) / (2 * step)
    assert local_stability_residual(weight, eta, beta_epsilon, b) == pytest.approx(slope, rel=1e-6)
    printed = weight @ (2 * entropic_force(eta, beta_epsilon) - 2 * b * (1 - eta))
    assert printed != pytest.approx(slope, rel=0.01)


def test_eq13_shares_add_up_and_eq14_is_the_rayleigh_quotient():
    """On a random symmetric matrix with all its eigenvectors: η_s = sᵀHs/ω_c², whatever the length of s."""
    rng = np.random.default_rng(9)
    hessian = rng.normal(size=(30, 30))
    hessian = hessian + hessian.T
    eigenvalues, vectors = np.linalg.eigh(hessian)
    s, omega_c = rng.normal(size=(10, 3)), 3.0
    shares = mode_shares(7 * s, vectors.T.reshape(30, 10, 3))
    assert shares.sum() == pytest.approx(1, rel=1e-12)
    quotient = s.ravel() @ hessian @ s.ravel() / (s.ravel() @ s.ravel()) / omega_c**2
    assert local_restoring_force(shares, eigenvalues / omega_c**2) == pytest.approx(quotient, rel=1e-12)


def test_eq13_takes_a_mode_of_one_atom_whose_length_is_rounded():
    assert mode_shares([[1, 0, 0]], [[[1 + 2**-52, 0, 0]]]) == pytest.approx([1], rel=1e-15)


@given(energies)
def test_eq19_solves_eq20_in_the_harmonic_limit(b):
    eta_1, eta_2 = harmonic_limits(b)
    assert eta_1 + eta_2 == pytest.approx(1, rel=1e-14)
    for eta in (eta_1, eta_2):
        assert eta * (1 - eta) == pytest.approx(1 / (4 * b), rel=1e-10)
        assert stability_residual(eta, 1e14, b) == pytest.approx(0, abs=1e-5 * b)
    printed = np.sqrt(1 - 1 / b) / 2
    assert printed * (1 - printed) != pytest.approx(1 / (4 * b), rel=1e-3)


def test_eq19_has_no_solution_below_one_and_keeps_its_digits_for_large_energies():
    assert np.all(np.isnan(harmonic_limits(0.99)))
    assert harmonic_limits(1.0) == (0.5, 0.5)
    assert harmonic_limits(1e12)[1] == pytest.approx(2.5e-13, rel=1e-11)


@given(st.floats(1e-3, 1e3))
def test_eq23_and_its_inverse(b):
    energy = quartic_mode_energy(b)
    assert energy == pytest.approx(4 * (gamma(1 / 4) / gamma(3 / 4)) ** 2 * b**2, rel=1e-13)
    assert formation_energy(energy) == pytest.approx(b, rel=1e-13)
    assert stability_residual(0.0, energy, b) == pytest.approx(0, abs=1e-12 * b)


@given(st.floats(0.05, 50), st.sampled_from(["strong", "weak"]))
def test_eq24_curve_solves_eq20(b, branch):
    curve = stability_curve(b, branch=branch)
    residual = stability_residual(curve.eta, curve.beta_epsilon, b)
    rounding_of_eta = 1e-15 * (b + 1)
    assert np.all(np.abs(residual) < 1e-11 * 2 * b * (1 - curve.eta) + rounding_of_eta)
    assert np.all(np.diff(curve.eta) > 0) == (branch == "strong")
    np.testing.assert_allclose(
        curve.mean_square_displacement * curve.epsilon, 2 * (1 - curve.eta), rtol=1e-10, atol=1e-14
    )


@given(st.floats(0.05, 50), st.floats(1e-6, 0.5))
def test_eq24_branches_add_up_to_one(b, h):
    both = [stability_curve(b, branch=branch, eta_prime=[h]).eta[0] for branch in ("strong", "weak")]
    assert sum(both) == pytest.approx(1, abs=1e-13) or np.all(np.isnan(both))


@given(st.floats(0.05, 0.999))
def test_eq24_has_a_point_at_the_join_itself(b):
    for eta in (0.5, 0.5 - 1e-9, 0.5 + 1e-9):
        point = stability_point(eta, b)
        assert point.eta == pytest.approx(eta, abs=2e-8)
        assert point.branch == ("weak" if eta > 0.5 else "strong")


@given(energies)
def test_eq24_ends_at_the_harmonic_limits(b):
    eta_1, eta_2 = harmonic_limits(b)
    strong, weak = (stability_curve(b, branch=branch, eta_prime=1e7) for branch in ("strong", "weak"))
    assert strong.eta == pytest.approx(eta_2, rel=1e-9)
    assert weak.eta == pytest.approx(eta_1, rel=1e-9)
    assert stability_curve(b, eta_prime=-1e8).epsilon == pytest.approx(4, rel=1e-4)


@pytest.mark.parametrize("b", [1.02, 5.0, 50.0])
def test_eq24_goes_of_itself_from_end_to_asymptote(b):
    """From deep double wells to η_2, from an unsoftened mode to η_1; the weak branch has nothing at η' ≤ 0."""
    eta_1, eta_2 = harmonic_limits(b)
    strong, weak = (stability_curve(b, branch=branch) for branch in ("strong", "weak"))
    assert strong.eta.shape == weak.eta.shape == (500,)
    assert strong.epsilon[0] == pytest.approx(4, rel=1e-2)
    assert strong.eta[-1] == pytest.approx(eta_2, rel=1e-6)
    assert weak.eta[[0, -1]] == pytest.approx([1, eta_1], rel=1e-6)
    before = stability_curve(b, branch="weak", eta_prime=[0.0, -1.0])
    assert np.all(np.isnan([before.eta, before.epsilon]))


def test_eq24_branches_join_at_one_half_where_eq19_has_no_solution():
    for b in (0.1, 0.5, 0.9, 0.999):
        strong, weak = (stability_curve(b, branch=branch) for branch in ("strong", "weak"))
        assert strong.eta[-1] == pytest.approx(0.5, abs=1e-4)
        assert weak.eta[-1] == pytest.approx(0.5, abs=1e-4)
        assert strong.epsilon[-1] == pytest.approx(weak.epsilon[-1], rel=1e-3)
        assert np.isnan(stability_curve(b, eta_prime=1e3).eta)


def test_eq24_keeps_its_digits_where_the_harmonic_limits_meet():
    """At βε_m = 1 the branches part by 4⟨u⁴⟩ = 3/η'² alone: ½ − η = 3^½/2η'."""
    assert 0.5 - stability_curve(1.0, eta_prime=1e6).eta == pytest.approx(3**0.5 / 2e6, rel=1e-6)


@given(st.floats(0.05, 30), st.floats(-50, 0.999))
def test_point_lies_on_the_curve_or_is_refused(b, eta):
    eta_1, eta_2 = harmonic_limits(b)
    if eta_2 <= eta <= eta_1:
        with pytest.raises(ValueError, match="there is no stable mode"):
            stability_point(eta, b)
        return
    point = stability_point(eta, b)
    assert point.eta == pytest.approx(eta, rel=1e-12, abs=1e-15)
    assert abs(stability_residual(eta, point.beta_epsilon, b)) < 1e-9 * 2 * b * (1 - eta)
    assert point.branch == ("strong" if eta < eta_2 or (np.isnan(eta_2) and eta <= 0.5) else "weak")
    assert stability_point(0.0, b).beta_epsilon == pytest.approx(quartic_mode_energy(b), rel=1e-12)


@pytest.mark.slow
@given(st.floats(1.01, 30), st.floats(0.1, 1e5))
def test_landscape_has_its_minimum_on_the_weak_and_its_maximum_on_the_strong_branch(b, ratio):
    beta_epsilon = ratio * b
    minimum, maximum = extrema(beta_epsilon, b)
    step = 1e-4
    curvature = (
        local_free_energy(minimum + step, beta_epsilon, b)
        - 2 * local_free_energy(minimum, beta_epsilon, b)
        + local_free_energy(minimum - step, beta_epsilon, b)
    )
    assert curvature > -1e-9
    assert stability_point(minimum, b).epsilon == pytest.approx(ratio, rel=1e-4)
    assert np.isnan(maximum) == (ratio <= 4) or ratio == pytest.approx(4, rel=1e-6)
    if maximum > -1e4:
        assert stability_point(maximum, b).epsilon == pytest.approx(ratio, rel=1e-4)
        assert local_free_energy(maximum, beta_epsilon, b) >= local_free_energy(minimum, beta_epsilon, b)


@pytest.mark.slow
@given(st.floats(1, 1e6))
def test_spinodal_is_where_the_extrema_annihilate(beta_epsilon):
    eta, b = spinodal(beta_epsilon)
    assert np.isnan(extrema(beta_epsilon, b * (1 - 1e-6))[0])
    minimum, _ = extrema(beta_epsilon, b * (1 + 1e-6))
    assert minimum == pytest.approx(eta, abs=0.02 * (1 + abs(eta)))
    assert stability_residual(eta, beta_epsilon, b) == pytest.approx(0, abs=1e-9 * (b + 1) * (1 + abs(eta)))


@pytest.mark.parametrize("beta_epsilon", [1e-7, 1e-2, 1.0, 20.0, 1e4, 1e10])
def test_extrema_meet_at_the_spinodal_itself(beta_epsilon):
    """Rounding of b moves them by its root: they lie on a parabola there."""
    eta, b = spinodal(beta_epsilon)
    assert extrema(beta_epsilon, b) == pytest.approx((eta, eta), rel=1e-6, abs=1e-6)
    assert np.all(np.isnan(extrema(beta_epsilon, 0.999 * b)))
    for point in extrema(beta_epsilon, 1.001 * b):
        assert stability_residual(point, beta_epsilon, 1.001 * b) == pytest.approx(0, abs=1e-9 * (1 + abs(point)) * b)


@pytest.mark.parametrize("b", [1e-8, 0.02, 5.0, 2.4e11])
def test_maximum_runs_off_to_minus_infinity_at_four_times_the_formation_energy(b):
    """Deep in the double well ⟨u²⟩ = |η'|/2 - 1/2|η'|, which makes eq. 20 a quadratic one in η'."""
    beyond = 2.0**-20
    beta_epsilon = 4 * b * (1 + beyond)
    scale = beta_epsilon**0.5
    expected = -(scale + np.sqrt(beta_epsilon + 4 * beyond * (1 + beyond))) / (2 * beyond) / scale
    assert extrema(beta_epsilon, b)[1] == pytest.approx(expected, rel=1e-5)  # η'² is 1e6 at least
    assert extrema(4 * b * (1 + 2e-12), b)[1] < -1e11
    for epsilon in (4 * b * (1 + 1e-15), 4 * b, 3.9 * b):
        minimum, maximum = extrema(epsilon, b)
        assert np.isnan(maximum)
        assert abs(stability_residual(minimum, epsilon, b)) < 1e-12 * b * (1 + abs(minimum))


def test_spinodal_tends_to_the_limit_of_eq19():
    eta, b = spinodal(1e10)
    assert eta == pytest.approx(0.5, abs=1e-6)
    assert b == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_square_displacement(np.nan), "eta_prime must be finite, got nan"),
        (lambda: mean_square_displacement([1, np.inf]), "eta_prime must be finite, got inf"),
        (lambda: harmonic_limits(0), "beta_epsilon_m must be positive and finite, got 0"),
        (lambda: quartic_mode_energy(-3), "beta_epsilon_m must be positive and finite, got -3"),
        (lambda: formation_energy(np.nan), "beta_epsilon_0 must be positive and finite, got nan"),
        (lambda: stability_residual(0, 0, 1), "beta_epsilon must be positive and finite, got 0"),
        (lambda: stability_curve(5, branch="upper"), "branch must be one of strong, weak, got 'upper'"),
        (lambda: stability_curve([3, 5]), r"beta_epsilon_m must be one number, got an array of shape \(2,\)"),
        (lambda: stability_curve(5, eta_prime=np.nan), "eta_prime must be finite, got nan"),
        (lambda: stability_point(0.5, 5), "eta must be below 0.0527864 or between 0.947214 and 1 at"),
        (lambda: stability_point(0.5, 1.0), "eta must be below 0.5 or between 0.5 and 1 at"),
        (lambda: stability_point(0.5, 1e6), "eta must be below 2.5e-07 or between 1 - 2.5e-07 and 1 at"),
        (lambda: stability_point(1.0, 0.5), "eta must be below 1 at"),
        (lambda: stability_point(np.nan, 5), "eta must be finite, got nan"),
        (
            lambda: mode_shares(np.ones((4, 3)), np.ones((2, 5, 3))),
            r"local_vector must have the shape of one eigenvector",
        ),
        (lambda: mode_shares(np.zeros((5, 3)), np.ones((2, 5, 3))), "local_vector must not be zero"),
        (lambda: mode_shares(np.ones((5, 3)), np.ones((2, 5, 3)) / 16), "eigenvectors must be of unit length to 1e-6"),
        (lambda: mode_shares([[1, 0, 0]], [[[1e200, 0, 0]]]), "eigenvectors must be of unit length to 1e-6"),
        (lambda: local_restoring_force([], []), "shares and eta must hold a mode, got none"),
        (
            lambda: local_stability_residual([0.5, 0.5], [0.1, 0.2], np.ones((2, 1)), 3.0),
            r"shares and eta and beta_epsilon must have one shape, got \(2,\) and \(2,\) and \(2, 1\)",
        ),
        (lambda: local_stability_residual([1.0], [0.1], [1.0], [3.0]), "beta_epsilon_m must be one number"),
        (lambda: local_restoring_force([1, 0], [1]), r"shares and eta must have one shape, got \(2,\) and \(1,\)"),
        (lambda: local_stability_residual([1.0], [0.1], [0.0], 5), "beta_epsilon must be positive"),
        (lambda: extrema(-1, 5), "beta_epsilon must be positive"),
        (lambda: mode_free_energy(0, [1, -2]), "beta_epsilon must be positive and finite, got -2"),
        (lambda: distortion_energy(np.inf, 1), "eta must be finite, got inf"),
        (lambda: power_exponential_integral(1, 0, 1), "n must be positive"),
    ],
)
def test_bad_input_gives_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as raised:
        call()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("beta_epsilon_m", [5.0, 1e4, 1e6, 1e8])
@pytest.mark.parametrize("distance", [1e-1, 1e-5, 1e-8])
def test_stability_point_keeps_its_digits_next_to_eta_1(beta_epsilon_m, distance):
    """Against 40 digits: between η_1 and 1 a double has few digits left, and 1 − 4βε_mη(1 − η) must not lose them."""
    eta_1, eta_2 = harmonic_limits(beta_epsilon_m)
    point = stability_point(float(eta_1 + eta_2 * distance), beta_epsilon_m)
    with mpmath.workdps(40):
        eta, b = mpmath.mpf(point.eta), mpmath.mpf(beta_epsilon_m)

        def excess(h):
            z = h / mpmath.sqrt(2)
            mean = mpmath.pcfd(-1.5, z) / (mpmath.sqrt(8) * mpmath.pcfd(-0.5, z))
            return h * mean / eta - 2 * b * (1 - eta)

        h = mpmath.findroot(excess, point.eta_prime)
        assert float(point.epsilon) == pytest.approx(float((h / eta) ** 2 / b), rel=1e-13)


@pytest.mark.parametrize("beta_epsilon_m", [1e-8, 1e-4, 1 - 1e-16, 1.0, 1e12])
def test_curve_solves_eq20_far_from_everyday_energies(beta_epsilon_m):
    for branch in ("strong", "weak"):
        curve = stability_curve(beta_epsilon_m, branch=branch)
        assert np.all(np.isfinite(curve.epsilon))
        low = curve.eta < 0.9  # next to 1 the double η has lost what 1 − η needs
        residual = stability_residual(curve.eta[low], curve.beta_epsilon[low], beta_epsilon_m)
        assert residual == pytest.approx(0, abs=1e-6 * beta_epsilon_m)
    with pytest.raises(ValueError, match="^beta_epsilon_m must lie between 1e-08 and 1e[+]12, got 10000000000000.0$"):
        stability_curve(1e13)


def test_free_energy_beyond_a_double_is_said():
    assert mode_free_energy(-1e150, 1.0) == pytest.approx(-2.5e299, rel=1e-12)
    with pytest.raises(ValueError, match="^eta, beta_epsilon must keep mode_free_energy and its factors between"):
        mode_free_energy(-1e200, 1.0)
