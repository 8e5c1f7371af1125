"""One heat capacity curve of 200 temperatures: cold, warm, and with another barrier; accuracy; levels against SciPy.

Run by hand: python benchmarks/heat_capacity.py
"""

from time import perf_counter
from timeit import repeat

import numpy as np
from scipy.linalg import eigh_tridiagonal

from softmodes.theory.heat_capacity import _excess, crossover_ratio, heat_capacity, vibrational_heat_capacity
from softmodes.theory.levels import energy_levels, tunnel_splitting


def seconds(function):
    start = perf_counter()
    function()
    return perf_counter() - start


def miss(v_max):
    """Largest relative error of `heat_capacity` where there is any, against a finer quadrature in a larger basis."""
    t = np.geomspace(max(1e-4, float(tunnel_splitting(v_max))), 90, 79)
    finer = _excess(v_max, nodes=120, step=1 / 6, size=56, count=28)
    return np.max(
        np.abs(heat_capacity(t, v_max=v_max) / (finer(np.log(t)) * t * (1 + t**2) + vibrational_heat_capacity(t)) - 1)
    )


def by_differences(points, d1=0.3, d2=-8.0):
    """The same levels from second differences, their error of h² removed by doubling the points."""
    levels = []
    for n in (points, 2 * points):
        x, h = np.linspace(-5, 5, n + 1, retstep=True)
        x = x[1:-1]
        diagonal = 2 / h**2 + d1 * x + d2 * x**2 + x**4
        levels.append(eigh_tridiagonal(diagonal, np.full(n - 2, -1 / h**2), select="i", select_range=(0, 7))[0])
    return (4 * levels[1] - levels[0]) / 3


if __name__ == "__main__":
    t = np.geomspace(0.01, 10, 200)
    print(f"200 temperatures, cold        {seconds(lambda: heat_capacity(t)) * 1e3:9.2f} ms")
    print(f"200 temperatures, warm        {min(repeat(lambda: heat_capacity(t), number=1, repeat=50)) * 1e3:9.3f} ms")
    print(f"200 temperatures, new barrier {seconds(lambda: heat_capacity(t, v_max=27.3)) * 1e3:9.2f} ms")
    print(f"crossover_ratio, 20 barriers  {seconds(lambda: crossover_ratio(np.linspace(6, 90, 20))) * 1e3:9.2f} ms")
    for v_max in (5.0, 12.4, 20.0, 30.5, 100.0):
        print(f"accuracy at V_max = {v_max:5} W   {miss(v_max) * 100:9.3f} %")
    ours = min(repeat(lambda: energy_levels(0.3, -8.0), number=1, repeat=20)) * 1e3
    theirs = min(repeat(lambda: by_differences(4000), number=1, repeat=3)) * 1e3
    error = np.abs(by_differences(4000) - energy_levels(0.3, -8.0)).max()
    print(f"8 levels {ours:.2f} ms; by 4000 and 8000 differences {theirs:.1f} ms, which agree to {error:.0e} W")
