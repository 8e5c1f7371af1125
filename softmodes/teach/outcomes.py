"""The numbers that come out in questions and predictions; named in `data/teaching/`, computed when they are shown."""

import numpy as np
from scipy.constants import angstrom, electron_volt, pi

from softmodes.explore.heat_capacity import SpecificHeatExplorer
from softmodes.explore.stability import StabilityExplorer
from softmodes.paper.loaders import load_ensembles
from softmodes.paper.materials import load_materials
from softmodes.paper.printed import printed
from softmodes.theory.crossover import (
    crossover_energy,
    crossover_temperature,
    participation_area,
    quartic_energy,
)
from softmodes.theory.heat_capacity import crossover_ratio
from softmodes.theory.levels import energy_levels
from softmodes.theory.potential import mode_potential, participation_number
from softmodes.theory.stability import harmonic_limits, quartic_mode_energy


def barrier_at_half_the_force() -> float:
    """Barrier of a double well with half of another's |η_k|, over that other's."""
    whole, half = (-mode_potential((eta / 2) ** 0.5, -eta, 1.0) for eta in (1.0, 0.5))
    return float(half / whole)


def standing_wave_share() -> float:
    """N_k/N of a plane standing wave, eq. 2."""
    wave = np.outer(np.sin(pi * np.arange(120) / 60), [0, 0, 1])
    return float(participation_number(wave)) / len(wave)


def spacing_quartic() -> float:
    """Spacing of the two lowest levels of the quartic oscillator [W]."""
    return _spacing(0.0, 0.0)


def spacing_double_well() -> float:
    """Spacing of the two lowest levels at D_2 = -8 [W]."""
    return _spacing(0.0, -8.0)


def spacing_tilted() -> float:
    """Spacing of the two lowest levels at D_2 = -8 and D_1 = 1 [W]."""
    return _spacing(1.0, -8.0)


def _spacing(d1: float, d2: float) -> float:
    ground, first = energy_levels(d1, d2, 2)
    return float(first - ground)


def silica_crossover() -> float:
    """T* that the printed pair of vitreous silica implies [K]."""
    return float(load_materials()["SiO2"].crossover_temperature.n)


def crossover_of_fifty_atoms() -> float:
    """T* at which vitreous silica would have N_s a² = 50 Å² [K], eqs 7 and 8."""
    mass, omega_c = _silica()
    return float(crossover_temperature(crossover_energy(50 * angstrom**2, mass, omega_c)))


def area_at_lower_crossover() -> float:
    """N_s a² if T* is lower by a tenth, over what it is."""
    mass, omega_c = _silica()
    w = crossover_energy(angstrom**2, mass, omega_c)
    return float(participation_area(0.9 * w, mass, omega_c)) / angstrom**2


def area_with_wrong_sign() -> float:
    """N_s a² if it rose with T*."""
    return 1 / area_at_lower_crossover()


def _silica() -> tuple[float, float]:
    material = load_materials()["SiO2"]
    return material.mass, 2 * pi * material.crystal_frequency.n


def full_crossover_ratio() -> float:
    """W/k_BT* of the full evaluation at V_max = 20 W."""
    return float(crossover_ratio(20.0))


def lower_crossover_ratio() -> float:
    """W/k_BT* at V_max = 12 W."""
    return float(SpecificHeatExplorer(v_max=12).estimates["ratio"])


def higher_crossover_ratio() -> float:
    """W/k_BT* at V_max = 30 W."""
    return float(SpecificHeatExplorer(v_max=30).estimates["ratio"])


def area_at_higher_barrier() -> float:
    """N_s a² from one T* at V_max = 30 W, over that at 12 W."""
    return (lower_crossover_ratio() / higher_crossover_ratio()) ** 3


def silica_frequency() -> float:
    """ν_c that the printed pair of silica implies, eq. 6 [THz]."""
    return float(load_materials()["SiO2"].crystal_frequency.n) / 1e12


def selenium_frequency() -> float:
    """ν_c that the printed pair of selenium implies, eq. 6 [THz]."""
    return float(load_materials()["Se"].crystal_frequency.n) / 1e12


def silica_quartic_share() -> float:
    """ε_0 of silica by eq. 6 from what is printed, over the printed one."""
    return _quartic_share("SiO2")


def selenium_quartic_share() -> float:
    """ε_0 of selenium by eq. 6 from what is printed, over the printed one."""
    return _quartic_share("Se")


def _quartic_share(glass: str) -> float:
    area, frequency, energy = (
        printed(item, glass).value for item in ("participation area", "crystal frequency", "quartic energy")
    )
    found = quartic_energy(area * angstrom**2, load_materials()[glass].mass, 2 * pi * frequency * 1e12)
    return float(found) / electron_volt / energy


def softest_atoms_500() -> float:
    """N_k of the softest mode, mean over the shipped glasses of 500 atoms."""
    return _softest(500)


def softest_atoms_1000() -> float:
    """N_k of the softest mode, mean over the shipped glasses of 1000 atoms."""
    return _softest(1000)


def _softest(n: int) -> float:
    return float(np.mean(load_ensembles().glasses[n].participation_number[:, 0]))


def softest_atoms_drawn() -> float:
    """N_k of the softest mode of the glass of 500 atoms that is drawn."""
    return float(load_ensembles().glasses[500].participation_number[0, 0])


def bulk_growth() -> float:
    """Mean N_k of the modes at ν from 0.7 to 1 in boxes of 1000 atoms, over that in boxes of 500."""
    return _growth(0.7, 1.0)


def soft_growth() -> float:
    """Mean N_k of the modes at ν up to 0.06 in boxes of 1000 atoms, over that in boxes of 500."""
    return _growth(0.0, 0.06)


def _growth(low: float, high: float) -> float:
    glasses = (load_ensembles().glasses[n] for n in (500, 1000))
    small, large = (g.participation_number[(g.frequencies >= low) & (g.frequencies < high)].mean() for g in glasses)
    return float(large / small)


def lower_limit_glass() -> float:
    """η_2 of eq. 19 at ε_m/k_BT = 5."""
    return float(harmonic_limits(5.0)[1])


def lower_limit_melting() -> float:
    """η_2 of eq. 19 at ε_m/k_BT = 3."""
    return float(harmonic_limits(3.0)[1])


def energy_at_twice_the_cost() -> float:
    """ε_0 of eq. 23 at twice ε_m, over what it is, at one temperature."""
    return float(quartic_mode_energy(2.0) / quartic_mode_energy(1.0))


def atoms_at_glass_transition() -> float:
    """Atoms of a quartic mode of silica at a = 1 Å, frozen in at T_g, with ε_m/k_BT = 5."""
    return float(StabilityExplorer(beta_epsilon_m=5, eta=0).estimates["atoms"])


def atoms_at_melting() -> float:
    """Atoms of a quartic mode of silica at a = 1 Å, frozen in at T_g, with ε_m/k_BT = 3."""
    return float(StabilityExplorer(beta_epsilon_m=3, eta=0).estimates["atoms"])


def atoms_of_double_well() -> float:
    """Atoms of a mode at η_k = -0.01 and ε_m/k_BT = 5."""
    return float(StabilityExplorer(beta_epsilon_m=5, eta=-0.01).estimates["atoms"])


def atoms_of_vibration() -> float:
    """Atoms of a mode at η_k = 0.01 and ε_m/k_BT = 5."""
    return float(StabilityExplorer(beta_epsilon_m=5, eta=0.01).estimates["atoms"])
