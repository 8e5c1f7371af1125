from .answer import Answer as Answer, Mistake as Mistake
from .answers import ANSWERS as ANSWERS
from .exercise import Exercise as Exercise, exercises as exercises
from .judge import Verdict as Verdict, check as check
from .prompts import Prompts as Prompts
from .questions import predict as predict, quiz as quiz
