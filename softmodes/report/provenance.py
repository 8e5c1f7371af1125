"""What a report was made from: the state of the repository, the lock and the versions."""

import hashlib
import platform
import subprocess
from importlib.metadata import version

from softmodes.places import NOTEBOOKS

_ROOT = NOTEBOOKS.parent


def provenance():
    """What made the pages, as pairs of a name and a value, the same for all of them."""
    packages = ("softmodes", "numpy", "scipy", "matplotlib", "papermill")
    return (
        ("commit", _commit()),
        ("lock", _lock()),
        ("python", platform.python_version()),
        *((package, version(package)) for package in packages),
    )


def _commit():
    """Commit of the checkout that holds the package, marked where tracked files differ from it."""
    # An installed package may lie inside somebody else's repository.
    if not (_ROOT / ".git").exists():
        return "not a checkout"
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + (" with uncommitted changes" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments):
    return subprocess.run(["git", "-C", _ROOT, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def _lock():
    """First figures of the SHA-256 of the locked requirements."""
    lock = _ROOT / "requirements.txt"
    return "sha256 " + hashlib.sha256(lock.read_bytes()).hexdigest()[:12] if lock.exists() else "none"
