"""Questions after work that is under way: "When can we expect the invoice?", "Just chasing the proofs." For review."""

from smartstack_ai.lexicon.opener import Opener

FOLLOW_UPS: tuple[Opener, ...] = (
    Opener(
        r"(?=when (?:can|could|might|should|may|will|do) (?:we|i) (?:expect|get|have|receive|see) (?!it\b"
        r"|this\b|that\b|you\b|each))",
        "whole",
        0.58,
        "When can we expect the invoice?",
    ),
    Opener(
        r"(?=when (?:is|are|will) (?:the|our|my|your|this|that|these|those) (?:[\w' -]{2,60}? )(?:be )?(?:ready|done"
        r"|live|finished|completed?|delivered|available|online|sent|back|due|going live)\b)",
        "whole",
        0.56,
        "When will the new version be live?",
    ),
    Opener(
        r"(?:what(?:'s| is| are|s) |is there |(?:have|got) (?:you )?(?:got )?)?(?:the|our|an?|any) "
        r"(?=(?:eta|status|timeline|timescale|time frame|timeframe|lead time|turnaround|latest|progress"
        r"|delivery date|idea of (?:cost|timing|timescale)s?)s? (?:on|for|of|with|about|regarding)\b[^?]*\?)",
        "noun",
        0.58,
        "What's the ETA on the product photos?",
    ),
    Opener(
        r"(?=where(?:'s| is| are) (?:the|our|my|that|those) (?!(?:[\w'-]+ ){0,2}(?:meeting|call|event|office"
        r"|shoot|venue|party|nearest"
        r"|page|button|setting|link|studio|place|shop|file saved)s?\b)[\w' -]{3,60}\?)",
        "whole",
        0.6,
        "Where's the October report?",
    ),
    Opener(
        r"(?=(?:where are (?:we|you|things)(?: at)? (?:with|on)|how (?:are|is) (?:we|you"
        r"|things) (?:getting (?:on|along)"
        r"|doing|going|coming (?:on|along)|looking) (?:with|on)|how(?:'s| is| are) (?:the|our|my|that|those|these) "
        r"(?:[\w' -]{2,50}? )(?:coming (?:on|along)|progressing|getting on|looking))\b)",
        "whole",
        0.56,
        "Where are we with the new website?",
    ),
    Opener(
        r"(?:just |i'm |am |i am |only )*(?:(?:checking in|check in|following up|follow up|circling back"
        r"|touching base)(?= [^.?]{3,80}\?)|chasing(?: up)?|chase(?: up)?) (?:again )?(?:on |about |re |regarding "
        r"|with you (?:on|about) )?(?=(?:the|our|my|that|those|these|your) (?!(?:\w+ )?(?:call|chat"
        r"|conversation|meeting"
        r"|discussion|catch-up|e-?mail|message|note)\b))",
        "noun",
        0.6,
        "Just checking in on the logo – any news?",
    ),
)
