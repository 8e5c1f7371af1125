"""Section 3: the quantum levels that W is the unit of, against power series of fifty digits and semiclassical laws."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmodes.theory.levels import (
    _oscillator,
    energy_levels,
    tunnel_splitting,
    variational_levels,
    wave_functions,
)

# To ten decimals, by the series below.
QUARTIC = [
    1.0603620905,
    3.7996730298,
    7.4556979380,
    11.6447455114,
    16.2618260189,
]


def series(energy, d1, d2, x, start):
    """ψ(x) and ψ(-x) of ψ″ = (V - E)ψ by the power series about 0; start 0 is ψ = 1, ψ′ = 0, start 1 the other way."""
    factors = ((-energy * x**2, 0), (d1 * x**3, 1), (d2 * x**4, 2), (x**6, 4))
    terms = [mpmath.mpf(start == 0), x * (start == 1)]
    for n in range(800):
        terms.append(mpmath.fsum(c * terms[n - k] for c, k in factors if n >= k) / ((n + 1) * (n + 2)))
    even, odd = mpmath.fsum(terms[::2]), mpmath.fsum(terms[1::2])
    return even + odd, even - odd


def exact_level(near, d1, d2, parity=None, edge=5.5):
    """The level near `near` with ψ = 0 at ±`edge`: the wall shifts it by 1e-48, in deep wells by 1e-20."""
    with mpmath.workdps(60):
        x, d1, d2 = map(mpmath.mpf, (edge, d1, d2))

        def miss(energy):
            if parity is not None:
                return series(energy, 0, d2, x, parity)[0]
            (right, left), (other_right, other_left) = (series(energy, d1, d2, x, start) for start in (0, 1))
            return right * other_left - other_right * left

        start = mpmath.mpf(float(near))
        return mpmath.findroot(miss, (start - 1e-12, start + 1e-12), solver="secant", tol=1e-40, verify=False)


def test_quartic_levels_to_ten_digits():
    assert energy_levels(0.0, 0.0, 5) == pytest.approx(QUARTIC, abs=1e-10)


@pytest.mark.parametrize("n", range(5))
def test_quartic_levels_are_zeros_of_the_power_series(n):
    assert float(exact_level(QUARTIC[n], 0, 0, parity=n % 2)) == pytest.approx(QUARTIC[n], abs=6e-11)


@pytest.mark.slow
@pytest.mark.parametrize(("d1", "d2"), [(1.0, 0.0), (-20.0, -8.0), (0.01, -10.0)])
def test_asymmetric_levels_are_zeros_of_the_power_series(d1, d2):
    for level in energy_levels(d1, d2, 3):
        assert float(exact_level(level, d1, d2)) == pytest.approx(level, abs=1e-10)


@pytest.mark.parametrize("barrier", [5.0, 20.0, 30.0, 45.0])
def test_tunnel_splittings_down_to_1e_8_are_those_of_the_power_series(barrier):
    d2 = -2 * barrier**0.5
    even, odd = energy_levels(0.0, d2, 2)
    exact = float(exact_level(odd, 0, d2, parity=1) - exact_level(even, 0, d2, parity=0))
    assert odd - even == pytest.approx(exact, abs=2e-12)
    assert exact > 1e-8
    action = 4 / 3 * barrier**0.75
    second = 1 - 6299 / 10368 / action**2 / (1 - 71 / 72 / action)  # the series goes on
    assert tunnel_splitting(barrier) * second == pytest.approx(exact, rel=5 / action**3)


def test_harmonic_limit_and_its_first_correction():
    """E = √D2 (2n + 1) + 3(2n² + 2n + 1)/4D2; the next term is of the order n³/D2^(5/2)."""
    n, d2 = np.arange(8), 1e4
    expected = d2**0.5 * (2 * n + 1) + 3 * (2 * n**2 + 2 * n + 1) / (4 * d2)
    assert energy_levels(0.0, d2) == pytest.approx(expected, abs=1e-7)


def test_high_levels_follow_bohr_and_sommerfeld():
    """∮p dx = 2π(n + ½) for x⁴; the second order of the WKB series adds 1/9π(n + ½)² in relative terms."""
    n = np.array([20, 40, 80]) + 0.5
    action = float(mpmath.beta(0.25, 1.5)) / 2  # ∫(1 - x⁴)^½ dx from -1 to 1
    expected = (np.pi * n / action) ** (4 / 3) * (1 + 1 / (9 * np.pi * n**2))
    levels = energy_levels(0.0, 0.0, 81)[[20, 40, 80]]
    assert np.all(np.abs(levels / expected - 1) < 0.1 / n**4)


@given(st.floats(-50, 50), st.floats(-11, 50))
def test_levels_ascend_and_do_not_know_left_from_right(d1, d2):
    levels = energy_levels(d1, d2, 6)
    assert np.all(np.diff(levels) > 0)
    assert energy_levels(-d1, d2, 6) == pytest.approx(levels, abs=1e-10)


def test_arrays_broadcast_and_one_bad_apple_does_not_matter():
    """Symmetric and asymmetric, easy and hard potentials in one call."""
    d1, d2 = np.array([[0.0], [1.0]]), np.array([-11.0, 0.0, 500.0])
    together = energy_levels(d1, d2, 3)
    assert together.shape == (2, 3, 3)
    for i, j in np.ndindex(2, 3):
        assert together[i, j] == pytest.approx(energy_levels(d1[i, 0], d2[j], 3), abs=1e-10)
    assert energy_levels(np.zeros((2, 0)), 1.0, 3).shape == (2, 0, 3)


def test_a_fixed_basis_gives_upper_bounds_near_the_levels():
    d1, d2 = np.array([0.2, 3.0]), np.array([-8.0, 2.0])
    quanta = np.diff(energy_levels(d1, d2, 6))
    assert np.diff(variational_levels(d1, d2, 6, size=48)) == pytest.approx(quanta, abs=1e-6)


@pytest.mark.parametrize("size", [2, 40])
def test_the_basis_has_the_least_trace(size):
    """Over the first n states of -d² + β²(x - c)²: ⟨p²⟩ = β(j + ½), ⟨y²⟩ = (j + ½)/β, ⟨y⁴⟩ = 3(2j² + 2j + 1)/4β²."""
    d1, d2 = np.array([0.0, 3.0, -50.0, 20.0]), np.array([-8.0, 0.0, 2.0, 60.0])
    j = np.arange(size)[:, None]

    def trace(c, beta):
        squares = (beta + (d2 + 6 * c**2) / beta) * (j + 0.5) + 3 * (2 * j**2 + 2 * j + 1) / (4 * beta**2)
        return np.mean(squares, axis=0) + d1 * c + d2 * c**2 + c**4

    centre, beta = _oscillator(d1, d2, size)
    for step in (1e-2, -1e-2):
        assert np.all(trace(centre + step, beta) > trace(centre, beta))
        assert np.all(trace(centre, beta * (1 + step)) > trace(centre, beta))


@pytest.mark.parametrize(("d1", "d2"), [(0.0, 0.0), (0.0, -10.0), (2.0, -4.0)])
def test_wave_functions_solve_the_equation(d1, d2):
    # on to where rounding leaves nothing of them, not even a sign
    x, step = np.linspace(-36, 36, 24001, retstep=True)
    waves, levels = wave_functions(x, d1, d2), energy_levels(d1, d2)
    assert waves @ waves.T * step == pytest.approx(np.eye(8), abs=1e-10)
    curvature = (-waves[:, 4:] + 16 * waves[:, 3:-1] - 30 * waves[:, 2:-2] + 16 * waves[:, 1:-3] - waves[:, :-4]) / 12
    potential = (d1 * x + d2 * x**2 + x**4)[2:-2]
    residual = -curvature / step**2 + (potential - levels[:, None]) * waves[:, 2:-2]
    assert np.abs(residual).max() < 1e-6  # fourth differences: step⁴/90 of ψ⁽⁶⁾
    inside = [wave[np.abs(wave) > 1e-6] for wave in waves]
    assert [wave[0] > 0 for wave in inside] == [True] * 8
    assert [np.count_nonzero(np.diff(np.sign(wave))) for wave in inside] == list(range(8))


def test_wave_functions_keep_their_parity_where_the_splitting_is_lost_to_rounding():
    x = np.linspace(-7, 7, 701)
    even, odd = wave_functions(x, 0.0, -2 * 80**0.5, 2)
    assert even == pytest.approx(even[::-1], abs=1e-12)
    assert odd == pytest.approx(-odd[::-1], abs=1e-12)
    assert np.abs(even) == pytest.approx(np.abs(odd), abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: energy_levels(np.nan, 0.0), "d1 must be finite, got nan"),
        (lambda: energy_levels(0.0, -1e9), "d2 must lie between -1e\\+08 and 1e\\+08, got -1000000000.0"),
        (lambda: energy_levels(0.0, "deep"), "d2 must be a number"),
        (lambda: energy_levels(0.0, 0.0, 0), "count must be an integer of at least 1, got 0"),
        (lambda: energy_levels(0.0, 0.0, 2.5), "count must be an integer of at least 1, got 2.5"),
        (lambda: energy_levels(0.0, 0.0, 305), "count must be an integer from 1 to 304, got 305"),
        (lambda: wave_functions(0.0, 0.0, 0.0), "x must have one axis"),
        (lambda: wave_functions([0.0], [0.0, 1.0], 0.0), "d1 must be one number"),
        (lambda: tunnel_splitting(1.0), "v must be at least 3"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_too_high_a_barrier_is_refused():
    with pytest.raises(RuntimeError, match="^3 levels at d1 = 0, d2 = -1000 need more than 640 functions"):
        energy_levels(0.0, -1000.0, 3)
