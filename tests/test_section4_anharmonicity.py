"""Section 4: quartic potentials along soft modes by independent routes, and what they say about eqs 3 and 5."""

import mpmath
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.constants import hbar, k, pi
from scipy.linalg import cho_factor, cho_solve, eigh_tridiagonal

from softmodes.figures.anharmonicity import plot_asymmetry, plot_mode_plane, plot_quartic_length, plot_soft_potentials
from softmodes.glass import Configuration, minimize
from softmodes.glass.potential import InversePower, inverse_power
from softmodes.modes import NormalModes, anharmonic_modes, mode_derivatives
from softmodes.modes.anharmonicity import AnharmonicModes
from softmodes.paper.findings.potentials import first_maximum, mode_energy_at_freezing, soft_potentials
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.materials import estimated_materials
from softmodes.theory.crossover import crossover_energy
from softmodes.theory.heat_capacity import soft_potential
from softmodes.theory.levels import energy_levels
from softmodes.theory.potential import mode_coordinate, mode_energy, mode_potential
from softmodes.theory.stability import stability_residual

SOME = NormalModes(eigenvalues=np.ones(5), eigenvectors=np.ones((5, 500, 3)), masses=np.ones(500))
# no derivative up to the third jumps at this cutoff, so that finite differences have no kink to cross
SMOOTH = InversePower(continuity=3)


def modes(kappa, tau, chi, n_k=50.0):
    kappa, tau, chi, n_k = (np.atleast_1d(float(x)) for x in (kappa, tau, chi, n_k))
    return AnharmonicModes(kappa=kappa, tau=tau, chi=chi, chi_relaxed=chi / 2, participation_number=n_k)


@pytest.fixture(scope="module")
def glass():
    """A minimum of the smooth potential."""
    return minimize(load_ensembles().glasses[500].structure(0), potential=SMOOTH)


@pytest.fixture(scope="module")
def softest(glass):
    """Its two softest modes, from the matrix itself."""
    return np.linalg.eigh(SMOOTH.hessian(glass).toarray())[1][:, 3:5].T.reshape(2, -1, 3)


def test_derivatives_of_a_few_atoms_are_those_of_high_precision_differences():
    """mpmath differentiates the energy of four atoms along a direction with 40 digits."""
    rng = np.random.default_rng(7)
    positions = 3 + np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.1]]) + rng.normal(0, 0.05, (4, 3))
    z = rng.normal(size=(4, 3))
    z /= np.linalg.norm(z)

    def energy(amplitude):
        x = [
            [mpmath.mpf(a) + amplitude * mpmath.mpf(b) for a, b in zip(*pair, strict=True)]
            for pair in zip(positions, z, strict=True)
        ]
        squares = [
            mpmath.fsum((a - b) ** 2 for a, b in zip(x[i], x[j], strict=True)) for i in range(4) for j in range(i)
        ]
        return mpmath.fsum(
            s**-3 + mpmath.fsum(c * s**power for power, c in enumerate(inverse_power.tail)) for s in squares
        )

    with mpmath.workdps(40):
        expected = [float(mpmath.diff(energy, 0, order)) for order in (2, 3, 4)]
    found = mode_derivatives(Configuration(positions, 12.0), 5 * z[None])
    np.testing.assert_allclose([value[0] for value in found[:3]], expected, rtol=1e-11)


def test_two_atoms_along_their_bond_have_the_derivatives_of_the_pair():
    pair, z = Configuration([[1, 1, 1], [2.2, 1, 1]], 12.0), [[[1, 0, 0], [-1, 0, 0]]]
    # each moves by 1/√2, so that the distance changes by -√2 per A: closer for a positive A
    z = -np.array(z)
    kappa, tau, chi, bend = mode_derivatives(pair, z)
    expected = [inverse_power.pair(1.2, order) * 2 ** (order / 2) for order in (2, 3, 4)]
    np.testing.assert_allclose([kappa[0], tau[0], chi[0]], expected, rtol=1e-12)
    assert np.sum(bend[0] * z[0]) / np.sqrt(2) == pytest.approx(tau[0])


def test_derivatives_along_a_soft_mode_are_the_limit_of_centred_differences(glass, softest):
    """Errors of three steps fall as their squares."""
    z, errors = softest[0], []
    kappa, tau, chi, _ = (value[0] for value in mode_derivatives(glass, softest, potential=SMOOTH))
    for h in (0.2, 0.1, 0.05):
        low, lower, middle, higher, high = (
            SMOOTH.energy(glass.moved(glass.positions + h * k * z)) for k in range(-2, 3)
        )
        second = (-high - low + 16 * (higher + lower) - 30 * middle) / (12 * h**2)
        third = (high - 2 * higher + 2 * lower - low) / (2 * h**3)
        fourth = (high + low - 4 * (higher + lower) + 6 * middle) / h**4
        errors.append([abs(second - kappa) / kappa, abs(third / tau - 1), abs(fourth / chi - 1)])
    np.testing.assert_array_less(errors[-1], [1e-4, 2e-2, 2e-3])
    assert errors[1][1] / errors[2][1] == pytest.approx(4, rel=0.1)
    assert errors[1][2] / errors[2][2] == pytest.approx(4, rel=0.1)


def test_second_derivative_is_the_rayleigh_quotient_and_the_third_changes_sign_with_the_mode(glass, softest):
    hessian = SMOOTH.hessian(glass)
    kappa, tau, chi, bend = mode_derivatives(glass, softest, potential=SMOOTH)
    np.testing.assert_allclose(kappa, [z.ravel() @ hessian @ z.ravel() for z in softest], rtol=1e-10)
    mirrored = mode_derivatives(glass, -3 * softest, potential=SMOOTH)
    for value, image in zip((kappa, -tau, chi, bend), mirrored, strict=True):
        np.testing.assert_allclose(image, value, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
def test_relaxed_quartic_term_is_that_of_a_constrained_minimum(glass, softest):
    """Displace along the mode, let everything else find its minimum, and read the fourth power off."""
    found = anharmonic_modes(glass, 1, potential=SMOOTH)
    z = softest[0].ravel()
    # a mode and the translations are invariant: this matrix serves all that is orthogonal to them
    factors = cho_factor(SMOOTH.hessian(glass).toarray() + np.tile(np.eye(3), (500, 500)))

    def constrained(amplitude):
        positions = glass.positions + amplitude * softest[0]
        for _ in range(40):
            forces = SMOOTH.forces(glass.moved(positions)).ravel()
            positions = positions + cho_solve(factors, forces - z * (z @ forces)).reshape(-1, 3)
        assert np.abs(forces - z * (z @ forces)).max() < 1e-9
        return SMOOTH.energy(glass.moved(positions))

    estimates = []
    for h in (0.06, 0.12):
        even = constrained(h) + constrained(-h) - 2 * SMOOTH.energy(glass)
        estimates.append((even - found.kappa[0] * h**2) * 12 / h**4)
    # the sixth order, extrapolated away
    assert (4 * estimates[0] - estimates[1]) / 3 == pytest.approx(found.chi_relaxed[0], rel=0.02)
    assert found.chi_relaxed[0] < 0.5 * found.chi[0]


def test_shifted_and_scaled_potential_is_the_same_polynomial():
    soft = modes(0.3, -1.7, 11.0)
    a = np.linspace(-2, 2, 9)
    plain = 0.3 * a**2 / 2 - 1.7 * a**3 / 6 + 11 * a**4 / 24
    shift, _, _ = soft.symmetric
    w, d_1, d_2 = soft.soft_potential(0.05)
    length = (0.05**2 / (2 * 11 / 24)) ** (1 / 6)
    y = (a + shift) / length
    scaled = w * (d_1 * y + d_2 * y**2 + y**4)
    np.testing.assert_allclose(scaled - scaled[4], plain, atol=1e-12)


@pytest.mark.parametrize("tau", [0.2, -1.5, 2.6])
def test_soft_potential_agrees_with_the_theory_of_its_asymmetry(tau):
    """D_1 and D_2 from s and from the quantum e of the harmonic vibration, e W = ħω."""
    soft = modes(0.3, tau, 11.0)
    w, d_1, d_2 = soft.soft_potential(0.05)
    expected = soft_potential(0.05 * np.sqrt(0.3) / w, np.sign(tau) * soft.asymmetry)
    np.testing.assert_allclose((d_1, d_2), expected, rtol=1e-12)


def test_levels_of_the_soft_potential_are_those_of_the_mode():
    """Schrödinger's equation in the mode's own coordinate, on a grid."""
    kappa, tau, chi, planck = 0.3, -1.5, 11.0, 0.2
    w, d_1, d_2 = modes(kappa, tau, chi).soft_potential(planck)
    a = np.linspace(-3, 3, 6001)
    potential, kinetic = kappa * a**2 / 2 + tau * a**3 / 6 + chi * a**4 / 24, planck**2 / (2 * (a[1] - a[0]) ** 2)
    direct = eigh_tridiagonal(potential + 2 * kinetic, np.full(6000, -kinetic), select="i", select_range=(0, 3))[0]
    np.testing.assert_allclose(w * np.diff(energy_levels(d_1[0], d_2[0], count=4).ravel()), np.diff(direct), rtol=1e-5)


def test_length_makes_eq3_the_quartic_term_and_eq5_the_potential():
    soft, omega_c, amplitude = modes(0.3, 0.0, 11.0), 5.0, 0.7
    a, (epsilon, eta) = soft.quartic_length(omega_c), soft.mode_parameters(omega_c)
    np.testing.assert_allclose(epsilon, mode_energy(50.0, 1.0, a, omega_c), rtol=1e-12)
    energy = mode_potential(mode_coordinate(amplitude, 50.0, 1.0, a), eta, epsilon)
    np.testing.assert_allclose(energy, 0.3 * amplitude**2 / 2 + 11 * amplitude**4 / 24, rtol=1e-12)
    np.testing.assert_allclose(soft.soft_potential(hbar)[0], crossover_energy(50 * a**2, 1.0, omega_c), rtol=1e-12)


def test_second_minimum_appears_at_the_root_of_eight_ninths_and_becomes_the_lower_one_at_one():
    for s, minima in ((0.94, 1), (0.945, 2), (0.99, 2), (1.01, 2)):
        soft = modes(1.0, s * np.sqrt(3 * 2.0), 2.0)
        assert soft.asymmetry[0] == pytest.approx(s)
        slopes = np.roots([2 / 6, soft.tau[0] / 2, 1.0, 0.0])
        assert np.sum(np.abs(slopes.imag) < 1e-9) == 2 * minima - 1
        real = slopes[np.abs(slopes.imag) < 1e-9].real
        lowest = min(a**2 / 2 + soft.tau[0] * a**3 / 6 + 2 * a**4 / 24 for a in real)
        assert (lowest < -1e-9) == (s > 1)


@pytest.mark.parametrize("s", [0.95, 1.0, 1.4])
def test_second_minimum_is_where_a_grid_finds_it(s):
    soft = modes(0.3, s * np.sqrt(3 * 0.3 * 11.0), 11.0, n_k=4.0)
    a = np.linspace(-3, -0.05, 200_001)
    energy = 0.3 * a**2 / 2 + soft.tau * a**3 / 6 + 11 * a**4 / 24
    inner = np.flatnonzero((energy[1:-1] < energy[2:]) & (energy[1:-1] < energy[:-2]))
    assert soft.second_minimum[0] == pytest.approx(-a[1:-1][inner[0]] / 2, abs=1e-4)
    assert np.isnan(modes(0.3, 0.94 * np.sqrt(3 * 0.3 * 11.0), 11.0).second_minimum).all()


def test_curve_of_a_mode_that_freezes_in_solves_eq20_in_units_of_the_melting_point():
    for formation_energy in (3.0, 5.9):
        beta, epsilon = 1 / 0.6, mode_energy_at_freezing(0.0055, formation_energy)
        assert stability_residual(0.0055, beta * epsilon, beta * formation_energy) == pytest.approx(0, abs=1e-6)


def test_negative_quartic_term_has_no_length():
    soft = modes(0.3, 0.1, -2.0)
    for value in (soft.quartic_length(5.0), soft.asymmetry, *soft.soft_potential(0.1), soft.mode_parameters(5.0)[0]):
        assert np.isnan(value).all()
    assert np.isnan(modes(-0.3, 0.1, 2.0).frequencies).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: mode_derivatives(g, np.ones((500, 3))), r"^modes must have shape \(k, 500, 3\), got \(500, 3\)$"),
        (lambda g: mode_derivatives(g, np.zeros((1, 500, 3))), "^modes must not be zero, got one in which no atom"),
        (lambda g: mode_derivatives(g, np.full((1, 500, 3), np.nan)), "^modes must be finite, got nan$"),
        (lambda g: anharmonic_modes(g, 0), "^count must be an integer of at least 1, got 0$"),
        (lambda g: modes(1, 1, 1).soft_potential(-1.0), "^hbar must be positive and finite, got -1.0$"),
        (lambda g: modes(1, 1, 1).quartic_length(0.0), "^omega_c must be positive and finite, got 0.0$"),
        (lambda g: modes(1, 1, 1).mode_parameters(np.ones(2)), "^omega_c must be one number"),
        (
            lambda g: anharmonic_modes(g, 1, modes=SOME),
            "^modes must be those of this configuration and potential",
        ),
    ],
)
def test_bad_input_gives_one_clear_line(glass, call, message):
    with pytest.raises(ValueError, match=message):
        call(glass)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "glasses"), [(500, 200), (1000, 100)])
def test_shipped_modes_are_those_of_the_shipped_structures(n, glasses):
    ensemble = load_ensembles().glasses[n]
    shipped = ensemble.soft_modes
    assert shipped.kappa.shape == (glasses, 10)
    np.testing.assert_allclose(shipped.frequencies, ensemble.frequencies[:, :10], rtol=1e-5)
    again = anharmonic_modes(ensemble.structure(1), 10)
    np.testing.assert_allclose(again.participation_number, shipped.participation_number[1], rtol=1e-4)
    np.testing.assert_allclose(again.chi, shipped.chi[1], rtol=1e-6)
    np.testing.assert_allclose(again.chi_relaxed, shipped.chi_relaxed[1], atol=1e-6)
    np.testing.assert_allclose(np.abs(again.tau), np.abs(shipped.tau[1]), rtol=1e-5)


def test_length_of_the_softest_modes_is_that_of_both_sizes():
    lengths = [load_ensembles().glasses[n].soft_modes.quartic_length(5.2)[:, 0] for n in (500, 1000)]
    assert np.median(lengths[1]) == pytest.approx(np.median(lengths[0]), rel=0.05)


def test_first_maximum_is_the_same_at_both_sizes_within_its_flat_maximum():
    small, large = (first_maximum(ensemble) for ensemble in load_ensembles().glasses.values())
    assert (small, large) == pytest.approx((0.825, 0.805), abs=1e-6)


def test_straight_modes_are_neither_uniform_in_s_nor_without_a_length():
    """The spread of a hundred uniform samples of as many glasses never comes near what is found."""
    straight = load_ensembles().glasses[500].soft_modes
    relaxed = straight.relaxed
    assert (straight.chi > 0).all()
    assert np.all(relaxed.chi < straight.chi)
    medians = np.median(np.random.default_rng(0).uniform(size=(100, 200)), axis=1)
    assert np.median(straight.asymmetry[:, 0]) < medians.min() / 2
    # the order of the interatomic distance, as the paper assumes, with the whole uncertainty of ν_c
    for nu_c in (0.67, 0.97):
        low, high = np.quantile(straight.quartic_length(2 * np.pi * nu_c)[:, 0], (0.16, 0.84))
        assert 0.4 < low < high < 0.8


def test_energy_of_the_soft_potentials_is_that_of_the_measured_length_in_si_units():
    """Eqs 6 and 7 with each mode's own N_k and a, in metres, and the printed ν_c: no reduced Planck constant."""
    glasses, nu_c = load_ensembles().glasses[500], first_maximum(load_ensembles().glasses[500])
    modes = glasses.soft_modes
    areas = (modes.participation_number * modes.quartic_length(2 * pi * nu_c) ** 2)[:, 0]
    for row, material in zip(soft_potentials(glasses, nu_c), estimated_materials().values(), strict=True):
        metres = (material.mass / material.density) ** (2 / 3) * areas
        found = crossover_energy(metres, material.mass, 2 * pi * material.crystal_frequency.n) / k
        assert float(row.found.split("±")[0]) == pytest.approx(np.median(found), abs=6e-4)
        # W goes with χ^⅓ and nothing else
        freed = np.median(found * (glasses.pseudo_chi[:, 0] / glasses.chi[:, 0]) ** (1 / 3))
        assert float(row.freed.split("±")[0]) == pytest.approx(freed, rel=0.01)
        printed = material.crossover_energy.n / k
        # ν_c of the computer glass is known to 20 %, and W goes with its power 2/3
        assert abs(float(row.found.split("±")[0]) / printed - 1) < 0.25


def test_figures_draw_the_modes_and_describe_themselves():
    modes, nu_c = load_ensembles().glasses[500].soft_modes, first_maximum(load_ensembles().glasses[500])
    drawings = {
        "straight: median 0.156±0.008, 99.5% single wells": lambda ax: plot_asymmetry(ax, modes),
        "has 1.71±0.08 where its quartic term is positive, in 80 of 200 glasses": lambda ax: plot_quartic_length(
            ax, modes, nu_c
        ),
        "freed of sound, N = 1000, 1820 ± 116 and 1159 ± 150; eq. 24 rises through 555 and 988": lambda ax: (
            plot_mode_plane(ax, load_ensembles().glasses, nu_c, (3.0, 6.0))
        ),
        "two minima: straight, 1 of 2000": lambda ax: plot_soft_potentials(ax, modes, nu_c),
    }
    assert "nan" not in plot_quartic_length(Figure().subplots(), load_ensembles().glasses[1000].soft_modes, nu_c)
    for words, draw in drawings.items():
        ax = Figure().subplots()
        assert words in draw(ax)
        assert ax.get_xlabel()
        assert ax.has_data()
