"""Grading: what came back is judged by the package, whatever it says of itself, and what is spoilt is named."""

import csv
import io
import json
import os
import shutil
import sys
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from softmodes.report.classroom import copies, tables
from softmodes.report.classroom.grades import Class, Marked, counted, write_grades
from softmodes.report.classroom.grading import Graded, Judged
from softmodes.report.classroom.handover import Unjudged, hand_over, shown_value, taken_over
from softmodes.report.classroom.lessons import own_values
from softmodes.report.classroom.make import own_parameters
from softmodes.report.classroom.returned import (
    Returned,
    asks_the_package,
    needed,
    owner,
    read_returned,
    squeezed,
    without_common_folder,
)
from softmodes.report.classroom.roster import Student, read_roster
from softmodes.report.commands import main
from softmodes.report.notebooks import Notebook
from softmodes.teach import ANSWERS, exercises

BOOK = "4_undercooled_liquid.ipynb"
NAMES = ["Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "=Ida", "Jo"]
ASKED = [exercise for exercise in exercises(4) if not exercise.open]
POINTS = {exercise.id: exercise.points for exercise in exercises(4)}


def run(*arguments):
    return CliRunner().invoke(main, ["classroom", *map(str, arguments)])


def cell(node, name):
    return next(cell for cell in node["cells"] if cell["id"] == name)


def code(source):
    return {
        "cell_type": "code",
        "id": "added",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def solved(node):
    """A copy with all solutions filled in, as code."""
    for exercise in ASKED:
        cell(node, f"answer-{exercise.id.replace('.', '-')}")["source"] = exercise.code
    return node


@pytest.fixture(scope="module")
def class_of_ten(short_notebooks, tmp_path_factory):
    """The folder that came back, the roster, and the students."""
    folder = tmp_path_factory.mktemp("class")
    roster = folder / "names.csv"
    roster.write_text(tables.written([["name"], *([name] for name in NAMES)]), encoding="utf-8")
    book = Notebook(short_notebooks / BOOK)
    students = read_roster(roster, "2026", own_values([book]))
    copy = copies.copy_of(copies.read_source(book.path), POINTS)
    for student in students:
        place = folder / "returned" / student.folder
        place.mkdir(parents=True)
        node = copies.personal(copy, book.name, student, book.parameters)
        (place / BOOK).write_text(copies.text_of(node), encoding="utf-8")
    return folder / "returned", roster, students


def change(folder, name, do):
    path = folder / name / BOOK
    node = solved(json.loads(path.read_text(encoding="utf-8")))
    do(node)
    path.write_text(json.dumps(node), encoding="utf-8")


def spoil(folder):
    """What students do."""
    change(folder, "Ada", lambda node: node)
    # numbers of the text's own parameters, and a cell that fails before
    wrong = {exercise.id: ANSWERS[exercise.id]() for exercise in ASKED}
    for_all = {name: np.ravel(right.value).tolist() for name, right in wrong.items() if not right.choices}

    def of_the_text(node):
        node["cells"].insert(2, code("1 / 0"))
        for name, values in for_all.items():
            answer = f"answer_{name.replace('.', '_')} = {values[0] if len(values) == 1 else values}"
            cell(node, f"answer-{name.replace('.', '-')}")["source"] = answer

    change(folder, "Bo", of_the_text)
    change(folder, "Cy", lambda node: node["cells"].insert(2, code("import time; time.sleep(3600)")))
    change(folder, "Di", lambda node: node["cells"].insert(2, code("import os; os._exit(0)")))

    def altered(node):
        cell(node, "check-4-1")["source"] = "verdict = True"
        cell(node, "your-parameters")["source"] = "beta_epsilon_m = 1.5"
        cell(node, "answer-4-1")["source"] = "answer_4_1 = 1e9"
        node["cells"].insert(0, code("import softmodes as sm\nsm.check = lambda *_, **__: True"))

    change(folder, "Ed", altered)
    (folder / "Flo" / BOOK).write_text("{no notebook")
    shutil.copy(folder / "Ada" / BOOK, folder / "Gus" / BOOK)
    # Hal answers nothing; Ida twice, once with everything; Jo without the first exercise
    shutil.copy(folder / "Ida" / BOOK, folder / "Ida" / "4_undercooled_liquid (1).ipynb")
    change(folder, "Ida", lambda node: node)

    def without(node):
        node["cells"] = [each for each in node["cells"] if not each["id"].endswith("-4-1")]

    change(folder, "Jo", without)
    (folder / "nobody").mkdir()
    (folder / "nobody" / "empty.ipynb").touch()
    (folder / "huge.ipynb").write_bytes(b" " * 50_000_001)


@pytest.fixture(scope="module")
def graded(class_of_ten, short_notebooks):
    """Lines of the table by name, the folder, and what was said."""
    folder, roster, _ = class_of_ten
    spoil(folder)
    options = ["--notebooks", short_notebooks, "--roster", roster, "--key", "2026", "--timeout", "20"]
    result = run("--grade", folder, *options)
    assert result.exit_code == 0, result.output
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {tables.unguarded(row["name"]): row for row in csv.DictReader(file)}
    return rows, folder, result


FULL = sum(exercise.points for exercise in ASKED)
FIRST = ASKED[0].points


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "points", "note"),
    [
        ("Ada", FULL, ""),
        ("Cy", FULL, "cell 3: no result within 20 s"),
        ("Di", FULL, "cell 3: the kernel died"),
        ("Ed", FULL - FIRST, "altered: check 4.1, parameters"),
        ("Flo", 0, "not a notebook: "),
        ("Gus", 0, "somebody else's copy: that of Ada"),
        ("Hal", 0, "empty: no exercise is answered"),
        ("=Ida", FULL, "given twice"),
        ("Jo", FULL - FIRST, "missing: 4.1"),
        ("nobody/empty.ipynb", 0, "not a notebook: the file is empty"),
        ("huge.ipynb", 0, "huge: more than 50 MB"),
    ],
)
def test_what_is_spoilt_is_named_and_the_rest_goes_on(graded, name, points, note):
    row = graded[0][name]
    assert (float(row["total"]), float(row["of"])) == (points, FULL)
    assert note in row["notes"] if note else not row["notes"]


@pytest.mark.slow
def test_answers_are_judged_with_the_parameters_of_the_roster(graded, class_of_ten):
    row = graded[0]["Bo"]
    (student,) = [one for one in class_of_ten[2] if one.name == "Bo"]
    for exercise in ASKED:
        own = own_parameters(ANSWERS[exercise.id], student.parameters, student.parameters)
        if own and not ANSWERS[exercise.id]().choices:
            assert row[exercise.id] == "0", exercise.id
    assert "cell 3: ZeroDivisionError: division by zero" in row["notes"]


@pytest.mark.slow
def test_each_student_has_a_page_that_does_not_say_the_answer(graded, class_of_ten):
    folder = graded[1] / "feedback"
    assert len(list(folder.iterdir())) == len(NAMES) + 2
    for student in class_of_ten[2]:
        page = (folder / f"{student.folder}.html").read_text(encoding="utf-8")
        assert student.name in page
        for exercise in ASKED:
            value = ANSWERS[exercise.id](
                **own_parameters(ANSWERS[exercise.id], student.parameters, student.parameters)
            ).value
            # but the student's own, and numbers that stand anywhere
            told = "" if isinstance(value, str) else f"{np.ravel(value)[0]:.4g}"
            assert student.name not in ("Hal", "Flo") or len(told) < 5 or told not in page
    assert "Ada" not in (folder / "Gus.html").read_text(encoding="utf-8")
    assert "sandbox" in " ".join(CliRunner().invoke(main, ["classroom", "--help"]).output.split())


@pytest.mark.slow
def test_grades_that_a_teacher_has_changed_are_not_written_over(graded, class_of_ten, short_notebooks):
    folder = graded[1]
    (folder / "grades.csv").write_text("mine")
    result = run("--grade", folder, "--notebooks", short_notebooks)
    assert result.exit_code == 2
    assert "grades.csv, which is not of a classroom or was changed since" in result.stderr
    assert (folder / "grades.csv").read_text() == "mine"


@pytest.mark.parametrize("found", [[], ["a.txt"], [".ipynb_checkpoints/x.ipynb"]])
def test_folder_without_notebooks_is_refused_in_one_line(tmp_path, found):
    for name in found:
        (tmp_path / "back" / name).parent.mkdir(parents=True)
        (tmp_path / "back" / name).touch()
    (tmp_path / "back").mkdir(exist_ok=True)
    for folder, fault in ((tmp_path / "back", "there is no notebook in"), (tmp_path / "absent", "there is no folder")):
        result = run("--grade", folder)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {fault} {folder}")
        assert result.stderr.count("\n") == 1
        assert not (folder / "grades.csv").exists()


@pytest.mark.parametrize(
    ("value", "comes_back"),
    [
        (175.5, 175.5),
        (np.float32(0.5), 0.5),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        (np.array(3), 3),
        ((3.4, "eV"), (3.4, "eV")),
        ((np.array([1, 2]), "Å"), ([1, 2], "Å")),
        ([1, [2, 3.5]], [1, [2, 3.5]]),
        ("b", "b"),
        (Fraction(1, 4), 0.25),
        (1 + 2j, 1 + 2j),
        (float("inf"), float("inf")),
        (True, True),
        (..., ...),
        (None, ...),
    ],
)  # fmt: skip
def test_values_pass_from_one_process_to_the_other(tmp_path, value, comes_back):
    hand_over({"answer_4_1": value, "other": 1, "answer": 2}, str(tmp_path / "values.json"))
    assert taken_over(tmp_path / "values.json") == {"4.1": comes_back}


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, "x" * 2000, np.zeros(10**5), 10**400, np.array([{}]), [[[[[1]]]]], len]
)
def test_what_is_no_value_is_said_in_words(tmp_path, value):
    hand_over({"answer_4_1": value}, str(tmp_path / "values.json"))
    found = taken_over(tmp_path / "values.json")["4.1"]
    assert "a value of type" in str(found) or found == "a long text"
    assert isinstance(found, Unjudged | list)


@pytest.mark.parametrize("content", ["", "[]", '{"answer_4_1": 3}', '{"answer_4_1": {}}', "{" * 100_000, "\0"])
def test_values_that_were_tampered_with_are_none(tmp_path, content):
    (tmp_path / "values.json").write_text(content)
    assert not taken_over(tmp_path / "values.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "values.json")
    assert taken_over(tmp_path / "link.json") is None
    assert taken_over(tmp_path / "absent.json") is None


def test_values_are_shown_in_a_few_letters():
    assert shown_value(175.0751234567) == "175.075"
    assert len(shown_value([1.0] * 1000)) == 60


def test_files_find_their_students(class_of_ten, tmp_path):
    folder, _, students = class_of_ten
    (ada,) = [one for one in students if one.name == "Ada"]
    marked = (folder / "Hal" / BOOK).read_text(encoding="utf-8")
    bare = marked.replace('"token"', '"other"')
    for name, content, found, fault, odd in (
        ("Hal_123_assignsubmission_file_/4.ipynb", marked, "Hal", "", ""),
        ("17/4.ipynb", marked, "Hal", "", ""),
        ("4_undercooled_liquid_Ada.ipynb", bare, "4_undercooled_liquid_Ada.ipynb", "of nobody on the roster", ""),
        ("Ada.ipynb", bare, "Ada", "", "a copy without a student's mark"),
        ("Ada.ipynb", marked, "Ada", "somebody else's copy: that of Hal", ""),
    ):
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        (place / name).parent.mkdir(parents=True)
        (place / name).write_text(content, encoding="utf-8")
        (returned,) = read_returned(place, [])
        student, why, what = owner(returned, students)
        assert (student.name, why, what) == (found, fault, odd)
    assert ada.label == "Ada"


def test_what_only_draws_is_not_run_again():
    given = (
        "import numpy as np",
        "x = [1, 2]\nx[0] = 3",
        "x.y[0] = 4",
        "draw(x)",
        "figure, ax = plots()",
        "verdict = 1",
    )
    cells = [
        new_code_cell(source, metadata={"tags": []})
        for source in (*given, "def f():\n    return x", "answer = f() + 1")
    ]
    kept = needed(cells, set(map(squeezed, given)))
    assert [cell.source for cell in kept] == [given[1], given[2], cells[-2].source, cells[-1].source]
    cells[1].source += "\nnp.sum(x)"
    assert needed(cells, set(map(squeezed, given)))[0].source == given[0]
    # a space by which it is no Python, but which a notebook forgives
    cells[0].source = " " + cells[0].source
    assert needed(cells, set(map(squeezed, given)))[0].source == cells[0].source


@pytest.mark.parametrize(
    "said", ["<script>alert(1)</script>", "x<img src=x onerror=alert(3)>", "[a](javascript:alert(2)) `$x$`"]
)
def test_nothing_that_a_student_wrote_is_alive_on_a_page(tmp_path, said):
    judged = Judged(0.0, 2.0, "Not yet.", said, f"Your cell ends with Exception: {said}")
    student = Student(f"O'Neil {said}", folder="oneil")
    node = copies.read_source(Path(copies.__file__).parents[3] / "notebooks" / BOOK)
    marked = Marked(Returned("1.ipynb", Path("1.ipynb"), node), student, "4", Graded({"4.1": judged}, (said,)))
    write_grades(tmp_path, [marked], [student], {"4": {"4.1": 2.0}})
    page = (tmp_path / "feedback" / "oneil.html").read_text(encoding="utf-8")
    seen = BeautifulSoup(page, "html.parser")
    assert seen.select("main :is(script, img, a, code, .tex)") == []
    assert seen.h1.text == f"O'Neil {said}"
    assert seen.main.text.count(said) == 4


def test_names_that_are_not_in_utf8_stay_apart(tmp_path):
    for name in (b"M\xfcller", b"M\xf6ller"):
        folder = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(folder)
        Path(os.fsdecode(folder), BOOK).write_text("{}")
    assert len({each.name for each in read_returned(tmp_path, [])}) == 2


def test_whoever_has_the_name_of_another_is_told_by_the_mark(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("name\nAnn\nAnn\nAnn (2)\n", encoding="utf-8")
    students = read_roster(path, "2026", {})
    assert [one.label for one in students] == ["Ann", "Ann (2)", "Ann (2) (2)"]
    node = copies.read_source(Path(copies.__file__).parents[3] / "notebooks" / BOOK)
    node.cells[0].metadata["softmodes"] = {"lesson": "4", "token": students[1].token}
    for place in (f"Ann_4711_assignsubmission_file_/{BOOK}", f"Ann/{BOOK}"):
        assert owner(Returned(place, Path(place), node), students) == (students[1], "", "")


@pytest.mark.parametrize("said", ["9_nothing", ["4"], {}, None])
def test_a_copy_that_says_nonsense_of_itself_is_known_by_its_exercises(said):
    book = Notebook(Path(copies.__file__).parents[3] / "notebooks" / BOOK)
    node = copies.copy_of(copies.read_source(book.path), POINTS)
    node.cells[0].metadata["softmodes"] = {"lesson": said}
    assert Class([book], (), 1.0).lesson(Returned("1", Path("1"), node)) == book.name


def test_folders_around_all_are_nobodys_name():
    found = [Returned(name, Path(name), None) for name in ("all/Ann_1/4.ipynb", "all/Bo_2/4.ipynb", "list.txt")]
    assert [each.name for each in without_common_folder(found)] == ["Ann_1/4.ipynb", "Bo_2/4.ipynb", "list.txt"]
    assert [each.name for each in without_common_folder(found[:1])] == ["Ann_1/4.ipynb"]


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("answer_4_1 = ANSWERS['4.1']().value", True),
        ("answer_4_2 = next(x for x in xs if sm.check('4.2', x))", True),
        ("answer_4_1 = sm.quartic_mode_energy(5.0) / 5", False),
    ],
)
def test_who_asks_the_package_for_answers_is_named(source, asks):
    given = copies.copy_of(copies.read_source(Path(copies.__file__).parents[3] / "notebooks" / BOOK), POINTS)
    theirs = json.loads(json.dumps(given))
    theirs["cells"].append(code(source))
    assert asks_the_package(Returned("1", Path("1"), nbformat.from_dict(theirs)), given) == asks


def test_the_better_of_two_counts_and_twins_are_named(tmp_path):
    node = copies.read_source(Path(copies.__file__).parents[3] / "notebooks" / BOOK)

    def marked(who, name, points):
        graded = Graded({"4.1": Judged(points, 2.0, "", "5")})
        return Marked(Returned(name, Path(name), node), Student(who, folder=who), "4", graded)

    best, notes = counted([marked("A", "A/1.ipynb", 0.0), marked("A", "A/2.ipynb", 2.0), marked("B", "B/1.ipynb", 2.0)])
    assert {each.student.name: each.graded.points for each in best} == {"A": 2.0, "B": 2.0}
    assert notes["A"] == ["A/2.ipynb: given twice, as A/1.ipynb; the better one counts"]
    assert notes["B"] == ["B/1.ipynb: the same as A/2.ipynb"]


def test_the_table_names_what_was_not_graded_and_errors_of_answers(tmp_path):
    student, node = (
        Student("Ann", folder="Ann"),
        copies.read_source(Path(copies.__file__).parents[3] / "notebooks" / BOOK),
    )
    judged = Graded({"4.1": Judged(0.0, 2.0, "", "(2, 647)", "value must be one number")})
    essay = Marked(Returned("Ann/essay.pdf", Path("essay.pdf"), None), student, "", Graded(notes=("not a notebook",)))
    notebook = Marked(Returned("Ann/4.ipynb", Path("4.ipynb"), node), student, "4", judged)
    write_grades(tmp_path, [notebook, essay], [student], {"4": {"4.1": 2.0}})
    (row,) = csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text(encoding="utf-8-sig")))
    assert row["notes"] == "Ann/essay.pdf: not a notebook · 4.1: value must be one number"
    assert row["total"] == "0"


# its own code warns of what its database does
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.slow
def test_nbgrader_gives_full_and_zero_points(short_notebooks, tmp_path, monkeypatch):
    """The whole way of a course: release version from the teacher's copy, a correct and an empty submission, points."""
    monkeypatch.chdir(tmp_path)
    # it calls a program that is installed beside it
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    name = BOOK.removesuffix(".ipynb")
    # slow to import
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI

    teacher = copies.copy_of(copies.read_source(short_notebooks / BOOK), POINTS, teacher=True)
    source = tmp_path / "source" / "lesson" / BOOK
    source.parent.mkdir(parents=True)
    source.write_text(copies.text_of(copies.personal(teacher, name, None, {})), encoding="utf-8")
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.db_url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    config.ExecutePreprocessor.kernel_name = "python3"
    api = NbGraderAPI(config=config)
    assert api.generate_assignment("lesson")["success"]
    release = json.loads((tmp_path / "release" / "lesson" / BOOK).read_text(encoding="utf-8"))
    text = json.dumps(release, ensure_ascii=False)
    for exercise in exercises(4):
        assert exercise.teacher.splitlines()[0] not in text
        assert "HIDDEN" not in text
    for student, node in (("right", solved(json.loads(json.dumps(release)))), ("empty", release)):
        place = tmp_path / "submitted" / student / "lesson"
        place.mkdir(parents=True)
        (place / BOOK).write_text(json.dumps(node), encoding="utf-8")
        assert api.autograde("lesson", student)["success"]
    with Gradebook(config.CourseDirectory.db_url) as book:
        scores = {one: book.find_submission("lesson", one).score for one in ("right", "empty")}
    assert scores == {"right": FULL, "empty": 0}
