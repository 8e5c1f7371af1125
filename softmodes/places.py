"""Where the repository's data and notebooks lie, from a clone as well as from an installed wheel."""

from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).parent
# A wheel carries both folders inside the package; in a clone they stand beside it.
_ROOT = _HERE if (_HERE / "data").is_dir() else _HERE.parent

DATA = _ROOT / "data"
NOTEBOOKS = _ROOT / "notebooks"


@contextmanager
def shipped(name):
    """The path of a file of `data/`, for reading it: if that fails, the error says how to get the file back.

    A FileNotFoundError, another OSError, or a ValueError of the reader's kind (DamagedFile).
    """
    path = DATA / name
    way = "installing softmodes anew" if _ROOT == _HERE else f"git checkout -- 'data/{name.partition('.')[0]}.*'"
    try:
        yield path
    except OSError as error:
        text = f"{path}: {error.strerror}" if error.strerror else str(error)
        raise type(error)(f"{text}; {way} restores it") from None
    except ValueError as error:
        raise type(error)(f"{error}; {way} restores it") from None
