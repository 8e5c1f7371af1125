from .anharmonicity import (
    plot_asymmetry as plot_asymmetry,
    plot_mode_plane as plot_mode_plane,
    plot_quartic_length as plot_quartic_length,
    plot_soft_potentials as plot_soft_potentials,
)
from .crossover import (
    plot_area_factor as plot_area_factor,
    plot_atom_sensitivities as plot_atom_sensitivities,
    plot_crossover as plot_crossover,
    plot_crossover_ratio as plot_crossover_ratio,
    plot_formation as plot_formation,
)
from .glass import (
    plot_figure_5 as plot_figure_5,
    plot_figure_6 as plot_figure_6,
    plot_freed_participation as plot_freed_participation,
    plot_modes as plot_modes,
    plot_share_of_motion as plot_share_of_motion,
    plot_size_comparison as plot_size_comparison,
    plot_soft_density as plot_soft_density,
    plot_soft_mode as plot_soft_mode,
    plot_soft_tail as plot_soft_tail,
    plot_softest_law as plot_softest_law,
    plot_tail_exponent as plot_tail_exponent,
)
from .heat_capacity import (
    plot_figure_1 as plot_figure_1,
    plot_figure_2 as plot_figure_2,
    plot_figure_3 as plot_figure_3,
    plot_figure_4 as plot_figure_4,
)
from .inherent_structures import (
    plot_displacement_in_time as plot_displacement_in_time,
    plot_inherent_energy as plot_inherent_energy,
    plot_soft_modes as plot_soft_modes,
    plot_vibrational_displacement as plot_vibrational_displacement,
)
from .liquid import (
    plot_instantaneous_spectrum as plot_instantaneous_spectrum,
    plot_unstable_fraction as plot_unstable_fraction,
    plot_unstable_participation as plot_unstable_participation,
)
from .potentials import (
    plot_barriers as plot_barriers,
    plot_levels as plot_levels,
    plot_spacing as plot_spacing,
    plot_three_behaviours as plot_three_behaviours,
)
from .softening import (
    plot_cluster_formation_energy as plot_cluster_formation_energy,
    plot_crystal_formation_energy as plot_crystal_formation_energy,
    plot_figure_7 as plot_figure_7,
    plot_glass_formation_energy as plot_glass_formation_energy,
    plot_mode_rates as plot_mode_rates,
)
from .stability import (
    plot_branches as plot_branches,
    plot_entropic_force as plot_entropic_force,
    plot_figure_8 as plot_figure_8,
    plot_landscape as plot_landscape,
)
from .swaps import (
    plot_next_minima as plot_next_minima,
    plot_overlap as plot_overlap,
    plot_pair_distribution as plot_pair_distribution,
    plot_parent_counts as plot_parent_counts,
    plot_ways as plot_ways,
)
from .style import as_png as as_png, show as show
