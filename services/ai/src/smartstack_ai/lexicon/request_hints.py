"""Requests by possibility, preference and wish: "Would a PDF be possible?", "I'd like the logo bigger"."""

from smartstack_ai.lexicon.opener import ADV, STILL, WE, YOU, Opener

HINTS: tuple[Opener, ...] = (
    # Would a PDF be possible? · Is it too late to add a name? · Weren't you going to send the licence?
    Opener(
        r"(?:is|are|would|could) (?=(?:an?|the|another|some|our|my"
        r"|your) (?:[\w'/.-]+ ){1,8}?(?:be )?(?:possible|an option|doable|feasible)[ ?]*$)",
        "noun",
        0.74,
        "Would a Word version be possible?",
    ),
    Opener(
        r"(?=(?:is|would|could) (?:[\w'-]+ ){1,5}?(?:be )?(?:a )?(?:realistic|doable|achievable"
        r"|feasible)\b[^?]*\?)",
        "whole",
        0.62,
        "Would next Wednesday be a realistic date for the wireframes?",
    ),
    Opener(
        r"(?:is it|it's not|hopefully it's not|i hope it's not|hope it isn't|it isn't) too late to ",
        "verb",
        0.78,
        "Is it too late to add another name to the credits?",
    ),
    Opener(
        r"(?:weren't|were|aren't) you (?:not )?(?:still )?(?:going|supposed|meant|planning) to ",
        "verb",
        0.62,
        "Weren't you going to send me the font licence?",
    ),
    Opener(
        r"(?<![\w'] )you (?:can|could) (?:also |please )*(?=[a-z][^.!?]*\?)",
        "verb",
        0.72,
        "You can send me the contract for sign?",
    ),
    Opener(
        r"do you (?:still |also )*(?:happen to have (?!time|capacity)(?=\w)|have (?=(?:a copy of"
        r"|an? (?:[\w-]+ )?(?:version|copy|file|list"
        r"|template|pdf|export|backup))\b))",
        "noun",
        0.64,
        "Hi, do you happen to have the master file for the 2024 annual report?",
    ),
    Opener(
        r"it(?:'s| is| would be|'d be| will be) (?:also |really )?(?:necessary|required|needed|essential"
        r"|preferable|important) "
        rf"(?:to |that {YOU} )(?!(?:note|say|know|remember|be)\b)",
        "verb",
        0.74,
        "It would be necessary to modify the hours of the store.",
    ),
    Opener(
        r"(?:i|we)(?:'d| would) (?:just |also |probably |maybe |definitely )*(?=(?:take out|remove|cut"
        r"|change|drop|swap|shorten|move"
        r"|lose|delete|replace|reduce|trim|tone down|make the|make it|put the|put it|split|rename|reword"
        r"|crop|brighten)\b)",
        "verb",
        0.66,
        "The interview with Dr Osei runs too long, I'd take out the part about funding.",
    ),
    Opener(
        r"(?:so |please )?feel free to (?=(?:publish|send (?:it |this |them )?(?:to|off)|print|launch|deploy"
        r"|go live|release|invoice|proceed"
        r"|push (?:it|this|live)))",
        "verb",
        0.68,
        "Signed off by legal, so feel free to send to print.",
    ),
    Opener(
        r"(?<![\w'] )(?:still |also )*could (?:really )?do with (?!a (?:break|holiday|drink|coffee)\b)",
        "noun",
        0.72,
        "Could do with the transcripts too when you've a minute.",
    ),
    Opener(
        r"(?<![\w'] )would (?:really |also )*(?:love|like) to ", "verb", 0.66, "Would love to be on page 1 by summer."
    ),
    Opener(
        r"(?:there's |there is |i see |we see )?(?:still )?no (?=(?:sign of|word on|word about|news on"
        r"|sight of|update on|reply on|trace of) )",
        "whole",
        0.72,
        "Still no sign of the mock-ups...",
    ),
    Opener(
        rf"(?:hoping|hoped|hope) (?:that )?(?:we|i) (?:could|can|might) (?:please )?{ADV}",
        "verb",
        0.76,
        "I was hoping we could have one more round of changes on the logo.",
    ),
    Opener(
        rf"(?:request(?:ing|ed)?|asking) {YOU} (?:all )?(?:to )(?:please |kindly )*",
        "verb",
        0.84,
        "Requesting you to process the refund of Rs.",
    ),
    Opener(r"(?:i|we)(?: am| are|'m|'re) in need of ", "noun", 0.76, "We are in need of a new logo."),
    Opener(
        r"(?:is there )?any (?:chance|way|possibility)(?: that)? (?=(?:the|our|my|that|this|these|those|it"
        r"|they)\b [^.!]*\bcan|(?:the|our|my|that"
        r"|this|these|those|it|they)\b [^.!]*\bcould)",
        "whole",
        0.76,
        "Is there any chance the deposit could be split over two months?",
    ),
    Opener(
        r"(?=can (?:the|our|my|this|that|these|those|it|they) (?:[\w'-]+ ){0,4}?(?:say|read|go|have|link"
        r"|show|match|look|start|include|point|stay|sit|come"
        r"|loop|play|open|move)\b[^.!]*\?)",
        "whole",
        0.72,
        "Can the heading say Welcome instead?",
    ),
    Opener(
        r"(?<![\w'] )(?:still (?:waiting (?:for|on)|awaiting|missing|after)|awaiting) (?!(?:to|your (?:reply"
        r"|response|answer)|a reply|feedback|confirmation"
        r"|approval)\b)",
        "noun",
        0.72,
        "Still waiting for the login details you promised on Monday.",
    ),
    Opener(
        r"(?=(?:i|we)(?:'ll|'d| would| will)?(?: also| really| just)? (?:need|want|have|like) to know (?:the"
        r"|whether|if|when|how much|by|before|asap|today)\b)",
        "whole",
        0.7,
        "We'd need to know the fee by Friday.",
    ),
    Opener(
        r"(?<![\w'] )(?=let (?:me|us) know (?:the|your (?!thoughts|opinion|feedback)|how much|how long|which"
        r"|whether)\b)",
        "whole",
        0.7,
        "Let us know the cost and we'll raise a PO.",
    ),
    Opener(
        r"thanks to (?:please )?(?=(?:put|send|update|change|confirm|add|do|make|correct|remove|reply|check|call)\b)",
        "verb",
        0.7,
        "Thanks to put them online before friday.",
    ),
    Opener(
        r"(?:(?<![\w'] )|(?<=and ))would (?:really |also |greatly )?appreciate (?=\w+ing\b)",
        "gerund",
        0.76,
        "And would appreciate getting the invoice early.",
    ),
    # Could it have less white space? · Could the newsletter go out on the 3rd?
    Opener(
        r"(?=could (?:the|our|my|this|that|these|those|it|they|all|every|each|some|any"
        r"|an?) (?!(?:[\w'-]+ ){0,5}?(?:be (?:the|an?|that|because|why|due"
        r"|down|caused|related|possible)\b|explain|mean|affect|cause))[^.!]{3,120}\?)",
        "whole",
        0.72,
        "Could it be slowed down a smidge?",
    ),
    Opener(
        r"(?<![\w'] )(?:also |just |really |still |now )*(?=need (?:it|this|that|these|those|them) (?:all "
        r"|both )?(?:re)?\w{3,}(?:ed|own|ut|one)\b)",
        "verb",
        0.74,
        "need that fixed before they go up tmrw morning",
    ),
    # We need it trimmed to 60 seconds · I'd like the logo bigger
    Opener(
        rf"(?={WE}(?:'d| would|'ll)? {STILL}(?:need|want|like|love|prefer)(?: to (?:have|get|see))? (?:it|this|that"
        r"|these|those|them|(?:the|our|my|your) (?:[\w'-]+ ){1,4}?)(?: all| both)? ?"
        r"(?:to be (?!honest|sure|clear|fair)\w|(?!(?:done|finished|completed?|sorted|fixed|delivered|needed"
        r"|used|ordered"
        r"|called|based|dated|published|approved|printed|signed|launched|shipped|red|"
        r"set up)\b)(?:re)?\w{3,}(?:ed|own|ut)\b"
        r"|(?:more|less) \w|(?!(?:over|after|under|ever|never|however|together|rather|other|another|later|sooner|number"
        r"|folder|header|footer|banner|user|paper|poster|flyer|letter|newsletter|offer|order|server|slider|cover"
        r"|trailer|register|summer|winter|october|november|december|september|per)\b)\w{3,}er\b))",
        "whole",
        0.74,
        "I really need the banner resized today.",
    ),
)
