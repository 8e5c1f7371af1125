"""What computer glasses say about the number of atoms in soft modes, and what that owes to size and cooling.

Reduced units σ = ε = m = 1. Cooling is linear in time from k_BT = 1, over so many time steps of 0.01; 0 is a descent to
the next minimum at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from uncertainties import UFloat, ufloat

from softmodes.arguments import finite, one, positive
from softmodes.ensembles import participation_by_frequency, tail_exponent
from softmodes.paper.averages import UNKNOWN, mean, median, of_known, written
from softmodes.paper.findings.potentials import first_maximum
from softmodes.paper.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from softmodes.ensembles import Glasses


# Frequency of a mode that a glass does not have: no bin counts it.
_ABSENT = 1e3


def freed_modes(ensemble: Glasses) -> tuple[np.ndarray, np.ndarray]:
    """Return ν and N_k of the pseudo-harmonic modes (glasses, 10); those that a glass does not have are above all."""
    modes = ensemble.pseudoharmonic
    return np.nan_to_num(modes.frequencies, nan=_ABSENT), np.nan_to_num(modes.participation_number)


TAIL_END = 0.08
"""Frequency up to which the number of modes is taken for a power of ν."""


def exponent_of_tail(frequencies: np.ndarray, highest: float = TAIL_END) -> UFloat:
    """Return the exponent of the number of modes below ν, as `tail_exponent` does; nan if there is none up to there."""
    frequencies, highest = finite("frequencies", frequencies), one(positive, "highest", highest)
    return ufloat(*tail_exponent(frequencies, highest)) if np.any(frequencies < highest) else UNKNOWN


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


def preparations(ensembles: Iterable[Glasses]) -> Table[Preparation]:
    """Return the table of ensembles, one row each; a is for the ν_c of the first, so that only the modes differ."""
    ensembles = tuple(ensembles)
    nu_c = first_maximum(ensembles[0])
    return Table(_preparation(ensemble, 2 * np.pi * nu_c) for ensemble in ensembles)


def soft_mode_count(ensemble: Glasses, highest: float = 0.1) -> UFloat:
    """Return the mean number of harmonic modes below a frequency, per 500 atoms."""
    return mean(np.sum(ensemble.frequencies_to(highest) < highest, axis=1) * 500 / ensemble.n)


def _preparation(ensemble: Glasses, omega_c: float) -> Preparation:
    return Preparation(
        size=str(ensemble.n),
        cooling_steps=str(ensemble.parameters["cooling_steps"]),
        glasses=f"{len(ensemble.energy)}, {ensemble.rejected.sum()}",
        energy=written(mean(ensemble.energy)),
        frequency=written(mean(ensemble.frequencies[:, 0])),
        participation=written(mean(ensemble.participation_number[:, 0])),
        length=written(median(ensemble.soft_modes.quartic_length(omega_c)[:, 0])),
        freed=written(of_known(mean, ensemble.pseudoharmonic.participation_number[:, 0])),
        soft=written(soft_mode_count(ensemble)),
        exponent=written(exponent_of_tail(ensemble.frequencies_to(TAIL_END))),
    )


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
    freed: str = field(metadata={"header": "N_k without sound"})
    sound: str = field(metadata={"header": "lowest sound wave, c_T/L"})


def softest_modes(ensembles: Mapping[int, Glasses]) -> Table[SoftestModes]:
    """Return the table of the softest modes by size."""
    return Table(_softest(ensemble) for ensemble in ensembles.values())


def softest_participation(ensemble: Glasses) -> UFloat:
    """Return the mean N_k of the softest mode of each glass, with its standard error over glasses."""
    return mean(ensemble.participation_number[:, 0])


def sound_frequency(ensemble: Glasses) -> float:
    """Return the frequency c_T/L of the lowest transverse sound wave of the box."""
    return float(ensemble.sound_velocities[1] / ensemble.box.max())


def _softest(ensemble: Glasses) -> SoftestModes:
    n_k = ensemble.participation_number[:, 0]
    low, high = np.quantile(n_k, (0.16, 0.84))
    return SoftestModes(
        size=str(ensemble.n),
        glasses=str(len(n_k)),
        rejected=str(int(ensemble.rejected.sum())),
        frequency=written(mean(ensemble.frequencies[:, 0])),
        participation=written(mean(n_k)),
        ratio=written(mean(n_k / ensemble.n)),
        spread=f"{low:.0f} to {high:.0f}",
        freed=written(of_known(mean, ensemble.pseudoharmonic.participation_number[:, 0])),
        sound=f"{sound_frequency(ensemble):.3f}",
    )


@dataclass(frozen=True, kw_only=True)
class Window:
    """Modes of a window of frequency in glasses of one size: medians of N_k with errors over glasses."""

    window: str = field(metadata={"header": "ν"})
    size: str = field(metadata={"header": "N"})
    modes: str = field(metadata={"header": "harmonic modes, of all glasses"})
    harmonic: str = field(metadata={"header": "their N_k"})
    freed: str = field(metadata={"header": "pseudo-harmonic modes"})
    alone: str = field(metadata={"header": "N_k without sound"})


def atoms_by_window(ensembles: dict[int, Glasses], edges: tuple[float, ...] = (0.0, 0.05, 0.07, 0.09)) -> Table[Window]:
    """Return the table of N_k of harmonic and of pseudo-harmonic modes in windows of ν, for ensembles by size."""
    rows = []
    for n, ensemble in ensembles.items():
        kinds = (ensemble.frequencies_to(edges[-1]), ensemble.participation_number), freed_modes(ensemble)
        harmonic, freed = (participation_by_frequency(*kind, edges) for kind in kinds)
        for i, (low, high) in enumerate(pairwise(edges)):
            rows.append(
                Window(
                    window=f"{low:g} to {high:g}",
                    size=str(n),
                    modes=str(harmonic.modes[i]),
                    harmonic=written(ufloat(harmonic.median[i], harmonic.error[i])),
                    freed=str(freed.modes[i]),
                    alone=written(ufloat(freed.median[i], freed.error[i])),
                )
            )
    return Table(sorted(rows, key=lambda row: row.window))


@dataclass(frozen=True, kw_only=True)
class Change:
    """By how much a mean over glasses changes with their preparation or size, with its standard error."""

    quantity: str
    cooling: str = field(metadata={"header": "with the slowest cooling"})
    size: str = field(metadata={"header": "with twice the atoms"})


def changes(cooled: dict[int, Glasses], glasses: dict[int, Glasses]) -> Table[Change]:
    """Return the table of what the slowest cooling changes, and what twice the atoms do.

    `cooled` are ensembles by the steps of their cooling, `glasses` by their number of atoms.
    """
    quantities = {
        "energy per atom": lambda some: mean(some.energy),
        "N_k of the softest mode": softest_participation,
        "modes below 0.1 per 500 atoms": soft_mode_count,
        f"tail exponent up to {TAIL_END:g}": lambda some: exponent_of_tail(some.frequencies_to(TAIL_END)),
    }

    def difference(of: Callable[[Glasses], UFloat], ensembles: dict[int, Glasses]) -> str:
        return written(of(ensembles[max(ensembles)]) - of(ensembles[min(ensembles)]), "+.1uP")

    return Table(
        Change(quantity=name, cooling=difference(of, cooled), size=difference(of, glasses))
        for name, of in quantities.items()
    )
