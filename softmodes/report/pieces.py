"""Pieces of work done side by side, in processes that end with this one."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from softmodes.report.lifeline import become_worker
from softmodes.signals import signals_held

Piece = tuple[Callable[..., Any], *tuple[Any, ...]]
"""A function and its arguments."""
Told = Callable[[Mapping[str, int | None]], None]
"""Takes how much is done of what runs, by name; None where nothing new is known."""
_Worker = tuple[ProcessPoolExecutor, Connection]
"""A process, and what it says of its piece."""


def in_processes(
    work: Mapping[str, Piece],
    jobs: int,
    scratch: Path,
    told: Told = lambda running: None,
) -> Generator[tuple[str, float, Future[Any]], None, None]:
    """Do each piece of `work`, a function and its arguments, `jobs` at a time; yields name, seconds and future of each.

    A piece that kills its process takes no other along; all end with this process. A process does one piece after
    another: it takes seconds to start. `told` is called with what runs, now and then: how much of it is done, by name.
    """
    waiting, free = list(work.items()), list[_Worker]()
    running: dict[Future[Any], tuple[str, float, _Worker]] = {}
    ours, lifeline = Pipe(duplex=False)
    with ours, lifeline:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    name, (task, *arguments) = waiting.pop(0)
                    with signals_held():
                        future, worker = _begun(task, arguments, free, (ours, scratch))
                        running[future] = name, time.perf_counter(), worker
                told({name: _latest(news) for name, _, (_, news) in running.values()})
                for future in wait(running, timeout=0.25, return_when=FIRST_COMPLETED).done:
                    name, start, (pool, news) = running.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        news.close()
                        pool.shutdown()
                    else:
                        _latest(news)
                        free.append((pool, news))
                    yield name, time.perf_counter() - start, future
        finally:
            # Whatever ends this early does not wait for what is running.
            lifeline.close()
            for pool, news in (*(worker for *_, worker in running.values()), *free):
                pool.shutdown(cancel_futures=True)
                news.close()


def _begun(
    task: Callable[..., Any], arguments: Sequence[Any], free: list[_Worker], place: tuple[Connection, Path]
) -> tuple[Future[Any], _Worker]:
    """Give a task to a free process, which has its imports already, or to a new one."""
    while free:
        pool, news = free.pop()
        # killed by what an earlier piece has left behind
        with suppress(BrokenProcessPool):
            return pool.submit(task, *arguments), (pool, news)
        news.close()
        pool.shutdown()
    # Started afresh, not forked: threads of this process are not to be copied halfway.
    # A pipe for each: one that is killed while it writes silences no other.
    news, theirs = Pipe(duplex=False)
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=become_worker, initargs=(*place, theirs))
    return pool.submit(task, *arguments), (pool, news)


def _latest(news: Connection) -> int | None:
    """How much a worker says it has done since it was last asked; None where it says nothing."""
    done = None
    with suppress(OSError, EOFError):
        while news.poll():
            done = news.recv()
    return done
