"""The files of an ensemble: their names, who may write them, and how: whole or not at all.

Nothing here needs NumPy: what is said when a command is stopped while it still loads its libraries comes from here.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from softmodes.arguments import FilePath, path_argument

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

# A member's index has five digits, or more without a leading zero, so that each has one name.
_INDEX = r"(\d{5}|[1-9]\d{5,})"
MEMBER = re.compile(rf"(.+)_{_INDEX}", re.ASCII)
"""Names of the files of a member without their suffix: kind and index."""


class DamagedFile(ValueError):
    """A file that is not what its manifest says, or was made with other settings than are wanted."""


class OtherSettings(DamagedFile):
    """A file that is whole, and of another ensemble than is wanted."""


def member_path(folder: FilePath, kind: str, index: int, suffix: str) -> Path:
    """Where a file of a member is."""
    return Path(folder) / f"{kind}_{index:05d}.{suffix}"


def members(folder: FilePath, suffix: str = r"\.json") -> Iterator[tuple[os.DirEntry[str], str, int]]:
    """Kind and index of all files in a folder that are named like a member's, with a suffix (a pattern)."""
    pattern = re.compile(MEMBER.pattern + suffix, re.ASCII)
    with os.scandir(folder) as entries:
        for entry in entries:
            if match := pattern.fullmatch(entry.name):
                yield entry, match[1], int(match[2])


def finished_indices(folder: FilePath, kind: str) -> list[int]:
    """Return the indices of the members that have a manifest, ascending."""
    return sorted(index for _, found, index in members(folder) if found == kind)


def kept(folder: FilePath, kind: str, count: int) -> str:
    """Say what a run leaves that ends early, in words to be appended; nothing if its folder is gone."""
    try:
        finished = sum(index < count for index in finished_indices(folder, kind))
    except OSError:
        return ""
    return f"; what is finished is kept: {finished} of {count} in {folder}, and the same command goes on"


def make_folder(value: FilePath) -> Path:
    """Make the folder of an ensemble if it is absent; a ValueError if it can be none."""
    folder = path_argument("output", value)
    if folder.resolve() == Path(folder.resolve().anchor):
        raise ValueError(f"output must be a folder of its own, got {os.fspath(value)!r}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder, as long as this process lives; a ValueError if one is there already."""
    if not fcntl:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"another run is writing to {folder}; let it finish, or choose another folder") from None
        except OSError:
            pass  # some network file systems lock no folders: a member is whole even so
        yield
    finally:
        os.close(descriptor)


def remove_parts(folder: Path, kind: str) -> None:
    """Remove what dead runs have begun to write, as far as it is ours; to be called by the only writer."""
    for entry, found, _ in members(folder, r"\.(npz|json)(\.[0-9a-f]{8})?\.part"):
        if found == kind:
            with suppress(OSError):
                os.unlink(entry.path)


def check_writable(path: Path) -> None:
    """Raise an OSError if a file `path` could not be written; makes its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _named(path):
        part = _begin(path, b"")
        part.unlink()


def write_together(*files: tuple[Path, bytes]) -> None:
    """Write files, (path, content) each: all whole, and the last there only if the others are.

    A reader, a kill or a power cut never meets a part of one, nor the last beside others that it does not belong to.
    """
    parts = []
    try:
        for path, content in files:
            with _named(path):
                parts.append(_begin(path, content))
        with _named(path):
            path.unlink(missing_ok=True)
            for part, (path, _) in zip(parts, files, strict=True):
                os.replace(part, path)
    except BaseException:
        for part in parts:
            with suppress(OSError):
                part.unlink()
        raise


def _begin(path: Path, content: bytes) -> Path:
    """Write a new file beside `path`, which is no link of somebody else and is removed if anything fails."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with open(part, "xb") as stream:
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    return part


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say which file an error belongs to, and not which part of it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None
