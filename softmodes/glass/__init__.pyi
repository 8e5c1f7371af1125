from .configuration import Configuration as Configuration, lattice as lattice
from .dynamics import (
    melt as melt,
    quench as quench,
    square_displacements as square_displacements,
    thermal_velocities as thermal_velocities,
    velocity_verlet as velocity_verlet,
)
from .minimization import minimize as minimize
from .potential import (
    InversePower as InversePower,
    inverse_power as inverse_power,
    smooth_inverse_power as smooth_inverse_power,
)
from .preparation import (
    CRYSTAL_EXCESS as CRYSTAL_EXCESS,
    CRYSTAL_ORDER as CRYSTAL_ORDER,
    InherentStructure as InherentStructure,
    bond_order as bond_order,
    inherent_structure as inherent_structure,
    make_glass as make_glass,
)
from .swaps import (
    mixture as mixture,
    polydisperse_diameters as polydisperse_diameters,
    swap_monte_carlo as swap_monte_carlo,
)
