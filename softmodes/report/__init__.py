"""Publishing: run the notebooks, render them as pages that need no network, and the command line.

`reading` takes in notebooks as others write them, `notebooks` puts them in order and checks parameters, `execute` runs
one with papermill and `outputs` bounds what it writes, `packing` goes into its kernel, `markup` makes HTML of its texts
and `render` a page, `provenance` says what made it, `publish` makes all pages and `folder` puts them into their places.
The room `page` has what a reader sees of it: pictures, links, texts, folded code, the first page and the ledger's.
`lab` opens JupyterLab on copies and the room `doctor` looks whether all is there.
`commands` is the command line, `console` deals with its streams and signals, `lifeline` ends what a report has started.
"""
