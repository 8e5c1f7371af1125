"""Section 3: what ensembles leave on disk when they stop early, what is foreign, and what is damaged inside."""

import importlib
import io
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from softmodes.ensembles import DamagedFile, Glasses, load_glasses, pack_ensemble, run_ensemble
from softmodes.ensembles.archives import npz_bytes
from softmodes.ensembles.command import glass
from softmodes.ensembles.files import finished_indices, kept, write_together
from softmodes.ensembles.storage import save_member
from softmodes.ensembles.workers import fitting_processes

GLASSES = [sys.executable, "-c", "from softmodes.report.commands import main; main()", "glass", "--n", "216"]


def simulate_plain(seed, index, n, *, fails="", where=""):
    """Members that cost nothing; number 2 fails in one way or another."""
    if index == 2 or fails == "all":
        match fails:
            case "raises" | "all":
                raise ValueError("bad\nluck")
            case "memory":
                raise MemoryError
            case "far too large":
                np.zeros(10**15)
            case "exits":
                raise SystemExit(3)
            case "no dict":
                return 5
            case "objects":
                return {"a": np.array([None])}
            case "cannot be told":
                raise type("Odd", (Exception,), {"__reduce__": lambda self: 1 / 0})("odd")
            case "killed":
                # the others have been saved by then
                while len(finished_indices(where, "plain")) < 3:
                    time.sleep(0.01)
                os.kill(os.getpid(), signal.SIGKILL)
    return {"a": np.full(n, float(index))}


def complete(folder, *, count=4, threads=1, **options):
    with ThreadPoolExecutor(threads) as executor:
        settings = {"simulate": simulate_plain, "n": 2, "seed": 1, "executor": executor}
        return run_ensemble(folder, count=count, **settings | options)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fake(*, n=4, seed=1, **changed):
    """Arrays and settings of a glass, all of them zero."""
    parameters = {"n": n, "seed": seed, "temperature": 1.0, "steps": 1, "cooling_steps": 0}
    arrays, sizes = {}, {"n": n, "modes": 3 * n - 3}
    for each in fields(Glasses):
        if each.name != "parameters":
            shape = [sizes.get(axis, axis) for axis in each.metadata["axes"] if axis not in ("glasses", "k")]
            arrays[each.name] = np.zeros(shape, int if each.name == "rejected" else float)
    return arrays | changed, {"parameters": parameters, "versions": {}}


# An ensemble that stops early keeps what is finished.


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        ("raises", "bad luck"),
        ("memory", "out of memory"),
        ("far too large", "out of memory: Unable to allocate .*"),
        ("exits", "SystemExit: 3"),
        ("no dict", "a member must be a dict of arrays, got 5"),
        ("objects", "array a must hold real numbers, got object"),
    ],
)
def test_member_that_fails_is_named_and_the_others_are_made(tmp_path, fails, reason):
    kept = f"; what is finished is kept: 3 of 4 in {tmp_path}, and the same command goes on"
    for missing in (4, 1):
        with pytest.raises(RuntimeError, match=f"^1 of {missing} could not be made: plain 2: {reason}{kept}$"):
            complete(tmp_path, fails=fails)
        assert finished_indices(tmp_path, "plain") == [0, 1, 3]


def test_argument_that_no_member_can_be_made_with_is_refused_once(tmp_path):
    with pytest.raises(ValueError, match="^bad luck$"):
        complete(tmp_path, fails="all", count=10**6)
    with pytest.raises(RuntimeError, match="; 999900 were not tried; what is finished is kept: 0 of 1000000 in"):
        complete(tmp_path, fails="all", count=10**6, simulate=simulate_unlucky)


def simulate_unlucky(seed, index, n, *, fails):
    raise ArithmeticError("no result")


def simulate_slow(seed, index, n):
    time.sleep(0.02)
    return {"a": np.full(n, float(index))}


def test_interrupted_run_has_saved_what_was_finished_and_holds_few_of_many_members(tmp_path):
    def interrupt(index, arrays, done, total):
        assert total == 10**18
        if done == 5:
            raise KeyboardInterrupt

    tracemalloc.start()
    with pytest.raises(KeyboardInterrupt):
        complete(tmp_path, simulate=simulate_slow, count=10**18, threads=2, progress=interrupt)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    there = finished_indices(tmp_path, "slow")
    assert len(there) >= 5
    assert complete(tmp_path, simulate=simulate_slow, count=max(there) + 1) == max(there) + 1 - len(there)


def test_member_whose_manifest_goes_during_a_run_is_missed(tmp_path):
    def lose(index, arrays, done, total):
        if index == 3:
            (tmp_path / "plain_00001.json").unlink()

    with pytest.raises(RuntimeError, match="^plain 1 was finished and is gone; what is finished is kept: 3 of 4 in"):
        complete(tmp_path, progress=lose)


def test_folder_that_goes_during_a_run_ends_it_and_nothing_is_said_to_be_kept(tmp_path):
    folder = tmp_path / "g"

    def lose(*_):
        assert kept(folder, "plain", 4).startswith(f"; what is finished is kept: 1 of 4 in {folder}, and the same")
        shutil.rmtree(folder)

    with pytest.raises(FileNotFoundError, match="plain_0000"):
        complete(folder, progress=lose)
    assert not folder.exists()
    assert kept(folder, "plain", 4) == ""


def test_second_run_into_a_folder_is_refused_at_its_start(tmp_path):
    seen = []

    def second(*_):
        with pytest.raises(
            ValueError, match=f"^another run is writing to {tmp_path}; let it finish, or choose another"
        ):
            complete(tmp_path, seed=2)
        seen.append(True)

    complete(tmp_path, progress=second)
    assert len(seen) == 4


@pytest.mark.slow
def test_worker_that_is_killed_costs_no_finished_member(tmp_path):
    said = r"^a worker process was killed, probably because memory was short; .* kept: 3 of 4 in .* goes on$"
    with pytest.raises(RuntimeError, match=said):
        complete(tmp_path, executor=None, jobs=2, fails="killed", where=str(tmp_path))
    assert finished_indices(tmp_path, "plain") == [0, 1, 3]
    with pytest.raises(RuntimeError, match="^1 of 4 could not be made: plain 2: Odd: odd"):
        complete(tmp_path / "odd", executor=None, jobs=10**30, fails="cannot be told")


@pytest.mark.slow
def test_script_that_starts_processes_of_itself_is_told_so_in_one_line(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from softmodes.ensembles import run_ensemble as run\nrun('g', n=216, count=4, seed=1, jobs=2)\n")
    run = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert run.returncode == 1
    assert run.stderr.count("Traceback") == 1
    assert "RuntimeError: run_ensemble starts processes" in run.stderr.splitlines()[-1]
    assert list((tmp_path / "g").iterdir()) == []
    piped = subprocess.run([sys.executable], input=script.read_bytes(), cwd=tmp_path, capture_output=True, timeout=100)
    assert b"each reads the script that calls it, which <stdin> is not" in piped.stderr.splitlines()[-1]


def processes_of(session):
    """Those of a session that still run, and the time that they have computed [ticks]."""
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            stats.append(path.read_text().rpartition(")")[2].split())
    running = [stat for stat in stats if int(stat[3]) == session and stat[0] != "Z"]
    return len(running), sum(int(stat[11]) for stat in running)


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc").is_dir(), reason="processes are counted in /proc, which Linux has and macOS has not"
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_command_that_is_stopped_ends_at_once_and_says_what_is_kept(tmp_path, number):
    # of 1000 atoms: one member takes much longer than a command may
    command = [*GLASSES[:4], "--n", "1000", "--steps", "3000000", "--count", "5", "--output", str(tmp_path)]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 100
    # two workers, this process, and one of the library's: in the midst of their work
    while processes_of(run.pid) < (4, 0) or processes_of(run.pid)[1] < 300:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    # those who watch a terminal end all of a command, others the command alone
    os.killpg(run.pid, number) if number in (signal.SIGINT, signal.SIGHUP) else os.kill(run.pid, number)
    said = run.communicate(timeout=60)[1]
    deadline = time.monotonic() + 60
    while processes_of(run.pid)[0] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(run.pid)[0] == 0
    if number != signal.SIGKILL:
        assert run.returncode == 128 + number
        name, kept = signal.Signals(number).name, f"0 of 5 in {tmp_path}"
        assert said == f"Error: stopped by {name}; what is finished is kept: {kept}, and the same command goes on\n"


def test_processes_are_never_more_than_members_processors_or_memory():
    assert fitting_processes(10**30, 1, 216) == 1
    assert 1 <= fitting_processes(10**30, 10**6, 216) <= os.cpu_count()
    with pytest.raises(ValueError, match=r"^n must be at most \d+ for the [\d.]+ GB of this machine, got 10{9}: all"):
        fitting_processes(1, 1, 10**9)
    with pytest.raises(ValueError, match=r"got 10{9}: 40 modes take"):
        fitting_processes(1, 1, 10**9, modes=40)


# Members are what they say.


def test_files_of_somebody_else_are_no_members(tmp_path):
    complete(tmp_path)
    stems = ("plain_000001", "plain_00001 (copy)", "photo_20240101", "plain_+0001", "plain_٠٠٠٠١")
    names = [f"{stem}.json" for stem in stems]
    for name in names:
        (tmp_path / name).write_text("mine")
    assert complete(tmp_path, count=5) == 1
    assert finished_indices(tmp_path, "plain") == [0, 1, 2, 3, 4]
    assert all((tmp_path / name).read_text() == "mine" for name in names)


def test_members_beyond_five_digits_have_one_name_each(tmp_path):
    save_member(tmp_path, "glass", 123456, *fake())
    assert finished_indices(tmp_path, "glass") == [123456]
    assert load_glasses(tmp_path).energy.shape == (1,)


def without(name):
    """A glass that lacks an array."""
    arrays, settings = fake()
    del arrays[name]
    return arrays, settings


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        (without("kappa")[0], "it does not hold kappa"),
        (fake(mine=np.zeros(3))[0], "it holds mine, not known of a glass"),
        (fake(energy=np.zeros(3))[0], r"energy is float64 of shape \(3,\), not numbers of shape \(\)"),
        (fake(rejected=np.zeros(()))[0], r"rejected is float64 of shape \(\), not numbers of shape \(\)"),
    ],
)
def test_field_that_is_missing_or_not_declared_is_named_when_it_is_written_and_when_it_is_read(tmp_path, arrays, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        save_member(tmp_path, "glass", 0, arrays, fake()[1])
    assert contents(tmp_path) == {}
    save_member(tmp_path, "glass", 0, *fake())
    manifest = json.loads((tmp_path / "glass_00000.json").read_text())
    (tmp_path / "glass_00000.npz").write_bytes(npz_bytes(arrays))
    (tmp_path / "glass_00000.json").write_text(json.dumps(manifest | {"sha256": sha256(npz_bytes(arrays)).hexdigest()}))
    with pytest.raises(DamagedFile, match=rf"glass_00000\.npz is damaged: {said}$"):
        load_glasses(tmp_path)


def test_archive_is_the_one_numpy_writes_and_has_arrays_of_names_that_numpy_takes_for_its_own():
    arrays, stream = {"energy": np.arange(6.0).reshape(2, 3), "order": np.int64(1)}, io.BytesIO()
    np.savez(stream, **arrays)
    assert npz_bytes(arrays) == stream.getvalue()
    assert np.load(io.BytesIO(npz_bytes({"file": 1.0, "allow_pickle": 2.0}))).files == ["file", "allow_pickle"]


def archive(**entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in entries.items():
            file.writestr(f"{name}.npy", content)
    return stream.getvalue()


def npy(array_or_header, rest=b""):
    """Content of an .npy file: of an array, or of a header that may claim anything."""
    stream = io.BytesIO()
    if isinstance(array_or_header, str):
        np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (1,)})
        header = stream.getvalue()[:10] + array_or_header.ljust(len(stream.getvalue()) - 11).encode() + b"\n"
        return header + rest
    np.save(stream, array_or_header)
    return stream.getvalue()


def bomb():
    """Ten megabytes in ten kilobytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **fake(energy=np.zeros(10**6))[0])
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        archive(),
        archive(energy=b"no array"),
        archive(energy=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000,)}", bytes(8))),
        archive(energy=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1)}", bytes(8))),
        archive(energy=npy("{'descr': '|O', 'fortran_order': False, 'shape': ()}", pickle.dumps(print))),
        npz_bytes(fake()[0])[:-100],
        npz_bytes(fake()[0]).replace(bytes(80), bytes(79) + b"1", 1),
        bomb(),
    ],
)
def test_archive_that_is_broken_inside_is_damaged_whatever_its_checksum(tmp_path, content):
    arrays, settings = fake()
    save_member(tmp_path, "glass", 0, arrays, settings)
    manifest = json.loads((tmp_path / "glass_00000.json").read_text()) | {"sha256": sha256(content).hexdigest()}
    (tmp_path / "glass_00000.npz").write_bytes(content)
    (tmp_path / "glass_00000.json").write_text(json.dumps(manifest))
    tracemalloc.start()
    with pytest.raises(DamagedFile, match=r"glass_00000\.npz is damaged: .") as error:
        load_glasses(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "\n" not in str(error.value)
    assert peak < 2e6


MANIFEST = {"kind": "glass", "index": 0, **fake()[1], "sha256": sha256(npz_bytes(fake()[0])).hexdigest()}


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (b"", "json"),
        (b"[" * 100_000, "json"),
        (b"[1, 2]", "json"),
        (b"\xff", "json"),
        (b"9" * 10_000, "json"),
        (json.dumps(MANIFEST | {"filling": "x" * 2_000_000}).encode(), "json"),
        *((json.dumps(MANIFEST | {key: 5}).encode(), "json") for key in ("kind", "parameters", "versions", "sha256")),
        (json.dumps(MANIFEST | {"index": "0"}).encode(), "json"),
        (json.dumps(MANIFEST | {"parameters": {}}).encode(), "npz"),
        *(
            (json.dumps(MANIFEST | {"parameters": MANIFEST["parameters"] | {name: value}}).encode(), "npz")
            for name, value in (
                ("n", "4"),
                ("n", 10**30),
                ("n", -4),
                ("seed", []),
                ("steps", None),
                ("exponent", "6"),
                ("exponent", 0),
                ("modes", 0),
                ("modes", "all"),
            )
        ),
    ],
)
def test_manifest_that_is_none_is_a_damaged_file(tmp_path, content, file):
    save_member(tmp_path, "glass", 0, *fake())
    (tmp_path / "glass_00000.json").write_bytes(content)
    said = rf"glass_00000\.{file} is (damaged: |the manifest of something else)"
    with pytest.raises(DamagedFile, match=said) as error:
        load_glasses(tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("suffix", ["npz", "json"])
def test_member_that_is_damaged_inside_is_made_anew_on_request(tmp_path, suffix):
    complete(tmp_path)
    before, manifest = contents(tmp_path), json.loads((tmp_path / "plain_00001.json").read_text())
    (tmp_path / "plain_00001.npz").write_bytes(b"no archive")
    checked = json.dumps(manifest | {"sha256": sha256(b"no archive").hexdigest()})
    (tmp_path / "plain_00001.json").write_text(checked if suffix == "npz" else "[" * 100_000)
    with pytest.raises(DamagedFile, match=rf"plain_00001\.{suffix} is damaged: "):
        complete(tmp_path)
    assert complete(tmp_path, redo=True) == 1
    assert contents(tmp_path) == before


def test_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "glass_00000.json")
    with pytest.raises(DamagedFile, match=r"glass_00000\.json is damaged: not a regular file$"):
        load_glasses(tmp_path)


# Foreign files are never touched.


def test_part_of_a_file_follows_no_link_and_rights_are_those_that_were_asked_for(tmp_path):
    folder, outside = tmp_path / "g", tmp_path / "outside"
    folder.mkdir(mode=0o750)
    outside.write_text("mine")
    (folder / "plain_00000.npz.part").symlink_to(outside)
    (folder / "plain_00001.json.0123abcd.part").write_text("of a dead run")
    (folder / "mine.part").write_text("mine")
    before = os.umask(0o027)
    try:
        complete(folder)
    finally:
        os.umask(before)
    assert outside.read_text() == "mine"
    assert [path.name for path in folder.glob("*.part")] == ["mine.part"]
    assert {path.stat().st_mode & 0o777 for path in folder.glob("plain_*")} == {0o640}
    assert folder.stat().st_mode & 0o777 == 0o750


def test_files_that_cannot_all_be_written_leave_those_that_were_there(tmp_path):
    first, second = tmp_path / "first", tmp_path / "absent" / "second"
    first.write_text("before")
    with pytest.raises(FileNotFoundError, match="second"):
        write_together((first, b"after"), (second, b"after"))
    assert contents(tmp_path) == {"first": b"before"}


@pytest.mark.parametrize(
    "name",
    ["", "/", "..", "g/", "/dev/null", "/dev/null/pack", "g/plain_00000.npz", "plain_00007", "mine", "mine.npz", "link",
     "folder.npz", "other", "member"],
)  # fmt: skip
def test_pack_is_refused_before_anything_is_computed_where_something_else_is(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    complete("g", count=1)
    (tmp_path / "mine.json").write_text("mine")
    (tmp_path / "outside.json").write_text("mine")
    (tmp_path / "link.npz").symlink_to("outside")
    (tmp_path / "folder.npz").mkdir()
    pack_ensemble("g", "other", kind="plain")
    other = (tmp_path / "other.json").read_text()
    (tmp_path / "other.json").write_text(other.replace('"kind": "plain"', '"kind": "x"'))
    (tmp_path / "member.json").write_bytes((tmp_path / "g/plain_00000.json").read_bytes())
    before = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises((ValueError, OSError)):
        pack_ensemble("g", name, kind="plain")
    refused = CliRunner().invoke(glass, ["--count", "1", "--output", "new", "--pack", name])
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert refused.output.count("\n") == 1
    assert {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_pack_has_the_name_that_was_asked_for_and_replaces_an_earlier_one(tmp_path):
    complete(tmp_path / "g", count=2)
    for _ in range(2):
        pack_ensemble(tmp_path / "g", tmp_path / "a run.v1.0", kind="plain")
    pack_ensemble(tmp_path / "g", tmp_path / "g" / "all", kind="plain")
    assert {path.name for path in tmp_path.iterdir()} == {"g", "a run.v1.0.npz", "a run.v1.0.json"}
    # it is in nobody's way
    assert complete(tmp_path / "g", count=3) == 1
    command = json.loads((tmp_path / "a run.v1.0.json").read_text())["command"]
    assert command.endswith("--fails '' --where '' --output DIR --pack 'a run.v1.0.npz'")


@pytest.mark.parametrize("output", ["", "/", "file", "file/below", "a\0b"])
def test_output_that_can_be_no_folder_is_refused_in_one_line(tmp_path, monkeypatch, output):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    refused = CliRunner().invoke(glass, ["--count", "1", "--output", output])
    assert refused.exit_code == 1
    assert re.fullmatch(r"Error: .+\n", refused.output)
    assert "kept" not in refused.output


# The surroundings.


@pytest.mark.slow
def test_standard_output_that_takes_nothing_stops_no_work(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("a full disk is played by /dev/full, which Linux has and macOS has not")
    # what is made while nobody listens; and when all is there
    command = [*GLASSES, "--steps", "10", "--count", "2", "--output", str(tmp_path)]
    for _ in range(2):
        with open("/dev/full", "w") as full:
            run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=100)
        assert run.returncode == 1
        assert run.stderr == "Error: cannot write to standard output: No space left on device\n"
        assert len(finished_indices(tmp_path, "glass")) == 2


@pytest.fixture
def loops(tmp_path, monkeypatch):
    """A module of a compiled loop, imported anew at each call, and the folder of its cache."""
    text = "from softmodes.glass.compiled import compiled\n@compiled()\ndef double(x):\n    return 2 * x\n"
    (tmp_path / "loops.py").write_text(text + "print(double(2))\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path / "cache"))

    def anew():
        importlib.import_module("loops")
        del sys.modules["loops"]

    return anew, tmp_path / "cache"


def test_cache_of_compiled_loops_may_be_absent_or_damaged(loops, capsys, caplog):
    anew, cache = loops
    anew()
    assert (capsys.readouterr().out, len(list(cache.rglob("loops.*")))) == ("4\n", 2)
    said = f"the compiled loops in .*{cache.name}.* are damaged; they are made anew"
    for damage in (lambda old: b"", lambda old: old[:-5] + b"x" + old[-4:], lambda old: old[9:]):
        for path in cache.rglob("loops.*"):
            path.write_bytes(damage(path.read_bytes()))
        anew()
        anew()
        assert capsys.readouterr().out == "4\n4\n"
        # the second time nothing is said
        assert re.fullmatch(said, "".join(caplog.messages))
        caplog.clear()


@pytest.mark.slow
def test_cache_without_a_folder_and_variables_that_numba_does_not_understand_stop_nothing(loops, tmp_path):
    variables = {"NUMBA_CACHE_LOCATOR_CLASSES": "none", "NUMBA_NUM_THREADS": "0", "NUMBA_OPT": "high"}
    run = [sys.executable, "-c", "import loops"]
    odd = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, env=os.environ | variables, timeout=100)
    assert odd.stdout == "4\n"
    assert odd.stderr.startswith(
        "NUMBA_NUM_THREADS must be positive, got 0\nEnvironment variable 'NUMBA_OPT' is defined"
    )
    assert odd.stderr.count("\n") == 2
