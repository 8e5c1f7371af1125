"""How long a slider takes to move the picture: `python benchmarks/slider_latency.py [moves]`.

The real mouse drags ε_m/k_BT in a page without kernel and network, at random moments of the screen's frames. Time runs
from the movement of the mouse that changes the slider to the first task after the frame that shows the new curve.
"""

import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from softmodes import StabilityExplorer

WATCH = """
() => {
  window.latencies = [];
  let moved = 0;
  window.addEventListener("pointermove", (event) => { moved = event.timeStamp; }, true);
  window.addEventListener("input", () => {
    const start = moved;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.latencies.push(performance.now() - start);
      port2.postMessage(null);
    });
  });
}"""


def drag(page, moves):
    """Drag the slider to and fro; return the milliseconds that each move took."""
    page.evaluate(WATCH)
    box = page.locator(".softmodes-explorer input[name=beta_epsilon_m]").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for i in range(moves):
        page.mouse.move(box["x"] + box["width"] * (0.2 + 0.6 * (i * 0.618 % 1)), y)
        page.wait_for_timeout(60 + random.uniform(0, 17))
    page.mouse.up()
    return page.evaluate("window.latencies")


def main(moves=50):
    """Print the median and the slowest of the moves."""
    browsers = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "page.html")
        explorer, _ = StabilityExplorer()._repr_mimebundle_()
        file.write_text(f"<!doctype html><meta charset='utf-8'>{explorer['text/html']}", encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=next(browsers, None), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(file.as_uri())
        times = drag(page, moves)
        browser.close()
    print(
        f"{len(times)} moves: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms from mouse to paint"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
