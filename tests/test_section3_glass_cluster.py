"""Section 3: ensembles on a cluster: a Dask scheduler and workers in processes of their own, which may die."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import distributed
import numpy as np
import pytest
from click.testing import CliRunner

from softmodes.ensembles import run_ensemble, simulate_glass
from softmodes.ensembles.versions import Unlike, versions
from softmodes.ensembles.workers import attempt, attempt_alike
from softmodes.report.commands import main

QUICK = {"simulate": simulate_glass, "n": 216, "seed": 3, "steps": 30}
GLASSES = ["glass", "--n", "216", "--seed", "3", "--steps", "30", "--output"]
COMMAND = [sys.executable, "-c", "from softmodes.report.commands import main; main()", *GLASSES]
# It waits no longer than it must to know that nobody is there.
IMPATIENT = COMMAND.copy()
IMPATIENT[2] = f"from softmodes.ensembles import workers; workers._PATIENCE = workers._ANSWER = 1; {COMMAND[2]}"
ALONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


@contextmanager
def started(program, *options, python=(sys.executable,), **environment):
    """A process of a cluster, killed at the end."""
    process = subprocess.Popen(
        [*python, "-m", f"distributed.cli.dask_{program}", "--no-dashboard", *options],
        env=os.environ | ALONE | environment,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def scheduler(folder):
    """The address of a new scheduler, and its process."""
    file = folder / "scheduler.json"
    with started("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)) as process:
        wait_for(lambda: file.exists() and file.read_text().endswith("}"))
        yield json.loads(file.read_text())["address"], process


def worker(address, **options):
    return started("worker", address, "--nthreads", "1", "--no-nanny", **options)


def wait_for(condition):
    deadline = time.monotonic() + 100
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def members(folder):
    return sorted(path.name for path in folder.glob("*.json"))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with scheduler(tmp_path_factory.mktemp("scheduler")) as (address, _):
        yield address


@pytest.mark.slow
def test_cluster_makes_the_same_bytes_and_goes_on_when_a_worker_dies(address, tmp_path):
    """By the executor of Dask, then by the command, which is not told how many processes there are here."""
    with worker(address) as first, worker(address):
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2)
            executor = client.get_executor(pure=False)
            assert run_ensemble(tmp_path / "far", count=1, executor=executor, **QUICK) == 1
        options = [str(tmp_path / "far"), "--count", "5", "--scheduler", address]
        command = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with command:
            wait_for(lambda: len(members(tmp_path / "far")) > 1)
            first.kill()
            out, err = command.communicate(timeout=100)
    assert (command.returncode, err) == (0, "")
    assert len(re.findall(r"^glass \d+: energy .* to go$", out, re.MULTILINE)) == 4
    assert out.splitlines()[-1].startswith("5 glasses of 216 atoms")
    # no trace of where they were made either
    with ThreadPoolExecutor(1) as executor:
        run_ensemble(tmp_path / "near", count=5, executor=executor, **QUICK)
    assert contents(tmp_path / "far") == contents(tmp_path / "near")


@pytest.mark.slow
def test_scheduler_that_dies_loses_no_finished_member(tmp_path):
    folder = tmp_path / "glasses"
    (tmp_path / "scheduler").mkdir()
    with scheduler(tmp_path / "scheduler") as (address, process), worker(address):
        options = [str(folder), "--count", "400", "--scheduler", str(tmp_path / "scheduler" / "scheduler.json")]
        command = subprocess.Popen([*COMMAND, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with command:
            wait_for(lambda: len(members(folder)) > 1)
            process.kill()
            _, err = command.communicate(timeout=100)
    finished = len(members(folder))
    assert (command.returncode, 2 <= finished < 400) == (1, True)
    assert err == (
        "Error: scheduler or workers are gone (CancelledError); start them again; what is finished is kept:"
        f" {finished} of 400 in {folder}, and the same command goes on\n"
    )
    # of the finished ones nothing is made again
    assert run_ensemble(folder, count=finished, **QUICK) == 0


@pytest.mark.slow
def test_without_workers_it_waits_and_says_so_and_a_signal_cancels_what_is_left(address, tmp_path):
    options = [str(tmp_path), "--count", "400", "--scheduler", address]
    waits = f"No worker is there: waiting; `dask worker {address}` starts one\n"
    command = subprocess.Popen([*IMPATIENT, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with command:
        assert command.stderr.readline() == waits
        with worker(address):
            wait_for(lambda: len(members(tmp_path)) > 1)
        # now it is gone
        assert command.stderr.readline() == waits
        command.send_signal(signal.SIGTERM)
        _, err = command.communicate(timeout=100)
    kept = f"what is finished is kept: {len(members(tmp_path))} of 400 in {tmp_path}, and the same command goes on"
    assert (command.returncode, err) == (128 + signal.SIGTERM, f"Error: stopped by SIGTERM; {kept}\n")
    with distributed.Client(address, set_as_default=False) as client:
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0


def without_softmodes(folder):
    """The libraries of this environment without our own; python is told not to look for others."""
    for path in Path(np.__file__).parents[1].iterdir():
        if not path.name.startswith("softmodes"):
            (folder / path.name).symlink_to(path)
    return {"python": (sys.executable, "-PS"), "PYTHONPATH": str(folder)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (without_softmodes, "a worker has another softmodes, or none: ModuleNotFoundError: No module named 'softmodes"),
        (lambda _: {"OPENBLAS_NUM_THREADS": "2"}, r"a worker on \S+ may compute with several threads"),
    ],
    ids=["no softmodes", "threads"],
)
def test_worker_that_would_make_other_bytes_is_refused(address, tmp_path, options, reason):
    folder = tmp_path / "glasses"
    (tmp_path / "libraries").mkdir()
    with (
        worker(address, **options(tmp_path / "libraries")),
        pytest.raises(RuntimeError, match=rf"^{reason}.*; what is finished is kept: 0 of 3 in "),
    ):
        run_ensemble(folder, count=3, scheduler=address, **QUICK)
    assert contents(folder) == {}


def simulate_nothing(seed, index, n):
    return {}


def test_worker_of_other_versions_or_several_threads_makes_nothing(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    here, call = versions(simulate_nothing), (simulate_nothing, {"seed": 1, "index": 0, "n": 1})
    assert attempt_alike(here, *call) == attempt(*call) == {}
    with pytest.raises(Unlike, match=rf"^a worker on \S+ has numpy {np.__version__} instead of 1\.0; all workers need"):
        attempt_alike(here | {"numpy": "1.0"}, *call)
    with pytest.raises(Unlike, match=rf"has code {here['code']} instead of 0, numba \S+ instead of 0; all workers"):
        attempt_alike(here | {"code": "0", "numba": "0"}, *call)
    for name, value in (("OPENBLAS_NUM_THREADS", "2"), ("OMP_NUM_THREADS", "")):
        monkeypatch.setenv(name, value)
        with pytest.raises(Unlike, match=r"several threads, .* start it with OMP_NUM_THREADS=1, as a nanny does$"):
            attempt_alike(here, *call)
        monkeypatch.delenv(name)


@pytest.mark.parametrize("address", ["", "host", "tcp://host", "http://host:80", "tcp://host:99999", __file__])
def test_what_is_no_scheduler_is_one_line(tmp_path, address):
    result = CliRunner().invoke(main, [*GLASSES, str(tmp_path), "--scheduler", address])
    expected = f"Error: scheduler must be tcp://host:8786, or the scheduler file of Dask, got {address!r}\n"
    assert (result.exit_code, result.output) == (1, expected)


def test_address_with_certificates_needs_them(tmp_path):
    with pytest.raises(ValueError, match="^scheduler tls://host:8786 needs certificates: set distributed.comm.tls in"):
        run_ensemble(tmp_path, count=1, scheduler="tls://host:8786", **QUICK)


@pytest.mark.slow
def test_where_no_scheduler_answers_it_says_so_and_how_to_start_one(tmp_path):
    options = [str(tmp_path), "--count", "1", "--scheduler", "tcp://127.0.0.1:9"]
    command = subprocess.run([*IMPATIENT, *options], capture_output=True, text=True, timeout=100)
    assert (command.returncode, command.stdout) == (1, "")
    said = "no Dask scheduler answers at tcp://127.0.0.1:9; start one with `dask scheduler`, which says its address"
    assert command.stderr == f"Error: {said}\n"


def test_processes_here_and_a_scheduler_exclude_each_other(tmp_path):
    result = CliRunner().invoke(main, [*GLASSES, str(tmp_path), "--scheduler", "tcp://host:1", "--jobs", "2"])
    assert result.output == "Error: --jobs counts processes here; with --scheduler its workers decide\n"
    with pytest.raises(ValueError, match="^executor must be None if there is a scheduler"):
        run_ensemble(tmp_path, count=1, scheduler="tcp://host:1", executor=object(), **QUICK)
