"""The secrets of one data folder: made once, kept in a file that only its owner can read."""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SECRETS = "secrets.json"


def open_vault(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Random secrets by name, the same at every call; missing ones are added. `jwt_keys` is made too.

    `jwt_keys` is a private JWK set (RFC 7517) with one Ed25519 key, as JSON text.
    """
    path = folder / SECRETS
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: secrets.token_urlsafe(24) for name in names if name not in known}
    if "jwt_keys" not in known:
        made["jwt_keys"] = json.dumps({"keys": [_signing_key()]})
    if made:
        known |= made
        write_secrets(folder, known)
    return known


def write_secrets(folder: Path, known: Mapping[str, str]) -> None:
    """Write the file, whole or not at all, for its owner alone."""
    _write(folder / SECRETS, json.dumps(known, indent=1))


def _signing_key() -> dict[str, Any]:
    # Needed once in the life of a data folder, and 12 MB in a process that lives as long as the stack.
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    key = OKPKey.generate_key("Ed25519", parameters={"use": "sig", "kid": secrets.token_hex(8)})
    return dict(key.as_dict(private=True))


def _write(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
