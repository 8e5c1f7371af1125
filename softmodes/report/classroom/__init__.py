"""The classroom: copies of the notebooks for students and for the teacher, made from one source, and grading.

`lessons` reads what is taught when, `copies` takes notebooks apart into the two kinds of copies, `roster` gives every
student parameters, `tables` writes names so that no spreadsheet executes them, `sheets` makes pages that are printed.
`make` writes it all into a folder, and `place` keeps that apart from what others put there. `returned` takes in what
students hand back, `handover` passes values out of the process in which their code runs, `grading` judges them and
`grades` sums up. `command` is the command line.
"""
