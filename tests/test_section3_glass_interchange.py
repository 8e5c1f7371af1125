"""Section 3 beyond the paper: modes of structures which others made, with their units."""

import gzip

import numpy as np
import pytest

from softmodes.modes import modes_from_ase, modes_from_hessian, modes_from_lammps

# sqrt(eV / (angstrom^2 u)) / 2 pi in THz
THZ = np.sqrt(1.602176634e-19 / 1.66053906660e-27 / 1e-20) / (2 * np.pi) / 1e12


@pytest.fixture
def copper():
    """A relaxed vacancy in copper, 31 atoms, with its calculator."""
    from ase.build import bulk
    from ase.calculators.emt import EMT
    from ase.optimize import BFGS

    atoms = bulk("Cu", "fcc", a=3.6, cubic=True).repeat(2)
    del atoms[0]
    atoms.calc = EMT()
    BFGS(atoms, logfile=None).run(fmax=1e-4)
    return atoms


@pytest.fixture
def dynamical_matrix(tmp_path):
    """Writes a matrix the way LAMMPS does: three numbers to a line, eight decimals."""

    def write(matrix, name="dynmat.dat"):
        text = "\n".join(" ".join(f"{x:.8f}" for x in line) for line in np.reshape(matrix, (-1, 3))).encode()
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
        return tmp_path / name

    return write


def test_dimer_vibrates_at_its_textbook_frequency():
    import ase
    from ase.calculators.morse import MorsePotential

    # curvature 2 epsilon rho0^2 / r0^2 at the minimum, both masses 14.007 u
    dimer = ase.Atoms("N2", positions=[[0, 0, 0], [0, 0, 1.1]])
    modes = modes_from_ase(dimer, calculator=MorsePotential(epsilon=9.9, rho0=3.0, r0=1.1), displacement=1e-3)
    stretch = np.sqrt(2 * 9.9 * 9 / 1.1**2 * 2 / 14.007) * THZ
    assert modes.frequencies[-1] == pytest.approx(stretch, rel=1e-4)
    # the two rotations of a linear molecule stay, zero but for the square of the displacement
    assert np.abs(modes.frequencies[:2]).max() < 1e-2 * stretch
    assert modes.participation_number[-1] == pytest.approx(2)


@pytest.mark.slow
def test_frequencies_agree_with_those_of_ase(copper, tmp_path):
    from ase import units
    from ase.vibrations import Vibrations

    modes = modes_from_ase(copper)
    vibrations = Vibrations(copper, name=str(tmp_path / "vibrations"))
    vibrations.run()
    # h nu in eV; ase keeps the translations, at zero
    theirs = np.sort(vibrations.get_energies().real)[3:] / (units._hplanck / units._e) / 1e12
    np.testing.assert_allclose(modes.frequencies, theirs, rtol=1e-4)
    assert modes.unstable == 0


@pytest.mark.slow
def test_structure_can_come_from_a_file(copper, tmp_path):
    from ase.calculators.emt import EMT

    copper.write(tmp_path / "copper.cif")
    from_file = modes_from_ase(tmp_path / "copper.cif", calculator=EMT(), count=3, tolerance=0.1)
    # a cif keeps fewer digits than a float
    np.testing.assert_allclose(from_file.frequencies, modes_from_ase(copper, count=3).frequencies, rtol=1e-3)


@pytest.mark.slow
def test_structure_away_from_its_minimum_is_said_so_and_left_alone(copper):
    copper.rattle(0.02, seed=1)
    before = copper.get_positions()
    with pytest.warns(UserWarning, match=r"not at a minimum: largest force component \d.* above 0.01; minimise first"):
        modes_from_ase(copper)
    np.testing.assert_array_equal(copper.get_positions(), before)


def test_structure_without_calculator_is_refused(copper):
    copper.calc = None
    with pytest.raises(ValueError, match="calculator must be an ASE calculator, got None"):
        modes_from_ase(copper)


@pytest.mark.parametrize("name", ["dynmat.dat", "dynmat.gz"])
def test_dynamical_matrix_of_lammps_in_reduced_units(dynamical_matrix, name):
    # springs of random strength between all pairs of twenty atoms
    strengths = np.random.default_rng(2).uniform(size=(20, 20, 3, 3))
    pairs = strengths + strengths.transpose(1, 0, 3, 2)
    blocks = np.einsum("ij,iab->ijab", np.eye(20), pairs.sum(axis=1)) - pairs
    hessian = blocks.transpose(0, 2, 1, 3).reshape(60, 60)
    hessian = (hessian + hessian.T) / 2
    modes = modes_from_lammps(dynamical_matrix(hessian @ hessian, name), units="lj")
    # eight decimals, summed over a row of sixty
    np.testing.assert_allclose(modes.eigenvalues, modes_from_hessian(hessian @ hessian).eigenvalues, atol=1e-6)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("metal", THZ),
        # 1 kcal/mol = 4184 J / N_A
        ("real", np.sqrt(4184 / 6.02214076e23 / 1.66053906660e-27 / 1e-20) / (2 * np.pi) / 1e12),
        # 10 J / (mol angstrom^2 g/mol) = 1e24 / s^2
        ("eskm", 1 / (2 * np.pi)),
        ("lj", 1 / (2 * np.pi)),
    ],
)
def test_units_of_lammps(dynamical_matrix, units, expected):
    # two atoms of equal mass on a spring of stiffness 1/2: omega^2 = 1
    path = dynamical_matrix(np.kron([[0.5, -0.5], [-0.5, 0.5]], np.eye(3)))
    np.testing.assert_allclose(modes_from_lammps(path, units=units).frequencies, expected, rtol=1e-8)


def test_masses_tell_how_unequal_atoms_translate(dynamical_matrix):
    rng, masses = np.random.default_rng(1), np.array([1.0, 4.0, 9.0])
    pairs = np.kron(3 * np.eye(3) - 1, np.diag(rng.uniform(1, 2, 3)))
    root = np.repeat(np.sqrt(masses), 3)
    found = modes_from_lammps(dynamical_matrix(pairs / np.outer(root, root)), units="lj", masses=masses)
    np.testing.assert_allclose(found.eigenvalues, modes_from_hessian(pairs, masses=masses).eigenvalues, atol=1e-7)


def test_unstable_modes_are_announced(dynamical_matrix):
    path = dynamical_matrix(np.kron([[-0.5, 0.5], [0.5, -0.5]], np.eye(3)))
    with pytest.warns(UserWarning, match=r"not at a minimum: 3 unstable modes, the lowest at nu = -0.159"):
        assert modes_from_lammps(path, units="lj").unstable == 3


# the two atoms in the middle of a chain of four whose ends are held, unit springs
PINNED = np.kron([[2, -1], [-1, 2]], np.eye(3))
# masses 1 and 4 on a unit spring, divided by the masses
UNEQUAL = np.kron([[1, -0.5], [-0.5, 0.25]], np.eye(3))


@pytest.mark.parametrize(
    ("matrix", "masses", "expected", "translations"),
    [
        (PINNED, None, [1, 1, 1, 3, 3, 3], 0),
        (UNEQUAL, None, [1.25] * 3, 3),
        (UNEQUAL, [1, 4], [1.25] * 3, 3),
        # on a plane that holds z
        (UNEQUAL + np.diag([0, 0, 0.3] * 2), None, [0.3, 1.25, 1.25, 1.55], 2),
        # two such pairs apart, and one beside atoms that are held
        (np.kron(np.eye(2), UNEQUAL), None, [0] * 3 + [1.25] * 6, 3),
        (np.block([[UNEQUAL, np.zeros((6, 6))], [np.zeros((6, 6)), PINNED]]), None, [0] * 3 + [1] * 3 + [1.25] * 3, 0),
        (np.diag([3, 1, 2]), None, [1, 2, 3], 0),
    ],
)
def test_translations_of_a_group_are_left_out_where_they_cost_nothing(
    dynamical_matrix, matrix, masses, expected, translations
):
    found = modes_from_lammps(dynamical_matrix(matrix), units="lj", masses=masses)
    np.testing.assert_allclose(found.eigenvalues[: len(expected)], expected, atol=1e-12)
    assert found.translations == translations
    assert len(found.eigenvalues) == len(matrix) - translations


def test_group_held_softly_by_its_neighbours_keeps_its_softest_modes(dynamical_matrix):
    chain = np.kron(2 * np.eye(4) - np.eye(4, k=1) - np.eye(4, k=-1) - np.diag([1, 0, 0, 1]), np.eye(3))
    found = modes_from_lammps(dynamical_matrix(chain + 2e-6 * np.eye(12)), units="lj")
    np.testing.assert_allclose(found.eigenvalues[:4], [2e-6] * 3 + [2 - 2**0.5], rtol=1e-5)
    assert found.translations == 0


@pytest.mark.parametrize("noise", [1e-5, 1e-3, 3e-3])
@pytest.mark.parametrize("seed", range(3))
def test_rough_file_loses_its_translations_in_all_directions(dynamical_matrix, noise, seed):
    chain = np.kron(2 * np.eye(4) - np.eye(4, k=1) - np.eye(4, k=-1) - np.diag([1, 0, 0, 1]), np.eye(3))
    rough = chain + noise * np.random.default_rng(seed).normal(size=(12, 12))
    found = modes_from_lammps(dynamical_matrix(rough), units="lj")
    assert found.translations == 3
    np.testing.assert_allclose(found.eigenvalues[:3], 2 - 2**0.5, atol=5 * noise)


def test_binary_file_of_lammps_is_read(tmp_path):
    for name, matrix, pack in (("held", PINNED, bytes), ("free.gz", UNEQUAL, gzip.compress)):
        (tmp_path / name).write_bytes(pack(matrix.astype("<f8").tobytes()))
        found = modes_from_lammps(tmp_path / name, units="lj")
        np.testing.assert_allclose(found.eigenvalues, [1, 1, 1, 3, 3, 3] if name == "held" else 1.25, rtol=1e-14)


def test_files_that_are_no_dynamical_matrix_are_refused(dynamical_matrix, tmp_path):
    with pytest.raises(ValueError, match=r"must hold \(3n\)\^2 numbers, three to a line, got 12"):
        modes_from_lammps(dynamical_matrix(np.ones(12)))
    (tmp_path / "words").write_text("one two three " * 12)
    with pytest.raises(ValueError, match="must hold numbers only; was it written with the option binary"):
        modes_from_lammps(tmp_path / "words")
    with pytest.raises(ValueError, match="units must be one of metal, real, eskm, lj, got 'si'"):
        modes_from_lammps(tmp_path / "words", units="si")
    with pytest.raises(ValueError, match=r"masses must have shape \(2,\), got \(1,\)"):
        modes_from_lammps(dynamical_matrix(np.eye(6)), masses=[1.0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must hold .* numbers, three to a line, got 0"),
        (b"1 1 2 1 1    0.1 0.2 0.3\n" * 9, "must be a file of dynamical_matrix, got one of the command third_order"),
        (b"LAMMPS data file\n\n2 atoms\n", "must hold numbers only"),
        (b"1.0D+00 0 0\n" * 12, "must hold numbers only"),
        (b"nan 0 0\n" * 12, "must hold finite numbers, got nan or inf"),
        (np.full(36, np.inf).tobytes(), "must hold finite numbers, got nan or inf"),
        (PINNED.tobytes()[:-1], r"must hold text or numbers of eight bytes \(binary yes\), got 287 bytes"),
        (PINNED.tobytes()[:-8], r"must hold \(3n\)\^2 numbers, three to a line, got 35"),
        (PINNED.astype(">f8").tobytes(), "must hold little-endian numbers, got .*e-3.. for the largest"),
        (b"PK\x03\x04" + bytes(284), "must be a file of dynamical_matrix, got a zip archive, as .npz; modes_from"),
        (b"\x93NUMPY" + bytes(282), "must be a file of dynamical_matrix, got an array of NumPy, .npy"),
        (gzip.compress(b"1 2 3\n" * 12, mtime=0)[:-4], "must be whole, got a damaged gzip file"),
    ],
)
def test_other_files_are_named_in_one_line(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match="file " + message) as refusal:
        modes_from_lammps(tmp_path / "file")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("path", [None, 3.5, ""])
def test_what_is_no_path_is_refused_by_name(path):
    with pytest.raises(ValueError, match="path must be the name of a file or folder, got"):
        modes_from_lammps(path)


def test_rows_in_another_order_than_columns_are_refused_and_an_error_of_differences_is_not(dynamical_matrix):
    with pytest.raises(ValueError, match="must be symmetric to 1e-2 of its largest entry, got 5.0e-01 of it between"):
        modes_from_lammps(dynamical_matrix(np.roll(PINNED, 3, axis=0) + 0.5 * np.roll(PINNED, 2, axis=0)))
    rough = PINNED.astype(float)
    rough[0, 3] += 1e-2
    found = modes_from_lammps(dynamical_matrix(rough), units="lj")
    np.testing.assert_allclose(found.eigenvalues, [1, 1, 1, 3, 3, 3], atol=1e-2)


def springs(structure, pairs, *, field=(0, 0, 0)):
    """A calculator: springs of 2 eV/angstrom^2 in all directions between pairs, and one from each atom to its place."""
    from ase.calculators.calculator import Calculator, all_changes

    places = structure.get_positions()

    class Springs(Calculator):
        implemented_properties = ("energy", "forces")

        def calculate(self, atoms=None, properties=("forces",), system_changes=all_changes):
            super().calculate(atoms, properties, system_changes)
            moved = atoms.positions - places
            forces = -np.asarray(field) * moved
            for i, j in pairs:
                forces[i] -= 2 * (moved[i] - moved[j])
                forces[j] -= 2 * (moved[j] - moved[i])
            self.results = {"energy": 0.0, "forces": forces}

    return Springs()


@pytest.fixture
def row():
    """Three copper atoms in a row on springs."""
    from ase import Atoms

    atoms = Atoms("Cu3", positions=[[0, 0, 0], [2.5, 0, 0], [5, 0, 0]])
    atoms.calc = springs(atoms, [(0, 1), (1, 2)])
    return atoms


def test_fixed_atoms_stay_out(row):
    from ase.constraints import FixAtoms

    row.set_constraint(FixAtoms([0, 2]))
    modes = modes_from_ase(row)
    np.testing.assert_allclose(modes.frequencies, 2 / np.sqrt(row.get_masses()[0]) * THZ, rtol=1e-9)
    np.testing.assert_allclose(modes.frequencies, 3.9223, atol=5e-5)
    np.testing.assert_allclose(modes.participation_number, 1)
    assert modes.eigenvectors.shape == (3, 3, 3)
    np.testing.assert_array_equal(modes.eigenvectors[:, [0, 2]], 0)
    assert (modes.held, modes.translations) == (6, 0)
    assert isinstance(row.constraints[0], FixAtoms)


def test_constraints_take_their_directions_and_no_others(row):
    from ase import constraints

    # masses on springs: omega^2 = 1 and 3 times k/m, three times each when free
    unit = 2 / row.get_masses()[0] * THZ**2
    free, plane = [1, 1, 1, 3, 3, 3], [1, 1, 3, 3]
    for constraint, expected, translations, held in (
        ([], free, 3, 0),
        ([constraints.FixCom()], free, 3, 0),
        ([constraints.FixCartesian([0, 1, 2], [False, False, True])], plane, 2, 3),
        ([constraints.FixedPlane([0, 1, 2], [1, 2, 3])], plane, 2, 3),
        ([constraints.FixedLine([0, 1, 2], [1, 2, 3])], [1, 3], 1, 6),
        # a line within a plane is a point where they cross
        ([constraints.FixedLine([0, 1], [0, 1, 1]), constraints.FixedPlane([0, 1], [0, 1, 1])], [1, 1, 1], 0, 6),
        # one atom on a line, its neighbours fixed
        ([constraints.FixAtoms([0, 2]), constraints.FixedLine([1], [1, 1, 0])], [2], 0, 8),
    ):
        row.set_constraint(constraint)
        found = modes_from_ase(row)
        np.testing.assert_allclose(found.frequencies**2, np.array(expected) * unit, rtol=1e-8)
        assert (found.translations, found.held) == (translations, held)


@pytest.mark.parametrize("name", ["FixBondLength", "Hookean"])
def test_constraints_that_are_no_directions_are_refused_by_name(row, name):
    from ase import constraints

    row.set_constraint(constraints.FixBondLength(0, 1) if name == "FixBondLength" else constraints.Hookean(0, 1, 1, 2))
    with pytest.raises(ValueError, match=f"constraints must be among FixAtoms, .* FixCom, got {name}"):
        modes_from_ase(row)


def test_field_from_outside_leaves_neither_translation_nor_rotation(row):
    from ase.constraints import FixCom

    for field, translations in (((0, 0, 0.1), 2), ((1e-3, 1e-3, 1e-3), 0)):
        row.calc = springs(row, [(0, 1), (1, 2)], field=field)
        found = modes_from_ase(row)
        assert (found.translations, found.rotations, len(found.frequencies)) == (translations, 0, 9 - translations)
        assert found.frequencies[0] == pytest.approx(np.sqrt(field[2] / row.get_masses()[0]) * THZ, rel=1e-6)
    row.set_constraint(FixCom())
    assert len(modes_from_ase(row).frequencies) == 6


@pytest.fixture(scope="module")
def water():
    from ase.build import molecule
    from ase.calculators.emt import EMT
    from ase.optimize import BFGS

    atoms = molecule("H2O")
    atoms.calc = EMT()
    BFGS(atoms, logfile=None).run(fmax=1e-3)
    return atoms


@pytest.mark.parametrize("displacement", [0.05, 0.01, 1e-4])
def test_rotations_of_a_free_molecule_are_no_unstable_modes(water, displacement):
    from ase.calculators.lj import LennardJones
    from ase.cluster import Icosahedron

    cluster = Icosahedron("Ar", 2, 1.55)
    # the icosahedron of 13 at its minimum: one distance from the centre to all
    cluster.positions *= 1.0798 / np.linalg.norm(cluster.positions - cluster.positions.mean(axis=0), axis=1).max()
    cluster.calc = LennardJones(rc=100)
    for structure, tolerance in ((water, 0.01), (cluster, 1)):
        found = modes_from_ase(structure, displacement=displacement, tolerance=tolerance)
        np.testing.assert_array_equal(found.frequencies[:3], 0)
        assert found.frequencies[3] > 1
        assert (found.translations, found.rotations, found.unstable) == (3, 3, 0)


def test_molecule_in_a_box_turns_and_one_that_is_fixed_turns_about_what_is_fixed(water):
    from ase.constraints import FixAtoms

    boxed = water.copy()
    boxed.set_cell([12, 12, 12])
    boxed.pbc = True
    boxed.center()
    boxed.calc = water.calc
    free = modes_from_ase(water, displacement=1e-3).frequencies[3:]
    found = modes_from_ase(boxed, displacement=1e-3)
    assert (found.translations, found.rotations) == (3, 3)
    np.testing.assert_allclose(found.frequencies[3:], free, rtol=1e-5)
    for fixed, turning in ([0], 3), ([0, 1], 1):
        boxed.set_constraint(FixAtoms(fixed))
        found = modes_from_ase(boxed, displacement=1e-3)
        assert (found.translations, found.rotations, len(found.frequencies)) == (0, turning, 9 - 3 * len(fixed))
        np.testing.assert_array_equal(found.frequencies[:turning], 0)
        assert found.frequencies[turning] > 1


@pytest.mark.parametrize("displacement", [0.02, 0.001])
def test_molecules_beyond_each_others_reach_move_freely(displacement):
    from ase import Atoms
    from ase.calculators.lj import LennardJones

    # 57.15 epsilon / sigma^2 at the minimum; turned against each other, as far as the forces reach and beyond that
    bond = 2 ** (1 / 6) * 3.4
    ends = np.array([[0, 0, 0], [bond, 0, 0], [0, 40, 0], [0.6 * bond, 40, 0.8 * bond], [80, 0, 0]])
    stretch = np.sqrt(2 * 36 * 2 ** (2 / 3) * 0.01 / 3.4**2 / 39.95) * THZ
    for reach in (10, 100):
        pairs = Atoms("Ar5", positions=ends, calculator=LennardJones(sigma=3.4, epsilon=0.01, rc=reach))
        pairs.set_masses([39.95] * 5)
        found = modes_from_ase(pairs, displacement=displacement)
        assert (found.translations, found.rotations, found.unstable) == (3, 10, 0)
        np.testing.assert_array_equal(found.frequencies[:10], 0)
        # 36 * 2^(2/3) epsilon / sigma^2, over half the mass
        np.testing.assert_allclose(found.frequencies[10:], stretch, rtol=2e-3)


def test_constrained_molecule_turns_about_the_point_that_moves_along_a_line_or_in_a_plane(water):
    from ase import constraints

    held = water.copy()
    held.calc = water.calc
    for constraint, translations, rotations in (
        (constraints.FixedLine(0, [1, 1, 0]), 1, 3),
        (constraints.FixedPlane([0], [0, 0, 1]), 2, 3),
        (constraints.FixedPlane([0, 1, 2], [1, 0, 0]), 2, 1),
        (constraints.FixAtoms([1, 2]), 0, 1),
        (constraints.FixCom(), 3, 3),
    ):
        held.set_constraint(constraint)
        for displacement in (0.05, 0.01):
            found = modes_from_ase(held, displacement=displacement)
            assert (found.translations, found.rotations) == (translations, rotations)
            np.testing.assert_array_equal(found.frequencies[:rotations], 0)
            assert found.frequencies[rotations] > 1


def test_force_of_a_constraint_that_bends_the_way_of_an_atom_costs_energy():
    from ase import Atoms
    from ase.calculators.calculator import Calculator, all_changes
    from ase.constraints import FixAtoms, FixedPlane

    class Bond(Calculator):
        implemented_properties = ("energy", "forces")

        def calculate(self, atoms=None, properties=("forces",), system_changes=all_changes):
            super().calculate(atoms, properties, system_changes)
            along = atoms.positions[1] - atoms.positions[0]
            length = np.linalg.norm(along)
            pull = 2 * (length - 1) * along / length
            self.results = {"energy": (length - 1) ** 2, "forces": np.array([pull, -pull])}

    # a spring of 2 eV/angstrom^2, stretched from 1 to 1.5 by the plane: 2 (1.5 - 1) / 1.5 against a shift in it
    pendulum = Atoms("Cu2", positions=[[0, 0, 0], [0, 0, 1.5]], calculator=Bond())
    pendulum.set_constraint([FixAtoms([0]), FixedPlane([1], [0, 0, 1])])
    found = modes_from_ase(pendulum)
    assert (found.translations, found.rotations) == (0, 0)
    np.testing.assert_allclose(found.frequencies, np.sqrt(2 / 3 / pendulum.get_masses()[1]) * THZ, rtol=1e-4)


def test_structure_in_a_soft_trap_keeps_its_softest_modes():
    from ase import Atoms

    row = Atoms("Ar4", positions=np.arange(4)[:, None] * [3.8, 0, 0])
    row.calc = springs(row, [(0, 1), (1, 2), (2, 3)], field=(1e-5, 1e-5, 1e-5))
    found = modes_from_ase(row)
    assert (found.translations, found.rotations) == (0, 0)
    np.testing.assert_allclose(found.frequencies[:3], np.sqrt(1e-5 / row.get_masses()[0]) * THZ, rtol=1e-6)


@pytest.mark.parametrize(
    ("disguise", "message"),
    [
        (lambda forces: forces + 0j, "must be real, got"),
        (lambda forces: np.ma.masked_less(forces, 1), "must have no masked elements, got"),
        (lambda forces: forces.astype(str), "must be a number or an array of numbers, got"),
        (lambda forces: None, "must be a number or an array of numbers, got None"),
    ],
)
def test_forces_that_are_no_real_numbers_are_refused_in_one_line(row, disguise, message):
    class Disguised(type(row.calc)):
        def get_forces(self, atoms=None):
            return disguise(super().get_forces(atoms))

    row.calc = Disguised()
    with pytest.raises(ValueError, match="forces of the calculator " + message) as refusal:
        modes_from_ase(row)
    assert "\n" not in str(refusal.value)


def test_rotation_of_a_molecule_away_from_its_minimum_is_a_mode_like_others(water):
    bent = water.copy()
    bent.rattle(0.05, seed=1)
    bent.calc = water.calc
    with pytest.warns(UserWarning, match="not at a minimum"):
        found = modes_from_ase(bent)
    assert (found.translations, found.rotations) == (3, 0)
    assert np.abs(found.frequencies).min() > 0


@pytest.mark.parametrize(
    ("displacement", "message"),
    [(1e-300, "from 1e-06 to 0.5 angstrom, got 1e-300"), (100, "from .* got 100"), (-1, "positive and finite, got -1")],
)
def test_displacements_that_give_no_derivative_are_refused(water, displacement, message):
    with pytest.raises(ValueError, match=f"displacement must be {message}"):
        modes_from_ase(water, displacement=displacement)


def test_structures_without_forces_of_other_positions_are_refused_in_one_line(water, tmp_path):
    from ase import Atoms
    from ase.calculators.emt import EMT
    from ase.calculators.lj import LennardJones
    from ase.io import read, write

    water.get_forces()
    write(tmp_path / "one.extxyz", water)
    write(tmp_path / "three.extxyz", [water] * 3)
    (tmp_path / "words.xyz").write_text("hello\nworld\n")
    massless = water.copy()
    massless.set_masses([0, 1, 1])
    for atoms, calculator, message in (
        (tmp_path / "one.extxyz", None, "calculator must give forces of displaced atoms, got stored ones"),
        (read(tmp_path / "one.extxyz"), None, "calculator must give forces of displaced atoms, got stored ones"),
        (tmp_path / "three.extxyz", EMT(), "must hold one structure, got 3; .*three.extxyz@-1 is the last"),
        ([water, water], EMT(), r"atoms must be one structure \(ase.Atoms\) or a file of one, got list"),
        (tmp_path / "words.xyz", EMT(), "must be a file that ASE can read, got XYZError"),
        (water, EMT, "calculator must be an ASE calculator, got <class"),
        (Atoms("Fe2", positions=[[0, 0, 0], [0, 0, 2]]), EMT(), "calculator must give forces of this structure, got"),
        (Atoms("H2", positions=np.zeros((2, 3))), LennardJones(), "calculator must give finite forces .* got .nan"),
        (Atoms("H2", positions=[[1e12, 0, 0], [1e12, 0, 9]]), LennardJones(), "positions must be nearer to the origin"),
        (Atoms(), EMT(), "atoms must be at least one atom, got none"),
        (
            Atoms("H"),
            LennardJones(),
            "modes must be left beside translations, got these alone, 3 of them; a single free atom",
        ),
        (massless, EMT(), "masses must be positive and finite, got 0.0"),
    ):
        with np.errstate(all="ignore"), pytest.raises(ValueError, match=message) as refusal:
            modes_from_ase(atoms, calculator=calculator)
        assert "\n" not in str(refusal.value)
    last = modes_from_ase(f"{tmp_path / 'three.extxyz'}@-1", calculator=EMT(), tolerance=1)
    np.testing.assert_allclose(last.frequencies, modes_from_ase(water).frequencies, atol=1e-2)


def test_constraint_on_an_atom_that_is_not_there_is_one_line():
    from ase import Atoms
    from ase.calculators.emt import EMT
    from ase.constraints import FixAtoms

    atoms = Atoms("Cu2", [[0, 0, 0], [2.2, 0, 0]], constraint=FixAtoms([7]))
    with pytest.raises(ValueError, match="^constraints must be on atoms 0 to 1, got index 7 is out of bounds"):
        modes_from_ase(atoms, calculator=EMT())


def test_numbers_are_not_written_with_underscores(tmp_path):
    (tmp_path / "held").write_text("1_0 0 0\n0 10 0\n0 0 10\n")
    with pytest.raises(ValueError, match="must hold numbers only"):
        modes_from_lammps(tmp_path / "held", units="lj")
