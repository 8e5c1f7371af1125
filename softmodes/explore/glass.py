"""Figs 5 and 6 under sliders: a window of frequencies, and the modes of one glass in space."""

from functools import cache

import numpy as np

from softmodes.ensembles.spectrum import EXTENDED_RATIO
from softmodes.explore.explorer import Choice, Explorer, Slider, as_widget
from softmodes.figures.glass import plot_size_comparison, plot_soft_mode
from softmodes.modes import normal_modes
from softmodes.paper.loaders import SIZES, load_ensembles

_WIDTH = 0.01  # of a bin; windows begin and end at bin edges, so that sums over bins are exact
_EDGES = np.arange(0, 2.205, _WIDTH)
_SHOWN = 8  # softest modes of the glass that is drawn
_CLOUD = (0.2, 60)  # points are drawn for modes below this frequency, of this many glasses


class GlassExplorer(Explorer):
    """Spectrum and participation of the computer glass in a window of frequencies, and its softest modes in space.

    Parameters
    ----------
    size : {"500", "1000"}
        Atoms of a glass.
    low, high : float, 0 to 2.2
        Window of frequencies ν, in steps of 0.01.
    mode : int, 1 to 8
        Which of the softest modes of the first glass is drawn.
    angle : float, 0 to 360
        Direction it is looked at from, about the vertical axis [degrees].

    Notes
    -----
    `estimates` holds modes (in the window, for each glass), atoms (their mean N_k), ratio (mean p) and localised (share
    with p below 0.3), None where the window is empty; of the drawn mode mode_frequency, mode_atoms (N_k), mode_ratio
    and mode_mass (effective mass, in atoms).
    """

    _module = "glass"
    _esm = as_widget("glass")
    _title = "Glass explorer"
    _paper = "sizes of fig. 6"
    size = Choice({str(n): f"{n} atoms" for n in SIZES}, "glass")
    low = Slider(0.0, 0.0, 2.2, _WIDTH, "window from ν")
    high = Slider(0.08, 0.0, 2.2, _WIDTH, "window to ν")
    mode = Slider(1.0, 1.0, _SHOWN, 1.0, "mode, softest first")
    angle = Slider(0.0, 0.0, 360.0, 5.0, "seen from", "°")

    _presets = tuple((f"N = {n}", {"size": str(n)}) for n in SIZES)

    def _tables(self):
        return {
            "glasses": {str(n): {**_histograms(n), "cloud": _cloud(n), **_softest(n)} for n in SIZES},
            "width": _WIDTH,
            "threshold": EXTENDED_RATIO,
        }

    def _estimates(self):
        n, table = int(self.size), _histograms(int(self.size))
        inside = slice(round(self.low / _WIDTH), round(self.high / _WIDTH))
        modes, atoms, localised = (sum(table[name][inside]) for name in ("modes", "atoms", "localised"))
        softest, chosen = _softest(n), int(self.mode) - 1
        return {
            "modes": modes / table["count"],
            "atoms": atoms / modes if modes else None,
            "ratio": atoms / modes / n if modes else None,
            "localised": localised / modes if modes else None,
            "mode_frequency": softest["frequencies"][chosen],
            "mode_atoms": softest["participation"][chosen],
            "mode_ratio": softest["participation"][chosen] / n,
            "mode_mass": softest["mass"][chosen],
        }

    def _draw(self, left, right):
        n = int(self.size)
        yield plot_size_comparison(left, load_ensembles().glasses)
        yield plot_soft_mode(
            right, load_ensembles().glasses[n].configuration(0), _modes(n).eigenvectors[int(self.mode) - 1]
        )


@cache
def _histograms(n):
    """Modes, the sum of their N_k and the localised ones among them, for each bin."""
    ensemble = load_ensembles().glasses[n]
    nu, n_k = ensemble.frequencies.ravel(), ensemble.participation_number.ravel()

    def binned(weights):
        return np.histogram(nu, _EDGES, weights=weights)[0].tolist()

    return {
        "count": len(ensemble.energy),
        "modes": binned(None),
        "atoms": binned(n_k.astype(float)),
        "localised": binned((n_k < EXTENDED_RATIO * n).astype(float)),
    }


def _cloud(n):
    """Frequency and N_k of single modes at the soft end."""
    highest, count = _CLOUD
    ensemble = load_ensembles().glasses[n]
    nu, n_k = ensemble.frequencies[:count], ensemble.participation_number[:count]
    soft = nu < highest
    return {"nu": _short(nu[soft], 4), "atoms": _short(n_k[soft], 1), "highest": highest, "count": count}


@cache
def _modes(n):
    glasses = load_ensembles().glasses[n]
    return normal_modes(glasses.configuration(0), count=_SHOWN, potential=glasses.potential)


@cache
def _softest(n):
    """The softest modes of the first glass, with the atoms placed around what moves most in each."""
    modes, configuration = _modes(n), load_ensembles().glasses[n].configuration(0)
    return {
        "frequencies": modes.frequencies.tolist(),
        "participation": modes.participation_number.tolist(),
        "mass": modes.effective_mass.tolist(),
        "box": configuration.box.tolist(),
        "positions": _short(configuration.positions, 2),
        "displacements": [_short(mode, 3) for mode in modes.eigenvectors],
    }


def _short(array, decimals):
    """Nested lists with a few decimals, enough for a picture."""
    return np.round(np.asarray(array, dtype=float), decimals).tolist()
