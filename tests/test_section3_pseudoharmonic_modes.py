"""Section 3: quasi-localised modes freed of sound waves, by independent routes."""

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

from softmodes.glass import Configuration, inverse_power, make_glass
from softmodes.modes import normal_modes
from softmodes.modes import pseudoharmonic as steps
from softmodes.modes.compliance import compliance
from softmodes.modes.pseudoharmonic import pseudoharmonic_modes


@pytest.fixture(scope="module")
def glass():
    return make_glass(343, rng=1, steps=600)


@pytest.fixture(scope="module")
def modes(glass):
    return normal_modes(glass)


@pytest.fixture(scope="module")
def found(glass, modes):
    return pseudoharmonic_modes(glass, modes=modes)


@pytest.fixture(scope="module")
def cost(glass):
    """C and its gradient from all pairs of atoms, without neighbour list or spectrum."""
    hessian = inverse_power.hessian(glass)
    i, j = np.triu_indices(343, 1)
    bonds = glass.positions[i] - glass.positions[j]
    near = np.linalg.norm(bonds - glass.box * np.rint(bonds / glass.box), axis=1) < 3
    i, j = i[near], j[near]

    def cost(flat):
        z, force = flat.reshape(-1, 3), hessian @ flat
        relative = z[i] - z[j]
        squares = np.sum(relative**2, axis=1)
        kappa, quartic, q = flat @ force, np.sum(squares**2), np.zeros_like(z)
        np.add.at(q, i, squares[:, None] * relative)
        np.subtract.at(q, j, squares[:, None] * relative)
        return kappa**2 / quartic, 4 * kappa * (force - kappa * q.ravel() / quartic) / quartic

    return cost


def overlap(a, b):
    return abs(np.sum(a * b)) / np.linalg.norm(a) / np.linalg.norm(b)


@pytest.mark.slow
def test_pushes_on_pairs_drawn_by_lot_lead_to_the_same_modes(glass, modes):
    """So that what is found is no selection by the harmonic modes from which the descent starts."""
    rng, hessian = np.random.default_rng(3), inverse_power.hessian(glass)
    known = pseudoharmonic_modes(glass, 40, modes=modes)[1]
    forces = np.zeros((30, 343, 3))
    for force in forces:
        atom = rng.integers(343)
        bonds = glass.configuration.bonds(atom)
        away = np.linalg.norm(bonds, axis=1)
        other = rng.choice(np.flatnonzero((away > 0) & (away < 1.3)))
        force[[atom, other]] = bonds[other], -bonds[other]
    pushed = compliance(hessian)(forces.reshape(30, -1).T).T.reshape(forces.shape)
    pushed /= np.linalg.norm(pushed.reshape(30, -1), axis=1)[:, None, None]
    reached = steps._descend(pushed, steps._differences(glass, inverse_power, None), compliance(hessian))
    found = [max((overlap(z, other), k) for k, other in enumerate(known)) for z in reached]
    assert np.mean([same > 0.99 for same, _ in found]) > 0.9
    # each of the softest two, too
    assert {0, 1} <= {k for _, k in found}


@pytest.mark.slow
def test_cost_is_stationary_at_each_mode_by_differences(found, cost):
    """Differences of C itself, along directions in which it is steep beside a mode."""
    rng = np.random.default_rng(1)
    for z in found[1].reshape(len(found[1]), -1):
        value = cost(z)[0]
        for direction in rng.normal(size=(4, z.size)) / np.sqrt(z.size):
            up, down = (cost(z + h * direction)[0] for h in (1e-4, -1e-4))
            beside = cost(z + 0.1 * direction)[0] - value
            # a minimum: curved up, and level but for rounding
            assert up + down > 2 * value
            assert abs(up - down) / 2e-4 < 1e-5 * beside / 0.1
        assert np.linalg.norm(cost(z)[1]) < 1e-6 * value


@pytest.mark.slow
def test_another_optimiser_finds_the_same_mode(modes, found, cost):
    start = modes.eigenvectors[0].ravel()
    options = {"maxiter": 20000, "maxfun": 40000, "maxcor": 30, "ftol": 0, "gtol": 1e-9 * cost(start)[0]}
    best = scipy_minimize(cost, start, jac=True, method="L-BFGS-B", options=options)
    assert cost(start)[0] > 1.05 * best.fun
    overlaps = [overlap(best.x, z.ravel()) for z in found[1]]
    assert max(overlaps) == pytest.approx(1, abs=1e-6)
    assert best.fun == pytest.approx(cost(found[1][np.argmax(overlaps)].ravel())[0], rel=1e-6)


def yielding(modes, eigenvalues=None):
    """H^-1 by way of all modes, a second route to that by way of factors."""
    basis = modes.eigenvectors.reshape(len(modes.eigenvalues), -1)
    eigenvalues = modes.eigenvalues if eigenvalues is None else eigenvalues
    return lambda forces: basis.T @ ((basis @ forces).T / eigenvalues).T


def test_no_step_raises_the_cost(glass, modes, cost):
    differences = steps._differences(glass, inverse_power, None)
    z, costs = modes.eigenvectors[:6], []
    for _ in range(25):
        costs.append([cost(vector.ravel())[0] for vector in z])
        z = steps._step(z, differences, yielding(modes))
    costs = np.array(costs)
    assert np.all(np.diff(costs, axis=0) <= 1e-12 * costs[:-1])
    assert np.all(costs[-1] < costs[0])


def test_mode_far_below_all_others_is_its_own_pseudoharmonic_mode(glass, modes):
    """What differs falls with the ratio of the eigenvalues."""
    differs = []
    for factor in (1e-3, 1e-4):
        eigenvalues = modes.eigenvalues.copy()
        eigenvalues[0] *= factor
        _, vectors = pseudoharmonic_modes(glass, 1, modes=modes, yielding=yielding(modes, eigenvalues))
        differs.append(np.sqrt(1 - overlap(vectors[0], modes.eigenvectors[0]) ** 2))
    assert differs[0] < 0.02
    assert differs[0] / differs[1] == pytest.approx(10, rel=0.1)


def test_modes_are_distinct_sorted_and_more_local_than_the_softest(modes, found):
    soft, vectors = found
    flat = vectors.reshape(len(vectors), -1)
    np.testing.assert_allclose(np.linalg.norm(flat, axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(vectors.sum(axis=1), 0, atol=1e-10)
    assert np.all(np.diff(soft.kappa) > 0)
    assert np.all(np.abs(flat @ flat.T - np.eye(len(flat))) < 0.95)
    # no direction is softer than the softest mode
    assert soft.frequencies[0] > modes.frequencies[0]
    assert soft.participation_number[0] < modes.participation_number[0]
    weights = (flat @ modes.eigenvectors.reshape(-1, 3 * 343).T) ** 2
    np.testing.assert_allclose(soft.kappa, weights @ modes.eigenvalues, rtol=1e-9)
    assert np.isnan(soft.chi_relaxed).all()
    assert len(vectors) == 3


def test_moved_turned_and_renumbered_glass_has_the_same_modes(glass, found):
    order = np.random.default_rng(2).permutation(343)
    moved = (glass.positions[order] + [0.3, -1.7, 2.2])[:, [1, 2, 0]] * [1, -1, 1]
    soft, vectors = pseudoharmonic_modes(Configuration(moved, glass.box))
    for name in ("kappa", "chi", "participation_number"):
        np.testing.assert_allclose(getattr(soft, name), getattr(found[0], name), rtol=1e-5)
    np.testing.assert_allclose(np.abs(soft.tau), np.abs(found[0].tau), rtol=1e-4)
    back = found[1][:, order][:, :, [1, 2, 0]] * [1, -1, 1]
    assert overlap(vectors[0], back[0]) == pytest.approx(1, abs=1e-9)


@pytest.mark.slow
def test_starts_from_anywhere_lead_to_the_same_soft_minima(glass, modes, found):
    """From forty harmonic modes, and from the answers to forces on thirty pairs of neighbours."""
    differences, rng = steps._differences(glass, inverse_power, None), np.random.default_rng(3)
    pairs = steps._differences(glass, inverse_power, 1.3).toarray()
    forces = rng.choice(pairs, 30)[:, :, None] * rng.normal(size=(30, 1, 3))
    basis = modes.eigenvectors.reshape(-1, 3 * 343)
    answers = ((forces.reshape(30, -1) @ basis.T / modes.eigenvalues) @ basis).reshape(forces.shape)
    everywhere = np.concatenate([modes.eigenvectors[:40], answers])
    for _ in range(120):
        everywhere = steps._step(everywhere, differences, yielding(modes))
    minima = steps._distinct(everywhere, inverse_power.hessian(glass))
    nu = np.sqrt([overlaps @ modes.eigenvalues for overlaps in (minima.reshape(len(minima), -1) @ basis.T) ** 2])
    soft = nu[nu < 2 * np.pi * 0.13] / (2 * np.pi)
    np.testing.assert_allclose(soft, found[0].frequencies[: len(soft)], rtol=1e-5)
    assert len(soft) == 3


def test_pairs_of_the_first_shell_give_nearly_the_same_softest_mode(glass, modes, found):
    soft, vectors = pseudoharmonic_modes(glass, modes=modes, reach=1.5)
    assert overlap(vectors[0], found[1][0]) > 0.98
    assert soft.frequencies[0] == pytest.approx(found[0].frequencies[0], rel=0.05)
    assert soft.participation_number[0] == pytest.approx(found[0].participation_number[0], rel=0.2)


def test_softest_modes_alone_give_the_same_and_so_do_all(glass, modes, found):
    for some in (normal_modes(glass, count=10), None):
        soft, _ = pseudoharmonic_modes(glass, modes=some)
        np.testing.assert_allclose(soft.kappa, found[0].kappa, rtol=1e-6)
    forces = np.random.default_rng(4).normal(size=(3 * 343, 2))
    forces -= np.tile(forces.reshape(-1, 3, 2).mean(axis=0), (343, 1))
    np.testing.assert_allclose(compliance(inverse_power.hessian(glass))(forces), yielding(modes)(forces), atol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g, m: pseudoharmonic_modes(g, 0, modes=m), "^count must be an integer of at least 1, got 0$"),
        (lambda g, m: pseudoharmonic_modes(g, 1027, modes=m), "^count must be at most 3n - 3 = 1026, got 1027$"),
        (lambda g, m: pseudoharmonic_modes(g, modes=m, reach=3.5), "^reach must .* at most the cutoff 3, got 3.5$"),
        (lambda g, m: pseudoharmonic_modes(g, modes=m, reach=0.1), "^reach must hold pairs .*, got 0.1$"),
        (
            lambda g, m: pseudoharmonic_modes(g, modes=normal_modes(g, count=9)),
            "^modes must be the softest 10 or more of",
        ),
        (lambda g, m: pseudoharmonic_modes(g.liquid), "^modes must be stable, got omega.2 = -"),
    ],
)
def test_bad_input_gives_one_clear_line(glass, modes, call, message):
    with pytest.raises(ValueError, match=message):
        call(glass, modes)


def test_what_did_not_converge_is_said(glass, modes, monkeypatch):
    monkeypatch.setattr(steps, "_STEPS", 3)
    with pytest.raises(RuntimeError, match=r"^10 of 10 pseudo-harmonic modes still changed by up to .* after 3 steps"):
        pseudoharmonic_modes(glass, modes=modes)
