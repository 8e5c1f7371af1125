"""The files of the package: those that were released."""

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

from softmodes.places import DATA, INSTALLED
from softmodes.report.doctor.finding import FINE, NOTE, PACKAGE, TO_DO, Failed, Findings, in_words, some


def data() -> Findings:
    """See that the files of data/, and of an installed softmodes all of its files, are those that were released."""
    wrong, unknown = dict(_against_manifests()), ""
    try:
        wrong |= _against_record() if INSTALLED else _against_commit()
    except Exception as error:
        unknown = in_words(error)
    if wrong:
        yield TO_DO, f"{some([f'{name} {what}' for name, what in wrong.items()])}: {_way_back([*wrong])}"
    elif unknown:
        yield NOTE, f"the ensembles are whole; what the other files should be is not known: {unknown}"
    else:
        yield FINE, f"all files as they were released, in {DATA}"


def _way_back(names: Sequence[str]) -> str:
    if not (DATA.parent / ".git").exists():
        return "install softmodes anew"
    back = " ".join(map(shlex.quote, names)) if len(names) < 6 else "data softmodes/report/katex"
    return f"commit what you have changed, the rest comes back by git checkout -- {back}"


def _against_manifests() -> Iterator[tuple[str, str]]:
    """Ensembles that are not those of their manifests: file and what is wrong, as pairs."""
    manifests = sorted(DATA.glob("glasses/*.json"))
    if not manifests:
        yield "data/glasses", "is missing"
    for manifest in manifests:
        archive = manifest.with_suffix(".npz")
        try:
            digest = json.loads(manifest.read_bytes())["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            yield f"data/glasses/{manifest.name}", "is damaged"
            continue
        if (there := _sha256(archive)) is None or there.hex() != digest:
            yield f"data/glasses/{archive.name}", "is damaged" if there else "is missing"


def _sha256(path: Path) -> bytes | None:
    """Return the digest of a file; None where it is not there, and empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError:
        return None
    except OSError:
        return b"-"


def _against_record() -> dict[str, str]:
    """Return what is wrong with the files of the installed package, by their names."""
    files, wrong = distribution("softmodes").files or (), {}
    ours = [
        (file, file.hash.value, Path(file.locate())) for file in files if file.hash and file.parts[0] == PACKAGE.name
    ]
    if not any(path.resolve() == Path(__file__).resolve() for *_, path in ours):
        raise Failed(f"{PACKAGE} has no list of its files beside it")
    for file, digest, path in ours:
        there = _sha256(path)
        if there is None or base64.urlsafe_b64encode(there).rstrip(b"=").decode() != digest:
            wrong["/".join(file.parts[1:])] = "is damaged" if there else "is missing"
    return wrong


def _against_commit() -> dict[str, str]:
    """Which files of data/ are not those of the commit, by their names."""
    from softmodes.report.provenance import git

    if not (DATA.parent / ".git").exists():
        raise Failed("no repository is here")
    status = git(
        "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--", "data", "softmodes/report/katex"
    )
    lines = [line for line in status.split("\0") if line]
    return {line[3:]: "is missing" if "D" in line[:2] else "is not that of the commit" for line in lines}
