"""The computer glass of section 3: eq. 9, figs 5 and 6. The compiled loops load with the first name that needs them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
