"""The RO-Crate: the files of the companion, and what was made from what.

A notebook makes its figures from the data it reads; a command makes an ensemble. What a notebook reads follows from its
code, and a test watches it.
"""

import csv
import inspect
import json
import re

from softmodes import figures
from softmodes.paper import claims
from softmodes.paper.loaders import Ensembles

_TABLES = {
    "printed_values.csv": r"softmodes",
    "materials.csv": r"\bglass\b|Explorer|estimates|errata|ledger\(",
    "teaching/quiz.toml": r"quiz\(",
    "teaching/predictions.toml": r"predict\(",
}
"""What of `data/` a notebook reads whose code has this in it."""

_FORMATS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".npz": "application/zip",
    ".toml": "application/toml",
    ".ipynb": "application/x-ipynb+json",
}


class _Asked(Ensembles):
    """Ensembles that say which files they would read."""

    def _read(self, load, name):
        return {f"glasses/{name}.npz", f"glasses/{name}.json"}


def _files_of(ensemble):
    value = getattr(_Asked("shipped"), ensemble)
    return set().union(*value.values()) if isinstance(value, dict) else value


def _source(part):
    """The code of a part of the claims, with that of the functions to which it hands the ensembles."""
    own = inspect.getsource(part)
    return own + "".join(_source(getattr(claims, name)) for name in re.findall(r"(\w+)\(ensembles\)(?!:)", own))


def reads(number, code):
    """The files of `data/` that notebook `number` reads, as its code and what it calls of the ledger and claims say."""
    found = {name for name, pattern in _TABLES.items() if re.search(pattern, code)}
    for part, numbers in claims._PARTS.items():
        if "claims(" in code and (number in numbers or not re.search(rf"claims\({number}\b", code)):
            code += _source(part)
    if re.search(r"errata|ledger\(", code):
        code += "ensembles.glasses"
    for ensemble in set(re.findall(r"\bload_ensembles\(\w+\)\.(\w+)|\bensembles\.(\w+)", code)):
        found |= _files_of(max(ensemble))
    return sorted(found)


def crate(project, root):
    """ro-crate-metadata.json, RO-Crate 1.1."""
    notebooks = sorted((root / "notebooks").glob("*.ipynb"), key=lambda path: int(path.name.partition("_")[0]))
    data = [path.relative_to(root).as_posix() for path in sorted((root / "data").rglob("*")) if _shipped(path)]
    printed = _figures_of_the_paper(root)
    made = [entity for path in notebooks for entity in _run(path, printed)]
    made += [_ensemble(root / name) for name in data if re.match(r"data/glasses/\w+\.json", name)]
    package = {"@id": "softmodes/", "@type": "Dataset", "name": f"the package softmodes {project['version']}"}
    parts = [package, *map(_notebook, notebooks), *map(_data, data)]
    # a figure that two notebooks show is one
    made = {entity["@id"]: entity for entity in made}
    actions = [entity for entity in made.values() if entity["@type"] == "CreateAction"]
    root_entity = _root(project) | {"hasPart": _ids(parts), "mentions": _ids(actions)}
    graph = [_DESCRIPTOR, root_entity, *_around(project), *parts, *made.values()]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


_DESCRIPTOR = {
    "@id": "ro-crate-metadata.json",
    "@type": "CreativeWork",
    "about": {"@id": "./"},
    "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
}
_PAPER, _CODE, _TEXTS = {"@id": "#paper"}, {"@id": "#code"}, {"@id": "#texts"}


def _ids(entities):
    """References to entities; a single one stands by itself, as RO-Crate wants it."""
    found = [{"@id": entity["@id"]} for entity in entities]
    return found[0] if len(found) == 1 else found


def _shipped(path):
    return path.suffix in _FORMATS and not {"recomputed", "measured"} & {*path.parts}


def _root(project):
    return {
        "@id": "./",
        "@type": "Dataset",
        **{name: project[name] for name in ("description", "version")},
        "name": project["title"],
        "datePublished": project["date"],
        "keywords": ", ".join(project["keywords"]),
        "author": {"@id": "#authors"},
        "license": [_CODE, _TEXTS],
        "isBasedOn": _PAPER,
        "citation": _PAPER,
    }


def _around(project):
    """The paper, its author and journal, the authors, the licences and the language."""
    paper = project["paper"]
    author = {"familyName": paper["family-names"], "givenName": paper["given-names"]}
    names = {name["name"] for name in project["authors"]}
    return [
        {
            **_PAPER,
            "@type": "ScholarlyArticle",
            "name": paper["title"],
            "author": {"@id": "#author-of-the-paper"},
            "datePublished": str(paper["year"]),
            "identifier": f"https://doi.org/{paper['doi']}",
            "url": f"https://doi.org/{paper['doi']}",
            "isPartOf": {"@id": "#journal"},
            "pagination": f"{paper['start']}-{paper['end']}",
        },
        {"@id": "#author-of-the-paper", "@type": "Person", "name": " ".join(reversed(author.values())), **author},
        {"@id": "#journal", "@type": "Periodical", "name": f"{paper['journal']} {paper['volume']} ({paper['issue']})"},
        {"@id": "#authors", "@type": "Organization", "name": " and ".join(names)},
        *(
            {**place, "@type": "CreativeWork", "name": name, "identifier": f"https://spdx.org/licenses/{name}"}
            for place, name in ((_CODE, project["license"]), (_TEXTS, project["texts-license"]))
        ),
        {"@id": "#python", "@type": "ComputerLanguage", "name": "Python", "version": project["requires-python"]},
    ]


def _notebook(path):
    return {
        "@id": f"notebooks/{path.name}",
        "@type": ["File", "SoftwareSourceCode"],
        "name": _title(_cells(path)),
        "encodingFormat": _FORMATS[path.suffix],
        "programmingLanguage": {"@id": "#python"},
        "license": _TEXTS,
        "isBasedOn": _PAPER,
    }


def _data(name):
    kind, _, ending = name.rpartition(".")
    return {
        "@id": name,
        "@type": "File",
        "name": name.removeprefix("data/"),
        "encodingFormat": _FORMATS[f".{ending}"],
        "license": _TEXTS,
    }


def _cells(path):
    return [
        (cell["cell_type"], "".join(cell["source"])) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]


def _title(cells):
    return re.search(r"^# (.+)$", cells[0][1], re.MULTILINE)[1]


def _figures_of_the_paper(root):
    with open(root / "data" / "ledger.csv", encoding="utf-8", newline="") as file:
        return {row["function"]: row["item"] for row in csv.DictReader(file) if row["kind"] == "figure"}


def _run(path, printed):
    """The run of a notebook, and the figures it makes."""
    cells, number = _cells(path), int(path.name.partition("_")[0])
    code = "\n".join(source for kind, source in cells if kind == "code")
    drawn = dict.fromkeys(re.findall(r"\bplot_\w+", code.partition("import softmodes")[2]))
    made = [_figure(name, printed) for name in drawn]
    return [
        {
            "@id": f"#run-of-notebook-{number}",
            "@type": "CreateAction",
            "name": f"softmodes report --only {number}",
            "instrument": {"@id": f"notebooks/{path.name}"},
            "object": [{"@id": f"data/{name}"} for name in reads(number, code)],
            **({"result": _ids(made)} if made else {}),
        },
        *made,
    ]


def _figure(name, printed):
    """A figure; one of the paper's is based on it."""
    said = getattr(figures, name).__doc__.partition("\n")[0].rstrip(".")
    of_the_paper = printed.get(f"figures.{name}")
    return {"@id": f"#{name}", "@type": "ImageObject", "name": of_the_paper or said} | (
        {"isBasedOn": _PAPER} if of_the_paper else {}
    )


def _ensemble(manifest):
    """What made an ensemble: the command in its manifest."""
    name = f"data/glasses/{manifest.stem}"
    return {
        "@id": f"#making-of-{manifest.stem}",
        "@type": "CreateAction",
        "name": json.loads(manifest.read_text(encoding="utf-8"))["command"],
        "instrument": {"@id": "softmodes/"},
        "result": [{"@id": f"{name}.npz"}, {"@id": f"{name}.json"}],
    }
