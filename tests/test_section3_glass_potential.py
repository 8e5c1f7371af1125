"""Section 3: the r^-6 potential of eq. 9, against lattice sums, finite differences and scaling laws."""

import pickle
from inspect import signature

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import softmodes
from softmodes.glass import (
    Configuration,
    InherentStructure,
    InversePower,
    inherent_structure,
    inverse_power,
    lattice,
    make_glass,
    melt,
    minimize,
    quench,
    smooth_inverse_power,
    velocity_verlet,
)
from softmodes.modes import LinearResponse, elastic_moduli, normal_modes, pseudoharmonic_modes
from softmodes.paper.printed import printed

POTENTIALS = [
    inverse_power,
    InversePower(continuity=3),
    InversePower(exponent=12, cutoff=2.5),
    InversePower(exponent=7),
]


@pytest.fixture(scope="module")
def disordered():
    """A crystal shaken hard enough that no symmetry hides an error."""
    crystal = lattice("fcc", 4)
    return crystal.moved(crystal.positions + np.random.default_rng(1).normal(scale=0.08, size=(256, 3)))


def lattice_sum(structure, power, cutoff):
    """Sum of r^power over the neighbours of one atom within the cutoff, at density 1, by plain enumeration."""
    basis = lattice(structure, 1)
    corners = np.stack(np.meshgrid(*[np.arange(-8, 9)] * 3), axis=-1).reshape(-1, 3)
    r = np.linalg.norm((corners[:, None] * basis.box + basis.positions - basis.positions[0]).reshape(-1, 3), axis=1)
    return np.sum(r[(r > 0) & (r < cutoff)] ** power)


def test_cutoff_of_laird_and_schober():
    # A = 1.5 / 3^10 and B = -2.5 / 3^6 from u(3) = u'(3) = 0
    np.testing.assert_allclose(inverse_power.tail, [-2.5 / 3**6, 0, 1.5 / 3**10, 0], rtol=1e-13)


def test_pair_exponent_is_the_printed_one():
    assert inverse_power.exponent == printed("pair exponent").value


def test_freezing_and_melting_are_those_of_the_exponent_or_not_known():
    """At the density of the freezing liquid the temperature is 1, and it goes with the square of the density."""
    assert inverse_power.freezing * 2.295**2 == pytest.approx(1)
    assert inverse_power.melting == InversePower(continuity=3).melting == pytest.approx(0.186, abs=5e-4)
    for name in ("freezing", "melting"):
        with pytest.raises(ValueError, match="^exponent must be 6 for freezing and melting to be known, got 12$"):
            getattr(InversePower(exponent=12), name)


@pytest.mark.parametrize("potential", POTENTIALS)
def test_promised_derivatives_vanish_at_the_cutoff_and_no_more(potential):
    # just inside, a continuous derivative has fallen to its slope times the distance
    inside = potential.cutoff * (1 - 1e-9)
    sizes = [abs(potential.pair(inside, order)) for order in range(potential.continuity + 2)]
    assert max(sizes[:-1]) < 1e-8 < sizes[-1]


@pytest.mark.parametrize(("structure", "cells", "energy"), [("fcc", 4, 3.393352), ("bcc", 5, 3.410419)])
def test_lattice_energies(structure, cells, energy):
    crystal = lattice(structure, cells)
    found = inverse_power.energy(crystal) / len(crystal.positions)
    assert found == pytest.approx(energy, abs=5e-7)
    terms = [lattice_sum(structure, p, 3.0) for p in (-6, 0, 4)]
    assert found == pytest.approx(0.5 * np.dot([1, -2.5 / 3**6, 1.5 / 3**10], terms), rel=1e-13)


def test_einstein_frequency_of_fcc():
    crystal = lattice("fcc", 4)
    squared = inverse_power.hessian(crystal).trace() / (3 * 256)
    # the mean curvature of a pair is (u'' + 2 u'/r) / 3: 10 r^-8 and, from the cutoff, 20/3 A r^2
    exact = 10 * lattice_sum("fcc", -8, 3.0) + 20 / 3 * 1.5 / 3**10 * lattice_sum("fcc", 2, 3.0)
    assert squared == pytest.approx(exact, rel=1e-12)
    # 1.134 is the frequency without a cutoff, whose small repulsion adds 0.001
    assert np.sqrt(10 * lattice_sum("fcc", -8, 8.0)) / (2 * np.pi) == pytest.approx(1.134, abs=5e-4)
    assert np.sqrt(squared) / (2 * np.pi) == pytest.approx(1.134, abs=2e-3)


@pytest.mark.parametrize("potential", POTENTIALS)
def test_forces_are_minus_the_slope_of_the_energy(disordered, potential):
    direction, h = np.random.default_rng(2).normal(size=(256, 3)), 1e-5
    ahead, behind = (potential.energy(disordered.moved(disordered.positions + s * h * direction)) for s in (1, -1))
    # rounding of an energy near 1e3 over 2e-5 limits the difference quotient
    assert np.vdot(potential.forces(disordered), direction) == pytest.approx(-(ahead - behind) / (2 * h), rel=1e-7)


@pytest.mark.parametrize("potential", POTENTIALS)
def test_hessian_is_minus_the_slope_of_the_forces(disordered, potential):
    direction, h = np.random.default_rng(3).normal(size=(256, 3)), 1e-5
    ahead, behind = (potential.forces(disordered.moved(disordered.positions + s * h * direction)) for s in (1, -1))
    product = (potential.hessian(disordered) @ direction.ravel()).reshape(-1, 3)
    # where u'' jumps, a pair that crosses the cutoff shows up: only the smooth potential agrees to rounding
    jump = 2e-7 if potential.continuity == 3 else 1e-3
    np.testing.assert_allclose(product, -(ahead - behind) / (2 * h), atol=jump * np.abs(product).max())


def test_hessian_is_symmetric_and_blind_to_translations(disordered):
    hessian = inverse_power.hessian(disordered)
    size = abs(hessian).max()
    assert abs(hessian - hessian.T).max() < 1e-14 * size
    assert np.abs(hessian @ np.tile(np.eye(3), (256, 1))).max() < 1e-13 * size


@pytest.mark.parametrize("factor", [0.8, 1.3])
def test_eigenvalues_scale_as_density_to_the_8_3_without_cutoff(disordered, factor):
    # without a cutoff only r^-6 sets a scale, u'' ~ r^-8; scaling the cutoff along cancels its constants
    stretched = Configuration(disordered.positions * factor ** (-1 / 3), disordered.box * factor ** (-1 / 3))
    scaled = InversePower(cutoff=3 * factor ** (-1 / 3))
    ratio = scaled.hessian(stretched).trace() / inverse_power.hessian(disordered).trace()
    assert ratio == pytest.approx(factor ** (8 / 3), rel=1e-12)


@given(st.integers(0, 2**32), st.floats(-20, 20), st.sampled_from([(6.5, 6.5, 6.5), (6.1, 9.0, 15.5)]))
def test_energy_does_not_depend_on_origin_or_image(seed, shift, box):
    rng = np.random.default_rng(seed)
    # a hard core keeps random points apart, else one close pair swamps all digits
    positions = lattice("sc", 6).positions[:200] + rng.uniform(-0.2, 0.2, (200, 3))
    images = positions + shift + rng.integers(-2, 3, (200, 3)) * box
    energies = [inverse_power.energy(Configuration(p, box)) for p in (positions, images)]
    assert energies[1] == pytest.approx(energies[0], rel=1e-10)


def test_linked_cells_and_plain_list_find_the_same_pairs():
    # four cells of 3.6 fit along an edge from 14.4 on
    rng = np.random.default_rng(4)
    positions = rng.uniform(0, 15, (1200, 3))
    offsets, neighbours = inverse_power.pairs(Configuration(positions, 15.0), skin=0.6)
    bonds = positions[:, None] - positions
    near = np.linalg.norm(bonds - 15 * np.rint(bonds / 15), axis=-1) < 3.6
    np.fill_diagonal(near, False)
    np.testing.assert_array_equal(np.diff(offsets), near.sum(axis=1))
    for i in (0, 599, 1199):
        np.testing.assert_array_equal(
            np.sort(neighbours[int(offsets[i]) : int(offsets[i + 1])]), np.flatnonzero(near[i])
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Configuration([[0, 0, np.nan]], 6), "positions must be finite, got .* for atom 0"),
        (lambda: Configuration(np.zeros((4, 2)), 6), r"positions must have shape \(n, 3\) with n >= 1, got \(4, 2\)"),
        (lambda: Configuration(np.zeros((4, 3)), -1), "box must be one or three positive finite edges, got -1"),
        (lambda: Configuration(np.zeros((4, 3)), [6, 6]), "box must be one or three positive finite edges"),
        (lambda: inverse_power.energy(lattice("sc", 5)), "box must be at least 2 x cutoff = 6 along every edge, got 5"),
        (lambda: InversePower(exponent=40), "exponent must be an integer from 1 to 31, got 40"),
        (lambda: InversePower(cutoff=-3.0), "cutoff must be positive and finite, got -3.0"),
        (lambda: InversePower(continuity=4), "continuity must be 1, 2 or 3, got 4"),
        (lambda: lattice("hcp", 3), "structure must be one of sc, bcc, fcc, got 'hcp'"),
        (lambda: lattice("fcc", 0), "cells must be an integer of at least 1, got 0"),
        (lambda: melt(100, rng=1), r"n must be at least 216 at density 1 \(box of two cutoffs\), got 100"),
        (lambda: melt(216, rng=1, temperature=-1), "temperature must be positive and finite, got -1.0"),
        (lambda: melt(216.5, rng=1), "n must be an integer of at least 1, got 216.5"),
        (lambda: minimize(lattice("fcc", 4), tolerance=0), "tolerance must be positive and finite, got 0.0"),
        (lambda: minimize(lattice("fcc", 4), steps=0), "steps must be an integer of at least 1, got 0"),
    ],
)
def test_bad_input_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as refusal:
        call()
    assert "\n" not in str(refusal.value)


@pytest.mark.slow
def test_what_was_made_with_another_exponent_is_taken_apart_with_it(steep):
    """Nothing is said of the potential: the structure knows its own."""
    glass = steep
    assert normal_modes(glass).eigenvalues[0] > 0
    np.testing.assert_allclose(minimize(glass).positions, glass.positions, atol=1e-9)
    # of the smoother cutoff that it needs, of that exponent
    with pytest.raises(RuntimeError, match=r"minimize it with potential=InversePower\(exponent=12, .*continuity=3\)"):
        LinearResponse(glass)
    nearer = InversePower(exponent=12, cutoff=2.5)
    for work in (normal_modes, elastic_moduli, LinearResponse, inherent_structure):
        with pytest.raises(ValueError, match="^potential must have the exponent of the structure, 12, got 6$"):
            work(glass, potential=inverse_power)
        with pytest.raises(ValueError, match="^potential must have the cutoff of the structure, 3, got 2.5$"):
            work(glass.configuration, potential=nearer)


STEEP = InversePower(exponent=12)
SMOOTH = InversePower(exponent=12, continuity=3)
PUSH = np.random.default_rng(1).normal(scale=0.1, size=(216, 3))


def takers():
    """What is public and takes a structure, by name, but for what asks only where the atoms are."""
    rooms = softmodes.glass, softmodes.modes, softmodes.ensembles
    named = {name: getattr(room, name) for room in rooms for name in room.__all__}
    others = "InherentStructure", "bond_order", "DamagedFile"
    calls = {name: each for name, each in named.items() if callable(each) and name not in others}
    kinds = "Structure", "configuration.Configuration"
    return {
        name: each
        for name, each in calls.items()
        if any(kind in str(parameter) for parameter in signature(each).parameters.values() for kind in kinds)
    }


def alike(state):
    """The same atoms as a mixture of equals."""
    return Configuration(state.positions, state.box, state.potential, np.ones(len(state.positions)))


# A number of each, which depends on the potential.
RESULTS = {
    "LinearResponse": lambda call, state, **p: call(state, **p).stiffness(PUSH),
    "anharmonic_modes": lambda call, state, **p: call(state, 1, **p).chi,
    "double_wells": lambda call, state, **p: call(state, *pseudoharmonic_modes(state, 1, **p), **p).energy.sum(),
    "elastic_moduli": lambda call, state, **p: call(state, **p).shear,
    "inherent_structure": lambda call, state, **p: call(state, **p).energy,
    "minimize": lambda call, state, **p: inverse_power.energy(call(state, tolerance=1e-3, **p)),
    "mode_derivatives": lambda call, state, **p: call(state, PUSH[None], **p)[0],
    "normal_modes": lambda call, state, **p: call(state, count=1, **p).eigenvalues,
    "pseudoharmonic_modes": lambda call, state, **p: call(state, 1, **p)[0].kappa,
    "quench": lambda call, state, **p: inverse_power.energy(call(state, cooling_steps=20, rng=1, **p)),
    "softening_path": lambda call, state, **p: call(state, PUSH, [0.95], **p).energy,
    "square_displacements": lambda call, state, **p: call(state, PUSH, [10], **p),
    "swap_monte_carlo": lambda call, state, **p: call(alike(state), 0.1, rng=1, sweeps=1, **p)[1],
    "velocity_verlet": lambda call, state, **p: call(state, PUSH, steps=10, **p)[2],
}


@pytest.fixture(scope="module")
def steep():
    """A glass of r^-12."""
    return make_glass(216, rng=1, steps=200, potential=STEEP)


def relax(structure, potential):
    return minimize(structure, potential=potential)


def forms(structure):
    """What else the same atoms can come as."""
    return structure.moved(structure.positions), pickle.loads(pickle.dumps(structure))


def forms_of_minimum(glass):
    return glass.configuration, minimize(glass), *forms(glass)


def outcome(name, state, **potential):
    """A number, or why there is none."""
    try:
        return RESULTS[name](takers()[name], state, **potential)
    except (ValueError, RuntimeError) as error:
        return str(error)


def like(said, rel):
    return said if isinstance(said, str) else pytest.approx(said, rel=rel)


def test_takers_of_a_configuration_leave_the_potential_to_it():
    assert takers().keys() == RESULTS.keys()
    for taker in takers().values():
        call = signature(taker).parameters
        assert "configuration" in call
        assert call["potential"].default is None


def test_states_of_another_exponent_know_it(steep):
    states = steep, *forms_of_minimum(steep), steep.liquid, *forms(steep.liquid)
    made = melt(216, rng=1, steps=1, potential=STEEP), quench(steep), velocity_verlet(steep.liquid, PUSH, steps=1)[0]
    assert {state.potential for state in (*states, *made)} == {STEEP}
    # what starts from positions may go on under another
    assert relax(steep, SMOOTH).potential == SMOOTH
    assert quench(steep.liquid, potential=inverse_power).potential == inverse_power
    bare = Configuration(steep.positions, steep.box)
    assert (bare.potential, minimize(bare, tolerance=10).potential) == (None, inverse_power)
    with pytest.raises(ValueError, match="^potential must be an InversePower, got 12$"):
        Configuration(steep.positions, steep.box, 12)


def test_inherent_structures_are_minima_of_the_potential_of_their_configuration(steep):
    bare, signs = Configuration(steep.positions, steep.box), {"energy": 0, "order": 0, "excess": 0}
    for state, own in ((relax(steep, SMOOTH), SMOOTH), (bare, inverse_power)):
        found = InherentStructure(configuration=state, liquid=bare, **signs)
        assert [each.potential for each in (found, found.configuration, found.liquid)] == [own] * 3


@pytest.mark.slow
@pytest.mark.parametrize("name", takers())
def test_nothing_need_be_said_of_the_potential_of_a_structure(steep, name):
    """Whatever form it has: the result is that of its own exponent, and not that of the paper's."""
    own, papers = STEEP, inverse_power
    if name in ("LinearResponse", "softening_path"):
        # of a minimum of the smoother cutoff alone
        own, papers = SMOOTH, smooth_inverse_power
    glass = inherent_structure(relax(steep, own), liquid=steep.liquid)
    for states in (glass, *forms_of_minimum(glass)), (glass.liquid, *forms(glass.liquid)):
        bare = Configuration(states[0].positions, states[0].box)
        said = outcome(name, bare, potential=own)
        assert [outcome(name, state) for state in states] == [like(said, 1e-6)] * len(states)
        assert outcome(name, bare, potential=papers) != like(said, 1e-3)
    assert not isinstance(outcome(name, glass), str)
