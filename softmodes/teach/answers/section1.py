"""Answers of the exercises on one potential with three behaviours, eq. 5."""

import numpy as np
from scipy.constants import electron_volt, k
from scipy.integrate import quad
from scipy.optimize import brentq

from softmodes.teach.answer import Answer, Mistake, answers
from softmodes.theory.levels import energy_levels
from softmodes.theory.potential import mode_potential

_X = np.linspace(0, 1, 20001)


def _barrier(eta: float) -> float:
    """Height of the barrier over ε_k, found by looking for the lowest place."""
    return -float(mode_potential(_X, eta, 1.0).min())


@answers("1.1")
def restoring_force_of_a_barrier() -> Answer:
    """η_k of a barrier of k_BT."""
    height = k * 300 / (100 * electron_volt)
    eta = brentq(lambda eta: _barrier(eta) - height, -1, -1e-3)
    return Answer(
        eta,
        "1",
        mistakes=(
            Mistake(-eta, "Not yet: a double well has no positive restoring force. Look at the sign."),
            Mistake(eta / 2, "Not yet: the barrier is not ε_k η_k². How deep is the minimum?"),
            Mistake(eta / 2**0.5, "Not yet: at the minimum the quartic term counts, too."),
            Mistake(-4 * height, "Not yet: the barrier goes with a power of η_k. Has a root been forgotten?"),
        ),
    )


@answers("1.2")
def scaling_of_a_quartic_oscillator() -> Answer:
    """Frequency and energy at twice the amplitude, the frequency from the integral for the period."""

    def time(amplitude: float) -> float:
        def slowness(angle: float) -> float:
            moved = mode_potential(amplitude * np.sin(angle), 0.0, 1.0)
            return float(amplitude * np.cos(angle) / (mode_potential(amplitude, 0.0, 1.0) - moved) ** 0.5)

        return quad(slowness, 0, np.pi / 2 - 1e-6)[0]

    energy = mode_potential(2.0, 0.0, 1.0) / mode_potential(1.0, 0.0, 1.0)
    factors = np.array([time(1.0) / time(2.0), energy])
    return Answer(
        factors,
        parts=("frequency", "energy"),
        mistakes=(
            Mistake([1, 4], "Not yet: that is a harmonic oscillator, whose frequency does not know the amplitude."),
            Mistake(factors * [2, 1], "Not yet: force over displacement is the square of the frequency."),
        ),
    )


@answers("1.3")
def ground_state_at_the_top_of_the_barrier() -> Answer:
    """D_2 at which the lowest level has the energy of the barrier's top."""

    def place(level: int) -> float:
        return brentq(lambda d2: float(energy_levels(0.0, d2, 2)[level]), -8, 0)

    return Answer(
        place(0),
        mistakes=(
            Mistake(-place(0), "Not yet: above zero D_2 makes a vibration. Look at the sign."),
            Mistake(
                -float(energy_levels(0.0, 0.0, 1)[0]), "Not yet: that is an energy of the quartic mode, not a D_2."
            ),
            Mistake(place(1), "Not yet: there the second level sinks below the barrier. The lowest does so earlier."),
        ),
    )


@answers("1.4")
def barrier_in_kelvin(double_well: float = -0.7) -> Answer:
    """Height of the barrier that is drawn, in kelvin."""
    kelvin = _barrier(double_well) * 50 * electron_volt / k
    return Answer(
        kelvin,
        "K",
        mistakes=(
            Mistake(4 * kelvin, "Not yet: the minimum is not at x² = −η_k. Where is the derivative zero?"),
            Mistake(2 * kelvin, "Not yet: at the minimum the quartic term counts, too."),
            Mistake(kelvin / abs(double_well), "Not yet: the barrier goes with the square of η_k."),
        ),
    )
