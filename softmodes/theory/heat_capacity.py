r"""The heat capacity behind eq. 8: soft modes of uniform density :math:`P_s` in :math:`(D_1, D_2)`.

Temperatures in :math:`W/k_B`, barriers in W, heat capacities per :math:`P_s k_B`. Every potential is counted once, from
its global minimum: :math:`V = W[e^2y^2/4 + s e y^3 + y^4]`, with the quantum :math:`eW` of its small vibrations and
:math:`0 < s < 1`; a second minimum exists for :math:`s^2 > 8/9`.
"""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import pi
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize_scalar
from scipy.special import eval_legendre

from softmodes.arguments import Floats, Numbers, between, finite, one, positive, representable
from softmodes.theory.levels import variational_levels

ATTEMPT_TIME = 1e-13
"""Time [s] between attempts at a barrier: the period of an atomic vibration, assumed."""

V_MAX = 20.0
"""Barrier [W] with which the two asymptotes give the 1.6 of eq. 8."""

# From where the ground state lies well below the top, to where k_BT ln(t/τ_0) would mean a temperature of several W.
_BARRIERS = (5.0, 100.0)
COLDEST = 1e-4
"""Lowest temperature [W/k_B] that `heat_capacity` takes: asymmetries are resolved down to 1e-5 W."""

_HOTTEST = 1e2
_T5 = 2 * pi**6 / 21
_STIFF = 28.0  # e above which a single well counts as harmonic: its quantum is then (12 - 60s²)/e³ < 0.3 % off


@representable(underflow="ignore")
def soft_potential(e: ArrayLike, s: ArrayLike) -> tuple[Numbers, Numbers]:
    r"""Coefficients of the soft potential with a given global minimum.

    .. math:: D_1 = -\frac{e^3}{8} s(1 - s^2), \quad D_2 = \frac{e^2}{4}\Big(1 - \frac{3s^2}{2}\Big), \quad
        dD_1\,dD_2 = \frac{e^4}{16}\,de\,ds

    Parameters
    ----------
    e, s : array_like
        Quantum of the small vibrations at the minimum in units of W, positive, and asymmetry [-], from -1 to 1.

    Returns
    -------
    d1, d2 : ndarray
        Arguments of `energy_levels` [-]. Mirror images (s and -s) are two potentials of the same levels: :math:`e^4/8`.
    """
    e, s = positive("e", e), finite("s", s)
    if np.any(np.abs(s) > 1):
        raise ValueError(f"s must lie between -1 and 1, got {s.flat[np.argmax(np.abs(s))]}")
    return -(e**3) / 8 * s * (1 - s) * (1 + s), e**2 / 4 * (1 - 1.5 * s**2)


@representable(underflow="ignore")
def vibrational_heat_capacity(temperature: ArrayLike) -> Numbers:
    r"""Law of the harmonic soft vibrations.

    .. math:: n(E) = \frac{P_s}{8W}\Big(\frac{E}{W}\Big)^4, \quad C = \frac{2\pi^6}{21}\Big(\frac{k_BT}{W}\Big)^5 P_sk_B

    `temperature` in :math:`W/k_B`, positive; a ValueError if not. The Einstein function integrated with :math:`e^4/8`.
    """
    return _T5 * positive("temperature", temperature) ** 5


@representable
def tunnelling_heat_capacity(temperature: ArrayLike, *, v_max: ArrayLike = V_MAX) -> Numbers:
    r"""Law of the tunnelling states, all of them with splittings below :math:`k_BT`.

    .. math:: C = \frac{2\pi^2}{3}\frac{k_BT}{W}\Big(\frac{V_{max}}{W}\Big)^{1/4} P_sk_B

    `temperature` in :math:`W/k_B` and `v_max` in W, positive; a ValueError if not. Barrier :math:`V = D_2^2/4` and
    asymmetry :math:`\Delta = D_1\sqrt{2|D_2|}` turn :math:`dD_1dD_2` into :math:`V^{-3/4}dV\,d\Delta/2`: a constant
    density :math:`4V_{max}^{1/4}` of :math:`|\Delta|`, times :math:`\pi^2k_BT/6` of a two-level system.
    """
    return 2 * pi**2 / 3 * positive("temperature", temperature) * positive("v_max", v_max) ** 0.25


@representable
def asymptotic_crossover_ratio(v_max: ArrayLike) -> Numbers:
    r"""Crossover ratio :math:`W/k_BT^*` of the two laws alone.

    .. math:: W/k_BT^* = (\pi^4/7)^{1/4}\,(V_{max}/W)^{-1/16}

    `v_max` in W, positive; a ValueError if not. The minimum of :math:`C/T^3` is where the two are equal. Eq. 8 has 1.6.

    >>> round(float(asymptotic_crossover_ratio(20.0)), 2)
    1.6
    """
    ratio: Numbers = (pi**4 / 7) ** 0.25 * positive("v_max", v_max) ** (-1 / 16)
    return ratio


@representable(underflow="ignore")
def heat_capacity(temperature: ArrayLike, *, v_max: float = V_MAX) -> Numbers:
    r"""Heat capacity of the soft potential model from the quantum levels.

    .. math:: C = P_s k_B \int_0^\infty\! de \int_0^1\! ds\, \frac{e^4}{8}\,
        \frac{\langle E^2\rangle - \langle E\rangle^2}{(k_BT)^2}

    Parameters
    ----------
    temperature : array_like
        Temperature in :math:`W/k_B`, at least 1e-4.
    v_max : float
        Highest barrier :math:`D_2^2/4` crossed within the time of the measurement, from 5 to 100 W.

    Returns
    -------
    ndarray
        Heat capacity per :math:`P_s k_B`, the integral to 0.3 %; below the smallest splitting,
        `tunnel_splitting(v_max)`, where next to nothing is left of it, to 0.1 % of `tunnelling_heat_capacity`.

    Notes
    -----
    A double well with a higher barrier is frozen: it neither tunnels nor relaxes, and vibrates in its lower well as a
    harmonic oscillator of quantum e. At 20 W, the levels of that well alone would add up to 0.4 % (at :math:`2 W/k_B`),
    no vibration at all would take 0.005 % away at T* and 5 % at :math:`3 W/k_B`, and the barrier seen from the upper
    well in place of :math:`D_2^2/4` would add 0.8 % at T* and 0.2 % at :math:`2 W/k_B`.

    The model has no upper cutoff of e: meant for temperatures up to a few :math:`W/k_B`.
    """
    t = positive("temperature", temperature)
    if np.any(t < COLDEST):
        raise ValueError(f"temperature must be at least {COLDEST} W/k_B, got {t.min()}")
    low = np.minimum(t, _HOTTEST)
    excess = _excess(one(_barrier, "v_max", v_max))(np.log(low))
    capacity: Numbers = (_T5 * t**5 + excess * low * (1 + low**2) * (t < _HOTTEST))[()]
    return capacity


def crossover_ratio(v_max: ArrayLike) -> Numbers:
    r"""Crossover ratio :math:`W/k_BT^*` from the minimum of :math:`C/T^3` of `heat_capacity`.

    Parameters
    ----------
    v_max : array_like
        Highest barrier crossed, from 5 to 100 W.

    Returns
    -------
    ndarray
        The ratio [-]: above the asymptotic one, for the law of tunnelling counts states with splittings above
        :math:`k_BT`.

    Notes
    -----
    Eq. 8, evaluated instead of quoted. A Debye term adds a constant to :math:`C/T^3` and moves nothing.
    """
    v_max = _barrier("v_max", v_max)
    ratios = [_minimum(v) for v in v_max.flat]
    return np.reshape(ratios, v_max.shape)[()]


@lru_cache
def _minimum(v_max: float) -> float:
    def reduced(ratio: float) -> float:
        return float(heat_capacity(1 / ratio, v_max=v_max)) * ratio**3

    return float(minimize_scalar(reduced, bounds=(1.3, 2.6), options={"xatol": 1e-7}).x)


@cache
def _table(nodes: int = 80, step: float = 1 / 3, size: int = 40, count: int = 20) -> tuple[Floats, ...]:
    """Heat capacity of each potential less that of its harmonic vibration, on a grid of e, s and T.

    s = tanh τ: the integrand is even and decays in τ, so that the trapezoid rule converges exponentially, and it
    resolves asymmetries down to 1e-9, which is what matters at low temperature. Up to e = 28, or the highest barrier of
    all, Gauss nodes: their Legendre series gives the integral up to *any* barrier, so one table serves them all.
    """
    tau = np.arange(0, 10.5, step)
    s, density = np.tanh(tau), step / np.cosh(tau) ** 2
    density[0] /= 2
    # e at which the barrier is 1 W; there is none for s² < 8/9.
    unit = np.sqrt(8 / np.where(s**2 > 8 / 9, 1.5 * s**2 - 1, np.nan))
    top = np.where(np.isnan(unit), _STIFF, unit * _BARRIERS[1] ** 0.25)
    x, gauss = np.polynomial.legendre.leggauss(nodes)
    e = (x[:, None] + 1) / 2 * top
    d2 = e**2 / 4 * (1 - 1.5 * s**2)
    levels = variational_levels((e**3 / 8 * s / np.cosh(tau) ** 2).ravel(), d2.ravel(), count, size=size)
    t = np.geomspace(COLDEST, _HOTTEST, 121)
    anharmonic = [_level_heat_capacity(levels, t_i) - _einstein(e.ravel() / t_i) for t_i in t]
    weight = e**4 / 8 * top / 2 * density * gauss[:, None]
    return t, x, unit / top, np.stack(anharmonic, axis=-1).reshape(*e.shape, -1) * weight[..., None]


def _level_heat_capacity(levels: Floats, t: float) -> Floats:
    y = (levels - levels[:, :1]) / t
    weights = np.exp(-y)
    weights /= weights.sum(axis=1, keepdims=True)
    variance: Floats = np.einsum("ij,ij,ij->i", weights, y, y) - np.einsum("ij,ij->i", weights, y) ** 2
    return variance


def _einstein(x: Floats) -> Floats:
    half = np.minimum(x, 600) / 2  # sinh overflows beyond
    return (half / np.sinh(half)) ** 2


@lru_cache(maxsize=256)
def _excess(v_max: float, **resolution: int) -> CubicSpline:
    """Spline over ln T of C less the T⁵ law, divided by T(1 + T²): of the order of one at all temperatures."""
    t, x, unit, weighted = _table(**resolution)
    # Integral of the Legendre series from -1 to `end`: ∫P_n = (P_{n+1} - P_{n-1})/(2n + 1).
    end = np.where(np.isnan(unit), 1, 2 * unit * v_max**0.25 - 1)
    n = np.arange(len(x) + 1)[:, None]
    p = eval_legendre(n, end)
    integrals = np.concatenate([[end + 1], p[2:] - p[:-2]]) / 2
    upto = eval_legendre(n[:-1], x).T @ integrals
    return CubicSpline(np.log(t), np.einsum("ij,ijt->t", upto, weighted) / (t * (1 + t**2)))


@representable
def activated_barrier(temperature: ArrayLike, time: ArrayLike, *, attempt_time: ArrayLike = ATTEMPT_TIME) -> Numbers:
    r"""Highest barrier crossed by thermal activation within a time.

    .. math:: V_{max} = k_BT \ln(t/\tau_0)

    `temperature` in :math:`W/k_B`, `time` t in s and `attempt_time` :math:`\tau_0` in s, assumed to be the period of an
    atomic vibration; returns W. A ValueError if one is not positive or `time` not longer than `attempt_time`.
    """
    temperature, time = positive("temperature", temperature), positive("time", time)
    attempt_time = positive("attempt_time", attempt_time)
    if np.any(time <= attempt_time):
        raise ValueError(f"time must be longer than attempt_time, got {time.min():g}")
    return temperature * np.log(time / attempt_time)


def _barrier(name: str, value: object) -> Numbers:
    return between(name, value, *_BARRIERS, unit=" W")
