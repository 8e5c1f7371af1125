"""Section 3: the crossover estimates of eqs 6-8 and the materials they are applied to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.constants import angstrom, atomic_mass, hbar, k

from softmodes.figures import plot_atom_sensitivities
from softmodes.paper.findings import atom_sensitivities
from softmodes.paper.findings.crossover import POWERS
from softmodes.theory.crossover import (
    crossover_energy,
    crossover_temperature,
    crystal_frequency,
    participation_area,
    quartic_energy,
)

areas = st.floats(1e-19, 1e-17)
masses = st.floats(1e-27, 1e-24)
frequencies = st.floats(1e12, 1e14)


@given(areas, masses, frequencies)
def test_eq7_is_the_energy_of_one_level_of_the_quartic_mode(area, mass, omega_c):
    """W is defined by kinetic and quartic energy in balance: ħ²/(2 N M a² x²) = ε_0 x⁴."""
    w = crossover_energy(area, mass, omega_c)
    x = (w / quartic_energy(area, mass, omega_c)) ** 0.25
    assert hbar**2 / (2 * area * mass * x**2) == pytest.approx(w, rel=1e-12)


@given(areas, masses, frequencies)
def test_eqs_6_and_7_are_undone_by_their_inverses(area, mass, omega_c):
    assert participation_area(crossover_energy(area, mass, omega_c), mass, omega_c) == pytest.approx(area, rel=1e-12)
    assert 2 * np.pi * crystal_frequency(quartic_energy(area, mass, omega_c), area, mass) == pytest.approx(
        omega_c, rel=1e-12
    )


def test_the_number_of_atoms_falls_with_the_third_power_of_the_crossover_temperature():
    once, twice = participation_area(np.array([1.0, 2.0]) * 1.6 * k, 20 * atomic_mass, 1.9e13)
    assert once / twice == pytest.approx(8, rel=1e-12)


def test_eq8_relates_w_to_the_minimum_of_the_heat_capacity():
    assert crossover_temperature(1.6 * k) == pytest.approx(1, rel=1e-12)


def test_length_moves_the_number_of_atoms_most_and_each_input_by_its_power():
    """The powers are those of `participation_area` over a²; an order of magnitude in a outweighs all else together."""
    arguments = [1.6 * k, 20 * atomic_mass, 1.9e13]
    for place, symbol in enumerate(("T*", "M", "ν_c")):
        doubled = [value * (1 + (place == i)) for i, value in enumerate(arguments)]
        factor = participation_area(*doubled) / participation_area(*arguments)
        assert factor == pytest.approx(2.0 ** POWERS[symbol], rel=1e-12)
    length, *others = atom_sensitivities("SiO2")
    assert (length.symbol, POWERS["a"], POWERS["W/k_BT*"]) == ("a", -2, POWERS["T*"])
    assert (length.low, length.high) == pytest.approx((0.1, 10), rel=1e-12)
    assert np.prod([row.high / row.low for row in others]) < 100
    assert len(atom_sensitivities("B2O3")) == len(others)
    axes = Figure().subplots()
    alt = plot_atom_sensitivities(axes, (length, *others))
    assert "a (of the order of 1 Å) 0.1 to 10" in alt
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    np.testing.assert_allclose(spans, [(row.low, row.high) for row in (length, *others)], rtol=1e-12)


def test_arrays_broadcast_and_scalars_stay_scalars():
    assert crossover_energy(np.ones((2, 1)) * 1e-18, np.ones(3) * 1e-26, 1e13).shape == (2, 3)
    assert np.ndim(crossover_energy(1e-18, 1e-26, 1e13)) == 0
    assert participation_area(k, 20 * atomic_mass, 1.9e13) / angstrom**2 > 0


@pytest.mark.parametrize("name", ["participation_area", "mass", "omega_c"])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_bad_input_is_named(name, value):
    arguments = {"participation_area": 1e-18, "mass": 1e-26, "omega_c": 1e13, name: value}
    for function in (crossover_energy, quartic_energy):
        with pytest.raises(ValueError, match=f"^{name} must be positive and finite, got {value}$"):
            function(**arguments)
    with pytest.raises(ValueError, match="^crossover_energy must be positive and finite"):
        crossover_temperature(value)
    with pytest.raises(ValueError, match="^quartic_energy must be positive and finite"):
        crystal_frequency(value, 1e-18, 1e-26)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: crossover_energy(1e-300, 1e-26, 1e13),
            "participation_area, mass, omega_c must keep crossover_ener",
        ),
        (lambda: quartic_energy(1e-200, 1e-200, 1.0), "participation_area, mass, omega_c must keep quartic_energy and"),
        (
            lambda: participation_area(1e-200, 1e-26, 1e13),
            "crossover_energy, mass, omega_c must keep partic",
        ),
        (lambda: crossover_energy(1e-20, 10**400, 1e13), "mass must be finite, got an integer of about 400 digits"),
        (lambda: crossover_energy(1e-20, "1e-26", 1e13), "mass must be a number or an array of numbers, got '1e-26'"),
        (lambda: crossover_energy(1e-20, 1e-26, True), "omega_c must be a number or an array of numbers, got True"),
        (lambda: crossover_energy(1e-20 + 0j, 1e-26, 1e13), r"participation_area must be real, got \(1e-20\+0j\)"),
    ],
)
def test_what_no_double_can_hold_is_said(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
