"""What the files of an ensemble hold: what the fields of its class declare, and nowhere else.

An axis is a number, or in words "n" atoms, "modes" 3n - 3 or fewer, or "temperatures"; any other word is that of the
members, which in the files comes first. Of "k" only the first members are in a pack; what has neither is the same for
all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from importlib import import_module
from inspect import cleandoc
from typing import Any, TypeVar, dataclass_transform

import numpy as np

from softmodes.arguments import finite, one, positive, whole

from .archives import Arrays, Headers, Manifest

# By kind, the module and the class.
_TABLES = {
    "glass": ("glasses", "Glasses"),
    "liquid": ("liquids", "Liquids"),
    "swap": ("swaps", "SwapLiquids"),
    "softening": ("soft_spots", "SoftSpots"),
    "instability": ("soft_spots", "Instabilities"),
    "wells": ("soft_spots", "Wells"),
}
_SIZES = ("n", "modes", "temperatures")
_LISTS = {"temperatures", "sweeps"}
_Class = TypeVar("_Class")


def stored(text: str, *axes: str | int, integer: bool = False) -> Any:
    """Field of an ensemble: an array in its files, what it is and its axes."""
    return field(metadata={"text": text, "axes": axes, "dtype": "i" if integer else "f"})


def made_with(*names: str, earlier: dict[str, Any]) -> Any:
    """Field of an ensemble: the parameters that it was made with; `earlier` is what manifests without one mean."""
    return field(metadata={"names": names, "earlier": earlier})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(stored, made_with))
def ensemble(table: type[_Class]) -> type[_Class]:
    """Decorate a class of `stored` arrays: a frozen dataclass whose docstring lists them."""
    described: Any = dataclass(frozen=True, eq=False, kw_only=True)(table)
    lines = ["", "Parameters", "----------"]
    for each in fields(described):
        if "names" in each.metadata:
            names = ", ".join([*each.metadata["names"], *each.metadata["earlier"]])
            lines += [f"{each.name} : dict", f"    What they were made with: {names}."]
        else:
            shape = ", ".join(map(str, each.metadata["axes"]))
            of = " of int" if each.metadata["dtype"] == "i" else ""
            shape += "," if len(each.metadata["axes"]) == 1 else ""
            lines += [f"{each.name} : ndarray{of}, shape ({shape})", f"    {each.metadata['text']}"]
    # Python dedents what is written in a class from 3.13 on, and not what is added
    table.__doc__ = "\n".join([cleandoc(table.__doc__ or ""), *lines])
    return table


def as_ensemble(manifest: Manifest, arrays: Arrays) -> Any:
    """Return the arrays of an archive as an ensemble of its kind; the axis of the members goes to its place."""
    table, values = _table(manifest["kind"]), {}
    for each in fields(table):
        if "names" in each.metadata:
            values[each.name] = each.metadata["earlier"] | manifest["parameters"]
        else:
            values[each.name] = np.moveaxis(arrays[each.name], 0, _place(each.metadata["axes"]) or 0)
    return table(**values)


def check_contents(headers: Headers, manifest: Manifest, *, count: int | None = None) -> None:
    """Raise a ValueError unless the arrays of a member, or of a pack of `count`, are those of its kind and parameters.

    `headers` are shapes and types, ``{name: (shape, dtype)}``. Of a kind that is not known here anything is accepted.
    """
    if manifest["kind"] not in _TABLES:
        return
    declared = {each.name: each.metadata for each in fields(_table(manifest["kind"]))}
    sizes = _sizes(declared.pop("parameters"), manifest["parameters"])
    if missing := declared.keys() - headers:
        raise ValueError(f"it does not hold {', '.join(sorted(missing))}")
    if unknown := headers.keys() - declared:
        raise ValueError(f"it holds {', '.join(sorted(unknown))}, not known of a {manifest['kind']}")
    for name, (shape, dtype) in headers.items():
        axes, kind = declared[name]["axes"], declared[name]["dtype"]
        expected = tuple(sizes.get(axis, axis) for place, axis in enumerate(axes) if place != _place(axes))
        if count is not None and _place(axes) is not None:
            some = "k" in axes and shape and 1 <= shape[0] < count
            expected = (shape[0] if some else count, *expected)
        if shape != expected or dtype.kind != kind:
            raise ValueError(f"{name} is {dtype} of shape {shape}, not numbers of shape {expected}")


def _table(kind: str) -> Any:
    """Return the class of an ensemble; its module needs this one."""
    module, name = _TABLES[kind]
    return getattr(import_module(f".{module}", __package__), name)


def _place(axes: tuple[str | int, ...]) -> int | None:
    """Which axis is that of the members; None if there is none."""
    words = (place for place, axis in enumerate(axes) if isinstance(axis, str) and axis not in _SIZES)
    return next(words, None)


def _sizes(made: Mapping[str, Any], parameters: dict[str, Any]) -> dict[str | int, int]:
    if missing := set(made["names"]) - set(parameters):
        raise ValueError(f"its manifest does not give {', '.join(sorted(missing))}")
    given = made["earlier"] | parameters
    for name in set(made["names"]) - {"n"}:
        (finite if name in _LISTS else partial(one, finite))(name, given[name])
    n = whole("n", given["n"])
    whole("exponent", given["exponent"])
    modes = 3 * n - 3 if given.get("modes") is None else whole("modes", given["modes"])
    return {"n": n, "modes": modes, "temperatures": positive("temperatures", given.get("temperatures", [1])).size}
