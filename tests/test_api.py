"""The house: public names, what may import what, and what a fresh machine is told to install."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import softmodes

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "softmodes"
MAY_IMPORT = {
    "arguments": set(),
    "places": set(),
    "signals": set(),
    "theory": {"arguments"},
    "glass": {"arguments", "theory"},
    "modes": {"arguments", "theory", "glass"},
    "ensembles": {"arguments", "theory", "glass", "modes", "signals"},
    "paper": {"arguments", "theory", "glass", "modes", "ensembles", "places"},
    "figures": {"arguments", "theory", "glass", "modes", "ensembles", "paper"},
    "explore": {"arguments", "theory", "glass", "modes", "ensembles", "paper", "figures"},
    "report": {
        "arguments",
        "theory",
        "glass",
        "modes",
        "ensembles",
        "paper",
        "figures",
        "explore",
        "places",
        "signals",
    },
}
FIXED_NAMES = """
participation_number mode_energy mode_potential crossover_energy participation_area quartic_energy
crossover_temperature energy_levels heat_capacity crossover_ratio mean_square_displacement harmonic_limits
quartic_mode_energy formation_energy stability_residual stability_curve StabilityCurve mode_free_energy
local_free_energy Material load_materials printed_values Configuration inverse_power melt quench minimize
make_glass normal_modes NormalModes StabilityExplorer CrossoverExplorer PotentialExplorer SpecificHeatExplorer
GlassExplorer
"""  # readers rely on these
LIBRARIES_OF_THEORY = {
    "numpy",
    "scipy",
    "collections",
    "dataclasses",
    "decimal",
    "fractions",
    "functools",
    "inspect",
    "itertools",
    "math",
    "numbers",
    "reprlib",
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules(room):
    return sorted((PACKAGE / room).rglob("*.py")) if (PACKAGE / room).is_dir() else [PACKAGE / f"{room}.py"]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_only_what_lies_before_them(room):
    for path in modules(room):
        for name in imports(path):
            if name.startswith("softmodes."):
                other = name.split(".")[1]
                assert other == room or other in MAY_IMPORT[room], f"{path.name} imports {name}"
            elif room == "theory":
                assert name.split(".")[0] in LIBRARIES_OF_THEORY, f"{path.name} imports {name}"


def test_every_room_is_known():
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms - {"__init__"} == set(MAY_IMPORT)


def test_modules_and_functions_stay_small():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 330, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                assert length <= 34, f"{path.name}: {node.name} has {length} lines"


def test_public_names_exist_and_are_documented():
    for name in softmodes.__all__:
        assert getattr(softmodes, name).__doc__, name
    assert set(FIXED_NAMES.split()) <= set(softmodes.__all__)


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, softmodes; print(sorted({'numpy', 'numba', 'matplotlib', 'ipywidgets'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_numbers_are_read_and_compared_without_compiling_or_drawing():
    """Every module of the room `paper`, and an ensemble read and counted."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules("paper")
    ]
    code = (
        "import importlib, sys\n"
        "heavy = lambda: {'numba', 'matplotlib', 'IPython'} & set(sys.modules)\n"
        f"print([name for name in {names} if importlib.import_module(name) and heavy()])\n"
        "softmodes = sys.modules['softmodes']\n"
        "softmodes.paper.loaders.load_ensembles().glasses[500].soft_modes.frequencies\n"
        "softmodes.paper.ledger.ledger()\n"
        "print(heavy())\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\nset()\n"


def requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every = project["dependencies"] + sum(project["optional-dependencies"].values(), [])
    return project, {re.match(r"[\w-]+", line)[0]: line for line in every}


def test_environment_yml_asks_for_what_pyproject_asks_for():
    project, wanted = requirements()
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed = [line for line in environment["dependencies"] if isinstance(line, str)]
    pip = next(line["pip"] for line in environment["dependencies"] if isinstance(line, dict))
    assert listed[0] == f"python{project['requires-python']}"
    assert {line for line in listed[1:] if line != "pip"} | {line for line in pip if line != "-e ."} == {
        *wanted.values()
    }
    assert pip[-1] == "-e ."


def test_lock_pins_every_requirement_with_hashes():
    _, wanted = requirements()
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    blocks = {match[1]: match[0] for match in re.finditer(r"^([\w.-]+)==[^\n]*(?:\n    [^\n]*)*", lock, re.MULTILINE)}
    assert all("--hash=sha256:" in block for block in blocks.values())
    for name, line in wanted.items():
        least = re.search(r">=([\d.]+)", line)[1]
        locked = re.search(r"==([\d.]+)", blocks[name])[1]
        assert [int(part) for part in locked.split(".")] >= [int(part) for part in least.split(".")], name


@pytest.mark.slow
def test_a_wheel_carries_data_notebooks_and_drawing_code(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path, ROOT]
    subprocess.run(build, check=True)
    target = tmp_path / "target"
    wheel = next(tmp_path.glob("*.whl"))
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, target], check=True)
    code = "import softmodes; print(len(softmodes.printed_values()), softmodes.__file__); softmodes.StabilityExplorer()"
    out = subprocess.check_output(
        [sys.executable, "-c", code], text=True, cwd=tmp_path, env={"PYTHONPATH": str(target)}
    )
    assert out.startswith("26 ")
    assert str(target) in out
    assert len(list((target / "softmodes" / "notebooks").glob("*.ipynb"))) == 10
