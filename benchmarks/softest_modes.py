"""The softest modes of one glass by every sensible route: seconds, peak memory, and how far the eigenvalues differ.

Run by hand: python benchmarks/softest_modes.py [N ...]; each route in a process of its own, for the sake of its memory.
"""

import os

# one thread everywhere, ours and the peers'
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

import numpy as np
from scipy.sparse.linalg import eigsh

from softmodes.glass import inverse_power, melt, minimize, quench
from softmodes.modes.eigenmodes import eigenmodes
from softmodes.modes.lowest_eigenpairs import softest_eigenpairs

COUNTS = (1, 10, 100)
# Above this a factor of the matrix does not fit, nor all of its eigenvectors.
LARGEST = {"eigsh, shift-invert": 4000, "LAPACK, all modes": 1000}


def polynomial(hessian, free, count):
    return softest_eigenpairs(hessian, free, count)[0]


def lanczos(hessian, free, count):
    return eigsh(hessian, k=count + 3, which="SA", return_eigenvectors=True)[0][3:]


def shift_invert(hessian, free, count):
    return eigsh(hessian.tocsc(), k=count + 3, sigma=-1e-3, which="LM")[0][3:]


def dense(hessian, free, count):
    return eigenmodes(hessian, free, None)[0][:count]


ROUTES = {
    "polynomial (ours)": polynomial,
    "eigsh, SA": lanczos,
    "eigsh, shift-invert": shift_invert,
    "LAPACK, all modes": dense,
}


def measured(name, glass, count):
    """Seconds, the memory of the process in GB before and after, and the eigenvalues."""
    small = minimize(melt(250, rng=1, steps=10))
    found(name, small, 3)  # whatever is compiled or imported
    before, start = peak_memory(), perf_counter()
    values = found(name, glass, count)
    return perf_counter() - start, before, peak_memory(), values


def found(name, glass, count):
    n = len(glass.positions)
    translations = np.kron(np.full((n, 1), n**-0.5), np.eye(3))
    return ROUTES[name](inverse_power.hessian(glass), translations, count)


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main(*sizes):
    for n in map(int, sizes or (500, 1000, 4000)):
        glass = quench(melt(n, rng=1, steps=300))
        for count in COUNTS:
            ours = None
            for name in ROUTES:
                if n > LARGEST.get(name, np.inf):
                    continue
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                    spent, before, after, values = pool.submit(measured, name, glass, count).result()
                ours = values if ours is None else ours
                print(f"N = {n:6} {count:4} modes  {name:20} {spent:8.2f} s  {after:5.2f} GB ({before:.2f} before)"
                      f"  differs by {np.abs(values - ours).max():.0e}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
