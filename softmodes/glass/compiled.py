"""How loops are compiled, and kept on disk where that can be: a cache saves time, and never stops or changes a run."""

import hashlib
import logging
import os
import pickle
import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from softmodes.arguments import Decorated

_logger = logging.getLogger(__name__)


def _import_numba() -> ModuleType:
    """Import numba, whatever its variables say: it explains an odd value over many lines, and fails on no threads."""
    threads = os.environ.get("NUMBA_NUM_THREADS", "")
    if re.fullmatch(r"\s*(-\d+|[+]?0+)\s*", threads):
        # no loop here has threads
        del os.environ["NUMBA_NUM_THREADS"]
        _logger.warning("NUMBA_NUM_THREADS must be positive, got %s", threads)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import numba
    for warning in caught:
        _logger.warning("%s", str(warning.message).partition("\n")[0])
    return numba


_numba = _import_numba()


try:
    from numba.core.caching import CompileResultCacheImpl, FunctionCache
    from numba.core.serialize import dumps

    class _Checked(CompileResultCacheImpl):
        """Machine code beside its checksum: what a disk has changed is never run."""

        def reduce(self, data: object) -> tuple[bytes, bytes]:
            content = dumps(super().reduce(data))
            return hashlib.sha256(content).digest(), content

        def rebuild(self, target_context: object, reduced_data: tuple[bytes, bytes]) -> object:
            checksum, content = reduced_data
            if hashlib.sha256(content).digest() != checksum:
                raise ValueError("the machine code is not what was written")
            return super().rebuild(target_context, pickle.loads(content))

    class _Cache(FunctionCache):
        """numba's cache, made anew if it is damaged and not kept if it cannot be written."""

        _impl_class = _Checked

        # any exception: what a damaged file raises depends on its bytes
        def load_overload(self, sig: object, target_context: object) -> object:
            try:
                return super().load_overload(sig, target_context)
            except Exception:
                _remove(Path(self.cache_path), self._py_func.__module__.rpartition(".")[2])
                return None

        def save_overload(self, sig: object, data: object) -> None:
            with suppress(Exception):
                super().save_overload(sig, data)

    _cache: type[FunctionCache] | None = _Cache
except ImportError:  # a numba that keeps its cache in another way
    _cache = None


def compiled(**options: Any) -> Callable[[Decorated], Decorated]:
    """Decorate a function with numba's ``njit``, and give it a cache on disk if any folder can be written."""

    def decorate(function: Decorated) -> Any:  # numba's own functions have no types
        loop = _numba.njit(cache=_cache is None, **options)(function)
        if _cache is not None:
            with suppress(RuntimeError, OSError):
                loop._cache = _cache(function)
        return loop

    return decorate


def _remove(folder: Path, module: str) -> None:
    """Remove the cache of a module. Of several processes that find it damaged, one says so: that which removes it."""
    for number, path in enumerate(sorted(folder.glob(f"{module}.*.nb[ic]"))):
        with suppress(OSError):
            path.unlink()
            if number == 0:
                _logger.warning("the compiled loops in %s are damaged; they are made anew", folder)
