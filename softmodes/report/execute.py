"""Running one notebook with papermill, in a kernel of the interpreter that runs this."""

import logging
import re
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from softmodes.places import NOTEBOOKS
from softmodes.report import lifeline
from softmodes.report.notebooks import papermill_path


class OwnKernel(AsyncKernelManager):
    """Starts the running interpreter, whatever kernels are installed under whatever names."""

    @property
    def kernel_spec(self):
        """A kernel of `sys.executable`, watched; without frozen modules, about which its debugger would warn."""
        return KernelSpec(**get_kernel_dict(python_arguments=["-Xfrozen_modules=off", "-m", lifeline.__name__]))

    async def start_kernel(self, **options):
        """Start it without a terminal: what its cells write comes in messages, the rest is talk about sockets."""
        await super().start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


@dataclass(frozen=True, eq=False)
class Run:
    """What came of running a notebook.

    Attributes
    ----------
    notebook : NotebookNode
        The executed notebook, up to the cell that failed.
    seconds : float
        Wall time, with the start of the kernel [s].
    failure : str
        What went wrong, in one line; empty if nothing did.
    failed_cell : int or None
        Which cell was running then.
    """

    notebook: nbformat.NotebookNode
    seconds: float
    failure: str = ""
    failed_cell: int | None = None


def run_notebook(notebook, parameters, *, timeout):
    """Run a `Notebook` with `parameters`, each cell for at most `timeout` seconds; a failure is part of the result."""
    # papermill logs what it also raises.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        executed = Path(scratch, "executed.ipynb")
        failure = hide_paths(_execute(notebook.path, executed, parameters, timeout), scratch)
        result = nbformat.read(executed, as_version=4)
        _tidy(result, scratch)
    started = [i for i, cell in enumerate(result.cells) if cell.metadata.papermill.start_time]
    failed_cell = started[-1] if failure and started else None
    return Run(result, time.perf_counter() - start, failure, failed_cell)


def _execute(path, executed, parameters, timeout):
    """Let papermill write `executed`; returns what went wrong in one line."""
    try:
        papermill.execute_notebook(
            papermill_path(path),
            papermill_path(executed),
            parameters,
            kernel_name="python3",
            language="python",
            kernel_manager_class=OwnKernel,
            cwd=executed.parent,
            execution_timeout=timeout,
            progress_bar=False,
            store_widget_state=False,
        )
    except papermill.PapermillExecutionError as error:
        return _one_line(f"{error.ename}: {error.evalue}")
    except DeadKernelError:
        return "the kernel died"
    except CellTimeoutError:
        return f"no result within {timeout:g} s"
    except RuntimeError as error:
        return _one_line(str(error))
    return ""


def _one_line(text):
    return textwrap.shorten(text, 160, placeholder=" …")


def _tidy(notebook, scratch):
    """Remove what papermill adds to a failed notebook, random cell names, and the paths of this machine."""
    notebook.cells = [c for c in notebook.cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        for output in cell.get("outputs", []):
            _hide_paths(output, scratch)


def _hide_paths(output, scratch):
    if output.output_type == "stream":
        output.text = hide_paths(output.text, scratch)
    elif output.output_type == "error":
        output.evalue = hide_paths(output.evalue, scratch)
        output.traceback = [hide_paths(line, scratch) for line in output.traceback]
    elif "text/plain" in output.data:
        output.data["text/plain"] = hide_paths(output.data["text/plain"], scratch)


def hide_paths(text, scratch):
    """`text` without the folders of this machine and of this run: a report says the same wherever it is made."""
    # The kernel compiles a cell under a file name made of its process number.
    text = re.sub(re.escape(tempfile.gettempdir()) + r"/ipykernel_\d+/\d+\.py", "<cell>", text)
    paths, home = sysconfig.get_paths(), str(Path.home())
    folders = [scratch, paths["purelib"], paths["stdlib"], sys.prefix, sys.base_prefix, str(NOTEBOOKS.parent), home]
    for folder in folders:
        # IPython writes the home folder as a tilde.
        tilde = "~" + folder.removeprefix(home) if folder.startswith(home + "/") else folder
        for form in {folder, tilde} - {"/"}:
            text = re.sub(re.escape(form) + r"(/|(?![\w.-]))", "", text)
    return text
