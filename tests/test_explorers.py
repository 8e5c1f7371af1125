"""The sliders: the class in Python, the page without a network, the report, and a real JupyterLab."""

import inspect
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

import ipywidgets
import nbformat
import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook
from scipy.constants import angstrom, atomic_mass, electron_volt, k, pi

import softmodes
from softmodes import CrossoverExplorer, GlassExplorer, PotentialExplorer, SpecificHeatExplorer, StabilityExplorer
from softmodes.modes import modes_from_hessian
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.materials import estimated_materials
from softmodes.places import DATA
from softmodes.report.execute import run_notebook
from softmodes.report.notebooks import Notebook
from softmodes.report.render import Page, render

EXPLORERS = [StabilityExplorer, CrossoverExplorer, PotentialExplorer, SpecificHeatExplorer]
GLASSES = list(estimated_materials())


# The class


@pytest.mark.parametrize("glass", GLASSES)
@pytest.mark.parametrize(("eta", "branch"), [(-0.3, "strong"), (0.0, "strong"), (0.05, "strong"), (0.98, "weak")])
def test_stability_estimates_solve_eq20_for_the_glass(glass, eta, branch):
    found = StabilityExplorer(beta_epsilon_m=5.0, eta=eta, glass=glass).estimates
    assert (found["eta_1"], found["eta_2"]) == softmodes.harmonic_limits(5.0)
    assert found["branch"] == branch
    beta_epsilon = 5.0 * found["epsilon"]
    assert softmodes.stability_residual(eta, beta_epsilon, 5.0) == pytest.approx(0, abs=1e-9)
    assert found["mean_square"] == pytest.approx(2 * (1 - eta) / found["epsilon"], rel=1e-9)
    material = softmodes.load_materials()[glass]
    assert found["energy"] * electron_volt == pytest.approx(beta_epsilon * k * material.glass_temperature.n)
    omega_c = 2 * pi * material.crystal_frequency.n
    assert softmodes.mode_energy(found["atoms"], material.mass, angstrom, omega_c) == pytest.approx(
        found["energy"] * electron_volt
    )
    assert found["participation_area"] == found["atoms"]


@pytest.mark.parametrize("glass", GLASSES)
def test_crossover_estimates_of_a_glass_are_those_of_the_package(glass):
    material = softmodes.load_materials()[glass]
    values = {
        "crossover_temperature": material.crossover_temperature.n,
        "crystal_frequency": material.crystal_frequency.n / 1e12,
        "mass": material.mass / atomic_mass,
        "glass_temperature": material.glass_temperature.n,
    }
    found = CrossoverExplorer(**values, a=2.0).estimates
    omega_c = 2 * pi * material.crystal_frequency.n
    energy = found["crossover_energy"] * k
    assert softmodes.crossover_temperature(energy) == pytest.approx(values["crossover_temperature"])
    area = found["participation_area"] * angstrom**2
    assert softmodes.crossover_energy(area, material.mass, omega_c) == pytest.approx(energy)
    assert found["quartic_energy"] * electron_volt == pytest.approx(
        softmodes.quartic_energy(area, material.mass, omega_c)
    )
    assert found["participation_area"] == pytest.approx(material.participation_area.n / angstrom**2)
    assert found["atoms"] == pytest.approx(found["participation_area"] / 4)
    beta_epsilon_0 = found["quartic_energy"] * electron_volt / (k * material.glass_temperature.n)
    assert found["formation_energy"] == pytest.approx(softmodes.formation_energy(beta_epsilon_0))


@pytest.mark.parametrize("eta", [0.06, 0.5, 0.94, 1.0])
def test_there_are_no_estimates_where_no_mode_is_stable(eta):
    found = StabilityExplorer(beta_epsilon_m=5.0, eta=eta).estimates
    assert found["branch"] == "none"
    assert {found[name] for name in ("epsilon", "mean_square", "energy", "participation_area", "atoms")} == {None}


def test_below_one_the_branches_join_and_eq19_has_no_solution():
    explorer = StabilityExplorer(beta_epsilon_m=0.8, eta=0.5)
    assert (explorer.estimates["eta_1"], explorer.estimates["eta_2"]) == (None, None)
    assert explorer.estimates["epsilon"] > 0


def test_join_of_the_branches_has_estimates_at_every_position_below_one():
    explorer = StabilityExplorer(eta=0.5)
    for beta_epsilon_m in np.arange(0.5, 0.99, 0.05):
        explorer.beta_epsilon_m = beta_epsilon_m
        beta_epsilon = beta_epsilon_m * explorer.estimates["epsilon"]
        assert softmodes.stability_residual(0.5, beta_epsilon, beta_epsilon_m) == pytest.approx(0, abs=1e-6)


def test_estimates_follow_the_sliders():
    explorer = StabilityExplorer()
    seen = []
    explorer.observe(lambda change: seen.append(change.new["epsilon"]), "estimates")
    explorer.beta_epsilon_m = 3
    explorer.eta = -0.1
    assert seen == [
        StabilityExplorer(beta_epsilon_m=3.0, eta=eta).estimates["epsilon"]
        for eta in (explorer.traits()["eta"].default_value, -0.1)
    ]
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.estimates = {}


REFUSED = [
    ("beta_epsilon_m", 20, "beta_epsilon_m must be a number from 0.5 to 12, got 20"),
    ("beta_epsilon_m", 0, "beta_epsilon_m must be a number from 0.5 to 12, got 0"),
    ("beta_epsilon_m", -3.0, "beta_epsilon_m must be a number from 0.5 to 12, got -3.0"),
    ("beta_epsilon_m", np.nan, "beta_epsilon_m must be a number from 0.5 to 12, got nan"),
    ("beta_epsilon_m", np.inf, "beta_epsilon_m must be a number from 0.5 to 12, got inf"),
    ("beta_epsilon_m", True, "beta_epsilon_m must be a number from 0.5 to 12, got True"),
    ("beta_epsilon_m", "five", "beta_epsilon_m must be a number from 0.5 to 12, got five"),
    ("beta_epsilon_m", None, "beta_epsilon_m must be a number from 0.5 to 12, got None"),
    ("beta_epsilon_m", np.ones(2), "beta_epsilon_m must be a number from 0.5 to 12, got [1. 1.]"),
    ("eta", 1.1, "eta must be a number from -0.5 to 1, got 1.1"),
    ("glass", "Xe2O7", f"glass must be one of {', '.join(softmodes.load_materials())}, got 'Xe2O7'"),
    ("glass", ["Se"], f"glass must be one of {', '.join(softmodes.load_materials())}, got ['Se']"),
    ("view", None, "view must be one of both, printed, got None"),
]


@pytest.mark.parametrize(("name", "value", "message"), REFUSED, ids=[f"{n}={v}" for n, v, _ in REFUSED])
def test_refused_value_leaves_the_old_one(name, value, message):
    explorer = StabilityExplorer()
    old, estimates = getattr(explorer, name), explorer.estimates
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        setattr(explorer, name, value)
    assert (getattr(explorer, name), explorer.estimates) == (old, estimates)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        StabilityExplorer(**{name: value})


def test_linked_explorers_move_together():
    one, other = StabilityExplorer(), StabilityExplorer(eta=-0.1)
    with_link = ipywidgets.link((one, "eta"), (other, "eta"))
    one.eta = 0.01
    assert other.estimates["epsilon"] == one.estimates["epsilon"]
    other.eta = 0.3
    assert one.estimates["branch"] == "none"
    with_link.unlink()
    boxes = ipywidgets.HBox([one, other]), ipywidgets.Tab([one])
    assert one in boxes[0].children
    one.close()
    one.eta = 0.02  # without a page it goes on
    assert one.estimates["epsilon"] == StabilityExplorer(eta=0.02).estimates["epsilon"]


def controls(explorer):
    """What a page is told of the sliders and choices of an explorer, by name."""
    return {control["name"]: control for control in explorer.table["sliders"] + explorer.table["choices"]}


def test_unknown_name_is_refused(shown):
    one = shown[0]
    explorer = getattr(softmodes, one.table["class"])
    names = [part.partition("=")[0] for part in repr(one).partition("(")[2].split(", ")]
    refusal = f"^{explorer.__name__} has {', '.join(names)}, got "
    with pytest.raises(ValueError, match=f"{refusal}epsilon$"):
        explorer(epsilon=3.0)
    # set afterwards, it would be an attribute that moves nothing
    with pytest.raises(AttributeError, match=f"{refusal}T_star$"):
        one.T_star = 1.0


@pytest.mark.parametrize(
    "value", [7, np.int64(7), np.float32(7), np.float64(7)], ids=lambda value: type(value).__name__
)
def test_any_real_number_moves_a_slider(value):
    explorer = StabilityExplorer(beta_epsilon_m=value)
    assert repr(explorer).startswith("StabilityExplorer(beta_epsilon_m=7.0, eta=0.0, ")


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_repr_makes_an_equal_explorer(explorer):
    one = explorer()
    assert repr(eval(repr(one))) == repr(one)


def test_linked_slider_of_ipywidgets_moves_the_explorer_and_back():
    slider, explorer = ipywidgets.FloatSlider(min=0.5, max=12), StabilityExplorer()
    with_link = traitlets.link((explorer, "beta_epsilon_m"), (slider, "value"))
    assert slider.value == 5.0
    slider.value = 3.0
    assert explorer.beta_epsilon_m == 3.0
    explorer.beta_epsilon_m = 8.0
    assert slider.value == 8.0
    with_link.unlink()


# What a notebook is given to show


@pytest.fixture(scope="module", params=[*EXPLORERS, pytest.param(GlassExplorer, marks=pytest.mark.slow)])
def shown(request):
    explorer = request.param()
    data, metadata = explorer._repr_mimebundle_()
    return explorer, data, metadata


def test_notebook_is_given_a_widget_a_page_a_picture_and_a_text(shown):
    explorer, data, metadata = shown
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert data["text/plain"] == repr(explorer)
    image = BeautifulSoup(data["text/html"], "html.parser").img
    assert image["alt"] == metadata["image/png"]["alt"] != ""
    assert image["src"] == f"data:image/png;base64,{data['image/png']}"


def test_what_is_declared_is_computed_documented_and_said(shown):
    explorer, _, metadata = shown
    readouts = {readout["name"]: readout["label"] for readout in explorer.table["readouts"]}
    words = inspect.getdoc(getattr(softmodes, explorer.table["class"]))
    assert list(explorer.estimates) == list(readouts)
    assert {name for name, value in explorer.estimates.items() if value is None} <= {"barrier"}
    for name, label in readouts.items():
        assert f"\n- {name}: {label.replace('{', '').replace('}', '')}" in words
        assert f"{label.replace('{', '').replace('}', '')} = " in metadata["image/png"]["alt"]
    for name, control in controls(explorer).items():
        kind = f"float, {control['low']:g} to {control['high']:g}" if "low" in control else "{"
        assert re.search(rf"^{name} : {re.escape(kind)}.*\n    \w", words, re.MULTILINE), name


def test_page_holds_no_address_and_no_random_name(shown):
    explorer, data, _ = shown
    for text in (data["text/html"], data["text/plain"]):
        assert explorer.model_id not in text
        assert not re.search(r"\b0x[0-9a-f]{6,}|[0-9a-f]{8}-[0-9a-f]{4}-", text)


def test_no_text_can_end_the_script_or_the_description():
    explorer, text = StabilityExplorer(), '</script><b> & "c"'
    explorer.table = {**explorer.table, "title": text}
    page = BeautifulSoup(explorer._page("", text), "html.parser")
    assert page.b is None
    assert page.img["alt"] == text
    state = re.search(r"standalone\((.*)\)\);", page.script.string)[1]
    assert json.loads(state)["table"]["title"] == text


@pytest.mark.slow
def test_two_kernels_give_the_same_bytes():
    code = (
        f"import sys; from softmodes import {', '.join(explorer.__name__ for explorer in EXPLORERS)}\n"
        f"for explorer in ({', '.join(explorer.__name__ for explorer in EXPLORERS)}):\n"
        "    data, _ = explorer()._repr_mimebundle_()\n"
        "    sys.stdout.buffer.write((data['text/html'] + data['text/plain'] + data['image/png']).encode())"
    )

    # by which the order of sets differs from that in this process
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    command, environment = [sys.executable, "-W", "error", "-c", code], {**os.environ, "PYTHONHASHSEED": seed}
    other = subprocess.check_output(command, env=environment)
    data = [explorer()._repr_mimebundle_()[0] for explorer in EXPLORERS]
    one = "".join(each["text/html"] + each["text/plain"] + each["image/png"] for each in data).encode()
    assert one.count(b"<img") == len(EXPLORERS)
    assert one == other


# The page without a network


@pytest.mark.slow
def test_stability_page_agrees_with_python_over_the_whole_range(explorer_page, page_agrees):
    explorer = StabilityExplorer()
    energies = [0.5, 0.95, 1.0, 1.05, *np.linspace(0.6, 12, 36)]
    etas = [-0.5, -0.031, 0.0, 0.001, 0.5, 0.501, 0.985, 1.0]
    glasses = zip(energies, itertools.cycle(GLASSES), strict=False)
    positions = [{"beta_epsilon_m": b, "eta": eta, "glass": glass} for b, glass in glasses for eta in etas]
    page_agrees(explorer_page(type(explorer)), explorer, positions)


@pytest.mark.slow
def test_stability_page_agrees_with_python_beside_the_limits_of_eq19(explorer_page, page_agrees):
    explorer = StabilityExplorer()
    limits = {b: softmodes.harmonic_limits(b) for b in np.linspace(1.05, 12, 20)}
    # The last step before the mode energy diverges, and the first after.
    etas = {b: (np.ceil(eta_1 * 1000) / 1000, np.floor(eta_2 * 1000) / 1000) for b, (eta_1, eta_2) in limits.items()}
    positions = [{"beta_epsilon_m": b, "eta": eta} for b, pair in etas.items() for eta in pair]
    page_agrees(explorer_page(type(explorer)), explorer, positions)


@pytest.mark.slow
def test_crossover_page_agrees_with_python_anywhere(explorer_page, page_agrees):
    explorer = CrossoverExplorer()
    rng = np.random.default_rng(8)
    ranges = {slider["name"]: (slider["low"], slider["high"]) for slider in explorer.table["sliders"]}
    positions = [{name: rng.uniform(*ends) for name, ends in ranges.items()} for _ in range(60)]
    ends = [{name: pair[end] for name, pair in ranges.items()} for end in (0, 1)]
    page_agrees(explorer_page(type(explorer)), explorer, ends + positions)


@pytest.mark.slow
def test_glass_page_agrees_with_python_anywhere_and_turns_the_mode(explorer_page, page_agrees):
    explorer = GlassExplorer()
    rng = np.random.default_rng(5)
    positions = [{"low": 0.5, "high": 0.2}] + [
        {"size": size, "low": low, "high": low + rng.uniform(0, 0.5), "mode": int(rng.integers(1, 9)), "angle": 45}
        for size in ("500", "1000")
        for low in rng.uniform(0, 1.9, 10)
    ]
    page = explorer_page(GlassExplorer)
    before = page.locator("path.arrows").get_attribute("d")
    page_agrees(page, explorer, positions)
    assert page.locator("path.arrows").get_attribute("d") != before


@pytest.mark.slow
def test_glass_estimates_are_those_of_the_modes_in_the_window():
    found = GlassExplorer(size="1000", low=0.03, high=0.1, mode=3).estimates
    ensemble = load_ensembles().glasses[1000]
    inside = (ensemble.frequencies >= 0.03) & (ensemble.frequencies < 0.1)
    n_k = ensemble.participation_number[inside]
    assert found["modes"] == pytest.approx(inside.sum() / 100)
    assert found["atoms"] == pytest.approx(n_k.mean(), rel=1e-6)
    assert found["localised"] == pytest.approx((n_k < 300).mean())
    assert found["mode_frequency"] == pytest.approx(ensemble.frequencies[0, 2], rel=1e-5)
    assert found["mode_atoms"] == pytest.approx(ensemble.participation_number[0, 2], rel=1e-4)
    assert 1 <= found["mode_mass"] <= found["mode_atoms"]


def some_modes(n=10, count=None, scale=1.0):
    """Modes of a matrix made at random, some of them unstable."""
    matrix = np.random.default_rng(3).normal(size=(3 * n, 3 * n)) * scale
    return modes_from_hessian(matrix + matrix.T, count=count)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_own_modes_are_shown_whatever_their_units(scale):
    modes = some_modes(scale=scale)
    explorer = GlassExplorer(modes, mode=3)
    everything = explorer.table["sliders"][0]["low"], explorer.table["sliders"][1]["high"]
    explorer.low, explorer.high = everything
    found = explorer.estimates
    assert found["modes"] == len(modes.frequencies)
    assert found["atoms"] == pytest.approx(modes.participation_number.mean())
    assert found["mode_frequency"] == modes.frequencies[2]
    assert found["mode_mass"] == modes.effective_mass[2]
    assert repr(explorer).startswith("GlassExplorer(modes, size='10', low=-")
    assert "30 modes" in explorer._picture()[1]


OWN_REFUSED = [
    ((5,), "glasses must be Glasses, NormalModes or the folder or file of glasses, got 5"),
    (("nowhere",), "no ensemble nowhere"),
    (("",), "path must be the name of a file or folder, got ''"),
    ((None, 5), "configuration must come with NormalModes, got 5 alone"),
    (("nowhere", 5), "configuration must come with NormalModes, got 'nowhere'"),
    ((some_modes(), 5), "configuration must be a Configuration, got 5"),
    (
        (some_modes(), softmodes.Configuration(np.zeros((3, 3)), 9.0)),
        "configuration must be that of the modes, of 10 atoms, got one of 3",
    ),
    (
        (softmodes.NormalModes(eigenvalues=[], eigenvectors=np.empty((0, 2, 3)), masses=np.ones(2)),),
        "glasses must be one mode or more, got NormalModes without one",
    ),
]


@pytest.mark.parametrize(("given", "message"), OWN_REFUSED, ids=[message[:40] for _, message in OWN_REFUSED])
def test_what_is_no_glass_is_refused_in_one_line(given, message):
    with pytest.raises((ValueError, FileNotFoundError), match=f"^{re.escape(message)}$"):
        GlassExplorer(*given)


@pytest.mark.slow
def test_own_ensemble_is_shown_from_its_file(tmp_path):
    glasses = load_ensembles().glasses[500]
    for kind in ("npz", "json"):
        (tmp_path / f"mine.{kind}").write_bytes((DATA / "glasses" / f"n500.{kind}").read_bytes())
    mine = GlassExplorer(tmp_path / "mine.npz", high=0.08)
    shipped = GlassExplorer()
    assert mine.estimates == shipped.estimates == GlassExplorer(glasses, high=0.08).estimates
    again = eval(repr(mine))
    assert again.estimates == mine.estimates

    whole = (tmp_path / "mine.npz").read_bytes()
    (tmp_path / "mine.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"^.*mine\.npz is damaged: .*$"):
        GlassExplorer(tmp_path / "mine.npz")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"^no finished glass in .*empty$"):
        GlassExplorer(tmp_path / "empty")
    with pytest.raises(ValueError, match="holds an ensemble of another kind: liquid, not glass$"):
        GlassExplorer(DATA / "glasses" / "liquid_n500.npz")
    for field, message in (("positions", "positions must hold"), ("frequencies", "frequencies must be")):
        with pytest.raises(ValueError, match=f"^{message}[^\\n]*$"):
            GlassExplorer(replace(glasses, **{field: getattr(glasses, field)[:0]}))


@pytest.mark.slow
@pytest.mark.parametrize("count", [None, 12, 1])
def test_page_of_own_modes_agrees_with_python(opened, page_agrees, count):
    explorer = GlassExplorer(some_modes(count=count))
    page = opened(f"<!doctype html><meta charset='utf-8'>{explorer._repr_mimebundle_()[0]['text/html']}")
    low, high = (explorer.table["sliders"][i] for i in (0, 1))
    windows = [{"low": low["low"], "high": high["high"]}, {"low": low["low"] + 5 * low["step"]}]
    page_agrees(page, explorer, windows)
    assert page.locator(".plots > svg").count() == 3
    assert page.locator(".plots > dl").count() == 1  # the tiles fill the fourth place
    assert page.locator("[name=angle]").count() == 0
    assert page.locator("[name=mode]").count() == (count != 1)


@pytest.mark.slow
def test_page_of_own_modes_has_its_atoms(opened, page_agrees):
    places = softmodes.Configuration(np.random.default_rng(1).uniform(0, 3, (10, 3)), [3.0, 4.0, 5.0])
    explorer = GlassExplorer(some_modes(), places)
    page = opened(f"<!doctype html><meta charset='utf-8'>{explorer._repr_mimebundle_()[0]['text/html']}")
    page_agrees(page, explorer, [{"mode": 4, "angle": 90}])
    space = page.locator(".plots > svg").nth(3)
    frame, atoms = (space.locator(part).bounding_box() for part in (".box", "path.faint"))
    assert frame["x"] <= atoms["x"]
    assert atoms["x"] + atoms["width"] <= frame["x"] + frame["width"]
    assert atoms["height"] > 0.6 * frame["height"]


@pytest.mark.slow
@pytest.mark.parametrize("glass", GLASSES)
def test_preset_brings_a_glass_back(explorer_page, visit, glass):
    page = explorer_page(CrossoverExplorer)
    visit(page, [{"mass": 77, "a": 2}])
    badge, button = page.locator(".badge"), page.locator(".presets button").nth(GLASSES.index(glass))
    assert badge.inner_text() == "not the paper's value"
    button.click()
    settle(page)
    assert badge.inner_text() == "paper value"
    assert button.get_attribute("aria-pressed") == "true"
    material = softmodes.load_materials()[glass]
    area = float(page.locator("[data-name=participation_area]").get_attribute("value"))
    assert area == pytest.approx(material.participation_area.n / angstrom**2, rel=1e-6)


def settle(page):
    """Let the page draw what has happened."""
    page.evaluate("new Promise(requestAnimationFrame)")


def slider(page, name="beta_epsilon_m"):
    return page.locator(f".softmodes-explorer input[name={name}]")


def output(page, name="beta_epsilon_m"):
    return page.locator(f".softmodes-explorer label:has([name={name}]) output").inner_text()


def curve(page):
    return page.locator(".softmodes-explorer svg path.current").first.get_attribute("d")


def drag(page, start, by):
    """Press the mouse at a point, move it in steps, let go."""
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(start[0] + by * step / 10, start[1])
    page.mouse.up()
    settle(page)


def drag_slider(page, by):
    """Drag the slider of ε_m/k_BT by its knob."""
    slider(page).scroll_into_view_if_needed()
    box, value = slider(page).bounding_box(), float(slider(page).input_value())
    knob = 16  # its middle stops half a knob before either end
    x = box["x"] + knob / 2 + (value - 0.5) / 11.5 * (box["width"] - knob)
    drag(page, (x, box["y"] + box["height"] / 2), by)


@pytest.fixture
def stability_page(explorer_page):
    return explorer_page(StabilityExplorer)


@pytest.mark.slow
def test_mouse_on_the_slider_moves_the_curve(stability_page):
    before, left, right = curve(stability_page), output(stability_page), slider(stability_page).input_value()
    assert left == right == "5"
    drag_slider(stability_page, by=100)
    value = slider(stability_page).input_value()
    assert float(value) > 5.5
    assert output(stability_page) == value
    assert curve(stability_page) != before
    assert stability_page.locator(".badge").inner_text() == "not the paper's value"


@pytest.mark.slow
def test_mouse_in_the_plot_moves_the_marker(stability_page):
    marker = stability_page.locator("circle.marker").first
    box, energy = marker.bounding_box(), stability_page.locator("[data-name=epsilon]")
    before = float(energy.get_attribute("value"))
    drag(stability_page, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), by=-60)
    after = marker.bounding_box()
    assert after["x"] - box["x"] == pytest.approx(-60, abs=1)  # a step of η_k is a third of a pixel
    assert float(slider(stability_page, "eta").input_value()) < 0
    assert float(energy.get_attribute("value")) < before
    stability_page.mouse.move(0, 0)
    settle(stability_page)
    assert marker.bounding_box() == after


@pytest.mark.slow
def test_arrow_key_moves_by_a_step(stability_page):
    slider(stability_page).focus()
    stability_page.keyboard.press("ArrowRight")
    settle(stability_page)
    assert output(stability_page) == "5.05"
    stability_page.keyboard.press("ArrowLeft")
    stability_page.keyboard.press("ArrowLeft")
    settle(stability_page)
    assert output(stability_page) == "4.95"


@pytest.mark.slow
def test_preset_brings_the_value_of_the_paper_back(stability_page):
    drag_slider(stability_page, by=50)
    stability_page.get_by_role("button", name="3, near T").click()
    settle(stability_page)
    assert output(stability_page) == "3"
    assert stability_page.locator(".badge").inner_text() == "paper value"


@pytest.mark.slow
def test_table_behind_the_plot_follows_the_slider(stability_page):
    rows = stability_page.locator("details tbody tr")
    assert rows.count() == 0
    stability_page.locator("summary").click()
    rows.first.wait_for()
    before = rows.all_inner_texts()
    assert {row.split()[0] for row in before} == {"strong", "weak"}
    drag_slider(stability_page, by=50)
    assert rows.all_inner_texts() != before


@pytest.mark.slow
def test_printed_view_has_the_axes_of_figure_8(stability_page):
    stability_page.locator("select[name=view]").select_option("printed")
    settle(stability_page)
    ticks = stability_page.locator("svg").first.locator(".grid text").all_text_contents()
    assert {"0", "100", "500", "−0.2", "0.1"} <= set(ticks)


# The report and JupyterLab


# Each name over its number, nothing beyond the frame: style sheets around an explorer have opinions about lists.
DISORDER = """
() => {
  const box = (element) => element.getBoundingClientRect();
  const root = document.querySelector(".softmodes-explorer"), pairs = [...root.querySelectorAll("dl div")];
  const out = [...root.querySelectorAll("*")].filter((e) => box(e).right > box(root).right + 1 && !e.closest("svg"));
  const beside = pairs.filter(({ children: [name, value] }) => box(name).bottom > box(value).top + 1);
  return [...beside, ...out].map((element) => element.outerHTML);
}"""

SHOW = """\
from softmodes import StabilityExplorer
explorer = StabilityExplorer()
explorer"""


def write_notebook(path, *cells):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}), path)


@pytest.mark.slow
def test_slider_lives_in_a_page_of_the_report(opened, tmp_path):
    write_notebook(tmp_path / "1_tiny.ipynb", SHOW, "from softmodes import CrossoverExplorer\nCrossoverExplorer()")
    run = run_notebook(Notebook(tmp_path / "1_tiny.ipynb"), {}, timeout=60)
    page = opened(render(run.notebook, Page(href="1_tiny.html", title="Tiny", links=(), provenance=()))[0])
    assert page.locator(".softmodes-explorer").count() == 2
    before = curve(page)
    drag_slider(page, by=100)
    assert curve(page) != before
    assert page.evaluate(DISORDER) == []


@contextmanager
def jupyter_lab(root, home):
    """The address of a JupyterLab on `root` that knows no settings but its own, and is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    others = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    options = ["--no-browser", "--allow-root", "--expose-app-in-browser", "--ip=127.0.0.1", f"--port={port}"]
    options += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=others | {name: str(home / name) for name in places},
            stdout=log,
            stderr=log,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, server)
        yield address
    finally:
        server.terminate()  # it ends its kernels, too
        try:
            server.wait(15)
        finally:
            server.kill()


def wait_for(address, server):
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{address}/api").close()
        except OSError:
            assert server.poll() is None, "JupyterLab ended"
            assert time.monotonic() < end, "JupyterLab did not answer"
            time.sleep(0.1)
        else:
            return


TOKEN = "only-for-this-test"

RUN = """
async (index) => {
  const panel = jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = index;
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


def run_cell(page, index):
    """Run a cell of the notebook in JupyterLab; return the text that it printed."""
    page.evaluate(RUN, index)
    return "".join(page.locator(".jp-CodeCell").nth(index).locator(".jp-OutputArea-output pre").all_inner_texts())


def open_notebook(page, address, name, fragment=""):
    """Open a notebook in JupyterLab; when its kernel is there, cells can be run."""
    page.route(lambda url: url.startswith(address), lambda route: route.continue_())
    page.goto(f"{address}/lab/tree/{name}?token={TOKEN}{fragment}")
    page.wait_for_function("globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready")


TOGETHER = """\
from ipywidgets import HBox, Tab, link
from softmodes import CrossoverExplorer
one, other = explorer, StabilityExplorer(eta=-0.1)
linked = link((one, "beta_epsilon_m"), (other, "beta_epsilon_m"))
HBox([one, other])"""
CELLS = (
    SHOW,
    "print(explorer.beta_epsilon_m, explorer.eta, explorer.estimates['epsilon'])",
    "explorer.beta_epsilon_m = 3\nexplorer.glass = 'Se'",
    TOGETHER,
    "Tab([one, CrossoverExplorer()])",
    "print(one.beta_epsilon_m, other.beta_epsilon_m, one.eta)",
    "import softmodes as sm\nsm.quiz(2)",
    "sm.predict('4.a')",
)
CLEAR = """async (index) => {
  const panel = jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = index;
  await jupyterapp.commands.execute("notebook:clear-cell-output");
}"""


@pytest.fixture
def lab_page(own_page, tmp_path):
    """A notebook of the cells in JupyterLab, opened by a link to a state."""
    (tmp_path / "root").mkdir()
    write_notebook(tmp_path / "root" / "tiny.ipynb", *CELLS)
    own_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with jupyter_lab(tmp_path / "root", tmp_path) as address:
        open_notebook(own_page, address, "tiny.ipynb", "#StabilityExplorer.eta=-0.3&StabilityExplorer.mass=1")
        yield own_page
    assert own_page.requests == []
    assert own_page.errors == []


def everywhere(page, value, count):
    """Wait until so many views have this ε_m/k_BT."""
    page.wait_for_function(
        "([value, count]) => { const all = [...document.querySelectorAll('[name=beta_epsilon_m]')];"
        " return all.length === count && all.every((one) => one.value === value); }",
        arg=[value, count],
    )


def says(page, index, expected):
    """Whether a cell prints this, before long: messages take their time."""
    return any(run_cell(page, index).strip() == expected for _ in range(20))


@pytest.mark.slow
def test_explorers_live_in_jupyterlab(lab_page):
    """One server for all that needs it: it takes longer than what it is started for."""
    slider_and_python_follow_each_other(lab_page)
    views_of_one_explorer_move_together(lab_page)
    questions_keep_the_keys_as_sliders_do(lab_page)
    tools_work_where_a_kernel_stands_behind(lab_page)


def slider_and_python_follow_each_other(page):
    run_cell(page, 0)
    slider(page).wait_for()
    assert page.locator(".jp-OutputArea-output").locator("img, script").count() == 0  # the widget, not the page
    assert page.evaluate(DISORDER) == []
    # a link is followed here, too
    page.wait_for_function("document.querySelector('[name=eta]').value === '-0.3'")
    assert "got mass" in page.locator(".notice").inner_text()

    slider(page).focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    settle(page)
    assert output(page) == "5.1"
    assert says(page, 1, f"5.1 -0.3 {StabilityExplorer(beta_epsilon_m=5.1, eta=-0.3).estimates['epsilon']}")

    before = curve(page)
    run_cell(page, 2)
    everywhere(page, "3", 1)
    settle(page)
    assert output(page) == "3"
    assert page.locator(".softmodes-explorer select[name=glass]").input_value() == "Se"
    assert curve(page) != before
    assert page.locator(".badge").inner_text() == "paper value"


def views_of_one_explorer_move_together(page):
    explorers = page.locator(".softmodes-explorer")
    run_cell(page, 3)
    everywhere(page, "3", 3)
    left, right = (explorers.nth(i).bounding_box() for i in (1, 2))
    assert left["width"] > 300
    assert right["x"] >= left["x"] + left["width"]

    run_cell(page, 4)
    explorers.nth(3).wait_for()
    slider(page).first.focus()
    page.keyboard.press("ArrowRight")
    everywhere(page, "3.05", 4)
    assert explorers.nth(3).bounding_box()["width"] > 300
    assert says(page, 5, "3.05 3.05 -0.3")

    # a view that is closed is no longer there to draw; opened again it shows how things are
    explorers.nth(3).get_by_role("button", name="play", exact=True).click()
    page.evaluate(CLEAR, 4)
    page.wait_for_function("document.querySelectorAll('.softmodes-explorer').length === 3")
    slider(page).first.fill("4")
    everywhere(page, "4", 3)
    run_cell(page, 4)
    everywhere(page, "4", 4)


def questions_keep_the_keys_as_sliders_do(page):
    for cell, (name, downs) in enumerate({"2.2": 0, "4.a.3": 1}.items(), start=6):
        run_cell(page, cell)
        form = page.locator(f"form[data-key='{name}']")
        form.locator("xpath=..").locator("summary").focus()
        for key in ("Enter", "Tab", "Space", *["ArrowDown"] * downs, *["Enter"] * (1 + downs)):
            page.keyboard.press(key)
        assert form.locator("strong").inner_text() == "Right."
        assert form.locator("sub").count() > 0
    assert page.locator(".jp-OutputArea-output").locator("script, .tex").count() == 0  # widgets all the same


def tools_work_where_a_kernel_stands_behind(page):
    first = page.locator(".softmodes-explorer").first

    def press(name):
        first.get_by_role("button", name=name, exact=True).click()

    press("copy link")
    page.wait_for_function("document.querySelector('.notice').textContent.includes('copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.match(r"http://[\w.:]+/lab/tree/tiny\.ipynb#StabilityExplorer\.beta_epsilon_m=4&", copied)
    assert TOKEN not in copied
    with page.expect_download() as download:
        press("save CSV")
    assert "# now: StabilityExplorer(beta_epsilon_m=4.0, eta=-0.3" in download.value.path().read_text("utf-8")
    press("pin")
    assert first.locator("circle.pinned").count() == 2
    press("reset")
    everywhere(page, "5", 4)
    run_cell(page, 0)  # a link is followed once: a cell that is run again shows what it says
    page.wait_for_function("document.querySelector('[name=eta]').value === '0'")
    press("full screen")
    page.wait_for_function("document.fullscreenElement?.matches('.softmodes-explorer')")
