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
    """Numbers that a text states, each with the word behind it: with errors, decimals, percentages, so many of many.

    Code tells what to do, a link where to look, and an exercise asks: they state nothing. All else does, equations too.
    """
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\bdoi:\S+|https?://\S+|arXiv:\S+", " ", text)
    text = plain(re.sub(r"^## Exercises\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL))
    pairs = [(pair, "") for pair in re.findall(_PAIR, text)]
    return pairs + re.findall(rf"({_DECIMAL}|{_SHARE})(?=[\s$]*([^\W\d_]*))", re.sub(_PAIR, " ", text))


def shown(sources):
    """The numbers in what a page or a section sets and shows."""
    text = plain("\n".join(sources))
    pairs = set(re.findall(_PAIR, text))
    parts = {part for pair in pairs for part in pair.split("±")}
    return pairs | parts | set(re.findall(_DECIMAL, text)) | set(re.findall(_SHARE, text))


def unfounded(text, near, page=()):
    """Numbers stated in a text that are not shown near it or on its page to the same digits, nor printed in the paper.

    What has two digits or fewer is easily met with by chance: it has to stand near, or, printed, have its own unit.
    """
    near, page = shown(near), shown(page)
    units = {row.unit for row in printed_values()}
    printed = {(str(row.value), row.unit) for row in printed_values()}
    return [
        number
        for number, word in stated(text)
        if number not in near
        and not (number in page and ("±" in number or len(re.sub(r"\D|^-?0\.0*", "", number)) > 2))
        and (number, word if word in units else "1") not in printed
    ]


def sections(cells):
    """The cells of a page from heading to heading."""
    parts = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    return parts


def prose(cells):
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def computed(cells):
    """What the code of some cells sets, and what it shows in words: no drawing and no data of explorers."""
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
        "An exponent of −3.7 ± 0.2, and a strain of 0.113 or +0.113; 0.2–0.08 is a range.",
        "80 of 200 glasses, 12.5 % and 26.0 %.",
        "A parameter, 0.35, and what the paper prints: $W = 1.6\\,k_BT^*$, 1.3 THz.",
        "See `--set a=0.77`, [there](https://example.org/0.77) and arXiv:1705.01037, on p. 17.",
        "## Exercises\n\nSet it to 0.9.\n",
    ],
)
def test_what_is_computed_or_printed_may_be_stated(text):
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
        ("$$W = 1.3\\,k_BT^* \\tag{8}$$", "1.3"),
        ("For selenium 1.6 THz is printed.", "1.6"),
        ("81 of 200 glasses.", "81of200"),
        ("12.4 % of them.", "12.4"),
        ("13 % of them.", "13"),
        ("## Exercises\n\n1. 0.9?\n\n## Next\n\n0.77 follows.", "0.77"),
    ],
)
def test_a_changed_digit_is_noticed(text, number):
    assert unfounded(text, PAGE) == [number]


def test_a_short_number_has_to_stand_near():
    assert unfounded("0.113, 115 ± 3, 0.35 and 12.5 %", [], PAGE) == ["0.35"]


@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_page_runs_and_states_no_number_that_it_does_not_compute(book):
    run = run_notebook(book, {}, timeout=600)
    assert run.failure == ""
    page = [*computed(run.notebook.cells)]
    assert [unfounded(prose(part), computed(part), page) for part in sections(run.notebook.cells)] == [
        [] for _ in sections(run.notebook.cells)
    ]


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
