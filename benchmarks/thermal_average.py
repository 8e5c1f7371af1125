"""⟨u²⟩ and the stability curve against adaptive quadrature, and the time of the import, side by side.

Run by hand: python benchmarks/thermal_average.py
"""

import subprocess
import sys
from timeit import repeat

import numpy as np
from scipy.integrate import quad

from softmodes import mean_square_displacement, stability_curve


def by_quadrature(eta_prime):
    """⟨u²⟩ point by point, with the bottom of the potential taken out of the exponent."""
    values = []
    for h in eta_prime:
        bottom = -(min(h, 0.0) ** 2) / 4
        centre = (max(-h, 0.0) / 2) ** 0.5
        weight = [
            quad(lambda u, p=p, h=h, b=bottom: u**p * np.exp(b - h * u * u - u**4), 0, centre + 4, points=[centre])[0]
            for p in (2, 0)
        ]
        values.append(weight[0] / weight[1])
    return np.array(values)


def best(function, number):
    return min(repeat(function, number=number, repeat=5)) / number


def seconds_to_import(modules):
    return min(
        float(subprocess.check_output([sys.executable, "-c", f"import time; t = time.perf_counter(); import {modules}; "
                                       "print(time.perf_counter() - t)"]))
        for _ in range(5)
    )  # fmt: skip


def main():
    h = np.sinh(np.linspace(-4, 4, 1000))
    ours, theirs = best(lambda: mean_square_displacement(h), 20), best(lambda: by_quadrature(h), 1)
    worst = np.max(np.abs(by_quadrature(h) / mean_square_displacement(h) - 1))
    print(f"<u^2>, 1000 points: {1e6 * ours:.0f} us, quad {1e3 * theirs:.0f} ms")
    print(f"ratio {theirs / ours:.0f}, largest relative difference {worst:.0e}")
    curve = best(lambda: [stability_curve(5.0, branch=branch) for branch in ("strong", "weak")], 20)
    print(f"stability curve, 500 points, both branches: {1e3 * curve:.2f} ms")
    plain, package = seconds_to_import("numpy, scipy"), seconds_to_import("softmodes")
    used = seconds_to_import("softmodes.theory.stability")
    print(f"import numpy, scipy {plain:.3f} s; softmodes {package:.3f} s; with the theory in use {used:.3f} s")


if __name__ == "__main__":
    main()
