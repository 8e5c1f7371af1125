"""What a class works with: exercises, answers that are computed, and the word on what a student found; questions.

Exercises, hints and solutions are tagged cells of the notebooks; an answer is computed when it is asked for, from the
functions of the package, by another route than the solution in the notebook. Quizzes and predictions are read from
`data/teaching/`, and what comes out in them is computed as well.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
