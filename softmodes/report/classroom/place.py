"""The folder of a classroom: replaced whole, and nothing touched in it that is not of one."""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from softmodes.report.folder import SCRATCH, NotPublished, held_folder, is_partial, listed_digests
from softmodes.signals import signals_held

_LIST = ".softmodes-classroom.json"
# What systems and JupyterLab leave beside the files that one opens.
_DROPPED = (".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini", "lost+found")
_OLD = "old"


class NotMade(NotPublished):
    """Something of a classroom cannot be made; says what."""


@contextmanager
def classroom_folder(destination: str | Path, parts: Collection[str] = ()) -> Iterator[Path]:
    """Make a folder whose content takes its place in `destination` once the block has ended without an exception.

    Parameters
    ----------
    destination : path
    parts : collection of str
        What is replaced, by name; with none, all: then the folder must hold nothing but an earlier classroom.

    Raises
    ------
    ValueError
        At the start, if the folder cannot be written, is being written, or something in it is not of a classroom or was
        changed since.
    NotPublished
        At the end, if something could not be put into its place; all is then as before.
    """
    there = os.path.lexists(destination)
    try:
        with held_folder(destination, lambda folder: _check(folder, parts), "classroom") as (folder, partial):
            yield partial
            with signals_held():
                _replace(folder, partial)
    except BaseException:
        # what was made for this and is empty again
        with suppress(OSError):
            () if there else os.rmdir(destination)
        raise


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below, and what else is no folder, in order; not what programs leave there."""
    for path in sorted(folder.iterdir()):
        if path.name in _DROPPED or is_partial(path):
            continue
        if path.is_dir() and not path.is_symlink():
            inside = list(files_in(path))
            # an empty folder is somebody's, too
            yield from inside or [path]
        elif path.name != _LIST:
            yield path


def _check(folder: Path, parts: Collection[str]) -> None:
    """Refuse, with a ValueError, a folder with something that would be lost."""
    known = listed_digests(folder / _LIST)
    places = [folder / part for part in parts if os.path.lexists(folder / part)] if parts else [folder]
    for place in places:
        for path in files_in(place) if place.is_dir() and not place.is_symlink() else [place]:
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file() or known.get(name) != _digest(path):
                raise ValueError(
                    f"{folder} holds {name}, which is not of a classroom or was changed since; choose another folder"
                )


def _replace(folder: Path, partial: Path) -> None:
    """Put what was made into its places, and what was there aside; back again if that fails."""
    old = partial / SCRATCH / _OLD
    old.mkdir(parents=True)
    new = sorted(path for path in partial.iterdir() if path.name != SCRATCH)
    made = {path.relative_to(partial).as_posix(): _digest(path) for part in new for path in _files(part)}
    known = listed_digests(folder / _LIST)
    tops = {path.name for path in new} | ({Path(name).parts[0] for name in known} if _is_whole(new) else set())
    kept = {name: digest for name, digest in known.items() if Path(name).parts[0] not in tops}
    done = []
    try:
        # whatever stops this now, all that is there is known
        _write_list(folder, partial, {**known, **made})
        for top in sorted(tops):
            if os.path.lexists(folder / top):
                done.append((folder / top, old / top))
                (folder / top).rename(old / top)
        for path in new:
            done.append((path, folder / path.name))
            path.rename(folder / path.name)
        _write_list(folder, partial, {**kept, **made})
    except OSError as error:
        for source, target in reversed(done):
            with suppress(OSError):
                # what was moved aside comes back; what was moved in goes
                (target.rename(source) if os.path.lexists(target) and not os.path.lexists(source) else None)
        _write_list(folder, partial, known)
        where = error.filename or folder
        raise NotPublished(f"cannot write {where}: {error.strerror}; {folder} is as it was") from error


def _files(part: Path) -> Iterable[Path]:
    return files_in(part) if part.is_dir() else [part]


def _is_whole(new: Iterable[Path]) -> bool:
    """Whether this is a classroom, not a part that is put beside others' files."""
    return any(path.name == "student" for path in new)


def _write_list(folder: Path, partial: Path, files: Mapping[str, str]) -> None:
    draft = partial / SCRATCH / _LIST
    draft.write_text(json.dumps(files, indent=0, sort_keys=True), encoding="utf-8")
    draft.replace(folder / _LIST)
