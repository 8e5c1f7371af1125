"""A glass is added by rows of data alone: tables, figures, measurements, ledger, explorers and report know it."""

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from scipy.constants import angstrom, atomic_mass, electron_volt, pi, tera

import softmodes
from softmodes import places
from softmodes.figures import plot_area_factor, plot_barriers, plot_crossover, plot_formation, plot_soft_potentials
from softmodes.paper.claims import claims
from softmodes.paper.findings import first_maximum, soft_potentials
from softmodes.paper.ledger import errata, ledger
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.materials import Material, crossover_estimates, estimated_materials, load_materials
from softmodes.paper.measured import load_measured
from softmodes.paper.printed import printed_values, printed_with_rounding
from softmodes.paper.records import records
from softmodes.places import DATA
from softmodes.report.commands import main
from softmodes.report.page.front import ledger_text

CITED = """\
Xe2O7,mean atomic mass,35,35,u,fictitious
Xe2O7,glass transition temperature,800,820,K,fictitious
Xe2O7,melting temperature,1380,1400,K,fictitious
Xe2O7,density,3600,3600,kg/m3,fictitious
Xe2O7,Young modulus,43,43,GPa,fictitious
Xe2O7,shear modulus,18,18,GPa,fictitious
"""
LOOK = "Xe2O7,name,a fictitious glass,,,\nXe2O7,colour,#123abc,,,\n"
PRINTED = """\
participation area,Xe2O7,N_s a²,200,Å²,0.5,linear,"§3, fictitious"
quartic energy,Xe2O7,ε_0,60,eV,0.5,linear,"§3, fictitious"
formation energy,Xe2O7,ε_m/k_B T_g,5.0,1,0.05,linear,"§4, fictitious"
"""
FREQUENCY = 'crystal frequency,Xe2O7,ν_c,2.1,THz,0.05,linear,"§3, fictitious"\n'
ROWS = (*PRINTED.splitlines(keepends=True), FREQUENCY)


def copy_of_data(root, materials, printed, order=list):
    """`data/` with more rows in two of its tables, in some order; all else, and the package, stay where they are."""
    more = {"materials.csv": materials, "printed_values.csv": printed}
    (root / "data").mkdir()
    for path in DATA.iterdir():
        if path.name in more:
            head, *rows = (path.read_text(encoding="utf-8") + more[path.name]).splitlines(keepends=True)
            (root / "data" / path.name).write_text("".join([head, *order(rows)]), encoding="utf-8")
        else:
            (root / "data" / path.name).symlink_to(path)
    (root / "softmodes").symlink_to(Path(softmodes.__file__).parent)
    (root / "notebooks").symlink_to(places.NOTEBOOKS)
    return root / "data"


def forget():
    for cached in (load_materials, printed_values, printed_with_rounding):
        cached.cache_clear()


@pytest.fixture
def add(tmp_path, monkeypatch):
    """A function that makes glasses of rows; all is forgotten afterwards."""

    def more(materials, printed="", order=list):
        monkeypatch.setattr(places, "DATA", copy_of_data(tmp_path, materials, printed, order))
        forget()
        return load_materials()

    yield more
    monkeypatch.undo()
    forget()


def plotted(draw):
    """The Axes of a figure and what it says."""
    ax = Figure().subplots()
    return ax, draw(ax)


def own_colours():
    """Of each glass, but for the grey of all that have none of their own."""
    return [each.colour.lower() for each in load_materials().values() if each.colour != Material.colour]


def test_the_three_glasses_of_the_paper_are_the_shipped_ones():
    glasses = load_materials()
    shipped = [glass for glass in glasses if glass in ("SiO2", "Se", "B2O3")]
    assert shipped == ["SiO2", "Se", "B2O3"]
    assert [glasses[glass].tex for glass in shipped] == ["SiO$_{2}$", "Se", "B$_{2}$O$_{3}$"]
    assert glasses["B2O3"].label == "vitreous boron trioxide, B₂O₃"
    assert [colour for colour, count in Counter(own_colours()).items() if count > 1] == []


def test_nothing_else_draws_in_the_colour_of_a_glass():
    package = Path(softmodes.__file__).parent
    paths = [path for kind in ("py", "js", "css") for path in package.rglob(f"*.{kind}")]
    drawn = {path.name: set(re.findall("#[0-9a-f]{6}", path.read_text("utf-8").lower())) for path in paths}
    colours = {*own_colours()}
    assert {name: colours & found for name, found in drawn.items() if colours & found} == {}


@pytest.mark.parametrize("frequency", ["", FREQUENCY], ids=["without ν_c", "with ν_c"])
def test_glass_with_printed_values_is_everywhere(add, tmp_path, frequency):
    glass = add(CITED + LOOK, PRINTED + frequency)["Xe2O7"]
    assert (glass.tex, glass.label, glass.colour) == ("Xe$_{2}$O$_{7}$", "a fictitious glass, Xe₂O₇", "#123abc")
    assert (glass.mass, glass.glass_temperature.n) == (35 * atomic_mass, 810)
    assert glass.quartic_energy.n == pytest.approx(60 * electron_volt)
    omega_c = 2 * pi * glass.crystal_frequency.n
    assert softmodes.quartic_energy(200 * angstrom**2, glass.mass, omega_c) == pytest.approx(60 * electron_volt)
    for draw in (plot_area_factor, plot_formation, lambda ax: plot_crossover(ax, 3 * tera, glass.mass)):
        ax, text = plotted(draw)
        assert "Xe2O7" in text
        assert "Xe$_{2}$O$_{7}$" in "".join(label.get_text() for label in [*ax.get_xticklabels(), *ax.legend().texts])
        drawn = [each.get_color() for each in ax.lines] + [each.get_facecolor() for each in ax.patches]
        assert any(same_color(each, "#123abc") for each in drawn)
    assert "in Xe2O7" in plotted(lambda ax: plot_barriers(ax, glass, 1e-10))[1]
    glasses = load_ensembles().glasses[500]
    nu_c = first_maximum(glasses)
    assert [row.glass for row in soft_potentials(glasses, nu_c)][-1:] == ["Xe2O7"]
    assert "scaled to Xe2O7" in plotted(lambda ax: plot_soft_potentials(ax, glasses.soft_modes, nu_c, "Xe2O7"))[1]
    verdicts = {row.item: row.verdict for row in ledger()}
    assert verdicts["formation energy ε_m/k_B T_g of Xe2O7"] == "reproduced"
    assert verdicts["quartic energy ε_0 of Xe2O7"] == ("within uncertainty" if frequency else "input")
    assert (crossover_estimates()[-1].glass, crossover_estimates()[-1].area) == ("Xe2O7", "200.00±0.29")


def test_glass_of_which_nothing_is_printed_is_where_it_can_be(add, tmp_path):
    before = ledger(), errata()
    glass = add(CITED)["Xe2O7"]
    assert (glass.name, glass.label) == ("", "Xe₂O₇")
    assert glass.debye_coefficient > 0
    for name in ("crystal_frequency", "crossover_energy", "crossover_temperature", "formation_energy"):
        with pytest.raises(ValueError, match=r"^the paper prints no (quartic energy|participation area) of Xe2O7$"):
            getattr(glass, name)
    with pytest.raises(ValueError, match=r"^the paper prints no participation area of Xe2O7$"):
        glass.atoms(1e-10)
    row = crossover_estimates()[-1]
    assert {getattr(row, name) for name in vars(row)} == {"Xe2O7", "not printed"}
    for draw in (plot_area_factor, plot_formation, lambda ax: plot_crossover(ax, 3 * tera, glass.mass)):
        assert not re.search("Xe2O7|nan", plotted(draw)[1])
    assert (ledger(), errata()) == before
    text = "# glass: Xe2O7\n# reference: fictitious\ntemperature (K), heat capacity (J/(g K))\n1, 2e-6\n"
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    assert str(load_measured("Xe2O7", tmp_path)[0]).startswith("Xe2O7, 1 measured")


def test_partly_printed_glass_shows_what_is_known(add):
    glass = add(CITED, PRINTED.splitlines(keepends=True)[1])["Xe2O7"]
    row = crossover_estimates()[-1]
    assert (row.energy, row.formation, row.area, row.w) == ("60.00±0.29", "4.955±0.021", "not printed", "not printed")
    assert "Xe2O7" in plotted(plot_formation)[1]
    with pytest.raises(ValueError, match=r"^the paper prints no participation area of Xe2O7$"):
        _ = glass.crystal_frequency


@pytest.mark.parametrize(
    "rows",
    [rows for count in range(len(ROWS) + 1) for rows in combinations(ROWS, count)],
    ids=lambda rows: "".join(row[0] for row in rows) or "none",
)
def test_ledger_has_whatever_is_printed_of_a_glass(add, rows):
    """Each printed value is compared with what the others make of it, or an input if these are not all there."""
    before = {row.item for row in ledger()}
    add(CITED, "".join(rows))
    names = {row.partition(",")[0] for row in rows}
    needs = {
        "participation area": None,  # T*, which is not printed
        "quartic energy": {"participation area", "crystal frequency"},
        "crystal frequency": {"participation area", "quartic energy"},
        "formation energy": {"quartic energy"},
    }
    added = [row for row in ledger() if row.item not in before]
    assert len(added) == len(rows)
    for row in added:
        name = next(name for name in names if row.item.startswith(name))
        assert row.item.endswith("of Xe2O7")
        assert (row.verdict != "input") == (row.reproduced != "") == (needs[name] is not None and needs[name] <= names)
        assert row.remark
    assert [row.item.partition(":")[0] for row in records("number")] == [row.item for row in ledger()]
    printed = CliRunner().invoke(main, ["ledger"])
    assert printed.exit_code == 0
    assert printed.output.count("of Xe2O7:") == len(rows)


def all_that_is_said():
    """Of the glasses, without the order in which it is said; and what the explorers start with."""
    judged = [
        (row.item, row.verdict, row.remark, *sorted(row.reproduced.split(", "))) for row in (*ledger(), *errata())
    ]
    tables = printed_values(), judged, crossover_estimates()
    starts = [explorer()._state() for explorer in (softmodes.CrossoverExplorer, softmodes.SpecificHeatExplorer)]
    return *map(Counter, tables), starts, *(next(iter(glasses())) for glasses in (load_materials, estimated_materials))


@pytest.mark.parametrize(
    "order",
    [
        reversed,
        lambda rows: sorted(rows, key=lambda row: "Xe2O7" not in row),
        lambda rows: random.Random(1).sample(rows, len(rows)),
    ],
    ids=["last first", "a new glass first", "mixed"],
)
def test_order_of_the_rows_changes_only_the_order_of_what_is_said(add, tmp_path, order):
    (tmp_path / "appended").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "DATA", copy_of_data(tmp_path / "appended", CITED + LOOK, "".join(ROWS)))
        forget()
        appended = all_that_is_said()
    add(CITED + LOOK, "".join(ROWS), order)
    assert all_that_is_said() == appended


@pytest.mark.slow
@pytest.mark.parametrize("printed", ["", ROWS[0], "".join(ROWS)], ids=["none", "some", "all"])
def test_page_of_the_ledger_and_claims_know_a_fourth_glass(add, printed):
    said = claims()
    add(CITED, printed)
    assert claims() == said
    assert len(re.findall("of Xe2O7: ", ledger_text("shipped"))) == len(printed.splitlines())


@pytest.mark.parametrize(
    ("materials", "printed", "message"),
    [
        (
            CITED.replace("Xe2O7,density", "Xe2O7,densty"),
            "",
            "property in materials.csv must be one of .*, got 'densty'",
        ),
        (CITED.replace("3600,kg/m3", "3600,g/cm3"), "", "density of Xe2O7 must be .* in kg/m3, got 3600 to 3600 g/cm3"),
        (CITED.replace("800,820", "820,800"), "", "glass transition temperature of Xe2O7 must be 0 < low <= high in K"),
        (CITED + CITED, "", "materials.csv must have one row mean atomic mass of Xe2O7, and has two"),
        (CITED + LOOK.replace("#123abc", "blue"), "", "colour of Xe2O7 must be like #57534e, got 'blue'"),
        ("", PRINTED, "materials.csv must have a row mean atomic mass of Xe2O7, and has none"),
    ],
)
def test_rows_that_say_nothing_clear_are_refused(add, materials, printed, message):
    with pytest.raises(ValueError, match=message):
        add(materials, printed)


# What a fresh kernel and the command make of it

FRESH = """
import json
import softmodes
from softmodes.places import NOTEBOOKS
from softmodes.report.notebooks import find_notebooks

explorers = softmodes.StabilityExplorer(glass="Xe2O7"), softmodes.CrossoverExplorer(), softmodes.PotentialExplorer()
pages = [each._repr_mimebundle_()[0]["text/html"] for each in (*explorers, softmodes.SpecificHeatExplorer())]
choices = [book.parameters["glass"].choices for book in find_notebooks(NOTEBOOKS) if "glass" in book.parameters]
print(json.dumps([explorers[0].estimates, pages, choices]))
"""


@pytest.fixture(scope="module", params=[PRINTED, ""], ids=["printed", "not printed"])
def companion(request, tmp_path_factory):
    """Whether the values of the fourth glass are printed; estimates, pages and choices as a new process has them."""
    root = tmp_path_factory.mktemp("root")
    copy_of_data(root, CITED + LOOK, request.param)
    command, environment = [sys.executable, "-W", "error", "-c", FRESH], {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(command, capture_output=True, cwd=root, env=environment, text=True)
    assert done.returncode == 0, done.stderr
    return bool(request.param), *json.loads(done.stdout)


@pytest.mark.slow
def test_stability_explorer_counts_in_the_fourth_glass_where_its_frequency_is_known(companion, opened):
    printed, estimates, pages, choices = companion
    assert estimates["energy"] == pytest.approx(875.4 * 810 * 8.61733e-5, rel=1e-4)  # eq. 23, k_B in eV/K
    area = pytest.approx(estimates["energy"] / 60 * 200) if printed else None
    assert (estimates["participation_area"], estimates["atoms"]) == (area, area)
    page = opened("<!doctype html><meta charset='utf-8'>" + pages[0])
    assert page.locator("select[name=glass]").input_value() == "Xe2O7"
    assert page.locator("select[name=glass] option").last.inner_text() == "a fictitious glass, Xe₂O₇"
    assert float(page.locator("[data-name=energy]").get_attribute("value")) == pytest.approx(estimates["energy"])
    assert (page.locator("[data-name=atoms]").get_attribute("value") == "") == (not printed)
    known = [*estimated_materials(), *["Xe2O7"] * printed]
    assert len(choices) >= 3
    assert all(each == known for each in choices)


@pytest.mark.slow
def test_other_explorers_have_the_fourth_glass_if_its_values_are_printed(companion, opened):
    printed, _, (_, crossover, potential, heat), _ = companion
    page = opened("<!doctype html><meta charset='utf-8'>" + crossover)
    drawn = page.locator("circle.material").evaluate_all("all => all.map((each) => getComputedStyle(each).fill)")
    assert drawn.count("rgb(18, 58, 188)") == (2 if printed else 0)
    assert len(set(drawn)) == len(estimated_materials()) + printed
    known = [material.plain for material in estimated_materials().values()]
    for explorer in (crossover, heat):
        page = opened("<!doctype html><meta charset='utf-8'>" + explorer)
        assert page.locator(".presets button").all_inner_texts() == [*known, *["Xe₂O₇"] * printed]
        page.locator(".presets button").last.click()
        assert page.locator(".badge").inner_text() == "paper value"
    page = opened("<!doctype html><meta charset='utf-8'>" + potential)
    assert page.locator("select[name=glass] option").count() == len(known) + printed
