"""What a reader supplies as measured: read where it can be read in one way alone, else refused by file and line."""

import codecs
import os
import re

import pytest
from click.testing import CliRunner

from softmodes.paper.materials import load_materials
from softmodes.paper.measured import checked_folder, load_measured, read_folder, read_measured
from softmodes.report.commands import main

GLASSES = ", ".join(load_materials())

NOTES = "# glass: SiO2\n# reference: A. Author, J. 1, 23 (1970)\n"
HEADER = "temperature (K), heat capacity (J/(g K)), uncertainty (J/(g K))\n"
ROWS = "0.51, 1.23e-6, 2e-8\n12, 0.045, 0.001\n"
SEMICOLONS = (HEADER.replace(",", ";") + ROWS.replace(", ", ";")).replace(".", ",")


def read(tmp_path, content, name="sheet.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_measured(path)


@pytest.mark.parametrize(
    "content",
    [
        NOTES + HEADER + ROWS,
        NOTES + SEMICOLONS,
        NOTES + SEMICOLONS.replace(",", ".").replace(";", "; "),
        NOTES + SEMICOLONS.replace(";", "\t"),
        NOTES + HEADER + '"0,51","1,23e-6","2e-8"\n"12", "0,045", "0,001"\n',
        NOTES + HEADER.upper().replace("J/(G K)", "J/(g K)") + ROWS.replace("e", "D"),
        '# glass: SiO2,,,\n"# reference: A. Author, J. 1, 23 (1970)",,,\n'
        + HEADER.replace("\n", ",\n")
        + ROWS
        + ",,,\n",
        "# glass: SiO2;;\n# reference: A. Author, J. 1, 23 (1970);;\n;;\n" + SEMICOLONS.replace("\n", ";;\n"),
        "# a title\n\n" + NOTES + "\n# columns:\n" + HEADER + "# by pulses\n" + ROWS + "\n# by relaxation: none\n\n",
        HEADER + ROWS + NOTES,
        (NOTES + HEADER + ROWS).replace("\n", "\r\n"),
        (NOTES + HEADER + ROWS).replace("\n", "\r"),
        codecs.BOM_UTF8 + (NOTES + HEADER + ROWS).encode(),
        (NOTES + HEADER + ROWS).encode("utf-16"),
        codecs.BOM_UTF16_BE + (NOTES + HEADER + ROWS).encode("utf-16-be"),
        (NOTES + HEADER + ROWS).encode("utf-32"),
    ],
)
def test_one_measurement_in_the_ways_it_may_be_written(tmp_path, content):
    data = read(tmp_path, content)
    assert (data.glass, data.reference) == ("SiO2", "A. Author, J. 1, 23 (1970)")
    assert data.temperature.tolist() == [0.51, 12]
    assert data.heat_capacity == pytest.approx([1.23e-3, 45], rel=1e-12)
    assert data.uncertainty == pytest.approx([2e-5, 1], rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("(J/(kg K))", 1), ("(J/kg/K)", 1), ("(J/kg-K)", 1), ("(kJ/(kg·K))", 1e3), ("[J kg⁻¹ K⁻¹]", 1),
        ("/ J g^-1 K^-1", 1e3), ("(J/(g K))", 1e3), ("(J/(g*K))", 1e3), ("(J K^{-1} g^{-1})", 1e3), ("(mJ/gK)", 1),
        ("(mJ/(kg K))", 1e-3), ("(uJ/(g K))", 1e-3), ("(\N{MICRO SIGN}J/(g K))", 1e-3),
        ("(\N{GREEK SMALL LETTER MU}J/g K)", 1e-3), ("(erg/(g K))", 1e-4),
    ],
)  # fmt: skip
def test_units_are_read_as_they_are_usually_written(tmp_path, unit, factor):
    data = read(tmp_path, f"{NOTES}Temperature / K, Heat capacity {unit}\n2, 5\n")
    assert data.heat_capacity == pytest.approx([5 * factor], rel=1e-12)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1"])
def test_reference_comes_out_as_it_was_written(tmp_path, encoding):
    reference = "Müller, «Wärme» $N_s$ für $5, _1_ 100% 23–4, 'a' \"b\""
    reference = reference.replace("–", "-") if encoding == "latin-1" else reference
    content = f"# glass: Se\n# reference: {reference}\ntemperature (K), heat capacity (µJ/(g K))\n1, 2\n"
    data = read(tmp_path, content.encode(encoding))
    assert data.reference == reference
    assert data.heat_capacity == pytest.approx([2e-3])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: the file must begin with '# glass"),
        (NOTES, "line 3: the header must be temperature, heat capacity, uncertainty with units"),
        (NOTES + HEADER, "line 3: the file has no measurement below its header"),
        (NOTES + "# reference: B\n" + HEADER + ROWS, "line 3: the reference is given a second time"),
        (NOTES + HEADER + ROWS + "# Glass: Se\n", "line 6: the glass is given a second time"),
        (NOTES.replace("SiO2", "Si02") + HEADER + ROWS, f"line 1: glass must be one of {GLASSES}, got 'Si02'"),
        (NOTES + HEADER + "0,51, 1,2e-6, 2e-8\n", "line 4: must have 3 columns, got 5"),
        (NOTES + SEMICOLONS + "1,234;5.6e-6;1e-8\n", "line 4, column 1: must have decimal points as other numbers"),
        (NOTES + HEADER.replace(",", ";") + "1,234;5;1\n", "line 4, column 1: must have a decimal point, for 1,234"),
        (NOTES + HEADER + '"1,234", 5, 1\n', "line 4, column 1: must have a decimal point, for 1,234 may be thousands"),
        (NOTES + SEMICOLONS + "1,234,5;5;1\n", "line 6, column 1: must be a positive number, got '1,234,5'"),
        (NOTES + HEADER + "1_000, 5, 1\n", "line 4, column 1: must be a positive number, got '1_000'"),
        (NOTES + HEADER + "1 000, 5, 1\n", "line 4, column 1: must be a positive number, got '1 000'"),
        (NOTES + HEADER + "١, 5, 1\n", "line 4, column 1: must be a positive number, got '١'"),
        (NOTES + HEADER + "1, 5 # bad, 1\n", "line 4, column 2: must be a positive number, got ' 5 # bad'"),
        (NOTES + HEADER + "\n# a\n1, 5, 0\n", "line 6, column 3: must be a positive number, got ' 0'"),
        (NOTES + HEADER + "1, inf, 1\n", "line 4, column 2: must be a positive number, got ' inf'"),
        (NOTES + HEADER + "1, 1e400, 1\n", "line 4, column 2: must lie between 1e-50 and 1e50 in SI units"),
        (NOTES + HEADER + "1, 1e307, 1\n", "line 4, column 2: must lie between 1e-50 and 1e50 in SI units, got"),
        (NOTES + HEADER + "1, 5, \n", "line 4: must have 3 columns, got 2"),
        (NOTES + HEADER + "1,, 5, 1\n", "line 4: must have 3 columns, got 4"),
        (NOTES + HEADER + '1, 5, "1\n', "line 4: has quotes that do not match"),
        (NOTES + HEADER.replace("J/(g K)", "J/(mol K)") + ROWS, "line 3, column 2: must be heat capacity"),
        (NOTES + HEADER.replace("(K)", "(mK)") + ROWS, r"line 3, column 1: must be temperature \(K\), got"),
        (NOTES + "0.51, 1.2e-6\n", "line 3, column 1: must be temperature"),
        ((NOTES + HEADER + ROWS).encode("utf-16-le"), "line 1: must be text in UTF-8"),
        ((NOTES + HEADER).encode() + b"\0\0", "line 4: must be text in UTF-8"),
        ((NOTES + HEADER).encode() + b"1, \x81, 3\n", "line 4: must be text in UTF-8"),
        ((NOTES + HEADER).encode() + b"1, \xb2, 3\n", "line 4, column 2: must be a positive number, got ' ²'"),
    ],
)  # fmt: skip
def test_what_can_be_read_in_no_way_or_in_two_is_refused_by_file_and_line(tmp_path, content, message):
    with pytest.raises(ValueError, match=f"^sheet.csv, {message}") as raised:
        read(tmp_path, content)
    assert "\n" not in str(raised.value)


def test_files_of_a_folder_are_those_that_a_reader_sees(tmp_path):
    """Not what a system hides beside them, nor folders; capitals in the ending make no difference."""
    for name in ("b.csv", "a.CSV", ".hidden.csv", "notes.txt"):
        (tmp_path / name).write_text(NOTES.replace("A. Author", name) + HEADER + ROWS, encoding="utf-8")
    (tmp_path / "._b.csv").write_bytes(b"\0\5\x16\7")
    (tmp_path / "folder.csv").mkdir()
    assert [data.reference[:5] for data in load_measured("SiO2", tmp_path)] == ["a.CSV", "b.csv"]
    (tmp_path / "c.csv").write_text("nothing", encoding="utf-8")
    (tmp_path / "d.csv").symlink_to(tmp_path / "gone")
    found, left_out = read_folder(tmp_path)
    assert list(map(str, found)) == [
        f"SiO2, 2 measured from 0.51 to 12 K: {name}, J. 1, 23 (1970)" for name in ("a.CSV", "b.csv")
    ]
    assert left_out == (
        "c.csv, line 1: the file must begin with '# glass: …'",
        "d.csv: cannot be read: No such file or directory",
    )
    with pytest.raises(ValueError, match="^c.csv, line 1"):
        load_measured("Se", tmp_path)
    line = f"measured must be a folder with .csv files, got '{tmp_path / 'folder.csv'}'"
    assert read_folder(tmp_path / "folder.csv") == ((), (line,))
    os.mkfifo(tmp_path / "pipe.csv")
    assert read_folder(tmp_path)[1][-1] == "pipe.csv: is not a file"
    ((), (line,)) = read_folder(tmp_path / "nowhere")
    assert re.match("measured must be a folder, got '.*/nowhere': No such", line)


def test_folder_of_the_command_is_checked_before_anything_runs(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(NOTES + HEADER, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for folder, line in (
        (tmp_path, "bad.csv, line 3: the file has no measurement below its header"),
        (tmp_path / "empty", f"measured must be a folder with .csv files, got '{tmp_path / 'empty'}'"),
        (bad, f"measured must be a folder, got '{bad}': Not a directory"),
        ("", "measured must be a folder with .csv files, got ''"),
    ):
        result = CliRunner().invoke(main, ["report", "--measured", str(folder), "--output", str(tmp_path / "pages")])
        assert (result.exit_code, result.stderr) == (2, f"Error: {line}\n")
    assert not (tmp_path / "pages").exists()
    bad.write_text(NOTES + HEADER + ROWS, encoding="utf-8")
    assert checked_folder(tmp_path) == str(tmp_path.resolve())
