"""The softest modes of a large sparse matrix: a Krylov space of a polynomial of the matrix.

The polynomial is large below a cut and small above it, so that a few hundred vectors span the wanted modes where plain
Lanczos iteration takes thousands of products. Nothing is factorised: memory grows like the number of atoms.
"""

import numpy as np
from scipy.linalg import eigh, eigh_tridiagonal, qr

from . import kernels

# The filter at the lowest eigenvalue exceeds that at the cut by cosh of this. More makes it longer, less makes it be
# applied more often; between 6 and 13 the time changes by a quarter.
_GROWTH = 8.0
# The cut is put where so many times the wanted modes should lie below it: it need not be exact.
_MARGIN = 1.3
_LANCZOS_STEPS = 50


def softest_eigenpairs(matrix, translations, count, *, tolerance=1e-9):
    """Lowest eigenpairs of a block-sparse symmetric matrix outside the space of the translations.

    Parameters
    ----------
    matrix : scipy.sparse.bsr_array, shape (3n, 3n)
        Of 3 x 3 blocks.
    translations : ndarray, shape (3n, 3)
        Orthonormal null vectors, projected out.
    count : int
        Eigenpairs wanted, a few per cent of all.
    tolerance : float
        Largest residual norm, as a fraction of the largest eigenvalue.

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
    .. [2] Fang and Saad (2012), SIAM J. Sci. Comput. 34, A2220.
    """
    size, width = matrix.shape[0], kernels.WIDTH
    operands = matrix.indptr.astype(np.uint64), matrix.indices.astype(np.uint64), matrix.data
    # a fixed start: the same matrix gives the same digits
    block = _without(translations, np.random.default_rng(0).standard_normal((size, width)))
    lowest, cut, bound = _estimated_range(operands, block, (_MARGIN * count + 8) / size)
    room = min(size - 3, 6 * count + 10 * width) // width * width
    basis, image = np.empty((2, room, size)).transpose(0, 2, 1)
    projected, residual = np.empty((room, room)), np.inf
    for start in range(0, room, width):
        stop = start + width
        block = _without(translations, _filter(operands, block, lowest, cut, bound))
        for _ in range(2):  # once more against the rounding of the first time
            block = qr(_without(basis[:, :start], block), mode="economic", check_finite=False)[0]
        basis[:, start:stop], image[:, start:stop] = block, _multiply(operands, block)
        projected[:stop, start:stop] = basis[:, :stop].T @ image[:, start:stop]
        if stop >= count + width // 2:
            # eigh reads the upper triangle, all that was written
            values, mixing = eigh(projected[:stop, :stop], lower=False, driver="evd")
            values, vectors = values[:count], basis[:, :stop] @ mixing[:, :count]
            residual = np.linalg.norm(image[:, :stop] @ mixing[:, :count] - vectors * values, axis=0).max()
            if residual <= tolerance * bound:
                return values, vectors
    raise RuntimeError(
        f"the {count} softest modes reached a residual of {residual:.1e} in a space of {room} vectors, not"
        f" {tolerance * bound:.1e}; ask for a few more modes, or for all of them"
    )


def _estimated_range(operands, block, fraction):
    """Lowest eigenvalue, the one below which a fraction of all lie, and a bound above the highest.

    Lanczos iteration from each column by itself: the weights of the start in its Ritz vectors sample the density of
    states.
    """
    current = block / np.linalg.norm(block, axis=0)
    previous, step, diagonal, beside = np.zeros_like(current), 0.0, [], []
    for _ in range(_LANCZOS_STEPS):
        following = _multiply(operands, current) - step * previous
        diagonal.append(np.sum(current * following, axis=0))
        following -= diagonal[-1] * current
        step = np.linalg.norm(following, axis=0)
        beside.append(step)
        previous, current = current, following / step
    ritz = [eigh_tridiagonal(a, b[:-1]) for a, b in zip(np.transpose(diagonal), np.transpose(beside), strict=True)]
    nodes = np.concatenate([values for values, _ in ritz])
    weights = np.concatenate([vectors[0] ** 2 for _, vectors in ritz]) / len(ritz)
    order = np.argsort(nodes)
    below = np.searchsorted(np.cumsum(weights[order]), fraction)
    # Lanczos comes from below, at the upper end to a few parts in a thousand
    return nodes[order[0]], nodes[order[max(below, 1)]], 1.02 * nodes[order[-1]]


def _filter(operands, block, lowest, cut, bound):
    """Chebyshev polynomial of the matrix times a block: level between `cut` and `bound`, growing fastest below."""
    half, centre = (bound - cut) / 2, (bound + cut) / 2
    # scaled to 1 at the lowest eigenvalue, else the growth overflows
    first = ratio = half / (lowest - centre)
    degree = int(np.ceil(_GROWTH / np.arccosh(-1 / ratio)))
    previous = _chunked(block)
    current = np.zeros_like(previous)
    kernels.block_recurrence(*operands, previous, current, ratio / half, -centre * ratio / half, 0.0)
    for _ in range(degree - 1):
        following = 1 / (2 / first - ratio)
        scale = 2 * following / half
        kernels.block_recurrence(*operands, current, previous, scale, -centre * scale, -ratio * following)
        previous, current, ratio = current, previous, following
    return _unchunked(current)


def _multiply(operands, block):
    """Matrix times a block of vectors (3n, columns)."""
    source = _chunked(block)
    product = np.zeros_like(source)
    kernels.block_recurrence(*operands, source, product, 1.0, 0.0, 0.0)
    return _unchunked(product)


def _without(directions, block):
    """The block without its components along orthonormal directions."""
    return block - directions @ (directions.T @ block)


def _chunked(block):
    """Vectors (3n, columns) as (chunks, n, 3, WIDTH), the order of the compiled product."""
    return np.ascontiguousarray(block.reshape(len(block) // 3, 3, -1, kernels.WIDTH).transpose(2, 0, 1, 3))


def _unchunked(chunks):
    """The reverse of `_chunked`."""
    return chunks.transpose(1, 2, 0, 3).reshape(3 * chunks.shape[1], -1)
