"""The streams of a command, which may be closed or full."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, Self, TextIO

import click


class Refused(click.ClickException):
    """Something that was asked for and cannot be had, in one line."""

    exit_code = 2


class _Stream:
    """A text stream whose first failure is remembered and none raised: what is being done is worth more than its log.

    Attributes
    ----------
    failure : OSError or None
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        return self._safely(self._stream.write, text)

    def flush(self) -> None:
        self._safely(self._stream.flush)

    def _safely(self, do: Callable[..., int | None], *arguments: str) -> int:
        try:
            return do(*arguments) or 0
        except OSError as error:
            self.failure = self.failure or error
            # What is still buffered would fail again when Python ends.
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), self._stream.fileno())
            return 0


class Console(click.Group):
    """A group of commands that do their work whatever becomes of standard output, and then say if it failed.

    A pipe of which nobody reads the end is no failure.
    """

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command of the command line, in streams that do not fail."""
        output, messages = _Stream(sys.stdout or _closed(1)), _Stream(sys.stderr or _closed(2))
        # tables have Greek letters, which a redirected stream does not have everywhere
        if hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="backslashreplace")
        with redirect_stdout(output), redirect_stderr(messages):
            try:
                return super().main(*arguments, **options)
            except SystemExit as end:
                output.flush()
                if isinstance(output.failure, BrokenPipeError):
                    # whoever reads no more, as `head`, wants to hear no more; 128 + SIGPIPE, as of other tools
                    end.code = end.code or 141
                elif output.failure:
                    click.echo(f"Error: cannot write to standard output: {output.failure.strerror}", err=True)
                    end.code = end.code or 1
                raise


def _closed(number: int) -> TextIO:
    """Open a stream to which nothing can be written, in place of a closed one: no other file is to be taken for it."""
    while os.open(os.devnull, os.O_RDONLY) < number:
        pass
    return open(number, "w", encoding="utf-8")


class Progress:
    """A bar for somebody who watches: what runs, how many cells are done, and how long the rest may take.

    A log gets the lines of `say` alone.
    """

    def __init__(self, cells: Mapping[str, int]) -> None:
        from tqdm import tqdm

        # the ledger and the index count as one each
        self._cells = {**cells, "ledger": 1, "index": 1}
        self._done: dict[str, int] = {}
        form = "{percentage:3.0f} % |{bar}| {n_fmt} of {total_fmt} cells, {remaining} left{postfix}"
        total = sum(self._cells.values())
        self._bar = tqdm(total=total, leave=False, bar_format=form, disable=not sys.stderr.isatty())

    def __enter__(self) -> Self:
        """Show the bar from here on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        self._bar.close()

    def told(self, running: Mapping[str, int | None]) -> None:
        """Show what runs: cells done by name, None where nothing new is known."""
        # what runs no more is done
        self._done = {name: self._cells[name] for name in self._done} | {
            name: done or (self._done.get(name, 0)) for name, done in running.items()
        }
        self._bar.n = sum(self._done.values())
        self._bar.set_postfix_str(", ".join(f"{name} {self._done[name]}/{self._cells[name]}" for name in running))

    def say(self, line: str) -> None:
        """Write a line above the bar."""
        self._bar.write(line)
