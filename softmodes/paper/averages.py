"""Averages over independent glasses or snapshots, with their standard errors."""

import numpy as np
from uncertainties import ufloat


def mean(values):
    """Return the mean of independent values as a ufloat."""
    values = np.asarray(values)
    return ufloat(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)))


def median(values, resamples=400):
    """Return the median of independent values as a ufloat, its error from drawing them anew with replacement."""
    values = np.asarray(values)
    draws = np.random.default_rng(0).integers(values.size, size=(resamples, values.size))
    return ufloat(float(np.median(values)), float(np.median(values[draws], axis=1).std(ddof=1)))
