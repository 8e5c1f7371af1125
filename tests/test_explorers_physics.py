"""Every formula that a page repeats in JavaScript, beside the function of the package that it repeats."""

import re
from collections import namedtuple
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.constants import angstrom, atomic_mass, electron_volt, h, k, pi

import softmodes as sm
from softmodes import explore
from softmodes.ensembles import density_of_states
from softmodes.explore.explorer import module
from softmodes.explore.potential import _barrier
from softmodes.figures.potentials import spacing
from softmodes.paper.loaders import load_ensembles
from softmodes.theory.free_energy import mean_square_variance
from softmodes.theory.heat_capacity import (
    asymptotic_crossover_ratio,
    tunnelling_heat_capacity,
    vibrational_heat_capacity,
)
from softmodes.theory.levels import wave_functions
from softmodes.theory.stability import stability_point

SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(explore.__path__[0]).glob("*.js"))}
DRAWING = {"ui", "behaviour", "turned", "axesOf", "sum", "bisect"}
"""Functions of the pages that hold no formula of the paper: what is drawn and said, a sum, a bisection."""

Tie = namedtuple("Tie", "names expression rows python rel", defaults=[1e-6])
"""Names of JavaScript functions; how they are called with each row `x` and the `table`; what Python has instead."""


def crossover(x):
    w, mass = 1.6 * k * x["crossover_temperature"], x["mass"] * atomic_mass
    omega_c, atoms_squared = 2e12 * pi * x["crystal_frequency"], (x["a"] * angstrom) ** 2
    area = sm.participation_area(w, mass, omega_c)
    epsilon_0 = sm.quartic_energy(area, mass, omega_c)
    assert sm.crossover_temperature(w) == pytest.approx(x["crossover_temperature"])
    return {
        "crossover_energy": w / k,
        "participation_area": area / angstrom**2,
        "atoms": area / atoms_squared,
        "quartic_energy": epsilon_0 / electron_volt,
        "formation_energy": sm.formation_energy(epsilon_0 / (k * x["glass_temperature"])),
        "frequency_ratio": x["crystal_frequency"] * 1e12 * h / (k * x["crossover_temperature"]),
    }


def curve_point(branch):
    def point(x):
        curve = sm.stability_curve(x["b"], branch=branch, eta_prime=x["h"])
        return [float(curve.eta), float(curve.epsilon)]

    return point


def point_at(x):
    point = stability_point(x["eta"], x["b"])
    return [point.epsilon, point.mean_square_displacement, point.branch]


def grid(**values):
    """Every combination of the values, as a row of a table."""
    return [dict(zip(values, row, strict=True)) for row in product(*values.values())]


STATES = [
    {"crossover_temperature": 2.0, "crystal_frequency": 3.0, "mass": 20.0, "a": 1.3, "glass_temperature": 1400.0},
    {"crossover_temperature": 0.3, "crystal_frequency": 0.7, "mass": 120.0, "a": 0.5, "glass_temperature": 200.0},
]
THERMAL, PLACES = "thermal(table.thermal)", np.linspace(-3.9, 3.9, 27).tolist()
PAGES = {
    sm.CrossoverExplorer: [Tie("estimates", "estimates(table.constants, x)", STATES, crossover)],
    sm.SpecificHeatExplorer: [
        Tie("cubic", "cubic(table.barriers[0], table.ratio, x)", [5, 6, 20, 33.3, 60], sm.crossover_ratio),
        Tie("cubic", "cubic(table.barriers[0], table.ratio, x)", [5.5, 7.5], sm.crossover_ratio, 2e-3),
        Tie("row", "row(table.barriers, table.reduced, x).slice(20)", [20, 33], lambda v: reduced(v), 1e-4),
        Tie("row", "row(table.barriers, table.reduced, x).slice(20)", [20.5, 33.2], lambda v: reduced(v), 3e-3),
        Tie("asymptotic", "asymptotic(table.constants, x)", [5, 20, 60], asymptotic_crossover_ratio),
        Tie("tunnelling", "tunnelling(table.constants, x.t, x.v)", grid(t=[0.1, 0.5], v=[7.0, 50.0]),
            lambda x: tunnelling_heat_capacity(x["t"], v_max=x["v"]) / x["t"] ** 3),
        Tie("vibrations", "vibrations(table.constants, x)", [0.5, 3], lambda t: vibrational_heat_capacity(t) / t**3),
        Tie("drawn", "drawn(x.c, 2, x.s, 'on')", grid(c=[2.0, 5.0], s=[-1.0, 0.5]),
            lambda x: 1 + 10 ** x["s"] * x["c"] / 2),
        Tie("drawn", "drawn(x, 2, 1, 'off')", [2, 7], lambda c: c / 2),
        Tie("estimates", "estimates(table.constants, x.w, x.v, cubic(table.barriers[0], table.ratio, x.v))",
            grid(w=[0.5, 4.0], v=[6.0, 22.0]), lambda x: sm.SpecificHeatExplorer(w=x["w"], v_max=x["v"]).estimates),
    ],
    sm.PotentialExplorer: [
        Tie("energy", "energy(x.d1, x.d2, x.y)", grid(d1=[-2.0, 0.5], d2=[-3.0, 4.0], y=[-1.5, 0.7]),
            lambda x: x["d1"] * x["y"] + x["d2"] * x["y"] ** 2 + x["y"] ** 4),
        Tie("wells", "((two) => two && two.top - two.bottom)(wells(x.d1, x.d2))",
            grid(d1=[0.0, 0.3, -3.0], d2=[-9.0, -4.0, -0.5, 2.0]), lambda x: _barrier(x["d1"], x["d2"])),
        Tie("states stiffness hamiltonian eigenstates", "states(x.d1, x.d2, 6, []).levels",
            grid(d1=[0.0, 1.0, -6.0], d2=[-11.0, -5.0, 0.0, 12.0]), lambda x: sm.energy_levels(x["d1"], x["d2"], 6)),
        Tie("states oscillator", f"states(x.d1, x.d2, 6, {PLACES}).waves.map((wave) => wave.map((v) => v * v))",
            grid(d1=[0.0, -2.0], d2=[-8.0, 0.0, 5.0]), lambda x: wave_functions(PLACES, x["d1"], x["d2"], 6) ** 2),
        Tie("spacing", "spacing(table.asymmetric, x)", [0, 0.1, -1.3, 6], lambda d1: spacing(abs(d1)), 1e-4),
        Tie("spacing", "spacing(table.asymmetric, x)", [0.05, -0.9, 2.2], lambda d1: spacing(abs(d1)), 2e-2),
        Tie("estimates", "estimates(x.d1, x.d2, states(x.d1, x.d2, 2, []).levels, table.glasses.Se)",
            grid(d1=[0.2], d2=[-6.0, 3.0]), lambda x: sm.PotentialExplorer(**x, glass="Se").estimates),
    ],
    sm.StabilityExplorer: [
        Tie("thermal", f"{THERMAL}(x).mean", [-9e3, -30, -0.5, 0, 2.5, 800, 1e6], sm.mean_square_displacement),
        Tie("thermal fourthMoment", f"{THERMAL}(x).fourth", [-9e3, -30, -0.5, 0, 2.5, 800, 1e6],
            lambda h: 4 * (mean_square_variance(h) + sm.mean_square_displacement(h) ** 2)),
        # Beyond the table: 3 in both, which the digits of the moments themselves hardly show.
        Tie("thermal", f"{THERMAL}(x).fourth * x * x", [2e4, 1e6], lambda h: 3.0),
        Tie("thermal", f"(1 - 2 * x * {THERMAL}(x).mean) * x * x", [2e4],
            lambda h: (1 - 2 * h * sm.mean_square_displacement(h)) * h**2, 1e-3),
        Tie("thermal", f"{THERMAL}(x).integral", [-90, -0.5, 0, 2.5, 800, 1e6], lambda h: -sm.mode_free_energy(h, 1.0)),
        Tie("strong onCurve", f"onCurve(x.h, strong(x.h, x.b, {THERMAL}(x.h)), x.b)",
            grid(h=[-40.0, 0.0, 0.3, 7.0], b=[1.0, 3.0, 10.0]), curve_point("strong")),
        Tie("weak onCurve", f"onCurve(x.h, weak(x.h, x.b, {THERMAL}(x.h)), x.b)",
            grid(h=[0.01, 0.3, 7.0], b=[1.0, 3.0, 10.0]), curve_point("weak")),
        Tie("fold", f"fold(x, {THERMAL})", [0.5, 0.8, 0.99], lambda b: [0.5, stability_point(0.5, b).epsilon]),
        Tie("harmonicLimits", "harmonicLimits(x)", [1, 1.5, 5, 12], sm.harmonic_limits),
        Tie("pointAt", f"((p) => [p.epsilon, p.mean_square, p.branch])(pointAt(x.eta, x.b, {THERMAL}))",
            [{"eta": eta, "b": 5.0} for eta in (-0.4, 0.0, 0.05, 0.97)] + [{"eta": 0.7, "b": 0.8}], point_at),
        Tie("freeEnergy", f"((F) => F(x.eta) - F(0))((eta) => freeEnergy(eta * 29, x.b, 29, {THERMAL}))",
            grid(eta=[-0.3, 0.02, 0.9], b=[0.7, 5.0]),
            lambda x: np.diff(sm.local_free_energy([0, x["eta"]], 841.0, x["b"]))[0]),
        Tie("force", f"force(x.eta * 29, x.b, 29, {THERMAL})", grid(eta=[-0.3, 0.02, 0.9], b=[0.7, 5.0]),
            lambda x: sm.stability_residual(x["eta"], 841.0, x["b"])),
    ],
    sm.GlassExplorer: [
        Tie("density", "density(table.glasses[x].modes, table.glasses[x])", [500, 1000],
            lambda n: histogram(n)),
        Tie("estimates", "estimates(table.glasses[500], x.from, x.to, x.mode)",
            [{"from": 2, "to": 9, "mode": 3}, {"from": 5, "to": 5, "mode": 0}],
            lambda x: sm.GlassExplorer(low=x["from"] / 100, high=x["to"] / 100, mode=x["mode"] + 1.0).estimates),
        Tie("shareOf", "shareOf(table.glasses[500].counts, table.glasses[500].shares[0], x)", [1, 7, 85.3, 120, 500],
            lambda n: share_of_motion(n), 5e-3),
    ],
}  # fmt: skip


def reduced(v_max):
    """C/T³ on the grid of the explorer, from where nothing is lost."""
    t = np.array(sm.SpecificHeatExplorer().table["temperatures"][20:])
    return sm.heat_capacity(t, v_max=v_max) / t**3


def histogram(n):
    """Modes of a glass per atom and unit of ν: it has 3n - 3."""
    dos = density_of_states(load_ensembles().glasses[n].frequencies, np.arange(0, 2.205, 0.01))
    return dos.density * (3 * n - 3) / n


def share_of_motion(n):
    """Of the n atoms that move most in the softest mode of the first glass."""
    glass = load_ensembles().glasses[500].structure(0)
    squared = np.sum(sm.normal_modes(glass, count=1).eigenvectors[0] ** 2, axis=1)
    return float(np.interp(n, np.arange(1, 501), np.cumsum(np.sort(squared)[::-1])))


def plain(value):
    """A value of Python as JSON would have it."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else np.asarray(value).tolist()


def test_every_function_of_a_page_is_a_formula_of_the_list_or_draws():
    listed = {
        explorer._module: {name for tie in ties for name in tie.names.split()} for explorer, ties in PAGES.items()
    }
    for name, ties in listed.items():
        functions = set(re.findall(r"^(?:export )?(?:function (\w+)|const (\w+) = \()", SOURCES[name], re.MULTILINE))
        assert {one or other for one, other in functions} - DRAWING == ties, name
    assert set(SOURCES) == {*listed, "explorer", "plot", "tools"}


@pytest.mark.parametrize("name", SOURCES)
def test_no_formula_hides_in_what_draws(name):
    """Roots, powers and exponentials stand in functions that can be called; a scale may end at a power of ten."""
    _, _, drawing = SOURCES[name].partition("export function ui(")
    formulas = re.findall(r".*(?:\*\*|Math\.(?:sqrt|cbrt|pow|exp|log|sin|cos|tan|a?sinh|hypot)\b).*", drawing)
    assert [line for line in formulas if "high: 10 ** Math.ceil" not in line] == []


@pytest.mark.slow
@pytest.mark.parametrize("explorer", PAGES, ids=lambda explorer: explorer._module)
def test_page_computes_what_the_package_computes(explorer, opened):
    page, table = opened("<!doctype html>"), explorer().table
    for tie in PAGES[explorer]:
        code = f"([table, rows]) => {{ {module(explorer._module)}\nreturn rows.map((x) => {tie.expression}); }}"
        found = page.evaluate(code, [table, tie.rows])
        for row, answer in zip(tie.rows, found, strict=True):
            expected = plain(tie.python(row))
            assert close(answer, expected, tie.rel), (tie.names, row, answer, expected)


def close(found, expected, rel):
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(close(found[name], expected[name], rel) for name in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(close, found, expected, [rel] * len(found)))
    return found == (pytest.approx(expected, rel=rel, abs=1e-10) if isinstance(expected, float) else expected)
