"""What an opener is: the words a request begins with."""

from dataclasses import dataclass
from typing import Literal

#: What follows the opener: a bare verb, an -ing form, a noun phrase, a passive subject, or the clause kept whole.
Form = Literal["verb", "gerund", "noun", "passive", "whole"]


@dataclass(frozen=True, slots=True)
class Opener:
    """``score`` is how often such a clause is work asked for; ``pattern`` ends where the title begins.

    ``example`` is a sentence in which the pattern is found.
    """

    pattern: str
    form: Form
    score: float
    example: str


#: Who is asked, what softens the verb, and who wishes.
YOU = (
    r"(?:you(?: guys| all| folks| both| lot| two)?|u|ya|y'all|(?:someone|somebody|anyone)(?: (?:from|on"
    r"|in|at) (?:your|the) (?:team|side|end|office))?|the team|(?:one|any) of you|ye|yous)"
)
ADV = (
    r"(?:(?:please|pls|plz|kindly|also|just|maybe|possibly|perhaps|quickly|then|either|still|at least"
    r"|really|again"
    r"|now|first|urgently|be able to|be so kind as to|be kind enough to|manage to|be happy to|be willing to"
    r"|go ahead and|do (?:me|us) a (?:quick |small |big |huge )?favou?r and|have a go at|potentially"
    r"|actually"
    r"|at some point|when you can|if possible|for us|for me|asap),? +)*"
)
IF = r"(?:if|whether)"
WE = r"(?:i|we)"
STILL = r"(?:(?:still|also|really|just|urgently|definitely|probably|do|only|then|now|both|all|'d|would) +)*"
