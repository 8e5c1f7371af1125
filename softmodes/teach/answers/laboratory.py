"""Answers of the exercises on the computer glass and liquid, notebooks 6 to 10."""

from math import gamma

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from softmodes.ensembles import participation_by_frequency
from softmodes.paper.findings import freed_modes, vibrational_displacements
from softmodes.paper.loaders import load_ensembles
from softmodes.teach.answer import Answer, Mistake, answers
from softmodes.theory.landscape import distortion_energy
from softmodes.theory.potential import mode_coordinate, mode_energy, mode_potential

_FREEZING = 0.19


@answers("6.1")
def half_of_the_unstable_modes(ensemble: str = "shipped") -> Answer:
    """k_BT at which the fraction is half of that at freezing, on a straight line from row to row."""
    liquids = load_ensembles(ensemble).liquids
    order = np.argsort(liquids.temperatures)
    temperatures, fraction = liquids.temperatures[order], liquids.unstable_fraction.mean(axis=1)[order]

    def place(wanted: float) -> float:
        return float(np.interp(wanted, fraction, temperatures))

    at_freezing = float(np.interp(_FREEZING, temperatures, fraction))
    return Answer(
        place(at_freezing / 2),
        mistakes=(
            Mistake(_FREEZING / 2, "Not yet: that is half of the temperature. The fraction is not proportional to it."),
            Mistake(place(fraction[-1] / 2), "Not yet: half of the value at freezing, not of that of the hottest run."),
            Mistake(at_freezing / 2, "Not yet: that is the fraction; its temperature is asked for."),
        ),
    )


@answers("6.2")
def temperature_of_a_softer_mode() -> Answer:
    """Factor between the temperatures at which two modes reach the place where they are unstable."""

    def temperature(kappa: float) -> float:
        place = brentq(lambda displacement: kappa - displacement, 0, 10)
        return kappa * place**2

    factor = temperature(1.0) / temperature(0.5)
    return Answer(
        factor,
        mistakes=(
            Mistake(factor ** (1 / 3), "Not yet: the place where the curvature vanishes moves, too."),
            Mistake(factor ** (2 / 3), "Not yet: the thermal amplitude depends on κ as well."),
            Mistake(1 / factor, "Not yet: a factor by which it is lower was asked for."),
        ),
    )


@answers("7.1")
def growth_with_the_box(ensemble: str = "shipped") -> Answer:
    """Median N_k at 1000 over that at 500 atoms, between ν = 0.07 and 0.09."""
    small, large = load_ensembles(ensemble).glasses.values()

    def median(frequencies: np.ndarray, participation: np.ndarray) -> float:
        return float(participation_by_frequency(frequencies, participation, (0.07, 0.09)).median[0])

    pairs = [(glass.frequencies, glass.participation_number) for glass in (small, large)]
    factor = median(*pairs[1]) / median(*pairs[0])
    return Answer(
        factor,
        mistakes=(
            Mistake(factor / 2, "Not yet: that compares p = N_k/N."),
            Mistake(1 / factor, "Not yet: the larger box over the smaller one."),
            Mistake(
                median(*freed_modes(large)) / median(*freed_modes(small)),
                "Not yet: those are the modes without sound.",
            ),
        ),
    )


def _scatter(shape: float) -> float:
    """Relative standard deviation of the lowest of many, if their number below ν goes with this power."""
    return float((gamma(1 + 2 / shape) / gamma(1 + 1 / shape) ** 2 - 1) ** 0.5)


@answers("7.2")
def scatter_of_the_lowest() -> Answer:
    """Relative standard deviation of a Weibull distribution of shape 5, from its moments."""
    return Answer(
        _scatter(5),
        "1",
        mistakes=(
            Mistake(_scatter(4), "Not yet: the number of modes goes with the fifth power; was the density used?"),
            Mistake(1 / 5, "Not yet, but near: that is the inverse of the power."),
            Mistake(_scatter(1), "Not yet: that is for a number that grows in proportion to ν."),
            Mistake(_scatter(5) ** 2, "Not yet: that is the variance over the mean squared."),
        ),
    )


@answers("8.1")
def coefficient_of_the_mode_energy() -> Answer:
    """ε_k χ/ω_c⁴ of some mode, with χ as the fourth derivative of eq. 5."""
    n_k, a, omega = 37.0, 0.6, 1.7
    epsilon = mode_energy(n_k, 1.0, a, omega)
    amplitudes = np.linspace(-2, 2, 5)
    energies = mode_potential(mode_coordinate(amplitudes, n_k, 1.0, a), 0.0, epsilon)
    chi = np.diff(energies, n=4)[0]  # exact for a quartic
    c = epsilon * chi / omega**4
    return Answer(
        c,
        mistakes=(
            Mistake(4 * c, "Not yet: ε_k has a ½ in eq. 5, and N_k a² comes in squared."),
            Mistake(2 * c, "Not yet: the ½ of eq. 5 counts twice."),
            Mistake(c / 24, "Not yet: what stands before A⁴ is χ/24."),
        ),
    )


@answers("8.2")
def power_of_the_relaxation() -> Answer:
    """Exponent with which the others lower the energy, of a mode coupled to one other."""

    def gain(displacement: float) -> float:
        return minimize_scalar(lambda r: r**2 / 2 + 0.3 * displacement**2 * r).fun

    power = float(np.log(gain(0.2) / gain(0.1)) / np.log(2))
    return Answer(
        power,
        mistakes=(
            Mistake(power / 2, "Not yet: that is the power of the force on the others; the energy is asked for."),
            Mistake(power - 1, "Not yet: the others follow the force, so that it counts twice."),
        ),
    )


@answers("9.1")
def cost_of_three_fifths() -> Answer:
    """Cost of taking three fifths of the stiffness over that of one fifth, eq. 15."""
    cost = distortion_energy(1 - 3 / 5, 1.0) / distortion_energy(1 - 1 / 5, 1.0)
    return Answer(
        cost,
        mistakes=(
            Mistake(cost**0.5, "Not yet: the cost is not proportional to what is taken."),
            Mistake((2 / 5) ** 2 / (4 / 5) ** 2, "Not yet: what counts is what is taken, not what is left."),
        ),
    )


@answers("9.2")
def atom_that_obeys_eq_16(ensemble: str = "shipped") -> Answer:
    """Name of the atom whose slope is nearer to one, by a fit through all modes of all glasses."""
    spots = load_ensembles(ensemble).soft_spots
    names = {"ordinary": "the ordinary atom", "soft": "the soft atom"}

    def distance(row: int) -> float:
        shares, rates = spots.shares[:, row].ravel(), spots.rates[:, row].ravel()
        return float(abs(1 - np.polyfit(shares, rates, 1)[0]))

    nearest, other = sorted(names, key=lambda name: distance(0 if name == "ordinary" else 2))
    return Answer(
        nearest,
        choices=names,
        mistakes=(Mistake(other, "Not yet: which of the two slopes is nearer to one?"),),
    )


@answers("10.1")
def displacement_of_an_oscillator() -> Answer:
    """Time and height of the mean square displacement of one oscillator, averaged over where it starts."""
    phases = 2 * np.pi * np.arange(64) / 64

    def moved(time: float) -> float:
        """Over the mean square of the position."""
        start, end = np.cos(phases), np.cos(phases + 2 * np.pi * time)
        return float(np.mean((end - start) ** 2) / np.mean(start**2))

    first = brentq(lambda time: moved(time) - 2, 0, 0.5)
    found = np.array([first, moved(0.5)])
    return Answer(
        found,
        parts=("part of a period", "largest, over ⟨u²⟩"),
        mistakes=(
            Mistake(found * [2, 0.5], "Not yet: a single oscillator comes back; it has no plateau."),
            Mistake(found * [1, 0.25], "Not yet: start and end both count."),
        ),
    )


@answers("10.2")
def end_of_the_dynamic_route(ensemble: str = "shipped") -> Answer:
    """Highest k_BT at which a vibrational displacement is read off the shoulder."""
    liquids = load_ensembles(ensemble).liquids
    known = np.isfinite([value.n for value in vibrational_displacements(liquids)["dynamics"]])
    temperatures = liquids.temperatures[known]
    return Answer(
        temperatures.max(),
        mistakes=(
            Mistake(temperatures.min(), "Not yet: that is the coldest; where does the table end?"),
            Mistake(_FREEZING, "Not yet: that is where the liquid freezes. Look at the slope of the shoulder."),
        ),
    )
