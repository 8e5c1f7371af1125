"""What a report was made from: the state of the repository, the lock and the versions."""

import hashlib
import os
import platform
import re
import subprocess
from importlib.metadata import version

from softmodes.places import LOCK, NOTEBOOKS

_ROOT = NOTEBOOKS.parent
# A file of these that is in no commit can change a report just as a changed one; others in the checkout cannot.
_SOURCES = ("softmodes/", "notebooks/", "data/")


def provenance() -> tuple[tuple[str, str], ...]:
    """Return what made the pages, as pairs of a name and a value, the same for all of them."""
    packages = ("softmodes", "numpy", "scipy", "matplotlib", "papermill")
    return (
        ("commit", _commit()),
        ("lock", _lock()),
        ("python", platform.python_version()),
        *((package, version(package)) for package in packages),
    )


def _commit() -> str:
    """Commit of the checkout that holds the package, and the files that differ from it."""
    # An installed package may lie inside somebody else's repository.
    if not (_ROOT / ".git").exists():
        return "not a checkout"
    try:
        commit = git("rev-parse", "--short=12", "HEAD").strip()
        changed = _changed(git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"))
    except FileNotFoundError:
        return f"{_head()}, changes unknown: git is not installed"
    except (OSError, subprocess.CalledProcessError):
        return f"{_head()}, changes unknown: git cannot read the repository"
    if not changed:
        return commit
    more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
    return f"{commit} with uncommitted changes: {', '.join(changed[:5])}{more}"


def _changed(status: str) -> list[str]:
    """Files in the output of ``git status -z`` from which a report may be made: all that are tracked, new sources."""
    files = [(line[:2], line[3:]) for line in status.split("\0") if line]
    return [name for state, name in files if state != "??" or name.startswith(_SOURCES)]


def git(*arguments: str) -> str:
    """Return what git says about this checkout, whatever the reader's settings, whoever its owner."""
    # Told where the repository lies, git does not look for one; that it may be another user's is then no question.
    places = (f"--git-dir={_ROOT / '.git'}", f"--work-tree={_ROOT}")
    settings = ("-c", "core.excludesFile=", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", "--no-optional-locks", *places, *settings, *arguments],
        env=environment,
        cwd=_ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=True,
    ).stdout


def _head() -> str:
    """Return the commit as the repository's own files name it, as far as they do."""
    folder = _ROOT / ".git"
    try:
        head = (folder / "HEAD").read_text().strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head[:12]
        loose = folder / name
        if loose.exists():
            return loose.read_text()[:12]
        packed = re.findall(r"^(\w{12})\w* (.+)$", (folder / "packed-refs").read_text(), re.MULTILINE)
        return next((commit for commit, packed_name in packed if packed_name == name), "unknown")
    except OSError:
        return "unknown"


def _lock() -> str:
    """First figures of the SHA-256 of the locked requirements."""
    return "sha256 " + hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12] if LOCK.exists() else "none"
