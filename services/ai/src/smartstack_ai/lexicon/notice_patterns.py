"""Notices that mail programs add: legal disclaimers, and the plea not to print the mail. No client asks for them."""

import re

_MAIL = r"(?:e-?mails?|mails?|messages?|communications?|transmissions?)"
_THIS_MAIL = rf"(?:(?:this|the|these|your|our|any|every|all) )?(?:\w+ )?{_MAIL}\b"
_NATURE = r"(?:environment|planet|trees?|nature|forests?|earth|carbon|co2)"
_CARE = r"(?:consider|think|mindful|respect|protect|sav(?:e|ing)|help|care|kind to|spare)"
_PRINT = r"print(?:ing|ed|s)?(?: out)?(?: a copy of)?"
_BANNED = r"(?:prohibited|forbidden|unlawful|not permitted)"

#: A sentence that is such a notice by itself.
NOTICE = re.compile(
    r"\b(?:"
    rf"{_PRINT} {_THIS_MAIL}.{{0,40}}\b(?:unless|only (?:if|when)|(?:if|when) .{{0,20}}\bnecessary)"
    rf"|(?:only|(?:do not|don't|avoid|refrain from|never|not|no need to|need to)\b.{{0,20}}) ?{_PRINT} {_THIS_MAIL}"
    rf"|{_CARE}\b.{{0,60}}\b{_NATURE}\b.{{0,60}}\b{_PRINT}\b"
    rf"|{_PRINT}\b.{{0,40}}\b{_CARE}\b.{{0,40}}\b{_NATURE}\b"
    rf"|save paper\b.{{0,60}}\bprint|before {_PRINT} {_THIS_MAIL}"
    rf"|think\b.{{0,15}} before (?:you )?{_PRINT}(?= *[.!,:-]|$)"
    rf"|do you (?:\w+ )?(?:need|have) to {_PRINT}(?: this| it)?(?: {_MAIL})?[ ]*\?"
    r"|if you are not (?:the|an|one of the) (?:\w+ )?(?:intended|named) (?:recipient|addressee)"
    r"|not the (?:intended|named) (?:recipient|addressee)|intended recipients? (?:only|of this)"
    rf"|(?:received|got) (?:(?:this|the) {_MAIL}|this|it)\b.{{0,40}}\b(?:in|by) (?:error|mistake)"
    rf"|this {_MAIL}\b.{{0,120}}\b(?:confidential|privileged|proprietary)\b"
    rf"|(?:confidential|privileged)\b.{{0,60}}\b(?:intended (?:only|solely)|addressees?)\b"
    r"|intended (?:only|solely|exclusively) for\b.{0,60}\b(?:addressees?|recipients?|individuals?|persons?|use of)\b"
    r"|notify the sender\b"
    rf"|unauthori[sz]ed\b.{{0,80}}\b{_BANNED}"
    rf"|(?:disclosure|copying|distribution|dissemination|reproduction)\b.{{0,80}}\b{_BANNED}"
    r"|(?:accepts?|assumes?) no (?:liability|responsibility) for\b"
    r"|(?:views|opinions) (?:expressed|stated|presented)\b.{0,80}\b(?:author|sender|not necessarily)\b"
    rf"|this {_MAIL}\b.{{0,60}}\bvirus"
    r")",
    re.IGNORECASE,
)
#: What the paragraphs after such a notice go on about.
NOTICE_WORDS = re.compile(
    rf"\b(?:this {_MAIL}|recipients?|addressees?|the sender|disclosure|disclose|destroy|all copies|liability"
    r"|virus(?:es)?|registered (?:office|in)|company (?:no|number|registration)|vat (?:no|number|reg)"
    r"|privacy (?:notice|policy)"
    r"|opinions|the environment|confidential|intended)\b",
    re.IGNORECASE,
)
#: Every notice has one of these in it: texts without any need not be searched.
NOTICE_HINTS = (
    "print", "recipient", "addressee", "confidential", "privileged", "proprietary", "intended", "by mistake",
    "in error",
    "by error", "notify the sender", "unauthori", "disclosure", "copying", "distribution", "dissemination",
    "reproduction", "no liability", "no responsibility", "views", "opinions", "virus",
)  # fmt: skip
