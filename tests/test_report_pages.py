"""Pages of a report from notebooks that others have written: one never costs the others theirs, texts come out so."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from jupyter_client.connect import LocalPortCache
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from papermill.engines import NotebookExecutionManager

import softmodes
from softmodes import StabilityExplorer
from softmodes.places import DATA
from softmodes.report.execute import hide_paths, run_notebook
from softmodes.report.markup import contained, markdown, typeset
from softmodes.report.notebooks import (
    Notebook,
    assign_parameters,
    find_notebooks,
    page_of,
    parameters_in,
    select_notebooks,
)
from softmodes.report.outputs import LIMIT, BoundedClient, merge_streams
from softmodes.report.publish import Outcome, Report
from softmodes.report.reading import read_notebook
from softmodes.report.render import Page, render

# A picture of one pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SHOWN = f"data:image/png;base64,{PIXEL}"


def write(path, *cells, **metadata):
    """Save cells as a notebook, those that are texts as code."""
    cells = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    path.write_text(json.dumps(new_notebook(cells=cells, metadata=metadata)))


def parameters(source):
    return new_code_cell(source, metadata={"tags": ["parameters"]})


# Reading

STORED = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [{"cell_type": "code", "source": "'ä'", "outputs": None}, {"cell_type": "raw", "source": ["a\n", "b"]}],
}
TEXT = json.dumps(STORED, ensure_ascii=False)
OLD = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": "'ä'", "outputs": []}]}]}


@pytest.mark.parametrize(
    "content",
    [
        *(TEXT.encode(encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")),
        json.dumps(OLD).encode(),
        json.dumps({**OLD, "nbformat": 2}).encode(),
        json.dumps({**STORED, "metadata": {"kernelspec": None, "language_info": {"name": "Python"}}}).encode(),
        json.dumps({**STORED, "cells": [{**STORED["cells"][0], "id": "a", "metadata": {"tags": "x"}}] * 2}).encode(),
    ],
)
def test_notebooks_of_any_encoding_and_format_are_read(tmp_path, content):
    (tmp_path / "1_x.ipynb").write_bytes(content)
    book = Notebook(tmp_path / "1_x.ipynb")
    assert book.fault == ""
    assert book.node.cells[0].source == "'ä'"
    nbformat.validate(book.node)
    assert read_notebook(str(book.path)) == book.node


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (TEXT[:60].encode(), "not a notebook: Expecting"),
        (b"", "not a notebook: the file is empty"),
        (TEXT.encode("latin-1"), "not a notebook: 'utf-8' codec can't decode byte 0xe4"),
        (b"[]", "not a notebook: the file holds something else"),
        (b"[" * 100_000, "not a notebook: its lists are nested too deeply"),
        (b'{"nbformat": 5}', "not a notebook: Unsupported nbformat version 5"),
        (b'{"nbformat": 4}', "not a notebook: "),
        (json.dumps({**STORED, "cells": [{"cell_type": "film"}]}).encode(), "not a notebook: "),
        (
            json.dumps({**STORED, "metadata": {"kernelspec": {"name": "ir", "language": "R"}}}).encode(),
            "only notebooks in Python can be run, this one is for ir",
        ),
    ],
)
def test_what_cannot_be_run_says_why(tmp_path, content, fault):
    (tmp_path / "1_x.ipynb").write_bytes(content)
    book = Notebook(tmp_path / "1_x.ipynb")
    assert book.fault.startswith(fault)
    assert (book.title, book.question, book.parameters) == ("1 X", "", {})


def test_what_is_no_file_says_so(tmp_path):
    (tmp_path / "1_folder.ipynb").mkdir()
    (tmp_path / "2_dangling.ipynb").symlink_to("nowhere")
    os.mkfifo(tmp_path / "3_pipe.ipynb")
    faults = [book.fault for book in find_notebooks(tmp_path)]
    assert faults == ["not a notebook: there is no regular file of this name"] * 3


def test_two_cells_of_parameters_are_refused_and_those_of_an_earlier_run_forgotten(tmp_path):
    write(tmp_path / "1_x.ipynb", parameters("a = 1"), parameters("a = 2"))
    assert Notebook(tmp_path / "1_x.ipynb").fault == "one cell at most may be tagged parameters, got 2"
    injected = new_code_cell("a = 3", metadata={"tags": ["injected-parameters"]})
    write(tmp_path / "2_x.ipynb", parameters("a = 1"), injected)
    assert [cell.source for cell in Notebook(tmp_path / "2_x.ipynb").node.cells] == ["a = 1"]


def test_parameters_stand_as_they_are_written(tmp_path):
    source = (
        '%matplotlib inline\na = 2 * 3\nb = None\nc = [1,\n     2]  # two\nd: float = -1.5  # -2 to 2: d\ne = "#f = 1"'
    )
    found = parameters_in(source)
    assert {name: str(parameter.default) for name, parameter in found.items()} == {
        "a": "2 * 3",
        "b": "None",
        "c": "[1, 2]",
        "d": "-1.5",
        "e": "#f = 1",
    }
    assert found["d"].bounds == (-2, 2)
    assert parameters_in("a = = 1") == {}
    write(tmp_path / "1_x.ipynb", parameters(source))
    with pytest.raises(ValueError, match=r"^a cannot be set: its default must be a .* true or false, got 2 \* 3$"):
        assign_parameters(find_notebooks(tmp_path), ["a=1"])


# Names

NAMES = ["0_x", "01_x", "1_x", "2_a b", "3_a", "3_b", "9_#1?", "10_50%", "11_{x}'\"&<é"]


@pytest.fixture
def books(tmp_path):
    for name in sorted(NAMES):
        write(tmp_path / f"{name}.ipynb")
    return find_notebooks(tmp_path)


def test_order_is_that_of_the_numbers(books):
    assert [book.name for book in books] == NAMES


def test_a_number_selects_all_notebooks_that_have_it(books):
    assert [book.name for book in select_notebooks(books, ["3", "10"])] == ["3_a", "3_b", "10_50%"]
    assert [book.name for book in select_notebooks(books, ["1"])] == ["01_x", "1_x"]


def test_label_keeps_capitals():
    assert Notebook(Path("6_NMR_of_SiO2.ipynb")).label == "6 NMR of SiO2"
    assert page_of("1_\udcff #") == "1_%FF%20%23.html"


# Texts

HOME = str(Path.home())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"1{HOME}(2)", f"1{HOME}(2)"),
        (f"http://x.org{HOME}/a", f"http://x.org{HOME}/a"),
        (f"file://{HOME}/a", "file://a"),
        (f"{HOME}kit/a {HOME}-old {HOME}.bak", f"{HOME}kit/a {HOME}-old {HOME}.bak"),
        (f"D:{HOME}/a C:\\root\\a", f"D:{HOME}/a C:\\root\\a"),
        (f"'{HOME}/a' ({HOME}/b) in {HOME}.", "'a' (b) in ."),
        (f"\x1b[32m{HOME}/a\x1b[0m", "\x1b[32ma\x1b[0m"),
        (f"/bin:{HOME}/bin:{HOME}/b", "/bin:bin:b"),
    ],
)
def test_paths_are_hidden_where_a_path_begins(text, said):
    assert hide_paths(text, "/scratch") == said


def test_paths_of_a_home_that_is_the_root_are_none(monkeypatch):
    monkeypatch.setenv("HOME", "/")
    assert hide_paths("/a/b 1/2", "/scratch") == "/a/b 1/2"


FORMULAS = r"""Is \$5 or \$6 more than $a_1*b_1*c$, or $x<y$ & [$u_1$](v.html)?

## Heading $h_1$

<table><tr><td>$t_1$</td><td>\$5</td><td>$6</td><td><code>$7$</code></td></tr></table>

| $c_1$ |
|---|
| \$8 and \$9 |

\begin{align}
a &= b_1
\end{align}

$$
d_1

e_1
$$

`$10$`
"""


def test_formulas_are_marked_and_nothing_else():
    page = BeautifulSoup(markdown(FORMULAS, Path(), {}), "html.parser")
    assert [tag.text for tag in page.select(".tex:not(.display)")] == [
        "$a_1*b_1*c$",
        "$x<y$",
        "$u_1$",
        "$h_1$",
        "$t_1$",
        "$c_1$",
    ]
    assert [tag.text.split() for tag in page.select(".display")] == [
        ["\\begin{align}", "a", "&=", "b_1", "\\end{align}"],
        ["$$", "d_1", "e_1", "$$"],
    ]
    assert page.em is None
    for tag in page.select(".tex"):
        tag.decompose()
    assert re.findall(r"\\?\$\d+\$?", page.get_text(" ")) == ["$5", "$6", "$5", "$6", "$7$", "$8", "$9", "$10$"]


def test_latex_of_an_output_is_text_and_formulas():
    html = typeset(r"Let $a$ cost \$5, \(b\) and \[c\]")
    assert BeautifulSoup(html, "html.parser").text == "Let $a$ cost $5, $b$ and $$c$$"
    assert html.count('class="tex"') == 2


def test_files_beside_a_notebook_are_within_its_page(tmp_path):
    picture = nbformat.v4.nbbase.NotebookNode({"image/png": PIXEL})
    for name in ("a.png", "b #1%.png"):
        (tmp_path / name).write_bytes(b64decode(PIXEL))
    text = (
        '![a](a.png) ![b](b%20%231%25.png) <img src="a.png" alt="c"> ![d](attachment:d%20.png)\n\n'
        "![gone](gone.png) ![lost](attachment:e) ![far](https://example.org/a.png) [data](table.csv)\n"
    )
    page = BeautifulSoup(markdown(text, tmp_path, {"d .png": picture}), "html.parser")
    assert [(img["alt"], img.get("src")) for img in page.find_all("img")] == [
        *((alt, SHOWN) for alt in "abcd"),
        *((alt, None) for alt in ("gone", "lost", "far")),
    ]
    assert page.a["href"] == "table.csv"


def test_html_of_an_output_asks_for_no_file(tmp_path):
    text = '<img src="x.png"><script src="https://x.org/a.js"></script><link href="https://x.org/a.css"><p>$5'
    html = contained(text, tmp_path)
    assert "src=" not in html
    assert "<link" not in html
    assert "$5" in html
    whole = f'<div><p>unclosed <img alt="" src="{SHOWN}">'
    assert contained(whole, tmp_path) == whole


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("# T\nWhy\n$a_1$?\n\nMore.", "Why\n$a_1$?"),
        ("T\n=\n\n- Why?\n- How?\n\nMore.", "- Why?\n- How?"),
        ("# T\n\n```python\n# no heading\n\nx\n```\nMore.", "```python\n# no heading\n\nx\n```"),
        ("<!-- c -->\n\n# T\n\n<div>\n\n| a |\n|---|\n| b |\n\nMore.", "| a |\n|---|\n| b |"),
        ("# T\n\n<p>Why\n\nMore.", "<p>Why"),
        ("# T\n---\n\n[r]: x.html\n\n![w](why.png)\n\nMore.", "![w](why.png)"),
    ],
)
def test_the_question_is_the_first_block_whatever_it_is(tmp_path, text, question):
    write(tmp_path / "1_x.ipynb", new_markdown_cell(text))
    book = Notebook(tmp_path / "1_x.ipynb")
    assert (book.title, book.question) == ("T", question)


def test_index_keeps_what_each_notebook_leaves_open_apart(tmp_path):
    texts = [
        r"# A *b* [c](d.html) \$5" "\n\n<div><p>Why <b>not",
        "# `x` & y\n\n```\ncode",
        "# Last\n\n![p](attachment:p)",
    ]
    for number, text in enumerate(texts):
        attachments = {"p": {"image/png": PIXEL}}
        write(tmp_path / f"{number}_a #?%.ipynb", new_markdown_cell(text, attachments=attachments))
    books = find_notebooks(tmp_path)
    outcomes = {book.name: Outcome(book.name, 1.0, "no $x$ <b>") for book in books}
    Report(books, tmp_path, ()).write_index(outcomes)
    index = BeautifulSoup((tmp_path / "index.html").read_text(encoding="utf-8"), "html.parser")
    links = index.select("main h2 a")
    assert [link["href"] for link in links] == [*(page_of(book.name) for book in books), "ledger.html", "teach.html"]
    assert [link.text for link in links[:3]] == ["A b [c](d.html) $5", "x & y", "Last"]
    assert [code.text for code in index.select(".status code")] == ["no $x$ <b>"] * 3
    assert index.img["src"] == SHOWN
    assert len(index.find_all("b")) == 1
    assert len(index.select("main .tex")) == 0


def page_with(output, source="1"):
    cell = new_code_cell(source, outputs=[output], metadata={"tags": []})
    return render(new_notebook(cells=[cell]), Page(href="1_x.html", title="x", links=(), provenance=()))[0]


def test_metadata_of_a_picture_are_escaped():
    metadata = {"image/png": {"alt": '"><b>', "width": '1"><b>', "height": 5}}
    page = BeautifulSoup(page_with(new_output("display_data", {"image/png": PIXEL}, metadata=metadata)), "html.parser")
    assert (page.main.img["alt"], page.main.img["width"], page.main.img["height"]) == ('"><b>', '1"><b>', "5")
    assert page.main.b is None


def test_a_page_says_what_it_cannot_show_and_is_utf8():
    assert "an output of type application/x, which a page cannot show" in page_with(
        new_output("display_data", {"application/x": "y"})
    )
    html = page_with(new_output("stream", text="a\ud800b\0c"), source="'\udfff'")
    assert "a\ufffdb\ufffdc" in html
    assert html.encode()


# Outputs


@pytest.fixture
def client():
    book = new_notebook(cells=[new_code_cell(""), new_code_cell("")])
    client = BoundedClient(NotebookExecutionManager(book, progress_bar=False))
    client.clear_before_next_output = False  # as at the start of a cell
    return client


def send(client, kind, index=0, **content):
    message = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}
    client.process_message({**message, "msg_id": ""}, client.nb.cells[index], index)


def kept(client, index=0):
    return sum(len(json.dumps(output)) for output in client.nb.cells[index].outputs)


def test_much_output_is_cut_and_said_so(client):
    for _ in range(30):
        send(client, "stream", name="stdout", text="x" * 1_000_000)
    send(client, "display_data", data={"text/html": "y" * LIMIT}, metadata={})
    send(client, "error", ename="ValueError", evalue="z" * LIMIT, traceback=["z" * LIMIT])
    send(client, "stream", index=1, name="stdout", text="of another cell")
    client.note_what_is_left_out()
    assert kept(client) < 0.6 * LIMIT
    assert client.nb.cells[0].outputs[-2].ename == "ValueError"
    assert re.search(
        r"more than a page holds: [67]\d,\d{3},\d{3} char", client.nb.cells[0].outputs[-1].data["text/html"]
    )
    assert [output.text for output in client.nb.cells[1].outputs] == ["of another cell"]


def test_what_is_cleared_takes_no_room(client):
    for _ in range(30):
        send(client, "clear_output", wait=True)
        send(client, "display_data", data={"text/html": "y" * 1_000_000}, metadata={})
    client.note_what_is_left_out()
    assert len(client.nb.cells[0].outputs) == 1


def test_pieces_of_a_text_are_one_without_what_was_written_over():
    pieces = ["0 %\r50", " %\r", "100 %\r\nend", "\n"]
    outputs = [new_output("stream", text=text) for text in pieces] + [new_output("stream", name="stderr", text="e")]
    assert [output.text for output in merge_streams(outputs)] == ["100 %\nend\n", "e"]
    # a pattern that looks for the end of the line from each place takes minutes
    assert len(merge_streams([new_output("stream", text="x" * 10_000_000)])[0].text) == 10_000_000


# Runs

FORMS = r"""# Formulas

$$\newcommand{\R}{\mathbb{R}}\newcommand{\eps}[1]{\varepsilon_{#1}} \R$$"""
MONEY = r"\$5 or \$6, $\eps{a}$ and $\R$"

BESIDE = """\
import helper, os
assert open("table.csv").read() == "1,2" and open("sub/x.txt").read() == "x" and helper.value == 42
assert open("../beyond.txt").read() == "beyond"
for name in ("new.txt", "table.csv", "sub/new.txt"):
    open(name, "a").write("more")
os.link("a.png", "made.png")"""

SETTINGS = """\
import matplotlib.pyplot as plt
print(plt.rcParams["figure.figsize"], plt.rcParams["text.usetex"], open is not None)
plt.plot([1, 2])
plt.show()"""

HALVES = "print('\\ud800', flush=True)\n'\\udfff'"

KILL = """\
import psutil, time
[parent.kill() for parent in psutil.Process().parents() if "spawn_main" in " ".join(parent.cmdline())]
time.sleep(60)"""

RUNS = {
    "1_formulas": (
        new_markdown_cell(FORMS),
        new_markdown_cell(r"\$5 or \$6, $\eps{a}$ and $\R$"),
        "print('$7 and $8')",
    ),
    "2_killer": (new_markdown_cell("# Killer"), KILL),
    "3_raises": (new_code_cell("1/0", metadata={"tags": ["raises-exception"]}), "print('went', 'on')"),
    "4_beside": (new_markdown_cell("![a](a.png)"), BESIDE, new_markdown_cell("![made](made.png)")),
    "5_settings": (SETTINGS,),
    "6_halves": (HALVES, "exit()", "import time\ntime.sleep(60)"),
    "7_ends": ("import sys\nsys.exit()", "print('never', 'printed')"),
}
FAILURES = {
    "0_damaged": "not a notebook: the file is empty",
    "2_killer": "the process that ran it was killed",
    "6_halves": "the kernel died",
    "7_ends": "SystemExit",
}


def run(folder, output, *options, **environment):
    """The command in a process of its own with other settings."""
    command = [sys.executable, "-c", "from softmodes.report.commands import main; main()", "report"]
    options = ["--notebooks", folder, "--output", output, *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(softmodes.__file__).parents[1]), **environment}
    return subprocess.run(
        [*command, *map(str, options)], capture_output=True, text=True, check=False, env=environment, cwd=folder
    )


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """The home of a reader whose own sessions look and behave otherwise."""
    home = tmp_path_factory.mktemp("home")
    profile = home / ".ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (home / ".config" / "matplotlib").mkdir(parents=True)
    for path in (profile / "startup" / "00.py", home / "startup.py"):
        path.write_text("open = None\nprint('started')")
    (profile / "ipython_config.py").write_text("c.InlineBackend.figure_formats = {'svg'}")
    for path in (home / ".config" / "matplotlib" / "matplotlibrc", home / "matplotlibrc"):
        path.write_text("text.usetex: True\nfigure.figsize: 1, 1\n")
    return {
        "HOME": str(home),
        "MATPLOTLIBRC": str(home / "matplotlibrc"),
        "PYTHONSTARTUP": str(home / "startup.py"),
        "MPLBACKEND": "svg",
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory, reader):
    """A folder of notebooks, the report on it that such a reader makes, and what the command says."""
    folder = tmp_path_factory.mktemp("around") / "books"
    (folder / "sub").mkdir(parents=True)
    for name, cells in RUNS.items():
        write(folder / f"{name}.ipynb", *cells)
    (folder / "0_damaged.ipynb").touch()
    (folder / "a.png").write_bytes(b64decode(PIXEL))
    files = {"table.csv": "1,2", "sub/x.txt": "x", "helper.py": "value = 42", "../beyond.txt": "beyond"}
    for name, text in {**files, "matplotlibrc": "figure.figsize: 1, 1"}.items():
        (folder / name).write_text(text)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    result = run(folder, folder.parent / "report", "--timeout", 30, **reader)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    return folder, folder.parent / "report", result


def soup(folder, name):
    return BeautifulSoup((folder / f"{name}.html").read_bytes().decode(), "html.parser")


@pytest.mark.slow
@pytest.mark.parametrize(("taken", "failure"), [(1, ""), (99, "died before replying")])
def test_kernel_whose_port_was_taken_is_started_again(tmp_path, monkeypatch, taken, failure):
    """The library looks for free ports, lets them go, and hopes that nobody else gets them before the kernel does."""
    found = LocalPortCache.find_available_port
    write(tmp_path / "one.ipynb", new_code_cell("6 * 7"))
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        ports = iter([held.getsockname()[1]] * taken)
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda *args: next(ports, None) or found(*args))
        run = run_notebook(Notebook(tmp_path / "one.ipynb"), {}, timeout=30)
    assert failure in run.failure
    assert (run.failure == "") == (failure == "") == ("42" in str(run.notebook.cells[-1].outputs))


@pytest.mark.slow
def test_one_notebook_costs_no_other_its_page(made):
    _, report, result = made
    assert (result.returncode, result.stderr) == (1, "")
    said = dict(re.findall(r"^(\S+)  [\d.]+ s(?:  failed: (.*))?$", result.stdout, re.MULTILINE))
    assert said == {name: FAILURES.get(name, "") for name in ("0_damaged", *RUNS)}
    for name, failure in said.items():
        shown = soup(report, name).select_one(".failure code")
        assert (shown.text if shown else "") == failure
    assert "went on" in soup(report, "3_raises").main.text
    assert "never printed" not in soup(report, "7_ends").main.text
    assert soup(report, "6_halves").main.text.count("\ufffd") == 1


@pytest.mark.slow
def test_pictures_that_a_run_makes_are_in_its_page(made):
    assert [img["src"] for img in soup(made[1], "4_beside").main.find_all("img")] == [SHOWN, SHOWN]


@pytest.mark.slow
def test_settings_of_the_reader_change_no_page(made, monkeypatch):
    page = soup(made[1], "5_settings").main
    assert "[6.4, 4.8] False True" in page.text
    monkeypatch.setenv("HOME", "/proc/nobody")
    again = run_notebook(Notebook(made[0] / "5_settings.ipynb"), {}, timeout=60).notebook.cells[0].outputs
    assert [output.output_type for output in again] == ["stream", "display_data"]
    assert page.img["src"] == f"data:image/png;base64,{again[1].data['image/png'].strip()}"


@pytest.mark.slow
def test_definitions_hold_in_the_next_cell_and_money_is_money(made, offline_page):
    offline_page.goto((made[1] / "1_formulas.html").as_uri())
    assert offline_page.errors == []
    assert offline_page.locator(".katex").count() == 3
    assert offline_page.locator(".katex-error").count() == 0
    text = offline_page.locator("main").inner_text()
    assert "$5 or $6" in text
    assert "$7 and $8" in text


@pytest.mark.slow
def test_missing_data_cost_only_the_pages_that_need_them(tmp_path):
    (tmp_path / "softmodes").symlink_to(Path(softmodes.__file__).parent)
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("n500.npz", "recomputed"))
    (tmp_path / "books").mkdir()
    write(
        tmp_path / "books" / "1_needs.ipynb",
        "from softmodes.paper.loaders import load_ensembles\nload_ensembles().glasses",
    )
    write(tmp_path / "books" / "2_needs_not.ipynb", "import softmodes")
    result = run(tmp_path / "books", tmp_path / "report", "--jobs", 1, PYTHONPATH=str(tmp_path))
    assert (result.returncode, result.stderr) == (1, "")
    said = dict(re.findall(r"^(\S+)  [\d.]+ s(.*)$", result.stdout, re.MULTILINE))
    assert said["2_needs_not"] == ""
    assert "n500" in said["ledger"]
    assert "n500" in said["1_needs"]
    assert "n500" in soup(tmp_path / "report", "ledger").select_one(".failure").text


@pytest.mark.slow
def test_explorers_of_two_kernels_keep_their_places(opened):
    # as a kernel makes it at its start: nothing counts what has been shown before
    one, other = (StabilityExplorer(eta=eta)._repr_mimebundle_()[0]["text/html"] for eta in (0.1, 0.2))
    assert other == StabilityExplorer(eta=0.2)._repr_mimebundle_()[0]["text/html"]
    page = opened(f"<!doctype html><meta charset='utf-8'><div id='a'>{one}</div><div id='b'>{other}</div>{one}")
    assert page.locator(".softmodes-explorer").count() == 3
    assert [page.locator(f"#{name} [name=eta]").input_value() for name in "ab"] == ["0.1", "0.2"]
    # and where a viewer takes a script out and runs it elsewhere
    page.evaluate(
        """html => {
          const box = document.body.appendChild(document.createElement("div"));
          box.innerHTML = html;
          const script = document.createElement("script");
          script.text = box.querySelector("script").text;
          box.querySelector("script").remove();
          document.head.append(script);
        }""",
        other,
    )
    assert page.locator(".softmodes-explorer").count() == 4
