"""The ledger covers the paper whole, and each of its records leads to a function, a test and a place that are there."""

import ast
import json
import re
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from softmodes.paper.claims import claims
from softmodes.paper.ledger import errata, ledger
from softmodes.paper.printed import printed_values
from softmodes.paper.records import VERDICTS, records
from softmodes.paper.symbols import symbols
from softmodes.places import NOTEBOOKS

RECORDS = records()


@cache
def claimed():
    return {row.says for row in claims()}


@cache
def functions_of(file):
    """The functions of a file of tests, each with the names in its code: not those in its words."""
    path = Path(__file__).with_name(file)
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {
        function.name: {getattr(node, "id", None) or getattr(node, "attr", None) for node in ast.walk(function)}
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }


@cache
def anchors(number):
    """Headings of a notebook, and its equations as "eq. 5"."""
    texts = [
        "".join(cell["source"])
        for path in Path(NOTEBOOKS).glob(f"{number}_*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    headings = re.findall(r"^#+ (.+)$", "\n".join(texts), re.MULTILINE)
    return {*headings, *(f"eq. {tag}" for tag in re.findall(r"\\tag\{(\d+)\}", "\n".join(texts)))}


def found(function):
    """What a name within `softmodes` means: a function, a class, a property or a field of one, a constant; or None."""
    module, _, rest = function.partition(".")
    thing = import_module(f"softmodes.{module}")
    for name in rest.split("."):
        if isinstance(thing, type) and name in getattr(thing, "__dataclass_fields__", ()):
            return thing.__dataclass_fields__[name]
        try:
            thing = getattr(thing, name, None) or import_module(f"{thing.__name__}.{name}")
        except (AttributeError, ModuleNotFoundError):
            return None
    return thing


def lost(record):
    """What a record names and what is not there."""
    file, _, test = record.test.partition("::")
    there, names = found(record.function) is not None, functions_of(file).get(test)
    # an equation or figure: a test that never calls the function would pass whatever it gives
    called = record.kind not in ("equation", "figure") or record.function.rpartition(".")[2] in (names or ())
    number, _, anchor = record.notebook.partition(", ")
    # a claim or a printed number to which a record leaves what is found
    kind, _, other = record.reproduced.partition(": ")
    others = {"claim": claimed(), "number": {row.item for row in printed_values()}}
    return [
        name
        for name, fine in (
            ("function", there),
            ("test", names is not None),
            ("call", called or not there or names is None),
            ("notebook", anchor in anchors(number)),
            ("verdict", record.verdict in VERDICTS[record.kind]),
            ("reproduced", record.reproduced and (kind not in others or other in others[kind])),
            ("place", re.search("§|abstract", record.place)),
        )
        if not fine
    ]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: re.sub(r"\W+", "-", record.item))
def test_each_record_leads_to_what_it_names(record):
    assert lost(record) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("function", "theory.potential.participation_numbers"),
        ("function", "theory.potentials.participation_number"),
        ("function", "paper.materials.Material.colours"),
        ("test", "test_section2_fundamentals.py::test_eq2"),
        ("test", "test_section9.py::test_eq2_lies_between_one_and_the_number_of_atoms"),
        ("notebook", "2, eq. 7a"),
        ("notebook", "3, eq. 5"),
        ("notebook", "9, eq. 5"),
        ("notebook", "2, Exercise"),
        ("verdict", "reproduced"),
        ("reproduced", ""),
        ("reproduced", "claim: a sentence that no row of the claims has"),
        ("place", ""),
    ],
)
def test_a_record_that_loses_something_is_found(name, value):
    assert lost(RECORDS[4]) == []
    assert lost(replace(RECORDS[4], **{name: value})) == [name]


def test_a_test_that_does_not_call_the_function_is_no_test_of_it():
    assert lost(replace(RECORDS[4], test=RECORDS[0].test)) == ["call"]
    # nor one that calls another whose name ends alike
    assert lost(RECORDS[7]) == []
    assert lost(replace(RECORDS[7], function="theory.heat_capacity.crossover_ratio")) == ["call"]


def test_the_paper_is_covered_whole():
    numbers = len(printed_values())
    assert Counter(record.kind for record in RECORDS) == {
        "equation": 24,
        "figure": 8,
        "number": numbers,
        "sentence": 30,
    }
    for kind, count in (("equation", 24), ("figure", 8)):
        numbers = [int(re.match(r"\w+\. (\d+): ", record.item)[1]) for record in records(kind)]
        assert numbers == [*range(1, count + 1)]
    assert len({record.item for record in RECORDS}) == len(RECORDS)
    equations = [record.item.partition(":")[0] for record in records("equation") if "misprint" in record.verdict]
    assert equations == [entry.item for entry in errata() if entry.item.startswith("eq.")]
    # what the computer glass and liquid say is referred to, and everything of it
    said = {record.reproduced.removeprefix("claim: ") for record in RECORDS}
    assert claimed() - said == {
        "the number of soft vibrations below ν grows as ν⁵ (not printed)",
        "asymmetries and restoring forces are spread evenly about zero (not printed)",
        "soft modes lie on the curve of eq. 24",
    }


def test_records_of_numbers_are_those_of_the_ledger():
    for record, entry in zip(records("number"), ledger(), strict=True):
        assert (record.item, record.place, record.verdict) == (
            f"{entry.item}: {entry.printed}",
            entry.place,
            entry.verdict,
        )
        assert record.reproduced.startswith(entry.reproduced)
    with pytest.raises(ValueError, match="^kind must be one of equation, figure, number, sentence, got 'word'$"):
        records("word")


def test_names_of_the_code_keep_their_underscores_in_markdown():
    row = records("equation")._repr_markdown_().splitlines()[7]
    assert "`theory.crossover.quartic_energy`" in row
    assert "ε<sub>0</sub>" in row
    assert [field.name for field in fields(RECORDS[0])][-3:] == ["function", "test", "notebook"]


@pytest.mark.parametrize("symbol", symbols(), ids=lambda row: row.symbol)
def test_symbols_lead_to_an_equation_and_a_function(symbol):
    assert any(symbol.equation in anchors(number) for number in range(1, 6))
    assert found(symbol.function) is not None
    assert symbol.name
    assert symbol.unit
