from .anharmonicity import (
    AnharmonicModes as AnharmonicModes,
    anharmonic_modes as anharmonic_modes,
    mode_derivatives as mode_derivatives,
)
from .double_wells import DoubleWells as DoubleWells, double_wells as double_wells
from .elasticity import ElasticModuli as ElasticModuli, elastic_moduli as elastic_moduli
from .interchange import modes_from_ase as modes_from_ase, modes_from_lammps as modes_from_lammps
from .linear_response import LinearResponse as LinearResponse
from .normal import NormalModes as NormalModes, modes_from_hessian as modes_from_hessian, normal_modes as normal_modes
from .pseudoharmonic import pseudoharmonic_modes as pseudoharmonic_modes
from .softening_paths import SofteningPath as SofteningPath, softening_path as softening_path
