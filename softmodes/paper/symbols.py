"""The symbols of the paper and of the companion, read from `data/symbols.csv`."""

from dataclasses import dataclass, field, fields

from softmodes.paper.rows import shipped_rows
from softmodes.paper.table import Table


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """A symbol, what it means, and the equation and function where it comes in."""

    symbol: str
    name: str = field(metadata={"header": "what it is"})
    unit: str
    """1 of a pure number."""
    equation: str
    function: str
    """Within `softmodes`."""


def symbols() -> Table[Symbol]:
    """Return the table of symbols, in the order in which they come in.

    An OSError or ValueError that names the file if it cannot be read.
    """
    columns = [column.name for column in fields(Symbol)]
    return Table(Symbol(**row) for row in shipped_rows("symbols.csv", columns, []))
