"""The glasses of section 3, what is printed and cited of each, and the crossover estimates (eqs 6-8).

SI units. Values with uncertainties are `uncertainties.UFloat` (`.nominal_value`, `.std_dev`), propagated to first order
and with their correlations: what the paper prints has the uncertainty of its rounding, the rest that of a cited range.
A glass is its rows in `data/materials.csv`; those in `data/printed_values.csv` may be missing.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from scipy.constants import angstrom, atomic_mass, electron_volt, giga, k, pi, tera
from uncertainties import UFloat, ufloat, wrap

from softmodes.arguments import between, member, one
from softmodes.paper.printed import printed_values, printed_with_rounding
from softmodes.paper.rows import shipped_rows
from softmodes.paper.table import Table
from softmodes.theory import crossover
from softmodes.theory.stability import formation_energy

_crossover_energy = wrap(lambda *args: float(crossover.crossover_energy(*args)))
_crystal_frequency = wrap(lambda *args: float(crossover.crystal_frequency(*args)))
_formation_energy = wrap(lambda *args: float(formation_energy(*args)))

_CITED = {
    "mean atomic mass": ("mass", "u", atomic_mass),
    "glass transition temperature": ("glass_temperature", "K", 1.0),
    "melting temperature": ("melting_temperature", "K", 1.0),
    "density": ("density", "kg/m3", 1.0),
    "Young modulus": ("young_modulus", "GPa", giga),
    "shear modulus": ("shear_modulus", "GPa", giga),
}
"""What materials.csv must have of each glass: what it is here, and the unit that it must have there."""
_WORDS = ("name", "colour")
_GREY = "#57534e"
"""Of a glass that has no colour of its own."""
_ABSENT = "not printed"
_Rows: TypeAlias = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Material:
    """A glass: what is printed or cited about it, and what eqs 6-8 and 23 make of that.

    Where the paper does not print a value it is None here, and what eqs 6-8 and 23 would make of it is a ValueError.
    """

    formula: str
    """As it is asked for, "SiO2"."""
    name: str = ""
    """In words, "vitreous silica"."""
    colour: str = _GREY
    """In all figures and explorers, "#rrggbb"."""
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
    participation_area: UFloat | None = None
    """N_s a² [m²], printed."""
    quartic_energy: UFloat | None = None
    """ε_0 [J], printed."""
    printed_frequency: UFloat | None = None
    """ν_c [Hz], printed: not used here, for eq. 6 makes it of the two above."""
    sources: dict[str, str] = field(repr=False)
    """Where each cited property comes from."""

    @property
    def tex(self) -> str:
        """The formula for matplotlib, "SiO$_{2}$"."""
        return re.sub(r"[\d.]+", r"$_{\g<0>}$", self.formula)

    @property
    def plain(self) -> str:
        """The formula with lowered digits, "SiO₂"."""
        return self.formula.translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))

    @property
    def label(self) -> str:
        """Name and formula, "vitreous silica, SiO₂"."""
        return f"{self.name}, {self.plain}" if self.name else self.plain

    def printed(self, *names: str) -> list[UFloat]:
        """Return these printed values; a ValueError that names the first that the paper does not print."""
        for name in names:
            if getattr(self, name) is None:
                raise ValueError(f"the paper prints no {name.replace('_', ' ')} of {self.formula}")
        return [getattr(self, name) for name in names]

    @property
    def crystal_frequency(self) -> UFloat:
        """ν_c [Hz] that the printed N_s a² and ε_0 imply, eq. 6."""
        return _crystal_frequency(*self.printed("quartic_energy", "participation_area"), self.mass)

    @property
    def crossover_energy(self) -> UFloat:
        """W [J] that the printed N_s a² and ε_0 imply, eq. 7."""
        omega_c = 2 * pi * self.crystal_frequency
        return _crossover_energy(self.participation_area, self.mass, omega_c)

    @property
    def crossover_temperature(self) -> UFloat:
        """T* [K] that the printed N_s a² and ε_0 imply, eq. 8; most of its uncertainty is the rounding of the 1.6."""
        return self.crossover_energy / (k * printed_with_rounding("crossover ratio"))

    @property
    def formation_energy(self) -> UFloat:
        """ε_m/k_B T_g [-] from the printed ε_0, eq. 23."""
        (quartic_energy,) = self.printed("quartic_energy")
        return _formation_energy(quartic_energy / (k * self.glass_temperature))

    @property
    def debye_coefficient(self) -> float:
        """C_D/T³ [J/(kg K⁴)] of the sound waves, from density and moduli."""
        # beside a fit, which nothing else here needs and which is slow to import
        from softmodes.theory.heat_capacity_fit import debye_coefficient

        return float(debye_coefficient(self.density, self.young_modulus, self.shear_modulus))

    def atoms(self, a: float) -> UFloat:
        """N_s [-] for a length `a` [m] of eq. 3, from 1e-20 to 1; a ValueError if not."""
        (participation_area,) = self.printed("participation_area")
        return participation_area / one(between, "a", a, 1e-20, 1, unit=" m") ** 2


@cache
def load_materials() -> dict[str, Material]:
    """Return the glasses of `data/materials.csv`, `{"SiO2": Material, "Se": …, "B2O3": …}` and what was added to these.

    Asked for another, the table raises a ValueError that lists these. An OSError or ValueError that names file, line
    and column if the file cannot be read.
    """
    columns = ["glass", "property", "low", "high", "unit", "source"]
    rows: _Rows = {}
    for row in shipped_rows("materials.csv", columns, ["low", "high"], words=_WORDS):
        key = row["glass"], member("property in materials.csv", row["property"], (*_CITED, *_WORDS))
        if key in rows:
            raise ValueError(f"materials.csv must have one row {key[1]} of {key[0]}, and has two")
        rows[key] = row
    formulas = dict.fromkeys([*(formula for formula, _ in rows), *(row.glass for row in printed_values() if row.glass)])
    # explorers start at the first one, which is silica wherever its rows stand; the others stand as in the file
    return _Materials({formula: _material(formula, rows) for formula in sorted(formulas, key=lambda it: it != "SiO2")})


class _Materials(dict[str, Material]):
    def __getitem__(self, formula: str) -> Material:
        return super().__getitem__(member("glass", formula, self))


def estimated_materials() -> dict[str, Material]:
    """Return those of `load_materials` of which the paper prints N_s a² and ε_0, so that eqs 6-8 can be applied."""
    return {
        formula: material
        for formula, material in load_materials().items()
        if not (material.participation_area is None or material.quartic_energy is None)
    }


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """The crossover estimates of one glass, as text with uncertainties."""

    glass: str
    w: str = field(default=_ABSENT, metadata={"header": "W/k_B (K)"})
    t_star: str = field(default=_ABSENT, metadata={"header": "T* (K)"})
    frequency: str = field(default=_ABSENT, metadata={"header": "ν_c (THz)"})
    area: str = field(default=_ABSENT, metadata={"header": "N_s a² (Å²)"})
    atoms: str = field(default=_ABSENT, metadata={"header": "N_s at this a"})
    energy: str = field(default=_ABSENT, metadata={"header": "ε_0 (eV)"})
    formation: str = field(default=_ABSENT, metadata={"header": "ε_m/k_BT_g"})


def crossover_estimates(a: float = angstrom) -> Table[Estimates]:
    """Return the table of crossover estimates (eqs 6-8, 23) of the glasses for a length `a` [m] of eq. 3."""
    return Table(_estimates(material, a) for material in load_materials().values())


def _estimates(material: Material, a: float) -> Estimates:
    values: dict[str, UFloat] = {}
    if material.participation_area is not None:
        values |= {"area": material.participation_area / angstrom**2, "atoms": material.atoms(a)}
    if material.quartic_energy is not None:
        values |= {"energy": material.quartic_energy / electron_volt, "formation": material.formation_energy}
    if material.formula in estimated_materials():
        values |= {
            "w": material.crossover_energy / k,
            "t_star": material.crossover_temperature,
            "frequency": material.crystal_frequency / tera,
        }
    return Estimates(glass=material.formula, **{name: f"{value:.2uP}" for name, value in values.items()})


def _material(formula: str, rows: _Rows) -> Material:
    cited = {here: _cited(formula, name, rows) for name, (here, _, _) in _CITED.items()}
    values: dict[str, Any] = {here: (low + high) / 2 for here, (low, high) in cited.items()}
    low, high = cited["glass_temperature"]
    values["glass_temperature"] = ufloat(values["glass_temperature"], (high - low) / 12**0.5)
    words = {word: rows[formula, word]["low"] for word in _WORDS if (formula, word) in rows}
    if not re.fullmatch("#[0-9a-fA-F]{6}", words.get("colour", _GREY)):
        raise ValueError(f"materials.csv: colour of {formula} must be like {_GREY}, got {words['colour']!r}")
    return Material(
        formula=formula,
        **words,
        **values,
        participation_area=_printed("participation area", formula, angstrom**2),
        quartic_energy=_printed("quartic energy", formula, electron_volt),
        printed_frequency=_printed("crystal frequency", formula, tera),
        sources={name: rows[formula, name]["source"] for name in _CITED},
    )


def _cited(formula: str, name: str, rows: _Rows) -> tuple[float, float]:
    """Both ends of what is cited, in SI units."""
    if (formula, name) not in rows:
        raise ValueError(f"materials.csv must have a row {name} of {formula}, and has none")
    row, (_, unit, factor) = rows[formula, name], _CITED[name]
    if row["unit"] != unit or not 0 < row["low"] <= row["high"]:
        found = f"{row['low']:g} to {row['high']:g} {row['unit']}"
        raise ValueError(f"materials.csv: {name} of {formula} must be 0 < low <= high in {unit}, got {found}")
    return row["low"] * factor, row["high"] * factor


def _printed(item: str, formula: str, unit: float) -> UFloat | None:
    """Return a printed value in SI units, None if the paper prints none."""
    if (item, formula) not in [(row.item, row.glass) for row in printed_values()]:
        return None
    return printed_with_rounding(item, formula) * unit
