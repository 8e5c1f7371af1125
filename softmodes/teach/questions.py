"""What a notebook calls: a quiz at the end of a section, predictions before an explorer."""

from softmodes.arguments import member, whole
from softmodes.teach.contents import entries, questions
from softmodes.teach.prompts import Prompts

_COUNT = 5


def quiz(section: int) -> Prompts:
    """Five questions on a section of the paper; each option says what it shows once it has been tried.

    Parameters
    ----------
    section : int
        1 to 5.

    Returns
    -------
    Prompts
        Shown by a notebook as a quiz, in a page also without a kernel; its text is without the answers.

    Raises
    ------
    ValueError
        If there is no such section, or `data/teaching/quiz.toml` is not whole.
    """
    every = {int(name): name for name in entries("quiz.toml") if name.isdecimal()}
    name = every[member("section", whole("section", section), every)]
    found = questions("quiz.toml", name)
    if len(found) != _COUNT:
        raise ValueError(f"quiz.toml, {name}: must have {_COUNT} questions, got {len(found)}")
    return Prompts(f"Quiz on section {name}", found)


def predict(prompt: str) -> Prompts:
    """Things to predict before a slider is moved; beside each prediction then stands what comes out.

    Parameters
    ----------
    prompt : str
        Which: "4.a" is of the first explorer of notebook 4.

    Returns
    -------
    Prompts
        Shown by a notebook, in a page also without a kernel. What a reader predicts stays in the page: it is neither
        sent nor stored.

    Raises
    ------
    ValueError
        If there is no such prompt, or `data/teaching/predictions.toml` is not whole.
    """
    found = questions("predictions.toml", member("prompt", prompt, entries("predictions.toml")))
    return Prompts(f"Predictions {prompt}", found)
