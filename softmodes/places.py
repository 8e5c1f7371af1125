"""Where the repository's data and notebooks lie, from a clone as well as from an installed wheel."""

from pathlib import Path

_HERE = Path(__file__).parent
# A wheel carries both folders inside the package; in a clone they stand beside it.
_ROOT = _HERE if (_HERE / "data").is_dir() else _HERE.parent

DATA = _ROOT / "data"
NOTEBOOKS = _ROOT / "notebooks"
