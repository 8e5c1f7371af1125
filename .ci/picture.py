"""Make README's moving picture, `make picture`: the stability explorer on its page, its slider moved by the mouse."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from softmodes.report.doctor.programs import started_chromium

ROOT = Path(__file__).parents[1]
PAGE, PICTURE = ROOT / "reports" / "4_undercooled_liquid.html", ROOT / ".github" / "slider.webp"
# From near melting to near the glass transition and back, ε_m/k_BT; milliseconds of a frame, and at either end.
PLACES = np.append(np.linspace(3, 5, 15), np.linspace(5, 3, 15))
FRAME, REST = 80, 900


def frames(page):
    """Pictures of the explorer, one for each place of the slider of ε_m/k_BT."""
    page.goto(PAGE.as_uri())
    explorer = page.locator(".softmodes-explorer", has=page.locator("input[name=beta_epsilon_m]")).first
    slider = explorer.locator("input[name=beta_epsilon_m]")
    slider.scroll_into_view_if_needed()
    box, low, high = slider.bounding_box(), *(float(slider.get_attribute(end)) for end in ("min", "max"))
    thumb = 16
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for place in PLACES:
        across = thumb / 2 + (box["width"] - thumb) * (place - low) / (high - low)
        page.mouse.move(box["x"] + across, box["y"] + box["height"] / 2)
        page.wait_for_timeout(60)
        yield Image.open(BytesIO(explorer.screenshot())).convert("RGB")
    page.mouse.up()


def main():
    with sync_playwright() as playwright:
        browser, _ = started_chromium(playwright, ["--no-sandbox", "--disable-gpu"])
        first, *others = frames(browser.new_page(viewport={"width": 900, "height": 1000}))
        browser.close()
    times = [FRAME] * len(PLACES)
    times[len(PLACES) // 2] = times[-1] = REST
    first.save(PICTURE, save_all=True, append_images=others, duration=times, loop=0, quality=70, method=6)
    print(PICTURE.relative_to(ROOT), f"{first.width} x {first.height}", f"{PICTURE.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
