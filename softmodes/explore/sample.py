"""A glass as its explorer draws it: histograms of many, the softest modes of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from softmodes.arguments import positive, shown
from softmodes.ensembles import Glasses, load_glasses
from softmodes.ensembles.spectrum import EXTENDED_RATIO, by_glass
from softmodes.glass.configuration import Structure
from softmodes.modes import NormalModes, normal_modes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from softmodes.paper.loaders import Ensembles

BINS = 220  # windows begin and end at bin edges, so that sums over bins are exact
_SHOWN = 8  # softest modes of the glass that is drawn
_GLASSES, _SOFT = 60, 20  # single modes are drawn of so many glasses, and as far as so many modes of one reach
_PLACES = 40  # of the curve of the share of the motion


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """Frequencies and N_k of glasses alike, shape (glasses, modes), and the softest modes of the first of them.

    Without a `configuration` it is not known where its atoms are.
    """

    n: int
    frequencies: np.ndarray
    participation_number: np.ndarray
    modes: NormalModes
    configuration: Structure | None
    complete_below: float = np.inf  # from there up modes are left out

    @property
    def low(self) -> float:
        """Where the first bin begins: at zero, or below the most unstable mode."""
        return float(_short(self.width * floor(min(self.frequencies.min(), 0) / self.width), 12))

    @cached_property
    def width(self) -> float:
        """Width of a bin, a round number."""
        reach = max(self.frequencies.max(), 0) - min(self.frequencies.min(), 0)
        if not reach > 0:
            raise ValueError("frequencies must not all be zero")
        return _round(reach / (BINS - 2), ceil)

    @property
    def bins(self) -> int:
        """How many bins there are: up to where modes are left out."""
        return floor(min((self.complete_below - self.low) / self.width, BINS))

    @property
    def high(self) -> float:
        """Where the last bin ends."""
        return self.low + self.bins * self.width

    @property
    def soft(self) -> float:
        """Where the soft end, of which single modes are drawn, is taken to end."""
        reach = self.frequencies[0, :_SOFT][-1]
        end = max(_round(BINS * self.width / 10, floor), self.width * ceil(max(reach, 0) / self.width))
        return float(min(end, self.high))

    @cached_property
    def histograms(self) -> dict[str, list[float]]:
        """Modes, the sum of their N_k and the localised ones among them, for each bin."""
        nu, n_k = self.frequencies.ravel(), self.participation_number.ravel().astype(float)
        edges = self.low + self.width * np.arange(self.bins + 1)
        weights = {"modes": None, "atoms": n_k, "localised": (n_k < EXTENDED_RATIO * self.n).astype(float)}
        return {name: np.histogram(nu, edges, weights=weight)[0].tolist() for name, weight in weights.items()}

    @cached_property
    def table(self) -> dict[str, Any]:
        """What the page draws from."""
        nu, n_k = self.frequencies[:_GLASSES], self.participation_number[:_GLASSES]
        soft = nu <= self.soft
        counts = np.unique(np.geomspace(1, self.n, _PLACES).round().astype(int))
        weights = np.sort(np.sum(np.abs(self.modes.eigenvectors) ** 2, axis=2), axis=1)[:, ::-1]
        return {
            **{"atoms_in_all": self.n, "count": len(self.frequencies), "low": self.low, "width": self.width},
            **self.histograms,
            "cloud": {"nu": _short(nu[soft], 4), "atoms": _short(n_k[soft], 1), "highest": self.soft, "count": len(nu)},
            "frequencies": self.modes.frequencies.tolist(),
            "participation": self.modes.participation_number.tolist(),
            "mass": self.modes.effective_mass.tolist(),
            "counts": counts.tolist(),
            "shares": _short(weights.cumsum(axis=1)[:, counts - 1], 4),
            "scene": self.configuration
            and {
                "box": self.configuration.box.tolist(),
                "positions": _short(self.configuration.positions, 2),
                "displacements": _short(self.modes.eigenvectors.real, 3),
            },
        }


@cache
def both_sizes(ensembles: Ensembles) -> dict[str, Sample]:
    """Return the glasses of figs 5 and 6 by their number of atoms."""
    return {str(n): _of_glasses(glasses) for n, glasses in ensembles.glasses.items()}


def own_sample(glasses: object, configuration: Structure | None) -> Sample:
    """Return a reader's own glass; a ValueError or FileNotFoundError if it is none."""
    if isinstance(glasses, NormalModes):
        return _of_modes(glasses, configuration)
    if configuration is not None:
        raise ValueError(f"configuration must come with NormalModes, got {shown(glasses)}")
    if isinstance(glasses, str | os.PathLike):
        return _of_glasses(load_glasses(glasses))
    if not isinstance(glasses, Glasses):
        raise ValueError(f"glasses must be Glasses, NormalModes or the folder or file of glasses, got {shown(glasses)}")
    return _of_glasses(glasses)


def _of_glasses(glasses: Glasses) -> Sample:
    frequencies = by_glass("frequencies", glasses.frequencies)
    if not len(glasses.positions):
        raise ValueError("positions must hold the structure of a glass or more, got none")
    first = glasses.structure(0)
    modes = normal_modes(first, count=min(_SHOWN, frequencies.shape[1]))
    return _sample(frequencies, glasses.participation_number, modes, first, glasses.complete_below)


def _of_modes(modes: NormalModes, configuration: Structure | None) -> Sample:
    if not modes.eigenvalues.size:
        raise ValueError("glasses must be one mode or more, got NormalModes without one")
    if configuration is not None and not isinstance(configuration, Structure):
        raise ValueError(f"configuration must be a Configuration, got {shown(configuration)}")
    if configuration is not None and len(configuration.positions) != len(modes.masses):
        raise ValueError(
            f"configuration must be that of the modes, of {len(modes.masses)} atoms,"
            f" got one of {len(configuration.positions)}"
        )
    fields = ("eigenvalues", "eigenvectors")
    softest = NormalModes(**{name: getattr(modes, name)[:_SHOWN] for name in fields}, masses=modes.masses)
    return _sample(modes.frequencies[None], modes.participation_number[None], softest, configuration)


def _sample(
    frequencies: np.ndarray,
    participation_number: np.ndarray,
    modes: NormalModes,
    configuration: Structure | None,
    complete_below: float = np.inf,
) -> Sample:
    found = positive("participation_number", participation_number)
    if found.shape != frequencies.shape:
        raise ValueError(f"participation_number must have the shape of frequencies, got {found.shape}")
    return Sample(
        n=len(modes.masses),
        frequencies=frequencies,
        participation_number=found,
        modes=modes,
        configuration=configuration,
        complete_below=complete_below,
    )


def _round(value: float, towards: Callable[[float], int]) -> float:
    """Return the next of 1, 2, 5, 10, … times a power of ten."""
    power = 10.0 ** floor(log10(value))
    steps = [step for step in (1, 2, 5, 10) if (step >= value / power if towards is ceil else step <= value / power)]
    return float(f"{(steps[0] if towards is ceil else steps[-1]) * power:.9g}")


def _short(array: ArrayLike, decimals: int) -> Any:
    """Return numbers, or nested lists of them, with a few decimals, enough for a picture."""
    return np.round(np.asarray(array, dtype=float), decimals).tolist()
