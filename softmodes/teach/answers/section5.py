"""Answers of the exercises on what is printed and what is reproduced."""

from scipy.constants import angstrom, electron_volt, k, pi, tera
from scipy.optimize import brentq

from softmodes.paper.materials import load_materials
from softmodes.paper.printed import printed
from softmodes.teach.answer import Answer, Mistake, answers
from softmodes.theory.crossover import participation_area, quartic_energy
from softmodes.theory.stability import quartic_mode_energy


@answers("5.3")
def formation_energy_at_another_temperature() -> Answer:
    """ε_m/k_BT_g of silica if T_g were 1600 K, by looking for the zero of eq. 23."""
    silica, energy = load_materials()["SiO2"], printed("quartic energy", "SiO2").value * electron_volt

    def found(temperature: float) -> float:
        wanted = energy / (k * temperature)
        return brentq(lambda b: float(quartic_mode_energy(b)) - wanted, 0.1, 100)

    start, factor = found(silica.glass_temperature.n), silica.glass_temperature.n / 1600
    return Answer(
        found(1600.0),
        digits=3,
        mistakes=(
            Mistake(start / factor**0.5, "Not yet: does ε_0/k_BT_g grow or fall with T_g?"),
            Mistake(start * factor, "Not yet: ε_m/k_BT_g is not proportional to 1/T_g, see eq. 23."),
            Mistake(energy / (k * 1600), "Not yet: that is ε_0/k_BT_g; solve eq. 23 for ε_m."),
            Mistake(start, "Not yet: that is for the T_g of today."),
        ),
    )


@answers("5.4")
def selenium_at_the_printed_frequency() -> Answer:
    """ε_0 of selenium in eV at the printed ν_c and the T* that its pair of numbers implies."""
    selenium = load_materials()["Se"]
    omega = 2 * pi * printed("crystal frequency", "Se").value * tera
    printed_area = printed("participation area", "Se").value * angstrom**2
    area = participation_area(selenium.crossover_energy.n, selenium.mass, omega)
    return Answer(
        quartic_energy(area, selenium.mass, omega) / electron_volt,
        "eV",
        mistakes=(
            Mistake(
                quartic_energy(printed_area, selenium.mass, omega) / electron_volt,
                "Not yet: that is eq. 6 with the printed N_s a². What does the explorer keep?",
            ),
            Mistake(printed("quartic energy", "Se").value, "Not yet: that is printed, at another ν_c."),
        ),
    )


@answers("5.5")
def range_of_atoms() -> Answer:
    """N_s at one end of a over that at the other."""
    silica = load_materials()["SiO2"]
    factor = silica.atoms(0.8 * angstrom).n / silica.atoms(1.6 * angstrom).n
    return Answer(
        factor,
        mistakes=(
            Mistake(factor**0.5, "Not yet: what is measured is N_s a², not N_s a."),
            Mistake(factor**1.5, "Not yet: N_s does not count the atoms in a cube of a."),
        ),
    )
