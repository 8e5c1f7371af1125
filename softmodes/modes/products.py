"""Compiled product of a sparse matrix in blocks with many vectors at once. Nothing here checks its arguments."""

import numpy as np

from softmodes.glass.compiled import compiled

WIDTH = 32
"""Vectors which one pass over the matrix multiplies."""


@compiled(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})
def block_recurrence(rows: np.ndarray, columns: np.ndarray, blocks: np.ndarray, current: np.ndarray,
                     previous: np.ndarray, scale: float, shift: float, weight: float) -> None:  # fmt: skip
    """Set previous to scale (matrix @ current) + shift current + weight previous, for vectors (chunks, n, 3, WIDTH).

    A chunk is narrow enough for its rows to stay in cache while the matrix streams past, and wide enough for the nine
    numbers of a block to be used 32 times each. Being fused, the three-term recurrence costs no extra pass over memory.
    """
    sums = np.zeros((3, WIDTH))
    for chunk in range(np.uint64(len(current))):
        source, target = current[chunk], previous[chunk]
        for i in range(np.uint64(len(rows) - 1)):
            sums[:] = 0.0
            for k in range(rows[i], rows[i + np.uint64(1)]):
                j = columns[k]
                for c in range(np.uint64(WIDTH)):
                    x, y, z = source[j, 0, c], source[j, 1, c], source[j, 2, c]
                    sums[0, c] += blocks[k, 0, 0] * x + blocks[k, 0, 1] * y + blocks[k, 0, 2] * z
                    sums[1, c] += blocks[k, 1, 0] * x + blocks[k, 1, 1] * y + blocks[k, 1, 2] * z
                    sums[2, c] += blocks[k, 2, 0] * x + blocks[k, 2, 1] * y + blocks[k, 2, 2] * z
            for a in range(np.uint64(3)):
                for c in range(np.uint64(WIDTH)):
                    target[i, a, c] = scale * sums[a, c] + shift * source[i, a, c] + weight * target[i, a, c]
