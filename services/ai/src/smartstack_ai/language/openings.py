"""How requests begin in English, from "Could you" to "We still need", and what each opener leaves for a title."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from smartstack_ai.lexicon.opener import ADV, IF, STILL, WE, YOU, Form, Opener
from smartstack_ai.lexicon.request_followups import FOLLOW_UPS
from smartstack_ai.lexicon.request_hints import HINTS

_NICE = (
    r"(?:great|good|lovely|nice|super|helpful|ideal|amazing|fab|fabulous|perfect|wonderful|brilliant"
    r"|awesome|useful"
    r"|appreciated|fantastic|cool|best|excellent|handy|better|worth|ace|a (?:big|huge|great) help)"
)
_MUCH = r"(?:really |so |very |much |greatly |super |even |pretty )*"
_NOT_NOUN = (
    r"(?!(?:you|to|that|it|this|them|these|those|him|her|some more time|more time|a (?:moment"
    r"|minute|break))\b)"
)
_THING = r"(?:the|our|this|that|these|those|it|my|all|every|each|your|both|any|them)"

OPENERS: tuple[Opener, ...] = (
    *FOLLOW_UPS,
    *HINTS,
    # Would you mind sending · mind sending
    Opener(rf"(?:would|do|will) {YOU} mind (?:please |also |just |maybe )*(?=\w+ing\b)", "gerund", 0.92),
    Opener(r"mind (?=\w+ing\b)", "gerund", 0.8),
    # Could you send · would you be able to · will someone
    Opener(rf"(?:could|can|would|will|cld|wld|couldn't|can't|won't) {YOU} +{ADV}", "verb", 0.92),
    Opener(rf"(?:are|r) {YOU} able to {ADV}", "verb", 0.86),
    Opener(
        rf"(?:do|would) {YOU} (?:think|reckon|suppose) {YOU} (?:could|can|might"
        rf"|would)(?: be able to)? +{ADV}",
        "verb",
        0.86,
    ),
    Opener(
        rf"(?:do {YOU} )?have (?:the |any )?(?:time|capacity|a (?:moment|minute|sec|second"
        rf"|chance))(?: (?:today|tomorrow|tonight|(?:this|next) (?:week|month|morning|afternoon)|on \w+"
        rf"|before \w+))? to {ADV}",
        "verb",
        0.72,
    ),
    Opener(
        rf"(?:is there )?any (?:chance|way|possibility|hope)(?: that| at all)? (?:{YOU}|we|i)(?: could"
        rf"| can| might| would|'d)?(?: be able to)? +{ADV}",
        "verb",
        0.86,
    ),
    Opener(
        r"(?:is there )?any (?:chance|possibility|way|hope) of (?:(?:you"
        r"|us) )?(?:also )?(?=(?:\w+ly )?\w+ing\b)",
        "gerund",
        0.82,
    ),
    Opener(r"(?:is there )?any (?:chance|possibility) of (?:(?:a|an|some|the) )?", "noun", 0.75),
    Opener(
        rf"(?:is there (?:a|any) way|how feasible is it|(?:is|would|will) it (?:be )?(?:possible"
        rf"|feasible|doable|ok|okay|alright|easy)(?: for {YOU})?|would it be too much(?: trouble)?"
        rf"|possible|is there time) (?:to|if (?:{YOU}|we) (?:could |can )?) ?{ADV}",
        "verb",
        0.8,
    ),
    Opener(
        rf"(?:i (?:was|am)|i'm|just|we were|we're)? ?wonder(?:ed|ing)? (?:{IF} )(?:{YOU}|we"
        rf"|i)(?: could| can| might| would|'d)(?: be able to| please)? +{ADV}",
        "verb",
        0.86,
    ),
    Opener(
        rf"(?:is there|{IF} there(?:'s| is| was)) (?:a|any) (?:way|chance"
        rf"|possibility) (?:that )?(?:{YOU}|we|i) (?:could|can|might) {ADV}",
        "verb",
        0.82,
    ),
    Opener(
        rf"(?:i|we)(?: would|'d) (?:really |very much |greatly |so |also )*(?:appreciate|be (?:very |so "
        rf"|most |really |extremely )?(?:grateful|thankful|obliged)|love"
        rf"|like)(?: it)?,? (?:very much )?if (?:{YOU}|we)(?: could| can| would|'d)?(?: please)? +{ADV}",
        "verb",
        0.9,
    ),
    Opener(
        rf"(?:appreciate it|grateful|much appreciated|appreciated|hoping|hope|hopeful"
        rf"|trust)(?: that)?(?: if)? {YOU}(?: could| can| would|'d| will|'ll) +{ADV}",
        "verb",
        0.84,
    ),
    Opener(
        rf"(?:it|that)?(?:'d| would|'s| is|ll)? ?(?:also |really "
        rf"|just )?be {_MUCH}{_NICE},? {IF} (?:{YOU}|we)(?: could| can|'d be able to| were able to"
        rf"|'d)? *{ADV}",
        "verb",
        0.88,
    ),
    Opener(rf"(?:it|that)?(?:'d| would|'s| is|ll)? ?(?:also |really |just )?be {_MUCH}{_NICE} to {ADV}", "verb", 0.74),
    Opener(rf"(?:it|that)(?:'d| would) (?:also )?be {_MUCH}{_NICE} {IF} (?={_THING}\b)", "whole", 0.72),
    Opener(
        rf"if {YOU}(?: could| can| would|'d| wouldn't mind| get a (?:chance|minute|moment) to"
        rf"| don't mind| have (?:time|a chance|a moment) to) +{ADV}",
        "verb",
        0.78,
    ),
    Opener(
        rf"(?:can|could|may|might) (?:i|we) (?:please )?(?:ask|trouble|bother|get|have|request|persuade"
        rf"|beg|bug) {YOU} (?:to )?{ADV}",
        "verb",
        0.92,
    ),
    Opener(
        rf"(?:i|we)(?:'d| would|'ll| will|'m going to| am going to)? ?{STILL}(?:need|like|want|love"
        rf"|prefer|require|expect|ask|request)(?:ed|ing)? (?:for )?{YOU} to {ADV}",
        "verb",
        0.92,
    ),
    Opener(
        rf"{YOU}(?:'ll| will)? (?:also |still |just |probably |really )*(?:need to|have to|gotta"
        rf"|ought to|must|should) (?:also |please |probably |just )*(?!(?:have|see|receive|get|find|notice"
        rf"|hear|love|know|be"
        r"|recognise|already|now|never|always|need|note)\b)",
        "verb",
        0.72,
    ),
    Opener(
        r"you(?:'ll| will) (?:also |then )?(?!(?:have|see|receive|get|find|notice|hear|love|know|be|already"
        r"|need|recall|never"
        r"|always|remember)\b)",
        "verb",
        0.74,
    ),
    Opener(rf"(?:would )?(?:i |we )?(?:would |'d )?(?:need|want|wish|require) that {YOU} +{ADV}", "verb", 0.84),
    Opener(rf"(?:is|would|will) it (?:be )?(?:possible|ok|okay|feasible) that (?:{YOU}|we) {ADV}", "verb", 0.84),
    Opener(
        rf"(?<![\w'] )(?:would |will |still |just |also |really )*(?:need|want|like|love) {YOU} to {ADV}",
        "verb",
        0.84,
    ),
    Opener(
        rf"{WE}(?:'d| would) (?:much |really |actually )*(?:(?:rather|sooner)(?: it| that)?(?: if)?"
        rf"|prefer (?:it if|that|if)) "
        r"(?=(?:we|you|it|they|the|that|this|our|these|those)\b)",
        "whole",
        0.74,
    ),
    Opener(
        r"(?<![\w'] )would (?:really |much |also )*(?:prefer|like|love|appreciate) (?=(?:a|an|the|some|more"
        r"|less|\w+er) )",
        "noun",
        0.72,
    ),
    Opener(
        r"(?:maybe|perhaps|possibly) (?:just )?(?=[a-z]+ (?:it|this|that|them|these|those|the|our|a|an)\b[^?]*\?)",
        "verb",
        0.72,
    ),
    Opener(r"(?:you|we) (?:might|may) (?:also )?(?:want|need|like) to ", "verb", 0.6),
    Opener(rf"(?:can|could|should|shall) we {ADV}", "verb", 0.76),
    Opener(
        r"(?:can|could|may) i (?:please |also |just |possibly )*(?=(?:get|have|see|request|order|book"
        r"|borrow|grab)\b)",
        "verb",
        0.76,
    ),
    Opener(
        rf"will (?={_THING} (?:[\w' -]{{2,60}}? )?be (?:ready|done|finished|live|delivered|completed?|sent|online|fixed"
        rf"|back up|with (?:us|me))\b)",
        "passive",
        0.72,
    ),
    Opener(
        rf"(?:can|could|should|would|must|may) (?={_THING} (?:[\w' -]{{2,60}}? )?be (?!that\b|the case"
        rf"|because|possible|why)\w)",
        "passive",
        0.76,
    ),
    Opener(
        rf"(?:(?:i|we)(?:'d| would)|would) (?:really )?(?:love|like|appreciate|prefer) it if (?={_THING}\b)",
        "whole",
        0.72,
    ),
    Opener(rf"{WE}(?:'d| would) (?:really |very much |greatly )*appreciate (?=\w+ing\b)", "gerund", 0.8),
    Opener(rf"{WE}(?:'d| would) (?:really |very much |greatly )*appreciate (?=(?:a|an|the|some)\b)", "noun", 0.74),
    Opener(rf"{WE}(?:'d| would) (?:also )?(?:suggest|recommend|propose) (?=\w+ing\b)", "gerund", 0.62),
    Opener(
        r"(?:my|our|one|the only|only) (?:suggestion|thought|request|ask|recommendation"
        r"|comment)s? (?:would be|is|are) to ",
        "verb",
        0.64,
    ),
    # We need to · I'd like to · we need NP
    Opener(
        rf"we(?:'ll| will|'ve| have|'d| would)? ?{STILL}(?:need|want|have|got|wish|love|like"
        rf"|prefer) to {ADV}",
        "verb",
        0.74,
    ),
    Opener(
        rf"i(?:'d| would|'ll|'ve| have)? ?{STILL}(?:need|want|have|got|wish|love|like|prefer) to {ADV}", "verb", 0.62
    ),
    Opener(
        rf"{WE}(?:'re| are|'m| am|'ll| will| would|'d)? ?{STILL}(?:need|needs|missing|lacking"
        rf"|looking for|after|waiting(?: for| on|(?= your\b))|awaiting|short of) {_NOT_NOUN}",
        "noun",
        0.76,
    ),
    Opener(
        rf"{WE} ?(?:(?:'d| would|'ll)? ?{STILL}(?:want|require|could do with)|(?:'d"
        rf"| would) ?{STILL}(?:like|love|prefer)) {_NOT_NOUN}(?=(?:a|an|the|some|more|another|all|one|two"
        rf"|three|four|\d+|new|your|our|my|its|updated|bigger|smaller|\w+er|\w+ \w+) ?)",
        "noun",
        0.72,
    ),
    Opener(
        r"(?:any|got an?|is there an?) (?=(?:update|news|progress|eta|word|movement)s? (?:on|about"
        r"|regarding|from|re)\b)",
        "noun",
        0.58,
    ),
    Opener(
        rf"(?:have|did|were|had) {YOU}(?: had)?(?: already| ever| yet)? (?:(?:get|had|have|got)? ?(?:a"
        rf"|the) (?:chance|time|opportunity|moment) to|manage to|remember to|able to|get around to"
        rf"|get round to) {ADV}",
        "verb",
        0.6,
    ),
    Opener(rf"(?:by )?when (?:can|could|will|would|do {YOU} think) {YOU} (?:can |could |be able to )*", "verb", 0.55),
    Opener(
        r"(?<![\w'] )(?:still |also |just |urgently |really |will )*need(?:ed|ing)?:? (?!to\b|it\b"
        r"|this\b|these\b|that\b|them\b|you\b|any\b|anything\b|help\?)",
        "noun",
        0.74,
    ),
    Opener(r"(?<![\w'] )(?:still |also |just |urgently |really |will )*need to (?:also )?", "verb", 0.72),
    Opener(r"ideally,? (?:we|i)(?:'d| would) (?:like to |want to |also )*", "verb", 0.74),
    Opener(rf"{WE}(?:'d| would|'m|'re| are| am)(?: be)? (?:also |really |very )*interested in (?!you)", "noun", 0.6),
    # Don't forget to · make sure · please
    Opener(
        r"(?:please |pls |and |also )*(?:don't|do not|dont|never) (?:you )?forget (?:to "
        r"|about )?(?:also )?",
        "verb",
        0.88,
    ),
    Opener(r"(?:please |pls |also |and )*(?:remember|be sure|see if you can|try) (?:to|and) ", "verb", 0.82),
    Opener(r"(?:please|pls|plz|kindly),? +(?:can|could|would|will) you +", "verb", 0.92),
    Opener(rf"(?:please|pls|plz|kindly),? +{ADV}", "verb", 0.9),
    Opener(r"why (?:don't|not|dont) (?:you |we )?", "verb", 0.58),
    Opener(r"(?:how|what) about (?=\w+ing\b)", "gerund", 0.6),
    Opener(r"(?:maybe|perhaps) (?:you|we) (?:could|should|can) (?:also |just )?", "verb", 0.64),
    Opener(
        r"(?:i think |i guess |i feel |i feel like |i reckon |maybe )?we (?:should|must"
        r"|ought to) (?:also |probably |really |just )?",
        "verb",
        0.64,
    ),
    Opener(r"let's (?:also |just |maybe |then |please |try to )?", "verb", 0.6),
    Opener(
        r"(?:(?:next|first) steps?|to-?do|action(?: item| point)?s?|task|request|ask|change|fix"
        r"|must-have) ?[:–-] ?",
        "noun",
        0.8,
    ),
)

#: Words before an opener that turn it into a question or a clause of something else ("what would you", "if we need").
GUARDS = frozenset(
    [
        "what",
        "how",
        "why",
        "who",
        "where",
        "which",
        "whom",
        "whose",
        "when",
        "whenever",
        "unless",
        "that",
        "as",
        "than",
        "do",
        "did",
        "does",
        "all",
        "because",
        "once",
        "while",
        "everything",
        "anything",
        "something",
        "whatever",
        "until",
        "don't",
        "didn't",
        "things",
        "one",
    ]
)
_MOST_SOFTENERS = "{0,5}"
_WORD_BEFORE = re.compile(r"([\w']+) *$")


@dataclass(frozen=True, slots=True)
class Opened:
    """An opener found at ``start``; the title begins at ``end``."""

    start: int
    end: int
    form: Form
    score: float


@cache
def _combined() -> re.Pattern[str]:
    """All openers as one pattern; compiled on first use, as it is a fifth of the engine's start-up.

    They are tried where a word begins, but for the small words that begin none of them.
    """
    every = "|".join(f"(?P<o{i}>{_bounded(o.pattern)})" for i, o in enumerate(OPENERS))
    gate = r"\b(?=[a-z])(?!(?:to|of|with|from|at|as|for|or|into|than|was|on|in|s|t)\b)"
    return re.compile(f"{gate}(?:{every})", re.IGNORECASE)


def _bounded(pattern: str) -> str:
    """Softening words are repeated a few times at most: "and and and ..." would else be tried from each of them."""
    return pattern.replace(")*", ")" + _MOST_SOFTENERS)


def find_openers(text: str, start: int, end: int) -> list[Opened]:
    """The openers in ``text[start:end]``, left to right, without overlaps."""
    return [
        Opened(opened.start + start, opened.end + start, opened.form, opened.score)
        for opened in _openers_in(text[start:end])
    ]


@lru_cache(maxsize=4)
def _openers_in(sentence: str) -> tuple[Opened, ...]:
    """The openers of one sentence; several stages ask for those of the same one."""
    found: list[Opened] = []
    for match in _combined().finditer(sentence):
        if _is_subordinate(sentence, match.start()):
            continue
        opener = OPENERS[int(str(match.lastgroup)[1:])]
        opened = Opened(match.start(), match.end(), opener.form, opener.score)
        if not found or found[-1].start < opened.start:
            found.append(opened)
        elif opened.form in {"noun", "passive"}:
            found[-1] = opened  # says more than one that only looked ahead
    return tuple(found)


def _is_subordinate(text: str, at: int) -> bool:
    """Whether the opener at ``at`` belongs to a question or to a noun: "what would you", "the invoice I need"."""
    before = _WORD_BEFORE.search(text, max(0, at - 16), at)
    if before is None:
        return False
    if before[1].lower() in GUARDS:
        return True
    own = _OWN_SUBJECT.match(text, at) is not None and before[1].lower() not in _JOINS
    return own and not _ADVERBIAL.match(text)


_OWN_SUBJECT = re.compile(r"(?:i|we)\b", re.IGNORECASE)
_JOINING = (
    "and but so also or then now plus because as think feel guess believe hope actually however today though since "
    "sorry hi hey please yes ok okay well again still sometimes eventually ideally"
)
_JOINS = frozenset(_JOINING.split())
_ADVERBIAL = re.compile(
    r"(?:(?:hi|hey|hello)\b.{0,20}, )?(?:by|for|next|in|on|before|after|this|at|to|once|when|if|from|with"
    r"|due|during|over|"
    r"ideally|currently|right|also|as|until|within|till|under|tomorrow|today|monday|tuesday|wednesday"
    r"|thursday|friday)\b",
    re.IGNORECASE,
)
