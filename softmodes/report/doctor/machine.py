"""What the machine gives: folders that can be written, processors, threads."""

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from softmodes.places import is_writable
from softmodes.report.doctor.finding import FINE, NOTE, TO_DO, Findings, some

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS")


def folders() -> Findings:
    """See that what is to be written has a place."""
    try:
        tempfile.TemporaryFile().close()
    except OSError as error:
        yield TO_DO, f"no temporary file can be written, {error.strerror}: set TMPDIR to a folder of yours"
    try:
        here = Path.cwd()
    except OSError:
        yield TO_DO, "the working folder is gone: change to one that is there"
        return
    if not is_writable(here):
        yield NOTE, f"{here} cannot be written: say with --output where reports go, or change to a folder of yours"
    home = Path(os.path.expanduser("~"))
    if not (home.is_dir() and is_writable(home)):
        kept = os.environ.get("MPLCONFIGDIR", "nowhere")
        yield NOTE, f"the home folder {home} cannot be written; libraries keep what is theirs in {kept}"
    elif is_writable(here):
        yield FINE, f"{here} and {home} can be written"


def threads() -> Findings:
    """Tell which processors this process may use, and what says how many threads libraries start."""
    cores, given = _cores(), {name: os.environ[name] for name in _THREADS if os.environ.get(name)}
    odd = {name: text for name, text in given.items() if not re.fullmatch(r"\s*[+]?0*[1-9]\d*\s*", text)}
    many = [f"{name}={text}" for name, text in given.items() if name not in odd and int(text) > cores]
    yield from ((TO_DO, f"{name} must be a positive number, got {text}: unset {name}") for name, text in odd.items())
    if many:
        yield NOTE, f"{', '.join(many)}: more than the {cores:g} processors that may be used"
    elif not odd:
        set_ones = some([f"{name}={text}" for name, text in given.items()])
        yield FINE, f"{cores:g} of {os.cpu_count()} processors may be used{'; ' * bool(given)}{set_ones}"


def _cores() -> float:
    """Processors that may be used: those of the machine, of this process, or of the share of its control group."""
    cores = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        cores = min(cores, float(quota) / float(period))
    with suppress(OSError, ValueError, ZeroDivisionError):
        share = [float(Path(f"/sys/fs/cgroup/cpu/cpu.cfs_{name}_us").read_text()) for name in ("quota", "period")]
        cores = min(cores, share[0] / share[1]) if share[0] > 0 else cores
    return cores
