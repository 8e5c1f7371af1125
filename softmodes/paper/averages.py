"""Averages over independent glasses or snapshots, with their standard errors."""

import numpy as np
from uncertainties import ufloat


def mean(values):
    """Return the mean of independent values as a ufloat, with an error of nan if they are all alike."""
    values = np.asarray(values)
    return ufloat(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)) or np.nan)


def median(values):
    """Return the median of independent values as a ufloat."""
    return resampled(np.median, values)


def resampled(statistic, values):
    """Return a statistic of independent values as a ufloat, its error from drawing them anew with replacement."""
    values = np.asarray(values)
    draws = np.random.default_rng(0).integers(values.size, size=(400, values.size))
    return ufloat(float(statistic(values)), float(statistic(values[draws], axis=1).std(ddof=1)))
