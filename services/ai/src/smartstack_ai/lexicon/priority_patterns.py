"""How soon something is wanted."""

import re

URGENT = re.compile(
    r"\b(?:urgent(?:ly)?|asap|a\.s\.a\.p|as soon as (?:possible|you can|humanly possible)|immediately"
    r"|right away|straight ?away"
    r"|emergency|critical|right now|at once|top priority|p0|p1|drop everything|without delay"
    r"|losing (?:sales|money|customers|orders)|as quickly as possible|sev ?1|showstopper|blocker|on fire)\b",
    re.IGNORECASE,
)

HIGH = re.compile(
    r"\b(?:high priority|priority|important|(?:pretty|quite|really|very) soon|time[- ]sensitive|pressing"
    r"|quickly|crucial|essential|key deadline|can't wait|vital|as soon as|blocking|blocked"
    r"|need(?:ed)? (?:it |this |them )?today|soonest|at the earliest|hard deadline|must have"
    r"|desperate(?:ly)?)\b",
    re.IGNORECASE,
)

LOW = re.compile(
    r"\b(?:no (?:rush|hurry|urgency|pressure|panic)|(?:not|isn't|nothing) (?:\w+ )?(?:urgent|a priority"
    r"|pressing|critical|time[- ]sensitive)|low[- ]priority|whenever|when(?:ever)? you (?:get|have"
    r"|find) (?:a|some|the|five|5|a few|a spare) (?:chance|moment|minutes?|min|time|second|sec|spare)"
    r"|if you (?:get|have|find) (?:a |some |the )?(?:chance|time|moment|minute)|at your (?:convenience"
    r"|leisure)|nice to have|at some point|some ?time soon|eventually|someday|one day|when you can"
    r"|take your time|if time (?:allows|permits)|in your own time|minor (?:thing|one|point|issue|tweak)?"
    r"|small thing|when (?:time|things) (?:permits?|allows?|calm down|quieten down)|no big deal|can wait"
    r"|back burner|not in a rush)\b",
    re.IGNORECASE,
)

NOT_URGENT = re.compile(
    r"\b(?:not|isn't|no|nothing|hardly|less) (?:\w+ ){0,2}(?:urgent|urgency|critical|important|emergency"
    r"|priority|pressing)\b",
    re.IGNORECASE,
)

OUTAGE = re.compile(
    r"\b(?:(?:site|website|server|app|shop|store|checkout|payments?|login(?: page)?|api|database"
    r"|email)\b.{0,20}\b(?:is|are|went|seems|has gone) (?:completely |totally |all |still |now "
    r"|currently )?(?:down|offline|hacked|dead)|(?:can't|cannot|unable to) (?:check ?out|pay|log in|buy"
    r"|order|place)|security (?:breach|hole)|data (?:loss|breach)|been hacked)\b",
    re.IGNORECASE,
)
