"""How soon the writer wants it, from the words used."""

import re

from smartstack_ai.values import Priority

_URGENT = re.compile(
    r"\b(?:urgent(?:ly)?|asap|a\.s\.a\.p|as soon as (?:possible|you can|humanly possible)|immediately"
    r"|right away|straight ?away"
    r"|emergency|critical|right now|at once|top priority|p0|p1|drop everything|without delay"
    r"|losing (?:sales|money|customers|orders)|as quickly as possible|sev ?1|showstopper|blocker|on fire)\b",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"\b(?:high priority|priority|important|(?:pretty|quite|really|very) soon|time[- ]sensitive|pressing"
    r"|quickly|crucial|essential|key deadline|can't wait|vital|as soon as|blocking|blocked"
    r"|need(?:ed)? (?:it |this |them )?today|soonest|at the earliest|hard deadline|must have"
    r"|desperate(?:ly)?)\b",
    re.IGNORECASE,
)
_LOW = re.compile(
    r"\b(?:no (?:rush|hurry|urgency|pressure|panic)|(?:not|isn't|nothing) (?:\w+ )?(?:urgent|a priority"
    r"|pressing|critical|time[- ]sensitive)|low[- ]priority|whenever|when(?:ever)? you (?:get|have"
    r"|find) (?:a|some|the|five|5|a few|a spare) (?:chance|moment|minutes?|min|time|second|sec|spare)"
    r"|if you (?:get|have|find) (?:a |some |the )?(?:chance|time|moment|minute)|at your (?:convenience"
    r"|leisure)|nice to have|at some point|some ?time soon|eventually|someday|one day|when you can"
    r"|take your time|if time (?:allows|permits)|in your own time|minor (?:thing|one|point|issue|tweak)?"
    r"|small thing|when (?:time|things) (?:permits?|allows?|calm down|quieten down)|no big deal|can wait"
    r"|back burner|not in a rush)\b",
    re.IGNORECASE,
)
_NOT_URGENT = re.compile(
    r"\b(?:not|isn't|no|nothing|hardly|less) (?:\w+ ){0,2}(?:urgent|urgency|critical|important|emergency"
    r"|priority|pressing)\b",
    re.IGNORECASE,
)
_OUTAGE = re.compile(
    r"\b(?:(?:site|website|server|app|shop|store|checkout|payments?|login(?: page)?|api|database"
    r"|email)\b.{0,20}\b(?:is|are|went|seems|has gone) (?:completely |totally |all |still |now "
    r"|currently )?(?:down|offline|hacked|dead)|(?:can't|cannot|unable to) (?:check ?out|pay|log in|buy"
    r"|order|place)|security (?:breach|hole)|data (?:loss|breach)|been hacked)\b",
    re.IGNORECASE,
)


def read_priority(clause: str, elsewhere: Priority | None) -> Priority:
    """The priority of what ``clause`` asks; ``elsewhere``, what is said of the whole message, where it is silent."""
    own = said_in(clause)
    if own:
        return own
    if _OUTAGE.search(clause):
        return "high"
    return elsewhere or "normal"


def said_in(text: str) -> Priority | None:
    """The priority that ``text`` names; of a whole message it is asked once, as it costs a pass over all of it."""
    if _NOT_URGENT.search(text) or (_LOW.search(text) and not _URGENT.search(text)):
        return "low"
    if _URGENT.search(text):
        return "urgent"
    return "high" if _HIGH.search(text) else None
