"""What all figures share: colours with one meaning everywhere, and how a figure is shown with its description."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from IPython.display import display

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure


COLOURS = {"melting": "#c2410c", "glass": "#1d4ed8"}
"""Of T_m and T_g; that of a glass is its `Material.colour`."""

FIGURE = "application/vnd.softmodes.figure+json"
"""Kind of an output that has a figure as vector pictures, for a page; JupyterLab takes the one of pixels."""


def show(figure: Figure, alt: str) -> None:
    """Display a figure as a picture that carries `alt`, its description, and close it."""
    # Imported here so that drawing on somebody's own Axes does not choose a backend.
    from matplotlib import pyplot as plt

    from softmodes.figures.vector import as_panels

    plt.close(figure)
    picture = base64.b64encode(as_png(figure)).decode()
    data = {"image/png": picture, "text/plain": alt, FIGURE: {"panels": as_panels(figure), "alt": alt}}
    display(data, metadata={"image/png": {"alt": alt}}, raw=True)


def as_png(figure: Figure) -> bytes:
    """Return a figure as PNG bytes, without version and date: two runs give the same."""
    from PIL import Image

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=144, bbox_inches="tight", metadata={"Software": None})
    # few colours: a third of the size, and no difference that one sees
    Image.open(drawn).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


def plain_ticks(axis: Axis, places: Sequence[float] | np.ndarray) -> None:
    """Label a logarithmic axis with plain numbers at these places only."""
    axis.set_ticks(places, labels=[f"{place:g}" for place in places])
    axis.set_tick_params(which="minor", labelbottom=False, labelleft=False)
