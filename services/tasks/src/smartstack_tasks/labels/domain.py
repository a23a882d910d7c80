"""The rules about labels: no I/O."""

import unicodedata

MAX_LABEL_NAME = 50
MAX_LABELS_OF_TASK = 20


def name_key(name: str) -> str:
    """Return the name without case, accents and invisible characters: two labels of a workspace differ in it."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return " ".join("".join(each for each in letters if _is_compared(each)).split())


def _is_compared(character: str) -> bool:
    return not unicodedata.combining(character) and unicodedata.category(character) != "Cf"
