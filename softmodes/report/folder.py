"""The folder of a report: one writer at a time, pages replaced whole, and nothing touched that is not of a report.

What a run makes lies in a hidden folder inside the report's until it is complete: on the same file system, so that each
page moves into place at once, and where the next run finds what a killed one has left. The folder itself is never
replaced: it may be a mount point or a link, and keeps its mode.

Only the standard library is needed: ``make clean`` runs this file where nothing is installed.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

SCRATCH = "tmp"
"""Folder within the new one for what runs need and no reader; gone when the pages are put in place."""
REFERENCE, INVENTORY = "api", "objects.inv"
"""Folder beside the pages with the reference of `make docs`, and the file in it by which its names are found."""

_PARTIAL = ".softmodes-report-"
_KEPT = "kept"
_SEAL = b"<!-- softmodes report"
# In these alone may two reports on the same notebooks differ: the links to the others, and how long it took.
_OF_ONE_RUN = re.compile(rb"<nav.*?</nav>|\d+\.\d s", re.DOTALL)


class NotPublished(RuntimeError):
    """The pages are made but could not take their places; says where they are."""


@contextmanager
def published_folder(destination: str | Path) -> Iterator[Path]:
    """Make a folder whose pages take their places in `destination` once the block has ended without an exception.

    Raises
    ------
    ValueError
        At the start, if `destination` cannot be written, is being written by another run, or holds anything but an
        earlier report.
    NotPublished
        At the end, if a page could not be put into its place; the new pages are kept.
    """
    with held_folder(destination, _check) as (folder, partial):
        yield partial
        _publish(partial, folder)


def listed_digests(path: Path) -> dict[str, str]:
    """SHA-256 of each file that a list says was put beside it, by its name; none where there is no list."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def held_folder(
    destination: str | Path, check: Callable[[Path], None], what: str = "report"
) -> Iterator[tuple[Path, Path]]:
    """Hold a folder against other runs, with a new one within it for what is to take its place there.

    `check` may refuse the folder with a ValueError; `what` is written, in a word.
    """
    if not os.fspath(destination):
        raise ValueError(f"the folder of a {what} must have a name, got ''")
    with ExitStack() as stack:
        try:
            folder = Path(os.path.realpath(destination))
            # notebooks carry the folder in which they run
            str(folder).encode()
            # a file in its place is refused by the lock
            with suppress(FileExistsError):
                folder.mkdir(parents=True)
            _lock(folder, stack)
            check(folder)
            partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=folder))
            stack.callback(_remove, partial)
        except UnicodeEncodeError:
            raise ValueError(f"the folder of a {what} must have a name in UTF-8, got {destination!r}") from None
        except OSError as error:
            raise ValueError(f"cannot write a {what} to {destination}: {error.strerror}") from error
        yield folder, partial


def _lock(folder: Path, stack: ExitStack) -> None:
    """Hold a folder against other runs until `stack` is left or the process ends; remove what dead runs left in it."""
    # The folder itself is locked: no file that could be left behind, or belong to somebody else.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ValueError(f"another report is being written to {folder}; wait for it or choose another folder") from None
    except OSError:
        # A file system without locks: each page is whole all the same, but nobody knows which parts are of dead runs.
        return
    for path in folder.iterdir():
        if is_partial(path):
            _remove(path)


def _check(folder: Path) -> None:
    """Refuse, with a ValueError, a folder with something in it that is not of a report or cannot be replaced."""
    status = folder.stat()
    # Others' files in a folder such as /tmp can be removed by their owner alone.
    bound = status.st_mode & stat.S_ISVTX and os.geteuid() not in (0, status.st_uid)
    for path in sorted(folder.iterdir()):
        # Every disk has a lost+found at its top; what another user's dead run left is stepped around.
        if path.name == "lost+found" or is_partial(path) or is_reference(path):
            continue
        if not is_page(path):
            raise ValueError(
                f"{folder} holds {path.name}, which is not of a report or was changed since; choose another folder"
            )
        if bound and path.stat().st_uid != os.geteuid():
            raise ValueError(f"{path} belongs to another user; choose another folder")


def is_page(path: Path) -> bool:
    """Whether a file is a page as a report wrote it, under this very name."""
    try:
        ours = path.suffix == ".html" and stat.S_ISREG(path.lstat().st_mode)
        content = path.read_bytes() if ours else b""
    except OSError:
        return False
    length = len(_seal("", b""))
    text, end = content[:-length], content[-length:]
    return end == _seal(path.name, text) or (_SEAL not in end and _is_unsealed_page(path.name, content))


def _is_unsealed_page(name: str, content: bytes) -> bool:
    """Whether a file says of itself, as pages did before they were sealed, that it is this page of a report."""
    link = f'<a aria-current="page" href="{name}">'.encode(errors="surrogateescape")
    return b'content="softmodes report"' in content[:1000] and link in content


def _seal(name: str, content: bytes) -> bytes:
    """Return the last line of a page, by which a report knows its own: a copy or a changed page has another."""
    digest = hashlib.sha256(os.fsencode(name) + b"\0" + _OF_ONE_RUN.sub(b"", content))
    return b"\n%s %s -->\n" % (_SEAL, digest.hexdigest().encode())


def _publish(partial: Path, folder: Path) -> None:
    """Seal the new pages and move them to their places, the index last; then remove those that are no longer made."""
    shutil.rmtree(partial / SCRATCH, ignore_errors=True)
    pages = sorted(partial.glob("*.html"), key=lambda page: (page.name == "index.html", page.name))
    places = [folder / page.name for page in pages]
    try:
        for page in pages:
            _append(page, _seal(page.name, page.read_bytes()))
        for place in places:
            if os.path.lexists(place) and not is_page(place):
                raise FileExistsError(errno.EEXIST, "was put there by somebody else", str(place))
        for page, place in zip(pages, places, strict=True):
            page.replace(place)
        for path in folder.glob("*.html"):
            if path not in places and is_page(path):
                path.unlink()
    except OSError as error:
        (partial / _KEPT).touch()
        where = error.filename or folder
        raise NotPublished(
            f"cannot write {where}: {error.strerror}; the pages that are not in place are kept in {partial}"
        ) from error


def _append(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def is_partial(path: Path) -> bool:
    """Whether this is what a run has left, or is making."""
    return path.name.startswith(_PARTIAL) and stat.S_ISDIR(path.lstat().st_mode)


def is_reference(path: Path) -> bool:
    """Whether this is the reference, which a report leaves as it is."""
    return path.name == REFERENCE and (path / INVENTORY).is_file()


def _remove(partial: Path) -> None:
    """Remove what a run has left, unless it is kept for the reader; what cannot be removed is stepped around."""
    if not os.path.exists(partial / _KEPT):
        shutil.rmtree(partial, ignore_errors=True)


def clean(folder: Path) -> list[str]:
    """Remove a report and what dead runs left of one; return the names of what is not of a report and stays."""
    with ExitStack() as stack:
        _lock(folder, stack)
        for path in folder.iterdir():
            if is_page(path):
                path.unlink()
            elif is_partial(path) or is_reference(path):
                shutil.rmtree(path)
        left = sorted(path.name for path in folder.iterdir())
    if not left:
        folder.rmdir()
    return left


def _main(folder: str) -> None:
    try:
        left = clean(Path(folder)) if os.path.lexists(folder) else []
    except ValueError as error:
        sys.exit(f"{error}")
    except OSError as error:
        sys.exit(f"cannot clean {error.filename or folder}: {error.strerror}")
    if left:
        print(f"{folder} keeps what is not of a report or was changed since: {', '.join(left)}")


if __name__ == "__main__":
    _main(*sys.argv[1:])
