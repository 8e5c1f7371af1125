"""What a page may do: its own scripts live under its policy, and nothing that a notebook brings along does."""

import base64
import hashlib
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from softmodes import StabilityExplorer, quiz
from softmodes.explore.explorer import DRAWINGS, page_script
from softmodes.figures.style import FIGURE
from softmodes.report.classroom.sheets import sheet
from softmodes.report.markup import contained, markdown
from softmodes.report.notebooks import find_notebooks, page_of
from softmodes.report.page.inert import inert, is_inert
from softmodes.report.page.policy import is_own
from softmodes.report.publish import Report
from softmodes.teach.box import box

# The policy

TABLE = "# Part\n\n| item | verdict | place |\n|---|---|---|\n| $x$ | holds | §3 |\n\n<script>1</script>"
# those of KaTeX, for formulas and of the page; of an explorer, a quiz and the boxes; for the search and the ledger
SCRIPTS = {"1_x": 6, "index": 4, "ledger": 4, "symbols": 3, "teach": 3, "plan": 2, "sheet": 0}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages of every kind with all that lives in them."""
    report = Report((), tmp_path_factory.mktemp("pages"), ())
    bundles = [thing._repr_mimebundle_()[0] for thing in (StabilityExplorer(), quiz(1))]
    outputs = [new_output("display_data", {"text/html": bundle["text/html"]}) for bundle in bundles]
    cells = [
        new_markdown_cell(f"{TABLE}\n\n{box('4.1', {})}"),
        new_code_cell("explorer", outputs=outputs, metadata={"tags": []}),
    ]
    report.write(new_notebook(cells=cells), "1_x", "<title><script>1</script>")
    for kind in ("index", "ledger", "symbols", "teach"):
        report.write(new_notebook(cells=[new_markdown_cell(TABLE)]), kind, kind, kind=kind)
    for name, text in {"plan": TABLE, "sheet": "<script>1</script>"}.items():
        (report.folder / f"{name}.html").write_text(sheet(name, text), encoding="utf-8")
    return report.folder


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_page_has_one_policy_which_names_its_scripts_and_no_others(pages, name):
    page = BeautifulSoup((pages / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    (meta,) = page.find_all("meta", {"http-equiv": True})
    assert page.find("script") not in meta.find_all_previous()
    policy = dict(part.split(" ", 1) for part in meta["content"].split("; "))
    scripts = [tag.string for tag in page.find_all("script") if tag.get("type") != "application/json"]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert policy.pop("script-src") == (" ".join(f"'sha256-{digest}'" for digest in digests) or "'none'")
    assert len(set(digests)) == len(digests) == SCRIPTS[name]
    assert policy == {
        **dict.fromkeys(("default-src", "connect-src", "base-uri"), "'none'"),
        **dict.fromkeys(("img-src", "media-src", "font-src"), "data:"),
        "style-src": "'unsafe-inline'",
        "form-action": "'self' file:",
    }


def test_a_script_is_ours_to_the_letter_and_the_state_of_an_explorer_is_data():
    ours = page_script("stability", '{"table": {}, "eta": 0.1, "of": "a < b, <\\/script>"}')
    assert set(DRAWINGS) == {"crossover", "glass", "heat_capacity", "potential", "stability"}
    assert is_own(ours)
    assert not is_own(ours + " ")
    for state in (
        "0}));alert(1);((",
        "{}));alert(1);standalone(({}",
        "alert(1)",
        '{"a": alert(1)}',
        "",
        '{"a": "<!--"}',
    ):
        assert not is_own(page_script("stability", state)), state


# What is inert

HARMLESS = [
    '<table border="1" class="dataframe"><tr><td style="color: red">1 &lt; 2</td></tr></table>',
    '<svg viewBox="0 0 1 1"><defs><clipPath id="a"><rect x="0" width="1"/></clipPath></defs>'
    '<g clip-path="url(#a)"><path d="M 0 0" style="fill: url(#b)"/><use xlink:href="#c"/></g></svg>',
    '<div hidden data-x="1" aria-label="b"><p>a > b</div>',
]
ALTERED = {
    "<p>a<!-- c -->b": "<p>ab</p>",
    "<b onclick='x'>a</b>": "<b>a</b>",
    "<blink>a<i>b</i></blink>": "a<i>b</i>",
    "<a href='java\tscript:x'>a</a><a href=x.html#b>b</a>": '<a>a</a><a href="x.html#b">b</a>',
    '<a download="a.csv" href="data:text/csv,1">a</a><a href="data:text/html,1">b</a>':
        '<a download="a.csv" href="data:text/csv,1">a</a><a>b</a>',
    "<style scoped>b {color: red}</style><style>@import 'x'</style>": "<style>b {color: red}</style>",
    '<p style="background: url(//x)" title="<b>">a</p>': '<p title="&lt;b&gt;">a</p>',
    "<svg><use href='x.svg#a'></use><animate attributeName=href></animate></svg>": "<svg><use></use></svg>",
    "<img name=body id=a><input name=b>": '<img id="a"/><input name="b"/>',
    "a<script>1</script><iframe></iframe>": 'a<span class="status" role="note">'
        "Left out here: script, iframe, which a page does not run.</span>",
}  # fmt: skip


@pytest.mark.parametrize("html", HARMLESS)
def test_what_is_harmless_stays_as_it_stands(tmp_path, html):
    assert contained(html, tmp_path) == html
    texts = [BeautifulSoup(each, "html.parser").text.strip() for each in (html, markdown(html, tmp_path, {}))]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("html", ALTERED)
def test_what_is_not_loses_what_is_not_harmless_alone(html):
    assert not is_inert(html)
    assert inert(html) == ALTERED[html]


# All ways in

FAR = "https://far.example"


def did(name):
    return f"(top.did ??= []).push('{name}')"


def broken(name):
    """A picture that cannot be shown, which nobody has to touch."""
    return f'<img src="data:image/png;base64,AA==" alt="" onerror="{did(name)}">'


HTML = {
    "script": f"<script>{did('script')}</script>",
    "module": f"<script type='module'>{did('module')}</script>",
    "far script": f"<script src='{FAR}/far script'></script>",
    "event": broken("event"),
    "drawing": f'<svg onload="{did("drawing")}"><script>{did("drawing")}</script></svg>',
    "toggle": f'<details open ontoggle="{did("toggle")}">a</details>',
    "focus": f'<input autofocus onfocus="{did("focus")}">',
    "style event": f'<style onload="{did("style event")}">b {{}}</style>',
    "frame": f'<iframe srcdoc="<script>{did("frame").replace("top", "parent")}</script>"></iframe>',
    "frame address": f'<iframe src="javascript:{did("frame address")}"></iframe>',
    "object": f'<object data="data:text/html,<script>{did("object")}</script>"></object><embed src="{FAR}/object">',
    "link": f'<a href="javascript:{did("link")}">a</a><a href="&#1;java&#10;script:{did("link")}">b</a>',
    "drawn link": f'<svg><a xlink:href="javascript:{did("drawn link")}"><text>a</text></a></svg>',
    "moved link": f'<svg><a><set attributeName="href" to="javascript:{did("moved link")}"/><text>a</text></a></svg>',
    "form": f'<form action="javascript:{did("form")}"><button formaction="{FAR}/form">a</button></form>',
    "refresh": f'<meta http-equiv="refresh" content="0; url={FAR}/refresh">',
    "base": f'<base href="{FAR}/base/"><a href="x.html">a</a><img src="x.png">',
    "fetched": f'<link rel="stylesheet" href="{FAR}/fetched"><link rel="preload" as="image" href="{FAR}/fetched">',
    "style": f"<style>@import '{FAR}/style'; b {{ background: url({FAR}/style) }}</style><b>a</b>",
    "styled": f'<b style="background: url({FAR}/styled)">a</b><table background="{FAR}/styled"><tr><td>b</table>',
    "film": f'<video poster="{FAR}/film" src="{FAR}/film"></video><img srcset="{FAR}/film 2x" alt="">',
    "used": f'<svg><use href="{FAR}/used#a"/><image href="{FAR}/used"/><feImage href="{FAR}/used"/></svg>',
    # what is read otherwise by a browser than by a parser in Python
    "style in a drawing": f"<svg><style>{broken('style in a drawing')}</style></svg>",
    "no script": f'<noscript><p title="</noscript>{broken("no script")}">a</noscript>'.replace('"data', "data"),
    "text area": f"<textarea><p title='</textarea>{broken('text area')}'></p></textarea>",
    "comment": f"<!--><b>a</b>{broken('comment')}--><!--!>{broken('comment')}<!-- --!>{broken('comment')}-->",
    "formula": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;"
    f"{broken('formula').replace('<', '&lt;')}'></table></mtext></math>",
    "plain": f"<xmp><b title='</xmp>{broken('plain')}'></xmp>",
    # what makes others fail
    "names": '<img name="querySelector"><img name="getElementById"><form name="querySelectorAll"></form>',
    "policy": "<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\">",
    "forged": f"<script>{page_script('stability', '{}));' + did('forged') + ';(({}')}</script>",
    "forged state": "<div class='softmodes-place'></div><script>"
    f"{page_script('stability', '{' + did('forged state') + '}')}</script>",
}
SHOWN = {
    "text/html": "text/html",
    "markdown": "text/markdown",
    "picture": "image/svg+xml",
    "javascript": "application/javascript",
    "latex": "text/latex",
    "plain": "text/plain",
    "png": "image/png",
    "widget": "application/vnd.jupyter.widget-view+json",
}
TEXTS = ("title", "question", "heading", "formula text", "raw", "tag", "code", "file")
RUN = ("stdout", "stderr", "error", "alt", "figure")
WAYS = [*HTML, *(f"in {kind}" for kind in SHOWN), *TEXTS, *RUN]


def hostile():
    """The cells of a notebook that tries all ways at once."""
    yield new_markdown_cell(f"# T {broken('title')}\n\nWhy {broken('question')}?")
    yield new_markdown_cell(f"## H {broken('heading')}\n\n$\\text{{{broken('formula text')}}}$\n\n## Another")
    yield from (new_markdown_cell(f"{name}\n\n{html}\n\n<div>{html}</div>") for name, html in HTML.items())
    yield new_raw_cell(broken("raw"), metadata={"raw_mimetype": "text/html"})
    yield new_code_cell(f"# {broken('code')}", metadata={"tags": [f'"><svg onload="{did("tag")}">']})
    outputs = [{"text/html": html} for html in HTML.values()]
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{did('in picture')}\"></svg>"
    texts = {"javascript": did("in javascript"), "picture": drawing, "widget": {"model_id": broken("in widget")}}
    outputs += [{kind: texts.get(name, broken(f"in {name}"))} for name, kind in SHOWN.items()]
    panel = f'<svg viewBox="0 0 9 9" onload="{did("figure")}">{broken("figure")}</svg>'
    outputs += [{FIGURE: {"panels": [panel], "alt": broken("figure")}}]
    show = "display({}, raw=True, metadata={{'image/png': {{'alt': {!r}, 'width': {!r}}}}})"
    lines = [show.format(data, f'">{broken("alt")}', f'1">{broken("alt")}') for data in outputs]
    yield new_code_cell("\n".join(["import sys", *lines]))
    yield new_code_cell(f"print({broken('stdout')!r})\nprint({broken('stderr')!r}, file=sys.stderr)")
    yield new_code_cell(f"raise ValueError({broken('error')!r})")


@pytest.fixture(scope="module")
def tried(chromium, tmp_path_factory):
    """What came of it in the page of the notebook, in the index, in a ledger and in a sheet, by name of the page."""
    folder, out = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("report")
    nbformat.write(new_notebook(cells=list(hostile())), folder / "1_hostile.ipynb")
    event = did("file").replace("'", "`").replace(" ", "")
    nbformat.write(new_notebook(), folder / f"2_<svg onload={event}>.ipynb")
    books = find_notebooks(folder)
    report = Report(books, out, (("commit", broken("provenance")),))
    outcomes = {book.name: report.write_notebook(book, {}, 60.0) for book in books}
    assert re.match("ValueError: <img", outcomes["1_hostile"].failure)
    report.write_index(outcomes)
    texts = "\n\n".join(HTML.values())
    report.write(new_notebook(cells=[new_markdown_cell(f"{TABLE}\n\n{texts}")]), "ledger", "Ledger", kind="ledger")
    (out / "sheet.html").write_text(sheet(broken("sheet"), texts, broken("sheet")), encoding="utf-8")
    names = ["1_hostile", books[1].name, "index", "ledger", "sheet"]
    return {
        name: visited(chromium, (out / page_of(name).replace(".html", "")).parent / f"{name}.html") for name in names
    }


TOUCH = """() => {
  for (const one of document.querySelectorAll("body *"))
    for (const event of ["load", "error", "focus", "mouseover", "click", "toggle"]) one.dispatchEvent(new Event(event));
  for (const one of document.querySelectorAll("body a"))
    if (one.href.baseVal || one.protocol === "javascript:") one.dispatchEvent(new MouseEvent("click"));
}"""
WATCH = """addEventListener("securitypolicyviolation", (event) => (top.broke ??= []).push(event.violatedDirective));"""


def visited(chromium, path):
    """What ran in a page, what it asked for, which rule was broken and which error it made, when all is touched."""
    page, asked, errors = chromium.new_page(), [], []
    page.route("**/*", lambda route: route.continue_() if route.request.url == path.as_uri() else route.abort())
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)
    page.goto(path.as_uri())
    page.wait_for_timeout(500)
    page.evaluate(TOUCH)
    page.wait_for_timeout(200)
    found = page.evaluate("[top.did ?? [], top.broke ?? [], document.querySelectorAll('.katex-error').length]")
    page.close()
    return {
        "ran": found[0],
        "broke": found[1],
        "asked": [url for url in asked[1:] if url[:5] != "data:"],
        "errors": errors,
    }


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_a_notebook_brings_along_runs_or_is_asked_for(tried, way):
    assert [page for page, found in tried.items() if way in found["ran"]] == []


@pytest.mark.slow
def test_a_hostile_notebook_breaks_no_rule_of_its_page_for_nothing_of_it_is_left(tried):
    assert {page: found for page, found in tried.items() if any(found.values())} == {}


BY_ITSELF = ("script", "module", "event", "drawing", "toggle", "focus", "style event", "frame", "link", "drawn link")


@pytest.mark.slow
def test_what_comes_into_a_page_by_a_way_unknown_to_us_meets_its_policy(pages, chromium, tmp_path):
    whole, foreign = (pages / "1_x.html").read_text(encoding="utf-8"), "".join(HTML[name] for name in BY_ITSELF)
    (tmp_path / "1_x.html").write_text(whole.replace("</main>", f"{foreign}</main>"), encoding="utf-8")
    found = visited(chromium, tmp_path / "1_x.html")
    assert found["ran"] == []
    assert {"script-src-attr", "script-src-elem"} <= set(found["broke"])


@pytest.mark.slow
def test_all_that_lives_in_a_page_lives_under_its_policy(pages, offline_page):
    page = offline_page
    page.goto((pages / "1_x.html").as_uri())
    moved, energy = page.locator("[name=eta]"), page.locator("[data-name=epsilon]")
    said = [energy.inner_text()]
    moved.press("ArrowRight")
    page.wait_for_function("said => document.querySelector('[data-name=epsilon]').innerText !== said", arg=said[0])
    said.append(energy.inner_text())
    place = moved.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 4, place["y"] + place["height"] / 2, steps=3)
    page.mouse.up()
    page.wait_for_function("said => document.querySelector('[data-name=epsilon]').innerText !== said", arg=said[1])
    for name in ("save SVG", "save CSV"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=name).click()
        assert saved.value.failure() is None
    question, exercise = page.locator(".softmodes-questions details").first, page.locator("form.ask")
    question.locator("summary").click()
    question.get_by_role("radio").first.check()
    question.get_by_role("button", name="Check").click()
    assert question.get_by_role("status").inner_text()
    exercise.locator("input").fill("1")
    exercise.get_by_role("button", name="Check").click()
    assert exercise.locator("output").inner_text()
    page.get_by_label("show code").uncheck()
    assert not page.locator(".jp-CodeMirrorEditor").first.is_visible()
    assert page.locator(".katex").count() > 0
    page.get_by_role("searchbox").fill("glass")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/index.html?search=glass")
    assert (page.requests, page.errors) == ([], [])
