"""Titles: the client's own words for the work, trimmed; pronouns are never flipped."""

import re
import unicodedata

from smartstack_ai.lexicon.emoji import BEFORE_EMOJI, EMOJI
from smartstack_ai.lexicon.opener import Form
from smartstack_ai.lexicon.verbs import GERUNDS

MAX_TITLE = 90
_READ = 500
# What trails is shorter than this.
_TAIL = 150
_LOOSE_MARK = re.compile(r" +([,;:.!?])(?=\s|$)")
_PICTURE = re.compile(EMOJI)
_PICTURES_FIRST = re.compile(rf"^(?:{EMOJI}|\s)+")
_PICTURES_LAST = re.compile(rf"(?:{EMOJI}|\s)+$")
# A word that an emoji before it belongs to: "🛒 page", but not "🚨 the site".
_NAMED_BY_PICTURE = re.compile(
    r"(?!(?:the|an?|our|my|your|this|that|these|those|we|you|it|they|there|here|is|are|was)\b)[a-z]"
)
_LEADING = re.compile(
    r"^(?:[\s,;:.!?–—-]+|(?:and|but|so|also|then|or|please|pls|plz|kindly|just|oh|well|actually|finally"
    r"|lastly|firstly|secondly|thirdly|next|btw|by the way|ok|okay|hey|hi(?![- ]?res)|that(?= (?:the|our|my"
    r"|your|a|an)\b)|where(?= (?:the|our|my|your)\b)|p\.?s\.?|maybe|perhaps|plus"
    r"|another thing|one more thing|quick (?:one|question|thing|favou?r)|if (?:you )?(?:possible|can)"
    r"|when you (?:can|get a (?:chance|moment|minute))|for (?:us|me)(?= to)|go ahead and|as well|again"
    r"|basically|obviously|fyi|in addition|additionally|besides|furthermore|however|asap|urgently|urgent"
    r"|note that|i think|it seems|we noticed(?: that)?|i noticed(?: that)?|i've noticed(?: that)?"
    r"|to)\b[\s,:–—-]*)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:[\s,;:.!?…–—-]+|[\s,(]*\b(?:and|but|so|or|please|pls|plz|thanks(?: (?:so much|a lot|again"
    r"|in advance|a million|a bunch|very much))?|thank you(?: (?:so|very) much| in advance)?|thx|cheers|ta"
    r"|asap|a\.s\.a\.p|if possible|if (?:that's|that is|it's|thats) (?:ok|okay|possible|alright|all right"
    r"|not too much(?: trouble)?|fine|easier|doable)|if you (?:can|could|get (?:a chance|time|a moment"
    r"|a minute)|have (?:a chance|time|a moment|a minute|a sec|a second|some time)|don't mind"
    r"|wouldn't mind)|when(?:ever)? you (?:can|get (?:a|the) (?:chance|moment|minute|sec|second)|have (?:a"
    r"|the|some) (?:chance|moment|minute|sec|second|time)|are ready|are free|'re free)"
    r"|at your (?:earliest )?convenience|as soon as (?:possible|you can|you get (?:a )?chance"
    r"|humanly possible)|urgently|immediately|right away|straight ?away|for (?:us|me)|at some point"
    r"|,? ?no (?:rush|hurry|pressure|urgency)(?: at all| though| on this| whatsoever)?"
    r"|whenever|too|as well|sometime|some time|any ?time|latest|at the latest|be (?:possible|doable|feasible"
    r"|an option)|at the very latest"
    r"|at the (?:very )?earliest|on (?:top |high )?priority|ideally|preferably|soon|then"
    r"|again soon|or so|quickly|hopefully|i guess|i think|or something|by any chance|right now|now"
    r"|today if possible|first thing|by then|kindly|(?:uk|us|local|london|your|my|our|eastern|pacific"
    r"|european|gmt|new york) time|and let (?:me|us) know.{0,60}|it'd be (?:great|good)|that (?:would"
    r"|'d) be (?:great|lovely|fab|awesome|good|amazing|perfect|appreciated|brilliant|helpful)"
    r"|would be (?:great|lovely|appreciated|good))\)?|[\s(]+\)?)$",
    re.IGNORECASE,
)
_PREPOSITION_END = re.compile(
    r"[\s,(]+(?:by|before|until|till|due|sometime|any ?time|no later than|or|and|the|is|with|either|ideally"
    r"|preferably|either|by,? say|say)$",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:,? (?:because|since (?:i|we|it|they|you|he|she|there)\b|so that|(?:and )?i(?:'d"
    r"| would) be (?:\w+ ){0,2}(?:grateful|thankful|happy)|so (?:i|we|they|he|she|it|people"
    r"|users|the|our|my)\b|as (?:i|we|they|he|she|it|the|our|there|this|that)\b|in case|otherwise"
    r"|which (?:is|are|was|would|will|we|i)\b|although\b|though\b|while (?:we|i|you)\b|given (?:that|the)"
    r"|cos\b|cuz\b|if (?:you|that|it|we|there)\b)|;| [–—-] |,? asap,|, (?:i|we|they|he|she|there|it(?=(?:'s"
    r"| is| was|'ll)\b))\b(?=.)"
    r"|,? (?:but|and) (?:can't|cannot|i|we|it|that|this|they|let|then)\b|,? and you(?:'ll| will| can)\b"
    r"|(?<!\bno)(?<!\bnr)\.\s|\?\s|!\s)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:a|an|the|some)\s+(?=\w)", re.IGNORECASE)
_PASSIVE = re.compile(
    r"^(?:can|could|should|would|must|may|will)?\s*(?P<subject>.{2,60}?) be (?P<rest>.+)$", re.IGNORECASE | re.DOTALL
)
_EMPTY = re.compile(r"^(?:it|this|that|them|these|those|so|do|be|one|me|us|you|some|any|\W)*$", re.IGNORECASE)


def make_title(phrase: str, form: Form, cuts: list[tuple[int, int]]) -> str:
    """A title from the words after a request's opener. ``cuts`` are spans of ``phrase`` to drop (its due date)."""
    for start, end in sorted(cuts, reverse=True):
        phrase = phrase[:start].rstrip(" ,(") + " " + phrase[end:].lstrip(" )")
        phrase = phrase.strip() if start == 0 else phrase
    phrase = _LOOSE_MARK.sub(r"\1", " ".join(make_visible(phrase[:_READ]).split()))
    phrase = _LEADING.sub("", _undecorated(phrase.strip(), form))
    phrase = _tail(_clip(phrase))
    phrase = _reform(phrase, form)
    return _capitalise(_shorten(phrase))


def _undecorated(phrase: str, form: Form) -> str:
    """Drop the emoji at either end that decorate; keep those that are words: "a 🎉", "🛒 page"."""
    last = _PICTURES_LAST.search(phrase)
    if last and not BEFORE_EMOJI.search(phrase, 0, last.start() + 1):
        phrase = phrase[: last.start()]
    first = _PICTURES_FIRST.match(phrase)
    if first and not (form in {"whole", "noun"} and _NAMED_BY_PICTURE.match(phrase, first.end())):
        phrase = phrase[first.end() :]
    return phrase


def make_visible(title: str) -> str:
    """Return the title with a space for each character that is not shown: control, format, unassigned, separator.

    What joins two emoji into one stays.
    """
    if title.isprintable():
        return title
    return "".join(each if _is_shown(title, at) else " " for at, each in enumerate(title))


def _is_shown(title: str, at: int) -> bool:
    if title[at] == "\u200d" and 0 < at < len(title) - 1:
        return bool(_PICTURE.match(title, at - 1) and _PICTURE.match(title, at + 1))
    return unicodedata.category(title[at])[0] not in "CZ"


def is_empty_title(title: str) -> bool:
    """True when nothing but pronouns is left."""
    return bool(_EMPTY.match(title)) or len(title) < 3


def _clip(phrase: str) -> str:
    """Keep the work, leave the reasons: cut at the first clause of another kind, if enough is left before it."""
    for match in _CUT.finditer(phrase):
        if match.start() >= 12 or len(phrase[: match.start()].split()) > 2:
            return phrase[: match.start()]
    return phrase


def _tail(phrase: str) -> str:
    while True:
        kept, end = phrase[:-_TAIL], phrase[-_TAIL:]
        shorter = kept + _TRAILING.sub("", end)
        shorter = _PREPOSITION_END.sub("", shorter) if shorter != phrase else shorter
        if shorter == phrase or not shorter:
            return shorter or phrase
        phrase = shorter


def _reform(phrase: str, form: Form) -> str:
    if form == "gerund":
        first, _, rest = phrase.partition(" ")
        verb = GERUNDS.get(first.lower())
        return f"{verb} {rest}".strip() if verb else phrase
    if form == "noun":
        return _ARTICLE.sub("", phrase)
    if form == "passive":
        match = _PASSIVE.match(phrase)
        return f"Get {match['subject']} {match['rest']}" if match else phrase
    return phrase


def _shorten(phrase: str) -> str:
    if len(phrase) <= MAX_TITLE:
        return phrase
    cut = phrase.rfind(" ", 0, MAX_TITLE - 1)
    return phrase[: cut if cut > MAX_TITLE // 2 else MAX_TITLE - 1].rstrip(" ,;:-") + "…"


def _capitalise(phrase: str) -> str:
    """Upper-case the first letter, unless the word has its own capitals (iOS, eBay) or is an address."""
    first = phrase.split(" ", 1)[0]
    if any(letter.isupper() for letter in first[1:]) or "/" in first or "@" in first:
        return phrase
    return phrase[:1].upper() + phrase[1:]
