"""What softmodes needs, looked at: that each thing is fine, or what to do.

Nothing but the standard library is needed for that, and what may fail or die is tried in a process of its own: where
something is broken, this is what still works.
"""

import json
import os
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from softmodes.places import writable_places
from softmodes.report.doctor import files, machine, packages, programs
from softmodes.report.doctor.finding import TO_DO, Findings, in_words

CHECKS: dict[str, Callable[[], Findings]] = {
    check.__name__: check
    for check in (
        packages.python,
        packages.packages,
        packages.lock,
        files.data,
        programs.kernel,
        programs.widgets,
        programs.browser,
        programs.fonts,
        programs.numba,
        machine.folders,
        machine.threads,
    )
}
"""What is looked at, by name and in order."""


class Finding(NamedTuple):
    """What was found of one thing: state "fine", "note" (works, and worth knowing) or "to do", in words."""

    check: str
    state: str
    words: str


def tell(checks: Collection[str] = (), as_json: bool = False) -> int:
    """Print what is found, of all or of the checks that are named; returns 1 if there is something to do, else 0."""
    found = examine(checks)
    broken = any(each.state == TO_DO for each in found)
    if as_json:
        print(json.dumps({"fine": not broken, "findings": [each._asdict() for each in found]}, indent=1))
    else:
        width = max(map(len, CHECKS))
        print("\n".join(f"{each.check:{width}}  {each.state:5}  {each.words}" for each in found))
    return int(broken)


def examine(checks: Collection[str] = ()) -> list[Finding]:
    """Look at all, or at what the named checks are for; a ValueError if there is none of a name."""
    for name in checks:
        if name not in CHECKS:
            raise ValueError(f"there is no check {name}; there are {', '.join(CHECKS)}")
    os.environ.update(writable_places())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        every = pool.map(_finished, [name for name in CHECKS if not checks or name in checks])
        return [finding for found in every for finding in found]


def _finished(name: str) -> list[Finding]:
    """Return what a check finds; if it fails itself, that."""
    found: list[Finding] = []
    try:
        found += (Finding(name, state, " ".join(words.split())) for state, words in CHECKS[name]())
    except Exception as error:
        found.append(Finding(name, TO_DO, f"{in_words(error)}: if packages are fine, install softmodes anew"))
    return found
