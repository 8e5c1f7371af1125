"""Where the time of a report goes: `python benchmarks/report_time.py [folder of notebooks]`.

One notebook after the other, in one process: until the kernel answers, running the cells, making the page.
"""

import sys
import time
from datetime import datetime

from softmodes.places import NOTEBOOKS
from softmodes.report.execute import run_notebook
from softmodes.report.notebooks import find_notebooks
from softmodes.report.provenance import provenance
from softmodes.report.render import Page, render


def stages(notebook, origin):
    """Seconds until the kernel answers, until the last cell is done, and until the page is made; and its size."""
    run = run_notebook(notebook, {}, timeout=600)
    first, last = (datetime.fromisoformat(time) for time in _times(run.notebook))
    begun = datetime.fromisoformat(run.notebook.metadata.papermill.start_time)
    start = time.perf_counter()
    page = render(run.notebook, Page(href="", title=notebook.title, links=(), provenance=origin))
    rendering = time.perf_counter() - start
    cells = (last - first).total_seconds()
    return (first - begun).total_seconds(), cells, rendering, len(page) / 1e6


def _times(executed):
    ran = [cell.metadata.papermill for cell in executed.cells if cell.metadata.papermill.start_time]
    return ran[0].start_time, ran[-1].end_time


if __name__ == "__main__":
    print(f"{'':32}  kernel   cells    page  total [s]  size [MB]")
    origin = provenance()
    for notebook in find_notebooks(sys.argv[1] if len(sys.argv) > 1 else NOTEBOOKS):
        kernel, cells, page, size = stages(notebook, origin)
        print(f"{notebook.name:32} {kernel:7.2f} {cells:7.2f} {page:7.2f} {kernel + cells + page:10.2f} {size:10.2f}")
