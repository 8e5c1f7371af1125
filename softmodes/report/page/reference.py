"""Names of the package made links to the reference, where one lies beside the pages (`make docs`)."""

import ast
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from nbformat import NotebookNode

from softmodes.report.folder import INVENTORY, REFERENCE
from softmodes.report.page.links import Places

_ENTRY = re.compile(r"^(\S+) py:(\w+) \S+ (\S+) .+$", re.MULTILINE)
_DOT = '<span class="o">.</span>'
# A name and what is behind its dots, as they are highlighted; not what is behind a dot itself, nor a keyword's name.
_CHAIN = re.compile(
    rf'(?<!{re.escape(_DOT)})<span class="nn?">[\w.]+</span>(?:{re.escape(_DOT)}<span class="n">\w+</span>)*'
    '(?!<span class="o">=<)'
)


def reference_places(folder: Path) -> Places:
    """Address of each name in the reference of a report, also said in short: `sm.quench`, `findings.shoulder`.

    A ValueError if the reference is damaged.
    """
    entries: list[tuple[str, str, str]] = _ENTRY.findall(_inventory(folder / REFERENCE))
    found: Places = {}
    # of several things with one short name it means that with the shortest whole name
    for name, kind, place in sorted(entries, key=lambda entry: -entry[0].count(".")):
        target = f"{REFERENCE}/{place.replace('$', name)}"
        words = name.split(".")
        least = 1 if len(words) <= 3 and kind in ("function", "class", "data") else 2
        shorter = range(len(words) - least + 1) if kind != "module" else [0]
        for said in (".".join(["sm", *words[1:]]), *(".".join(words[start:]) for start in shorter)):
            found[said] = [(target, target)]
    return found


def _inventory(reference: Path) -> str:
    """Return what the reference says of its names; nothing where there is none."""
    path = reference / INVENTORY
    if not path.is_file():
        return ""
    try:
        # four lines in words, then what Sphinx has compressed
        *_, packed = path.read_bytes().split(b"\n", 4)
        return zlib.decompress(packed).decode()
    except (ValueError, zlib.error) as error:
        raise ValueError(f"{path} is damaged: {error}; remove {reference}, `make docs` makes it anew") from None


def imported(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """Return the whole name of what the code of some cells imports, by the name that it has there."""
    found: dict[str, str] = {}
    for cell in cells:
        try:
            nodes = ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ()
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and not node.level:
                found |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
            elif isinstance(node, ast.Import):
                found |= {name.asname: name.name for name in node.names if name.asname}
    return found


def link_code(html: str, imports: Mapping[str, str], places: Places) -> str:
    """Highlighted code in which names of the package lead to the reference."""

    def linked(found: re.Match[str]) -> str:
        first, dot, rest = re.sub("<[^>]*>", "", found[0]).partition(".")
        name = imports.get(first, first) + dot + rest
        while name.startswith("softmodes.") and name not in places:
            name = name.rpartition(".")[0]
        return f'<a href="{places[name][0][1]}">{found[0]}</a>' if name.startswith("softmodes.") else found[0]

    return _CHAIN.sub(linked, html)
