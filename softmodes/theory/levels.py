r"""Quantum levels of the soft modes behind eq. 8: :math:`H = -d^2/dx^2 + D_1 x + D_2 x^2 + x^4`.

Energies in units of W (eq. 7), x in the length at which kinetic and quartic energy balance, temperatures in
:math:`W/k_B`. The basis is the first n states of the harmonic oscillator whose centre and stiffness minimise the trace
of H. H couples a state to its next four neighbours only, so what a truncated eigenvector leaves out is known exactly:
the norm of :math:`H\psi - E\psi` bounds its distance from an exact level, and n grows until that bound is met.
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from softmodes.arguments import Floats, Numbers, between, finite, one, positive, representable, whole

_TOLERANCE = (
    1e-11  # of 1 + E - E_0: ten digits for sure, more in practice, for the error is the bound squared over a gap
)
_LARGEST = 640  # functions; the lowest of them would underflow within the reach of a larger basis
_MOST = (_LARGEST - 32) // 2  # levels that the smallest basis for them may hold
_BLOCK = 256  # potentials diagonalised together: 256 matrices of 64 x 64 take 8 MB


@cache
def _operators(size: int) -> Floats:
    """Return p², x, x², x³, x⁴ of the oscillator -d² + x², size x size and flattened."""
    x = np.diag(np.sqrt(np.arange(1, size + 4) / 2), 1)
    powers = [np.linalg.matrix_power(x + x.T, k)[:size, :size] for k in range(1, 5)]
    return np.stack([np.diag(2 * np.arange(size) + 1.0) - powers[1], *powers]).reshape(5, -1)


def _oscillator(d1: Floats, d2: Floats, size: int) -> tuple[Floats, Floats]:
    """Return centre c and stiffness β of -d² + β²(x - c)² for which the trace of H over `size` states is least."""
    centre = np.zeros_like(d1)
    for _ in range(12):  # to a few digits; any basis is a good basis that comes near
        curvature = d2 + 6 * centre**2
        load = 2 * size + 1 / size
        beta = np.sqrt(np.maximum(curvature, 0)) + np.cbrt(load)
        for _ in range(8):  # β³ - curvature β = load, Newton from above
            beta -= (beta**3 - curvature * beta - load) / (3 * beta**2 - curvature)
        # c³ + p c + D1/4 = 0; p is kept positive, or a deep double well would have its basis in one well.
        p = np.maximum(d2 / 2 + 1.5 * size / beta, 1e-3)
        centre = -2 * np.sqrt(p / 3) * np.sinh(np.arcsinh(3 * d1 / (8 * p) * np.sqrt(3 / p)) / 3)
    return centre, beta


def _hamiltonian(d1: Floats, d2: Floats, centre: Floats, beta: Floats, size: int) -> Floats:
    """Return H - V(c) in `size` functions, shape (potential, size, size)."""
    scale = 1 / np.sqrt(beta)
    slope = d1 + 2 * d2 * centre + 4 * centre**3
    factors = [beta, slope * scale, (d2 + 6 * centre**2) * scale**2, 4 * centre * scale**3, scale**4]
    return (np.stack(factors, axis=-1) @ _operators(size)).reshape(-1, size, size)


def variational_levels(d1: np.ndarray, d2: np.ndarray, count: int, *, size: int) -> np.ndarray:
    """Return the lowest `count` levels above V(c), where c is any point, of flat arrays in a basis of fixed `size`.

    For integrals over many potentials, in which only differences of levels matter: two to three times as fast as
    `energy_levels`, but nothing is checked.
    """
    centre, beta = _oscillator(d1, d2, size)
    return np.linalg.eigvalsh(_hamiltonian(d1, d2, centre, beta, size))[:, :count]


def _eigenstates(h: Floats, symmetric: bool) -> tuple[Floats, Floats]:
    if not symmetric:
        return np.linalg.eigh(h)
    # Even and odd states apart: a doublet closer than rounding keeps its parities, and levels alternate between them.
    levels, vectors = np.empty(h.shape[:2]), np.zeros_like(h)
    for parity in (0, 1):
        levels[:, parity::2], vectors[:, parity::2, parity::2] = np.linalg.eigh(h[:, parity::2, parity::2])
    return levels, vectors


def _states(d1: Floats, d2: Floats, count: int) -> tuple[Floats, ...]:
    """Return levels (potential, count), vectors (potential, size, count), centre and β of flat arrays, converged.

    `d1` must be zero everywhere or nowhere.
    """
    size = 2 * count + 32
    while size <= _LARGEST:
        centre, beta = _oscillator(d1, d2, size)
        h = _hamiltonian(d1, d2, centre, beta, size + 4)
        levels, vectors = _eigenstates(h[:, :size, :size], symmetric=not d1.any())
        levels, vectors = levels[:, :count], vectors[:, :, :count]
        residual = np.linalg.norm(h[:, size:, size - 4 : size] @ vectors[:, -4:], axis=1)
        if np.all(residual <= _TOLERANCE * (1 + levels - levels[:, :1])):
            return levels + (d1 * centre + d2 * centre**2 + centre**4)[:, None], vectors, centre, beta
        size = 2 * (3 * size // 4)
    raise RuntimeError(
        f"{count} levels at d1 = {d1[0]:g}, d2 = {d2[0]:g} need more than {_LARGEST} functions: "
        "ask for fewer levels or a lower barrier"
    )


@representable(underflow="ignore")
def energy_levels(d1: ArrayLike, d2: ArrayLike, count: int = 8) -> np.ndarray:
    r"""Lowest levels of a soft mode.

    .. math:: H = -\frac{d^2}{dx^2} + D_1 x + D_2 x^2 + x^4

    Parameters
    ----------
    d1, d2 : array_like
        Asymmetry and restoring force [-]; negative `d2` are double wells with a barrier of :math:`D_2^2/4`.
    count : int
        Number of levels.

    Returns
    -------
    ndarray
        Levels in units of W, ascending, shape (..., count); to :math:`10^{-11}(1 + E - E_0)` and the rounding of E. A
        tunnel splitting is good to about :math:`10^{-12}`.

    Raises
    ------
    ValueError
        If `d1` or `d2` is not finite and below 1e8 in size, or `count` is not a positive whole number.
    RuntimeError
        If the basis would become too large: barriers of thousands of W, or hundreds of levels.

    Notes
    -----
    Eqs 5 and 7 for one mode: :math:`W` and this length leave two parameters.

    Examples
    --------
    >>> energy_levels(0.0, 0.0, 3).round(6).tolist()
    [1.060362, 3.799673, 7.455698]
    """
    d1, d2 = np.broadcast_arrays(_moderate("d1", d1), _moderate("d2", d2))
    levels = np.empty((d1.size, whole("count", count, most=_MOST)))
    for kind in (d1.ravel() == 0, d1.ravel() != 0):
        chosen = np.flatnonzero(kind)
        for i in range(0, chosen.size, _BLOCK):
            block = chosen[i : i + _BLOCK]
            levels[block] = _states(d1.ravel()[block], d2.ravel()[block], levels.shape[1])[0]
    return levels.reshape(*d1.shape, levels.shape[1])


def wave_functions(x: ArrayLike, d1: float, d2: float, count: int = 8) -> np.ndarray:
    r"""Wave functions of the lowest levels, for drawing.

    Parameters
    ----------
    x : array_like
        Points [-], one axis.
    d1, d2 : float
        Asymmetry and restoring force [-].
    count : int
        Number of levels.

    Returns
    -------
    ndarray
        :math:`\psi_n(x)`, shape (count, x), normalised to :math:`\int\psi^2 dx = 1`, the leftmost lobe positive.

    Raises
    ------
    ValueError, RuntimeError
        As `energy_levels`; also if `x` has not one axis.
    """
    x = finite("x", x)
    if x.ndim != 1 or not x.size:
        raise ValueError(f"x must have one axis and a point on it, got an array of shape {x.shape}")
    _, vectors, centre, beta = _single(d1, d2, whole("count", count, most=_MOST))
    functions = _oscillator_functions(np.sqrt(beta) * (x - centre), vectors.shape[0])
    waves = beta**0.25 * vectors.T @ functions
    size = np.abs(waves)
    first = np.argmax(size > 0.01 * size.max(axis=1, keepdims=True), axis=1)
    return waves * np.sign(np.take_along_axis(waves, first[:, None], axis=1))


def tunnel_splitting(v: ArrayLike) -> Numbers:
    r"""Gap between the two lowest levels of a high symmetric double well.

    .. math:: \frac{\Delta_0}{W} = 16\sqrt{\frac{2}{\pi}}\, v^{5/8} e^{-S} \Big(1 - \frac{71}{72 S}\Big), \quad
        S = \tfrac43 v^{3/4}

    Parameters
    ----------
    v : array_like
        Barrier :math:`v = D_2^2/4` in units of W, at least 3.

    Returns
    -------
    ndarray
        :math:`\Delta_0` in units of W, too high by 8 % at 5 W and 0.5 % at 20 W. It has no lower limit, where the
        difference of two levels is lost to rounding below :math:`10^{-12}`.

    Notes
    -----
    One instanton with the first correction to it; the wells' quantum is :math:`4 v^{1/4}` and S the action across.

    References
    ----------
    .. [1] Zinn-Justin and Jentschura (2004), Ann. Phys. 313, 197.
    """
    v = positive("v", v)
    if np.any(v < 3):
        raise ValueError(f"v must be at least 3, the zero-point energy fills lower wells, got {v.min()}")
    action = 4 / 3 * v**0.75
    splitting: Numbers = 16 * np.sqrt(2 / np.pi) * v**0.625 * np.exp(-action) * (1 - 71 / (72 * action))
    return splitting


def _single(d1: float, d2: float, count: int) -> tuple[Floats, ...]:
    """Return `_states` of one potential, without the first axis."""
    states = _states(np.array([one(_moderate, "d1", d1)]), np.array([one(_moderate, "d2", d2)]), count)
    return tuple(part[0] for part in states)


def _oscillator_functions(y: Floats, size: int) -> Floats:
    """Return the states of -d² + y² at `y`, shape (size, y)."""
    functions = np.empty((size, y.size))
    functions[0] = np.pi**-0.25 * np.exp(-(y**2) / 2)
    functions[1] = np.sqrt(2) * y * functions[0]
    for n in range(1, size - 1):
        functions[n + 1] = np.sqrt(2 / (n + 1)) * y * functions[n] - np.sqrt(n / (n + 1)) * functions[n - 1]
    return functions


def _moderate(name: str, value: object) -> Numbers:
    return between(name, value, -1e8, 1e8)
