"""Words around a date that make it a deadline, or something else."""

import re

LEAD = re.compile(
    r"(?:^|[\s(,;:–—-])(?P<lead>(?:(?:any ?time|sometime|some time|ideally|preferably|latest|at the latest"
    r"|hopefully|possibly|maybe|either|only|just|say) ){0,2}"
    r"(?:by|before|until|till|til|due(?: date)?(?: on| by| is)?|(?:no|not) later than|(?:deadline|due"
    r"|eta)(?: is| of| for this is| would be| on|:)?|for|in time for|ahead of|prior to|on|at|around|about"
    r"|during|over|of|from|since|after|to|through|between|starting|as of|beginning|with|in|within|@|than"
    r"|every|each|not|per|via|and|or)?)\s*(?:the |our |my |your |@ ?|\()?$",
    re.IGNORECASE,
)

DEADLINE = re.compile(
    r"(?:by|before|until|till|til|due(?: date)?(?: on| by| is)?|later than|(?:deadline|due|eta)(?: is| of"
    r"| for this is| would be| on|:)?|for|in time for|ahead of|prior to)$",
    re.IGNORECASE,
)

BEFORE = re.compile(r"(?:before|ahead of|prior to)$", re.IGNORECASE)

NOT_DUE = re.compile(
    r"(?:from|since|after|starting|as of|beginning|of|to|with|every|each|not|per|via|through"
    r"|(?<!later )than)$",
    re.IGNORECASE,
)

TO_RANGE = re.compile(
    r"(?:\b(?:push|move|change|set|update|switch|postpone|reschedule|delay|shift|rename|extend|amend"
    r"|correct|edit|adjust|bring|from|open|dates? (?:back )?)\b.{0,60})\bto(?: the)?\s*$",
    re.IGNORECASE,
)

SET_TO = re.compile(
    r"\b(?:set|schedule|configure|program|change|update|time)\b.{0,100}\b(?:start|begin|end|open|close"
    r"|expire|finish|to run|go (?:live|out)|to send)(?: on| at| from)?\s*$",
    re.IGNORECASE,
)

PAST_CLAUSE = re.compile(
    r"\b(?:\w+ (?:went|was|were|did|gave|showed|saw|wrote|came|spoke|said|told)|(?:you|we|i|they|he|she|it"
    r"|who|that|which|as)(?:'ve| have| has|'d| had)? (?:\w+ly |just |already |all |both |also )?(?:sent"
    r"|shared|discussed|mentioned|agreed|talked|spoke|spoken|said|asked|met|made|did|gave|showed|saw|wrote"
    r"|emailed|called|uploaded|delivered|launched|went|was|were|had|promised|published|updated|received|got"
    r"|came|started|bought|paid|ordered|presented|signed|found|noticed|approved|submitted|posted|used|took"
    r"|released|deployed|requested|reviewed|invoiced|installed|added|changed|fixed|reported|happened|closed"
    r"|ended|kicked off)"
    r"|(?:\w{2,}ed|left|rose|fell|grew|sold|took|made|lost|won|began|broke|ran)(?: \w+){0,2} (?:in|during|over|back in)"
    r"|(?:sent|shared|discussed|mentioned|agreed|uploaded|dated|received|delivered|published|taken|made"
    r"|posted|held|given) (?:\w+ ){0,3}(?:on|over|at|in|from)|as (?:discussed|agreed|mentioned|promised"
    r"|per)|(?:notes|minutes|recording|photos|invoice|email|call|meeting|version|one|draft|file|figures"
    r"|files|message|conversation|workshop|session) (?:from|of))\b[^.;!?]{0,40}$",
    re.IGNORECASE,
)

CAUSATIVE = re.compile(r"\b(?:get|have|getting|having|be|being|need|want|like|see)\b[^,.;]{0,60}$", re.IGNORECASE)

ABSENCE = re.compile(
    r"\b(?:on (?:holiday|vacation|leave|pto|annual leave|a (?:plane|flight|train))|away"
    r"|out of (?:the )?(?:office|town)|ooo|off (?:work|sick)|abroad|travelling|traveling|unavailable"
    r"|not (?:available|around|free|in|here)|(?:am|are|is|(?<!to )be|'m|'re|'ll be|not) (?:off|closed|out|free"
    r"|in (?!touch|contact|your|the (?:inbox|drive|folder|post|mail|dropbox))|around|available|busy|flying)"
    r"|closed|i(?:'m| am) (?:back|in)|(?:we're|we are|he's|she's|they're) back)\b[^.;!?]{0,50}$",
    re.IGNORECASE,
)

CONTENT = re.compile(
    r"\b(?:say(?:s|ing)?|read(?:s|ing)?|states?|titled?|called|named|labell?ed|headline|mentions?|shows?"
    r"|showing|dated|copyright|\(c\)|©|reads|worded)\b[^,.;!?]{0,25}$",
    re.IGNORECASE,
)

EVENT = re.compile(
    r"\b(?:launch(?:es|ed|ing)?|opens?|opening|starts?|begins?|is having|takes? place|runs?|happens?"
    r"|happening|goes live|go live|kicks off|airs|event|conference|wedding|meeting|webinar|party|show|sale"
    r"|holiday|flight|trip|call) (?:is |starts? |being |planned |scheduled |set )?$",
    re.IGNORECASE,
)

NEGATED = re.compile(
    r"\b(?:doesn't|don't|does not|do not|needn't|won't|not|no need|didn't|isn't|without) (?:\w+ ){0,5}$", re.IGNORECASE
)

CONDITION = re.compile(
    r"\b(?:if|in case|unless|whether|should|once|when) (?:you|we|i|they|it|he|she|anyone|someone|possible"
    r"|there)\b(?! (?:could|can|would)(?! make| do| come)| (?:get|have|find) (?:a|some|any|\w+|a few"
    r"|the) (?:min|mom|chance|time|sec|spare))(?:(?!\b(?:i'll|we'll|i will|we will|could you|can you"
    r"|please)\b)[^,;.!?]){0,60}$",
    re.IGNORECASE,
)

FINITE_AFTER = re.compile(
    r"\s+(?:is|was|are|were|will(?! you)|looks?|seems?|works?|suits|went|has|had|would(?! you| it be))\b", re.IGNORECASE
)

FREE_AFTER = re.compile(
    r"(?:\s*$|[ ]*\n|\s*[,.;:!?)\]–—\-\"'…]|\s+(?:and|or|if|so|please|pls|because|as|to|for|at|in|on|but|when"
    r"|thanks|that|we|i|latest|at|with|before|after|by|since|would|instead|while|though|ideally|via|-|via"
    r"|from|otherwise|then|the|you|it|is|works|will|should|morning|ish|or|sharp|max|maximum|cheers|unless"
    r"|re|about|tops|though|too|also|until|,|it'll|we'll|i'll|where|which|who|using|without|even|again"
    r"|together|both|they|he|she|this|there|along|depending|just|first|my|our|your|us|me|around|early|late"
    r"|into|over|through|somehow|hopefully|possibly|maybe|while|given|due|asap|eod|cob|noon|pt|et|uk|london"
    r"|not|let|can|could|would|will|a|an|itself|only|same)\b|\s*[^\w\s])",
    re.IGNORECASE,
)

THING_AFTER = re.compile(r"(?: (?!and\b|or\b|so\b|please\b)[\w-]+){1,3}|")

# "by 5/8, sorry, I mean 8/5": the later one counts.
CORRECTS = re.compile(
    r"[\W_]*(?:oops|whoops|sorry|correction|apologies|my mistake|(?:or )?(?:actually|rather)|no,? wait"
    r"|scratch that|i mean"
    r"|i meant|make that|make it)\b[^.?!]{0,30}$|[\W_]*(?:oops|sorry|correction|apologies|my mistake"
    r"|actually|scratch that)\b.{0,20}"
    r"\b(?:i mean|i meant|make (?:that|it)|should (?:be|have been)|not)\b|[\W_]*i meant\b",
    re.IGNORECASE,
)

# The date named last before "by then", or a number of days before it.
THEN = re.compile(
    r"(?:\b(?:at least |about |around )?(?P<count>a|one|two|three|four|five|\d{1,2}) (?P<unit>day"
    r"|week)s? (?:before|prior)"
    r"(?: to)?(?: then| that| it)?|\b(?P<lead>by|before|until|till|ahead of) (?:then|that(?: date| day)?))"
    r"(?=[\s]*[.,;!?)]|\s*$| (?:if|so|please|and|as|thanks|at the)\b)",
    re.IGNORECASE,
)

STARTS = re.compile(r"\b(?:from|starting|as of|beginning)(?: on)?(?: the)? $", re.IGNORECASE)

# "the shoot on Saturday" after "from" names an event.
AT_EVENT = re.compile(
    r"\b(?:from|of|at|about|after|since) (?:the|our|my|your|that|this) (?:[\w-]+ ){1,3}on $", re.IGNORECASE
)

# A date after any of these is a value, an absence, a text or a condition, not a deadline.
# "8 till 6" is opening hours.
HOURS = re.compile(r"\b\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)? (?:till|til|until|to) $", re.IGNORECASE)

SINCE = re.compile(
    r"\b(?:since|from|after) (?:about|around|roughly|approximately|at least|late|early) $", re.IGNORECASE
)

# "cut the part at 1:15", "confirm that you can start on 4 January"
PLACE = re.compile(
    r"\b(?:part|bit|section|scene|clip|moment|timestamp|mark|frame|shot|transition"
    r"|timecode)\b[^.;!?]{0,60}\b(?:at|from|around|to) $",
    re.IGNORECASE,
)

ASKED_WHETHER = re.compile(
    r"\b(?:confirm|check|know|sure)(?: that| if| whether)? (?:you|we|they|he|she|i)(?:'ll| can| are| will"
    r"| could|'re)?\b[^,.;]{0,40}\bon $",
    re.IGNORECASE,
)
