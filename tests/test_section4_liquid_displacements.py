"""Section 4: soft modes below the liquid and vibrational displacements in it, by independent routes."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from softmodes.ensembles import sample_liquid
from softmodes.figures.inherent_structures import (
    plot_displacement_in_time,
    plot_inherent_energy,
    plot_soft_modes,
    plot_vibrational_displacement,
)
from softmodes.glass import make_glass, melt, minimize, square_displacements, thermal_velocities
from softmodes.glass.dynamics import hold
from softmodes.glass.potential import inverse_power
from softmodes.modes import normal_modes
from softmodes.paper.averages import snapshot_means
from softmodes.paper.findings.liquids import shoulder, soft_mode_slope, vibrational_displacements
from softmodes.paper.loaders import load_ensembles

LIQUIDS = load_ensembles().liquids


@pytest.fixture(scope="module")
def glass():
    """A small minimum."""
    return make_glass(216, rng=3, steps=100).configuration


@pytest.fixture(scope="module")
def modes(glass):
    """Its modes, from the matrix itself: eigenvalues (645,) and vectors (645, 648)."""
    eigenvalues, vectors = np.linalg.eigh(inverse_power.hessian(glass).toarray())
    return eigenvalues[3:], vectors[:, 3:].T


def test_displacement_in_time_is_that_of_harmonic_modes_when_it_is_cold(glass, modes):
    """Each amplitude is a cos ωt + b sin ωt / ω, exactly, for the start that was given."""
    omega, rng, temperature = np.sqrt(modes[0]), np.random.default_rng(1), 1e-8
    a = rng.normal(size=645) * np.sqrt(temperature) / omega
    start = glass.moved(glass.positions + (a @ modes[1]).reshape(-1, 3))
    velocities = thermal_velocities(216, temperature, rng)
    b, steps = modes[1] @ velocities.ravel(), [2, 10, 60, 300]
    found = square_displacements(start, velocities, steps)
    expected = [np.sum((a * (np.cos(omega * t) - 1) + b * np.sin(omega * t) / omega) ** 2) / 216
                for t in 0.01 * np.array(steps)]  # fmt: skip
    # the time step shifts a frequency by (ω dt)²/24, 1e-4, and by 3e-4 the phase that it has after 300 steps
    np.testing.assert_allclose(found, expected, rtol=5e-3)


def test_thermostat_keeps_the_harmonic_displacement_when_it_is_cold(glass, modes):
    rng, temperature, found = np.random.default_rng(2), 1e-3, []
    for _ in range(15):
        start = (rng.normal(size=645) * np.sqrt(temperature / modes[0]) @ modes[1]).reshape(-1, 3)
        end = hold(glass.moved(glass.positions + start), temperature, rng=rng, steps=100)
        found.append(np.sum((end.positions - glass.positions) ** 2) / 216)
    error = np.std(found, ddof=1) / np.sqrt(15)
    assert error < 0.1 * np.mean(found)
    assert abs(np.mean(found) - temperature / 216 * np.sum(1 / modes[0])) < 4 * error


@pytest.mark.slow
def test_what_lies_below_a_snapshot_is_found_again_from_scratch():
    found = sample_liquid(216, 0.15, rng=8, steps=200)
    stream = np.random.default_rng(8).spawn(10)[int(found["rejected"])]
    snapshot = hold(minimize(melt(216, rng=stream, steps=1000)), 0.15, rng=stream, steps=100)
    snapshot = hold(snapshot, 0.15, rng=stream, steps=100)
    below = minimize(snapshot)
    hessian = inverse_power.hessian(below).toarray()
    assert found["inherent_energy"] == pytest.approx(inverse_power.energy(below) / 216, rel=1e-9)
    assert found["harmonic"] == pytest.approx(0.15 / 216 * np.trace(np.linalg.pinv(hessian, rcond=1e-8)), rel=1e-6)
    soft = np.linalg.eigvalsh(hessian)[3:63]
    np.testing.assert_allclose(found["inherent_frequencies"], np.sqrt(soft) / (2 * np.pi), rtol=1e-5)
    # nothing in it has moved as a whole
    assert found["distance"] == pytest.approx(np.sum((snapshot.positions - below.positions) ** 2) / 216, rel=1e-6)
    assert normal_modes(below, count=1).participation_number[0] == pytest.approx(
        found["inherent_participation_number"][0], rel=1e-4
    )


def test_free_flight_comes_first():
    """3 k_BT t², less the motion of the whole; collisions take ω²t²/12 of it, 0.2 % at t = 0.02."""
    flight = LIQUIDS.displacement[:, :, 0] / (3 * LIQUIDS.temperatures[:, None] * LIQUIDS.times[0] ** 2)
    for mean in snapshot_means(flight):
        assert abs(mean.n - (1 - 1 / 500) * 0.998) < 4 * mean.s


def test_shoulder_is_where_the_logarithm_rises_least():
    times, rng = LIQUIDS.times, np.random.default_rng(3)

    def moved(t):
        return 2 * 0.02 * (1 - 1 / (1 + 75 * 0.13 * t**2)) + 0.006 * t

    noisy = moved(times) * np.exp(0.02 * rng.normal(size=(30, 1)) + 0.02 * rng.normal(size=(30, len(times))))
    fine = np.geomspace(0.1, 4, 4000)
    slopes = np.gradient(np.log(moved(fine)), np.log(fine))
    time, height, slope = shoulder(times, noisy)
    assert slope.n == pytest.approx(slopes.min(), abs=0.1)
    assert height.n == pytest.approx(moved(fine[slopes.argmin()]), rel=0.06)
    assert 0 < height.s < 0.05 * height.n
    # diffusion alone has none
    assert shoulder(times, noisy[:, :1] * times)[2].n == pytest.approx(1, abs=0.01)


def test_soft_modes_below_the_shipped_liquids_are_few_and_do_not_depend_on_temperature():
    """Counts at ten temperatures are those of one mean: χ² per degree of freedom below 2.5."""
    number = snapshot_means(LIQUIDS.soft_modes(0.1))
    values, errors = np.array([x.n for x in number]), np.array([x.s for x in number])
    mean = np.sum(values / errors**2) / np.sum(1 / errors**2)
    assert np.sum((values - mean) ** 2 / errors**2) < 2.5 * 9
    assert 1.5 < mean < 4
    with pytest.raises(ValueError, match="^highest must be so low that fewer than 60 modes are below, got 1$"):
        LIQUIDS.soft_modes(1)


def test_three_routes_agree_in_the_glass_and_part_in_the_liquid():
    """Cold, dynamics exceeds harmonic modes by a quarter; at freezing the snapshot is far from its minimum."""
    routes, known = vibrational_displacements(LIQUIDS), LIQUIDS.temperatures.tolist()
    cold, freezing = known.index(0.05), known.index(0.19)
    harmonic, distance, dynamics = (routes[name] for name in ("harmonic", "distance", "dynamics"))
    assert 1 < dynamics[cold].n / harmonic[cold].n < 1.5
    assert distance[freezing].n > 4 * harmonic[freezing].n
    # harmonic modes give at most a tenth more than in proportion to the temperature
    assert harmonic[freezing].n / harmonic[cold].n == pytest.approx(0.19 / 0.05, rel=0.15)
    # where more than half of what rises is diffusion there is no vibrational displacement to be read
    assert np.isnan([dynamics[known.index(t)].n for t in (1.0, 0.3, 0.19, 0.15)]).all()


def test_minima_below_the_equilibrium_liquid_are_equally_deep():
    """So they cannot tell whether deeper ones would be less soft; over the glasses, higher ones are softer."""
    above = LIQUIDS.temperatures >= 0.19
    energies = snapshot_means(LIQUIDS.inherent_energy[above])
    middle = sum(energies) / len(energies)
    assert sum((energy.n - middle.n) ** 2 / energy.s**2 for energy in energies) < 2.5 * (len(energies) - 1)
    slope = soft_mode_slope(load_ensembles().glasses[500])
    assert slope.n > 3 * slope.s


def test_number_of_soft_modes_is_regressed_on_the_energy():
    rng = np.random.default_rng(0)
    energy, count = 3.49 + 0.004 * rng.normal(size=400), rng.poisson(9, size=400)
    nu = np.where(np.arange(40) < (count + (energy > 3.49))[:, None], 0.1, 1.0)
    slope = soft_mode_slope(SimpleNamespace(energy=energy, frequencies=nu, frequencies_to=lambda highest: nu))
    # a step of one mode at the middle: φ(0) = 0.399 modes per standard deviation of the energy
    assert abs(slope.n - 0.3989 / 0.004) < 3 * slope.s


def test_figures_draw_the_displacements_and_describe_themselves():
    def heights(ax, liquids, **options):
        return plot_vibrational_displacement(ax, liquids, load_ensembles().crystal, **options)

    for words, draw in {
        "with ν < 0.15": plot_soft_modes,
        "Energy per atom of the inherent structures": plot_inherent_energy,
        "against temperature, harmonic line 0.2": heights,
        "its least slope on both logarithmic axes": plot_displacement_in_time,
    }.items():
        ax = Figure().subplots()
        assert words in draw(ax, LIQUIDS)
        assert ax.get_xlabel()
        assert ax.has_data()
    assert "divided by k_BT" in heights(Figure().subplots(), LIQUIDS, over_temperature=True)
    with pytest.raises(ValueError, match=r"^temperatures must be among \[1.0, .*\], got 0.2$"):
        plot_displacement_in_time(Figure().subplots(), LIQUIDS, temperatures=[0.2])


def test_shoulder_of_harmonic_vibrations_is_their_displacement_to_a_tenth():
    """What the notebook corrects for: at the times of the shoulder the vibrations are not quite out of step."""
    omega = 2 * np.pi * load_ensembles().glasses[500].frequencies.astype(float)
    ratio = [
        np.mean(np.sum((1 - np.cos(omega * t)) / omega**2, axis=1) / np.sum(omega**-2, axis=1)) for t in (1.2, 2.1)
    ]
    np.testing.assert_allclose(ratio, [0.97, 1.08], atol=0.01)
    times = [
        shoulder(LIQUIDS.times, LIQUIDS.displacement[list(LIQUIDS.temperatures).index(t)])[0] for t in (0.19, 0.05)
    ]
    np.testing.assert_allclose(times, [1.2, 2.1], atol=0.06)
