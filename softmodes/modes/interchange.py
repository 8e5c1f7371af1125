"""Modes of structures made elsewhere: any ASE calculator, a LAMMPS dynamical matrix.

Angular frequencies in rad/ps, so that frequencies nu are in THz; masses in u, lengths in angstrom, energies in eV.
"""

from __future__ import annotations

import gzip
import warnings
import zlib
from os import PathLike, fspath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import Avogadro as avogadro
from scipy.constants import angstrom, atomic_mass, calorie, elementary_charge, kilo, pico
from scipy.linalg import eigh

from softmodes.arguments import FilePath, finite, member, one, path_argument, positive, shown

from .eigenmodes import ASYMMETRY, COST, costless, eigenmodes, symmetric
from .force_differences import FreeMotions
from .normal import NormalModes

if TYPE_CHECKING:
    from ase import Atoms
    from ase.calculators.calculator import Calculator


_EV = elementary_charge / atomic_mass / angstrom**2 * pico**2
# (rad/ps)^2 of one unit of the file. "eskm" writes 10 J / (mol angstrom^2 u), which is 1 / ps^2: its manual says
# 1 / fs^2, its source does not. Reduced units have no ps.
_PER_UNIT = {
    "metal": _EV,
    "real": _EV * kilo * calorie / avogadro / elementary_charge,
    "eskm": 1.0,
    "lj": 1.0,
}
# The files have eight decimals: the sums of what is rounded scatter by 0.4 of the last.
_ROUNDED = 2e-8
# However rough the differences in a file are, what costs more than this part of the largest entry is no translation.
_ROUGHEST = 1e-3
# What other files of numbers begin with, some of which could be read as numbers of eight bytes.
_OTHERS = {b"PK\x03\x04": "a zip archive, as .npz", b"\x93NUMPY": "an array of NumPy, .npy", b"\x89HDF": "an HDF5 file"}
# Between them the differences of forces are neither rounding nor far from the derivative [angstrom].
_SHORTEST, _LONGEST = 1e-6, 0.5


def modes_from_ase(
    atoms: Atoms,
    *,
    calculator: Calculator | None = None,
    displacement: float = 0.01,
    tolerance: float = 0.01,
    count: int | None = None,
) -> NormalModes:
    """Find the normal modes of a structure by finite differences of an ASE calculator's forces.

    Parameters
    ----------
    atoms : ase.Atoms or path-like
        A structure, or a file of one which ASE can read; ``name@-1`` is the last of several.
    calculator : ase calculator, optional
        By default the one attached to `atoms`.
    displacement : float
        Of one atom at a time, both ways, from 1e-6 to 0.5 [angstrom].
    tolerance : float
        Largest force component of a structure at its minimum [eV/angstrom].
    count : int, optional
        Only so many of the softest modes.

    Returns
    -------
    NormalModes
        Frequencies in THz, negative for unstable modes. Its `translations`, `rotations` and `held` say what was found.

    Raises
    ------
    ValueError
        If no calculator is known or it gives no forces, the constraints are not among those below, or an argument is
        out of range.

    Warns
    -----
    UserWarning
        If the structure is not at a minimum: a force above the tolerance, or unstable modes.

    Notes
    -----
    Constraints: FixAtoms, FixCartesian, FixScaled, FixedLine and FixedPlane take directions away (`held`), and the
    modes are zero there; FixCom takes the translations. Others are refused.

    Atoms that feel each other, by 1e-8 of the largest stiffness, are a part: a molecule, or all. A rigid motion of a
    part that the constraints allow costs nothing if no resultant force or torque acts along it, wherever an atom is
    displaced to: to 1e-7 of the terms of the stiffest motion, or of its own to what the differences of the forces are
    asymmetric by, up to 1e-4. For it the error of the differences is taken out of the matrix. Translations of the whole
    structure are then left out. The other motions stay, as modes of frequency zero, and are counted as `rotations`:
    those of a free molecule, or of one in a box whose borders it does not cross, and of several molecules against each
    other, at a minimum. Away from it turning costs something, and rotations are modes like others; so they are where
    molecules feel each other weakly, and the error of the differences may hide how soft they are.
    """
    displacement, tolerance = one(positive, "displacement", displacement), one(positive, "tolerance", tolerance)
    if not _SHORTEST <= displacement <= _LONGEST:
        raise ValueError(f"displacement must be from {_SHORTEST:g} to {_LONGEST:g} angstrom, got {displacement:g}")
    free = FreeMotions(_structure(atoms, calculator))
    largest = free.largest_force
    if largest > tolerance:
        warnings.warn(
            f"not at a minimum: largest force component {largest:.2g} eV/angstrom, above {tolerance:g}; minimise first",
            stacklevel=2,
        )
    matrix, rigid = free.stiffness(displacement, tolerance)
    translations = free.translations(rigid)
    excluded = free.centred if free.centred.size else translations
    eigenvalues, vectors = eigenmodes(matrix, excluded, count, held=free.held)
    modes = NormalModes(
        eigenvalues=eigenvalues * _EV,
        eigenvectors=free.displacements(vectors),
        masses=free.masses,
        translations=excluded.shape[1],
        rotations=rigid.shape[1] - translations.shape[1],
        held=free.held,
    )
    _warn_unstable(modes)
    return modes


def modes_from_lammps(
    path: FilePath, *, units: str = "metal", masses: ArrayLike | None = None, count: int | None = None
) -> NormalModes:
    """Find the normal modes in a file of the LAMMPS command ``dynamical_matrix``.

    Parameters
    ----------
    path : path-like
        Text, three numbers to a line, or numbers of eight bytes (``binary yes``); also compressed (``binary gzip``).
    units : {"metal", "real", "lj", "eskm"}
        Units of the simulation for ``style regular``, and "eskm" for that style whatever the units of the simulation.
    masses : array_like, shape (n,), optional
        Of the atoms of the group. The file is divided by them already: without them the modes are the same, and
        `effective_mass` is that of atoms of mass 1.
    count : int, optional
        Only so many of the softest modes.

    Returns
    -------
    NormalModes
        Frequencies in THz, or in reduced units for "lj"; negative for unstable modes.

    Raises
    ------
    ValueError
        If the file does not hold (3n)^2 numbers, they are asymmetric by more than 1 % of the largest, or `units` is
        unknown.

    Warns
    -----
    UserWarning
        If there are unstable modes: the structure is not at a minimum.

    Notes
    -----
    The atoms are those of the group; the others are held. Translations of the group are looked for in the matrix along
    x, y and z, whatever the masses, and left out where the terms of their energy cancel as far as the file is exact: to
    1e-9 of their sum, to the last decimal, or to what the file is asymmetric by, at most 1e-3 of the largest entry. A
    direction which the asymmetry does not tell from one that is left out goes with it. `translations` of the result
    says how many. A group with neighbours outside has none, unless these hold it more softly than that. The rotations
    of a free molecule are modes like others: the file does not tell where the atoms are.
    """
    member("units", units, _PER_UNIT)
    numbers = _numbers(path)
    size = round(len(numbers) ** 0.5)
    if size % 3 or size < 3 or size**2 != len(numbers):
        raise ValueError(f"{path} must hold (3n)^2 numbers, three to a line, got {len(numbers)}")
    matrix, error = symmetric(str(path), numbers.reshape(size, size), ASYMMETRY)
    masses = np.ones(size // 3) if masses is None else positive("masses", masses)
    if masses.shape != (size // 3,):
        raise ValueError(f"masses must have shape ({size // 3},), got {masses.shape}")
    free = _costless_translations(matrix, np.sqrt(masses), error * np.abs(matrix).max())
    eigenvalues, vectors = eigenmodes(matrix, free, count)
    modes = NormalModes(
        eigenvalues=eigenvalues * _PER_UNIT[units],
        eigenvectors=vectors.T.reshape(-1, size // 3, 3),
        masses=masses,
        translations=free.shape[1],
    )
    _warn_unstable(modes)
    return modes


def _structure(atoms: Atoms | FilePath, calculator: Calculator | None) -> Atoms:
    """Copy the structure, or what a file holds, with a calculator that can be asked for forces."""
    from ase import Atoms
    from ase.calculators.singlepoint import SinglePointCalculator

    structure: Atoms = atoms.copy() if isinstance(atoms, Atoms) else _read(atoms)
    if not len(structure):
        raise ValueError("atoms must be at least one atom, got none")
    finite("positions", structure.positions)
    if calculator is not None:
        structure.calc = calculator
    elif isinstance(atoms, Atoms):
        structure.calc = atoms.calc
    if isinstance(structure.calc, SinglePointCalculator):
        raise ValueError("calculator must give forces of displaced atoms, got stored ones of this structure only")
    if isinstance(structure.calc, type) or not hasattr(structure.calc, "get_forces"):
        without = " and a structure without one" if structure.calc is None else ""
        raise ValueError(f"calculator must be an ASE calculator, got {shown(structure.calc)}{without}")
    return structure


def _read(path: FilePath) -> Atoms:
    """Read the one structure of a file."""
    from ase.io import read

    if not isinstance(path, str | PathLike):
        raise ValueError(f"atoms must be one structure (ase.Atoms) or a file of one, got {type(path).__name__}")
    try:
        found = read(fspath(path), index=None if "@" in str(path) else ":")
    except (FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__} {error}".splitlines()[0]
        raise ValueError(f"{path} must be a file that ASE can read, got {reason}") from error
    if isinstance(found, list) and len(found) != 1:
        raise ValueError(f"{path} must hold one structure, got {len(found)}; {path}@-1 is the last")
    return found[0] if isinstance(found, list) else found


def _numbers(path: FilePath) -> np.ndarray:
    """Read the numbers of a file, shape (k,)."""
    data = path_argument("path", path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path} must be whole, got a damaged gzip file: {error}") from None
    for beginning, kind in _OTHERS.items():
        if data.startswith(beginning):
            raise ValueError(f"{path} must be a file of dynamical_matrix, got {kind}; modes_from_hessian takes arrays")
    # control characters and bytes beyond ASCII are in no text that LAMMPS writes
    if data.translate(None, bytes(range(32, 127)) + b"\t\n\v\f\r"):
        if len(data) % 8:
            raise ValueError(f"{path} must hold text or numbers of eight bytes (binary yes), got {len(data)} bytes")
        numbers = np.frombuffer(data, "<f8")
        largest = np.abs(numbers).max(initial=0)
        # read from the wrong end, numbers are of any size, and short ones very small
        if 0 < largest < 1e-200 or 1e200 < largest < np.inf:
            raise ValueError(f"{path} must hold little-endian numbers, got {largest:.0e} for the largest")
    else:
        numbers = _written_numbers(path, data)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{path} must hold finite numbers, got nan or inf")
    return numbers


def _written_numbers(path: FilePath, data: bytes) -> np.ndarray:
    """Read the numbers of a text."""
    words, first = data.split(), data.lstrip().split(b"\n", 1)[0].split()
    if len(first) == 8 and all(word.isdigit() for word in first[:5]):
        raise ValueError(f"{path} must be a file of dynamical_matrix, got one of the command third_order")
    try:
        # python would read 1_0 as 10
        return np.array([] if b"_" in data else words, dtype=float).reshape(len(words))
    except ValueError:
        raise ValueError(
            f"{path} must hold numbers only; was it written with the option binary, or by another program?"
        ) from None


def _costless_translations(matrix: np.ndarray, root: np.ndarray, asymmetry: float) -> np.ndarray:
    """Find translations (3n, r <= 3) that cost nothing as far as a file is exact, asymmetric by `asymmetry` or not."""
    exact = max(min(asymmetry, _ROUGHEST * np.abs(matrix).max()), _ROUNDED)
    together = _common_motions(matrix, root, exact)
    terms = np.sum(together * (np.abs(matrix) @ together), axis=0).min()
    found = costless(matrix, together, accuracy=max(COST, exact / max(terms, exact)))
    if found.size and asymmetry > exact:
        # a direction that a rough file does not tell from one that costs nothing goes with it
        found = costless(matrix, together, accuracy=asymmetry / max(terms, asymmetry))
    return found


def _common_motions(matrix: np.ndarray, root: np.ndarray, exact: float) -> np.ndarray:
    """Orthonormal motions (3n, 3) of all atoms along x, y and z which may cost nothing.

    Mass-weighted, an atom takes part by the root of its mass, which the null space of the matrix knows: of separate
    groups only within each, between them `root` (n,) decides. What is found along one axis holds for the others.
    """
    found = []
    for axis in range(3):
        costs, vectors = eigh(matrix[axis::3, axis::3])
        null = vectors[:, np.abs(costs) <= exact]
        shares = null @ (null.T @ root)
        # a group beside others that are held does not take them along
        found.append(shares / np.linalg.norm(shares) if shares.min() > 1e-3 * shares.max() else None)
    usual = next((shares for shares in found if shares is not None), root / np.linalg.norm(root))
    shares = np.stack([usual if shares is None else shares for shares in found], axis=-1)
    return (shares[:, None] * np.eye(3)).reshape(-1, 3)


def _warn_unstable(modes: NormalModes) -> None:
    unstable = int(np.sum(modes.eigenvalues < -1e-6 * abs(modes.eigenvalues[-1])))
    if unstable:
        warnings.warn(
            f"not at a minimum: {unstable} unstable modes, the lowest at nu = {modes.frequencies[0]:.3g}"
            " (imaginary frequencies are given as negative)",
            stacklevel=3,
        )
