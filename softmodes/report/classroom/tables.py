"""Tables of names as comma-separated values, in and out, that no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# What a spreadsheet executes where a cell begins with it; the wide forms count in some of them, too.
_FORMULA = re.compile(r"'*[=+\-@\t＝＋－＠]")
# The same behind a sign at which a spreadsheet of another country begins a new cell.
_INNER = re.compile(r"([;,\t]\s*)(?='*[=+\-@＝＋－＠])")
_GUARDED = re.compile(r"([;,\t]\s*)'(?='*[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")
_BREAKS = str.maketrans("\r\n", "  ")
_LARGEST = 20_000_000


def guarded(text: str) -> str:
    """Return a cell that a spreadsheet shows and does not execute: an apostrophe before what begins a formula."""
    text = _INNER.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the text of a cell that has been guarded, or as it stands."""
    return _GUARDED.sub(r"\1", text[1:] if text.startswith("'") and _FORMULA.match(text) else text)


def written(rows: Iterable[Iterable[object]]) -> str:
    """Rows as comma-separated values, texts guarded and in one line."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(
        [guarded(str(cell).translate(_BREAKS)) for cell in row] for row in rows
    )
    # by this mark a spreadsheet knows letters with accents
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + stream.getvalue()


def rows_of(path: str | Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line number and cells by column, in small letters, of a table that has a column `name`.

    Raises
    ------
    ValueError
        If it cannot be read, is no such table, or a line has more cells than the header.
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = next((row for row in reader if any(map(str.strip, row))), [])
        # other countries' spreadsheets part cells otherwise
        if len(header) == 1 and (other := next((sign for sign in ";\t" if sign in header[0]), None)):
            reader = csv.reader(io.StringIO(_text(path), newline=""), delimiter=other, strict=True)
            header = next(row for row in reader if any(map(str.strip, row)))
        columns = [" ".join(unguarded(cell).split()).lower() for cell in header]
        if columns.count("name") != 1:
            raise ValueError(f"a roster must have one column called name, got {', '.join(columns)[:100] or 'no line'}")
        for row in reader:
            if len(row) > len(columns) and any(map(str.strip, row[len(columns) :])):
                raise ValueError(f"line {reader.line_num} has more cells than the header: quote names with a comma")
            yield reader.line_num, dict(zip(columns, row, strict=False))
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is not of a table: {error}") from None


def _text(path: str | Path) -> str:
    path = Path(path)
    try:
        if not path.is_file():
            raise ValueError("there is no regular file of this name")
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"it has more than {_LARGEST // 10**6} MB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("must be in UTF-8; a spreadsheet saves it as 'CSV UTF-8'") from None
