"""`./smartstack keys ls | rotate`: the keys that access tokens are signed with.

A rotation takes two steps, and the clock takes the second one. The new key is published and does not sign until every
service has read it (`nbf`). The former one signs until then, and is accepted until its last token has expired (`exp`).
The gateway reads both times: services/gateway/src/smartstack_gateway/keys.py.
"""

import argparse
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smartstack_chassis.auth.tokens import JWKS_AGE_SECONDS, LEEWAY_SECONDS, LIFETIME_SECONDS
from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.project import STATE
from smartstack_cli.errors import StackError
from smartstack_cli.local import secrets as vault

# Every service has read the keys again by then, and the gateway its file.
LEAD_SECONDS = int(JWKS_AGE_SECONDS) + 30
# How long the last token of a key is accepted after the key has stopped signing; clocks may differ by a minute.
KEPT_SECONDS = LIFETIME_SECONDS + LEEWAY_SECONDS + 60

JwkSet = dict[str, list[dict[str, Any]]]


def keys(arguments: Arguments) -> int:
    """Carry out `keys ...`; returns the exit code. Raises StackError with the remedy."""
    options = _parser().parse_args(arguments.rest)
    place = _FileOfKeys(options.file) if options.file else _DataFolder(options.data.resolve())
    now = int(time.time())
    if options.verb == "rotate":
        place.write(rotate(place.read(), vault.signing_key(), now, lead=options.lead, retire_now=options.retire_now))
    for line in described(place.read(), now):
        print(line)
    return 0


def rotate(
    known: JwkSet, new: dict[str, Any], now: int, *, lead: int = LEAD_SECONDS, retire_now: bool = False
) -> JwkSet:
    """Return the set with `new` in front, and without what has expired.

    `lead` is in seconds: when the new key begins to sign. `retire_now` makes it sign immediately and removes all
    others, so that every token of theirs is refused. Raises StackError while the last new key does not sign yet.
    """
    if retire_now:
        return {"keys": [new]}
    live = [key for key in known["keys"] if key.get("exp", now + 1) > now]
    if any(key.get("nbf", 0) > now for key in live):
        raise StackError("a rotation is under way; `keys ls` shows until when. `keys rotate --retire-now` replaces all")
    starts = now + lead
    former = [{**key, "exp": min(key.get("exp", starts + KEPT_SECONDS), starts + KEPT_SECONDS)} for key in live]
    return {"keys": [{**new, "nbf": starts}, *former]}


def described(known: JwkSet, now: int) -> list[str]:
    """Return a line for each key: its id and what it is good for, never the key itself."""
    signing = next((key["kid"] for key in known["keys"] if key.get("nbf", 0) <= now < key.get("exp", now + 1)), None)
    return [f"{key['kid']}  {_state(key, now, signs=key['kid'] == signing)}" for key in known["keys"]]


def _state(key: dict[str, Any], now: int, *, signs: bool) -> str:
    if key.get("exp", now + 1) <= now:
        return "retired"
    if key.get("nbf", 0) > now:
        return f"published, signs from {_time(key['nbf'])}"
    until = f", retired at {_time(key['exp'])}" if "exp" in key else ""
    return ("signs" if signs else "verifies") + until


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class _DataFolder:
    """The keys of a local stack. The vault has them first: what a crash interrupts here, the next start completes."""

    folder: Path

    def read(self) -> JwkSet:
        if not (self.folder / vault.FILE).exists():
            raise StackError(f"no stack has run on {self.folder}: start it with ./smartstack up")
        known: JwkSet = json.loads(vault.open_vault(self.folder, [])["jwt_keys"])
        return known

    def write(self, rotated: JwkSet) -> None:
        text = json.dumps(rotated)
        vault.replace(self.folder, "jwt_keys", text)
        vault.publish_keys(self.folder, text)


@dataclass(frozen=True, slots=True)
class _FileOfKeys:
    """The keys of an environment whose secrets are elsewhere, in a file that an operator brought from there."""

    path: Path

    def read(self) -> JwkSet:
        try:
            known: JwkSet = json.loads(self.path.read_text())
            kids = [key["kid"] for key in known["keys"] if key["kty"] == "OKP" and key["d"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StackError(f"{self.path} is not a private JWK set: {type(error).__name__}") from error
        if not kids:
            raise StackError(f"{self.path} holds no private key")
        return known

    def write(self, rotated: JwkSet) -> None:
        vault.write_secret(self.path, json.dumps(rotated))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./smartstack keys", description="The keys that access tokens are signed with. A running gateway follows."
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    ls = verbs.add_parser("ls", help="which keys there are, and until when")
    rotating = verbs.add_parser("rotate", help="sign with a new key; the former one is accepted until it is unused")
    for each in (ls, rotating):
        each.add_argument("--data", type=Path, default=STATE, help="folder of the local stack (default .smartstack)")
        each.add_argument("--file", type=Path, help="a private JWK set instead of a local stack's")
    rotating.add_argument(
        "--lead", type=_seconds, default=LEAD_SECONDS, help="seconds until the new key signs (default %(default)s)"
    )
    rotating.add_argument(
        "--retire-now", action="store_true", help="after a leak: refuse all former keys immediately; people are renewed"
    )
    ls.set_defaults(lead=LEAD_SECONDS, retire_now=False)
    return parser


def _seconds(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return int(text)
