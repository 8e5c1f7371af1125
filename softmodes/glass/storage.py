"""Ensembles on disk: a file and a manifest for each member, or a whole ensemble in one compact file.

A member is finished or absent: its manifest, written last, carries the checksum of its file. Neither holds a time or a
duration, so that the same member is the same bytes. The kind of an ensemble (glass, liquid, ...) names its files.
"""

import hashlib
import io
import json
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

# These carry arrays around and compute none. Any other module may decide digits, also one that is yet to be written.
_CARRIERS = {"__init__", "command", "ensemble", "interchange", "storage"}
_INDEX = "[0-9]" * 5


class DamagedFile(ValueError):
    """A file that is not what its manifest says, or was made with other settings than are wanted."""


def save_member(folder, kind, index, arrays, settings):
    """Write one finished member and then its manifest."""
    content = npz_bytes(arrays)
    manifest = {"kind": kind, "index": index, **settings, "sha256": hashlib.sha256(content).hexdigest()}
    write_whole(_path(folder, kind, index, "npz"), content)
    write_whole(_path(folder, kind, index, "json"), json_bytes(manifest))


def check_member(folder, kind, index, settings):
    """Whether a member is there.

    Raises
    ------
    DamagedFile
        If it is there and damaged, or made with other settings.
    """
    path = _path(folder, kind, index, "npz")
    if not path.with_suffix(".json").exists():
        return False
    manifest, _ = _load_member(folder, kind, index)
    for key, wanted in settings.items():
        if manifest.get(key) != wanted:
            raise DamagedFile(f"{path} was made with other {key}: {manifest.get(key)}, not {wanted}")
    return True


def check_kind(folder, kind):
    """Refuse, with a ValueError, a folder in which there are finished members of another kind."""
    kinds = {path.stem.rpartition("_")[0] for path in Path(folder).glob(f"*_{_INDEX}*.json")}
    if kinds - {kind}:
        raise ValueError(f"{folder} holds an ensemble of another kind: {' and '.join(sorted(kinds))}, not {kind}")


def load_arrays(path, kind):
    """Read an ensemble from a folder of members or from one compact file.

    Parameters
    ----------
    path : path-like
        A folder written by `run_ensemble`, or an ``.npz`` file written by `pack_ensemble`.
    kind : str
        "glass", "liquid", "softening" or "instability".

    Returns
    -------
    manifest : dict
        What is common to all members: kind, parameters, versions.
    arrays : dict of ndarray
        Those of the members stacked along a first axis; `box`, the same for all, only once.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no finished member in the folder.
    ValueError
        If it is of another kind; a DamagedFile if a file is not what its manifest says, or the members of a folder were
        made with different parameters or versions. Names the file.
    """
    path = Path(path)
    if path.is_dir():
        return _load_folder(path, kind)
    if not path.exists():
        raise FileNotFoundError(f"no ensemble {path}")
    manifest, arrays = load_checked(path)
    if manifest.get("kind") != kind:
        raise ValueError(f"{path} holds an ensemble of another kind: {manifest.get('kind')}, not {kind}")
    return manifest, arrays


def pack_ensemble(folder, destination, *, kind="glass", structures=4):
    """Write all members of a folder into one compact file beside its manifest.

    Of arrays (..., n, 3), which are positions, only the first `structures` members are kept; arrays of more than n
    numbers a member, which are spectra, in single precision. Raises as `load_arrays` does, or an OSError.
    """
    destination = Path(destination).with_suffix(".npz")
    manifest, arrays = _load_folder(Path(folder), kind)
    count, n = len(next(iter(arrays.values()))), manifest["parameters"]["n"]
    for name, values in arrays.items():
        if values.shape[-2:] == (n, 3):
            arrays[name] = values[:structures]
        elif values.dtype == float and values[0].size > n:
            arrays[name] = values.astype(np.float32)
    content = npz_bytes(arrays)
    command = f"{_command(manifest, count)} --output DIR --pack {destination.name}"
    manifest = {"command": command, "count": count, **manifest, "sha256": hashlib.sha256(content).hexdigest()}
    destination.parent.mkdir(parents=True, exist_ok=True)
    write_whole(destination, content)
    write_whole(destination.with_suffix(".json"), json_bytes(manifest))


@cache
def provenance():
    """Versions of everything that decides the digits of a member, sources included."""
    rooms = Path(__file__).parent, Path(__file__).parents[1] / "theory"
    sources = sorted(path for room in rooms for path in room.glob("*.py") if path.stem not in _CARRIERS)
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    names = ("softmodes", "numpy", "scipy", "numba")
    return {
        "code": code.hexdigest()[:16],
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def _command(manifest, count):
    """The command that makes the members: every parameter is an option, several values are the same option again."""
    options = [f"--count {count}"]
    for name, value in manifest["parameters"].items():
        option = name.replace("_", "-")
        if isinstance(value, list):
            options += [f"--{option.removesuffix('s')} {each}" for each in value]
        else:
            options.append(f"--{option} {value}")
    return " ".join(["softmodes", manifest["kind"], *options])


def _load_folder(folder, kind):
    """Manifest common to the members of a folder, and their arrays stacked in the order of their index."""
    check_kind(folder, kind)
    indices = finished_indices(folder, kind)
    if not indices:
        raise FileNotFoundError(f"no finished {kind} in {folder}")
    manifests, members = zip(*(_load_member(folder, kind, index) for index in indices), strict=True)
    for index, manifest in zip(indices, manifests, strict=True):
        for key in ("parameters", "versions"):
            if manifest[key] != manifests[0][key]:
                path = _path(folder, kind, index, "npz")
                raise DamagedFile(f"{path} was made with other {key} than the first {kind} of {folder}")
    first = members[0]
    arrays = {name: first[name] if name == "box" else np.stack([member[name] for member in members]) for name in first}
    return {key: manifests[0][key] for key in ("kind", "parameters", "versions")}, arrays


def finished_indices(folder, kind):
    """Indices of the members that have a manifest, ascending."""
    return sorted(int(path.stem.rpartition("_")[2]) for path in Path(folder).glob(f"{kind}_{_INDEX}*.json"))


def _load_member(folder, kind, index):
    path = _path(folder, kind, index, "npz")
    manifest, arrays = load_checked(path)
    if (manifest.get("kind"), manifest.get("index")) != (kind, index):
        found = f"{manifest.get('kind')} {manifest.get('index')}"
        raise DamagedFile(f"{path.with_suffix('.json')} is the manifest of something else, {found}")
    return manifest, arrays


def load_checked(path):
    """Manifest and arrays of a file whose checksum is right."""
    manifest_path = path.with_suffix(".json")
    try:
        manifest = json.loads(manifest_path.read_bytes())
        expected = manifest["sha256"]
    except (ValueError, KeyError, TypeError):
        raise DamagedFile(f"{manifest_path} is damaged: not a manifest") from None
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != expected:
        raise DamagedFile(f"{path} is damaged: its checksum is not that of its manifest")
    with np.load(io.BytesIO(content)) as arrays:
        return manifest, dict(arrays)


def _path(folder, kind, index, suffix):
    return Path(folder) / f"{kind}_{index:05d}.{suffix}"


def npz_bytes(arrays):
    """Bytes of an npz archive; numpy stamps its members with a fixed date."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def json_bytes(manifest):
    return (json.dumps(manifest, indent=1) + "\n").encode()


def write_whole(path, content):
    """Write all of a file or none: a reader, a kill or a power cut never meets a part of it."""
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
