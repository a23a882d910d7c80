"""What sounds like a request and is not one; automatic mail; words aimed at the software."""

import re

#: Verb phrases that follow an opener without asking for work.
PHRASE = re.compile(
    r"(?:"
    r"(?:(?:please |pls |just |also )*(?:(?:let (?:me|us) know|lmk|shout|get in touch|reach out)[.!?, ]*$"
    r"|(?:let (?:me|us) know|lmk|shout|give (?:me|us) a (?:shout|ring|call|bell)|get in touch|reach out"
    r"|call me|contact (?:me|us)|reply|respond|ping me|drop (?:me|us) a line|e-?mail (?:me|us)|send (?:me"
    r"|us) an e-?mail|say)"
    r",? ?(?:if|when|once|as soon as|should|in case|what you think|how (?:you|it|that|things)|your thoughts"
    r"|any|at any|anytime|if's|with any|for any)\b.*))"
    r"|(?:find|see)\b(?: (?:my|our|the|all|some))* (?:comments|feedback|notes|thoughts|amends|edits|changes)\b"
    r"|direct (?:all |any |your )*(?:enquiries|inquiries|queries|questions|correspondence)\b"
    r"|leave (?:\w+ ){1,4}?(?:alone|as (?:is|it is|they are|they were"
    r"|it was))\b|(?:work (?:with you|together)|collaborate|do business)\b"
    r"|(?:find|see|refer to|note|view)\b.{0,30}\b(?:attached|enclosed|below|above|attachment|herewith)"
    r"|(?:attached|enclosed)\b"
    r"|(?:note|be advised|be aware|be assured|rest assured|bear in mind|keep in mind|remember that"
    r"|understand|accept (?:my|our)|excuse|forgive|pardon|bear with|be patient|be careful|stay safe"
    r"|take care|take your time|enjoy|ignore (?:this|my|the) (?:last|previous|e?-?mail|message)|ignore this"
    r"|disregard|don't hesitate|do not hesitate|hesitate|feel free|don't worry|do not worry|worry"
    r"|don't rush|no rush|don't bother|do not bother|thank|say (?:hi|hello|thanks|thank)|give my (?:best"
    r"|love|regards|thanks|apologies|sincere)|pass on my|wish|join (?:me|us) (?:in|for)|treat (?:this|it"
    r"|that|them) (?:as|in)|keep (?:this|it|that) (?:confidential|private|between|to yourself)"
    r"|remember(?: that)? (?:i'm|we're|i am|we are|it's|i'll|we'll|i have|we have))\b"
    r"|(?:believe|imagine|hear|see me|see my|see you|see us|see that|see why|see what i|see how|guess"
    r"|recall|relate|be (?:any|more|less|there|around|free|available|at|in|joining|coming|attending"
    r"|interested|honest|serious|happy|okay|ok)\b|tell(?: i| that| from)|understand|like (?:to|a|an|me"
    r"|some)|prefer|rather|recommend|cry|scream|laugh|say that|do (?:it )?(?:this |next |on |at )?(?:mon"
    r"|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|\d)(?:day)?|feel|think(?! of| about)"
    r"|consider yourself|remember (?:me|when|the time|how|that)|know|need (?:anything|any|help|me|us|more"
    r"|a hand)|want (?:me|us|to)|care|mind)\b"
    r"|(?:hi(?! ?-?res)|hello|thanks|cheers|welcome|wow|happy|god|great|good|nice|congrat\w*|sorry)\b"
    r"|for a (?:\w+ )?favou?r|do (?:me|us) (?:a|another|one) (?:\w+ )?favou?r[.!?: ]*$|(?:go|go ahead"
    r"|get started|do it|crack on"
    r"|proceed)[.! ]*$|(?:go with|go for|see how|see if|see what"
    r"|(?:talk|chat|catch up|speak)\b(?! (?:about|through|to|with|over))|face it|be honest|keep in touch"
    r"|stick (?:with|to)|hear|love|notice|receive|have received|find that|have no|get (?:the idea|it[.!?]*$"
    r"|there|started|going"
    r"|used))\b"
    r"|look forward|hope|talk soon|speak soon|catch up soon|see you|do (?:that|this|it|so)[.!?]?$"
    r")",
    re.IGNORECASE,
)

SELF_WANT = re.compile(
    r"(?:share|introduce|inform|invite|tell you|thank|say|congratulate|apologi[sz]e|let you know|point out"
    r"|mention|stress|emphasi[sz]e|introduce myself|wish|confirm receipt|assure|reassure|know (?:how|what"
    r"|if|when|why|more|whether)|hear|see you|meet you|[\w ]{3,50} (?:internally|first[.! ]*$|with (?:my|our"
    r"|the) (?:team|board|boss|partners?|husband|wife|colleagues?"
    r"|manager|accountant|lawyers?|committee|trustees|directors|client|finance)\b|among(?:st)? ourselves"
    r"|between us)|pick (?:up|the|my)"
    r"|collect (?:my|the)|approve|sign (?:it|this|off)|decide|have a think|get (?:home|off)|be (?:clear"
    r"|honest|sure)|admit|pay\b|make sure (?:i"
    r"|we)\b|check (?:with|in with|that i)|think|talk to (?:my|our)|speak to (?:my|our)|ask (?:my|our)"
    r"|run this (?:by|past)|go(?! ahead with| for)|leave|run|head|wait|catch|sleep|eat|do (?:that|this|it))\b",
    re.IGNORECASE,
)

SENTENCE = re.compile(
    r"(?:thanks|thank you|thx|many thanks|cheers|ta|much appreciated|sounds (?:good|great|perfect"
    r"|like a plan|fine)|looks (?:good|great|perfect|amazing|fantastic|lovely)"
    r"|perfect|great|awesome|amazing|brilliant|lovely|no (?:worries|problem|rush|hurry|need)|never ?mind"
    r"|ok(?:ay)?|fyi|for your information|just (?:fyi|to let you know|letting you know|a heads[- ]up)"
    r"|heads[- ]up"
    r"|congrat\w*|happy (?:new|birthday|friday|monday)|merry|hope (?:you|this|that|all|your)"
    r"|hoping you(?:'re| are)|have a (?:great|good|lovely|nice)|enjoy your|see you|speak soon|talk soon"
    r"|looking forward|excited|can't wait|cannot wait|thrilled|curious|delighted|well done|good (?:job|luck"
    r"|work)|nice (?:one|work|job)|love (?:it|the|this|that"
    r"|what)|i love|we love|would love to (?:hear|know|see you|meet|chat)|works for (?:me|us)"
    r"|[\w: ]{2,40} (?:works|suits)(?: fine| well| great| perfectly| best)? for (?:me|us|everyone|all)|(?:talk|chat"
    r"|speak|see you|catch you) (?:soon|then|later|tomorrow|next|on))\b",
    re.IGNORECASE,
)

CONDITIONAL_COURTESY = re.compile(
    r"\b(?:if you (?:have|need|want|'d like|would like|prefer) (?:any|anything|something|more|further"
    r"|to (?:chat|talk|discuss|know))|if (?:there'?s|there is) anything|should you (?:have|need|require)"
    r"|(?:for|in case of|with|if) (?:anything|any|all|it'?s?|your|something|urgent|immediate|emergency"
    r"|emergencies)\b[^.;!?]{0,50}?"
    r"\b(?:contact|call|ring|e-?mail|reach|speak|text|write) (?:to )?(?!(?:the|our|your) (?:page|form"
    r"|customers?|clients?))[\w+]"
    r"|(?:any|with) (?:questions|issues|problems|concerns),? (?:at all,? )?(?:please|just|let|feel|give"
    r"|call|contact|do not|don't)\b)",
    re.IGNORECASE,
)

INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines"
    r"|directions|guardrails|everything (?:above|before))\b"
    r"|\bsystem prompt\b|\byou are (?:now )?(?:a|an|in) (?:\w+ )?(?:ai|assistant|language model|chatbot"
    r"|developer mode|dan)\b|\bact as (?:a|an|if)\b.{0,30}\b(?:ai|admin|root|system|assistant)\b"
    r"|\b(?:delete|drop|wipe|erase|export|reveal|leak|send) (?:all|every|everyone's|everything"
    r"|the entire)\b.{0,30}\b(?:tasks?|data|database|clients?|tables?|messages|records|passwords?|secrets?"
    r"|keys|tokens?|contacts)\b"
    r"|</?(?:system|assistant|user|instructions?)>|\[/?inst\]|<\|im_(?:start|end)\|>|\b(?:as"
    r"|dear) (?:an? )?(?:ai|llm|assistant|chatbot)\b|\bnew (?:system )?instructions?:|\bjailbreak\b"
    r"|\bprompt injection\b"
    r"|\b(?:output|print|repeat|reveal|show)\b.{0,20}\b(?:your|the) (?:instructions|system|prompt|secrets?"
    r"|api keys?|passwords?)\b",
    re.IGNORECASE,
)

#: Automatic mail says so itself; nobody waits for an answer to it.
AUTOMATIC = re.compile(
    r"^out of (?:the )?office\b|\b(?:this is an auto(?:mated|matic|mated system|-generated)\b|auto(?:matic"
    r"|mated)? ?-?(?:reply"
    r"|response)\b|auto-generated"
    r"|(?:do|please do) not reply(?: directly)? to this|you(?:'re| are) receiving this"
    r"|unsubscribe (?:any ?time|here|at any time|from (?:this|these|our)|link below|below)|to unsubscribe\b"
    r"|view (?:this e?-?mail )?in "
    r"(?:your |a |the )?browser|(?:manage|update) your (?:e?-?mail )?(?:preferences|subscription)"
    r"|you(?:'ve| have) been invited to (?:edit|view|join|comment)|(?:thanks"
    r"|thank you) for (?:your (?:e-?mail|message|enquiry)|contacting"
    r"|getting in touch)\b.{0,160}\b(?:\w+ leave|out of (?:the )?office|(?:aim|endeavour|try) to (?:reply"
    r"|respond)|working days))",
    re.IGNORECASE | re.DOTALL,
)
