"""Section 3 under five sliders: from T* and ν_c to the number of atoms and to ε_m/k_BT_g."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scipy.constants import angstrom, atomic_mass, electron_volt, h, k, pi

from softmodes.explore.explorer import Explorer, Readout, Slider, as_widget
from softmodes.figures.crossover import plot_crossover, plot_formation
from softmodes.paper.materials import estimated_materials
from softmodes.theory.crossover import CROSSOVER_RATIO, participation_area, quartic_energy
from softmodes.theory.stability import formation_energy, quartic_mode_energy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from softmodes.paper.materials import Material


def _glass(material: Material) -> dict[str, float]:
    return {
        "crossover_temperature": material.crossover_temperature.n,
        "crystal_frequency": material.crystal_frequency.n / 1e12,
        "mass": material.mass / atomic_mass,
        "glass_temperature": material.glass_temperature.n,
    }


class CrossoverExplorer(Explorer):
    """The crossover estimates of eqs 6-8 and 23; starts at vitreous silica.

    Parameters
    ----------
    {state}

    Notes
    -----
    The presets are the paper's glasses, at the T* and ν_c that its N_s a² and ε_0 imply. `estimates` holds:

    {estimates}
    """

    _module = "crossover"
    _esm = as_widget("crossover")
    _title = "Crossover explorer"
    _paper = "glasses of the paper"
    crossover_temperature = Slider(1.0, 0.2, 6.0, 0.01, "T^*", "K", help="Of the minimum of c_p/T³.")
    crystal_frequency = Slider(1.0, 0.3, 6.0, 0.01, "ν_c", "THz", help="Of the crystal-like vibration.")
    mass = Slider(20.0, 5.0, 150.0, 0.1, "mass M", "u", help="Mean atomic mass.")
    a = Slider(1.0, 0.3, 4.0, 0.01, "length a", "Å", help="Of eq. 3.")
    glass_temperature = Slider(300.0, 150.0, 2500.0, 1.0, "T_g", "K", help="Of the glass transition.")

    _readouts = (
        Readout("crossover_energy", "W/k_B", "K"),
        Readout("participation_area", "N_s a^2", "Å²"),
        Readout("atoms", "N_s"),
        Readout("quartic_energy", "ε_0", "eV"),
        Readout("formation_energy", "ε_m/k_BT_g"),
        Readout("frequency_ratio", "ν_c h/k_BT^*"),
    )

    def __init__(self, **values: Any) -> None:
        self._presets = [(glass.plain, _glass(glass)) for glass in estimated_materials().values()]
        super().__init__(**{**self._presets[0][1], **values})

    def _tables(self) -> dict[str, Any]:
        unit = {"crossover_energy": CROSSOVER_RATIO * k, "mass": atomic_mass, "omega_c": 2 * pi * 1e12}
        ev_per_kelvin = k / electron_volt
        constants = {
            "area": float(participation_area(**unit)) / angstrom**2,
            "energy": float(quartic_energy(angstrom**2, atomic_mass, 2 * pi * 1e12)) / electron_volt,
            "quartic": float(quartic_mode_energy(1.0)) * ev_per_kelvin,
            "ratio": CROSSOVER_RATIO,
            "frequency": k / h / 1e12,
        }
        glasses = [
            {
                **_glass(material),
                "label": material.plain,
                "colour": material.colour,
                "participation_area": area.n / angstrom**2,
                "quartic_energy": energy.n / electron_volt,
            }
            for material in estimated_materials().values()
            for area, energy in [material.printed("participation_area", "quartic_energy")]
        ]
        ends = type(self).glass_temperature.low, 2000.0
        lines = {b: [[t, float(quartic_mode_energy(b)) * ev_per_kelvin * t] for t in ends] for b in (3, 5, 10)}
        return {"constants": constants, "glasses": glasses, "lines": lines}

    def _estimates(self) -> dict[str, Any]:
        mass, omega_c = self.mass * atomic_mass, 2 * pi * self.crystal_frequency * 1e12
        w = CROSSOVER_RATIO * k * self.crossover_temperature
        area = float(participation_area(w, mass, omega_c))
        epsilon_0 = float(quartic_energy(area, mass, omega_c))
        return {
            "crossover_energy": w / k,
            "participation_area": area / angstrom**2,
            "atoms": area / (self.a * angstrom) ** 2,
            "quartic_energy": epsilon_0 / electron_volt,
            "formation_energy": float(formation_energy(epsilon_0 / (k * self.glass_temperature))),
            "frequency_ratio": self.crystal_frequency * 1e12 * h / (k * self.crossover_temperature),
        }

    def _draw(self, left: Axes, right: Axes) -> Iterator[str]:
        yield plot_crossover(left, self.crystal_frequency * 1e12, self.mass * atomic_mass)
        yield plot_formation(right)
