"""How requests begin in English, from "Could you" to "We still need", and what each opener leaves for a title."""

from smartstack_ai.lexicon.opener import ADV, IF, STILL, WE, YOU, Opener
from smartstack_ai.lexicon.request_followups import FOLLOW_UPS
from smartstack_ai.lexicon.request_hints import HINTS

_NICE = (
    r"(?:great|good|lovely|nice|super|helpful|ideal|amazing|fab|fabulous|perfect|wonderful|brilliant"
    r"|awesome|useful"
    r"|appreciated|fantastic|cool|best|excellent|handy|better|worth|ace|a (?:big|huge|great) help)"
)
_MUCH = r"(?:really |so |very |much |greatly |super |even |pretty )*"
_NOT_NOUN = (
    r"(?!(?:you|to|that|it|this|them|these|those|him|her|some more time|more time|a (?:moment"
    r"|minute|break))\b)"
)
_THING = r"(?:the|our|this|that|these|those|it|my|all|every|each|your|both|any|them)"

OPENERS: tuple[Opener, ...] = (
    *FOLLOW_UPS,
    *HINTS,
    # Would you mind sending · mind sending
    Opener(
        rf"(?:would|do|will) {YOU} mind (?:please |also |just |maybe )*(?=\w+ing\b)",
        "gerund",
        0.92,
        "Would you mind moving our Thursday slot to 4pm?",
    ),
    Opener(r"mind (?=\w+ing\b)", "gerund", 0.8, "Mind sending the fonts over?"),
    # Could you send · would you be able to · will someone
    Opener(rf"(?:could|can|would|will|cld|wld|couldn't|can't|won't) {YOU} +{ADV}", "verb", 0.92, "Can you help?"),
    Opener(rf"(?:are|r) {YOU} able to {ADV}", "verb", 0.86, "Are you able to resize the banner?"),
    Opener(
        rf"(?:do|would) {YOU} (?:think|reckon|suppose) {YOU} (?:could|can|might"
        rf"|would)(?: be able to)? +{ADV}",
        "verb",
        0.86,
        "Do you think you could get the proposal over to me by lunchtime tomorrow?",
    ),
    Opener(
        rf"(?:do {YOU} )?have (?:the |any )?(?:time|capacity|a (?:moment|minute|sec|second"
        rf"|chance))(?: (?:today|tomorrow|tonight|(?:this|next) (?:week|month|morning|afternoon)|on \w+"
        rf"|before \w+))? to {ADV}",
        "verb",
        0.72,
        "do u have time this week to fix the menu on mobile its overlapping",
    ),
    Opener(
        rf"(?:is there )?any (?:chance|way|possibility|hope)(?: that| at all)? (?:{YOU}|we|i)(?: could"
        rf"| can| might| would|'d)?(?: be able to)? +{ADV}",
        "verb",
        0.86,
        "Is there any way we can speed up the homepage?",
    ),
    Opener(
        r"(?:is there )?any (?:chance|possibility|way|hope) of (?:(?:you"
        r"|us) )?(?:also )?(?=(?:\w+ly )?\w+ing\b)",
        "gerund",
        0.82,
        "Sorry to chase, but is there any chance of getting the invoice today?",
    ),
    Opener(
        r"(?:is there )?any (?:chance|possibility) of (?:(?:a|an|some|the) )?",
        "noun",
        0.75,
        "any chance of a quick sketch for the packaging by weds?",
    ),
    Opener(
        rf"(?:is there (?:a|any) way|how feasible is it|(?:is|would|will) it (?:be )?(?:possible"
        rf"|feasible|doable|ok|okay|alright|easy)(?: for {YOU})?|would it be too much(?: trouble)?"
        rf"|possible|is there time) (?:to|if (?:{YOU}|we) (?:could |can )?) ?{ADV}",
        "verb",
        0.8,
        "Would it be okay to move our call to Wednesday?",
    ),
    Opener(
        rf"(?:i (?:was|am)|i'm|just|we were|we're)? ?wonder(?:ed|ing)? (?:{IF} )(?:{YOU}|we"
        rf"|i)(?: could| can| might| would|'d)(?: be able to| please)? +{ADV}",
        "verb",
        0.86,
        "I was wondering if you could add a newsletter signup to the footer sometime next week.",
    ),
    Opener(
        rf"(?:is there|{IF} there(?:'s| is| was)) (?:a|any) (?:way|chance"
        rf"|possibility) (?:that )?(?:{YOU}|we|i) (?:could|can|might) {ADV}",
        "verb",
        0.82,
        "And is there a chance we could have the filters collapsed by default?",
    ),
    Opener(
        rf"(?:i|we)(?: would|'d) (?:really |very much |greatly |so |also )*(?:appreciate|be (?:very |so "
        rf"|most |really |extremely )?(?:grateful|thankful|obliged)|love"
        rf"|like)(?: it)?,? (?:very much )?if (?:{YOU}|we)(?: could| can| would|'d)?(?: please)? +{ADV}",
        "verb",
        0.9,
        "I'd be grateful if you'd forward the contract to our lawyer, cc me.",
    ),
    Opener(
        rf"(?:appreciate it|grateful|much appreciated|appreciated|hoping|hope|hopeful"
        rf"|trust)(?: that)?(?: if)? {YOU}(?: could| can| would|'d| will|'ll) +{ADV}",
        "verb",
        0.84,
        "I was hoping you could tidy up the spacing between the cards.",
    ),
    Opener(
        rf"(?:it|that)?(?:'d| would|'s| is|ll)? ?(?:also |really "
        rf"|just )?be {_MUCH}{_NICE},? {IF} (?:{YOU}|we)(?: could| can|'d be able to| were able to"
        rf"|'d)? *{ADV}",
        "verb",
        0.88,
        "It'd be great if we could have the homepage live by the 15th.",
    ),
    Opener(
        rf"(?:it|that)?(?:'d| would|'s| is|ll)? ?(?:also |really |just )?be {_MUCH}{_NICE} to {ADV}",
        "verb",
        0.74,
        "It'd be nice to see it in situ, e.g. on a van.",
    ),
    Opener(
        rf"(?:it|that)(?:'d| would) (?:also )?be {_MUCH}{_NICE} {IF} (?={_THING}\b)",
        "whole",
        0.72,
        "It would be great if this could be live by Thursday.",
    ),
    Opener(
        rf"if {YOU}(?: could| can| would|'d| wouldn't mind| get a (?:chance|minute|moment) to"
        rf"| don't mind| have (?:time|a chance|a moment) to) +{ADV}",
        "verb",
        0.78,
        "If you could action them by Thursday that would be brilliant.",
    ),
    Opener(
        rf"(?:can|could|may|might) (?:i|we) (?:please )?(?:ask|trouble|bother|get|have|request|persuade"
        rf"|beg|bug) {YOU} (?:to )?{ADV}",
        "verb",
        0.92,
        "Could I trouble you for a quick favour?",
    ),
    Opener(
        rf"(?:i|we)(?:'d| would|'ll| will|'m going to| am going to)? ?{STILL}(?:need|like|want|love"
        rf"|prefer|require|expect|ask|request)(?:ed|ing)? (?:for )?{YOU} to {ADV}",
        "verb",
        0.92,
        "I'd like you to add Maria to the project board.",
    ),
    Opener(
        rf"{YOU}(?:'ll| will)? (?:also |still |just |probably |really )*(?:need to|have to|gotta"
        rf"|ought to|must|should) (?:also |please |probably |just )*(?!(?:have|see|receive|get|find|notice"
        rf"|hear|love|know|be"
        r"|recognise|already|now|never|always|need|note)\b)",
        "verb",
        0.72,
        "You'll need to update the DNS records by the 1st.",
    ),
    Opener(
        r"you(?:'ll| will) (?:also |then )?(?!(?:have|see|receive|get|find|notice|hear|love|know|be|already"
        r"|need|recall|never"
        r"|always|remember)\b)",
        "verb",
        0.74,
        "you'll send the revised quote by tomorrow",
    ),
    Opener(
        rf"(?:would )?(?:i |we )?(?:would |'d )?(?:need|want|wish|require) that {YOU} +{ADV}",
        "verb",
        0.84,
        "I would need that you correct the error in the second slide.",
    ),
    Opener(
        rf"(?:is|would|will) it (?:be )?(?:possible|ok|okay|feasible) that (?:{YOU}|we) {ADV}",
        "verb",
        0.84,
        "Bonjour, is it possible that you translate also the page of contacts in English?",
    ),
    Opener(
        rf"(?<![\w'] )(?:would |will |still |just |also |really )*(?:need|want|like|love) {YOU} to {ADV}",
        "verb",
        0.84,
        "Need you to redo the About page.",
    ),
    Opener(
        rf"{WE}(?:'d| would) (?:much |really |actually )*(?:(?:rather|sooner)(?: it| that)?(?: if)?"
        rf"|prefer (?:it if|that|if)) "
        r"(?=(?:we|you|it|they|the|that|this|our|these|those)\b)",
        "whole",
        0.74,
        "I'd rather we used the blue from the old logo.",
    ),
    Opener(
        r"(?<![\w'] )would (?:really |much |also )*(?:prefer|like|love|appreciate) (?=(?:a|an|the|some|more"
        r"|less|\w+er) )",
        "noun",
        0.72,
        "would prefer a warmer tone in the second paragraph",
    ),
    Opener(
        r"(?:maybe|perhaps|possibly) (?:just )?(?=[a-z]+ (?:it|this|that|them|these|those|the|our|a|an)\b[^?]*\?)",
        "verb",
        0.72,
        "Maybe cut it down to two sentences?",
    ),
    Opener(
        r"(?:you|we) (?:might|may) (?:also )?(?:want|need|like) to ",
        "verb",
        0.6,
        "You might want to update the copyright year.",
    ),
    Opener(rf"(?:can|could|should|shall) we {ADV}", "verb", 0.76, "Can we move the logo to the left?"),
    Opener(
        r"(?:can|could|may) i (?:please |also |just |possibly )*(?=(?:get|have|see|request|order|book"
        r"|borrow|grab)\b)",
        "verb",
        0.76,
        "Can I have the source files?",
    ),
    Opener(
        rf"will (?={_THING} (?:[\w' -]{{2,60}}? )?be (?:ready|done|finished|live|delivered|completed?|sent|online|fixed"
        rf"|back up|with (?:us|me))\b)",
        "passive",
        0.72,
        "Will the new version be live by Friday?",
    ),
    Opener(
        rf"(?:can|could|should|would|must|may) (?={_THING} (?:[\w' -]{{2,60}}? )?be (?!that\b|the case"
        rf"|because|possible|why)\w)",
        "passive",
        0.76,
        "Can it be restored?",
    ),
    Opener(
        rf"(?:(?:i|we)(?:'d| would)|would) (?:really )?(?:love|like|appreciate|prefer) it if (?={_THING}\b)",
        "whole",
        0.72,
        "Would love it if the animation was a bit slower.",
    ),
    Opener(
        rf"{WE}(?:'d| would) (?:really |very much |greatly )*appreciate (?=\w+ing\b)",
        "gerund",
        0.8,
        "We would appreciate receiving the final files no later than December 4th at noon.",
    ),
    Opener(
        rf"{WE}(?:'d| would) (?:really |very much |greatly )*appreciate (?=(?:a|an|the|some)\b)",
        "noun",
        0.74,
        "I'd really appreciate a quick turnaround on this one.",
    ),
    Opener(
        rf"{WE}(?:'d| would) (?:also )?(?:suggest|recommend|propose) (?=\w+ing\b)",
        "gerund",
        0.62,
        "I'd suggest moving the form above the fold.",
    ),
    Opener(
        r"(?:my|our|one|the only|only) (?:suggestion|thought|request|ask|recommendation"
        r"|comment)s? (?:would be|is|are) to ",
        "verb",
        0.64,
        "My suggestion would be to shorten the intro.",
    ),
    # We need to · I'd like to · we need NP
    Opener(
        rf"we(?:'ll| will|'ve| have|'d| would)? ?{STILL}(?:need|want|have|got|wish|love|like"
        rf"|prefer) to {ADV}",
        "verb",
        0.74,
        "We need to talk.",
    ),
    Opener(
        rf"i(?:'d| would|'ll|'ve| have)? ?{STILL}(?:need|want|have|got|wish|love|like|prefer) to {ADV}",
        "verb",
        0.62,
        "I'd like to change the opening hours.",
    ),
    Opener(
        rf"{WE}(?:'re| are|'m| am|'ll| will| would|'d)? ?{STILL}(?:need|needs|missing|lacking"
        rf"|looking for|after|waiting(?: for| on|(?= your\b))|awaiting|short of) {_NOT_NOUN}",
        "noun",
        0.76,
        "We need a cookie banner.",
    ),
    Opener(
        rf"{WE} ?(?:(?:'d| would|'ll)? ?{STILL}(?:want|require|could do with)|(?:'d"
        rf"| would) ?{STILL}(?:like|love|prefer)) {_NOT_NOUN}(?=(?:a|an|the|some|more|another|all|one|two"
        rf"|three|four|\d+|new|your|our|my|its|updated|bigger|smaller|\w+er|\w+ \w+) ?)",
        "noun",
        0.72,
        "I want the mock-up tonight.",
    ),
    Opener(
        r"(?:any|got an?|is there an?) (?=(?:update|news|progress|eta|word|movement)s? (?:on|about"
        r"|regarding|from|re)\b)",
        "noun",
        0.58,
        "Any news on the quote?",
    ),
    Opener(
        rf"(?:have|did|were|had) {YOU}(?: had)?(?: already| ever| yet)? (?:(?:get|had|have|got)? ?(?:a"
        rf"|the) (?:chance|time|opportunity|moment) to|manage to|remember to|able to|get around to"
        rf"|get round to) {ADV}",
        "verb",
        0.6,
        "Did you manage to fix the slider?",
    ),
    Opener(
        rf"(?:by )?when (?:can|could|will|would|do {YOU} think) {YOU} (?:can |could |be able to )*",
        "verb",
        0.55,
        "When can you start?",
    ),
    Opener(
        r"(?<![\w'] )(?:still |also |just |urgently |really |will )*need(?:ed|ing)?:? (?!to\b|it\b"
        r"|this\b|these\b|that\b|them\b|you\b|any\b|anything\b|help\?)",
        "noun",
        0.74,
        "Need a hand with anything?",
    ),
    Opener(
        r"(?<![\w'] )(?:still |also |just |urgently |really |will )*need to (?:also )?",
        "verb",
        0.72,
        "Still need to fix the footer.",
    ),
    Opener(
        r"ideally,? (?:we|i)(?:'d| would) (?:like to |want to |also )*",
        "verb",
        0.74,
        "Ideally we'd have the new pricing up by 1 Jan.",
    ),
    Opener(
        rf"{WE}(?:'d| would|'m|'re| are| am)(?: be)? (?:also |really |very )*interested in (?!you)",
        "noun",
        0.6,
        "We'd be interested in a quote for SEO.",
    ),
    # Don't forget to · make sure · please
    Opener(
        r"(?:please |pls |and |also )*(?:don't|do not|dont|never) (?:you )?forget (?:to "
        r"|about )?(?:also )?",
        "verb",
        0.88,
        "Do not forget the meta descriptions!",
    ),
    Opener(
        r"(?:please |pls |also |and )*(?:remember|be sure|see if you can|try) (?:to|and) ",
        "verb",
        0.82,
        "Remember to invoice us before 18 December!",
    ),
    Opener(
        r"(?:please|pls|plz|kindly),? +(?:can|could|would|will) you +", "verb", 0.92, "Please could you mock that up?"
    ),
    Opener(rf"(?:please|pls|plz|kindly),? +{ADV}", "verb", 0.9, "Please fix ASAP"),
    Opener(r"why (?:don't|not|dont) (?:you |we )?", "verb", 0.58, "Why not add a map to the contact page?"),
    Opener(r"(?:how|what) about (?=\w+ing\b)", "gerund", 0.6, "How about trying the logo in white?"),
    Opener(
        r"(?:maybe|perhaps) (?:you|we) (?:could|should|can) (?:also |just )?",
        "verb",
        0.64,
        "Maybe we could try a darker shade for the background?",
    ),
    Opener(
        r"(?:i think |i guess |i feel |i feel like |i reckon |maybe )?we (?:should|must"
        r"|ought to) (?:also |probably |really |just )?",
        "verb",
        0.64,
        "We should probably add a cookie banner at some point.",
    ),
    Opener(r"let's (?:also |just |maybe |then |please |try to )?", "verb", 0.6, "Let's use that."),
    Opener(
        r"(?:(?:next|first) steps?|to-?do|action(?: item| point)?s?|task|request|ask|change|fix"
        r"|must-have) ?[:–-] ?",
        "noun",
        0.8,
        "Quick ask: can we get the new menu up before the long weekend?",
    ),
)

_GUARDS = """
what how why who where which whom whose when whenever unless that as than do did does all because once while
everything anything something whatever until don't didn't things one
"""
#: Words before an opener that turn it into a question or a clause of something else ("what would you", "if we need").
GUARDS = frozenset(_GUARDS.split())
