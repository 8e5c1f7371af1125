"""What decides the digits of a member: versions of the libraries, and a stamp of the code that makes it.

The code is what a function leads to by the names that it uses: in its own module, in softmodes, or in modules beside
its own. Where it stands is no part of it, nor are imports, docstrings, comments and annotations.
"""

import ast
import hashlib
import inspect
import os
import platform
import re
import symtable
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache, cached_property
from importlib.metadata import version
from importlib.util import find_spec, resolve_name
from pathlib import Path
from types import FunctionType
from typing import Any, TypeAlias

from softmodes.arguments import shown

Simulate: TypeAlias = Callable[..., dict[str, Any]]
"""A function that makes a member of an ensemble, its arrays by their names."""
_Source: TypeAlias = tuple[str, str | None]

# Each process has one processor; libraries that start threads of their own only get in the way, and round otherwise.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
ALIKE = "all workers need what is installed here"
_SOFTMODES = Path(__file__).parents[1]


class Unlike(Exception):
    """A worker of a cluster whose members would not be the same bytes as those made here."""


def refuse_unlike(wanted: dict[str, str], simulate: Simulate) -> None:
    """Raise an Unlike if this process has not the versions that are wanted, or may compute with several threads."""
    # a function of a script is sent as code: it is the same, and cannot be read there
    found = libraries() if simulate.__module__ == "__main__" else versions(simulate)
    others = [f"{name} {found[name]} instead of {wanted[name]}" for name in found if found[name] != wanted[name]]
    if others:
        raise Unlike(f"a worker on {platform.node()} has {', '.join(others)}; {ALIKE}")
    if {os.environ.get(name, os.environ.get("OMP_NUM_THREADS")) for name in THREADS} != {"1"}:
        raise Unlike(
            f"a worker on {platform.node()} may compute with several threads, which changes last digits; start it with"
            " OMP_NUM_THREADS=1, as a nanny does"
        )


@cache
def versions(simulate: Simulate) -> dict[str, str]:
    """Return the versions of all that decides the digits of the members that a function makes; its code as a stamp.

    A ValueError if the code cannot be read.
    """
    return {"code": _stamp(simulate), **libraries()}


def libraries() -> dict[str, str]:
    """Return the versions of what a member is made with, whatever makes it."""
    return {"python": platform.python_version()} | {
        name: version(name) for name in ("softmodes", "numpy", "scipy", "numba")
    }


def _stamp(simulate: Simulate) -> str:
    function = inspect.unwrap(simulate)
    modules, reached = _Modules(function), set[_Statement]()
    # a function within another stands where that does
    waiting = [(modules.own, function.__qualname__.partition(".")[0])]
    while waiting:
        module, name = waiting.pop()
        for statement in set(module.bound[name]) - reached:
            reached.add(statement)
            waiting += modules.used(module, statement)
    return hashlib.sha256("\n".join(sorted(each.text for each in reached)).encode()).hexdigest()[:16]


class _Statement:
    """A statement of a module, taken apart when it is asked what it says."""

    def __init__(self, node: ast.stmt, package: str) -> None:
        self._node, self._package = node, package

    @cached_property
    def imported(self) -> dict[str, _Source]:
        """What it imports, by the names that it gives to that: a module, and a name in it or None."""
        found: dict[str, _Source] = {}
        for node in ast.walk(self._node):
            if isinstance(node, ast.Import):
                for each in node.names:
                    first = each.name.partition(".")[0]
                    found |= {each.asname: (each.name, None)} if each.asname else {first: (first, None)}
            elif isinstance(node, ast.ImportFrom):
                name = "." * node.level + (node.module or "")
                source = resolve_name(name, self._package) if node.level else name
                found |= {each.asname or each.name: (source, each.name) for each in node.names}
        return found

    @cached_property
    def text(self) -> str:
        """What it computes."""
        return ast.unparse(_Bare().visit(ast.Module([deepcopy(self._node)], [])))

    @cached_property
    def bound(self) -> set[str]:
        """Names of the module that it binds."""
        return {self._node.name} if hasattr(self._node, "name") else self._symbols("is_assigned")

    @cached_property
    def used(self) -> set[str]:
        """Names of the module that it refers to, within functions too."""
        return self._symbols("is_referenced") | self.imported.keys()

    def _symbols(self, kind: str) -> set[str]:
        def found(table: symtable.SymbolTable, outside: bool = True) -> Iterator[str]:
            for each in table.get_symbols():
                if getattr(each, kind)() and (outside or each.is_global()):
                    yield each.get_name()
            for child in table.get_children():
                yield from found(child, False)

        return {*found(symtable.symtable(self.text, "", "exec"))}

    def asked_of(self, name: str) -> list[list[str]]:
        """Return what it asks of a name, ``[["b", "c"], ...]`` for name.b.c."""
        found = []
        for node in ast.walk(self._node):
            chain: list[str] = []
            while isinstance(node, ast.Attribute):
                chain.insert(0, node.attr)
                node = node.value
            if chain and isinstance(node, ast.Name) and node.id == name:
                found.append(chain)
        return found


class _Module:
    """The statements of a module by the names that they bind, and what is imported by each name."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name, self.path, self.is_package = name, path, path.stem == "__init__"
        self.bound: defaultdict[str, list[_Statement]] = defaultdict(list)
        self.imported: dict[str, _Source] = {}
        package = name if self.is_package else name.rpartition(".")[0]
        for node in ast.parse(text).body:
            statement = _Statement(node, package)
            if not hasattr(node, "name"):
                self.imported |= statement.imported
            # what a script does when it is run makes no member
            if not (isinstance(node, ast.If) and "__name__" in statement.used):
                for own in statement.bound:
                    self.bound[own].append(statement)


class _Modules:
    """The modules in which the code of a function may stand, each read when it is first asked for."""

    def __init__(self, function: FunctionType) -> None:
        try:
            path, text = Path(inspect.getsourcefile(function) or ""), "".join(inspect.findsource(function)[0])
        except (OSError, TypeError):
            raise ValueError(f"simulate must be a function whose code can be read, got {shown(function)}") from None
        self.own, self._folder = _Module(function.__module__, path, text), path.parent
        self._known: dict[str, _Module | None] = {function.__module__: self.own}
        # of a notebook one cell can be read; what was imported in another is known all the same
        self._session: dict[str, _Source] = {
            name: (value.__name__, None) if inspect.ismodule(value) else (value.__module__, value.__qualname__)
            for name, value in function.__globals__.items()
            if inspect.ismodule(value) or inspect.isfunction(value) or inspect.isclass(value)
        }

    def named(self, name: str) -> _Module | None:
        """Return a module of softmodes, or beside that of the function, by its full name; None if it is no such one."""
        if name not in self._known:
            try:
                path = Path(getattr(find_spec(name), "origin", None) or "")
            except (ImportError, ValueError):
                path = Path()
            beside = self._folder in path.parents and "site-packages" not in path.relative_to(self._folder).parts
            ours = path.suffix == ".py" and (_SOFTMODES in path.parents or beside)
            self._known[name] = _Module(name, path, path.read_text(encoding="utf-8")) if ours else None
        return self._known[name]

    def used(self, module: _Module, statement: _Statement) -> Iterator[tuple[_Module, str]]:
        """Yield what a statement of a module uses, as pairs of a module and a name that it binds."""
        imported = {**self._session, **module.imported, **statement.imported}
        for name in statement.used:
            if name in module.bound:
                yield module, name
            elif name in imported:
                yield from self._meant(*imported[name], statement.asked_of(name))

    def _meant(self, source: str, name: str | None, attributes: list[list[str]]) -> Iterator[tuple[_Module, str]]:
        """Yield what an import means, and what is asked of it if it is a package."""
        module = self.named(f"{source}.{name}" if name else source)
        if module and module.is_package:
            for first, *others in filter(None, attributes):
                yield from self._meant(module.name, first, [others])
        elif module:
            yield from ((module, own) for own in module.bound)
        elif name and (module := self.named(source)):
            if name in module.bound:
                yield module, name
            elif name in module.imported:
                yield from self._meant(*module.imported[name], attributes)
            elif module.is_package:
                yield from self._attached(module, name)

    def _attached(self, package: _Module, name: str) -> Iterator[tuple[_Module, str]]:
        """Where a name stands that a package loads lazily: its modules are searched."""
        folder, binding = package.path.parent, re.compile(rf"^(def |class )?{re.escape(name)}\b", re.MULTILINE)
        for path in sorted(folder.rglob("*.py")):
            if path.stem != "__init__" and binding.search(path.read_text(encoding="utf-8")):
                module = self.named(".".join([package.name, *path.relative_to(folder).with_suffix("").parts]))
                if module and name in module.bound:
                    yield module, name


class _Bare(ast.NodeTransformer):
    """Takes away what computes nothing."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in {"annotation", "returns"} & {*node._fields}:
            setattr(node, name, ast.Constant(0) if isinstance(node, ast.AnnAssign) else None)
        if hasattr(node, "body") and node.body == []:
            node.body = [ast.Pass()]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Docstrings of functions and of fields go."""
        return None if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) else node

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """None stays."""

    visit_ImportFrom = visit_Import
