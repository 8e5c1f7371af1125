r"""From a measured heat capacity to W and P_s, the fit behind figs 1 and 2.

SI units. The soft modes are those of `specific_heat`, on top of the :math:`T^3` of the sound waves.
"""

from dataclasses import dataclass

import numpy as np
from scipy.constants import hbar, k, pi
from scipy.optimize import curve_fit

from softmodes.theory import specific_heat
from softmodes.theory.arguments import finite, one, positive
from softmodes.theory.specific_heat import V_MAX


def debye_coefficient(density, young_modulus, shear_modulus):
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
        If an argument is not positive, or the moduli are not those of a stable solid.
    """
    density, young = positive("density", density), positive("young_modulus", young_modulus)
    shear = positive("shear_modulus", shear_modulus)
    if np.any(young >= 3 * shear):
        raise ValueError("young_modulus must be below three times shear_modulus, or the bulk modulus is negative")
    transverse = np.sqrt(shear / density)
    longitudinal = transverse * np.sqrt((4 * shear - young) / (3 * shear - young))
    return 2 * pi**2 * k / 15 * (k / hbar) ** 3 / density * (longitudinal**-3 + 2 * transverse**-3)


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
    """Sum of the squared deviations over their uncertainties [-]."""
    degrees_of_freedom: int
    """Points less fitted parameters."""
    v_max: float
    """Highest barrier crossed, assumed [W]."""

    @property
    def standard_errors(self):
        """Standard deviations of `w`, `p_s` and `debye`."""
        return np.sqrt(np.diag(self.covariance))

    def heat_capacity(self, temperature):
        """Heat capacity [J/(kg K)] at `temperature` [K]."""
        return _model(temperature, self.w, self.p_s, self.debye, self.v_max)


def _model(temperature, w, p_s, debye, v_max):
    t = positive("temperature", temperature)
    return p_s * k * specific_heat.heat_capacity(t / w, v_max=v_max) + debye * t**3


def fit_heat_capacity(temperature, heat_capacity, *, uncertainty=None, debye=None, v_max=V_MAX):
    r"""Fit W and P_s to a measured heat capacity; SI.

    .. math:: c_p(T) = P_s k_B\, C(k_BT/W) + c_D T^3

    Parameters
    ----------
    temperature, heat_capacity : array_like
        T [K] and :math:`c_p` [J/(kg K)], positive, one axis of equal length.
    uncertainty : array_like, optional
        Standard deviation of :math:`c_p` [J/(kg K)], positive. Without it all points are taken to be equally good in
        relative terms, and their scatter about the fit is the measure.
    debye : float, optional
        :math:`c_D` [J/(kg K⁴)], from `debye_coefficient`; fitted if not given, and then of either sign.
    v_max : float
        Highest barrier crossed, in W.

    Returns
    -------
    SoftPotentialFit
        Values with their covariance.

    Raises
    ------
    ValueError
        If the arrays do not match, an element is not positive, or there are no more points than parameters.
    RuntimeError
        If the data do not fix W: they have to span the minimum of :math:`c_p/T^3` and some of the linear part.
    """
    t, c, sigma = _measured(temperature, heat_capacity, uncertainty, 3 if debye is None else 2)
    given = None if debye is None else one(finite, "debye", debye)
    low, high = t.min() / 3, min(t.max() * 10, t.min() / specific_heat.COLDEST)
    scale = np.median(c / t**3)

    def model(_, log_w, log_p, c_d=None):
        return _model(t, np.exp(log_w), np.exp(log_p), given if c_d is None else c_d * scale, v_max)

    start = _start(t, c, sigma, given, v_max, np.geomspace(low, high, 60)[1:-1])
    start[2:] = start[2:] / scale
    free = len(start)
    bounds = ([np.log(low), -np.inf, -np.inf][:free], [np.log(high), np.inf, np.inf][:free])
    found, covariance = curve_fit(model, t, c, start, sigma, absolute_sigma=uncertainty is not None, bounds=bounds)
    w, p_s = np.exp(found[:2])
    slopes = np.array([w, p_s, scale])[:free]
    covariance = np.pad(covariance * np.outer(slopes, slopes), (0, 3 - free))
    if not 0 < covariance[0, 0] < (w / 2) ** 2:  # zero is what curve_fit reports of a parameter without influence
        raise _undetermined(t)
    return SoftPotentialFit(
        w=float(w),
        p_s=float(p_s),
        debye=given if free == 2 else float(found[2] * scale),
        covariance=covariance,
        chi_squared=float(np.sum(((model(t, *found) - c) / sigma) ** 2)),
        degrees_of_freedom=t.size - free,
        v_max=v_max,
    )


def _start(t, c, sigma, debye, v_max, candidates):
    """Best of some W, the other parameters by linear least squares: the fit then cannot end in a far minimum."""
    best = (np.inf, None)
    for w in candidates:
        columns = [k * specific_heat.heat_capacity(t / w, v_max=v_max)] + [t**3] * (debye is None)
        rest = c if debye is None else c - debye * t**3
        found, *_ = np.linalg.lstsq((np.array(columns) / sigma).T, rest / sigma)
        miss = np.sum((found @ columns - rest) ** 2 / sigma**2)
        if found[0] > 0 and miss < best[0]:
            best = (miss, np.array([np.log(w), np.log(found[0]), *found[1:]]))
    if best[1] is None:
        raise _undetermined(t)
    return best[1]


def _undetermined(t):
    span = f"{t.min():g} to {t.max():g} K"
    return RuntimeError(f"temperatures from {span} do not fix W: measure across the minimum of c_p/T^3")


def _measured(temperature, heat_capacity, uncertainty, parameters):
    t, c = positive("temperature", temperature), positive("heat_capacity", heat_capacity)
    sigma = c if uncertainty is None else positive("uncertainty", uncertainty)
    if not (t.ndim == 1 and t.shape == c.shape == sigma.shape):
        shapes = " and ".join({str(array.shape): None for array in (t, c, sigma)})
        raise ValueError(f"temperature, heat_capacity and uncertainty must have one axis of equal length, got {shapes}")
    if t.size <= parameters:
        raise ValueError(f"temperature must have more than {parameters} points, got {t.size}")
    return t, c, sigma
