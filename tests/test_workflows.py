"""Workflows and issue forms: as their schemas want them, with the least of rights, and each step does what it says."""

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
import zipfile
import zlib
from pathlib import Path

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
FOLDER = ROOT / ".github" / "workflows"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yml"))}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {(name, job): content for name, workflow in WORKFLOWS.items() for job, content in workflow["jobs"].items()}
STEPS = [(*place, step) for place, job in JOBS.items() for step in job["steps"]]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def linted(*files):
    """What actionlint says of files."""
    done = subprocess.run([SCRIPTS / "actionlint", *files], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", ".github/workflows/*.yml"),
        ("custom.github-workflows-require-timeout", ".github/workflows/*.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/[!c]*.yml"),
        ("github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_workflows_and_issue_forms_follow_their_published_schemas(schema, files, tmp_path):
    paths = sorted(ROOT.glob(files))
    check = ["--builtin-schema", schema if "." in schema else f"vendor.{schema}"]
    assert CliRunner().invoke(check_jsonschema, [*check, *map(str, paths)]).output == "ok -- validation done\n"
    # and a broken one is noticed
    broken = tmp_path / "broken.yml"
    broken.write_text(re.sub(r"runs-on|timeout-minutes|body|about", "nonsense", paths[0].read_text(encoding="utf-8")))
    assert CliRunner().invoke(check_jsonschema, [*check, str(broken)]).exit_code == 1


def test_actionlint_has_nothing_to_say(tmp_path):
    assert linted(*FOLDER.glob("*.yml")) == ""
    broken = tmp_path / "broken.yml"
    broken.write_text(TEXTS["gate"].replace("matrix.python", "matrix.snake"))
    assert 'property "snake" is not defined' in linted(broken)


def test_actions_are_pinned_by_commit_and_say_their_version():
    lines = [line for text in TEXTS.values() for line in re.findall(r"uses: *(.+)", text)]
    assert len(lines) == len([step for *_, step in STEPS if "uses" in step])
    assert [line for line in lines if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []
    assert len(set(lines)) == len({line.partition("@")[0] for line in lines})


def test_each_job_has_the_least_of_rights():
    assert {name: workflow["permissions"] for name, workflow in WORKFLOWS.items()} == dict.fromkeys(TEXTS, {})
    rights = {
        (*place, right) for place, job in JOBS.items() for right, kind in job["permissions"].items() if kind == "write"
    }
    assert rights == {
        ("gate", "pages", "id-token"),
        ("gate", "pages", "pages"),
        ("canary", "issue", "issues"),
        ("release", "attest", "attestations"),
        ("release", "attest", "id-token"),
        ("release", "publish", "contents"),
        ("release", "pypi", "id-token"),
    }
    # where packages of others run, nothing can be written
    running = {(name, job) for name, job, step in STEPS if re.search(r"make |\.ci/run", step.get("run", ""))}
    assert running == {("gate", "companion"), ("gate", "coverage"), ("canary", "newest"), ("release", "build")}
    assert all(JOBS[place]["permissions"] == {"contents": "read"} for place in running)
    checkouts = [step for *_, step in STEPS if "actions/checkout" in step.get("uses", "")]
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)
    assert not any("pull_request_target" in text or "secrets." in text for text in TEXTS.values())


def test_what_others_write_reaches_a_shell_as_a_variable_only():
    assert [step["run"] for *_, step in STEPS if "${{" in step.get("run", "")] == []


def test_one_run_at_a_time_and_a_cache_by_the_lock_alone():
    assert all(workflow["concurrency"]["group"] for workflow in WORKFLOWS.values())
    cached = [
        (name, step["with"]) for name, _, step in STEPS if "cache" in str(step.get("with")) + step.get("uses", "")
    ]
    assert [(name, each["cache"], each["cache-dependency-path"]) for name, each in cached] == 2 * [
        ("gate", "pip", "requirements.txt")
    ]


def test_the_gate_runs_on_the_oldest_and_the_newest_python_of_pyproject():
    named = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert named == [f"3.{minor}" for minor in range(int(named[0][2:]), int(named[0][2:]) + len(named))]
    assert PROJECT["requires-python"] == f">={named[0]}"
    assert JOBS["gate", "companion"]["strategy"]["matrix"]["python"] == [named[0], named[-1]]
    others = {str(step["with"]["python-version"]) for *_, step in STEPS if "setup-python" in step.get("uses", "")}
    assert others == {"${{ matrix.python }}", named[-1]}
    assert f"report-{named[-1]}" in TEXTS["gate"]


# A stand-in for the service behind gh, which no test can reach: it writes down what it is asked, and knows of one issue
# while it is open.
GH = """#!/usr/bin/env bash
echo "$*" >> "$ASKED"
case "$1 $2" in
  "issue list") cat "$ISSUE" 2>/dev/null || true ;;
  "issue create") echo 7 > "$ISSUE" ;;
  "issue close") rm "$ISSUE" ;;
esac
"""


@pytest.fixture
def gh(tmp_path):
    """An environment in which gh is the stand-in; what it is asked is in the file ASKED."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH)
    (tmp_path / "bin" / "gh").chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "ASKED": str(tmp_path / "asked"), "ISSUE": str(tmp_path / "issue")}


def steps_of(workflow, job):
    return [step for step in JOBS[workflow, job]["steps"] if "run" in step]


def ran(step, folder, environment, **given):
    """The result of a step in a folder; `given` is what its expressions stand for, by the names of its variables."""
    assert set(given) == set(step.get("env", {}))
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=folder,
        env=environment | given,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_canary_opens_one_issue_tells_it_more_and_closes_it(gh, tmp_path):
    (step,) = steps_of("canary", "issue")
    told = []
    for number, result in enumerate(("success", "failure", "failure", "cancelled", "success", "success")):
        secret = {"GH_TOKEN": "", "GH_REPO": "o/r"}
        assert ran(step, ROOT, gh, RESULT=result, RUN=f"https://example.org/{number}", **secret)[0] == 0
        asked = (tmp_path / "asked").read_text().splitlines()
        told.append([" ".join(line.split()[:2]) for line in asked if not line.startswith(("issue list", "label"))])
        (tmp_path / "asked").unlink()
        assert [line for line in asked if "issue list" not in line and f"example.org/{number}" not in line] == (
            [line for line in asked if line.startswith("label")]
        )
    assert told == [[], ["issue create"], ["issue comment"], ["issue comment"], ["issue close"], []]


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("v0.0.0", f"the tag must be v{PROJECT['version']}, the version in pyproject.toml, got v0.0.0"),
        (PROJECT["version"], f"the tag must be v{PROJECT['version']}, "),
        (f"v{PROJECT['version']}", ""),
    ],
)
def test_a_release_has_the_tag_of_its_version_and_notes(tag, message, tmp_path):
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    step = steps_of("release", "build")[0]
    code, _, said = ran(step, tmp_path, dict(os.environ), TAG=tag)
    assert (code == 0, said.startswith(message)) == (not message, True)
    if not message:
        notes = (tmp_path / "notes.md").read_text(encoding="utf-8")
        assert notes.strip()
        assert "\n## " not in notes
        (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n- much\n")
        code, _, said = ran(step, tmp_path, dict(os.environ), TAG=tag)
        assert (code, said) == (1, f"CHANGELOG.md must have a section '## [{tag[1:]}] - YYYY-MM-DD', and has none\n")


@pytest.fixture
def clone(tmp_path, short_notebooks):
    """A clean clone whose notebooks are short, with the packages of this very Python."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    for path in (folder / "notebooks").glob("*.ipynb"):
        path.unlink()
    shutil.copytree(short_notebooks, folder / "notebooks", dirs_exist_ok=True)
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(SCRIPTS.parent / name)
    (folder / ".venv" / "ready").touch()
    # the reference has a test of its own: here an empty one
    (folder / "reports" / "api").mkdir(parents=True)
    (folder / "reports" / "api" / "objects.inv").write_bytes(b"\n" * 4 + zlib.compress(b""))
    return folder


@pytest.mark.slow
def test_the_steps_of_gate_and_release_run_in_a_clean_clone(clone, gh, tmp_path):
    """But those that repeat the whole suite or ask a package index: of them, what they would run."""
    environment = gh | {"PYTHONPATH": str(clone), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    whole = {step["run"] for *_, step in STEPS if step.get("run") in (".ci/run", "make coverage", "make newest")}
    assert whole == {".ci/run", "make coverage", "make newest"}
    dry = {run: ran({"run": run}, clone, environment | {"MAKEFLAGS": "n"}) for run in whole}
    assert {run: code for run, (code, *_) in dry.items()} == dict.fromkeys(whole, 0)
    for command in ("ruff format --check", "ruff check", "-m pytest", "softmodes report"):
        assert command in dry[".ci/run"][1]
    assert f"'.[{','.join(PROJECT['optional-dependencies'])}]'" in dry["make newest"][1]
    assert "requirements.txt" not in dry["make newest"][1]
    assert "-m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --cov" in dry["make coverage"][1]

    *_, summary = steps_of("gate", "companion")
    assert ran(summary, clone, environment, PAGES="https://example.org/1", PYTHON="3.13")[0] == 0
    text = (tmp_path / "summary").read_text(encoding="utf-8")
    assert text.startswith("[All pages, made with Python 3.13](https://example.org/1)")
    assert "| 24 equations" in text

    tag, name = f"v{PROJECT['version']}", f"softmodes-{PROJECT['version']}"
    notes, *_, dist = steps_of("release", "build")
    assert ran(notes, clone, environment, TAG=tag)[0] == 0
    code, *said = ran(dist, clone, environment)
    assert code == 0, said
    made = sorted(path.name for path in (clone / "dist").iterdir())
    packages = [f"{name}-py3-none-any.whl", f"{name}.tar.gz"]
    assert made == sorted([*packages, f"{name}-classroom.zip", f"{name}-report.zip", "SHA256SUMS"])
    assert "reports/index.html" in zipfile.ZipFile(clone / "dist" / f"{name}-report.zip").namelist()

    arrived, release = steps_of("release", "publish")
    assert ran(arrived, clone, environment)[0] == 0
    secret = {"GH_TOKEN": "", "GH_REPO": "o/r"}
    assert ran(release, clone, environment, TAG=tag, **secret)[0] == 0
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith(f"release create {tag} --verify-tag")
    assert sorted(asked.split("notes.md ")[1].split()) == [f"dist/{each}" for each in made]
    (alone,) = steps_of("release", "pypi")
    assert ran(alone, clone, environment)[0] == 0
    assert sorted(path.name for path in (clone / "packages").iterdir()) == sorted(packages)
    (clone / "dist" / f"{name}-report.zip").write_bytes(b"")
    assert ran(arrived, clone, environment)[0] != 0


@pytest.mark.slow
def test_what_few_tests_do_not_reach_is_listed_and_fails_the_gate(clone, tmp_path):
    *_, measured, summary = steps_of("gate", "coverage")
    environment = os.environ | {"PYTHONPATH": str(clone), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    few = environment | {"MAKEFLAGS": r"ARGS=tests/test_section2_fundamentals.py\ -n0"}
    code, *said = ran(measured, clone, few)
    assert code != 0
    assert "Required test coverage of 95.0% not reached" in said[0], said
    assert "potential.py" in (clone / "htmlcov" / "index.html").read_text(encoding="utf-8")
    assert ran(summary, clone, environment)[0] == 2
    (line,) = re.findall(r"\| softmodes/theory/stability\.py.*", (tmp_path / "summary").read_text(encoding="utf-8"))
    assert re.search(r" 0% \| +7-\d+ \|$", line), line
