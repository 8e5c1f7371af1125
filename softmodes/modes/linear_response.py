r"""A small softening of a local motion: what it costs at least, and what it does to all modes (eqs 15 and 16).

Reduced units sigma = epsilon = m = 1. The stiffness of a motion s, a unit vector, is :math:`\kappa_s = \mathbf s\cdot
H\mathbf s`, which is :math:`\eta_s\omega_c^2` of eq. 14. All other coordinates follow at the least energy.
"""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize as minimize_function

from softmodes.arguments import Seed, finite, generator, one, real, unit_motion, whole
from softmodes.glass.configuration import Structure
from softmodes.glass.potential import InversePower, smooth_inverse_power, with_its_potential
from softmodes.glass.preparation import FIRST_SHELL

from .compliance import compliance
from .derivatives import EnergyDerivatives

# Largest force that counts as none: a glass of another cutoff has 6e-3, a minimised one 1e-10.
_LARGEST_FORCE = 1e-6
# Below this, b is rounding: a zone-boundary wave of the fcc crystal has 3e-29, one atom along [001] 567.
_LEAST_COMPLIANCE = 1e-12
_MOST_STARTS = 10**6


class LinearResponse:
    r"""What a small softening of a motion costs, and what it does to the eigenmodes, at a minimum of the energy.

    .. math:: \delta U = \frac{(\delta\kappa_s)^2}{2\,\mathbf b\cdot H^{-1}\mathbf b},\quad
        \delta\mathbf x = \frac{H^{-1}\mathbf b}{\mathbf b\cdot H^{-1}\mathbf b}\,\delta\kappa_s,\quad
        \mathbf b = \frac{\partial\kappa_s}{\partial\mathbf x} = U''':\mathbf s\mathbf s

    Parameters
    ----------
    configuration : Configuration
        A minimum of the energy.
    potential : InversePower, optional
        With three continuous derivatives; by default the structure's own, made so, or r^-6 for a bare Configuration.
        Another exponent or cutoff than its own is refused.

    Raises
    ------
    RuntimeError
        If a force acts or the energy falls in some direction, so that the configuration is not a minimum.
    """

    def __init__(self, configuration: Structure, *, potential: InversePower | None = None) -> None:
        configuration, potential = with_its_potential(
            configuration, potential, otherwise=smooth_inverse_power, faithful=True
        )
        self.configuration, self.potential = configuration, potential
        self.hessian = potential.hessian(configuration)
        usual = "smooth_inverse_power" if potential == smooth_inverse_power else potential
        not_there = f"the configuration is not at a minimum of the energy; minimize it with potential={usual} first"
        if np.abs(potential.forces(configuration)).max() > _LARGEST_FORCE:
            raise RuntimeError(not_there)
        try:
            self._compliance = compliance(self.hessian)
        except ValueError:
            raise RuntimeError(not_there) from None

    def derivatives(self, moving: ArrayLike | None = None) -> EnergyDerivatives:
        """EnergyDerivatives of this configuration."""
        return EnergyDerivatives(self.configuration, moving=moving, potential=self.potential)

    def yielding(self, force: np.ndarray) -> np.ndarray:
        """H^-1 times forces (n, 3) that have no resultant."""
        return self._compliance(force.ravel()).reshape(-1, 3)

    def stiffness(self, s: ArrayLike) -> float:
        """kappa_s of a motion s (n, 3) [epsilon/sigma^2]."""
        s = unit_motion("s", s, self.configuration.positions.shape)
        return float(s.ravel() @ (self.hessian @ s.ravel()))

    def distortion(self, s: ArrayLike) -> tuple[np.ndarray, float]:
        """Displacement (n, 3) for each unit of kappa_s, and b.H^-1.b [epsilon/sigma^6]; a ValueError if zero."""
        s = unit_motion("s", s, self.configuration.positions.shape)
        bend = self.derivatives(np.any(s, axis=1)).bend(s)
        yielding = self.yielding(bend)
        compliance = float(np.sum(bend * yielding))
        if compliance < _LEAST_COMPLIANCE:
            raise ValueError("motion must be softened by some distortion, got one that no displacement changes")
        return yielding / compliance, compliance

    def mode_rates(self, s: ArrayLike, eigenvectors: ArrayLike) -> np.ndarray:
        r"""Left side of eq. 16, :math:`\delta\eta_k/\delta\eta_s`, of eigenmodes (mode, n, 3): shape (mode,)."""
        eigenvectors = real("eigenvectors", eigenvectors)
        if eigenvectors.ndim != 3 or eigenvectors.shape[1:] != self.configuration.positions.shape:
            raise ValueError(f"eigenvectors must have shape (mode, atom, 3) of these atoms, got {eigenvectors.shape}")
        change = self.derivatives().third(self.distortion(s)[0])
        flat = eigenvectors.reshape(len(eigenvectors), -1)
        rates: np.ndarray = np.einsum("ki,ki->k", flat, (change @ flat.T).T)
        return rates

    def cheapest_motion(self, centre: int, radius: float, *, rng: Seed, starts: int = 16) -> np.ndarray:
        r"""Motion of the atoms within `radius` of atom `centre` which is destabilised at the least cost.

        Minimises :math:`\kappa_s^2/2\,\mathbf b\cdot H^{-1}\mathbf b`, the energy at which linear response would take
        away all restoring force, from random motions around the central atom. Returns a unit vector (n, 3).
        A ValueError if `radius` [sigma] or the number of `starts` is not positive.
        """
        if not (one(finite, "radius", radius) > 0 and whole("starts", starts, least=0, most=_MOST_STARTS)):
            raise ValueError(f"radius and starts must be positive, got {radius} and {starts}")
        distance = np.linalg.norm(self.configuration.bonds(centre), axis=1)
        near = distance <= radius
        cost, found = partial(self._cost, np.flatnonzero(near), self.derivatives(near)), []
        # all atoms move: from the central one alone, a motion would keep its parity in a crystal
        for noise in generator("rng", rng).normal(size=(starts, near.sum(), 3)):
            start = noise * np.exp(-distance[near, None])
            found.append(minimize_function(cost, start.ravel(), jac=True, method="L-BFGS-B",
                                           options={"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-9}))  # fmt: skip
        best = min(found, key=lambda result: result.fun)
        motion = np.zeros_like(self.configuration.positions)
        motion[near] = best.x.reshape(-1, 3)
        motion /= np.linalg.norm(motion)
        return motion

    def _cost(self, atoms: np.ndarray, derivatives: EnergyDerivatives, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the cost and its gradient; it does not depend on the length of the vector."""
        s = np.zeros_like(self.configuration.positions)
        s[atoms] = values.reshape(-1, 3)
        forces = (self.hessian @ s.ravel()).reshape(-1, 3)
        stiffness, bend = np.sum(s * forces), derivatives.bend(s)
        yielding = self.yielding(bend)
        compliance = np.sum(bend * yielding)
        gradient = 2 * stiffness / compliance * (forces - stiffness / compliance * derivatives.bend(s, yielding))
        return 0.5 * stiffness**2 / compliance, gradient[atoms].ravel()


def shell_strain(configuration: Structure, displacement: np.ndarray, centre: int, direction: np.ndarray) -> np.ndarray:
    r"""Strain of the first shell of an atom along a direction and across it (mean of the two others), shape (2,).

    .. math:: \epsilon = \sum_j\delta\mathbf r_j\mathbf r_j^T \Big(\sum_j\mathbf r_j\mathbf r_j^T\Big)^{-1}

    is the affine map that fits the relative displacements best (Falk and Langer, Phys. Rev. E 57, 7192, 1998).
    """
    bonds = configuration.bonds(centre)
    length = np.linalg.norm(bonds, axis=1)
    shell = (length > 0) & (length < FIRST_SHELL)
    bonds, moved = bonds[shell], (displacement - displacement[centre])[shell]
    strain = moved.T @ bonds @ np.linalg.inv(bonds.T @ bonds)
    along = direction @ strain @ direction / (direction @ direction)
    return np.array([along, (np.trace(strain) - along) / 2])
