r"""Third and fourth derivatives of the energy, contracted with displacements.

Reduced units sigma = epsilon = m = 1. With :math:`\varphi_m = (r^{-1}d/dr)^mu`, and :math:`p_z = \mathbf r\cdot
\mathbf z` for the relative displacement z of a pair, its energy varies as

.. math:: \mathbf z\cdot\nabla\nabla u\cdot\mathbf z = \varphi_2p_z^2 + \varphi_1|\mathbf z|^2,

and each further derivative follows from :math:`\nabla\varphi_m = \varphi_{m+1}\mathbf r`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import bsr_array, csr_array

from softmodes.arguments import Floats, mask
from softmodes.glass.configuration import Structure
from softmodes.glass.potential import InversePower, pair_diameters, pair_vectors, with_its_potential


def radial_derivatives(potential: InversePower, r: np.ndarray, scale: np.ndarray | float = 1.0) -> list[np.ndarray]:
    """(d/r dr)^m of u(r/scale) for m = 1 to 4, from the derivatives of u."""
    r = r / scale
    u_1, u_2, u_3, u_4 = (potential.pair(r, order) * r**order for order in range(1, 5))
    factors = u_1, u_2 - u_1, u_3 - 3 * u_2 + 3 * u_1, u_4 - 6 * u_3 + 15 * u_2 - 15 * u_1
    return [factor / (r * scale) ** (2 * m) for m, factor in enumerate(factors, start=1)]


class EnergyDerivatives:
    """Derivatives of the energy at one configuration; displacements z and y are arrays (n, 3).

    Parameters
    ----------
    configuration : Configuration
    moving : array_like of bool, shape (n,), optional
        Atoms outside which z is zero: other pairs are left out, which saves time and changes nothing.
    potential : InversePower, optional
        As for `normal_modes`.

    Raises
    ------
    ValueError
        If the box is too small for the potential.
    """

    def __init__(
        self, configuration: Structure, *, moving: ArrayLike | None = None, potential: InversePower | None = None
    ) -> None:
        configuration, potential = with_its_potential(configuration, potential, faithful=True)
        pairs = potential.pairs(configuration)
        diameters = np.broadcast_to(pair_diameters(configuration, *pairs), pairs[1].shape)
        offsets, neighbours = (index.astype(int) for index in pairs)
        n = len(configuration.positions)
        owner, vectors = np.repeat(np.arange(n), np.diff(offsets)), pair_vectors(configuration, offsets, neighbours)
        moving = np.full(n, True) if moving is None else mask("moving", moving, (n,))
        # each pair once
        kept = (owner < neighbours) & (moving[owner] | moving[neighbours])
        self._owner, self._neighbours, self._r = owner[kept], neighbours[kept], vectors[kept]
        self._phi = radial_derivatives(potential, np.linalg.norm(self._r, axis=1), diameters[kept])
        pairs = kept.sum()
        ends, signs = np.stack([self._owner, self._neighbours], axis=1).ravel(), np.tile([1.0, -1.0], pairs)
        # from atoms to pairs, and from pairs to atoms
        self._differences = csr_array((signs, ends, np.arange(0, 2 * pairs + 1, 2)), shape=(pairs, n))
        self._by_atom = self._differences.T.tocsr()

    def bend(self, z: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
        """U''':zy, shape (n, 3) [epsilon/sigma^3 times the units of z and y]; y = z by default.

        For y = z the gradient of z.H.z with respect to the positions.
        """
        _, phi_2, phi_3, _ = self._phi
        z, p_z = self._relative(z)
        y, p_y = (z, p_z) if y is None else self._relative(y)
        radial = phi_3 * p_z * p_y + phi_2 * _dot(z, y)
        bend: np.ndarray = self._by_atom @ (
            _by_pair(radial) * self._r + _by_pair(phi_2 * p_y) * z + _by_pair(phi_2 * p_z) * y
        )
        return bend

    def along(self, z: np.ndarray) -> tuple[float, float, float, np.ndarray]:
        """Second, third and fourth derivative of the energy along z, and `bend`: kappa, tau, chi, U''':zz."""
        phi_1, phi_2, phi_3, phi_4 = self._phi
        (relative, p), bend = self._relative(z), self.bend(z)
        v = _dot(relative, relative)
        kappa = np.sum(phi_2 * p**2 + phi_1 * v)
        chi = np.sum(phi_4 * p**4 + 6 * phi_3 * p**2 * v + 3 * phi_2 * v**2)
        return kappa, np.sum(bend * z), chi, bend

    def third(self, z: np.ndarray) -> bsr_array:
        """U''':z, the change of the Hessian along z: a sparse (3n, 3n) array."""
        _, phi_2, phi_3, _ = self._phi
        z, p = self._relative(z)
        mixed = _outer(phi_2, self._r, z)
        return self._assembled(_outer(phi_3 * p, self._r, self._r) + mixed + _transposed(mixed) + _unit(phi_2 * p))

    def fourth(self, z: np.ndarray) -> bsr_array:
        """U'''':zz, the second derivatives of z.H.z with respect to the positions: a sparse (3n, 3n) array."""
        _, phi_2, phi_3, phi_4 = self._phi
        z, p = self._relative(z)
        v = _dot(z, z)
        mixed = _outer(2 * phi_3 * p, self._r, z)
        radial = _outer(phi_4 * p**2 + phi_3 * v, self._r, self._r) + _unit(phi_3 * p**2 + phi_2 * v)
        return self._assembled(radial + mixed + _transposed(mixed) + _outer(2 * phi_2, z, z))

    def _relative(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Relative displacement of each pair, and its component along the pair times the distance."""
        relative = self._differences @ z
        return relative, _dot(self._r, relative)

    def _assembled(self, blocks: np.ndarray) -> bsr_array:
        """Sum the matrix over pairs, from the second derivatives of each with respect to its distance vector."""
        n = self._by_atom.shape[0]
        own = (abs(self._by_atom) @ blocks.reshape(-1, 9)).reshape(n, 3, 3)
        rows = np.searchsorted(self._owner, np.arange(n + 1))
        beside = bsr_array((-blocks, self._neighbours, rows), shape=(3 * n, 3 * n))
        matrix: bsr_array = beside + beside.T + bsr_array((own, np.arange(n), np.arange(n + 1)), shape=(3 * n, 3 * n))
        return matrix


def _dot(a: Floats, b: Floats) -> Floats:
    products: Floats = np.einsum("ij,ij->i", a, b)
    return products


def _by_pair(scalars: Floats) -> Floats:
    return scalars[:, None]


def _outer(scalars: Floats, a: Floats, b: Floats) -> Floats:
    return scalars[:, None, None] * a[:, :, None] * b[:, None, :]


def _transposed(blocks: Floats) -> Floats:
    return blocks.transpose(0, 2, 1)


def _unit(scalars: Floats) -> Floats:
    return scalars[:, None, None] * np.eye(3)
