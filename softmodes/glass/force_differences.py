"""Second derivatives of the energy from the forces of an ASE calculator, within the constraints of the structure.

Units of ASE: angstrom, eV, u.
"""

import numpy as np
from scipy.linalg import orth

from softmodes.theory.arguments import positive

from .eigenmodes import ASYMMETRY, costless, symmetric

# Constraints which leave each atom a point, a line or a plane; and one that holds the centre of mass.
_LINEAR, _CENTRE = ("FixAtoms", "FixCartesian", "FixScaled", "FixedLine", "FixedPlane"), "FixCom"
# A calculator's resultants vanish to fewer digits than those of a matrix that was calculated: to so many, at least and
# at most, as the differences of its forces are symmetric.
_ACCURACY = 1e-5, 1e-4
# Stiffness of nothing but rounding, for a displacement of 1 angstrom: that of an atom alone in its crystal.
_ROUNDING = 1e-7
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

    def __init__(self, atoms):
        self.atoms, self.masses = atoms, positive("masses", atoms.get_masses())
        names = [type(constraint).__name__ for constraint in atoms.constraints]
        for name in names:
            if name not in (*_LINEAR, _CENTRE):
                raise ValueError(f"constraints must be among {', '.join(_LINEAR)}, {_CENTRE}, got {name}")
        self.atom, self.direction = _free_directions(atoms)
        self.held = 3 * len(atoms) - len(self.atom)
        self._root = np.sqrt(self.masses[self.atom])[:, None]
        self._centre = atoms.get_center_of_mass()
        # of a centre that is held, what is left of the translations is no motion
        self.centred = orth(self._root * self.direction, rcond=1e-6)[:, : 3 if _CENTRE in names else 0]

    @property
    def largest_force(self):
        """Largest component along x, y or z of what the constraints leave of the forces."""
        left = np.zeros((len(self.atoms), 3))
        np.add.at(left, self.atom, self._forces()[:, None] * self.direction)
        return np.abs(left).max()

    def translations(self, rigid):
        """Translations (m, r <= 3) of the whole structure, not only of what is free, in the space of `rigid`."""
        together = self._root * self.direction / np.sqrt(self.masses.sum())
        lengths, axes = np.linalg.eigh(together.T @ together)
        together = together @ axes[:, lengths > 1 - 1e-9]
        _, overlaps, mixtures = np.linalg.svd(rigid.T @ together, full_matrices=False)
        return together @ mixtures.T[:, overlaps > 1 - 1e-6]

    def displacements(self, vectors):
        """Vectors (m, k) as those of all atoms, shape (k, n, 3)."""
        found = np.zeros((vectors.shape[1], len(self.atoms), 3))
        np.add.at(found, (slice(None), self.atom), vectors.T[:, :, None] * self.direction)
        return found

    def stiffness(self, displacement, *, turning):
        """Mass-weighted second derivatives (m, m), and the rigid motions (m, r <= 6) that cost nothing.

        With `turning`, these are rotations as well. The error of the differences is taken out for them, and the motion
        of a centre that is held.
        """
        matrix, resultants = self._differences(displacement)
        matrix, error = symmetric("matrix of force differences", matrix / (self._root * self._root.T), ASYMMETRY)
        if np.abs(matrix).max() < _ROUNDING / displacement / self.masses.min():
            matrix, resultants = np.zeros_like(matrix), np.zeros_like(resultants)
        rigid = self._costless_motions(matrix, resultants, 6 if turning else 3, np.clip(error, *_ACCURACY))
        for directions in (rigid, self.centred):
            matrix = matrix - directions @ (directions.T @ matrix)
            matrix = matrix - (matrix @ directions) @ directions.T
        return matrix, rigid

    def _costless_motions(self, matrix, resultants, kinds, accuracy):
        """Orthonormal rigid motions (m, r) of the structure within its constraints that cost nothing.

        The first `kinds` of `_rigid_fields` are looked at: all, or translations only.
        """
        fields = self._rigid_fields(self.atoms.positions)[:, :kinds]
        every = np.repeat(self.atoms.positions - self._centre, 3, axis=0)
        whole = _rigid_fields(every, np.tile(np.eye(3), (len(self.atoms), 1)))
        # translations are as large as the number of atoms, rotations as their distances
        unit = np.repeat(np.linalg.norm(whole.reshape(-1, 2, 3), axis=(0, 2)), 3)
        unit = np.maximum(unit, _STRAIGHT * unit[0])[:kinds]
        fields, whole = fields / unit, whole[:, :kinds] / unit
        # what would move an atom where it is held is none of them
        hindered, mixtures = np.linalg.eigh(whole.T @ whole - fields.T @ fields)
        mixtures = mixtures[:, hindered < 1e-10]
        motions, lengths, parts = np.linalg.svd(self._root * fields @ mixtures, full_matrices=False)
        moving = lengths > _STRAIGHT * lengths.max(initial=0)
        motions, mixtures = motions[:, moving], mixtures @ (parts[moving].T / lengths[moving])
        image = resultants[:, :kinds] / self._root / unit @ mixtures
        return costless(matrix, motions, image=image, accuracy=accuracy)

    def _differences(self, displacement):
        """Second derivatives of the energy (m, m), and those of the resultant force and torque (m, 6).

        The torque is that on the displaced structure: zero to rounding if the energy does not know the orientation.
        """
        start, m = self.atoms.get_positions(), len(self.atom)
        if np.spacing(np.abs(start).max()) > 1e-6 * displacement:
            raise ValueError(f"positions must be nearer to the origin for a displacement of {displacement:g}")
        matrix, resultants = np.empty((m, m)), np.empty((m, 6))
        for row in range(m):
            forces, turning = [], []
            for step in (displacement, -displacement):
                positions = start.copy()
                positions[self.atom[row]] += step * self.direction[row]
                self.atoms.set_positions(positions, apply_constraint=False)
                forces.append(self._forces())
                turning.append(self._rigid_fields(positions).T @ forces[-1])
            matrix[row] = (forces[1] - forces[0]) / (2 * displacement)
            resultants[row] = (turning[1] - turning[0]) / (2 * displacement)
        self.atoms.set_positions(start, apply_constraint=False)
        return matrix, resultants

    def _rigid_fields(self, positions):
        return _rigid_fields((positions - self._centre)[self.atom], self.direction)

    def _forces(self):
        """Forces of the calculator along the free directions, shape (m,)."""
        try:
            forces = np.asarray(self.atoms.get_forces(apply_constraint=False), dtype=float)
        except Exception as error:
            reason = f"{type(error).__name__} {error}".splitlines()[0]
            raise ValueError(f"calculator must give forces of this structure, got {reason}") from error
        if forces.shape != (len(self.atoms), 3) or not np.isfinite(forces).all():
            raise ValueError(f"calculator must give finite forces ({len(self.atoms)}, 3), got {forces.ravel()[:3]} ...")
        return np.sum(forces[self.atom] * self.direction, axis=1)


def _rigid_fields(positions, direction):
    """Translations along and rotations about x, y and z, by their components along a direction each, shape (m, 6)."""
    return np.hstack([direction, np.cross(positions, direction)])


def _free_directions(atoms):
    """Atoms (m,) and unit vectors (m, 3) of the directions in which the constraints let them move."""
    lost = np.zeros((len(atoms), 3, 3))
    for constraint in atoms.constraints:
        if type(constraint).__name__ in _LINEAR:
            pushed = [atoms.positions + axis for axis in np.eye(3)]
            moved = [positions.copy() for positions in pushed]
            for positions in moved:
                constraint.adjust_positions(atoms, positions)
            change = np.stack(pushed, axis=-1) - np.stack(moved, axis=-1)
            lost += change.transpose(0, 2, 1) @ change
    sizes, directions = np.linalg.eigh(lost)
    atom, which = np.nonzero(sizes < 1e-10)
    if not len(atom):
        raise ValueError("constraints must leave an atom free to move, got none")
    return atom, directions[atom, :, which]
