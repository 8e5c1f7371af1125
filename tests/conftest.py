"""What all tests share."""

import os

# Two cores: a BLAS that starts threads of its own gets in the way of other processes. Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
from functools import cache

import pytest
from hypothesis import settings

from softmodes.places import NOTEBOOKS
from softmodes.report.doctor.programs import started_chromium
from softmodes.report.lifeline import spare_grammar

spare_grammar()

# Time is measured in benchmarks; the same examples are drawn in every run.
settings.register_profile("softmodes", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("softmodes")


def pytest_collection_modifyitems(items):
    """Files with slow tests first: none of them begins when the other processes have nothing left to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


_approx = pytest.approx


def _relative(expected, rel=None, abs=None, nan_ok=False):
    """pytest.approx without the 1e-12 that it adds to `rel`, which is more than any energy in joules or area in m²."""
    return _approx(expected, rel or 1e-6, 0.0, nan_ok) if abs is None else _approx(expected, rel, abs, nan_ok)


pytest.approx = _relative


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium: the machine's own if it has one."""
    from playwright.sync_api import sync_playwright

    # A container has neither a sandbox nor a graphics card.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser, _ = started_chromium(playwright, arguments)
        yield browser
        browser.close()


def _offline(page):
    """Let a page reach files and nothing else: `requests` it made to a network (refused) and its `errors`."""
    page.requests, page.errors = [], []

    def refuse(route):
        page.requests.append(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page


@pytest.fixture(scope="session")
def _tab(chromium):
    # A page of its own for each test would be most of what a test costs.
    return _offline(chromium.new_page())


@pytest.fixture
def offline_page(_tab):
    """A page as new that reaches files only: `requests` it made to a network (refused) and its `errors`."""
    _tab.requests, _tab.errors = [], []
    yield _tab
    _tab.evaluate("() => { if (location.protocol === 'file:') localStorage.clear(); }")
    _tab.goto("about:blank")
    _tab.context.clear_permissions()
    _tab.set_viewport_size({"width": 1280, "height": 720})
    _tab.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")


@pytest.fixture
def own_page(chromium):
    """A page like `offline_page` that no other test has had or will have."""
    page = _offline(chromium.new_page())
    yield page
    page.close()


@pytest.fixture
def opened(offline_page, tmp_path):
    """A function that opens HTML as a file; at the end it must not have asked for anything or complained."""

    def open_page(html):
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        offline_page.goto((tmp_path / "page.html").as_uri())
        return offline_page

    yield open_page
    assert offline_page.requests == []
    assert offline_page.errors == []


@cache
def _html(explorer):
    return f"<!doctype html><meta charset='utf-8'>{explorer()._repr_mimebundle_()[0]['text/html']}"


@pytest.fixture
def explorer_page(opened):
    """A function that opens the page of an explorer class as it starts."""
    return lambda explorer: opened(_html(explorer))


# Sets controls as a hand would, lets the page draw, and returns what it says: nothing (null), a text or a number.
_VISIT = """
async (positions) => {
  const root = document.querySelector(".softmodes-explorer"), answers = [];
  for (const values of positions) {
    for (const [name, value] of Object.entries(values)) {
      const control = root.querySelector(`[name=${name}]`);
      control.value = value;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    await new Promise(requestAnimationFrame);
    const read = (text) => (text === "" ? null : isNaN(text) ? text : Number(text));
    answers.push({
      set: Object.fromEntries([...root.querySelectorAll("input, select")].map((c) =>
        [c.name, c.type === "range" ? Number(c.value) : c.value])),
      said: Object.fromEntries([...root.querySelectorAll("data")].map((d) => [d.dataset.name, read(d.value)])),
    });
  }
  return answers;
}"""


@pytest.fixture
def visit():
    """A function that moves the controls of a page to positions; returns where they stand and what the page says."""
    return lambda page, positions: page.evaluate(_VISIT, positions)


@pytest.fixture
def page_agrees(visit):
    """A function that moves a page and an explorer to the same positions, and compares all that they say."""

    def close(value):
        return pytest.approx(value, rel=1e-6) if isinstance(value, float) else value

    def compare(page, explorer, positions):
        for answer in visit(page, positions):
            for name, value in answer["set"].items():
                setattr(explorer, name, value)
            assert answer["said"] == {name: close(value) for name, value in explorer.estimates.items()}, explorer

    return compare


@pytest.fixture(scope="session")
def short_notebooks(tmp_path_factory):
    """A folder with notebook 4, of which title, imports, parameters and exercises are left: a second or two."""
    folder = tmp_path_factory.mktemp("notebooks")
    path = NOTEBOOKS / "4_undercooled_liquid.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    cells = content["cells"]
    kept = [
        cell for cell in cells if cell["metadata"].get("softmodes") or "parameters" in cell["metadata"].get("tags", [])
    ]
    imports = next(cell for cell in cells if "import softmodes as sm" in "".join(cell["source"]))
    # but for those of figures and tables, which take a second
    lines = "".join(imports["source"]).splitlines()
    imports["source"] = "\n".join(
        line for line in lines if not any(word in line for word in ("plot", "figures", "paper"))
    )
    content["cells"] = [cells[0], imports, *kept]
    (folder / path.name).write_text(json.dumps(content), encoding="utf-8")
    return folder
