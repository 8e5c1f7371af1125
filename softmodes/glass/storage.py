"""Glasses on disk: a file and a manifest for each, or a whole ensemble in one compact file.

Reduced units sigma = epsilon = m = 1. A glass is finished or absent: its manifest, written last, carries the checksum
of its file. Neither holds a time or a duration, so that the same glass is the same bytes.
"""

import hashlib
import io
import json
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from .configuration import Configuration

# Kept in full for the first glasses of a compact file only.
_STRUCTURES = ("positions", "liquid")
# The modules that decide the digits of a glass.
_DECISIVE = ("configuration", "potential", "kernels", "dynamics", "minimization", "preparation", "modes", "elasticity")
_COMPACT = {"frequencies": np.float32, "participation_number": np.float32}


class DamagedGlass(ValueError):
    """A file that is not what its manifest says."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ensemble:
    """Glasses of one kind, the arrays behind figs 5 and 6.

    Parameters
    ----------
    parameters : dict
        What they were made with: n, seed, temperature, steps, cooling_steps.
    frequencies : ndarray, shape (glasses, 3n - 3)
        nu, ascending for each glass.
    participation_number : ndarray, shape (glasses, 3n - 3)
        N_k.
    energy, order, excess : ndarray, shape (glasses,)
        As in InherentStructure.
    rejected : ndarray of int, shape (glasses,)
        Crystals thrown away on the way to each glass.
    moduli : ndarray, shape (glasses, 2)
        Longitudinal and shear modulus of sound waves [epsilon/sigma^3].
    box : ndarray, shape (3,)
    positions, liquid : ndarray, shape (k, n, 3)
        Inherent structures, and the melts they came from, of the first k glasses.
    """

    parameters: dict
    frequencies: np.ndarray
    participation_number: np.ndarray
    energy: np.ndarray
    order: np.ndarray
    excess: np.ndarray
    rejected: np.ndarray
    moduli: np.ndarray
    box: np.ndarray
    positions: np.ndarray
    liquid: np.ndarray

    @property
    def n(self):
        """Atoms of each glass."""
        return self.positions.shape[1]

    @property
    def acceptance(self):
        """Glasses among all quenches [-]."""
        return len(self.energy) / (len(self.energy) + self.rejected.sum())

    @property
    def sound_velocities(self):
        """Longitudinal and transverse velocity of long waves from the mean moduli, shape (2,)."""
        return np.sqrt(self.moduli.mean(axis=0) / (self.n / self.box.prod()))

    def configuration(self, index):
        """Inherent structure of one of the first glasses."""
        return Configuration(self.positions[index], self.box)


def save_glass(folder, index, arrays, settings):
    """Write one finished glass and then its manifest."""
    content = npz_bytes(arrays)
    manifest = {"index": index, **settings, "sha256": hashlib.sha256(content).hexdigest()}
    write_whole(_path(folder, index, "npz"), content)
    write_whole(_path(folder, index, "json"), json_bytes(manifest))


def check_glass(folder, index, settings):
    """Whether a glass is there.

    Raises
    ------
    DamagedGlass
        If it is there and damaged, or made with other settings.
    """
    if not _path(folder, index, "json").exists():
        return False
    manifest, _ = _load_glass(folder, index)
    different = [key for key in settings if manifest.get(key) != settings[key]]
    if different:
        key = different[0]
        raise DamagedGlass(
            f"{_path(folder, index, 'npz')} was made with other {key}: {manifest.get(key)}, not {settings[key]}"
        )
    return True


def load_ensemble(path):
    """Read an ensemble from a folder of glasses or from one compact file.

    Parameters
    ----------
    path : path-like
        A folder written by `run_ensemble`, or an ``.npz`` file written by `pack_ensemble`.

    Returns
    -------
    Ensemble

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no glass in the folder.
    DamagedGlass
        If a file is not what its manifest says, or the glasses of a folder are of different kinds; names the file.
    """
    path = Path(path)
    if path.is_dir():
        manifest, arrays = _load_folder(path)
    else:
        manifest, arrays = load_checked(path)
    return Ensemble(parameters=manifest["parameters"], **arrays)


def pack_ensemble(folder, destination, *, structures=4):
    """Write all glasses of a folder into one compact file beside its manifest.

    Frequencies and participation numbers are kept in single precision, and only the first few structures.
    """
    destination = Path(destination).with_suffix(".npz")
    manifest, arrays = _load_folder(Path(folder))
    for name in _STRUCTURES:
        arrays[name] = arrays[name][:structures]
    for name, kind in _COMPACT.items():
        arrays[name] = arrays[name].astype(kind)
    content = npz_bytes(arrays)
    parameters, count = manifest["parameters"], len(arrays["energy"])
    options = " ".join(f"--{name.replace('_', '-')} {parameters[name]}" for name in ("n", "seed", "cooling_steps"))
    command = f"softmodes glass {options} --count {count} --output DIR --pack {destination.name}"
    manifest = {"command": command, "glasses": count, **manifest, "sha256": hashlib.sha256(content).hexdigest()}
    destination.parent.mkdir(parents=True, exist_ok=True)
    write_whole(destination, content)
    write_whole(destination.with_suffix(".json"), json_bytes(manifest))


def provenance():
    """Versions of everything that decides the digits of a glass, sources included."""
    sources = b"".join((Path(__file__).parent / f"{name}.py").read_bytes() for name in _DECISIVE)
    names = ("softmodes", "numpy", "scipy", "numba")
    return {
        "code": hashlib.sha256(sources).hexdigest()[:16],
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def _load_folder(folder):
    """Manifest common to the glasses of a folder, and their arrays stacked in the order of their index."""
    indices = sorted(int(path.stem.removeprefix("glass_")) for path in folder.glob("glass_*.json"))
    if not indices:
        raise FileNotFoundError(f"no finished glass in {folder}")
    manifests, glasses = zip(*(_load_glass(folder, index) for index in indices), strict=True)
    for index, manifest in zip(indices, manifests, strict=True):
        if manifest["parameters"] != manifests[0]["parameters"]:
            raise DamagedGlass(f"{_path(folder, index, 'npz')} is of another kind than the first glass of {folder}")
    arrays = {name: np.stack([glass[name] for glass in glasses]) for name in glasses[0] if name != "box"}
    common = {key: manifests[0][key] for key in ("parameters", "versions")}
    return common, {**arrays, "box": glasses[0]["box"]}


def _load_glass(folder, index):
    manifest, arrays = load_checked(_path(folder, index, "npz"))
    if manifest.get("index") != index:
        raise DamagedGlass(f"{_path(folder, index, 'json')} is the manifest of another glass, {manifest.get('index')}")
    return manifest, arrays


def load_checked(path):
    """Manifest and arrays of a file whose checksum is right."""
    manifest_path = path.with_suffix(".json")
    try:
        manifest = json.loads(manifest_path.read_bytes())
        expected = manifest["sha256"]
    except (ValueError, KeyError, TypeError):
        raise DamagedGlass(f"{manifest_path} is damaged: not a manifest") from None
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != expected:
        raise DamagedGlass(f"{path} is damaged: its checksum is not that of its manifest")
    with np.load(io.BytesIO(content)) as arrays:
        return manifest, dict(arrays)


def _path(folder, index, suffix):
    return Path(folder) / f"glass_{index:05d}.{suffix}"


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
