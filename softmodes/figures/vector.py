"""A figure as vector pictures, one for each of its panels, so that a narrow page can stack them."""

import io

import matplotlib
from matplotlib.collections import Collection
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

_MANY = 1500
"""Points from which a curve or a cloud is drawn as pixels within the vector picture: each would be an element."""
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "softmodes"}


def as_panels(figure):
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


def _columns(figure):
    """Extent in inches and axes of each column of panels, from left to right; what overlaps is one."""
    columns = []
    for axes in sorted(figure.axes, key=lambda axes: axes.get_position().x0):
        box = axes.get_tightbbox().transformed(figure.dpi_scale_trans.inverted())
        if columns and box.x0 < columns[-1][0].x1 - 0.02:
            columns[-1] = (Bbox.union([columns[-1][0], box]), [*columns[-1][1], axes])
        else:
            columns.append((box, [axes]))
    return columns or [(figure.get_tightbbox(), [])]


def _saved(figure, shown, box):
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


def _points(artist):
    if isinstance(artist, Line2D):
        return len(artist.get_xdata(orig=False))
    if isinstance(artist, Collection):
        return max(len(artist.get_offsets()), sum(len(path.vertices) for path in artist.get_paths()))
    return 0
