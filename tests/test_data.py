"""The printed numbers, the materials, and the verdicts of the ledger, each recomputed by another route."""

import csv
import pickle
import re
import shutil
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from scipy.constants import angstrom, atomic_mass, e, h, hbar, k, pi
from scipy.special import gamma

import softmodes as sm
from softmodes import places
from softmodes.ensembles import DamagedFile
from softmodes.paper import loaders
from softmodes.paper.ledger import Entry, _Between, _verdict, errata, ledger
from softmodes.paper.loaders import SIZES, Ensembles
from softmodes.paper.materials import crossover_estimates, estimated_materials, load_materials
from softmodes.paper.printed import printed, printed_values
from softmodes.paper.table import Table
from softmodes.places import DATA
from softmodes.theory.crossover import CROSSOVER_RATIO

MATERIALS = load_materials()
GLASSES_OF_THE_PAPER = ("SiO2", "Se", "B2O3")
QUARTIC = 4 * (gamma(1 / 4) / gamma(3 / 4)) ** 2


def test_every_printed_number_stands_once():
    keys = [(row.item, row.glass) for row in printed_values()]
    assert len(keys) == len(set(keys))
    of_the_paper = [tuple(line.split("|")[:2]) for line in TEXT.split("\n")[1:-1]]
    assert [key for key in keys if key[1] in GLASSES_OF_THE_PAPER or not key[1]] == of_the_paper
    assert len(of_the_paper) == 26
    assert all(row.value > 0 and row.precision >= 0 and row.scale in ("linear", "decades") for row in printed_values())
    assert all("§" in row.place for row in printed_values())


# The digits, as the text has them, the unit, and where: typed here a second time. Half of the last digit is left open;
# "~" says that only the power of ten is meant, "=" that the number is exact.
TEXT = """
crossover ratio||1.6|1|eq. 8
crossover temperature||~1|K|fig. 1
crystal frequency|SiO2|3|THz|eq. 8
crystal frequency|Se|1.3|THz|eq. 8
frequency ratio||2|decades|eq. 8
participation area|SiO2|162|Å²|fig. 2
participation area|Se|289|Å²|fig. 2
participation area|B2O3|392|Å²|fig. 2
length||~1|Å|fig. 2
atoms||~100|1|abstract
quartic energy|SiO2|55|eV|fig. 2
quartic energy|Se|89|eV|fig. 2
quartic energy|B2O3|45|eV|fig. 2
pair exponent||=6|1|eq. 9
atoms in the small glass||=500|1|fig. 6
atoms in the large glass||=1000|1|fig. 6
formation energy at melting||3|1|eq. 23
glass over melting temperature||0.6|1|eq. 23
formation energy at the glass transition||5|1|eq. 23
energy ratio||3|decades|eq. 23
expected quartic energy from||5e1|eV|eq. 23
expected quartic energy to||10e1|eV|eq. 23
quartic factor||35.015|1|eq. 23
formation energy|SiO2|3.5|1|eq. 23
formation energy|Se|10|1|eq. 23
formation energy|B2O3|5.3|1|eq. 23
"""


@pytest.mark.parametrize("line", TEXT.split("\n")[1:-1])
def test_each_printed_number_is_that_of_the_text(line):
    item, glass, digits, unit, place = line.split("|")
    number = Decimal(digits.strip("~="))
    half = {"~": Decimal("0.5"), "=": Decimal(0)}.get(digits[0], Decimal(5).scaleb(number.as_tuple().exponent - 1))
    row = printed(item, glass)
    assert (row.value, row.precision, row.unit) == (float(number), float(half), unit)
    assert (row.scale == "decades") == digits.startswith("~")
    assert place in row.place


def test_printed_numbers_hold_one_another():
    """What the text derives from other numbers of its own."""
    factor = printed("quartic factor")
    assert factor.bounds[0] < QUARTIC < factor.bounds[1]
    melting, glass = printed("formation energy at melting"), printed("formation energy at the glass transition")
    assert melting.value / printed("glass over melting temperature").value == pytest.approx(glass.value, rel=1e-12)
    ratio = np.log10(QUARTIC * glass.value**2)
    assert printed("energy ratio").bounds[0] < ratio < printed("energy ratio").bounds[1]
    areas = [row.value / printed("length").value ** 2 for row in printed_values() if row.item == "participation area"]
    assert all(printed("atoms").bounds[0] < area < 2 * printed("atoms").bounds[1] for area in areas)
    assert sm.inverse_power.exponent == printed("pair exponent").value
    assert [printed(f"atoms in the {size} glass").value for size in ("small", "large")] == [*SIZES]


def test_a_formation_energy_of_five_means_of_the_order_of_a_hundred_atoms():
    """ε_0 of eq. 23 at T_g, taken for N_k a² by eq. 6 with the ν_c that the printed pair implies, a = 1 Å."""
    for glass, expected in {"SiO2": 322, "Se": 75, "B2O3": 357}.items():
        material = MATERIALS[glass]
        energy = QUARTIC * 5**2 * k * material.glass_temperature.n
        area = 2 * energy / (material.mass * (2 * pi * material.crystal_frequency.n) ** 2) / angstrom**2
        assert round(area) == expected
        assert 0.5 < area / 100 < 4


def test_the_constant_of_eq8_is_the_printed_one():
    assert printed("crossover ratio").value == CROSSOVER_RATIO


@pytest.mark.parametrize(
    ("glass", "frequency", "w", "temperature"),
    [("SiO2", 2.88, 3.29, 2.06), ("Se", 1.38, 1.05, 0.66), ("B2O3", 2.01, 2.18, 1.36)],
)
def test_implied_values_agree_with_a_hand_calculation(glass, frequency, w, temperature):
    """Numbers worked out by hand from N_s a², ε_0 and M, to the digits kept."""
    material = MATERIALS[glass]
    assert round(material.crystal_frequency.n / 1e12, 2) == frequency
    assert round(material.crossover_energy.n / k, 2) == w
    assert round(material.crossover_temperature.n, 2) == temperature


@pytest.mark.parametrize("glass", estimated_materials())
def test_uncertainties_are_those_of_a_power_law(glass):
    """ν_c ∝ (ε_0/A)^½, W ∝ (ε_0/A²)^⅓: relative errors add in quadrature with these exponents."""
    material = MATERIALS[glass]
    area, energy = (value.s / value.n for value in (material.participation_area, material.quartic_energy))
    temperature = material.glass_temperature.s / material.glass_temperature.n
    for value, expected in (
        (material.crystal_frequency, np.hypot(area, energy) / 2),
        (material.crossover_energy, np.hypot(2 * area, energy) / 3),
        (material.crossover_temperature, np.hypot(np.hypot(2 * area, energy) / 3, 0.05 / 3**0.5 / 1.6)),
        (material.formation_energy, np.hypot(energy, temperature) / 2),
        (material.atoms(1.3e-10), area),
    ):
        assert value.s / value.n == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("glass", "percent"), [("SiO2", 9), ("Se", -11)])
def test_the_printed_frequencies_miss_the_printed_energies_with_opposite_signs(glass, percent):
    material = MATERIALS[glass]
    omega_c = 2 * pi * printed("crystal frequency", glass).value * 1e12
    energy = printed("participation area", glass).value * angstrom**2 * material.mass * omega_c**2 / 2 / e
    assert round(100 * (energy / printed("quartic energy", glass).value - 1)) == percent


def test_masses_are_those_of_the_formula_units():
    expected = {"SiO2": 60.084 / 3, "Se": 78.971, "B2O3": 69.62 / 5}
    assert {glass: MATERIALS[glass].mass / atomic_mass for glass in expected} == pytest.approx(expected, rel=2e-4)


def test_every_cited_property_has_a_source():
    with open(DATA / "materials.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["property"] not in ("name", "colour")]
    assert len(rows) == 6 * len(MATERIALS)
    assert all(row["source"] and 0 < float(row["low"]) <= float(row["high"]) for row in rows)
    assert all(len(material.sources) == 6 for material in MATERIALS.values())


def verdicts():
    return {entry.item: entry.verdict for entry in ledger()}


def test_verdicts_follow_from_intervals_worked_out_here():
    """The same question asked with interval arithmetic: can rounding of the inputs reach the printed value?"""
    found = verdicts()
    for glass in ("SiO2", "Se"):
        material, nu = MATERIALS[glass], printed("crystal frequency", glass)
        low, high = (material.mass * (2 * pi * bound * 1e12) ** 2 * angstrom**2 / 2 / e for bound in nu.bounds)
        area, energy = printed("participation area", glass).bounds, printed("quartic energy", glass).bounds
        reaches = low * area[0] <= energy[1] and high * area[1] >= energy[0]
        assert (found[f"quartic energy ε_0 of {glass}"] != "deviates") == reaches == (glass == "SiO2")
    for glass in (row.glass for row in printed_values() if row.item == "formation energy"):
        material, (low, high) = MATERIALS[glass], printed("formation energy", glass).bounds
        value = np.sqrt(printed("quartic energy", glass).value * e / (QUARTIC * k * material.glass_temperature.n))
        assert (found[f"formation energy ε_m/k_B T_g of {glass}"] == "reproduced") == (low <= value <= high)


def test_known_deviations_are_reported_and_nothing_else():
    added = tuple(f" of {glass}" for glass in MATERIALS if glass not in GLASSES_OF_THE_PAPER)
    assert [entry.item for entry in errata() if not entry.item.endswith(added)] == [
        "eq. 17",
        "eq. 19",
        "crossover ratio W/k_B T*",
        "crystal frequency ν_c of Se",
        "quartic energy ε_0 of Se",
        "glass over melting temperature T_g/T_m",
        "expected quartic energy from ε_0",
    ]
    found = [verdict for item, verdict in verdicts().items() if not item.endswith(added)]
    assert Counter(found) == {"input": 9, "reproduced": 8, "within uncertainty": 4, "deviates": 5}
    assert 875 * k * 304.5 / e == pytest.approx(22.97, rel=1e-3)
    assert 875 * k * 1448 / e == pytest.approx(109.2, rel=1e-3)


def test_two_orders_of_magnitude_lie_between_the_frequencies():
    for material in estimated_materials().values():
        ratio = material.crystal_frequency.n * h / (k * material.crossover_temperature.n)
        assert 1.5 < np.log10(ratio) < 2.5
        w = hbar**4 * (2 * pi * material.crystal_frequency.n) ** 2 / (8 * material.mass * material.participation_area.n)
        assert material.crossover_energy.n == pytest.approx(w ** (1 / 3), rel=1e-12)


@pytest.mark.parametrize(
    ("between", "expected"),
    [((90, 30, 300), "reproduced"), ((400, 40, 4000), "within uncertainty"), ((3, 1, 10), "deviates"),
     ((9000, 1000, 90000), "deviates")],
)  # fmt: skip
def test_an_order_of_magnitude_is_judged_from_both_sides(between, expected):
    """Of the order of 100, that is 32 to 316."""
    assert _verdict(printed("atoms"), _Between(*between)) == expected


def test_ledger_of_a_section_is_a_part_of_the_whole():
    assert {*ledger(3)} | {*ledger(4)} == {*ledger()}
    with pytest.raises(ValueError, match="^section must be 3 or 4, got 2$"):
        ledger(2)


def test_tables_show_every_row_and_survive_markdown():
    table = crossover_estimates(1.3e-10)
    assert isinstance(table, Table)
    assert len(table) == len(MATERIALS)
    markdown = table._repr_markdown_()
    assert markdown.count("\n") == len(MATERIALS) + 1
    assert "W/k<sub>B</sub> (K)" in markdown
    assert "T\\* (K)" in markdown
    assert "3.2917±0.0070" in repr(table)


def test_parts_of_a_table_are_tables_and_an_empty_one_says_so():
    table = ledger()
    assert table[0] in table[:3] + table[-1:]
    assert isinstance(table[0], Entry)
    assert (len(table[:3] + table[-1:]), repr(table[3:] + table[:0])) == (4, repr(table[3:]))
    assert repr(table[:0]) == "no rows of item, printed, reproduced, verdict, place, remark"
    assert crossover_estimates()[9:]._repr_markdown_().startswith("no rows of glass, W/k<sub>B</sub> (K), T\\*")
    assert repr(Table(row for row in table if row.item == "none")) == Table()._repr_markdown_() == "no rows"
    assert repr(pickle.loads(pickle.dumps(table[:0]))) == repr(table[:0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MATERIALS["Xe2O7"], f"^glass must be one of {', '.join(MATERIALS)}, got 'Xe2O7'$"),
        (lambda: printed("colour"), "^the paper prints no 'colour' for"),
        (lambda: printed("crystal frequency", "B2O3"), "^the paper prints no 'crystal frequency' for 'B2O3'$"),
        (lambda: MATERIALS["Se"].atoms(0), "^a must be positive and finite, got 0"),
        (lambda: crossover_estimates(float("nan")), "^a must be positive and finite, got nan"),
    ],
)
def test_bad_input_gives_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of the tables and of one ensemble, which takes the place of `data/`."""
    copy = tmp_path / "data"
    shutil.copytree(
        DATA, copy, ignore=shutil.ignore_patterns("recomputed", "n[14]000*", "liquid*", "crystal*", "n500_*")
    )
    for module in (places, loaders):
        monkeypatch.setattr(module, "DATA", copy)
    return copy


@pytest.mark.parametrize("load", [printed_values, load_materials])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: "", ", line 1: the columns must be .*, got nothing"),
        (lambda text: text.replace(",unit,", ","), ", line 1: the columns must be .* got "),
        (lambda text: text.replace(",THz,", ",").replace(",GPa,", ","), r", line \d+: must have \d columns"),
        (lambda text: re.sub(",(3|72.8),", ",three,", text), r", line \d+, column \w+: must be a number, got 'three'"),
        (lambda text: re.sub(",(0.5|72.8),", ",nan,", text), r", line \d+, column \w+: must be a number, got 'nan'"),
        (lambda text: "\0".join(text), ""),
        (lambda text: text + '"', ""),
        (None, ": No such file or directory"),
    ],
)
def test_table_that_cannot_be_read_is_named_with_the_place_and_the_way_back(data, load, damage, message):
    name = "printed_values" if load is printed_values else "materials"
    path = data / f"{name}.csv"
    if damage:
        path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        path.unlink()
    with pytest.raises(ValueError if damage else FileNotFoundError) as error:
        load.__wrapped__()
    restore = f"; git checkout -- 'data/{name}.*' restores it"
    assert re.fullmatch(rf".*{name}\.csv{message}.*{re.escape(restore)}", str(error.value))


def test_table_of_other_encoding_or_with_missing_rows_is_named(data):
    text = (data / "materials.csv").read_text(encoding="utf-8")
    (data / "materials.csv").write_text(re.sub("Se,density.*\n", "", text), encoding="utf-8")
    with pytest.raises(ValueError, match=r"^materials\.csv must have a row density of Se, and has none$"):
        load_materials.__wrapped__()
    (data / "materials.csv").write_text(text.replace("Pilkington", "").replace("T", "É"), encoding="latin-1")
    with pytest.raises(ValueError, match=r"^materials\.csv must be UTF-8; git"):
        load_materials.__wrapped__()


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (lambda npz, manifest: npz.unlink(), FileNotFoundError, r"^no ensemble .*n500\.npz; git checkout"),
        (lambda npz, manifest: manifest.unlink(), FileNotFoundError, r"^no ensemble .*n500\.npz: its manifest n500"),
        (lambda npz, manifest: manifest.write_text("[]"), DamagedFile, r"n500\.json is damaged: not a manifest; git"),
        (
            lambda npz, manifest: npz.write_bytes(b""),
            DamagedFile,
            r"n500\.npz is damaged: its checksum .*; git checkout",
        ),
    ],
)
def test_shipped_ensemble_that_cannot_be_read_is_named_with_the_way_back(data, damage, error, message):
    damage(data / "glasses" / "n500.npz", data / "glasses" / "n500.json")
    with pytest.raises(error, match=message) as raised:
        _ = Ensembles("shipped").glasses
    assert str(raised.value).endswith("git checkout -- 'data/glasses/n500.*' restores it")


def test_recomputed_ensemble_is_made_by_the_command_that_is_named(data):
    with pytest.raises(ValueError, match=r"^recomputed must be there, n500\.npz is not; make report RECOMPUTE=1"):
        _ = Ensembles("recomputed").glasses
