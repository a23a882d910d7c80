"""Characters of emoji, as they stand in texts."""

import re

#: One code point of an emoji: pictures, flags, skin tones, and what joins and dresses them.
EMOJI = r"[\U0001F1E6-\U0001F1FF\U0001F300-\U0001FAFF☀-➿\u200d\ufe0f]"
#: Faces, hands and hearts, which say how a sentence is meant and so end it.
FEELING = re.compile(
    "[\U0001f600-\U0001f64f\U0001f910-\U0001f92f\U0001f970-\U0001f97a\U0001f440-\U0001f450\U0001f493-\U0001f49f❤]"
)
#: After one of these words an emoji is a word: "fix the 🛒 page".
BEFORE_EMOJI = re.compile(
    r"\b(?:the|an?|our|my|your|his|her|their|its|this|that|these|those|of|with|to|in|on|for|from|by|at|and|or|as|into|new"
    r"|no|both|each|every|some|any|little|big|small|green|red|blue|yellow)[ ]*$",
    re.IGNORECASE,
)
#: What begins a sentence after an emoji, be it in lower case.
BEGINS_AFTER_EMOJI = re.compile(
    r"\s*(?:(?=[A-Z\"'(\[\d])|(?:could|can|would|will|please|pls|also|but|i|i'm|i'd|we|we'd|we're|it|it's|thanks|thank|ok"
    r"|okay|just|so|let|let's|when|what|how|is|are|do|did|any|here|there|hope|looking|no|yes|you|anyway|ps|btw|sorry)\b)"
)
#: What shows that an emoji before it is a thing: "add 🙂 to the footer".
THING_AFTER_EMOJI = re.compile(
    r"\s*(?:to|in|into|on|from|with|of|as|emojis?|icons?|buttons?|symbols?|instead|here|below)\b"
)
