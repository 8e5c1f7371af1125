"""Ensembles of glasses, over as many processes or machines as there are.

Reduced units sigma = epsilon = m = 1.
"""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np

from .configuration import whole
from .elasticity import elastic_moduli
from .modes import normal_modes
from .preparation import make_glass
from .storage import DamagedGlass, check_glass, provenance, save_glass

# Each process has one processor; libraries that start threads of their own only get in the way.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def simulate_glass(seed, index, n, **preparation):
    """One glass of an ensemble with all its modes, as arrays; the same wherever and in whatever order it is made.

    Parameters
    ----------
    seed, index : int
        Of the ensemble, and of the glass in it.
    n : int
        Atoms.
    **preparation
        As for `make_glass`.

    Returns
    -------
    dict of ndarray
        The fields of one glass of an Ensemble.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
    glass = make_glass(n, rng=rng, **preparation)
    modes = normal_modes(glass)
    return {
        "frequencies": modes.frequencies,
        "participation_number": modes.participation_number,
        "energy": np.float64(glass.energy),
        "order": np.float64(glass.order),
        "excess": np.float64(glass.excess),
        "rejected": np.int64(glass.rejected),
        "moduli": np.array(elastic_moduli(glass)),
        "box": glass.box,
        "positions": glass.positions,
        "liquid": glass.liquid.positions,
    }


def run_ensemble(folder, *, n, count, seed, jobs=1, executor=None, redo=False, progress=None, **preparation):
    """Make the glasses of an ensemble which a folder does not have yet.

    Parameters
    ----------
    folder : path-like
        Made if absent. Only this process writes to it: what is written is whole, whenever a run is killed.
    n, count, seed : int
        Atoms of a glass, number of glasses, seed of the ensemble.
    jobs : int
        Processes.
    executor : concurrent.futures.Executor, optional
        Used instead of own processes: Dask's ``Client.get_executor()``, ``MPIPoolExecutor``. Its workers should run one
        BLAS thread each; another number of threads changes last digits.
    redo : bool
        Make glasses anew whose files are damaged or were made with other settings, instead of refusing them.
    progress : callable, optional
        Called as ``progress(index, arrays, done, total)`` after each glass is written.
    **preparation
        temperature, steps and cooling_steps as for `make_glass`.

    Returns
    -------
    int
        Number of glasses that were made now.

    Raises
    ------
    ValueError
        If an argument is out of range; a DamagedGlass if a file is damaged or foreign and `redo` is not set.
    RuntimeError
        If a glass could not be made, or a worker died; finished glasses are kept.
    OSError
        If the folder cannot be written; finished glasses are kept.
    """
    n, count, seed = whole("n", n), whole("count", count), whole("seed", seed, least=0)
    jobs, folder = whole("jobs", jobs), Path(folder)
    parameters = {"n": n, "seed": seed, "temperature": 1.0, "steps": 3000, "cooling_steps": 0, **preparation}
    settings = {"parameters": parameters, "versions": provenance()}
    folder.mkdir(parents=True, exist_ok=True)
    missing = [index for index in range(count) if not _finished(folder, index, settings, redo)]
    with nullcontext(executor) if executor else _processes(jobs) as pool:
        futures = {pool.submit(simulate_glass, index=index, **parameters): index for index in missing}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                index, arrays = futures[future], future.result()
                save_glass(folder, index, arrays, settings)
                if progress:
                    progress(index, arrays, done, len(missing))
        finally:
            for future in futures:
                future.cancel()
    return len(missing)


def _finished(folder, index, settings, redo):
    try:
        return check_glass(folder, index, settings)
    except DamagedGlass:
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
