"""What many glasses would cost on a cluster, from what two workers here measured.

Run by hand: python benchmarks/cluster_cost.py [N]
"""

import sys
import tempfile
from time import perf_counter, process_time

import distributed
import numpy as np

from softmodes.ensembles import run_ensemble, simulate_glass

GLASSES, CORES, WORKERS = 10_000, 100, 2


def simulate_timed(seed, index, n):
    """A glass, and the time of a processor that it took."""
    start = process_time()
    return simulate_glass(seed, index, n) | {"seconds": np.array(process_time() - start)}


def simulate_weightless(seed, index, n):
    """A member as large as a glass with all its modes, which costs nothing to make."""
    return {"seconds": np.zeros((4, n, 3))}


def measured(address, simulate, n, count):
    """Wall time from one member to the next, and processor time of one, once each worker has made its first."""
    stamps, seconds = [], []

    def progress(index, arrays, done, total):
        stamps.append(perf_counter())
        seconds.append(arrays["seconds"])

    with tempfile.TemporaryDirectory() as folder:
        options = {"simulate": simulate, "n": n, "count": count, "seed": 1}
        run_ensemble(folder, scheduler=address, progress=progress, **options)
    return (stamps[-1] - stamps[WORKERS - 1]) / (count - WORKERS), np.mean(seconds[WORKERS:])


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    # processes of one thread each, as a nanny starts them
    with distributed.LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0") as cluster:
        wall, busy = measured(cluster.scheduler_address, simulate_timed, n, 3 * WORKERS)
        way, _ = measured(cluster.scheduler_address, simulate_weightless, n, 300)
    print(f"measured, N = {n}, {WORKERS} workers: a glass every {wall:.2f} s, {busy:.2f} s of a processor each;")
    print(f"  the way of a member through scheduler, check and writer, one after the other: {1000 * way:.0f} ms")
    slow, fast, written = (GLASSES * each / 60 for each in (wall * WORKERS / CORES, busy / CORES, way))
    print(f"estimated, {GLASSES} glasses on {CORES} cores as busy as these: {max(slow, written):.0f} min;")
    print(f"  on idle ones: {max(fast, written):.0f} min; the writer takes {written:.0f} of them, at the same time")
    print("assumed: cores as fast as those here, one member at a time on each, network and disk as here")


if __name__ == "__main__":
    main()
