"""The figures draw what the theory says, and say it in words."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from softmodes.figures.crossover import plot_crossover, plot_formation
from softmodes.figures.potentials import plot_barriers, plot_three_behaviours
from softmodes.figures.stability import plot_branches, plot_entropic_force, plot_figure_8, plot_landscape
from softmodes.figures.style import as_png
from softmodes.paper.materials import load_materials
from softmodes.theory.stability import stability_residual


@pytest.fixture
def ax():
    return Figure().subplots()


def test_figure_8_draws_solutions_of_eq20_at_3_and_5(ax):
    alt = plot_figure_8(ax)
    curves = [line for line in ax.lines if len(line.get_xdata()) > 100]
    for energy, line in zip((3.0, 5.0), curves, strict=True):
        eta, epsilon = line.get_data()
        seen = (eta > -0.2) & (epsilon < 500)
        residual = stability_residual(eta[seen], epsilon[seen] * energy, energy)
        assert np.count_nonzero(seen) > 50
        assert np.max(np.abs(residual)) < 1e-9
    assert "105 at η = 0 and diverges at η₂ = 0.0918" in alt
    assert "175 at η = 0 and diverges at η₂ = 0.0528" in alt


def test_every_figure_describes_itself_and_labels_its_axes(ax):
    material = load_materials()["SiO2"]
    drawings = [
        plot_three_behaviours,
        plot_entropic_force,
        plot_figure_8,
        plot_formation,
        lambda ax: plot_barriers(ax, material, 1e-10),
        lambda ax: plot_branches(ax, 5.0, 0.01),
        lambda ax: plot_branches(ax, 0.9),
        lambda ax: plot_landscape(ax, 875.0, 5.0),
        lambda ax: plot_landscape(ax, 875.0, 0.5),
        lambda ax: plot_crossover(ax, material.crystal_frequency.n, material.mass),
    ]
    for draw in drawings:
        axes = Figure().subplots()
        alt = draw(axes)
        assert any(character.isdigit() for character in alt)
        assert "nan" not in alt
        assert alt.endswith(".")
        assert axes.get_xlabel()
        assert axes.get_ylabel()


def test_pictures_are_the_same_in_every_run(ax):
    plot_figure_8(ax)
    other = Figure().subplots()
    plot_figure_8(other)
    assert as_png(ax.figure) == as_png(other.figure)
