"""Answers of the exercises on counting atoms and on the energy W, eqs 1-7."""

import numpy as np
from scipy.constants import angstrom, h, hbar, k, pi
from scipy.integrate import quad
from scipy.optimize import brentq

from softmodes.paper.materials import estimated_materials, load_materials
from softmodes.teach.answer import Answer, Mistake, answers
from softmodes.theory.crossover import crossover_energy
from softmodes.theory.levels import energy_levels
from softmodes.theory.potential import participation_number


@answers("2.1")
def atoms_of_an_exponential_mode() -> Answer:
    """N_k of a displacement that falls off exponentially over two distances between atoms."""

    def atoms(power: tuple[int, int]) -> float:
        squares, fourths = (quad(lambda r, n=n: 4 * pi * r**2 * np.exp(-n * r / 2), 0, np.inf)[0] for n in power)
        return squares**2 / fourths

    return Answer(
        atoms((2, 4)),
        mistakes=(
            Mistake(atoms((1, 2)), "Not yet: what eq. 2 sums are squares of displacements, and their squares."),
            Mistake(4 / 3 * pi * 2**3, "Not yet: that is a sphere of radius ξ, but the tail of the mode counts."),
            Mistake(
                quad(lambda r: 4 * pi * r**2 * np.exp(-r), 0, np.inf)[0], "Not yet: a second integral is needed, eq. 2."
            ),
        ),
    )


@answers("2.2")
def atoms_by_the_largest_displacement() -> Answer:
    """Atoms of the fading mode of the notebook, counted by the one that moves most."""
    fading = np.exp(-np.abs(np.arange(120) - 60) / 25)[:, None]
    mode = np.random.default_rng(1).normal(size=(120, 3)) * fading
    length = np.linalg.norm(mode, axis=1)
    largest = (length.max() / np.linalg.norm(length)) ** 2
    component = np.max(np.abs(mode)) / np.linalg.norm(mode)
    return Answer(
        1 / largest,
        mistakes=(
            Mistake(
                float(participation_number(mode)), "Not yet: that is N_k of eq. 2; the largest alone is asked for."
            ),
            Mistake(component**-2, "Not yet: an atom has three components, which belong together."),
            Mistake(largest**-0.5, "Not yet: the square of the displacement is what eq. 1 adds up."),
        ),
    )


@answers("2.3")
def crossover_energy_of_twice_the_atoms() -> Answer:
    """W at twice the area over W."""
    mass, omega = 3e-26, 2e13
    factor = crossover_energy(2e-18, mass, omega) / crossover_energy(1e-18, mass, omega)
    return Answer(
        factor,
        "1",
        mistakes=(
            Mistake(factor**2, "Not yet: eq. 7 has ε_0 in it, which depends on N_s, too."),
            Mistake(1 / factor, "Not yet: is the quantum of a heavier motion larger or smaller?"),
            Mistake(factor**3, "Not yet: it is the third power of W that goes like this."),
            Mistake(2.0, "Not yet: that is what ε_0 does. W is the energy of a quantum."),
        ),
    )


@answers("2.4")
def double_well_with_a_splitting_of_one_kelvin(glass: str = "SiO2") -> Answer:
    """D_2 at which the two lowest levels are 1 K apart."""
    w = load_materials()[glass].crossover_energy.n / k

    def place(kelvin: float) -> float:
        return brentq(lambda d2: float(np.diff(energy_levels(0.0, d2, 2))[0]) - kelvin, -8, 3, xtol=1e-4)

    return Answer(
        place(1 / w),
        mistakes=(
            Mistake(-place(1 / w), "Not yet: a double well has a negative D_2."),
            *(
                Mistake(place(k / other.crossover_energy.n), f"Not yet: that fits {other.name}. Change the units.")
                for formula, other in estimated_materials().items()
                if formula != glass
            ),
            Mistake(place(0.1 / w), "Not yet: there they are 0.1 K apart."),
        ),
    )


@answers("2.5")
def crossover_energy_of_a_hundred_atoms(glass: str = "SiO2", a: float = 1.0) -> Answer:
    """W/k_B of a mode of 100 atoms, from eqs 6 and 7 put together."""
    material = load_materials()[glass]
    omega = 2 * pi * material.crystal_frequency.n
    w = (hbar**4 * omega**2 / (8 * material.mass * 100 * (a * angstrom) ** 2)) ** (1 / 3) / k
    return Answer(
        w,
        "K",
        mistakes=(
            Mistake(w / (2 * pi) ** (2 / 3), "Not yet: eq. 7 has ω_c in it; was ν_c put in?"),
            Mistake(w * (h / hbar) ** (4 / 3), "Not yet: eq. 7 has ħ in it; was h put in?"),
            Mistake(w * 100 ** (1 / 3), "Not yet: that is W of a single atom."),
        ),
    )
