"""What the soft modes of computer glasses owe to the rate of cooling and to the number of atoms.

Reduced units σ = ε = m = 1. Cooling is linear in time from k_BT = 1, over so many time steps of 0.01; 0 is a descent to
the next minimum at once.
"""

from dataclasses import dataclass, field

import numpy as np
from uncertainties import ufloat

from softmodes.glass import tail_exponent
from softmodes.paper.anharmonic_figures import crystal_frequency
from softmodes.paper.averages import mean, median
from softmodes.paper.table import Table


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Soft modes of glasses that were made alike: means (of a, the median) with standard errors over glasses."""

    size: str = field(metadata={"header": "N"})
    cooling_steps: str = field(metadata={"header": "cooling steps"})
    glasses: str
    rejected: str = field(metadata={"header": "crystals rejected"})
    energy: str = field(metadata={"header": "energy per atom"})
    frequency: str = field(metadata={"header": "ν of the softest mode"})
    participation: str = field(metadata={"header": "its N_k"})
    length: str = field(metadata={"header": "its a of eq. 3"})
    soft: str = field(metadata={"header": "modes with ν < 0.1, per 500 atoms"})
    exponent: str = field(metadata={"header": "their number grows up to 0.08 as ν to the"})
    freed_frequency: str = field(metadata={"header": "ν of the softest pseudo-harmonic mode"})
    freed_participation: str = field(metadata={"header": "N_k of that"})


def preparations(ensembles):
    """Return the table of ensembles, one row each; a is for the ν_c of the first, so that only the modes differ."""
    ensembles = tuple(ensembles)
    nu_c = crystal_frequency(ensembles[0])
    return Table(_preparation(ensemble, 2 * np.pi * nu_c) for ensemble in ensembles)


def soft_mode_count(ensemble, highest=0.1):
    """Return the mean number of harmonic modes below a frequency, per 500 atoms."""
    return mean(np.sum(ensemble.frequencies < highest, axis=1) * 500 / ensemble.n)


def _preparation(ensemble, omega_c):
    freed = ensemble.pseudoharmonic
    return Preparation(
        size=str(ensemble.n),
        cooling_steps=str(ensemble.parameters["cooling_steps"]),
        glasses=str(len(ensemble.energy)),
        rejected=f"{ensemble.rejected.sum()} ({1 - ensemble.acceptance:.0%})",
        energy=f"{mean(ensemble.energy):.1uP}",
        frequency=f"{mean(ensemble.frequencies[:, 0]):.1uP}",
        participation=f"{mean(ensemble.participation_number[:, 0]):.1uP}",
        length=f"{median(ensemble.soft_modes.quartic_length(omega_c)[:, 0]):.1uP}",
        soft=f"{soft_mode_count(ensemble):.1uP}",
        exponent=f"{ufloat(*tail_exponent(ensemble.frequencies, 0.08)):.1uP}",
        freed_frequency=f"{mean(freed.frequencies[:, 0]):.1uP}",
        freed_participation=f"{mean(freed.participation_number[:, 0]):.1uP}",
    )
