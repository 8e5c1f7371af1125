r"""Pseudo-harmonic modes: quasi-localised vibrations freed of the sound waves that mix with them.

Reduced units sigma = epsilon = m = 1. They are the directions of unit length at the local minima of

.. math:: C(\mathbf z) = \frac{(\mathbf z\cdot H\cdot\mathbf z)^2}{\sum_{\langle ij\rangle}|\mathbf z_{ij}|^4},

soft like a harmonic mode, but with relative displacements :math:`\mathbf z_{ij}` of few pairs instead of many.
"""

import numpy as np
from scipy.sparse import bsr_array, csr_array

from softmodes.arguments import one, positive
from softmodes.glass.configuration import Configuration, Structure
from softmodes.glass.potential import InversePower, pair_diameters, pair_distances, with_its_potential
from softmodes.theory.potential import participation_number

from .anharmonicity import AnharmonicModes, mode_derivatives
from .compliance import Compliance, compliance
from .normal import NormalModes, stable_modes

# Largest change of a vector in the last step; 20 to 70 steps, of which half would do for three digits.
_TOLERANCE = 1e-7
_STEPS = 2000
# Vectors which descended to one minimum agree to the tolerance, different minima overlap by 0.8 at most.
_SAME = 0.99


def pseudoharmonic_modes(
    configuration: Structure,
    count: int = 10,
    *,
    potential: InversePower | None = None,
    modes: NormalModes | None = None,
    yielding: Compliance | None = None,
    reach: float | None = None,
) -> tuple[AnharmonicModes, np.ndarray]:
    r"""Pseudo-harmonic modes to which the softest harmonic ones lead.

    Parameters
    ----------
    configuration : Configuration
        An inherent structure.
    count : int
        Harmonic modes to start from, the softest ones.
    potential : InversePower, optional
        As for `normal_modes`.
    modes : NormalModes, optional
        The softest modes of the configuration, at least `count`, if they are known already.
    yielding : callable, optional
        What `compliance` makes of its Hessian, likewise.
    reach : float, optional
        Pairs nearer than this [sigma; in a mixture, the pair's own] count in C. All that interact by default, as
        published: within the cutoff. With the first shell only, 1.5, the softest mode of 40 glasses had 2.0 +- 0.3 %
        more in frequency and 5 +- 1 % less in N_k, and was the same vector but in two (overlap above 0.98); of the
        others, some appear and some vanish.

    Returns
    -------
    AnharmonicModes
        The distinct ones, arrays of shape (k,) with 1 <= k <= `count`, softest first. :math:`\kappa` is
        :math:`\mathbf z\cdot H\cdot\mathbf z`. `chi_relaxed` is nan: off equilibrium to first order already, what
        gives way is not the fourth order alone.
    vectors : ndarray, shape (k, n, 3)
        Of unit length, not orthogonal to each other.

    Raises
    ------
    ValueError
        If `count` or `reach` is out of range, `modes` are too few or of something else, or one is not stable.
    RuntimeError
        If a vector still changed by more than 1e-7 in the last of 2000 steps.

    Notes
    -----
    C is lowered by :math:`\mathbf z\leftarrow H^{-1}\mathbf q/|H^{-1}\mathbf q|` with
    :math:`\mathbf q_i = \sum_j|\mathbf z_{ij}|^2\mathbf z_{ij}` [2]_. Its denominator f is convex, so that
    :math:`f(\mathbf y) \ge f(\mathbf z) + 4\mathbf q\cdot(\mathbf y - \mathbf z)`, and of all vectors with the
    numerator of :math:`\mathbf z` it is :math:`\mathbf y \propto H^{-1}\mathbf q` that makes the right side largest: no
    step raises C.

    References
    ----------
    .. [1] Richard, Kapteijns, Giannini, Manning and Lerner (2021), Phys. Rev. Lett. 126, 015501.
    .. [2] Journee, Nesterov, Richtarik and Sepulchre (2010), J. Mach. Learn. Res. 11, 517.
    """
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    modes = stable_modes(configuration, count, modes=modes, potential=potential)
    differences, hessian = _differences(configuration, potential, reach), potential.hessian(configuration)
    vectors = _descend(modes.eigenvectors[:count], differences, yielding or compliance(hessian))
    vectors = _distinct(vectors, hessian)
    kappa, tau, chi, _ = mode_derivatives(configuration, vectors, potential=potential)
    relaxed, n_k = np.full_like(chi, np.nan), participation_number(vectors)
    return AnharmonicModes(kappa=kappa, tau=tau, chi=chi, chi_relaxed=relaxed, participation_number=n_k), vectors


def _differences(configuration: Configuration, potential: InversePower, reach: float | None) -> csr_array:
    """Sparse array (pairs, n) that takes values at the atoms to differences between the two of each pair."""
    reach = potential.cutoff if reach is None else one(positive, "reach", reach)
    offsets, neighbours = potential.pairs(configuration)
    scale = pair_diameters(configuration, offsets, neighbours)
    n, near = len(configuration.positions), pair_distances(configuration, offsets, neighbours) < reach * scale
    owner, neighbours = np.repeat(np.arange(n), np.diff(offsets).astype(int)), neighbours.astype(int)
    chosen = near & (owner < neighbours)
    if reach > potential.cutoff or not chosen.any():
        raise ValueError(f"reach must hold pairs and be at most the cutoff {potential.cutoff:g}, got {reach:g}")
    ends, pairs = np.stack([owner[chosen], neighbours[chosen]], axis=1), chosen.sum()
    signs = np.tile([1.0, -1.0], pairs)
    return csr_array((signs, ends.ravel(), np.arange(0, 2 * pairs + 1, 2)), shape=(pairs, n))


def _descend(starts: np.ndarray, differences: csr_array, yielding: Compliance) -> np.ndarray:
    """Vectors (count, n, 3) at minima of C, one from each start."""
    vectors, count = starts.copy(), len(starts)
    moving, change = np.arange(count), np.full(count, np.inf)
    for _ in range(_STEPS):
        following = _step(vectors[moving], differences, yielding)
        change[moving] = np.linalg.norm((following - vectors[moving]).reshape(len(moving), -1), axis=1)
        vectors[moving] = following
        moving = np.flatnonzero(change > _TOLERANCE)
        if not len(moving):
            return vectors
    raise RuntimeError(
        f"{len(moving)} of {count} pseudo-harmonic modes still changed by up to {change.max():.1e} after {_STEPS}"
        f" steps, not {_TOLERANCE:g}; start from fewer modes"
    )


def _step(vectors: np.ndarray, differences: csr_array, yielding: Compliance) -> np.ndarray:
    """H^-1 q of each vector (k, n, 3), normalised."""
    k, n, _ = vectors.shape
    relative = (differences @ vectors.transpose(1, 2, 0).reshape(n, 3 * k)).reshape(-1, 3, k)
    relative *= np.einsum("pak,pak->pk", relative, relative)[:, None]
    q = (differences.T @ relative.reshape(-1, 3 * k)).reshape(3 * n, k)
    following = yielding(q).T
    following /= np.linalg.norm(following, axis=1, keepdims=True)
    return following.reshape(k, n, 3)


def _distinct(vectors: np.ndarray, hessian: bsr_array) -> np.ndarray:
    """Choose the different ones, softest first."""
    flat = vectors.reshape(len(vectors), -1)
    kappa = np.sum(flat.T * (hessian @ flat.T), axis=0)
    kept: list[int] = []
    for i in np.argsort(kappa):
        if all(abs(flat[i] @ flat[j]) < _SAME for j in kept):
            kept.append(i)
    return vectors[kept]
