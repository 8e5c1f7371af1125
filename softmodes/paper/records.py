"""The ledger of the paper whole: each equation, figure, number and checkable sentence, and where it is checked.

What is printed is said in our words. Functions are named within `softmodes`, tests within `tests/`, places as notebook
and heading or equation.
"""

from dataclasses import dataclass, field, fields, replace
from itertools import chain
from textwrap import indent

from softmodes.arguments import member
from softmodes.paper.ledger import ENSEMBLES, ledger
from softmodes.paper.printed import printed_values
from softmodes.paper.rows import shipped_rows
from softmodes.paper.table import Table

VERDICTS = {
    "equation": {
        "holds": "follows from the equations before it, or agrees with an independent route",
        "definition": "gives something its name; a test holds what follows from it",
        "assumption": "follows from nothing before it, and the paper goes on from it",
        "approximation": "follows in a limit only",
        "misprint or transcription loss": "contradicts the equations before it; with what is added it follows",
    },
    "figure": {
        "reproduced": "drawn from the equations and printed numbers alone",
        "made anew": "drawn from computer glasses and crystals of our own",
        "model, not data": "drawn as a model curve, for the measurements behind it are not tabulated anywhere",
    },
    "number": {
        "reproduced": "the computed value lies within the rounding of the printed one",
        "within uncertainty": "twice the standard uncertainty of the inputs reaches there",
        "deviates": "neither",
        "input": "nothing else in the paper determines it",
    },
    "sentence": {
        "holds": "in all cases that are computed",
        "holds in the model": "the model has it; it is said of measurements that are not at hand",
        "in part": "in some of the cases that are computed, and not in others",
        "open": "what is computed cannot decide it",
    },
}
"""The words of each kind of record, each with its rule."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A row: what is printed, what is reproduced, and where that is computed, tested and shown."""

    kind: str
    item: str = field(metadata={"header": "printed"})
    place: str
    reproduced: str
    """Where the computer glass or liquid tests it, its row of the claims; where it is a printed number, that number."""
    verdict: str
    function: str
    test: str
    notebook: str

    def __str__(self) -> str:
        """Text of some lines, for a terminal."""
        where = f"softmodes.{self.function}\ntests/{self.test}\nnotebook {self.notebook}"
        return indent(f"{self.item} ({self.place}): {self.verdict}\n{self.reproduced}\n{where}", "  ").lstrip()


def records(kind: str | None = None, *, ensemble: str = "shipped") -> Table[Record]:
    """Return the table of all records, in the order of the paper, or those of one kind.

    `kind` is equation, figure, number or sentence; `ensemble` as for `ledger`. An OSError or ValueError that names the
    file if one cannot be read.
    """
    ensemble = member("ensemble", ensemble, ENSEMBLES)
    kinds = VERDICTS if kind is None else (member("kind", kind, VERDICTS),)
    rows = [Record(**row) for row in shipped_rows("ledger.csv", [column.name for column in fields(Record)], [])]
    found = {each: [row for row in rows if row.kind == each] for each in kinds}
    if "number" in kinds:
        found["number"] = _numbers({row.item: row for row in found["number"]}, ensemble)
    return Table(chain.from_iterable(found.values()))


def _numbers(places: dict[str, Record], ensemble: str) -> list[Record]:
    """Return a record for each printed number: the row of `ledger`, and the places that all of its name have."""
    printed = printed_values()
    if unknown := {row.item for row in printed} ^ set(places):
        raise ValueError(f"ledger.csv and printed_values.csv must have the same numbers, one lacks {min(unknown)}")
    return [
        replace(
            places[row.item],
            item=f"{entry.item}: {entry.printed}",
            place=entry.place,
            reproduced="; ".join(filter(None, (entry.reproduced, entry.remark))),
            verdict=entry.verdict,
        )
        for row, entry in zip(printed, ledger(ensemble=ensemble), strict=True)
    ]
