"""Figs 5 and 6 under sliders: a window of frequencies, and the modes of one glass in space."""

from __future__ import annotations

import os
from math import ceil
from typing import TYPE_CHECKING, Any

import traitlets

from softmodes.arguments import shown
from softmodes.ensembles import Glasses
from softmodes.ensembles.spectrum import EXTENDED_RATIO
from softmodes.explore.explorer import Choice, Explorer, Readout, Slider, as_widget
from softmodes.explore.sample import Sample, both_sizes, own_sample
from softmodes.figures.glass import plot_modes, plot_share_of_motion, plot_size_comparison, plot_soft_mode
from softmodes.glass.configuration import Structure
from softmodes.modes import NormalModes
from softmodes.paper.loaders import SIZES, Ensembles, load_ensembles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes


class GlassExplorer(Explorer):
    """Spectrum and participation of a glass in a window of frequencies, and its softest modes in space.

    Parameters
    ----------
    glasses : Glasses, NormalModes or path-like, optional
        Your own: an ensemble, the folder or file of one, or the modes of one structure in any units; both sizes of
        fig. 6 by default, those that are shipped or the Ensembles that are given.
    configuration : Configuration or InherentStructure, optional
        Where the atoms of your NormalModes are; without it they are not drawn.
    {state}

    Raises
    ------
    ValueError, FileNotFoundError
        If `glasses` is none of these, empty or damaged, or of another kind than glasses.

    Notes
    -----
    Localised is what has p below 0.3, the effective mass counts in atoms. `estimates` holds, None where the window is
    empty:

    {estimates}
    """

    _module = "glass"
    _esm = as_widget("glass")
    _title = "Glass explorer"
    _paper = "sizes of fig. 6"
    _badge = None
    size = Choice({str(n): f"{n} atoms" for n in SIZES}, "glass", help="Atoms of a glass; your own has one size.")
    low = Slider(0.0, 0.0, 2.2, 0.01, "window from ν", help="Frequency, of your own as far down as they reach.")
    high = Slider(0.08, 0.0, 2.2, 0.01, "window to ν", help="Frequency, of your own as far up as they reach.")
    mode = Slider(1.0, 1.0, 8.0, 1.0, "mode, softest first", help="Which of the first glass is drawn, a whole number.")
    angle = Slider(30.0, 0.0, 360.0, 5.0, "seen from", "°", help="Direction about the vertical axis.")

    _readouts = (
        Readout("modes", "modes per glass"),
        Readout("atoms", "mean N_k"),
        Readout("ratio", "mean p = N_k/N"),
        Readout("localised", "share localised"),
        Readout("mode_frequency", "ν of the mode"),
        Readout("mode_atoms", "its N_k"),
        Readout("mode_ratio", "its p"),
        Readout("mode_mass", "its effective mass"),
    )
    _presets = tuple((f"N = {n}", {"size": str(n)}) for n in SIZES)

    def __init__(
        self,
        glasses: Glasses | Ensembles | NormalModes | str | os.PathLike[str] | None = None,
        configuration: Structure | None = None,
        **values: Any,
    ) -> None:
        if configuration is not None and (glasses is None or isinstance(glasses, Ensembles)):
            raise ValueError(f"configuration must come with NormalModes, got {shown(configuration)} alone")
        ensembles = load_ensembles() if glasses is None else glasses
        if isinstance(ensembles, Ensembles):
            self._samples, self._compared = both_sizes(ensembles), ensembles.glasses
        else:
            own = own_sample(glasses, configuration)
            self._samples, self._presets, self._given = {str(own.n): own}, (), _source(glasses, configuration)
            self.add_traits(**_controls(own))
        super().__init__(**values)

    def _tables(self) -> dict[str, Any]:
        glasses = {size: sample.table for size, sample in self._samples.items()}
        return {"glasses": glasses, "threshold": EXTENDED_RATIO}

    def _estimates(self) -> dict[str, Any]:
        sample, chosen = self._samples[self.size], int(self.mode) - 1
        table, count = sample.histograms, len(sample.frequencies)
        inside = slice(*(round((edge - sample.low) / sample.width) for edge in (self.low, self.high)))
        modes, atoms, localised = (sum(table[name][inside]) for name in ("modes", "atoms", "localised"))
        found = sample.modes
        return {
            "modes": modes / count,
            "atoms": atoms / modes if modes else None,
            "ratio": atoms / modes / sample.n if modes else None,
            "localised": localised / modes if modes else None,
            "mode_frequency": float(found.frequencies[chosen]),
            "mode_atoms": float(found.participation_number[chosen]),
            "mode_ratio": float(found.participation_ratio[chosen]),
            "mode_mass": float(found.effective_mass[chosen]),
        }

    def _draw(self, left: Axes, right: Axes) -> Iterator[str]:
        sample, chosen = self._samples[self.size], int(self.mode) - 1
        mode = sample.modes.eigenvectors[chosen]
        if self._given:
            yield plot_modes(left, sample.frequencies, sample.participation_number)
        else:
            yield plot_size_comparison(left, self._compared)
        if sample.configuration is None:
            yield plot_share_of_motion(right, mode)
        else:
            yield plot_soft_mode(right, sample.configuration, mode.real)


def _source(glasses: object, configuration: Structure | None) -> str:
    """Return what a reader gave, as Python has it."""
    if isinstance(glasses, str | os.PathLike):
        return repr(os.fspath(glasses))
    if isinstance(glasses, NormalModes):
        return "modes" if configuration is None else "modes, configuration"
    return "glasses"


def _controls(sample: Sample) -> dict[str, traitlets.TraitType[Any, Any]]:
    """Sliders as far as the modes of a reader's own glass reach; a number in place of one that has nowhere to go."""
    low, high, width = sample.low, sample.high, sample.width
    # a window with some modes in it to begin with
    some = max(sample.soft / 2, sample.frequencies[0, :5][-1])
    low, high, first = (float(f"{edge:.9g}") for edge in (low, high, low + width * ceil((some - low) / width)))
    shown_modes = len(sample.modes.eigenvalues)
    controls = {
        "size": Choice({str(sample.n): f"{sample.n} atoms"}, "glass"),
        "low": Slider(low, low, high, width, "window from ν"),
        "high": Slider(first, low, high, width, "window to ν"),
        "mode": Slider(1.0, 1.0, float(shown_modes), 1.0, "mode, softest first"),
    }
    if shown_modes == 1:
        controls["mode"] = traitlets.Float(1.0, read_only=True)
    if sample.configuration is None:
        controls["angle"] = traitlets.Float(0.0, read_only=True)
    return controls
