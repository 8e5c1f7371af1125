"""Python and the packages: there, in versions that go together, and those of the lock."""

import re
import shlex
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from typing import TYPE_CHECKING

from softmodes.places import LOCK
from softmodes.report.doctor.finding import (
    FINE,
    NOTE,
    PACKAGE,
    PIP,
    TO_DO,
    Failed,
    Findings,
    canonical,
    some,
    tried,
    version_of,
)

if TYPE_CHECKING:
    from packaging.requirements import Requirement


def python() -> Findings:
    """See that Python is new enough."""
    with suppress(PackageNotFoundError):
        wanted = distribution("softmodes").metadata["Requires-Python"] or ""
        least = tuple(map(int, re.findall(r"\d+", wanted.partition(",")[0])))
        if sys.version_info[: len(least)] < least:
            yield TO_DO, f"{sys.version.split()[0]} is too old: install Python {wanted}, and softmodes with it"
            return
    yield FINE, f"{sys.version.split()[0]} in {sys.prefix}"


def packages() -> Findings:
    """See that all packages to which softmodes leads are there and go together, and that those that it uses load."""
    try:
        wanted = list(_required("softmodes"))
    except PackageNotFoundError:
        yield TO_DO, f"softmodes is not installed for this Python: {PIP} {shlex.quote(str(PACKAGE.parent))}"
        return
    wrong = {}
    for line, name, admitted, asked_by in wanted:
        if not admitted and name not in wrong:
            there = version_of(name)
            wrong[name] = f"{name} {there} is there" if there else f"{name} is missing"
            yield TO_DO, f"{wrong[name]}, {asked_by} needs {line}: {PIP} {shlex.quote(line)}"
    direct = sorted({name for _, name, _, asked_by in wanted if asked_by == "softmodes"} - {*wrong})
    for name, reason in _not_loaded(direct):
        again = f"{PIP} --force-reinstall --no-deps {name}=={version_of(name)}"
        yield TO_DO, f"{name} cannot be loaded, {reason}: {again}"
        wrong[name] = reason
    if not wrong:
        yield FINE, f"the {len({name for _, name, *_ in wanted})} that softmodes leads to go together"


def _required(first: str) -> Iterator[tuple[str, str, bool, str]]:
    """Yield what a distribution leads to: a requirement, the name, whether what is there fulfils it, and who asks."""
    waiting: list[tuple[str, frozenset[str]]] = [(first, frozenset())]
    seen = set()
    while waiting:
        asking, extras = waiting.pop()
        for text in distribution(asking).requires or ():
            requirement = _requirement_class()(text)
            marker, name = requirement.marker, canonical(requirement.name)
            if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                continue
            there = version_of(name)
            admitted = there is not None and requirement.specifier.contains(there, prereleases=True)
            extra = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            yield f"{requirement.name}{extra}{requirement.specifier}", name, admitted, asking
            following = (name, frozenset(requirement.extras))
            if there is not None and following not in seen:
                seen.add(following)
                waiting.append(following)


def _requirement_class() -> "type[Requirement]":
    try:
        module = import_module("packaging.requirements")
    except ImportError:
        # that it is missing is then said
        module = import_module("pip._vendor.packaging.requirements")
    found: type[Requirement] = module.Requirement
    return found


_LOAD = """
import importlib, sys
for name in sys.argv[1:]:
    print(name, flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        print("\\t" + " ".join(f"{type(error).__name__}: {error}".split()), flush=True)
"""


def _not_loaded(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Those of some distributions whose module cannot be imported, and why."""
    modules: dict[str, str] = {}
    for module, distributions in sorted(packages_distributions().items()):
        for owner in {*map(canonical, distributions)} & {*names}:
            alike = canonical(module) == owner
            modules = {**modules, owner: module} if alike or owner not in modules else modules
    owners, name = {module: owner for owner, module in modules.items()}, ""
    yield from ((name, "it has no module") for name in names if name not in modules)
    try:
        said, died = tried(_LOAD, *owners), ""
    except Failed as failed:
        said, died = failed.printed, str(failed)
    for line in said.splitlines():
        if line.startswith("\t"):
            yield owners[name], line.strip()
        name = name if line.startswith("\t") else line
    if died:
        # the others were not reached
        yield owners.get(name, "python"), died


def lock() -> Findings:
    """Count the packages that are in the versions with which softmodes was tested."""
    if not LOCK.is_file():
        yield NOTE, f"{LOCK} is missing: nothing to compare versions with"
        return
    lock = LOCK.read_text(encoding="utf-8", errors="replace")
    pinned = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", lock, re.MULTILINE)
    locked: dict[str, list[str]] = {}
    for name, version in pinned:
        # one of several where they depend on Python
        locked.setdefault(canonical(name), []).append(version)
    there = {name: version_of(name) for name in locked}
    other = [f"{name} {there[name]} ({' or '.join(locked[name])})" for name in locked
             if there[name] and there[name] not in locked[name]]  # fmt: skip
    count = sum(version is not None for version in there.values())
    if other:
        lock = shlex.quote(str(LOCK))
        yield (
            NOTE,
            (
                f"{len(other)} of {count} are not those of the lock, {some(other)}; exactly those:"
                f" {PIP} --require-hashes -r {lock}"
            ),
        )
    else:
        yield FINE, f"{count} in the versions of the lock"
