"""How much of what a notebook writes is kept: a page has to be opened, and memory is finite."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient

LIMIT = 20_000_000
"""Characters that all outputs of a notebook may have together; those of one cell may have half of them."""

# What an output takes beside its text; as much of an error says what went wrong.
_FRAME = 500
_LINES, _LINE = 100, 10_000


class BoundedClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """papermill's client, which keeps the first outputs up to the limit and counts what it leaves out by cell."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Keep count from nothing on."""
        super().__init__(*args, **options)
        self._kept: Counter[int] = Counter()
        self._left_out: Counter[int] = Counter()

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output, or as much of it as there is room for."""
        content, size = msg["content"], _size(msg["content"])
        room = max(0, min(LIMIT - self._kept.total(), LIMIT // 2 - self._kept[cell_index]))
        if msg["msg_type"] == "error":
            content["evalue"] = content["evalue"][:_LINE]
            content["traceback"] = [line[:_LINE] for line in content["traceback"][-_LINES:]]
        elif msg["msg_type"] == "stream":
            content["text"] = content["text"][:room]
        elif size > room:
            content = {}
        self._left_out[cell_index] += size - _size(content)
        if not content or (not room and msg["msg_type"] != "error"):
            return None
        self._kept[cell_index] += _size(content) + _FRAME
        kept: NotebookNode | None = super().output(outs, msg, display_id, cell_index)
        return kept

    def clear_output(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Forget the outputs of a cell."""
        super().clear_output(outs, msg, cell_index)
        del self._kept[cell_index], self._left_out[cell_index]

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        if _size(msg["content"]) <= LIMIT:
            super()._update_display_id(display_id, msg)

    def note_what_is_left_out(self) -> None:
        """Say below a cell that more came of it."""
        for index, size in (+self._left_out).items():
            text = f"This notebook writes more than a page holds: {size:,} characters are left out here."
            data = {"text/html": f'<p class="status" role="note">{text}</p>', "text/plain": text}
            self.nb.cells[index].outputs.append(new_output("display_data", data))


def merge_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return outputs in which pieces of one text are one, and what was written over is gone."""
    # as nbclient and nbconvert do, whose patterns take a day for a long line
    merged: list[NotebookNode] = []
    for (kind, name), group in groupby(outputs, key=lambda output: (output.output_type, output.get("name"))):
        if kind != "stream":
            merged += group
        else:
            lines = "".join(output.text for output in group).split("\n")
            text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
            merged.append(new_output("stream", name=name, text=text))
    return merged


def _size(content: object) -> int:
    """Characters in a message, without the names in it."""
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    if isinstance(content, list):
        return sum(map(_size, content))
    return len(content) if isinstance(content, str) else 1
