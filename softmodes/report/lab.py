"""JupyterLab on copies of the notebooks, which are the reader's: none of them is ever overwritten."""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager

from softmodes.report.folder import held_folder, listed_digests
from softmodes.report.notebooks import find_notebooks

_LIST = ".softmodes-notebooks.json"


class OwnKernels(KernelSpecManager):
    """Kernels as they are installed, but `python3` is the Python that runs this, whatever has that name elsewhere."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Folders of the kernels by name."""
        return {**super().find_kernel_specs(), NATIVE_KERNEL_NAME: RESOURCES}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """How a kernel is started."""
        if kernel_name.lower() == NATIVE_KERNEL_NAME:
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
        return super().get_kernel_spec(kernel_name)


@dataclass(frozen=True)
class Copied:
    """What became of the notebooks in a reader's folder, by name.

    Attributes
    ----------
    new : list of str
        Copied now.
    same : list of str
        There as they are copied.
    newer : list of str
        There as they were copied once, which nobody has changed since, and replaced by newer ones.
    kept : list of str
        Changed by the reader.
    passed : list of str
        Those of the kept ones of which there is a newer one than that which the reader has changed.
    """

    new: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say how many are new, replaced and as they were, and which are kept."""
        counts = ((self.new, "copied"), (self.newer, "replaced by newer ones"), (self.same, "as they were copied"))
        said = [", ".join(f"{len(names)} {words}" for names, words in counts if names)]
        said += [f"kept as you left them: {', '.join(self.kept)}"] * bool(self.kept)
        said += [f"newer ones come when you rename yours: {', '.join(self.passed)}"] * bool(self.passed)
        return "; ".join(filter(None, said))


def copy_notebooks(source: str | Path, destination: str | Path) -> Copied:
    """Copy the notebooks of a folder to a reader's; what the reader has changed there, or put there, is kept.

    A ValueError if the folder cannot be written, or is that of the notebooks itself.
    """
    if os.path.realpath(source) == os.path.realpath(destination):
        raise ValueError(f"{destination} holds the notebooks themselves, not copies; choose another folder")
    with held_folder(destination, lambda folder: None, "folder of notebooks") as (folder, partial):
        copied, once = Copied(), listed_digests(folder / _LIST)
        for path in (book.path for book in find_notebooks(source)):
            text = path.read_bytes()
            digest, before = hashlib.sha256(text).hexdigest(), once.get(path.name)
            there = _digest(folder / path.name)
            if there in (None, before) and there != digest:
                (partial / path.name).write_bytes(text)
                (partial / path.name).replace(folder / path.name)
                (copied.newer if there else copied.new).append(path.stem)
            elif there == digest:
                copied.same.append(path.stem)
            else:
                copied.kept.append(path.stem)
                copied.passed.extend([path.stem] * (before not in (None, digest)))
                continue
            once[path.name] = digest
        (partial / _LIST).write_text(json.dumps(once, indent=0, sort_keys=True), encoding="utf-8")
        (partial / _LIST).replace(folder / _LIST)
    return copied


def _digest(path: Path) -> str | None:
    """SHA-256 of a file, None where nothing is, and "" of what cannot be read."""
    if not os.path.lexists(path):
        return None
    with suppress(OSError):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return ""


def become_lab(folder: str | Path, options: Sequence[str]) -> None:
    """Make this process JupyterLab in a folder, with more options."""
    own = [f"--ServerApp.root_dir={Path(folder).resolve()}"]
    own += [f"--ServerApp.kernel_spec_manager_class={OwnKernels.__module__}.{OwnKernels.__qualname__}"]
    # whoever is root, as in a container, has run everything else as root, too
    own += ["--allow-root"] * (os.geteuid() == 0)
    # without the working folder, in which files may be called like modules
    os.execv(sys.executable, [sys.executable, "-P", "-m", "jupyterlab", *own, *options])
