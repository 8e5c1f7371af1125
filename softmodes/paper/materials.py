"""The three glasses of section 3 and the crossover estimates (eqs 6-8) of each.

SI units. Values with uncertainties are `uncertainties.UFloat` (`.nominal_value`, `.std_dev`), propagated to first order
and with their correlations: what the paper prints has the uncertainty of its rounding, the rest that of a cited range.
"""

from dataclasses import dataclass, field
from functools import cache

from scipy.constants import angstrom, atomic_mass, electron_volt, k, pi
from uncertainties import UFloat, ufloat, wrap

from softmodes.arguments import between, member, one
from softmodes.paper.printed import printed_with_rounding
from softmodes.paper.rows import shipped_rows
from softmodes.paper.table import Table
from softmodes.theory import crossover
from softmodes.theory.heat_capacity_fit import debye_coefficient
from softmodes.theory.stability import formation_energy

_crossover_energy = wrap(lambda *args: float(crossover.crossover_energy(*args)))
_crystal_frequency = wrap(lambda *args: float(crossover.crystal_frequency(*args)))
_formation_energy = wrap(lambda *args: float(formation_energy(*args)))

GLASSES = ("SiO2", "Se", "B2O3")


@dataclass(frozen=True, eq=False, kw_only=True)
class Material:
    """A glass: what is printed or cited about it, and what eqs 6-8 and 23 make of that."""

    formula: str
    mass: float
    """Mean atomic mass M [kg]."""
    glass_temperature: UFloat
    """Glass transition temperature T_g [K]."""
    melting_temperature: float
    """T_m of the crystal [K]."""
    density: float
    """ρ [kg/m³]."""
    young_modulus: float
    """E [Pa]."""
    shear_modulus: float
    """G [Pa]."""
    participation_area: UFloat
    """N_s a² [m²], printed."""
    quartic_energy: UFloat
    """ε_0 [J], printed."""
    sources: dict = field(repr=False)
    """Where each cited property comes from."""

    @property
    def crystal_frequency(self) -> UFloat:
        """ν_c [Hz] that the printed N_s a² and ε_0 imply, eq. 6."""
        return _crystal_frequency(self.quartic_energy, self.participation_area, self.mass)

    @property
    def crossover_energy(self) -> UFloat:
        """W [J] that the printed N_s a² and ε_0 imply, eq. 7."""
        return _crossover_energy(self.participation_area, self.mass, 2 * pi * self.crystal_frequency)

    @property
    def crossover_temperature(self) -> UFloat:
        """T* [K] that the printed N_s a² and ε_0 imply, eq. 8; most of its uncertainty is the rounding of the 1.6."""
        return self.crossover_energy / (k * printed_with_rounding("crossover ratio"))

    @property
    def formation_energy(self) -> UFloat:
        """ε_m/k_B T_g [-] from the printed ε_0, eq. 23."""
        return _formation_energy(self.quartic_energy / (k * self.glass_temperature))

    @property
    def debye_coefficient(self) -> float:
        """C_D/T³ [J/(kg K⁴)] of the sound waves, from density and moduli."""
        return float(debye_coefficient(self.density, self.young_modulus, self.shear_modulus))

    def atoms(self, a: float) -> UFloat:
        """N_s [-] for a length `a` [m] of eq. 3, from 1e-20 to 1; a ValueError if not."""
        return self.participation_area / one(between, "a", a, 1e-20, 1, unit=" m") ** 2


@cache
def load_materials() -> dict[str, Material]:
    """Return the three glasses of the paper, `{"SiO2": Material, "Se": …, "B2O3": …}`.

    Asked for another, the table raises a ValueError that lists these. An OSError or ValueError that names file, line
    and column if the file cannot be read.
    """
    columns = ["glass", "property", "low", "high", "unit", "source"]
    rows = {(row["glass"], row["property"]): row for row in shipped_rows("materials.csv", columns, ["low", "high"])}
    return _Materials({formula: _material(formula, rows) for formula in GLASSES})


class _Materials(dict):
    def __getitem__(self, formula):
        return super().__getitem__(member("glass", formula, self))


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """The crossover estimates of one glass, as text with uncertainties."""

    glass: str
    w: str = field(metadata={"header": "W/k_B (K)"})
    t_star: str = field(metadata={"header": "T* (K)"})
    frequency: str = field(metadata={"header": "ν_c (THz)"})
    area: str = field(metadata={"header": "N_s a² (Å²)"})
    atoms: str = field(metadata={"header": "N_s at this a"})
    energy: str = field(metadata={"header": "ε_0 (eV)"})
    formation: str = field(metadata={"header": "ε_m/k_BT_g"})


def crossover_estimates(a: float = angstrom) -> Table[Estimates]:
    """Return the table of crossover estimates (eqs 6-8, 23) of the three glasses for a length `a` [m] of eq. 3."""
    return Table(_estimates(material, a) for material in load_materials().values())


def _estimates(material, a):
    values = {
        "w": material.crossover_energy / k,
        "t_star": material.crossover_temperature,
        "frequency": material.crystal_frequency / 1e12,
        "area": material.participation_area / angstrom**2,
        "atoms": material.atoms(a),
        "energy": material.quartic_energy / electron_volt,
        "formation": material.formation_energy,
    }
    return Estimates(glass=material.formula, **{name: f"{value:.2uP}" for name, value in values.items()})


def _material(formula, rows):
    def cited(name):
        if (formula, name) not in rows:
            raise ValueError(f"materials.csv must have a row {name} of {formula}, and has none")
        return rows[formula, name]["low"], rows[formula, name]["high"]

    low, high = cited("glass transition temperature")
    return Material(
        formula=formula,
        mass=cited("mean atomic mass")[0] * atomic_mass,
        glass_temperature=ufloat((low + high) / 2, (high - low) / 12**0.5),
        melting_temperature=cited("melting temperature")[0],
        density=cited("density")[0],
        young_modulus=cited("Young modulus")[0] * 1e9,
        shear_modulus=cited("shear modulus")[0] * 1e9,
        participation_area=printed_with_rounding("participation area", formula) * angstrom**2,
        quartic_energy=printed_with_rounding("quartic energy", formula) * electron_volt,
        sources={name: row["source"] for (glass, name), row in rows.items() if glass == formula},
    )
