"""Elastic response of a computer glass, and the sound it carries.

Reduced units sigma = epsilon = m = 1.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import bsr_array
from scipy.sparse.linalg import minres

from softmodes.glass.configuration import Configuration, Structure
from softmodes.glass.potential import InversePower, pair_vectors, with_its_potential

from .normal import NormalModes, modes_from_hessian, modes_of

# Largest force that counts as none: a minimised glass has 1e-10, one of another cutoff 6e-3, a liquid 100.
_LARGEST_FORCE = 1e-6
_NO_MINIMUM = "configuration must be at a minimum of the energy, got {}; minimize it first, with the same potential"


class ElasticModuli(NamedTuple):
    """Moduli of long sound waves, rho c^2, isotropic averages [epsilon/sigma^3]."""

    longitudinal: float
    shear: float


def elastic_moduli(
    configuration: Structure, *, potential: InversePower | None = None, modes: NormalModes | None = None
) -> ElasticModuli:
    r"""Moduli of long sound waves at an inherent structure.

    .. math:: \rho c^2 = \frac{1}{V} \Big( \frac{\partial^2 E}{\partial\gamma^2} - \Xi \cdot H^{-1} \Xi \Big),
       \qquad \Xi = -\frac{\partial^2 E}{\partial\gamma\,\partial\mathbf{x}}

    Parameters
    ----------
    configuration : Configuration
        At a minimum of the energy. Atoms without neighbours carry nothing.
    potential : InversePower, optional
        As for `normal_modes`.
    modes : NormalModes, optional
        Of the configuration, if they are known already: the softest one tells whether it is stable.

    Returns
    -------
    ElasticModuli
        Means over the three compressions and the six shears along the edges of the box.

    Raises
    ------
    ValueError
        If a force acts or a mode is unstable, as in a snapshot of a liquid, the modes are those of something else, or
        the box is too small.
    RuntimeError
        If the relaxation of the atoms under strain was not found.

    Notes
    -----
    The derivatives are along a displacement gradient, u_a = gamma x_b, so that the pressure of the box is included as
    it is in a sound wave. The second term is what the atoms gain by not moving affinely: one soft mode may contribute
    as much as all others, and make the shear modulus of a small glass negative. Average moduli over glasses, then take
    the velocity: (modulus / density)^(1/2).
    """
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    hessian = potential.hessian(configuration)
    largest = np.abs(potential.forces(configuration)).max()
    if largest > _LARGEST_FORCE:
        raise ValueError(_NO_MINIMUM.format(f"a largest force of {largest:.2g}"))
    modes = modes_from_hessian(hessian, count=1) if modes is None else modes_of(hessian, modes)
    if modes.unstable:
        raise ValueError(_NO_MINIMUM.format(f"omega^2 = {modes.eigenvalues[0]:.3g}"))
    moduli = np.array([[_modulus(configuration, hessian, a, b) for b in range(3)] for a in range(3)])
    return ElasticModuli(float(np.trace(moduli) / 3), float((moduli.sum() - np.trace(moduli)) / 6))


def _modulus(configuration: Configuration, hessian: bsr_array, a: int, b: int) -> float:
    """Second derivative of the energy per volume along u_a = gamma x_b, the atoms relaxed [epsilon/sigma^3]."""
    n = len(configuration.positions)
    rows = np.repeat(np.arange(n), np.diff(hessian.indptr))
    # off the diagonal a block is minus the stiffness of one pair
    pairs = rows != hessian.indices
    stiffness = -hessian.data[pairs][:, :, a]
    owners, offsets = rows[pairs], np.searchsorted(rows[pairs], np.arange(n + 1))
    stretch = pair_vectors(configuration, offsets, hessian.indices[pairs])[:, b]
    affine = 0.5 * np.sum(stretch**2 * stiffness[:, a])
    force = np.zeros((n, 3))
    np.add.at(force, owners, -stretch[:, None] * stiffness)
    relaxation, failed = minres(hessian, force.ravel(), rtol=1e-8, maxiter=20 * n)
    if failed:
        raise RuntimeError("the relaxation under strain did not converge; is the structure at a minimum?")
    return float((affine - force.ravel() @ relaxation) / configuration.box.prod())
