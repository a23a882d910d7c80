"""A message made ready to be read: its copy, its sentences, and the text that they alone make up."""

import re
from dataclasses import dataclass

from smartstack_ai.language.exclusions import is_automatic, is_injection
from smartstack_ai.language.history import without_history
from smartstack_ai.language.sentences import Sentence, split_sentences
from smartstack_ai.language.text import Reading, read

#: A message is read up to here; longer ones are pasted documents.
MAX_CHARACTERS = 20_000
#: So are no more sentences; a message of prose does not come near, a pasted table of single words does.
MAX_SENTENCES = 500


_NOT_BREAK = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Message:
    """``kept`` is the reading copy with spaces for all but the sentences and line breaks: offsets are the same in both.

    ``automatic`` mail asks nothing of anybody; a ``suspicious`` one addresses the software.
    """

    reading: Reading
    sentences: list[Sentence]
    kept: str
    automatic: bool
    suspicious: bool


def read_message(text: str) -> Message:
    """Read a message, but for what exceeds `MAX_CHARACTERS` or `MAX_SENTENCES`."""
    reading = read(text[:MAX_CHARACTERS])
    sentences = split_sentences(reading.text)[:MAX_SENTENCES]
    own = without_history(reading.text)
    return Message(reading, sentences, _kept(reading.text, sentences), is_automatic(own), is_injection(own))


def _kept(text: str, sentences: list[Sentence]) -> str:
    parts, end = [], 0
    for sentence in sentences:
        parts += [_NOT_BREAK.sub(" ", text[end : sentence.start]), text[sentence.start : sentence.end]]
        end = sentence.end
    return "".join(parts)
