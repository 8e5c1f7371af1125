"""Ensembles on disk: a file and a manifest for each member, or a whole ensemble in one compact file.

A member is finished or absent: its manifest, written last, carries the checksum of its file. Neither holds a time or a
duration, so that the same member is the same bytes. The kind of an ensemble (glass, liquid, ...) names its files.
"""

import hashlib
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from softmodes.arguments import FilePath, path_argument, shown, whole

from .archives import Arrays, Headers, Manifest, check_sum, json_bytes, npz_bytes, read_arrays, read_manifest
from .contents import as_ensemble, check_contents
from .files import (
    MEMBER,
    DamagedFile,
    OtherSettings,
    check_writable,
    finished_indices,
    member_path,
    members,
    write_together,
)


def save_member(
    folder: FilePath, kind: str, index: int, arrays: Mapping[str, Any], settings: Mapping[str, Any]
) -> None:
    """Write one finished member and its manifest."""
    content = npz_bytes(arrays)
    manifest = {"kind": kind, "index": index, **settings, "sha256": hashlib.sha256(content).hexdigest()}
    check_contents({name: (np.shape(array), np.asarray(array).dtype) for name, array in arrays.items()}, manifest)
    write_together(
        (member_path(folder, kind, index, "npz"), content),
        (member_path(folder, kind, index, "json"), json_bytes(manifest)),
    )


def check_member(folder: FilePath, kind: str, index: int, settings: Mapping[str, Any]) -> None:
    """Refuse, with a DamagedFile, a member that is damaged or was made with other settings."""
    manifest, _ = _load_member(folder, kind, index)
    for key, wanted in settings.items():
        if manifest.get(key) != wanted:
            path = member_path(folder, kind, index, "npz")
            raise OtherSettings(f"{path} was made with other {key}: {manifest.get(key)}, not {wanted}")


def check_kind(folder: FilePath, kind: str) -> None:
    """Refuse, with a ValueError, a folder in which there are finished members of another kind."""
    kinds: set[str] = set()
    for entry, found, index in members(folder):
        # somebody's photo_20240101.json is no member
        if found not in {kind, *kinds} and _is_manifest(Path(entry.path), found, index):
            kinds.add(found)
    if kinds:
        held = " and ".join(sorted({*kinds, *({kind} if finished_indices(folder, kind) else ())}))
        raise ValueError(f"{folder} holds an ensemble of another kind: {held}, not {kind}")


def load_ensemble(path: FilePath, kind: str) -> Any:
    """Read an ensemble of one of our kinds as an object of its class; raises as `load_arrays` does."""
    return as_ensemble(*load_arrays(path, kind))


def load_arrays(path: FilePath, kind: str) -> tuple[Manifest, Arrays]:
    """Read an ensemble from a folder of members or from one compact file.

    Parameters
    ----------
    path : path-like
        A folder written by `run_ensemble`, or an ``.npz`` file written by `pack_ensemble`.
    kind : str
        "glass", "liquid", "softening", "instability", or of your own.

    Returns
    -------
    manifest : dict
        What is common to all members: kind, parameters, versions.
    arrays : dict of ndarray
        Those of the members stacked along a first axis; `box` and `diameters`, the same for all, only once.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no finished member in the folder.
    ValueError
        If it is of another kind; a DamagedFile if a file is not what its manifest says, or the members of a folder were
        made with different parameters or versions. Names the file.
    """
    path = path_argument("path", path)
    if path.is_dir():
        return _load_folder(path, kind)
    if not path.exists():
        raise FileNotFoundError(f"no ensemble {path}")
    if path.suffix != ".npz":
        raise ValueError(f"path must be a folder or an .npz file, got {str(path)!r}")
    if not path.with_suffix(".json").exists():
        raise FileNotFoundError(f"no ensemble {path}: its manifest {path.stem}.json is not beside it")
    manifest = read_manifest(path.with_suffix(".json"))
    if manifest["kind"] != kind:
        raise ValueError(f"{path} holds an ensemble of another kind: {manifest['kind']}, not {kind}")
    if "index" in manifest:
        raise ValueError(f"path must be an ensemble, got {str(path)!r}, one of its members; read the folder")

    def check(headers: Headers) -> None:
        check_contents(headers, manifest, count=whole("count", manifest.get("count")))

    return manifest, read_arrays(path, manifest["sha256"], check)


def pack_ensemble(folder: FilePath, destination: FilePath, *, kind: str = "glass", structures: int = 4) -> None:
    """Write all members of a folder into one compact file beside its manifest.

    Parameters
    ----------
    folder : path-like
        Written by `run_ensemble`.
    destination : path-like
        File to write; ``.npz`` is appended if its name does not end so. Only an earlier pack of this kind is replaced.
    kind : str
        As for `load_arrays`.
    structures : int
        Members of which arrays (..., n, 3), which are positions, are kept. Arrays of more than n numbers a member,
        which are spectra, are kept in single precision.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_arrays` does, and if `destination` is anything else than an earlier pack.
    OSError
        If it cannot be written.
    """
    if not isinstance(kind, str):
        raise ValueError(f"kind must be a text, got {shown(kind)}")
    archive, manifest_path = pack_target(destination, kind)
    structures, folder = whole("structures", structures), path_argument("folder", folder)
    manifest, arrays = _load_folder(folder, kind)
    count, n = len(finished_indices(folder, kind)), manifest["parameters"]["n"]
    for name, values in arrays.items():
        if values.shape[-2:] == (n, 3):
            arrays[name] = values[:structures]
        elif values.dtype == float and values[0].size > n:
            arrays[name] = values.astype(np.float32)
    content = npz_bytes(arrays)
    manifest = {
        "command": _command(manifest, count, archive.name),
        "count": count,
        **manifest,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    write_together((manifest_path, json_bytes(manifest)), (archive, content))


def pack_target(destination: FilePath, kind: str) -> tuple[Path, Path]:
    """Where a pack is written, archive and manifest; a ValueError if that is anything but an earlier pack.

    An OSError if it could not be written.
    """
    path = path_argument("destination", destination)
    stem = path.name.removesuffix(".npz")
    if os.fspath(destination).endswith(("/", os.sep)) or stem in ("", ".."):
        raise ValueError(f"a pack must have a file name, got {os.fspath(destination)!r}")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ValueError(f"a pack must be a file, got {path}")
    if MEMBER.fullmatch(stem):
        raise ValueError(f"a pack must not have the name of a member of an ensemble, got {path}")
    archive, manifest = (path.with_name(stem + suffix) for suffix in (".npz", ".json"))
    for file in (archive, manifest):
        if os.path.lexists(file) and not _is_pack(archive, manifest, kind):
            raise ValueError(f"{file} is there and is no earlier pack of this kind; choose another name or remove it")
    check_writable(archive)
    return archive, manifest


def _command(manifest: Manifest, count: int, name: str) -> str:
    """Write the command that makes the members: every parameter an option, several values the same option again."""
    options = ["--count", count]
    for parameter, value in manifest["parameters"].items():
        option = f"--{parameter.replace('_', '-')}"
        for each in value if isinstance(value, list) else [] if value is None else [value]:
            options += [option.removesuffix("s") if isinstance(value, list) else option, each]
    return shlex.join(map(str, ["softmodes", manifest["kind"], *options, "--output", "DIR", "--pack", name]))


def _load_folder(folder: FilePath, kind: str) -> tuple[Manifest, Arrays]:
    """Manifest common to the members of a folder, and their arrays stacked in the order of their index."""
    check_kind(folder, kind)
    indices = finished_indices(folder, kind)
    if not indices:
        raise FileNotFoundError(f"no finished {kind} in {folder}")
    loaded = [_load_member(folder, kind, index) for index in indices]
    manifest, first = loaded[0]
    for index, (other, arrays) in zip(indices, loaded, strict=True):
        path = member_path(folder, kind, index, "npz")
        for key in ("parameters", "versions"):
            if other[key] != manifest[key]:
                raise OtherSettings(f"{path} was made with other {key} than the first {kind} of {folder}")
        if {name: a.shape for name, a in arrays.items()} != {name: a.shape for name, a in first.items()}:
            raise DamagedFile(f"{path} holds other arrays than the first {kind} of {folder}")
    arrays = {name: np.stack([member[name] for _, member in loaded]) for name in first}
    for name in {"box", "diameters"} & set(first):
        arrays[name] = first[name]
    return {key: manifest[key] for key in ("kind", "parameters", "versions")}, arrays


def _load_member(folder: FilePath, kind: str, index: int) -> tuple[Manifest, Arrays]:
    path = member_path(folder, kind, index, "npz")
    manifest = read_manifest(path.with_suffix(".json"))
    if (manifest["kind"], manifest.get("index")) != (kind, index):
        found = f"{manifest['kind']} {manifest.get('index')}"
        raise DamagedFile(f"{path.with_suffix('.json')} is the manifest of something else, {found}")
    if not path.exists():
        raise DamagedFile(f"{path} is damaged: it is gone, its manifest is there")
    return manifest, read_arrays(path, manifest["sha256"], lambda headers: check_contents(headers, manifest))


def _is_manifest(path: Path, kind: str, index: int) -> bool:
    """Whether a file is the manifest of a member."""
    try:
        manifest = read_manifest(path)
    except (OSError, DamagedFile):
        return False
    return (manifest["kind"], manifest.get("index")) == (kind, index)


def _is_pack(archive: Path, manifest: Path, kind: str) -> bool:
    """Whether these are an earlier pack of a kind; one of which only the manifest has been written is one, too."""
    try:
        found = read_manifest(manifest)
        if archive.is_symlink() or manifest.is_symlink() or found["kind"] != kind or "count" not in found:
            return False
        if archive.exists():
            check_sum(archive, found["sha256"])
    except (OSError, DamagedFile):
        return False
    return True
