"""Section 2: participation number, mode coordinate and mode potential (eqs 1-5)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmodes.theory.potential import (
    mode_coordinate,
    mode_energy,
    mode_potential,
    participation_number,
    quartic_potential,
)

MASS, A, OMEGA_C = 3.3e-26, 1.1e-10, 1.9e13
modes = arrays(float, (4, 30, 3), elements=st.floats(-1, 1, width=32)).filter(
    lambda e: np.all(np.sum(e**2, axis=(1, 2)) > 1e-6)
)


@given(modes)
def test_eq2_lies_between_one_and_the_number_of_atoms(eigenvectors):
    n_k = participation_number(eigenvectors)
    assert n_k.shape == (4,)
    assert np.all((n_k >= 1 - 1e-12) & (n_k <= 30 * (1 + 1e-12)))


@given(modes, st.floats(0.01, 100))
def test_eq2_does_not_depend_on_the_length_or_the_axes(eigenvectors, length):
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    turned = length * eigenvectors @ rotation
    np.testing.assert_allclose(participation_number(turned), participation_number(eigenvectors), rtol=1e-12)


def test_eq2_gives_two_thirds_for_a_standing_wave_and_all_for_a_translation():
    phase = 2 * np.pi * np.arange(600) / 600
    wave = np.sin(phase)[:, None] * [0.0, 0.0, 1.0]
    assert participation_number(wave) / 600 == pytest.approx(2 / 3, rel=1e-12)
    assert participation_number(np.ones((600, 3))) == pytest.approx(600, rel=1e-12)


# nearer to zero the amplitude in SI units would be no normal number
@given(modes, st.floats(-2, 2).map(lambda x: x if abs(x) > 1e-200 else 0.0))
def test_eq5_quartic_term_is_the_sum_of_eq3_over_the_atoms(eigenvectors, x):
    """N_k of eq. 2 is what makes Σ V_4(u_i) equal to ε_k x_k⁴ exactly."""
    mode = eigenvectors[0] / np.linalg.norm(eigenvectors[0])
    n_k = participation_number(mode)
    amplitude = x * np.sqrt(n_k * MASS) * A
    displacements = np.abs(amplitude) * np.linalg.norm(mode, axis=-1) / np.sqrt(MASS)
    atom_by_atom = np.sum(quartic_potential(displacements, MASS, A, OMEGA_C))
    epsilon = mode_energy(n_k, MASS, A, OMEGA_C)
    assert atom_by_atom == pytest.approx(float(mode_potential(x, 0.0, epsilon)), rel=1e-12, abs=1e-300)
    assert mode_coordinate(amplitude, n_k, MASS, A) == pytest.approx(x, rel=1e-12)


def test_eq5_harmonic_term_is_that_of_the_mode_amplitude():
    amplitude, eta, n_k = 2e-23, 0.3, 80.0
    x = mode_coordinate(amplitude, n_k, MASS, A)
    epsilon = mode_energy(n_k, MASS, A, OMEGA_C)
    assert mode_potential(x, eta, epsilon) - mode_potential(x, 0, epsilon) == pytest.approx(
        eta * OMEGA_C**2 * amplitude**2 / 2, rel=1e-9
    )


def test_eq3_equals_the_harmonic_term_of_an_unsoftened_atom_at_the_length_a():
    assert quartic_potential(A, MASS, A, OMEGA_C) == pytest.approx(MASS * OMEGA_C**2 * A**2 / 2, rel=1e-14)


@given(st.floats(-3, -1e-3))
def test_eq5_double_well_has_its_barrier_at_eta_squared_over_four(eta):
    bottom = np.sqrt(-eta / 2)
    assert mode_potential(bottom, eta, 1.0) == pytest.approx(-(eta**2) / 4, rel=1e-12)
    assert np.min(mode_potential(np.linspace(-2, 2, 20001), eta, 1.0)) >= -(eta**2) / 4 * (1 + 1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: participation_number(np.ones((5, 2))), r"shape \(\.\.\., atom, 3\), got \(5, 2\)"),
        (lambda: participation_number(np.ones(3)), r"got \(3,\)"),
        (lambda: participation_number(np.zeros((5, 3))), "no atom moves"),
        (lambda: participation_number([[np.nan, 0, 0]]), "eigenvectors must be finite, got nan"),
        (lambda: mode_energy(0, MASS, A, OMEGA_C), "participation_number must be positive and finite, got 0"),
        (lambda: mode_energy(10, -1, A, OMEGA_C), "mass must be positive and finite, got -1"),
        (lambda: mode_energy(10, MASS, np.inf, OMEGA_C), "a must be positive and finite, got inf"),
        (lambda: mode_potential(1, 1, 0), "epsilon must be positive"),
        (lambda: mode_potential("x", 1, 1), "x must be a number or an array of numbers, got 'x'"),
        (lambda: mode_coordinate(np.nan, 1, 1, 1), "amplitude must be finite, got nan"),
        (lambda: quartic_potential(1, 1, 1, 0), "omega_c must be positive"),
    ],
)
def test_bad_input_gives_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_complex_displacements_count_by_their_modulus():
    assert participation_number(np.array([[1, 0, 0], [1j, 0, 0]]) / np.sqrt(2)) == pytest.approx(2.0, rel=1e-15)
    rng = np.random.default_rng(1)
    real, phases = rng.normal(size=(5, 20, 3)), np.exp(1j * rng.uniform(0, 7, (5, 20, 1)))
    assert participation_number(real * phases) == pytest.approx(participation_number(real), rel=1e-14)


@pytest.mark.parametrize("size", [5e-324, 1e-170, 1e170, 1e307])
def test_participation_number_does_not_depend_on_the_length_of_the_vector(size):
    assert participation_number(size * np.ones((7, 3))) == pytest.approx(7.0, rel=1e-15)
    assert participation_number(size * (1 + 1j) * np.ones((7, 3))) == pytest.approx(7.0, rel=1e-15)


def test_masked_displacements_are_refused():
    masked = np.ma.array(np.ones((3, 3)), mask=np.eye(3))
    with pytest.raises(ValueError, match="^eigenvectors must have no masked elements"):
        participation_number(masked)
    assert participation_number(np.ma.array(np.ones((3, 3)))) == pytest.approx(3.0)
