"""The ledger in short, as Markdown: how many of each verdict, what does not hold, and where each item of the paper is.

README and the map in `docs/` hold what these functions give.
"""

from collections import Counter
from dataclasses import dataclass, field, fields

from softmodes.paper.ledger import errata
from softmodes.paper.records import VERDICTS, Record, records
from softmodes.paper.table import Table
from softmodes.places import NOTEBOOKS


@dataclass(frozen=True, kw_only=True)
class Count:
    """A row of the summary: the verdicts of all records of one kind."""

    kind: str = field(metadata={"header": "of the paper"})
    verdicts: str


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """A row of the errata in short: why, the ledger says."""

    item: str
    printed: str
    reproduced: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """A row of the map: an item of the paper, where it is shown and computed, and what comes of it."""

    item: str
    printed: str
    place: str
    notebook: str
    function: str
    reproduced: str
    verdict: str


def summary(*, ensemble: str = "shipped") -> str:
    """Return how many records of each kind have each verdict, and the errata; `ensemble` as for `ledger`."""
    counts = []
    for kind, verdicts in VERDICTS.items():
        table = records(kind, ensemble=ensemble)
        found = Counter(record.verdict for record in table)
        text = ", ".join(f"{found[verdict]} {verdict}" for verdict in verdicts if found[verdict])
        counts.append(Count(kind=f"{len(table)} {kind}s", verdicts=text))
    kept = [column.name for column in fields(Deviation)]
    short = Table(Deviation(**{name: getattr(entry, name) for name in kept}) for entry in errata(ensemble=ensemble))
    return f"{Table(counts)._repr_markdown_()}\n\n{short._repr_markdown_()}"


def paper_map(folder: str = "notebooks", *, ensemble: str = "shipped") -> str:
    """Return the table of all items of the paper, with links to the notebooks in `folder`; `ensemble` as above."""
    rows = Table(_place(record) for record in records(ensemble=ensemble))
    notebooks = sorted(NOTEBOOKS.glob("*.ipynb"), key=lambda path: int(_number(path.name)))
    links = "\n".join(f"[{_number(path.name)}]: {folder}/{path.name}" for path in notebooks)
    return f"{rows._repr_markdown_()}\n\n{links}"


def _number(name: str) -> str:
    return name.partition("_")[0]


def _place(record: Record) -> Place:
    # a sentence is its own name
    item, colon, printed = record.item.partition(": ") if record.kind != "sentence" else (record.item, "", "")
    return Place(
        item=item,
        printed=printed,
        place=record.place,
        notebook=f"[{record.notebook}][{record.notebook.partition(',')[0]}]",
        function=record.function,
        reproduced=record.reproduced,
        verdict=record.verdict,
    )
