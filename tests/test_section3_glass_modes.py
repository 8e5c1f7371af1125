"""Section 3: normal modes, their participation and density of states, sound."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from softmodes.ensembles import density_of_states, extended_modes
from softmodes.glass import Configuration, inverse_power, lattice, make_glass, melt, minimize
from softmodes.glass.potential import InversePower
from softmodes.modes import NormalModes, elastic_moduli, modes_from_hessian, normal_modes
from softmodes.modes.elasticity import _modulus
from softmodes.modes.lowest_eigenpairs import softest_eigenpairs
from softmodes.modes.normal import stable_modes
from softmodes.theory.potential import participation_number

# The two atoms in the middle of a chain of four whose ends are held, unit springs
PINNED = np.kron([[2, -1], [-1, 2]], np.eye(3))
# Two atoms on a spring, free
FREE = np.kron([[1, -1], [-1, 1]], np.eye(3))


@pytest.fixture(scope="module")
def glass():
    return make_glass(343, rng=11, steps=600)


@pytest.fixture(scope="module")
def modes(glass):
    return normal_modes(glass)


def test_modes_are_orthonormal_eigenvectors_without_translations(glass, modes):
    vectors = modes.eigenvectors.reshape(-1, 3 * 343)
    assert vectors.shape == (3 * 343 - 3, 3 * 343)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(len(vectors)), atol=1e-12)
    product = (inverse_power.hessian(glass) @ vectors.T).T
    np.testing.assert_allclose(product, modes.eigenvalues[:, None] * vectors, atol=1e-10)
    np.testing.assert_allclose(modes.eigenvectors.sum(axis=1), 0, atol=1e-10)


def test_exactly_three_zero_modes_and_none_negative(glass, modes):
    spectrum = np.linalg.eigvalsh(inverse_power.hessian(glass).toarray())
    assert np.abs(spectrum[:3]).max() < 1e-11
    np.testing.assert_allclose(modes.eigenvalues, spectrum[3:], atol=1e-10)
    assert modes.unstable == 0
    assert modes.eigenvalues[0] > 1e-3


def test_trace_is_the_sum_of_all_eigenvalues(glass, modes):
    assert modes.eigenvalues.sum() == pytest.approx(inverse_power.hessian(glass).trace(), rel=1e-12)


def test_upper_edge_of_the_spectrum(modes):
    # the highest mode of the pilots: 2.03
    assert modes.frequencies[-1] == pytest.approx(2.03, abs=0.05)


@pytest.mark.parametrize("count", [1, 15])
def test_softest_modes_agree_with_the_full_spectrum(glass, modes, count):
    softest = normal_modes(glass, count=count)
    np.testing.assert_allclose(softest.eigenvalues, modes.eigenvalues[:count], rtol=1e-9)
    # a residual of 1e-9 of the bound, over the gap to the next level, is the error of a vector
    np.testing.assert_allclose(softest.participation_number, modes.participation_number[:count], rtol=1e-4)
    overlaps = np.abs(np.sum(softest.eigenvectors * modes.eigenvectors[:count], axis=(1, 2)))
    np.testing.assert_allclose(overlaps, 1, atol=1e-8)


def test_softest_modes_of_a_liquid_are_unstable_and_agree_too():
    liquid = melt(343, rng=12, steps=200)
    everything, softest = normal_modes(liquid), normal_modes(liquid, count=10)
    np.testing.assert_allclose(softest.eigenvalues, everything.eigenvalues[:10], rtol=1e-9)
    assert softest.unstable == 10
    # pilots: 0.255 of the instantaneous normal modes are unstable at T = 1
    assert everything.unstable / len(everything.eigenvalues) == pytest.approx(0.255, abs=0.03)
    assert np.all(softest.frequencies < 0)


def test_few_of_the_modes_of_a_small_matrix_need_no_iteration(modes, glass):
    np.testing.assert_allclose(normal_modes(glass, count=100).eigenvalues, modes.eigenvalues[:100], rtol=1e-12)


def test_standing_wave_takes_two_thirds_of_the_atoms():
    # u ~ cos(2 pi x / L): <cos^2>^2 / <cos^4> = 2/3
    crystal = lattice("sc", 8)
    wave = np.cos(2 * np.pi * crystal.positions[:, :1] / crystal.box[0]) * [0, 1, 0]
    assert participation_number(wave) / 512 == pytest.approx(2 / 3, rel=1e-12)


def test_participation_and_effective_mass_bound_each_other(modes):
    assert np.all(modes.participation_number >= 1)
    assert np.all(modes.participation_number <= 343)
    np.testing.assert_allclose(modes.participation_ratio * 343, modes.participation_number)
    # sum e^4 <= max e^2, so that 1 / max e^2 <= N_k
    assert np.all(modes.effective_mass <= modes.participation_number * (1 + 1e-12))


@given(st.integers(0, 2**32))
def test_masses_enter_as_in_a_generalised_eigenproblem(seed):
    from scipy.linalg import eigh

    rng = np.random.default_rng(seed)
    masses = rng.uniform(0.5, 5, 5)
    springs = rng.normal(size=(15, 15))
    # remove the translations, as every potential does
    off = np.eye(15) - np.kron(np.full((5, 5), 1 / 5), np.eye(3))
    hessian = off @ (springs @ springs.T) @ off
    modes = modes_from_hessian(hessian, masses=masses)
    expected = eigh(hessian, np.diag(np.repeat(masses, 3)), eigvals_only=True)[3:]
    np.testing.assert_allclose(modes.eigenvalues, expected, rtol=1e-8, atol=1e-10)
    displacements = modes.eigenvectors / np.sqrt(masses)[:, None]
    np.testing.assert_allclose(np.einsum("i,kia->ka", masses, displacements), 0, atol=1e-10)


def test_diatomic_molecule_has_its_textbook_frequency():
    # k = 2 along x between masses 1 and 3: omega^2 = k (1/1 + 1/3)
    hessian = np.kron([[1, -1], [-1, 1]], np.diag([2.0, 0, 0]))
    modes = modes_from_hessian(hessian, masses=[1, 3])
    np.testing.assert_allclose(modes.eigenvalues, [0, 0, 2 * 4 / 3], atol=1e-14)
    # the light atom moves most, by 3/4 of the bond: it alone would carry 1 + 3 (1/3)^2
    assert modes.effective_mass[-1] == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: modes_from_hessian(np.eye(4)), r"hessian must have shape \(3n, 3n\) with n >= 1, got \(4, 4\)"),
        (lambda: modes_from_hessian(np.full((6, 6), np.nan)), "hessian must be finite, got nan or inf"),
        (lambda: modes_from_hessian(np.triu(np.ones((6, 6)))), "hessian must be symmetric to 1e-6 .*, got 1.0e"),
        (lambda: modes_from_hessian(np.eye(6), masses=[1]), r"masses must have shape \(2,\), got \(1,\)"),
        (lambda: modes_from_hessian(np.eye(6), masses=[1, -2]), "masses must be positive and finite, got -2.0"),
        (lambda: modes_from_hessian(np.zeros((6, 6)), count=4), "count must be at most 3n - 3 = 3, got 4"),
        (lambda: modes_from_hessian(np.eye(6), count=7), "count must be at most 3n - 0 = 6, got 7"),
        (lambda: modes_from_hessian(np.zeros((3, 3))), "modes must be left beside translations, got these alone, 3"),
        (lambda: modes_from_hessian(1j * np.eye(6)), "hessian must be Hermitian to 1e-6 .*, got 2.0e"),
        (lambda: modes_from_hessian(np.roll(PINNED, 1, axis=0)), "hessian must be symmetric to 1e-6 .*, got 1.0e"),
        (lambda: modes_from_hessian(np.ma.masked_equal(PINNED, 0)), "hessian must have no masked elements, got"),
        (lambda: modes_from_hessian(np.eye(6, dtype=bool)), "hessian must be a number or an array of numbers, got"),
        (lambda: modes_from_hessian([[10**400]]), "hessian must be finite, got"),
        (lambda: modes_from_hessian([[1.0], [1.0, 2.0]]), "hessian must be a number or an array of numbers, got"),
        (
            lambda: modes_from_hessian(1e300 * PINNED, masses=[1e-300] * 2),
            "hessian over masses must be finite, got inf",
        ),
        (
            lambda: NormalModes(eigenvalues=None, eigenvectors=None, masses=None),
            "eigenvalues must be a number or an array",
        ),
        (lambda: NormalModes(eigenvalues=[1], eigenvectors=np.ones((2, 1, 3)), masses=[1]), "must have the shape"),
        (
            lambda: NormalModes(eigenvalues=[2, 1], eigenvectors=np.ones((2, 1, 3)), masses=[1]),
            r"eigenvalues must be in ascending order, got \[2. 1.\]",
        ),
        (lambda: modes_from_hessian(np.eye(6), count=0), "count must be an integer of at least 1, got 0"),
        (lambda: density_of_states([1.0], [1, 1]), "edges must be two or more increasing numbers"),
        (lambda: density_of_states([1.0], [0, 2], bandwidth=0), "bandwidth must be positive and finite, got 0.0"),
        (lambda: density_of_states([1.0], [0, 2], chosen=[True, True]), "chosen must have the shape of frequencies"),
        (lambda: extended_modes([1.0], 10, threshold=1.5), "threshold must be below 1, got 1.5"),
    ],
)
def test_bad_input_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as refusal:
        call()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("hessian", "expected", "translations"),
    [
        (PINNED, [1, 1, 1, 3, 3, 3], 0),
        # the softest modes are those of a weak pin, not translations
        (FREE + 1e-5 * np.eye(6), [1e-5] * 3 + [2 + 1e-5] * 3, 0),
        (FREE + 1e-8 * np.eye(6), [1e-8] * 3 + [2 + 1e-8] * 3, 0),
        # held on one plane, whose normal is (1, 2, 2) / 3
        (FREE + np.kron(np.eye(2), 0.1 / 3 * np.outer([1, 2, 2], [1, 2, 2])), [0.3, 2, 2, 2.3], 2),
        (np.diag([3.0, 1.0, 2.0]), [1, 2, 3], 0),
        # a free pair beside a held one: together they cannot move for nothing
        (sparse.block_diag([sparse.coo_array(FREE), PINNED]), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3], 0),
        (np.zeros((9, 9)), [0] * 6, 3),
    ],
)
def test_translations_are_left_out_where_they_cost_nothing(hessian, expected, translations):
    found = modes_from_hessian(hessian)
    np.testing.assert_allclose(found.eigenvalues, expected, rtol=1e-9, atol=1e-14)
    assert found.translations == translations
    assert found.unstable == 0
    np.testing.assert_allclose(modes_from_hessian(hessian, count=len(expected)).eigenvalues, found.eigenvalues)


def test_translations_are_left_out_of_a_matrix_of_force_differences():
    # rows sum to zero as forces do, columns only within the error of the differences
    rng = np.random.default_rng(5)
    error = rng.normal(size=(12, 4, 3)) * 1e-4
    error -= error.mean(axis=1, keepdims=True)
    springs = np.kron(4 * np.eye(4) - 1, np.eye(3)) + error.reshape(12, 12)
    found = modes_from_hessian((springs + springs.T) / 2)
    assert found.translations == 3
    np.testing.assert_allclose(found.eigenvalues, 4, atol=1e-3)


@pytest.mark.parametrize("masses", [[1, 1], [1, 4]])
def test_hermitian_matrix_of_a_wave_has_its_own_modes(masses):
    # a diatomic chain: omega^2 = s -+ (s^2 - 4 sin^2(q/2) / m_1 m_2)^(1/2) with s = 1 / m_1 + 1 / m_2
    q, s, product = 0.7, np.sum(1 / np.array(masses)), np.prod(masses)
    hopping = -1 - np.exp(-1j * q)
    wave = np.kron([[2, hopping], [np.conj(hopping), 2]], np.eye(3))
    found = modes_from_hessian(wave, masses=masses)
    root = np.sqrt(s**2 - 4 * np.sin(q / 2) ** 2 / product)
    np.testing.assert_allclose(found.eigenvalues, np.repeat([s - root, s + root], 3), rtol=1e-12)
    vectors, weight = found.eigenvectors.reshape(6, 6).T, np.repeat(np.sqrt(masses), 3)
    np.testing.assert_allclose(wave / np.outer(weight, weight) @ vectors, vectors * found.eigenvalues, atol=1e-12)
    assert np.all(found.effective_mass >= min(masses))


def test_chain_held_softly_at_one_end_keeps_its_softest_modes():
    chain = 2 * np.eye(10) - np.eye(10, k=1) - np.eye(10, k=-1)
    chain[0, 0], chain[-1, -1] = 1 + 3e-5, 1
    found = modes_from_hessian(np.kron(chain, np.eye(3)))
    assert (found.translations, len(found.eigenvalues)) == (0, 30)
    np.testing.assert_allclose(found.frequencies[:3], 2.7565e-4, rtol=1e-4)


@pytest.mark.parametrize("q", [2e-3, 1e-4])
def test_long_wave_is_no_translation(q):
    hopping = -1 - np.exp(-1j * q)
    found = modes_from_hessian(np.kron([[2, hopping], [np.conj(hopping), 2]], np.eye(3)), masses=[1, 4])
    assert (found.translations, len(found.eigenvalues)) == (0, 6)
    # omega^2 = 2 K (q/2)^2 / (m_1 + m_2) for long waves
    np.testing.assert_allclose(found.frequencies[:3], q / np.sqrt(10) / (2 * np.pi), rtol=1e-6)


def test_translations_of_a_matrix_in_single_precision_are_left_out():
    strengths = np.random.default_rng(1).uniform(size=(50, 50))
    strengths = strengths + strengths.T
    matrix = np.kron(np.diag(strengths.sum(axis=1)) - strengths, np.eye(3))
    found = modes_from_hessian(matrix.astype(np.float32))
    assert found.translations == 3
    np.testing.assert_allclose(found.eigenvalues, modes_from_hessian(matrix).eigenvalues, rtol=1e-5)


def test_scale_of_a_matrix_is_that_of_its_eigenvalues(glass, modes):
    for scale in (1e150, 1e-150, 1e300, 1e-300):
        found = modes_from_hessian(scale * PINNED)
        np.testing.assert_allclose(found.eigenvalues / scale, [1, 1, 1, 3, 3, 3], rtol=1e-14)
    softest = modes_from_hessian(1e-200 * inverse_power.hessian(glass), count=3)
    np.testing.assert_allclose(softest.eigenvalues / 1e-200, modes.eigenvalues[:3], rtol=1e-9)


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (6, 6), (2, 3)])
def test_matrix_may_be_of_blocks_of_any_shape(shape):
    found = modes_from_hessian(sparse.bsr_array(PINNED, blocksize=shape))
    np.testing.assert_allclose(found.eigenvalues, [1, 1, 1, 3, 3, 3])


def test_entries_of_a_sparse_matrix_that_are_there_twice_count_twice():
    halves = np.tile(PINNED.reshape(2, 3, 2, 3).transpose(0, 2, 1, 3).reshape(4, 3, 3) / 2, (2, 1, 1))
    rows, columns = np.tile([0, 0, 1, 1], 2), np.tile([0, 1, 0, 1], 2)
    order = np.argsort(rows, kind="stable")
    twice = sparse.bsr_array((halves[order], columns[order], [0, 4, 8]), shape=(6, 6))
    for matrix in (twice, twice.tocoo()):
        np.testing.assert_allclose(modes_from_hessian(matrix).eigenvalues, [1, 1, 1, 3, 3, 3])


def test_order_in_which_blocks_stand_changes_no_digit(glass):
    """Stored modes are compared to the last bit."""
    hessian = inverse_power.hessian(glass)
    rows = np.repeat(np.arange(343), np.diff(hessian.indptr))
    order = np.lexsort((np.random.default_rng(5).random(len(rows)), rows))
    mixed = sparse.bsr_array((hessian.data[order], hessian.indices[order], hessian.indptr), shape=hessian.shape)
    modes, again = (modes_from_hessian(matrix, count=3) for matrix in (hessian, mixed))
    np.testing.assert_array_equal(again.eigenvalues, modes.eigenvalues)
    np.testing.assert_array_equal(again.eigenvectors, modes.eigenvectors)


@pytest.mark.parametrize("form", ["csr", "lil", "dok", "coo"])
def test_matrix_may_be_sparse_of_any_form_and_of_integers(form):
    matrix = np.kron(np.array([[3, -1, -2], [-1, 4, -3], [-2, -3, 5]]), np.eye(3, dtype=int))
    found = modes_from_hessian(sparse.coo_array(matrix).asformat(form))
    np.testing.assert_allclose(found.eigenvalues, modes_from_hessian(matrix).eigenvalues, atol=1e-12)


def test_degenerate_soft_modes_of_a_crystal_are_all_found():
    """A shift or a plain Lanczos iteration misses copies without a word."""
    crystal = lattice("fcc", 5)
    every = np.linalg.eigvalsh(inverse_power.hessian(crystal).toarray())[3:43]
    np.testing.assert_allclose(normal_modes(crystal, count=40).eigenvalues, every, rtol=1e-6)


def test_lowest_level_of_a_crystal_has_as_many_modes_as_asked_for():
    # twelve long transverse waves along <110>, all of one frequency
    crystal = lattice("fcc", 5)
    wave = np.sin(2 * np.pi * crystal.positions[:, :2].sum(axis=1) / crystal.box[0])[:, None] * [1, -1, 0]
    stiffness = np.vdot(wave, (inverse_power.hessian(crystal) @ wave.ravel()).reshape(-1, 3)) / np.vdot(wave, wave)
    for count in (1, 12):
        found = normal_modes(crystal, count=count)
        np.testing.assert_allclose(found.eigenvalues, stiffness, rtol=1e-9)
    assert normal_modes(crystal, count=13).eigenvalues[-1] > 1.1 * stiffness


@pytest.mark.parametrize("count", [1, 18, 19, 20, 30, 55])
def test_wave_levels_of_a_cubic_box_are_found_with_all_their_copies(count):
    # omega^2 = 4 sum sin^2(q/2) on 8^3 places and three polarisations: levels of 18, 36, 24 copies
    line = 4 * np.sin(np.pi * np.arange(8) / 8) ** 2
    levels = np.sort(np.repeat((line[:, None, None] + line[:, None] + line).ravel(), 3))[3:]
    ring = sparse.csr_array(2 * np.eye(8) - np.roll(np.eye(8), 1, 0) - np.roll(np.eye(8), -1, 0))
    matrix = sparse.kronsum(sparse.kronsum(ring, ring), ring)
    matrix = sparse.kron(matrix, np.eye(3)).tobsr((3, 3)) / 4
    together = np.kron(np.full((512, 1), 512**-0.5), np.eye(3))
    eigenvalues, vectors = softest_eigenpairs(matrix, together, count)
    np.testing.assert_allclose(4 * eigenvalues, levels[:count], rtol=1e-12)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(count), atol=1e-12)


def _spectra():
    rng = np.random.default_rng(3)
    yield "nothing", np.zeros(1200), 70
    yield "one level", np.full(1200, -2.0), 70
    yield "a level of 40", np.r_[np.full(40, 0.5), np.full(1160, 1.0)], 45
    yield "two levels of 36", np.r_[np.full(36, -0.5), np.full(36, 0.0), rng.uniform(1, 2, 1128)], 75
    yield "a level of 48, split by 1e-7", np.r_[0.5 + 1e-7 * rng.uniform(size=48), rng.uniform(1, 2, 1152)], 40
    yield "24 zeros", np.r_[np.zeros(24), rng.uniform(1e-3, 2, 1176)], 10
    yield "all negative", -(rng.uniform(1, 2, 1200) ** 2), 10
    yield "a narrow band", 1 + 1e-3 * rng.uniform(size=1200), 10
    # no polynomial tells these apart: the dense route does
    yield "ten decades", 10.0 ** rng.uniform(-10, 0, 1200), 10
    yield "far below all others", np.r_[-1e6, -1e3, rng.uniform(0, 1, 1198)], 5


@pytest.mark.parametrize(("spectrum", "count"), [pytest.param(x, k, id=name) for name, x, k in _spectra()])
def test_softest_modes_of_any_spectrum_are_the_lowest_with_all_their_copies(spectrum, count):
    order = np.random.default_rng(4).permutation(len(spectrum))
    matrix = sparse.diags_array(spectrum[order])
    free = modes_from_hessian(matrix).translations if not spectrum.any() else 0
    found = modes_from_hessian(matrix, count=count)
    np.testing.assert_allclose(found.eigenvalues, np.sort(spectrum)[:count], atol=1e-13 * np.abs(spectrum).max())
    vectors = found.eigenvectors.reshape(count, -1)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(count), atol=1e-12)
    assert found.translations == free


def test_atoms_without_neighbours_have_zero_modes(glass):
    # their 24, none of them lost to the three translations of the whole or negative by rounding
    alone = sparse.block_diag([inverse_power.hessian(glass), sparse.csr_array((24, 24))])
    found = modes_from_hessian(alone, count=30)
    np.testing.assert_array_equal(found.eigenvalues[:24], 0)
    assert np.all(found.eigenvalues[24:] > 1e-3)
    assert found.unstable == 0


@pytest.mark.parametrize("take_apart", [minimize, normal_modes, partial(normal_modes, count=1)])
def test_lengths_in_other_units_than_sigma_are_said_so(take_apart):
    """In angstrom the atoms are out of each other's reach: modes of zero without a meaning."""
    dilute = lattice("fcc", 4, density=3.4**-3)
    with pytest.warns(UserWarning, match="^256 of 256 atoms have fewer than 4 neighbours .* density of 0.025$"):
        take_apart(dilute)
    with pytest.raises(ValueError, match="box must be at least 2 x cutoff = 6 .*density of 1e.03"):
        take_apart(Configuration(dilute.positions / 34, dilute.box / 34))


def test_an_atom_that_its_neighbours_do_not_hold_is_counted():
    crystal, short = lattice("fcc", 4), InversePower(cutoff=1.3)
    distances = np.linalg.norm(crystal.bonds(0), axis=1)
    kept = crystal.positions[(distances == 0) | (distances > 1.3)]
    with pytest.warns(UserWarning, match="^1 of 244 atoms have fewer than 4 neighbours within the cutoff 1.3"):
        modes = normal_modes(Configuration(kept, crystal.box), potential=short)
    assert np.sum(modes.eigenvalues == 0) == 3


def test_softest_modes_out_of_reach_are_said_so():
    crowded = sparse.diags_array(10.0 ** np.random.default_rng(6).uniform(-12, 0, 1200))
    with pytest.raises(RuntimeError, match=r"the 5 softest modes reached a residual of .* in a space of \d+ vectors"):
        softest_eigenpairs(sparse.bsr_array(crowded, blocksize=(3, 3)), np.empty((1200, 0)), 5)


@pytest.mark.parametrize(
    ("structure", "message"),
    [
        (lambda: melt(256, rng=1, steps=20), r"got a largest force of \d+; minimize it first, with the same potential"),
        # no force, by symmetry
        (lambda: lattice("sc", 6), r"got omega\^2 = -\d+.*; minimize it first"),
    ],
)
def test_moduli_of_what_is_not_at_a_minimum_are_refused(structure, message):
    with pytest.raises(ValueError, match="configuration must be at a minimum of the energy, " + message):
        elastic_moduli(structure())


def test_modes_of_another_structure_are_refused(glass, modes):
    with pytest.raises(ValueError, match=r"modes must be one or more of 343 atoms, got shape \(1, 256, 3\)"):
        elastic_moduli(glass, modes=normal_modes(lattice("fcc", 4), count=1))
    other = Configuration(np.roll(glass.positions, 1, axis=0), glass.box)
    for work in (elastic_moduli, partial(stable_modes, count=1)):
        with pytest.raises(ValueError, match=r"modes must be those of this configuration .*, got one of"):
            work(other, modes=modes)
    assert stable_modes(glass, 1, modes=modes) is modes


def test_longitudinal_modulus_agrees_with_a_stretched_box():
    # every atom of a cubic crystal is a centre of symmetry: nothing relaxes
    fcc, h = lattice("fcc", 4), 1e-4
    smooth = InversePower(continuity=3)

    def energy(strain):
        stretched = Configuration(fcc.positions * [1 + strain, 1, 1], fcc.box * [1 + strain, 1, 1])
        return smooth.energy(stretched)

    along = (energy(h) - 2 * energy(0) + energy(-h)) / h**2 / 256
    assert elastic_moduli(fcc, potential=smooth).longitudinal == pytest.approx(along, rel=1e-5)


@pytest.mark.slow
def test_shear_modulus_is_that_of_the_longest_wave_of_a_crystal():
    # fcc, wave along x polarised along y: rho c^2 = shear modulus in the limit of long waves
    crystal = lattice("fcc", 8)
    phase = 2 * np.pi * crystal.positions[:, 0] / crystal.box[0]
    wave = np.stack([np.zeros(2048), np.cos(phase), np.zeros(2048)], axis=1).ravel() / 32
    squared = wave @ (inverse_power.hessian(crystal) @ wave)
    modulus = squared / (2 * np.pi / crystal.box[0]) ** 2
    # 16 planes a wavelength: the lattice slows it by (pi/16)^2 / 3 = 1.3 per cent of the modulus
    assert elastic_moduli(crystal).shear == pytest.approx(modulus, rel=0.02)


@pytest.mark.slow
def test_relaxed_shear_modulus_agrees_with_the_energy_of_a_strained_glass(glass):
    # along x: strain the box, relax the atoms, differentiate the relaxed energy twice
    def energy(strain):
        stretch = np.array([1 + strain, 1, 1])
        return inverse_power.energy(minimize(Configuration(glass.positions * stretch, glass.box * stretch)))

    h = 2e-5
    along = (energy(h) - 2 * energy(0) + energy(-h)) / h**2 / glass.box.prod()
    assert _modulus(glass, inverse_power.hessian(glass), 0, 0) == pytest.approx(along, rel=2e-2)


def test_densities_of_extended_and_localised_modes_add_up(modes):
    edges = np.linspace(0, 2.2, 45)
    extended = extended_modes(modes.participation_number, 343)
    total, parts = (
        density_of_states(modes.frequencies, edges),
        [density_of_states(modes.frequencies, edges, chosen=chosen) for chosen in (extended, ~extended)],
    )
    np.testing.assert_allclose(parts[0].density + parts[1].density, total.density, atol=1e-14)
    np.testing.assert_allclose(parts[0].smooth + parts[1].smooth, total.smooth, atol=1e-14)
    assert np.sum(total.density * np.diff(edges)) == pytest.approx(1, rel=1e-12)
    # a Gaussian of 0.02 loses nothing over ends 0.05 away
    assert np.sum(total.smooth * np.diff(edges)) == pytest.approx(1, rel=1e-2)


def test_a_higher_threshold_leaves_fewer_extended_modes(modes):
    counts = [extended_modes(modes.participation_number, 343, threshold=t).sum() for t in (0.1, 0.3, 0.5)]
    assert counts[0] > counts[1] > counts[2]


def test_error_of_independent_counts_is_poissons():
    # 400 glasses of 300 uniform frequencies: binomial with p = 0.1 in each of ten bins
    frequencies = np.random.default_rng(13).uniform(0, 1, (400, 300))
    found = density_of_states(frequencies, np.linspace(0, 1, 11))
    # the error of an error from 400 glasses is 1 / sqrt(800) = 3.5 per cent
    np.testing.assert_allclose(found.error, np.sqrt(0.1 * 0.9 * 300 / 400) / 30, rtol=0.15)
    assert np.abs(found.density - 1).max() < 4 * found.error.max()


def test_a_bin_without_counts_still_has_an_error():
    found = density_of_states([[0.5, 0.6], [0.5, 0.7]], [0.0, 0.4, 1.0])
    assert found.density[0] == 0
    assert found.error[0] == pytest.approx(1 / (2 * 2 * 0.4))


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_array, sparse.bsr_array, sparse.coo_array])
@pytest.mark.parametrize("masses", [[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]])
def test_sparse_matrix_with_masses_has_the_modes_of_the_dense_one(form, masses):
    springs = np.kron([[2.0, -1, -1], [-1, 2, -1], [-1, -1, 2]], np.eye(3))
    found, expected = (modes_from_hessian(h, masses=masses).eigenvalues for h in (form(springs), springs))
    root = np.repeat(np.sqrt(masses), 3)
    np.testing.assert_allclose(expected, np.linalg.eigvalsh(springs / np.outer(root, root))[3:], rtol=1e-12)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
