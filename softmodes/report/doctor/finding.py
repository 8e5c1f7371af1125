"""How things are tried, and in which words it is said what came of that."""

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

FINE, NOTE, TO_DO = "fine", "note", "to do"
"""What is found of a thing: it is as it should be, it works and something is worth knowing, something must be done."""

Findings = Iterator[tuple[str, str]]
"""What a check finds: a state and words, one or several times."""

PACKAGE = Path(__file__).parents[2]
PIP = f"{shlex.quote(sys.executable)} -m pip install"

_SECONDS = 120


class Failed(Exception):
    """What did not work, in words, and what had been printed until then."""

    def __init__(self, words: str, printed: str = "") -> None:
        super().__init__(words)
        self.printed = printed


def tried(code: str, *arguments: str) -> str:
    """Return what this Python prints when it runs some code in a process of its own, which may die of it.

    Failed if it ends badly.
    """
    # without the working folder, in which files may be called like modules
    command = [sys.executable, "-P", "-W", "ignore", "-c", code, *arguments]
    path = os.pathsep.join(filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH")]))
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"no answer within {_SECONDS} s") from None
    printed, said = (text.decode(errors="replace").strip() for text in (run.stdout, run.stderr))
    if run.returncode:
        last = [line for line in (printed + "\n" + said).splitlines() if line.strip()][-1:] * (run.returncode > 0)
        reason = last[0] if last else f"its process ended with {run.returncode}"
        raise Failed(reason, printed)
    return printed


def in_words(error: BaseException) -> str:
    """Return what went wrong, in one line."""
    text = " ".join(str(error).split())
    named = text if isinstance(error, Failed) else f"{type(error).__name__}: {text}".removesuffix(": ")
    return textwrap.shorten(named, 300, placeholder=" …")


def some(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


def canonical(name: str) -> str:
    """Return the name of a distribution in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def version_of(name: str) -> str | None:
    """Return the version of a distribution; None where it is not there, or what is left of it knows no version."""
    try:
        return distribution(name).version
    except (PackageNotFoundError, KeyError):
        return None
