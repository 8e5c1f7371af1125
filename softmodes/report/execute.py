"""Running one notebook with papermill, in a kernel of the interpreter that runs this."""

import logging
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.execute import remove_error_markers

from softmodes.places import NOTEBOOKS, writable_places
from softmodes.report import lifeline
from softmodes.report.notebooks import Notebook
from softmodes.report.outputs import BoundedClient, merge_streams

# Bytes that are copied for a notebook, each file and folder counted as a block of a disk at least.
_COPIED, _ENTRY = 200_000_000, 4096
# How often a kernel is started, and what is said of one that did not come so far as to run a cell.
_STARTS, _DIED_UNBORN = 3, "died before replying"
_AROUND = re.compile(r"\.\./([^/\\\"'\s()<>]+)")


class OwnKernel(AsyncKernelManager):
    """Starts the running interpreter, whatever kernels are installed under whatever names."""

    _group: int | None = None

    @property
    def kernel_spec(self) -> KernelSpec:
        """A kernel of `sys.executable`, watched; without frozen modules, about which its debugger would warn."""
        packer = "--Session.packer=softmodes.report.packing.pack"
        # By its file: what lies beside the notebook is for the notebook alone, whatever it is called.
        watched = ["-Xfrozen_modules=off", lifeline.__file__]
        return KernelSpec(**get_kernel_dict([packer], python_arguments=watched))

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # declared as one that does not wait
        """Start it without a terminal: what its cells write comes in messages, the rest is talk about sockets."""
        await super().start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self._group = self.provisioner.pgid if isinstance(self.provisioner, LocalProvisioner) else None

    def end_group(self) -> None:
        """Kill whatever is left of the kernel and what it has started, also what has been stopped."""
        with suppress(ProcessLookupError, PermissionError):
            if self._group is not None:
                os.killpg(self._group, signal.SIGKILL)


class PageEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's engine with a kernel that knows no settings of the reader, and bounded outputs."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        place: Path,
        results: list[NotebookNode],
        timeout: float,
        limit: float,
        **options: Any,
    ) -> None:
        """Run the cells in `place`; the notebook is appended to `results` before, whatever comes of it."""
        results.append(nb_man.nb)
        scratch, end = place.parents[1], time.monotonic() + limit
        kernel = OwnKernel(kernel_name=kernel_name, connection_file=str(scratch / "kernel.json"))
        client = BoundedClient(
            nb_man,
            km=kernel,
            timeout_func=lambda cell: max(0.01, min(timeout, end - time.monotonic())),
            # much output takes long to come
            iopub_timeout=timeout,
            store_widget_state=False,
            on_cell_executed=_notice_exit,
            log=logging.getLogger("papermill"),
        )
        try:
            client.execute(cleanup_kc=True, cwd=str(place), env=_environment(scratch))
        finally:
            kernel.end_group()
            client.note_what_is_left_out()


papermill_engines.register("softmodes", PageEngine)


def _notice_exit(cell: NotebookNode, cell_index: int, execute_reply: Mapping[str, Any]) -> None:
    """End with a kernel that has been told to exit: it does so at any moment now, be there more cells or not."""
    lifeline.tell(cell_index + 1)
    if any(payload["source"] == "ask_exit" for payload in execute_reply["content"].get("payload", [])):
        raise DeadKernelError


def _environment(scratch: Path) -> dict[str, str]:
    """Return what a kernel finds around it: nothing that a reader has set for sessions of his own."""
    own = {"IPYTHONDIR": str(scratch / "ipython"), "MATPLOTLIBRC": str(scratch / "matplotlibrc")}
    # empty: nothing but matplotlib's own
    (scratch / "matplotlibrc").touch()
    unset = dict.fromkeys(("PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "MPLBACKEND"), "")
    return {**os.environ, **writable_places(), **unset, **own}


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

    notebook: NotebookNode
    seconds: float
    failure: str = ""
    failed_cell: int | None = None


def run_notebook(
    notebook: Notebook,
    parameters: Mapping[str, Any],
    *,
    timeout: float,
    limit: float = math.inf,
    scratch: str | Path | None = None,
) -> Run:
    """Run a `Notebook` with `parameters`; a failure is part of the result.

    Each cell may take `timeout` seconds, all together `limit`.
    It runs in `workplace(notebook, scratch)` and leaves there what it writes; with no `scratch` all of that is gone.
    """
    if scratch is None:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            return run_notebook(notebook, parameters, timeout=timeout, limit=limit, scratch=folder)
    if notebook.fault:
        return Run(notebook.node, 0.0, one_line(notebook.fault))
    start = time.perf_counter()
    place = workplace(notebook, scratch)
    _furnish(place, notebook)
    result, stopped = _execute(notebook.node, parameters, place, timeout, limit)
    remove_error_markers(result)
    failed = [i for i, cell in enumerate(result.cells) if cell.metadata.papermill.get("exception")]
    started = [i for i, cell in enumerate(result.cells) if cell.metadata.papermill.get("start_time")]
    failure = stopped or "".join(_error(result.cells[i]) for i in failed)
    folders = (place, place.parent, scratch, notebook.path.parent, Path(os.path.realpath(notebook.path)).parent)
    _tidy(result, folders)
    failed_cell = next(reversed(failed or started), None) if failure else None
    return Run(result, time.perf_counter() - start, hide_paths(one_line(failure), *folders), failed_cell)


def workplace(notebook: Notebook, scratch: str | Path) -> Path:
    """Return the folder within `scratch` in which a notebook runs, named like its own."""
    return Path(scratch).resolve() / "around" / (Path(os.path.realpath(notebook.path)).parent.name or "notebooks")


def _furnish(place: Path, notebook: Notebook) -> None:
    """Give a notebook what lies beside it, and what it names of what lies around that: copies, which it may change.

    Beyond a number of bytes the rest is linked.
    """
    folder, left = Path(os.path.realpath(notebook.path)).parent, _COPIED
    place.mkdir(parents=True)
    named = set(_AROUND.findall("\n".join(cell.source for cell in notebook.node.cells))) - {"..", folder.name}
    waiting = [(folder, place), *((folder.parent / name, place.parent / name) for name in sorted(named))]
    while waiting:
        path, copy = waiting.pop(0)
        left -= _ENTRY
        # a link that leads to itself is no OSError for pathlib
        with suppress(OSError, RuntimeError):
            if path.is_dir() and not path.is_symlink() and left > 0:
                copy.mkdir(exist_ok=True)
                # settings of the reader's own sessions are not the notebook's
                own = (each for each in path.iterdir() if each.name[0] != "." and each.name != "matplotlibrc")
                waiting += [(each, copy / each.name) for each in own]
            elif path.is_file() and path.stat().st_size < left:
                shutil.copyfile(path, copy)
                left -= path.stat().st_size
            elif os.path.lexists(path):
                copy.symlink_to(path.resolve())


def _execute(
    node: NotebookNode, parameters: Mapping[str, Any], place: Path, timeout: float, limit: float, starts: int = _STARTS
) -> tuple[NotebookNode, str]:
    """Let papermill run a notebook; returns what came of it and why it stopped where no cell failed, in one line.

    A kernel that died before it answered is started again: another program was given one of its ports meanwhile.
    """
    # papermill logs what it also raises
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    results, start = [node], time.monotonic()
    try:
        papermill.execute_notebook(
            node,
            None,
            parameters,
            engine_name="softmodes",
            kernel_name="python3",
            language="python",
            place=place,
            results=results,
            timeout=timeout,
            limit=limit,
            progress_bar=False,
        )
    except papermill.PapermillExecutionError:
        pass  # from a cell that may raise, or told by the cell that may not
    except DeadKernelError:
        return results[-1], "the kernel died"
    except CellTimeoutError:
        whole = time.monotonic() - start >= limit
        return results[-1], f"no result within {limit:g} s in all" if whole else f"no result within {timeout:g} s"
    except Exception as error:
        if starts > 1 and _DIED_UNBORN in str(error):
            return _execute(node, parameters, place, timeout, limit, starts - 1)
        # whatever else keeps a notebook from running stops this one alone
        return results[-1], f"{type(error).__name__}: {error}"
    return results[-1], ""


def _error(cell: NotebookNode) -> str:
    """Return what a cell that failed says about it."""
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return f"{errors[-1].ename}: {errors[-1].evalue}".rstrip(": ") if errors else "a cell failed without a word"


def one_line(text: str) -> str:
    """Shorten a text to its beginning, in one line."""
    return textwrap.shorten(text[:1000], 160, placeholder=" …")


def _tidy(notebook: NotebookNode, folders: Collection[str | Path]) -> None:
    """Remove random names of cells and the paths of this machine."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.update({"outputs": merge_streams(cell.outputs)} if "outputs" in cell else {})
        for output in cell.get("outputs", []):
            _hide_paths(output, folders)


def _hide_paths(output: NotebookNode, folders: Collection[str | Path]) -> None:
    if output.output_type == "stream":
        output.text = hide_paths(output.text, *folders)
    elif output.output_type == "error":
        output.evalue = hide_paths(output.evalue, *folders)
        output.traceback = [hide_paths(line, *folders) for line in output.traceback]
    elif "text/plain" in output.data:
        output.data["text/plain"] = hide_paths(output.data["text/plain"], *folders)


def hide_paths(text: str, *scratch: str | Path) -> str:
    """`text` without the folders of this machine and of this run: a report says the same wherever it is made."""
    # The kernel compiles a cell under a file name made of its process number.
    text = re.sub(re.escape(tempfile.gettempdir()) + r"/ipykernel_\d+/\d+\.py", "<cell>", text)
    paths, home = sysconfig.get_paths(), os.path.expanduser("~")
    folders = {*map(str, scratch), paths["purelib"], paths["stdlib"], sys.prefix, sys.base_prefix}
    folders |= {str(NOTEBOOKS.parent), home, tempfile.gettempdir()}
    # IPython writes the home folder as a tilde.
    folders |= {"~" + folder.removeprefix(home) for folder in folders if folder.startswith(home + "/")}
    forms = "|".join(re.escape(folder) for folder in sorted(folders - {"/", "."}, key=len, reverse=True))
    return re.sub(rf"{_BEFORE_PATH}(?:{forms})(?:/|{_AFTER_PATH})", r"\1", text)


# A path begins where a word does, also behind a colour of the terminal; `1/root(2)` and `http://x.org/root` have none.
_BEFORE_PATH = r"(^|\x1b\[[0-9;]*m|file://|[\s\"'`=(\[{<>|,;]|(?<!\b[A-Za-z]):)"
_AFTER_PATH = r"(?=$|\x1b|[\s\"'`)\]}<>|,;:]|\.(?:\s|$))"
