from .files import DamagedFile as DamagedFile
from .glasses import Glasses as Glasses, load_glasses as load_glasses, simulate_glass as simulate_glass
from .liquids import (
    Liquids as Liquids,
    load_liquids as load_liquids,
    sample_liquid as sample_liquid,
    simulate_liquid as simulate_liquid,
)
from .participation import Participation as Participation, participation_by_frequency as participation_by_frequency
from .run import run_ensemble as run_ensemble
from .soft_spots import (
    Instabilities as Instabilities,
    SoftSpots as SoftSpots,
    Wells as Wells,
    load_instabilities as load_instabilities,
    load_soft_spots as load_soft_spots,
    load_wells as load_wells,
    simulate_instability as simulate_instability,
    simulate_softening as simulate_softening,
    simulate_wells as simulate_wells,
)
from .spectrum import (
    DensityOfStates as DensityOfStates,
    density_of_states as density_of_states,
    extended_modes as extended_modes,
    softest_law as softest_law,
    tail_exponent as tail_exponent,
    tail_probability as tail_probability,
)
from .storage import pack_ensemble as pack_ensemble
from .swaps import SwapLiquids as SwapLiquids, load_swaps as load_swaps, simulate_swap as simulate_swap
