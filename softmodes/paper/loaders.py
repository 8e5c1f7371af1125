"""The ensembles of the repository: computer glasses and liquids behind figs 5 to 8.

Reduced units σ = ε = m = 1.
"""

from functools import cache

from softmodes.arguments import member
from softmodes.ensembles import load_ensemble, load_instabilities, load_liquids, load_soft_spots
from softmodes.paper.printed import printed
from softmodes.places import DATA, shipped


@cache
def load_snapshots(which="shipped"):
    """Return the snapshots of liquids of 500 atoms, as Liquids; `which` as for `read_ensemble`."""
    return read_ensemble(load_liquids, "liquid_n500", which)


@cache
def load_crystal():
    """Return snapshots of the heated fcc crystal of 500 atoms, as Liquids."""
    return read_ensemble(load_liquids, "crystal_n500")


@cache
def shipped_soft_spots():
    """Return the SoftSpots of the repository."""
    return read_ensemble(load_soft_spots, "softening_n500")


@cache
def shipped_instabilities():
    """Return the Instabilities of the repository, of the fcc crystal of 256 atoms."""
    return read_ensemble(load_instabilities, "instability_n256")


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
