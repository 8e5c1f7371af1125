"""The figures of the paper and beyond: each draws on given Axes and returns a text that says what it shows."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "anharmonicity": ["plot_asymmetry", "plot_mode_plane", "plot_quartic_length", "plot_soft_potentials"],
        "crossover": [
            "plot_area_factor",
            "plot_atom_sensitivities",
            "plot_crossover",
            "plot_crossover_ratio",
            "plot_formation",
        ],
        "glass": [
            "plot_figure_5",
            "plot_figure_6",
            "plot_freed_participation",
            "plot_size_comparison",
            "plot_soft_density",
            "plot_soft_mode",
            "plot_soft_tail",
            "plot_tail_exponent",
        ],
        "heat_capacity": ["plot_figure_1", "plot_figure_2", "plot_figure_3", "plot_figure_4"],
        "inherent_structures": [
            "plot_displacement_in_time",
            "plot_inherent_energy",
            "plot_soft_modes",
            "plot_vibrational_displacement",
        ],
        "liquid": ["plot_instantaneous_spectrum", "plot_unstable_fraction", "plot_unstable_participation"],
        "potentials": ["plot_barriers", "plot_levels", "plot_spacing", "plot_three_behaviours"],
        "softening": [
            "plot_cluster_formation_energy",
            "plot_crystal_formation_energy",
            "plot_figure_7",
            "plot_glass_formation_energy",
            "plot_mode_rates",
        ],
        "stability": ["plot_branches", "plot_entropic_force", "plot_figure_8", "plot_landscape"],
        "style": ["as_png", "show"],
    },
)
