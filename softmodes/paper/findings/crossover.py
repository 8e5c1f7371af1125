"""Which link of the chain from the heat capacity to the number of atoms is the weakest, eqs 6 to 8.

Numbers of atoms N_s are relative to the one found, inputs open by what is said of each.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from softmodes.arguments import between, one
from softmodes.paper.materials import load_materials
from softmodes.paper.printed import printed, printed_values
from softmodes.paper.table import Table
from softmodes.theory.heat_capacity import crossover_ratio

POWERS = {"a": -2, "W/k_BT*": -3, "T*": -3, "ν_c": 2, "M": -1}
"""Of the inputs in N_s = ħ⁴ω_c²/8MW³a², eqs 6 to 8."""

BARRIERS = 12.0, 30.0
"""Between them the highest barrier that is crossed is taken to lie [W]."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """How far the number of atoms moves with one input."""

    symbol: str
    power: int
    low: float = field(metadata={"header": "least N_s"})
    high: float = field(metadata={"header": "most N_s"})
    origin: str = field(metadata={"header": "how far it is open"})


def atom_sensitivities(glass: str, *, reading: float = 0.05) -> Table[Sensitivity]:
    """Return the table of the inputs behind N_s of a glass, the one that moves it most first.

    `reading`, from 0 to 0.5, is the relative error with which T* is read from a plot: the paper prints no T*. ν_c is
    open by its printed digits, and not in the table of a glass for which the paper prints none.
    """
    glass, reading = load_materials()[glass].formula, one(between, "reading", reading, 0.0, 0.5)
    ratio, length = printed("crossover ratio"), printed("length")
    rows = [
        _sensitivity("a", [bound / length.value for bound in length.bounds], str(length)),
        _sensitivity("W/k_BT*", crossover_ratio(BARRIERS) / ratio.value, f"{ratio} or computed"),
        _sensitivity("W/k_BT*", [bound / ratio.value for bound in ratio.bounds], f"rounded to {ratio}"),
        _sensitivity("T*", [1 - reading, 1 + reading], f"read to {reading:.0%}"),
        _sensitivity("M", [1.0], "known; all atoms alike"),
    ]
    for row in printed_values():
        if (row.item, row.glass) == ("crystal frequency", glass):
            rows.append(_sensitivity("ν_c", [bound / row.value for bound in row.bounds], f"rounded to {row}"))
    return Table(sorted(rows, key=lambda row: row.low / row.high))


def _sensitivity(symbol: str, factors: Iterable[float], origin: str) -> Sensitivity:
    counts = [float(factor) ** POWERS[symbol] for factor in (*factors, 1.0)]
    return Sensitivity(symbol=symbol, power=POWERS[symbol], low=min(counts), high=max(counts), origin=origin)
