"""A table for readers: rows of one dataclass, shown by Jupyter and by the terminal."""

import re
from dataclasses import fields

from tabulate import tabulate


class Table(tuple):
    """Rows of one frozen dataclass, in order; the fields are the columns."""

    def _cells(self, bar="|"):
        columns = fields(self[0])
        headers = [column.metadata.get("header", column.name).replace("|", bar) for column in columns]
        return [[_text(getattr(row, column.name)).replace("|", bar) for column in columns] for row in self], headers

    def _repr_markdown_(self):
        text = tabulate(*self._cells(bar="\\|"), tablefmt="github", disable_numparse=True)
        # One letter after _ or ^ is an index or a power; a star is one, not emphasis.
        return re.sub(r"\^(\w)", r"<sup>\1</sup>", re.sub(r"_(\w)", r"<sub>\1</sub>", text)).replace("*", "\\*")

    def __repr__(self):
        return tabulate(*self._cells(), disable_numparse=True, maxcolwidths=36)


def _text(value):
    return f"{value:g}" if isinstance(value, float) else str(value)
