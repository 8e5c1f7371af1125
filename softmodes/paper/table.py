"""A table for readers: rows of one dataclass, shown by Jupyter and by the terminal."""

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Generic, SupportsIndex, TypeVar, overload

from tabulate import tabulate

from softmodes.arguments import Dataclass

Row = TypeVar("Row", bound=Dataclass)


class Table(tuple[Row, ...], Generic[Row]):
    """Rows of one frozen dataclass, in order; the fields are the columns.

    A slice and a sum are tables again. Without a row, `kind`, the dataclass, tells the columns.
    """

    kind: type[Row] | None

    def __new__(cls, rows: Iterable[Row] = (), kind: type[Row] | None = None) -> "Table[Row]":
        """Make a table of rows, or one of a kind that has none."""
        table = super().__new__(cls, rows)
        table.kind = type(table[0]) if table else kind
        return table

    @overload
    def __getitem__(self, index: SupportsIndex) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> "Table[Row]": ...
    def __getitem__(self, index: SupportsIndex | slice) -> "Row | Table[Row]":
        """Return a row, or a table of some."""
        if isinstance(index, slice):
            return Table(super().__getitem__(index), self.kind)
        return super().__getitem__(index)

    def __add__(self, other: tuple[Row, ...]) -> "Table[Row]":  # type: ignore[override]  # rows of one kind only
        """Return the table of these rows and others below them."""
        return Table(super().__add__(other), self.kind)

    def _text(self, bar: str = "|", **style: Any) -> str:
        columns = fields(self.kind) if self.kind else ()
        headers = [column.metadata.get("header", column.name).replace("|", bar) for column in columns]
        if not self:
            return "no rows" + (f" of {', '.join(headers)}" if headers else "")
        rows = [[_text(getattr(row, column.name)).replace("|", bar) for column in columns] for row in self]
        return tabulate(rows, headers, disable_numparse=True, **style)

    def _repr_markdown_(self) -> str:
        text = self._text(bar="\\|", tablefmt="github")
        # One letter after _ or ^, max or min is an index or a power, but in names of the code; a star is no emphasis.
        text = re.sub(r"\b([a-z]\w*(?:\.[A-Za-z]\w*)+(?:::\w+)?)|_(max|min|\w)", _index, text)
        return re.sub(r"\^(\w)", r"<sup>\1</sup>", text).replace("*", "\\*")

    def __repr__(self) -> str:
        """Text for a terminal."""
        return self._text(maxcolwidths=36)


def _index(found: re.Match[str]) -> str:
    return f"`{found[1]}`" if found[1] else f"<sub>{found[2]}</sub>"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
