"""Averages over independent glasses or snapshots, with their standard errors."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from uncertainties import UFloat, nominal_value, std_dev, ufloat

from softmodes.arguments import Floats, finite, real
from softmodes.ensembles.resampling import drawn_members, standard_error

UNKNOWN = ufloat(np.nan, np.nan)


def mean(values: ArrayLike) -> UFloat:
    """Return the mean of independent values as a ufloat, with an error of nan if they are all alike or only one."""
    values = _several(values)
    if values.size == 1:
        return ufloat(float(values[0]), np.nan)
    return ufloat(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)) or np.nan)


def median(values: ArrayLike) -> UFloat:
    """Return the median of independent values as a ufloat."""
    return resampled(np.median, values)


def resampled(statistic: Callable[..., Any], values: ArrayLike) -> UFloat:
    """Return a statistic of independent values as a ufloat, its error from drawing them anew with replacement."""
    values = _several(values)
    return ufloat(float(statistic(values)), standard_error(statistic(values[drawn_members(values.size)], axis=1)))


def of_members(statistic: Callable[..., Any], *columns: ArrayLike) -> list[UFloat]:
    """Return statistics of all values of arrays (members, …) as ufloats, errors from drawing the members anew."""
    arrays = [real("columns", column) for column in columns]
    found = statistic(*(array.ravel() for array in arrays))
    draws = [statistic(*(array[draw].ravel() for array in arrays)) for draw in drawn_members(len(arrays[0]))]
    return [ufloat(*pair) for pair in zip(found, map(standard_error, np.transpose(draws)), strict=True)]


def of_known(statistic: Callable[[np.ndarray], UFloat], values: ArrayLike) -> UFloat:
    """Return a statistic of those values that are known, finite, as a ufloat: nan if none is."""
    values = real("values", values)
    known = values[np.isfinite(values)]
    return statistic(known) if known.size else UNKNOWN


def written(value: float | UFloat, form: str = ".1uP") -> str:
    """Return a number that was found as a text, by default with its error to one digit; "unknown" for what is nan."""
    if not np.isfinite(nominal_value(value)):
        return "unknown"
    if not np.isfinite(std_dev(value)):
        return f"{nominal_value(value):.3g}±unknown"
    text = f"{value:{form}}"
    # (8±1)×10¹ is read more slowly than 81±11
    return f"{value:{form[:-1]}fP}" if "×" in text and 1 <= abs(nominal_value(value)) < 1e5 else text


def _several(values: object) -> Floats:
    array = finite("values", values)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"values must be one or more numbers, got an array of shape {array.shape}")
    return array


def snapshot_means(values: Iterable[ArrayLike]) -> list[UFloat]:
    """Mean over the snapshots of each temperature, with its standard error."""
    return [mean(one) for one in values]
