"""Where data, notebooks and the lock lie, in a clone as well as in an installed wheel; where libraries may write."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HERE = Path(__file__).parent
# A wheel carries all three inside the package; in a clone they stand beside it.
INSTALLED = (_HERE / "data").is_dir()
_ROOT = _HERE if INSTALLED else _HERE.parent

DATA = _ROOT / "data"
NOTEBOOKS = _ROOT / "notebooks"
LOCK = _ROOT / "requirements.txt"

# What libraries write to, and where that is by default, in the home folder.
_LIBRARIES = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "MPLCONFIGDIR": ".config/matplotlib",
    "NUMBA_CACHE_DIR": ".cache/numba",
    "IPYTHONDIR": ".ipython",
    "JUPYTER_CONFIG_DIR": ".jupyter",
    "JUPYTER_DATA_DIR": ".local/share/jupyter",
}


@contextmanager
def shipped(name: str) -> Iterator[Path]:
    """Give the path of a file of `data/`, for reading it: if that fails, the error says how to get the file back.

    A FileNotFoundError, another OSError, or a ValueError of the reader's kind (DamagedFile).
    """
    path = DATA / name
    way = "installing softmodes anew" if INSTALLED else f"git checkout -- 'data/{name.partition('.')[0]}.*'"
    try:
        yield path
    except OSError as error:
        text = f"{path}: {error.strerror}" if error.strerror else str(error)
        raise type(error)(f"{text}; {way} restores it") from None
    except ValueError as error:
        raise type(error)(f"{error}; {way} restores it") from None


def writable_places() -> dict[str, str]:
    """Variables that lead libraries to a folder of the user's where they could not write to their own.

    That is in the folder for temporary files, so that what was compiled once is there the next time.
    """
    home = Path(os.path.expanduser("~"))
    own = {name: Path(os.environ.get(name) or home / place) for name, place in _LIBRARIES.items()}
    lost = [name for name, place in own.items() if not (home.is_dir() and is_writable(place))]
    with suppress(OSError):
        folder = _private_folder() if lost else Path()
        return {name: str(folder / _LIBRARIES[name]) for name in lost}
    return {}


def is_writable(folder: Path) -> bool:
    """Whether a folder can be written, or made where none is."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(place))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _private_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"softmodes-{os.geteuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700)
    status = folder.lstat() if os.path.lexists(folder) else None
    # what is kept there is run: nobody else may have put it there
    if status and stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022:
        return folder
    return Path(tempfile.mkdtemp(prefix="softmodes-"))
