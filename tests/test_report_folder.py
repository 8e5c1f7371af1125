"""How a report reaches its folder, whatever else lies there and whatever ends it; and what it says it was made from."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook

from softmodes.report import folder, provenance
from softmodes.report.commands import main
from softmodes.report.folder import NotPublished, is_page, published_folder

SOFTMODES = Path(sysconfig.get_path("scripts"), "softmodes")


def make(destination, *names, text="new"):
    with published_folder(destination) as pages:
        for name in names:
            (pages / name).write_text(text)


def names(destination):
    return sorted(path.name for path in destination.iterdir())


@pytest.fixture
def reports(tmp_path):
    """A folder with an earlier report of two pages."""
    make(tmp_path / "reports", "index.html", "1_old.html", text="old")
    return tmp_path / "reports"


@pytest.fixture
def notebooks(tmp_path):
    """A folder with one notebook of one empty cell."""
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=[new_code_cell()]), tmp_path / "notebooks" / "1_empty.ipynb")
    return tmp_path / "notebooks"


def test_second_writer_is_told_at_once(reports):
    told = pytest.raises(ValueError, match=f"another report is being written to {reports}; wait for it")
    with published_folder(reports), told, published_folder(reports):
        pass
    make(reports, "index.html")
    assert names(reports) == ["index.html"]


def test_folder_itself_is_never_replaced(reports, tmp_path):
    reports.chmod(0o2771)
    before = reports.stat()
    (tmp_path / "link").symlink_to(reports)
    make(tmp_path / "link", "index.html", "1_new.html")
    after = reports.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert names(reports) == ["1_new.html", "index.html"]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "link", reports]


def test_page_has_the_mode_of_any_new_file(reports):
    (reports.parent / "other").touch()
    assert (reports / "index.html").stat().st_mode == (reports.parent / "other").stat().st_mode


def foreign(reports):
    """Put what is not of a report beside its pages; returns the names."""
    (reports / "notes.txt").write_text("years of work")
    (reports / "copy.html").write_bytes((reports / "index.html").read_bytes())
    (reports / "quote.html").write_text('<meta name="generator" content="softmodes report"> marks a page')
    (reports / "link.html").symlink_to(reports / "index.html")
    (reports / "folder.html").mkdir()
    (reports / "empty.html").touch()
    os.mkfifo(reports / "pipe.html")
    with (reports / "1_old.html").open("r+") as page:
        page.write("OLD")
    return {"notes.txt", "copy.html", "quote.html", "link.html", "folder.html", "empty.html", "pipe.html", "1_old.html"}


def test_what_is_put_there_during_a_run_stays(reports):
    with published_folder(reports) as pages:
        (pages / "index.html").write_text("new")
        (pages / "2_new.html").write_text("new")
        added = foreign(reports)
    assert set(names(reports)) == {"index.html", "2_new.html", *added}
    assert (reports / "index.html").read_text().startswith("new")
    assert (reports / "1_old.html").read_text().startswith("OLD")


def test_what_is_not_of_a_report_is_refused_before_a_run(reports):
    for name in foreign(reports):
        aside = reports.parent / name.partition(".")[0]
        make(aside, "index.html")
        (reports / name).rename(aside / name)
        refused = pytest.raises(ValueError, match=f"{aside} holds {name}, which is not of a report or was changed")
        with refused, published_folder(aside):
            pass
        assert names(aside) == sorted({"index.html", name})


def test_report_from_before_pages_were_sealed_is_replaced(tmp_path):
    head = '<head><meta content="softmodes report" name="generator"/></head>'
    for name in ("index.html", "1_old.html"):
        (tmp_path / name).write_text(f'{head}<nav><a aria-current="page" href="{name}">this page</a></nav>')
    make(tmp_path, "index.html")
    assert names(tmp_path) == ["index.html"]
    (tmp_path / "copy.html").write_text(f'{head}<nav><a aria-current="page" href="1_old.html">this page</a></nav>')
    pytest.raises(ValueError, make, tmp_path, "index.html")


def test_pages_that_cannot_take_their_places_are_kept_and_named(reports):
    def occupied():
        with published_folder(reports) as pages:
            (pages / "index.html").write_text("new")
            (pages / "2_new.html").write_text("new")
            (reports / "2_new.html").write_text("somebody else's")

    with pytest.raises(NotPublished, match="2_new.html: was put there by somebody else; the pages") as caught:
        occupied()
    kept = Path(str(caught.value).rpartition(" kept in ")[2])
    assert (reports / "2_new.html").read_text() == "somebody else's"
    assert (reports / "index.html").read_text().startswith("old")
    (reports / "2_new.html").unlink()
    make(reports, "index.html")
    assert names(reports) == [kept.name, "index.html"]
    assert {"index.html", "2_new.html"} < set(names(kept))


def test_what_dead_runs_left_is_removed(reports):
    (reports / ".softmodes-report-dead" / "tmp").mkdir(parents=True)
    (reports / ".softmodes-report-dead" / "1_half.html").write_text("half")
    make(reports, "index.html")
    assert names(reports) == ["index.html"]


PUBLISHER = """
import itertools, sys
from softmodes.report.folder import published_folder
for generation in itertools.count():
    with published_folder(sys.argv[1]) as pages:
        for name in ["index", *range(20)]:
            (pages / f"{name}.html").write_text("text " * 1000)
        (pages / f"only_{generation}.html").write_text("text")
    print("published", flush=True)
"""


def test_killed_at_any_moment_the_pages_are_whole_and_the_next_run_works(tmp_path):
    for attempt in range(6):
        command = [sys.executable, "-c", PUBLISHER, tmp_path / "reports"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(attempt / 300)
            process.kill()
        assert all(is_page(page) for page in (tmp_path / "reports").glob("*.html"))
    make(tmp_path / "reports", "index.html")
    assert names(tmp_path / "reports") == ["index.html"]
    assert names(tmp_path) == ["reports"]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("", "the folder of a report must have a name, got ''"),
        (".", "{here} holds file, which is not of a report or was changed since; choose another folder"),
        ("/", "/ holds "),
        ("notebooks", "{here}/notebooks holds 1_empty.ipynb, which is not of a report or was changed since"),
        ("file", "cannot write a report to file: Not a directory"),
        ("loop", "cannot write a report to loop: Too many levels of symbolic links"),
        ("b\udcff", "the folder of a report must have a name in UTF-8, got 'b\\udcff'"),
        ("x" * 300, "cannot write a report to xxx"),
        ("/proc/report", "cannot write a report to /proc/report: No such file or directory"),
    ],
)
def test_impossible_output_is_refused_before_anything_runs(notebooks, tmp_path, monkeypatch, output, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    result = CliRunner().invoke(main, ["report", "--notebooks", notebooks, "--output", output])
    assert result.exit_code == 2
    assert result.output.startswith("Error: " + message.format(here=tmp_path))
    assert result.output.count("\n") == 1
    assert names(tmp_path) == ["file", "loop", "notebooks"]


def test_clean_removes_a_report_and_nothing_else(reports, tmp_path):
    def clean():
        # as `make clean` does: without the package, without what it needs
        command = [sys.executable, "-I", "-S", folder.__file__, reports]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    added = foreign(reports)
    with published_folder(tmp_path / "other"):
        pass
    (reports / ".softmodes-report-dead").mkdir()
    result = clean()
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{reports} keeps what is not of a report or was changed since: 1_old.html, copy")
    assert set(names(reports)) == added
    shutil.rmtree(reports)
    assert clean().returncode == 0
    make(reports, "index.html")
    with published_folder(reports):
        assert "another report is being written" in clean().stderr
    assert clean().stdout == ""
    assert names(tmp_path) == ["other"]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository in the place of the companion's, with one commit."""
    root = tmp_path / "checkout"
    (root / "softmodes").mkdir(parents=True)
    (root / "softmodes" / "model.py").touch()
    (root / ".gitignore").write_text("ignored/\n")
    settings = ("-c", "user.name=a", "-c", "user.email=a@b")
    for arguments in (("init", "-q"), ("add", "."), (*settings, "commit", "-qm", "first")):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    monkeypatch.setattr(provenance, "_ROOT", root)
    # another repository, which a hook or a tool may have named
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no_index"))
    return root


def commit():
    return dict(provenance.provenance())["commit"]


def test_commit_is_that_of_the_checkout_whoever_owns_it(checkout):
    if os.geteuid() == 0:
        for path in (checkout, *checkout.rglob("*")):
            os.chown(path, 65534, 65534)
    assert re.fullmatch(r"[0-9a-f]{12}", commit())


def test_changes_are_named(checkout):
    clean = commit()
    for name in ("data/measured/mine.csv", "softmodes/new.js", "ignored/x.py", "notes.txt"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    (checkout / "softmodes" / "model.py").write_text("changed = True\n")
    expected = "softmodes/model.py, data/measured/mine.csv, softmodes/new.js"
    assert commit() == f"{clean} with uncommitted changes: {expected}"
    for number in range(7):
        (checkout / "softmodes" / f"ü{number}.py").touch()
    assert commit() == f"{clean} with uncommitted changes: {expected}, softmodes/ü0.py, softmodes/ü1.py and 5 more"


def test_without_git_the_commit_is_read_from_the_repository(checkout, tmp_path, monkeypatch):
    known = commit()
    subprocess.run(["git", f"--git-dir={checkout / '.git'}", "pack-refs", "--all"], check=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit() == f"{known}, changes unknown: git is not installed"
    packed = (checkout / ".git" / "packed-refs").read_text()
    (checkout / ".git" / "HEAD").write_text(packed.split()[-2])
    assert commit() == f"{known}, changes unknown: git is not installed"
    (checkout / ".git" / "HEAD").write_text("ref: refs/heads/none")
    assert commit() == "unknown, changes unknown: git is not installed"


FULL = "Error: cannot write to standard output: No space left on device\n"
CLOSED = "Error: cannot write to standard output: Bad file descriptor\n"


@pytest.mark.parametrize(("to", "message"), [("> /dev/full", FULL), (">&-", CLOSED)])
def test_lost_standard_output_is_said_in_one_line(to, message):
    script = f'{{ "{SOFTMODES}" --help; echo status $? >&2; }} {to}'
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert result.stderr == message + "status 1\n"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["ledger", "ledger --format csv"])
def test_pipe_that_is_closed_ends_a_command_quietly(command):
    # what the shell runs on the right of a pipe is over before Python has started
    script = f'{{ sleep 0.1; "{SOFTMODES}" {command}; echo status $? >&2; }} | true'
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert result.stderr == "status 141\n"


def test_the_package_run_as_a_module_is_the_command():
    ran = subprocess.check_output([sys.executable, "-m", "softmodes", "glass", "--help"], text=True)
    of_script = subprocess.check_output([SOFTMODES, "glass", "--help"], text=True)
    assert ran == of_script.replace("softmodes glass", "python -m softmodes glass", 1)


def test_deleted_working_folder_is_said_in_one_line(tmp_path):
    (tmp_path / "gone").mkdir()
    script = f'rmdir "$PWD"; "{SOFTMODES}" report'
    result = subprocess.run(["sh", "-c", script], cwd=tmp_path / "gone", capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, "Error: the working folder is gone; change to one that is there\n")


@pytest.mark.slow
def test_report_is_finished_without_standard_output(notebooks, tmp_path):
    # one after another: each process takes seconds to start
    command = [SOFTMODES, "report", "--jobs", "1", "--notebooks", notebooks, "--output", tmp_path / "reports"]
    with open("/dev/full", "w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, FULL)
    assert names(tmp_path / "reports") == ["1_empty.html", "index.html", "ledger.html", "symbols.html", "teach.html"]


WAITING = """
import subprocess, tempfile, time
subprocess.Popen(["sleep", "600"])
tempfile.NamedTemporaryFile(delete=False)
open("{started}", "w").close()
time.sleep(600)"""

STOPPED = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


def processes(text):
    """Command lines of the processes that have a text in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:
            pass
    return found


def wait_until(condition):
    # far longer than it takes: what is waited for, not how long, is the test
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("has not come to pass")


def start_report(folder, reports, environment):
    """Start a report over an earlier one, and wait until its notebook runs."""
    (folder / "books").mkdir(parents=True)
    cell = new_code_cell(WAITING.format(started=folder / "started"))
    nbformat.write(new_notebook(cells=[cell]), folder / "books" / "1_waiting.ipynb")
    shutil.copytree(reports, folder / "reports")
    command = [SOFTMODES, "report", "--notebooks", folder / "books", "--output", folder / "reports"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    wait_until((folder / "started").exists)
    return process


@pytest.mark.slow
@pytest.mark.parametrize("number", STOPPED)
def test_stopped_report_leaves_no_process_and_no_file(reports, tmp_path, number):
    (tmp_path / "tmp").mkdir()
    folder = tmp_path / "stopped"
    process = start_report(folder, reports, {**os.environ, "TMPDIR": str(tmp_path / "tmp")})
    assert any("ipykernel" in line for line in processes(str(tmp_path)))
    process.send_signal(number)
    said = process.communicate()[1]
    assert process.returncode == STOPPED[number]
    if number != signal.SIGKILL:
        assert said == f"Stopped; the earlier report in {folder / 'reports'} is kept.\n"
        assert names(folder / "reports") == ["1_old.html", "index.html"]
    wait_until(lambda: processes(str(tmp_path)) == [])
    assert names(tmp_path / "tmp") == []
    make(folder / "reports", "index.html")
    assert names(folder / "reports") == ["index.html"]
    assert names(folder) == ["books", "reports", "started"]
