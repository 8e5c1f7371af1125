"""Second derivatives of the energy from the forces of an ASE calculator, within the constraints of the structure.

Units of ASE: angstrom, eV, u.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import orth
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from softmodes.arguments import positive, real

from .eigenmodes import ASYMMETRY, costless, symmetric

if TYPE_CHECKING:
    from ase import Atoms

# Constraints which leave each atom a point, a line or a plane; and one that holds the centre of mass.
_LINEAR, _CENTRE = ("FixAtoms", "FixCartesian", "FixScaled", "FixedLine", "FixedPlane"), "FixCom"
# A calculator's resultants vanish to fewer digits than those of a matrix that was calculated: to so many, at least and
# at most, as the differences of its forces are symmetric.
_ACCURACY = 1e-8, 1e-4
# Atoms feel each other if the force on one changes with the other by more than this part of the largest change. What a
# part feels of all others together may be so much and is nothing.
_FELT, _AROUND = 1e-8, 1e-7
# Stiffness of nothing but rounding, for a displacement of 1 angstrom: that of an atom alone in its crystal.
_ROUNDING = 1e-10
# Part of the atoms' distances below which they lie on a straight line: turned about itself nothing moves.
_STRAIGHT = 0.01


class FreeMotions:
    """The m directions in which the atoms of a structure can move, and what they feel there.

    Parameters
    ----------
    atoms : ase.Atoms
        With a calculator. It is moved about, and back.

    Raises
    ------
    ValueError
        If a constraint is not among the linear ones, or no atom is free, or a mass is not positive.
    """

    def __init__(self, atoms: Atoms) -> None:
        self.atoms, self.masses = atoms, positive("masses", atoms.get_masses())
        names = [type(constraint).__name__ for constraint in atoms.constraints]
        for name in names:
            if name not in (*_LINEAR, _CENTRE):
                raise ValueError(f"constraints must be among {', '.join(_LINEAR)}, {_CENTRE}, got {name}")
        self.atom, self.direction = _free_directions(atoms)
        self.held = 3 * len(atoms) - len(self.atom)
        self._root = np.sqrt(self.masses[self.atom])[:, None]
        self._forces = self._calculated_forces()
        # of a centre that is held, what is left of the translations is no motion
        self.centred = orth(self._root * self.direction, rcond=1e-6)[:, : 3 if _CENTRE in names else 0]

    @property
    def largest_force(self) -> float:
        """Largest component along x, y or z of what the constraints leave of the forces."""
        left = np.zeros((len(self.atoms), 3))
        np.add.at(left, self.atom, self._along(self._forces[self.atom])[:, None] * self.direction)
        return float(np.abs(left).max())

    def translations(self, rigid: np.ndarray) -> np.ndarray:
        """Find translations (m, r <= 3) of the whole structure, not only of what is free, in the space of `rigid`."""
        together = self._root * self.direction / np.sqrt(self.masses.sum())
        lengths, axes = np.linalg.eigh(together.T @ together)
        together = together @ axes[:, lengths > 1 - 1e-9]
        _, overlaps, mixtures = np.linalg.svd(rigid.T @ together, full_matrices=False)
        found: np.ndarray = together @ mixtures.T[:, overlaps > 1 - 1e-6]
        return found

    def displacements(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (m, k) as those of all atoms, shape (k, n, 3)."""
        found = np.zeros((vectors.shape[1], len(self.atoms), 3))
        np.add.at(found.transpose(1, 0, 2), self.atom, vectors[:, :, None] * self.direction[:, None])
        return found

    def stiffness(self, displacement: float, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
        """Mass-weighted second derivatives (m, m), and the rigid motions (m, r) of its parts that cost nothing.

        A part is all atoms that feel each other, those that are held too. The error of the differences is taken out for
        its motions, and for that of a centre that is held. Forces up to the tolerance count as none.
        """
        change, mean = self._differences(displacement)
        parts = _parts(self.atom, change)
        felt = np.zeros(parts.max() + 1)
        np.maximum.at(felt, parts[self.atom], np.abs(change).max(axis=(1, 2)))
        idle = (felt < _ROUNDING / displacement)[parts[self.atom]]
        matrix = np.where(idle[:, None], 0, self._along(change[:, self.atom])) / (self._root * self._root.T)
        matrix, error = symmetric("matrix of force differences", matrix, ASYMMETRY)
        acting = np.where(np.abs(self._forces).max(axis=1, keepdims=True) > tolerance, self._forces, 0)[self.atom]
        found = [self._rigid_motions(np.flatnonzero(parts == part), change, mean - acting) for part in set(parts)]
        motions, images = (np.hstack(blocks) for blocks in zip(*found, strict=True))
        images[idle] = 0
        accuracy = np.clip(error, *_ACCURACY)
        rigid = costless(matrix, motions, image=images, accuracy=accuracy, least=_AROUND / accuracy)
        for directions in (rigid, self.centred):
            matrix = matrix - directions @ (directions.T @ matrix)
            matrix = matrix - (matrix @ directions) @ directions.T
        return matrix, rigid

    def _rigid_motions(
        self, part: np.ndarray, change: np.ndarray, unbalanced: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Orthonormal rigid motions (m, r <= 6) of a part that its constraints allow, and the forces they cause.

        The forces are the changes of the resultants over all its atoms, which vanish to rounding where the energy knows
        neither place nor orientation. The torque is that on the displaced structure, but for an `unbalanced` force.
        """
        places = self.atoms.positions - self.atoms.positions[part].mean(axis=0)
        inside = np.isin(self.atom, part)[:, None]
        fields = inside * _rigid_fields(places[self.atom], self.direction)
        whole = _rigid_fields(np.repeat(places[part], 3, axis=0), np.tile(np.eye(3), (len(part), 1)))
        torque = np.cross(places[part], change[:, part]).sum(axis=1) - inside * np.cross(self.direction, unbalanced)
        resultants = np.hstack([change[:, part].sum(axis=1), torque])
        # translations are as large as the number of atoms, rotations as their distances
        unit = np.repeat(np.linalg.norm(whole.reshape(-1, 2, 3), axis=(0, 2)), 3)
        unit = np.maximum(unit, _STRAIGHT * unit[0])
        fields, whole, resultants = fields / unit, whole / unit, resultants / unit
        # what would move an atom where it is held is none of them
        hindered, mixtures = np.linalg.eigh(whole.T @ whole - fields.T @ fields)
        mixtures = mixtures[:, hindered < 1e-10]
        motions, lengths, combined = np.linalg.svd(self._root * fields @ mixtures, full_matrices=False)
        moving = lengths > _STRAIGHT * lengths.max(initial=0)
        return motions[:, moving], resultants / self._root @ mixtures @ (combined[moving].T / lengths[moving])

    def _differences(self, displacement: float) -> tuple[np.ndarray, np.ndarray]:
        """Change (m, n, 3) of minus all forces with each free direction, and mean force (m, 3) on its atom meanwhile.

        Forces are asked for on both sides, so that of the change errors are of second order.
        """
        start, m = self.atoms.get_positions(), len(self.atom)
        if np.spacing(np.abs(start).max()) > 1e-6 * displacement:
            raise ValueError(f"positions must be nearer to the origin for a displacement of {displacement:g}")
        change, mean = np.empty((m, len(start), 3)), np.empty((m, 3))
        for row, (atom, direction) in enumerate(zip(self.atom, self.direction, strict=True)):
            forces = []
            for step in (displacement, -displacement):
                positions = start.copy()
                positions[atom] += step * direction
                self.atoms.set_positions(positions, apply_constraint=False)
                forces.append(self._calculated_forces())
            change[row] = (forces[1] - forces[0]) / (2 * displacement)
            mean[row] = (forces[1][atom] + forces[0][atom]) / 2
        self.atoms.set_positions(start, apply_constraint=False)
        return change, mean

    def _along(self, vectors: np.ndarray) -> np.ndarray:
        """Components (..., m) of vectors (..., m, 3) along the free directions."""
        components: np.ndarray = np.sum(vectors * self.direction, axis=-1)
        return components

    def _calculated_forces(self) -> np.ndarray:
        """Ask the calculator for the forces on all atoms, shape (n, 3)."""
        try:
            forces = self.atoms.get_forces(apply_constraint=False)
        except Exception as error:
            reason = f"{type(error).__name__} {error}".splitlines()[0]
            raise ValueError(f"calculator must give forces of this structure, got {reason}") from error
        forces = real("forces of the calculator", forces)
        if forces.shape != (len(self.atoms), 3) or not np.isfinite(forces).all():
            raise ValueError(f"calculator must give finite forces ({len(self.atoms)}, 3), got {forces.ravel()[:3]} ...")
        return forces


def _parts(atom: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Which part each atom belongs to, shape (n,): those that feel each other, themselves or by way of others."""
    sizes = np.abs(change).max(axis=2)
    row, other = np.nonzero(sizes > _FELT * sizes.max())
    felt = coo_array((np.ones(len(row)), (atom[row], other)), shape=(sizes.shape[1],) * 2)
    return connected_components(felt, directed=False)[1]


def _rigid_fields(positions: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return translations along and rotations about x, y and z by their components along directions, shape (m, 6)."""
    return np.hstack([direction, np.cross(positions, direction)])


def _free_directions(atoms: Atoms) -> tuple[np.ndarray, np.ndarray]:
    """Atoms (m,) and unit vectors (m, 3) of the directions in which the constraints let them move."""
    lost = np.zeros((len(atoms), 3, 3))
    for constraint in atoms.constraints:
        if type(constraint).__name__ in _LINEAR:
            pushed = [atoms.positions + axis for axis in np.eye(3)]
            moved = [positions.copy() for positions in pushed]
            try:
                for positions in moved:
                    constraint.adjust_positions(atoms, positions)
            except IndexError as error:
                raise ValueError(f"constraints must be on atoms 0 to {len(atoms) - 1}, got {error}") from None
            change = np.stack(pushed, axis=-1) - np.stack(moved, axis=-1)
            lost += change.transpose(0, 2, 1) @ change
    sizes, directions = np.linalg.eigh(lost)
    atom, which = np.nonzero(sizes < 1e-10)
    if not len(atom):
        raise ValueError("constraints must leave an atom free to move, got none")
    return atom, directions[atom, :, which]
