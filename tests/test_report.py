"""The report: what is refused before anything runs, what survives a failure, and what a page is made of."""

import csv
import io
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import zlib
from dataclasses import asdict
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from softmodes.paper.materials import estimated_materials
from softmodes.paper.records import VERDICTS, records
from softmodes.places import DATA, NOTEBOOKS
from softmodes.report.commands import main
from softmodes.report.execute import hide_paths
from softmodes.report.notebooks import Notebook, Parameter
from softmodes.report.provenance import provenance
from softmodes.report.publish import Report, published_folder

PARAMETERS = """\
beta_epsilon_m = 5.0  # 0.5 to 12: formation energy over k_BT
glass = "SiO2"  # SiO2, Se or B2O3: the glass in the tables
atoms = 50  # 10 to 1000: atoms in the picture
residual = True  # whether to draw the residual
shift = -0.5  # -1 to 1e1: a negative default"""

TEXT = r"""# The undercooled *liquid*

When does a mode $\eta_k$ become unstable?

$$\beta\epsilon_k\langle x_k^2\rangle = 2\beta\epsilon_m(1-\eta_k) \tag{20}$$

| glass | $N_s$ |
|---|---|
| SiO2 | 39 |
"""

# A picture of one pixel, with the description that a report is to carry.
FIGURE = """\
from base64 import b64decode
class Figure:
    def _repr_png_(self):
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        return b64decode(pixel), {"alt": 'Curve <through> "5.0"'}
Figure()"""

# The path itself must not be in the page.
OWN_KERNEL = f"""\
import sys, zlib
assert zlib.crc32(sys.executable.encode()) == {zlib.crc32(sys.executable.encode())}"""

WARNING = """\
import warnings
warnings.warn("a warning with a path")
print(beta_epsilon_m)"""

WIDE = """\
from IPython.display import HTML, Markdown, display
display(Markdown("| wide " * 40 + "|\\n" + "|---" * 40 + "|\\n" + "| 1.0 " * 40 + "|"))
display(HTML("<table><tr>" + "<td>wide</td>" * 40 + "</tr></table>"))
print("wide " * 40)"""


BOOKS = ["1_whole", "2_failing", "3_dying", "4_slow"]
PAGES = ["index", "ledger", "symbols", "teach", *BOOKS]

FORMS = ["text", "markdown", "csv"]

# The beginning of a page, by which a report knows its own.
PAGE = '<meta name="generator" content="softmodes report">'


def write_notebook(path, *cells):
    """Save cells as a notebook whose kernel is installed nowhere."""
    kernel = {"name": "installed-nowhere", "display_name": "none", "language": "python"}
    nbformat.write(new_notebook(cells=list(cells), metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    code = [new_code_cell(source) for source in (OWN_KERNEL, WARNING, FIGURE, WIDE)]
    write_notebook(folder / "1_whole.ipynb", new_markdown_cell(TEXT), parameters, *code)
    write_notebook(
        folder / "2_failing.ipynb",
        new_markdown_cell("# A failing notebook\n\nWhy?"),
        # at once: what takes long to import would be stopped at the limit of the slow one
        new_code_cell("raise ValueError('no notebooks N_name.ipynb in __$x$__')"),
        new_code_cell("print('never', 'printed')"),
    )
    write_notebook(
        folder / "3_dying.ipynb",
        new_markdown_cell("# A dying kernel"),
        new_code_cell("print('alive', 'and well')"),
        new_code_cell("import os\nos._exit(1)"),
    )
    write_notebook(folder / "4_slow.ipynb", new_code_cell("import time\ntime.sleep(60)"))
    return folder


def run(*arguments):
    """The command as it is installed, in a process of its own and without a terminal."""
    command = Path(sysconfig.get_path("scripts"), "softmodes")
    return subprocess.run([command, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(notebooks, tmp_path_factory):
    """A report on all of the notebooks, and what the command said."""
    folder = tmp_path_factory.mktemp("made") / "below" / "reports"
    settings = ["--set", "beta_epsilon_m=4", "--set", "residual=true"]
    return folder, run("report", "--notebooks", notebooks, "--output", folder, "--timeout", 5, *settings)


def soup(folder, name):
    return BeautifulSoup((folder / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


REFUSED = {
    ("--set", "beta_epsilon=4"): "no selected notebook has a parameter beta_epsilon; there are atoms, beta_epsilon_m, ",
    ("--set", "beta_epsilon_m"): "a setting is name=value, got beta_epsilon_m",
    ("--set", "beta_epsilon_m=20"): "beta_epsilon_m must be a number from 0.5 to 12, got 20",
    ("--set", "beta_epsilon_m=nan"): "beta_epsilon_m must be a number from 0.5 to 12, got nan",
    ("--set", "beta_epsilon_m=inf"): "beta_epsilon_m must be a number from 0.5 to 12, got inf",
    ("--set", "beta_epsilon_m="): "beta_epsilon_m must be a number from 0.5 to 12, got ",
    ("--set", "beta_epsilon_m=five"): "beta_epsilon_m must be a number from 0.5 to 12, got five",
    ("--set", "atoms=10.5"): "atoms must be a whole number from 10 to 1000, got 10.5",
    ("--set", "glass=Xe2O7"): f"glass must be one of {', '.join(estimated_materials())}, got Xe2O7",
    ("--set", "residual=maybe"): "residual must be true or false, got maybe",
    ("--only", "2", "--set", "atoms=20"): "no selected notebook has a parameter atoms; there are none",
    ("--only", "7"): "there is no notebook 7; there are 1_whole, 2_failing, 3_dying, 4_slow",
}


@pytest.mark.parametrize(("options", "message"), REFUSED.items(), ids=map(" ".join, REFUSED))
def test_refused_in_one_line_before_anything_runs(notebooks, tmp_path, options, message):
    output = tmp_path / "reports"
    result = CliRunner().invoke(main, ["report", "--notebooks", notebooks, "--output", output, *options])
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {message}")
    assert result.output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_unwritable_output_is_refused_in_one_line(notebooks, tmp_path):
    (tmp_path / "file").write_text("in the way")
    output = tmp_path / "file" / "reports"
    result = CliRunner().invoke(main, ["report", "--notebooks", notebooks, "--output", output])
    assert result.exit_code == 2
    assert result.output == f"Error: cannot write a report to {output}: Not a directory\n"


def test_folder_without_notebooks_is_refused(tmp_path):
    result = CliRunner().invoke(main, ["report", "--notebooks", tmp_path])
    assert (result.exit_code, result.output) == (2, f"Error: no notebooks N_name.ipynb in {tmp_path}\n")


@pytest.mark.parametrize(
    ("default", "comment", "text", "value"),
    [
        (5.0, "0.5 to 12: energy", "4", 4.0),
        (-0.5, "-1 to 1e1: shift", "-1", -1.0),
        (50, "10 to 1000: atoms", "1000", 1000),
        ("SiO2", "SiO2, Se or B2O3: glass", "Se", "Se"),
        ("SiO2", "any name", "GeO2", "GeO2"),
        (True, "", "False", False),
    ],
)
def test_admissible_value_keeps_the_type_of_the_default(default, comment, text, value):
    parsed = Parameter("name", default, comment).parse(text)
    assert parsed == value
    assert type(parsed) is type(default)


def test_notebook_says_what_it_is_about(notebooks):
    book = Notebook(notebooks / "1_whole.ipynb")
    assert book.title == "The undercooled *liquid*"
    assert book.question == r"When does a mode $\eta_k$ become unstable?"
    assert Notebook(Path("4_undercooled_liquid.ipynb")).label == "4 Undercooled liquid"
    assert list(book.parameters) == ["beta_epsilon_m", "glass", "atoms", "residual", "shift"]


def test_report_takes_the_place_of_an_earlier_one_only(tmp_path):
    with published_folder(tmp_path / "reports") as folder:
        (folder / "old.html").write_text(PAGE)
    with published_folder(tmp_path / "reports") as folder:
        (folder / "new.html").write_text(PAGE)
    assert [path.name for path in tmp_path.rglob("*.html")] == ["new.html"]
    (tmp_path / "reports" / "thesis.html").write_text("years of work")
    refused = pytest.raises(ValueError, match="holds thesis.html, which is not of a report")
    with refused, published_folder(tmp_path / "reports"):
        pass
    assert len(list(tmp_path.rglob("*"))) == 3


def test_interrupted_report_leaves_the_earlier_one(tmp_path):
    with published_folder(tmp_path / "reports") as folder:
        (folder / "old.html").write_text(PAGE)

    def interrupted():
        with published_folder(tmp_path / "reports") as folder:
            (folder / "half.html").write_text(PAGE)
            raise KeyboardInterrupt

    pytest.raises(KeyboardInterrupt, interrupted)
    assert [path.name for path in tmp_path.rglob("*.html")] == ["old.html"]


def test_paths_of_the_machine_are_left_out():
    scratch, home = tempfile.gettempdir() + "/tmp123", str(Path.home())
    text = (
        f"{scratch}/a.txt {scratch}: {NOTEBOOKS.parent}/softmodes/x.py {home}/b {sysconfig.get_path('purelib')}/numpy"
    )
    assert hide_paths(text, scratch) == "a.txt : softmodes/x.py b numpy"
    assert hide_paths(f"{tempfile.gettempdir()}/ipykernel_12/345.py:2: Warning", scratch) == "<cell>:2: Warning"


def test_ledger_is_printed_in_three_forms():
    text, markdown, table = (CliRunner().invoke(main, ["ledger", "--format", form]).output for form in FORMS)
    assert list(csv.DictReader(io.StringIO(table))) == [asdict(record) for record in records()]
    for kind in VERDICTS:
        assert f"## {kind.capitalize()}s\n\n{records(kind)[0]}\n\n" in text
        assert f"## {kind.capitalize()}s\n\n{records(kind)._repr_markdown_()}\n\n" in markdown
    missing = CliRunner().invoke(main, ["ledger", "--ensemble", "recomputed"])
    assert missing.exit_code == (0 if (DATA / "glasses" / "recomputed" / "n500.npz").exists() else 1), missing.output


@pytest.mark.slow
def test_tables_are_printed_where_the_terminal_knows_no_greek():
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    command = Path(sysconfig.get_path("scripts"), "softmodes")
    printed = subprocess.run([command, "ledger"], env=environment, capture_output=True, check=True).stdout
    assert "ε_m" in printed.decode("utf-8")


@pytest.mark.slow
def test_a_failure_stops_no_other_notebook(made):
    folder, result = made
    assert result.returncode == 1
    assert result.stderr == ""
    lines = sorted(result.stdout.splitlines())
    patterns = [
        r"1_whole  \d+\.\d s",
        r"2_failing  \d+\.\d s  failed: ValueError: no notebooks N_name.ipynb in __\$x\$__",
        r"3_dying  \d+\.\d s  failed: the kernel died",
        r"4_slow  \d+\.\d s  failed: no result within 5 s",
        rf"{re.escape(str(folder))}/index\.html  8 pages  \d\.\d MB  \d+\.\d s",
    ]
    assert len(lines) == len(patterns)
    for pattern in patterns:
        assert any(re.fullmatch(pattern, line) for line in lines), pattern
    assert [path.name for path in folder.parent.iterdir()] == ["reports"]


@pytest.mark.slow
def test_failed_pages_say_what_failed_and_where(made):
    folder, _ = made
    failing, dying = soup(folder, "2_failing"), soup(folder, "3_dying")
    assert "ValueError: no notebooks" in failing.select_one(".failure").text
    assert "Traceback" in failing.select_one(".celltag_failed").text
    assert "never printed" not in failing.text
    assert failing.find(id=failing.select_one(".failure a")["href"][1:]) == failing.select_one(".celltag_failed")
    assert "the kernel died" in dying.select_one(".failure").text
    assert "alive and well" in dying.text
    assert "os._exit" in dying.select_one(".celltag_failed").text


@pytest.mark.slow
def test_index_lists_what_was_run(made):
    folder, _ = made
    index = soup(folder, "index")
    links = {a["href"] for a in index.main.find_all("a")}
    assert links == {
        *(f"{book}.html" for book in BOOKS),
        "ledger.html",
        "ledger.html#errata",
        "ledger.html#words",
        "symbols.html",
        "teach.html",
    }
    assert [p.code.text for p in index.select(".status") if p.code][0].endswith("in __$x$__")
    assert "complete" in index.select_one(".status").text
    ledger = soup(folder, "ledger")
    assert all(ledger.find(id=name).name == "h2" for name in ("errata", "words"))
    wrong = [a["href"].removeprefix("#") for a in ledger.find(id="errata").find_next("p").find_all("a")]
    assert wrong == [row["id"] for row in ledger.select("tr:has(.verdict.no)")] != []


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_page_asks_for_no_other_file(made, name):
    page = soup(made[0], name)
    assert page.find_all(["link", "iframe", "object", "embed", "base"]) == []
    assert all(tag["src"].startswith("data:") for tag in page.find_all(src=True))
    styles = [tag.text for tag in page.find_all("style")] + [tag["style"] for tag in page.find_all(style=True)]
    assert not any(re.search(r"@import|url\((?!data:)", style) for style in styles)
    hrefs = {tag["href"] for tag in page.find_all(href=True)}
    # the paper, and what the claims of the ledger cite
    cited = {
        row["doi"]
        for row in csv.DictReader((DATA / "references.csv").read_text(encoding="utf-8").splitlines())
        if row["doi"]
    }
    away = {href for href in hrefs if "//" in href}
    assert "https://doi.org/10.1080/13642819208217904" in away
    assert away <= {"https://doi.org/10.1080/13642819208217904", *(f"https://doi.org/{doi}" for doi in cited)}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_page_has_landmarks_and_one_heading(made, name):
    page = soup(made[0], name)
    assert page.html["lang"] == "en"
    assert len(page.find_all("h1")) == (name != "4_slow")
    assert page.title.text
    assert all(page.find_all(tag) for tag in ("header", "nav", "main", "footer"))
    assert page.nav.find("a", {"aria-current": "page"})["href"] == f"{name}.html"
    assert {a["href"] for a in page.nav.find_all("a")} == {f"{other}.html" for other in PAGES}
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_page_does_not_tell_where_it_was_made(made, notebooks, name):
    page = soup(made[0], name)
    for tag in page.find_all(["style", "script"]):
        tag.decompose()
    for path in (tempfile.gettempdir(), Path.home(), NOTEBOOKS.parent, sys.prefix, notebooks, "ipykernel_"):
        assert str(path) not in page.text


@pytest.mark.slow
def test_picture_keeps_its_description(made):
    assert soup(made[0], "1_whole").main.img["alt"] == 'Curve <through> "5.0"'


@pytest.mark.slow
def test_footer_says_what_made_the_page(made):
    footer = soup(made[0], "1_whole").footer
    facts = {div.dt.text: div.dd.text for div in footer.select("dl div")}
    assert list(facts) == [
        "commit",
        "lock",
        "python",
        "softmodes",
        "numpy",
        "scipy",
        "matplotlib",
        "papermill",
        "run time",
    ]
    assert facts["python"] == sys.version.split()[0]
    assert re.fullmatch(r"\d+\.\d s", facts["run time"])
    assert [mark.text for mark in footer.find_all("mark")] == ["beta_epsilon_m = 4.0"]
    assert "(default 5.0); glass = SiO2; atoms = 50; residual = True; shift = -0.5." in " ".join(footer.text.split())


@pytest.mark.slow
def test_two_runs_differ_in_their_times_only(made, notebooks, tmp_path):
    book, values = Notebook(notebooks / "1_whole.ipynb"), {"beta_epsilon_m": 4.0, "residual": True}
    # here and alone, not by a command that makes all other pages, too
    with published_folder(tmp_path / "reports") as folder:
        assert Report((book,), folder, provenance()).write_notebook(book, values, 60.0).failure == ""

    def timeless(folder):
        page = soup(folder, "1_whole")
        page.nav.decompose()  # shorter in the second run
        return re.sub(r"\d+\.\d s", "", str(page))

    assert timeless(tmp_path / "reports") == timeless(made[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_without_a_network(made, offline_page, name):
    offline_page.set_viewport_size({"width": 390, "height": 800})
    offline_page.goto((made[0] / f"{name}.html").as_uri())
    assert offline_page.requests == []
    assert offline_page.errors == []
    assert offline_page.locator(".katex-error").count() == 0
    assert offline_page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.slow
def test_mathematics_is_set_in_its_own_fonts(made, offline_page):
    offline_page.goto((made[0] / "1_whole.html").as_uri())
    assert offline_page.locator(".katex").count() == 3
    assert offline_page.locator(".katex-tag").inner_text() == "(20)"
    loaded = "document.fonts.ready.then(fonts => [...fonts].filter(f => f.status == 'loaded').map(f => f.family))"
    assert {"KaTeX_Main", "KaTeX_Math"} <= set(offline_page.evaluate(loaded))


@pytest.mark.slow
def test_code_can_be_hidden(made, offline_page):
    offline_page.goto((made[0] / "1_whole.html").as_uri())
    code = offline_page.locator(".jp-CodeMirrorEditor").first
    assert code.is_visible()
    offline_page.get_by_label("show code").uncheck()
    assert not code.is_visible()
    assert offline_page.locator("main img").is_visible()


@pytest.mark.slow
def test_dark_scheme_keeps_pictures_on_white(made, offline_page):
    offline_page.emulate_media(color_scheme="dark")
    offline_page.goto((made[0] / "1_whole.html").as_uri())

    def background(selector):
        return offline_page.locator(selector).evaluate("element => getComputedStyle(element).backgroundColor")

    assert background("body") == "rgb(20, 20, 22)"
    assert background("main img") == "rgb(255, 255, 255)"
