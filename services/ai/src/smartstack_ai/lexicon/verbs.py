"""Verbs of client work: which words can begin an instruction, and their other forms."""

# Hardly ever anything but a verb when first in a clause.
_PLAIN = """
aim accept accommodate achieve activate adapt add adjust adopt advise align allow amend analyse analyze animate
anonymise anonymize apply approve archive arrange ask assemble assign assist attach attend avoid backfill bake
beef begin bill brighten bring build bump bundle calculate call cancel cap capitalise capitalize catch
categorise categorize centre change charge chase check chip choose circulate clarify clean collect combine come
compare compile complete compress configure confirm connect consider consolidate continue convert correct create
customise customize decide decrease dedupe deduplicate delete deliver deploy describe detach develop
differentiate disable discuss dispatch display distribute divide download draft drop duplicate edit eliminate
email embed emphasise emphasize enable encrypt enlarge ensure enter establish evaluate examine exclude expand
explain explore extend extract finalise finalize find finish fix flesh follow forward gather generate get give
go grab grant handle hide highlight hop host hyperlink identify illustrate implement import improve include
incorporate increase inform insert inspect install integrate introduce investigate invite invoice jot jump keep
launch lay liaise lighten localise localize locate log look loop loosen lower maintain make manage measure meet
mention merge migrate mock modernise modernize modify move mute negotiate note notify obtain open optimise
optimize order organise organize outline overhaul pare paste pay perform pick pin place polish pop populate post
postpone prefill prepare prepend prevent print prioritise prioritize proceed produce proofread propose provide
publish pull purchase push put quote raise re-export re-send re-upload rearrange rebrand rebuild recheck recolor
recolour recommend recreate recrop rectify recut redesign redirect redo reduce refactor refer refine reformat
refund register reinstall reinstate reissue relaunch release reload relocate remake remember remind remove
rename render renew reorder reorganise reorganize repair repeat rephrase replace reply report reposition
reproduce request rerun reschedule resend reset resize resolve respond restart restore restructure resubmit
retest rethink retouch return reuse reverse revert review revise revisit reword rework rewrite rotate run save
schedule scope scrap secure see select send separate serve settle share shift shorten show simplify sketch
soften solve sort specify speed spell split spruce standardise standardize start stop straighten streamline
strengthen stretch strip submit substitute suggest summarise summarize supply suspend swap switch sync take talk
tell test tidy tidy-up tighten tone touch track transcribe transfer translate trim troubleshoot try turn tweak
whiten blur sharpen soften crisp straighten italicise reconcile categorise allocate transcribe subtitle caption animate
storyboard narrate revoke unlock unsuspend suspend license licence rerecord reprint reorder pin unblock uncheck
underline understand undo unlink unpublish unsubscribe update upgrade upload use validate
vectorise vectorize verify wait watermark whip whitelist widen wire withdraw wrangle wrap write zip zoom
"""
# Also everyday nouns: an instruction only with an object of their own after them.
_NOUNLIKE = """
access address advance answer audit back backup balance benchmark block bold book boost border box brief budget
bump cache call center centre change charge chase check claim clone close code color colour comment contact
contract copy cost cover credit crop cut cycle darken date debug delay demo design detail document dot double
ease estimate exchange export face factor feature fetch file fill filter flag flip float format frame group
guide hand head help hold hook image index iron issue join judge label lead leave level lift like limit link
list load lock mail map mark mask match message mind mirror mute name narrow nudge number offer outline overlay
own pack pad page paint park patch pause phone photograph pitch plan plug point preview price process profile
program prompt prototype quote rank rate reach read record reference refresh request research rest round rule
scale scan scope score script scroll search set shape ship sign silence size skip slide slow snap sound space
spec sponsor stage stand state step stick store style suit support survey table tag target taste team text time
title top trace trade train transition treat trial type view visit voice vote walk warm watch weigh welcome word
work
"""

PLAIN_VERBS = frozenset(_PLAIN.split())
NOUN_VERBS = frozenset(_NOUNLIKE.split()) - PLAIN_VERBS
VERBS = PLAIN_VERBS | NOUN_VERBS
PARTICLES = frozenset(
    {"up", "out", "over", "off", "down", "in", "on", "back", "across", "through", "along", "round", "away"}
)
_DOUBLING = """
get put set cut run stop drop swap trim tag plan pin crop map log chat wrap zip skip ship scrap strip split
reset refer begin flip flag commit submit transfer plug pop debug dig let spec step snap
"""
_DOUBLED = frozenset(_DOUBLING.split())


def gerund(verb: str) -> str:
    """send -> sending, make -> making, put -> putting"""
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return verb + "ing"


GERUNDS = {
    gerund(verb): verb for verb in sorted(VERBS | {"have", "receive", "be", "do", "chat", "pop", "dig", "double-check"})
}
