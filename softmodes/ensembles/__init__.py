"""Many structures: run, resume, store and load them, and count what they have in common."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "spectrum": ["DensityOfStates", "density_of_states", "extended_modes", "tail_exponent"],
        "participation": ["Participation", "participation_by_frequency"],
        "files": ["DamagedFile"],
        "storage": ["pack_ensemble"],
        "glasses": ["Glasses", "load_glasses", "simulate_glass"],
        "run": ["run_ensemble"],
        "liquids": ["Liquids", "load_liquids", "sample_liquid", "simulate_liquid"],
        "soft_spots": ["SoftSpots", "load_soft_spots", "simulate_softening"],
        "instabilities": ["Instabilities", "load_instabilities", "simulate_instability"],
    },
)
