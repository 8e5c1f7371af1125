"""The potential of a mode: eq. 5, its barriers, its quantum levels, from vibration to tunnelling."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import electron_volt

from softmodes.arguments import between, finite, one, positive
from softmodes.figures.style import COLOURS
from softmodes.theory.levels import energy_levels, tunnel_splitting, variational_levels, wave_functions
from softmodes.theory.potential import mode_energy, mode_potential

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from softmodes.arguments import Floats
    from softmodes.paper.materials import Material


_FORCES = np.linspace(-11, 12, 93)
LEVELS = 6  # shown: enough to see pairs in a double well and even steps in a vibration


def plot_levels(ax: Axes, d1: float, d2: float) -> str:
    """Draw V = D_1x + D_2x² + x⁴ with the lowest levels, and around them their wave functions."""
    x, d1, d2 = np.linspace(-3.9, 3.9, 391), one(finite, "d1", d1), one(finite, "d2", d2)
    levels, waves = energy_levels(d1, d2, LEVELS), wave_functions(x, d1, d2, LEVELS)
    potential = d1 * x + d2 * x**2 + x**4
    span = levels[-1] - min(potential.min(), levels[0])
    ax.plot(x, potential, color="0.25")
    for n, (level, wave) in enumerate(zip(levels, waves / np.abs(waves).max(), strict=True)):
        seen = np.abs(wave) > 0.004
        ax.plot(x[seen], np.full(seen.sum(), level), color="0.7", lw=0.8, zorder=0)
        ax.plot(x[seen], (level + 0.09 * span * wave)[seen], "--" if n % 2 else "-", color=COLOURS["glass"])
    ax.set(xlabel="displacement x", ylabel="$V/W$ and levels", xlim=(-3.9, 3.9))
    ax.set_ylim(levels[-1] - 1.15 * span, levels[-1] + 0.2 * span)
    numbers = ", ".join(f"{level:.4g}" for level in levels)
    return f"Potential at D₁ = {d1:g}, D₂ = {d2:g} with its lowest levels at {numbers} W and their wave functions."


def plot_spacing(ax: Axes, d1: float, d2: float) -> str:
    """Draw E_1 - E_0 of potentials of this asymmetry against D_2, with the two limits without one; mark this D_2."""
    (force, symmetric), d1, d2 = symmetric_spacing(), one(finite, "d1", d1), one(finite, "d2", d2)
    ax.semilogy(force, spacing(d1), color=COLOURS["glass"])
    if d1:
        ax.semilogy(force, symmetric, color="0.7", lw=1, zorder=0, label="$D_1 = 0$")
    laws = ((tunnelling_limit(), "--", "tunnelling law"), (harmonic_limit(), "-.", "harmonic, $2\\sqrt{D_2}$"))
    for law, style, name in laws:
        ax.semilogy(*law, style, color="0.2", lw=1.2, label=name)
    ground, first = energy_levels(d1, d2, 2)
    here = first - ground
    ax.plot(d2, here, "o", color=COLOURS["melting"])
    ax.set(xlabel="restoring force $D_2$", ylabel="$(E_1 - E_0)/W$", xlim=(-11.5, 12.5), ylim=(1e-6, 30))
    ax.legend(frameon=False, loc="lower right")
    lowest, quartic, highest = np.interp([-11, 0, 12], force, symmetric)
    return (
        f"Lowest spacing of the symmetric potential against D₂ on a logarithmic scale: {lowest:.2g} W at -11, "
        f"{quartic:.4g} W at 0, {highest:.4g} W at 12; {here:.4g} W for this potential."
    )


@cache
def symmetric_spacing() -> tuple[Floats, Floats]:
    """Return D_2 and E_1 - E_0 [W] of the symmetric potential, from deep double wells to vibrations."""
    return _FORCES, spacing(0.0)


def spacing(d1: float) -> Floats:
    """Return E_1 - E_0 [W] at the asymmetry `d1` for the same D_2, to six digits."""
    levels: Floats
    if not d1:
        levels = energy_levels(0.0, _FORCES, 2)
    else:
        # a picture needs no bound on the error; this size, twice what it takes, gives ten digits
        levels = variational_levels(np.full(_FORCES.shape, float(d1)), _FORCES, 2, size=56)
    return np.diff(levels)[:, 0]


def tunnelling_limit() -> tuple[Floats, Floats]:
    """Return D_2 and the splitting [W] of high double wells, where no more than one instanton counts."""
    d2 = np.linspace(-11, -4.2, 35)
    return d2, tunnel_splitting(d2**2 / 4)


def harmonic_limit() -> tuple[Floats, Floats]:
    r"""Return D_2 and the quantum :math:`2\sqrt{D_2}` [W] of a vibration without its quartic term."""
    d2 = np.linspace(1, 12, 45)
    return d2, 2 * np.sqrt(d2)


def plot_three_behaviours(ax: Axes, vibration: float = 0.4, double_well: float = -0.7) -> str:
    """Draw eq. 5 for a vibration, a quartic mode and a double well, given by their η_k."""
    vibration, double_well = one(between, "vibration", vibration, 0, 1), one(between, "double_well", double_well, -2, 0)
    x = np.linspace(-1, 1, 401)
    for eta, style, name in ((vibration, "-", "vibration"), (0.0, "--", "quartic"), (double_well, "-.", "double well")):
        ax.plot(x, mode_potential(x, eta, 1.0), style, label=f"{name}, $\\eta_k$ = {eta:g}")
    ax.axhline(0, color="0.7", lw=0.8, zorder=0)
    ax.set(xlabel="mode coordinate $x_k$", ylabel="$V_k/\\epsilon_k$", xlim=(-1, 1))
    ax.set_ylim(-(double_well**2) / 4 - 0.04, 0.5)
    ax.legend(frameon=False, loc="upper center")
    return (
        f"Potential of a mode against its coordinate for η = {vibration:g} (one well), 0 (flat bottom) and "
        f"{double_well:g} (two wells with a barrier of {double_well**2 / 4:.4g} ε between them)."
    )


def plot_barriers(ax: Axes, material: Material, a: float) -> str:
    """Draw eq. 5 in eV for double wells of equal η_k and growing numbers of atoms, for a length `a` [m] of eq. 3."""
    x, eta, a = np.linspace(-0.5, 0.5, 401), -0.2, one(positive, "a", a)
    omega_c = 2 * np.pi * material.crystal_frequency.n
    texts = []
    for atoms, style in ((10, ":"), (100, "-"), (300, "--")):
        epsilon = mode_energy(atoms, material.mass, a, omega_c) / electron_volt
        ax.plot(x, mode_potential(x, eta, epsilon), style, color=material.colour, label=f"$N_k$ = {atoms}")
        texts.append(f"{epsilon * eta**2 / 4:.3g} eV for {atoms} atoms")
    deepest = epsilon * eta**2 / 4
    ax.set(xlabel="mode coordinate $x_k$", ylabel="$V_k$ (eV)", xlim=(-0.5, 0.5), ylim=(-1.2 * deepest, 1.2 * deepest))
    ax.legend(frameon=False, loc="upper center")
    return f"Double wells with η = {eta:g} in {material.formula}: the barrier is " + ", ".join(texts) + "."
