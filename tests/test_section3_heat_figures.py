"""Figs 1 to 4, the origin of eq. 8, and the files that a reader may supply."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.constants import k

from softmodes import figures
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.materials import load_materials
from softmodes.paper.measured import FOLDER, MeasuredHeatCapacity, load_measured, read_folder, read_measured
from softmodes.theory.heat_capacity import heat_capacity

HEADER = "# glass: SiO2\n# reference: a made-up glass\ntemperature (K), heat capacity (J/(g K))\n"


@pytest.fixture
def ax():
    return Figure().subplots()


def test_nothing_measured_is_shipped():
    """The paper prints no data, and none are invented."""
    assert not list(FOLDER.glob("*.csv"))
    assert load_measured("SiO2") == ()
    assert read_folder() == ((), ())


@pytest.mark.parametrize(("draw", "glass"), [(figures.plot_figure_1, "SiO2"), (figures.plot_figure_2, "Se")])
def test_figures_1_and_2_are_models_with_their_minimum_where_the_levels_put_it(ax, draw, glass):
    alt = draw(ax, measured=())
    assert alt.startswith("Model, not data")
    t, relative = ax.lines[0].get_data()
    w = load_materials()[glass].crossover_energy.n / k
    assert t[np.argmin(relative)] == pytest.approx(w / 1.834, rel=0.05)
    assert relative.min() == pytest.approx(1, abs=1e-12)
    assert "model, not data" in [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("draw", [figures.plot_figure_3, figures.plot_figure_4])
def test_figures_3_and_4_say_that_they_are_no_data(ax, draw):
    assert draw(ax, load_ensembles().glasses[1000]).startswith("Model, not data")
    assert "model, not data" in ax.get_title()


def test_full_evaluation_of_eq8_takes_a_third_of_the_atoms_away(ax):
    alt = figures.plot_area_factor(ax)
    assert "SiO2 162 to 108 Å²" in alt
    assert figures.plot_crossover_ratio(Figure().subplots()).count("1.60 at 20 W") == 1


def test_supplied_measurement_is_overlaid_and_its_fit_finds_what_made_it(ax, tmp_path):
    """Points from the model with W/k_B = 3 K and the Debye term of silica, in J/(g K), with 1 % noise."""
    material, rng = load_materials()["SiO2"], np.random.default_rng(6)
    t = np.geomspace(0.3, 8, 40)
    c = 2e23 * k * heat_capacity(t / 3.0) + material.debye_coefficient * t**3
    rows = "\n".join(f"{a:.6g}, {b:.6g}" for a, b in zip(t, c / 1e3 * rng.normal(1, 0.01, 40), strict=True))
    (tmp_path / "made_up.csv").write_text(HEADER + rows, encoding="utf-8")
    (measured,) = load_measured("SiO2", tmp_path)
    np.testing.assert_allclose(measured.heat_capacity, c, rtol=0.05)
    alt = figures.plot_figure_1(ax, (measured,))
    found = float(alt.split("W/k_B = ")[1].split(" ")[0])
    assert found == pytest.approx(3.0, abs=0.05)
    assert load_measured("Se", tmp_path) == ()


def made_up(low, high, reference="a made-up glass", points=40):
    """Exact points of a glass with W/k_B = 3 K and the Debye term of silica."""
    t = np.geomspace(low, high, points)
    c = 2e23 * k * heat_capacity(np.maximum(t / 3.0, 1e-4)) + load_materials()["SiO2"].debye_coefficient * t**3
    return MeasuredHeatCapacity(glass="SiO2", reference=reference, temperature=t, heat_capacity=c, uncertainty=None)


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (
            made_up(5, 100),
            "temperatures from 5 to 100 K do not fix W: measure across the minimum of c_p/T^3, or mask outliers",
        ),
        (made_up(1, 3, points=2), "temperature must have more than 2 points, got 2"),
        (made_up(1e-8, 1e-7), "temperature must lie between 1e-06 and 1e+06 K, got 1e-08"),
    ],
)
def test_measurement_that_cannot_be_fitted_is_drawn_with_the_reason(ax, measured, reason):
    alt = figures.plot_figure_1(ax, [measured])
    assert alt.endswith(f"drawn without a fit, at the height of the model ({reason}).")
    shown = " ".join(ax.get_legend().get_texts()[-1].get_text().split())
    assert shown == f"measured: a made-up glass drawn without a fit, at the height of the model ({reason})"
    t, points = ax.lines[-1].get_data()
    assert t.size == measured.temperature.size
    assert ax.get_ylim()[0] < points.min() < points.max() < ax.get_ylim()[1]


def test_points_below_the_sound_waves_are_counted(ax):
    measured = made_up(0.3, 8)
    measured.heat_capacity[[3, 30]] /= 1e5
    assert "; 2 of 40 points lie below the sound waves and are not drawn." in figures.plot_figure_1(ax, [measured])
    assert ax.lines[-1].get_xdata().size == 38


def test_measurements_are_drawn_in_their_own_figure_under_the_names_that_they_have(ax):
    """Neither left out for an underscore nor set as mathematics between dollars; long ones end early in the plot."""
    names = ["_A_ $N_s$ at $5 or $6", "B \\$x_1$", "C" + 40 * " long"]
    alt = figures.plot_figure_1(ax, [made_up(0.3, 8, name) for name in names])
    assert all(f"Measured by {name}: W/k_B = 3.0000 ± 0.0000 K" in alt for name in names)
    *_, first, second, third = (text.get_text() for text in ax.get_legend().get_texts())
    assert first.startswith(r"measured: _A_ \$N_s\$ at \$5 or \$6" + "\n")
    assert second.startswith(r"measured: B \\$x_1\$" + "\n")
    assert third.split("\n")[1].endswith("long …")
    ax.figure.canvas.draw()
    assert "Measured" not in figures.plot_figure_2(Figure().subplots(), [made_up(0.3, 8)])


def test_many_measurements_leave_the_axes_as_they_are_and_are_told_apart(tmp_path):
    """As the notebook draws them: the legend needs room below only, two of one reference are known by their files."""
    for name in ("first", "second"):
        (tmp_path / f"{name}.csv").write_text(HEADER + "1, 2\n2, 3\n", encoding="utf-8")
    figure = Figure(figsize=(9, 2.8))
    ax = figure.subplots()
    before = ax.get_position().height
    alt = figures.plot_figure_1(ax, [*load_measured("SiO2", tmp_path), made_up(0.3, 8, "another")])
    figure.canvas.draw()
    assert ax.get_position().height == before
    assert ax.get_legend().get_window_extent().y1 < ax.xaxis.label.get_window_extent().y0
    names = ("a made-up glass (first.csv)", "a made-up glass (second.csv)", "another")
    assert all(f"Measured by {name}: " in alt for name in names)


def test_file_as_a_spreadsheet_saves_it_is_read(tmp_path):
    """With a mark of the byte order before and empty lines behind."""
    (tmp_path / "sheet.csv").write_text("\ufeff" + HEADER + "1, 2\n\n\n", encoding="utf-8")
    assert read_measured(tmp_path / "sheet.csv").temperature.tolist() == [1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("T, c\n1, 2", "line 1: the file must begin with '# glass: …'"),
        ("# glass: SiO2\nT, c\n1, 2", "line 1: the file must begin with '# reference: …'"),
        (HEADER.replace("SiO2", "Xe2O7") + "1, 2", f"glass must be one of {', '.join(load_materials())}, got 'Xe2O7'"),
        (HEADER.replace("(K)", "(C)"), r"line 3, column 1: must be temperature \(K\), got 'temperature \(C\)'"),
        (HEADER.replace("J/(g K)", "cal"), "line 3, column 2: must be heat capacity"),
        (HEADER.replace("K))", "K)), a, b"), "line 3: the header must be"),
        ("\udcff".encode(errors="surrogateescape").decode("latin-1"), "line 1: the file must begin"),
        (HEADER, "has no measurement below its header"),
        (HEADER + "1, 2\n3", "line 5: must have 2 columns, got 1"),
        (HEADER + "1, 2\n3, x", "line 5, column 2: must be a positive number, got ' x'"),
        (HEADER + "-1, 2", "line 4, column 1: must be a positive number, got '-1'"),
        (HEADER + "1, nan", "line 4, column 2: must be a positive number, got ' nan'"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_line_and_column(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^bad.csv.*{message}") as raised:
        read_measured(path)
    assert "\n" not in str(raised.value)
