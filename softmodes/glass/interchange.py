"""Modes of structures made elsewhere: any ASE calculator, a LAMMPS dynamical matrix.

Angular frequencies in rad/ps, so that frequencies nu are in THz; masses in u, lengths in angstrom, energies in eV.
"""

import gzip
import warnings
from pathlib import Path

import numpy as np
from scipy.constants import Avogadro as avogadro
from scipy.constants import angstrom, atomic_mass, calorie, elementary_charge, kilo, pico

from softmodes.theory.arguments import one, positive

from .modes import modes_from_hessian

_EV = elementary_charge / atomic_mass / angstrom**2 * pico**2
# (rad/ps)^2 of one unit of the file. "eskm" writes 10 J / (mol angstrom^2 u), which is 1 / ps^2: its manual says
# 1 / fs^2, its source does not. Reduced units have no ps.
_PER_UNIT = {
    "metal": _EV,
    "real": _EV * kilo * calorie / avogadro / elementary_charge,
    "eskm": 1.0,
    "lj": 1.0,
}


def modes_from_ase(atoms, *, calculator=None, displacement=0.01, tolerance=0.01, count=None):
    """Normal modes of a structure by finite differences of an ASE calculator's forces.

    Parameters
    ----------
    atoms : ase.Atoms or path-like
        A structure, or a file which ASE can read.
    calculator : ase calculator, optional
        By default the one attached to `atoms`.
    displacement : float
        Of one atom at a time, both ways [angstrom].
    tolerance : float
        Largest force component of a structure at its minimum [eV/angstrom].
    count : int, optional
        Only so many of the softest modes.

    Returns
    -------
    NormalModes
        Frequencies in THz, negative for unstable modes. A molecule keeps its three rotations among the softest modes.

    Raises
    ------
    ValueError
        If no calculator is known or an argument is out of range.

    Warns
    -----
    UserWarning
        If the structure is not at a minimum: a force above the tolerance, or unstable modes.
    """
    atoms = _structure(atoms)
    if calculator is not None:
        atoms.calc = calculator
    if atoms.calc is None:
        raise ValueError("calculator must be an ASE calculator, got None and a structure without one")
    displacement, tolerance = one(positive, "displacement", displacement), one(positive, "tolerance", tolerance)
    largest = np.abs(atoms.get_forces(apply_constraint=False)).max()
    if largest > tolerance:
        warnings.warn(
            f"not at a minimum: largest force component {largest:.2g} eV/angstrom, above {tolerance:g}; minimise first",
            stacklevel=2,
        )
    hessian = _force_differences(atoms, displacement) * _EV
    modes = modes_from_hessian(hessian, masses=atoms.get_masses(), count=count)
    _warn_unstable(modes)
    return modes


def modes_from_lammps(path, *, units="metal", masses=None, count=None):
    """Normal modes from a file of the LAMMPS command ``dynamical_matrix``.

    Parameters
    ----------
    path : path-like
        Text, three numbers to a line, also compressed (``.gz``).
    units : {"metal", "real", "lj", "eskm"}
        Units of the simulation for ``style regular``, and "eskm" for that style whatever the units of the simulation.
    masses : array_like, shape (n,), optional
        The file is divided by the masses already; they are needed only to know how a translation moves unequal atoms.
    count : int, optional
        Only so many of the softest modes.

    Returns
    -------
    NormalModes
        Frequencies in THz, or in reduced units for "lj"; negative for unstable modes.

    Raises
    ------
    ValueError
        If the file does not hold (3n)^2 numbers, or `units` is unknown.

    Warns
    -----
    UserWarning
        If there are unstable modes: the structure is not at a minimum.
    """
    if units not in _PER_UNIT:
        raise ValueError(f"units must be one of {', '.join(_PER_UNIT)}, got {units!r}")
    opened = gzip.open if Path(path).suffix == ".gz" else open
    with opened(path, "rb") as stream:
        words = stream.read().split()
    size = round(len(words) ** 0.5)
    if size % 3 or size < 6 or size**2 != len(words):
        raise ValueError(f"{path} must hold (3n)^2 numbers, three to a line, got {len(words)}")
    try:
        matrix = np.array(words, dtype=float).reshape(size, size) * _PER_UNIT[units]
    except ValueError:
        raise ValueError(f"{path} must hold numbers only; was it written with the option binary?") from None
    masses = np.ones(size // 3) if masses is None else positive("masses", masses)
    root = np.repeat(np.sqrt(masses), 3)
    if len(root) != size:
        raise ValueError(f"masses must have shape ({size // 3},), got {masses.shape}")
    # differences of forces are symmetric up to their own error only
    modes = modes_from_hessian((matrix + matrix.T) / 2 * np.outer(root, root), masses=masses, count=count)
    _warn_unstable(modes)
    return modes


def _structure(atoms):
    """A copy of the structure that keeps its calculator."""
    if not hasattr(atoms, "get_forces"):
        from ase.io import read

        return read(atoms)
    copy = atoms.copy()
    copy.calc = atoms.calc
    return copy


def _force_differences(atoms, displacement):
    """Symmetric second derivatives of the energy, shape (3n, 3n) [eV/angstrom^2]."""
    start = atoms.get_positions()
    hessian = np.empty((start.size, start.size))
    for row in range(start.size):
        pushed = []
        for step in (displacement, -displacement):
            positions = start.copy()
            positions.flat[row] += step
            atoms.set_positions(positions, apply_constraint=False)
            pushed.append(atoms.get_forces(apply_constraint=False).ravel())
        hessian[row] = (pushed[1] - pushed[0]) / (2 * displacement)
    return (hessian + hessian.T) / 2


def _warn_unstable(modes):
    # a free molecule's rotations are zero only up to the error of the differences
    unstable = int(np.sum(modes.eigenvalues < -1e-6 * abs(modes.eigenvalues[-1])))
    if unstable:
        warnings.warn(
            f"not at a minimum: {unstable} unstable modes, the lowest at nu = {modes.frequencies[0]:.3g}"
            " (imaginary frequencies are given as negative)",
            stacklevel=3,
        )
