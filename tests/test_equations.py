"""The equations as printed, written down once more as symbols: dimensions, limits, and what follows from what."""

import numpy as np
import pytest
import sympy as sp

from softmodes.theory.potential import participation_number
from softmodes.theory.stability import stability_curve

N, M, a, w, A, u, hbar, kT, T = sp.symbols("N_k M a omega_c A_k u_i hbar kT T", positive=True)
epsilon, epsilon_m, u2, s = sp.symbols("epsilon_k epsilon_m u2 s", positive=True)
eta, h, x = sp.symbols("eta_k eta_prime x_k", real=True)
beta = 1 / kT
kilogram, metre, second = sp.symbols("kg m s", positive=True)
JOULE = kilogram * metre**2 / second**2
UNITS = {M: kilogram, a: metre, u: metre, w: 1 / second, A: metre * sp.sqrt(kilogram), hbar: JOULE * second}
UNITS |= {energy: JOULE for energy in (kT, epsilon, epsilon_m)}
PURE = {symbol: 1 for symbol in (N, eta, h, x, u2)}

EPSILON = N * M * a**2 * w**2 / 2
W = (hbar**2 / (2 * N * M * a**2)) ** sp.Rational(2, 3) * EPSILON ** sp.Rational(1, 3)
X = A / sp.sqrt(N * M * a**2)
GAMMA = sp.gamma(sp.Rational(1, 4)) / sp.gamma(sp.Rational(3, 4))
ROOT = sp.sqrt((beta * epsilon_m / u2) ** 2 - 2 * beta * epsilon_m * h / u2)

# Eqs 1, 2, 13, 14 and 16 relate pure numbers, eq. 9 is in units of its own.
TERMS = {
    3: (M * a**2 * w**2 / 2 * (u / a) ** 4, JOULE),
    4: (X, 1),
    5: (epsilon * (eta * x**2 + x**4), JOULE),
    6: (EPSILON, JOULE),
    7: (W, JOULE),
    11: (beta * epsilon * x**4, 1),
    12: (epsilon * x**2, JOULE),
    15: (epsilon_m * (1 - eta) ** 2, JOULE),
    17: (w**2 * A**2 - 2 * epsilon_m * (1 - eta), JOULE),
    18: (w**2 * A**2 / 2 - 2 * epsilon_m * (1 - eta), JOULE),
    19: (sp.sqrt(1 - 1 / (beta * epsilon_m)) / 2, 1),
    20: (epsilon * x**2 - 2 * epsilon_m * (1 - eta), JOULE),
    21: (x**2 * sp.exp(-beta * epsilon * x**4), 1),
    23: (4 * GAMMA**2 * (beta * epsilon_m) ** 2, 1),
    24: (beta * epsilon_m / u2 + ROOT, 1),
}


@pytest.mark.parametrize("number", TERMS)
def test_every_term_of_an_equation_has_its_dimension(number):
    """Units of measurement that are changed change every term of a sum as they change the whole, and no pure number."""
    expression, dimension = TERMS[number]
    measures = {kilogram: sp.Integer(7), metre: sp.Integer(3), second: sp.Integer(5)}
    changed = {symbol: symbol * sp.sympify(unit).subs(measures) for symbol, unit in UNITS.items()}
    values = {symbol: sp.Rational(2 * k + 3, 7 + k) for k, symbol in enumerate((*UNITS, *PURE))}
    values[epsilon_m] = 50 * values[kT]
    ratio = expression.subs(changed, simultaneous=True).subs(values) / expression.subs(values)
    assert float(ratio) == pytest.approx(float(sp.sympify(dimension).subs(measures)), rel=1e-12)


def test_eq5_is_what_eqs_3_and_4_make_of_the_amplitude():
    assert sp.simplify((EPSILON * eta * X**2) - eta * w**2 * A**2 / 2) == 0
    shares = sp.symbols("e1:4", positive=True)
    count = 1 / sum(share**4 for share in shares)
    atoms = sum(M * a**2 * w**2 / 2 * (A * share / sp.sqrt(M) / a) ** 4 for share in shares)
    assert sp.simplify(atoms - (EPSILON * X**4).subs(N, count)) == 0


def test_eqs_6_and_7_fix_the_product_of_atoms_and_squared_length():
    assert sp.simplify(W**3 - hbar**4 * w**2 / (8 * M * N * a**2)) == 0


@pytest.mark.parametrize("quantity", [EPSILON, W, X], ids=["eq6", "eq7", "eq4"])
def test_only_the_product_of_atoms_and_squared_length_matters(quantity):
    """Neither the potential nor the crossover changes with N_k if N_k a² is kept."""
    t = sp.symbols("t", positive=True)
    assert sp.simplify(quantity.subs({N: t * N, a: a / sp.sqrt(t)}, simultaneous=True) / quantity) == 1


def test_eq20_is_eq18_in_the_coordinate_of_eq4():
    assert sp.simplify(EPSILON * X**2 - w**2 * A**2 / 2) == 0


def test_eq12_is_the_slope_of_eq11():
    """Under the integral: the Boltzmann factor falls with η_k by ε_k x_k² over k_BT."""
    weight = sp.exp(-beta * epsilon * (eta * x**2 + x**4))
    assert sp.simplify(-kT * sp.diff(weight, eta) / weight - epsilon * x**2) == 0


@pytest.mark.parametrize(("factor", "follows"), [(sp.Rational(1, 2), True), (1, False)])
def test_eq17_needs_one_half_to_follow_from_eqs_10_and_13_to_16(factor, follows):
    """Printed without the ½ (factor 1)."""
    modes = list(zip(sp.symbols("share:2"), sp.symbols("square:2"), sp.symbols("eta:2"), strict=True))
    eta_s = sum(share * one for share, _, one in modes)
    slope = sp.diff(epsilon_m * (1 - x) ** 2, x).subs(x, eta_s)
    forces = sum(w**2 * square / 2 * share for share, square, _ in modes)
    printed = sum((factor * w**2 * square - 2 * epsilon_m * (1 - one)) * share for share, square, one in modes)
    total = (slope + forces - printed).subs(modes[1][0], 1 - modes[0][0])
    assert (sp.expand(total) == 0) is follows


def test_eq16_is_exact_if_the_local_motion_alone_softens():
    """δη_k = (s·e_k)² δη_s for two modes, and their sum is δη_s; the eigenvectors turn, or eq. 14 would lose δη_s."""
    angle, change = sp.symbols("phi delta", real=True)
    local = sp.Matrix([sp.cos(angle), sp.sin(angle)])
    matrix = sp.diag(1, 3) - change * local * local.T
    levels = sorted(matrix.eigenvals(), key=lambda level: float(level.subs({angle: sp.Rational(1, 3), change: 0})))
    for level, share in zip(levels, local, strict=True):
        assert sp.simplify(-sp.diff(level, change).subs(change, 0) - share**2) == 0
    assert sp.simplify(sum(levels) - (4 - change)) == 0


@pytest.mark.parametrize(("sign", "solves"), [(1, True), (-1, True), (0, False)])
def test_eq19_needs_one_plus_or_minus_to_solve_eq20(sign, solves):
    """Printed without it (sign 0); a harmonic mode has ε_k⟨x_k²⟩ = k_BT/2η_k."""
    root = sp.sqrt(1 - 1 / (beta * epsilon_m))
    limit = (1 + sign * root) / 2 if sign else root / 2
    assert (sp.simplify(kT / (2 * limit) - 2 * epsilon_m * (1 - limit)) == 0) is solves


def test_eq22_is_the_definition_of_gamma():
    """With v = w tⁿ the integrand is v^(z/n − 1) e^(−v) / n w^(z/n)."""
    weight, n, z, v = sp.symbols("w n z v", positive=True)
    t = (v / weight) ** (1 / n)
    integrand = sp.exp(-v) * t ** (z - 1) * sp.diff(t, v)
    assert sp.simplify(integrand * n * weight ** (z / n) / (sp.exp(-v) * v ** (z / n - 1))) == 1


def test_eq23_follows_from_eqs_20_to_22():
    """⟨x_k²⟩ is the ratio of eq. 22 at z = 3 and z = 1, n = 4, w = βε_k."""
    mean_square = 1 / (GAMMA * sp.sqrt(beta * epsilon))
    (found,) = sp.solve(epsilon * mean_square - 2 * epsilon_m, epsilon)
    assert sp.simplify(beta * found / (4 * GAMMA**2 * (beta * epsilon_m) ** 2)) == 1
    assert round(float(4 * GAMMA**2), 3) == 35.015


def test_eq24_has_the_roots_of_eq20():
    """With s² = βε_k, x_k² = u²/s and η_k = η′/s."""
    residual = s**2 * kT * (u2 / s) - 2 * epsilon_m * (1 - h / s)
    printed = [beta * epsilon_m / u2 + sign * ROOT for sign in (1, -1)]
    for value in printed:
        assert sp.simplify((residual * s).subs(s, value)) == 0
    # at ⟨u²⟩ = 1/2η′, the limit of harmonic modes, η′/s tends to the η_2 and η_1 of eq. 19
    for value, sign in zip(printed, (-1, 1), strict=True):
        limit = (1 + sign * sp.sqrt(1 - 1 / (beta * epsilon_m))) / 2
        at = {kT: 1, epsilon_m: 5, h: 40}
        assert float((h / value).subs(u2, 1 / (2 * h)).subs(at)) == pytest.approx(float(limit.subs(at)), rel=1e-12)


def test_eq24_rises_with_the_restoring_force_to_its_limit():
    curve = stability_curve(5.0, branch="strong", eta_prime=np.linspace(-2, 60, 200))
    assert np.all(np.diff(curve.eta) > 0)
    assert np.all(np.diff(curve.epsilon) > 0)
    assert curve.eta[-1] == pytest.approx((1 - np.sqrt(1 - 1 / 5)) / 2, rel=1e-2)


@pytest.mark.parametrize("atoms", [1, 2, 7, 500])
def test_count_by_the_largest_displacement_is_never_larger(atoms):
    """The effective mass of the largest displacement is M/max|e_i|²."""
    shapes = np.random.default_rng(atoms).normal(size=(100, atoms, 3))
    lengths = np.sum(shapes**2, axis=-1)
    assert np.all(lengths.sum(axis=-1) / lengths.max(axis=-1) <= participation_number(shapes) * (1 + 1e-12))
