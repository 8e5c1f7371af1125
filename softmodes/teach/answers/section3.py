"""Answers of the exercises on atoms counted with a thermometer, eqs 6-8, and on the computer glass."""

import numpy as np
from scipy.constants import angstrom, electron_volt, k, pi, tera, year

from softmodes.paper.findings import first_maximum
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.materials import estimated_materials, load_materials
from softmodes.paper.printed import printed
from softmodes.teach.answer import Answer, Mistake, answers
from softmodes.theory.crossover import CROSSOVER_RATIO, participation_area
from softmodes.theory.heat_capacity import ATTEMPT_TIME, crossover_ratio
from softmodes.theory.potential import mode_energy

_BARRIER = 30.0


@answers("3.1")
def glass_with_a_hundred_atoms() -> Answer:
    """Name of the glass whose N_s is nearest to 100 for a length of 2 Å."""
    glasses = estimated_materials()
    atoms = {formula: glass.atoms(2 * angstrom).n for formula, glass in glasses.items()}
    nearest = min(atoms, key=lambda formula: abs(np.log(atoms[formula] / 100)))
    says = "Not yet: by which factor does N_s fall if a is doubled?"
    return Answer(
        nearest,
        choices={formula: glass.label for formula, glass in glasses.items()},
        mistakes=tuple(Mistake(formula, says) for formula in glasses if formula != nearest),
    )


@answers("3.2")
def crossover_temperature_of_fifty_atoms(glass: str = "SiO2") -> Answer:
    """T* at which 50 atoms of 1 Å take part, from ε_0 of 50 atoms and W³ = ħ⁴ω²/8MN_sa²."""
    material = load_materials()[glass]
    omega, start = 2 * pi * material.crystal_frequency.n, material.crossover_temperature.n
    printed_energy = printed("quartic energy", glass).value * electron_volt
    wanted = mode_energy(50, material.mass, angstrom, omega) / printed_energy
    found = start * wanted ** (-1 / 3)
    return Answer(
        found,
        "K",
        mistakes=(
            Mistake(start / wanted, "Not yet: N_s is not inversely proportional to T*. Try a factor of two in T*."),
            Mistake(start * wanted ** (-1 / 2), "Not yet: not the square of T*. Try a factor of two in T*."),
            Mistake(start * wanted ** (1 / 3), "Not yet: does a higher T* mean more atoms or fewer?"),
        ),
    )


@answers("3.3")
def time_to_cross_a_barrier() -> Answer:
    """Time in years within which a barrier of 30 W is crossed at T*."""
    ratio = float(crossover_ratio(_BARRIER))

    def years(exponent: float) -> float:
        return ATTEMPT_TIME * float(np.exp(exponent)) / year

    return Answer(
        years(_BARRIER * ratio),
        "year",
        digits=1,
        mistakes=(
            Mistake(
                years(_BARRIER * CROSSOVER_RATIO),
                "Not yet: that is 1.6 of eq. 8, but this V_max has a ratio of its own; it stands in an exponent.",
            ),
            Mistake(years(_BARRIER), "Not yet: V_max/W is not V_max/k_BT*."),
            Mistake(years(_BARRIER / ratio), "Not yet: is k_BT* larger or smaller than W?"),
        ),
    )


@answers("3.4")
def atoms_at_four_temperatures(glass: str = "SiO2", a: float = 1.0) -> Answer:
    """N_s at T* of 0.5, 1, 2 and 3 K."""
    material, temperatures = load_materials()[glass], np.array([0.5, 1, 2, 3])
    omega = 2 * pi * material.crystal_frequency.n
    n_s = participation_area(CROSSOVER_RATIO * k * temperatures, material.mass, omega) / (a * angstrom) ** 2
    return Answer(
        n_s,
        parts=tuple(f"{t:g} K" for t in temperatures),
        mistakes=(
            Mistake(n_s / (2 * pi) ** 2, "Not yet: ω_c is asked for, was ν_c put in?"),
            Mistake(n_s * CROSSOVER_RATIO**3, "Not yet: W is not k_BT*, see eq. 8."),
            Mistake(n_s * (2 * pi) ** 4, "Not yet: was h put in for ħ?"),
        ),
    )


@answers("3.5")
def softest_mode_of_an_own_glass(seed: int = 7, glass: str = "SiO2", ensemble: str = "shipped") -> Answer:
    """ν of the softest mode of a computer glass that stands for a real one, in THz."""
    glasses, material = load_ensembles(ensemble).glasses[500], load_materials()[glass]
    nu = glasses.frequencies[seed % len(glasses.energy), 0]
    scale = material.crystal_frequency.n / tera / first_maximum(glasses)
    return Answer(
        nu * scale,
        "THz",
        mistakes=(
            Mistake(2 * pi * nu * scale, "Not yet: an eigenvalue gives ω, but ν is asked for."),
            Mistake(nu / scale, "Not yet: multiply by the frequency of the glass, divide by that of the computer."),
            Mistake(nu, "Not yet: that is in the units of the spheres. Scale it."),
            Mistake(
                nu / first_maximum(glasses) * printed("crystal frequency", "SiO2").value,
                "Not yet: the ν_c printed for silica was used, not the one its pair of numbers implies.",
            )
            if glass != "SiO2"
            else Mistake(nu * material.crystal_frequency.n / tera, "Not yet: divide by the first maximum."),
        ),
    )
