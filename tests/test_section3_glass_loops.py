"""Section 3: the compiled loops of the computer glass do what the same lines do in Python, which checks every index."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from softmodes.glass import (
    Configuration,
    InversePower,
    mixture,
    polydisperse_diameters,
    swap_monte_carlo,
    velocity_verlet,
)


def results():
    """What every loop gives, of systems as small as may be: one with cells, one without, one gathered in a corner."""
    from softmodes.modes.products import WIDTH, block_recurrence

    rng, places, found = np.random.default_rng(1), np.indices((8, 3, 3)).reshape(3, -1).T, []
    places = places + rng.normal(scale=0.03, size=(72, 3))
    for exponent in (6, 25):
        potential = InversePower(exponent, cutoff=1.2, continuity=2)
        start = Configuration(places, (8.0, 3.0, 3.0), potential)
        # so fast that the list of pairs is made anew on the way
        found += velocity_verlet(start, rng.normal(scale=1.5, size=(72, 3)), steps=60, dt=0.003)
    found += potential.pairs(Configuration(places / 2, 20.0), skin=0.5)
    matrix, (vectors, before) = potential.hessian(start), rng.normal(size=(2, 1, 72, 3, WIDTH))
    block_recurrence(matrix.indptr, matrix.indices, matrix.data, vectors, before, 2.0, -1.0, 0.5)
    potential = InversePower(12, cutoff=1.25)
    mixed = mixture(polydisperse_diameters(64), rng=1, potential=potential)
    mixed, energies, accepted = swap_monte_carlo(mixed, 0.5, rng=2, sweeps=3)
    found += [before, mixed.diameters, energies, accepted, potential.forces(mixed), potential.hessian(mixed).data]
    return [each.positions if isinstance(each, Configuration) else np.asarray(each) for each in found]


@pytest.mark.slow
def test_compiled_loops_do_what_the_same_lines_do_in_python(tmp_path):
    code = "import sys, numpy, test_section3_glass_loops as loops; numpy.savez(sys.argv[1], *loops.results())"
    subprocess.run(
        [sys.executable, "-c", code, tmp_path / "python.npz"],
        cwd=Path(__file__).parent,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        check=True,
    )
    python, compiled = np.load(tmp_path / "python.npz"), results()
    assert len(compiled) == len(python) > 10
    for one, other in zip(compiled, python.values(), strict=True):
        # sums in another order, and what 60 steps make of that
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-7)
