"""What is said of things that want a change."""

import re

# Any verb after "must", but not every one after "should": "it should arrive on Friday" is news.
NEWS_VERB = (
    r"(?:arrive|reach|work|help|do|suffice|cost|be (?:fine|ok|okay|good|great|able|enough|there|here"
    r"|with (?:you|me|us)|in (?:your|my|our)"
    r"|interesting|easy|quick|straightforward|simple|nice|warm|dry|possible|around|available|back|home|free"
    r"|paid|cleared|sunny)"
    r"|come (?:through|in)|clear|land|hear|receive|get|see|know|be hearing|have (?:\w+ed|been|arrived"
    r"|received|got|had|seen|come|gone))"
)

NEEDS = re.compile(
    r"(?P<subject>(?!(?:i|we|you|it|he|she|they|that|this|who|which|what|there|if|when|no|nothing|everything"
    r"|nobody)\b)(?:(?!(?:so|but|because|if)\b)[^,;:?! ]+ ){0,7}?(?!(?:so|but|because|if)\b)[^,;:?! ]+) "
    r"(?:(?:still|also|really|just|now|definitely|probably|all|both|do|does|urgently|then) )*"
    r"(?:needs? (?!(?:anything|nothing)\b)|could do with |(?:must|ought to|has to|have to|shouldn't|should not|must not"
    r"|mustn't|wants to|is supposed to|are supposed to|is meant to|are meant to) (?=[a-z])|should (?:also "
    r"|really |probably |all |now "
    rf"|instead |not )*(?!{NEWS_VERB}\b)(?=[a-z]))",
    re.IGNORECASE,
)

IT_NEEDS = re.compile(
    r"(?:it|they|this|that|these|those|both|all of (?:them|it|these)|some of (?:them|it|these))(?:'s|'re| is"
    r"| are)? (?:still |also |really |just |all |both |now )*"
    r"(?:needs? (?:\w+ing|to be|to (?:say|read|go|have|match|look|link|point|show|include)|updat\w+|a |an "
    r"|some |more |less )"
    r"|(?:supposed|meant) to (?:be|say|read|go|have|match|look|link|point|show|include)|ought to |must (?:be"
    r"|say|read|go|have|match|not)"
    r"|(?:has|have) to (?:be|say|read|go|match|look|include))\b",
    re.IGNORECASE,
)

# "Attached is the price list, which should replace the old one."
ENCLOSED = re.compile(
    r"(?:please |pls |kindly )?(?:(?:find |see |i've |i have |we've |we have |i'm |here(?:'s| is"
    r"| are) )*(?:attached|attaching|enclosed)|here(?:'s| is| are))"
    r"\b[^?!]{3,120}?\b(?:(?:which|that|they|it|these|this) (?:all )?(?:should|needs? to|must|has to|have to) \w"
    r"|to be (?:added|uploaded|used|published|included|inserted|put|posted|placed|printed|swapped)"
    r"|to (?:go (?:on|in|up|under|at|with)|replace|upload"
    r"|add to|put on)\b|for (?:upload|publication|posting|you to (?!(?:see|look|review|read|have|keep|enjoy"
    r"|check)\b)))",
    re.IGNORECASE,
)

# "Sarah's name is spelled with an h": said only where the text has it otherwise.
CORRECTED = re.compile(
    r"(?!(?:i|we|you|he|she|they|that|what|who|this|there|(?:the|our|my) (?:\w+ )?(?:event|meeting|call"
    r"|launch|date|party"
    r"|wedding|show|shoot|deadline|plan|point|idea))\b)[^,;:?!]{2,60}? (?:is|are|was|were"
    r"|'s)(?: actually| now| really)?"
    r"(?: (?:spelled|spelt|written)\b| [^,;:?!]{1,40},? (?:and )?(?:not|rather than|instead of) [^,;:?!]{1,40}$)",
    re.IGNORECASE,
)

# "We opened in 2009, not 2008 as it says on the About page", "it's “programme”, not “program”"
CONTRADICTED = re.compile(
    r"[^?]{5,160}\b(?:as (?:it|they|the [\w ]{2,30}|stated|shown|written|listed|you) (?:currently |now "
    r"|still )?(?:says?|states?"
    r"|shows?|reads?|have|on|in)\b|(?:says?|shows?|lists?|reads?|states?|claims?)\b[^?]{2,60}?,? (?:but "
    r"|when |which )?(?:it|that|this|they"
    r"|we|he|she)(?: really| actually)?(?: isn't| is not|'s not| aren't| are not|'re not| isnt| is wrong"
    r"|'s wrong| is incorrect)"
    r"(?: true| right| correct| the case)?[\s.!]*$)|[^?]{0,80}\"[^\"]{1,40}\"[^\"]{0,12},? (?:and )?not \""
    r"|[^?]{0,40}\S ?(?:->|=>|→|⟶|➝)"
    r" ?[\w\"'][^?]{0,40}$",
    re.IGNORECASE,
)

# "A version without the watermark would be wonderful."
WISHED = re.compile(
    r"(?:(?:a|an|another|some|one|two|three|any|more|maybe a|also a|and a)\b (?!(?:coffee|drink|beer|pint"
    r"|lunch|break|holiday)\b)[^,;:?!]{3,90}?"
    r"|(?!(?:seeing|meeting|hearing|catching|getting together|working)\b)\w{3,}ing (?:the|a|an|our|some|it"
    r"|them)\b[^,;:?!]{3,90}?) (?:would|'d|might) "
    r"(?:also |really )?be (?:\w+ ly )?(?:really |very |super |so |most |much |also )*(?:great|good|lovely"
    r"|nice|helpful|ideal|amazing|fab|perfect"
    r"|wonderful|brilliant|awesome|useful|appreciated|fantastic|handy|better|cool|welcome|best|super|excellent)\b",
    re.IGNORECASE,
)

THEY_WANT = re.compile(
    r"(?:he|she|they)(?:'d| would| really| also|'s| has|'ve| have)* (?:like|love|prefer|wants?|needs?|asked"
    r"|requested)(?: for| if| us| me| that| to)? "
    r"(?!(?:to )?(?:review|read|look|check|discuss|meet|come|join|know|hear|see you|say|thank|talk|chat"
    r"|speak|be|stay|think|work|go|you|it\b|him|her|go)\b)\w",
    re.IGNORECASE,
)

THIRD_PARTY = re.compile(
    r"(?:(?:the|our|my|their) (?:[\w'-]+ ){1,3}?(?=(?:has |have |is |are )*(?:asked|asking|wants?|told"
    r"|insists?) (?:us|me|you|for)\b)"
    r"|(?:legal|marketing|finance|management|compliance|hr|accounts|head office|procurement)|(?:the|our"
    r"|my|their) (?:\w+ )?(?:client|boss|team|manager|ceo|cto|cfo|director|founder|investors?|customers?"
    r"|users|stakeholders|marketing|legal|accountant|board|partners?|owner|head|sales|finance|it|editor"
    r"|printers?|agency|supplier|lawyers?|wife|husband|colleagues?))(?: team| department| guys| people)?"
    r"(?: has| have|'s| is| are| would|'d| really| also| now| still| just|'ve)* ?(?:wants?|needs?|like|love"
    r"|asking (?:for|if|whether|to)|asked (?:for|if|whether|to|us|me|that)|told (?:us|me) to|requested"
    r"|requests|requires?"
    r"|(?:flagged|pointed out|noticed|spotted|complained|reported|raised|highlighted)(?: that| to (?:me|us)"
    r"| about|$| \w)"
    r"|insists?|wish(?:es)?|expects?|prefers?|said (?:we|you|they|it)|says (?:we|you|they))\b",
    re.IGNORECASE,
)
