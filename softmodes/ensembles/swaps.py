"""Mixtures in equilibrium far below freezing, by swap moves, and the soft modes of the minima below them.

Reduced units sigma = epsilon = m = 1 (sigma the mean diameter) at density 1; temperatures are k_B T in epsilon.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from softmodes.arguments import FilePath, Seed, member_seed, positive, shown, summary, whole
from softmodes.glass.configuration import Configuration
from softmodes.glass.minimization import minimize
from softmodes.glass.potential import EXPONENT, InversePower
from softmodes.glass.preparation import CRYSTAL_ORDER, bond_order
from softmodes.glass.swaps import LONGEST_STEP, SPREAD, mixture, polydisperse_diameters, swap_monte_carlo
from softmodes.modes.elasticity import elastic_moduli
from softmodes.modes.normal import normal_modes

from .contents import ensemble, made_with, stored
from .glasses import pseudoharmonic_fields
from .storage import load_ensemble

_USUAL: dict[str, Any] = {
    "cutoff": 2.0, "temperatures": (0.2, 0.11, 0.085, 0.07, 0.06), "sweeps": (1500, 4500, 9000, 15000, 20000)
}  # fmt: skip
PROTOCOLS = {
    EXPONENT: _USUAL,
    12: {"cutoff": 1.25, "temperatures": (0.3, 0.15, 0.11, 0.09, 0.08), "sweeps": (1500, 4000, 8000, 15000, 24000)},
}
"""By exponent the cutoff, temperatures from the simple liquid down, and sweeps at each of them on either way."""

_MODES, _PSEUDO_MODES = 40, 10
# Two snapshots agree at an atom where one of the other lies so near [sigma]; of unrelated ones 0.11 do.
_NEAR = 0.3
# Parts of the second half of a stage after which it is compared with its beginning.
LOOKS = (1 / 256, 1 / 64, 1 / 16, 1 / 4, 1 / 2, 1)
_WAYS = "chains", "temperatures", 2
_CHAINS = "chains", "temperatures"
# The step is tuned over a fifth of a stage, in so many rounds.
_ROUNDS = 10


@ensemble
class SwapLiquids:
    """Independent chains, each cooled through several temperatures and heated back through the same.

    Of an axis of two, the first is on the way down, the second on the way up. What is said of modes and minima without
    it belongs to the end of the stage on the way down.
    """

    parameters: dict[str, Any] = made_with(
        "n", "seed", "exponent", "cutoff", "spread", "temperatures", "sweeps", earlier={}
    )
    energy: np.ndarray = stored("Mean over the second half of a stage, per atom [epsilon].", *_WAYS)
    correlation_time: np.ndarray = stored("Integrated, of the energy there [sweeps].", *_WAYS)
    overlap: np.ndarray = stored("With the beginning of that half after LOOKS of it.", *_WAYS, len(LOOKS))
    memory: np.ndarray = stored("Overlap of the ends of the stages on both ways.", *_CHAINS)
    acceptance: np.ndarray = stored("Of moves and of exchanges.", *_WAYS, 2)
    inherent_energy: np.ndarray = stored("Of the minimum below the end of a stage, per atom [epsilon].", *_WAYS)
    order: np.ndarray = stored("Bond order of that minimum, as of `bond_order`.", *_WAYS)
    configurational_temperature: np.ndarray = stored(
        "F.F / tr H of the last snapshot [epsilon]; its mean is the temperature in equilibrium.", *_WAYS
    )
    frequencies: np.ndarray = stored("nu of the softest modes of the minimum.", *_CHAINS, _MODES)
    participation_number: np.ndarray = stored("N_k of them.", *_CHAINS, _MODES)
    moduli: np.ndarray = stored("Longitudinal and shear modulus of sound waves [epsilon/sigma^3].", *_CHAINS, 2)
    pseudo_kappa: np.ndarray = stored(
        "Of the pseudo-harmonic modes to which the ten softest lead; nan after the last of a minimum.",
        *_CHAINS,
        _PSEUDO_MODES,
    )
    pseudo_tau: np.ndarray = stored("Likewise.", *_CHAINS, _PSEUDO_MODES)
    pseudo_chi: np.ndarray = stored("Likewise.", *_CHAINS, _PSEUDO_MODES)
    pseudo_participation: np.ndarray = stored("N_k of them.", *_CHAINS, _PSEUDO_MODES)
    box: np.ndarray = stored("Edges [sigma].", 3)
    diameters: np.ndarray = stored("Of the atoms, in the order of the positions [sigma].", "n")
    positions: np.ndarray = stored("The minima of the first k chains [sigma].", "k", "temperatures", "n", 3)

    __repr__ = summary

    @property
    def potential(self) -> InversePower:
        """That of the pairs, with two continuous derivatives, an InversePower."""
        return _potential(self.parameters["exponent"], self.parameters["cutoff"])

    @property
    def temperatures(self) -> np.ndarray:
        """k_B T of the parent liquids [epsilon], falling, shape (temperatures,)."""
        return np.array(self.parameters["temperatures"])

    @property
    def sweeps(self) -> np.ndarray:
        """Sweeps of each stage, shape (temperatures,)."""
        return np.array(self.parameters["sweeps"])

    @property
    def pseudo_frequencies(self) -> np.ndarray:
        """Frequencies nu of the pseudo-harmonic modes, (chains, temperatures, 10); nan after the last of a minimum."""
        nu: np.ndarray = np.sqrt(self.pseudo_kappa) / (2 * np.pi)
        return nu

    def structure(self, chain: int, temperature: int) -> Configuration:
        """Return a minimum of one of the first chains, of the temperature of an index, with potential and diameters."""
        return Configuration(self.positions[chain, temperature], self.box, self.potential, self.diameters)


def simulate_swap(
    seed: int,
    index: int,
    n: int,
    *,
    exponent: int = EXPONENT,
    cutoff: float = _USUAL["cutoff"],
    spread: float = SPREAD,
    temperatures: ArrayLike = _USUAL["temperatures"],
    sweeps: Sequence[int] = _USUAL["sweeps"],
) -> dict[str, Any]:
    """One chain of a mixture, as arrays; the same wherever and in whatever order it is made.

    Parameters
    ----------
    seed, index : int
        Of the ensemble, and of the chain in it.
    n : int
        Atoms, of `polydisperse_diameters`.
    exponent : int
        Of the potential.
    cutoff : float
        In units of each pair's diameter.
    spread : float
        Of the diameters.
    temperatures : array_like
        k_B T [epsilon], falling.
    sweeps : sequence of int
        At each temperature on either way, at least 20; half of them count as equilibration.

    Returns
    -------
    dict of ndarray
        The fields of one chain of SwapLiquids.

    Raises
    ------
    ValueError
        If an argument is out of range, or the temperatures of one exponent are left to another.
    RuntimeError
        If the chain crystallised.
    """
    temperatures, sweeps = _stages(exponent, temperatures, sweeps)
    rng, potential = np.random.default_rng(member_seed(seed, index)), _potential(exponent, cutoff)
    diameters = polydisperse_diameters(n, spread)
    state, step = mixture(rng.permutation(diameters), rng=rng, potential=potential), 0.2
    places, found = [*range(len(temperatures))], {}
    for place, way in [*((place, 0) for place in places), *((place, 1) for place in places[::-1])]:
        state, step, fields = _stage(state, temperatures[place], sweeps[place], step, rng, potential)
        below = _minimum(state, temperatures[place])
        fields |= {"inherent_energy": potential.energy(below) / n, "order": bond_order(below), "end": state}
        found[place, way] = fields | ({} if way else _modes(below))
    memory = [_overlap(found[place, 0].pop("end"), found[place, 1].pop("end")) for place in places]
    both, down = found[0, 1], found[0, 0].keys() - found[0, 1].keys()
    return {
        **{name: np.array([[found[place, way][name] for way in (0, 1)] for place in places]) for name in both},
        **{name: np.array([found[place, 0][name] for place in places]) for name in sorted(down)},
        "memory": np.array(memory),
        "box": state.box,
        "diameters": diameters,
    }


def load_swaps(path: FilePath) -> SwapLiquids:
    """Read chains from a folder or a compact file, as SwapLiquids; raises as `load_arrays` does."""
    chains: SwapLiquids = load_ensemble(path, "swap")
    return chains


def correlation_time(series: np.ndarray) -> float:
    r"""Integrated correlation time of a series, :math:`\tau = 1 + 2\sum_t\rho(t)`, cut off at five times itself.

    The error of the mean is that of :math:`n/\tau` independent values, if nothing is slower than a tenth of the series:
    of a liquid near its glass transition it is the time of vibrations and swaps, and not that of structure. At most the
    length of the series.
    """
    apart, n = series - series.mean(), len(series)
    spectrum = np.abs(np.fft.rfft(apart, 2 * n)) ** 2
    correlation = np.fft.irfft(spectrum)[:n]
    if correlation[0] <= 0:
        return 1.0
    times = 2 * np.cumsum(correlation / correlation[0]) - 1
    enough = np.arange(n) >= 5 * times
    return float(times[np.argmax(enough)]) if enough.any() else float(n)


def _stages(exponent: int, temperatures: ArrayLike, sweeps: Sequence[int]) -> tuple[list[float], list[int]]:
    """Temperatures and sweeps as lists, or a ValueError that names what is wrong."""
    temperatures = np.atleast_1d(positive("temperatures", temperatures)).tolist()
    if exponent != EXPONENT and tuple(temperatures) == _USUAL["temperatures"]:
        raise ValueError(f"temperatures must be given for exponent {exponent}, got those chosen for {EXPONENT}")
    if temperatures != sorted(set(temperatures), reverse=True):
        raise ValueError(f"temperatures must fall, got {shown(temperatures)}")
    sweeps = [whole("sweeps", each, least=2 * _ROUNDS) for each in np.atleast_1d(np.asarray(sweeps)).tolist()]
    if len(sweeps) != len(temperatures):
        raise ValueError(f"sweeps must be as many as temperatures, {len(temperatures)}, got {len(sweeps)}")
    return temperatures, sweeps


def _potential(exponent: int, cutoff: float) -> InversePower:
    return InversePower(exponent=exponent, cutoff=cutoff, continuity=2)


def _stage(
    state: Configuration, temperature: float, sweeps: int, step: float, rng: Seed, potential: InversePower
) -> tuple[Configuration, float, dict[str, Any]]:
    """Stay at one temperature: its last state, the step of moves, and fields of SwapLiquids."""
    for _ in range(_ROUNDS):
        state, _, (moves, _) = swap_monte_carlo(
            state, temperature, rng=rng, sweeps=sweeps // (5 * _ROUNDS) + 1, step=step
        )
        step = min(step * (1.1 if moves > 0.4 else 1 / 1.1), LONGEST_STEP)
    state, _, _ = swap_monte_carlo(state, temperature, rng=rng, sweeps=3 * sweeps // 10, step=step)
    start, energies, overlaps, acceptance = state, [], [], []
    looks = np.maximum(np.array(LOOKS) * (sweeps // 2), np.arange(1, len(LOOKS) + 1)).astype(int)
    for length in np.diff(looks, prepend=0):
        state, energy, accepted = swap_monte_carlo(state, temperature, rng=rng, sweeps=int(length), step=step)
        energies.append(energy)
        overlaps.append(_overlap(start, state))
        acceptance.append(accepted)
    energies = np.concatenate(energies)
    hessian = potential.hessian(state)
    return (
        state,
        step,
        {
            "energy": energies.mean(),
            "correlation_time": correlation_time(energies),
            "overlap": np.array(overlaps),
            "acceptance": np.array(acceptance[-1]),
            "configurational_temperature": np.sum(potential.forces(state) ** 2) / hessian.diagonal().sum(),
        },
    )


def periodic_tree(positions: np.ndarray, edge: float) -> cKDTree:
    """Return the tree of positions (n, 3) in a periodic cube, for counts of neighbours."""
    wrapped = np.mod(positions, edge)
    # rounding can take a tiny negative number to the edge itself
    return cKDTree(np.where(wrapped < edge, wrapped, 0.0), boxsize=np.full(3, edge))


def _overlap(one: Configuration, other: Configuration) -> float:
    """Mean number of atoms of the other within a distance of one's, whichever they are."""
    trees = [periodic_tree(state.positions, state.box[0]) for state in (one, other)]
    return trees[0].count_neighbors(trees[1], _NEAR) / len(one.positions)


def _minimum(state: Configuration, temperature: float) -> Configuration:
    """Find the minimum below a state; a RuntimeError if that is a crystal."""
    below = minimize(state)
    if (order := bond_order(below)) > CRYSTAL_ORDER:
        raise RuntimeError(
            f"the chain crystallised at k_B T = {temperature:g} (order {order:.2f} > {CRYSTAL_ORDER:g}): spread the"
            " diameters more, or stay above"
        )
    return below


def _modes(below: Configuration) -> dict[str, Any]:
    """Fields of SwapLiquids that belong to a minimum; atoms in the order of their diameters."""
    modes = normal_modes(below, count=_MODES)
    return {
        "frequencies": modes.frequencies,
        "participation_number": modes.participation_number,
        "moduli": np.array(elastic_moduli(below, modes=modes)),
        **pseudoharmonic_fields(below, modes),
        "positions": below.positions[np.argsort(below.diameters)],  # type: ignore[arg-type]  # a mixture has them
    }
