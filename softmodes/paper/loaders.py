"""The ensembles behind figs 5 to 8: computer glasses, liquids, softened glasses and searches in the crystal.

Reduced units σ = ε = m = 1, density 1.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

from softmodes.arguments import member
from softmodes.ensembles import (
    load_glasses,
    load_instabilities,
    load_liquids,
    load_soft_spots,
    load_swaps,
    load_wells,
)
from softmodes.paper.printed import printed
from softmodes.places import DATA, shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from softmodes.ensembles import Glasses, Instabilities, Liquids, SoftSpots, SwapLiquids, Wells

_Ensemble = TypeVar("_Ensemble")

SIZES = tuple(int(printed(f"atoms in the {size} glass").value) for size in ("small", "large"))


class Ensembles:
    """The ensembles of the repository, or those of `make report RECOMPUTE=1`; each is read when first asked for.

    An OSError or ValueError that names the file, and says how to get it, if one is missing or damaged.
    """

    def __init__(self, which: Literal["shipped", "recomputed"]) -> None:
        self.which = member("which", which, ("shipped", "recomputed"))

    def __repr__(self) -> str:
        """Say which."""
        return f"<the {self.which} ensembles>"

    def _read(self, load: Callable[[Path], _Ensemble], name: str) -> _Ensemble:
        if self.which == "shipped":
            with shipped(f"glasses/{name}.npz") as path:
                return load(path)
        path = DATA / "glasses" / "recomputed" / f"{name}.npz"
        if not path.exists():
            raise ValueError(f"{self.which} must be there, {path.name} is not; make report RECOMPUTE=1 makes it")
        return load(path)

    @cached_property
    def glasses(self) -> dict[int, Glasses]:
        """Glasses of both sizes of figs 5 and 6, `{500: Glasses, 1000: Glasses}`."""
        return {n: self._read(load_glasses, f"n{n}") for n in SIZES}

    @cached_property
    def boxes(self) -> dict[int, Glasses]:
        """Those and glasses in a larger box, of which only the softest modes are there, `{500: …, …, 4000: …}`."""
        return {**self.glasses, 4000: self._read(load_glasses, "n4000")}

    @cached_property
    def cooled(self) -> dict[int, Glasses]:
        """Glasses of 500 atoms by the time steps of their cooling, `{0: Glasses, 1000: …, 10000: …}`."""
        cooled = {steps: self._read(load_glasses, f"n500_cooled{steps}") for steps in (1000, 10000)}
        return {0: self.glasses[500], **cooled}

    @cached_property
    def liquids(self) -> Liquids:
        """Snapshots of liquids of 500 atoms, as Liquids."""
        return self._read(load_liquids, "liquid_n500")

    @cached_property
    def swaps(self) -> dict[tuple[int, int], SwapLiquids]:
        """Mixtures cooled by swap moves, by exponent and atoms, `{(6, 500): SwapLiquids, …}`."""
        return {(p, n): self._read(load_swaps, f"swap{p}_n{n}") for p in (6, 12) for n in SIZES}

    @cached_property
    def wells(self) -> Wells:
        """Minima next to those of the mixture of the paper's exponent, of 500 atoms, as Wells."""
        return self._read(load_wells, "wells6_n500")

    @cached_property
    def crystal(self) -> Liquids:
        """Snapshots of the heated fcc crystal of 500 atoms, as Liquids."""
        return self._read(load_liquids, "crystal_n500")

    @cached_property
    def soft_spots(self) -> SoftSpots:
        """Local motions softened in glasses of 500 atoms, as SoftSpots."""
        return self._read(load_soft_spots, "softening_n500")

    @cached_property
    def instabilities(self) -> Instabilities:
        """Searches for the cheapest instability of the fcc crystal of 256 atoms, as Instabilities."""
        return self._read(load_instabilities, "instability_n256")


@cache
def load_ensembles(which: Literal["shipped", "recomputed"] = "shipped") -> Ensembles:
    """Return the ensembles of the repository, "shipped", or "recomputed" here by `make report RECOMPUTE=1`."""
    return Ensembles(which)
