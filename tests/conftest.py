"""What all tests share."""

import os

# Two cores: a BLAS that starts threads of its own gets in the way of other processes. Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil

import pytest
from hypothesis import settings

# Time is measured in benchmarks; the same examples are drawn in every run.
settings.register_profile("softmodes", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("softmodes")


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium: the machine's own if it has one."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next(filter(None, map(shutil.which, names)), None)
    # A container has neither a sandbox nor a graphics card.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def offline_page(chromium):
    """A page that reaches files and nothing else: `requests` it made to a network (refused) and its `errors`."""
    page = chromium.new_page()
    page.requests, page.errors = [], []

    def refuse(route):
        page.requests.append(route.request.url)
        route.abort()

    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()
