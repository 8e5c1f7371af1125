"""Eigenmodes of a symmetric or Hermitian matrix, dense or in sparse blocks, without the motions that cost nothing.

Units are those of the matrix, which is divided by the masses already.
"""

import math
from typing import Any, TypeAlias, overload

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import bsr_array, issparse

from softmodes.arguments import whole

Matrix: TypeAlias = np.ndarray | bsr_array
"""Of second derivatives: dense, or sparse in blocks of 3 x 3."""

# A motion costs nothing if of the terms of its energy no more than this fraction is left over. Waves grow soft with the
# square of their number, without end: they are told from translations down to 1e-6 of the edge of the zone.
COST, COST_OF_WAVE = 1e-9, 1e-12
# And of the terms of its force no more than this, or the root of the above: differences of forces bring an error to it.
_FORCE = 1e-3
# Of its largest entry a matrix that was calculated may be asymmetric by so much.
ROUNDING = 1e-6
# Differences of forces are symmetric up to their own error, a per cent at the most; rows in another order than the
# columns are not.
ASYMMETRY = 1e-2
# Largest matrix (3n) that is taken apart as a whole where the iteration for the softest modes fails: 1 GB.
_LARGEST_DENSE = 6000


@overload
def symmetric(name: str, matrix: np.ndarray, tolerance: float) -> tuple[np.ndarray, float]: ...
@overload
def symmetric(name: str, matrix: Matrix, tolerance: float) -> tuple[Matrix, float]: ...
def symmetric(name: str, matrix: Matrix, tolerance: float) -> tuple[Matrix, float]:
    """Return the mean of a matrix and its adjoint, and how much they differ at most as a fraction of the largest entry.

    A ValueError if that is above the tolerance.
    """
    adjoint: Any = matrix.conj().T  # of the kind of the matrix, which a union does not say
    asymmetry, size = largest_entry(matrix - adjoint), largest_entry(matrix)
    if asymmetry > tolerance * size:
        kind = "Hermitian" if np.iscomplexobj(matrix) else "symmetric"
        limit = np.format_float_scientific(tolerance, trim="-", exp_digits=1)
        raise ValueError(
            f"{name} must be {kind} to {limit} of its largest entry, got {asymmetry / size:.1e} of it between an entry"
            " and its mirror image"
        )
    return ((matrix + adjoint) / 2, asymmetry / size) if asymmetry else (matrix, 0.0)


def costless(
    matrix: Matrix,
    motions: np.ndarray,
    *,
    image: np.ndarray | None = None,
    accuracy: float = COST,
    least: float = 1e-12,
) -> np.ndarray:
    """Find those combinations of orthonormal motions (N, r) that cost nothing, orthonormal too, shape (N, r' <= r).

    `image` is the force, matrix @ motions, if it is known better than from the matrix. What is less than the part
    `least` of the largest terms times `accuracy` is nothing in any case.

    Energy t.D.t and force D.t must vanish, as sums whose terms cancel: the energy to `accuracy`, the force to 1e-3 or
    the root of it. At a minimum |D.t|^2 < |D| t.D.t, so that the energy decides: it is exact even where the matrix
    comes from differences of forces, which bring an error to D.t alone.
    """
    unit = _power_of_two(matrix)
    image = matrix / unit @ motions if image is None else image / unit
    terms = _sizes(matrix) / unit @ np.abs(motions)
    scale = np.sum(np.abs(motions) * terms, axis=0)
    scale = np.sqrt(np.maximum(scale, least * scale.max(initial=0)) + np.finfo(float).tiny)
    costs, mixtures = eigh(motions.conj().T @ image / np.outer(scale, scale))
    mixtures = mixtures[:, np.abs(costs) <= accuracy] / scale[:, None]
    motions, mixing = np.linalg.qr(motions @ mixtures)
    _, forces, combined = np.linalg.svd(image @ mixtures @ np.linalg.inv(mixing), full_matrices=False)
    limit = max(_FORCE, accuracy**0.5) * np.linalg.norm(terms, axis=0).max(initial=0)
    found: np.ndarray = motions @ combined.conj().T[:, forces <= limit]
    return found


def eigenmodes(
    matrix: Matrix, excluded: np.ndarray, count: int | None, *, held: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (k,) and eigenvectors (N, k) of a symmetric matrix outside an invariant space, the lowest `count`.

    `excluded` is an orthonormal basis (N, r); `held` only counts directions that the matrix does not have any more.
    """
    left = matrix.shape[0] - excluded.shape[1]
    if left == 0:
        alone = "; a single free atom has none" if matrix.shape[0] == 3 else ""
        raise ValueError(f"modes must be left beside translations, got these alone, {excluded.shape[1]} of them{alone}")
    if count is not None and whole("count", count) > left:
        raise ValueError(f"count must be at most 3n - {excluded.shape[1] + held} = {left}, got {count}")
    scale = _power_of_two(matrix)
    if issparse(matrix):
        scaled: Matrix = bsr_array((matrix.data / scale, matrix.indices, matrix.indptr), shape=matrix.shape)
    else:
        scaled = matrix / scale
    eigenvalues, vectors = _lowest(scaled, excluded, count)
    # what rounding leaves of a zero has no sign
    eigenvalues[np.abs(eigenvalues) < 16 * matrix.shape[0] ** 0.5 * np.finfo(float).eps] = 0
    # beyond the largest number it is inf, which no NormalModes take
    with np.errstate(over="ignore"):
        return eigenvalues * scale, vectors


def largest_entry(matrix: Matrix) -> float:
    """Return the absolute value of the largest entry."""
    return float(_sizes(matrix).max())


def _sizes(matrix: Matrix) -> Matrix:
    """Return the absolute values of all entries; by it the blocks of a sparse matrix come into order, there too."""
    return abs(matrix) if issparse(matrix) else np.abs(matrix)


def _power_of_two(matrix: Matrix) -> float:
    """Return what brings the largest entry to between 1 and 2: no digit changes, and no square overflows."""
    return math.ldexp(1.0, math.frexp(largest_entry(matrix))[1] - 1)


def _lowest(matrix: Matrix, excluded: np.ndarray, count: int | None) -> tuple[np.ndarray, np.ndarray]:
    """As `eigenmodes`, for a matrix whose largest entry is of the order of 1."""
    size = matrix.shape[0]
    # the filter pays for large sparse matrices of which less than a tenth is wanted: benchmarks/softest_modes.py
    if count is not None and size >= max(1000, 12 * count) and size % 3 == 0 and _is_filtered_fast(matrix):
        from .lowest_eigenpairs import softest_eigenpairs  # compiled, which takes a second

        try:
            return softest_eigenpairs(bsr_array(matrix, blocksize=(3, 3)), excluded, count)
        except RuntimeError:
            if size > _LARGEST_DENSE:
                raise
    return _all_eigenpairs(matrix, excluded, count)


def _is_filtered_fast(matrix: Matrix) -> bool:
    """Whether a matrix is real and has so few entries that products with it take less time than LAPACK."""
    if np.iscomplexobj(matrix):
        return False
    entries = matrix.nnz if issparse(matrix) else np.count_nonzero(matrix)
    return bool(entries < matrix.shape[0] ** 3 / 3000)


def _all_eigenpairs(matrix: Matrix, excluded: np.ndarray, count: int | None) -> tuple[np.ndarray, np.ndarray]:
    """As `_lowest` by LAPACK's divide and conquer; overwrites a dense matrix."""
    dense = _dense(matrix)
    # no eigenvalue exceeds the largest absolute row sum (Gershgorin)
    bound = np.abs(dense).sum(axis=1).max() + 1
    # P D P + 2 bound (1 - P), P the projector off the excluded space
    image = dense @ excluded
    image -= excluded @ (0.5 * (excluded.conj().T @ image) + bound * np.eye(excluded.shape[1]))
    for left, right in ((image, excluded), (excluded, image)):
        dense -= left @ right.conj().T
    # eigh works in place on Fortran order, which for an adjoint is the transpose
    eigenvalues, vectors = eigh(dense.conj().T, overwrite_a=True, check_finite=False, driver="evd")
    kept = slice(len(eigenvalues) - excluded.shape[1] if count is None else count)
    return eigenvalues[kept], vectors[:, kept]


def _dense(matrix: Matrix) -> np.ndarray:
    """Return the dense matrix; blocks are scattered all at once, several times faster than scipy's own conversion."""
    if not issparse(matrix):
        return matrix
    n = matrix.shape[0] // 3
    dense = np.zeros((n, 3, n, 3), matrix.dtype)
    rows = np.repeat(np.arange(n), np.diff(matrix.indptr))
    dense[rows, :, matrix.indices, :] = matrix.data
    return dense.reshape(matrix.shape)
