"""Answers of the exercises on the undercooled liquid, eqs 10-24."""

import numpy as np
from scipy.constants import angstrom, k, pi
from scipy.optimize import brentq
from scipy.special import gamma

from softmodes.paper.materials import load_materials
from softmodes.teach.answer import Answer, Mistake, answers
from softmodes.theory.free_energy import mean_square_displacement
from softmodes.theory.stability import quartic_mode_energy, stability_residual

_DEEP = -30.0


@answers("4.1")
def quartic_energy_over_formation_energy(beta_epsilon_m: float = 5.0) -> Answer:
    """ε_0/ε_m of a quartic mode, eq. 23 written out."""
    ratio = gamma(1 / 4) / gamma(3 / 4)
    found = 4 * ratio**2 * beta_epsilon_m
    return Answer(
        found,
        mistakes=(
            Mistake(found * beta_epsilon_m, "Not yet: that is βε_0, in units of k_BT; ε_0/ε_m is asked for."),
            Mistake(found / ratio, "Not yet: the ratio of the gamma functions is squared in eq. 23."),
        ),
    )


@answers("4.2")
def formation_energy_of_a_hundred_atoms(glass: str = "SiO2") -> Answer:
    """ε_m/k_BT_g at which eq. 23 makes 100 atoms of 1 Å, by looking for it."""
    material = load_materials()[glass]
    thermal = k * material.glass_temperature.n
    per_atom = material.mass * (angstrom * 2 * pi * material.crystal_frequency.n) ** 2 / 2

    def atoms(beta_epsilon_m: float) -> float:
        return float(quartic_mode_energy(beta_epsilon_m) * thermal / per_atom)

    found = brentq(lambda b: atoms(b) - 100, 0.1, 100)
    melting = (material.glass_temperature.n / material.melting_temperature) ** 0.5
    return Answer(
        found,
        mistakes=(
            Mistake(found / (2 * pi), "Not yet: eq. 5 has ω_c in it; was ν_c put in?"),
            Mistake(5.0 * 100 / atoms(5.0), "Not yet: ε_0 goes with the square of ε_m/k_BT_g, eq. 23."),
            Mistake(found * melting, "Not yet: the mode freezes in at the glass transition, not at melting."),
        ),
    )


@answers("4.3")
def energy_of_a_deep_double_well(beta_epsilon_m: float = 5.0) -> Answer:
    """ε_k/ε_m at η' = −30, by looking for the zero of eq. 20."""

    def residual(s: float) -> float:
        return float(stability_residual(_DEEP / s, s**2, beta_epsilon_m))

    s = brentq(residual, 0.1, 100, xtol=1e-12)
    return Answer(
        s**2 / beta_epsilon_m,
        digits=3,
        mistakes=(
            Mistake(4.0, "Not yet: that is the limit, which is not reached here."),
            Mistake(s**2, "Not yet: that is βε_k, in units of k_BT; ε_k/ε_m is asked for."),
            Mistake(s, "Not yet: that is the root of βε_k."),
        ),
    )


@answers("4.4")
def where_the_branches_meet() -> Answer:
    """η_k at which the root of eq. 24 vanishes."""
    b = 0.9
    h = brentq(lambda h: b - 2 * h * mean_square_displacement(h), 0, 20)
    eta = h * mean_square_displacement(h) / b
    return Answer(
        eta,
        "1",
        mistakes=(
            Mistake(2 * eta, "Not yet: there the weak branch ends. Both have the same η_k where the root vanishes."),
            Mistake(h, "Not yet: that is η′; divide by the root of βε_k."),
            Mistake(float(np.sqrt(1 / b - 1)), "Not yet: eq. 19 has no solution here."),
        ),
    )
