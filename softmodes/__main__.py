"""`python -m softmodes`, the command line."""

from softmodes.report.commands import main

main()
