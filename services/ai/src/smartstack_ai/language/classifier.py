"""Does a sentence ask for something? Logistic regression over hashed word n-grams and rule features.

The weights are trained by ``services/ai/training/train_request_model.py`` and read on first use.
File format (little endian): ``SSRM``, u8 version, u8 hash bits, f32 bias, f32 scale, then 2**bits int8 weights;
a weight is its int8 times the scale.
"""

import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from smartstack_ai.language.exclusions import is_courtesy, is_offer_of_help, vetoed
from smartstack_ai.language.incidents import is_incident
from smartstack_ai.language.needs import is_need
from smartstack_ai.language.openings import find_openers
from smartstack_ai.lexicon.verbs import NOUN_VERBS, PLAIN_VERBS

BITS = 16
HEADER = struct.Struct("<4sBBff")
MAGIC, FORMAT = b"SSRM", 1
_WEIGHTS = "request_model.bin"
_WORD = re.compile(r"\$?[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!:$]")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Model:
    """Trained weights; ``probability`` is calibrated on the training mail, not on client messages."""

    bias: float
    scale: float
    weights: Sequence[int]

    def probability(self, sentence: str) -> float:
        """How likely the sentence requests, proposes or promises something, 0 to 1."""
        found = features(sentence)
        total = self.bias + self.scale * sum(self.weights[index] for index in found) / math.sqrt(len(found))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def features(sentence: str) -> list[int]:
    """The hashed features of a sentence, each once; never empty."""
    words = _WORD.findall(sentence.lower())[:_LONGEST]
    words = ["^", *("#" if word.isdigit() else word for word in words), "$"]
    grams = set(words)
    grams.update(map(" ".join, pairwise(words)))
    grams.update(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
    grams.update(_rule_features(sentence, words))
    mask = (1 << BITS) - 1
    return sorted({crc32(gram.encode("utf-8", "surrogatepass")) & mask for gram in grams})


def _rule_features(sentence: str, words: list[str]) -> list[str]:
    """What the rules see, as features of their own."""
    found = [f"@length{min(len(words) // 5, 6)}"]
    for opened in find_openers(sentence, 0, len(sentence)):
        own_wish = sentence[opened.start : opened.start + 2].lower() in {"i ", "we", "i'"}
        kept = "vetoed" if vetoed(sentence[opened.end :], own_wish=own_wish) else f"{opened.score:.1f}"
        found += [f"@opener {opened.form}", f"@opener {kept}"]
    first = words[1] if len(words) > 2 else ""
    checks = {
        "@verb": first in PLAIN_VERBS,
        "@nounverb": first in NOUN_VERBS,
        "@incident": is_incident(sentence) > 0,
        "@need": is_need(sentence) > 0,
        "@courtesy": is_courtesy(sentence),
        "@offer": is_offer_of_help(sentence),
        "@question": sentence.rstrip().endswith("?"),
        "@you": "you" in words or "your" in words,
    }
    return found + [name for name, holds in checks.items() if holds]


@lru_cache(maxsize=1)
def load() -> Model:
    """The packaged model, read once."""
    data = Path(__file__).with_name(_WEIGHTS).read_bytes()
    magic, version, bits, bias, scale = HEADER.unpack_from(data)
    if (magic, version, bits) != (MAGIC, FORMAT, BITS) or len(data) != HEADER.size + (1 << BITS):
        raise ValueError(f"{_WEIGHTS} does not fit this version of the classifier")
    return Model(bias, scale, memoryview(data)[HEADER.size :].cast("b"))
