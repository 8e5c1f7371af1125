"""Taking one structure apart: its modes, what is beyond the harmonic, and what it costs to soften it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
