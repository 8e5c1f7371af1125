"""Questions of `data/teaching/`: read, found to be whole, and completed with the numbers that the package computes."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from softmodes.arguments import shown
from softmodes.places import shipped
from softmodes.teach import outcomes

OUTCOMES: dict[str, Callable[[], float]] = {
    name: function
    for name, function in vars(outcomes).items()
    if getattr(function, "__module__", "") == outcomes.__name__ and not name.startswith("_")
}
_COMPUTED = re.compile(r"\[\[(\w*)(?::(.*?))?\]\]")
_KINDS = {str: "a text", list: "a list of options", bool: "true or false", float: "a number with a point"}
_QUESTION = {"question": str, "options": list, "value": str, "unit": str, "within": float, "move": str, "notice": str}
_OPTION = {"text": str, "says": str, "right": bool}


@dataclass(frozen=True)
class Option:
    """An answer that can be chosen, what it shows, and whether it is the right one."""

    text: str
    says: str
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, with options to choose from or a number to guess; formulas stand between dollars, in signs.

    Attributes
    ----------
    name : str
        Of its entry, and its place there.
    value : float, optional
        The number that comes out, in `unit`; a guess is close within the fraction `within`.
    move, notice : str
        Of a prediction: what to do after it, and what to see then.
    """

    name: str
    question: str
    options: tuple[Option, ...] = ()
    value: float | None = None
    unit: str = ""
    within: float = 0.1
    move: str = ""
    notice: str = ""

    @property
    def outcome(self) -> str:
        """What comes out: the right option, or the number."""
        if self.value is None:
            return next(option.text for option in self.options if option.right)
        return f"{written(self.value)} {self.unit}".strip()


def questions(file: str, entry: str) -> tuple[Question, ...]:
    """Return the questions of one entry of a file, with the numbers that come out now."""
    return tuple(_computed(f"{entry}.{place}", given) for place, given in enumerate(entries(file)[entry], 1))


def entries(file: str) -> dict[str, list[dict[str, Any]]]:
    """Return what a file of `data/teaching/` has, by entry: its questions as written, each found to be whole.

    Raises
    ------
    ValueError
        If one is not: a line with the file, the entry, and what is wrong with it.
    FileNotFoundError
        If the file is missing.
    """
    with shipped(f"teaching/{file}") as path:
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file} is no TOML: {' '.join(str(error).split())}") from None
        for entry, given in found.items():
            if not isinstance(given, list):
                raise ValueError(f"{file}, {entry}: must be questions, [[{entry}]], got {shown(given)}")
            for place, question in enumerate(given, 1):
                for fault in _faults(question):
                    raise ValueError(f"{file}, {entry}, question {place}: {fault}")
    return found


def written(value: float, how: str = ".3g") -> str:
    """Return a number as a text has it: with a true minus, and powers of ten raised."""
    digits, _, power = format(value, how).replace("-", "−").partition("e")
    raised = f"{int(power.replace('−', '-'))}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")) if power else ""
    return f"{digits}×10{raised}" if power else digits


def _computed(name: str, given: dict[str, Any]) -> Question:
    given = {key: _filled(text) if key in ("question", "move", "notice") else text for key, text in given.items()}
    options = tuple(
        Option(_filled(option["text"]), _filled(option["says"]), option.get("right", False))
        for option in given.pop("options", ())
    )
    value = OUTCOMES[given.pop("value")]() if "value" in given else None
    return Question(name=name, options=options, value=value, **given)


def _filled(text: str) -> str:
    return _COMPUTED.sub(lambda found: written(OUTCOMES[found[1]](), found[2] or ".3g"), text)


def _faults(question: Any) -> Iterator[str]:
    """Tell what is wrong with a question, each in a few words."""
    guessed = isinstance(question, dict) and "value" in question
    yield from _misfits(question, _QUESTION, ("question", "value" if guessed else "options"))
    if ("move" in question) != ("notice" in question):
        yield f"lacks {'notice' if 'move' in question else 'move'}"
    if guessed:
        if "options" in question:
            yield "has a value and options, must have one of them"
        if "move" not in question:
            yield "has a value, must have move and notice, too"
        yield from _slips("value", f"[[{question['value']}]]")
        return
    for place, option in enumerate(question["options"], 1):
        yield from (f"option {place} {fault}" for fault in _misfits(option, _OPTION, ("text", "says")))
    right = sum(option.get("right", False) for option in question["options"])
    if right != 1 or len(question["options"]) < 2:
        yield f"must have two options or more, one of them right, got {len(question['options'])} with {right} right"


def _misfits(table: Any, kinds: dict[str, type], needed: tuple[str, ...]) -> Iterator[str]:
    """Tell what a table lacks, has too much, or has in another form than it must be."""
    if not isinstance(table, dict):
        yield f"must be a table, got {shown(table)}"
        return
    yield from (f"lacks {name}" for name in needed if name not in table)
    for name, value in table.items():
        if name not in kinds:
            yield f"has {name}, must have none but {', '.join(kinds)}"
        elif type(value) is not kinds[name] or value in ("", []):
            yield f"{name} must be {_KINDS[kinds[name]]}, got {shown(value)}"
        elif isinstance(value, str):
            yield from _slips(name, value)


def _slips(name: str, text: str) -> Iterator[str]:
    if text.count("$") % 2:
        yield f"{name} has a $ without its partner"
    if "\\" in text:
        yield f"{name} has a backslash, must have signs in formulas, η and not \\eta"
    for wanted, how in _COMPUTED.findall(text):
        if wanted not in OUTCOMES:
            yield f"{name} has {shown(wanted)}, which must be a function of softmodes.teach.outcomes"
        try:
            format(1.0, how)
        except ValueError:
            yield f"{name} has {shown(how)}, which must be a format of a number such as .3g"
