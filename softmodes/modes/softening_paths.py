r"""Softening a local motion: the cheapest distortion that takes away its restoring force (eqs 15 and 16, fig. 7).

Reduced units sigma = epsilon = m = 1. The stiffness of a motion s, a unit vector, is :math:`\kappa_s = \mathbf s\cdot
H\mathbf s`, which is :math:`\eta_s\omega_c^2` of eq. 14. All other coordinates follow at the least energy.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import cho_factor, cho_solve, eigh

from softmodes.arguments import Seed, finite, generator, mask, one, shown, summary, unit_motion
from softmodes.glass.configuration import Configuration, Structure
from softmodes.glass.potential import InversePower, smooth_inverse_power, with_its_potential

from .compliance import without_translations
from .derivatives import EnergyDerivatives
from .linear_response import LinearResponse

# Forces and stiffness of a point on a path are exact to this; 5 Newton steps are usual, none moves an atom by more than
# 3 % of the distance between neighbours.
_TOLERANCE, _STEPS, _LONGEST_MOVE = 1e-8, 40, 0.03
# A step to the next fraction that fails is halved until it is shorter than this.
_SHORTEST_STEP = 0.02
_LARGEST_FRACTION = 10.0


_Measure: TypeAlias = tuple[float, np.ndarray, np.ndarray]
"""Stiffness of a motion as a fraction of that at the start, and its first and second derivatives."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SofteningPath:
    """Constrained minima at falling stiffness of a motion, arrays over the points of the path.

    Parameters
    ----------
    fraction : ndarray, shape (k,)
        Stiffness left, as a fraction of that at the start: 0 where the motion has lost all of it.
    energy : ndarray, shape (k,)
        Above the start [epsilon].
    positions : ndarray, shape (k, n, 3)
    motion : ndarray, shape (k, n, 3)
        The unit vector s.

    Notes
    -----
    Energy, positions and motion are nan from where no constrained minimum was found.
    """

    fraction: np.ndarray
    energy: np.ndarray
    positions: np.ndarray
    motion: np.ndarray

    __repr__ = summary


def softening_path(configuration: Structure, motion: ArrayLike, fractions: ArrayLike, *, follow: bool = False,
                   kick: float = 0.0, rng: Seed | None = None,
                   potential: InversePower | None = None) -> SofteningPath:  # fmt: skip
    r"""Minima of the energy at given stiffness of a motion, followed from a minimum without constraint.

    Parameters
    ----------
    configuration, potential
        As for LinearResponse.
    motion : array_like, shape (n, 3)
        s, of any length.
    fractions : sequence of float
        Stiffness to be left, :math:`\kappa_s` over that at the start, in the order in which it is reached.
    follow : bool
        Let s follow the distortion as the motion for which :math:`\mathbf s\cdot H\mathbf s` is the smallest fraction
        of that at the start; else it is fixed.
    kick : float
        Standard deviation of a random displacement of all coordinates before each point [sigma], to find cheaper
        branches; needs `rng`.

    Returns
    -------
    SofteningPath

    Raises
    ------
    ValueError
        If the motion is zero, not finite, of the wrong shape or changed by no displacement, if `fractions` is not a
        sequence of numbers from -10 to 10, or if a `kick` is not between 0 and 1 or has no `rng`.
    RuntimeError
        If the configuration is not a minimum.

    Notes
    -----
    Eq. 15. Newton's method on :math:`U + \lambda(\kappa_s - \kappa)`; a point counts only if no displacement that keeps
    :math:`\kappa_s` lowers the energy. Where a branch becomes a saddle, the path of a fixed motion ends, and that of a
    motion which follows goes on downhill.

    Examples
    --------
    What it costs to take a fifth of the stiffness of one atom of a crystal along [001]:

    >>> import numpy as np
    >>> from softmodes.glass import lattice, minimize, smooth_inverse_power
    >>> crystal = minimize(lattice("fcc", 4), potential=smooth_inverse_power)
    >>> motion = np.zeros((256, 3))
    >>> motion[0] = 0, 0, 1
    >>> softening_path(crystal, motion, [0.9, 0.8]).energy.round(3).tolist()
    [0.024, 0.1]
    """
    configuration, potential = with_its_potential(
        configuration, potential, otherwise=smooth_inverse_power, faithful=True
    )
    s, fractions = unit_motion("motion", motion, configuration.positions.shape), finite("fractions", fractions)
    if fractions.ndim != 1 or not fractions.size or np.abs(fractions).max() > _LARGEST_FRACTION:
        wanted = f"a sequence of numbers from -{_LARGEST_FRACTION:g} to {_LARGEST_FRACTION:g}"
        raise ValueError(f"fractions must be {wanted}, got {shown(fractions)} of shape {fractions.shape}")
    if not 0 <= one(finite, "kick", kick) <= 1 or (kick and rng is None):
        raise ValueError(f"kick must lie between 0 and 1, and needs an rng, got {kick:g} and {rng}")
    response, start = LinearResponse(configuration, potential=potential), potential.energy(configuration)
    tracked = (_Followed if mask("follow", follow, ()) else _Fixed)(s, response.hessian.toarray(), potential)
    first = (fractions[0] - 1) * response.stiffness(tracked.motion) * response.distortion(tracked.motion)[0]
    here, points, reached = (configuration.moved(configuration.positions + first), tracked), [], 1.0
    stream = generator("rng", rng) if kick else None
    for fraction in fractions:
        kicked = None if stream is None else kick * stream.normal(size=s.shape)
        here = _next_point(here, reached, fraction, kicked)
        if here is None:
            break
        reached = fraction
        points.append((potential.energy(here[0]) - start, here[0].positions, here[1].motion))
    ended = [(np.nan, np.full(s.shape, np.nan), np.full(s.shape, np.nan))] * (len(fractions) - len(points))
    energy, positions, motions = (np.array(column) for column in zip(*points, *ended, strict=True))
    return SofteningPath(fraction=fractions, energy=energy, positions=positions, motion=motions)


def _next_point(here: "_Point", reached: float, fraction: float, kicked: np.ndarray | None = None) -> "_Point | None":
    """Constrained minimum and its motion at the next fraction, from those at the one reached; None if not found."""
    if kicked is not None:
        found = _constrained_minimum(here[0].moved(here[0].positions + kicked), here[1], fraction)
        if found is not None:
            return found
    found = _constrained_minimum(*here, fraction)
    # a failed step says little about the branch: halves of it show where that ends
    halfway = (reached + fraction) / 2
    if found is None and abs(reached - fraction) > _SHORTEST_STEP:
        middle = _next_point(here, reached, halfway)
        found = middle and _next_point(middle, halfway, fraction)
    return found


class _Fixed:
    """A motion that stays: its stiffness as a fraction of that at the start, with two derivatives."""

    def __init__(self, s: np.ndarray, hessian: np.ndarray, potential: InversePower) -> None:
        self.potential, self._vector = potential, s / np.sqrt(s.ravel() @ hessian @ s.ravel())
        self._moving = np.any(s, axis=1)

    @property
    def motion(self) -> np.ndarray:
        motion: np.ndarray = self._vector / np.linalg.norm(self._vector)
        return motion

    def measure(self, configuration: Configuration, hessian: np.ndarray) -> _Measure:
        derivatives = EnergyDerivatives(configuration, moving=self._moving, potential=self.potential)
        v = self._vector
        return v.ravel() @ hessian @ v.ravel(), derivatives.bend(v).ravel(), derivatives.fourth(v).toarray()


class _Followed:
    """The motion that has lost most of its stiffness: an eigenvector of the Hessian relative to that at the start."""

    def __init__(self, s: np.ndarray, hessian: np.ndarray, potential: InversePower) -> None:
        # translations have the same stiffness at both ends: their fraction stays 1
        self.potential, self._start, self._vector = potential, without_translations(hessian), s

    @property
    def motion(self) -> np.ndarray:
        motion: np.ndarray = self._vector / np.linalg.norm(self._vector)
        return motion

    def measure(self, configuration: Configuration, hessian: np.ndarray) -> _Measure:
        fractions, vectors = eigh(without_translations(hessian), self._start)
        k = np.argmax(np.abs(self._vector.ravel() @ self._start @ vectors))
        self._vector = vectors[:, k].reshape(-1, 3)
        derivatives = EnergyDerivatives(configuration, potential=self.potential)
        # second-order perturbation: the motion turns while the configuration changes
        coupling = np.delete(vectors, k, axis=1).T @ derivatives.third(self._vector)
        turning = 2 * coupling.T @ (coupling / (np.delete(fractions, k) - fractions[k])[:, None])
        curvature = derivatives.fourth(self._vector).toarray() - turning
        return fractions[k], derivatives.bend(self._vector).ravel(), curvature


_Tracked: TypeAlias = _Fixed | _Followed
_Point: TypeAlias = tuple[Configuration, _Tracked]


def _constrained_minimum(configuration: Configuration, tracked: _Tracked, fraction: float) -> _Point | None:
    """Find the configuration of least energy nearby where the motion has the fraction, and that motion; or None."""
    # a search that fails must not leave its mark on the motion
    n, tracked = len(configuration.positions), copy(tracked)
    for _ in range(_STEPS):
        hessian = tracked.potential.hessian(configuration).toarray()
        slope = -tracked.potential.forces(configuration).ravel()
        value, gradient, curvature = tracked.measure(configuration, hessian)
        excess, length = value - fraction, gradient @ gradient
        multiplier = -(slope @ gradient) / length
        residual = slope + multiplier * gradient
        # a penalty along the constraint makes the matrix positive definite where the constrained point is a minimum
        penalty = 10 * np.trace(hessian) / (3 * n) / length
        matrix = without_translations(hessian + multiplier * curvature + penalty * np.outer(gradient, gradient))
        try:
            solve, downhill = partial(cho_solve, cho_factor(matrix)), None
        except np.linalg.LinAlgError:
            if isinstance(tracked, _Fixed):
                return None
            solve, downhill = _descent(matrix)
        if downhill is None and max(np.abs(residual).max(), abs(excess)) < _TOLERANCE:
            return configuration, tracked
        # on a saddle there is no force to follow: a push along its lowest eigenvector leads off
        if downhill is not None and np.abs(residual).max() < 1e-4:
            residual = residual + 0.05 * downhill
        along, across = solve(np.column_stack([-residual - penalty * excess * gradient, gradient])).T
        move = along - across * (excess + gradient @ along) / (gradient @ across)
        move *= min(1.0, _LONGEST_MOVE / np.abs(move).max())
        configuration = configuration.moved(configuration.positions + move.reshape(-1, 3))
    return None


def _descent(matrix: np.ndarray) -> tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]:
    """How to solve with the absolute value of an indefinite matrix, and its lowest eigenvector."""
    values, vectors = np.linalg.eigh(matrix)
    scale = np.maximum(np.abs(values), 1.0)[:, None]
    return (lambda right: vectors @ ((vectors.T @ right) / scale)), vectors[:, 0]
