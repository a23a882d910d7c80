"""Promises in what we wrote: "I'll send it Friday", "You'll have it by noon"."""

import re
from collections.abc import Iterator
from itertools import islice

from smartstack_ai.language.requests import Ask, skip_lead, split_verbs
from smartstack_ai.lexicon.opener import Form

_ADV = (
    r"(?:(?:also|just|then|definitely|certainly|of course|be sure to|make sure to|try to|try and|aim to"
    r"|probably|likely|personally|happily|gladly|quickly|now|be able to|go ahead and|still|both|first) )*"
)
_PROMISE = re.compile(
    rf"\b(?:(?:i|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to|'m gonna"
    rf"| plan to|'m planning to|'re planning to| plan on(?= \w+ing\b)|'m planning on(?= \w+ing\b)"
    rf"| promise to| promise (?:i|we)(?:'ll| will)| aim to"
    rf"|'m aiming to| intend to| should be able to| should(?= (?:have|get) (?:the|it|this|that|them|these"
    rf"|everything|your|an?|all|some|both)\b)| expect to| hope to|'m hoping to|'re on track to"
    rf"| are on track to|'m on track to| am on track to|'re set to|'re scheduled to"
    rf"|'m scheduled to) +{_ADV}"
    rf"|(?<!before )(?<!so )(?<!that )(?<!until )(?<!when )(?<!once )(?<!if )(?<!what )(?<!how )(?:i"
    rf"|we) can (?:{_ADV})(?!do (?:mon|tue|wed|thu|fri|sat|sun|\d))(?=(?:have|get|send|do|fit|squeeze"
    rf"|prepare|draft|design|build|write|redo|resend|swap|change|remove|create|move|record|film|edit|sort"
    rf"|deliver|finish|fix|add|make|turn|push|ship|share|update|upload|provide|start|put|book|arrange"
    rf"|set)\b)"
    r"|(?<=\band )you(?:'ll| will) (?=(?:have|get|receive|see) (?:an?|the|your|it|them)\b)"
    rf"|(?<!'ll )(?<!will )(?<!to )(?<!you )(?<!please )let me {_ADV}|let's (?:plan to )?{_ADV}"
    rf"|(?:^|(?<=[,.;:!?–—-] )|(?<=\band )|(?<=\bbut )|(?<=\bok )|(?<=\bsure )|(?<=\byes ))(?:will"
    rf"|can(?= (?:do|have|get|send) )|should(?= (?:have|get) (?:it|this|that|them|the|everything)\b)|going to"
    rf"|gonna|shall|i'll|we'll) {_ADV})(?=\w)",
    re.IGNORECASE | re.DOTALL,
)
_NEXT_PROMISE = re.compile(
    r"(?:[\s,;–—-]+(?:and|but|then|so)?\s*(?:then )?(?:(?:i|we|you)(?:'|\s)|let|will|going|gonna|shall)[^,;]*)$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"[\s,;–—-]*(?:(?:and|but|then|so)\b\s*)?", re.IGNORECASE)
_RECEIVE = re.compile(
    r"\b(?:you(?:'ll| will| should| can expect to)|expect to) +(?:also |then )?(?P<phrase>(?:have|get"
    r"|receive|see|hear|find)\b)|^(?:please |you can )?(?P<expect>expect (?!to\b|a lot|that you|you)\w)",
    re.IGNORECASE | re.DOTALL,
)
_READY = re.compile(
    r"(?:(?:i|we)(?:'m| am)? (?:guarantee|promise|confirm|expect|reckon|think|confident"
    r"|sure)(?: that)? )?(?P<phrase>(?:[^,;:.!?]{2,60}?)(?: will|'ll| should|'s going to| is going to|'s| is"
    r"| are| will all"
    r"| should all) (?:then |all |definitely |also |now )?be (?:\w+ )?(?:ready|live|done|fixed|finished"
    r"|complete|completed|with you|delivered|sent|available|uploaded|deployed|in your inbox|up|online"
    r"|sorted|resolved|there|over|back|out|updated|shipped)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
# Said with a date: "On it, back to you within the hour.", "The pages go live on Monday.", "Plan: wireframes by Friday."
_DATED = re.compile(
    r"(?:.{0,40}?\b(?:back|over|with) (?:to|with) you\b|(?!(?:i|we|you|it)\b)[^,;:.!?]{2,60}? (?:will|'ll"
    r"|should|is going to|are going to) "
    r"(?:all |then |both )?(?:go (?:live|out|up|online|to print)|launch|land|arrive|ship|follow|reach you)\b"
    r"|(?:(?:my |our |the )?(?:plan|next steps?|timeline|schedule|to-?do|action)s?(?: (?:is|are))?"
    r"|on my (?:side|end|list|plate))"
    r"(?: (?:on|from|at) (?:my|our) (?:side|end))?\s*[:–—-] ?(?P<planned>\S))",
    re.IGNORECASE | re.DOTALL,
)
# Said with a date: "I'm sending the contract over this afternoon."
_UNDER_WAY = re.compile(
    r"(?:i|we)(?:'m| am|'re| are) (?:just |now |also |still )*(?=(?:sending|delivering|finishing|fixing"
    r"|uploading|updating|wrapping|putting|adding"
    r"|building|writing|preparing|starting|sorting|launching|publishing|shooting|editing|posting|invoicing|doing)\b)",
    re.IGNORECASE,
)
_AFTER_COMMA = re.compile(r"[,;] |: | [–—-] ")
_IDLE = re.compile(
    r"(?:be (?:away|out|off|on (?:holiday|vacation|leave|annual|pto|a |the |my )|in (?:the office|town"
    r"|touch if|meetings|a meeting)|offline|travelling|traveling|unavailable|honest|around|available|free"
    r"|happy|glad|here if|closed|fine|ok|okay|delighted|thrilled|able|interested|looking forward|sure|very"
    r"|so |more|late|using|working from|charged|billed|curious|seeing|attending|driving|flying|sad|sorry)"
    r"|let you (?:decide|go|know (?:if|when|once|should|as soon))|keep (?:you (?:posted|updated|informed"
    r"|in the loop)|an eye|that in mind|this in mind|it in mind|my fingers)|assume|presume|wait|await|need"
    r"|require|want|admit|say|never|not|see you|miss|have to (?:say|admit|think)|leave (?:that|it"
    r"|this) (?:with|to|up)|look forward|love|like|take that as|pass on that|bet|guess|know|think"
    r"|understand|probably (?:not|be)|always|see (?:how|what|if)|see\b|go with (?:the|that|whatever)|hope"
    r"|be there for|talk (?:soon|then|to you)|speak (?:soon|then|to you)|catch you|stick|stop there|spare"
    r"|tell you what|give you that|believe|regret|remember (?:that|this)|cross|be in touch$|pass$|chat"
    r"|survive|manage$|win|lose|charge you|begin by|start by|explain|know if|know when|have a (?:great|good"
    r"|nice|lovely|think|beer|drink|coffee|lie)|grab (?:a|some) (?:coffee|lunch|drink|beer|bite))\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"(?:let you know|get back to you|be back|be there|come back to you|check|look into|take a look"
    r"|have a look|think|consider|see what|investigate|be in touch|follow up|try|ask|touch base|update you"
    r"|circle back)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(
    r"\b(?:if (?:you|that|it|we|there|all|needed|necessary|so)|unless|once \w+|as soon as (?:you|i|we)"
    r"|when (?:you|i|we) (?:send|get|have|hear|receive|confirm|approve|know)|depending|assuming|provided"
    r"|in case|should you|whenever)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:try|hope|hoping|might|maybe|perhaps|probably|possibly|should be able|aim|expect)\b", re.IGNORECASE
)
_DOUBTED = re.compile(
    r"\b(?:can't promise|cannot promise|no promises|if i can|all being well|might|not sure"
    r"|fingers crossed)\b",
    re.IGNORECASE,
)
_QUOTED_WISH = re.compile(
    r"\b(?:do you want me to|would you like me to|shall i|should i|should we|shall we|can i|may i"
    r"|do you think|i wish|i thought|i said|i told|you said|i was going to|i would|i'd|won't|will not"
    r"|wouldn't)\b",
    re.IGNORECASE,
)


def find_promises(text: str, start: int, end: int, *, dated: bool) -> list[Ask]:
    """The promises in ``text[start:end]``; ``dated`` when a due date was found there, which vague ones need."""
    sentence = text[start:end]
    if sentence.rstrip().endswith("?") or _QUOTED_WISH.match(sentence):
        return []
    found = [match.end() for match in _PROMISE.finditer(sentence)]
    if found:
        return list(_promised(text, start, end, [start + offset for offset in found], dated=dated))
    received = _RECEIVE.search(sentence)
    if received:
        phrase = sentence[received.start("phrase" if received["phrase"] else "expect") :]
        score = _weigh(sentence, phrase, 0.85, dated=dated)
        return [Ask(start, end, start + received.start(), "whole", score)] if score else []
    return _said_otherwise(text, start, end, dated=dated)


def _said_otherwise(text: str, start: int, end: int, *, dated: bool) -> list[Ask]:
    """Promises without "I will": "it'll be ready" and, dated, "sending it Friday", "plan: wireframes by Friday"."""
    sentence, lead = text[start:end], skip_lead(text, start, end)
    for first in [lead, *(match.end() for match in islice(_AFTER_COMMA.finditer(text, lead, end), 3))]:
        if _READY.match(text, first, end) and (dated or not _ALREADY.search(text, first, end)):
            score = _weigh(sentence, text[first:end], 0.8, dated=dated)
            return [Ask(start, end, lead, "whole", score)] if score else []
    under_way = _UNDER_WAY.match(text, lead, end)
    said = under_way or _DATED.match(text, start, end)
    if not said or not dated:
        return []
    title_start = under_way.end() if under_way else said.start("planned") if said["planned"] else lead
    score = _weigh(sentence, text[title_start:end], 0.76, dated=True)
    return [Ask(start, end, title_start, "gerund" if under_way else "whole", score)]


_ALREADY = re.compile(r"\b(?:now|already)\b", re.IGNORECASE)
_GERUND = re.compile(r"\w+ing\b", re.IGNORECASE)


def _promised(text: str, start: int, end: int, offsets: list[int], *, dated: bool) -> Iterator[Ask]:
    first = start
    for number, offset in enumerate(offsets):
        following = offsets[number + 1] if number + 1 < len(offsets) else None
        stop = _joint_before(text, offset, following) if following else end
        score = _weigh(text[start:end], text[offset:stop], 0.9, dated=dated)
        if score:
            form: Form = "gerund" if _GERUND.match(text, offset) else "verb"
            asks = split_verbs(text, Ask(first, stop, offset, form, score))
            yield from (ask for ask in asks if not _IDLE.match(text, ask.title_start, ask.end))
        first = stop if following is None else _after_joint(text, stop)


def _joint_before(text: str, start: int, following: int) -> int:
    """Where one promise ends: before the "and I'll" of the next."""
    match = _NEXT_PROMISE.search(text, max(start, following - 60), following)
    return match.start() if match else following


def _after_joint(text: str, stop: int) -> int:
    match = _JOINT.match(text, stop)
    return match.end() if match else stop


def _weigh(sentence: str, phrase: str, score: float, *, dated: bool) -> float:
    if _IDLE.match(phrase) or phrase.strip(" .!").lower() in {"do", "do so", "do it", "do that", "do this"}:
        return 0.0
    if _WEAK.match(phrase):
        score = 0.76 if dated else 0.6
    if _HEDGED.search(sentence) and not dated:
        score -= 0.2
    if _CONDITIONAL.search(sentence) or _DOUBTED.search(sentence):
        return min(score, 0.58)
    return score + (0.05 if dated else 0.0)
