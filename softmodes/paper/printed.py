"""Every number that the paper prints, read from `data/printed_values.csv`.

Units as printed, named in each row.
"""

from dataclasses import dataclass, fields
from functools import cache
from math import log

from uncertainties import UFloat, ufloat

from softmodes.arguments import shown
from softmodes.paper.rows import shipped_rows
from softmodes.paper.table import Table


@dataclass(frozen=True, kw_only=True)
class PrintedValue:
    """A number of the paper and how exactly it is printed."""

    item: str
    """What the number is."""
    glass: str
    """Chemical formula of the glass it belongs to; empty if to none."""
    symbol: str
    value: float
    """The number, in `unit`."""
    unit: str
    precision: float
    """Half a unit of the last printed digit; powers of ten if `scale` is "decades"; 0 if exact."""
    scale: str
    """"linear" or "decades"."""
    place: str
    """Where in the paper it stands."""

    def __post_init__(self) -> None:
        """Refuse a scale of which there is none."""
        if self.scale not in ("linear", "decades"):
            raise ValueError(f"scale of {self.item} must be linear or decades, got {self.scale!r}")

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that is printed like this, in `unit`."""
        if self.scale == "decades":
            return self.value / 10**self.precision, self.value * 10**self.precision
        return self.value - self.precision, self.value + self.precision

    def __str__(self) -> str:
        """Give number and unit."""
        about = "of the order of " if self.scale == "decades" else ""
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{about}{self.value:g}{unit}"


@cache
def printed_values() -> Table[PrintedValue]:
    """Return the table of every printed number, a `PrintedValue` a row.

    An OSError or ValueError that names file, line and column if the file cannot be read.
    """
    columns = [field.name for field in fields(PrintedValue)]
    rows = shipped_rows("printed_values.csv", columns, ["value", "precision"])
    return Table(PrintedValue(**row) for row in rows)


def printed(item: str, glass: str = "") -> PrintedValue:
    """Return the printed value of `item` for `glass`; raises a ValueError if the paper prints none."""
    for name, text in (("item", item), ("glass", glass)):
        if not isinstance(text, str):
            raise ValueError(f"{name} must be a text, got {shown(text)}")
    for row in printed_values():
        if (row.item, row.glass) == (item, glass):
            return row
    raise ValueError(f"the paper prints no {item!r} for {glass or 'no glass in particular'!r}")


@cache
def printed_with_rounding(item: str, glass: str = "") -> UFloat:
    """Return the printed value with the standard uncertainty of its rounding, in the printed unit.

    The same object each time, so that uncertainties of quantities made from it are correlated as they should be. What
    is printed to an order of magnitude is linearised like the rest.
    """
    row = printed(item, glass)
    half_width = row.precision * (row.value * log(10) if row.scale == "decades" else 1)
    return ufloat(row.value, half_width / 3**0.5)
