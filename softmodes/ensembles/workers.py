"""Processes that make the members of an ensemble: as many as make sense, and gone with the run, however it ends."""

import multiprocessing
import os
import signal
import sys
import textwrap
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext

from softmodes.signals import ENDING, signals_held

try:
    import fcntl
    import resource
except ImportError:  # Windows
    fcntl = resource = None

# Each process has one processor; libraries that start threads of their own only get in the way.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# All modes of 1000 atoms take 3.3 matrices of (3n)^2 numbers at once, the softest 40 of 4000 atoms 1.5.
_MATRICES, _SOFTEST_ONLY = 4, 2
# Below this some libraries do not fail when they are loaded, but wait for memory forever.
_LEAST_MEMORY = 10**9
_UNGUARDED = 64
# What a terminal sends to a whole command is for the process that started the others.
_OF_A_TERMINAL = set(ENDING) - {signal.SIGTERM}


@dataclass(frozen=True)
class Failure:
    """Why there is no member: in words, because not every exception survives the way back from a process."""

    reason: str
    of_argument: bool


def attempt(simulate, arguments):
    """The arrays of a member, or a Failure."""
    try:
        return simulate(**arguments)
    except Exception as error:
        return failure(error)


def failure(error):
    """What went wrong, in one line."""
    text, name = " ".join(str(error).split()), type(error).__name__
    if isinstance(error, MemoryError):
        text = f"out of memory: {text}" if text else "out of memory"
    elif not (text and isinstance(error, ValueError | RuntimeError)):
        text = f"{name}: {text}" if text else name
    return Failure(textwrap.shorten(text, 300, placeholder=" ..."), isinstance(error, ValueError))


def fitting_processes(jobs, members, n, modes=None):
    """Processes that make sense: not more than members, processors, or fit into memory with `n` atoms each.

    So many of the softest `modes`, or all. A ValueError if not even one fits.
    """
    one_of_all = (_SOFTEST_ONLY if modes else _MATRICES) * 8
    needed, memory = one_of_all * (3 * n) ** 2, _memory()
    if memory is None:
        return min(jobs, members, os.cpu_count() or 1)
    if needed > memory:
        largest = int((memory / one_of_all) ** 0.5 / 3)
        raise ValueError(
            f"n must be at most {largest} for the {memory / 1e9:.3g} GB of this machine, got {n}: {modes or 'all'}"
            f" modes take {needed / 1e9:.3g} GB"
        )
    return min(jobs, members, os.cpu_count() or 1, memory // needed)


def refuse_little_memory():
    """A ValueError if this process may not have the memory that loading libraries takes."""
    memory = _memory()
    if memory is not None and memory < _LEAST_MEMORY:
        raise ValueError(f"1 GB of memory is needed, got {memory / 1e9:.2g} (see ulimit -v)")


def _memory():
    """Bytes of memory that this machine has, or a process may have; None where it cannot be known."""
    if resource is None:
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return memory if limit == resource.RLIM_INFINITY else min(memory, limit)


def refuse_unguarded():
    """End a process which has just been started and, on its way, came to the call that started it."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        sys.exit(_UNGUARDED)


def refuse_unreadable(simulate):
    """A ValueError if processes could not read the script that calls, or the function that makes members."""
    script = getattr(sys.modules["__main__"], "__file__", None)
    if script and not os.path.exists(script):
        raise ValueError(
            f"run_ensemble starts processes, and each reads the script that calls it, which {script} is not"
        )
    if not script and simulate.__module__ == "__main__":
        raise ValueError(f"simulate must be a function of a module, got {simulate.__name__} of a session")


class Workers(ProcessPoolExecutor):
    """Fresh processes which compute with one thread each.

    As a context it waits for them at its end, but kills them if it ends with an error: nobody waits for a member that
    takes minutes. What has been finished by then is in its future.
    """

    def __init__(self, processes):
        self._spawn = _Spawn()
        with signals_held(_OF_A_TERMINAL):
            super().__init__(processes, mp_context=self._spawn, initializer=_end_with_parent)

    def submit(self, *args, **kwargs):
        try:
            with signals_held(_OF_A_TERMINAL), single_threads():
                return super().submit(*args, **kwargs)
        except OSError as error:
            raise RuntimeError(f"no process could be started: {error.strerror}") from None

    def __exit__(self, kind, error, traceback):
        if kind:
            for process in self._spawn.started:
                if process.is_alive():
                    process.kill()
        return super().__exit__(kind, error, traceback)

    @property
    def end(self):
        """How the processes ended, in words, when the pool is broken."""
        # those that are left when one has died are terminated by the pool itself
        codes = {process.exitcode or 0 for process in self._spawn.started} - {-signal.SIGTERM}
        if _UNGUARDED in codes:
            return (
                "run_ensemble starts processes, and each reads the script that calls it:"
                ' the call must stand below `if __name__ == "__main__":`'
            )
        signals = [signal.Signals(-code).name for code in codes if code < 0]
        if "SIGKILL" in signals:
            return "a worker process was killed, probably because memory was short"
        return f"a worker process died{f' of {signals[0]}' if signals else ''}"


class _Spawn(SpawnContext):
    """Starts fresh processes, and knows them: forked ones would inherit a BLAS that has already started its threads."""

    def __init__(self):
        self.started = []

    def Process(self, *args, **kwargs):
        self.started.append(super().Process(*args, **kwargs))
        return self.started[-1]


@contextmanager
def single_threads():
    """Let libraries that are loaded now, here or in a process that starts, compute with one thread."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent():
    """Without this, the workers of a killed run would wait for work forever."""
    sentinel = multiprocessing.parent_process().sentinel
    threading.Thread(target=lambda: (wait([sentinel]), os._exit(1)), daemon=True).start()
    if fcntl:
        # a thread waits for the end of a diagonalisation, which takes minutes in a large system; SIGIO does not, which
        # ends a process on Linux
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
