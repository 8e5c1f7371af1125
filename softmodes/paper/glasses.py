"""The computer glasses behind figs 5 and 6, and what they say about the number of atoms.

Reduced units σ = ε = m = 1.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from softmodes.arguments import member
from softmodes.ensembles import load_ensemble
from softmodes.paper.averages import mean
from softmodes.paper.printed import printed
from softmodes.paper.table import Table
from softmodes.places import DATA, shipped

# The liquid of density 2.295 freezes and the crystal of 2.320 melts at k_BT = ε (Tan, Schultz and Kofke, Mol. Phys.
# 109, 123, 2011); for r⁻⁶ temperatures are proportional to ρ².
FREEZING, MELTING = 2.295**-2, 2.320**-2
"""k_BT of freezing and melting at density 1 [ε]."""

SIZES = tuple(int(printed(f"atoms in the {size} glass").value) for size in ("small", "large"))


def read_ensemble(load, name, which="shipped"):
    """Return what `load` reads of an ensemble, "n500" or "liquid_n500".

    `which` is "shipped" for those of the repository, or "recomputed" for those that `make report RECOMPUTE=1` has made.
    An OSError or ValueError that names the file, and says how to get it, if it is missing or damaged.
    """
    member("which", which, ("shipped", "recomputed"))
    if which == "shipped":
        with shipped(f"glasses/{name}.npz") as path:
            return load(path)
    path = DATA / "glasses" / "recomputed" / f"{name}.npz"
    if not path.exists():
        raise ValueError(f"{which} must be there, {path.name} is not; make report RECOMPUTE=1 makes it")
    return load(path)


@cache
def load_glasses(which="shipped"):
    """Return the ensembles of both sizes, `{500: Ensemble, 1000: Ensemble}`; `which` as for `read_ensemble`."""
    return {n: read_ensemble(load_ensemble, f"n{n}", which) for n in SIZES}


@cache
def load_cooled():
    """Return the ensembles of 500 atoms by the time steps of their cooling, `{0: Ensemble, 1000: …, 10000: …}`."""
    cooled = {steps: read_ensemble(load_ensemble, f"n500_cooled{steps}") for steps in (1000, 10000)}
    return {0: load_glasses()[500], **cooled}


@dataclass(frozen=True, kw_only=True)
class SoftestModes:
    """The softest mode of each glass of an ensemble: means with their standard errors over glasses."""

    size: str = field(metadata={"header": "N"})
    glasses: str
    rejected: str = field(metadata={"header": "crystals rejected"})
    frequency: str = field(metadata={"header": "ν of the softest mode"})
    participation: str = field(metadata={"header": "its N_k"})
    ratio: str = field(metadata={"header": "its p = N_k/N"})
    spread: str = field(metadata={"header": "N_k, 16 % to 84 %"})
    sound: str = field(metadata={"header": "lowest sound wave, c_T/L"})


def softest_modes(ensembles):
    """Return the table of the softest modes of both sizes."""
    return Table(_softest(ensemble) for ensemble in ensembles.values())


def softest_participation(ensemble):
    """Return the mean N_k of the softest mode of each glass, with its standard error over glasses."""
    return mean(ensemble.participation_number[:, 0])


def sound_frequency(ensemble):
    """Return the frequency c_T/L of the lowest transverse sound wave of the box."""
    return float(ensemble.sound_velocities[1] / ensemble.box.max())


def _softest(ensemble):
    n_k = ensemble.participation_number[:, 0]
    low, high = np.quantile(n_k, (0.16, 0.84))
    return SoftestModes(
        size=str(ensemble.n),
        glasses=str(len(n_k)),
        rejected=str(int(ensemble.rejected.sum())),
        frequency=f"{mean(ensemble.frequencies[:, 0]):.1uP}",
        participation=f"{mean(n_k):.1uP}",
        ratio=f"{mean(n_k / ensemble.n):.1uP}",
        spread=f"{low:.0f} to {high:.0f}",
        sound=f"{sound_frequency(ensemble):.3f}",
    )
