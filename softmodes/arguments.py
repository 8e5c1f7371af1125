"""One door for every argument: numbers in, float arrays out, or one clear line."""

import dataclasses
import functools
import inspect
import os
import reprlib
from collections.abc import Callable, Collection
from decimal import Decimal
from numbers import Real
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, ParamSpec, Protocol, TypeGuard, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

Seed = np.random.Generator | int
FilePath = str | os.PathLike[str]
Floats = NDArray[np.float64]
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

# What a formula gives: a number for numbers, an array for arrays. A type checker takes it for an array, which does all
# that a number does and turns into one by `float`.
if TYPE_CHECKING:
    Numbers = Floats
else:
    Numbers = float | Floats

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_Option = TypeVar("_Option")


class Dataclass(Protocol):
    """What holds fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class _OneLine(reprlib.Repr):
    """What was given, in one line that a reader can take in."""

    def repr_ndarray(self, array: np.ndarray, level: int) -> str:
        """Return the numbers of a short array, or what kind of array it is."""
        return " ".join(str(array).split()) if array.size <= 6 else f"an array of shape {array.shape}"

    def repr_int(self, number: int, level: int) -> str:
        """Return an integer, or its length: python refuses to write more than 4300 digits, a reader to read them."""
        digits = abs(number).bit_length() * 0.30103
        return repr(number) if digits < 40 else f"an integer of about {digits:.0f} digits"

    def repr_instance(self, value: object, level: int) -> str:
        """Anything else, without the line breaks of arrays."""
        return self.repr_str(" ".join(super().repr_instance(value, level).split()), level)[1:-1]


_SHOWN = _OneLine()
_SHOWN.maxstring = _SHOWN.maxother = 80
shown = _SHOWN.repr
"""Text that stands for a value in a message: one line, shortened."""


def summary(value: Dataclass) -> str:
    """Text that stands for a dataclass, its `__repr__`: of its first fields, those of arrays by shape and range."""
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    parts = [f"{name} {_described(content)}" for name, content in fields.items() if content is not None]
    more = [f"and {len(parts) - _FIELDS} more"] if len(parts) > _FIELDS else []
    return f"<{type(value).__name__}: {', '.join(parts[:_FIELDS] + more)}>"


def _described(content: object) -> str:
    if not isinstance(content, float | np.ndarray):
        return shown(content)
    array = np.asarray(content)
    if array.size <= 3:
        return " ".join(f"{number:.4g}" for number in array.flat)
    known = array[np.isfinite(array)] if array.ndim == 1 else array[:0]
    return f"{array.shape}" + (f" from {known.min():.4g} to {known.max():.4g}" if known.size else "")


_FIELDS = 6  # of 19 that an ensemble has, the first tell what it is
_LARGEST = 2**63 - 1


def finite(name: str, value: object) -> Floats:
    """Return `value` as a float array, or raise a ValueError that names it if an element is not a finite number."""
    return _admitted(name, real(name, value), np.isfinite, "finite")


def positive(name: str, value: object) -> Floats:
    """Return `value` as a float array, or raise a ValueError that names it if an element is not positive and finite."""
    return _admitted(name, real(name, value), lambda array: np.isfinite(array) & (array > 0), "positive and finite")


def between(name: str, value: object, low: float, high: float, unit: str = "") -> Floats:
    """Return `value` as a float array, or raise a ValueError that names it if an element is out of its range."""
    array = (positive if low > 0 else finite)(name, value)
    refused = array[(array < low) | (array > high)]
    if refused.size:
        raise ValueError(f"{name} must lie between {low:g} and {high:g}{unit}, got {refused.flat[0]}")
    return array


def amplitudes(name: str, value: object) -> np.ndarray:
    """Return `value` as a float or complex array, or raise a ValueError that names it if an element is not finite."""
    array = numbers(name, value)
    return _admitted(name, array if array.dtype.kind == "c" else real(name, array), np.isfinite, "finite")


def real(name: str, value: object) -> Floats:
    """Return `value` as a float array, or raise a ValueError that names it if it is not of real numbers."""
    array = numbers(name, value)
    if array.dtype.kind == "c":
        raise ValueError(f"{name} must be real, got {shown(array.flat[0].item() if array.size else value)}")
    return np.asarray(array, dtype=float)


def increasing(name: str, value: object) -> Floats:
    """Return edges of bins as a float array, or raise a ValueError if they are not two or more increasing numbers."""
    array = finite(name, value)
    with np.errstate(over="ignore"):
        widths = np.diff(array) if array.ndim == 1 else np.zeros(1)
    if not (widths.size and np.all((widths > np.finfo(float).tiny) & np.isfinite(widths))):
        raise ValueError(f"{name} must be two or more increasing numbers, got {shown(value)}")
    return array


def motions(name: str, value: object) -> np.ndarray:
    """Return displacements of shape (..., atom, 3) by a power of two from `value`, of a size that can be squared.

    A ValueError names them if the shape is another, one is not finite or no atom moves.
    """
    array = amplitudes(name, value)
    if array.ndim < 2 or array.shape[-1] != 3 or not array.shape[-2]:
        raise ValueError(f"{name} must have the shape (..., atom, 3), got {array.shape}")
    size = np.max(np.maximum(np.abs(array.real), np.abs(array.imag)), axis=(-2, -1), keepdims=True)
    if not np.all(size > 0):
        raise ValueError(f"{name} must not be zero, got one in which no atom moves")
    power = -np.frexp(size)[1]
    scaled: np.ndarray = np.ldexp(array.real, power)
    if array.dtype.kind == "c":
        scaled = scaled + 1j * np.ldexp(array.imag, power)
    return scaled


def unit_motion(name: str, value: object, shape: tuple[int, ...]) -> Floats:
    """Return one motion of any length as a vector of unit length, or raise a ValueError if it is not of this shape."""
    array = finite(name, value)
    if array.shape != shape or not np.any(array):
        raise ValueError(f"{name} must be a non-zero array of shape {shape}, got {array.shape}")
    vector: Floats = motions(name, array)
    return vector / np.linalg.norm(vector)


def one(check: Callable[..., np.ndarray], name: str, value: object, *limits: float, **unit: str) -> float:
    """Return `value` as a float after `check` (one of those above), or raise a ValueError if it is an array."""
    array = check(name, value, *limits, **unit)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got an array of shape {array.shape}")
    return float(array)


def whole(name: str, value: object, *, least: float = 1, most: float = _LARGEST) -> int:
    """Return `value` as an int, or raise a ValueError that names it if it is no integer or out of its range."""
    if not _is_integer(value) or not least <= value <= most:
        too_many = _is_integer(value) and value > most
        wanted = f"from {least} to {most}" if too_many else f"of at least {least}"
        raise ValueError(f"{name} must be an integer {wanted}, got {shown(value)}")
    return int(value)


def mask(name: str, value: object, shape: tuple[int, ...], *, of: str = "what it chooses from") -> np.ndarray:
    """Return `value`, truth values or the numbers 0 and 1, as a bool array, or raise a ValueError if it is no mask.

    Axes of length one may be missing in front; `of` says in words what has this shape.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must have the shape of {of}, {shape}, got rows of unequal length") from None
    if (1,) * (len(shape) - array.ndim) + array.shape != shape:
        raise ValueError(f"{name} must have the shape of {of}, {shape}, got {array.shape}")
    if np.ma.is_masked(value) or array.dtype.kind not in "biuf" or not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must be true or false, or 1 or 0, for each element, got {shown(value)}")
    return array.astype(bool).reshape(shape)


def member(name: str, value: object, options: Collection[_Option]) -> _Option:
    """Return `value`, or raise a ValueError that names it if it is none of the `options`."""
    for option in options:
        if isinstance(value, type(option)) and value == option:
            return value
    raise ValueError(f"{name} must be one of {', '.join(map(str, options))}, got {shown(value)}")


def generator(name: str, value: object) -> np.random.Generator:
    """Return a Generator, `value` itself or one seeded with it, or raise a ValueError that names it."""
    if isinstance(value, np.random.Generator | np.random.SeedSequence):
        return np.random.default_rng(value)
    if not _is_integer(value) or value < 0:
        raise ValueError(f"{name} must be a numpy Generator or an integer of at least 0, got {shown(value)}")
    return np.random.default_rng(value)


def member_seed(seed: object, index: object, *places: int) -> np.random.SeedSequence:
    """Return the SeedSequence of a member of an ensemble, or raise a ValueError if one is no integer of at least 0."""
    return np.random.SeedSequence(whole("seed", seed, least=0), spawn_key=(*places, whole("index", index, least=0)))


@overload
def representable(function: Decorated) -> Decorated: ...
@overload
def representable(*, underflow: Literal["raise", "ignore"]) -> Callable[[Decorated], Decorated]: ...
def representable(
    function: Callable[_Given, _Result] | None = None, *, underflow: Literal["raise", "ignore"] = "raise"
) -> Callable[..., Any]:
    """Decorate a formula: where a double cannot hold its value, raise a ValueError that names the arguments.

    Without `underflow` "raise", what is too small becomes zero: for formulas that may be zero anyway.
    """
    if function is None:
        return functools.partial(representable, underflow=underflow)

    @functools.wraps(function)
    def checked(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise", under=underflow):
                result = function(*args, **kwargs)
            # special functions overflow without raising anything; nan is "no solution" and said so
            if _has_infinity(result):
                raise FloatingPointError
            return result
        except (FloatingPointError, OverflowError):
            given = _given(function, args, kwargs)
            values = ", ".join(map(shown, given.values()))
            raise ValueError(
                f"{', '.join(given)} must keep {function.__name__} and its factors between 2.2e-308 and 1.8e308,"
                f" got {values}"
            ) from None
        except ValueError as error:
            # numpy's own, which does not know what the arrays are called
            if not any(words in str(error) for words in ("could not be broadcast", "shape mismatch")):
                raise
            shapes = {name: np.shape(value) for name, value in _given(function, args, kwargs).items()}
            raise ValueError(
                f"{', '.join(shapes)} must have shapes that fit together, got {', '.join(map(str, shapes.values()))}"
            ) from None

    return checked


def _given(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    given = inspect.signature(function).bind(*args, **kwargs).arguments
    given.pop("self", None)
    return given


def _has_infinity(result: object) -> bool:
    if isinstance(result, tuple):
        return any(map(_has_infinity, result))
    return isinstance(result, float | np.generic | np.ndarray) and bool(np.any(np.isinf(result)))


def _admitted(name: str, array: np.ndarray, admissible: Callable[..., np.ndarray], condition: str) -> np.ndarray:
    refused = array[~admissible(array)]
    if refused.size:
        raise ValueError(f"{name} must be {condition}, got {refused.flat[0]}")
    return array


def numbers(name: str, value: object) -> np.ndarray:
    """Return `value` as an array of real or complex numbers, finite or not, or raise a ValueError that names it.

    What numpy would take for numbers without asking is refused: texts, truth values, dates, what lies behind a mask.
    """
    if unit := getattr(value, "unit", getattr(value, "units", None)):
        raise ValueError(f"{name} must be plain numbers in the unit that is documented, got some in {shown(unit)}")
    if _hides(value, np.ma.MaskedArray):
        raise ValueError(f"{name} must have no masked elements, got {shown(value)}")
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and all(map(_is_number, array.flat)):
            array = array.astype(float)
    except OverflowError:
        raise ValueError(f"{name} must be finite, got {shown(value)}") from None
    except (TypeError, ValueError, RecursionError):
        array = None
    if array is None or array.dtype.kind not in "iufc" or _hides(value, bool | np.bool_ | bytearray):
        raise ValueError(f"{name} must be a number or an array of numbers, got {shown(value)}")
    return array


def _is_integer(value: object) -> TypeGuard[int | np.integer]:
    # numpy's durations are integers by their class
    return isinstance(value, int | np.integer) and not isinstance(value, bool | np.timedelta64)


def _is_number(value: object) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def _hides(value: object, kind: type | UnionType, depth: int = 64) -> bool:
    """Whether a value, or a list at a depth that an array can have, holds something masked or of another kind."""
    if isinstance(value, list | tuple):
        return depth > 0 and any(_hides(element, kind, depth - 1) for element in value)
    return isinstance(value, kind) and (kind is not np.ma.MaskedArray or bool(np.ma.is_masked(value)))


def path_argument(name: str, value: object) -> Path:
    """Return `value` as a Path, or raise a ValueError that names it if it cannot be one."""
    text = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str) or not text or "\0" in text:
        raise ValueError(f"{name} must be the name of a file or folder, got {' '.join(reprlib.repr(value).split())}")
    return Path(text)
