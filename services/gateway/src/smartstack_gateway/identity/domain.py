"""Rules of accounts, without any I/O."""

import unicodedata
from functools import cache
from zoneinfo import available_timezones

PASSWORD_MIN = 12
PASSWORD_MAX = 200
# Keyboards that compose nothing send up to four code points for one.
PASSWORD_TYPED_MAX = 4 * PASSWORD_MAX
UTC = "UTC"
# Files of the time zone database that are not zones, and the browsers' name for an unknown one: Intl refuses them.
PSEUDO_ZONES = frozenset({"Etc/Unknown", "Factory", "localtime", "posixrules"})


def normal_email(value: str) -> str:
    """Return the form under which an e-mail address is stored and looked up: two spellings of one are equal."""
    return unicodedata.normalize("NFC", value.strip()).lower()


def check_email(value: str) -> str:
    """Return the normal form. Raises ValueError for what cannot be an address; only a mail sent there proves one."""
    email = normal_email(value)
    local, _, host = email.rpartition("@")
    unfit = any(character.isspace() or not character.isprintable() for character in email)
    if not local or "@" in local or "." not in host.strip(".") or unfit or len(email) > 254:
        raise ValueError("Enter an e-mail address such as sam@example.com.")
    return email


def normal_password(value: str) -> str:
    """Return the form of a password that is hashed (NFKC): keyboards differ in how they compose a character."""
    return unicodedata.normalize("NFKC", value)


def check_password(value: str) -> str:
    """Return the password as it was typed. Raises ValueError, which says what a good one is."""
    normal = normal_password(value)
    if not PASSWORD_MIN <= len(normal) <= PASSWORD_MAX or len(value) > PASSWORD_TYPED_MAX:
        raise ValueError(f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.")
    if normal.isspace():
        raise ValueError("A password is more than spaces.")
    return value


@cache
def _timezones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() - PSEUDO_ZONES}


def known_timezone(value: str) -> str | None:
    """Return the IANA name of a time zone that browsers know too, or None; the case of `value` does not matter."""
    return _timezones().get(value.lower())


def timezone_or_utc(value: str) -> str:
    """Return the IANA name of a time zone, UTC for one that browsers do not know."""
    return known_timezone(value) or UTC
