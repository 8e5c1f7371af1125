"""Public functions called with what their arguments should not be: finite numbers or one clear line, nothing else."""

import pickle
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from functools import cache
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import softmodes as sm
from softmodes import ensembles, figures, glass
from softmodes.glass.configuration import fcc_crystal
from softmodes.glass.dynamics import hold
from softmodes.modes.derivatives import EnergyDerivatives
from softmodes.modes.normal import stable_modes
from softmodes.paper import averages, findings
from softmodes.paper.claims import claims
from softmodes.paper.ledger import errata, ledger
from softmodes.paper.materials import crossover_estimates
from softmodes.paper.measured import load_measured, read_measured
from softmodes.paper.overview import paper_map, summary
from softmodes.paper.printed import printed
from softmodes.paper.records import records
from softmodes.places import DATA
from softmodes.theory import crossover, free_energy, heat_capacity, heat_capacity_fit, landscape, levels, local_modes
from softmodes.theory import potential as section_2
from softmodes.theory.stability import stability_point

PACKAGE = Path(sm.__file__).parent
MATERIAL = sm.load_materials()["SiO2"]

# What people pass by mistake, and what nobody passes.
STRANGE = {
    "none": None,
    "truth value": True,
    "text of a number": "5",
    "empty text": "",
    "bytes": b"5",
    "nan": np.nan,
    "infinity": np.inf,
    "complex": 1j,
    "long integer": 10**400,
    "huge integer": 10**18,
    "huge": 1e308,
    "hugely negative": -1e308,
    "tiny": 1e-308,
    "denormal": 5e-324,
    "negative": -1,
    "zero": 0,
    "half": 0.5,
    "date": np.datetime64("2020-01-01"),
    "duration": np.timedelta64(5, "s"),
    "object": object(),
    "function": len,
    "class": dict,
    "dict": {"a": 1},
    "set": {1.0},
    "path": Path("nowhere"),
    "empty list": [],
    "empty rows": [[]],
    "empty modes": np.zeros((0, 216, 3)),
    "ragged": [[1.0, 2.0], [3.0]],
    "texts": ["1", "2"],
    "truth values": [True, False],
    "masked": np.ma.array([1.0, 2.0], mask=[False, True]),
    "masked inside": [np.ma.array([1.0, 2.0], mask=[False, True]), [3.0, 4.0]],
    "complex array": np.array([1j, 2.0]),
    "nan inside": np.array([1.0, np.nan]),
    "objects": np.array([None, "x"], dtype=object),
    "list of long integers": [1, 10**400],
    "three axes": np.ones((2, 2, 2)),
    "row": np.ones(3),
    "column": np.ones((3, 1)),
    "configuration": glass.lattice("fcc", 4),
}


@cache
def structure():
    return sm.make_glass(216, rng=1, steps=20)


@cache
def modes():
    return sm.normal_modes(structure())


@cache
def smooth():
    return sm.minimize(structure().configuration, potential=glass.smooth_inverse_power)


def motion():
    return np.eye(216)[0][:, None] * [0, 0, 1.0]


def theory_calls(folder):
    scales = {"mass": 1e-26, "omega_c": 1e13}
    yield sm.participation_number, {"eigenvectors": np.ones((2, 4, 3))}
    yield sm.mode_energy, {"participation_number": 30.0, "a": 1e-10, **scales}
    yield sm.mode_potential, {"x": 0.5, "eta": -0.5, "epsilon": 16.0}
    yield section_2.quartic_potential, {"displacement": 1e-11, "a": 1e-10, **scales}
    yield section_2.mode_coordinate, {"amplitude": 1e-24, "participation_number": 30.0, "mass": 1e-26, "a": 1e-10}
    yield sm.crossover_energy, {"participation_area": 1e-18, **scales}
    yield sm.participation_area, {"crossover_energy": 1e-22, **scales}
    yield sm.quartic_energy, {"participation_area": 1e-18, **scales}
    yield sm.crossover_temperature, {"crossover_energy": 1e-22}
    yield crossover.crystal_frequency, {"quartic_energy": 1e-17, "participation_area": 1e-18, "mass": 1e-26}
    yield sm.energy_levels, {"d1": 0.1, "d2": -1.0, "count": 3}
    yield levels.wave_functions, {"x": [0.0, 1.0], "d1": 0.1, "d2": -1.0, "count": 3}
    yield levels.tunnel_splitting, {"v": 10.0}
    yield sm.heat_capacity, {"temperature": 1.0, "v_max": 20.0}
    yield sm.crossover_ratio, {"v_max": 20.0}
    yield heat_capacity.soft_potential, {"e": 1.0, "s": 0.5}
    yield heat_capacity.vibrational_heat_capacity, {"temperature": 1.0}
    yield heat_capacity.tunnelling_heat_capacity, {"temperature": 1.0, "v_max": 20.0}
    yield heat_capacity.asymptotic_crossover_ratio, {"v_max": 20.0}
    yield heat_capacity.activated_barrier, {"temperature": 1.0, "time": 1.0, "attempt_time": 1e-13}
    solid = {"density": 2200.0, "young_modulus": 7e10, "shear_modulus": 3e10}
    yield heat_capacity_fit.debye_coefficient, solid
    t = np.geomspace(0.1, 15, 12)
    c = 1e-4 * sm.heat_capacity(t / 3.3) + 8e-4 * t**3
    fit = {"temperature": t, "heat_capacity": c, "uncertainty": 0.03 * c, "debye": 8e-4, "v_max": 20.0}
    yield heat_capacity_fit.fit_heat_capacity, fit
    yield sm.mean_square_displacement, {"eta_prime": 0.0}
    yield free_energy.mean_square_variance, {"eta_prime": 0.0}
    yield free_energy.power_exponential_integral, {"w": 1.0, "n": 4.0, "z": 1.0}
    yield free_energy.quartic_mean_square, {"beta_epsilon": 100.0}
    yield free_energy.entropic_force, {"eta": 0.1, "beta_epsilon": 100.0}
    yield sm.mode_free_energy, {"eta": 0.1, "beta_epsilon": 100.0}
    yield sm.local_free_energy, {"eta": 0.1, "beta_epsilon": 100.0, "beta_epsilon_m": 5.0}
    yield landscape.distortion_energy, {"eta": 0.1, "beta_epsilon_m": 5.0}
    yield landscape.spinodal, {"beta_epsilon": 100.0}
    yield landscape.extrema, {"beta_epsilon": 100.0, "beta_epsilon_m": 5.0}
    yield sm.harmonic_limits, {"beta_epsilon_m": 5.0}
    yield sm.quartic_mode_energy, {"beta_epsilon_m": 5.0}
    yield sm.formation_energy, {"beta_epsilon_0": 800.0}
    yield sm.stability_residual, {"eta": 0.1, "beta_epsilon": 100.0, "beta_epsilon_m": 5.0}
    yield sm.stability_curve, {"beta_epsilon_m": 5.0, "branch": "strong", "eta_prime": [0.1]}
    yield stability_point, {"eta": 0.01, "beta_epsilon_m": 5.0}
    yield local_modes.mode_shares, {"local_vector": np.ones((4, 3)), "eigenvectors": np.ones((2, 4, 3)) / 12**0.5}
    yield local_modes.local_restoring_force, {"shares": [0.4, 0.6], "eta": [0.1, 0.2]}
    shares = {"shares": [0.4, 0.6], "eta": [0.1, 0.2], "beta_epsilon": [10.0, 20.0], "beta_epsilon_m": 5.0}
    yield local_modes.local_stability_residual, shares


def load_material(glass):
    return sm.load_materials()[glass]


def check_unit(exercise, value, unit, glass):
    return sm.check(exercise, (value, unit), glass=glass)


def paper_calls(folder):
    yield load_material, {"glass": "SiO2"}
    yield crossover_estimates, {"a": 1e-10}
    yield findings.atom_sensitivities, {"glass": "SiO2", "reading": 0.05}
    yield MATERIAL.atoms, {"a": 1e-10}
    yield printed, {"item": "pair exponent", "glass": ""}
    yield ledger, {"section": 3, "ensemble": "shipped"}
    yield errata, {"ensemble": "shipped"}
    yield summary, {"ensemble": "shipped"}
    yield paper_map, {"ensemble": "shipped"}
    yield records, {"kind": "number", "ensemble": "shipped"}
    yield sm.quiz, {"section": 1}
    yield sm.predict, {"prompt": "2.a"}
    yield check_unit, {"exercise": "3.2", "value": 3.0, "unit": "K", "glass": "SiO2"}
    yield sm.check, {"exercise": "4.3", "value": 4.6, "beta_epsilon_m": 5.0}
    yield sm.check, {"exercise": "3.4", "value": [1.0, 2.0, 3.0, 4.0], "glass": "SiO2", "a": 1.0}
    yield sm.check, {"exercise": "3.5", "value": 0.1, "seed": 7, "ensemble": "shipped"}
    yield sm.check, {"exercise": "1.4", "value": 0.1, "double_well": -0.5}
    yield sm.teach.exercises, {"notebook": 4}


def short():
    return glass.InversePower(exponent=12, cutoff=1.25, continuity=2)


def structure_calls(folder):
    """Calls that need the potential, a glass or its modes."""
    crystal, potential = glass.lattice("fcc", 4), {"potential": sm.inverse_power}
    yield sm.Configuration, {"positions": np.ones((2, 3)), "box": 3.0}
    yield crystal.bonds, {"centre": 0}
    yield crystal.moved, {"positions": crystal.positions}
    yield glass.lattice, {"structure": "fcc", "cells": 1, "density": 1.0}
    yield fcc_crystal, {"n": 4}
    yield glass.InversePower, {"exponent": 6, "cutoff": 3.0, "continuity": 1}
    yield sm.inverse_power.pair, {"r": [1.0, 2.0], "order": 0}
    yield sm.inverse_power.pairs, {"configuration": crystal, "skin": 0.1}
    for method in (sm.inverse_power.energy, sm.inverse_power.forces, sm.inverse_power.hessian):
        yield method, {"configuration": crystal}
    yield glass.thermal_velocities, {"n": 4, "temperature": 1.0, "rng": 1}
    still = {"configuration": crystal, "velocities": np.zeros((256, 3))}
    yield glass.velocity_verlet, {**still, "steps": 1, "dt": 0.01, **potential}
    yield glass.square_displacements, {**still, "steps": [1, 2], "dt": 0.01, **potential}
    yield sm.melt, {"n": 216, "rng": 1, "temperature": 1.0, "steps": 1, "dt": 0.01, "density": 1.0, **potential}
    yield hold, {"configuration": crystal, "temperature": 0.1, "rng": 1, "steps": 1, "dt": 0.01, **potential}
    cooling = {"rng": 1, "cooling_steps": 1, "temperature": 0.1, "dt": 0.01}
    yield sm.quench, {"configuration": crystal, **cooling, **potential}
    across = np.eye(768)[0].reshape(256, 3)
    yield sm.minimize, {"configuration": crystal, "tolerance": 1e-6, "steps": 10, "across": across, **potential}
    recipe = {"n": 216, "rng": 1, "temperature": 1.0, "steps": 20, "cooling_steps": 0, "attempts": 1, **potential}
    yield sm.make_glass, recipe
    yield glass.inherent_structure, {"configuration": crystal, "rejected": 0, **potential}
    yield glass.bond_order, {"configuration": crystal}
    yield sm.Configuration, {"positions": np.ones((2, 3)), "box": 3.0, "diameters": [0.8, 1.2]}
    yield glass.polydisperse_diameters, {"n": 10, "spread": 0.2}
    yield glass.mixture, {"diameters": [0.8, 1.2], "rng": 1, "potential": short()}
    mixed = glass.mixture(np.linspace(0.8, 1.2, 64), rng=1, potential=short())
    yield glass.swap_monte_carlo, {"configuration": mixed, "temperature": 0.1, "rng": 1, "sweeps": 2, "step": 0.1}
    yield sm.normal_modes, {"configuration": structure(), "count": 2, **potential}
    yield stable_modes, {"configuration": structure(), "count": 2, "modes": modes(), **potential}
    yield (
        sm.modes.modes_from_hessian,
        {"hessian": np.kron([[1, -1], [-1, 1]], np.eye(3)), "masses": [1.0, 4.0], "count": 2},
    )
    kept = {"eigenvalues": [1.0, 2.0], "eigenvectors": np.ones((2, 4, 3)), "masses": np.ones(4)}
    yield sm.NormalModes, kept
    yield sm.modes.elastic_moduli, {"configuration": structure(), **potential}
    yield sm.modes.mode_derivatives, {"configuration": structure(), "modes": modes().eigenvectors[:1], **potential}
    yield sm.modes.anharmonic_modes, {"configuration": structure(), "count": 1, "modes": modes(), **potential}
    soft = sm.modes.anharmonic_modes(structure(), 1, modes=modes())
    yield soft.soft_potential, {"hbar": 0.1}
    yield soft.quartic_length, {"omega_c": 5.0}
    yield soft.mode_parameters, {"omega_c": 5.0}
    pseudo = {"configuration": structure(), "count": 1, "modes": modes(), "reach": 3.0, **potential}
    yield sm.modes.pseudoharmonic_modes, pseudo
    directions = {"modes": soft, "vectors": modes().eigenvectors[:1], **potential}
    yield sm.modes.double_wells, {"configuration": structure(), **directions}
    well = ("energy", "barrier", "distance", "length", "participation_number")
    yield sm.modes.DoubleWells, dict.fromkeys(well, [1.0])
    yield EnergyDerivatives, {"configuration": crystal, "moving": np.ones(256, bool), **potential}
    yield sm.modes.LinearResponse, {"configuration": smooth(), "potential": glass.smooth_inverse_power}
    response = sm.modes.LinearResponse(smooth())
    yield response.stiffness, {"s": motion()}
    yield response.distortion, {"s": motion()}
    yield response.mode_rates, {"s": motion(), "eigenvectors": modes().eigenvectors[:1]}
    yield response.cheapest_motion, {"centre": 0, "radius": 1.2, "rng": 1, "starts": 1}
    path = {"configuration": smooth(), "motion": motion(), "fractions": [0.9], "follow": False, "kick": 0.01, "rng": 1}
    yield sm.modes.softening_path, {**path, "potential": glass.smooth_inverse_power}
    recipe = {"n": 216, "temperature": 0.5, "rng": 1, "steps": 2, "start": "glass", "attempts": 1, **potential}
    yield ensembles.sample_liquid, recipe


def statistics_calls(folder):
    nu = np.linspace(0.05, 2, 60).reshape(20, 3).T
    edges = np.linspace(0, 2, 5)
    dos = {"frequencies": nu, "edges": edges, "chosen": np.ones(nu.shape, bool), "bandwidth": 0.02}
    yield ensembles.density_of_states, dos
    yield ensembles.extended_modes, {"participation_number": nu, "n": 10, "threshold": 0.3}
    yield ensembles.tail_exponent, {"frequencies": nu, "highest": 1.0, "rng": 0, "resamples": 10}
    law = {"frequencies": nu, "highest": 1.0, "alpha": 5.0, "rng": 0, "resamples": 10}
    yield ensembles.tail_probability, law
    yield ensembles.softest_law, {"lowest": nu[:, 0], "rng": 0, "resamples": 10}
    bins = {"frequencies": nu, "participation_number": 1 + nu, "edges": edges, "rng": 0, "resamples": 10}
    yield ensembles.participation_by_frequency, bins


def figure_calls(folder):
    """Drawings with numbers of their own, each on Axes of its own."""

    def drawn(plot):
        def on_axes(**arguments):
            return plot(Figure().subplots(), **arguments)

        on_axes.__name__ = on_axes.__qualname__ = plot.__name__
        return on_axes

    yield drawn(figures.plot_three_behaviours), {"vibration": 0.4, "double_well": -0.7}
    yield drawn(figures.plot_entropic_force), {"beta_epsilon": 200.0}
    yield drawn(figures.plot_figure_8), {"energies": (3.0, 5.0)}
    yield drawn(figures.plot_branches), {"beta_epsilon_m": 5.0, "eta": 0.0}
    yield drawn(figures.plot_landscape), {"beta_epsilon": 875.0, "beta_epsilon_m": 5.0}
    yield drawn(figures.plot_crossover), {"crystal_frequency": 3e12, "mass": 1e-26}
    yield drawn(figures.plot_levels), {"d1": 0.0, "d2": 1.0}
    yield drawn(figures.plot_spacing), {"d1": 0.0, "d2": 1.0}
    yield claims, {"notebook": 6}
    yield findings.exponent_of_tail, {"frequencies": [[0.01, 0.07], [0.06, 0.3]], "highest": 0.08}
    yield findings.law_of_softest, {"lowest": [0.04, 0.05, 0.07]}
    yield averages.mean, {"values": [1.0, 2.0]}
    yield averages.median, {"values": [1.0, 2.0]}


def file_calls(folder):
    """Calls that read or write files."""
    (folder / "held.dat").write_text("\n".join(map(str, np.kron([[2, -1], [-1, 2]], np.eye(3)).ravel())))
    (folder / "mine.csv").write_text("# glass: Se\n# reference: me\ntemperature (K), heat capacity (J/(kg K))\n1, 2\n")
    yield sm.modes.modes_from_lammps, {"path": folder / "held.dat", "units": "lj", "masses": [1.0, 1.0], "count": 2}
    yield read_measured, {"path": folder / "mine.csv"}
    yield load_measured, {"glass": "Se", "folder": folder}
    yield ensembles.load_glasses, {"path": DATA / "glasses" / "n500_cooled1000.npz"}
    yield ensembles.load_liquids, {"path": DATA / "glasses" / "crystal_n500.npz"}
    yield ensembles.load_soft_spots, {"path": DATA / "glasses" / "softening_n500.npz"}
    yield ensembles.load_instabilities, {"path": DATA / "glasses" / "instability_n256.npz"}
    yield (
        ensembles.simulate_glass,
        {"seed": 1, "index": 0, "n": 216, "temperature": 1.0, "steps": 2, "cooling_steps": 0, "exponent": 6},
    )
    stages = {"temperatures": (0.3, 0.2), "sweeps": (20, 20)}
    yield (
        ensembles.simulate_swap,
        {"seed": 1, "index": 0, "n": 216, "exponent": 12, "cutoff": 1.25, "spread": 0.2, **stages},
    )
    chain = {"exponent": 12, "cutoff": 1.25, "spread": 0.2, **stages}
    yield ensembles.simulate_wells, {"seed": 1, "index": 0, "n": 64, **chain}
    yield ensembles.load_wells, {"path": DATA / "glasses" / "wells6_n500.npz"}
    ensembles.run_ensemble(folder / "glasses", n=216, count=1, seed=1, steps=2, executor=ThreadPoolExecutor(1))
    pack = {"folder": folder / "glasses", "destination": folder / "pack.npz", "kind": "glass", "structures": 1}
    yield ensembles.pack_ensemble, pack


# nan is the answer where there is none, and documented.
NAN_IS_SAID = {
    "harmonic_limits",
    "stability_curve",
    "extrema",
    "tail_exponent",
    "tail_probability",
    "softest_law",
    "law_of_softest",
    "exponent_of_scale",
    "participation_by_frequency",
    "pseudoharmonic_modes",
    "softening_path",
    "AnharmonicModes",
    "double_wells",
    "DoubleWells",
    "load_glasses",
    "load_instabilities",
    "load_soft_spots",
    "load_wells",
    "simulate_glass",
    "simulate_swap",
    "simulate_wells",
}


def outcome(function, arguments):
    """What a call ends with: "right", "refused", or what is wrong with it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = function(**arguments)
    except (ValueError, RuntimeError, OSError) as error:
        return refusal(error, arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nan without a word" if holds_nan(result) and function.__name__ not in NAN_IS_SAID else "right"


def refusal(error, arguments):
    """Whether an error is one clear line of the package itself that names an argument."""
    place, text = Path(traceback.extract_tb(error.__traceback__)[-1].filename), str(error)
    if not (place.is_relative_to(PACKAGE) or isinstance(error, FileNotFoundError)):
        return f"an error of {place.name}: {text}"
    if not text or "\n" in text or len(text) > 400:
        return f"not one line: {text}"
    files = (str(value) for value in arguments.values() if isinstance(value, str | Path))
    names = (*arguments, "the paper prints no", *filter(None, files))
    return "refused" if isinstance(error, RuntimeError) or any(name in text for name in names) else f"no name: {text}"


def holds_nan(result):
    if is_dataclass(result):
        return any(holds_nan(getattr(result, field.name)) for field in fields(result))
    if isinstance(result, list | tuple):
        return any(map(holds_nan, result))
    numbers = isinstance(result, float | complex | np.ndarray | np.generic) and np.asarray(result).dtype.kind in "fc"
    return numbers and not np.all(np.isfinite(result))


def tried(calls, values, folder):
    """Outcomes of the calls as they are, and with each argument in turn replaced by some of the strange values."""
    rng, outcomes = np.random.default_rng(1992), {}
    for function, arguments in calls(folder):
        outcomes[function.__qualname__, "", ""] = outcome(function, arguments)
        for argument in arguments:
            for name in rng.permutation(list(STRANGE))[:values].tolist():
                call = {**arguments, argument: STRANGE[name]}
                outcomes[function.__qualname__, argument, name] = outcome(function, call)
    return outcomes


@pytest.mark.parametrize(
    ("calls", "values"),
    [
        (theory_calls, 40),
        (paper_calls, 40),
        (statistics_calls, 40),
        (figure_calls, 8),
        pytest.param(structure_calls, 6, marks=pytest.mark.slow),
        pytest.param(file_calls, 10, marks=pytest.mark.slow),
    ],
)
def test_strange_arguments_give_finite_numbers_or_one_clear_line(calls, values, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcomes = tried(calls, values, tmp_path)
    assert {call: said for call, said in outcomes.items() if said not in ("right", "refused")} == {}
    assert all(said == "right" for (_, argument, _), said in outcomes.items() if not argument)


@pytest.mark.slow
def test_an_inherent_structure_stands_wherever_a_configuration_does():
    calls = [(function, given) for function, given in structure_calls(None) if "configuration" in given]
    for function, given in calls:
        plain = getattr(given["configuration"], "configuration", given["configuration"])
        found = glass.InherentStructure(configuration=plain, energy=0.0, order=0.0, excess=0.0)
        one, other = (pickle.dumps(function(**{**given, "configuration": each})) for each in (plain, found))
        assert one == other, function.__qualname__
    takers = {
        name
        for room in (glass, sm.modes)
        for name in room.__all__
        if callable(getattr(room, name)) and "configuration" in signature(getattr(room, name)).parameters
    }
    assert takers - {function.__name__ for function, _ in calls} == {"InherentStructure"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ensembles.density_of_states([[]], [0, 1]), r"frequencies must be \(glasses, modes\), got \(1, 0\)"),
        (
            lambda: ensembles.tail_exponent([[0.1]], 1.0, resamples=0),
            "resamples must be an integer of at least 2, got 0",
        ),
        (lambda: ensembles.extended_modes([1.0], 0), "n must be an integer of at least 1, got 0"),
        (lambda: glass.lattice("fcc", 4).bonds(256), "centre must be an integer from 0 to 255, got 256"),
        (lambda: glass.thermal_velocities(3, np.nan, 1), "temperature must be positive and finite, got nan"),
        (lambda: sm.minimize("glass"), "configuration must be a Configuration, got 'glass'"),
        (lambda: sm.minimize(glass.lattice("fcc", 4), potential=6), "potential must be an InversePower, got 6"),
        (lambda: glass.InversePower(cutoff="3"), "cutoff must be a number or an array of numbers, got '3'"),
        (lambda: landscape.extrema(True, 5.0), "beta_epsilon must be a number or an array of numbers, got True"),
        (lambda: sm.harmonic_limits("5"), "beta_epsilon_m must be a number or an array of numbers, got '5'"),
    ],
)
def test_nothing_is_silently_nothing(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_errors_that_nobody_knows_are_not_zero():
    alike = ensembles.participation_by_frequency([[0.5]] * 5, [[10.0]] * 5, [0, 1])
    one_of_ten = ensembles.participation_by_frequency([[0.5, 0.6], *[[3, 4]] * 9], [[10, 20]] * 10, [0, 1])
    assert np.isnan([alike.error[0], one_of_ten.error[0], ensembles.tail_exponent([[0.5], [0.5]], 1)[1]]).all()


def test_empty_box_takes_no_memory_and_positions_are_not_beyond_what_a_double_can_tell():
    crystal = glass.lattice("fcc", 4)
    alone = sm.Configuration(crystal.positions, crystal.box * 1e6)
    bonded = sm.Configuration(crystal.positions, crystal.box * 3)
    assert sm.inverse_power.energy(alone) == pytest.approx(sm.inverse_power.energy(bonded), rel=1e-12)
    with pytest.raises(ValueError, match="^positions must lie within 1e[+]06 boxes, got"):
        crystal.moved(crystal.positions + crystal.box * 2.0**48)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: sm.crossover_energy([1e-19, 2e-19], [1e-26] * 3, 1e13),
            r"must have shapes .*, got \(2,\), \(3,\)",
        ),
        (lambda: sm.energy_levels([0.0, 1.0], [1.0, 2.0, 3.0]), r"d1, d2 must have shapes .*, got \(2,\), \(3,\)$"),
        (
            lambda: local_modes.local_restoring_force([1e308, 1e308], [1.0, 1.0]),
            "shares, eta must keep local",
        ),
        (lambda: local_modes.mode_shares([[1, 0, 0]], [[[2.0, 0, 0]]]), "eigenvectors must be of unit length to 1e-6"),
        (
            lambda: ensembles.density_of_states([[0.5]], [0, 5e-324, 1]),
            "edges must be two or more increasing numbers, got",
        ),
        (lambda: ensembles.simulate_glass("a", 0, 256), "seed must be an integer of at least 0, got 'a'"),
        (lambda: read_measured(None), "path must be the name of a file or folder, got None"),
        (
            lambda: sm.mode_potential(bytearray(b"12"), 0, 1.0),
            "x must be a number or an array of numbers",
        ),
    ],
)
def test_what_does_not_fit_together_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()
