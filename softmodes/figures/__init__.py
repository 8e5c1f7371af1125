"""The figures of the paper and beyond: each draws on given Axes and returns a text that says what it shows."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
