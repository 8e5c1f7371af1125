"""The notebooks: stored without results, short cells, and they run, also away from their defaults."""

import json
import re
from statistics import median

import pytest

from softmodes.paper.records import records
from softmodes.places import NOTEBOOKS
from softmodes.report.notebooks import assign_parameters, find_notebooks, select_notebooks
from softmodes.report.publish import Report

PATHS = [book.path for book in find_notebooks(NOTEBOOKS)]


def cells(path, kind):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def test_there_is_one_notebook_for_each_section_and_a_laboratory():
    assert [path.stem for path in PATHS][:5] == [
        "1_introduction",
        "2_fundamentals",
        "3_localization_in_glasses",
        "4_undercooled_liquid",
        "5_summary",
    ]
    assert [int(path.stem.partition("_")[0]) for path in PATHS] == [*range(1, len(PATHS) + 1)]
    assert {path.name for path in PATHS} == {path.name for path in NOTEBOOKS.glob("*.ipynb")}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_stored_without_results(path):
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells(path, "code"))
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert set(metadata) == {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_text_and_calls_but_no_logic(path):
    sources = ["".join(cell["source"]) for cell in cells(path, "code")]
    lengths = [len(source.splitlines()) for source in sources]
    assert max(lengths) <= 15
    assert median(lengths) <= 3
    assert not any(re.search(r"sys\.path|^[!%]|import \*|^def |^class ", source, re.MULTILINE) for source in sources)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in cells(path, "code")) == 1
    headings = re.findall(
        r"^# .+", "\n".join("".join(cell["source"]) for cell in cells(path, "markdown")), re.MULTILINE
    )
    assert len(headings) == 1


def test_equations_stand_under_their_printed_numbers():
    text = "\n".join("".join(cell["source"]) for path in PATHS for cell in cells(path, "markdown"))
    numbers = {int(number) for number in re.findall(r"\\tag\{(\d+)\}", text)}
    assert numbers == {*range(1, len(records("equation")) + 1)}


@pytest.mark.slow
def test_sections_3_and_4_run_away_from_their_defaults(tmp_path):
    """For another glass and length, and where eq. 19 has no solution; a page marks what is not the default."""
    books = select_notebooks(find_notebooks(NOTEBOOKS), ["3", "4"])
    values = assign_parameters(books, ["glass=Se", "a=2", "beta_epsilon_m=0.5"])
    report = Report(books, tmp_path, ())
    assert [report.write_notebook(book, values[book.name], 600.0).failure for book in books] == ["", ""]
    assert "<mark" in (tmp_path / "3_localization_in_glasses.html").read_text(encoding="utf-8")
