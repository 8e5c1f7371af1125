"""What is written from one source is what is there, and what those who read it would accept."""

import importlib.resources
import json
import re
import runpy
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import rocrate.rocrate
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from softmodes.paper.ledger import errata
from softmodes.paper.overview import paper_map, summary
from softmodes.paper.records import records
from softmodes.places import NOTEBOOKS

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
METADATA = runpy.run_path(str(ROOT / ".ci" / "metadata.py"))
CRATE = json.loads((ROOT / "ro-crate-metadata.json").read_text(encoding="utf-8"))
ENTITIES = {entity["@id"]: entity for entity in CRATE["@graph"]}


@cache
def written():
    return METADATA["files"]()


@pytest.mark.parametrize(
    "name",
    ["CITATION.cff", "codemeta.json", ".zenodo.json", "ro-crate-metadata.json", "README.md", "docs/map.md"],
)
def test_what_is_written_by_make_metadata_is_what_is_there(name):
    assert (ROOT / name).read_text(encoding="utf-8") == written()[name], "make metadata"
    assert len(written()) == 6


def test_numbers_are_those_of_the_ledger():
    counted = [sum(int(n) for n in re.findall(r"\b(\d+) [a-z]", row)[1:]) for row in summary().splitlines()[2:6]]
    assert counted == [len(records(kind)) for kind in ("equation", "figure", "number", "sentence")]
    assert len(re.findall(r"\| deviates +\|", summary())) == sum(entry.verdict == "deviates" for entry in errata())
    table, links = paper_map("there").rsplit("\n\n", 1)
    assert len(table.splitlines()) == 2 + len(records())
    assert {*re.findall(r"\]\[(\d+)\]", table)} <= {*re.findall(r"^\[(\d+)\]: there/\1_", links, re.MULTILINE)}
    assert "`modes.linear_response.LinearResponse.mode_rates`" in table


MARKED = "<!-- ledger -->\n<!-- /ledger -->\n"


@pytest.mark.parametrize("text", ["", MARKED[:17], MARKED[16:] + MARKED[:16], 2 * MARKED])
def test_a_file_without_its_markers_is_named(text, tmp_path):
    (tmp_path / "README.md").write_text(text)
    with pytest.raises(ValueError, match=r"^README\.md must have one line <!-- ledger -->"):
        METADATA["between_markers"]("README.md", "table", tmp_path)


def test_a_version_without_a_date_is_named(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "CHANGELOG.md").write_text("## [0.0.1] - 2026-11-26\n")
    with pytest.raises(
        ValueError, match=r"^CHANGELOG\.md must have a line '## \[[\d.]+\] - YYYY-MM-DD', and has none$"
    ):
        METADATA["source"](tmp_path)


def test_the_changelog_keeps_its_form():
    """Keep a Changelog 1.1: versions from the newest on, each with its date, and six kinds of change."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    versions = [line for line in lines if line.startswith("## ")]
    released = versions[versions[0] == "## [Unreleased]" :]
    dated = [re.fullmatch(r"## \[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d\d-\d\d", line) for line in released]
    numbers = [tuple(map(int, match.groups())) for match in dated]
    assert numbers == sorted(set(numbers), reverse=True)
    kinds = {line for line in lines if line.startswith("### ")}
    assert kinds <= {f"### {kind}" for kind in ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")}


@pytest.mark.slow
def test_citation_and_codemeta_satisfy_their_own_validators(tmp_path):
    check = ["--builtin-schema", "vendor.citation-file-format"]
    assert CliRunner().invoke(check_jsonschema, [*check, str(ROOT / "CITATION.cff")]).exit_code == 0
    text = written()["CITATION.cff"].replace("authors:", "writers:", 1)
    (tmp_path / "CITATION.cff").write_text(text, encoding="utf-8")
    assert CliRunner().invoke(check_jsonschema, [*check, str(tmp_path / "CITATION.cff")]).exit_code == 1
    # CodeMeta, and that all files say the same; what an institute's profile wants beside that needs an address, a DOI
    report = subprocess.run(
        [SCRIPTS / "rs-metadata", "validate", ROOT, "--format", "json"], capture_output=True, text=True, check=False
    )
    found = [each for each in json.loads(report.stdout)["diagnostics"] if each["severity"] == "error"]
    assert [each["message"] for each in found if each["code"] != "profile.required-field"] == []
    assert {each["property"] for each in found} <= {
        "applicationCategory", "codeRepository", "identifier", "schema:featureList"
    }  # fmt: skip


def test_citation_keeps_what_it_said_of_the_paper():
    content = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (paper,) = content["references"]
    assert (paper["type"], paper["authors"]) == ("article", [{"family-names": "Buchenau", "given-names": "U."}])
    assert [paper[key] for key in ("journal", "volume", "issue", "start", "end", "year", "doi")] == [
        "Philosophical Magazine B", 65, 2, 303, 315, 1992, "10.1080/13642819208217904"
    ]  # fmt: skip
    assert content["authors"] == [{"name": "The softmodes authors"}]
    project = METADATA["source"]()
    assert project["urls"]["Paper"] == f"https://doi.org/{paper['doi']}"
    assert paper["doi"] in (ROOT / "data" / "references.csv").read_text(encoding="utf-8")
    here = METADATA["citation"](project | {"address": "https://example.org/softmodes"})
    assert yaml.safe_load(here)["repository-code"] == "https://example.org/softmodes"


# What Zenodo's documentation says of the fields that are used here.
ZENODO = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "upload_type", "description", "creators"],
    "properties": {
        **{name: {"type": "string", "minLength": 1} for name in ("title", "description", "license")},
        "upload_type": {"enum": ["publication", "poster", "presentation", "dataset", "image", "software", "lesson"]},
        "publication_date": {"pattern": r"^\d{4}-\d\d-\d\d$"},
        "access_right": {"enum": ["open", "embargoed", "restricted", "closed"]},
        "keywords": {"type": "array", "items": {"type": "string"}},
        "creators": {
            "type": "array",
            "minItems": 1,
            "items": {"required": ["name"], "additionalProperties": False, "properties": {"name": {"type": "string"}}},
        },
        "related_identifiers": {
            "items": {"required": ["identifier", "relation"], "properties": {"relation": {"enum": ["isDerivedFrom"]}}}
        },
    },
}


def test_zenodo_gets_the_fields_it_knows():
    jsonschema.validate(json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8")), ZENODO)


def references(value):
    """The entities that an entity names."""
    if isinstance(value, list):
        return {name for part in value for name in references(part)}
    return {value["@id"]} if isinstance(value, dict) else set()


def test_the_crate_has_what_ro_crate_1_1_requires():
    assert len(ENTITIES) == len(CRATE["@graph"])
    descriptor, root = ENTITIES["ro-crate-metadata.json"], ENTITIES["./"]
    assert (descriptor["about"], descriptor["conformsTo"]["@id"]) == ({"@id": "./"}, "https://w3id.org/ro/crate/1.1")
    assert CRATE["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    named = {name for entity in ENTITIES.values() for value in entity.values() for name in references(value)}
    assert named - {"https://w3id.org/ro/crate/1.1"} <= set(ENTITIES)
    assert set(ENTITIES) - named == {"ro-crate-metadata.json"}
    data = {name for name, entity in ENTITIES.items() if {"File", "Dataset"} & {*references_types(entity)}} - {"./"}
    assert data == references(root["hasPart"])
    assert [name for name in data if not (ROOT / name).exists()] == []
    # every term is one of RO-Crate's, and its own library reads all
    context = json.loads((importlib.resources.files("rocrate") / "data" / "ro-crate.jsonld").read_text("utf-8"))
    terms = {key for entity in ENTITIES.values() for key in (*entity, *references_types(entity))} - {"@id", "@type"}
    assert terms - set(context["@context"]) == set()
    crate = rocrate.rocrate.ROCrate(ROOT)
    assert {entity.id for entity in crate.get_entities()} == set(ENTITIES)


def references_types(entity):
    kinds = entity["@type"]
    return [kinds] if isinstance(kinds, str) else kinds


def test_the_crate_says_what_is_based_on_the_paper_and_which_notebook_makes_which_figure():
    books = {f"notebooks/{path.name}" for path in NOTEBOOKS.glob("*.ipynb")}
    based = {name for name, entity in ENTITIES.items() if entity.get("isBasedOn") == {"@id": "#paper"}}
    assert based == {"./", *books, *(f"#plot_figure_{number}" for number in range(1, 9))}
    runs = [entity for name, entity in ENTITIES.items() if name.startswith("#run-of-notebook")]
    assert {run["instrument"]["@id"] for run in runs} == books
    made = {run["instrument"]["@id"][10]: references(run.get("result", [])) for run in runs}
    assert {row.function.split(".")[1] for row in records("figure")} == {
        name[1:] for names in made.values() for name in names if "figure" in name
    }
    for row in records("figure"):
        assert f"#{row.function.split('.')[1]}" in made[row.notebook[0]], row.item
    ensembles = {path.relative_to(ROOT).as_posix() for path in (ROOT / "data" / "glasses").glob("*.npz")}
    makings = [references(entity["result"]) for name, entity in ENTITIES.items() if name.startswith("#making")]
    assert {name for names in makings for name in names if name.endswith(".npz")} == ensembles


# Runs the cells of a notebook and prints which files below a folder were opened.
WATCHED = """
import json, os, sys
seen, (book, folder) = set(), sys.argv[1:]
sys.addaudithook(lambda event, given: event == "open" and isinstance(given[0], (str, os.PathLike))
                 and seen.add(os.path.relpath(given[0], folder)))
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in json.load(open(book, encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code" and not cell["metadata"].get("softmodes"):
        shell.run_cell("".join(cell["source"])).raise_error()
print(*sorted(name for name in seen if not name.startswith("..") and os.path.isfile(f"{folder}/{name}")), sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 6])
def test_a_notebook_reads_what_the_crate_says(number, tmp_path):
    (book,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    command = [sys.executable, "-c", WATCHED, book, ROOT / "data"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    found = {f"data/{line}" for line in done.stdout.splitlines()[-20:] if (ROOT / "data" / line).is_file()}
    assert found == references(ENTITIES[f"#run-of-notebook-{number}"]["object"])
