"""Processes that make the members of an ensemble: as many as make sense, and gone with the run, however it ends.

Or the workers of a cluster, which are somebody else's and are only used if they compute as this process does.
"""

import json
import multiprocessing
import os
import signal
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType, SimpleNamespace, TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from softmodes.arguments import FilePath, shown
from softmodes.signals import ENDING, signals_held

from .versions import ALIKE, THREADS, Simulate, Unlike, refuse_unlike

if TYPE_CHECKING:
    from distributed import Client

fcntl: ModuleType | None
resource: ModuleType | None
try:
    import fcntl
    import resource
except ImportError:  # Windows
    fcntl = resource = None

# All modes of 1000 atoms take 3.3 matrices of (3n)^2 numbers at once, the softest 40 of 4000 atoms 1.5.
_MATRICES, _SOFTEST_ONLY = 4, 2
# Below this some libraries do not fail when they are loaded, but wait for memory forever.
_LEAST_MEMORY = 10**9
_UNGUARDED = 64
# Seconds in which a scheduler answers, however busy; and after which it is said that there is no worker.
_ANSWER, _PATIENCE = 5, 5
# What a terminal sends to a whole command is for the process that started the others.
_OF_A_TERMINAL = set(ENDING) - {signal.SIGTERM}


@dataclass(frozen=True)
class Failure:
    """Why there is no member: in words, because not every exception survives the way back from a process."""

    reason: str
    of_argument: bool


def attempt(simulate: Simulate, arguments: dict[str, Any]) -> dict[str, Any] | Failure:
    """Return the arrays of a member, or a Failure."""
    try:
        return simulate(**arguments)
    except Exception as error:
        return failure(error)


def attempt_alike(wanted: dict[str, str], simulate: Simulate, arguments: dict[str, Any]) -> dict[str, Any] | Failure:
    """`attempt` on a worker of a cluster; an Unlike if it has not the versions that are wanted."""
    refuse_unlike(wanted, simulate)
    return attempt(simulate, arguments)


def unread(error: BaseException) -> Unlike:
    """Return an Unlike for what keeps a worker from reading its task; of a simulation the same would be a Failure."""
    return Unlike(f"a worker has another softmodes, or none: {failure(error).reason}; {ALIKE}")


def failure(error: BaseException) -> Failure:
    """Say what went wrong, in one line."""
    text, name = " ".join(str(error).split()), type(error).__name__
    if isinstance(error, MemoryError):
        text = f"out of memory: {text}" if text else "out of memory"
    elif name == "KilledWorker":
        text = "each worker that began it died, probably because memory was short"
    elif not (text and isinstance(error, ValueError | RuntimeError)):
        text = f"{name}: {text}" if text else name
    return Failure(textwrap.shorten(text, 300, placeholder=" ..."), isinstance(error, ValueError))


def fitting_processes(jobs: int, members: int, n: int, modes: int | None = None) -> int:
    """Count the processes that make sense: not more than members, processors, or fit into memory with `n` atoms each.

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


def refuse_little_memory() -> None:
    """Raise a ValueError if this process may not have the memory that loading libraries takes."""
    memory = _memory()
    if memory is not None and memory < _LEAST_MEMORY:
        raise ValueError(f"1 GB of memory is needed, got {memory / 1e9:.2g} (see ulimit -v)")


def _memory() -> int | None:
    """Bytes of memory that this machine has, or a process may have; None where it cannot be known."""
    if resource is None:
        return None
    limit: int = resource.getrlimit(resource.RLIMIT_AS)[0]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return memory if limit == resource.RLIM_INFINITY else min(memory, limit)


def refuse_unguarded() -> None:
    """End a process which has just been started and, on its way, came to the call that started it."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        sys.exit(_UNGUARDED)


def refuse_unreadable(simulate: Simulate) -> None:
    """Raise a ValueError if processes could not read the script that calls, or the function that makes members."""
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

    def __init__(self, processes: int) -> None:
        self._spawn = _Spawn()
        with signals_held(_OF_A_TERMINAL):
            super().__init__(processes, mp_context=self._spawn, initializer=_end_with_parent)

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit as every pool does; a RuntimeError if no process can be started."""
        try:
            with signals_held(_OF_A_TERMINAL), single_threads():
                return super().submit(*args, **kwargs)
        except OSError as error:
            raise RuntimeError(f"no process could be started: {error.strerror}") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        """Wait for the processes, or kill them if there is an error."""
        if kind:
            for process in self._spawn.started:
                if process.is_alive():
                    process.kill()
        return super().__exit__(kind, error, traceback)

    @property
    def end(self) -> str:
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

    def __init__(self) -> None:
        self.started: list[BaseProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> BaseProcess:  # type: ignore[override]  # a class there, only called
        self.started.append(super().Process(*args, **kwargs))
        return self.started[-1]


@contextmanager
def cluster(scheduler: FilePath) -> Iterator[SimpleNamespace]:
    """Give an executor on the workers of a Dask scheduler, at an address or named by its file; it waits for workers.

    A ValueError if that is no address, a RuntimeError if nobody answers. What is not finished at its end is cancelled.
    """
    with signals_held():
        try:
            import dask

            # what is worth saying is said by us
            with dask.config.set(logging={"distributed": "critical", "distributed.client": "critical"}):
                from distributed import Client
                from distributed.protocol.pickle import dumps, loads
                from distributed.versions import VersionMismatchWarning
        except ImportError as error:
            raise ValueError(f"scheduler needs Dask, pip install softmodes[cluster]: {error}") from None
    address = _address(scheduler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VersionMismatchWarning)
        try:
            client = Client(address, timeout=_ANSWER, set_as_default=False)
        except OSError:
            raise RuntimeError(
                f"no Dask scheduler answers at {address}; start one with `dask scheduler`, which says its address"
            ) from None
        with client:
            threading.Thread(target=_miss_workers, args=(client, address), daemon=True).start()
            executor = client.get_executor(pure=False)

            def submit(act: Simulate, *arguments: Any) -> Any:
                # a worker that cannot read its task ends, and the next one after it; what it is sent can be read
                sealed = dumps(partial(act, *arguments))
                return executor.submit(lambda: loads(sealed)())

            yield SimpleNamespace(submit=submit)


def _address(scheduler: FilePath) -> str:
    """Return the address of a Dask scheduler, which may stand in its file; a ValueError if it is none."""
    from distributed import Security

    address: Any = scheduler
    with suppress(OSError, ValueError, KeyError, TypeError):
        address = json.loads(Path(scheduler).read_bytes())["address"]
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        usable = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise ValueError(f"scheduler must be tcp://host:8786, or the scheduler file of Dask, got {shown(scheduler)}")
    # without it Dask would raise, and then wait for itself
    if parts.scheme == "tls" and not Security().get_connection_args("client")["ssl_context"]:
        raise ValueError(f"scheduler {address} needs certificates: set distributed.comm.tls in the settings of Dask")
    return str(address)


def _miss_workers(client: "Client", address: str) -> None:
    """Say, once each time, that there has been no worker for a while; until the client is closed."""
    from tqdm import tqdm

    missed = 0
    with suppress(Exception):  # of a scheduler that is gone: its futures say so
        while client.status == "running":
            missed = 0 if client.nthreads() else missed + 1
            if missed == _PATIENCE:
                tqdm.write(f"No worker is there: waiting; `dask worker {address}` starts one", file=sys.stderr)
            time.sleep(1)


@contextmanager
def single_threads() -> Iterator[None]:
    """Let libraries that are loaded now, here or in a process that starts, compute with one thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent() -> None:
    """Without this, the workers of a killed run would wait for work forever."""
    if not (parent := multiprocessing.parent_process()):
        return
    sentinel = parent.sentinel
    threading.Thread(target=lambda: (wait([sentinel]), os._exit(1)), daemon=True).start()
    if fcntl:
        # a thread waits for the end of a diagonalisation, which takes minutes in a large system; SIGIO does not, which
        # ends a process on Linux
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
