"""Answers of the exercises on the undercooled liquid, eqs 10-24."""

from scipy.special import gamma

from softmodes.teach.answer import Answer, Mistake, answers


@answers("4.1")
def quartic_energy_over_formation_energy(beta_epsilon_m: float = 5.0) -> Answer:
    """ε_0/ε_m of a quartic mode, eq. 23 written out."""
    ratio = gamma(1 / 4) / gamma(3 / 4)
    return Answer(
        4 * ratio**2 * beta_epsilon_m,
        mistakes=(
            Mistake(
                4 * ratio**2 * beta_epsilon_m**2,
                "That is $\\beta\\epsilon_0$, in units of $k_BT$; $\\epsilon_0/\\epsilon_m$ is asked for.",
            ),
            Mistake(
                4 * ratio * beta_epsilon_m,
                "The ratio of gamma functions is squared when eq. 20 is solved for $\\beta\\epsilon_0$.",
            ),
        ),
    )
