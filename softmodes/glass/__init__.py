"""The computer glass of section 3: eq. 9, figs 5 and 6. The compiled loops load with the first name that needs them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "configuration": ["Configuration", "lattice"],
        "potential": ["InversePower", "inverse_power"],
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
        "spectrum": ["DensityOfStates", "density_of_states", "extended_modes", "tail_exponent"],
        "participation": ["Participation", "participation_by_frequency"],
        "files": ["DamagedFile"],
        "storage": ["pack_ensemble"],
        "glasses": ["Ensemble", "load_ensemble", "simulate_glass"],
        "ensemble": ["run_ensemble"],
        "liquids": ["Liquids", "load_liquids", "sample_liquid", "simulate_liquid"],
        "soft_spots": [
            "Instabilities",
            "SoftSpots",
            "load_instabilities",
            "load_soft_spots",
            "simulate_instability",
            "simulate_softening",
        ],
    },
)
