"""One door for every argument: numbers in, float arrays out, or one clear line."""

import numpy as np


def finite(name, value):
    """Return `value` as a float array, or raise a ValueError that names it if an element is not a finite number."""
    return _checked(name, value, np.isfinite, "finite")


def positive(name, value):
    """Return `value` as a float array, or raise a ValueError that names it if an element is not positive and finite."""
    return _checked(name, value, lambda array: np.isfinite(array) & (array > 0), "positive and finite")


def one(check, name, value):
    """Return `value` as a float after `check` (one of the two above), or raise a ValueError if it is an array."""
    array = check(name, value)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got an array of shape {array.shape}")
    return float(array)


def whole(name, value, *, least=1):
    """Return `value` as an int, or raise a ValueError that names it if it is no integer or below `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    return int(value)


def _checked(name, value, admissible, condition):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number or an array of numbers, got {value!r}") from None
    refused = array[~admissible(array)]
    if refused.size:
        raise ValueError(f"{name} must be {condition}, got {refused.flat[0]}")
    return array
