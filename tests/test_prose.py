"""The texts: a number that is stated is computed on its page or printed in the paper, and what is named exists."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

import softmodes
from softmodes.paper.printed import printed_values
from softmodes.places import NOTEBOOKS
from softmodes.report.execute import run_notebook
from softmodes.report.notebooks import find_notebooks

ROOT = Path(__file__).parents[1]
BOOKS = find_notebooks(NOTEBOOKS)
TEXTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md", "data/measured/README.md")]

# A sign counts where a number begins; after a digit or a letter it is a dash.
_DECIMAL = r"(?<![\w.])-?\d+\.\d+"
_PAIR = r"(?<![\w.])-?\d+(?:\.\d+)?±\d+(?:\.\d+)?"
_SHARE = r"(?<![\w.])-?\d+(?:\.\d+)?(?=%)|(?<![\w.])\d+of\d+(?!\w)"


def plain(text):
    """Signs of one kind, and no space within a number with its error, a percentage, or so many of so many."""
    text = text.replace("−", "-").replace("\\pm", "±").replace("\\%", "%").replace("\\,", " ")
    return re.sub(r"(?<=\d) (of) (?=\d)", r"\1", re.sub(r"\s*±\s*|(?<=\d)\s+(?=%)", lambda m: m[0].strip(), text))


def stated(text):
    """The numbers that a text states: with errors, decimals, percentages, and so many of so many.

    Code tells what to do, a link where to look, and an exercise asks: they state nothing. All else does, equations too.
    """
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\bdoi:\S+|https?://\S+|arXiv:\S+", " ", text)
    text = plain(re.sub(r"^## Exercises\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL))
    pairs = re.findall(_PAIR, text)
    return pairs + re.findall(f"{_DECIMAL}|{_SHARE}", re.sub(_PAIR, " ", text))


def unfounded(text, sources):
    """Numbers stated in a text that stand in none of the sources, to the same digits, nor in the paper."""
    sources, printed = plain("\n".join(sources)), {row.value for row in printed_values()}
    pairs = set(re.findall(_PAIR, sources))
    alone = {part for pair in pairs for part in pair.split("±")} | set(re.findall(_DECIMAL, sources))
    alone |= set(re.findall(_SHARE, sources))
    return [
        number
        for number in stated(text)
        if number not in (pairs if "±" in number else alone) and ("±" in number or number not in map(str, printed))
    ]


def prose(cells):
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def computed(cells):
    """What the code of a page sets, and what it shows in words: no drawing and no data of explorers."""
    for cell in cells:
        if cell.cell_type == "code":
            yield cell.source
            for output in cell.outputs:
                yield output.get("text", "")
                yield from (output.get("data", {}).get(kind, "") for kind in ("text/plain", "text/markdown"))
                yield from (form.get("alt", "") for form in output.get("metadata", {}).values())


PAGE = ["ratio = 0.35", "N_k = 115±3, below 0.08 α = -3.7±0.2", "26.0±0.1 % of all; 80 of 200 glasses, 12.5%", "+0.113"]


@pytest.mark.parametrize(
    "text",
    [
        "**We find** 115 ± 3 atoms, $115 \\pm 3$.",
        "An exponent of −3.7 ± 0.2, and a strain of 0.113 or +0.113; 3.7–0.08 is a range with a 0.2 in it.",
        "80 of 200 glasses, 12.5 % and 26.0 %.",
        "A parameter, 0.35, and what the paper prints: $W = 1.6\\,k_BT^*$.",
        "See `--set a=0.77`, [there](https://example.org/0.77) and arXiv:1705.01037, on p. 17.",
        "## Exercises\n\nSet it to 0.9.\n",
    ],
)
def test_what_is_computed_or_printed_may_be_stated(text):
    text = text.replace("3.7–0.08", "0.2–0.08")
    assert unfounded(text, PAGE) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("**We find** 116 ± 3 atoms.", "116±3"),
        ("**We find** 115 ± 4 atoms.", "115±4"),
        ("$115 \\pm 2$", "115±2"),
        ("An exponent of 3.7 ± 0.2.", "3.7±0.2"),
        ("An exponent of −3.70 ± 0.2.", "-3.70±0.2"),
        ("A strain of 0.114.", "0.114"),
        ("A strain of 0.11.", "0.11"),
        ("A strain of −0.113.", "-0.113"),
        ("$$W = 1.7\\,k_BT^* \\tag{8}$$", "1.7"),
        ("81 of 200 glasses.", "81of200"),
        ("12.4 % of them.", "12.4"),
        ("13 % of them.", "13"),
        ("## Exercises\n\n1. 0.9?\n\n## Next\n\n0.77 follows.", "0.77"),
    ],
)
def test_a_changed_digit_is_noticed(text, number):
    assert unfounded(text, PAGE) == [number]


@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_page_runs_and_states_no_number_that_it_does_not_compute(book):
    run = run_notebook(book, {}, timeout=600)
    assert run.failure == ""
    assert unfounded(prose(run.notebook.cells), computed(run.notebook.cells)) == []


def spans(text):
    """What stands between backticks, outside blocks of code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def missing(text, beside=ROOT):
    """Paths, file names and dotted names of a text that do not exist."""
    return [span for span in spans(text) if not _exists(span, beside)]


def _exists(span, beside):
    if re.fullmatch(r"(softmodes|sm)(\.\w+)+(\(.*\))?", span):
        return _imports(re.sub(r"^sm\.", "softmodes.", span.partition("(")[0]))
    if re.fullmatch(r"test_\w+", span):
        return any(f"def {span}(" in path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("*.py"))
    if re.fullmatch(r"[\w.*/-]*/[\w.*/-]*|[\w*-]+\.(py|pyi|js|css|md|csv|json|npz|toml|yml|txt|ipynb)", span):
        return any(next(folder.glob(span), None) for folder in (ROOT, beside, beside / "glasses")) or (
            (beside / span).exists() or (span == "__init__.pyi" and next(ROOT.glob("softmodes/**/__init__.pyi"), None))
        )
    return True


def _imports(dotted):
    """Whether a dotted name leads from a module through attributes to something."""
    names = dotted.split(".")
    found = softmodes
    for place, name in enumerate(names[1:], start=2):
        try:
            found = getattr(found, name)
        except AttributeError:
            try:
                found = import_module(".".join(names[:place]))
            except ModuleNotFoundError:
                return False
    return True


@pytest.mark.parametrize("path", [*TEXTS, *(book.path for book in BOOKS)], ids=lambda path: path.stem)
def test_files_and_names_that_a_text_gives_exist(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert missing(text, path.parent if path.suffix == ".md" else ROOT) == []
