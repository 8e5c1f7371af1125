"""Plans of lessons, minute by minute: of those that are ready, and of any notebook by its parts and exercises."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from softmodes.report.classroom.lessons import LENGTHS, Lesson, address, lessons_on
from softmodes.report.notebooks import Notebook, page_of

_TABLE = """
| min | what is projected, and the link to send | what to ask | what goes wrong |
|---|---|---|---|
"""
# Parts of a notebook that nobody projects.
_APART = ("exercises", "versions", "five questions", "printed and reproduced", "what to take away")
_OPENING, _CLOSING = 5, 3
_PREDICTION = re.compile(r'\bpredict\("(\d+\.[a-z])"\)')


def plans(notebooks: Sequence[Notebook]) -> Iterator[tuple[str, str, str]]:
    """Name, title and text in Markdown of all plans for these notebooks."""
    for length in LENGTHS:
        for lesson in lessons_on(notebooks):
            yield (
                f"plan_{lesson.name}_{length}",
                f"{lesson.title}, {length} minutes",
                plan_text(lesson, length, notebooks),
            )
        for book in notebooks:
            yield f"plan_{book.name}_{length}", f"{book.title}, {length} minutes", outline_text(book, length)


def plan_text(lesson: Lesson, length: int, notebooks: Sequence[Notebook]) -> str:
    """Return the plan of a ready lesson of that many minutes, as Markdown."""
    rows = []
    for step in lesson.steps:
        links = [address(link, notebooks, "../pages/") for link in (step.link, step.second) if link]
        sent = "".join(f'<br><a href="{escape(to)}">{escape(to.rpartition("/")[2])}</a>' for to in links if to)
        rows.append((step.minutes(length), step.show + sent, step.ask, step.wrong))
    numbers = f"notebook{'s' * (len(lesson.notebooks) > 1)} {', '.join(map(str, lesson.notebooks))}"
    goals = "\n".join(f"* {goal}" for goal in lesson.goals)
    return (
        f"# {lesson.title}\n\n{lesson.kind.capitalize()}, {length} minutes, on {numbers}. {lesson.summary}\n\n"
        f"**They need** {'; '.join(lesson.prerequisites)}.\n\n**Afterwards they can**\n\n{goals}\n{_table(rows)}"
    )


def outline_text(book: Notebook, length: int) -> str:
    """Return a plan for one notebook: its parts in order, then as many exercises as half of that many minutes holds."""
    from softmodes.teach import exercises

    chosen, left = [], length // 2
    for each in exercises(book.number):
        if each.minutes <= left:
            chosen.append((each.minutes, f"Exercise {each.id}, {each.kind}.", each.text, each.teacher))
            left -= each.minutes
    page = f'<a href="../pages/{page_of(book.name)}">Page {book.number}</a>'
    parts = list(_parts(book))
    time = length - _OPENING - _CLOSING - sum(minutes for minutes, *_ in chosen)
    shares = [time // max(1, len(parts)) + (i < time % max(1, len(parts))) for i in range(len(parts))]
    rows = [(_OPENING, f"{page}, its title.", book.question, "")]
    rows += [
        (share, f"{page}, *{title}*.", question, "") for share, (title, question) in zip(shares, parts, strict=True)
    ]
    rows += [*chosen, (_CLOSING, f"{page}, *What to take away*.", "One sentence each: what do you take along?", "")]
    return f"# {book.title}\n\n{length} minutes, on notebook {book.number}.\n{_table(rows)}"


def _parts(book: Notebook) -> Iterator[tuple[str, str]]:
    """Heading and first question of each part that is read."""
    shown = (cell.source if cell.cell_type == "markdown" else _guess(cell.source) for cell in book.node.cells)
    text = "\n".join(shown)
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        if title.strip().lower() not in _APART:
            # a sentence that asks, without what stands before it in the line
            found = re.search(r"(?:^|[.:!?]\s)\s*([A-Za-z][^.:!?|\n]*(?:\n[^.:!?|\n]+)*\?)", rest)
            yield title.strip(), found[1] if found else "What is to be seen here, and what would you have expected?"


def _guess(code: str) -> str:
    """Return what to ask where a prediction is asked for."""
    letters = " and ".join(name[-1] for name in _PREDICTION.findall(code))
    return f"Who commits to which answer of the prediction {letters}?" if letters else ""


def _table(rows: Iterable[tuple[int, str, str, str]]) -> str:
    lines, at = [], 0
    for minutes, *cells in rows:
        if minutes:
            shown = " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells)
            lines.append(f"| {at}–{at + minutes} | {shown} |")
            at += minutes
    return _TABLE + "\n".join(lines)
