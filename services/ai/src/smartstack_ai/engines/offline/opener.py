"""What an opener is: the words a request begins with."""

from dataclasses import dataclass
from typing import Literal

#: What follows the opener: a bare verb, an -ing form, a noun phrase, a passive subject, or the clause kept whole.
Form = Literal["verb", "gerund", "noun", "passive", "whole"]


@dataclass(frozen=True, slots=True)
class Opener:
    """``score`` is how often such a clause is work asked for; ``pattern`` ends where the title begins."""

    pattern: str
    form: Form
    score: float
