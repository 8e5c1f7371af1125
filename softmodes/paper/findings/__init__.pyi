from .atoms import atom_counts as atom_counts, softest_freed_participation as softest_freed_participation
from .crossover import atom_sensitivities as atom_sensitivities
from .glasses import (
    atoms_by_window as atoms_by_window,
    changes as changes,
    exponent_of_tail as exponent_of_tail,
    freed_modes as freed_modes,
    preparations as preparations,
    soft_mode_count as soft_mode_count,
    softest_modes as softest_modes,
    softest_participation as softest_participation,
    sound_frequency as sound_frequency,
)
from .liquids import (
    anharmonic_excess as anharmonic_excess,
    harmonic_overshoot as harmonic_overshoot,
    shoulder as shoulder,
    soft_mode_slope as soft_mode_slope,
    unstable_modes as unstable_modes,
    vibrational_displacements as vibrational_displacements,
)
from .potentials import (
    exponents_of_plane as exponents_of_plane,
    first_maximum as first_maximum,
    flatness as flatness,
    formation_energies as formation_energies,
    mode_energy_at_freezing as mode_energy_at_freezing,
    mode_planes as mode_planes,
    planck_constant as planck_constant,
    relaxed_modes as relaxed_modes,
    soft_potentials as soft_potentials,
)
from .swaps import (
    creation_energies as creation_energies,
    creation_energy as creation_energy,
    debye_frequencies as debye_frequencies,
    equilibration as equilibration,
    memories as memories,
    onset_temperature as onset_temperature,
    parent_liquids as parent_liquids,
    soft_mode_counts as soft_mode_counts,
    soft_mode_numbers as soft_mode_numbers,
)
from .softening import (
    crystal_strain as crystal_strain,
    formation_energy_found as formation_energy_found,
    one_atom_costs as one_atom_costs,
    soft_spots as soft_spots,
    softened_crystal as softened_crystal,
    spread as spread,
)
from .wells import (
    energy_unit as energy_unit,
    local_forms as local_forms,
    next_minima as next_minima,
    splittings as splittings,
    tunnelling as tunnelling,
    well_shapes as well_shapes,
)
from .tails import (
    exponent_of_scale as exponent_of_scale,
    fifth_power_until as fifth_power_until,
    law_of_softest as law_of_softest,
    softest_laws as softest_laws,
    tail_kinds as tail_kinds,
    tail_exponents as tail_exponents,
)
