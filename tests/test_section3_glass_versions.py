"""Section 3: the stamp that members of an ensemble carry goes by the code that makes them, not by where it lies."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import softmodes
from softmodes.ensembles.versions import _stamp, versions

MINE = """
import softmodes as sm
from loops import doubled

def simulate_mine(seed, index, n):
    return {"a": doubled(sm.Configuration([[seed, index, n]], 9.0))}

if __name__ == "__main__":
    n = 5
"""
LOOPS = """
FACTOR = 2

def doubled(state):
    return FACTOR * state.positions

def unused(state):
    return 3
"""


@pytest.fixture
def stamp(tmp_path, monkeypatch):
    """The stamp of `simulate_mine`, with pieces of its script or the module beside it changed."""
    monkeypatch.syspath_prepend(tmp_path)

    def changed(mine=MINE, loops=LOOPS):
        (tmp_path / "mine.py").write_text(mine)
        (tmp_path / "loops.py").write_text(loops)
        for name in ("mine", "loops"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return _stamp(importlib.import_module("mine").simulate_mine)

    yield changed
    for name in ("mine", "loops"):
        sys.modules.pop(name, None)


@pytest.mark.slow
def test_what_computes_nothing_or_is_not_used_changes_no_stamp(stamp):
    before = stamp()
    assert stamp(loops='"""Loops."""\n' + LOOPS.replace("):\n", '):\n    """Doc."""  # why\n')) == before
    assert stamp(loops=LOOPS.replace("(state)", "(state: object) -> object")) == before
    assert stamp(loops=LOOPS.replace("return 3", "return 4")) == before
    assert stamp(mine=MINE.replace("n = 5", "n = 6")) == before
    assert stamp(mine=MINE.replace("import softmodes as sm\n", "import softmodes as sm\nimport json\n")) == before


def test_what_computes_changes_the_stamp(stamp):
    assert len({stamp(), stamp(loops=LOOPS.replace("2", "4")), stamp(mine=MINE.replace("9.0", "8.0")),
                stamp(loops=LOOPS.replace("FACTOR *", "FACTOR +"))}) == 4  # fmt: skip


@pytest.mark.slow
def test_code_that_moves_keeps_its_stamp(stamp):
    """From one module to another, or into the script; a name may come from a room or from the module itself."""
    before = stamp()
    assert stamp(mine=MINE.replace("from loops import doubled", LOOPS), loops="") == before
    assert stamp(mine=MINE.replace("import softmodes as sm", "from softmodes import glass as sm")) == before
    assert (
        stamp(mine=MINE.replace("import softmodes as sm", "from softmodes.modes import pseudoharmonic as sm")) != before
    )
    direct = MINE.replace("sm.Configuration", "Configuration")
    rooms = ("softmodes", "softmodes.glass", "softmodes.glass.configuration")
    ways = (f"from {room} import Configuration" for room in rooms)
    assert len({stamp(mine=direct.replace("import softmodes as sm", way)) for way in ways}) == 1


@pytest.mark.slow
def test_stamps_of_the_shipped_kinds_follow_kernels_and_nothing_else(tmp_path):
    """A number in a compiled loop, in a copy of the package; and what makes no member."""
    shutil.copytree(Path(softmodes.__file__).parent, tmp_path / "softmodes", ignore=shutil.ignore_patterns("*.nb?"))
    code = """if True:
        from pathlib import Path
        from softmodes.ensembles import simulate_glass, simulate_instability
        from softmodes.ensembles.versions import _stamp
        def changed(place, old, new):
            path = Path("softmodes", place)
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
            found = _stamp(simulate_glass), _stamp(simulate_instability)
            path.write_text(text)
            return found
        before = _stamp(simulate_glass), _stamp(simulate_instability)
        kernel = changed("glass/kernels.py", "0.5 *", "0.25 *")
        print([a == b for a, b in zip(kernel, before)])
        print(changed("ensembles/storage.py", "structures: int = 4", "structures: int = 5") == before)
        print(changed("ensembles/glasses.py", "Atoms of each glass", "Its atoms") == before)
        preparation = changed("glass/preparation.py", "CRYSTAL_ORDER = 0.30", "CRYSTAL_ORDER = 0.31")
        print([a == b for a, b in zip(preparation, before)])
    """
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": "."}, capture_output=True, text=True
    )
    assert run.stdout.splitlines() == ["[False, False]", "True", "True", "[False, True]"], run.stderr


def test_function_whose_code_cannot_be_read_is_refused_in_one_line():
    scope = {}
    exec("def simulate_unseen(seed, index, n):\n    return {}", scope)
    with pytest.raises(ValueError, match="^simulate must be a function whose code can be read, got <function simulate"):
        versions(scope["simulate_unseen"])
