r"""Searches for the cheapest instability of the fcc crystal, the price that a crystal has for what eq. 15 asks.

Reduced units sigma = epsilon = m = 1. Stiffnesses are :math:`\eta_s\omega_c^2`; fractions are relative to the start.
"""

from typing import Any

import numpy as np

from softmodes.arguments import FilePath, member_seed, summary
from softmodes.glass.configuration import fcc_crystal
from softmodes.glass.potential import EXPONENT, InversePower
from softmodes.modes.linear_response import LinearResponse
from softmodes.modes.softening_paths import softening_path
from softmodes.theory.potential import participation_number

from .contents import ensemble, made_with, stored
from .soft_spots import FRACTIONS
from .storage import load_ensemble

RADII = (1.2, 1.65, 2.0, 2.3, 2.6)
"""Clusters of 13, 19, 43, 55 and 79 atoms of the fcc crystal [sigma]."""

# Those clusters, and all atoms.
_CLUSTERS = len(RADII) + 1


@ensemble
class Instabilities:
    """Searches for the cheapest instability of the fcc crystal.

    The path follows the cheapest motion of all atoms, the last of `cost`, which itself follows the distortion. All
    searches but search 0 kick it at every point.
    """

    parameters: dict = made_with("n", "seed", earlier={"exponent": 6})
    one_atom: np.ndarray = stored(
        "Energy at FRACTIONS of the stiffness of one atom along a random direction, [001] in search 0 [epsilon].",
        "searches",
        len(FRACTIONS),
    )
    cost: np.ndarray = stored(
        "Of the cheapest motion in clusters of RADII, and of all atoms, in linear response [epsilon].",
        "searches",
        _CLUSTERS,
    )
    participation_number: np.ndarray = stored("N_s of these motions.", "searches", _CLUSTERS)
    energy: np.ndarray = stored(
        "Along the path [epsilon]; nan where no constrained minimum was found.", "searches", len(FRACTIONS)
    )
    followed_participation: np.ndarray = stored("N_s along the path.", "searches", len(FRACTIONS))

    __repr__ = summary

    @property
    def potential(self) -> InversePower:
        """That of the crystal, a smooth InversePower."""
        return InversePower(exponent=self.parameters["exponent"], continuity=3)


def simulate_instability(seed: int, index: int, n: int, *, exponent: int = EXPONENT) -> dict[str, Any]:
    """One search in the fcc crystal of `n` atoms, as the arrays of one row of Instabilities."""
    rng, crystal = np.random.default_rng(member_seed(seed, index)), fcc_crystal(n)
    smooth = {"potential": InversePower(exponent=exponent, continuity=3)}
    response, single = LinearResponse(crystal, **smooth), np.zeros((n, 3))
    single[0] = rng.normal(size=3) if index else (0, 0, 1)
    # within the last radius are all atoms
    motions = [response.cheapest_motion(0, radius, rng=rng) for radius in (*RADII, np.linalg.norm(crystal.box))]
    path = softening_path(crystal, motions[-1], FRACTIONS, follow=True, kick=0.05 if index else 0.0, rng=rng, **smooth)
    reached, followed = np.isfinite(path.energy), np.full(len(FRACTIONS), np.nan)
    followed[reached] = participation_number(path.motion[reached])
    return {
        "one_atom": softening_path(crystal, single, FRACTIONS, **smooth).energy,
        "cost": np.array([response.stiffness(s) ** 2 / (2 * response.distortion(s)[1]) for s in motions]),
        "participation_number": participation_number(np.array(motions)),
        "energy": path.energy,
        "followed_participation": followed,
    }


def load_instabilities(path: FilePath) -> Instabilities:
    """Instabilities of a folder or a compact file; raises as `load_arrays` does."""
    return load_ensemble(path, "instability")
