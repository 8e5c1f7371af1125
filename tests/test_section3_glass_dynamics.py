"""Section 3: melt, quench and minimum of the computer glass, and how crystals are found out."""

import numpy as np
import pytest

from softmodes.glass import (
    Configuration,
    InversePower,
    bond_order,
    inherent_structure,
    inverse_power,
    lattice,
    make_glass,
    melt,
    minimize,
    quench,
    thermal_velocities,
    velocity_verlet,
)


@pytest.fixture(scope="module")
def liquid():
    return melt(256, rng=1, steps=400)


@pytest.fixture(scope="module")
def glass():
    return make_glass(500, rng=4, steps=600)


def test_energy_error_scales_as_the_square_of_the_time_step(liquid):
    velocities = thermal_velocities(256, 1.0, np.random.default_rng(2))
    start = inverse_power.energy(liquid) + 0.5 * np.sum(velocities**2)

    def worst(dt):
        state, v, errors = liquid, velocities, []
        for _ in range(20):
            state, v, energy = velocity_verlet(state, v, steps=round(0.05 / dt), dt=dt)
            errors.append(abs(energy - start))
        return max(errors)

    ratios = np.array([worst(0.01) / worst(0.005), worst(0.005) / worst(0.0025)])
    # 4 for an error of second order, 2 or 8 for its neighbours
    np.testing.assert_allclose(ratios, 4, atol=0.5)


@pytest.mark.slow
def test_energy_does_not_drift_over_twenty_time_units(liquid):
    velocities = thermal_velocities(256, 1.0, np.random.default_rng(3))
    start = inverse_power.energy(liquid) + 0.5 * np.sum(velocities**2)
    energy = velocity_verlet(liquid, velocities, steps=2000, dt=0.01)[2]
    assert energy == pytest.approx(start, rel=2e-4)


def test_dynamics_is_reversible(liquid):
    velocities = thermal_velocities(256, 1.0, np.random.default_rng(4))
    there, v, _ = velocity_verlet(liquid, velocities, steps=60)
    back, _, _ = velocity_verlet(there, -v, steps=60)
    # rounding grows exponentially: 60 steps lose a few of the sixteen digits
    np.testing.assert_allclose(back.positions, liquid.positions, atol=1e-11)


def test_thermal_velocities_are_maxwells_at_rest():
    velocities = thermal_velocities(4000, 0.5, np.random.default_rng(5))
    np.testing.assert_allclose(velocities.mean(axis=0), 0, atol=1e-15)
    # the variance of 12000 normal numbers has a standard error of sqrt(2 / 12000) = 1.3 per cent
    assert velocities.var() == pytest.approx(0.5, rel=0.05)


@pytest.mark.slow
def test_melt_has_the_temperature_it_was_given():
    # equipartition in a liquid: <F^2> = T <tr H>, an identity of the canonical distribution in positions alone
    samples = [melt(256, rng=seed, temperature=0.6, steps=600) for seed in range(8)]
    squared_forces = np.mean([np.sum(inverse_power.forces(state) ** 2) for state in samples])
    curvature = np.mean([inverse_power.hessian(state).trace() for state in samples])
    assert squared_forces / curvature == pytest.approx(0.6, rel=0.05)


def test_same_seed_same_liquid_other_seed_other_liquid():
    one, same, other = (melt(216, rng=rng, steps=60).positions for rng in (7, np.random.default_rng(7), 8))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.1


def test_minimum_is_reached_to_1e_10(glass):
    assert np.abs(inverse_power.forces(glass)).max() <= 1e-10


def test_minimum_is_lower_than_its_surroundings(glass):
    rng = np.random.default_rng(6)
    nearby = [glass.moved(glass.positions + rng.normal(scale=1e-3, size=(500, 3))) for _ in range(5)]
    assert min(map(inverse_power.energy, nearby)) > inverse_power.energy(glass)


def test_crystal_is_its_own_minimum_and_draws_back_what_leaves_it():
    fcc = lattice("fcc", 4)
    shaken = fcc.moved(fcc.positions + np.random.default_rng(7).normal(scale=0.03, size=(256, 3)))
    found = minimize(shaken)
    drift = (found.positions - fcc.positions).mean(axis=0)
    np.testing.assert_allclose(found.positions - drift, fcc.positions, atol=1e-9)


def test_unfinished_minimum_is_an_error_that_says_how_far_it_came(liquid):
    with pytest.raises(
        RuntimeError, match=r"reached a largest force of \d.* after 20 steps, not 1e-10; allow more steps"
    ):
        minimize(liquid, steps=20)


def test_cooling_needs_chance_and_a_number_of_steps(liquid):
    with pytest.raises(ValueError, match="rng must be a Generator or an int when cooling_steps is positive, got None"):
        quench(liquid, cooling_steps=100)
    with pytest.raises(ValueError, match="cooling_steps must be an integer of at least 1, got -5"):
        quench(liquid, rng=1, cooling_steps=-5)


def test_coinciding_atoms_are_refused():
    positions = lattice("sc", 6).positions
    positions[1] = positions[0]
    for ask in (minimize, inverse_power.hessian):
        with pytest.raises(ValueError, match="positions must keep all atoms apart"):
            ask(Configuration(positions, 6.0))


@pytest.mark.parametrize("dt", [0.05, 0.5])
def test_a_step_that_is_too_long_is_an_error_and_no_wrong_liquid(dt):
    with pytest.raises(
        RuntimeError, match=f"^dynamics did not conserve the energy over 50 steps of {dt}; try a shorter"
    ):
        melt(216, rng=0, steps=100, dt=dt)


@pytest.mark.slow
def test_slow_cooling_ends_lower_than_an_instantaneous_quench(liquid):
    at_once = inverse_power.energy(quench(liquid))
    slowly = inverse_power.energy(quench(liquid, rng=8, cooling_steps=4000))
    assert slowly < at_once


# perfect crystals: tabulated 0.575 and 0.511 for q6 with 12 and with 14 neighbours
@pytest.mark.parametrize(("structure", "cells", "order"), [("fcc", 4, 0.5745), ("bcc", 5, 0.5107)])
def test_perfect_crystals_are_recognised(structure, cells, order):
    structure = inherent_structure(lattice(structure, cells))
    assert structure.crystalline
    assert structure.order == pytest.approx(order, abs=1e-4)
    assert structure.excess < 0.0051


def test_bond_order_does_not_turn_with_the_axes(glass):
    turned = Configuration(glass.positions[:, [2, 0, 1]], glass.box)
    assert bond_order(turned) == pytest.approx(bond_order(glass.configuration), rel=1e-12)


def test_warm_crystal_with_defects_is_recognised():
    fcc = lattice("fcc", 5)
    rng = np.random.default_rng(9)
    kept = rng.permutation(500)[:490]
    warm = fcc.moved(fcc.positions[kept] + rng.normal(scale=0.06, size=(490, 3)))
    assert inherent_structure(minimize(warm)).crystalline


def test_glass_is_recognised_by_order_and_by_energy(glass):
    assert not glass.crystalline
    assert 0.15 < glass.order < 0.29
    assert 0.024 < glass.excess < 0.033
    assert inverse_power.energy(glass) / 500 == pytest.approx(glass.energy, rel=1e-14)


def test_energy_is_no_sign_of_a_crystal_where_it_was_not_measured():
    """Of r^-3 a glass has an energy 0.5 % above that of fcc, less than defects cost in the crystal of r^-6."""
    soft = InversePower(exponent=3)
    glass = make_glass(256, rng=3, steps=1000, potential=soft)
    assert glass.excess < 0.02
    assert glass.order < 0.3
    assert not glass.crystalline
    assert inherent_structure(lattice("fcc", 4), potential=soft).crystalline


def test_crystals_are_rejected_and_counted(monkeypatch):
    """Melts that have not melted: which run crystallises by itself is another on every processor."""
    melted = []

    def slow_to_melt(n, **options):
        melted.append(n)
        return lattice("fcc", 4) if len(melted) <= crystals else melt(n, **options)

    monkeypatch.setattr("softmodes.glass.preparation.melt", slow_to_melt)
    crystals = 2
    glass = make_glass(256, rng=3, steps=300)
    assert glass.rejected == len(melted) - 1 >= 2
    assert not glass.crystalline
    crystals = 100
    with pytest.raises(RuntimeError, match=r"all 3 quenches of 256 atoms crystallised .* cool faster"):
        make_glass(256, rng=3, steps=300, attempts=3)
