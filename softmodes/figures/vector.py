"""A figure as vector pictures, one for each of its panels, so that a narrow page can stack them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.collections import Collection
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

if TYPE_CHECKING:
    from collections.abc import Container

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MANY = 1500
"""Points from which a curve or a cloud is drawn as pixels within the vector picture: each would be an element."""
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "softmodes"}


def as_panels(figure: Figure) -> list[str]:
    """Return a figure as SVG texts, one for each column of axes, without version and date: two runs give the same."""
    figure.canvas.draw()
    # hiding a panel must not make the others grow
    figure.set_layout_engine("none")
    for artist in figure.findobj(lambda artist: _points(artist) > _MANY):
        artist.set_rasterized(True)
    columns = _columns(figure)
    edges = [group[0].x0 for group in columns] + [columns[-1][0].x1]
    for i, (left, right) in enumerate(zip(columns, columns[1:], strict=False)):
        edges[i + 1] = (left[0].x1 + right[0].x0) / 2
    whole = figure.get_tightbbox().padded(0.05)
    edges[0], edges[-1] = whole.x0, whole.x1
    return [
        _saved(figure, axes, Bbox.from_extents(edges[i], whole.y0, edges[i + 1], whole.y1))
        for i, (_, axes) in enumerate(columns)
    ]


def _columns(figure: Figure) -> list[tuple[Bbox, list[Axes]]]:
    """Extent in inches and axes of each column of panels, from left to right; what overlaps is one."""
    columns: list[tuple[Bbox, list[Axes]]] = []
    for axes in sorted(figure.axes, key=lambda axes: axes.get_position().x0):
        if (extent := axes.get_tightbbox()) is None:  # of axes that are hidden
            continue
        box = extent.transformed(figure.dpi_scale_trans.inverted())
        if columns and box.x0 < columns[-1][0].x1 - 0.02:
            columns[-1] = (Bbox.union([columns[-1][0], box]), [*columns[-1][1], axes])
        else:
            columns.append((box, [axes]))
    return columns or [(figure.get_tightbbox(), [])]


def _saved(figure: Figure, shown: Container[Axes], box: Bbox) -> str:
    picture = io.StringIO()
    visible = {axes: axes.get_visible() for axes in figure.axes}
    for axes in figure.axes:
        axes.set_visible(visible[axes] and axes in shown)
    with matplotlib.rc_context(_SETTINGS):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(picture, format="svg", dpi=144, bbox_inches=box, transparent=True, metadata=nothing)
    for axes, was in visible.items():
        axes.set_visible(was)
    return picture.getvalue()


def _points(artist: Artist) -> int:
    if isinstance(artist, Line2D):
        return int(np.size(artist.get_xdata(orig=False)))
    if isinstance(artist, Collection):
        return max(
            len(np.asarray(artist.get_offsets())), sum(len(np.asarray(path.vertices)) for path in artist.get_paths())
        )
    return 0
