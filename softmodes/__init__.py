"""A reproducible companion to U. Buchenau, "Soft localized vibrations in glasses and undercooled liquids" (1992)."""

import lazy_loader

# Nothing is imported before it is used: numba, matplotlib and the widgets cost more than the physics.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["ensembles", "explore", "figures", "glass", "modes", "paper", "report", "theory"],
    submod_attrs={
        "theory.potential": ["mode_energy", "mode_potential", "participation_number"],
        "theory.crossover": ["crossover_energy", "crossover_temperature", "participation_area", "quartic_energy"],
        "theory.levels": ["energy_levels"],
        "theory.heat_capacity": ["crossover_ratio", "heat_capacity"],
        "theory.free_energy": ["mean_square_displacement", "mode_free_energy"],
        "theory.landscape": ["local_free_energy"],
        "theory.stability": [
            "StabilityCurve",
            "formation_energy",
            "harmonic_limits",
            "quartic_mode_energy",
            "stability_curve",
            "stability_residual",
        ],
        "paper.materials": ["Material", "load_materials"],
        "paper.printed": ["printed_values"],
        "glass": [
            "Configuration",
            "inverse_power",
            "make_glass",
            "melt",
            "minimize",
            "quench",
        ],
        "modes": ["NormalModes", "normal_modes"],
        "explore.crossover": ["CrossoverExplorer"],
        "explore.glass": ["GlassExplorer"],
        "explore.potential": ["PotentialExplorer"],
        "explore.heat_capacity": ["SpecificHeatExplorer"],
        "explore.stability": ["StabilityExplorer"],
    },
)
