"""A wheel, installed where no clone is: the same bytes however it is built, its commands, and its doctor."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from ipykernel.kernelspec import RESOURCES

import softmodes
from softmodes.places import NOTEBOOKS, writable_places
from softmodes.report import doctor
from softmodes.report.commands import main
from softmodes.report.lab import OwnKernels, copy_notebooks

ROOT = Path(__file__).parents[1]


def command(*words):
    """What the command line says, and its exit status."""
    result = CliRunner().invoke(main, [*map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output, result.exit_code


@pytest.fixture
def books(tmp_path):
    """A folder of two notebooks."""
    (tmp_path / "books").mkdir()
    for name in ("1_a", "2_b"):
        (tmp_path / "books" / f"{name}.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
    return tmp_path / "books"


def test_a_reader_keeps_what_he_has_changed_and_gets_what_is_newer(books, tmp_path):
    copies = tmp_path / "copies"
    assert str(copy_notebooks(books, copies)) == "2 copied"
    (copies / "1_a.ipynb").write_text("mine")
    (copies / "my_own.ipynb").write_text("mine")
    assert str(copy_notebooks(books, copies)) == "1 as they were copied; kept as you left them: 1_a"
    for name in ("1_a", "2_b"):
        (books / f"{name}.ipynb").write_text("newer")
    shutil.copy(books / "1_a.ipynb", books / "3_c.ipynb")
    said = "1 copied, 1 replaced by newer ones; kept as you left them: 1_a; newer ones come when you rename yours: 1_a"
    assert str(copy_notebooks(books, copies)) == said
    assert (copies / "1_a.ipynb").read_text() == (copies / "my_own.ipynb").read_text() == "mine"
    assert (copies / "2_b.ipynb").read_text() == "newer"
    (copies / "1_a.ipynb").rename(copies / "1_mine.ipynb")
    assert str(copy_notebooks(books, copies)) == "1 copied, 2 as they were copied"


@pytest.mark.parametrize("listed", [None, "[]", "{", '{"1_a.ipynb": 1}'])
def test_without_knowing_what_was_copied_everything_is_the_readers(books, tmp_path, listed):
    copies = tmp_path / "copies"
    copy_notebooks(books, copies)
    (copies / ".softmodes-notebooks.json").unlink()
    if listed:
        (copies / ".softmodes-notebooks.json").write_text(listed)
    (books / "1_a.ipynb").write_text("newer")
    copied = copy_notebooks(books, copies)
    assert (copied.kept, copied.same) == (["1_a"], ["2_b"])


def test_what_is_no_file_stays_in_its_place(books, tmp_path):
    copies = tmp_path / "copies"
    (copies / "1_a.ipynb").mkdir(parents=True)
    (copies / "2_b.ipynb").symlink_to("nowhere")
    assert copy_notebooks(books, copies).kept == ["1_a", "2_b"]
    assert os.readlink(copies / "2_b.ipynb") == "nowhere"


def test_a_folder_that_holds_no_copies_is_refused_in_a_line(tmp_path):
    assert command("lab", NOTEBOOKS, "--copy-only") == (
        f"Error: {NOTEBOOKS} holds the notebooks themselves, not copies; choose another folder\n",
        2,
    )
    (tmp_path / "file").touch()
    said, status = command("lab", tmp_path / "file", "--copy-only")
    assert (said.count("\n"), status) == (1, 2)


def test_python3_is_this_python_whatever_else_has_the_name(tmp_path):
    (tmp_path / "python3").mkdir()
    (tmp_path / "python3" / "kernel.json").write_text('{"argv": ["/other/python"], "display_name": "other"}')
    specs = OwnKernels(kernel_dirs=[str(tmp_path)])
    assert specs.find_kernel_specs() == {"python3": RESOURCES}
    assert specs.get_kernel_spec("python3").argv[0] == sys.executable


def test_libraries_write_where_the_home_folder_cannot_be_written(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR", "IPYTHONDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert writable_places().keys().isdisjoint({"MPLCONFIGDIR", "NUMBA_CACHE_DIR"})
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    places = writable_places()
    own = tmp_path / f"softmodes-{os.geteuid()}"
    assert places["NUMBA_CACHE_DIR"] == str(own / ".cache" / "numba")
    assert own.stat().st_mode & 0o777 == 0o700
    # what others could have put there is not run
    own.chmod(0o777)
    assert not Path(writable_places()["NUMBA_CACHE_DIR"]).is_relative_to(own)


def test_a_check_that_there_is_not_is_named():
    said, status = command("doctor", "appetite")
    assert said.startswith("Error: there is no check appetite; there are python, packages, lock, data, kernel")
    assert (said.count("\n"), status) == (1, 2)


@pytest.mark.parametrize(
    ("threads", "state", "words"),
    [("0", "to do", "must be a positive number, got 0"), ("many", "to do", "got many"), ("99999", "note", "more than")],
)
def test_threads_that_cannot_be_are_told(monkeypatch, threads, state, words):
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    (found,) = doctor.examine(["threads"])
    assert found.state == state
    assert words in found.words
    assert command("doctor", "threads")[1] == (state == "to do")


def test_the_doctor_speaks_json():
    said, status = command("doctor", "threads", "lock", "--json")
    found = json.loads(said)
    assert [each["check"] for each in found["findings"]] == ["lock", "threads"]
    assert (found["fine"], status) == (True, 0)


def test_copies_are_no_part_of_the_repository():
    assert "softmodes-notebooks/" in (ROOT / ".gitignore").read_text().split()
    assert "$(BIN)/softmodes lab softmodes-notebooks --" in (ROOT / "Makefile").read_text()


APT = "apt-get -qq --no-install-recommends install -y"
HEADLESS, WHOLE, PLAYWRIGHT = f"{APT} chromium-headless-shell", f"{APT} chromium", "playwright install chromium"


@pytest.mark.parametrize(
    ("user", "works", "calls", "status"),
    [
        (0, "nothing is needed", [], 0),
        (0, HEADLESS, ["apt-get -qq update", HEADLESS], 0),
        (0, WHOLE, ["apt-get -qq update", HEADLESS, WHOLE], 0),
        (0, PLAYWRIGHT, ["apt-get -qq update", HEADLESS, WHOLE, PLAYWRIGHT], 0),
        (1000, PLAYWRIGHT, [PLAYWRIGHT], 0),
        (1000, "nothing", [PLAYWRIGHT], 2),
    ],
)
def test_make_test_fetches_the_least_browser_that_starts(tmp_path, user, works, calls, status):
    """Where all other commands are there in name only: those that are called, and one works."""
    for name in ("sh", "grep", "touch"):
        (tmp_path / name).symlink_to(shutil.which(name))
    fake = f'echo "${{0##*/}} $*" >> calls; [ "${{0##*/}} $*" = "{works}" ] && touch there'
    scripts = {"apt-get": fake, "playwright": fake, "id": f"echo {user}", "find": ""}
    scripts["softmodes"] = "[ -e there ] && echo browser    fine   Chromium || echo browser    note   none"
    for name, script in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / ("there" if not calls else "calls")).touch()
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "pyproject.toml", "ready"):
        (tmp_path / name).touch()
    words = ["browser", f"BIN={tmp_path}", "READY=ready", f"SHELL={tmp_path / 'sh'}"]
    made = subprocess.run(
        [shutil.which("make"), *words], cwd=tmp_path, env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert made.returncode == status, made.stderr
    assert ((tmp_path / "calls").read_text().splitlines() if calls else []) == calls
    said = [line for line in made.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == bool(status)


# The rest is of a wheel in an environment that has the packages of this one, each by a link that a test can cut.


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The wheel as it is built from the tree, and from the source distribution of the tree."""
    place = tmp_path_factory.mktemp("built")
    hatch = [sys.executable, "-m", "hatchling", "build", "-d", place]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1600000000"}
    for kind in ("wheel", "sdist"):
        subprocess.run([*hatch, "-t", kind], cwd=ROOT, check=True, capture_output=True, env=environment)
    shutil.unpack_archive(next(place.glob("*.tar.gz")), place, filter="data")
    (tree,) = (path for path in place.iterdir() if path.is_dir())
    # its own folder, dist/
    subprocess.run([*hatch[:4], "-t", "wheel"], cwd=tree, check=True, capture_output=True, env=environment)
    return next(place.glob("*.whl")), next((tree / "dist").glob("*.whl"))


class Installed:
    """A fresh environment with the wheel in it, and a reader's folder, outside of any clone."""

    def __init__(self, wheel, place):
        self.bin, self.folder = place / "env" / "bin", place / "readers"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "env"], check=True)
        (self.packages,) = (place / "env" / "lib").glob("python*/site-packages")
        for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
            if "softmodes" not in path.name:
                (self.packages / path.name).symlink_to(path)
        (place / "env" / "share" / "jupyter").mkdir(parents=True)
        for path in Path(sys.prefix, "share", "jupyter").iterdir():
            (place / "env" / "share" / "jupyter" / path.name).symlink_to(path)
        self.folder.mkdir()
        self.run("python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, check=True)

    def started(self, program, *words, **environment):
        """A program of it that runs in the reader's folder; what it does before it runs has no home folder."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "HOME")}
        return subprocess.Popen(
            [self.bin / program, *map(str, words)],
            cwd=self.folder,
            env={**kept, "HOME": str(self.folder / "none"), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, program, *words, check=False, **environment):
        """What a program of it says on both streams, and its exit status."""
        process = self.started(program, *words, **environment)
        out, messages = process.communicate(timeout=300)
        assert not (check and process.returncode), messages
        return out, messages, process.returncode

    def doctor(self, *checks, **environment):
        """What its doctor says, as lines of a check and a state, and all in words."""
        out, messages, status = self.run("softmodes", "doctor", *checks, **environment)
        found = re.findall(r"^(\w+) +(fine|note|to do) +(\S.*)$", out, re.MULTILINE)
        assert messages == ""
        assert len(found) == out.count("\n")
        assert status == any(state == "to do" for _, state, _ in found)
        return [(check, state) for check, state, _ in found], out


@pytest.fixture(scope="module")
def installed(wheels, tmp_path_factory):
    return Installed(wheels[0], tmp_path_factory.mktemp("installed"))


@pytest.mark.slow
def test_a_wheel_is_the_same_however_it_is_built(wheels):
    tree, sdist = wheels
    assert tree.read_bytes() == sdist.read_bytes()


@pytest.mark.slow
def test_a_wheel_carries_data_notebooks_lock_and_drawing_code(installed):
    code = (
        "import softmodes; from softmodes.places import LOCK; softmodes.StabilityExplorer()\n"
        "print(softmodes.__file__, len(softmodes.printed_values()), len(LOCK.read_bytes()))"
    )
    out, messages, _ = installed.run("python", "-c", code)
    place = installed.packages / "softmodes"
    lock = len((ROOT / "requirements.txt").read_bytes())
    assert (out, messages) == (f"{place / '__init__.py'} {len(softmodes.printed_values())} {lock}\n", "")
    carried = {path.name for path in (place / "notebooks").iterdir()}
    assert carried == {path.name for path in NOTEBOOKS.glob("*.ipynb")}


@pytest.mark.slow
def test_an_installed_softmodes_is_fine(installed):
    found, said = installed.doctor("python", "packages", "lock", "data", "widgets", "fonts", "numba")
    assert {state for _, state in found} == {"fine"}, said


@pytest.mark.slow
def test_commands_of_a_wheel_work_in_a_readers_folder(installed, short_notebooks):
    before = {path: path.stat().st_mtime_ns for path in installed.packages.iterdir()}
    options = ("--notebooks", short_notebooks, "--output", "pages")
    out, messages, status = installed.run("softmodes", "report", *options)
    assert (messages, status) == ("", 0)
    assert (installed.folder / "pages" / "index.html").exists()
    assert "not a checkout" in (installed.folder / "pages" / "4_undercooled_liquid.html").read_text(encoding="utf-8")
    out, messages, status = installed.run("softmodes", "lab", "--copy-only")
    assert (out, messages, status) == ("softmodes-notebooks  10 copied\n", "", 0)
    assert {path: path.stat().st_mtime_ns for path in installed.packages.iterdir()} == before


@pytest.mark.slow
def test_lab_opens_copies_with_kernels_of_its_own_python(installed, tmp_path):
    (tmp_path / "kernels" / "python3").mkdir(parents=True)
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text('{"argv": ["/other"], "display_name": "other"}')
    places = {"JUPYTER_PATH": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    server = installed.started("softmodes", "lab", "mine", "--no-browser", "--", "--ServerApp.port=0", **places)
    try:
        end = time.monotonic() + 60
        while not (found := [*tmp_path.glob("runtime/jpserver-*.json")]) and server.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.1)
        told = json.loads(found[0].read_text())

        def asked(address):
            # the file is there before the server listens
            while True:
                try:
                    with urllib.request.urlopen(f"{told['url']}{address}?token={told['token']}", timeout=30) as answer:
                        return json.load(answer)
                except urllib.error.URLError:
                    assert time.monotonic() < end
                    time.sleep(0.1)

        assert {each["name"] for each in asked("api/contents")["content"]} == {
            p.name for p in NOTEBOOKS.glob("*.ipynb")
        }
        argv = asked("api/kernelspecs")["kernelspecs"]["python3"]["spec"]["argv"]
        assert Path(argv[0]).parent == installed.bin
    finally:
        server.terminate()
        server.communicate(timeout=30)


@pytest.mark.slow
def test_the_doctor_says_what_is_broken_where_nothing_else_works(installed):
    """A package away, another that cannot be loaded, a damaged and a missing file."""
    away = [path for path in installed.packages.iterdir() if re.match(r"(click|lazy_loader)\b", path.name)]
    files = [installed.packages / "softmodes" / "data" / name for name in ("materials.csv", "glasses/n500.npz")]
    links, content = {path: path.readlink() for path in away}, {path: path.read_bytes() for path in files}
    numba = installed.packages / "numba"
    links[numba] = numba.readlink()
    try:
        for path in links:
            path.unlink()
        numba.mkdir()
        (numba / "__init__.py").write_text("import os; os.abort()")
        files[0].write_bytes(content[files[0]].replace(b"1", b"2", 1))
        files[1].unlink()
        found, said = installed.doctor("python", "packages", "data", "numba")
        broken = [("packages", "to do")] * 3 + [("data", "to do"), ("numba", "to do")]
        assert found == [("python", "fine"), *broken], said
        assert "click is missing, softmodes needs click>=" in said
        assert "numba cannot be loaded, its process ended with -6" in said
        assert "data/glasses/n500.npz is missing, data/materials.csv is damaged" in said
        _, messages, status = installed.run("softmodes", "report")
        assert (messages.count("\n"), status) == (1, 1)
        assert "softmodes doctor says what to do" in messages
    finally:
        shutil.rmtree(numba, ignore_errors=True)
        for path, link in links.items():
            path.symlink_to(link)
        for path, bytes_ in content.items():
            path.write_bytes(bytes_)


@pytest.mark.slow
def test_the_doctor_finds_a_front_end_that_jupyterlab_does_not_have_and_a_kernel_of_another_python(installed, tmp_path):
    share = installed.bin.parent / "share" / "jupyter" / "labextensions"
    link = share.readlink()
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text('{"argv": ["/bin/sh"], "display_name": "other"}')
    share.unlink()
    try:
        found, said = installed.doctor("widgets", "kernel", JUPYTER_PATH=str(tmp_path))
    finally:
        share.symlink_to(link)
    assert found == [("kernel", "fine"), ("kernel", "note"), ("widgets", "to do"), ("widgets", "to do")]
    assert "anywidget is not in this JupyterLab" in said
    assert "python3 in a plain JupyterLab is /bin/sh; softmodes lab takes this Python" in said
