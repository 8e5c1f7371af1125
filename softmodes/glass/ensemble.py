"""Ensembles of any kind, over as many processes or machines as there are."""

import inspect
import json
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import wait
from pathlib import Path

from softmodes.theory.arguments import whole

from .glasses import simulate_glass
from .storage import DamagedFile, check_kind, check_member, finished_indices, provenance, save_member

# Each process has one processor; libraries that start threads of their own only get in the way.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def run_ensemble(folder, *, simulate=simulate_glass, n, count, seed, jobs=1, executor=None, redo=False, progress=None,
                 **preparation):  # fmt: skip
    """Make the members of an ensemble which a folder does not have yet.

    Parameters
    ----------
    folder : path-like
        Made if absent. Only this process writes to it: what is written is whole, whenever a run is killed.
    simulate : callable
        Makes one member: ``simulate(seed, index, n, **preparation)``, a dict of arrays. A function of a module whose
        name is simulate_ and the kind of the members, such as `simulate_glass` or `simulate_liquid`.
    n, count, seed : int
        Atoms of a member, number of members, seed of the ensemble.
    jobs : int
        Processes.
    executor : concurrent.futures.Executor, optional
        Used instead of own processes: Dask's ``Client.get_executor()``, ``MPIPoolExecutor``. Its workers should run one
        BLAS thread each; another number of threads changes last digits.
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
        If an argument is out of range or the folder holds another kind; a DamagedFile if a file is damaged or foreign
        and `redo` is not set.
    RuntimeError
        If a member could not be made, or a worker died; finished members are kept.
    OSError
        If the folder cannot be written; finished members are kept.
    """
    n, count, seed = whole("n", n), whole("count", count), whole("seed", seed, least=0)
    jobs, folder, kind = whole("jobs", jobs), Path(folder), simulate.__name__.removeprefix("simulate_")
    parameters = _parameters(simulate, seed, n, preparation)
    settings = {"parameters": parameters, "versions": provenance()}
    folder.mkdir(parents=True, exist_ok=True)
    check_kind(folder, kind)
    # those beyond the count are checked too: they will be read with the others
    wanted = sorted({*range(count), *finished_indices(folder, kind)})
    missing = [index for index in wanted if not _finished(folder, kind, index, settings, redo)]
    with nullcontext(executor) if executor else _processes(jobs) as pool:
        futures = {pool.submit(simulate, index=index, **parameters): index for index in missing}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                index, arrays = futures[future], future.result()
                save_member(folder, kind, index, arrays, settings)
                if progress:
                    progress(index, arrays, done, len(missing))
        finally:
            for future in futures:
                future.cancel()
    return len(missing)


def _parameters(simulate, seed, n, preparation):
    """All arguments of a member but its index, as a manifest gives them back: tuples and arrays are lists."""
    call = inspect.signature(simulate).bind(seed=seed, index=0, n=n, **preparation)
    call.apply_defaults()
    arguments = {name: value for name, value in call.arguments.items() if name != "index"}
    return json.loads(json.dumps({"n": n, **arguments}, default=lambda value: value.tolist()))


def _finished(folder, kind, index, settings, redo):
    try:
        return check_member(folder, kind, index, settings)
    except DamagedFile:
        if not redo:
            raise
        return False


@contextmanager
def _processes(jobs):
    """A pool of fresh processes which compute with one thread each and end with this one."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        # fresh processes read the variables above; forked ones inherit a BLAS that has already started its threads
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent) as pool:
            yield pool
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
