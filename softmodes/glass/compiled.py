"""How loops are compiled, and kept on disk where that can be: a cache saves time, and never stops or changes a run."""

import hashlib
import logging
import os
import pickle
import re
import warnings
from contextlib import suppress
from pathlib import Path

_logger = logging.getLogger(__name__)


def _import_numba():
    """numba, whatever its variables say: it explains an odd value over many lines, and fails on NUMBA_NUM_THREADS=0."""
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

    class _Checked(_numba.core.caching.CompileResultCacheImpl):
        """Machine code beside its checksum: what a disk has changed is never run."""

        def reduce(self, data):
            content = _numba.core.serialize.dumps(super().reduce(data))
            return hashlib.sha256(content).digest(), content

        def rebuild(self, target_context, reduced_data):
            checksum, content = reduced_data
            if hashlib.sha256(content).digest() != checksum:
                raise ValueError("the machine code is not what was written")
            return super().rebuild(target_context, pickle.loads(content))

    class _Cache(_numba.core.caching.FunctionCache):
        """numba's cache, made anew if it is damaged and not kept if it cannot be written."""

        _impl_class = _Checked

        # any exception: what a damaged file raises depends on its bytes
        def load_overload(self, sig, target_context):
            try:
                return super().load_overload(sig, target_context)
            except Exception:
                _remove(Path(self.cache_path), self._py_func.__module__.rpartition(".")[2])

        def save_overload(self, sig, data):
            with suppress(Exception):
                super().save_overload(sig, data)

except AttributeError:  # a numba that keeps its cache in another way
    _Cache = None


def compiled(**options):
    """Decorate a function with numba's ``njit``, and give it a cache on disk if any folder can be written."""

    def decorate(function):
        if _Cache is None:
            return _numba.njit(cache=True, **options)(function)
        loop = _numba.njit(**options)(function)
        with suppress(RuntimeError, OSError):
            loop._cache = _Cache(function)
        return loop

    return decorate


def _remove(folder, module):
    """Remove the cache of a module. Of several processes that find it damaged, one says so: that which removes it."""
    for number, path in enumerate(sorted(folder.glob(f"{module}.*.nb[ic]"))):
        with suppress(OSError):
            path.unlink()
            if number == 0:
                _logger.warning("the compiled loops in %s are damaged; they are made anew", folder)
