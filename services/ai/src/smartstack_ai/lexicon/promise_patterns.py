"""How promises are made."""

import re

ADV = (
    r"(?:(?:also|just|then|definitely|certainly|of course|be sure to|make sure to|try to|try and|aim to"
    r"|probably|likely|personally|happily|gladly|quickly|now|be able to|go ahead and|still|both|first) )*"
)

PROMISE = re.compile(
    rf"\b(?:(?:i|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to|'m gonna"
    rf"| plan to|'m planning to|'re planning to| plan on(?= \w+ing\b)|'m planning on(?= \w+ing\b)"
    rf"| promise to| promise (?:i|we)(?:'ll| will)| aim to"
    rf"|'m aiming to| intend to| should be able to| should(?= (?:have|get) (?:the|it|this|that|them|these"
    rf"|everything|your|an?|all|some|both)\b)| expect to| hope to|'m hoping to|'re on track to"
    rf"| are on track to|'m on track to| am on track to|'re set to|'re scheduled to"
    rf"|'m scheduled to) +{ADV}"
    rf"|(?<!before )(?<!so )(?<!that )(?<!until )(?<!when )(?<!once )(?<!if )(?<!what )(?<!how )(?:i"
    rf"|we) can (?:{ADV})(?!do (?:mon|tue|wed|thu|fri|sat|sun|\d))(?=(?:have|get|send|do|fit|squeeze"
    rf"|prepare|draft|design|build|write|redo|resend|swap|change|remove|create|move|record|film|edit|sort"
    rf"|deliver|finish|fix|add|make|turn|push|ship|share|update|upload|provide|start|put|book|arrange"
    rf"|set)\b)"
    r"|(?<=\band )you(?:'ll| will) (?=(?:have|get|receive|see) (?:an?|the|your|it|them)\b)"
    rf"|(?<!'ll )(?<!will )(?<!to )(?<!you )(?<!please )let me {ADV}|let's (?:plan to )?{ADV}"
    rf"|(?:^|(?<=[,.;:!?–—-] )|(?<=\band )|(?<=\bbut )|(?<=\bok )|(?<=\bsure )|(?<=\byes ))(?:will"
    rf"|can(?= (?:do|have|get|send) )|should(?= (?:have|get) (?:it|this|that|them|the|everything)\b)|going to"
    rf"|gonna|shall|i'll|we'll) {ADV})(?=\w)",
    re.IGNORECASE | re.DOTALL,
)

NEXT_PROMISE = re.compile(
    r"(?:[\s,;–—-]+(?:and|but|then|so)?\s*(?:then )?(?:(?:i|we|you)(?:'|\s)|let|will|going|gonna|shall)[^,;]*)$",
    re.IGNORECASE,
)

JOINT = re.compile(r"[\s,;–—-]*(?:(?:and|but|then|so)\b\s*)?", re.IGNORECASE)

RECEIVE = re.compile(
    r"\b(?:you(?:'ll| will| should| can expect to)|expect to) +(?:also |then )?(?P<phrase>(?:have|get"
    r"|receive|see|hear|find)\b)|^(?:please |you can )?(?P<expect>expect (?!to\b|a lot|that you|you)\w)",
    re.IGNORECASE | re.DOTALL,
)

READY = re.compile(
    r"(?:(?:i|we)(?:'m| am)? (?:guarantee|promise|confirm|expect|reckon|think|confident"
    r"|sure)(?: that)? )?(?P<phrase>(?:[^,;:.!?]{2,60}?)(?: will|'ll| should|'s going to| is going to|'s| is"
    r"| are| will all"
    r"| should all) (?:then |all |definitely |also |now )?be (?:\w+ )?(?:ready|live|done|fixed|finished"
    r"|complete|completed|with you|delivered|sent|available|uploaded|deployed|in your inbox|up|online"
    r"|sorted|resolved|there|over|back|out|updated|shipped)\b.*)",
    re.IGNORECASE | re.DOTALL,
)

# Said with a date: "On it, back to you within the hour.", "The pages go live on Monday.", "Plan: wireframes by Friday."
DATED = re.compile(
    r"(?:.{0,40}?\b(?:back|over|with) (?:to|with) you\b|(?!(?:i|we|you|it)\b)[^,;:.!?]{2,60}? (?:will|'ll"
    r"|should|is going to|are going to) "
    r"(?:all |then |both )?(?:go (?:live|out|up|online|to print)|launch|land|arrive|ship|follow|reach you)\b"
    r"|(?:(?:my |our |the )?(?:plan|next steps?|timeline|schedule|to-?do|action)s?(?: (?:is|are))?"
    r"|on my (?:side|end|list|plate))"
    r"(?: (?:on|from|at) (?:my|our) (?:side|end))?\s*[:–—-] ?(?P<planned>\S))",
    re.IGNORECASE | re.DOTALL,
)

# Said with a date: "I'm sending the contract over this afternoon."
UNDER_WAY = re.compile(
    r"(?:i|we)(?:'m| am|'re| are) (?:just |now |also |still )*(?=(?:sending|delivering|finishing|fixing"
    r"|uploading|updating|wrapping|putting|adding"
    r"|building|writing|preparing|starting|sorting|launching|publishing|shooting|editing|posting|invoicing|doing)\b)",
    re.IGNORECASE,
)

AFTER_COMMA = re.compile(r"[,;] |: | [–—-] ")

IDLE = re.compile(
    r"(?:be (?:away|out|off|on (?:holiday|vacation|leave|annual|pto|a |the |my )|in (?:the office|town"
    r"|touch if|meetings|a meeting)|offline|travelling|traveling|unavailable|honest|around|available|free"
    r"|happy|glad|here if|closed|fine|ok|okay|delighted|thrilled|able|interested|looking forward|sure|very"
    r"|so |more|late|using|working from|charged|billed|curious|seeing|attending|driving|flying|sad|sorry)"
    r"|let you (?:decide|go|know (?:if|when|once|should|as soon))|keep (?:you (?:posted|updated|informed"
    r"|in the loop)|an eye|that in mind|this in mind|it in mind|my fingers)|assume|presume|wait|await|need"
    r"|require|want|admit|say|never|not|see you|miss|have to (?:say|admit|think)|leave (?:that|it"
    r"|this) (?:with|to|up)|look forward|love|like|take that as|pass on that|bet|guess|know|think"
    r"|understand|probably (?:not|be)|always|see (?:how|what|if)|see\b|go with (?:the|that|whatever)|hope"
    r"|be there for|talk (?:soon|then|to you)|speak (?:soon|then|to you)|catch you|stick|stop there|spare"
    r"|tell you what|give you that|believe|regret|remember (?:that|this)|cross|be in touch$|pass$|chat"
    r"|survive|manage$|win|lose|charge you|begin by|start by|explain|know if|know when|have a (?:great|good"
    r"|nice|lovely|think|beer|drink|coffee|lie)|grab (?:a|some) (?:coffee|lunch|drink|beer|bite))\b",
    re.IGNORECASE,
)

WEAK = re.compile(
    r"(?:let you know|get back to you|be back|be there|come back to you|check|look into|take a look"
    r"|have a look|think|consider|see what|investigate|be in touch|follow up|try|ask|touch base|update you"
    r"|circle back)\b",
    re.IGNORECASE,
)

CONDITIONAL = re.compile(
    r"\b(?:if (?:you|that|it|we|there|all|needed|necessary|so)|unless|once \w+|as soon as (?:you|i|we)"
    r"|when (?:you|i|we) (?:send|get|have|hear|receive|confirm|approve|know)|depending|assuming|provided"
    r"|in case|should you|whenever)\b",
    re.IGNORECASE,
)

HEDGED = re.compile(
    r"\b(?:try|hope|hoping|might|maybe|perhaps|probably|possibly|should be able|aim|expect)\b", re.IGNORECASE
)

DOUBTED = re.compile(
    r"\b(?:can't promise|cannot promise|no promises|if i can|all being well|might|not sure"
    r"|fingers crossed)\b",
    re.IGNORECASE,
)

QUOTED_WISH = re.compile(
    r"\b(?:do you want me to|would you like me to|shall i|should i|should we|shall we|can i|may i"
    r"|do you think|i wish|i thought|i said|i told|you said|i was going to|i would|i'd|won't|will not"
    r"|wouldn't)\b",
    re.IGNORECASE,
)

ALREADY = re.compile(r"\b(?:now|already)\b", re.IGNORECASE)

GERUND = re.compile(r"\w+ing\b", re.IGNORECASE)
