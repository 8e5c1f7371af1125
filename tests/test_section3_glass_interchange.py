"""Section 3 beyond the paper: modes of structures which others made, with their units."""

import gzip

import numpy as np
import pytest

from softmodes.glass import modes_from_ase, modes_from_hessian, modes_from_lammps

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
