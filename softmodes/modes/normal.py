"""Normal modes of a configuration or of any matrix of second derivatives.

Units are those of the matrix: reduced ones (sigma = epsilon = m = 1) for a simulated configuration.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import bsr_array, csr_array, diags_array, issparse, sparray, spmatrix

from softmodes.arguments import Floats, amplitudes, finite, numbers, positive, shown, summary, whole
from softmodes.glass.configuration import Structure
from softmodes.glass.minimization import warn_of_loose_atoms
from softmodes.glass.potential import InversePower, with_its_potential
from softmodes.theory.potential import participation_number

from .eigenmodes import COST, COST_OF_WAVE, ROUNDING, Matrix, costless, eigenmodes, largest_entry, symmetric


@dataclass(frozen=True, eq=False, kw_only=True)
class NormalModes:
    """Harmonic vibrations, softest first; there are 3n - `translations` - `held` of them in all.

    Parameters
    ----------
    eigenvalues : ndarray, shape (k,)
        omega^2, ascending; negative for unstable modes, exactly zero within rounding.
    eigenvectors : ndarray, shape (k, n, 3)
        Orthonormal, mass-weighted; zero where an atom is held, complex for a complex matrix.
    masses : ndarray, shape (n,)
        1 if they are not known.
    translations : int
        Directions in which everything that can move does so together at no cost: left out.
    rotations : int
        Those of a free molecule, or what constraints leave of them, and motions of molecules against each other, if
        they are known to cost nothing: kept, as modes of zero.
    held : int
        Directions in which constraints hold atoms: left out.

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, a mass not positive, or the eigenvalues do not ascend.
    """

    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    masses: np.ndarray
    translations: int = 3
    rotations: int = 0
    held: int = 0

    __repr__ = summary

    def __post_init__(self) -> None:
        """Copy the arrays, and refuse what is no set of modes."""
        eigenvalues, masses = finite("eigenvalues", self.eigenvalues), positive("masses", self.masses)
        vectors = amplitudes("eigenvectors", self.eigenvectors)
        if eigenvalues.ndim != 1 or masses.ndim != 1 or vectors.shape != (*eigenvalues.shape, *masses.shape, 3):
            raise ValueError(
                "eigenvectors must have the shape (k, n, 3) of k eigenvalues and n masses, got"
                f" {vectors.shape}, {eigenvalues.shape} and {masses.shape}"
            )
        if np.any(np.diff(eigenvalues) < 0):
            raise ValueError(f"eigenvalues must be in ascending order, got {shown(eigenvalues)}")
        for name, array in (("eigenvalues", eigenvalues), ("eigenvectors", vectors), ("masses", masses)):
            object.__setattr__(self, name, array)
        for name in ("translations", "rotations", "held"):
            whole(name, getattr(self, name), least=0)

    @property
    def frequencies(self) -> np.ndarray:
        """Frequency nu = omega / 2 pi, shape (k,); an imaginary frequency is given as a negative number."""
        omega: Floats = np.sign(self.eigenvalues) * np.sqrt(np.abs(self.eigenvalues))
        return omega / (2 * np.pi)

    @property
    def participation_number(self) -> np.ndarray:
        """N_k of eq. 2, shape (k,): from 1 to n."""
        return participation_number(self.eigenvectors)

    @property
    def participation_ratio(self) -> np.ndarray:
        """Ratio p = N_k / n of fig. 6, shape (k,)."""
        return self.participation_number / len(self.masses)

    @property
    def effective_mass(self) -> np.ndarray:
        """Mass, moving like the atom that moves most, which carries the kinetic energy of the mode, shape (k,)."""
        squared_displacements = np.sum(np.abs(self.eigenvectors) ** 2, axis=-1) / self.masses
        largest: Floats = squared_displacements.max(axis=-1)
        return 1 / largest

    @property
    def unstable(self) -> int:
        """Number of modes with negative omega^2: none at a minimum."""
        return int(np.sum(self.eigenvalues < 0))


def normal_modes(
    configuration: Structure, *, count: int | None = None, potential: InversePower | None = None
) -> NormalModes:
    """Find the normal modes of a simulated configuration.

    Parameters
    ----------
    configuration : Configuration
        An inherent structure, or a liquid for its instantaneous normal modes.
    count : int, optional
        Only so many of the softest modes, by an iteration that needs no dense matrix; all 3n - 3 by default.
    potential : InversePower, optional
        The structure's own by default, r^-6 for a bare Configuration; another exponent or cutoff than its own is
        refused.

    Returns
    -------
    NormalModes
        Eigenvalues in epsilon / (m sigma^2), frequencies in (epsilon / m)^(1/2) / sigma.

    Raises
    ------
    ValueError
        If the box is too small for the potential or `count` not in 1 ... 3n - 3.
    RuntimeError
        If the iteration for the softest modes did not converge.

    Warns
    -----
    UserWarning
        If atoms have too few neighbours within the cutoff to be held by them: they are modes of frequency zero.

    Examples
    --------
    >>> from softmodes.glass import lattice
    >>> modes = normal_modes(lattice("fcc", 4))
    >>> len(modes.frequencies), modes.unstable
    (765, 0)
    """
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    warn_of_loose_atoms(configuration, potential)
    return modes_from_hessian(potential.hessian(configuration), count=count)


def stable_modes(
    configuration: Structure, count: int, *, modes: NormalModes | None = None, potential: InversePower | None = None
) -> NormalModes:
    """Return the softest normal modes of an inherent structure, at least `count`; `modes` if they are known already.

    A ValueError if they are fewer, or of another configuration, or one is not stable.
    """
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    n, hessian = len(configuration.positions), potential.hessian(configuration)
    if whole("count", count) > 3 * n - 3:
        raise ValueError(f"count must be at most 3n - 3 = {3 * n - 3}, got {count}")
    modes = modes_from_hessian(hessian, count=count) if modes is None else known(modes)
    if not (count <= len(modes.eigenvalues) and modes.eigenvectors.shape[1:] == (n, 3)):
        raise ValueError(
            f"modes must be the softest {count} or more of {n} atoms, got shape {modes.eigenvectors.shape}"
        )
    if modes.eigenvalues[0] <= 0:
        warn_of_loose_atoms(configuration, potential)
        raise ValueError(f"modes must be stable, got omega^2 = {modes.eigenvalues[0]:.3g}: minimize the configuration")
    return modes_of(hessian, modes)


def known(modes: object) -> NormalModes:
    """Return `modes`, or raise a ValueError if they are not NormalModes."""
    if not isinstance(modes, NormalModes):
        raise ValueError(f"modes must be NormalModes, got {shown(modes)}")
    return modes


def modes_of(hessian: Matrix, modes: NormalModes) -> NormalModes:
    """Return `modes`, or raise a ValueError if they are not NormalModes or the stiffest is none of a matrix."""
    n = hessian.shape[0] // 3
    if known(modes).masses.shape != (n,) or not modes.eigenvalues.size:
        raise ValueError(f"modes must be one or more of {n} atoms, got shape {modes.eigenvectors.shape}")
    stiffest = modes.eigenvectors[-1].ravel()
    found = np.vdot(stiffest, hessian @ stiffest).real
    if abs(found - modes.eigenvalues[-1]) > 1e-6 * abs(found) + 1e-9 * largest_entry(hessian):
        raise ValueError(
            "modes must be those of this configuration and potential, got one of omega^2 ="
            f" {modes.eigenvalues[-1]:.6g} which has {found:.6g} here"
        )
    return modes


def modes_from_hessian(
    hessian: ArrayLike | sparray | spmatrix, *, masses: ArrayLike | None = None, count: int | None = None
) -> NormalModes:
    """Find the normal modes of a matrix of second derivatives, without the translations that cost nothing.

    Parameters
    ----------
    hessian : array_like or sparse array, shape (3n, 3n)
        Symmetric second derivatives of the energy, ordered x, y, z of the first atom, then of the second. Or Hermitian:
        the dynamical matrix of a wave, not divided by the masses.
    masses : array_like, shape (n,), optional
        1 by default.
    count : int, optional
        Only so many of the softest modes; all by default.

    Returns
    -------
    NormalModes
        Eigenvalues in units of `hessian` over units of `masses`. `translations` are 3 for a free structure and none for
        one that is held by something outside the matrix. Rotations of a free molecule are modes like others here.

    Raises
    ------
    ValueError
        If the matrix is not square of a size 3n, finite and symmetric, a mass is not positive, or `count` out of range.
    RuntimeError
        If the iteration for the softest modes of a large matrix did not converge.

    Notes
    -----
    A direction of translation is left out where the matrix has it as a null vector: where the terms of its energy,
    summed by their size, cancel to 1e-9 (a complex matrix: 1e-12; numbers of single precision: the rounding of these)
    and those of its force to 1e-3. It is moved to the top of the spectrum and cut off there. Other modes may be as soft
    as they like, but a structure held so softly as a whole that it passes for free loses these translations.
    """
    matrix, rounding = _square(hessian)
    n = matrix.shape[0] // 3
    masses = np.ones(n) if masses is None else positive("masses", masses)
    if masses.shape != (n,):
        raise ValueError(f"masses must have shape ({n},), got {masses.shape}")
    matrix, _ = symmetric("hessian", matrix, ROUNDING)
    if np.any(masses != 1):
        weights = diags_array(np.repeat(masses**-0.5, 3))
        with np.errstate(over="ignore"):
            matrix = weights @ matrix @ weights
        # of a sparse array the product has lost its blocks
        matrix = bsr_array(matrix, blocksize=(3, 3)) if issparse(matrix) else matrix
        if not np.isfinite(largest_entry(matrix)):
            raise ValueError("hessian over masses must be finite, got inf")
    together = np.sqrt(masses / masses.max())[:, None] / np.linalg.norm(np.sqrt(masses / masses.max()))
    accuracy = max(COST_OF_WAVE if np.iscomplexobj(matrix) else COST, rounding)
    free = costless(matrix, np.kron(together, np.eye(3)), accuracy=accuracy)
    eigenvalues, vectors = eigenmodes(matrix, free, count)
    vectors = vectors.T.reshape(-1, n, 3)
    return NormalModes(eigenvalues=eigenvalues, eigenvectors=vectors, masses=masses, translations=free.shape[1])


def _square(hessian: ArrayLike | sparray | spmatrix) -> tuple[Matrix, float]:
    """Return a matrix that can be one of second derivatives, dense or sparse in blocks of 3 x 3, and its rounding."""
    # by way of rows: of blocks that are there twice, the sum
    given: np.ndarray | csr_array = hessian.tocsr() if issparse(hessian) else numbers("hessian", hessian)
    if given.dtype.kind not in "iufc":
        raise ValueError(f"hessian must be an array of numbers, got elements of type {given.dtype}")
    if not np.isfinite(given.data if issparse(given) else given).all():
        raise ValueError("hessian must be finite, got nan or inf")
    rounding = np.finfo(given.dtype).eps if given.dtype.kind in "fc" else 0.0
    matrix = given.astype(complex if given.dtype.kind == "c" else float, copy=False)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] % 3 or matrix.shape[0] < 3:
        raise ValueError(f"hessian must have shape (3n, 3n) with n >= 1, got {matrix.shape}")
    square = bsr_array(matrix, blocksize=(3, 3)) if issparse(matrix) else matrix
    return square.real if np.iscomplexobj(square) and not largest_entry(square.imag) else square, rounding
