"""The box below an exercise of a page: it knows an answer when it sees it, without a kernel and without a network.

The page holds no answer and no text about one. It holds grids of logarithmic cells, of which one is what is right, and
salted digests of that cell's number; the text of a known mistake is enciphered with the cell as its key. That keeps an
answer from who reads the source of the page. It does not keep it from who tries all numbers, some twenty in a decade,
nor from who reads this package, which computes it.
"""

import json
from functools import cache
from hashlib import sha256
from html import escape
from math import copysign, floor, log
from pathlib import Path
from typing import Any

import numpy as np

from softmodes.teach.answer import Answer
from softmodes.teach.judge import TEXTS, Target, is_known, targets
from softmodes.teach.units import factors, spoken

_HERE = Path(__file__).parent
_BYTES = 8  # of a digest; chance hits are out of reach with fewer


def box(exercise: str, parameters: dict[str, Any]) -> str:
    """HTML of the box of an exercise with these parameters; `script` makes all boxes of a page work."""
    # takes the physics along, which a page without exercises does not need
    from softmodes.teach.answers import ANSWERS

    answer = ANSWERS[exercise](**parameters)
    if not is_known(answer):
        return f"<p>{escape(TEXTS['unknown'])}</p>"
    units = factors(answer.unit)
    hits = [_target(f"{exercise}|{i}", target) for i, target in enumerate(targets(answer))]
    known = {"unit": answer.unit, "units": units, "parts": answer.parts, "targets": hits}
    fields = _choices(exercise, answer) if answer.choices else _numbers(answer, units)
    return (
        f'<form class="ask" aria-label="Answer to exercise {exercise}" data-ask="{escape(json.dumps(known))}">'
        f'{fields} <button>Check</button> <output aria-live="polite"></output>{_judged_with(parameters)}</form>'
    )


@cache
def script() -> str:
    """Style and script of the boxes of a page, needed once."""
    style, code = ((_HERE / name).read_text(encoding="utf-8") for name in ("ask.css", "ask.js"))
    return f"<style>{style}</style><script>const ASK = {json.dumps(TEXTS)};\n{code}</script>"


def _judged_with(parameters: dict[str, Any]) -> str:
    """Say for which numbers a box is made: students of a class have others, and not in the page."""
    given = ", ".join(f"<code>{escape(f'{name} = {json.dumps(value)}')}</code>" for name, value in parameters.items())
    said = f" <small>This box judges with {given}; numbers of your own are judged in your notebook.</small>"
    return said if given else ""


def _choices(exercise: str, answer: Answer) -> str:
    each = (
        f'<label><input type="radio" name="exercise-{exercise}" value="{escape(key)}"> {escape(text)}</label>'
        for key, text in answer.choices.items()
    )
    return f"<fieldset><legend>One of these</legend>{' '.join(each)}</fieldset>"


def _numbers(answer: Answer, units: dict[str, float]) -> str:
    each = " ".join(
        f'<label>{escape(part)} <input type="text" inputmode="decimal" autocomplete="off" size="9"></label>'
        for part in answer.parts or ("Your answer",)
    )
    if len(units) == 1:
        return each
    options = "".join(f'<option value="{escape(unit)}">{escape(spoken(unit))}</option>' for unit in units)
    return f'{each} <select aria-label="unit">{options}</select>'


def _target(salt: str, target: Target) -> dict[str, Any]:
    """Return what the page knows of a target: for each number a grid and the digests of the cells that are hit."""
    if isinstance(target.value, str):
        return {"kind": target.kind, "salt": salt, **_sealed(salt, [{"digests": [target.value]}], target.says)}
    width = log(target.high / target.low)
    grids = [_grid(float(value), target, width) for value in np.ravel(target.value)]
    return {"kind": target.kind, "salt": salt, "width": width, **_sealed(salt, grids, target.says)}


def _grid(value: float, target: Target, width: float) -> dict[str, Any]:
    start = log(abs(value) * target.low)
    middle, sign = floor(start / width + 0.5), "-" if copysign(1, value) < 0 else "+"
    cells = [f"{sign}{middle + step}" for step in range(-target.reach, target.reach + 1)]
    return {"offset": start - middle * width, "digests": cells}


def _sealed(salt: str, grids: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """Return the grids with digests in place of the cells, and the text as only who knows the cells can read it."""
    key = "|".join([salt, *(grid["digests"][len(grid["digests"]) // 2] for grid in grids)])
    sealed = [grid | {"digests": [_digest(salt, i, cell) for cell in grid["digests"]]} for i, grid in enumerate(grids)]
    return {"grids": sealed, "text": _enciphered(text.encode(), key).hex()}


def _digest(salt: str, place: int, cell: str) -> str:
    return sha256(f"{salt}|{place}|{cell}".encode()).hexdigest()[: 2 * _BYTES]


def _enciphered(text: bytes, key: str) -> bytes:
    blocks = (sha256(f"{key}#{i}".encode()).digest() for i in range(len(text) // 32 + 1))
    return bytes(letter ^ other for letter, other in zip(text, b"".join(blocks), strict=False))
