"""Requests that point at what was said before, and what they can point at."""

import re

PRONOUN = (
    r"(?:both|them all|them both|it|this|that|these|those|them|this one|that one|these ones"
    r"|the same|him|her|(?:all|both) of (?:this|these|them|it))"
)

TAIL = (
    r"(?: (?:up|out|off|over|back|in|down|through|again|for (?:us|me)|to (?:us|me)|all|sorted|done|fixed|resolved"
    r"|removed|changed|updated|corrected|looked at|finished|completed|ready|live|working|as well|too"
    r"|properly|first|in your (?:records|system|files)|on your (?:side|end|system)|accordingly|everywhere"
    r"|across the (?:site|board)"
    r"|on the (?:site|website|page)))*"
)

BARE = re.compile(
    r"(?:take a (?:quick )?look|have a (?:quick )?look|look into|fix|resubmit|resend|re-send|check|advise"
    r"|sort|amend|correct|update|confirm|replace|remove"
    r"|investigate|rectify|action"
    r"|assist|review|revise|adjust|change|redo)$|"
    rf"(?:(?:go|revert|switch|change|move) (?:back )?to|(?:go|go ahead|proceed|run|stick) with) {PRONOUN}$"
    rf"|help(?: (?:me|us))?(?: out)?(?: (?:with|on) {PRONOUN})?$|(?:have a (?:quick )?look (?:at|into)"
    rf"|take a (?:quick )?look (?:at|into)|look (?:at|into)|deal with|take care of"
    rf"|see to|sort out|get rid of|get|have|[\w-]+(?: (?:up|out|off|over|back"
    rf"|down))?) {PRONOUN}{TAIL}(?: (?:before|by the time|so|when|until|or|as soon as|in time)\b.*)?$",
    re.IGNORECASE,
)

REASON = re.compile(r" (?:so|before|by the time|when|until|as soon as)\b", re.IGNORECASE)

MEND = re.compile(
    r"(?:fix|sort|solve|help|resubmit|assist|amend|advise|resolve|repair|address|correct|mend|check"
    r"|investigate|look|have a|take (?:care|a)"
    r"|deal|see to|do|get|have"
    r"|rectify|handle|escalate|debug|finish|complete|make)\b",
    re.IGNORECASE,
)

ACTS = re.compile(
    r"(?!(?:send|let|tell|e-?mail|share|forward|call|give|show|add|also)\b)[\w-]+(?: (?:up|out|off|over|back|down))? "
    r"(?:it|this|that|them|these|those)\b(?! (?:\w+ ){0,3}(?:page|version|file|image|section)s?\b)",
    re.IGNORECASE,
)

NEEDS_MENDING = re.compile(
    r"(?:it|this|that|they|these|those)\b.{0,40}\b(?:needs?|must|has to|have to"
    r"|should) (?:to )?(?:be )?(?:fix|sort|resolv|mend|correct|address|chang|look)\w*",
    re.IGNORECASE,
)

DELIVER = re.compile(
    r"(?:send|get|have|finish|complete|do|deliver|share|e-?mail|return|submit|turn|wrap|see|receive) ", re.IGNORECASE
)

DO_THAT = re.compile(
    r"(?:(?:can|could|would|will|might) (?:you|u|we|someone|somebody)|please|pls|(?:is|would) (?:that|this|it) (?:be )?"
    r"(?:something (?:that )?)?you(?: can| could|'d be able to)|any chance you (?:could|can)"
    r"|would you (?:mind|be able to))(?: please| kindly| possibly| quickly| be able to)* "
    r"(?:do|doing|handle|manage|make|arrange|sort|take care of|deal with) (?:that|this|it|so|these|those|them)"
    r"(?: (?:please|for (?:me|us)|too|as well|at all))*[ ?.!]*$",
    re.IGNORECASE,
)

NOT_NAMING = re.compile(
    r"(?:if|when|once|as soon as|after|before|unless|while|until|because|please (?!find|see|note)|hope"
    r"|let me know|see|here you go)\b",
    re.IGNORECASE,
)

URGENT = re.compile(
    r"(?:this|that|it)(?:'s| is)(?: (?:really|very|quite|super|so|now|getting|becoming|rather))* "
    r"(?:urgent|important|critical|a priority|time[- ]sensitive|pressing|high priority)\b",
    re.IGNORECASE,
)

# "It needs to open on tap": says more of the thing before it, unless it adds to it ("it also needs ...").
PRONOUN_FIRST = re.compile(
    r"(?:it|this|that|they|these|those)(?:'s|'re)? (?!(?:also|would|'d|might|could)\b"
    r"|(?:\w+ ){0,3}also\b)",
    re.IGNORECASE,
)

OF_IT = re.compile(r"\b(?:about|of|with|by|for) (?:it|this|that|them)\b", re.IGNORECASE)

ASIDE = re.compile(
    r"(?:(?:i|we) (?:think|guess|suspect|assume|reckon|believe)|it(?:'s| is| was)|this(?: is|'s| was)"
    r"|that(?:'s| is)|maybe|perhaps|probably"
    r"|possibly|not sure|no idea)\b",
    re.IGNORECASE,
)

HERE_IS = re.compile(
    r"(?:please |pls |kindly )?(?:(?:find|see)(?: attached| enclosed| below)?|note that) ", re.IGNORECASE
)

OWN_CLAUSE = re.compile(r".{3,60}? (?:and|so|but) (?=(?:we|i)\b)", re.IGNORECASE)

NEGATIVE = re.compile(r"(?:no|nothing|none|not)\b(?!,)", re.IGNORECASE)

WORD = re.compile(r"\w+")
