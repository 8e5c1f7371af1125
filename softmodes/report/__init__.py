"""Publishing: run the notebooks, render them as pages that need no network, and the command line.

`notebooks` finds the notebooks and checks parameters, `execute` runs one with papermill, `render` makes a page of it,
`provenance` says what made it, `publish` puts the pages together as one folder, `commands` is the command line.
"""
