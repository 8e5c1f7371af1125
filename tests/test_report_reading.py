"""What a reader finds in a page: contents, links, figures by night, tables on a telephone, filter and search."""

import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from softmodes.figures.style import COLOURS, FIGURE
from softmodes.figures.vector import as_panels
from softmodes.paper.materials import load_materials
from softmodes.places import NOTEBOOKS
from softmodes.report.markup import markdown
from softmodes.report.notebooks import find_notebooks, page_of
from softmodes.report.page import front, links, pictures
from softmodes.report.page.code import is_tool, without_versions
from softmodes.report.page.formulas import with_mathml
from softmodes.report.page.texts import Texts
from softmodes.report.publish import Outcome, Report
from softmodes.report.render import Page, render

PLACES = {
    "eq-5": [("1_x.html", "1_x.html#eq-5"), ("2_x.html", "2_x.html#eq-5")],
    "eq-7": [("2_x.html", "2_x.html#eq-7")],
    "fig-8": [("4_x.html", "4_x.html#fig-8")],
    "notebook-4": [("4_x.html", "4_x.html")],
    "data/materials.csv": [("ledger.html", "ledger.html#data/materials.csv")],
}


def furnished(source, page="2_x.html"):
    texts = Texts(PLACES, page)
    return BeautifulSoup(markdown(source, Path(), {}, texts.furnish), "html.parser"), texts


# Links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as eq. 5 says", [("eq. 5", "2_x.html#eq-5")]),
        ("Eqs 5–7, fig. 8", [("5", "2_x.html#eq-5"), ("7", "2_x.html#eq-7"), ("fig. 8", "4_x.html#fig-8")]),
        ("eqs 5, 6 and 7", [("5", "2_x.html#eq-5"), ("7", "2_x.html#eq-7")]),
        ("eq. 5 and 7 atoms, notebook 4", [("eq. 5", "2_x.html#eq-5"), ("notebook 4", "4_x.html")]),
        ("eq. 55, notebook 3, fig. 85", []),
        ("`data/materials.csv`, `data/none.csv`", [("data/materials.csv", "ledger.html#data/materials.csv")]),
        ("[eq. 5](x.html) `eq. 5` $eq. 5$", [("eq. 5", "x.html")]),
        ("a < eq. 5 & b", [("eq. 5", "2_x.html#eq-5")]),
    ],
)
def test_what_is_referred_to_is_a_link_where_it_can_be_had(text, expected):
    page, _ = furnished(text)
    assert [(a.text, a["href"]) for a in page.find_all("a")] == expected
    assert page.get_text() == BeautifulSoup(markdown(text, Path(), {}), "html.parser").get_text()


def test_a_page_alone_links_to_no_other():
    text = "eq. 5, notebook 4, `data/materials.csv`"
    page = BeautifulSoup(markdown(text, Path(), {}, Texts({}, "2_x.html").furnish), "html.parser")
    assert page.find_all("a") == []


def test_a_cited_paper_says_what_it_is():
    page, _ = furnished("minima (Rainone, Bouchbinder and Lerner, PNAS 117, 5228, 2020) and U. Buchenau, again")
    assert [button.text for button in page.select(".citation > button")] == [
        "Rainone, Bouchbinder and Lerner",
        "U. Buchenau",
    ]
    assert page.select_one(".citation a")["href"] == "https://doi.org/10.1080/13642819208217904"


def test_every_reference_of_the_notebooks_has_its_place():
    books = find_notebooks(NOTEBOOKS)
    found = links.places(books, page_of)
    equations = {int(name.removeprefix("eq-")) for name in found if name.startswith("eq-")}
    assert equations == set(range(1, 25))
    assert {int(name.removeprefix("fig-")) for name in found if name.startswith("fig-")} == set(range(1, 9))
    assert set(front.file_places()) > {"data/printed_values.csv", "data/materials.csv", "data/references.csv"}


# Texts


def test_headings_and_equations_have_names_of_their_own():
    page, texts = furnished("# T\n\n## A *b* $c$\n\n## A *b* $c$\n\n$$x \\tag{5}$$\n\n$$y \\tag{5}$$")
    assert [tag["id"] for tag in page.find_all(id=True)] == ["t", "a-b-c", "a-b-c-2", "eq-5", "eq-5-2"]
    assert [anchor for _, anchor, _ in texts.headings] == ["a-b-c", "a-b-c-2"]
    entries = BeautifulSoup(texts.contents(), "html.parser").find_all("a")
    assert [a["href"] for a in entries] == ["#a-b-c", "#a-b-c-2"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("SiO2 and As2S3", "SiO<sub>2</sub> and As<sub>2</sub>S<sub>3</sub>"),
        ("PNAS, DOI, N4, HTML5, V2X3", "PNAS, DOI, N4, HTML5, V2X3"),
        ("`SiO2`", "<code>SiO2</code>"),
        ("$SiO2$", '<span class="tex">$SiO2$</span>'),
    ],
)
def test_chemical_formulas_are_set(text, html):
    assert str(furnished(text)[0].p.decode_contents()) == html


def test_a_wide_table_becomes_cards_and_its_verdicts_have_shapes():
    page, _ = furnished("| item | printed | verdict |\n|---|---|---|\n| a *b* | 1 | deviates |\n| c | | reproduced |")
    assert [td["data-label"] for td in page.select("table.cards tr td")] == ["item", "printed", "verdict"] * 2
    assert [th["data-label"] for th in page.find_all("th")] == ["item", "printed", "verdict"]
    assert [tr["id"] for tr in page.select("tbody tr")] == ["row-a-b", "row-c"]
    assert [tag["class"] for tag in page.select(".verdict")] == [["verdict", "no"], ["verdict", "yes"]]
    # what has no name is said to be a number of what
    page, _ = furnished("| N | p | verdict |\n|---|---|---|\n| 500 | 1 | open |\n| all | 1 | open |")
    assert [td.get("class") for td in page.select("td:first-child")] == [["number"], None]
    assert furnished("| a | b |\n|---|---|\n| 1 | 2 |")[0].table.get("class") is None


def test_names_in_a_column_break_behind_points_and_underscores():
    code = furnished("| a |\n|---|\n| `t.py::a_b.c 0.5` |")[0].td.code
    assert [*code.stripped_strings] == ["t.", "py::", "a_", "b.", "c 0.", "5"]
    assert code.text == "t.py::a_b.c 0.5"


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("import numpy as np\nfrom x import y", True),
        ("figure, ax = plt.subplots()\nshow(figure, figures.plot_x(ax))", True),
        ("from softmodes.report.provenance import provenance\n\ndict(provenance())", True),
        (
            "omega_c = findings.frequency(glass)\nfigure, ax = plt.subplots()\nshow(figure, plot_x(ax, omega_c))",
            True,
        ),
        ("a = load()", False),
        ("print(sm.harmonic_limits(5.0))", False),
        ("explorer = sm.StabilityExplorer()\nexplorer", False),
        ("x = 1", False),
        ("%matplotlib", False),
    ],
)
def test_code_that_only_imports_or_draws_is_folded(source, folded):
    assert is_tool(new_code_cell(source)) == folded


def test_a_long_table_is_folded_behind_its_verdicts():
    rows = [f"| item {i} | {verdict} | x |" for i, verdict in enumerate([*("holds",) * 6, *("open: why",) * 3])]
    table = "\n".join(["| item | verdict | remark |", "|---|---|---|", *rows])
    page, _ = furnished(table)
    assert page.details.summary.text == "9 rows: 6 holds3 open: why"
    assert [tag["class"] for tag in page.select("summary .verdict")] == [["verdict", "yes"], ["verdict", "open"]]
    assert page.select_one("details > .scroll > table #row-item-8")
    assert furnished(table, page="ledger.html")[0].details is None
    # verdicts that each say something else are to be read
    assert (
        furnished(table.replace("open: why | x", "open") + "".join(f"\n| z | not {i} | |" for i in range(9)))[0].details
        is None
    )


# Formulas


def test_a_formula_is_mathml_and_keeps_what_it_was_made_from():
    html = with_mathml(markdown("$x<y$ and $$W = 1.6 \\tag{8}$$", Path(), {}))
    inline, display = BeautifulSoup(html, "html.parser").select(".tex")
    assert (inline["data-tex"], inline.text) == ("x<y", "x<y")
    assert display["data-tex"] == "W = 1.6 \\tag{8}"
    assert (display.math["display"], display.math.text) == ("block", "W=1.6(8)")


def test_what_a_formula_defines_holds_in_the_next_and_may_be_defined_again():
    source = "".join(f"$\\newcommand{{\\E}}{{{letter}}}$ $\\E+1$ " for letter in "ab")
    page = BeautifulSoup(with_mathml(markdown(source, Path(), {})), "html.parser")
    assert [tag.text for tag in page.select(".tex")] == ["", "a+1", "", "b+1"]


@pytest.mark.parametrize("source", ["\\frac{1}{", "\\nosuchcommand", "{" * 100_000 + "x" + "}" * 100_000])
def test_what_cannot_be_converted_stays_as_it_is_written(source):
    page = BeautifulSoup(with_mathml(markdown(f"${source}$", Path(), {})), "html.parser")
    assert (page.math, page.text.strip()) == (None, f"${source}$")


def test_every_formula_of_the_notebooks_is_mathml():
    cells = [
        cell.source for book in find_notebooks(NOTEBOOKS) for cell in book.node.cells if cell.cell_type == "markdown"
    ]
    page = BeautifulSoup(with_mathml("".join(markdown(cell, Path(), {}) for cell in cells)), "html.parser")
    assert [tag.text for tag in page.select(".tex") if not tag.math] == []
    assert len(page.select("math mtable mtext")) >= 24


def test_formulas_are_there_without_a_script(chromium, tmp_path):
    cell = new_markdown_cell("As $\\epsilon_k$ says,\n\n$$W = \\frac{1}{2}k_BT^* \\tag{8}$$")
    Report((), tmp_path, ()).write(new_notebook(cells=[cell]), "1_x", "x")
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((tmp_path / "1_x.html").as_uri())
        assert "$" not in page.locator("main").inner_text()
        assert page.locator("math:visible").count() == 2
        assert page.locator("mtext", has_text="(8)").is_visible()


def test_versions_are_said_once_and_an_error_is_not_left_out():
    heading, listed = new_markdown_cell("## Versions"), new_code_cell("from x import provenance\n\ndict(provenance())")
    assert without_versions([heading, listed]) == []
    assert without_versions([listed]) == [listed]
    listed.outputs = [new_output("error", ename="E", evalue="", traceback=[])]
    assert without_versions([heading, listed]) == [heading, listed]


# Figures


@pytest.mark.parametrize("scheme", pictures.GROUNDS)
def test_what_is_drawn_stands_out_from_its_ground(scheme):
    glasses = [material.colour for material in load_materials().values()]
    lines = [*COLOURS.values(), *glasses, "#000000", *(f"#{grey:02x}{grey:02x}{grey:02x}" for grey in range(0, 255, 5))]
    for line in (pictures.legible(colour) for colour in lines):
        drawn = pictures.by_night(line) if scheme == "dark" else line
        assert pictures.contrast(drawn, pictures.GROUNDS[scheme]) >= pictures.MEANING, line


def test_contrast_is_that_of_the_guidelines():
    assert pictures.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert pictures.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert pictures.contrast(pictures.by_night("#ffffff"), pictures.GROUNDS["dark"]) < 1.1


SVG = '<svg viewBox="0 0 10 10"></svg>'
LONG = "Soft modes against temperature, with: 1 at 2, 3 at 4, 5 at 6 and 7 at 8. Others: 9."


@pytest.fixture(scope="module")
def drawn():
    """A page with a figure of two panels, of ten thousand points and of few."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(range(10_000), "o", color="#1d4ed8")
    right.plot([1, 2], color="0.8", label="$\\epsilon_k$ < 5")
    right.legend()
    bundle = {FIGURE: {"panels": as_panels(figure), "alt": LONG}}
    assert bundle[FIGURE]["panels"] == as_panels(figure)
    cells = [
        new_code_cell("plot_figure_8(ax)", outputs=[new_output("display_data", bundle)], metadata={"tags": []}),
        new_code_cell("plot_x(ax)", outputs=[new_output("display_data", bundle)], metadata={"tags": []}),
    ]
    return render(new_notebook(cells=cells), Page(href="4_x.html", title="x", links=(), provenance=()))


def test_figures_have_numbers_captions_and_folded_data(drawn):
    page = BeautifulSoup(drawn[0], "html.parser")
    assert [figure["id"] for figure in page.find_all("figure")] == ["fig-8", "figure-2"]
    assert [b.text for b in page.select("figcaption b")] == ["Figure 4.1, fig. 8 of the paper.", "Figure 4.2."]
    figure = page.figure
    assert figure.select_one(".panels")["aria-label"] == "Soft modes against temperature, with."
    assert figure.details.p.text == "1 at 2, 3 at 4, 5 at 6 and 7 at 8. Others: 9."
    assert drawn[1].picture.startswith("<svg")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (["5"], ", fig. 5 of the paper"),
        (["1", "2"], ", figs 1 and 2 of the paper"),
        (["6", ""], "; left, fig. 6 of the paper"),
        (["", "8"], "; right, fig. 8 of the paper"),
        (["", "8", ""], "; panel 2, fig. 8 of the paper"),
        (["", ""], ""),
        ([], ""),
    ],
)
def test_a_caption_names_the_figures_of_the_paper_by_their_panels(numbers, words):
    assert pictures.named(numbers) == words


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Model. At 1, 2, 3, 4.\nModel. At 5, 6, 7.", "Model.in numbersAt 1, 2, 3, 4. At 5, 6, 7."),
        (
            "Energy, as eq. 8 has it. More.\nAtoms. straight: 1",
            "Left: Energy, as eq. 8 has it. More. Right: Atoms. straight: 1",
        ),
        (
            "As eq. 8. At 1, 2, 3.\nAtoms. straight: 4, 5, 6",
            "Left: As eq. 8. Right: Atoms.in numbersAt 1, 2, 3. straight: 4, 5, 6",
        ),
        ("Energy. More.", "Energy. More."),
    ],
)
def test_a_caption_says_what_each_panel_shows(text, caption):
    page = BeautifulSoup(pictures.figure([SVG, SVG], text, ["fig-1", "fig-2"], "Figure 3.1"), "html.parser")
    assert page.figcaption.text == f"Figure 3.1. {caption}"
    assert (page.figure["id"], page.find_all("svg")[1]["id"]) == ("fig-1", "fig-2")


def test_figures_are_vectors_with_text_and_pixels_where_there_are_many(drawn):
    page = BeautifulSoup(drawn[0], "html.parser")
    left, right = page.figure.find_all("svg")
    assert left.image["xlink:href"].startswith("data:image/png;base64,")
    assert len(str(left)) < 100_000
    assert (right.image, bool(right.find("text"))) == (None, True)
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert "--c-949494:#636363" in page.head.decode()
    assert "#cccccc" not in str(right)


# The first and the last page


def test_the_first_page_says_what_is_left_out_and_can_be_searched(tmp_path, offline_page):
    books = tmp_path / "books"
    books.mkdir()
    for number in (1, 2):
        text = f"# Book {number}\n\nWhy </script> {number}?\n\n## Part\n\nBecause of glass."
        nbformat.write(new_notebook(cells=[new_markdown_cell(text)]), books / f"{number}_book.ipynb")
    report = Report(find_notebooks(books)[1:], tmp_path, ())
    digest = report.write(report.notebooks[0].node, "2_book", "Book 2")
    report.write_index({"2_book": Outcome("2_book", 1.0, "", digest)})
    index = BeautifulSoup((tmp_path / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert "some of the notebooks only; left out: 1 Book." in index.main.text
    assert "1 min to read" in index.select_one(".card .status").text
    texts = json.loads(index.find(id="texts").text)
    assert texts[-1] == ["2_book.html#part", "2 Book", "Part", "Because of glass."]
    offline_page.goto((tmp_path / "2_book.html").as_uri())
    offline_page.get_by_role("searchbox").fill("glass because")
    offline_page.get_by_role("searchbox").press("Enter")
    offline_page.wait_for_url("**/index.html?search=glass+because")
    assert offline_page.locator("#found li a").get_attribute("href") == "2_book.html#part"
    assert offline_page.locator("#found mark").first.inner_text() in ("glass", "Because")
    assert offline_page.errors == []


TEST = f"`test_section2_fundamentals.py::test_{'long_' * 12}`"
ROWS = f"""# Rows

| item | verdict | place | kind | remark | function | test |
|---|---|---|---|---|---|---|
| a | reproduced | §3 | number | | `theory.potential.participation_number` | {TEST} |
| b | deviates | §4, eq. 5 | equation | | | {TEST} |
| c | input | §3 | equation | | | {TEST} |

## Part

text
"""


@pytest.fixture
def ledger_page(offline_page, tmp_path):
    Report((), tmp_path, ()).write(new_notebook(cells=[new_markdown_cell(ROWS)]), "ledger", "Rows", kind="ledger")
    offline_page.goto((tmp_path / "ledger.html").as_uri())
    yield offline_page
    assert offline_page.errors == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_ledger_is_filtered(ledger_page, width):
    ledger_page.set_viewport_size({"width": width, "height": 800})

    def shown():
        return [row.strip()[0] for row in ledger_page.locator("tbody tr:visible").all_inner_texts()]

    assert shown() == ["a", "b", "c"]
    ledger_page.get_by_role("button", name="deviates").click()
    assert shown() == ["b"]
    ledger_page.get_by_role("button", name="input").click()
    assert shown() == ["b", "c"]
    ledger_page.get_by_label("section").select_option("§3")
    assert (shown(), ledger_page.locator(".filter output").inner_text()) == (["c"], "1 of 3 rows")
    ledger_page.get_by_label("section").select_option("")
    ledger_page.get_by_label("kind").select_option("equation")
    ledger_page.get_by_label("Find in the tables").fill("eq. 5")
    assert shown() == ["b"]


def test_tables_are_not_cut_at_any_width(ledger_page):
    for width in (320, 390, 640, 768, 1280):
        ledger_page.set_viewport_size({"width": width, "height": 800})
        assert ledger_page.evaluate("document.documentElement.scrollWidth") == width
        assert ledger_page.evaluate(
            "[...document.querySelectorAll('.scroll')].every((b) => b.scrollWidth <= b.clientWidth)"
        )
    ledger_page.set_viewport_size({"width": 390, "height": 800})
    tops = [ledger_page.locator(f"#row-a td:nth-child({i})").bounding_box()["y"] for i in (1, 2, 3)]
    assert tops == sorted(tops)


def test_code_stays_hidden_from_page_to_page(offline_page, tmp_path):
    report = Report((), tmp_path, ())
    for name in ("1_a", "2_b"):
        report.write(new_notebook(cells=[new_code_cell("1 + 1", metadata={"tags": []})]), name, name)
    offline_page.goto((tmp_path / "1_a.html").as_uri())
    offline_page.get_by_label("show code").uncheck()
    offline_page.goto((tmp_path / "2_b.html").as_uri())
    assert not offline_page.get_by_label("show code").is_checked()
    assert not offline_page.locator(".jp-CodeMirrorEditor").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", pictures.GROUNDS)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_has_no_finding_of_axe(drawn, offline_page, tmp_path, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    from softmodes import CrossoverExplorer

    explorer = new_output("display_data", {"text/html": CrossoverExplorer()._repr_mimebundle_()[0]["text/html"]})
    cells = [
        new_markdown_cell(ROWS),
        new_markdown_cell(f"As U. Buchenau says, {'long ' * 30}$$x^2 {'+ x' * 60} \\tag{{5}}$$"),
        new_code_cell("print('long ' * 40)", outputs=[explorer], metadata={"tags": []}),
        new_code_cell("import numpy", metadata={"tags": []}),
    ]
    Report((), tmp_path, ()).write(new_notebook(cells=cells), "1_x", "x", kind="ledger")
    offline_page.set_viewport_size({"width": width, "height": 900})
    offline_page.emulate_media(color_scheme=scheme)
    offline_page.goto((tmp_path / "1_x.html").as_uri())
    offline_page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    offline_page.wait_for_timeout(200)
    assert Axe().run(offline_page).response["violations"] == []
    assert offline_page.errors == []
