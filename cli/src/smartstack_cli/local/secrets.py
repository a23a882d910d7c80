"""The secrets of one data folder: made once, kept in a file that only its owner can read."""

import hmac
import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FILE = "secrets.json"
KEYS_FILE = Path("gateway", "jwt-keys.json")


def open_vault(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Random secrets by name, the same at every call; missing ones are added. Keys of the gateway are made too.

    `jwt_keys` is a private JWK set (RFC 7517) with one Ed25519 key, as JSON text. `share_key` is 32 bytes, base64url:
    tokens of share links are derived with it.
    """
    path = folder / FILE
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: secrets.token_urlsafe(24) for name in names if name not in known}
    if "share_key" not in known:
        made["share_key"] = _share_key(known.get("jwt_keys"))
    if "jwt_keys" not in known:
        made["jwt_keys"] = json.dumps({"keys": [signing_key()]})
    if made:
        known |= made
        write_secret(path, json.dumps(known, indent=1))
    return known


def replace(folder: Path, name: str, value: str) -> None:
    """Give a secret that exists another value."""
    path = folder / FILE
    known: dict[str, str] = json.loads(path.read_text())
    write_secret(path, json.dumps(known | {name: value}, indent=1))


def publish_keys(folder: Path, jwt_keys: str) -> Path:
    """Write the signing keys where the gateway of this folder reads them; returns the path."""
    path = folder / KEYS_FILE
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_secret(path, jwt_keys)
    return path


def signing_key() -> dict[str, Any]:
    """Make a private Ed25519 key (JWK) with a random id."""
    # Needed once in the life of a data folder, and 12 MB in a process that lives as long as the stack.
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    key = OKPKey.generate_key("Ed25519", parameters={"use": "sig", "kid": secrets.token_hex(8)})
    return dict(key.as_dict(private=True))


def _share_key(jwt_keys: str | None) -> str:
    """Make the key, or what a folder from before it existed derived its links with: a repeated request must match."""
    if jwt_keys is None:
        return secrets.token_urlsafe(32)
    oldest = json.loads(jwt_keys)["keys"][-1]["d"]
    return urlsafe_b64encode(hmac.digest(oldest.encode(), b"smartstack share links", "sha256")).decode().rstrip("=")


def write_secret(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read; a crash leaves the former or the new one."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
