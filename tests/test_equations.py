"""The equations as printed, written down once more as symbols: dimensions, limits, and what follows from what."""

import numpy as np
import pytest
import sympy as sp

from softmodes.glass import inverse_power
from softmodes.theory.heat_capacity import (
    asymptotic_crossover_ratio,
    tunnelling_heat_capacity,
    vibrational_heat_capacity,
)
from softmodes.theory.potential import participation_number
from softmodes.theory.stability import stability_curve

N, M, a, w, A, u, hbar, kT, T, k_B = sp.symbols("N_k M a omega_c A_k u_i hbar kT T k_B", positive=True)
epsilon, epsilon_m, u2, s = sp.symbols("epsilon_k epsilon_m u2 s", positive=True)
eta, h, x = sp.symbols("eta_k eta_prime x_k", real=True)
beta = 1 / kT
kilogram, metre, second, kelvin = sp.symbols("kg m s K", positive=True)
JOULE = kilogram * metre**2 / second**2
UNITS = {M: kilogram, a: metre, u: metre, w: 1 / second, A: metre * sp.sqrt(kilogram), hbar: JOULE * second}
UNITS |= {energy: JOULE for energy in (kT, epsilon, epsilon_m)} | {T: kelvin, k_B: JOULE / kelvin}
PURE = {symbol: 1 for symbol in (N, eta, h, x, u2)}

EPSILON = N * M * a**2 * w**2 / 2
W = (hbar**2 / (2 * N * M * a**2)) ** sp.Rational(2, 3) * EPSILON ** sp.Rational(1, 3)
X = A / sp.sqrt(N * M * a**2)
GAMMA = sp.gamma(sp.Rational(1, 4)) / sp.gamma(sp.Rational(3, 4))
ROOT = sp.sqrt((beta * epsilon_m / u2) ** 2 - 2 * beta * epsilon_m * h / u2)

E = sp.sqrt(M) * u / A
"""Component of an eigenvector, as the displacement of an atom in a mode of amplitude A_k makes it."""

TERMS = {
    1: (E**2, 1),
    2: (1 / (E**2) ** 2, 1),
    3: (M * a**2 * w**2 / 2 * (u / a) ** 4, JOULE),
    4: (X, 1),
    5: (epsilon * (eta * x**2 + x**4), JOULE),
    6: (EPSILON, JOULE),
    7: (W, JOULE),
    8: (W - 1.6 * k_B * T, JOULE),
    9: (epsilon * (a / u) ** 6, JOULE),
    10: (epsilon / u - kT / u, JOULE / metre),
    11: (beta * epsilon * x**4, 1),
    12: (epsilon * x**2, JOULE),
    13: ((E * E) ** 2, 1),
    14: ((E * E) ** 2 * eta * w**2 * A**2 / 2, JOULE),
    15: (epsilon_m * (1 - eta) ** 2, JOULE),
    16: (eta - (E * E) ** 2, 1),
    17: (w**2 * A**2 - 2 * epsilon_m * (1 - eta), JOULE),
    18: (w**2 * A**2 / 2 - 2 * epsilon_m * (1 - eta), JOULE),
    19: (sp.sqrt(1 - 1 / (beta * epsilon_m)) / 2, 1),
    20: (epsilon * x**2 - 2 * epsilon_m * (1 - eta), JOULE),
    21: (x**2 * sp.exp(-beta * epsilon * x**4), 1),
    22: ((beta * epsilon / A**4) ** sp.Rational(-3, 4), (metre * sp.sqrt(kilogram)) ** 3),
    23: (4 * GAMMA**2 * (beta * epsilon_m) ** 2, 1),
    24: (beta * epsilon_m / u2 + ROOT, 1),
}
"""Each equation, printed in numbers or not, by the quantities that it is about: where it is printed so, these alone."""


def has_dimension(expression, dimension):
    """Units of measurement that are changed change every term of a sum as they change the whole, and no pure number."""
    measures = {kilogram: 7, metre: 3, second: 5, kelvin: 11}
    values = {symbol: complex(2 * k + 3) / (7 + k) for k, symbol in enumerate((*UNITS, *PURE))}
    values[epsilon_m] = 50 * values[kT]
    changed = values | {symbol: values[symbol] * sp.sympify(unit).subs(measures) for symbol, unit in UNITS.items()}
    value = sp.lambdify(list(values), expression, "numpy")
    ratio = value(*map(complex, changed.values())) / value(*values.values())
    return ratio == pytest.approx(float(sp.sympify(dimension).subs(measures)), rel=1e-12)


@pytest.mark.parametrize("number", range(1, 25))
def test_every_term_of_an_equation_has_its_dimension(number):
    """And has it no longer if a quantity loses its exponent."""
    expression, dimension = TERMS[number]
    assert has_dimension(expression, dimension)
    for symbol in expression.free_symbols & UNITS.keys():
        assert not has_dimension(expression.subs(symbol, sp.sqrt(symbol)), dimension)


def test_eq9_is_an_energy_in_units_of_its_own_only():
    """As printed it is a length to the power of -6: σ and ε of the spheres are 1."""
    assert has_dimension(1 / u**6, metre**-6)


ATOMS = [sp.Matrix(sp.symbols(f"e{atom}_1:4", real=True)) for atom in range(3)]
LINES = [sp.Matrix(line) / length for line, length in (([1, 2, 2], 3), ([2, -3, 6], 7), ([8, 4, -1], 9))]


def atoms_add_up(norm):
    """Does `norm` = 1 make the harmonic energy of the atoms, Mω_c²u_i²/2 with u_i = A_k e_i/M^½, that of eq. 5?"""
    energies = sum(M * w**2 * (A * e / sp.sqrt(M)).dot(A * e / sp.sqrt(M)) / 2 for e in ATOMS)
    return sp.expand(energies / (w**2 * A**2 / 2) - norm(ATOMS)) == 0


def counts_atoms(number):
    """Is `number` 1 if one atom moves, n if n move by the same, each along a line of its own, and of no order?"""
    still, mode = sp.zeros(3, 1), [sp.Matrix([1, 2, 0]), sp.Matrix([0, 0, 3]), sp.Matrix([1, 0, 1])]
    alike = [[*(line / sp.sqrt(n) for line in LINES[:n]), *[still] * (3 - n)] for n in (1, 2, 3)]
    return [sp.simplify(number(atoms)) for atoms in alike] == [1, 2, 3] and number(mode) == number(mode[::-1])


@pytest.mark.parametrize(
    ("norm", "holds"),
    [
        (lambda atoms: sum(e.dot(e) for e in atoms), True),
        (lambda atoms: sum(e.dot(e) for e in atoms) / 2, False),
        (lambda atoms: sum(sum(e) for e in atoms), False),
        (lambda atoms: sum(sum(e) ** 2 for e in atoms), False),
        (lambda atoms: sum(e.dot(e) ** 2 for e in atoms), False),
    ],
    ids=["printed", "factor", "exponent lost", "square of the sum", "power"],
)
def test_eq1_makes_the_mode_of_its_atoms(norm, holds):
    assert atoms_add_up(norm) is holds


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        (lambda atoms: 1 / sum(e.dot(e) ** 2 for e in atoms), True),
        (lambda atoms: sum(e.dot(e) ** 2 for e in atoms), False),
        (lambda atoms: 1 / sum(e.dot(e) for e in atoms), False),
        (lambda atoms: 1 / sum(e.dot(e) ** 3 for e in atoms), False),
        (lambda atoms: 2 / sum(e.dot(e) ** 2 for e in atoms), False),
        (lambda atoms: 1 / sum(component**4 for e in atoms for component in e), False),
        (lambda atoms: 1 / sum((e[0] ** 2 + e[1] ** 2) ** 2 for e in atoms), False),
        (lambda atoms: 1 / sum(e.dot(e) ** 2 * (1 + place) for place, e in enumerate(atoms)), False),
    ],
    ids=["printed", "inverse lost", "square lost", "power", "factor", "components", "direction lost", "order"],
)
def test_eq2_counts_atoms(number, holds):
    assert counts_atoms(number) is holds


def test_eq2_is_a_number_whatever_the_unit():
    """With eq. 1 put in, u_i in cm or m; without it the fourth power of the unit is left."""
    t = sp.symbols("t", positive=True)

    def count(atoms):
        return sum(e.dot(e) for e in atoms) ** 2 / sum(e.dot(e) ** 2 for e in atoms)

    assert sp.simplify(count([t * e for e in ATOMS]) - count(ATOMS)) == 0
    numbers = {symbol: k + 1 for k, symbol in enumerate(sp.Matrix.vstack(*ATOMS))}
    shape = np.array([e.subs(numbers) for e in ATOMS], dtype=float).reshape(3, 3)
    assert participation_number(shape) == pytest.approx(float(count(ATOMS).subs(numbers)), rel=1e-14)


t, v = sp.symbols("t v", positive=True)
# n(e) = e⁴/8 times Einstein's function, ∫x⁶eˣ/(eˣ - 1)²dx = 6!ζ(6); 4v^¼ times Schottky's, ∫(x/2)²/cosh²(x/2)dx = π²/6
VIBRATIONS = t**5 * sp.factorial(6) * sp.zeta(6) / 8
TUNNELLING = 4 * v ** sp.Rational(1, 4) * t * sp.pi**2 / 6


@pytest.mark.parametrize(
    ("vibrations", "tunnelling", "holds"),
    [
        (VIBRATIONS, TUNNELLING, True),
        (VIBRATIONS / 8, TUNNELLING, False),
        (VIBRATIONS, 2 * TUNNELLING, False),
        (VIBRATIONS / t, TUNNELLING, False),
        (VIBRATIONS, TUNNELLING * t, False),
        (VIBRATIONS, TUNNELLING * v ** sp.Rational(3, 4), False),
        (VIBRATIONS, TUNNELLING / v ** sp.Rational(1, 2), False),
    ],
    ids=["derived", "1/8 twice", "factor", "T⁴", "T²", "exponent lost", "sign of the exponent"],
)
def test_eq8_is_where_the_laws_of_tunnelling_and_vibrations_cross(vibrations, tunnelling, holds):
    """T* is where their sum over T³ is least; the printed 1.6 means barriers of 12.4 to 34 W."""
    ratio = (sp.pi**4 / 7) ** sp.Rational(1, 4) * v ** sp.Rational(-1, 16)
    slope = sp.diff((vibrations + tunnelling) / t**3, t).subs(t, 1 / ratio)
    assert (sp.simplify(slope) == 0) is holds
    if holds:
        assert sp.simplify((vibrations - tunnelling).subs(t, 1 / ratio)) == 0
        printed = sp.lambdify(v, ratio)(np.array([12.4, 20, 33.8]))
        assert printed == pytest.approx([1.65, 1.60, 1.55], abs=0.005)
        assert asymptotic_crossover_ratio([12.4, 20, 33.8]) == pytest.approx(printed, rel=1e-12)
        at = {t: 0.3, v: 17}
        assert vibrational_heat_capacity(0.3) == pytest.approx(float(vibrations.subs(at)), rel=1e-12)
        assert tunnelling_heat_capacity(0.3, v_max=17) == pytest.approx(float(tunnelling.subs(at)), rel=1e-12)


r, scale = sp.symbols("r lambda", positive=True)


@pytest.mark.parametrize(
    ("pair", "holds"),
    [(r**-6, True), (r**-5, False), (r**6, False), (-(r**-6), False), (2 * r**-6, False), (r**-6 + 1, False)],
    ids=["printed", "power", "sign of the power", "sign", "factor", "not 0 far away"],
)
def test_eq9_is_a_pure_repulsion_of_power_six(pair, holds):
    """Of no scale but ρ: energies go as ρ^(6/3), and k_BT at freezing with them, eigenvalues as ρ^(8/3)."""
    stiffness = sp.diff(pair, r, 2) + 2 * sp.diff(pair, r) / r  # of a pair, summed over the directions
    limits = sp.limit(pair, r, sp.oo) == 0, pair.subs(r, 1) == 1, sp.simplify(stiffness - 30 / r**8) == 0
    powers = [sp.simplify(each.subs(r, r * scale ** sp.Rational(-1, 3)) / each) for each in (pair, stiffness)]
    assert all((*limits, powers == [scale**2, scale ** sp.Rational(8, 3)])) is holds
    # what is computed has a cutoff, u = u' = 0 at 3, by A r⁴ + B
    slope, shift = sp.symbols("A B")
    cut = pair + slope * r**4 + shift
    cut = cut.subs(sp.solve([cut.subs(r, 3), sp.diff(cut, r).subs(r, 3)], [slope, shift]))
    places = [0.8, 1.1, 2.0, 2.9]
    agree = [
        inverse_power.pair(places, order) == pytest.approx([float(sp.diff(cut, r, order).subs(r, x)) for x in places])
        for order in range(5)
    ]
    assert all(agree) is (holds or pair == r**-6 + 1)  # the cutoff takes a constant away
    if holds:
        assert inverse_power.freezing * 2.295**2 == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize(
    ("share", "thirteen", "fourteen"),
    [
        (lambda dot: dot**2, True, True),
        (lambda dot: dot, False, False),
        (lambda dot: dot**4, False, False),
        (lambda dot: -(dot**2), False, False),
        (lambda dot: 2 * dot**2, False, False),
        (lambda dot: (1 - dot**2) / 2, True, False),
    ],
    ids=["printed", "exponent lost", "power", "sign", "factor", "the others' share"],
)
def test_eqs_13_and_14_are_identities(share, thirteen, fourteen):
    """Of any matrix: its modes are complete, and η_s is sᵀHs/ω_c², a mean: where all η_k are alike, they are η_s."""
    skew = sp.Matrix([[0, 1, -2], [-1, 0, 3], [2, -3, 0]])
    modes = (sp.eye(3) - skew) * (sp.eye(3) + skew).inv()  # an orthogonal matrix of fractions
    levels = sp.symbols("eta1:4", real=True)
    hessian = modes * (w**2 * sp.diag(*levels)) * modes.T
    for s in LINES:
        shares = [share(s.dot(modes[:, k])) for k in range(3)]
        force = sum(one * level for one, level in zip(shares, levels, strict=True))
        assert (sum(shares) == 1) is thirteen
        assert (sp.expand(force.subs(dict.fromkeys(levels, eta)) - eta) == 0) is thirteen
        assert (sp.expand(force - (s.T * hessian * s)[0] / w**2) == 0) is fourteen


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
