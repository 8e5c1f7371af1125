"""Write what is said elsewhere from its one source: `make metadata`.

CITATION.cff, codemeta.json, .zenodo.json and ro-crate-metadata.json come from pyproject.toml, CHANGELOG.md, notebooks
and manifests of ensembles; the summary in README.md and the map in docs/ from the ledger. A test fails where a file
differs from what this makes.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).parent))

from crate import crate  # noqa: E402  beside this file, which need not be where Python looks

from softmodes.paper.overview import paper_map, summary  # noqa: E402

WRITTEN = {"README.md": summary, "docs/map.md": lambda: paper_map("../notebooks")}
"""What stands between the two markers of a file."""


def _read(path):
    return path.read_text(encoding="utf-8")


def source(root=ROOT):
    """What pyproject.toml says of the project, with the date that CHANGELOG.md gives its version."""
    content = tomllib.loads(_read(root / "pyproject.toml"))
    project = content["project"] | content["tool"]["softmodes"]
    dated = rf"^## \[{re.escape(project['version'])}\] - (\d{{4}}-\d\d-\d\d)$"
    found = re.search(dated, _read(root / "CHANGELOG.md"), re.MULTILINE)
    if found is None:
        raise ValueError(f"CHANGELOG.md must have a line '## [{project['version']}] - YYYY-MM-DD', and has none")
    return project | {"date": found[1], "address": project["urls"].get("Repository")}


def citation(project):
    """CITATION.cff: whoever cites the companion finds the paper in it."""
    paper = project["paper"]
    author = {name: paper[name] for name in ("family-names", "given-names")}
    rest = {name: value for name, value in paper.items() if name not in ("title", *author)}
    content = {
        "cff-version": "1.2.0",
        **{name: project[name] for name in ("message", "title")},
        "type": "software",
        "version": project["version"],
        "date-released": project["date"],
        "license": project["license"],
        "authors": project["authors"],
        "keywords": project["keywords"],
        **({"repository-code": project["address"]} if project["address"] else {}),
        "references": [{"type": "article", "title": paper["title"], "authors": [author]} | rest],
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    # a date, which YAML would else read back as a text
    return text.replace(f"'{project['date']}'", project["date"])


def codemeta(project):
    """codemeta.json, in the terms of CodeMeta 3.0."""
    oldest = project["requires-python"]
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": project["title"],
        "description": project["description"],
        "version": project["version"],
        "datePublished": project["date"],
        "license": f"https://spdx.org/licenses/{project['license']}",
        "author": [{"@type": "Organization", "name": author["name"]} for author in project["authors"]],
        "keywords": project["keywords"],
        "programmingLanguage": {"@type": "ComputerLanguage", "name": "Python", "version": oldest},
        "runtimePlatform": f"Python {oldest}",
        "operatingSystem": ["Linux", "macOS"],
        "softwareRequirements": [_requirement(line) for line in project["dependencies"]],
        "developmentStatus": "active",
        **({"codeRepository": project["address"]} if project["address"] else {}),
        "referencePublication": {
            "@type": "ScholarlyArticle",
            "@id": project["urls"]["Paper"],
            "name": project["paper"]["title"],
        },
    }


def _requirement(line):
    name, least, version = line.partition(">=")
    return {"@type": "SoftwareSourceCode", "name": name, "version": f"{least}{version}"}


def zenodo(project):
    """.zenodo.json: what Zenodo takes for a release."""
    return {
        "title": project["title"],
        "upload_type": "software",
        "description": project["description"],
        "publication_date": project["date"],
        "creators": project["authors"],
        "access_right": "open",
        "license": project["license"],
        "keywords": project["keywords"],
        "related_identifiers": [
            {"identifier": project["paper"]["doi"], "relation": "isDerivedFrom", "resource_type": "publication-article"}
        ],
    }


def between_markers(name, text, root=ROOT):
    """The file with `text` between its two markers."""
    parts = re.split(r"(?<=<!-- ledger -->\n)(.*?)(?=<!-- /ledger -->)", _read(root / name), flags=re.DOTALL)
    if len(parts) != 3:
        raise ValueError(f"{name} must have one line <!-- ledger --> and, after it, a line <!-- /ledger -->")
    return f"{parts[0]}\n{text}\n\n{parts[2]}"


def files(root=ROOT):
    """Every file that is written, by name, and its text."""
    project = source(root)
    made = {"codemeta.json": codemeta, ".zenodo.json": zenodo, "ro-crate-metadata.json": lambda it: crate(it, root)}
    return {
        "CITATION.cff": citation(project),
        **{name: json.dumps(make(project), indent=2, ensure_ascii=False) + "\n" for name, make in made.items()},
        **{name: between_markers(name, write(), root) for name, write in WRITTEN.items()},
    }


if __name__ == "__main__":
    for name, text in files().items():
        (ROOT / name).write_text(text, encoding="utf-8")
