"""What every explorer can do beside moving: link, pin, play, save, copy, fill the screen; by mouse, keys, fingers."""

import csv
import itertools
import re
import xml.etree.ElementTree as ET
from functools import cache
from urllib.parse import quote

import pytest

import softmodes
from softmodes import (
    CrossoverExplorer,
    GlassExplorer,
    PotentialExplorer,
    SpecificHeatExplorer,
    StabilityExplorer,
    load_materials,
)

EXPLORERS = [StabilityExplorer, CrossoverExplorer, PotentialExplorer, SpecificHeatExplorer, GlassExplorer]
every_explorer = pytest.mark.parametrize("explorer", EXPLORERS, ids=lambda explorer: explorer.__name__)
pytestmark = pytest.mark.slow


@cache
def shown(explorer):
    return explorer()._repr_mimebundle_()[0]["text/html"]


def document(*parts):
    head = "<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>Explorers</title>"
    return f"<!doctype html><html lang='en'>{head}<main><h1>Explorers</h1>{''.join(parts)}</main>"


def button(place, name):
    return place.get_by_role("button", name=name, exact=True)


def explorer_at(page, index):
    return page.locator(".softmodes-explorer").nth(index)


def settle(page):
    page.evaluate("new Promise(requestAnimationFrame)")


def state_of(place):
    return {control.get_attribute("name"): control.input_value() for control in place.locator("input, select").all()}


@pytest.fixture
def clipboard(offline_page):
    offline_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: offline_page.evaluate("navigator.clipboard.readText()")


# Link


@every_explorer
def test_link_opens_the_state_from_which_it_was_copied(opened, visit, clipboard, explorer):
    page = opened(document(shown(explorer)))
    sliders = explorer().table["sliders"]
    [before] = visit(page, [{s["name"]: s["low"] + 3 * s["step"] for s in sliders}])
    button(page, "copy link").click()
    link = clipboard()
    assert page.url == link  # also for a hand to take
    page.goto("about:blank")
    page.goto(link)
    [after] = visit(page, [{}])
    assert after == before
    assert page.locator(".notice").inner_text() == ""


def test_link_says_which_explorer_of_a_page_it_means(opened, clipboard):
    page = opened(document(*map(shown, (StabilityExplorer, CrossoverExplorer, StabilityExplorer))))
    second = explorer_at(page, 2)
    second.locator("[name=eta]").focus()
    page.keyboard.press("Home")
    button(second, "copy link").click()
    link = clipboard() + "&CrossoverExplorer.mass=77"
    page.goto("about:blank")
    page.goto(link)
    settle(page)
    etas = [explorer_at(page, i).locator("[name=eta]").input_value() for i in (0, 2)]
    assert etas == ["0", "-0.5"]
    assert page.locator("[name=mass]").input_value() == "77"
    assert page.locator(".notice").all_inner_texts() == ["", "", ""]
    page.wait_for_function(
        "document.querySelectorAll('.softmodes-explorer')[2].getBoundingClientRect().top < innerHeight"
    )


HAS = "StabilityExplorer has beta_epsilon_m, eta, "  # and what else it has
RANGE = "beta_epsilon_m must be a number from 0.5 to 12"
REFUSED = [
    ("StabilityExplorer.beta_epsilon_m=99", f"{RANGE}, got 99"),
    ("StabilityExplorer.beta_epsilon_m=five", f"{RANGE}, got five"),
    ("StabilityExplorer.beta_epsilon_m=", f"{RANGE}, got nothing"),
    ("StabilityExplorer.beta_epsilon_m=NaN", f"{RANGE}, got NaN"),
    ("StabilityExplorer.beta_epsilon_m=Infinity", f"{RANGE}, got Infinity"),
    ("StabilityExplorer.glass=Xe2O7", f"glass must be one of {', '.join(load_materials())}, got Xe2O7"),
    (f"StabilityExplorer.view={quote('<img src=x>')}", "view must be one of both, printed, got <img src=x>"),
    ("StabilityExplorer.T_star=1", HAS + ".*, got T_star"),
    ("StabilityExplorer.__proto__=1", HAS + ".*, got __proto__"),
    ("StabilityExplorer-2.eta=1", "there is no StabilityExplorer-2 on this page"),
    ("Stability.eta=1", "there is no Stability on this page"),
    ("StabilityExplorer.beta_epsilon_m=%E0%A4%A", None),
]


def test_what_a_link_cannot_give_is_said_and_the_rest_is_taken(opened):
    page = opened(document(shown(StabilityExplorer)))
    address, start = page.url, state_of(page)
    for part, line in REFUSED:
        page.goto("about:blank")
        page.goto(f"{address}#{part}&StabilityExplorer.eta=-0.25")
        settle(page)
        assert state_of(page) == start | {"beta_epsilon_m": "5", "eta": "-0.25"}
        notice = page.locator(".notice").inner_text()
        assert notice.startswith("Not taken from the link: ")
        assert line is None or re.fullmatch(
            re.escape(f"Not taken from the link: {line}.").replace(r"\.\*", ".*"), notice
        )
        assert page.locator("path.current").first.get_attribute("d")


def test_other_fragments_are_not_ours_and_one_that_changes_is_followed(opened):
    page = opened(document(shown(StabilityExplorer), "<p id='cell-id=1'>"))
    address = page.url
    for fragment in ("cell-id=1", "eq-20", "a=1&b=2", "%", ""):
        page.goto(f"{address}#{fragment}")
        settle(page)
        assert page.locator(".notice").inner_text() == ""
    page.evaluate("location.hash = 'StabilityExplorer.eta=-0.4'")  # as a link in the text would
    page.wait_for_function("document.querySelector('[name=eta]').value === '-0.4'")


# Pin, reset, play


def test_pins_keep_curves_and_numbers_also_on_other_axes(opened, visit):
    page = opened(document(shown(StabilityExplorer)))
    button(page, "copy as Python").click()
    epsilon = page.locator("[data-name=epsilon]")
    left = page.locator("svg").first
    values, curves = [], []
    for place in ({"beta_epsilon_m": 5, "eta": 0}, {"beta_epsilon_m": 3, "eta": -0.1}):
        visit(page, [place])
        values.append(epsilon.inner_text())
        curves.append(left.locator("path.current").first.get_attribute("d"))
        button(page, "pin").click()
    visit(page, [{"beta_epsilon_m": 8, "eta": -0.3}])
    assert page.locator(".notice").inner_text() == ""  # what was copied is no longer what is shown
    assert [left.locator(f"path.pin-{i}").first.get_attribute("d") for i in (0, 1)] == curves
    assert page.locator("dl div:has([data-name=epsilon]) .before").inner_text().split() == [
        "1:", values[0], "2:", values[1],
    ]  # fmt: skip
    states = page.locator(".pins li").all_inner_texts()
    assert [re.search(r"T: (\S+),", state.replace("\n", ""))[1] for state in states] == ["5", "3"]
    visit(page, [{"view": "printed"}])
    assert left.locator("path.pin-0").first.get_attribute("d") != curves[0]
    marks = left.locator("circle.pinned").all()
    assert len(marks) == 2
    button(page, "clear pins").click()
    assert left.locator(".pinned").count() == 0
    assert page.locator(".pins").is_hidden()
    for _ in range(5):
        button(page, "pin").click()
    assert button(page, "pin").is_disabled()


@every_explorer
def test_reset_brings_back_how_the_page_was_opened(opened, visit, explorer):
    page = opened(document(shown(explorer)))
    [start] = visit(page, [{}])
    [moved] = visit(page, [{s["name"]: s["high"] for s in explorer().table["sliders"]}])
    assert moved["set"] != start["set"]
    button(page, "reset").click()
    assert visit(page, [{}]) == [start]


def test_reset_of_a_page_is_what_the_notebook_showed(opened, visit):
    explorer = StabilityExplorer(eta=-0.1)
    explorer.eta = -0.2
    page = opened(document(explorer._repr_mimebundle_()[0]["text/html"]))
    visit(page, [{"eta": 0.9}])
    button(page, "reset").click()
    assert visit(page, [{}])[0]["set"]["eta"] == -0.2


@pytest.mark.parametrize("touch", ["press the slider", "key", "reset", "stop"])
def test_play_moves_the_slider_that_was_moved_last_until_touched(opened, touch):
    page = opened(document(shown(StabilityExplorer)))
    eta, energy = (page.locator(f"[name={name}]") for name in ("eta", "beta_epsilon_m"))
    eta.focus()
    page.keyboard.press("Home")
    button(page, "play").click()
    page.wait_for_function("Number(document.querySelector('[name=eta]').value) > -0.45")
    assert energy.input_value() == "5"
    {
        "press the slider": lambda: energy.dispatch_event("pointerdown"),
        "key": lambda: page.keyboard.press("Tab"),
        "reset": button(page, "reset").click,
        "stop": button(page, "stop").click,
    }[touch]()
    settle(page)
    stopped = eta.input_value()
    for _ in range(5):
        settle(page)
    assert eta.input_value() == stopped
    assert button(page, "play").is_visible()


def test_play_turns_at_the_ends_of_every_slider(opened):
    page = opened(document(shown(StabilityExplorer)))
    # a clock that leaps, so that eight seconds are a few frames
    page.evaluate("""() => {
      const frame = window.requestAnimationFrame.bind(window), now = performance.now.bind(performance);
      let ahead = 0;
      performance.now = () => now() + ahead;
      window.requestAnimationFrame = (act) => frame((time) => { ahead += 300; act(time + ahead); });
    }""")
    seen = []
    button(page, "play").click()
    for _ in range(80):
        settle(page)
        seen.append(float(page.locator("[name=beta_epsilon_m]").input_value()))
    button(page, "stop").click()
    assert max(seen) > 11
    assert min(seen) < 1.5
    assert all(0.5 <= value <= 12 for value in seen)


def test_nothing_plays_where_motion_is_unwanted(opened, offline_page):
    offline_page.emulate_media(reduced_motion="reduce")
    page = opened(document(shown(StabilityExplorer)))
    assert button(page, "play").count() == 0
    page.emulate_media(reduced_motion="no-preference")
    button(page, "play").click()
    page.wait_for_function("Number(document.querySelector('[name=beta_epsilon_m]').value) > 5")
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_function("[...document.querySelectorAll('button')].find((b) => b.textContent === 'play')?.hidden")


# Save and copy


@every_explorer
def test_saved_numbers_are_those_of_the_package(opened, visit, explorer):
    page = opened(document(shown(explorer)))
    visit(page, [{s["name"]: s["low"] + 7 * s["step"] for s in explorer().table["sliders"]}])
    [answer] = visit(page, [{}])
    button(page, "pin").click()
    with page.expect_download() as download:
        button(page, "save CSV").click()
    assert download.value.suggested_filename == f"{explorer.__name__}.csv"
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line.startswith("# now")]
    again = eval(said[0].removeprefix("# now: "))
    assert {name: getattr(again, name) for name in answer["set"]} == answer["set"]
    for line in said[1:]:
        name, value = re.fullmatch(r"# now: (\w+) = (\S+).*", line).groups()
        expected = again.estimates[name]
        if isinstance(expected, float):
            assert float(value) == pytest.approx(expected, rel=1e-6)
        else:
            assert value == str(expected or "none").lower()
    header, *rows = csv.reader(line for line in lines if not line.startswith("#"))
    assert header[0] == "state"
    assert {row[0] for row in rows} == {"pin 1", "now"}
    assert {len(row) for row in rows} == {len(header)}


@every_explorer
def test_saved_picture_is_a_drawing_that_needs_no_style_sheet(opened, explorer):
    page = opened(document(shown(explorer)))
    button(page, "pin").click()
    with page.expect_download() as download:
        button(page, "save SVG").click()
    assert download.value.suggested_filename == f"{explorer.__name__}.svg"
    drawing = ET.fromstring(download.value.path().read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert drawing.find(f"{space}title").text == repr(explorer())
    assert len(drawing.findall(f"{space}svg")) == page.locator(".plots svg").count()
    curves = [path for path in drawing.iter(f"{space}path") if "current" in path.get("class", "")]
    assert curves
    assert all("stroke: rgb(" in path.get("style") for path in curves)


@every_explorer
def test_copied_line_makes_the_state_in_python(opened, visit, clipboard, explorer):
    page = opened(document(shown(explorer)))
    [answer] = visit(page, [{s["name"]: s["high"] - 2 * s["step"] for s in explorer().table["sliders"]}])
    button(page, "copy as Python").click()
    place = {}
    head, _, call = clipboard().partition("; ")
    exec(head, place)
    made = eval(call, place)
    assert {name: getattr(made, name) for name in answer["set"]} == answer["set"]


def test_without_a_clipboard_the_line_can_be_taken_by_hand(opened):
    page = opened(document("<script>Object.defineProperty(navigator, 'clipboard', {value: undefined})</script>",
                           shown(StabilityExplorer)))  # fmt: skip
    button(page, "copy as Python").click()
    settle(page)
    assert page.evaluate("String(getSelection())") == f"import softmodes as sm; sm.{StabilityExplorer()!r}"


def test_full_screen_is_filled_and_left(opened):
    page = opened(document(shown(StabilityExplorer)))
    button(page, "full screen").click()
    page.wait_for_function("document.fullscreenElement?.matches('.softmodes-explorer')")
    assert button(page, "full screen").get_attribute("aria-pressed") == "true"
    button(page, "full screen").click()
    page.wait_for_function("!document.fullscreenElement")


# Fingers


@pytest.fixture
def phone(chromium, tmp_path):
    """A telephone on which a page of some height has been opened: its page, and a function that swipes."""
    context = chromium.new_context(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    (tmp_path / "phone.html").write_text(
        document(shown(StabilityExplorer), "<p style='height: 200vh'>"), encoding="utf-8"
    )
    page.goto((tmp_path / "phone.html").as_uri())
    session = context.new_cdp_session(page)

    def swipe(start, by, *, lift=True):
        def send(kind, points):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", [{"x": start[0], "y": start[1]}])
        for step in range(1, 11 if any(by) else 1):
            send("touchMove", [{"x": start[0] + by[0] * step / 10, "y": start[1] + by[1] * step / 10}])
            settle(page)
        if lift:
            send("touchEnd", [])
            settle(page)

    yield page, swipe
    context.close()


def middle_of_plot(page):
    page.locator("svg.drag").scroll_into_view_if_needed()
    box = page.locator("svg.drag").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_swipe_over_a_plot_scrolls_the_page_and_sideways_moves_the_marker(phone):
    page, swipe = phone
    eta, start = page.locator("[name=eta]"), middle_of_plot(page)
    scrolled = page.evaluate("scrollY")
    swipe(start, (6, -200))
    page.wait_for_function(f"scrollY > {scrolled} + 100")
    assert eta.input_value() == "0"
    swipe(middle_of_plot(page), (-80, 4))
    moved = float(eta.input_value())
    assert moved < 0.2
    assert moved != 0
    swipe(middle_of_plot(page), (0, 0))  # a tap
    assert float(eta.input_value()) == pytest.approx(0.25, abs=0.1)


def test_cancelled_pointer_ends_a_drag(opened):
    page = opened(document(shown(StabilityExplorer)))
    values = page.evaluate("""async () => {
      const plot = document.querySelector("svg.drag"), eta = document.querySelector("[name=eta]");
      const box = plot.getBoundingClientRect(), seen = [];
      const send = async (kind, x, pointerType) => {
        const place = { clientX: box.x + x, clientY: box.y + 99 };
        plot.dispatchEvent(new PointerEvent(kind, { pointerId: 5, pointerType, bubbles: true, ...place }));
        await new Promise(requestAnimationFrame);
        seen.push(eta.value);
      };
      const course = { down: 100, move: 150, cancel: 150, over: 200, up: 200 };
      for (const [kind, from] of [["mouse", 0], ["touch", 40]])
        for (const [what, x] of Object.entries(course))
          await send(`pointer${what === "over" ? "move" : what}`, from + x, kind);
      return seen;
    }""")
    for down, moved, *after in (values[:5], values[5:]):
        assert moved != down
        assert set(after) == {moved}


# What is drawn


MOVES = """
(name) => {
  const input = document.querySelector(`[name=${name}]`);
  const ticks = () => [...document.querySelectorAll("svg .grid text")].map((t) => t.textContent).join("|");
  const seen = new Set();
  return (async () => {
    for (let i = 0; i <= 20; i++) {
      input.value = Number(input.min) + i / 20 * (input.max - input.min);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(requestAnimationFrame);
      seen.add(ticks());
    }
    return seen.size;
  })();
}"""


@every_explorer
def test_axes_stay_while_a_slider_moves(opened, explorer):
    page = opened(document(shown(explorer)))
    for slider in explorer().table["sliders"]:
        assert page.evaluate(MOVES, slider["name"]) == 1, slider["name"]


@every_explorer
def test_marker_is_in_its_axes_or_an_arrow_with_its_value_is(opened, visit, explorer):
    page, sliders = opened(document(shown(explorer))), explorer().table["sliders"]
    ends = [dict(zip([s["name"] for s in sliders], pair, strict=True))
            for pair in itertools.product(*((s["low"], s["high"]) for s in sliders))]  # fmt: skip
    wrong = """() => [...document.querySelectorAll("circle.marker")].filter((marker) => {
      const inside = (shape) => {
        const [a, b] = [shape, shape.ownerSVGElement.querySelector(".box")].map((one) => one.getBoundingClientRect());
        return a.right > b.left - 9 && a.left < b.right + 9 && a.bottom > b.top - 9 && a.top < b.bottom + 9;
      };
      const arrow = marker.ownerSVGElement.querySelector(".edge:not([visibility=hidden])");
      const seen = marker.getAttribute("visibility") === "visible";
      return seen ? !inside(marker) || arrow : arrow && !(inside(arrow) && arrow.nextSibling.textContent);
    }).length"""
    for place in ends:
        visit(page, [place])
        assert page.evaluate(wrong) == 0, place


def test_arrow_at_the_edge_has_the_value_that_left(opened, visit):
    page = opened(document(shown(CrossoverExplorer)))
    [answer] = visit(page, [{"crossover_temperature": 0.2, "crystal_frequency": 6, "mass": 5}])
    left = page.locator("svg").first
    assert left.locator(".edge").get_attribute("visibility") == "visible"
    assert left.locator(".edge + text").text_content() == "3.07×10⁶"
    assert answer["said"]["participation_area"] == pytest.approx(3.07e6, rel=1e-3)
    visit(page, [{"crossover_temperature": 2}])
    assert left.locator(".edge").get_attribute("visibility") == "hidden"
    page = opened(document(shown(StabilityExplorer)))
    visit(page, [{"view": "printed", "beta_epsilon_m": 1.1}])
    assert page.locator("svg").first.get_by_text("η2 = 0.349 →").count() == 1


@pytest.mark.parametrize("view", ["both", "printed"])
def test_empty_state_is_shaded_and_explained_in_the_plot(opened, visit, view):
    page = opened(document(shown(StabilityExplorer)))
    visit(page, [{"eta": 0.1, "view": view}])
    left, right = page.locator("svg").first, page.locator("svg").nth(1)
    shade, box = (left.locator(one).bounding_box() for one in (".band.forbidden", ".box"))
    low, high = (-0.5, 1) if view == "both" else (-0.2, 0.12)
    eta_1, eta_2 = softmodes.harmonic_limits(5.0)
    for pixel, eta in ((shade["x"], eta_2), (shade["x"] + shade["width"], min(eta_1, high))):
        assert pixel == pytest.approx(box["x"] + box["width"] * (eta - low) / (high - low), abs=2)
    words = left.locator("text.words").first.bounding_box()
    assert shade["x"] <= words["x"]
    assert words["x"] + words["width"] <= shade["x"] + shade["width"]
    assert "no mode in balance" in left.inner_html()
    assert "no landscape" in right.inner_html()
    visit(page, [{"eta": 0}])
    assert right.locator("text.words").first.get_attribute("visibility") == "hidden"
    visit(page, [{"beta_epsilon_m": 0.8}])  # there is no gap
    assert float(left.locator(".band.forbidden").get_attribute("width")) == 0


ON_THE_CURVE = [
    (PotentialExplorer, {"d1": (0, 0.1, -0.4, 1.7, 2.2, 6), "d2": (-11, -8.3, -4, -1, 0, 3, 12)}),
    (SpecificHeatExplorer, {"v_max": (5, 6, 20, 60), "w": (1, 5)}),
]


@pytest.mark.parametrize(("explorer", "places"), ON_THE_CURVE, ids=["spacing", "crossover ratio"])
def test_dot_lies_on_its_curve(opened, visit, explorer, places):
    page = opened(document(shown(explorer)))
    right = page.locator("svg").nth(1)
    for place in itertools.product(*places.values()):
        visit(page, [dict(zip(places, place, strict=True))])
        path = right.locator("path.current").get_attribute("d")
        points = [tuple(map(float, point.split(","))) for point in path.lstrip("M").split("L")]
        x, y = (float(right.locator("circle.marker").get_attribute(name)) for name in ("cx", "cy"))
        (x0, y0), (x1, y1) = next(
            pair for pair in itertools.pairwise(points) if pair[0][0] - 0.1 <= x <= pair[1][0] + 0.1
        )
        assert y == pytest.approx(y0 + (y1 - y0) * (x - x0) / (x1 - x0), abs=1), place


# Who reads it


@every_explorer
def test_controls_say_their_value_with_unit_and_one_region_speaks(opened, visit, explorer):
    page = opened(document(shown(explorer)))
    visit(page, [{s["name"]: s["high"] for s in explorer().table["sliders"]}])
    for slider in explorer().table["sliders"]:
        control = page.locator(f"[name={slider['name']}]")
        value = f"{slider['high']:.4g} {slider['unit']}".strip()
        assert control.get_attribute("aria-valuetext") == value
        assert control.get_attribute("aria-label")
    live = page.locator("[role=status], [aria-live=polite], [role=alert], output:not([aria-live=off])")
    assert live.count() == 1
    names = page.locator("dt").all_inner_texts()
    assert len(set(names)) == len(names)


LINES = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255);
  };
  const light = (colour) => colour.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = rgb(getComputedStyle(document.querySelector(".softmodes-explorer")).backgroundColor);
  const contrast = (shape, property) => {
    const style = getComputedStyle(shape), opacity = Number(style.opacity);
    const seen = rgb(style[property]).map((v, i) => opacity * v + (1 - opacity) * ground[i]);
    const [low, high] = [light(seen), light(ground)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const poor = (shapes, property) => [...document.querySelectorAll(shapes)]
    .filter((shape) => contrast(shape, property) < 3).map((shape) => shape.outerHTML.slice(0, 80));
  return [...poor("svg path:not(.edge), svg .band:not(.forbidden), svg .box, svg circle.pinned", "stroke"),
    ...poor("svg .edge, svg circle:not(.tiny, .pinned, .free), svg text", "fill"),
    ...poor(".softmodes-explorer :is(p, dt, dd, output, button:not([aria-pressed=true]), summary, li)", "color"),
    ...["ink", "soft", "T_g", "T_m", "marker"].filter((name) => {
      const shape = document.querySelector("svg .current");
      shape.style.stroke = `var(--${name})`;
      const low = contrast(shape, "stroke") < 3;
      shape.style.stroke = "";
      return low;
    })];
}"""


SCHEMES = {
    "light": "<style>:root { color-scheme: light dark }</style>",
    "dark": "<style>:root { color-scheme: light dark }</style>",
    # of JupyterLab, by its theme and not by what the system prefers
    "light theme": "<div data-jp-theme-light='true' style='--jp-layout-color0: #fff; --jp-ui-font-color1: #222'>",
    "dark theme": "<div data-jp-theme-light='false' style='--jp-layout-color0: #111; --jp-ui-font-color1: #eee'>",
}


@pytest.mark.parametrize("scheme", [*SCHEMES, "forced colours"])
def test_lines_and_words_stand_out_against_their_ground(opened, offline_page, scheme):
    """Of all explorers, and every colour that the style sheet has for what carries meaning."""
    forced = scheme == "forced colours"
    offline_page.emulate_media(
        color_scheme="dark" if scheme in ("dark", "light theme") else "light",
        forced_colors="active" if forced else "none",
    )
    page = opened(document(SCHEMES[scheme if not forced else "light"], *map(shown, EXPLORERS)))
    for one in page.get_by_role("button", name="pin", exact=True).all():
        one.click()
    assert page.evaluate(LINES) == []
    pressed, free = page.locator(".presets button").all()[:2]
    backgrounds = [one.evaluate("button => getComputedStyle(button).backgroundColor") for one in (pressed, free)]
    assert backgrounds[0] != backgrounds[1]
    looks = ["marker", "free"]
    fills = [page.locator(f"svg circle.{look}").first.evaluate("dot => getComputedStyle(dot).fill") for look in looks]
    assert fills[0] != fills[1]


@every_explorer
def test_narrow_page_holds_everything_with_names_over_their_sliders(opened, offline_page, explorer):
    offline_page.set_viewport_size({"width": 320, "height": 700})
    page = opened(document(shown(explorer)))
    button(page, "pin").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for label in page.locator(".controls label:has(input)").all():
        name, slider, value = (label.locator(one).bounding_box() for one in ("span", "input", "output"))
        assert name["y"] + name["height"] <= slider["y"] + 4
        assert abs(name["y"] + name["height"] / 2 - value["y"] - value["height"] / 2) < 8
        assert slider["width"] > 250
