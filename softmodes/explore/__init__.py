"""The sliders: live in JupyterLab, alive in a file without a network.

One Python class and one ES module per kind of explorer. The class holds the state as traits and computes the numbers;
the module draws in the page from a table that the class made, so that it never waits for a kernel.
"""
