"""What liquids say: unstable modes, soft modes of the minima below, how far atoms vibrate and diffuse.

Reduced units σ = ε = m = 1, density 1; temperatures are k_BT in ε. Displacements are squares of three-dimensional
distances, means over the atoms; all errors are standard errors over snapshots.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from uncertainties import UFloat, ufloat

from softmodes.paper.averages import UNKNOWN, mean, snapshot_means, written
from softmodes.paper.table import Table

if TYPE_CHECKING:
    from softmodes.ensembles import Glasses, Liquids


# Of log MSD in log t: follows the means within their errors, and smooths what is left of single vibrations. Degrees of
# 5 and 9 change the height of a shoulder by 14 % at most where its slope is below DIFFUSIVE, by a third at freezing.
_DEGREE = 7


DIFFUSIVE = 0.5


def shoulder(times: np.ndarray, displacement: np.ndarray) -> tuple[float, UFloat, UFloat]:
    """Return time, height and slope of the mean square displacement (snapshots, times) where log MSD rises least.

    Height and slope with errors, by the jackknife over snapshots, nan for a single one. The slope is 1 in diffusion.
    Where it is less, half the height is the vibrational displacement, because both the start and the end of a time
    vary; to a tenth, for the vibrations are not quite out of step yet: see `harmonic_overshoot`.
    """
    count, total = len(displacement), displacement.sum(axis=0)
    left_out = (
        [_least_slope(times, (total - one) / (count - 1)) for one in displacement] if count > 1 else [[np.nan] * 3]
    )
    _, *errors = np.sqrt((count - 1) * np.var(left_out, axis=0))
    time, *values = _least_slope(times, total / count)
    return time, *(ufloat(*pair) for pair in zip(values, errors, strict=True))


def _least_slope(times: np.ndarray, moved: np.ndarray) -> tuple[float, float, float]:
    log_moved = np.polynomial.Chebyshev.fit(np.log(times), np.log(moved), _DEGREE)
    # four periods of a vibration of ν = 1; a polynomial is not to be trusted near its ends
    places = np.linspace(np.log(0.1), np.log(4), 400)
    slopes = log_moved.deriv()(places)
    place = places[slopes.argmin()]
    return np.exp(place), np.exp(log_moved(place)), slopes.min()


def vibrational_displacements(liquids: Liquids) -> dict[str, list[UFloat]]:
    """Return the mean square vibrational displacement at each temperature by three routes, numbers with errors.

    "harmonic": of the modes of the inherent structures. "distance": of the snapshots from them. "dynamics": half the
    height of the shoulder; nan where the slope there exceeds 0.5, for then what rises is diffusion for the larger part.
    """
    shoulders = [shoulder(liquids.times, moved) for moved in liquids.displacement]
    dynamics = [height / 2 if slope.n < DIFFUSIVE else UNKNOWN for _, height, slope in shoulders]
    means = {name: snapshot_means(getattr(liquids, name)) for name in ("harmonic", "distance")}
    return {**means, "dynamics": dynamics}


def soft_mode_slope(ensemble: Glasses) -> UFloat:
    """Return by how much the number of modes below ν = 0.15 rises with the energy per atom, over glasses [1/ε].

    A straight line has no error before the third glass: nan.
    """
    if len(ensemble.energy) < 3:
        return UNKNOWN
    energy = ensemble.energy - ensemble.energy.mean()
    (slope, _), covariance = np.polyfit(energy, np.sum(ensemble.frequencies_to(0.15) < 0.15, axis=1), 1, cov=True)
    return ufloat(slope, np.sqrt(covariance[0, 0]))


@dataclass(frozen=True, kw_only=True)
class UnstableModes:
    """Instantaneous normal modes at one temperature: means with their standard errors over snapshots."""

    temperature: str = field(metadata={"header": "k_BT"})
    snapshots: str
    rejected: str = field(metadata={"header": "crystals rejected"})
    fraction: str = field(metadata={"header": "unstable modes"})
    unstable_ratio: str = field(metadata={"header": "their p = N_k/N"})
    stable_ratio: str = field(metadata={"header": "p of the stable modes"})


def unstable_modes(liquids: Liquids) -> Table[UnstableModes]:
    """Return the table of the unstable modes, one row for each temperature."""
    unstable, stable = (snapshot_means(liquids.participation_ratio(unstable=which)) for which in (True, False))
    columns = (liquids.temperatures, liquids.rejected, snapshot_means(liquids.unstable_fraction), unstable, stable)
    return Table(
        UnstableModes(
            temperature=f"{temperature:g}",
            snapshots=str(len(rejected)),
            rejected=str(int(rejected.sum())),
            fraction=written(fraction),
            unstable_ratio=written(p_unstable),
            stable_ratio=written(p_stable),
        )
        for temperature, rejected, fraction, p_unstable, p_stable in zip(*columns, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class AnharmonicExcess:
    """By how much atoms vibrate further than harmonic modes would have them, with standard errors."""

    temperature: str = field(metadata={"header": "k_BT"})
    harmonic: str = field(metadata={"header": "⟨u²⟩/k_BT, harmonic modes"})
    dynamics: str = field(metadata={"header": "from the shoulder"})
    time: str = field(metadata={"header": "its time"})
    ahead: str = field(metadata={"header": "of which harmonic modes alone (%)"})
    excess: str = field(metadata={"header": "anharmonic excess (%)"})
    crystal: str = field(metadata={"header": "of the crystal, by distance (%)"})


def anharmonic_excess(liquids: Liquids, crystal: Liquids, glasses: Glasses) -> Table[AnharmonicExcess]:
    """Return the table of the anharmonic excess, up to where vibration and diffusion separate.

    At the time of a shoulder the vibrations of the `glasses` are not quite out of step; what harmonic ones alone would
    give there is taken off. The crystal's distance from its minimum needs no such correction.
    """
    routes, nearest = vibrational_displacements(liquids), crystal.temperatures.tolist()
    return Table(
        _excess(t, harmonic, dynamics, shoulder(liquids.times, moved)[0], crystal, nearest, glasses)
        for t, harmonic, dynamics, moved in zip(
            liquids.temperatures, routes["harmonic"], routes["dynamics"], liquids.displacement, strict=True
        )
        if np.isfinite(dynamics.n)
    )


def _excess(
    t: float,
    harmonic: UFloat,
    dynamics: UFloat,
    time: float,
    crystal: Liquids,
    known: list[float],
    glasses: Glasses,
) -> AnharmonicExcess:
    ahead, warm = harmonic_overshoot(glasses, time), known.index(t) if t in known else None
    own = None if warm is None else mean(crystal.distance[warm] / crystal.harmonic[warm])
    return AnharmonicExcess(
        temperature=f"{t:g}",
        harmonic=written(harmonic / t),
        dynamics=written(dynamics / t),
        time=f"{time:.1f}",
        ahead=f"{100 * ahead:+.0f}",
        excess=written(100 * (dynamics / harmonic / (1 + ahead) - 1)),
        crystal="" if own is None else written(100 * (own - 1)),
    )


def harmonic_overshoot(glasses: Glasses, time: float) -> float:
    """Return by which fraction harmonic modes of glasses exceed 2⟨u²⟩ in their mean square displacement at a time."""
    omega = 2 * np.pi * glasses.frequencies_to()
    return float(np.sum((1 - np.cos(omega * time)) / omega**2) / np.sum(omega**-2.0) - 1)
