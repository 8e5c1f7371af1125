"""`softmodes` and `python -m softmodes`: the command line, and one line where something that it needs is broken."""

import sys

from softmodes.report.doctor import tell
from softmodes.report.doctor.finding import in_words


def main() -> None:
    """Run the command line; the doctor also where nothing else can be imported."""
    try:
        from softmodes.report.commands import main as command_line
    except Exception as error:
        if sys.argv[1:2] == ["doctor"]:
            sys.exit(tell([word for word in sys.argv[2:] if word != "--json"], "--json" in sys.argv))
        sys.exit(f"Error: {in_words(error)}; softmodes doctor says what to do")
    command_line()


if __name__ == "__main__":
    main()
