"""The classroom: what students get and what they do not, rosters as people write them, and a folder that is whole."""

import csv
import io
import re
import string
import zipfile

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from softmodes.places import NOTEBOOKS
from softmodes.report.classroom import copies, lessons, make, tables
from softmodes.report.classroom.place import NotMade, classroom_folder
from softmodes.report.classroom.plans import plans
from softmodes.report.classroom.roster import read_roster
from softmodes.report.commands import main
from softmodes.report.execute import run_notebook
from softmodes.report.notebooks import Notebook, find_notebooks
from softmodes.teach import ANSWERS, exercises

BOOKS = find_notebooks(NOTEBOOKS)
OWN = {"beta_epsilon_m": (3.0, 3.1, 3.2), "glass": ("SiO2", "Se")}
ODD = ["Zoë, von Müller", '=cmd|"/c calc"!A1', "Ann", "ann", "Ann", "../..", "CON", "李小龙", "+1", "@SUM(1)", "O'Neil"]


def run(*arguments):
    return CliRunner().invoke(main, ["classroom", *map(str, arguments)])


def roster(folder, names, header="Name"):
    path = folder / "names.csv"
    path.write_text(tables.written([[header, "mail"], *([name, "a@b"] for name in names)]), encoding="utf-8")
    return path


def secrets(number=None):
    """What no student may read: lines of worked solutions, of notes for the teacher, of code."""
    for exercise in exercises(number):
        for text in (exercise.solution, exercise.teacher, exercise.code):
            yield from (line.strip() for line in text.splitlines() if len(line.strip()) > 25)


def sources(path):
    return "\n".join(cell.source for cell in nbformat.read(path, 4).cells)


@pytest.fixture(scope="module")
def made(short_notebooks, tmp_path_factory):
    """A classroom on the short notebook with the odd roster."""
    folder = tmp_path_factory.mktemp("classroom")
    options = ["--notebooks", short_notebooks, "--roster", roster(folder, ODD), "--key", "2026", "--jobs", 1]
    result = run(folder / "class", *options)
    assert result.exit_code == 0, result.output
    return folder / "class"


@pytest.mark.slow
def test_classroom_has_its_parts(made):
    assert sorted(path.name for path in made.iterdir()) == [
        ".softmodes-classroom.json", "README.txt", "classroom.zip", "pages", "student", "teacher",
    ]  # fmt: skip
    assert len((made / "README.txt").read_text(encoding="utf-8").splitlines()) == 10
    plan = (made / "teacher" / "plan_seminar_45.html").read_text(encoding="utf-8")
    assert "@page { size: A4" in plan
    assert "../pages/4_undercooled_liquid.html#StabilityExplorer.beta_epsilon_m=3" in plan
    assert {path.name for path in (made / "pages").iterdir()} >= {
        "index.html",
        "teach.html",
        "4_undercooled_liquid.html",
    }
    folders = [path.name for path in (made / "student").iterdir()]
    assert len({name.casefold() for name in folders}) == len(ODD)
    teacher = nbformat.read(made / "teacher" / "4_undercooled_liquid.ipynb", 4)
    assert any(cell.get("outputs") for cell in teacher.cells)
    assert [line for line in secrets(4) if line not in sources(made / "teacher" / "4_undercooled_liquid.ipynb")] == []


@pytest.mark.slow
def test_nothing_that_students_get_holds_a_solution(made):
    hidden = list(secrets(4))
    assert hidden
    with zipfile.ZipFile(made / "classroom.zip") as archive:
        packed = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("teacher/" in name or "key" in name for name in packed)
    # with a roster each student's copies are for him or her alone
    assert [name for name in packed if name.endswith(".ipynb")] == []
    beside = {
        path: path.read_text(encoding="utf-8") for part in ("pages", "student") for path in (made / part).rglob("*.*")
    }
    for name, text in {**packed, **beside}.items():
        # in JSON and HTML a line has other signs
        forms = (text, text.replace('\\"', '"').replace("\\\\", "\\"))
        assert [line for line in hidden if any(line in form for form in forms)] == [], name
        assert "BEGIN SOLUTION" not in text, name


@pytest.mark.slow
def test_key_has_the_answers_of_the_numbers_that_a_student_gets(made):
    text = (made / "teacher" / "key.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [tables.unguarded(row["name"]) for row in rows] == ODD
    assert not any(cell[:1] in "=@\t" for row in rows for cell in row.values() if cell)
    for row in rows:
        copy = made / "student" / row["folder"] / "4_undercooled_liquid.ipynb"
        assert f"beta_epsilon_m = {row['beta_epsilon_m']}\n" in sources(copy)
        (column,) = [column for column in row if column.split()[0] == "4.1"]
        # what stands in the key, and is no round number, stands nowhere in the copy
        told = [cell for name, cell in row.items() if name[0].isdigit() and re.fullmatch(r"-?[\d.]{5,}", cell)]
        assert told
        assert [value for value in told if value in copy.read_text(encoding="utf-8")] == []
        right = ANSWERS["4.1"](beta_epsilon_m=float(row["beta_epsilon_m"])).value
        assert float(row[column]) == pytest.approx(right, rel=1e-5)


@pytest.mark.slow
def test_own_copy_runs_and_says_that_no_answer_is_given_yet(made):
    path = next((made / "student").rglob("*.ipynb"))
    result = run_notebook(Notebook(path), {}, timeout=100)
    assert result.failure == ""
    said = [cell.outputs[0].data["text/plain"] for cell in result.notebook.cells if "answer" in cell.metadata.tags]
    assert said
    assert all(text.startswith("Not yet") for text in said)


@pytest.mark.slow
def test_copy_that_does_not_run_leaves_nothing(tmp_path):
    (tmp_path / "books").mkdir()
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), tmp_path / "books" / "1_short.ipynb")
    result = run(tmp_path / "class", "--notebooks", tmp_path / "books", "--jobs", 1)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: nothing is written, for a copy does not run: student 1_short: ZeroDivisionError"
    )
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "class").exists()


@pytest.mark.slow
def test_copies_of_every_notebook_have_metadata_as_nbgrader_wants_them():
    from nbgrader.nbgraderformat import MetadataValidator

    points = {exercise.id: exercise.points for exercise in exercises()}
    for book in BOOKS:
        for teacher in (False, True):
            made = copies.copy_of(copies.read_source(book.path), points, teacher=teacher)
            MetadataValidator().validate_nb(nbformat.reads(copies.text_of(made), 4))


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_student_copy_of_every_notebook_has_no_solution_and_every_question(book):
    source = copies.read_source(book.path)
    points = {exercise.id: exercise.points for exercise in exercises()}
    student, teacher = (copies.copy_of(source, points, teacher=which) for which in (False, True))
    text = "\n".join(cell.source for cell in student.cells)
    assert [line for line in secrets(book.number) if line in text] == []
    assert all(exercise.text in text for exercise in exercises(book.number))
    for node in (student, teacher):
        node = nbformat.reads(copies.text_of(node), 4)
        nbformat.validate(node)
    asked = [exercise.id for exercise in exercises(book.number) if not exercise.open]
    assert list(copies.checks_in(student)) == asked
    assert [cell.source.count("HIDDEN TESTS") for cell in copies.checks_in(teacher).values()] == [2] * len(asked)


# Rosters


def read(folder, content, key="2026"):
    path = folder / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_roster(path, key, OWN)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "a roster must have one column called name, got no line"),
        ("  \n\n", "a roster must have one column called name, got no line"),
        ("student,mail\nAnn,a@b\n", "a roster must have one column called name, got student, mail"),
        ("name,Name\nAnn,Bob\n", "a roster must have one column called name, got name, name"),
        ("name\n", "there is no name in it"),
        ("name\n\n ,\n", "there is no name in it"),
        ("name,mail\n,a@b\n", "line 2 has no name"),
        ("name\nMeier, Ann\n", "line 2 has more cells than the header: quote names with a comma"),
        ('name\n"Ann\n', "line 2 is not of a table: unexpected end of data"),
        (f"name\n{'x' * 201}\n", "line 2 has a name of 201 characters, more than 200"),
        ("name\nJosé\n".encode("latin-1"), "must be in UTF-8; a spreadsheet saves it as 'CSV UTF-8'"),
        ("name\nAnn\n".encode("utf-16"), "must be in UTF-8; a spreadsheet saves it as 'CSV UTF-8'"),
        (b"PK\x03\x04\xff\xfe", "must be in UTF-8; a spreadsheet saves it as 'CSV UTF-8'"),
    ],
)  # fmt: skip
def test_roster_that_is_none_is_refused_in_one_line(tmp_path, content, fault):
    with pytest.raises(ValueError, match=re.escape(fault)) as refused:
        read(tmp_path, content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    ["name\nAnn\nBob\n", "\ufeffmail, NAME \r\na,Ann\r\nb, Bob \r\n", "x;name\n1;Ann\n2;Bob\n", "name\tx\nAnn\nBob"],
)
def test_rosters_of_all_spreadsheets_are_read(tmp_path, content):
    assert [student.name for student in read(tmp_path, content)] == ["Ann", "Bob"]


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20), min_size=1, max_size=9)
)
def test_any_names_give_each_his_own_folder_and_values(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("roster")
    names = [name for name in names if name.strip()] or ["x"]
    students = read_roster(roster(folder, names), "key", OWN)
    again = read_roster(roster(folder, [student.name for student in students]), "key", OWN)
    assert students == again
    assert len(students) == len(names)
    assert len({student.folder.casefold() for student in students}) == len({s.token for s in students}) == len(names)
    assert all(student.parameters[name] in values for student in students for name, values in OWN.items())
    for student in students:
        assert re.fullmatch(r"\w+", student.folder)
        assert len(student.folder.encode()) < 250
    # who comes later changes nothing for those before
    assert read_roster(roster(folder, [*names, "Late"]), "key", OWN)[: len(names)] == students


@given(st.text(max_size=9) | st.text("=+-@\t'09e.x ", max_size=6))
def test_no_cell_is_a_formula_and_all_come_back(text):
    ((cell,),) = csv.reader(io.StringIO(tables.written([[text]]).lstrip("\ufeff"), newline=""))
    assert tables.unguarded(cell) == re.sub(r"[\r\n]", " ", text)
    assert cell[:1] not in tuple("=+-@\t") or re.fullmatch(r"[-+]\d+(\.\d*)?([eE][-+]?\d+)?", cell)


def test_values_hang_on_name_key_and_parameter_alone(tmp_path):
    names = [f"{a}{b}" for a in string.ascii_letters for b in string.digits]
    first, other = (read(tmp_path, "name\n" + "\n".join(names), key) for key in ("one", "two"))
    assert {student.parameters["beta_epsilon_m"] for student in first} == set(OWN["beta_epsilon_m"])
    assert [student.parameters for student in first] != [student.parameters for student in other]
    assert not {student.token for student in first} & {student.token for student in other}
    composed, apart = read(tmp_path, "name\nJos\u00e9\n"), read(tmp_path, "name\nJose\u0301\n")
    assert composed == apart


@pytest.mark.slow
def test_thousand_names_take_no_time(tmp_path):
    students = read(tmp_path, "name\n" + "".join(f"Student {n % 500}\n" for n in range(1000)))
    book = next(book for book in BOOKS if book.number == 4)
    copy = copies.copy_of(copies.read_source(book.path), {})
    texts = {copies.text_of(copies.personal(copy, book.name, student, book.parameters)) for student in students}
    assert len(texts) == 1000
    points = {exercise.id: exercise.points for exercise in exercises(4)}
    assert len(make.key_text(students, [book], points).splitlines()) == 1001


# The command and its folder


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ([], "say where: softmodes classroom DIR, or --grade FOLDER"),
        (["--lessons", "2,99"], "there is no notebook 99; there are 1_introduction"),
        (
            ["--lessons", "2,,4"],
            "--lessons takes numbers of notebooks or names of lessons with commas between, got '2,,4'",
        ),
        (["--lessons", ""], "--lessons takes numbers of notebooks"),
        (["--roster", "absent.csv", "--key", "x"], "the roster absent.csv: there is no regular file of this name"),
        (["--roster", "absent.csv"], "a roster needs the key of the course, --key"),
        (["--roster", "absent.csv", "--key", " "], "a roster needs the key of the course, --key"),
        (["--key", "x"], "--key goes with --roster"),
        (["--notebooks", "absent"], "no notebooks N_name.ipynb in absent"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(tmp_path, arguments, fault):
    result = run(*([tmp_path / "class"] if arguments else []), *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {fault}")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "class").exists()


def test_a_folder_without_a_name_is_refused():
    result = run("")
    assert (result.exit_code, result.stderr) == (2, "Error: the folder of a classroom must have a name, got ''\n")


def fill(folder, text="new"):
    with classroom_folder(folder) as made:
        (made / "student").mkdir()
        (made / "student" / f"{text}.ipynb").write_text(text)
        (made / "README.txt").write_text(text)


def shown(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")


def test_earlier_classroom_is_replaced_whole(tmp_path):
    fill(tmp_path / "class", "old")
    # what JupyterLab and systems leave
    (tmp_path / "class" / "student" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "class" / ".DS_Store").touch()
    fill(tmp_path / "class")
    assert shown(tmp_path / "class") == ["README.txt", "student/new.ipynb"]


@pytest.mark.parametrize(
    "name", ["notes.txt", "student/mine.ipynb", "student/empty/", "README.txt", "student/link.ipynb"]
)
def test_folder_with_foreign_or_changed_files_is_refused(tmp_path, name):
    folder = tmp_path / "class"
    fill(folder)
    if name.endswith("/"):
        (folder / name).mkdir()
    elif "link" in name:
        (folder / name).symlink_to(folder / "README.txt")
    else:
        (folder / name).write_text("years of work")
    before = shown(folder)
    result = run(folder)
    assert result.exit_code == 2
    assert f"holds {name.rstrip('/')}, which is not of a classroom or was changed since" in result.stderr
    assert result.stderr.count("\n") == 1
    assert shown(folder) == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError, NotMade])
def test_what_stops_a_classroom_leaves_the_earlier_one(tmp_path, stop):
    def stopped(folder):
        with classroom_folder(folder) as made:
            (made / "README.txt").write_text("half")
            raise stop

    pytest.raises(stop, stopped, tmp_path / "class")
    assert not (tmp_path / "class").exists()
    fill(tmp_path / "class", "old")
    pytest.raises(stop, stopped, tmp_path / "class")
    assert (tmp_path / "class" / "README.txt").read_text() == "old"
    assert shown(tmp_path / "class") == ["README.txt", "student/old.ipynb"]


def test_who_has_numbers_of_his_own_reads_where_they_are_judged(tmp_path):
    own, shared = (make._readme(BOOKS, students) for students in (read(tmp_path, "name\nAnn\n"), ()))
    assert "boxes judge with the pages' numbers, not with a student's own" in own
    assert "boxes judge" not in shared
    assert len(own.splitlines()) == len(shared.splitlines()) == 10


# Lessons


def test_lessons_take_their_time_and_use_what_is_there():
    numbers = {book.number for book in BOOKS}
    for lesson in lessons.ready_lessons():
        assert set(lesson.notebooks) <= numbers
        assert [sum(step.minutes(length) for step in lesson.steps) for length in lessons.LENGTHS] == list(
            lessons.LENGTHS
        )
        assert all(step.show and step.ask and step.wrong for step in lesson.steps)
        assert lesson.goals
        assert lesson.prerequisites


def test_links_of_lessons_set_sliders_that_their_pages_have():
    import softmodes as sm

    links = [link for lesson in lessons.ready_lessons() for step in lesson.steps for link in (step.link, step.second)]
    for link in filter(None, links):
        number, _, state = link.partition("#")
        text = "\n".join(cell.source for cell in next(book for book in BOOKS if str(book.number) == number).node.cells)
        for setting in state.split("&"):
            name, value = re.fullmatch(r"(\w+)\.(\w+)=.*", setting)[1], setting.partition(".")[2]
            assert f"sm.{name}(" in text, link
            trait, _, value = value.partition("=")
            slider = getattr(sm, name).class_traits()[trait]
            assert slider.low <= float(value) <= slider.high, link


def test_plans_of_all_notebooks_fill_their_time():
    found = list(plans(BOOKS))
    assert len(found) == 2 * (len(BOOKS) + len(lessons.ready_lessons()))
    for name, _, text in found:
        spans = [tuple(map(int, span)) for span in re.findall(r"^\| (\d+)–(\d+) \|", text, re.MULTILINE)]
        assert [0, *(end for _, end in spans)] == [*(start for start, _ in spans), int(name.rpartition("_")[2])], name


def test_lessons_are_chosen_by_number_and_name():
    def numbers(wanted):
        return [book.number for book in lessons.chosen(BOOKS, wanted)]

    assert numbers("4, 2") == [2, 4]
    assert numbers("seminar") == [2, 4]
    assert numbers("seminar,3_localization_in_glasses") == [2, 3, 4]
    assert numbers(None) == [book.number for book in BOOKS]


def test_own_values_are_admitted_by_every_notebook():
    values = lessons.own_values(BOOKS)
    assert set(values) >= {"beta_epsilon_m", "glass"}
    for name, choices in values.items():
        takers = [book.parameters[name] for book in BOOKS if name in book.parameters]
        assert len(choices) > 2
        assert all(lessons.admits(one, choice) for one in takers for choice in (choices[0], choices[-1]))
    # the equations of the paper have all their solutions there: η_1 and η_2, and eq. 24 on both branches
    assert min(values["beta_epsilon_m"]) > 1


def test_page_on_teaching_says_what_grading_is_not():
    text = " ".join(lessons.teach_text("").split())
    for part in (
        "no sandbox",
        "environment.yml",
        "full screen",
        "nbgrader",
        "Project it",
        "Without installing anything",
    ):
        assert part in text
    assert all(lesson.title in text for lesson in lessons.ready_lessons())
    assert f"depend exercises {', '.join(lessons.own_exercises(BOOKS))}; all others are the same" in text


def test_exercises_that_differ_are_those_whose_answers_do():
    values, own = lessons.own_values(BOOKS), lessons.own_exercises(BOOKS)
    known = {str(book.number): book.parameters for book in BOOKS}
    for exercise in ("2.4", "4.1", "4.2", "4.3"):
        first, last = (
            make.own_parameters(
                ANSWERS[exercise], {name: each[place] for name, each in values.items()}, known[exercise[0]]
            )
            for place in (0, -1)
        )
        assert ANSWERS[exercise](**first).value != ANSWERS[exercise](**last).value
        assert exercise in own
    assert not {"1.4", "2.1", "4.4", "9.2"} & {*own}
