"""Reading notebooks that anybody may have written, and what stands first in them."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mistune import BlockState
from nbconvert.filters.markdown_mistune import MathBlockParser
from nbformat import NotebookNode, convert, reader
from nbformat.v4 import new_notebook
from papermill.exceptions import PapermillException
from papermill.translators import PythonTranslator, papermill_translators

# comments and tags around what follows
_INVISIBLE = re.compile(r"(?:<!--.*?-->|</?(?!img\b)[a-z][^<>]*>|\s)*", re.DOTALL | re.IGNORECASE)


def read_notebook(path: str | Path, keep: Collection[str] = ()) -> NotebookNode:
    """Read the notebook in a file of any format and encoding, as one of the present format that has not been run.

    What else `keep` names of the metadata of a cell is kept, and then also what else stands in the way of a run.

    Raises
    ------
    ValueError
        If it cannot be read or is not for one kernel of Python, saying why.
    """
    try:
        found = convert(reader.reads(json.dumps(_content(Path(path)))), 4)
        cells = [_cell(number, cell, keep) for number, cell in enumerate(found["cells"])]
        # what an earlier run has put in would stand against the defaults
        notebook: NotebookNode = new_notebook(
            cells=[cell for cell in cells if keep or "injected-parameters" not in cell.metadata.tags]
        )
    except Exception as error:
        # nbformat ends in whatever error a foreign file provokes
        raise ValueError(f"not a notebook: {_reason(error)}") from error
    _check_language(found.get("metadata") or {})
    tagged = sum("parameters" in cell.metadata.tags for cell in cells)
    if tagged > 1 and not keep:
        raise ValueError(f"one cell at most may be tagged parameters, got {tagged}")
    return notebook


def _reason(error: Exception) -> object:
    """Why a file is no notebook, in words of our own or of the readers of JSON and of the format."""
    if isinstance(error, RecursionError):
        return "its lists are nested too deeply"
    if isinstance(error, ValueError) or hasattr(error, "message"):
        return getattr(error, "message", error)
    return "its cells are not as the format wants them"


def _content(path: Path) -> dict[str, Any]:
    """Return what the file holds, without what a notebook can do without."""
    # opening a pipe would wait for somebody to write into it
    if not path.is_file():
        raise ValueError("there is no regular file of this name")
    content = path.read_bytes()
    if not content.strip():
        raise ValueError("the file is empty")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("the file holds something else")
    for cell in found.get("cells", []):
        cell.update(metadata=cell.get("metadata") or {}, **({"outputs": []} if "outputs" in cell else {}))
    return found


def _cell(number: int, found: Mapping[str, Any], keep: Collection[str]) -> NotebookNode:
    """Return a cell of what is run and shown, without results, whatever else came along."""
    metadata = found.get("metadata") or {}
    more = {name: metadata[name] for name in keep if name in metadata}
    tags = metadata.get("tags")
    tags = sorted({tag for tag in tags if isinstance(tag, str)}) if isinstance(tags, list) else []
    kept = {name: found[name] for name in ("cell_type", "attachments") if name in found}
    results: dict[str, Any] = {"outputs": [], "execution_count": None} if found["cell_type"] == "code" else {}
    # halves of surrogate pairs, which no kernel takes
    source = found.get("source", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    metadata = NotebookNode(tags=tags, raw_mimetype=metadata.get("raw_mimetype") or "", **more)
    return NotebookNode(id=f"cell-{number}", source=source, metadata=metadata, **kept, **results)


def _check_language(metadata: Mapping[str, Any]) -> None:
    kernel, info = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    language = kernel.get("language") or info.get("name") or "python"
    try:
        translator = papermill_translators.find_translator(kernel.get("name"), language.lower())
    except PapermillException:
        translator = None
    if translator is not PythonTranslator:
        raise ValueError(f"only notebooks in Python can be run, this one is for {kernel.get('name') or language}")


def first_blocks(cells: Iterable[NotebookNode]) -> tuple[str, str, dict[str, Any]]:
    """Title, first block that is not a heading, and the attachments that go with it, of the cells of a notebook."""
    title, question = "", ""
    attachments: dict[str, Any] = {}
    for cell in cells:
        blocks = _blocks(cell.source) if cell.cell_type == "markdown" else []
        for kind, level, text in blocks:
            if kind == "heading" and level == 1 and not title:
                title = text
            elif kind == "block" and not question:
                question, attachments = text, cell.get("attachments", {})
    return title, question, attachments


class _Located(BlockState):
    """Remembers where in the source each paragraph begins."""

    def add_paragraph(self, text: str) -> None:
        """Add to the paragraph, or begin one."""
        super().add_paragraph(text)
        self.last_token().setdefault("start", self.cursor)


class _Locating(MathBlockParser):
    """Remembers where in the source each other block begins."""

    def parse_method(self, match: re.Match[str], state: BlockState) -> int | None:
        """Take in the block that begins here."""
        end = super().parse_method(match, state)
        for token in state.tokens:
            token.setdefault("start", match.start())
        return end


def _blocks(source: str) -> Iterator[tuple[str, int, str]]:
    """Kind, level and text of each block of Markdown; the text of a heading is without its marks."""
    state = _Located()
    state.process("\n".join(source.splitlines()) + "\n")
    _Locating().parse(state)
    ends = [*(token["start"] for token in state.tokens[1:]), len(state.src)]
    for token, end in zip(state.tokens, ends, strict=True):
        text = state.src[token["start"] : end].strip()
        if token["type"] == "heading":
            yield "heading", token["attrs"]["level"], " ".join(token["text"].split())
        elif token["type"] not in ("blank_line", "thematic_break") and not _INVISIBLE.fullmatch(text):
            yield "block", 0, text
