"""How requests begin in English, from "Could you" to "We still need", and what each opener leaves for a title."""

import re
from dataclasses import dataclass
from functools import cache

from .followups import FOLLOW_UPS
from .opener import Form, Opener

_YOU = (
    r"(?:you(?: guys| all| folks| both| lot| two)?|u|ya|y'all|(?:someone|somebody|anyone)(?: (?:from|on"
    r"|in|at) (?:your|the) (?:team|side|end|office))?|the team|(?:one|any) of you|ye|yous)"
)
_ADV = (
    r"(?:(?:please|pls|plz|kindly|also|just|maybe|possibly|perhaps|quickly|then|either|still|at least"
    r"|really|again"
    r"|now|first|urgently|be able to|be so kind as to|be kind enough to|manage to|be happy to|be willing to"
    r"|go ahead and|do (?:me|us) a (?:quick |small |big |huge )?favou?r and|have a go at|potentially"
    r"|actually"
    r"|at some point|when you can|if possible|for us|for me|asap),? +)*"
)
_IF = r"(?:if|whether)"
_WE = r"(?:i|we)"
_STILL = r"(?:(?:still|also|really|just|urgently|definitely|probably|do|only|then|now|both|all|'d|would) +)*"
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
    # Would you mind sending · mind sending
    Opener(rf"(?:would|do|will) {_YOU} mind (?:please |also |just |maybe )*(?=\w+ing\b)", "gerund", 0.92),
    Opener(r"mind (?=\w+ing\b)", "gerund", 0.8),
    # Could you send · would you be able to · will someone
    Opener(rf"(?:could|can|would|will|cld|wld|couldn't|can't|won't) {_YOU} +{_ADV}", "verb", 0.92),
    Opener(rf"(?:are|r) {_YOU} able to {_ADV}", "verb", 0.86),
    Opener(
        rf"(?:do|would) {_YOU} (?:think|reckon|suppose) {_YOU} (?:could|can|might"
        rf"|would)(?: be able to)? +{_ADV}",
        "verb",
        0.86,
    ),
    Opener(
        rf"(?:do {_YOU} )?have (?:the )?(?:time|capacity|a (?:moment|minute|sec|second"
        rf"|chance)) to {_ADV}",
        "verb",
        0.72,
    ),
    Opener(
        rf"(?:is there )?any (?:chance|way|possibility|hope)(?: that| at all)? (?:{_YOU}|we|i)(?: could"
        rf"| can| might| would|'d)?(?: be able to)? +{_ADV}",
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
        rf"|feasible|doable|ok|okay|alright|easy)(?: for {_YOU})?|would it be too much(?: trouble)?"
        rf"|possible|is there time) (?:to|if (?:{_YOU}|we) (?:could |can )?) ?{_ADV}",
        "verb",
        0.8,
    ),
    Opener(
        rf"(?:i (?:was|am)|i'm|just|we were|we're)? ?wonder(?:ed|ing)? (?:{_IF} )(?:{_YOU}|we"
        rf"|i)(?: could| can| might| would|'d)(?: be able to| please)? +{_ADV}",
        "verb",
        0.86,
    ),
    Opener(
        rf"(?:is there|{_IF} there(?:'s| is| was)) (?:a|any) (?:way|chance"
        rf"|possibility) (?:that )?(?:{_YOU}|we|i) (?:could|can|might) {_ADV}",
        "verb",
        0.82,
    ),
    Opener(
        rf"(?:i|we)(?: would|'d) (?:really |very much |greatly |so |also )*(?:appreciate|be (?:very |so "
        rf"|most |really |extremely )?(?:grateful|thankful|obliged)|love"
        rf"|like)(?: it)?,? (?:very much )?if (?:{_YOU}|we)(?: could| can| would|'d)?(?: please)? +{_ADV}",
        "verb",
        0.9,
    ),
    Opener(
        rf"(?:appreciate it|grateful|much appreciated|appreciated|hoping|hope|hopeful"
        rf"|trust)(?: that)?(?: if)? {_YOU}(?: could| can| would|'d| will|'ll) +{_ADV}",
        "verb",
        0.84,
    ),
    Opener(
        rf"(?:it|that)?(?:'d| would|'s| is|ll)? ?(?:also |really "
        rf"|just )?be {_MUCH}{_NICE},? {_IF} (?:{_YOU}|we)(?: could| can|'d be able to| were able to"
        rf"|'d)? *{_ADV}",
        "verb",
        0.88,
    ),
    Opener(rf"(?:it|that)?(?:'d| would|'s| is|ll)? ?(?:also |really |just )?be {_MUCH}{_NICE} to {_ADV}", "verb", 0.74),
    Opener(rf"(?:it|that)(?:'d| would) (?:also )?be {_MUCH}{_NICE} {_IF} (?={_THING}\b)", "whole", 0.72),
    Opener(
        rf"if {_YOU}(?: could| can| would|'d| wouldn't mind| get a (?:chance|minute|moment) to"
        rf"| don't mind| have (?:time|a chance|a moment) to) +{_ADV}",
        "verb",
        0.78,
    ),
    Opener(
        rf"(?:can|could|may|might) (?:i|we) (?:please )?(?:ask|trouble|bother|get|have|request|persuade"
        rf"|beg|bug) {_YOU} (?:to )?{_ADV}",
        "verb",
        0.92,
    ),
    Opener(
        rf"(?:i|we)(?:'d| would|'ll| will|'m going to| am going to)? ?{_STILL}(?:need|like|want|love"
        rf"|prefer|require|expect|ask|request)(?:ed|ing)? (?:for )?{_YOU} to {_ADV}",
        "verb",
        0.92,
    ),
    Opener(
        rf"{_YOU}(?:'ll| will)? (?:also |still |just |probably |really )*(?:need to|have to|gotta"
        rf"|ought to|must|should) (?:also |please |probably |just )*",
        "verb",
        0.72,
    ),
    Opener(r"you(?:'ll| will) (?:also |then )?", "verb", 0.74),
    Opener(rf"(?:would )?(?:i |we )?(?:would |'d )?(?:need|want|wish|require) that {_YOU} +{_ADV}", "verb", 0.84),
    Opener(rf"(?:is|would|will) it (?:be )?(?:possible|ok|okay|feasible) that (?:{_YOU}|we) {_ADV}", "verb", 0.84),
    Opener(
        rf"(?<![\w'] )(?:would |will |still |just |also |really )*(?:need|want|like|love) {_YOU} to {_ADV}",
        "verb",
        0.84,
    ),
    Opener(
        rf"{_WE}(?:'d| would) (?:much |really |actually )*(?:(?:rather|sooner)(?: it| that)?(?: if)?"
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
    # Would a PDF be possible? · Is it too late to add a name? · Weren't you going to send the licence?
    Opener(
        r"(?:is|are|would|could) (?=(?:an?|the|another|some|our|my"
        r"|your) (?:[\w'/.-]+ ){1,8}?(?:be )?(?:possible|an option|doable|feasible)[ ?]*$)",
        "noun",
        0.74,
    ),
    Opener(
        r"(?=(?:is|would|could) (?:[\w'-]+ ){1,5}?(?:be )?(?:a )?(?:realistic|doable|achievable"
        r"|feasible)\b[^?]*\?)",
        "whole",
        0.62,
    ),
    Opener(r"(?:is it|it's not|hopefully it's not|i hope it's not|hope it isn't|it isn't) too late to ", "verb", 0.78),
    Opener(r"(?:weren't|were|aren't) you (?:not )?(?:still )?(?:going|supposed|meant|planning) to ", "verb", 0.62),
    Opener(r"(?<![\w'] )you (?:can|could) (?:also |please )*(?=[a-z][^.!?]*\?)", "verb", 0.72),
    Opener(
        r"do you (?:still |also )*(?:happen to have (?!time|capacity)(?=\w)|have (?=(?:a copy of"
        r"|an? (?:[\w-]+ )?(?:version|copy|file|list"
        r"|template|pdf|export|backup))\b))",
        "noun",
        0.64,
    ),
    Opener(
        r"it(?:'s| is| would be|'d be| will be) (?:also |really )?(?:necessary|required|needed|essential"
        r"|preferable|important) "
        rf"(?:to |that {_YOU} )(?!(?:note|say|know|remember|be)\b)",
        "verb",
        0.74,
    ),
    Opener(
        r"(?:i|we)(?:'d| would) (?:just |also |probably |maybe |definitely )*(?=(?:take out|remove|cut"
        r"|change|drop|swap|shorten|move"
        r"|lose|delete|replace|reduce|trim|tone down|make the|make it|put the|put it|split|rename|reword"
        r"|crop|brighten)\b)",
        "verb",
        0.66,
    ),
    Opener(
        r"(?:so |please )?feel free to (?=(?:publish|send (?:it |this |them )?(?:to|off)|print|launch|deploy"
        r"|go live|release|invoice|proceed"
        r"|push (?:it|this|live)))",
        "verb",
        0.68,
    ),
    Opener(
        r"(?<![\w'] )(?:still |also )*could (?:really )?do with (?!a (?:break|holiday|drink|coffee)\b)", "noun", 0.72
    ),
    Opener(r"(?<![\w'] )would (?:really |also )*(?:love|like) to ", "verb", 0.66),
    Opener(
        r"(?:there's |there is |i see |we see )?(?:still )?no (?=(?:sign of|word on|word about|news on"
        r"|sight of|update on|reply on|trace of) )",
        "whole",
        0.72,
    ),
    # We need it trimmed to 60 seconds · I'd like the logo bigger
    Opener(
        rf"(?={_WE}(?:'d| would|'ll)? {_STILL}(?:need|want|like|love|prefer)(?: to (?:have|get|see))? (?:it|this|that"
        r"|these|those|them|(?:the|our|my|your) (?:[\w'-]+ ){1,4}?)(?: all| both)? ?"
        r"(?:to be (?!honest|sure|clear|fair)\w|(?!(?:done|finished|completed?|sorted|fixed|delivered|needed"
        r"|used|ordered"
        r"|called|based|dated|published|approved|printed|signed|launched|shipped|red|"
        r"set up)\b)(?:re)?\w{3,}(?:ed|own|ut)\b"
        r"|(?:more|less) \w|(?!(?:over|after|under|ever|never|however|together|rather|other|another|later|sooner|number"
        r"|folder|header|footer|banner|user|paper|poster|flyer|letter|newsletter|offer|order|server|slider|cover"
        r"|trailer|register|summer|winter|october|november|december|september|per)\b)\w{3,}er\b))",
        "whole",
        0.74,
    ),
    Opener(r"(?:you|we) (?:might|may) (?:also )?(?:want|need|like) to ", "verb", 0.6),
    Opener(rf"(?:can|could|should|shall) we {_ADV}", "verb", 0.76),
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
    Opener(rf"{_WE}(?:'d| would) (?:really |very much |greatly )*appreciate (?=\w+ing\b)", "gerund", 0.8),
    Opener(rf"{_WE}(?:'d| would) (?:really |very much |greatly )*appreciate (?=(?:a|an|the|some)\b)", "noun", 0.74),
    Opener(rf"{_WE}(?:'d| would) (?:also )?(?:suggest|recommend|propose) (?=\w+ing\b)", "gerund", 0.62),
    Opener(
        r"(?:my|our|one|the only|only) (?:suggestion|thought|request|ask|recommendation"
        r"|comment)s? (?:would be|is|are) to ",
        "verb",
        0.64,
    ),
    # We need to · I'd like to · we need NP
    Opener(
        rf"we(?:'ll| will|'ve| have|'d| would)? ?{_STILL}(?:need|want|have|got|wish|love|like"
        rf"|prefer) to {_ADV}",
        "verb",
        0.74,
    ),
    Opener(
        rf"i(?:'d| would|'ll|'ve| have)? ?{_STILL}(?:need|want|have|got|wish|love|like|prefer) to {_ADV}", "verb", 0.62
    ),
    Opener(
        rf"{_WE}(?:'re| are|'m| am|'ll| will| would|'d)? ?{_STILL}(?:need|needs|missing|lacking"
        rf"|looking for|after|waiting (?:for|on)|awaiting|short of) {_NOT_NOUN}",
        "noun",
        0.76,
    ),
    Opener(
        rf"{_WE} ?(?:(?:'d| would|'ll)? ?{_STILL}(?:want|require|could do with)|(?:'d"
        rf"| would) ?{_STILL}(?:like|love|prefer)) {_NOT_NOUN}(?=(?:a|an|the|some|more|another|all|one|two"
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
        rf"(?:have|did|were|had) {_YOU}(?: had)?(?: already| ever| yet)? (?:(?:get|had|have|got)? ?(?:a"
        rf"|the) (?:chance|time|opportunity|moment) to|manage to|remember to|able to|get around to"
        rf"|get round to) {_ADV}",
        "verb",
        0.6,
    ),
    Opener(rf"(?:by )?when (?:can|could|will|would|do {_YOU} think) {_YOU} (?:can |could |be able to )*", "verb", 0.55),
    Opener(
        r"(?<![\w'] )(?:still |also |just |urgently |really |will )*need(?:ed|ing)?:? (?!to\b|it\b"
        r"|this\b|these\b|that\b|them\b|you\b|any\b|anything\b|help\?)",
        "noun",
        0.74,
    ),
    Opener(r"(?<![\w'] )(?:still |also |just |urgently |really |will )*need to (?:also )?", "verb", 0.72),
    Opener(r"ideally,? (?:we|i)(?:'d| would) (?:like to |want to |also )*", "verb", 0.74),
    Opener(rf"{_WE}(?:'d| would|'m|'re| are| am)(?: be)? (?:also |really |very )*interested in (?!you)", "noun", 0.6),
    # Don't forget to · make sure · please
    Opener(
        r"(?:please |pls |and |also )*(?:don't|do not|dont|never) (?:you )?forget (?:to "
        r"|about )?(?:also )?",
        "verb",
        0.88,
    ),
    Opener(r"(?:please |pls |also |and )*(?:remember|be sure|see if you can|try) (?:to|and) ", "verb", 0.82),
    Opener(r"(?:please|pls|plz|kindly),? +(?:can|could|would|will) you +", "verb", 0.92),
    Opener(rf"(?:please|pls|plz|kindly),? +{_ADV}", "verb", 0.9),
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
    """All openers as one pattern; compiled on first use, as it is a fifth of the engine's start-up."""
    return re.compile(r"\b(?:" + "|".join(f"(?P<o{i}>{o.pattern})" for i, o in enumerate(OPENERS)) + ")", re.IGNORECASE)


def find_openers(text: str, start: int, end: int) -> list[Opened]:
    """The openers in ``text[start:end]``, left to right, without overlaps."""
    found = []
    for match in _combined().finditer(text, start, end):
        if not _is_subordinate(text, start, match.start()):
            opener = OPENERS[int(str(match.lastgroup)[1:])]
            found.append(Opened(match.start(), match.end(), opener.form, opener.score))
    return found


def _is_subordinate(text: str, start: int, at: int) -> bool:
    """Whether the opener at ``at`` belongs to a question or to a noun: "what would you", "the invoice I need"."""
    before = _WORD_BEFORE.search(text, max(start, at - 16), at)
    if before is None:
        return False
    if before[1].lower() in GUARDS:
        return True
    own = _OWN_SUBJECT.match(text, at) is not None and before[1].lower() not in _JOINS
    return own and not _ADVERBIAL.match(text, start)


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
