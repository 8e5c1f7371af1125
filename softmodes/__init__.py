"""A reproducible companion to U. Buchenau, "Soft localized vibrations in glasses and undercooled liquids" (1992)."""

try:
    import lazy_loader
except ImportError as missing:
    # `softmodes doctor` runs without it, and says so
    _missing = missing

    def _first_use(name: str) -> object:
        raise _missing
else:
    # The stub beside this declares the names. Nothing is imported before it is used: numba, matplotlib and the widgets
    # cost more than the physics.
    _first_use, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("softmodes")
    return _first_use(name)
