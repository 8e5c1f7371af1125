"""Quizzes and predictions: whole, right, kept back until one answers, and alive without a kernel."""

import base64
import hashlib
import json
import re

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

import softmodes as sm
from softmodes.paper.loaders import load_ensembles
from softmodes.places import DATA, NOTEBOOKS
from softmodes.report.render import Page, render
from softmodes.teach.contents import OUTCOMES, entries, questions, written

SECTIONS = range(1, 6)
PROMPTS = list(entries("predictions.toml"))


def asked(file):
    return [question for entry in entries(file) for question in questions(file, entry)]


# The contents


def test_every_section_has_five_questions_and_each_option_an_explanation():
    assert {int(section): len(found) for section, found in entries("quiz.toml").items()} == dict.fromkeys(SECTIONS, 5)
    for question in asked("quiz.toml"):
        assert len(question.options) == 4
        assert len({option.says for option in question.options} | {option.text for option in question.options}) == 8
        assert sum(option.right for option in question.options) == 1
    places = [[option.right for option in question.options].index(True) for question in asked("quiz.toml")]
    assert {places.count(place) > 2 for place in range(4)} == {True}  # the place does not give it away


def test_a_prediction_is_asked_before_every_explorer():
    before = []
    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [("".join(cell["source"]), cell) for cell in cells if cell["cell_type"] == "code"]
        for (asks, cell), (source, _) in zip(code, code[1:], strict=False):
            if re.match(r"(explorer = )?sm\.\w+Explorer\(", source):
                before.append(re.fullmatch(r'sm\.predict\("(.+)"\)', asks)[1])
                assert (cell["metadata"], cell["id"]) == (
                    {"tags": ["predict"]},
                    f"predict-{before[-1].replace('.', '-')}",
                )
        quizzes = [cell for source, cell in code if source == f"sm.quiz({path.name.partition('_')[0]})"]
        assert [(cell["metadata"], cell["id"][:5]) for cell in quizzes] in ([({"tags": ["quiz"]}, "quiz-")], [])
        assert bool(quizzes) == (int(path.name.partition("_")[0]) in SECTIONS)
    assert sorted(before) == PROMPTS
    assert {len(questions("predictions.toml", prompt)) for prompt in PROMPTS} <= {2, 3}


def test_every_number_that_can_be_asked_for_is():
    texts = "".join(
        (DATA / "teaching" / file).read_text(encoding="utf-8") for file in ("quiz.toml", "predictions.toml")
    )
    assert [name for name in OUTCOMES if not re.search(rf"\[\[{name}[:\]]|value = \"{name}\"", texts)] == []


def test_outcomes_are_what_the_equations_say():
    found = {name: outcome() for name, outcome in OUTCOMES.items()}
    assert found["barrier_at_half_the_force"] == pytest.approx(1 / 4)  # εη²/4
    assert found["standing_wave_share"] == pytest.approx(2 / 3)
    assert found["area_at_lower_crossover"] == pytest.approx(0.9**-3)
    assert found["area_with_wrong_sign"] == pytest.approx(0.9**3)
    assert found["crossover_of_fifty_atoms"] == pytest.approx(found["silica_crossover"] * (162 / 50) ** (1 / 3))
    assert found["energy_at_twice_the_cost"] == pytest.approx(4)
    assert found["atoms_at_melting"] / found["atoms_at_glass_transition"] == pytest.approx((3 / 5) ** 2)
    assert found["atoms_of_double_well"] < found["atoms_at_glass_transition"] < found["atoms_of_vibration"]
    assert found["silica_quartic_share"] == pytest.approx((3 / found["silica_frequency"]) ** 2)
    assert found["selenium_quartic_share"] == pytest.approx((1.3 / found["selenium_frequency"]) ** 2)
    assert found["selenium_quartic_share"] < 1 < found["silica_quartic_share"]
    assert found["spacing_double_well"] < 1e-2 * found["spacing_quartic"]
    assert found["spacing_tilted"] == pytest.approx(4, rel=0.1)  # minima at ±2, tilted by one
    assert found["higher_crossover_ratio"] < found["full_crossover_ratio"] < found["lower_crossover_ratio"]
    assert found["lower_limit_glass"] < found["lower_limit_melting"] < 0.5
    assert 1 < found["softest_atoms_1000"] / found["softest_atoms_500"] < 1.5 < found["bulk_growth"] < 2.1
    assert found["soft_growth"] < 1.5


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [(0.00152, ".1e", "1.5×10⁻³"), (-2.5, ".1f", "−2.5"), (115.8, ".3g", "116"), (2e7, ".3g", "2×10⁷")],
)
def test_numbers_are_written_as_in_a_text(value, how, text):
    assert written(value, how) == text


WHOLE = """
[["2.a"]]
question = "Why?"
move = "Move."
notice = "Notice."
[["2.a".options]]
text = "This"
says = "Because."
right = true
[["2.a".options]]
text = "That"
says = "No."
"""
GUESS = '[["2.a"]]\nquestion = "How many?"\nvalue = "bulk_growth"\nmove = "Move."\nnotice = "Notice."\n'
FAULTS = [
    (WHOLE, 'says = "Because."\n', "", "question 1: option 1 lacks says"),
    (WHOLE, 'text = "That"\n', "", "question 1: option 2 lacks text"),
    (WHOLE, 'question = "Why?"\n', "", "question 1: lacks question"),
    (WHOLE, 'notice = "Notice."\n', "", "question 1: lacks notice"),
    (WHOLE, 'move = "Move."\n', "", "question 1: lacks move"),
    (WHOLE, '"Why?"', '""', "question 1: question must be a text, got ''"),
    (WHOLE, '"Why?"', "5", "question 1: question must be a text, got 5"),
    (WHOLE, "right = true", "", "must have two options or more, one of them right, got 2 with 0 right"),
    (WHOLE, '"No."', '"No."\nright = true', "one of them right, got 2 with 2 right"),
    (WHOLE, "right = true", "right = 1", "option 1 right must be true or false, got 1"),
    (WHOLE, "right", "correct", "option 1 has correct, must have none but text, says, right"),
    (WHOLE, "Why?", "Why $x?", "question 1: question has a $ without its partner"),
    (
        WHOLE,
        "Because",
        "As [[nothing:.2f]]",
        "says has 'nothing', which must be a function of softmodes.teach.outcomes",
    ),
    (WHOLE, "Because", "[[bulk_growth:long]]", "says has 'long', which must be a format of a number such as .3g"),
    (WHOLE, '"Why?"', "'$\\eta$'", "question has a backslash, must have signs in formulas, η and not \\eta"),
    (WHOLE, WHOLE, '[["2.a"]]\nquestion = "Why?"', "question 1: lacks options"),
    (WHOLE, WHOLE, '[["2.a"]]\nquestion = "Why?"\noptions = [1, 2]', "option 1 must be a table, got 1"),
    (WHOLE, WHOLE, '["2.a"]\nquestion = "Why?"', "2.a: must be questions, [[2.a]], got {'question': 'Why?'}"),
    (GUESS, "bulk_growth", "growth", "value has 'growth', which must be a function of softmodes.teach.outcomes"),
    (GUESS, 'move = "Move."\nnotice = "Notice."\n', "", "question 1: has a value, must have move and notice, too"),
    (GUESS, "notice", "options = [1]\nnotice", "question 1: has a value and options, must have one of them"),
    (GUESS, "notice", "within = 1\nnotice", "question 1: within must be a number with a point, got 1"),
    (WHOLE, "[[", "[", " is no TOML: "),
]


@pytest.mark.parametrize(("text", "old", "new", "message"), FAULTS, ids=[fault for *_, fault in FAULTS])
def test_a_fault_in_a_file_is_one_line(tmp_path, monkeypatch, text, old, new, message):
    # what its numbers are computed from is read before
    assert load_ensembles().glasses
    monkeypatch.setattr("softmodes.places.DATA", tmp_path)
    file = tmp_path / "teaching" / "predictions.toml"
    file.parent.mkdir()
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^predictions\.toml\b[^\n]*{re.escape(message)}[^\n]*$"):
        sm.predict("2.a")
    file.write_text(text, encoding="utf-8")
    assert "2.a.1" in repr(sm.predict("2.a"))


def test_a_quiz_of_four_or_none_is_refused(tmp_path, monkeypatch):
    text = (DATA / "teaching" / "quiz.toml").read_text(encoding="utf-8")
    monkeypatch.setattr("softmodes.places.DATA", tmp_path)
    (tmp_path / "teaching").mkdir()
    (tmp_path / "teaching" / "quiz.toml").write_text(text[: text.rindex("[[5]]")], encoding="utf-8")
    with pytest.raises(ValueError, match=r"^quiz\.toml, 5: must have 5 questions, got 4$"):
        sm.quiz(5)
    (tmp_path / "teaching" / "quiz.toml").unlink()
    with pytest.raises(FileNotFoundError, match=r"quiz\.toml: No such file or directory; .* restores it$"):
        sm.quiz(5)


# What is shown


@pytest.fixture(scope="module")
def bundles():
    """All that a notebook is given to show, by the call."""
    made = [(f"quiz({n})", sm.quiz(n)) for n in SECTIONS] + [(f"predict({p!r})", sm.predict(p)) for p in PROMPTS]
    return {call: shown._repr_mimebundle_()[0] for call, shown in made}


def test_without_a_script_questions_can_be_read_and_answers_cannot(bundles):
    everything = "".join(data[kind] for data in bundles.values() for kind in ("text/plain", "text/html"))
    for question in asked("quiz.toml") + asked("predictions.toml"):
        kept = [option.says for option in question.options] + [question.notice or "never"]
        assert [text for text in kept if text in everything] == []
    for data in bundles.values():
        page = BeautifulSoup(data["text/html"], "html.parser")
        assert page.select_one("section")["aria-label"]
        for form in page.select("details > form"):
            options = [" ".join(span.text.split()) for span in form.select("label > span")]
            asks = form.parent.summary.text
            assert form.fieldset["aria-label"]
            assert form.fieldset.has_attr("disabled")
            assert form.button.has_attr("hidden")
            assert form.select_one("[role=status]").text == ""
            lines = re.sub(r"[{}]", "", data["text/plain"].replace("ε", "ϵ"))
            said = [asks, *options] if form.select("[type=radio]") else [asks]
            assert [text for text in said if re.sub(r"[${}]", "", text.replace("ε", "ϵ")) not in lines] == []


def test_what_is_shown_is_the_same_at_each_run(bundles):
    again = sm.quiz(1)
    data = again._repr_mimebundle_()[0]
    assert data["text/html"] == bundles["quiz(1)"]["text/html"]
    assert again.model_id not in data["text/html"] + data["text/plain"]


def page_of_all(bundles):
    """A page of the report with all quizzes and predictions, in which nothing may run but its own scripts."""
    cells = [
        new_code_cell(call, outputs=[new_output("display_data", {k: data[k] for k in ("text/plain", "text/html")})])
        for call, data in bundles.items()
    ]
    page = render(new_notebook(cells=cells), Page(href="x.html", title="x", links=(), provenance=()))[0]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes))
    policy = f"default-src 'none'; style-src 'unsafe-inline'; font-src data:; script-src {allowed}"
    return page.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


# Answers each question rightly; returns the verdicts.
ANSWER = """(answers) => [...document.querySelectorAll("form[data-kept]")].map((form, i) => {
  const inputs = form.querySelectorAll("input");
  if (inputs[0].type === "radio") inputs[answers[i]].checked = true; else inputs[0].value = answers[i];
  for (let times = form.querySelector(".move") ? 2 : 1; times; times--) form.requestSubmit();
  return form.querySelector("[role=status] strong").textContent;
})"""


def answer(question):
    """What is right: the place of an option, or nearly the number."""
    return next((i for i, option in enumerate(question.options) if option.right), 1.01 * (question.value or 0))


@pytest.mark.slow
def test_questions_live_in_a_page_of_the_report_and_can_be_answered_by_keyboard(bundles, opened):
    page = opened(page_of_all(bundles))
    page.set_viewport_size({"width": 390, "height": 800})
    heights = page.evaluate("[...document.querySelectorAll('.softmodes-questions')].map((e) => e.offsetHeight)")
    assert max(heights) < 500  # folded, on a telephone
    every, press, number = [*asked("quiz.toml"), *asked("predictions.toml")], page.keyboard.press, "4.a.2"
    for name in ("4.2", "4.a.1", number):
        question = next(question for question in every if question.name == name)
        form = page.locator(f"form[data-key='{name}']")
        form.locator("xpath=..").locator("summary").focus()
        for key in ("Enter", "Tab", "Space"):
            press(key)
        for _ in range(answer(question) if question.options else 0):
            press("ArrowDown")
        if name == number:
            page.keyboard.insert_text(repr(answer(question)))
        press("Enter")
        if question.move:
            assert form.locator("[role=status]").inner_text() == "Your prediction stands. It stays in this page."
            assert form.locator(".move").is_visible()
            press("Enter")  # the button has the focus
            predicted, comes = form.locator("dd").all()
            assert (predicted.inner_text() == comes.inner_text()) == (name != number)
            press("Enter")
        else:
            assert form.locator("strong").inner_text() == "Right."
    rights = ["Right." if question.options else "Close to it." for question in every]
    assert page.evaluate(ANSWER, [answer(question) for question in every]) == rights
    assert page.locator(".katex-error").count() == page.locator(".tex:not(:has(.katex))").count() == 0
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.slow
def test_a_wrong_answer_is_explained_and_a_prediction_stands_until_it_is_compared(bundles, opened):
    texts = bundles["quiz(5)"]["text/html"] + bundles["predict('3.a')"]["text/html"]
    page = opened(f"<!doctype html><meta charset=utf-8>{texts}")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    form = page.locator("form[data-kept]").first
    button, status = form.locator("button"), form.locator("[role=status]")
    button.click()
    assert status.inner_text() == ""  # nothing is chosen yet
    for place, option in enumerate(questions("quiz.toml", "5")[0].options):
        form.locator("input").nth(place).check()
        button.click()
        assert status.inner_text() == f"{'Right.' if option.right else 'Not so.'} {option.says}"
    assert form.locator("[data-mark='✗']").count() == 3

    form, question = page.locator("form[data-key='3.a.1']"), questions("predictions.toml", "3.a")[0]
    button, number = form.locator("button"), form.locator("[inputmode=decimal]")
    for factor, verdict in ((10, "Off by a factor of 10."), (0.5, "Off by a factor of 2."), (-1, "Of another sign.")):
        number.fill(repr(factor * question.value))
        button.click()
        assert number.is_disabled()
        assert question.outcome not in page.locator("body").inner_text()
        button.click()
        assert form.locator("strong").inner_text() == verdict
        assert form.locator("dd").nth(1).inner_text() == question.outcome
        button.click()
        assert number.input_value() == ""
