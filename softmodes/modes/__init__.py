"""Taking one structure apart: its modes, what is beyond the harmonic, and what it costs to soften it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "normal": ["NormalModes", "modes_from_hessian", "normal_modes"],
        "elasticity": ["ElasticModuli", "elastic_moduli"],
        "anharmonicity": ["AnharmonicModes", "anharmonic_modes", "mode_derivatives"],
        "softening_paths": ["LinearResponse", "SofteningPath", "softening_path"],
        "pseudoharmonic": ["pseudoharmonic_modes"],
        "interchange": ["modes_from_ase", "modes_from_lammps"],
    },
)
