"""The softest modes of a large sparse matrix: a Krylov space of a polynomial of the matrix.

The polynomial is large below a cut and small above it, so that a few hundred vectors span the wanted modes where plain
Lanczos iteration takes thousands of products. Nothing is factorised: memory grows like the number of atoms.
"""

from typing import TypeAlias

import numpy as np
from scipy.linalg import eigh, eigh_tridiagonal, qr
from scipy.sparse import bsr_array

from .products import WIDTH, block_recurrence

_Operands: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A matrix as the compiled product takes it: rows, columns and blocks."""

# The filter at the lowest eigenvalue exceeds that at the cut by cosh of this. More makes it longer, less makes it be
# applied more often; between 6 and 13 the time changes by a quarter.
_GROWTH = 8.0
# Longest filter, which keeps the cut above a degenerate level. Applying a shorter one more often is cheaper besides:
# 20 to 60 products take half as many in all as the 165 which 4000 atoms and 10 modes would have without it.
_LONGEST = 40
# The cut is put where so many times the wanted modes should lie below it: it need not be exact. And by this part of the
# distance to the lowest, or to the highest, beyond them: on the cut itself a level with many copies would not grow.
_MARGIN, _BEYOND = 1.3, 0.5
_LANCZOS_STEPS = 50
# Largest residual norm, as a fraction of the range of the spectrum.
_TOLERANCE = 1e-9
# Length that a unit vector must keep when it is made orthogonal once more: what keeps less was nothing but rounding.
_LEFT = 0.5


def softest_eigenpairs(
    matrix: bsr_array, excluded: np.ndarray, count: int, *, width: int = WIDTH
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest eigenpairs of a block-sparse symmetric matrix, outside an invariant space.

    Parameters
    ----------
    matrix : scipy.sparse.bsr_array, shape (3n, 3n)
        Of 3 x 3 blocks, its largest entry of the order of 1.
    excluded : ndarray, shape (3n, r)
        Orthonormal eigenvectors to be projected out: the translations.
    count : int
        Eigenpairs wanted, less than a tenth of all.
    width : int
        Columns of a block, a multiple of WIDTH; made wider where an eigenvalue has as many copies.

    Returns
    -------
    (ndarray, ndarray)
        Eigenvalues (count,) ascending and orthonormal eigenvectors (3n, count).

    Raises
    ------
    RuntimeError
        If a residual stayed above 1e-9 of the range of the spectrum; says how large it was.

    Notes
    -----
    A block Krylov space holds no more vectors of one eigenvalue than the block has columns. Where so many copies are
    found there may be others, and the search begins again with twice the columns: none is missed, whatever the
    multiplicity.

    References
    ----------
    .. [1] Zhou, Saad, Tiago and Chelikowsky (2006), J. Comput. Phys. 219, 172.
    .. [2] Fang and Saad (2012), SIAM J. Sci. Comput. 34, A2220.
    """
    size = matrix.shape[0]
    operands = matrix.indptr.astype(np.uint64), matrix.indices.astype(np.uint64), matrix.data
    # a fixed start: the same matrix gives the same digits
    rng = np.random.default_rng(0)
    block = _without(excluded, rng.standard_normal((size, width)))
    lowest, cut, bound = _estimated_range(operands, block[:, :WIDTH], (_MARGIN * count + 8) / size)
    tolerance = _TOLERANCE * (bound - lowest)
    # a third of all is more than a full spectrum costs
    room = min(size // 3, 6 * count + 20 * width) // width * width
    basis, image = np.empty((2, room, size)).transpose(0, 2, 1)
    # eigh reads the upper triangle, all that is written, and looks for nan in both
    projected, residual = np.zeros((room, room)), np.inf
    for start in range(0, room, width):
        stop = start + width
        block = _orthonormal(_filter(operands, block, lowest, cut, bound), basis[:, :start], excluded, rng)
        basis[:, start:stop], image[:, start:stop] = block, _multiply(operands, block)
        projected[:stop, start:stop] = basis[:, :stop].T @ image[:, start:stop]
        if stop >= count + width // 2:
            values, mixing = eigh(projected[:stop, :stop], lower=False, driver="evd")
            values, vectors = values[:count], basis[:, :stop] @ mixing[:, :count]
            residual = np.linalg.norm(image[:, :stop] @ mixing[:, :count] - vectors * values, axis=0).max()
            if residual <= tolerance:
                break
    else:
        raise RuntimeError(
            f"the {count} softest modes reached a residual of {residual:.1e} in a space of {room} vectors, not"
            f" {tolerance:.1e}; ask for a few more modes, or for all of them"
        )
    if np.any(values[width - 1 :] - values[: max(count - width + 1, 0)] <= 10 * tolerance):
        return softest_eigenpairs(matrix, excluded, count, width=2 * width)
    return values, vectors


def _estimated_range(operands: _Operands, block: np.ndarray, fraction: float) -> tuple[float, float, float]:
    """Lowest eigenvalue, a cut below which at least a fraction of all lie, and a bound above the highest.

    Lanczos iteration from each column by itself: the weights of the start in its Ritz vectors sample the density of
    states.
    """
    current = block / np.linalg.norm(block, axis=0)
    previous, step = np.zeros_like(current), 0.0
    diagonal, beside = [], []
    for _ in range(_LANCZOS_STEPS):
        following = _multiply(operands, current) - step * previous
        diagonal.append(np.sum(current * following, axis=0))
        following -= diagonal[-1] * current
        step = np.linalg.norm(following, axis=0)
        beside.append(step)
        # a matrix of few different eigenvalues leaves nothing to go on with
        previous, current = current, following / np.where(step > 0, step, 1)
    columns = zip(np.transpose(diagonal), np.transpose(beside), strict=True)
    ritz = [eigh_tridiagonal(a, b[:-1]) for a, b in columns]
    nodes = np.concatenate([values for values, _ in ritz])
    weights = np.concatenate([vectors[0] ** 2 for _, vectors in ritz]) / len(ritz)
    nodes, weights = nodes[weights > 1e-14], weights[weights > 1e-14]
    order = np.argsort(nodes)
    below = np.searchsorted(np.cumsum(weights[order]), fraction)
    lowest, highest = nodes[order[[0, -1]]]
    # Lanczos comes from below, at the upper end to a few parts in a thousand; one level alone has a width by rounding
    bound = highest + 0.02 * (highest - lowest) + 1e-3
    least = (bound - lowest) * np.tanh(_GROWTH / _LONGEST / 2) ** 2
    edge = nodes[order[below]]
    edge += _BEYOND * min(edge - lowest, bound - edge)
    return lowest, max(edge, lowest + least), bound


def _orthonormal(block: np.ndarray, basis: np.ndarray, excluded: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Orthonormal columns in the place of a block's, orthogonal to `basis` and `excluded`.

    A filtered block of a matrix with few levels lies in the basis already: what rounding leaves of it is no direction,
    and a random one takes its place.
    """
    block = qr(_without(excluded, _without(basis, block)), mode="economic", check_finite=False)[0]
    while True:  # once more against the rounding of the first time
        block, triangle = qr(_without(excluded, _without(basis, block)), mode="economic", check_finite=False)
        lost = np.abs(np.diagonal(triangle)) < _LEFT
        if not lost.any():
            return np.asarray(block)
        block[:, lost] = rng.standard_normal((len(block), lost.sum())) / len(block) ** 0.5


def _filter(operands: _Operands, block: np.ndarray, lowest: float, cut: float, bound: float) -> np.ndarray:
    """Chebyshev polynomial of the matrix times a block: level between `cut` and `bound`, growing fastest below."""
    half, centre = (bound - cut) / 2, (bound + cut) / 2
    # scaled to 1 at the lowest eigenvalue, else the growth overflows
    first = ratio = half / (lowest - centre)
    degree = int(np.ceil(_GROWTH / np.arccosh(-1 / ratio)))
    previous = _chunked(block)
    current = np.zeros_like(previous)
    block_recurrence(*operands, previous, current, ratio / half, -centre * ratio / half, 0.0)
    for _ in range(degree - 1):
        following = 1 / (2 / first - ratio)
        scale = 2 * following / half
        block_recurrence(*operands, current, previous, scale, -centre * scale, -ratio * following)
        previous, current, ratio = current, previous, following
    return _unchunked(current)


def _multiply(operands: _Operands, block: np.ndarray) -> np.ndarray:
    """Matrix times a block of vectors (3n, columns)."""
    source = _chunked(block)
    product = np.zeros_like(source)
    block_recurrence(*operands, source, product, 1.0, 0.0, 0.0)
    return _unchunked(product)


def _without(directions: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Return the block without its components along orthonormal directions."""
    left: np.ndarray = block - directions @ (directions.T @ block)
    return left


def _chunked(block: np.ndarray) -> np.ndarray:
    """Vectors (3n, columns) as (chunks, n, 3, WIDTH), the order of the compiled product."""
    return np.ascontiguousarray(block.reshape(len(block) // 3, 3, -1, WIDTH).transpose(2, 0, 1, 3))


def _unchunked(chunks: np.ndarray) -> np.ndarray:
    """Reverse `_chunked`."""
    return chunks.transpose(1, 2, 0, 3).reshape(3 * chunks.shape[1], -1)
