r"""Eqs 18-20, 23 and 24: which soft modes can exist in the undercooled liquid.

Energies in units of :math:`k_B T`. The stability equation has a strongly softened solution, a maximum of the free
energy below :math:`\eta_2`, and a weakly softened one, a minimum above :math:`\eta_1`.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Floats, Numbers, between, finite, member, one, positive, representable, summary
from softmodes.theory.free_energy import (
    entropic_force,
    mean_square_displacement,
    quartic_mean_square,
    thermal_moments,
)
from softmodes.theory.roots import energy, root

BRANCHES = ("strong", "weak")


@representable
def harmonic_limits(beta_epsilon_m: ArrayLike) -> tuple[Numbers, Numbers]:
    r"""Restoring forces that a purely harmonic mode can have.

    .. math:: \eta_{1,2} = \tfrac12 \left[1 \pm (1 - 1/\beta\epsilon_m)^{1/2}\right]

    Parameters
    ----------
    beta_epsilon_m : array_like
        Formation energy of a local instability in units of :math:`k_B T` [-], positive.

    Returns
    -------
    eta_1, eta_2 : ndarray
        Weakly and strongly softened solution [-]; nan where :math:`\beta\epsilon_m < 1`, for there is none.

    Notes
    -----
    Eq. 19. Printed without "1 ±" (misprint or transcription loss); the solutions of
    :math:`\eta(1-\eta) = 1/4\beta\epsilon_m`, to which eq. 20 reduces with :math:`\langle x^2\rangle =
    1/2\beta\epsilon_k\eta_k`, add up to 1, which the printed pair cannot.

    Examples
    --------
    >>> [round(float(eta), 4) for eta in harmonic_limits(5.0)]
    [0.9472, 0.0528]
    """
    b = positive("beta_epsilon_m", beta_epsilon_m)
    with np.errstate(invalid="ignore"):
        eta_1 = (1 + np.sqrt(1 - 1 / b)) / 2
    return eta_1, 1 / (4 * b * eta_1)  # the product of the roots: no cancellation in the small one


@representable
def quartic_mode_energy(beta_epsilon_m: ArrayLike) -> Numbers:
    r"""Mode energy at which the stable mode is purely quartic.

    .. math:: \beta\epsilon_0 = 4\Big[\frac{\Gamma(1/4)}{\Gamma(3/4)}\Big]^2 (\beta\epsilon_m)^2

    Parameters
    ----------
    beta_epsilon_m : array_like
        Formation energy of a local instability in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        :math:`\beta\epsilon_0` [-].

    Notes
    -----
    Eq. 23. The gamma functions come in through eq. 21 at :math:`\beta\epsilon_k = 1`.

    Examples
    --------
    >>> round(float(quartic_mode_energy(1.0)), 3)
    35.015
    """
    return 4 * (positive("beta_epsilon_m", beta_epsilon_m) / quartic_mean_square(1.0)) ** 2


@representable
def formation_energy(beta_epsilon_0: ArrayLike) -> Numbers:
    r"""Return the formation energy of a local instability that belongs to a quartic mode energy.

    .. math:: \beta\epsilon_m = \frac{\Gamma(3/4)}{2\,\Gamma(1/4)} (\beta\epsilon_0)^{1/2}

    Parameters
    ----------
    beta_epsilon_0 : array_like
        Mode energy of the quartic mode in units of :math:`k_B T` [-], positive.

    Returns
    -------
    ndarray
        :math:`\beta\epsilon_m` [-].

    Notes
    -----
    Eq. 23 solved for :math:`\beta\epsilon_m`.
    """
    return quartic_mean_square(1.0) / 2 * np.sqrt(positive("beta_epsilon_0", beta_epsilon_0))


@representable(underflow="ignore")
def stability_residual(eta: ArrayLike, beta_epsilon: ArrayLike, beta_epsilon_m: ArrayLike) -> Numbers:
    r"""Residual of the mode stability equation, zero on the stability curve.

    .. math:: r = \beta\epsilon_k \langle x_k^2 \rangle - 2\beta\epsilon_m (1 - \eta_k)

    Parameters
    ----------
    eta : array_like
        Fraction :math:`\eta_k` of the crystal-like restoring force [-]; negative values are double wells.
    beta_epsilon : array_like
        Mode energy :math:`\epsilon_k` in units of :math:`k_B T` [-], positive.
    beta_epsilon_m : array_like
        Formation energy of a local instability in units of :math:`k_B T` [-], positive; about 3 at T_m, 5 at T_g.

    Returns
    -------
    ndarray
        Residual in units of :math:`k_B T` [-], of the broadcast shape of the arguments.

    Notes
    -----
    Eqs 18 and 20: the derivative of `local_free_energy`. Eq. 17 as printed lacks the factor ½ that makes it the sum of
    eq. 18 over modes.
    """
    return entropic_force(eta, beta_epsilon) - 2 * positive("beta_epsilon_m", beta_epsilon_m) * (1 - finite("eta", eta))


@dataclass(frozen=True, eq=False, kw_only=True)
class StabilityCurve:
    r"""Points on the solution of eq. 20 for one :math:`\beta\epsilon_m`; all arrays have one shape."""

    beta_epsilon_m: float
    """Formation energy of a local instability in units of k_B T [-]."""
    branch: str
    """"strong" (+ in eq. 24, below η_2) or "weak" (− in eq. 24, above η_1)."""
    eta_prime: Numbers
    """η' = (βε_k)^½ η_k [-]."""
    eta: Numbers
    """Fraction η_k of the crystal-like restoring force [-]."""
    epsilon: Numbers
    """Mode energy ε_k in units of ε_m [-]."""

    __repr__ = summary

    @property
    def beta_epsilon(self) -> Numbers:
        """Mode energy ε_k in units of k_B T [-]."""
        return self.epsilon * self.beta_epsilon_m

    @property
    def mean_square_displacement(self) -> Numbers:
        """⟨x_k²⟩ = ⟨u²⟩/(βε_k)^½ [-], which is 2(1 − η_k) ε_m/ε_k by eq. 20."""
        return mean_square_displacement(self.eta_prime) / np.sqrt(self.beta_epsilon)


@representable(underflow="ignore")
def stability_curve(
    beta_epsilon_m: float, *, branch: Literal["strong", "weak"] = "strong", eta_prime: ArrayLike | None = None
) -> StabilityCurve:
    r"""Solution of the stability equation, parametrised by η'.

    .. math:: (\beta\epsilon_k)^{1/2} = \frac{\beta\epsilon_m}{\langle u^2\rangle} \pm
        \Big[\Big(\frac{\beta\epsilon_m}{\langle u^2\rangle}\Big)^2 -
        \frac{2\beta\epsilon_m\eta'}{\langle u^2\rangle}\Big]^{1/2}, \quad \eta_k = \eta' / (\beta\epsilon_k)^{1/2}

    Parameters
    ----------
    beta_epsilon_m : float
        Formation energy of a local instability in units of :math:`k_B T` [-], from 1e-8 to 1e12.
    branch : {"strong", "weak"}
        "strong" for the sign +, below :math:`\eta_2` and on to double wells at :math:`\eta_k < 0`; "weak" for −,
        above :math:`\eta_1`, which has positive η' only.
    eta_prime : array_like, optional
        Where to evaluate; by default 500 values that cover the branch from its end to where it follows its asymptote.

    Returns
    -------
    StabilityCurve
        Of the shape of `eta_prime`; `eta` and `epsilon` are nan where the branch has no point at that η': beyond the
        fold of :math:`\beta\epsilon_m < 1`, and at η' ≤ 0 on the weak branch.

    Notes
    -----
    Eq. 24. At equal η' the two branches satisfy :math:`\eta_+ + \eta_- = 1`. Where eq. 19 has no solution
    (:math:`\beta\epsilon_m < 1`) eq. 24 still has one: the branches join at :math:`\eta_k = \tfrac12`.
    """
    b = one(energy, "beta_epsilon_m", beta_epsilon_m)
    member("branch", branch, BRANCHES)
    h = _default_eta_prime(b, branch) if eta_prime is None else finite("eta_prime", eta_prime)
    with np.errstate(invalid="ignore"):
        s = _strong_root(h, b)
        if branch == "weak":
            s = np.where(h > 0, 2 * b * h / (mean_square_displacement(h) * s), np.nan)  # the product of the two roots
        return StabilityCurve(beta_epsilon_m=b, branch=branch, eta_prime=h, eta=h / s, epsilon=s**2 / b)


def stability_point(eta: float, beta_epsilon_m: float) -> StabilityCurve:
    r"""Point of the stability curve at a given restoring force.

    Parameters
    ----------
    eta : float
        Fraction :math:`\eta_k` of the crystal-like restoring force [-]: below :math:`\eta_2` on the strong branch, or
        between :math:`\eta_1` and 1 on the weak one; any value below 1 where :math:`\beta\epsilon_m < 1`.
    beta_epsilon_m : float
        Formation energy of a local instability in units of :math:`k_B T` [-], from 1e-8 to 1e12.

    Returns
    -------
    StabilityCurve
        With scalars in place of arrays.

    Raises
    ------
    ValueError
        If there is no solution at `eta`, or `beta_epsilon_m` is not one number between 1e-8 and 1e12.

    Notes
    -----
    Eq. 20 solved for :math:`\epsilon_k`. Times :math:`2\eta'`, and with the virial theorem, it reads
    :math:`4\langle u^4\rangle = 1 - 4\beta\epsilon_m\eta_k(1-\eta_k)`: one bracketed root of a falling function of η',
    for both branches. The right-hand side is zero at the limits of eq. 19 and negative between them.
    """
    eta = one(between, "eta", eta, -1e12, 1e12)
    b = one(energy, "beta_epsilon_m", beta_epsilon_m)
    # Exact, and then rounded once: where the branches diverge, and η_1 is next to 1, floats have no digits left.
    fourth = float(1 - 4 * Fraction(b) * Fraction(eta) * (1 - Fraction(eta)))
    if not (fourth > 0 and eta < 1):
        eta_1, eta_2 = harmonic_limits(b)
        upper = f"{eta_1:.6g}" if eta_1 < 0.9999 else f"1 - {eta_2:.6g}"
        gap = f"below {eta_2:.6g} or between {upper} and 1" if b >= 1 else "below 1"
        raise ValueError(f"eta must be {gap} at beta_epsilon_m = {b:g}, got {eta}: there is no stable mode")
    s = float(2 * b * (1 - eta) / mean_square_displacement(_where_fourth_moment_is(fourth)))
    branch = "strong" if eta <= 0.5 else "weak"
    point = {"eta_prime": eta * s, "eta": eta, "epsilon": s**2 / b}
    return StabilityCurve(beta_epsilon_m=b, branch=branch, **point)  # type: ignore[arg-type]  # numbers, not arrays


def _strong_root(h: Floats, b: float) -> Floats:
    """Return (βε_k)^½ of eq. 24 with the sign +, nan beyond the fold."""
    mean = mean_square_displacement(h)
    under = np.where(h > 0, b - 1 + _fourth_moment(h), b - 2 * h * mean)  # b − 2η'⟨u²⟩
    under = np.where(np.abs(under) < 1e-15, 0, under)  # rounding must not cut the fold itself off
    return ((b + np.sqrt(b * under)) / mean)[()]


def _fourth_moment(h: Floats) -> Floats:
    """Return 4⟨u⁴⟩, by the virial theorem 1 − 2η'⟨u²⟩ without the cancellation."""
    _, mean, variance = thermal_moments(h)
    fourth: Floats = 4 * (variance + mean**2)
    return fourth


def _where_fourth_moment_is(value: float) -> Floats:
    """Return the η' at which 4⟨u⁴⟩, which falls all the way, is `value`."""

    def excess(x: Floats) -> Floats:
        return _fourth_moment(np.sinh(x)) - value

    # 4⟨u⁴⟩ is η'² deep in a double well, and 3/η'² of a vibration.
    return np.sinh(root(excess, -np.arcsinh(2 * value**0.5 + 2), np.arcsinh(2 * value**-0.5 + 2)))


def _default_eta_prime(b: float, branch: str) -> Floats:
    high = 5.0
    if b < 1:  # up to where the branches join, and just inside of it, where rounding cannot miss it
        high = np.log10(_where_fourth_moment_is(1 - b) * (1 - 1e-9))
    if branch == "weak":
        return np.logspace(min(-7.0, high - 5), high, 500)
    return np.sinh(np.linspace(-9.0, np.arcsinh(10**high), 500))
