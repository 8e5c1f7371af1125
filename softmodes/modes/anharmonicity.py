r"""The quartic potential along a soft mode, and the length a of eq. 3 that it measures.

Reduced units sigma = epsilon = m = 1. A glass displaced by :math:`A\mathbf z` along a mode of unit length costs

.. math:: \delta U(A) = \tfrac12\kappa A^2 + \tfrac16\tau A^3 + \tfrac1{24}\chi A^4 + O(A^5).

The path is straight. Modes that the cubic terms couple to :math:`A^2` give way on a real path, which changes neither
:math:`\kappa` nor :math:`\tau` but lowers :math:`\chi`: to :math:`\chi_r`, given beside it.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Floats, motions, one, positive, real, representable, summary
from softmodes.glass.configuration import Structure
from softmodes.glass.potential import InversePower, with_its_potential
from softmodes.theory.potential import participation_number

from .compliance import Compliance, compliance
from .derivatives import EnergyDerivatives
from .normal import NormalModes, stable_modes


@dataclass(frozen=True, eq=False, kw_only=True)
class AnharmonicModes:
    r"""Quartic potentials of modes, arrays of one shape: (modes,) of one glass, (glasses, modes) of an ensemble.

    Parameters
    ----------
    kappa, tau, chi, chi_relaxed : ndarray
        Second, third and fourth derivative of the energy along the mode [epsilon/sigma^2, ^3, ^4], and the fourth one
        when all other modes give way.
    participation_number : ndarray
        N_k of eq. 2.

    Notes
    -----
    Where :math:`\chi \le 0` the fourth order does not bound the motion: eq. 3 has no length, and what needs a positive
    :math:`\chi` is nan. So is what needs a positive :math:`\kappa`.
    """

    kappa: np.ndarray
    tau: np.ndarray
    chi: np.ndarray
    chi_relaxed: np.ndarray
    participation_number: np.ndarray

    __repr__ = summary

    def __post_init__(self) -> None:
        """Make arrays of one shape, or refuse what is none."""
        for field in fields(self):
            object.__setattr__(self, field.name, real(field.name, getattr(self, field.name)))
        shapes = {getattr(self, field.name).shape for field in fields(self)}
        if len(shapes) > 1:
            raise ValueError(f"kappa, tau, chi, chi_relaxed and participation_number must have one shape, got {shapes}")

    @property
    def frequencies(self) -> np.ndarray:
        """Frequency nu = omega / 2 pi of a stable mode."""
        return _root(self.kappa) / (2 * np.pi)

    @property
    def relaxed(self) -> "AnharmonicModes":
        """The same modes with `chi_relaxed` in place of `chi`."""
        return replace(self, chi=self.chi_relaxed)

    @property
    def asymmetry(self) -> np.ndarray:
        r""":math:`s = |\tau|/\sqrt{3\kappa\chi}`: a second minimum from :math:`\sqrt{8/9}`, a lower one from 1."""
        return abs(self.tau) / (_root(3 * self.kappa) * _root(self.chi))

    @property
    def second_minimum(self) -> np.ndarray:
        r"""Distance of the second minimum, :math:`|A|/\sqrt{N_k}` [sigma], nan where there is none.

        .. math:: |A| = \frac{3|\tau|}{2\chi}\Big(1 + \sqrt{1 - 8/9s^2}\Big)
        """
        root = 1 - 8 / (9 * _valid(self.asymmetry) ** 2)
        along: Floats = 1.5 * np.abs(self.tau) / _valid(self.chi) * (1 + _root(root))
        distance: Floats = along / np.sqrt(self.participation_number)
        return distance

    @property
    def symmetric(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""Shift :math:`\tau/\chi` and :math:`c_1, c_2` of the potential about the point without a cubic term.

        .. math:: \delta U = c_1B + c_2B^2 + \tfrac{\chi}{24}B^4 + \text{const},\quad B = A + \tau/\chi,\quad
            c_1 = \frac{\tau^3}{3\chi^2} - \frac{\kappa\tau}{\chi},\quad c_2 = \frac\kappa2 - \frac{\tau^2}{4\chi}
        """
        shift = self.tau / _valid(self.chi)
        return shift, shift * (self.tau * shift / 3 - self.kappa), self.kappa / 2 - self.tau * shift / 4

    @representable
    def soft_potential(self, hbar: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""W [epsilon], :math:`D_1` and :math:`D_2` of the soft potential model.

        .. math:: W = c_4^{1/3}\Big(\frac{\hbar^2}{2}\Big)^{2/3},\quad D_1 = \frac{c_1}{c_4l^3},\quad
            D_2 = \frac{c_2}{c_4l^2},\quad c_4 = \frac\chi{24},\quad l = \Big(\frac{\hbar^2}{2c_4}\Big)^{1/6}

        `hbar` in sigma (m epsilon)^(1/2), set by the substance which the potential stands for; a ValueError if not
        positive. W is that of eq. 7.
        """
        hbar = np.float64(one(positive, "hbar", hbar))
        c_4, (_, c_1, c_2) = _valid(self.chi) / 24, self.symmetric
        length = (hbar**2 / (2 * c_4)) ** (1 / 6)
        return c_4 * length**4, c_1 / (c_4 * length**3), c_2 / (c_4 * length**2)

    @representable
    def quartic_length(self, omega_c: float) -> np.ndarray:
        r"""Return the length of eq. 3 [sigma], :math:`a^2 = 12\omega_c^2/(N_k\chi)`: eq. 5 is the potential along it.

        `omega_c` is the crystal-like angular frequency [(epsilon/m)^(1/2)/sigma], positive; a ValueError if not.
        """
        return _root(
            12 * np.float64(one(positive, "omega_c", omega_c)) ** 2 / (self.participation_number * _valid(self.chi))
        )

    @representable
    def mode_parameters(self, omega_c: float) -> tuple[np.ndarray, np.ndarray]:
        r""":math:`\epsilon_k` [epsilon] and :math:`\eta_k = \kappa/\omega_c^2` of eq. 5.

        `omega_c` as above. In :math:`\epsilon_k = N_ka^2\omega_c^2/2 = 6\omega_c^4/\chi` the number of atoms cancels.
        """
        omega_c = np.float64(one(positive, "omega_c", omega_c))
        return 6 * omega_c**4 / _valid(self.chi), self.kappa / omega_c**2


def mode_derivatives(
    configuration: Structure, modes: ArrayLike, *, potential: InversePower | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Find the derivatives of the energy along directions of unit length.

    .. math:: U'' = \sum\varphi_2p^2 + \varphi_1v, \quad U''' = \sum\varphi_3p^3 + 3\varphi_2pv, \quad
        U'''' = \sum\varphi_4p^4 + 6\varphi_3p^2v + 3\varphi_2v^2

    over pairs, with :math:`p = \mathbf r\cdot\mathbf z_{ij}`, :math:`v = |\mathbf z_{ij}|^2` and
    :math:`\varphi_m = (r^{-1}d/dr)^mu(r)`.

    `modes`, shape (k, n, 3), may be of any length: the normalisation of eq. 1 is done here.

    Returns
    -------
    kappa, tau, chi : ndarray, shape (k,)
        [epsilon/sigma^2, ^3, ^4]. tau changes its sign with the mode.
    bend : ndarray, shape (k, n, 3)
        :math:`U''':\mathbf z\mathbf z`: minus twice the force on all coordinates, per :math:`A^2` [epsilon/sigma^3].

    Notes
    -----
    A ValueError if the shape is wrong, or a mode is zero or not finite. Pairs at the cutoff, where the higher
    derivatives of u jump, count with those from inside.
    """
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    vectors, shape = motions("modes", real("modes", modes)), configuration.positions.shape
    if vectors.ndim != 3 or not len(vectors) or vectors.shape[1:] != shape:
        raise ValueError(f"modes must have shape (k, {shape[0]}, 3), got {vectors.shape}")
    derivatives = EnergyDerivatives(configuration, potential=potential)
    along = [derivatives.along(z / np.linalg.norm(z)) for z in vectors]
    kappa, tau, chi, bend = (np.array(column) for column in zip(*along, strict=True))
    return kappa, tau, chi, bend


def anharmonic_modes(
    configuration: Structure,
    count: int,
    *,
    modes: NormalModes | None = None,
    potential: InversePower | None = None,
    yielding: Compliance | None = None,
) -> AnharmonicModes:
    r"""AnharmonicModes along the softest `count` modes of an inherent structure.

    .. math:: \chi_r = \chi - 3\,\mathbf g\cdot H^{-1}\cdot\mathbf g, \quad
        \mathbf g = U''':\mathbf z\mathbf z - \tau\mathbf z

    is :math:`\chi` after the others have followed A at their equilibrium, :math:`-\frac12A^2H^{-1}\mathbf g`.

    `modes` are its softest NormalModes, at least `count`, and `yielding` what `compliance` makes of its Hessian, if
    they are there already. A ValueError if modes are fewer, or not stable, `count` is out of range or the box too
    small.
    """
    configuration, potential = with_its_potential(configuration, potential, faithful=True)
    modes = stable_modes(configuration, count, modes=modes, potential=potential)
    soft = modes.eigenvectors[:count]
    kappa, tau, chi, bend = mode_derivatives(configuration, soft, potential=potential)
    yielding = yielding or compliance(potential.hessian(configuration))
    force = (bend - tau[:, None, None] * soft).reshape(count, -1).T
    relaxed = chi - 3 * np.sum(force * yielding(force), axis=0)
    n_k = participation_number(soft)
    return AnharmonicModes(kappa=kappa, tau=tau, chi=chi, chi_relaxed=relaxed, participation_number=n_k)


def _valid(values: Floats) -> Floats:
    """Keep the positive values, nan in place of the others."""
    return np.where(values > 0, values, np.nan)


def _root(values: Floats) -> Floats:
    roots: Floats = np.sqrt(_valid(values))
    return roots
