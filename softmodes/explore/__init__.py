"""The sliders: live in JupyterLab, alive in a file without a network.

One Python class and one ES module per kind of explorer. The class holds the state as traits and computes the numbers;
the module draws in the page from a table that the class made, so that it never waits for a kernel. `explorer.js` has
what is around the plots, `plot.js` the plots, `tools.js` what a reader can keep: pins, links, pictures, numbers.

A state stands in the fragment of an address by the names of Python: ``page.html#StabilityExplorer.eta=0.1``, for the
second of a kind on the page ``#StabilityExplorer-2.eta=0.1``, for several joined by ``&``; in a notebook as in a page.
"""
