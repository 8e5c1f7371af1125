"""Archives of arrays (npz) and their manifests (json), read only if they are what they say.

Nothing is taken on trust: sizes are compared before memory is taken, and nothing is unpickled.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from softmodes.arguments import shown

from .files import DamagedFile

Arrays: TypeAlias = dict[str, np.ndarray]
Headers: TypeAlias = dict[str, tuple[tuple[int, ...], np.dtype]]
"""Shapes and types of arrays by their names."""
Manifest: TypeAlias = dict[str, Any]

# Of an ensemble they have a thousand bytes.
_LARGEST_MANIFEST = 1_000_000
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def npz_bytes(arrays: Mapping[str, object]) -> bytes:
    """Return the bytes of an npz archive, whose members are stamped with a fixed date."""
    if not isinstance(arrays, dict):
        raise ValueError(f"a member must be a dict of arrays, got {shown(arrays)}")
    stored = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in stored.items():
        if array.dtype.kind not in "fiu":
            raise ValueError(f"array {name} must hold real numbers, got {array.dtype}")
    stream = io.BytesIO()
    # np.savez writes the same bytes, but takes a few names for arguments of its own
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in stored.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return stream.getvalue()


def json_bytes(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest."""
    return (json.dumps(manifest, indent=1) + "\n").encode()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of an archive: a dict with kind, parameters, versions and checksum, or a DamagedFile."""
    with _open_regular(path) as stream:
        content = stream.read(_LARGEST_MANIFEST + 1)
    try:
        manifest = json.loads(content) if len(content) <= _LARGEST_MANIFEST else None
    except (ValueError, RecursionError):
        manifest = None
    wanted = {"kind": str, "parameters": dict, "versions": dict, "sha256": str}
    if not isinstance(manifest, dict) or any(not isinstance(manifest.get(key), wanted[key]) for key in wanted):
        raise DamagedFile(f"{path} is damaged: not a manifest")
    return manifest


def read_arrays(path: Path, checksum: str, check: Callable[[Headers], object]) -> Arrays:
    """Return the arrays of an archive, or raise a DamagedFile.

    `check` is called with the shapes and types, ``{name: (shape, dtype)}``, before an array is read; it raises a
    ValueError if they are not those that are wanted.
    """
    with _open_regular(path) as stream:
        _check_sum(path, stream, checksum)
        size = stream.tell()
        try:
            with zipfile.ZipFile(stream) as archive:
                check(_headers(archive, size))
                return {_name(entry): _array(archive, entry) for entry in archive.infolist()}
        except MemoryError:
            raise
        except Exception as error:  # what is wrong inside decides which
            raise DamagedFile(f"{path} is damaged: {error or type(error).__name__}") from None


def check_sum(path: Path, checksum: str) -> None:
    """Raise a DamagedFile unless a file has this checksum."""
    with _open_regular(path) as stream:
        _check_sum(path, stream, checksum)


def _check_sum(path: Path, stream: io.BufferedReader, checksum: str) -> None:
    if hashlib.file_digest(stream, "sha256").hexdigest() != checksum:
        raise DamagedFile(f"{path} is damaged: its checksum is not that of its manifest")


def _open_regular(path: Path) -> io.BufferedReader:
    """Open a file for reading; what would block or never end is none."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder in the place of a file; remove it by hand")
    if path.is_symlink() and not path.exists():
        raise DamagedFile(f"{path} is damaged: a link that leads nowhere")
    if path.exists() and not path.is_file():
        raise DamagedFile(f"{path} is damaged: not a regular file")
    return open(path, "rb")


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.removesuffix(".npy")


def _headers(archive: zipfile.ZipFile, size: int) -> Headers:
    """Shape and type of each array, ``{name: (shape, dtype)}``; what is read for that is small."""
    entries = archive.infolist()
    found: Headers = {}
    # numpy stores arrays as they are: together they are smaller than the file
    if any(e.compress_type != zipfile.ZIP_STORED for e in entries) or sum(e.file_size for e in entries) > size:
        raise ValueError("it is compressed, or claims to hold more than its size")
    for entry in entries:
        with archive.open(entry) as stream:
            shape, _, dtype = _HEADERS[np.lib.format.read_magic(stream)](stream)
            length = entry.file_size - stream.tell()
        if dtype.kind not in "fiu" or min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != length:
            raise ValueError(f"{_name(entry)} is no array of numbers of the size it claims")
        found[_name(entry)] = (shape, dtype)
    if len(found) < len(entries):
        raise ValueError("two arrays have one name")
    return found


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(entry) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
