"""Time zones next to a time of day: 5pm ET, noon Eastern, 17:00 GMT+2, 9:00 (Berlin time), 17:00Z."""

from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from smartstack_dates.reading import Reader

_ABBREVIATIONS = {
    short: name
    for name, shorts in {
        "America/Los_Angeles": "pt pst pdt",
        "America/Denver": "mt mst mdt",
        "America/Chicago": "ct cst cdt",
        "America/New_York": "et est edt",
        "America/Halifax": "ast adt",
        "America/Anchorage": "akst akdt",
        "America/Sao_Paulo": "brt",
        "Pacific/Honolulu": "hst",
        "UTC": "gmt utc",
        "Europe/London": "bst",
        "Europe/Lisbon": "wet west",
        "Europe/Paris": "cet cest mez mesz",
        "Europe/Athens": "eet eest",
        "Europe/Moscow": "msk",
        "Africa/Johannesburg": "sast",
        "Africa/Nairobi": "eat",
        "Asia/Dubai": "gst",
        "Asia/Karachi": "pkt",
        "Asia/Kolkata": "ist",
        "Asia/Singapore": "sgt",
        "Asia/Hong_Kong": "hkt",
        "Asia/Tokyo": "jst",
        "Asia/Seoul": "kst",
        "Australia/Sydney": "aest aedt",
        "Australia/Adelaide": "acst acdt",
        "Australia/Perth": "awst",
        "Pacific/Auckland": "nzst nzdt nzt",
    }.items()
    for short in shorts.split()
}
# Each of these is used in several countries; the workspace's own is meant, else a person decides.
_SHARED = {
    "ist": ("Asia/Kolkata", "Asia/Calcutta", "Europe/Dublin", "Asia/Jerusalem"),
    "cst": ("America/Chicago", "Asia/Shanghai", "Asia/Taipei", "America/Havana"),
    "ast": ("America/Halifax", "America/Puerto_Rico", "Asia/Riyadh"),
    "gst": ("Asia/Dubai", "Atlantic/South_Georgia"),
}
_SURE_ABROAD = {"cst"}
_REGIONS = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "atlantic": "America/Halifax",
}
_CITIES = """
Europe/London Europe/Dublin Europe/Lisbon Europe/Madrid Europe/Paris Europe/Brussels Europe/Amsterdam Europe/Berlin
Europe/Zurich Europe/Vienna Europe/Rome Europe/Prague Europe/Warsaw Europe/Budapest Europe/Stockholm Europe/Oslo
Europe/Copenhagen Europe/Helsinki Europe/Athens Europe/Istanbul Europe/Kyiv Europe/Bucharest Europe/Sofia Europe/Moscow
America/New_York America/Chicago America/Denver America/Los_Angeles America/Toronto America/Vancouver America/Phoenix
America/Anchorage America/Detroit America/Halifax America/Sao_Paulo America/Mexico_City America/Bogota America/Lima
America/Santiago America/Montevideo Pacific/Honolulu Africa/Johannesburg Africa/Cairo Africa/Lagos Africa/Nairobi
Africa/Casablanca Asia/Dubai Asia/Riyadh Asia/Jerusalem Asia/Karachi Asia/Kolkata Asia/Dhaka Asia/Bangkok Asia/Singapore
Asia/Hong_Kong Asia/Shanghai Asia/Taipei Asia/Manila Asia/Jakarta Asia/Tokyo Asia/Seoul Australia/Perth
Australia/Adelaide Australia/Brisbane Australia/Sydney Australia/Melbourne Pacific/Auckland
"""
_OTHER_NAMES = {
    "Europe/London": "uk;british;england;scotland;wales",
    "Europe/Dublin": "irish;ireland",
    "Europe/Berlin": "german;germany;munich;hamburg;frankfurt;cologne",
    "Europe/Paris": "french;france;lyon;european;central european",
    "Europe/Madrid": "spanish;spain;barcelona",
    "Europe/Rome": "italian;italy;milan",
    "Europe/Amsterdam": "dutch;netherlands",
    "Europe/Lisbon": "portuguese;portugal",
    "Europe/Zurich": "swiss;switzerland;geneva",
    "Europe/Vienna": "austrian;austria",
    "Europe/Warsaw": "polish;poland",
    "Asia/Kolkata": "indian;india;mumbai;delhi;bangalore",
    "Asia/Tokyo": "japanese;japan",
    "Asia/Shanghai": "chinese;china;beijing",
    "Asia/Jerusalem": "israeli;israel;tel aviv",
    "Africa/Johannesburg": "cape town",
    "America/Argentina/Buenos_Aires": "buenos aires",
    "America/New_York": "boston;miami;washington;nyc;philadelphia;east coast",
    "America/Los_Angeles": "california;seattle;sf;san francisco;west coast",
    "America/Chicago": "texas;dallas;houston;austin",
    "America/Toronto": "montreal;ottawa",
}
_PLACES = {name.rpartition("/")[2].replace("_", " ").lower(): name for name in _CITIES.split()} | {
    place: zone for zone, places in _OTHER_NAMES.items() for place in places.split(";")
}
# Where the reader is, and where the writer is: the first is the workspace's zone, the second is not known.
_HERE, _ELSEWHERE = {"local", "your"}, {"our", "my", "their", "his", "her"}
_NO_PLACES = "this next that same on in at of the a an any some what first last each every all more no it over full"
_NO_PLACE = frozenset(_NO_PLACES.split())
_ENDS = frozenset({"", ".", ",", "!", "?", ";", ")", "on", "this", "next", "today", "tomorrow", "please", "time"})
_FURTHEST = 14


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that was named; ``end`` is the index after it. ``sure`` is False where a person must decide."""

    info: tzinfo | None
    end: int
    sure: bool = True


def read_zone(reader: Reader, index: int) -> Zone | None:
    """Return the zone named at ``index``, right after a time of day, brackets and a second name of it included."""
    at = reader.skip(index, ",")
    opened = reader.text(at) == "("
    zone = _zone(reader, at + opened, bracketed=opened)
    if zone is None or (opened and reader.text(zone.end) != ")"):
        return None
    zone = Zone(zone.info, zone.end + opened, zone.sure)
    if not opened and reader.text(zone.end) == "(":
        again = _zone(reader, zone.end + 1, bracketed=True)
        if again and reader.text(again.end) == ")":
            return Zone(zone.info, again.end + 1, zone.sure and again.sure)
    return zone


def _zone(reader: Reader, index: int, *, bracketed: bool) -> Zone | None:
    found = _offset(reader, index) or _abbreviated(reader, index) or _regional(reader, index, bracketed=bracketed)
    if found:
        return Zone(found.info, reader.skip(found.end, "time"), found.sure)
    return _place(reader, index, bracketed=bracketed) or _unknown(reader, index)


def _offset(reader: Reader, index: int) -> Zone | None:
    """GMT+2 · UTC +05:30 · +0200 · 17:00Z"""
    if reader.text(index) == "z" and reader.glued(index):
        return Zone(UTC, index + 1)
    named = reader.text(index) in {"gmt", "utc"}
    at = index + named
    sign = reader.text(at)
    number = reader.at(at + 1)
    if sign not in {"+", "-"} or not number.digits or not (reader.glued(at + 1) or named):
        return None
    if sign == "-" and not named and number.digits != 4:
        return None  # "5-6pm" is a range
    hours, minutes, end = _hours_and_minutes(reader, at + 1)
    if hours > _FURTHEST or minutes > 59:
        return Zone(None, end, sure=False)
    offset = timedelta(hours=hours, minutes=minutes)
    return Zone(timezone(offset if sign == "+" else -offset), end)


def _hours_and_minutes(reader: Reader, index: int) -> tuple[int, int, int]:
    number = reader.at(index)
    if number.digits in {3, 4}:
        return number.value // 100, number.value % 100, index + 1
    if reader.text(index + 1) == ":" and reader.at(index + 2).digits == 2 and reader.glued(index + 2):
        return number.value, reader.at(index + 2).value, index + 3
    return number.value, 0, index + 1


def _abbreviated(reader: Reader, index: int) -> Zone | None:
    word = reader.text(index)
    name = _ABBREVIATIONS.get(word)
    if name is None:
        return None
    own = reader.context.zone.key
    if word in _SHARED and own in _SHARED[word]:
        name = own
    elif word in _SHARED and word not in _SURE_ABROAD:
        return Zone(ZoneInfo(name), index + 1, sure=False)
    return Zone(ZoneInfo(name), index + 1)


def _regional(reader: Reader, index: int, *, bracketed: bool) -> Zone | None:
    """Eastern · Pacific time · US Central · Mountain Standard Time"""
    at = reader.skip(index, "us")
    name = _REGIONS.get(reader.text(at))
    end = reader.skip(at + 1, "standard", "daylight")
    said = bracketed or reader.at(at).capital or end > at + 1 or reader.text(end) == "time"
    return Zone(ZoneInfo(name), end) if name and said else None


def _place(reader: Reader, index: int, *, bracketed: bool) -> Zone | None:
    """Berlin time · UK time · your time · (London) · 5pm London"""
    word = reader.text(index)
    if reader.text(index + 1) == "time" and word in _HERE | _ELSEWHERE:
        return Zone(None, index + 2, sure=word in _HERE)
    at = reader.skip(index, "in")
    for length in (3, 2, 1):
        words = [reader.at(at + offset) for offset in range(length)]
        name = _PLACES.get(" ".join(token.text for token in words))
        if name is None:
            continue
        end = at + length
        known = reader.text(end) == "time" or bracketed or (words[0].capital and reader.text(end) in _ENDS)
        return Zone(ZoneInfo(name), reader.skip(end, "time")) if known else None
    return None


def _unknown(reader: Reader, index: int) -> Zone | None:
    """A zone that is not known here: "Narnia time", "5pm ZZT"."""
    token = reader.at(index)
    if token.kind != "word" or token.text in _NO_PLACE:
        return None
    if token.capital and reader.text(index + 1) == "time":
        return Zone(None, index + 2, sure=False)
    abbreviation = token.upper and 3 <= len(token.text) <= 5 and token.text.endswith("t")
    return Zone(None, index + 1, sure=False) if abbreviation else None
