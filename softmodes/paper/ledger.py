"""The reproduction ledger: each printed number beside what the equations give, and a verdict.

A value is *reproduced* if it lies within the rounding of the printed one, *within uncertainty* if twice the standard
uncertainty of its inputs reaches there, and else *deviates*. An *input* is a number that nothing else in the paper
determines. Nothing is tuned: inputs are the printed numbers, and cited ones where the paper prints none.
"""

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from scipy.constants import angstrom, electron_volt, h, k, pi, tera
from uncertainties import UFloat, nominal_value, std_dev, ufloat, umath, wrap

from softmodes.arguments import member, whole
from softmodes.paper.averages import written
from softmodes.paper.findings.atoms import softest_freed_participation
from softmodes.paper.findings.glasses import softest_participation
from softmodes.paper.loaders import Ensembles, load_ensembles
from softmodes.paper.materials import Material, estimated_materials, load_materials
from softmodes.paper.printed import PrintedValue, printed, printed_values, printed_with_rounding
from softmodes.paper.table import Table
from softmodes.theory import crossover
from softmodes.theory.heat_capacity import crossover_ratio
from softmodes.theory.stability import quartic_mode_energy

ENSEMBLES = ("shipped", "recomputed")
"""Of computer glasses, those that may count."""

_quartic_energy = wrap(lambda *args: float(crossover.quartic_energy(*args)))


class _Between(NamedTuple):
    """A value known to an order of magnitude, and between what it lies."""

    value: float
    low: float
    high: float


_Computed: TypeAlias = UFloat | _Between | Mapping[str, UFloat | _Between] | None
_Rows: TypeAlias = dict[tuple[str, str], tuple[_Computed, str]]
"""By item and glass what is computed, and a remark."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of the ledger."""

    item: str
    printed: str
    reproduced: str
    verdict: str
    """reproduced, within uncertainty, deviates or input; for an equation, misprint or transcription loss."""
    place: str
    remark: str


def ledger(section: int | None = None, *, ensemble: str = "shipped") -> Table[Entry]:
    """Return the table of printed numbers, in the order of the paper, each with its verdict.

    All of them, or those of one `section`, 3 or 4: the others print none of their own. `ensemble` says which computer
    glasses count, "shipped" or "recomputed".
    """
    if section is not None and whole("section", section) not in (3, 4):
        raise ValueError(f"section must be 3 or 4, got {section}")
    computed = _section_3(load_ensembles(member("ensemble", ensemble, ENSEMBLES))) | _section_4()
    for glass, material in load_materials().items():
        computed |= _glass(glass, material)
    rows = [row for row in printed_values() if section is None or f"§{section}" in row.place]
    if unknown := [row.item for row in rows if (row.item, row.glass) not in computed]:
        raise ValueError(f"printed_values.csv has rows of which the ledger knows nothing: {', '.join(unknown)}")
    return Table(_entry(row, *computed[row.item, row.glass]) for row in rows)


def errata(*, ensemble: str = "shipped") -> Table[Entry]:
    """Return the printed equations that do not hold as they stand, and the numbers that deviate."""
    return Table((*_MISPRINTS, *(entry for entry in ledger(ensemble=ensemble) if entry.verdict == "deviates")))


_MISPRINTS = (
    Entry(
        item="eq. 17",
        printed="ω_c²⟨A_k²⟩ − 2ε_m(1 − η_k)",
        reproduced="ω_c²⟨A_k²⟩/2 − 2ε_m(1 − η_k)",
        verdict="misprint or transcription loss",
        place="§4, eq. 17",
        remark="Without the factor ½ it is not the sum of eq. 18 over the modes.",
    ),
    Entry(
        item="eq. 19",
        printed="½(1 − 1/βε_m)^½",
        reproduced="½[1 ± (1 − 1/βε_m)^½]",
        verdict="misprint or transcription loss",
        place="§4, eq. 19",
        remark="The harmonic limit of eq. 20 is η(1 − η) = 1/4βε_m.",
    ),
)


def _section_3(ensembles: Ensembles) -> _Rows:
    return {
        ("crossover ratio", ""): (
            _between(*crossover_ratio([30.0, 12.0])),
            "full evaluation for barriers of 12 to 30 W; the error is that of the barrier alone, the even spread of"
            " potentials is taken for granted; where the T and T⁵ laws cross it would be 1.65 to 1.56",
        ),
        ("crossover temperature", ""): (
            {g: m.crossover_temperature for g, m in _glasses()},
            "T* that N_s a² and ε_0 imply, eqs 6-8",
        ),
        ("frequency ratio", ""): (
            {g: umath.log10(m.crystal_frequency * h / (k * m.crossover_temperature)) for g, m in _glasses()},
            "ν* = k_B T*/h, both implied by N_s a² and ε_0",
        ),
        ("length", ""): (None, "an assumption, known to an order of magnitude"),
        ("atoms", ""): (
            {g: _atoms(m) for g, m in _glasses()}
            | {f"{n} spheres": softest_freed_participation(spheres) for n, spheres in ensembles.glasses.items()},
            "N_s a² over a², in brackets for a from 0.32 to 3.2 Å; spheres: mean N_k of the softest mode freed of"
            f" sound, {' and '.join(written(softest_participation(e)) for e in ensembles.glasses.values())} with it",
        ),
        ("pair exponent", ""): (None, "defines the computer glass"),
        ("atoms in the small glass", ""): (None, "defines the computer glass"),
        ("atoms in the large glass", ""): (None, "defines the computer glass"),
    }


def _glass(glass: str, material: Material) -> _Rows:
    """Return what the printed values of a glass say of each other: inputs, where too few of them are printed."""
    area, energy, frequency = material.participation_area, material.quartic_energy, material.printed_frequency
    rows = dict.fromkeys(("participation area", "formation energy"), (None, "ε_0 is not printed"))
    rows["crystal frequency"] = None, "N_s a² and ε_0 are not both printed"
    rows["quartic energy"] = None, "N_s a² and ν_c are not both printed"
    if energy is not None:
        rows["formation energy"] = material.formation_energy, "eq. 23 from the printed ε_0 and the cited T_g"
    if not (area is None or energy is None):
        implied = material.crystal_frequency / tera
        rows["participation area"] = (
            None,
            f"T* is not printed; with ε_0 eqs 6-8 imply T* = {material.crossover_temperature:.2uP} K",
        )
        rows["crystal frequency"] = implied, "from the printed N_s a² and ε_0, eq. 6"
        rows["quartic energy"] = None, f"ν_c is not printed; eq. 6 implies {implied:.2uP} THz"
    if not (area is None or frequency is None):
        implied = _quartic_energy(area, material.mass, 2 * pi * frequency) / electron_volt
        rows["quartic energy"] = implied, "from the printed N_s a² and ν_c, eq. 6"
    return {(item, glass): row for item, row in rows.items()}


def _atoms(material: Material) -> _Between:
    """N_s for the printed length and for both ends of what is printed like it."""
    low, high = printed("length").bounds
    at = printed("length").value
    return _Between(*(material.atoms(a * angstrom).nominal_value for a in (at, high, low)))


def _between(low: float, high: float) -> UFloat:
    return ufloat((low + high) / 2, (high - low) / 12**0.5)


def _section_4() -> _Rows:
    at_melting = printed_with_rounding("formation energy at melting")
    at_glass = printed("formation energy at the glass transition").value
    ratio = float(quartic_mode_energy(1.0)) * printed_with_rounding("formation energy at the glass transition") ** 2
    expected = {g: ratio * k * m.glass_temperature / electron_volt for g, m in _glasses()}
    expectation = f"eq. 23 at ε_m/k_B T_g = {at_glass:g}, as rounded, and its T_g"
    return {
        ("formation energy at melting", ""): (None, "quoted estimate"),
        ("glass over melting temperature", ""): (
            {g: m.glass_temperature / m.melting_temperature for g, m in _glasses()},
            "a rule of thumb, against cited temperatures",
        ),
        ("formation energy at the glass transition", ""): (
            at_melting / printed_with_rounding("glass over melting temperature"),
            "3/0.6",
        ),
        ("energy ratio", ""): (umath.log10(ratio), f"eq. 23 at ε_m/k_B T_g = {at_glass:g}"),
        ("expected quartic energy from", ""): (expected["Se"], f"lowest of the three, selenium: {expectation}"),
        ("expected quartic energy to", ""): (expected["SiO2"], f"highest of the three, silica: {expectation}"),
        ("quartic factor", ""): (float(quartic_mode_energy(1.0)), "4[Γ(¼)/Γ(¾)]²"),
    }


def _glasses() -> ItemsView[str, Material]:
    return estimated_materials().items()


def _entry(row: PrintedValue, computed: _Computed, remark: str) -> Entry:
    return Entry(
        item=f"{row.item} {row.symbol}" + (f" of {row.glass}" if row.glass else ""),
        printed=str(row),
        reproduced=_format(computed, {"1": "", "decades": ""}.get(row.unit, f" {row.unit}")),
        verdict=_verdict(row, computed),
        place=row.place,
        remark=remark,
    )


def _format(computed: _Computed, unit: str) -> str:
    if computed is None:
        return ""
    if isinstance(computed, dict):
        return ", ".join(f"{glass} {_format(value, unit)}" for glass, value in computed.items())
    if isinstance(computed, _Between):
        return f"{computed.value:.0f} ({computed.low:.0f} to {computed.high:.0f})"
    return (f"{computed:.2uP}" if isinstance(computed, UFloat) else f"{computed:.5g}") + unit


def _verdict(row: PrintedValue, computed: _Computed) -> str:
    """Return the verdict on one value, or the least favourable one on several."""
    if computed is None:
        return "input"
    if isinstance(computed, dict):
        return max((_verdict(row, value) for value in computed.values()), key=_VERDICTS.index)
    low, high = row.bounds
    if isinstance(computed, _Between):
        return (
            _VERDICTS[0]
            if low <= computed.value <= high
            else _VERDICTS[1 if computed.low <= high and low <= computed.high else 2]
        )
    value, reach = nominal_value(computed), 2 * std_dev(computed)
    if low <= value <= high:
        return _VERDICTS[0]
    return _VERDICTS[1] if low - reach <= value <= high + reach else _VERDICTS[2]


_VERDICTS = ("reproduced", "within uncertainty", "deviates")
