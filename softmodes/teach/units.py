"""Units in which an answer may be given, by what they measure, and how they are converted."""

import unicodedata
from math import pi

from scipy.constants import angstrom, atomic_mass, day, electron_volt, hour, k, nano, tera, year

from softmodes.arguments import shown

UNITS = {
    "energy": {"eV": electron_volt, "meV": 1e-3 * electron_volt, "J": 1.0, "K": k},
    "frequency": {"THz": 2 * pi * tera, "Hz": 2 * pi, "rad/s": 1.0},
    "area": {"Å²": angstrom**2, "nm²": nano**2, "m²": 1.0},
    "length": {"Å": angstrom, "nm": nano, "m": 1.0},
    "time": {"s": 1.0, "h": hour, "day": day, "year": year},
    "mass": {"u": atomic_mass, "kg": 1.0},
    "fraction": {"1": 1.0, "%": 0.01},
}
"""Factor to SI units; K stands for k_B K, a frequency for the angular one."""

_PREFIXES = dict(zip("fpnμumckMGT", (1e-15, 1e-12, 1e-9, 1e-6, 1e-6, 1e-3, 1e-2, 1e3, 1e6, 1e9, 1e12), strict=True))
_PREFIXED = {"eV": 1, "J": 1, "K": 1, "Hz": 1, "rad/s": 1, "m": 1, "m²": 2, "s": 1}  # to which power
_PLAIN = str.maketrans({"A": "Å", "^": None, " ": None})


def unit_named(text: str, asked: str = "") -> tuple[str, float]:
    """Return the unit that a text means and what its prefix is worth, ("Å²", 1) for "A^2", ("K", 0.001) for "mK".

    A text that means none is refused with a ValueError that lists the units that fit what is `asked` for.
    """
    known = {
        _plain(prefix + unit): (unit, size**power)
        for prefix, size in _PREFIXES.items()
        for unit, power in _PREFIXED.items()
    }
    known |= {_plain(unit): (unit, 1.0) for units in UNITS.values() for unit in units}
    if isinstance(text, str) and _plain(text) in known:
        return known[_plain(text)]
    fitting = ", ".join(UNITS.get(quantity(asked), ()))
    raise ValueError(f"unit must be {f'one of {fitting}' if fitting else 'left out'}, got {shown(text)}")


def _plain(text: str) -> str:
    # raised digits become plain ones, and the sign for the unit becomes the letter
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


def spoken(unit: str) -> str:
    """Return a unit as it stands in a sentence or a list."""
    return "plain numbers" if unit == "1" else unit


def quantity(unit: str) -> str:
    """Return what a unit measures, "energy"; nothing where there is no unit."""
    return next((name for name, units in UNITS.items() if unit in units), "")


def factors(unit: str) -> dict[str, float]:
    """Return what a number in each unit of the same quantity is multiplied by to be in `unit`, itself first."""
    units = UNITS.get(quantity(unit), {unit: 1.0})
    return {unit: 1.0} | {other: size / units[unit] for other, size in units.items()}
