"""Lists below a request: what makes a lead-in a request of its own, and which lines are mere details of it."""

import re

#: A lead-in that asks for nothing but its items: "Please prepare", "Make the following changes to the site".
ASKS_FOR_ITEMS_ALONE = re.compile(
    r"(?:see to|look at|look into|sort out|[\w-]+)(?: (?:me|us|up|out|over))*"
    r"(?: (?:all|of|the|a|some|these|those|this|it|them|following|below|few|couple|small|quick|minor|little|other|more"
    r"|further|additional|last|final|couple of))*"
    r"(?: (?:changes?|fix(?:es)?|tweaks?|updates?|edits?|amends?|amendments?|corrections?|revisions?|points?|things?"
    r"|tasks?|items?|bugs?|issues?|problems?|errors?|requests?|actions?|steps?|work|jobs?|ones?|questions?|feedback|comments?))?"
    r"(?: (?:for|to|on|in|at|by|before|please|from|with)\b.*)?[ :.]*",
    re.IGNORECASE,
)
#: An address, a path, a number, a file or a name: nothing that could be asked for by itself.
DETAIL = re.compile(
    r"(?:[^<>]{0,60}<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?|(?:https?://|www\.|/)\S*|(?:[\w-]+\.)+[a-z]{2,5}(?:/\S*)?"
    r"|[+#(]?[\d#][\w ()./#-]*|[A-Z][\w'.-]*(?: (?:[A-Z][\w'.-]*|of|and|de|van|von|&)){0,4})"
    r"(?:[ ,;(–—-].{0,40})?[ ,;.]*",
)
#: What a lead-in ends with, before its list: "Send the invoice to:".
HANGING = re.compile(
    r"(?:[ ,:]+(?:to|for|at|with|on|in|by|is|are|as|from|namely|i\.e|e\.g|like|including|below))?[ ,:.]*$",
    re.IGNORECASE,
)
