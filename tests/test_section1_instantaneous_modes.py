"""Section 1: unstable modes in configurations of the liquid, by routes that share no code with the ensembles."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from softmodes.ensembles import sample_liquid, simulate_liquid
from softmodes.figures.liquid import plot_instantaneous_spectrum, plot_unstable_fraction, plot_unstable_participation
from softmodes.glass import inverse_power, lattice, melt, minimize
from softmodes.modes import normal_modes
from softmodes.paper.findings.liquids import unstable_modes
from softmodes.paper.loaders import load_ensembles

SHIPPED = load_ensembles().liquids
CRYSTAL = load_ensembles().crystal


@pytest.fixture(scope="module")
def snapshot():
    """A small liquid at T = 0.5."""
    return melt(216, rng=3, temperature=0.5, steps=300)


def means(values):
    """Means over snapshots and their standard errors."""
    return values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])


def test_inherent_structure_of_an_unstable_snapshot_has_no_unstable_mode(snapshot):
    assert normal_modes(snapshot).unstable > 50
    assert normal_modes(minimize(snapshot)).unstable == 0


def test_eigenvalues_add_up_to_the_laplacian_of_the_pair_potential(snapshot):
    """tr H = Σ over ordered pairs of u″ + 2u′/r: a sum over distances that needs no matrix."""
    r = snapshot.positions[:, None] - snapshot.positions
    r -= snapshot.box * np.round(r / snapshot.box)
    r = np.sqrt(np.sum(r**2, axis=-1))[~np.eye(216, dtype=bool)]
    r = r[r < 3]
    laplacian = 30 * r**-8 + 20 * 1.5 * 3.0**-10 * r**2
    assert normal_modes(snapshot).eigenvalues.sum() == pytest.approx(laplacian.sum(), rel=1e-10)


def test_unstable_modes_lower_the_energy_along_themselves(snapshot):
    """u(x + he) + u(x - he) - 2u(x) = ω²h²: the negative curvature is felt by the energy itself."""
    modes, h = normal_modes(snapshot), 1e-3
    for k in (0, 10, 400):
        energies = [inverse_power.energy(snapshot.moved(snapshot.positions + s * h * modes.eigenvectors[k]))
                    for s in (-1, 0, 1)]  # fmt: skip
        assert np.dot(energies, (1, -2, 1)) / h**2 == pytest.approx(modes.eigenvalues[k], rel=1e-3)
    assert modes.frequencies[0] == -np.sqrt(-modes.eigenvalues[0]) / (2 * np.pi)


@pytest.mark.slow
def test_each_snapshot_has_a_stream_of_its_own_in_whatever_order_they_are_made():
    second, first = (simulate_liquid(5, index, 216, temperatures=[1.0, 0.4], steps=20) for index in (1, 0))
    alone = simulate_liquid(5, 0, 216, temperatures=[1.0], steps=20)
    assert np.array_equal(alone["frequencies"][0], first["frequencies"][0])
    assert len({nu[0] for member in (first, second) for nu in member["frequencies"]}) == 4
    assert first["frequencies"].shape == (2, 645)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((216, -1.0), {}, "temperature must be positive and finite, got -1.0"),
        ((216, 1.0), {"steps": 0}, "steps must be .*got 0"),
        ((216, 1.0), {"steps": 1}, "steps must be an integer of at least 2, got 1$"),
        ((216, 1.0), {"steps": 10**10}, "steps must be an integer from 2 to 1000000000, got 10000000000$"),
        ((100, 1.0), {}, "n must be at least 216"),
        ((300, 1.0), {"start": "crystal"}, "n must be 4 times a cube, .*, got 300"),
        ((256, 1.0), {"start": "gas"}, "start must be glass or crystal, got 'gas'"),
    ],
)
def test_bad_input_gives_one_clear_line(arguments, options, message):
    with pytest.raises(ValueError, match=message) as caught:
        sample_liquid(*arguments, rng=0, **options)
    assert "\n" not in str(caught.value)


def test_crystals_are_refused(monkeypatch):
    """A run that stays on the crystal is thrown away each time, and said so."""
    monkeypatch.setattr("softmodes.ensembles.liquids.melt", lambda n, **_: lattice("fcc", 4))
    with pytest.raises(RuntimeError, match="^all 2 runs of 256 atoms at k_B T = 0.01 crystallised; try fewer steps$"):
        sample_liquid(256, 0.01, rng=0, steps=10, attempts=2)


def test_molten_crystals_are_refused():
    with pytest.raises(RuntimeError, match="^all 1 runs of 256 atoms at k_B T = 2 melted; try fewer steps$"):
        sample_liquid(256, 2.0, rng=0, steps=300, start="crystal", attempts=1)


def test_heated_crystal_is_harmonic_when_it_is_cold_and_has_unstable_modes_when_it_is_hot():
    """Equipartition: distance and harmonic displacement agree but for what anharmonicity adds, in proportion to T."""
    found, error = means(CRYSTAL.distance / CRYSTAL.harmonic)
    assert np.all(np.diff(found) > 0)
    slope, cold = np.polyfit(CRYSTAL.temperatures, found, 1, w=1 / error)
    assert cold == pytest.approx(1, abs=0.1)
    assert 0.5 < slope < 3
    assert np.all(CRYSTAL.order > 0.5)
    # all of one crystal
    assert np.ptp(CRYSTAL.inherent_energy) < 1e-9
    fraction, _ = means(CRYSTAL.unstable_fraction)
    glassy = means(SHIPPED.unstable_fraction)[0][[SHIPPED.temperatures.tolist().index(t) for t in CRYSTAL.temperatures]]
    assert fraction[0] < 1e-3
    assert np.all(np.diff(fraction) > 0)
    assert np.all(fraction < 0.6 * glassy)


def test_shipped_liquids_are_in_equilibrium_above_freezing():
    """Configurational temperature ⟨F²⟩/⟨tr H⟩ is the thermostat's, and the second half of the run lowers nothing."""
    measured, error = means(SHIPPED.configurational_temperature)
    assert np.all(np.abs(measured - SHIPPED.temperatures) < 4 * error)
    drift, error = means(np.diff(SHIPPED.energy)[..., 0])
    above = SHIPPED.temperatures > inverse_power.freezing
    assert above.sum() == 5
    assert np.all(np.abs(drift[above]) < 3.5 * error[above])


def test_shipped_snapshots_are_no_crystals():
    assert SHIPPED.frequencies.shape == (10, 16, 1497)
    assert SHIPPED.order.max() <= 0.30
    assert SHIPPED.excess.min() >= 0.020


def test_unstable_modes_fade_with_temperature_and_are_more_localised_near_freezing():
    fraction, _ = means(SHIPPED.unstable_fraction)
    assert np.all(np.diff(fraction) < 0)
    unstable, stable = (means(SHIPPED.participation_ratio(unstable=which)) for which in (True, False))
    cool = SHIPPED.temperatures < 0.5
    assert np.all((stable[0] - unstable[0])[cool] > 5 * np.hypot(stable[1], unstable[1])[cool])


def test_area_of_the_imaginary_lobe_is_the_unstable_fraction():
    for temperature, fraction in zip(SHIPPED.temperatures, SHIPPED.unstable_fraction.mean(axis=1), strict=True):
        text = plot_instantaneous_spectrum(Figure().subplots(), SHIPPED, [temperature])
        assert f"{fraction:.3f} at {temperature:g}" in text


@pytest.mark.slow
def test_other_seeds_give_the_shipped_statistics():
    """Two new snapshots against sixteen: on another machine dynamics differs, its statistics does not."""
    level = SHIPPED.temperatures.tolist().index(0.3)
    made = [simulate_liquid(77, index, 500, temperatures=[0.3], steps=1000) for index in range(2)]
    new = {name: np.concatenate([member[name] for member in made]) for name in made[0]}
    for here, anew in (
        (SHIPPED.unstable_fraction[level], np.mean(new["frequencies"] < 0, axis=1)),
        (SHIPPED.soft_modes(0.15)[level], np.sum(new["inherent_frequencies"] < 0.15, axis=1)),
        *((getattr(SHIPPED, name)[level], new[name]) for name in ("inherent_energy", "harmonic", "distance")),
        (SHIPPED.displacement[level, :, 12], new["displacement"][:, 12]),
    ):
        assert abs(anew.mean() - here.mean()) < 4.5 * here.std(ddof=1) * np.sqrt(1 / 2 + 1 / 16)


def test_no_unstable_mode_gives_nan_and_no_number():
    arrays = {"frequencies": np.ones((1, 1, 6)), "participation_number": np.full((1, 1, 6), 2.0)}
    stable = replace(SHIPPED, parameters={"n": 3}, **arrays)
    assert np.isnan(stable.participation_ratio(unstable=True))
    assert stable.participation_ratio(unstable=False) == pytest.approx(2 / 3)


def test_figures_draw_the_liquids_and_describe_themselves():
    for words, draw in {
        f"{means(SHIPPED.unstable_fraction)[0][4]:.4f}±0.0009 at 0.19": lambda ax, liquids: plot_unstable_fraction(
            ax, liquids, CRYSTAL
        ),
        "0.274±0.003 to 0.281±0.005": plot_unstable_participation,
        "0.260 at 1, 0.110 at 0.19": plot_instantaneous_spectrum,
    }.items():
        ax = Figure().subplots()
        assert words in draw(ax, SHIPPED)
        assert ax.get_xlabel()
        assert ax.has_data()
    assert [row.temperature for row in unstable_modes(SHIPPED)][4] == "0.19"
    with pytest.raises(ValueError, match=r"^temperatures must be among \[1.0, .*\], got 0.2$"):
        plot_instantaneous_spectrum(Figure().subplots(), SHIPPED, temperatures=[0.2])
