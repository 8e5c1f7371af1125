"""Every number that was found, with its error: functions of the arrays that it stands on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "crossover": ["atom_sensitivities"],
        "glasses": [
            "atoms_by_window",
            "changes",
            "freed_modes",
            "preparations",
            "soft_mode_count",
            "softest_modes",
            "softest_participation",
            "sound_frequency",
        ],
        "liquids": [
            "anharmonic_excess",
            "harmonic_overshoot",
            "shoulder",
            "soft_mode_slope",
            "unstable_modes",
            "vibrational_displacements",
        ],
        "potentials": [
            "first_maximum",
            "formation_energies",
            "relaxed_modes",
            "mode_energy_at_freezing",
            "planck_constant",
            "soft_potentials",
        ],
        "softening": ["crystal_strain", "formation_energy_found", "one_atom_costs", "soft_spots", "softened_crystal"],
    },
)
