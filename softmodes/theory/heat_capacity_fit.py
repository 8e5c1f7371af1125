r"""From a measured heat capacity to W and P_s, the fit behind figs 1 and 2.

SI units. The soft modes are those of `heat_capacity`, on top of the :math:`T^3` of the sound waves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import hbar, k, pi
from scipy.optimize import least_squares

from softmodes.arguments import Floats, Numbers, between, one, positive, representable, summary
from softmodes.theory import heat_capacity
from softmodes.theory.heat_capacity import COLDEST, V_MAX, crossover_ratio

# Wider than any glass in any unit; what is computed from them, squared, is still far from overflow.
_TEMPERATURES = (1e-6, 1e6)
_HEAT_CAPACITIES = (1e-50, 1e50)
# How far outside the data the minimum of C/T³ may lie. At twice its temperature the tunnelling states are 6 % of the
# vibrations, at half of it the vibrations 6 % of them; further out the model, computed to 0.3 %, says little.
_REACH = 2.0
# Relative scatter of points without uncertainties beyond which the curve is not taken for a description of them.
_SCATTER = 0.3


@representable
def debye_coefficient(density: ArrayLike, young_modulus: ArrayLike, shear_modulus: ArrayLike) -> Numbers:
    r"""Coefficient of T³ that sound waves add to the heat capacity per mass; SI.

    .. math:: \frac{C_D}{T^3} = \frac{2\pi^2k_B^4}{15\,\hbar^3\rho}\Big(\frac{1}{c_l^3} + \frac{2}{c_t^3}\Big), \quad
        \rho c_t^2 = G, \quad \rho c_l^2 = G\,\frac{4G - E}{3G - E}

    Parameters
    ----------
    density, young_modulus, shear_modulus : array_like
        :math:`\rho` [kg/m³], E [Pa] and G [Pa], positive, with :math:`E < 3G`.

    Returns
    -------
    ndarray
        :math:`C_D/T^3` [J/(kg K⁴)]; times :math:`\rho` it is that per volume.

    Raises
    ------
    ValueError
        If an argument is not positive, the moduli are not those of a stable solid, or the value is out of the range of
        a double.
    """
    density, young = positive("density", density), positive("young_modulus", young_modulus)
    shear = positive("shear_modulus", shear_modulus)
    if np.any(young >= 3 * shear):
        raise ValueError("young_modulus must be below three times shear_modulus, or the bulk modulus is negative")
    transverse = np.sqrt(shear / density)
    longitudinal = transverse * np.sqrt((4 * shear - young) / (3 * shear - young))
    coefficient: Numbers = 2 * pi**2 * k / 15 * (k / hbar) ** 3 / density * (longitudinal**-3 + 2 * transverse**-3)
    return coefficient


@dataclass(frozen=True, eq=False, kw_only=True)
class SoftPotentialFit:
    """What a measured heat capacity says about the soft modes of a glass."""

    w: float
    """Crossover energy W/k_B [K]."""
    p_s: float
    """Density of soft modes P_s [1/kg], if the heat capacity was per kg."""
    debye: float
    """Coefficient of T³ [J/(kg K⁴)]."""
    covariance: np.ndarray
    """Of `w`, `p_s` and `debye`, shape (3, 3); zero where `debye` was given."""
    chi_squared: float
    """Sum of the squared deviations over their uncertainties, over the fitted values where none were given [-]."""
    degrees_of_freedom: int
    """Points less fitted parameters."""
    v_max: float
    """Highest barrier crossed, assumed [W]."""

    __repr__ = summary

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard deviations of `w`, `p_s` and `debye`."""
        return np.sqrt(np.diag(self.covariance))

    def heat_capacity(self, temperature: ArrayLike) -> Numbers:
        """Heat capacity [J/(kg K)] at `temperature` [K]."""
        t = between("temperature", temperature, *_TEMPERATURES, unit=" K")
        return self.soft_heat_capacity(t) + self.debye * t**3

    def soft_heat_capacity(self, temperature: ArrayLike) -> Numbers:
        """Return that of the soft modes alone."""
        coldest = max(_TEMPERATURES[0], COLDEST * self.w)
        t = between("temperature", temperature, coldest, _TEMPERATURES[1], unit=" K")
        return self.p_s * k * heat_capacity.heat_capacity(t / self.w, v_max=self.v_max)


def fit_heat_capacity(
    temperature: ArrayLike,
    heat_capacity: ArrayLike,
    *,
    uncertainty: ArrayLike | None = None,
    debye: float | None = None,
    v_max: float = V_MAX,
) -> SoftPotentialFit:
    r"""Fit W and P_s to a measured heat capacity; SI.

    .. math:: c_p(T) = P_s k_B\, C(k_BT/W) + c_D T^3

    Parameters
    ----------
    temperature, heat_capacity : array_like
        T [K] and :math:`c_p` [J/(kg K)], positive, one axis of equal length. Points that are masked, here or in
        `uncertainty`, are left out.
    uncertainty : array_like, optional
        Standard deviation of :math:`c_p` [J/(kg K)], positive, of each point or one of all. Without it all points are
        taken to be equally good in relative terms, and their scatter about the fit is the measure.
    debye : float, optional
        :math:`c_D` [J/(kg K⁴)], from `debye_coefficient`, zero or positive. Fitted if not given, and then of either
        sign: a bound at zero would shift W where the data hardly show the sound waves.
    v_max : float
        Highest barrier crossed, in W.

    Returns
    -------
    SoftPotentialFit
        Values with their covariance.

    Raises
    ------
    ValueError
        If the arrays do not match, an element is out of range, or there are no more points than parameters.
    RuntimeError
        If the data do not fix W to a factor of two, or fit as well without soft modes: they have to reach the minimum
        of :math:`c_p/T^3`, or half or twice its temperature if they are exact enough. Also if they scatter by more than
        30 % about the fit. With uncertainties that are given a fit may be poor all the same: see its `chi_squared`.

    Notes
    -----
    Without uncertainties :math:`\sum_i (c_i/m_i - 1 - \ln c_i/m_i)` is least, m being the fitted values. There
    :math:`\sum_i (c_i - m_i)\,\delta m_i/m_i^2 = 0`, without bias; weights :math:`1/c_i^2` would favour low points.
    """
    known = () if debye is None else (one(between, "debye", debye, 0.0, _HEAT_CAPACITIES[1], unit=" J/(kg K⁴)"),)
    points = _Points(*_measured(temperature, heat_capacity, uncertainty), known, one(positive, "v_max", v_max))
    degrees_of_freedom = points.t.size - 3 + len(known)
    if degrees_of_freedom <= 0:
        raise ValueError(f"temperature must have more than {3 - len(known)} points, got {points.t.size}")
    (w, p_s, c_d), covariance = points.fit()
    chi_squared = float(np.sum(points.misses(w, p_s, c_d) ** 2))
    scatter = np.sqrt(np.sum((points.c / points.model(w, p_s, c_d) - 1) ** 2) / degrees_of_freedom)
    if scatter > _SCATTER:
        advice = "mask outliers, and temperatures above a few W/k_B"
        raise RuntimeError(f"heat_capacity scatters by {scatter:.0%} about the best fit: {advice}")
    if uncertainty is None:
        # Points may lie on the curve, but not closer than they are computed.
        covariance *= max(scatter, np.finfo(float).eps) ** 2
    if not (p_s > 0 and covariance[0, 0] < (w / 2) ** 2):
        raise points.undetermined
    return SoftPotentialFit(
        w=w,
        p_s=p_s,
        debye=c_d,
        covariance=covariance,
        chi_squared=chi_squared,
        degrees_of_freedom=degrees_of_freedom,
        v_max=points.v_max,
    )


@dataclass(frozen=True, eq=False)
class _Points:
    """Measurements, and what is not fitted to them."""

    t: Floats
    c: Floats
    sigma: Floats | None
    known: tuple[float, ...]
    v_max: float

    @property
    def reach(self) -> tuple[float, float]:
        """Lowest and highest W that these temperatures can tell, within what the model takes."""
        ratio = float(crossover_ratio(self.v_max))
        low, high = self.t.min(), self.t.max()
        return ratio * low / _REACH, min(ratio * high * _REACH, 0.9 * low / COLDEST)

    def fit(self) -> tuple[list[float], Floats]:
        """W, P_s and Debye term by least squares, and their covariance for `misses` of one."""
        start, free = self._start(), 3 - len(self.known)
        # The Debye term of the start may be zero, which is no unit.
        unit = np.array([*start[:2], np.median(self.c / self.t**3)])[:free]
        lower, upper = np.full((2, free), [[-np.inf], [np.inf]])
        lower[0], upper[0] = np.array(self.reach) / unit[0]
        # The search has thresholds of its own, made for deviations of about one.
        precision = 1.0 if self.sigma is None else np.median(self.sigma / self.c)

        def deviations(x: Floats) -> Floats:
            return self.deviations(*unit * x, *self.known) * precision

        found = least_squares(deviations, start / unit, bounds=(lower, upper), x_scale="jac")
        if not found.success:
            raise self.undetermined
        covariance = np.pad(_inverse(np.asarray(found.jac) / precision) * np.outer(unit, unit), (0, 3 - free))
        return [*map(float, unit * found.x), *self.known], covariance

    def _start(self) -> Floats:
        """Best of some W with its other parameters: the fit then cannot end in a far minimum.

        A RuntimeError where another W, half or twice as large or at the end of the reach, is as good within one
        standard deviation, or no soft modes at all within three: so many is noise seldom taken for, at any W.
        """
        trials = np.geomspace(*self.reach, 60)
        soft = k * heat_capacity.heat_capacity(self.t / trials[:, None], v_max=self.v_max)
        squares, starts = zip(*map(self._trial, trials, soft), strict=True)
        best = np.argmin(squares)
        start: Floats = starts[best]
        w, without = start[0], self._linear(*self._sound)[0]
        scatter = 1.0 if self.sigma is not None else squares[best] / (self.t.size - len(start))
        good = trials[np.array(squares) <= squares[best] + scatter]
        low, high = max(trials[0], w / 2), min(trials[-1], 2 * w)
        there = without - squares[best] > 9 * scatter
        if not (there and low < good.min() and good.max() < high):
            raise self.undetermined
        return start

    def _trial(self, w: float, soft: Floats) -> tuple[float, Floats]:
        """Sum of squares at a given W, where the soft modes have `soft`; W and the others by linear least squares."""
        squares, found = self._linear(soft, *self._sound)
        if found[0] < 0:
            squares, found = self._linear(*self._sound)
            found = np.array([0.0, *found])
        return squares, np.array([w, *found])

    @property
    def _sound(self) -> list[Floats]:
        """What a Debye term that is not known is fitted with."""
        return [] if self.known else [self.t**3]

    def _linear(self, *curves: Floats) -> tuple[float, Floats]:
        """Least sum of squares of a sum of curves, and how much of each."""
        sigma = self.c if self.sigma is None else self.sigma
        rest = (self.c - sum(self.known) * self.t**3) / sigma
        columns = np.reshape(curves, (-1, self.t.size)) / sigma
        # Of equal length, or rounding would take columns of 1e-23 and 1e-3 for dependent ones.
        size = np.linalg.norm(columns, axis=1)
        directions = columns.T / size
        found, *_ = np.linalg.lstsq(directions, rest)
        return np.sum((directions @ found - rest) ** 2), found / size

    @property
    def undetermined(self) -> RuntimeError:
        """The exception that says so."""
        span = f"{self.t.min():g} to {self.t.max():g} K"
        return RuntimeError(
            f"temperatures from {span} do not fix W: measure across the minimum of c_p/T^3, or mask outliers"
        )

    def model(self, w: float, p_s: float, debye: float) -> Floats:
        """Return what the model has at these temperatures."""
        return p_s * k * heat_capacity.heat_capacity(self.t / w, v_max=self.v_max) + debye * self.t**3

    def misses(self, w: float, p_s: float, debye: float) -> Floats:
        """Deviations of the points over their uncertainties, or over the model where they have none."""
        model = self.model(w, p_s, debye)
        if self.sigma is not None:
            return (self.c - model) / self.sigma
        # A trial that is zero or negative somewhere is far off, no more.
        return self.c / np.clip(model, 1e-6 * self.c, 1e6 * self.c) - 1

    def deviations(self, w: float, p_s: float, debye: float) -> Floats:
        """Return what is squared and summed in the fit: `misses`, or roots of 2(c/m - 1 - ln c/m), nearly the same."""
        x = self.misses(w, p_s, debye)
        if self.sigma is not None:
            return x
        roots: Floats = np.sign(x) * np.sqrt(2 * np.maximum(x - np.log1p(x), 0))
        return roots


def _inverse(jacobian: Floats) -> Floats:
    """Inverse of JᵀJ, without squaring its condition."""
    _, size, axes = np.linalg.svd(jacobian, full_matrices=False)
    inverse: Floats = (axes.T / size**2) @ axes
    return inverse


def _measured(
    temperature: ArrayLike, heat_capacity: ArrayLike, uncertainty: ArrayLike | None
) -> tuple[Floats, Floats, Floats | None]:
    """Return the three arrays without masked points; the last is None if it is not given."""
    t, c = _within("temperature", temperature, _TEMPERATURES, " K"), _heat("heat_capacity", heat_capacity)
    sigma = c if uncertainty is None else _heat("uncertainty", uncertainty)
    if not (t.ndim == 1 and t.shape == c.shape and sigma.shape in ((), t.shape)):
        shapes = " and ".join({str(array.shape): None for array in (t, c, sigma)})
        raise ValueError(f"temperature, heat_capacity and uncertainty must have one axis of equal length, got {shapes}")
    kept = np.full(t.shape, True)
    for given in (temperature, heat_capacity, uncertainty):
        if isinstance(given, np.ma.MaskedArray):
            kept &= ~given.mask
    return t[kept], c[kept], None if uncertainty is None else np.broadcast_to(sigma, t.shape)[kept]


def _heat(name: str, value: object) -> Numbers:
    return _within(name, value, _HEAT_CAPACITIES, " J/(kg K)")


def _within(name: str, value: object, limits: tuple[float, float], unit: str) -> Numbers:
    """`value` as a float array between two limits; what is masked is not looked at."""
    looked_at = value.filled(1) if np.ma.isMaskedArray(value) else value
    return between(name, looked_at, *limits, unit=unit)
