"""Section 4: mixtures, swap moves and the soft modes of deep minima, by independent routes."""

import re
from itertools import combinations, permutations

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.polynomial.legendre import leggauss
from scipy.stats import chi2, chisquare, ks_1samp

from softmodes.ensembles.swaps import correlation_time, simulate_swap
from softmodes.glass import (
    Configuration,
    InversePower,
    inherent_structure,
    lattice,
    minimize,
    mixture,
    polydisperse_diameters,
    swap_monte_carlo,
    velocity_verlet,
)
from softmodes.modes import elastic_moduli, mode_derivatives, normal_modes, pseudoharmonic_modes, softening_path
from softmodes.modes.derivatives import EnergyDerivatives
from softmodes.paper.loaders import load_ensembles
from softmodes.report.commands import main

# short, so that few atoms do
SHORT = InversePower(exponent=12, cutoff=1.25, continuity=3)


def pair_diameter(a, b):
    return (a + b) / 2 * (1 - 0.2 * abs(a - b))


def direct_energy(state):
    """Pair by pair, without a list."""
    total = 0.0
    for i, j in combinations(range(len(state.positions)), 2):
        apart = state.positions[i] - state.positions[j]
        apart -= state.box * np.round(apart / state.box)
        total += float(state.potential.pair(np.linalg.norm(apart) / pair_diameter(*state.diameters[[i, j]])))
    return total


@pytest.fixture(scope="module")
def mixed():
    """A minimum of a mixture of 64 atoms, and three of its motions."""
    rng = np.random.default_rng(1)
    state = mixture(rng.permutation(polydisperse_diameters(64)), rng=rng, potential=SHORT)
    state, _, _ = swap_monte_carlo(state, 0.3, rng=rng, sweeps=200)
    return minimize(state)


def test_diameters_have_the_distribution():
    """P ~ sigma^-3 between two ends: the cumulated probability is that of 1/sigma^2."""
    sizes = polydisperse_diameters(10_000, 0.23)
    assert (sizes.mean(), sizes.std()) == pytest.approx((1, 0.23), rel=1e-9)
    inverse = sizes**-2.0
    ends = inverse[0] + (inverse[0] - inverse[1]) / 2, inverse[-1] - (inverse[-2] - inverse[-1]) / 2
    np.testing.assert_allclose(inverse, np.linspace(*ends, 20_001)[1::2], rtol=1e-9)


def test_energy_forces_and_second_derivatives_of_a_mixture(mixed):
    rng = np.random.default_rng(2)
    state = mixed.moved(mixed.positions + rng.normal(scale=0.05, size=(64, 3)))
    assert SHORT.energy(state) == pytest.approx(direct_energy(state), rel=1e-12)
    z, h = rng.normal(size=(64, 3)), 1e-5
    there, back = (state.moved(state.positions + sign * h * z) for sign in (1, -1))
    slope = (SHORT.energy(there) - SHORT.energy(back)) / (2 * h)
    assert np.sum(-SHORT.forces(state) * z) == pytest.approx(slope, rel=1e-6)
    change = (SHORT.forces(back) - SHORT.forces(there)).ravel() / (2 * h)
    np.testing.assert_allclose(SHORT.hessian(state) @ z.ravel(), change, atol=1e-6 * np.abs(change).max())


def test_third_and_fourth_derivatives_of_a_mixture(mixed):
    z, h = np.random.default_rng(3).normal(size=(64, 3)), 1e-4
    z /= np.linalg.norm(z)

    def curvature(a):
        return z.ravel() @ (SHORT.hessian(mixed.moved(mixed.positions + a * z)) @ z.ravel())

    values = [curvature(a) for a in (-h, 0.0, h)]
    kappa, tau, chi, bend = (x[0] for x in mode_derivatives(mixed, z[None]))
    assert kappa == pytest.approx(values[1], rel=1e-10)
    assert tau == pytest.approx((values[2] - values[0]) / (2 * h), rel=1e-5)
    assert chi == pytest.approx((values[2] - 2 * values[1] + values[0]) / h**2, rel=1e-3)
    derivatives = EnergyDerivatives(mixed)
    np.testing.assert_allclose(derivatives.third(z) @ z.ravel(), bend.ravel(), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("n", [64, 1000])
def test_list_holds_all_pairs_and_no_others(n):
    """With one cell, and with many."""
    rng = np.random.default_rng(4)
    state = Configuration(rng.uniform(0, n ** (1 / 3), (n, 3)), n ** (1 / 3), SHORT, rng.uniform(0.5, 1.3, n))
    for skin in (0.0, 0.2):
        offsets, neighbours = SHORT.pairs(state, skin=skin)
        apart = state.positions[:, None] - state.positions
        apart = np.linalg.norm(apart - state.box * np.round(apart / state.box), axis=-1)
        reach = 1.25 * pair_diameter(state.diameters[:, None], state.diameters) + skin
        wanted = (apart < reach) & ~np.eye(n, dtype=bool)
        found = np.zeros((n, n), bool)
        found[np.repeat(np.arange(n), np.diff(offsets).astype(int)), neighbours.astype(int)] = True
        np.testing.assert_array_equal(found, wanted)


def test_atoms_of_diameter_one_are_the_one_component_system():
    crystal = lattice("fcc", 4)
    for potential in (SHORT, InversePower(cutoff=2.0)):
        rough = crystal.moved(crystal.positions + np.random.default_rng(5).normal(scale=0.05, size=(256, 3)))
        same = Configuration(rough.positions, rough.box, potential, np.ones(256))
        assert potential.energy(same) == pytest.approx(potential.energy(rough), rel=1e-13)
        np.testing.assert_allclose(potential.forces(same), potential.forces(rough), atol=1e-11)
        np.testing.assert_allclose(potential.hessian(same).data, potential.hessian(rough).data, atol=1e-9)


def test_energy_scales_with_all_diameters(mixed):
    """Of two equal diameters s the pair's is s, and u depends on r/s alone."""
    s = 0.9
    crystal = lattice("fcc", 4)
    small = Configuration(crystal.positions * s, crystal.box * s, SHORT, np.full(256, s))
    assert SHORT.energy(small) == pytest.approx(SHORT.energy(crystal), rel=1e-12)


def test_dynamics_of_a_mixture_conserves_energy_and_carries_its_diameters(mixed):
    velocities = np.random.default_rng(6).normal(scale=0.3, size=(64, 3))
    start = SHORT.energy(mixed) + 0.5 * np.sum(velocities**2)
    state, _, end = velocity_verlet(mixed, velocities, steps=400, dt=0.002)
    assert end - SHORT.energy(mixed) == pytest.approx(start - SHORT.energy(mixed), rel=1e-3)
    assert np.abs(state.positions - mixed.positions).max() > 0.1
    for other in (state, state.moved(state.positions), minimize(state)):
        np.testing.assert_array_equal(other.diameters, mixed.diameters)
        assert other.potential == SHORT


def test_what_takes_a_mixture_apart_knows_its_diameters(mixed):
    """One atom of another diameter changes every answer."""
    below = inherent_structure(mixed)
    assert np.isnan(below.excess)
    np.testing.assert_array_equal(below.diameters, mixed.diameters)
    modes = normal_modes(below)
    assert modes.unstable == 0
    assert modes.eigenvalues.sum() == pytest.approx(SHORT.hessian(mixed).trace(), rel=1e-9)
    # forces vanish only with the right diameters
    elastic_moduli(below, modes=modes)
    with pytest.raises(ValueError, match="must be at a minimum"):
        elastic_moduli(Configuration(mixed.positions, mixed.box, SHORT))
    pseudo, vectors = pseudoharmonic_modes(below, 3)
    found = mode_derivatives(mixed, vectors)[0]
    np.testing.assert_allclose(pseudo.kappa, found, rtol=1e-9)
    path = softening_path(below, modes.eigenvectors[5], [0.9])
    assert path.energy[0] > 0


# -- Monte Carlo


@pytest.mark.slow
def test_exchanges_alone_visit_arrangements_by_their_weights_and_go_back_as_often_as_forth():
    """Five sizes at five fixed places, all 120 arrangements enumerated."""
    rng, temperature = np.random.default_rng(7), 0.3
    places = np.array([[0, 0, 0], [0.85, 0, 0], [0, 0.85, 0], [0.8, 0.75, 0], [0.4, 0.4, 0.75]]) + 1
    sizes = np.array([0.8, 0.88, 0.95, 1.02, 1.1])
    orders = list(permutations(range(5)))
    weights = np.exp([-direct_energy(Configuration(places, 4.0, SHORT, sizes[[*o]])) / temperature for o in orders])
    state, visited = Configuration(places, 4.0, SHORT, sizes), []
    for _ in range(20_000):
        state, _, _ = swap_monte_carlo(state, temperature, rng=rng, sweeps=1, step=1e-6)
        visited.append(orders.index(tuple(np.searchsorted(sizes, state.diameters).tolist())))
    forth = np.zeros((120, 120))
    np.add.at(forth, (visited[:-1], visited[1:]), 1)
    net, both = np.triu(forth - forth.T, 1), np.triu(forth + forth.T, 1)
    pairs = both > 10
    assert pairs.sum() >= 3
    assert chi2.sf(np.sum(net[pairs] ** 2 / both[pairs]), pairs.sum()) > 1e-3
    # every tenth is nearly independent: an exchange is tried in every sweep
    found = np.bincount(visited[::20], minlength=120)
    common = weights > 0.01 * weights.sum()
    expected = np.append(weights[common], weights[~common].sum()) / weights.sum() * 1000
    assert np.ptp(weights[common]) > 0.5 * weights.max()
    assert chisquare(np.append(found[common], found[~common].sum()), expected).pvalue > 1e-3


@pytest.mark.slow
def test_two_atoms_keep_the_distances_of_quadrature():
    rng, temperature, diameters = np.random.default_rng(8), 0.5, [0.9, 1.2]
    state = Configuration([[0.1, 0.2, 0.3], [1.2, 0.2, 0.3]], 3.01, SHORT, diameters)
    distances = []
    for _ in range(2500):
        state, _, _ = swap_monte_carlo(state, temperature, rng=rng, sweeps=40, step=0.46)
        apart = state.positions[0] - state.positions[1]
        distances.append(np.linalg.norm(apart - state.box * np.round(apart / state.box)))
    near = np.sort([r for r in distances if r < 1.5])
    own, nodes = pair_diameter(*diameters), leggauss(60)

    def weight(limit):
        r = 0.6 + (limit - 0.6) * (nodes[0] + 1) / 2
        return (limit - 0.6) / 2 * np.sum(nodes[1] * r**2 * np.exp(-SHORT.pair(r / own) / temperature))

    assert len(near) > 700
    whole = weight(1.5)
    assert ks_1samp(near, np.vectorize(lambda r: weight(r) / whole)).pvalue > 1e-3


@pytest.mark.slow
def test_energies_at_two_temperatures_are_those_of_one_density_of_states():
    """Reweighting: <exp(-(1/T' - 1/T) U)> taken at T gives the means at T'."""
    state = mixture(np.linspace(0.85, 1.15, 27), rng=9, potential=SHORT)
    energies = {}
    for seed, temperature in enumerate((0.5, 0.42)):
        state, _, _ = swap_monte_carlo(state, temperature, rng=seed, sweeps=2000, step=0.3)
        _, trace, _ = swap_monte_carlo(state, temperature, rng=seed + 10, sweeps=60_000, step=0.3)
        energies[temperature] = 27 * trace
    for own, other in ((0.5, 0.42), (0.42, 0.5)):
        factor = np.exp(-(1 / other - 1 / own) * (energies[own] - energies[own].mean()))
        predicted = np.average(energies[own], weights=factor)
        # of independent values there are as many as the correlation time leaves
        effective = factor.sum() ** 2 / np.sum(factor**2) / correlation_time(energies[own])
        error = np.hypot(energies[own].std() / effective**0.5, 1.2 * energies[other].std() / (60_000 / 30) ** 0.5)
        assert abs(energies[0.5].mean() - energies[0.42].mean()) > 10 * error
        assert predicted == pytest.approx(energies[other].mean(), abs=3 * error)


def test_correlation_time_of_an_autoregressive_series():
    rng, memory, series = np.random.default_rng(12), 0.9, [0.0]
    for kick in rng.normal(size=100_000):
        series.append(memory * series[-1] + kick)
    assert correlation_time(np.array(series)) == pytest.approx((1 + memory) / (1 - memory), rel=0.1)
    assert correlation_time(rng.normal(size=100_000)) == pytest.approx(1, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [6, 12])
def test_shipped_chains_are_what_their_manifest_says(exponent):
    """The first stage of one, made again. On another machine its last digit may differ, and by and by all its moves."""
    shipped = load_ensembles().swaps[exponent, 500]
    asked = {name: shipped.parameters[name] for name in ("seed", "n", "exponent", "cutoff", "spread")}
    again = simulate_swap(**asked, index=0, temperatures=shipped.temperatures[:1], sweeps=shipped.sweeps[:1])
    np.testing.assert_array_equal(again["diameters"], shipped.diameters)
    for name in ("energy", "inherent_energy"):
        others = getattr(shipped, name)[:, 0, 0]
        assert again[name][0, 0] == pytest.approx(others.mean(), abs=4 * others.std())
    if again["energy"][0, 0] == pytest.approx(shipped.energy[0, 0, 0], rel=1e-9):
        np.testing.assert_allclose(again["frequencies"][0], shipped.frequencies[0, 0], rtol=1e-6)


@pytest.mark.parametrize("exponent", [6, 12])
@pytest.mark.parametrize("n", [500, 1000])
def test_ways_down_and_up_of_shipped_chains_meet_far_below_freezing(n, exponent):
    swaps = load_ensembles().swaps[exponent, n]
    inherent = swaps.inherent_energy.mean(axis=0)
    assert np.all(np.diff(inherent, axis=0) < 0)
    assert np.abs(inherent[:, 0] - inherent[:, 1]).max() < np.ptp(inherent) / 20
    # the forces have the temperature of the moves, and nothing of a crystal is there
    forces = swaps.configurational_temperature.mean(axis=(0, 2))
    assert forces == pytest.approx(swaps.temperatures, rel=0.02)
    assert swaps.order.max() < 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "member", "whole"),
    [
        ("swap", r"inherent energy 0\.\d+ to 0\.\d+ per atom, bond order 0\.1\d at most",
         r"1 chains of 216 atoms in .*; energy at k_B T = 0\.3: \S+ on the way down, \S+ on the way up"),
        ("wells", r"\d+ minima next to those below the hottest liquid, \d+ below the coldest",
         r"1 chains in .*; \d+ minima next to those below the hottest liquid, \d+ below the coldest"),
    ],
)  # fmt: skip
def test_command_makes_chains_and_goes_on_with_those_there(command, member, whole, tmp_path):
    stages = ["--temperature", "0.4", "--temperature", "0.3", "--sweep", "20", "--sweep", "20"]
    asked = [command, "--n", "216", "--count", "1", "--seed", "1", "--exponent", "12", "--jobs", "1", *stages]
    first, again = (CliRunner().invoke(main, [*asked, "--output", tmp_path / "chains"]) for _ in range(2))
    assert first.exit_code == again.exit_code == 0, first.output
    assert re.fullmatch(rf"{command} 0: {member}; 0 to go\n{whole}\n", first.output)
    assert re.fullmatch(rf"{whole}\n", again.output)


# -- Bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Configuration(np.eye(3), 3.0, None, [1, -1, 1]), "^diameters must be positive and finite, got -1"),
        (lambda: Configuration(np.eye(3), 3.0, None, [1, np.nan, 1]), "^diameters must .*, got nan"),
        (lambda: Configuration(np.eye(3), 3.0, None, [1, 1]), r"^diameters must have shape \(3,\), got \(2,\)$"),
        (lambda: SHORT.energy(Configuration(np.eye(3), 3.0, None, [1, 1, 1.3])),
         "^box must be at least 2 x cutoff x largest diameter = 3.25 along every edge, got 3 "),
        (lambda: swap_monte_carlo(lattice("fcc", 4), 0.1, rng=1, sweeps=1), "^configuration must have diameters, got"),
        (lambda: swap_monte_carlo(mixture(np.ones(64), rng=1), 0.1, rng=1, sweeps=1, step=0.5),
         "^step must lie between 1e-06 and 0.46188, got 0.5$"),
        (lambda: simulate_swap(1, 0, 300, temperatures=(0.1, 0.2), sweeps=(20, 20)), "^temperatures must fall, got"),
        (lambda: simulate_swap(1, 0, 300, temperatures=(0.2, 0.2), sweeps=(20, 20)), "^temperatures must fall, got"),
        (lambda: simulate_swap(1, 0, 300, temperatures=(0.2,), sweeps=(20, 20)), "^sweeps must be as many as temp"),
        (lambda: simulate_swap(1, 0, 300, exponent=12), "^temperatures must be given for exponent 12, got those"),
        (lambda: polydisperse_diameters(10, 0.5), "^spread must lie between 0.01 and 0.3, got 0.5$"),
    ],
)  # fmt: skip
def test_bad_input_gives_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_chain_that_crystallises_says_so(monkeypatch):
    """What counts as a crystal is lowered to what a mixture has."""
    monkeypatch.setattr("softmodes.ensembles.swaps.CRYSTAL_ORDER", 0.05)
    with pytest.raises(RuntimeError, match=r"^the chain crystallised at k_B T = 0.3 \(order 0.1\d > 0.05\): spread"):
        simulate_swap(1, 0, 216, exponent=12, cutoff=1.25, temperatures=(0.3,), sweeps=(20,))
