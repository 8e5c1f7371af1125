"""Which code of a page teaches and which is a tool: imports, drawing, versions."""

import ast

from nbformat import NotebookNode


def is_tool(cell: NotebookNode) -> bool:
    """Whether all that a cell does is to import, to draw, to ask or to list versions: then it is folded."""
    if cell.cell_type != "code" or "parameters" in cell.metadata.get("tags", []):
        return False
    try:
        lines = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    # what is assigned where something is drawn prepares the drawing
    drawn = any(map(_draws, lines))
    tools = [_imports(line) or _draws(line) or (drawn and isinstance(line, ast.Assign)) for line in lines]
    return bool(lines) and all(tools)


def without_versions(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells of a notebook; not those at its end with the versions that its page says below anyway."""
    heading, found = [None, None, *cells][-2:]
    if found and heading and heading.source == "## Versions" and found.source.endswith("\ndict(provenance())"):
        return cells if any(output.output_type == "error" for output in found.outputs) else cells[:-2]
    return cells


def _imports(line: ast.stmt) -> bool:
    return isinstance(line, ast.Import | ast.ImportFrom)


def _names(line: ast.stmt) -> set[str]:
    """Return what is called in a line, by first and last name."""
    called = [node.func for node in ast.walk(line) if isinstance(node, ast.Call)]
    return {part for call in called for part in ast.unparse(call).split(".")}


def _draws(line: ast.stmt) -> bool:
    names = _names(line)
    tools = {"show", "subplots", "provenance", "predict", "quiz"}
    return bool(names & tools) or any(name.startswith("plot_") for name in names)
