"""The softest modes of a large sparse matrix by Chebyshev-filtered subspace iteration.

A polynomial of the matrix, large below a cut and small above it, is applied to a block of vectors; a small dense
problem then sorts what is left. Nothing is factorised, so that memory grows like the number of atoms.
"""

import numpy as np
from scipy.linalg import eigh, qr
from scipy.sparse.linalg import eigsh

from . import kernels

# The longer the filter, the rarer the dense work between two of them; beyond this, rounding is amplified for nothing.
_DEGREE = 80
# More vectors than wanted modes: the ratio of the cut to the last wanted eigenvalue sets the rate of convergence.
_MARGIN = 1.4


def softest_eigenpairs(matrix, translations, count, *, tolerance=1e-9, rounds=40):
    """Lowest eigenpairs of a block-sparse symmetric matrix outside the space of the translations.

    Parameters
    ----------
    matrix : scipy.sparse.bsr_array, shape (3n, 3n)
        Of 3 x 3 blocks.
    translations : ndarray, shape (3n, 3)
        Orthonormal null vectors, projected out.
    count : int
        Eigenpairs wanted.
    tolerance : float
        Largest residual norm, as a fraction of the spectral bound.
    rounds : int
        Most filterings.

    Returns
    -------
    (ndarray, ndarray)
        Eigenvalues (count,) ascending and orthonormal eigenvectors (3n, count).

    Raises
    ------
    RuntimeError
        If a residual stayed above the tolerance; says how large it was.

    References
    ----------
    .. [1] Zhou, Saad, Tiago and Chelikowsky (2006), J. Comput. Phys. 219, 172.
    """
    n, bound = matrix.shape[0] // 3, _upper_bound(matrix)
    chunks = -(-int(_MARGIN * count + 8) // kernels.WIDTH)
    operands = matrix.indptr.astype(np.uint64), matrix.indices.astype(np.uint64), matrix.data
    # a fixed start: the same matrix gives the same digits
    block = np.random.default_rng(0).standard_normal((3 * n, chunks * kernels.WIDTH))
    values = None
    for _ in range(rounds):
        if values is not None:
            block = _unchunked(_filter(operands, _chunked(block), values[-1], values[0], bound))
        block -= translations @ (translations.T @ block)
        block = qr(block, mode="economic", overwrite_a=True, check_finite=False)[0]
        image = _chunked(block)
        kernels.block_recurrence(*operands, image.copy(), image, 1.0, 0.0, 0.0)
        image = _unchunked(image)
        values, mixing = eigh(block.T @ image, driver="evd")
        block = block @ mixing
        residual = np.linalg.norm(image @ mixing[:, :count] - block[:, :count] * values[:count], axis=0).max()
        if residual <= tolerance * bound:
            return values[:count], block[:, :count]
    raise RuntimeError(
        f"the {count} softest modes reached a residual of {residual:.1e} after {rounds} rounds, not"
        f" {tolerance * bound:.1e}; ask for a few more modes, or for all of them"
    )


def _upper_bound(matrix):
    """Slightly above the largest eigenvalue, which Gershgorin's bound misses by a factor of two."""
    start = np.random.default_rng(0).standard_normal(matrix.shape[0])
    # Lanczos comes from below to 1e-3; 1 per cent more is safe
    return 1.01 * float(eigsh(matrix, k=1, which="LA", tol=1e-3, v0=start, return_eigenvectors=False)[0])


def _filter(operands, block, cut, lowest, bound):
    """Chebyshev polynomial of the matrix, bounded by 1 between `cut` and `bound` and growing fastest below."""
    half, centre = (bound - cut) / 2, (bound + cut) / 2
    # scaled to 1 at the lowest eigenvalue, else the growth overflows
    first = ratio = half / (lowest - centre)
    previous, current = block, block.copy()
    kernels.block_recurrence(*operands, previous, current, ratio / half, -centre * ratio / half, 0.0)
    for _ in range(_DEGREE - 1):
        following = 1 / (2 / first - ratio)
        scale = 2 * following / half
        kernels.block_recurrence(*operands, current, previous, scale, -centre * scale, -ratio * following)
        previous, current, ratio = current, previous, following
    return current


def _chunked(vectors):
    """Vectors (3n, columns) as (chunks, n, 3, WIDTH), the order of the compiled product."""
    return np.ascontiguousarray(vectors.reshape(len(vectors) // 3, 3, -1, kernels.WIDTH).transpose(2, 0, 1, 3))


def _unchunked(chunks):
    """The reverse of `_chunked`."""
    return chunks.transpose(1, 2, 0, 3).reshape(3 * chunks.shape[1], -1)
