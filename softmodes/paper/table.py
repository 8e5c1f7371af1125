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
        # One letter after _ or ^ is an index or a power, but in names of the code; a star is one, not emphasis.
        text = re.sub(r"\b([a-z]\w*(?:\.[a-z]\w*)+(?:::\w+)?)|_(\w)", _index, text)
        return re.sub(r"\^(\w)", r"<sup>\1</sup>", text).replace("*", "\\*")

    def __repr__(self):
        return tabulate(*self._cells(), disable_numparse=True, maxcolwidths=36)


def _index(found):
    return f"`{found[1]}`" if found[1] else f"<sub>{found[2]}</sub>"


def _text(value):
    return f"{value:g}" if isinstance(value, float) else str(value)
