"""How soon the writer wants it, from the words used."""

from smartstack_ai.lexicon.priority_patterns import HIGH, LOW, NOT_URGENT, OUTAGE, URGENT
from smartstack_ai.values import Priority


def read_priority(clause: str, elsewhere: Priority | None) -> Priority:
    """The priority of what ``clause`` asks; ``elsewhere``, what is said of the whole message, where it is silent."""
    own = said_in(clause)
    if own:
        return own
    if OUTAGE.search(clause):
        return "high"
    return elsewhere or "normal"


def said_in(text: str) -> Priority | None:
    """The priority that ``text`` names; of a whole message it is asked once, as it costs a pass over all of it."""
    if NOT_URGENT.search(text) or (LOW.search(text) and not URGENT.search(text)):
        return "low"
    if URGENT.search(text):
        return "urgent"
    return "high" if HIGH.search(text) else None
