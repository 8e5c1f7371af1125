"""The computer glass of section 3: eq. 9, figs 5 and 6. The compiled loops load with the first name that needs them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "configuration": ["Configuration", "lattice"],
        "potential": ["InversePower", "inverse_power", "smooth_inverse_power"],
        "dynamics": ["melt", "quench", "square_displacements", "thermal_velocities", "velocity_verlet"],
        "minimization": ["minimize"],
        "preparation": [
            "CRYSTAL_EXCESS",
            "CRYSTAL_ORDER",
            "InherentStructure",
            "bond_order",
            "inherent_structure",
            "make_glass",
        ],
    },
)
