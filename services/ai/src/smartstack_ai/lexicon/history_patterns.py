"""How mail programs introduce an earlier message: in English, German, French, Spanish, Portuguese, Italian, Dutch.

Lines are matched in Unicode's composed form.
"""

import re

_ADDRESS = r"<[^<>\s]{1,100}@[^<>\s]{1,100}>"
_WROTE = r"(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev)"

#: How the line begins that stands above a quotation.
HEAD_STARTS = re.compile(
    r"[ ]*(?:(?:On|Am|Le|El|Em|Il|Op|Den)\b|\d{4}-\d|[\"'\w].{0,80}<[^<>\s]{1,100}@)", re.IGNORECASE
)
#: That line as a whole; other languages than English need a date or an address in it, as a person may write so too.
HEAD = re.compile(
    r"[ ]*(?:"
    r"On\b.{5,250}\bwrote"
    r"|(?=.*[\d@])(?:"
    r"Am\b.{5,250}\bschrieb(?:en)?\b.{0,120}"
    r"|Le\b.{5,250}\ba écrit"
    r"|El\b.{5,250}\bescribió"
    r"|Em\b.{5,250}\bescreveu"
    r"|Il\b.{5,250}\bha scritto"
    r"|Op\b.{5,250}\b(?:schreef\b.{0,120}|het volgende geschreven)"
    r"|Den\b.{5,250}\bskrev\b.{0,120}"
    rf"|.{{0,120}}{_ADDRESS},? {_WROTE}\b.{{0,80}}"
    rf"|\d{{4}}-\d\d?-\d\d? .{{0,120}}{_ADDRESS}"
    r"))[ ]*:[ ]*$",
    re.IGNORECASE,
)
#: A line from which on everything is an earlier message.
DIVIDER = re.compile(
    r"[ ]*(?:[-_*=]{2,}[ ]*(?:original(?: message|-?nachricht)|forwarded (?:message|by)"
    r"|urspr(?:ü|ue)ngliche (?:nachricht|e-?mail)|weitergeleitete (?:nachricht|e-?mail)"
    r"|message (?:d'origine|original|transféré|transmis)|mensaje (?:original|reenviado)"
    r"|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)"
    r"|oorspronkelijk bericht|doorgestuurd bericht)\b"
    r"|_{8,}[ ]*$|begin forwarded message|anfang der weitergeleiteten|début du message"
    r"|inicio del mensaje|inizio messaggio inoltrato)",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[ ]*(?:>|\|\s)")
_LABELS = {
    "from": "from|von|de|da|van|fra|från",
    "sent": "sent|date|gesendet|datum|envoyé|date d'envoi|enviado(?: el)?|enviada(?: em)?|fecha|data|inviato|verzonden",
    "to": "to|an|à|a|para|aan|till|til",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne",
    "copy": "cc|kopie|copie(?: à)?",
}
#: A line of the header block that Outlook puts above an earlier message; the group says which.
HEADER = re.compile(
    r"[ ]*[*_]*(?:" + "|".join(f"(?P<{role}>{words})" for role, words in _LABELS.items()) + r")[*_]*[ ]*:[*_]*(?=\s|$)",
    re.IGNORECASE,
)
