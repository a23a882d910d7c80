"""Access tokens that must open nothing, for the tests of every service: each is wrong in one way."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey

from smartstack_chassis.auth.tokens import LIFETIME_SECONDS, MEMBER_AUDIENCE, PORTAL_AUDIENCE
from smartstack_contracts import new_id

Json = dict[str, Any]
Sign = Callable[[bytes], bytes]

_DEEP = b"[" * 1500 + b"]" * 1500
_HEADERS: dict[str, Json] = {
    "none": {"alg": "none"},
    "None": {"alg": "None"},
    "EdDSA": {"alg": "EdDSA"},
    "Ed448": {"alg": "Ed448"},
    "no alg": {"alg": None},
    "alg list": {"alg": ["Ed25519"]},
    "RS256": {"alg": "RS256"},
    "unknown kid": {"kid": "other"},
    "no kid": {"kid": None},
    "kid list": {"kid": ["a"]},
    "kid path": {"kid": "../../../../dev/null"},
    "kid sql": {"kid": "' OR '1'='1"},
    "kid long": {"kid": "k" * 5000},
    "kid nul": {"kid": "a\x00b"},
    "kid surrogate": {"kid": "\ud800"},
    "typ JWT": {"typ": "JWT"},
    "typ refresh": {"typ": "rt+jwt"},
    "typ list": {"typ": ["at+jwt"]},
    "no typ": {"typ": None},
    "crit": {"crit": ["exp"]},
    "crit unknown": {"crit": ["x"], "x": 1},
    "crit empty": {"crit": []},
    "b64": {"b64": False, "crit": ["b64"]},
    "header over its length": {"pad": "x" * 512},
}
_CLAIMS: dict[str, Json] = {
    "expired": {"exp": 1_000_000_000},
    "no exp": {"exp": None},
    "exp text": {"exp": "never"},
    "exp infinite": {"exp": float("inf")},
    "exp not a number": {"exp": float("nan")},
    "exp of 1,000 digits": {"exp": 10**1000},
    "exp true": {"exp": True},
    "exp list": {"exp": [[]]},
    "exp in ten years": {"exp": int(time.time()) + 10 * 365 * 86_400},
    # A day ahead: the corpus is made when it is imported, and used as long as the tests run.
    "exp after its time": {"exp": int(time.time()) + LIFETIME_SECONDS + 86_400},
    "no iat": {"iat": None},
    "iat not a number": {"iat": float("nan")},
    "iat in the future": {"iat": int(time.time()) + 86_400},
    "other issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "other audience": {"aud": "other"},
    "both audiences": {"aud": [MEMBER_AUDIENCE, PORTAL_AUDIENCE]},
    "audience object": {"aud": {}},
    "no audience": {"aud": None},
    "no subject": {"sub": None},
    "subject no id": {"sub": "1"},
    "no workspace": {"wid": None},
    "workspace no id": {"wid": "' OR true"},
    "workspace number": {"wid": 7},
    "no session": {"sid": None},
    "no role": {"role": None},
    "role unknown": {"role": "root"},
    "role list": {"role": ["owner"]},
    "not yet": {"nbf": 9_999_999_999},
    "portal without client": {"aud": PORTAL_AUDIENCE},
}


def forged_tokens(key: OKPKey) -> dict[str, str]:
    """Return tokens by what is wrong with each; `key` is the one that the service trusts."""
    genuine, foreign = _private(key), Ed25519PrivateKey.generate()
    header, claims = _good(str(key.kid))
    tokens = {name: signed(_changed(header, change), claims, genuine.sign) for name, change in _HEADERS.items()}
    tokens |= {name: signed(header, _changed(claims, change), genuine.sign) for name, change in _CLAIMS.items()}
    tokens |= _unsigned(header, claims, genuine)
    tokens |= _of_other_keys(header, claims, foreign)
    return tokens | _malformed(header, claims, genuine)


def good_token(key: OKPKey) -> str:
    """Return the token that the forged ones were made from: unlike them, it opens something."""
    return signed(*_good(str(key.kid)), _private(key).sign)


def signed(header: Any, claims: Any, sign: Sign) -> str:
    """Return a compact JWS (RFC 7515, 7.1) of whatever is asked for; bytes stand for themselves."""
    content = f"{_part(header)}.{_part(claims)}"
    return f"{content}.{_encode(sign(content.encode()))}"


def _good(kid: str) -> tuple[Json, Json]:
    now = int(time.time())
    subject, workspace, session = (str(new_id()) for _ in range(3))
    claims = {"iss": "smartstack", "aud": MEMBER_AUDIENCE, "sub": subject, "wid": workspace, "sid": session}
    times = {"iat": now, "exp": now + LIFETIME_SECONDS, "jti": "x"}
    return {"alg": "Ed25519", "kid": kid, "typ": "at+jwt"}, {**claims, **times, "role": "owner"}


def _unsigned(header: Json, claims: Json, genuine: Ed25519PrivateKey) -> dict[str, str]:
    public = genuine.public_key()
    secrets = {
        "raw": public.public_bytes(Encoding.Raw, PublicFormat.Raw),
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "empty": b"",
    }
    tokens = {f"unsigned {alg}": signed({**header, "alg": alg}, claims, lambda _: b"") for alg in ("none", "Ed25519")}
    for name, secret in secrets.items():

        def mac(content: bytes, secret: bytes = secret) -> bytes:
            return hmac.new(secret, content, hashlib.sha256).digest()

        tokens[f"HS256 with the public key, {name}"] = signed({**header, "alg": "HS256"}, claims, mac)
    return tokens


def _of_other_keys(header: Json, claims: Json, foreign: Ed25519PrivateKey) -> dict[str, str]:
    public = _encode(foreign.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": public}
    headers: dict[str, Json] = {
        "a key of foreign": {},
        "jwk": {"jwk": jwk},
        "jwk, kid of foreign": {"kid": "foreign", "jwk": {**jwk, "kid": "foreign"}},
        "jku": {"kid": "foreign", "jku": "https://evil.example/jwks"},
        "x5u": {"kid": "foreign", "x5u": "https://evil.example/c"},
    }
    return {name: signed({**header, **change}, claims, foreign.sign) for name, change in headers.items()}


def _malformed(header: Json, claims: Json, genuine: Ed25519PrivateKey) -> dict[str, str]:
    whole = signed(header, claims, genuine.sign)
    first, second, third = whole.split(".")
    return {
        "other claims under a good signature": f"{first}.{_part({**claims, 'role': 'admin'})}.{third}",
        "cut short": whole[:-4],
        "two parts": f"{first}.{second}",
        "four parts": f"{whole}.{third}",
        "five parts": ".".join([first, second, third, first, second]),
        "words": "not a token",
        "dots": "..",
        "a number for a header": f"{_encode(b'5')}.{second}.{third}",
        "a header of 1,500 nested lists": f"{_encode(_DEEP)}.{second}.{third}",
        "a header of nested lists without end": f"{_encode(b'[' * 1500)}.{second}.{third}",
        "a signed header of nested lists": signed(_DEEP, claims, genuine.sign),
        "a header with a number of 300 digits": f"{_encode(b'9' * 300)}.{second}.{third}",
        "a header that is not UTF-8": f"{_encode(bytes([0xFF, 0xFE]))}.{second}.{third}",
        "claims of nested lists": signed(header, b"[" * 1450 + b"]" * 1450, genuine.sign),
        "a claim of nested lists": signed(header, b'{"exp":' + b"[" * 1400 + b"]" * 1400 + b"}", genuine.sign),
        "a list for claims": signed(header, [1], genuine.sign),
        "claims that are not JSON": signed(header, b"{", genuine.sign),
        "long": whole + "A" * 5000,
        "latin": "\xe9.\xe9.\xe9",
    }


def _changed(original: Json, changes: Json) -> Json:
    return {key: value for key, value in {**original, **changes}.items() if value is not None}


def _private(key: OKPKey) -> Ed25519PrivateKey:
    secret = str(key.as_dict(private=True)["d"])
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4)))


def _part(value: Any) -> str:
    return _encode(value if isinstance(value, bytes) else json.dumps(value).encode())


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
