"""Processes that end with the one that started them, however that one ends.

A worker of a report holds one end of a pipe and ends when the other is closed. A kernel is watched by a process of its
own, which no computation keeps from looking, and which ends all that the notebook has started.
"""

import os
import runpy
import signal
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread


def tell(done: int) -> None:
    """Let who started this worker know how many cells are done."""
    if _news is not None:
        with suppress(OSError):
            _news.send(done)


_news: Connection | None = None


def spare_grammar() -> None:
    """Keep jsonschema, which nbformat imports, from compiling the grammar of web addresses in this process.

    That takes more than a second, for a check that no notebook has; it does without where the module cannot be had.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None bars an import


def become_worker(lifeline: Connection, scratch: Path, news: Connection | None = None) -> None:
    """Make this process a worker that ends when the other end of a connection is closed, with `scratch` for its files.

    What it has done goes to the connection `news`.

    Whatever it and its kernels write beside their results goes there, where somebody cleans up after a kill.
    """
    global _news
    _news = news
    spare_grammar()
    Thread(target=lambda: (wait([lifeline]), os._exit(1)), daemon=True).start()
    # Ctrl-C reaches the whole group; who started the workers ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # a kernel runs this file by its path, where softmodes may not be
    from softmodes.places import writable_places

    os.environ.update(writable_places())
    # The files by which kernels are reached hold a key: not where a file system lets everybody read everything.
    if not scratch.parent.stat().st_mode & 0o077:
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = str(scratch)


def _watched() -> None:
    """Go on as a child that is watched: its whole process group ends with it, or with the parent of both."""
    parent = int(os.environ["JPY_PARENT_PID"])
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    child = os.fork()
    if not child:
        return
    # An interrupt goes to the group and is meant for the kernel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while os.getppid() == parent and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.05)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    # python lifeline.py -m module arguments: as without the first two words, and without the folder of this file
    sys.argv[:2], sys.path[:1] = [], []
    _watched()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
