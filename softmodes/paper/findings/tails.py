"""How the number of soft modes grows with frequency in boxes of several sizes, by two routes.

Reduced units σ = ε = m = 1. A number of modes ∝ ν^α below ν is a density of states ∝ ν^(α - 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from uncertainties import UFloat, ufloat
from uncertainties.unumpy import log

from softmodes.arguments import real
from softmodes.ensembles import softest_law, tail_probability
from softmodes.paper.averages import UNKNOWN, mean, written
from softmodes.paper.findings.glasses import exponent_of_tail, freed_modes, sound_frequency
from softmodes.paper.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from softmodes.ensembles import Glasses

SOFT_PART = 0.06
"""Two thirds of the lowest sound of the largest box, 4000 atoms: further up its modes, spread about c_T/L, come in."""


def tail_kinds(ensemble: Glasses) -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Return ν and N_k of harmonic and of pseudo-harmonic modes (glasses, modes), and up to which ν they are the tail.

    Of harmonic ones that ends at the lowest sound of the box, and where some are left out; of pseudo-harmonic ones at
    the highest of the harmonic modes from which they were found, in any glass.
    """
    sound = min(sound_frequency(ensemble), ensemble.complete_below)
    started = ensemble.frequencies[:, : ensemble.kappa.shape[1]].max(axis=1).min()
    return {
        "harmonic": (ensemble.frequencies, ensemble.participation_number, sound),
        "pseudo-harmonic": (*freed_modes(ensemble), float(started)),
    }


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Modes below a frequency in glasses of one size: exponents with errors over glasses, and how well they fit."""

    window: str = field(metadata={"header": "ν up to"})
    size: str = field(metadata={"header": "N"})
    modes: str = field(metadata={"header": "modes per 500 atoms"})
    exponent: str = field(metadata={"header": "α"})
    fits: str = field(metadata={"header": "p of ν^α, of ν⁵"})
    freed: str = field(metadata={"header": "α without sound"})


def tail_exponents(boxes: Mapping[int, Glasses], windows: tuple[float, ...] = (0.05, SOFT_PART, 0.08)) -> Table[Tail]:
    """Return the table of exponents for each window and size; without sound as far as no mode is left out."""
    return Table(_tail(ensemble, highest) for highest in windows for ensemble in boxes.values())


def _tail(ensemble: Glasses, highest: float) -> Tail:
    below = np.sum(ensemble.frequencies_to(highest) < highest, axis=1)
    (harmonic, *_), (freed, _, complete) = tail_kinds(ensemble).values()
    return Tail(
        window=f"{highest:g}",
        size=str(ensemble.n),
        modes=written(mean(below * 500 / ensemble.n)),
        exponent=written(exponent_of_tail(harmonic, highest)),
        fits=", ".join(_probability(harmonic, highest, alpha) for alpha in (None, 5)),
        freed=written(exponent_of_tail(freed, highest)) if highest <= complete else "",
    )


def fifth_power_until(ensemble: Glasses) -> float:
    """Return the highest ν, of some from 0.05 up, below which the harmonic modes do not contradict ν⁵: 0 if all do.

    They do where p of `tail_probability` is below 0.05.
    """
    fits = 0.0
    for highest in (0.05, 0.055, 0.06, 0.065, 0.07, 0.08):
        nu = ensemble.frequencies_to(highest)
        if np.any(nu < highest) and tail_probability(nu, highest, alpha=5) < 0.05:
            break
        fits = highest
    return fits


def _probability(frequencies: np.ndarray, highest: float, alpha: float | None) -> str:
    found = tail_probability(frequencies, highest, alpha=alpha) if np.any(frequencies < highest) else np.nan
    return "below 0.01" if found < 0.01 else written(found, ".2f")


@dataclass(frozen=True, kw_only=True)
class Softest:
    """Weibull distribution of the softest mode of each glass, and what its scale says from size to size."""

    size: str = field(metadata={"header": "N"})
    scale: str = field(metadata={"header": "scale ν_0"})
    exponent: str = field(metadata={"header": "α of its distribution"})
    scaling: str = field(metadata={"header": "α of ν_0 against N"})
    freed: str = field(metadata={"header": "without sound: of its distribution"})
    freed_scaling: str = field(metadata={"header": "of ν_0 against N"})


def softest_laws(boxes: Mapping[int, Glasses]) -> Table[Softest]:
    """Return the table of the softest modes by size, α of ν_0 from it and the size before; last, from all."""
    lowest = {n: (e.frequencies[:, 0], e.pseudoharmonic.frequencies[:, 0]) for n, e in boxes.items()}
    laws = {n: [law_of_softest(nu) for nu in both] for n, both in lowest.items()}

    def scaling(sizes: Iterable[int]) -> dict[str, str]:
        scales = ({n: laws[n][kind][1] for n in sizes} for kind in (0, 1))
        return dict(zip(("scaling", "freed_scaling"), (written(exponent_of_scale(s)) for s in scales), strict=True))

    rows = []
    for step, (n, ((alpha, scale), (freed, _))) in zip([(), *pairwise(boxes)], laws.items(), strict=True):
        own = {"scale": scale, "exponent": alpha, "freed": freed}
        cells = {name: written(value, ".2uP") for name, value in own.items()}
        rows.append(Softest(size=str(n), **cells, **(scaling(step) if step else {"scaling": "", "freed_scaling": ""})))
    return Table([*rows, Softest(size="all", scale="", exponent="", freed="", **scaling(boxes))])


def law_of_softest(lowest: np.ndarray) -> tuple[UFloat, UFloat]:
    """Return exponent and scale of the softest mode of each glass that has one, as `softest_law` does, or nan."""
    lowest = real("lowest", lowest)
    known = lowest[np.isfinite(lowest)]
    return tuple(ufloat(*found) for found in softest_law(known)) if known.size else (UNKNOWN, UNKNOWN)


def exponent_of_scale(scales: Mapping[int, UFloat]) -> UFloat:
    r"""Return α of a scale of the softest mode that falls with the number of atoms as :math:`N^{-1/\alpha}`.

    By weighted least squares; nan where an error is not known.
    """
    if not all(scale.s > 0 for scale in scales.values()):
        return UNKNOWN
    weights = np.array([(scale.n / scale.s) ** 2 for scale in scales.values()])
    sizes = np.log([*scales])
    lever = weights * (sizes - np.average(sizes, weights=weights))
    return -np.sum(lever * sizes) / np.sum(lever * log([*scales.values()]))
