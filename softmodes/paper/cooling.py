"""What the soft modes of computer glasses owe to the rate of cooling and to the number of atoms.

Reduced units σ = ε = m = 1. Cooling is linear in time from k_BT = 1, over so many time steps of 0.01; 0 is a descent to
the next minimum at once.
"""

from dataclasses import dataclass, field

import numpy as np
from uncertainties import ufloat

from softmodes.ensembles import tail_exponent
from softmodes.figures.anharmonicity import crystal_frequency
from softmodes.paper.averages import mean, median
from softmodes.paper.table import Table

TAIL_END = 0.08
"""Frequency up to which the number of modes is taken for a power of ν."""


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Soft modes of glasses that were made alike: means (of a, the median) with standard errors over glasses."""

    size: str = field(metadata={"header": "N"})
    cooling_steps: str = field(metadata={"header": "cooling steps"})
    glasses: str = field(metadata={"header": "glasses, crystals rejected"})
    energy: str = field(metadata={"header": "energy per atom"})
    frequency: str = field(metadata={"header": "softest mode: ν"})
    participation: str = field(metadata={"header": "N_k"})
    length: str = field(metadata={"header": "a of eq. 3"})
    freed: str = field(metadata={"header": "N_k without sound"})
    soft: str = field(metadata={"header": "modes below 0.1 per 500 atoms"})
    exponent: str = field(metadata={"header": "tail exponent"})


def preparations(ensembles):
    """Return the table of ensembles, one row each; a is for the ν_c of the first, so that only the modes differ."""
    ensembles = tuple(ensembles)
    nu_c = crystal_frequency(ensembles[0])
    return Table(_preparation(ensemble, 2 * np.pi * nu_c) for ensemble in ensembles)


def soft_mode_count(ensemble, highest=0.1):
    """Return the mean number of harmonic modes below a frequency, per 500 atoms."""
    return mean(np.sum(ensemble.frequencies < highest, axis=1) * 500 / ensemble.n)


def _preparation(ensemble, omega_c):
    return Preparation(
        size=str(ensemble.n),
        cooling_steps=str(ensemble.parameters["cooling_steps"]),
        glasses=f"{len(ensemble.energy)}, {ensemble.rejected.sum()}",
        energy=f"{mean(ensemble.energy):.1uP}",
        frequency=f"{mean(ensemble.frequencies[:, 0]):.1uP}",
        participation=f"{mean(ensemble.participation_number[:, 0]):.1uP}",
        length=f"{median(ensemble.soft_modes.quartic_length(omega_c)[:, 0]):.1uP}",
        freed=f"{mean(ensemble.pseudoharmonic.participation_number[:, 0]):.1uP}",
        soft=f"{soft_mode_count(ensemble):.1uP}",
        exponent=f"{ufloat(*tail_exponent(ensemble.frequencies, TAIL_END)):.1uP}",
    )
