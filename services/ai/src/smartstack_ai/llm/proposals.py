"""From what the model found to what is proposed. The model is believed as little as possible:

- it cites sentences by number, and the quotes are sliced here, so it cannot make one up;
- due dates are read again from the quote by the offline date grammar; where the two disagree, a person looks;
- addresses and ids of its own making leave the titles; what a placeholder hides comes back only if the quote says it.
"""

import re
from datetime import datetime, timedelta

from smartstack_ai.language.due import due_in
from smartstack_ai.language.propose import FLOOR, SURE
from smartstack_ai.language.sentences import Sentence
from smartstack_ai.language.titles import make_visible
from smartstack_ai.llm.findings import Finding, Findings
from smartstack_ai.llm.prompts import Prompt
from smartstack_ai.values import Kind, Proposal
from smartstack_dates import DateMention, end_of_day, find_dates

MAX_TITLE = 160
_FURTHEST = timedelta(days=3 * 366)
_MADE_UP = re.compile(
    r"\[[^\]]{0,200}\]\([^)]{0,500}\)|<[^>]{0,200}>"
    r"|(?:https?|ftp|mailto|javascript|data):\S+|\bwww\.\S+|\b[\w.+-]+@[\w.-]+|@\w[\w.]+"
    r"|\b(?:[\w-]+\.)+(?:com|net|org|io|dev|app|co|info|biz|xyz|ru|cn|uk|de|fr|eu|example)\b(?:/\S*)?"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b|\b\d{9,}\b",
    re.IGNORECASE,
)


def propose(prompt: Prompt, found: Findings) -> list[Proposal]:
    """Return the proposals, in the order of the message; unlikely and repeated ones are left out."""
    mentions = find_dates(prompt.message.kept, prompt.at, prompt.source.zone)
    suspicious = found.addressed_to_software or prompt.message.suspicious
    proposals: dict[tuple[str, int], tuple[int, Proposal]] = {}
    for finding in found.findings:
        cited = _cited(prompt, finding)
        if not cited or finding.confidence < FLOOR:
            continue
        proposal = _proposal(prompt, finding, cited, mentions, suspicious=suspicious)
        proposals.setdefault((proposal.title.lower(), cited[0].start), (cited[0].start, proposal))
    return [proposal for _, proposal in sorted(proposals.values(), key=lambda item: item[0])]


def unknown_sentences(prompt: Prompt, found: Findings) -> list[int]:
    """Return the numbers that the model cites and that do not exist."""
    cited = {number for finding in found.findings for number in finding.sentences}
    return sorted(number for number in cited if not 1 <= number <= len(prompt.message.sentences))


def _cited(prompt: Prompt, finding: Finding) -> list[Sentence]:
    known = [number for number in dict.fromkeys(finding.sentences) if 1 <= number <= len(prompt.message.sentences)]
    return [prompt.message.sentences[number - 1] for number in known]


def _proposal(
    prompt: Prompt, finding: Finding, cited: list[Sentence], mentions: list[DateMention], *, suspicious: bool
) -> Proposal:
    text = prompt.message.kept
    quotes = [prompt.message.reading.quote(sentence.start, sentence.end) for sentence in cited]
    title, altered = _title(prompt, finding.title, " ".join(quote.quote for quote in quotes))
    due_at, doubtful = _due(prompt, finding, cited, mentions)
    kind: Kind = "task" if prompt.source.direction == "inbound" else "commitment"
    unsure = suspicious or altered or doubtful or kind != finding.kind or finding.confidence < SURE
    return Proposal(
        kind=kind,
        title=title or _clipped(text[cited[0].start : cited[0].end]),
        due_at=due_at,
        priority=finding.priority,
        evidence=tuple(quotes),
        confidence=round(finding.confidence, 3),
        needs_review=unsure,
    )


def _title(prompt: Prompt, written: str, quotes: str) -> tuple[str, bool]:
    """Return the title as it may be shown, and whether something had to go."""
    visible = make_visible(written)
    kept = _MADE_UP.sub("", visible)
    title = prompt.masking.reveal(" ".join(kept.split()), where=quotes)
    return _clipped(title.strip(" .,:;-")), kept != visible


def _clipped(title: str) -> str:
    plain = " ".join(make_visible(title).split())
    short = plain if len(plain) <= MAX_TITLE else f"{plain[:MAX_TITLE].rsplit(' ', 1)[0]}…"
    return short[:1].upper() + short[1:]


def _due(
    prompt: Prompt, finding: Finding, cited: list[Sentence], mentions: list[DateMention]
) -> tuple[datetime | None, bool]:
    """Return the due date, and whether a person should look at it."""
    phrase = _phrase(prompt, finding, cited)
    read = _read(prompt, phrase, cited, mentions)
    if read is not None:
        value, unsure = read
        return value, unsure or value.date() != finding.due_date
    claimed = finding.due_date
    if claimed is None:
        return None, finding.due_phrase is not None and phrase is None
    value = end_of_day(claimed, prompt.source.zone)
    # Words that the grammar cannot read, in another language perhaps: a person decides.
    believable = phrase is not None and prompt.at <= value <= prompt.at + _FURTHEST
    return (value if believable else None), True


def _phrase(prompt: Prompt, finding: Finding, cited: list[Sentence]) -> tuple[int, int] | None:
    """Return where in the cited sentences the words stand that the model calls the deadline."""
    words = (finding.due_phrase or "").split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words), re.IGNORECASE)
    for sentence in cited:
        if match := pattern.search(prompt.message.kept, sentence.start, sentence.end):
            return match.span()
    return None


def _read(
    prompt: Prompt, phrase: tuple[int, int] | None, cited: list[Sentence], mentions: list[DateMention]
) -> tuple[datetime, bool] | None:
    """Return what the grammar reads: in the phrase first, else as a deadline in the cited sentences."""
    text, at, zone = prompt.message.kept, prompt.at, prompt.source.zone
    spans = [*([phrase] if phrase else []), *((sentence.start, sentence.end) for sentence in cited)]
    for start, end in spans:
        if due := due_in(text, start, end, mentions, at, zone):
            return due.value, due.unsure
    named = [each for each in mentions if phrase and phrase[0] <= each.start and each.end <= phrase[1]]
    if named and named[-1].value >= at:
        return named[-1].value, True
    return None
