"""Section 3, behind eq. 8: minima next to one, the way between them and its levels, by independent routes."""

import numpy as np
import pytest
from scipy.linalg import eigh_tridiagonal

from softmodes import energy_levels
from softmodes.glass import Configuration, InversePower, lattice, minimize
from softmodes.modes import AnharmonicModes, DoubleWells, double_wells, normal_modes
from softmodes.paper.findings.wells import SECOND_WELL, splittings
from softmodes.paper.loaders import load_ensembles
from softmodes.theory.levels import tunnel_splitting

SHORT = InversePower(exponent=12, cutoff=2.0, continuity=2)


def quartic(kappa, tau, chi):
    unknown = np.full_like(np.asarray(chi, float), np.nan)
    return AnharmonicModes(kappa=kappa, tau=tau, chi=chi, chi_relaxed=unknown, participation_number=unknown)


def wells(energy, barrier, length):
    columns = (np.atleast_1d(np.asarray(column, float)) for column in (energy, barrier, length, length))
    energy, barrier, distance, length = columns
    return DoubleWells(
        energy=energy, barrier=barrier, distance=distance, length=length, participation_number=np.ones_like(length)
    )


def test_second_minimum_is_there_where_the_force_has_three_zeros():
    rng = np.random.default_rng(1)
    kappa, tau, chi = rng.uniform(0.1, 2, 300), rng.normal(0, 4, 300), rng.uniform(0.1, 9, 300)
    s = quartic(kappa, tau, chi).asymmetry
    for k, t, c, each in zip(kappa, tau, chi, s, strict=True):
        zeros = np.roots([c / 6, t / 2, k])
        real = np.isreal(zeros).all()
        assert (each > SECOND_WELL) == real
        if real:
            other = max(zeros.real, key=abs)
            assert (each > 1) == (k * other**2 / 2 + t * other**3 / 6 + c * other**4 / 24 < 0)


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("s", [0.95, 0.98, 0.9999])
def test_quartic_is_found_again_from_its_minima_and_its_barrier(s, upper):
    kappa, chi = 0.7, 3.0
    tau = -s * np.sqrt(3 * kappa * chi)
    saddle, other = np.sort(np.roots([chi / 6, tau / 2, kappa]).real)
    top, energy = (kappa * a**2 / 2 + tau * a**3 / 6 + chi * a**4 / 24 for a in (saddle, other))
    assert 0 < energy < top
    given = wells(energy, top, other)
    if upper:
        # the same seen from there, along -A: its derivatives
        given = wells(-energy, top - energy, other)
        kappa, tau, saddle = kappa + tau * other + chi * other**2 / 2, -(tau + chi * other), other - saddle
        s = -tau / np.sqrt(3 * kappa * chi)
        assert s > 1
    found = given.quartic
    assert given.top[0] == pytest.approx(top)
    assert (given.asymmetry[0], given.saddle[0]) == pytest.approx((s, saddle / other), rel=1e-8)
    assert (found.kappa[0], found.tau[0], found.chi[0]) == pytest.approx((kappa, tau, chi), rel=1e-8)


def test_levels_of_a_way_are_those_of_its_potential_on_a_grid():
    """Both wells in the coordinate of the way, with unit mass, by finite differences."""
    given, planck = wells(0.002, 0.01, 1.3), 0.02
    found = given.quartic
    a = np.linspace(-0.9, 2.2, 4001)
    v = found.kappa * a**2 / 2 + found.tau * a**3 / 6 + found.chi * a**4 / 24
    kinetic = planck**2 / 2 / (a[1] - a[0]) ** 2
    levels = eigh_tridiagonal(2 * kinetic + v, np.full(len(a) - 1, -kinetic), select="i", select_range=(0, 3))[0]
    w, d_1, d_2 = (part[0] for part in found.soft_potential(planck))
    assert np.diff(w * energy_levels(d_1, d_2, 4)) == pytest.approx(np.diff(levels), rel=1e-4)


def test_symmetric_way_splits_as_one_instanton_says():
    w, d_1, d_2 = (part[0] for part in wells(0.0, 0.02, 1.0).quartic.soft_potential(0.015))
    assert d_1 == pytest.approx(0, abs=1e-9)
    assert w * d_2**2 / 4 == pytest.approx(0.02)
    assert np.diff(energy_levels(0.0, d_2, 2))[0] == pytest.approx(tunnel_splitting(d_2**2 / 4), rel=0.02)


def test_wells_without_a_way_have_no_quartic():
    lost = wells([0.1, 0.1, -1.0, -1.0], [0.2, np.nan, 0.01, 0.0], [np.nan, np.nan, 2.0, 2.0])
    assert np.isnan(lost.quartic.chi).tolist() == [True, True, False, True]
    assert np.isnan(lost.asymmetry).tolist() == [False, True, False, True]
    with pytest.raises(ValueError, match="^energy, barrier, .*participation_number must have one shape, got "):
        DoubleWells(energy=[1.0], barrier=[1.0], distance=[1.0], length=[1.0, 2.0], participation_number=[1.0])


@pytest.fixture(scope="module")
def vacancy():
    """An fcc crystal without an atom, the motion of a neighbour to its place, and the same before it relaxed."""
    crystal = lattice("fcc", 3)
    bonds = crystal.bonds(0)
    neighbour = np.argsort(np.linalg.norm(bonds, axis=1))[1]
    motion = np.zeros((107, 3))
    motion[neighbour - 1] = -bonds[neighbour]
    # else all others could come to meet it
    motion -= motion.mean(axis=0)
    lattice_places = Configuration(crystal.positions[1:], crystal.box, SHORT)
    return minimize(lattice_places), motion, lattice_places


def test_minimum_across_a_direction_moves_nowhere_along_it(vacancy):
    crystal, motion, _ = vacancy
    pushed = crystal.moved(crystal.positions + 0.2 * motion)
    held = minimize(pushed, across=motion, tolerance=1e-9)
    assert np.vdot(held.positions - pushed.positions, motion) == pytest.approx(0, abs=1e-12)
    forces = SHORT.forces(held)
    along = np.vdot(forces, motion) / np.vdot(motion, motion)
    assert along < 0
    np.testing.assert_allclose(forces, along * motion, atol=1e-8)
    with pytest.raises(ValueError, match=r"^across must be a non-zero array of shape \(107, 3\), got \(107, 3\)$"):
        minimize(pushed, across=0 * motion)


def test_atom_beside_a_vacancy_has_a_symmetric_well_and_the_barrier_of_the_middle(vacancy):
    """By symmetry the saddle has the atom in the middle: what relaxes around it there is no search for a way."""
    crystal, motion, ideal = vacancy
    length = np.linalg.norm(motion)
    found = double_wells(crystal, quartic([0.36], [0.0], [12.0]), motion[None] / length)
    middle = minimize(ideal.moved(ideal.positions + motion / 2), across=motion, tolerance=1e-8)
    assert np.abs(SHORT.forces(middle)).max() < 1e-7
    barrier = SHORT.energy(middle) - SHORT.energy(crystal)
    assert normal_modes(middle, count=2).eigenvalues[0] < 0 < normal_modes(middle, count=2).eigenvalues[1]
    # pushed the other way, it may come back to the same crystal on a longer way
    hop = np.argmin(found.distance)
    assert found.energy[hop] == pytest.approx(0, abs=1e-9)
    assert found.barrier[hop] == pytest.approx(barrier, rel=1e-4)
    assert found.asymmetry[hop] == pytest.approx(1, abs=1e-6)
    # the neighbours give way and come back: the way is longer than the line
    assert 1 < found.length[hop] / found.distance[hop] < 1.5


@pytest.mark.slow
def test_shipped_wells_are_found_again_in_a_structure_that_is_there():
    stored, swaps = load_ensembles().wells, load_ensembles().swaps[6, 500]
    assert stored.parameters == swaps.parameters
    chains, parents = np.nonzero(np.isfinite(stored.length[: len(swaps.positions)]).any(axis=-1))
    from softmodes.ensembles.soft_spots import PARENTS, _wells

    again = _wells(swaps.structure(chains[0], PARENTS[parents[0]]))
    for name, values in again.items():
        np.testing.assert_allclose(getattr(stored, name)[chains[0], parents[0]], values, rtol=1e-4, atol=1e-7)


def test_wells_are_stored_as_they_say_of_themselves():
    stored = load_ensembles().wells
    found = np.isfinite(stored.energy)
    assert np.all(found == np.isfinite(stored.distance))
    # a way has a barrier, a barrier is above both minima
    assert np.all(np.isfinite(stored.barrier[np.isfinite(stored.length)]))
    crossed = np.isfinite(stored.barrier)
    assert np.all(stored.barrier[crossed] >= np.maximum(stored.energy[crossed], 0))
    assert np.all(stored.length[np.isfinite(stored.length)] >= stored.distance[np.isfinite(stored.length)])
    assert np.all(found.sum(axis=-1) <= 2 * stored.modes)
    for place in (0, 1):
        w, asymmetry, spacing = splittings(stored, place, 0.015)
        known = np.isfinite(spacing)
        # of two levels that repel each other, or of one well
        assert np.all(spacing[known] > 0.9 * np.minimum(asymmetry, w)[known])
