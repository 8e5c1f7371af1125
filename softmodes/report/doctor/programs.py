"""What a page needs to be made and a slider to be shown: kernel, widgets, browser, fonts, compiled loops."""

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from softmodes.report.doctor.finding import FINE, NOTE, PACKAGE, PIP, TO_DO, Failed, Findings, tried, version_of

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")

_WIDGETS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab-widgets", "anywidget": "anywidget"}

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


def kernel() -> Findings:
    """See that a kernel starts, and is of this Python."""
    theirs, *said = tried(_KERNEL).splitlines()
    if said != [sys.executable, str(PACKAGE / "__init__.py")]:
        again = f"{PIP} --force-reinstall --no-deps ipykernel"
        yield TO_DO, f"a kernel starts, and is not of this Python and softmodes but {' '.join(said) or 'mute'}: {again}"
        return
    yield FINE, "starts, with this Python"
    if os.path.isabs(theirs) and not os.path.samefile(theirs, sys.executable):
        yield NOTE, f"python3 in a plain JupyterLab is {theirs}; softmodes lab takes this Python"


_EXTENSIONS = """
import sys
sys.stderr, sys.argv = sys.stdout, ["jupyter labextension", "list"]
from jupyterlab.labextensions import main
main()
"""


def widgets() -> Findings:
    """See that the sliders' front end is in this JupyterLab, in the version of its package."""
    listed = re.sub(r"\x1b\[[0-9;]*m", "", tried(_EXTENSIONS))
    for name, package in _WIDGETS.items():
        found = re.search(rf"^\s*{re.escape(name)} v(\S+)(.*)", listed, re.MULTILINE)
        there, wanted = found and found[1], _brought(name, package)
        if not found:
            yield TO_DO, f"{name} is not in this JupyterLab: {PIP} --force-reinstall --no-deps {package}"
        elif wanted and there != wanted:
            place = "jupyter labextension list says where"
            yield TO_DO, f"{name} {there} hides the {wanted} of {package}: remove it, {place}"
        elif "disabled" in found[2]:
            yield TO_DO, f"{name} is switched off: jupyter labextension enable {name}"
        elif "OK" not in found[2]:
            yield TO_DO, f"{name} {there} does not fit this JupyterLab: {PIP} --upgrade jupyterlab {package}"
        else:
            yield FINE, f"{name} {there}"


def _brought(name: str, package: str) -> str | None:
    """Return the version of the front end that a package brings along; None where that is not known."""
    with suppress(PackageNotFoundError, OSError, ValueError, KeyError):
        for file in distribution(package).files or ():
            if str(file).endswith(f"labextensions/{name}/package.json"):
                return str(json.loads(Path(file.locate()).read_bytes())["version"])
    return None


def started_chromium(playwright: Any, arguments: Sequence[str]) -> tuple[Any, str | None]:
    """Start a Chromium, of this machine or else Playwright's own; returns also where it is, None if Playwright's."""
    for path in filter(None, map(shutil.which, _CHROMIUM)):
        # some are there only to say how to get one
        with suppress(Exception):
            return playwright.chromium.launch(executable_path=path, args=arguments), path
    return playwright.chromium.launch(args=arguments), None


_BROWSER = """
from playwright.sync_api import sync_playwright
from softmodes.report.doctor.programs import started_chromium
with sync_playwright() as playwright:
    browser, path = started_chromium(playwright, ["--no-sandbox", "--disable-gpu"])
    print(browser.version, f"in {path}" if path else "of Playwright")
    browser.close()
"""


def browser() -> Findings:
    """Look for a browser that the tests can drive; pages open in any."""
    if version_of("playwright") is None:
        yield FINE, "any that you have shows the pages; only the tests need more"
        return
    try:
        yield FINE, f"Chromium {tried(_BROWSER)}"
    except Failed:
        way = f"make test installs one, or: {shlex.quote(sys.executable)} -m playwright install chromium"
        yield NOTE, f"no Chromium starts, which only the tests need: {way}"


_FONTS = """
import sys
from matplotlib import font_manager, rcParams
for name in dict.fromkeys([rcParams["font.sans-serif"][0], "DejaVu Sans", "DejaVu Sans Mono"]):
    font_manager.get_font(font_manager.findfont(name, fallback_to_default=False))
"""


def fonts() -> Findings:
    """See that the fonts of figures come with matplotlib, those of formulas with softmodes."""
    fonts = sorted((PACKAGE / "report" / "katex" / "fonts").glob("*.woff2"))
    if not fonts or any(font.read_bytes()[:4] != b"wOF2" for font in fonts):
        yield TO_DO, "those of formulas are damaged or missing: install softmodes anew"
        return
    try:
        tried(_FONTS)
    except Failed as failed:
        yield TO_DO, f"those of figures, {failed}: {PIP} --force-reinstall --no-deps matplotlib"
    else:
        yield FINE, "those of figures and formulas are here"


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


def numba() -> Findings:
    """See that compiled loops can be kept."""
    if path := tried(_CACHE):
        yield FINE, f"machine code is kept in {path}"
    else:
        yield NOTE, "machine code cannot be kept, each start compiles anew: set NUMBA_CACHE_DIR to a folder of yours"
