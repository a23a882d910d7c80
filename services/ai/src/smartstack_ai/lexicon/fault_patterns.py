"""What is said of things that are broken or wrong."""

import re

BAD = (
    r"(?:down|broken|locked|last (?:year|month|week|season|quarter)'s|from last (?:year|season)|stretched"
    r"|blurry|blurred|pixelated|cut off|cropped|misaligned|off[- ]cent(?:re|er)"
    r"|missing|wrong|incorrect"
    r"|outdated|out of date|out of sync|slow|sluggish|unresponsive|stuck|crashing|failing|dead|buggy"
    r"|glitchy|glitching|unreadable|illegible"
    r"|empty|offline|inaccessible|unreachable|unavailable|expired|expiring|invalid|duplicated|overlapping"
    r"|squashed|squished|distorted|weird|odd|strange"
    r"|funny|messed up|screwed up|borked|hacked|bouncing|timing out|misspelled|misspelt|mis-spelled|garbled"
    r"|laggy|janky|wonky|skewed|faded|washed out"
    r"|hidden behind|grainy|fuzzy|dull|gloomy|bland|bare|blank|cramped|crowded|crooked|choppy|jerky|muffled"
    r"|tinny|redundant|repetitive"
    r"|uneven|patchy|jagged|clunky|ugly|dreadful|terrible|awful|looping|(?:barely|hardly|scarcely"
    r"|almost (?:in|un)) ?(?:visible|readable|legible"
    r"|noticeable|usable|audible)"
    r"|(?:the|an?|our) (?:default|old|previous|wrong|original|outdated)\b|(?:a (?:bit|little|tad|touch) "
    r"|slightly |way |far |much |still )?(?:off(?! (?:school|work|sick|to|on|until|for|from|this|next)\b)|too \w+"
    r"|hard to (?:read|see|find|use))|not (?:right|correct|quite right|working|loading|showing|responsive"
    r"|clickable|aligned|centred|centered|visible|sending|updating|saving|syncing|opening|playing"
    r"|responding|rendering|displaying)"
    r"|all over the place|out of (?:place|stock|whack)|acting up|playing up|throwing|returning (?:an? |\d|\")"
    r"|giving (?:an?|me|us)|showing (?:an? |the wrong|up (?:as|twice)|[£$€]?\d)|(?:in |just |only "
    r"|full of )*(?:lorem ipsum|placeholders?)"
    r"|non-?(?:compliant|functional|responsive|working)|incompatible|unclear|insecure|mislabell?ed"
    r"|incomplete|going to (?:spam|the wrong|junk)"
    r"|pointing to the wrong"
    r"|redirecting to the wrong|double[- ]charging|not there|gone|inconsistent|confusing|cluttered"
    r"|unsupported|vulnerable|charged twice|\w+ (?:to |as |at |with |in )?the wrong|no longer (?:working"
    r"|loading|showing|visible|available|there|sending)|overflowing|leaking|spamming|flickering|jumping"
    r"|lagging|freezing|hanging)"
)

SOFT = (
    r"(?:(?:a (?:bit|little|tad|touch)|slightly|really|very|so|still|completely|totally|super|quite"
    r"|kind of|kinda|just|also|now|currently|all|pretty|somewhat|constantly|always|again|rather|extremely"
    r"|suddenly|\w+ly|often|sometimes|only|even) )*"
)

NOT = (
    r"(?:doesn't|don't|does not|do not|didn't|did not|won't|will not|isn't|is not|aren't|are not|wasn't"
    r"|can't|cannot|can not|couldn't|never|no longer|doesnt|dont|wont|isnt|cant)"
)

WORKS = (
    r"(?:work|load|open|show|display|save|send|submit|render|update|respond|appear|fit|align|match|play"
    r"|scroll|sync|link|print|arrives?|deliver|finish|reach|turn up|validate|refresh|redirect|connect"
    r"|log|close|start|stop|upload|download|collapse|expand|resize|be (?:opened|clicked|reached|accessed"
    r"|loaded|seen|read)|go(?:ing)? (?:through|anywhere|out)|coming (?:up|through)|getting (?:through"
    r"|delivered|sent)|come (?:up|through)|do anything|look (?:right|good|great"
    r"|correct)|include|contain|apply|calculate|count|take|accept|recogni[sz]e|allow|support|autofill"
    r"|trigger|fire|reflect|persist|follow|convert|(?:quite )?(?:work|load|look|fit|add up|line up"
    r"|make sense))(?:ing|s|ed)?"
)

FAILS = (
    r"(?:(?:isn't|aren't|is not|are not) (?:\w+ ){0,2}(?:compliant|accessible|readable|visible|clear"
    r"|correct|right"
    r"|consistent|secure|up to date|available|translated|complete)"
    r"|(?:says?|shows?|reads?|displays?|is|are) .{1,40}? instead of|(?:has |have |just |suddenly "
    r"|also )*(?:stopped (?:\w+ing)|expired|lapsed|crashed|broken|failed"
    r"|gone (?:down|missing|offline|blank)|disappeared|vanished)|(?:has|have|contains?|uses?|shows?"
    r"|includes?|is using|are using|still has|got|misses|lacks|lack) (?:the |an? |some |our |my |your |his "
    r"|her |their )?(?:wrong|incorrect|old|broken"
    r"|missing|outdated|duplicate|duplicated|misspelled)\b|keeps? (?:on )?(?:\w+ing)|crash(?:es|ed)?|fails?"
    r"|failed|freezes|froze|breaks|broke|overlaps?|disappeared|vanished|bounces?|bounced|times? out"
    r"|timed out|hangs"
    r"|(?:gives?|makes?|throws?|returns?|shows?|says?|displays?|leads? to|goes to|links? to|points? to"
    r"|redirects? to|takes? (?:me|you|us) to|opens?) (?:me |us |you |up )?(?:an? |the )?(?:\w+ )?(?:404|500"
    r"|502|503|error|blank|white (?:screen|page)|wrong|old|not found|broken|\"?access denied|dead)"
    r"|went down|went offline|got hacked|has gone|does nothing|do nothing|404s|500s|errors out|lags"
    r"|still (?:says?|shows?|lists?|mentions?|displays?|links?|points?|uses?|refers?|reads?|has|have"
    r"|contains?|includes?|goes|opens?"
    r"|appears?|redirects?)|(?:hasn't|haven't|has not|have not) been (?:updated|fixed|changed|added|sent"
    r"|uploaded|replaced|removed|corrected"
    r"|published|posted|delivered|processed|refreshed|applied|saved|indexed|backed up|renewed)|(?:misses"
    r"|lacks) (?:the|an?|our|my|some|any)|(?:is|are) (?:missing|lacking) (?:the|an?|our|my|some|any)"
    r"|(?:drops?|cuts?|fades?|falls?|dropped|cut|fell) (?:out|off)|(?:takes?|took|taking) (?:ages|forever"
    r"|(?:far |way )?too long|a long time"
    r"|a while|\d+ (?:seconds|secs|minutes|mins))|flickers|spills|overflows|leaks|(?:(?:has|have) been "
    r"|keeps? )?(?:go(?:es|ing)?|went|landing|ending up|lands?"
    r"|ends? up|landed) (?:straight )?(?:in|into"
    r"|to) (?:the |my |our |their "
    r"|people's |everyone's )?(?:spam|junk|wrong)|goes? (?:off|outside) (?:the )?(?:screen|page))"
)

SUBJECT = r"(?:[^,;:?!]{2,90}?(?:, (?:which|that|who|however,?|though,?))?)"

BROKEN = re.compile(
    rf"(?P<subject>{SUBJECT})(?: (?:is|are|was|were|looks?|runs?|reads?|sounds?|sits?|seems?|appears?|got"
    rf"|gets?|went|feels?|has been"
    rf"|have been|comes? (?:out|up)|came out|being|keeps? being|remains?|becomes?|now)|'s|'re) (?:to be "
    rf"|to have |like it's |as if it's )?{SOFT}{BAD}\b"
    rf"|(?P<subject2>{SUBJECT}) (?:still |just |also |now |suddenly )?(?:{NOT} (?:seem to |appear to "
    rf"|even |always |quite |currently |actually |be |let (?:me|us|users|people|customers) )*{WORKS}"
    rf"|{FAILS})\b",
    re.IGNORECASE,
)

HAVING = re.compile(
    r"(?:there(?:'s| is| are| seems to be| appears to be| might be| must be)|i(?:'m| am|'ve| have)?"
    r"|we(?:'re| are|'ve| have)?|(?:our |some |a few |several |many )?(?:users|customers|clients|people"
    r"|visitors|staff|colleagues?)(?: are| have| keep)?|(?:just |also )?(?:noticed|found|spotted|seeing"
    r"|getting|having|got))"
    r" (?:also |just |still |now |been |only |keep |keeps |had )*(?:(?:noticed?|noticing|found|find(?:ing)?"
    r"|spott?(?:ed|ing)|see(?:ing|n)?|saw|get(?:ting)?|got|hav(?:e|ing)|hit(?:ting)?|run(?:ning)? into"
    r"|ran into|experienc(?:ed|ing)|report(?:ed|ing)?|complain(?:ed|ing)?(?: about)?|spot|notice|received"
    r"|receiving|seeing)(?: that)? )?"
    r"(?:an? |the |some |lots of |loads of |a few |a couple of |several |two |three |many |multiple |this "
    r"|more |big |small |little |weird |strange |minor |major |serious )*"
    r"(?:\w+ ){0,2}(?:typos?|bugs?|(?:white|blank|black|grey) (?:screen|page)s?|time-?outs?|errors?|issues?"
    r"|problems?|glitch(?:es)?|mistakes?|broken (?:link|image|page)s?|gaps?|lag|delay|faults?|discrepanc(?:y"
    r"|ies)|inconsistenc(?:y|ies)|mismatch|misprint"
    r"|(?:blank|white|empty|extra|double) (?:space|line|row|box|gap|border|bar)s?|typing errors?|trouble"
    r"|404s?|outage|crash(?:es)?"
    r"|spam|warnings?|(?:double|duplicate|triple|repeated|fake|missing|wrong|strange) \w+|complaints?"
    r"|misspellings?|vulnerabilit(?:y|ies)|something (?:wrong|off|weird"
    r"|strange))\b",
    re.IGNORECASE,
)

AWAITED = re.compile(
    r"(?:(?:i|we)(?:'ve| have)? |^)(?:still )?(?:haven't|have not|never|didn't|have yet to|not) (?:yet "
    r"|actually )?(?:received?|got(?:ten)?|get|had|seen|heard back|been (?:sent|paid|given"
    r"|invoiced)) (?!a chance|time|to\b|any (?:questions|issues|problems))",
    re.IGNORECASE,
)

STEPS = re.compile(
    r"(?:when(?:ever)?|if|every time|each time|after|once) (?:i|we|you|users|customers|someone|people"
    r"|anyone)\b[^.?!]{3,120}?\b"
    r"(?:nothing happens|errors?|404|500|crash\w*|freez\w*|blank|white (?:screen|page)|doesn't|won't|fails?"
    r"|broken|wrong|disappears?|hangs|stuck|times out|jumps|can't|redirects?|logs? me out)\b",
    re.IGNORECASE,
)

ASKED = re.compile(
    r"(?:is|are|has|have) (?:the|our|my|your|this) [^,;:.!?]{2,50}? (?:down|broken|offline|slow|not working"
    r"|stopped working|crashed|expired|been hacked)\b",
    re.IGNORECASE,
)

ELIDED = re.compile(
    r"(?!(?:i|we|you|it|not|that|this)\b)(?:[\w'/-]+ ){1,6}?(?:(?:still |now |also )?not (?:\w+ing|aligned"
    r"|clickable|responsive|centred|centered|visible)|broken|missing|cut off|misaligned|down\b|(?:is |are "
    r"|a bit |way |far |still )*too (?:big|small|large|dark|light|slow|fast|wide|narrow|long|short|close"
    r"|tight|thin|bold|bright|high|low|faint|busy)|blurry|stretched|pixelated|wrong|overlap(?:s|ping)"
    r"|doesn't \w+|don't \w+|won't \w+)\b",
    re.IGNORECASE,
)

CANNOT = re.compile(
    r"(?:^(?:still )?(?=can't|cannot|cant|unable|not able)|(?:i|we|they|he|she|users|customers|people"
    r"|visitors|clients|nobody|no one|(?:our|my|the) (?:users|customers|team"
    r"|clients|visitors|staff|editors|colleagues?|boss))(?:'m| am| are|'re)? )(?:still |just |also |now )?"
    r"(?:can't|cannot|can not|cant|can|couldn't|(?:am |are |is |was )?(?:unable to|not able to)"
    r"|can no longer|don't seem to be able to|keep(?:s)? getting|got) "
    r"(?:seem to |even |actually |currently |get to )?(?:log ?in|log|sign|access|open|see (?:the|any|our|my|it)"
    r"|view|find|load|edit"
    r"|upload|download|save|submit|send|get (?:in|into|onto|the|past|to the)|reach|check ?out|pay|complete"
    r"|use|click|play|update|publish|add|delete|change|scroll|read|connect|locked out|logged out|kicked out"
    r"|an error|errors|book|order|register|print|preview|receive|buy|purchase|place|subscribe|reset)\b",
    re.IGNORECASE,
)

NAMED_FAULT = re.compile(
    r"(?:we|i)(?:'ve| have)? (?:just )?(?:got|were|was|been|had) (?:been )?(?:hacked|locked out|logged out"
    r"|charged twice|double[- ]charged|overcharged)\b|(?:an? |another |one |tiny |small |little |minor |big "
    r"|quick |spelling |there's )*(?:typos?|bugs?"
    r"|mistakes?|errors?|glitch(?:es)?"
    r"|broken links?|dead links?|spelling mistakes?) (?:on|in|at|with|spotted)\b|(?:small |tiny |little "
    r"|another |one |a )*typos?[,:] ",
    re.IGNORECASE,
)

DOWN = re.compile(
    r"(?!(?:i|we|you|it|not|that|this|got|get|gone|something|nothing|what|feeling|sit|calm|come|let|all|he"
    r"|she)\b)(?:[\w'/-]+ ){1,5}?"
    r"(?:(?:still |again |now |also )?(?:not (?:working|loading|sending|showing|opening|responding|saving"
    r"|playing|displaying)"
    r"|broken|missing|down|offline|blurry|stretched|pixelated|cut off|misaligned|isnt \w+ing|isn't \w+ing))"
    r"(?: again| now| since\b.{0,30}| on (?:my |our )?\w+| for (?:me|us|everyone)| today| this morning| atm"
    r"| at the moment)*[\s.!]*$",
    re.IGNORECASE,
)

RESOLVED = re.compile(
    r"\b(?:no longer (?:an issue|a problem|broken|down|getting|happening|seeing|slow)|(?:is|are|been|was"
    r"|it's|all|now|got) (?:now )?(?:fixed|resolved|sorted|solved|working|back up|back online"
    r"|back to normal)|works (?:now|again|fine|great|well|perfectly)|nothing (?:is|was)|(?:isn't|not|aren't"
    r"|wasn't) (?:broken|down|wrong|missing|an issue|a problem)|no (?:issues?|problems?|errors?|bugs?"
    r"|trouble)|don't worry|not a problem|was (?:down|broken) (?:yesterday|last|earlier|this morning)? ?but"
    r"|without (?:any )?(?:issues?|problems?|errors?)|fixed (?:it|that|the)|sorry (?:if|for|about))\b",
    re.IGNORECASE,
)

HYPOTHETICAL = re.compile(
    r"(?:if|unless|in case|whenever|suppose|imagine|what if|when|once|until|thanks|thank)\b", re.IGNORECASE
)

PERSONAL = re.compile(
    r"(?:i|we|he|she|you|they|i've|my (?:son|daughter|wife|husband|mum|mom|dad|dog|cat|kid|kids|flight"
    r"|train|back|car|day|week|phone)|the (?:weather|kids|dog|traffic|train)|life|everyone|things|today"
    r"|work|time|that|what|nothing|who|which|none|your invoice)(?:'m|'re|'s)?$",
    re.IGNORECASE,
)
