"""What passes between the process in which a student's code runs and the one that judges: plain values, as JSON.

Imported by both; by the first one after the last cell of the student.
"""

import json
import math
import os
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

_NAME = re.compile(r"answer_(\d+)_(\w+)")
_ELEMENTS, _LETTERS, _DEPTH, _BYTES = 10_000, 1000, 4, 20_000_000


class Unjudged(str):
    """What a student gave that is no value of a kind that can be judged: in words, what it is."""


def hand_over(names: dict[str, Any], path: str) -> None:
    """Write the answers among the names of a notebook into a file."""
    answers = {name: _packed(value) for name, value in list(names.items()) if _NAME.fullmatch(name)}
    draft = f"{path}.part"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    os.replace(draft, path)


def taken_over(path: Path) -> dict[str, Any] | None:
    """Return the answers in that file by the number of the exercise; None where there is none that can be read."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _BYTES:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
        matched = {_NAME.fullmatch(name): packed for name, packed in found.items()}
        return {f"{name[1]}.{name[2]}": _unpacked(packed) for name, packed in matched.items() if name}
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _packed(value: Any, depth: int = _DEPTH) -> dict[str, Any]:
    kind = type(value).__name__
    if value is ... or value is None:
        return {"none": True}
    try:
        # a quantity with its uncertainty
        value = getattr(value, "nominal_value", value)
        if isinstance(value, np.ndarray | np.generic) and value.size <= _ELEMENTS:
            # of numbers, truth values or texts
            value = value.tolist() if value.dtype.kind in "biufcU" else Unjudged(kind)
        if isinstance(value, complex):
            return {"complex": [value.real, value.imag]}
        if isinstance(value, str) and not isinstance(value, Unjudged):
            return {"value": value} if len(value) <= _LETTERS else {"other": "a long text"}
        if isinstance(value, bool | float) or (isinstance(value, int) and value.bit_length() < 1000):
            return {"value": value}
        if isinstance(value, Fraction) or kind == "Decimal":
            return {"value": float(value)}
        if isinstance(value, list | tuple) and depth and len(value) <= _ELEMENTS:
            return {"tuple" if isinstance(value, tuple) else "list": [_packed(one, depth - 1) for one in value]}
    except Exception:
        # whatever an object of a student does when it is looked at
        pass
    return {"other": f"a value of type {kind[:_LETTERS]}"}


def _unpacked(packed: Mapping[str, Any]) -> Any:
    if "none" in packed:
        return ...
    if "value" in packed:
        return packed["value"]
    if "complex" in packed:
        return complex(*packed["complex"])
    if "list" in packed or "tuple" in packed:
        made = [_unpacked(one) for one in packed.get("list", packed.get("tuple"))]
        return made if "list" in packed else tuple(made)
    return Unjudged(packed["other"])


def shown_value(value: Any) -> str:
    """Return a value as a student would recognise it, in a few letters."""
    if value is ...:
        return ""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.6g}"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
