"""Exercises: what is right is right by another route, what is wrong is understood, and a page gives nothing away."""

import ast
import json
import re
from collections import Counter
from inspect import signature

import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from scipy.constants import physical_constants, tera
from uncertainties import ufloat

import softmodes as sm
from softmodes.paper.materials import estimated_materials
from softmodes.places import NOTEBOOKS
from softmodes.report.notebooks import find_notebooks
from softmodes.report.page.exercises import set_exercises
from softmodes.report.render import Page, render
from softmodes.teach import ANSWERS, exercises
from softmodes.teach.answer import Answer, Mistake
from softmodes.teach.box import box, script
from softmodes.teach.exercise import KINDS
from softmodes.teach.judge import _DOORS, Verdict
from softmodes.teach.units import UNITS, factors, quantity, spoken, unit_named

BOOKS = {book.number: book for book in find_notebooks(NOTEBOOKS)}
GLASSES = ", ".join(estimated_materials())
EXERCISES = {each.id: each for each in exercises()}
OTHERS = {
    "a": (0.5, 2.3),
    "beta_epsilon_m": (0.5, 0.9, 3.0, 12.0),
    "double_well": (-0.05, -1.2),
    "glass": ("Se", "B2O3"),
    "seed": (0, 123456),
}
"""Parameters that a roster might give a student."""
CASES = [(exercise, {}) for exercise in ANSWERS] + [
    (exercise, {name: value})
    for exercise, answer in ANSWERS.items()
    for name in signature(answer).parameters
    for value in OTHERS.get(name, ())
]


# The exercises as they stand


def test_each_notebook_has_its_exercises_from_direct_to_open():
    for number in BOOKS:
        own = exercises(number)
        assert [each.id for each in own] == [f"{number}.{i + 1}" for i in range(len(own))]
        assert 3 <= len(own) <= 5 if number <= 5 else 1 <= len(own) <= 2
        assert {each.kind for each in own} >= (set(KINDS[:3]) if number <= 5 else set())
        assert set(ANSWERS) >= {each.id for each in own if not each.open}
    assert [each.id for each in EXERCISES.values() if each.kind == "open"] == [
        each.id for each in EXERCISES.values() if each.open and not each.code and each.id not in ANSWERS
    ]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda each: each.id)
def test_an_exercise_is_whole_and_types_no_answer(exercise):
    assert all((exercise.minutes, exercise.trains, exercise.text, exercise.hint, exercise.solution, exercise.teacher))
    assert exercise.points >= 1
    if not exercise.open:
        value = ANSWERS[exercise.id]().value
        shown = [] if isinstance(value, str) else [f"{each:.3g}" for each in np.ravel(value) if each % 1]
        words = exercise.text + exercise.hint + exercise.solution
        assert [each for each in shown if each in words] == []


def test_cells_of_exercises_have_telling_ids_and_one_tag():
    for book in BOOKS.values():
        cells = json.loads(book.path.read_text(encoding="utf-8"))["cells"]
        own = [cell for cell in cells if "exercise" in cell["metadata"].get("softmodes", {})]
        for cell in own:
            (tag,), number = cell["metadata"]["tags"], cell["metadata"]["softmodes"]["exercise"].replace(".", "-")
            assert cell["id"] == f"{tag}-{number}" + (
                "-code" if (tag, cell["cell_type"]) == ("solution", "code") else ""
            )
        assert max(Counter(cell["id"] for cell in cells).values()) == 1


def test_sections_that_a_roster_varies_have_exercises_that_depend_on_its_parameters():
    for number, wanted in ((2, 2), (3, 3), (4, 3)):
        varied = [each for each in exercises(number) if each.id in ANSWERS and signature(ANSWERS[each.id]).parameters]
        assert len(varied) >= wanted
    for exercise, answer in ANSWERS.items():
        known = BOOKS[int(exercise.partition(".")[0])].parameters
        for name, parameter in signature(answer).parameters.items():
            assert parameter.default == known[name].default
            if isinstance(parameter.default, float | int):
                low, high = known[name].bounds
                assert [_DOORS[name](type(parameter.default)(edge)) for edge in (low, high)] == [low, high]
                with pytest.raises(ValueError, match=f"^{name} must"):
                    _DOORS[name](high + 1)


# Right and wrong


def loads(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def binds(node):
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    imported = [
        alias for each in ast.walk(node) if isinstance(each, ast.ImportFrom | ast.Import) for alias in each.names
    ]
    return names | {(alias.asname or alias.name).partition(".")[0] for alias in imported}


def solved(exercise, parameters):
    """The verdict on the solution of a notebook: what it needs of the cells above is run, and nothing else."""
    book = BOOKS[int(exercise.id.partition(".")[0])]
    above = [cell.source for cell in book.node.cells if cell.cell_type == "code"]
    above = "\n".join(source for source in above if "answer_" not in source)
    own = ast.parse(f"{exercise.code}\nverdict = {exercise.check}").body
    needed, kept = set().union(*map(loads, own)), []
    for statement in reversed(ast.parse(above).body):
        if binds(statement) & needed:
            own_names = binds(statement) & parameters.keys()
            kept += [ast.parse(f"{name} = {parameters[name]!r}").body[0] for name in own_names] or [statement]
            needed |= loads(statement)
    names = {}
    exec(compile(ast.Module([*reversed(kept), *own], []), exercise.id, "exec"), names)
    return names["verdict"]


@pytest.mark.parametrize(("exercise", "parameters"), CASES, ids=str)
def test_each_solution_passes_its_check_whatever_the_parameters(exercise, parameters):
    verdict = solved(EXERCISES[exercise], parameters)
    assert verdict, verdict.text
    assert verdict.parameters.items() >= parameters.items()
    assert repr(verdict) == "Right."


@pytest.mark.parametrize("exercise", ANSWERS)
def test_each_known_mistake_is_told_from_what_is_right(exercise):
    answer = ANSWERS[exercise]()
    assert len(answer.mistakes) >= (1 if len(answer.choices) == 2 else 2)
    for mistake in answer.mistakes:
        verdict = sm.check(exercise, mistake.value)
        assert (verdict.kind, verdict.text) == ("known mistake", mistake.says)
        assert not verdict
        numbers = [f"{each:.3g}" for each in np.ravel(answer.value)] if not answer.choices else []
        assert not any(re.search(rf"\b{re.escape(number)}\b", mistake.says) for number in numbers if "." in number)


def test_two_digits_are_right_to_five_per_cent_and_three_to_half_of_one():
    value = ANSWERS["2.1"]().value
    assert [sm.check("2.1", value * f).kind for f in (0.951, 1.049)] == ["right"] * 2
    assert [sm.check("2.1", value * f).kind for f in (0.949, 1.051, 0.33, 3.1)] == ["order of magnitude"] * 4
    assert [sm.check("2.1", value * f).kind for f in (0.31, 3.2, -1, 0)] == ["not yet"] * 4
    value = ANSWERS["4.3"]().value
    assert [bool(sm.check("4.3", value * f)) for f in (0.994, 0.9951, 1.0049, 1.006)] == [False, True, True, False]


def test_what_is_not_yet_right_gets_the_hint_and_no_answer_is_no_error():
    verdict = sm.check("4.1", 1e9)
    assert verdict.kind == "not yet"
    assert EXERCISES["4.1"].hint in verdict.text
    wrong = {mistake.value for mistake in ANSWERS["3.1"]().mistakes}
    for choice in set(ANSWERS["3.1"]().choices) - {ANSWERS["3.1"]().value}:
        verdict = sm.check("3.1", choice)
        assert verdict.kind == ("known mistake" if choice in wrong else "not yet")
        assert choice in wrong or EXERCISES["3.1"].hint in verdict.text
    unanswered = [sm.check(exercise, ...) for exercise in ANSWERS]
    assert {verdict.kind for verdict in unanswered} == {"not yet"}
    assert not any(unanswered)


def test_of_several_numbers_those_that_are_not_right_are_named():
    right = ANSWERS["3.4"]().value
    verdict = sm.check("3.4", right * [1, 3, 1, 100])
    assert (verdict.kind, verdict.text) == ("not yet", "Not yet: 2 of 4 are right, not yet 1 K, 3 K.")
    assert sm.check("3.4", right.tolist())
    assert sm.check("3.4", right * 1.5).kind == "order of magnitude"


@pytest.mark.parametrize(
    ("exercise", "value", "parameters", "message"),
    [
        ("9.9", 1, {}, "exercise must be one of 1.1, 1.2, .*, got '9.9'"),
        (4.1, 1, {}, "exercise must be one of 1.1, .*, got 4.1"),
        ("5.1", 1, {}, "exercise must be one with an answer, got 5.1, which is open"),
        ("4.1", float("nan"), {}, "value must be finite, got nan"),
        ("4.1", None, {}, "value must be a number or an array of numbers, got None"),
        ("4.1", "175", {}, "value must be a number or an array of numbers, got '175'"),
        ("4.1", True, {}, "value must be a number or an array of numbers, got True"),
        ("4.1", 1j, {}, "value must be real, got 1j"),
        ("4.1", [1, 2], {}, r"value must be one number, got an array of shape \(2,\)"),
        ("3.4", [1, 2], {}, r"value must be an array of shape \(4,\), got an array of shape \(2,\)"),
        ("3.4", 7, {}, r"value must be an array of shape \(4,\), got 7"),
        ("3.1", "Pb", {}, f"value must be one of {GLASSES}, got 'Pb'"),
        ("3.1", 3, {}, f"value must be one of {GLASSES}, got 3"),
        ("3.2", (3, "furlong"), {}, "unit must be one of eV, meV, J, K, got 'furlong'"),
        ("4.1", (3, "furlong"), {}, "unit must be left out, got 'furlong'"),
        (
            "4.2",
            (2, 647),
            {},
            r"value must be one number, got \(2, 647\)\. Python writes 2\.647: a decimal point, not a",
        ),
        ("3.2", (2, 647, "K"), {}, r"value must be one number, got \(2, 647\)\. Python writes 2\.647: a decimal point"),
        (
            "1.2",
            [0, 25, 1, 5],
            {},
            r"value must be an array of shape \(2,\), got \[0, 25, 1, 5\]\. Python writes 0\.25: a",
        ),
        ("4.1", (2, -1), {}, r"value must be one number, got an array of shape \(2,\)$"),
        ("4.1", (2.5, 1), {}, r"value must be one number, got an array of shape \(2,\)$"),
        ("3.2", ("x", "K"), {}, "value must be a number or an array of numbers, got 'x'"),
        ("4.1", 1, {"glass": "Se"}, "parameter must be beta_epsilon_m, got 'glass'"),
        ("2.1", 1, {"a": 1.0}, "parameter must be left out, got 'a'"),
        ("2.5", 1, {"a": 0}, "a must be positive and finite, got 0"),
        ("2.5", 1, {"glass": "Pb"}, f"glass must be one of {GLASSES}, got 'Pb'"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_one_line(exercise, value, parameters, message):
    with pytest.raises(ValueError, match=f"^{message}.*$"):
        sm.check(exercise, value, **parameters)


# Units


def test_units_agree_with_the_tables_of_codata():
    codata = {name.removesuffix(" relationship"): value for name, (value, _, _) in physical_constants.items()}
    assert factors("J")["eV"] == pytest.approx(codata["electron volt-joule"])
    assert factors("K")["eV"] == pytest.approx(codata["electron volt-kelvin"])
    assert factors("eV")["K"] * codata["electron volt-kelvin"] == pytest.approx(1)
    assert factors("kg")["u"] == pytest.approx(codata["atomic mass unit-kilogram"])
    assert factors("THz") == pytest.approx({"THz": 1, "Hz": 1 / tera, "rad/s": 1 / (2 * np.pi * tera)})
    assert factors("Å²") == pytest.approx({"Å²": 1, "nm²": 100, "m²": 1e20})
    assert factors("") == {"": 1}
    for name, units in UNITS.items():
        assert {quantity(unit) for unit in units} == {name}
        assert all(factors(one)[other] * factors(other)[one] == pytest.approx(1) for one in units for other in units)


@pytest.mark.parametrize("text", ["Å²", "A^2", "A2", "Å^2", " Å2", "\u212b²"])
def test_units_are_read_as_people_write_them(text):
    assert unit_named(text) == ("Å²", 1)


def test_units_are_read_with_prefixes():
    assert unit_named("mK") == ("K", 1e-3)
    assert unit_named("cm²") == ("m²", pytest.approx(1e-4))
    assert unit_named("\u00b5eV") == unit_named("ueV") == ("eV", 1e-6)
    # those that have a line of their own keep it
    assert [unit_named(unit) for units in UNITS.values() for unit in units] == [
        (unit, 1) for units in UNITS.values() for unit in units
    ]
    kelvin = ANSWERS["3.2"]().value
    assert sm.check("3.2", (1e3 * kelvin, "mK"))
    assert sm.check("3.2", (kelvin, "mK")).text == "The right number, but in K: say so, or convert it."
    assert sm.check("3.2", (1e3 * kelvin, "mm")).kind == "not yet"


@pytest.mark.parametrize("exercise", [each for each in ANSWERS if quantity(ANSWERS[each]().unit)])
def test_a_number_may_come_in_any_unit_of_its_kind(exercise):
    answer = ANSWERS[exercise]()
    for unit, factor in factors(answer.unit).items():
        assert sm.check(exercise, (answer.value / factor, unit))
        bare = sm.check(exercise, answer.value / factor)
        assert bare.kind == ("right" if unit == answer.unit else "other unit")
        assert spoken(unit) in bare.text or bare
    other = next(unit for units in UNITS.values() for unit in units if quantity(unit) != quantity(answer.unit))
    assert sm.check(exercise, (answer.value, other)).kind == "not yet"


# The page


@pytest.mark.parametrize("exercise", ANSWERS)
def test_a_box_says_with_which_numbers_it_judges(exercise):
    known = sm.check(exercise, ...).parameters
    said = BeautifulSoup(box(exercise, known), "html.parser").small
    assert (said is not None) == bool(known)
    for name, value in known.items():
        assert f"{name} = {json.dumps(value)}" in {code.text for code in said("code")}


def executed(book):
    """The cells of a notebook, with what their checks show when the solution is put in."""
    cells, found = book.node.copy().cells, {each.id: each for each in exercises(book.number)}
    for cell in cells:
        asked = re.match(r'sm\.check\("(\d+\.\d+)"', cell.source)
        if asked:
            verdict = sm.check(asked[1], ANSWERS[asked[1]]().value)
            cell.outputs = [new_output("execute_result", verdict._repr_mimebundle_())]
    return cells, found


def test_cells_of_others_stay_where_no_exercise_is_begun():
    def cell(source, *tags):
        return new_markdown_cell(source, metadata={"tags": list(tags)})

    loose = [cell("A hint.", "hint"), cell("A text."), cell("A solution.", "solution")]
    begun = [cell("What is 1 + 1?", "exercise"), cell("Count.", "hint"), cell("2", "solution", "teacher")]
    shown = [each.source for each in set_exercises([*loose, *begun, cell("The end.", "answer", "x"), *loose[1:]])]
    assert shown[:3] == [each.source for each in loose]
    assert [each for each in shown if "1 + 1" in each] == [
        '<section class="exercise">\n\nWhat is 1 + 1?\n\nCount.\n\n</section>'
    ]
    assert shown[4:] == ["A text.", "A solution."]


def numbers_in(value):
    if isinstance(value, dict | list):
        return [each for part in (value.values() if isinstance(value, dict) else value) for each in numbers_in(part)]
    return [value] if isinstance(value, float | int) else []


@pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: book.name)
def test_a_page_shows_exercise_hint_and_box_and_gives_nothing_away(book):
    cells, found = executed(book)
    shown = set_exercises(cells)
    sections = [cell.source for cell in shown if cell.source.startswith('<section class="exercise"')]
    assert len(sections) == len(found)
    source = "\n".join(cell.source for cell in shown)
    for exercise, section in zip(found.values(), sections, strict=True):
        hidden = (exercise.solution, exercise.teacher, exercise.code, exercise.check)
        assert exercise.text in section
        assert exercise.hint in section
        assert [part for part in hidden if part and part in source] == []
        if not exercise.open:
            answer, form = ANSWERS[exercise.id](), BeautifulSoup(section, "html.parser").form
            assert not any(mistake.says in source for mistake in answer.mistakes)
            if not answer.choices:
                numbers = numbers_in(json.loads(form["data-ask"]))
                assert not np.isclose(np.ravel(answer.value)[:, None], numbers, rtol=1e-3).any()
                assert f"{np.ravel(answer.value)[-1]:.3g}" not in form.get_text()


@pytest.mark.slow
def test_page_and_search_have_no_text_of_a_solution():
    notebook = new_notebook(cells=executed(BOOKS[6])[0])
    html, digest = render(notebook, Page(href="6.html", title="6", links=(), provenance=()))
    known = BeautifulSoup(html, "html.parser").get_text() + str(digest.sections)
    for exercise in exercises(6):
        cells = (exercise.solution, exercise.teacher, exercise.code)
        words = [piece.strip() for cell in cells for piece in re.split(r"\$[^$]*\$|\n", cell)]
        assert [piece for piece in words if len(piece) > 25 and piece in known and "import" not in piece] == []
    assert html.count('<form aria-label="Answer to exercise 6.') == len(exercises(6))


ASK = """
(cases) => cases.map(({exercise, values, unit}) => {
  const form = document.querySelector(`form[aria-label="Answer to exercise ${exercise}"]`);
  const texts = form.querySelectorAll("input[type=text]"), select = form.querySelector("select");
  if (texts.length) texts.forEach((input, i) => { input.value = values[i]; });
  else form.querySelector(`input[value="${values[0]}"]`).checked = true;
  if (select) select.value = unit;
  form.requestSubmit();
  const output = form.querySelector("output");
  return [output.dataset.kind, output.textContent];
})"""


def tried(exercise):
    """Answers that people might give, with their units."""
    answer = ANSWERS[exercise]()
    if answer.choices:
        return [(choice, "") for choice in answer.choices]
    right, units = np.asarray(answer.value, dtype=float), factors(answer.unit)
    values = [right, *(np.asarray(mistake.value, dtype=float) for mistake in answer.mistakes)]
    values += [right * f for f in (0.955, 1.045, 0.9, 1.2, 0.33, 3.1, 20.0, -1.0, 1e-3)]
    if right.ndim:
        values.append(right * [1.0, *[7.0] * (right.size - 1)])
    found = [(value / factor, unit) for value in values for unit, factor in units.items()]
    return found + [(right, unit) for unit in units]


@pytest.mark.slow
def test_the_box_of_a_page_says_what_check_says(opened):
    page = opened(f"<!doctype html><meta charset='utf-8'>{''.join(box(each, {}) for each in ANSWERS)}{script()}")
    cases = [(exercise, *each) for exercise in ANSWERS for each in tried(exercise)]
    given = [
        {"exercise": exercise, "values": [str(each) for each in np.ravel(value)], "unit": unit}
        for exercise, value, unit in cases
    ]
    for (exercise, value, unit), (kind, text) in zip(cases, page.evaluate(ASK, given), strict=True):
        verdict = sm.check(exercise, (value, unit) if unit else value)
        assert kind == verdict.kind, (exercise, value, unit, text)
        assert text == re.sub(r"_(max|min|\w)", r"\1", verdict.text) or kind == "not yet", (exercise, value, unit)


@pytest.mark.slow
def test_the_box_of_a_page_takes_numbers_as_people_write_them_and_the_keyboard(opened):
    page = opened(f"<!doctype html><meta charset='utf-8'>{box('3.2', {'glass': 'Se'})}{script()}")
    right = ANSWERS["3.2"]("Se").value
    said = page.locator("output")
    for text in (
        f"{right:.3f}".replace(".", ","),
        f"{right / 10:.4f}·10^1",
        f" {right:.3e} ",
        f"{right / 10:.4f} × 10¹",
    ):
        page.get_by_label("Your answer").fill(text)
        assert said.text_content() == ""
        page.keyboard.press("Enter")
        assert said.text_content() == "Right."
    # also what JavaScript would take for a number
    for text in ("", "three", "1 2", "1,200,000", "0x10", "2*100", "3·1000", "Infinity"):
        page.get_by_label("Your answer").fill(text)
        page.keyboard.press("Enter")
        assert said.text_content().startswith("Give a number, such as 0.25 or 2.5e-1")


def test_quantities_and_arrays_of_one_are_numbers():
    found = ANSWERS["3.2"]("Se").value
    assert all(sm.check("3.2", value, glass="Se") for value in (ufloat(found, 0.1), np.array([found]), [[found]]))


def test_names_in_code_keep_their_low_lines():
    verdict = Verdict("not yet", "Not yet. With n_k and V_max take `load_materials()` and `x_k`.")
    shown = verdict._repr_mimebundle_()["text/markdown"]
    assert shown == "Not yet. With n<sub>k</sub> and V<sub>max</sub> take `load_materials()` and `x_k`."


def test_what_too_few_members_leave_unknown_is_not_judged(monkeypatch):
    monkeypatch.setitem(ANSWERS, "4.1", lambda: Answer(np.nan, mistakes=(Mistake(np.nan, "no"), Mistake(1.0, "yes"))))
    for value in (np.nan, 3.0, "x"):
        assert sm.check("4.1", value).text.startswith("Not to be judged")
    assert box("4.1", {}) == "<p>Not to be judged: with so few members in the ensembles the answer is not known.</p>"
    # nor is a mistake that is unknown compared
    monkeypatch.setitem(ANSWERS, "4.1", lambda: Answer(2.0, mistakes=(Mistake(np.nan, "no"), Mistake(1.0, "yes"))))
    assert sm.check("4.1", 1.0).text == "yes"
    assert "<form" in box("4.1", {})
