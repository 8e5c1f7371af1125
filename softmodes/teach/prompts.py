"""Questions as they are shown: text, a page that lives without a kernel, and a widget.

Why no library: jupyterquiz 2.9.6 explains each option and needs no eval, but its radio buttons are hidden and its
labels beyond the keyboard; it announces nothing; the answers stand in clear in its page; formulas are set by MathJax,
for which it asks a network; its script is of a kind that a report leaves out, and another at each run.

What is kept back until a reader has answered (which option is right, explanations, outcome) is enciphered, with the key
beside it. That keeps an eye that wanders through the source from reading it, and nobody who wants to know: the script
shows how, all options can be tried, and `data/teaching/` has the texts in clear.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import cycle
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from softmodes.teach.contents import Question

_FOLDER = Path(__file__).parent
_CSS = (_FOLDER / "prompts.css").read_text(encoding="utf-8")
_MODULE = (_FOLDER / "prompts.js").read_text(encoding="utf-8")
SCRIPT = f"<script>(() => {{\n{_MODULE.replace('export ', '')}enliven(document);\n}})();</script>"
"""What makes the questions of a page live."""
_INDEX = re.compile(r"([_^])(?:\{([^}]*)\}|(\S))")


class Prompts(anywidget.AnyWidget):
    """Some questions under a title; what a reader answers stays in the page that shows them."""

    _css = _CSS
    _esm = _MODULE + ('export default { render({ model, el }) { el.innerHTML = model.get("html"); enliven(el); } };\n')
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, title: str, questions: tuple[Question, ...]) -> None:
        self._title, self._questions = title, questions
        super().__init__(html=_section(title, questions, _raised))

    def __repr__(self) -> str:
        """Return the questions as text, without their answers."""
        return "\n".join([self._title, *(line for question in self._questions for line in _lines(question))])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        page = f"<style>{_CSS}</style>{_section(self._title, self._questions, _formula)}\n{SCRIPT}"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata


def _lines(question: Question) -> Iterator[str]:
    """Write a question as text, without what is kept back."""
    yield f"{question.name}  {_plain(question.question)}"
    yield from (f"    ( ) {_plain(option.text)}" for option in question.options)
    if not question.options:
        yield f"    a number{f' in {question.unit}' if question.unit else ''}: ..."
    if question.move:
        yield f"    Then: {_plain(question.move)}"


def _section(title: str, questions: tuple[Question, ...], formula: Callable[[str], str]) -> str:
    forms = "".join(_form(question, formula) for question in questions)
    lead = "<p><strong>Predict, then move, then compare.</strong></p>" if questions[0].move else ""
    return f'<section class="softmodes-questions" aria-label="{escape(title)}">{lead}{forms}</section>'


def _form(question: Question, formula: Callable[[str], str]) -> str:
    """Write a question that is folded; without a script it can be read and not answered."""
    if question.options:
        fields = "".join(
            f'<label><input type="radio" name="answer" value="{place}" required>'
            f"<span>{_html(option.text, formula)}</span></label>"
            for place, option in enumerate(question.options)
        )
    else:
        unit = escape(question.unit)
        fields = (
            f'<label><span>Your guess</span><input type="text" inputmode="decimal" autocomplete="off"'
            f' pattern="\\s*[\\-+−]?[0-9]*[.,]?[0-9]+([eE][\\-+]?[0-9]+)?\\s*" title="A number, such as 0.25 or 2.5e-1"'
            f' name="answer" data-unit="{unit}" required>'
            f"<span>{unit}</span></label>"
        )
    move = f'<p class="move">{_html(question.move, formula)}</p>' if question.move else ""
    return (
        f"<details><summary>{_html(question.question, formula)}</summary>"
        f'<form data-key="{question.name}" data-kept="{_kept(question, formula)}">'
        f'<fieldset disabled aria-label="{escape(_plain(question.question))}">{fields}</fieldset>'
        f"<button hidden>{'Commit' if question.move else 'Check'}</button>{move}"
        '<div role="status"></div></form></details>'
    )


def _kept(question: Question, formula: Callable[[str], str]) -> str:
    """Return what is shown after an answer, enciphered."""
    secret: dict[str, Any] = {
        "options": [[option.right, _html(option.says, formula)] for option in question.options],
        "outcome": _html(question.outcome, formula),
        "notice": _html(question.notice, formula),
    }
    if question.value is not None:
        secret |= {"value": question.value, "within": question.within}
    text = json.dumps(secret).encode()
    return base64.b64encode(bytes(a ^ b for a, b in zip(text, cycle(question.name.encode())))).decode()


def _html(text: str, formula: Callable[[str], str]) -> str:
    """Write a text as HTML, formulas, which stand between dollars, as `formula` has them."""
    return "".join(formula(escape(part)) if place % 2 else escape(part) for place, part in enumerate(text.split("$")))


def _formula(text: str) -> str:
    # KaTeX has two of them, and the pages the other one
    text = text.replace("ε", "ϵ")
    return f'<span class="tex">${text}$</span>'


def _raised(text: str) -> str:
    """Write a formula where nothing sets it: what is lowered or raised as such."""
    tags = {"_": "sub", "^": "sup"}
    return _INDEX.sub(lambda found: f"<{tags[found[1]]}>{found[2] or found[3]}</{tags[found[1]]}>", text)


def _plain(text: str) -> str:
    return re.sub(r"\$([^$]*)\$", lambda found: re.sub(r"[{}]", "", found[1]), text)
