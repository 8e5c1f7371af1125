"""Signals that end a command: all of them as one kind of interrupt, and times when none may come."""

import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Ctrl-C, a request to end, and a terminal that is closed."""


def stopped_by_signals() -> AbstractContextManager[None]:
    """Let what asks a command to end do so as Ctrl-C does: once, by a KeyboardInterrupt that carries the signal."""

    def stop(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise KeyboardInterrupt(number)

    return _handled_by(stop)


def ended_by_signals(words: str) -> AbstractContextManager[None]:
    """End at once, with a line, while nothing is under way that has to be put in order and libraries are loaded."""

    def end(number: int, frame: FrameType | None) -> None:
        os.write(2, f"{words}\n".encode())
        os._exit(128 + number)

    return _handled_by(end)


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Within this context, give the signals to a handler, but for those that are ignored from outside, as by nohup."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


@contextmanager
def signals_held(numbers: Collection[int] = ENDING) -> Iterator[None]:
    """Let signals wait: what is imported here does not bear to be interrupted, and what is started never gets them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_signals() -> None:
    """Let nothing stop what comes now, until `stopped_by_signals` is left."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
