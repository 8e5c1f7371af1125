"""Ensembles of any kind, over as many processes or machines as there are."""

import inspect
import json
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import chain, islice
from math import inf
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, TypeAlias

from softmodes.arguments import FilePath, shown, whole

from .files import (
    DamagedFile,
    check_writable,
    finished_indices,
    kept,
    make_folder,
    member_path,
    only_writer,
    remove_parts,
)
from .glasses import simulate_glass
from .storage import check_kind, check_member, save_member
from .versions import Simulate, Unlike, versions
from .workers import (
    Failure,
    Workers,
    attempt,
    attempt_alike,
    cluster,
    failure,
    fitting_processes,
    refuse_unguarded,
    refuse_unreadable,
    unread,
)

# Members that are handed out at once: more than any cluster has processors, and few enough to be held in memory.
_UNDER_WAY = 1000
# After so many failures for one and the same reason, and no success, the others are not tried.
_HOPELESS = 100

_Pool: TypeAlias = Executor | SimpleNamespace


def run_ensemble(
    folder: FilePath,
    *,
    simulate: Simulate = simulate_glass,
    n: int,
    count: int,
    seed: int,
    jobs: int = 1,
    executor: Executor | None = None,
    scheduler: FilePath | None = None,
    redo: bool = False,
    progress: Callable[[int, dict[str, Any], int, int], object] | None = None,
    **preparation: Any,
) -> int:
    """Make the members of an ensemble which a folder does not have yet.

    Each member is saved as soon as it is finished. Whatever ends a run early, the same call goes on from there. A
    member that cannot be made does not stop the others.

    In a script the call must stand below ``if __name__ == "__main__":``, for each process reads the script first.

    Parameters
    ----------
    folder : path-like
        Made if absent. One run at a time writes to it: what is written is whole, whenever a run is killed.
    simulate : callable
        Makes one member: ``simulate(seed, index, n, **preparation)``, a dict of arrays. A function of a module whose
        name is ``simulate_`` and the kind of the members, such as `simulate_glass` or `simulate_liquid`.
    n, count, seed : int
        Atoms of a member, number of members, seed of the ensemble.
    jobs : int
        Processes, at most: never more than missing members, processors, or fit into memory.
    executor : concurrent.futures.Executor, optional
        Used instead of own processes: Dask's ``Client.get_executor()``, ``MPIPoolExecutor``. Workers that are neither
        threads nor a pool of processes must have the same versions, and compute with one thread (OMP_NUM_THREADS=1).
    scheduler : str or path-like, optional
        Address of a Dask scheduler, ``tcp://host:8786``, or its scheduler file: its workers are used. While there are
        none, the run waits and says so. At the end of the run what is not finished is cancelled.
    redo : bool
        Make members anew whose files are damaged or were made with other settings, instead of refusing them.
    progress : callable, optional
        Called as ``progress(index, arrays, done, total)`` after each member is written.
    **preparation
        Whatever else `simulate` takes. All its arguments, defaults too, are written beside each member.

    Returns
    -------
    int
        Number of members that were made now.

    Raises
    ------
    TypeError
        If `simulate` does not take what is in `preparation`.
    ValueError
        If an argument is out of range, another run is writing to the folder, or it holds another kind; a DamagedFile if
        a file is damaged or foreign and `redo` is not set.
    RuntimeError
        If members could not be made, which it names when all others are finished, or a worker died, or members that
        were finished are gone.
    OSError
        If the folder cannot be written.
    """
    refuse_unguarded()
    if not (progress is None or callable(progress)):
        raise ValueError(f"progress must be a function or None, got {shown(progress)}")
    n, count, seed = whole("n", n), whole("count", count), whole("seed", seed, least=0)
    jobs, kind = whole("jobs", jobs, most=inf), _kind(simulate)
    parameters = _parameters(simulate, seed, n, preparation)
    modes = parameters.get("modes")
    if executor and scheduler is not None:
        raise ValueError("executor must be None if there is a scheduler, whose workers make the members")
    if scheduler is not None or not isinstance(executor, ProcessPoolExecutor | ThreadPoolExecutor | None):
        act = partial(attempt_alike, versions(simulate))
    else:
        fitting_processes(jobs, 1, n, modes)
        act = attempt
    if executor is None and scheduler is None:
        refuse_unreadable(simulate)
    settings, folder = {"parameters": parameters, "versions": versions(simulate)}, make_folder(folder)
    with only_writer(folder):
        run = _Run(folder, kind, count, settings, progress)
        missing = run.missing(redo)
        if run.total:
            check_writable(member_path(folder, kind, 0, "npz"))
            if scheduler is not None:
                pool: AbstractContextManager[_Pool] = cluster(scheduler)
            else:
                pool = nullcontext(executor) if executor else Workers(fitting_processes(jobs, run.total, n, modes))
            run.make(pool, missing, lambda index: (act, simulate, {"index": index, **parameters}))
        run.check()
    return len(run.made)


def _kind(simulate: Simulate) -> str:
    name = getattr(simulate, "__name__", "")
    if not callable(simulate) or not name.isidentifier():
        raise ValueError(f"simulate must be a function whose name is simulate_ and a kind, got {shown(simulate)}")
    return name.removeprefix("simulate_")


def _parameters(simulate: Simulate, seed: int, n: int, preparation: dict[str, Any]) -> dict[str, Any]:
    """All arguments of a member but its index, as a manifest gives them back: tuples and arrays are lists."""
    call = inspect.signature(simulate).bind(seed=seed, index=0, n=n, **preparation)
    call.apply_defaults()
    arguments = {name: value for name, value in call.arguments.items() if name != "index"}
    given: dict[str, Any] = json.loads(json.dumps({"n": n, **arguments}, default=lambda value: value.tolist()))
    return given


class _Run:
    """One run over a folder: what is there, what has been made, and what could not be made."""

    def __init__(
        self, folder: Path, kind: str, count: int, settings: dict[str, Any], progress: Callable[..., object] | None
    ) -> None:
        self.folder, self.kind, self.count, self.settings, self.progress = folder, kind, count, settings, progress
        self.there, self.made, self.total, self.untried = set[int](), set[int](), 0, 0
        self.failures: dict[int, Failure] = {}

    def missing(self, redo: bool) -> Iterator[int]:
        """List the indices to be made, in order. Those beyond `count` are checked, too: they are read with the rest."""
        remove_parts(self.folder, self.kind)
        check_kind(self.folder, self.kind)
        damaged = []
        for index in finished_indices(self.folder, self.kind):
            try:
                check_member(self.folder, self.kind, index, self.settings)
                self.there.add(index)
            except DamagedFile:
                if not redo:
                    raise
                damaged.append(index)
        beyond = [index for index in damaged if index >= self.count]
        self.total = self.count - sum(index < self.count for index in self.there) + len(beyond)
        return chain((index for index in range(self.count) if index not in self.there), beyond)

    def make(
        self, pool: AbstractContextManager[_Pool], missing: Iterator[int], call: Callable[[int], tuple[Any, ...]]
    ) -> None:
        """Make the members and save each as soon as it is finished; whatever ends this, what has arrived is saved."""
        under_way: dict[Future[Any], int] = {}
        try:
            with pool as executor:
                self._follow(executor, missing, call, under_way)
        except Unlike as error:
            raise RuntimeError(f"{error}{kept(self.folder, self.kind, self.count)}") from None
        except (BrokenExecutor, CancelledError) as error:
            gone = f"scheduler or workers are gone ({failure(error).reason}); start them again"
            reason = getattr(pool, "end", gone)
            raise RuntimeError(reason + kept(self.folder, self.kind, self.count)) from None
        finally:
            for future, index in under_way.items():
                future.cancel()
                if future.done() and not future.cancelled() and not future.exception():
                    self._save(index, future.result())

    def _follow(
        self,
        executor: _Pool,
        missing: Iterator[int],
        call: Callable[[int], tuple[Any, ...]],
        under_way: dict[Future[Any], int],
    ) -> None:
        finished: SimpleQueue[Future[Any]] = SimpleQueue()

        def hand_out(number: int) -> None:
            for index in islice(missing, number):
                future = executor.submit(*call(index))
                under_way[future] = index
                future.add_done_callback(finished.put)

        hand_out(_UNDER_WAY)
        while under_way:
            future = finished.get()
            self._receive(under_way[future], future)
            del under_way[future]
            if self._hopeless():
                self.untried = self.total - len(self.failures)
                for waiting in under_way:
                    waiting.cancel()
                return
            hand_out(1)

    def _receive(self, index: int, future: Future[Any]) -> None:
        error = future.exception()
        if isinstance(error, BrokenExecutor | CancelledError | Unlike):
            raise error
        if isinstance(error, ImportError | AttributeError):
            raise unread(error)
        arrays = self._save(index, failure(error) if error else future.result())
        if isinstance(arrays, Failure):
            self.failures[index] = arrays
        elif self.progress:
            self.progress(index, arrays, len(self.made) + len(self.failures), self.total)

    def _save(self, index: int, arrays: dict[str, Any] | Failure) -> dict[str, Any] | Failure:
        """Save a member; returns its arrays, or a Failure if there are none."""
        if isinstance(arrays, Failure):
            return arrays
        try:
            save_member(self.folder, self.kind, index, arrays, self.settings)
        except OSError:
            raise
        except Exception as error:
            return failure(error)
        self.made.add(index)
        return arrays

    def _hopeless(self) -> bool:
        return not self.made and len(self.failures) == _HOPELESS and len(set(self.failures.values())) == 1

    def check(self) -> None:
        """Raise what is to be said of members that could not be made, or are gone."""
        reasons: dict[Failure, list[int]] = {}
        for index, failed in sorted(self.failures.items()):
            reasons.setdefault(failed, []).append(index)
        if len(reasons) == 1 and not (self.there or self.made) and next(iter(reasons)).of_argument:
            raise ValueError(next(iter(reasons)).reason)
        if reasons:
            texts = [f"{self.kind} {_listed(indices)}: {failed.reason}" for failed, indices in reasons.items()]
            raise RuntimeError(
                f"{len(self.failures)} of {self.total} could not be made: {'; '.join(texts[:5])}"
                + (f"; and {len(texts) - 5} other reasons" if len(texts) > 5 else "")
                + (f"; {self.untried} were not tried" if self.untried else "")
                + kept(self.folder, self.kind, self.count)
            )
        if lost := (self.there | self.made) - set(finished_indices(self.folder, self.kind)):
            text = f"{self.kind} {_listed(sorted(lost))} was finished and is gone"
            raise RuntimeError(text + kept(self.folder, self.kind, self.count))


def _listed(indices: list[int]) -> str:
    return ", ".join(map(str, indices[:5])) + (f" and {len(indices) - 5} more" if len(indices) > 5 else "")
