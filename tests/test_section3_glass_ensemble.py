"""Section 3: ensembles of glasses and liquids, their files, interruptions and damages; the glasses that are shipped."""

import inspect
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

from softmodes import GlassExplorer
from softmodes.ensembles import (
    DamagedFile,
    load_glasses,
    load_liquids,
    pack_ensemble,
    run_ensemble,
    simulate_glass,
    simulate_instability,
    simulate_liquid,
    simulate_softening,
    simulate_swap,
    simulate_wells,
)
from softmodes.ensembles.command import glass, instability, liquid, softening, swap, wells
from softmodes.figures.glass import plot_figure_5, plot_figure_6
from softmodes.glass import CRYSTAL_ORDER, Configuration, InversePower, inverse_power, minimize
from softmodes.modes import normal_modes, pseudoharmonic_modes
from softmodes.paper.findings import first_maximum, harmonic_overshoot, soft_mode_count
from softmodes.paper.loaders import load_ensembles
from softmodes.places import DATA
from softmodes.report.commands import main

COMMAND = [sys.executable, "-c", "from softmodes.report.commands import main; main()"]
# The quickest members: 216 atoms, a hundredth of the usual time.
QUICK = {
    "glass": {"simulate": simulate_glass, "n": 216, "seed": 3, "steps": 30},
    "liquid": {"simulate": simulate_liquid, "n": 216, "seed": 3, "steps": 20, "temperatures": (1.0, 0.5)},
}
LOAD = {"glass": load_glasses, "liquid": load_liquids}


def complete(folder, kind="glass", *, count=3, settings=(), **options):
    """Make what is missing in this process: starting others takes longer than the members."""
    with ThreadPoolExecutor(1) as executor:
        return run_ensemble(folder, count=count, executor=executor, **options, **{**QUICK[kind], **dict(settings)})


@pytest.fixture(scope="module", params=["glass", pytest.param("liquid", marks=pytest.mark.slow)])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def glasses(tmp_path_factory):
    """The folder of three glasses, not to be changed, and what it holds."""
    folder = tmp_path_factory.mktemp("glasses")
    complete(folder)
    return folder, load_glasses(folder)


@pytest.fixture(scope="module")
def finished(kind, request, tmp_path_factory):
    """The folder of a finished ensemble of three members, not to be changed."""
    if kind == "glass":
        return request.getfixturevalue("glasses")[0]
    folder = tmp_path_factory.mktemp("finished")
    complete(folder, kind)
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """A copy of it."""
    for path in finished.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_glass_holds_what_its_structure_gives(glasses):
    ensemble = glasses[1]
    assert ensemble.n == 216
    assert ensemble.frequencies.shape == ensemble.participation_number.shape == (3, 645)
    found = ensemble.structure(1)
    assert inverse_power.energy(found) / 216 == pytest.approx(ensemble.energy[1], rel=1e-14)
    np.testing.assert_allclose(normal_modes(found).frequencies, ensemble.frequencies[1], atol=1e-9)
    modulus = 216 / found.box.prod() * ensemble.sound_velocities[0] ** 2
    assert modulus == pytest.approx(ensemble.moduli[:, 0].mean())
    np.testing.assert_allclose(ensemble.soft_modes.frequencies, ensemble.frequencies[:, :10], rtol=1e-9)
    assert np.all(ensemble.soft_modes.chi_relaxed < ensemble.soft_modes.chi)
    pseudo, (expected, _) = ensemble.pseudoharmonic, pseudoharmonic_modes(found)
    known = np.isfinite(pseudo.kappa)
    assert np.all(np.sort(known)[:, ::-1] == known)
    assert known.any(axis=1).all()
    np.testing.assert_allclose(pseudo.kappa[1, known[1]], expected.kappa, rtol=1e-6)
    np.testing.assert_allclose(pseudo.participation_number[1, known[1]], expected.participation_number, rtol=1e-4)
    np.testing.assert_allclose(np.abs(pseudo.asymmetry[1, known[1]]), expected.asymmetry, rtol=1e-4)


@pytest.mark.slow
def test_glass_of_its_softest_modes_only_is_not_taken_for_all_of_them(glasses, tmp_path):
    complete(tmp_path, count=2, modes=12)
    pack_ensemble(tmp_path, tmp_path / "pack")
    whole, some = glasses[1], load_glasses(tmp_path / "pack.npz")
    assert (whole.complete_below, some.frequencies.shape) == (np.inf, (2, 12))
    np.testing.assert_allclose(some.frequencies, whole.frequencies[:2, :12], rtol=1e-7)
    np.testing.assert_allclose(some.pseudo_kappa, whole.pseudo_kappa[:2], rtol=1e-4)
    reach = some.complete_below
    assert reach == some.frequencies[:, -1].min()
    assert some.frequencies_to(reach) is some.frequencies
    said = f"^glasses must have all their modes(| below 1), got the 12 softest of 645: all below {reach:.3g}$"
    for ask in (
        some.frequencies_to,
        lambda: some.frequencies_to(1),
        lambda: first_maximum(some),
        lambda: harmonic_overshoot(some, 1.0),
        lambda: plot_figure_5(Figure().subplots(), some),
        lambda: plot_figure_6(Figure().subplots(), {500: some}),
        lambda: soft_mode_count(some, 1),
    ):
        with pytest.raises(ValueError, match=said):
            ask()
    explorer = GlassExplorer(tmp_path / "pack.npz")
    explorer.high = explorer.table["sliders"][1]["high"]
    assert reach * 0.95 < explorer.high <= reach
    assert explorer.estimates["modes"] == np.mean(np.sum(some.frequencies < explorer.high, axis=1))
    for modes in (9, 646):
        with pytest.raises(
            ValueError, match=f"^modes must be an integer (of at least 10|from 10 to 645), got {modes}$"
        ):
            simulate_glass(1, 0, 216, modes=modes)


@pytest.mark.slow
def test_number_of_processes_does_not_matter(glasses, tmp_path):
    """Two, or none but this; members that one process makes are compared where a damaged file is redone."""
    run_ensemble(tmp_path, count=3, jobs=2, **QUICK["glass"])
    assert contents(tmp_path) == contents(glasses[0])


@pytest.mark.slow
def test_more_members_are_added_to_those_there(kind, folder, finished):
    # count is no property of a member: the first three stay
    seen = []
    made = complete(folder, kind, count=4, progress=lambda index, *_: seen.append(index))
    assert (made, seen) == (1, [3])
    assert contents(finished).items() <= contents(folder).items()


def test_every_argument_is_in_the_manifest_and_an_option_of_the_command(glasses):
    parameters = json.loads((glasses[0] / "glass_00001.json").read_text())["parameters"]
    assert parameters == {
        "n": 216,
        "seed": 3,
        "temperature": 1.0,
        "steps": 30,
        "cooling_steps": 0,
        "exponent": 6,
        "modes": None,
    }
    for simulate, command in (
        (simulate_glass, glass),
        (simulate_liquid, liquid),
        (simulate_softening, softening),
        (simulate_instability, instability),
        (simulate_swap, swap),
        (simulate_wells, wells),
    ):
        arguments = set(inspect.signature(simulate).parameters) - {"index"}
        assert arguments < {option.name for option in command.params}


@pytest.mark.slow
def test_exponent_decides_the_potential_that_structures_are_read_with(tmp_path):
    """By the command, with a glass of r^-8; what was made before there was a choice is of r^-6."""
    options = ["glass", "--n", "216", "--steps", "30", "--count", "1", "--jobs", "1", "--exponent", "8", "--output"]
    made = CliRunner().invoke(main, [*options, str(tmp_path)])
    assert made.exit_code == 0, made.output
    ensemble = load_glasses(tmp_path)
    assert ensemble.potential == InversePower(exponent=8)
    assert ensemble.potential.energy(ensemble.structure(0)) / 216 == pytest.approx(ensemble.energy[0], rel=1e-14)
    assert np.abs(ensemble.potential.forces(ensemble.structure(0))).max() < 2e-10
    softest = normal_modes(ensemble.structure(0), count=1)
    assert (softest.unstable, softest.frequencies[0]) == (0, pytest.approx(ensemble.frequencies[0, 0], rel=1e-6))
    shipped = load_glasses(DATA / "glasses" / "n500_cooled1000.npz")
    assert "exponent" not in json.loads((DATA / "glasses" / "n500_cooled1000.json").read_text())["parameters"]
    assert shipped.potential == inverse_power
    with pytest.raises(ValueError, match="^temperatures must be given for exponent 8, got those chosen for 6$"):
        simulate_liquid(1, 0, 216, exponent=8)


def test_reading_an_ensemble_compiles_nothing():
    code = (
        "import sys; from softmodes.ensembles import load_glasses\n"
        "load_glasses(sys.argv[1]).soft_modes; print('numba' in sys.modules)"
    )
    path = DATA / "glasses" / "n500_cooled1000.npz"
    assert subprocess.check_output([sys.executable, "-c", code, path], text=True) == "False\n"


def test_argument_that_nothing_takes_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(TypeError, match="unexpected keyword argument 'cooling'"):
        complete(tmp_path, settings={"cooling": 5})
    assert contents(tmp_path) == {}


def test_packed_ensemble_keeps_what_the_figures_need(glasses, tmp_path):
    folder, loose = glasses
    pack_ensemble(folder, tmp_path / "packed.npz", structures=1)
    packed = load_glasses(tmp_path / "packed.npz")
    np.testing.assert_array_equal(packed.energy, loose.energy)
    np.testing.assert_array_equal(packed.positions, loose.positions[:1])
    # single precision
    np.testing.assert_allclose(packed.frequencies, loose.frequencies, rtol=6e-8)


def test_command_in_a_packed_manifest_makes_the_same_members(kind, finished, tmp_path):
    pack_ensemble(finished, tmp_path / "packed.npz", kind=kind)
    first = contents(tmp_path)
    command = json.loads(first["packed.json"])["command"].replace("DIR", str(finished)).split()
    assert "--n 216 --seed 3" in " ".join(command)
    if kind == "liquid":
        assert "--temperature 1.0 --temperature 0.5" in " ".join(command)
    # all members are there: they would be refused if the command asked for other ones
    result = CliRunner().invoke(main, [*command[1:-1], str(tmp_path / "packed.npz")])
    assert result.exit_code == 0, result.output
    assert contents(tmp_path) == first


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["npz", "json"])
def test_damaged_file_is_named_and_refused_and_redone_on_request(kind, folder, finished, suffix):
    path = folder / f"{kind}_00001.{suffix}"
    path.write_bytes(path.read_bytes()[:100])
    for attempt in (lambda: LOAD[kind](folder), lambda: complete(folder, kind)):
        with pytest.raises(DamagedFile, match=f"{path.name} is damaged"):
            attempt()
    assert complete(folder, kind, redo=True) == 1
    assert contents(folder) == contents(finished)


@pytest.mark.slow
def test_damaged_file_beyond_the_count_is_one_line_and_redone_on_request(glasses, tmp_path):
    for path in glasses[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "glass_00002.npz").write_bytes(b"half of it")
    options = ["glass", "--n", "216", "--seed", "3", "--steps", "30", "--count", "1", "--jobs", "1", "--output"]
    refused = CliRunner().invoke(main, [*options, str(tmp_path)])
    assert refused.exit_code == 1
    assert re.fullmatch(r"Error: .*glass_00002\.npz is damaged: .*; --redo makes it anew\n", refused.output)
    assert CliRunner().invoke(main, [*options, str(tmp_path), "--redo"]).exit_code == 0
    assert contents(tmp_path) == contents(glasses[0])


def test_members_of_other_versions_are_not_read_together(kind, folder):
    path = folder / f"{kind}_00001.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"versions": manifest["versions"] | {"code": "other"}}))
    with pytest.raises(DamagedFile, match=rf"{kind}_00001\.npz was made with other versions than the first {kind} of"):
        LOAD[kind](folder)


def test_flipped_bit_is_found(kind, folder):
    path = folder / f"{kind}_00002.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedFile, match=rf"{kind}_00002\.npz is damaged: its checksum is not that of its manifest"):
        LOAD[kind](folder)


def test_lost_member_is_not_taken_for_absent(kind, folder):
    (folder / f"{kind}_00000.npz").unlink()
    with pytest.raises(DamagedFile, match=rf"{kind}_00000\.npz is damaged"):
        complete(folder, kind)


@pytest.mark.slow
def test_file_without_manifest_is_unfinished_and_made_anew(kind, folder, finished):
    (folder / f"{kind}_00001.json").unlink()
    (folder / f"{kind}_00001.npz").write_bytes(b"half of it")
    (folder / f"{kind}_00001.npz.part").write_bytes(b"less")
    assert complete(folder, kind) == 1
    assert contents(folder) == contents(finished)


def test_members_made_with_other_parameters_are_refused(kind, folder):
    with pytest.raises(DamagedFile, match=rf"{kind}_00000\.npz was made with other parameters: .*'seed': 3.*, not"):
        complete(folder, kind, settings={"seed": 4})


def test_members_that_were_swapped_are_refused(kind, folder):
    for suffix in ("npz", "json"):
        (folder / f"{kind}_00001.{suffix}").write_bytes((folder / f"{kind}_00000.{suffix}").read_bytes())
    with pytest.raises(DamagedFile, match=rf"{kind}_00001\.json is the manifest of something else, {kind} 0$"):
        LOAD[kind](folder)


def test_one_kind_is_not_read_or_continued_as_another(glasses, tmp_path):
    folder = glasses[0]
    pack_ensemble(folder, tmp_path / "packed.npz")
    for attempt in (lambda: load_liquids(folder), lambda: complete(folder, "liquid")):
        with pytest.raises(ValueError, match="holds an ensemble of another kind: glass, not liquid$"):
            attempt()
    with pytest.raises(ValueError, match=r"packed\.npz holds an ensemble of another kind: glass, not liquid$"):
        load_liquids(tmp_path / "packed.npz")


def test_empty_folder_is_said_to_be_empty(tmp_path):
    for kind, load in LOAD.items():
        with pytest.raises(FileNotFoundError, match=f"no finished {kind} in"):
            load(tmp_path)
        with pytest.raises(FileNotFoundError, match="no ensemble .*absent.npz$"):
            load(tmp_path / "absent.npz")


def test_output_that_cannot_be_a_folder_is_one_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    result = CliRunner().invoke(glass, ["--output", str(blocked / "glasses"), "--count", "1"])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: cannot read or write {blocked}")
    assert result.output.count("\n") == 1


@pytest.mark.slow
def test_full_disk_is_one_line_and_keeps_what_is_finished(tmp_path):
    import resource  # not on Windows, where the other tests can still be collected

    def no_large_files():
        # the closest to a full disk that needs no rights: a write beyond 10 kB fails, python ignores the signal
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    options = ["glass", "--n", "216", "--steps", "30", "--count", "2", "--jobs", "1", "--output", str(tmp_path)]
    # what measures coverage in a process that tests start has files of its own to write
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    run = subprocess.run(
        COMMAND + options, preexec_fn=no_large_files, env=alone, capture_output=True, text=True, timeout=100
    )
    assert run.returncode == 1
    assert "cannot read or write" in run.stderr
    assert "File too large; what is finished is kept" in run.stderr
    assert run.stderr.count("\n") == 1
    assert contents(tmp_path) == {}


@pytest.mark.slow
def test_kill_at_any_moment_then_resume_gives_the_same_bytes(tmp_path):
    options = ["glass", "--n", "216", "--steps", "600", "--count", "4", "--seed", "2", "--jobs", "2", "--output"]
    settings = {"count": 4, "settings": {"steps": 600, "seed": 2}}
    complete(tmp_path / "whole", **settings)
    for finished_before_kill in (0, 2):
        killed = subprocess.Popen([*COMMAND, *options, str(tmp_path / "killed")], start_new_session=True)
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline:
            if len(list((tmp_path / "killed").glob("*.json"))) >= finished_before_kill:
                break
            time.sleep(0.01)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    kept = set(contents(tmp_path / "killed"))
    complete(tmp_path / "killed", **settings)
    assert len(kept) >= 4
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_larger_box_is_shipped_with_its_softest_modes():
    shipped = load_ensembles().boxes[4000]
    assert shipped.frequencies.shape == (len(shipped.energy), 40)
    with pytest.raises(
        ValueError, match=r"^glasses must have all their modes, got the 40 softest of 11997: all below 0\.1"
    ):
        shipped.frequencies_to()
    assert shipped.frequencies.min() > 0
    assert shipped.order.max() < CRYSTAL_ORDER
    assert shipped.excess.min() > 0.022
    found = shipped.structure(0)
    assert inverse_power.energy(found) / 4000 == pytest.approx(shipped.energy[0], abs=1e-8)
    assert np.abs(inverse_power.forces(found)).max() < 2e-10


@pytest.fixture(scope="module", params=[500, pytest.param(1000, marks=pytest.mark.slow)])
def shipped(request):
    return load_glasses(DATA / "glasses" / f"n{request.param}.npz")


def test_shipped_ensembles_are_large_enough_and_small_enough(shipped):
    assert len(shipped.energy) >= {500: 50, 1000: 25}[shipped.n]
    assert shipped.frequencies.shape == shipped.participation_number.shape == (len(shipped.energy), 3 * shipped.n - 3)
    assert sum(path.stat().st_size for path in (DATA / "glasses").iterdir()) < 20e6


def test_shipped_glasses_are_minima_and_no_crystals(shipped):
    assert shipped.frequencies.min() > 0
    assert shipped.order.max() < CRYSTAL_ORDER
    # what order accepts, energy confirms: twice the excess of any crystal seen
    assert shipped.excess.min() > 0.022


def test_shipped_structure_gives_the_shipped_modes(shipped):
    # what every machine must reproduce: energy and modes of a given structure
    found = shipped.structure(0)
    assert inverse_power.energy(found) / shipped.n == pytest.approx(shipped.energy[0], abs=1e-8)
    assert np.abs(inverse_power.forces(found)).max() < 2e-10
    # translations come first, and all the rest without their vectors in a third of the time
    eigenvalues = np.linalg.eigvalsh(inverse_power.hessian(found).toarray())[3:]
    np.testing.assert_allclose(np.sqrt(eigenvalues) / (2 * np.pi), shipped.frequencies[0], atol=1e-6)
    modes = normal_modes(found, count=5)
    np.testing.assert_allclose(modes.frequencies, shipped.frequencies[0, :5], atol=1e-6)
    np.testing.assert_allclose(modes.participation_number, shipped.participation_number[0, :5], rtol=1e-4)


def test_shipped_melt_runs_down_to_the_shipped_structure(shipped):
    # the descent is not chaotic: a melt shifted by 1e-10 still ends here, one shifted by 1e-7 may end elsewhere
    found = minimize(Configuration(shipped.liquid[0], shipped.box))
    assert inverse_power.energy(found) / shipped.n == pytest.approx(shipped.energy[0], abs=1e-8)


@pytest.mark.slow
def test_glass_made_anew_from_the_shipped_seed_is_of_the_same_kind():
    # the melt is chaotic: another processor or compiler gives another glass of the same distribution, and only that is
    # claimed. Five standard deviations are missed once in a million.
    shipped = load_glasses(DATA / "glasses" / "n500.npz")
    anew = simulate_glass(index=0, **shipped.parameters)
    assert abs(anew["energy"] - shipped.energy.mean()) < 5 * shipped.energy.std()
    assert abs(np.median(anew["frequencies"]) - np.median(shipped.frequencies)) < 0.02
    assert abs(anew["frequencies"][-1] - shipped.frequencies[:, -1].mean()) < 5 * shipped.frequencies[:, -1].std()
