"""The explorers of the quantum levels and of the heat capacity: what they estimate, and the pages without a network."""

import itertools

import numpy as np
import pytest
from scipy.constants import h, k
from scipy.integrate import quad
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import minimize_scalar

from softmodes import PotentialExplorer, SpecificHeatExplorer, heat_capacity, load_materials, mode_potential
from softmodes.paper.materials import estimated_materials
from softmodes.theory.heat_capacity import activated_barrier

GLASSES = list(estimated_materials())


def positions_of(explorer, count, seed):
    """The corners of the range, and places within it as a hand would find them."""
    rng = np.random.default_rng(seed)
    sliders = {s["name"]: (s["low"], s["high"]) for s in explorer.table["sliders"]}
    choices = {c["name"]: [value for value, _ in c["options"]] for c in explorer.table["choices"]}
    corners = [dict(zip(sliders, ends, strict=True)) for ends in itertools.product(*sliders.values())]
    inside = [{name: rng.uniform(*ends) for name, ends in sliders.items()} for _ in range(count)]
    turns = {name: itertools.cycle(values) for name, values in choices.items()}
    return [{**place, **{name: next(turn) for name, turn in turns.items()}} for place in corners + inside]


# Quantum levels


@pytest.mark.parametrize(("d1", "d2"), [(0.0, -6.0), (0.0, 0.0), (0.5, -6.0), (-3.0, 2.0), (6.0, -11.0), (0.0, 12.0)])
def test_levels_are_those_of_a_grid(d1, d2):
    def on_grid(step):
        x = np.arange(-6, 6 + step / 2, step)
        potential = d1 * x + d2 * x**2 + x**4
        hops = np.full(x.size - 1, -(step**-2))
        return eigh_tridiagonal(2 / step**2 + potential, hops, select="i", select_range=(0, 1), eigvals_only=True)

    coarse, fine = on_grid(0.01), on_grid(0.005)
    ground, first = fine + (fine - coarse) / 3  # the error of second differences goes with the square of the step
    found = PotentialExplorer(d1=d1, d2=d2).estimates
    assert found["ground"] == pytest.approx(ground, abs=1e-6)
    assert found["spacing"] == pytest.approx(first - ground, abs=1e-6)


@pytest.mark.parametrize("glass", GLASSES)
def test_spacing_and_eta_in_units_of_a_glass(glass):
    found, material = PotentialExplorer(d2=-5.0, d1=0.2, glass=glass).estimates, load_materials()[glass]
    w, epsilon = material.crossover_energy.n, material.quartic_energy.n
    assert found["spacing_kelvin"] * k == pytest.approx(found["spacing"] * w)
    assert found["spacing_ghz"] * 1e9 * h == pytest.approx(found["spacing"] * w)
    # Eq. 5 with this η_k is the potential of the sliders in its own length.
    y = np.linspace(-3, 3, 7)
    assert mode_potential(y * (w / epsilon) ** 0.25, found["eta"], epsilon) == pytest.approx(w * (-5 * y**2 + y**4))


def test_barrier_is_that_of_the_drawn_potential():
    x, explorer = np.linspace(-3, 3, 60001), PotentialExplorer()
    for d1, d2 in itertools.product((0.0, 0.3, -2.0, 6.0), (-11.0, -7.3, -4.0, -1.0, -0.1, 0.0, 5.0)):
        explorer.d1, explorer.d2 = d1, d2
        v = d1 * x + d2 * x**2 + x**4
        tops = v[1:-1][(v[1:-1] > v[:-2]) & (v[1:-1] > v[2:])]
        expected = None if tops.size == 0 else pytest.approx(tops[0] - v.min(), abs=1e-6)
        assert explorer.estimates["barrier"] == expected, explorer


def test_barrier_of_a_symmetric_double_well_is_a_quarter_of_the_square():
    assert PotentialExplorer(d2=-8.0).estimates["barrier"] == pytest.approx(16, rel=1e-14)


def test_potential_picture_has_six_levels_and_says_them():
    explorer = PotentialExplorer(d2=-8.0)
    _, alt = explorer._picture()
    assert "-12.14, -12.13, -5.127, -5.011, -0.132, 1.42 W" in alt
    assert "0.001516 W for this potential" in alt
    assert len(explorer.table["spacing"]["symmetric"]) == 93


@pytest.mark.slow
def test_potential_page_agrees_with_python_over_the_whole_range(explorer_page, page_agrees):
    explorer, glasses = PotentialExplorer(), itertools.cycle(GLASSES)
    symmetric = [{"d1": 0, "d2": d2, "glass": next(glasses)} for d2 in np.linspace(-11, 12, 47)]
    page = explorer_page(PotentialExplorer)
    page_agrees(page, explorer, symmetric + positions_of(explorer, 100, seed=3))
    # Doublets keep their parities: the splitting is there as long as Python's is.
    page_agrees(page, explorer, [{"d2": -11, "d1": 0}, {"d2": -11, "d1": 0.1}, {"d2": -11, "d1": -0.1}])


@pytest.mark.slow
def test_arrow_key_makes_the_well_double_and_a_preset_deep(explorer_page, page_agrees):
    page, explorer = explorer_page(PotentialExplorer), PotentialExplorer()
    wave, note = page.locator("svg path.current").first, page.locator(".note")
    before, said = wave.get_attribute("d"), note.inner_text()
    page.locator("input[name=d2]").focus()
    page.keyboard.press("ArrowLeft")
    page_agrees(page, explorer, [{}])
    assert explorer.d2 == -0.1
    assert wave.get_attribute("d") != before
    page.get_by_role("button", name="double well").click()
    page_agrees(page, explorer, [{}])
    assert (explorer.d2, explorer.d1) == (-8, 0)
    assert note.inner_text() != said
    assert page.locator(".presets [aria-pressed=true]").inner_text() == "double well"
    assert not page.locator(".badge").is_visible()  # none of the three is a number of the paper


@pytest.mark.slow
def test_table_behind_the_levels_is_pythons(explorer_page):
    page = explorer_page(PotentialExplorer)
    page.locator("summary").click()
    rows = page.locator("details tbody tr")
    rows.first.wait_for()
    quartic = ["1.06", "3.8", "7.456", "11.64", "16.26", "21.24"]  # tabulated for x⁴ everywhere
    assert [row.split()[1] for row in rows.all_inner_texts()] == quartic


# Heat capacity


@pytest.mark.parametrize("v_max", [5.0, 20.0, 33.3, 60.0])
def test_crossover_is_the_minimum_of_the_heat_capacity(v_max):
    found = SpecificHeatExplorer(w=2.0, v_max=v_max).estimates
    t = np.linspace(0.8, 1.25, 10001) / found["ratio"]
    c = heat_capacity(t, v_max=v_max) / t**3
    assert found["t_star"] == pytest.approx(2.0 * t[np.argmin(c)], rel=1e-3)
    assert found["t_star_quoted"] == pytest.approx(2.0 / 1.6)
    assert found["area_factor"] == pytest.approx((found["t_star"] / found["t_star_quoted"]) ** 3)


@pytest.mark.parametrize("v_max", [5.0, 20.0, 60.0])
def test_asymptotic_ratio_is_that_of_two_level_systems_and_oscillators(v_max):
    # Densities of |Δ| and of quanta e from dD_1 dD_2, heat capacities of a two-level system and of an oscillator.
    two_levels = quad(lambda v: v**-0.75, 0, v_max)[0] * quad(lambda y: (y / 2 / np.cosh(y / 2)) ** 2, 0, 80)[0]
    oscillators = quad(lambda y: y**4 / 8 * (y / 2 / np.sinh(y / 2)) ** 2, 0, 80)[0]
    lowest = minimize_scalar(lambda t: two_levels / t**2 + oscillators * t**2, bounds=(0.3, 1), options={"xatol": 1e-9})
    found = SpecificHeatExplorer(v_max=v_max).estimates
    assert found["asymptotic_ratio"] == pytest.approx(1 / lowest.x, rel=1e-5)


def test_time_is_that_within_which_the_barrier_is_crossed():
    found = SpecificHeatExplorer(v_max=25.0).estimates
    assert activated_barrier(1 / found["ratio"], found["time"]) == pytest.approx(25)


def test_heat_capacity_starts_at_silica_and_takes_other_values():
    material = load_materials()["SiO2"]
    assert SpecificHeatExplorer().w == material.crossover_energy.n / k
    assert SpecificHeatExplorer().estimates["t_star_quoted"] == pytest.approx(material.crossover_temperature.n)
    assert SpecificHeatExplorer(w=1.0, debye="off").w == 1
    with pytest.raises(ValueError, match="^v_max must be a number from 5 to 60, got 61$"):
        SpecificHeatExplorer(v_max=61)


@pytest.mark.parametrize("debye", ["on", "off"])
def test_heat_capacity_picture_says_that_it_is_a_model(debye):
    _, alt = SpecificHeatExplorer(w=2.0, strength=1.0, debye=debye)._picture()
    assert alt.startswith("Model, not data")
    assert ("0.1 times theirs" in alt) == (debye == "on")
    assert "eq. 8 has 1.25 K" in alt


def test_table_has_no_states_below_the_smallest_splitting():
    table = SpecificHeatExplorer().table
    coldest = [row[0] for row in table["reduced"]]
    assert coldest[0] is None  # 5 W: split by a tenth of W, at a fiftieth of it nothing is left
    assert all(value is not None for value in coldest[10:])
    assert all(value is None or value > 0 for row in table["reduced"] for value in row)


@pytest.mark.slow
def test_heat_capacity_page_agrees_with_python_over_the_whole_range(explorer_page, page_agrees):
    explorer = SpecificHeatExplorer()
    barriers = [{"v_max": v, "w": 2} for v in range(5, 61)]
    page = explorer_page(SpecificHeatExplorer)
    page_agrees(page, explorer, barriers + positions_of(explorer, 60, seed=4))


@pytest.mark.slow
def test_page_draws_its_minimum_at_the_marker(explorer_page, visit):
    page = explorer_page(SpecificHeatExplorer)
    for values in ({"debye": "on", "strength": -0.5}, {"debye": "off", "v_max": 6, "w": 1}, {"v_max": 47, "w": 5}):
        visit(page, [values])
        path = page.locator("svg").first.locator("path.current").get_attribute("d")
        points = np.array([point.split(",") for point in path.lstrip("M").split("L")], dtype=float)
        marker = page.locator("svg").first.locator("circle.marker")
        x, y = (float(marker.get_attribute(name)) for name in ("cx", "cy"))
        near = points[np.abs(points[:, 0] - x) < 40]
        assert near[:, 1].max() == pytest.approx(y, abs=0.5)  # pixels count downwards
        assert near[np.argmax(near[:, 1]), 0] == pytest.approx(x, abs=6)


@pytest.mark.slow
@pytest.mark.parametrize("glass", GLASSES)
def test_preset_brings_the_energy_of_a_glass_back(explorer_page, visit, glass):
    page = explorer_page(SpecificHeatExplorer)
    visit(page, [{"w": 5}])
    badge = page.locator(".badge")
    assert badge.inner_text() == "not the paper's value"
    page.locator(".presets button").nth(GLASSES.index(glass)).click()
    [answer] = visit(page, [{}])
    assert badge.inner_text() == "paper value"
    expected = load_materials()[glass].crossover_temperature.n
    assert answer["said"]["t_star_quoted"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.slow
def test_arrow_key_moves_the_highest_barrier_by_one(explorer_page, page_agrees):
    page, explorer = explorer_page(SpecificHeatExplorer), SpecificHeatExplorer()
    page_agrees(page, explorer, [{"w": 3}])
    page.locator("input[name=v_max]").focus()
    page.keyboard.press("ArrowRight")
    page_agrees(page, explorer, [{}])
    assert explorer.v_max == 21
    assert page.locator("label:has([name=v_max]) output").inner_text() == "21 W"
