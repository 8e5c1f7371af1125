"""The reference and the how-to pages: every public name is there, every link leads somewhere, every step works."""

import ast
import doctest
import os
import re
import shutil
import subprocess
import sys
import zlib
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from nbconvert.filters import Highlight2HTML
from nbformat.v4 import new_code_cell

from softmodes.places import NOTEBOOKS
from softmodes.report.commands import main
from softmodes.report.folder import clean, published_folder
from softmodes.report.notebooks import find_notebooks
from softmodes.report.page.reference import imported, link_code, reference_places
from softmodes.report.publish import Outcome, Report

ROOT = Path(__file__).parents[1]
PUBLIC = import_module("test_api").PUBLIC
BOOKS = find_notebooks(NOTEBOOKS)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The reference, and beside it the pages of notebooks that have not been run."""
    folder = tmp_path_factory.mktemp("reports")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "-d", folder / "doctrees", ROOT / "docs", folder / "api"]
    done = subprocess.run(build, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    (folder / "new").mkdir()
    report = Report(BOOKS, folder / "new", (), reference_places(folder))
    for book in BOOKS:
        report.write(book.node, book.name, book.title)
    report.write_ledger("shipped")
    report.write_symbols()
    report.write_teach()
    report.write_index(dict.fromkeys((book.name for book in BOOKS), Outcome("", 0.0, "")))
    for page in (folder / "new").iterdir():
        page.rename(folder / page.name)
    return folder


@pytest.mark.slow
def test_every_public_name_is_in_the_reference(reports):
    known = reference_places(reports)
    names = {f"{place}.{name}" for place in PUBLIC for name in PUBLIC[place].split() if ".report" not in place}
    rooms = {name for name in names if name.count(".") == 1 and name in PUBLIC} | {"softmodes.report"}
    assert names - known.keys() - rooms == set()
    for short in ("sm.crossover_energy", "crossover_energy", "theory.crossover.crossover_energy"):
        assert known[short] == known["softmodes.crossover_energy"]
    assert known["sm.Material.atoms"] == known["paper.materials.Material.atoms"]
    assert not {"glass", "mass", "atoms", "mean"} & known.keys()


@pytest.mark.slow
def test_every_link_leads_somewhere(reports):
    pages = {path: BeautifulSoup(path.read_bytes(), "html.parser") for path in reports.rglob("*.html")}
    anchors = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    lost = []
    for path, page in pages.items():
        for tag in page.find_all(["a", "link", "script", "img"]):
            parts = urlsplit(tag.get("href") or tag.get("src") or "")
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            # a figure is drawn when its notebook is run
            named = parts.fragment and not parts.fragment.startswith("fig-")
            if parts.scheme:
                assert tag.name == "a" or parts.scheme == "data"
            elif not target.is_file() or (named and unquote(parts.fragment) not in anchors[target]):
                lost.append((path.name, tag.get("href") or tag.get("src")))
    assert lost == []
    assert len(pages) > 2 * len(BOOKS)


@pytest.mark.slow
def test_what_a_notebook_calls_is_a_link(reports):
    known = reference_places(reports)
    for book in BOOKS:
        imports, called = imported(book.node.cells), set()
        for cell in book.node.cells:
            # of exercises a page has the text
            if cell.cell_type == "code" and not {"answer", "solution"} & {*cell.metadata.tags}:
                nodes = ast.walk(ast.parse(cell.source))
                called |= {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        parts = [call.partition(".") for call in called if re.fullmatch(r"[\w.]+", call)]
        whole = {imports[first] + dot + rest for first, dot, rest in parts if first in imports}
        ours = {name for name in whole if name.startswith("softmodes.") and not name.endswith(".provenance")}
        page = BeautifulSoup((reports / f"{book.name}.html").read_bytes(), "html.parser")
        links = {a["href"] for a in page.select(".highlight a")}
        assert len(ours) > 2
        assert {name for name in ours if known[name][0][1] not in links} == set()
        assert page.select_one('header a[href="api/index.html"]').text == "Reference"


@pytest.mark.parametrize(
    ("code", "linked"),
    [
        ("sm.quench(glass)", ["sm.quench"]),
        ("sm.glass.lattice", ["sm.glass.lattice"]),
        ("show(figure, f.plot(ax))", ["show", "f.plot"]),
        ("f(show=show)", ["f", "show"]),
        ("ax.show(sm)", []),
        ("np.quench(sm.unknown)", []),
        ("softmodes.quench", ["softmodes.quench"]),
    ],
)
def test_only_what_is_of_the_package_leads_to_its_reference(code, linked):
    imports = imported(
        [new_code_cell(s) for s in ("import softmodes as sm", "from softmodes import figures as f", "%magic")]
    )
    imports |= imported([new_code_cell("import numpy as np\nfrom softmodes.figures import show")])
    names = ("quench", "figures", "figures.show", "figures.plot", "glass.lattice")
    places = {f"softmodes.{name}": [("", name)] for name in names}
    page = BeautifulSoup(link_code(Highlight2HTML()(code), imports, places), "html.parser")
    assert [a.text for a in page.find_all("a")] == linked
    assert page.text.strip() == code


def test_a_report_leaves_a_reference_and_refuses_what_only_has_its_name(tmp_path):
    (tmp_path / "api").mkdir()
    with pytest.raises(ValueError, match="holds api, which is not of a report"), published_folder(tmp_path):
        pass
    (tmp_path / "api" / "objects.inv").write_bytes(b"")
    with published_folder(tmp_path):
        pass
    assert (tmp_path / "api" / "objects.inv").exists()
    assert clean(tmp_path) == []
    assert not tmp_path.exists()


@pytest.mark.parametrize(
    "content", [b"", b"# one line", b"\n\n\n\n", b"\n\n\n\nno zlib", b"\n" * 4 + zlib.compress(b"\xff")]
)
def test_a_damaged_reference_is_refused_in_one_line_before_anything_runs(tmp_path, content):
    inventory = tmp_path / "api" / "objects.inv"
    inventory.parent.mkdir()
    inventory.write_bytes(content)
    result = CliRunner().invoke(main, ["report", "--output", tmp_path])
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(
        rf"Error: {inventory} is damaged: .+; remove {inventory.parent}, `make docs` makes it anew\n", result.stderr
    )
    assert list(tmp_path.iterdir()) == [inventory.parent]


# What the pages say


def blocks(page):
    """Language and text of each block of code of a page, and the file that was named last before it."""
    text, end, file = (ROOT / "docs" / page).read_text(encoding="utf-8"), 0, None
    for found in re.finditer(r"^( *)```(\w+)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL):
        named = re.findall(r"`([\w/]+\.(?:csv|ipynb|lammpstrj|dat|pyi?)|FORCE_CONSTANTS)`", text[end : found.start()])
        file, end = (named or [file])[-1], found.end()
        yield found[2], dedent(found[3]), file


@pytest.mark.parametrize(
    "page",
    ["first_hour.md", "own_modes.md", "own_heat_capacity.md", pytest.param("cluster.md", marks=pytest.mark.slow)],
)
def test_code_of_a_page_gives_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for language, text, file in blocks(page):
        if language == "text" and file:
            Path(file).parent.mkdir(exist_ok=True)
            Path(file).write_text(text, encoding="utf-8")
        elif language == "pycon":
            example = doctest.DocTestParser().get_doctest(text, names, page, page, 0)
            doctest.DebugRunner().run(example, clear_globs=False)
            names |= example.globs
        elif language == "sh":
            for line in text.splitlines():
                # runs take long, and other tests make them: here, that the options are there
                result = CliRunner().invoke(main, [*line.split()[1:], "--help"])
                assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_an_equation_a_glass_a_figure_and_an_exercise_are_added_as_the_page_says(tmp_path):
    others = shutil.ignore_patterns(".*", "reports", "recomputed")
    shutil.copytree(ROOT, tmp_path, ignore=others, dirs_exist_ok=True)
    for language, text, name in blocks("adding.md"):
        file = tmp_path / name
        if file.suffix == ".ipynb":
            subprocess.run([sys.executable, "-c", text], check=True, cwd=tmp_path)
            continue
        old = file.read_text(encoding="utf-8")
        if language == "diff":
            before, after = ("\n".join(line[1:] for line in text.splitlines() if line[:1] != sign) for sign in "+-")
            assert old.count(before) == 1, before
            file.write_text(old.replace(before, after), encoding="utf-8")
        else:
            file.write_text(old + "\n\n" * (file.suffix == ".py") + text, encoding="utf-8")
    runs = re.findall(r"`pytest -m \"not slow\" ([^`]+)`", (ROOT / "docs" / "adding.md").read_text(encoding="utf-8"))
    assert len(runs) == 4
    # of all that these run, what knows of the additions
    added = "double_well or one_minimum or one_well or public_names or theory_calls or printed_numbers or colour or 9.2"
    chosen = ["-k", f"{added} or 9_cost or exercises", *sorted({*" ".join(runs).split()})]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *chosen]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 40
