"""Loops that are compiled when one is first called: whoever reads what others computed does not wait for numba."""

from functools import cached_property, partial, update_wrapper


class Loop:
    """A function that `compiled` with these options takes over at its first call."""

    def __init__(self, function, options):
        update_wrapper(self, function)
        self._options = options

    @cached_property
    def _compiled(self):
        from .compiled import compiled

        return compiled(**self._options)(self.__wrapped__)

    def __call__(self, *arguments):
        return self._compiled(*arguments)

    @property
    def _numba_type_(self):
        # asked for when numba compiles a loop that calls this one
        return self._compiled._numba_type_


def on_demand(**options):
    """Decorate a function as `compiled` does, later."""
    return partial(Loop, options=options)
