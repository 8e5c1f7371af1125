from . import (
    ensembles as ensembles,
    explore as explore,
    figures as figures,
    glass as glass,
    modes as modes,
    paper as paper,
    report as report,
    teach as teach,
    theory as theory,
)
from .explore.crossover import CrossoverExplorer as CrossoverExplorer
from .explore.glass import GlassExplorer as GlassExplorer
from .explore.potential import PotentialExplorer as PotentialExplorer
from .explore.heat_capacity import SpecificHeatExplorer as SpecificHeatExplorer
from .explore.stability import StabilityExplorer as StabilityExplorer
from .glass import (
    Configuration as Configuration,
    inverse_power as inverse_power,
    make_glass as make_glass,
    melt as melt,
    minimize as minimize,
    quench as quench,
)
from .modes import NormalModes as NormalModes, normal_modes as normal_modes
from .paper.materials import Material as Material, load_materials as load_materials
from .paper.printed import printed_values as printed_values
from .theory.crossover import (
    crossover_energy as crossover_energy,
    crossover_temperature as crossover_temperature,
    participation_area as participation_area,
    quartic_energy as quartic_energy,
)
from .theory.free_energy import (
    mean_square_displacement as mean_square_displacement,
    mode_free_energy as mode_free_energy,
)
from .theory.landscape import local_free_energy as local_free_energy
from .theory.levels import energy_levels as energy_levels
from .theory.potential import (
    mode_energy as mode_energy,
    mode_potential as mode_potential,
    participation_number as participation_number,
)
from .theory.heat_capacity import crossover_ratio as crossover_ratio, heat_capacity as heat_capacity
from .teach import check as check, predict as predict, quiz as quiz
from .theory.stability import (
    StabilityCurve as StabilityCurve,
    formation_energy as formation_energy,
    harmonic_limits as harmonic_limits,
    quartic_mode_energy as quartic_mode_energy,
    stability_curve as stability_curve,
    stability_residual as stability_residual,
)

__version__: str
