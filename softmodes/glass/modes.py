"""Normal modes of a configuration or of any matrix of second derivatives.

Units are those of the matrix: reduced ones (sigma = epsilon = m = 1) for a simulated configuration.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import bsr_array, diags_array, issparse

from softmodes.theory.arguments import positive, whole
from softmodes.theory.potential import participation_number

from .potential import inverse_power
from .softest import softest_eigenpairs


@dataclass(frozen=True, eq=False, kw_only=True)
class NormalModes:
    """Harmonic vibrations, softest first, without the three translations.

    Parameters
    ----------
    eigenvalues : ndarray, shape (k,)
        omega^2, ascending; negative for unstable modes.
    eigenvectors : ndarray, shape (k, n, 3)
        Orthonormal, mass-weighted.
    masses : ndarray, shape (n,)
    """

    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    masses: np.ndarray

    @property
    def frequencies(self):
        """nu = omega / 2 pi, shape (k,); an imaginary frequency is given as a negative number."""
        return np.sign(self.eigenvalues) * np.sqrt(np.abs(self.eigenvalues)) / (2 * np.pi)

    @property
    def participation_number(self):
        """N_k of eq. 2, shape (k,): from 1 to n."""
        return participation_number(self.eigenvectors)

    @property
    def participation_ratio(self):
        """p = N_k / n of fig. 6, shape (k,)."""
        return self.participation_number / len(self.masses)

    @property
    def effective_mass(self):
        """Mass, moving like the atom that moves most, which carries the kinetic energy of the mode, shape (k,)."""
        squared_displacements = np.sum(self.eigenvectors**2, axis=-1) / self.masses
        return 1 / squared_displacements.max(axis=-1)

    @property
    def unstable(self):
        """Number of modes with negative omega^2: none at a minimum."""
        return int(np.sum(self.eigenvalues < 0))


def normal_modes(configuration, *, count=None, potential=inverse_power):
    """Normal modes of a simulated configuration.

    Parameters
    ----------
    configuration : Configuration
        An inherent structure, or a liquid for its instantaneous normal modes.
    count : int, optional
        Only so many of the softest modes, by an iteration that needs no dense matrix; all 3n - 3 by default.
    potential : InversePower

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

    Examples
    --------
    >>> from softmodes.glass import lattice
    >>> modes = normal_modes(lattice("fcc", 4))
    >>> len(modes.frequencies), modes.unstable
    (765, 0)
    """
    return modes_from_hessian(potential.hessian(configuration), count=count)


def stable_modes(configuration, count, *, modes=None, potential=inverse_power):
    """All normal modes of an inherent structure, `modes` if they are known already.

    A ValueError if they are not all of this configuration, one is not stable, or `count` is not among them.
    """
    n = len(configuration.positions)
    modes = normal_modes(configuration, potential=potential) if modes is None else modes
    if modes.eigenvectors.shape != (3 * n - 3, n, 3):
        raise ValueError(f"modes must be all {3 * n - 3} of {n} atoms, got shape {modes.eigenvectors.shape}")
    if modes.eigenvalues[0] <= 0:
        raise ValueError(f"modes must be stable, got omega^2 = {modes.eigenvalues[0]:.3g}: minimize the configuration")
    if whole("count", count) > 3 * n - 3:
        raise ValueError(f"count must be at most 3n - 3 = {3 * n - 3}, got {count}")
    return modes


def modes_from_hessian(hessian, *, masses=None, count=None):
    """Normal modes of a matrix of second derivatives, the three translations projected out.

    Parameters
    ----------
    hessian : array_like or sparse array, shape (3n, 3n)
        Symmetric second derivatives of the energy, ordered x, y, z of the first atom, then of the second.
    masses : array_like, shape (n,), optional
        1 by default.
    count : int, optional
        Only so many of the softest modes; all 3n - 3 by default.

    Returns
    -------
    NormalModes
        Eigenvalues in units of `hessian` over units of `masses`.

    Raises
    ------
    ValueError
        If the matrix is not square of a size 3n, finite and symmetric, a mass is not positive, or `count` out of range.
    RuntimeError
        If the iteration for the softest modes did not converge.

    Notes
    -----
    A uniform translation is an exact null vector, so it is moved to the top of the spectrum and cut off there. No
    threshold decides what a zero mode is, and a soft mode cannot be lost with them.
    """
    matrix = _square(hessian)
    n = matrix.shape[0] // 3
    masses = np.ones(n) if masses is None else positive("masses", masses)
    if masses.shape != (n,):
        raise ValueError(f"masses must have shape ({n},), got {masses.shape}")
    if count is not None and whole("count", count) > 3 * n - 3:
        raise ValueError(f"count must be at most 3n - 3 = {3 * n - 3}, got {count}")
    if np.any(masses != 1):
        weights = diags_array(np.repeat(masses**-0.5, 3))
        matrix = weights @ matrix @ weights
    translations = np.kron(np.sqrt(masses / masses.sum())[:, None], np.eye(3))
    # the filter pays for large matrices of which a few per cent of the modes are wanted
    if count is None or 3 * n < max(1000, 20 * count):
        eigenvalues, vectors = _all_eigenpairs(matrix, translations, count)
    else:
        eigenvalues, vectors = softest_eigenpairs(bsr_array(matrix, blocksize=(3, 3)), translations, count)
    return NormalModes(eigenvalues=eigenvalues, eigenvectors=vectors.T.reshape(-1, n, 3), masses=masses)


def _square(hessian):
    """The matrix, if it can be one of second derivatives."""
    matrix = hessian if issparse(hessian) else np.asarray(hessian, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] % 3 or matrix.shape[0] < 6:
        raise ValueError(f"hessian must have shape (3n, 3n) with n >= 2, got {matrix.shape}")
    if issparse(matrix):
        matrix = bsr_array(matrix, blocksize=(3, 3), dtype=float)
    numbers = matrix.data if issparse(matrix) else matrix
    if not np.isfinite(numbers).all():
        raise ValueError("hessian must be finite, got nan or inf")
    asymmetry, size = abs(matrix - matrix.T).max(), abs(matrix).max()
    if asymmetry > 1e-6 * size:
        raise ValueError(f"hessian must be symmetric to 1e-6 of its largest entry, got {asymmetry / size:.1e}")
    return matrix


def _all_eigenpairs(matrix, translations, count):
    """Eigenvalues and eigenvectors (3n, k) by LAPACK's divide and conquer, translations left out."""
    dense = _dense(matrix)
    # no eigenvalue exceeds the largest absolute row sum (Gershgorin)
    bound = np.abs(dense).sum(axis=1).max()
    # P D P + 2 bound (1 - P), P the projector off the translations
    image = dense @ translations
    image -= translations @ (0.5 * (translations.T @ image) + bound * np.eye(3))
    for left, right in ((image, translations), (translations, image)):
        dense -= left @ right.T
    # eigh works in place on Fortran order, which for a symmetric matrix is the transpose
    eigenvalues, vectors = eigh(dense.T, overwrite_a=True, check_finite=False, driver="evd")
    kept = slice(len(eigenvalues) - 3 if count is None else count)
    return eigenvalues[kept], vectors[:, kept]


def _dense(matrix):
    """A dense copy; blocks are scattered all at once, several times faster than scipy's own conversion."""
    if not isinstance(matrix, bsr_array) or matrix.blocksize != (3, 3):
        return matrix.toarray() if issparse(matrix) else matrix.copy()
    n = matrix.shape[0] // 3
    dense = np.zeros((n, 3, n, 3))
    rows = np.repeat(np.arange(n), np.diff(matrix.indptr))
    dense[rows, :, matrix.indices, :] = matrix.data
    return dense.reshape(matrix.shape)
