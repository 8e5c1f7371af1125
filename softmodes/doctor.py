"""What softmodes needs, looked at: that each thing is fine, or what to do.

Nothing but the standard library is needed for that, and what may fail or die is tried in a process of its own: where
something is broken, this is what still works.
"""

import base64
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import NamedTuple

from softmodes.places import DATA, INSTALLED, LOCK, is_writable, writable_places

FINE, NOTE, TO_DO = "fine", "note", "to do"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
"""Names of the browsers that tests can drive."""

_PACKAGE = Path(__file__).parent
_SECONDS = 120
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_WIDGETS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab-widgets", "anywidget": "anywidget"}
_PIP = f"{shlex.quote(sys.executable)} -m pip install"


class Finding(NamedTuple):
    """What was found of one thing: state "fine", "note" (works, and worth knowing) or "to do", in words."""

    check: str
    state: str
    words: str


def tell(checks: Collection[str] = (), as_json: bool = False) -> int:
    """Print what is found, of all or of the checks that are named; returns 1 if there is something to do, else 0."""
    found = examine(checks)
    broken = any(each.state == TO_DO for each in found)
    if as_json:
        print(json.dumps({"fine": not broken, "findings": [each._asdict() for each in found]}, indent=1))
    else:
        width = max(map(len, CHECKS))
        print("\n".join(f"{each.check:{width}}  {each.state:5}  {each.words}" for each in found))
    return int(broken)


def examine(checks: Collection[str] = ()) -> list[Finding]:
    """What is found, of all or of the checks that are named; a ValueError if there is none of a name."""
    for name in checks:
        if name not in CHECKS:
            raise ValueError(f"there is no check {name}; there are {', '.join(CHECKS)}")
    os.environ.update(writable_places())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        every = pool.map(_finished, [name for name in CHECKS if not checks or name in checks])
        return [finding for found in every for finding in found]


def _finished(name):
    """What a check finds; if it fails itself, that."""
    found = []
    try:
        found += (Finding(name, state, " ".join(words.split())) for state, words in CHECKS[name]())
    except Exception as error:
        found.append(Finding(name, TO_DO, in_words(error)))
    return found


def in_words(error: BaseException) -> str:
    """What went wrong, in one line."""
    text = " ".join(str(error).split())
    named = text if isinstance(error, _Failed) else f"{type(error).__name__}: {text}".removesuffix(": ")
    return textwrap.shorten(named, 300, placeholder=" …")


class _Failed(Exception):
    """What did not work, in words, and what had been printed until then."""

    def __init__(self, words, printed=""):
        super().__init__(words)
        self.printed = printed


def _tried(code, *arguments):
    """What this Python prints when it runs some code in a process of its own; a _Failed if that ends badly."""
    # without the working folder, in which files may be called like modules
    command = [sys.executable, "-P", "-W", "ignore", "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_PACKAGE.parent), *_given("PYTHONPATH")])}
    try:
        run = subprocess.run(
            command, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise _Failed(f"no answer within {_SECONDS} s") from None
    printed, said = (text.decode(errors="replace").strip() for text in (run.stdout, run.stderr))
    if run.returncode:
        reason = said.splitlines()[-1] if said and run.returncode > 0 else f"its process ended with {run.returncode}"
        raise _Failed(reason, printed)
    return printed


def _given(variable):
    return [os.environ[variable]] if os.environ.get(variable) else []


def _python():
    with suppress(PackageNotFoundError):
        wanted = distribution("softmodes").metadata["Requires-Python"] or ""
        least = tuple(map(int, re.findall(r"\d+", wanted.partition(",")[0])))
        if sys.version_info[: len(least)] < least:
            yield TO_DO, f"{sys.version.split()[0]} is too old: install Python {wanted}, and softmodes with it"
            return
    yield FINE, f"{sys.version.split()[0]} in {sys.prefix}"


def _packages():
    """All packages to which softmodes leads are there, in versions that go together, and those that it uses load."""
    try:
        wanted = list(_required("softmodes"))
    except PackageNotFoundError:
        yield TO_DO, f"softmodes is not installed for this Python: {_PIP} {shlex.quote(str(_PACKAGE.parent))}"
        return
    wrong = {}
    for line, name, admitted, asked_by in wanted:
        if not admitted:
            there = _version(name)
            wrong[name] = f"{name} {there} is there" if there else f"{name} is missing"
            yield TO_DO, f"{wrong[name]}, {asked_by} needs {line}: {_PIP} {shlex.quote(line)}"
    direct = sorted({name for _, name, _, asked_by in wanted if asked_by == "softmodes"} - {*wrong})
    for name, reason in _not_loaded(direct):
        again = f"{_PIP} --force-reinstall --no-deps {name}=={_version(name)}"
        yield TO_DO, f"{name} cannot be loaded, {reason}: {again}"
        wrong[name] = reason
    if not wrong:
        yield FINE, f"the {len({name for _, name, *_ in wanted})} that softmodes leads to go together"


def _required(first):
    """What a distribution leads to: a requirement, the name, whether what is there fulfils it, and who asks."""
    waiting, seen = [(first, frozenset())], set()
    while waiting:
        asking, extras = waiting.pop()
        for text in distribution(asking).requires or ():
            requirement = _requirement_class()(text)
            marker, name = requirement.marker, _canonical(requirement.name)
            if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                continue
            there = _version(name)
            admitted = there is not None and requirement.specifier.contains(there, prereleases=True)
            extra = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
            yield f"{requirement.name}{extra}{requirement.specifier}", name, admitted, asking
            following = (name, frozenset(requirement.extras))
            if there is not None and following not in seen:
                seen.add(following)
                waiting.append(following)


def _requirement_class():
    try:
        from packaging.requirements import Requirement
    except ImportError:
        # where it is missing it is the first thing to be missed
        from pip._vendor.packaging.requirements import Requirement
    return Requirement


def _canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(name):
    """The version of a distribution; None where it is not there, or what is there does not know its version."""
    try:
        return distribution(name).version
    except (PackageNotFoundError, KeyError):
        return None


_LOAD = """
import importlib, sys
for name in sys.argv[1:]:
    print(name, flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        print("\\t" + " ".join(f"{type(error).__name__}: {error}".split()), flush=True)
"""


def _not_loaded(names):
    """Those of some distributions whose module cannot be imported, and why."""
    modules, name = {}, ""
    for module, owners in sorted(packages_distributions().items()):
        for owner in {*map(_canonical, owners)} & {*names}:
            alike = _canonical(module) == owner
            modules = {**modules, owner: module} if alike or owner not in modules else modules
    owners = {module: owner for owner, module in modules.items()}
    yield from ((name, "it has no module") for name in names if name not in modules)
    try:
        said, died = _tried(_LOAD, *owners), ""
    except _Failed as failed:
        said, died = failed.printed, str(failed)
    for line in said.splitlines():
        if line.startswith("\t"):
            yield owners[name], line.strip()
        name = name if line.startswith("\t") else line
    if died:
        # the others were not reached
        yield owners.get(name, "python"), died


def _lock():
    """How many of the packages are in the versions with which softmodes was tested."""
    if not LOCK.is_file():
        yield NOTE, f"{LOCK} is missing: nothing to compare versions with"
        return
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    locked = {}
    for name, version in pinned:
        # one of several where they depend on Python
        locked.setdefault(_canonical(name), []).append(version)
    there = {name: _version(name) for name in locked}
    other = [f"{name} {there[name]} ({' or '.join(locked[name])})" for name in locked
             if there[name] and there[name] not in locked[name]]  # fmt: skip
    count = sum(version is not None for version in there.values())
    if other:
        lock = shlex.quote(str(LOCK))
        yield (
            NOTE,
            (
                f"{len(other)} of {count} are not those of the lock, {_some(other)}; exactly those:"
                f" {_PIP} --require-hashes -r {lock}"
            ),
        )
    else:
        yield FINE, f"{count} in the versions of the lock"


def _some(names):
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


def _data():
    """The files of data/, and where softmodes is installed all of its files, are those that were released."""
    wrong, unknown = {**_against_manifests()}, ""
    try:
        wrong |= _against_record() if INSTALLED else _against_commit()
    except Exception as error:
        unknown = in_words(error)
    if wrong:
        way = f"git checkout -- {_some([*wrong])}" if (DATA.parent / ".git").exists() else "install softmodes anew"
        said = [f"{name} {what}" for name, what in wrong.items()]
        yield TO_DO, f"{_some(said)}: {way}"
    elif unknown:
        yield NOTE, f"the ensembles are whole; what the other files should be is not known: {unknown}"
    else:
        yield FINE, f"all files as they were released, in {DATA}"


def _against_manifests():
    """Ensembles that are not those of their manifests: file and what is wrong, as pairs."""
    manifests = sorted(DATA.glob("glasses/*.json"))
    if not manifests:
        yield "data/glasses", "is missing"
    for manifest in manifests:
        archive = manifest.with_suffix(".npz")
        try:
            digest = json.loads(manifest.read_bytes())["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            yield f"data/glasses/{manifest.name}", "is damaged"
            continue
        if (there := _sha256(archive)) is None or there.hex() != digest:
            yield f"data/glasses/{archive.name}", "is damaged" if there else "is missing"


def _sha256(path):
    """The digest of a file; None where it is not there, and empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError:
        return None
    except OSError:
        return b"-"


def _against_record():
    """What is wrong with the files of the installed package, by their names."""
    files, wrong = distribution("softmodes").files or (), {}
    ours = [(file, Path(file.locate())) for file in files if file.hash and file.parts[0] == _PACKAGE.name]
    if not any(path.resolve() == Path(__file__).resolve() for _, path in ours):
        raise _Failed(f"{_PACKAGE} has no list of its files beside it")
    for file, path in ours:
        there = _sha256(path)
        if there is None or base64.urlsafe_b64encode(there).rstrip(b"=").decode() != file.hash.value:
            wrong["/".join(file.parts[1:])] = "is damaged" if there else "is missing"
    return wrong


def _against_commit():
    """Which files of data/ are not those of the commit, by their names."""
    from softmodes.report.provenance import git

    if not (DATA.parent / ".git").exists():
        raise _Failed("no repository is here")
    status = git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--", "data")
    lines = [line for line in status.split("\0") if line]
    return {line[3:]: "is missing" if "D" in line[:2] else "is not that of the commit" for line in lines}


_KERNEL = """
import sys
from jupyter_client.manager import KernelManager
from softmodes.report.lab import OwnKernels
specs = OwnKernels()
print(super(OwnKernels, specs).get_kernel_spec("python3").argv[0], flush=True)
manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
manager.start_kernel()
client = manager.blocking_client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    client.execute_interactive("import sys, softmodes; print(sys.executable); print(softmodes.__file__)", timeout=60)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""


def _kernel():
    """A kernel starts, and is of this Python."""
    theirs, *said = _tried(_KERNEL).splitlines()
    if said != [sys.executable, str(_PACKAGE / "__init__.py")]:
        again = f"{_PIP} --force-reinstall --no-deps ipykernel"
        yield TO_DO, f"a kernel starts, and is not of this Python and softmodes but {' '.join(said) or 'mute'}: {again}"
        return
    yield FINE, "starts, with this Python"
    if os.path.isabs(theirs) and not os.path.samefile(theirs, sys.executable):
        yield NOTE, f"python3 in a plain JupyterLab is {theirs}; softmodes lab takes this Python"


_EXTENSIONS = """
import json, sys
from importlib.metadata import distribution
from jupyterlab.commands import get_app_info
info = get_app_info()
for name, package in json.loads(sys.argv[1]).items():
    end = f"labextensions/{name}/package.json"
    brought = [file for file in distribution(package).files or () if str(file).endswith(end)]
    wanted = json.loads(brought[0].read_text())["version"] if brought else ""
    there = info["federated_extensions"].get(name, {}).get("version", "")
    odd = "does not fit this JupyterLab" if info["compat_errors"].get(name) else ""
    odd = "is switched off" if name in info["disabled"] else odd
    print(json.dumps([name, package, wanted, there, odd]))
"""


def _widgets():
    """The sliders' front end is in this JupyterLab, in the version of its package."""
    for line in _tried(_EXTENSIONS, json.dumps(_WIDGETS)).splitlines():
        name, package, wanted, there, odd = json.loads(line)
        again = f"{_PIP} --force-reinstall --no-deps {package}"
        if not there:
            yield TO_DO, f"{name} is not in this JupyterLab: {again}"
        elif odd:
            way = f"jupyter labextension enable {name}" if "off" in odd else again
            yield TO_DO, f"{name} {there} {odd}: {way}"
        elif wanted and there != wanted:
            yield (
                TO_DO,
                f"{name} {there} hides the {wanted} of {package}: remove it, jupyter labextension list says where",
            )
        else:
            yield FINE, f"{name} {there}"


def chromium() -> str | None:
    """The machine's own browser that tests can drive; None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


_BROWSER = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1] or None, args=["--no-sandbox", "--disable-gpu"])
    print(browser.version)
    browser.close()
"""


def _browser():
    """A browser that the tests can drive; pages open in any."""
    if _version("playwright") is None:
        yield FINE, "any that you have shows the pages; only the tests need more"
        return
    own = chromium()
    try:
        yield FINE, f"Chromium {_tried(_BROWSER, own or '')}{f' in {own}' if own else ' of Playwright'}"
    except _Failed:
        which = f"{own} does not start" if own else "no Chromium is here"
        way = f"make test installs one, or: {shlex.quote(sys.executable)} -m playwright install chromium"
        yield NOTE, f"{which}, which only the tests need: {way}"


_FONTS = """
import sys
from matplotlib import font_manager, rcParams
for name in dict.fromkeys([rcParams["font.sans-serif"][0], "DejaVu Sans", "DejaVu Sans Mono"]):
    font_manager.get_font(font_manager.findfont(name, fallback_to_default=False))
"""


def _fonts():
    """The fonts of figures come with matplotlib, those of formulas with softmodes."""
    katex = _PACKAGE / "report" / "katex"
    wanted = {*re.findall(r"fonts/([\w-]+\.woff2)", (katex / "katex.min.css").read_text(encoding="utf-8"))}
    if missing := sorted(name for name in wanted if not (katex / "fonts" / name).is_file()):
        yield TO_DO, f"{_some(missing)} for formulas missing: install softmodes anew"
    try:
        _tried(_FONTS)
    except _Failed as failed:
        yield TO_DO, f"for figures: {failed}: {_PIP} --force-reinstall --no-deps matplotlib"
    else:
        yield from [] if missing else [(FINE, "those of figures and formulas are here")]


_CACHE = """
import logging
logging.disable()
from softmodes.glass import kernels
from softmodes.places import is_writable
from pathlib import Path
paths = [value._cache.cache_path for value in vars(kernels).values() if hasattr(value, "_cache")]
paths = [path for path in paths if path and is_writable(Path(path))]
print(paths[0] if paths else "")
"""


def _numba():
    """Compiled loops can be kept."""
    if path := _tried(_CACHE):
        yield FINE, f"machine code is kept in {path}"
    else:
        yield NOTE, "machine code cannot be kept, each start compiles anew: set NUMBA_CACHE_DIR to a folder of yours"


def _folders():
    """What is to be written has a place."""
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


def _threads():
    """Processors that this process may use, and variables that say how many threads libraries start."""
    cores = _cores()
    odd = {
        name: value
        for name in _THREADS
        if (value := os.environ.get(name)) and not re.fullmatch(r"\s*0*[1-9]\d*\s*", value)
    }
    for name, value in odd.items():
        yield TO_DO, f"{name} must be a positive number, got {value}: unset {name}"
    many = [f"{name}={os.environ[name]}" for name in _THREADS if os.environ.get(name) and name not in odd
            and int(os.environ[name]) > cores]  # fmt: skip
    if many:
        yield NOTE, f"{', '.join(many)}: more than the {cores:g} processors that are to be had"
    if not odd and not many:
        given = [f"{name}={os.environ[name]}" for name in _THREADS if os.environ.get(name)]
        machine = os.cpu_count() or 1
        limited = f" of the machine's {machine}" if cores < machine else ""
        yield FINE, f"{cores:g} processors{limited}{f'; {_some(given)}' if given else ''}"


def _cores():
    """Processors that may be used: those of the machine, of this process, or of the share of its control group."""
    cores = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        cores = min(cores, float(quota) / float(period))
    with suppress(OSError, ValueError, ZeroDivisionError):
        share = [float(Path(f"/sys/fs/cgroup/cpu/cpu.cfs_{name}_us").read_text()) for name in ("quota", "period")]
        cores = min(cores, share[0] / share[1]) if share[0] > 0 else cores
    return cores


CHECKS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "python": _python,
    "packages": _packages,
    "lock": _lock,
    "data": _data,
    "kernel": _kernel,
    "widgets": _widgets,
    "browser": _browser,
    "fonts": _fonts,
    "numba": _numba,
    "folders": _folders,
    "threads": _threads,
}
"""What is looked at, by name and in order."""
