import unicodedata
from collections.abc import AsyncIterator

import argon2
import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_contracts import new_id
from smartstack_gateway.identity import passwords as hashing
from smartstack_gateway.identity.password_rules import LEAST_BITS, common_words, guess_bits
from smartstack_gateway.testing import Gateway

HASH = "SELECT password_hash FROM gateway.credentials WHERE user_id = $1"
COMPOSED = unicodedata.normalize("NFC", "Ångström été naïve Zoë")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.fixture
async def admin(gateway: Gateway) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        yield connection
    finally:
        await connection.close()


def sign_up(password: str) -> dict[str, str]:
    email = f"maria-{new_id().hex}@northwind-studio.example"
    return {"email": email, "password": password, "name": "Maria Alvarez", "workspace_name": "Northwind Studio"}


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password1234!",
        "P@ssw0rd2024",
        "passwordpassword",
        "drowssap1234",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "123456789012",
        "abcdefghijkl",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "iloveyou2023!",
        "international",
        "MariaAlvarez1",
        "northwind studio",
        "NorthwindStudio2024",
        "smartstack2024",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff441234",
    ],
)
async def test_a_password_that_attackers_try_first_is_refused_with_a_remedy(gateway: Gateway, password: str) -> None:
    status, body, _ = await gateway.post("/api/v1/auth/signup", json=sign_up(password))
    assert (status, body["code"]) == (422, "password_guessable")
    assert [entry["field"] for entry in body["errors"]] == ["password"]
    assert "four words" in body["detail"]


async def test_the_address_itself_is_no_password(gateway: Gateway) -> None:
    asked = sign_up("")
    status, body, _ = await gateway.post("/api/v1/auth/signup", json={**asked, "password": asked["email"]})
    assert (status, body["code"]) == (422, "password_guessable")


@pytest.mark.parametrize("password", [" " * 12, "\u3000" * 20, "\u00a0 " * 10])
async def test_spaces_alone_are_no_password(gateway: Gateway, password: str) -> None:
    status, body, _ = await gateway.post("/api/v1/auth/signup", json=sign_up(password))
    assert (status, body["errors"][0]["field"]) == (422, "password")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "xK9#mQ2vL7pW", "another umbrella fjord", "長い長い秘密の言葉を使います"]
)
async def test_a_password_that_is_hard_to_guess_is_taken(gateway: Gateway, password: str) -> None:
    assert (await gateway.post("/api/v1/auth/signup", json=sign_up(password)))[0] == 201


@pytest.mark.parametrize(("typed", "later"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
async def test_a_password_is_the_same_on_every_keyboard(gateway: Gateway, typed: str, later: str) -> None:
    asked = sign_up(typed)
    assert (await gateway.post("/api/v1/auth/signup", json=asked))[0] == 201
    login = {"email": asked["email"], "password": later}
    assert (await gateway.post("/api/v1/auth/login", json=login))[0] == 200


async def test_a_hash_of_what_was_typed_still_opens_and_is_renewed(gateway: Gateway, admin: asyncpg.Connection) -> None:
    sam = await gateway.sign_up()
    former = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(DECOMPOSED.encode())
    await admin.execute(
        "UPDATE gateway.credentials SET password_hash = $2 WHERE user_id = $1", sam.body["user"]["id"], former
    )
    for typed in (DECOMPOSED, COMPOSED):
        status, _, _ = await gateway.post("/api/v1/auth/login", json={"email": sam.email, "password": typed})
        assert status == 200
    renewed = await admin.fetchval(HASH, sam.body["user"]["id"])
    assert renewed.startswith(f"$argon2id$v=19$m={hashing.MEMORY_KIB},t={hashing.PASSES},p={hashing.LANES}$")


async def test_an_account_of_the_release_before_can_sign_in(gateway: Gateway, admin: asyncpg.Connection) -> None:
    sam = await gateway.sign_up()
    moved = "WITH gone AS (DELETE FROM gateway.credentials WHERE user_id = $1 RETURNING password_hash) "
    await admin.execute(
        f"{moved} UPDATE gateway.users SET password_hash = gone.password_hash FROM gone WHERE id = $1",
        sam.body["user"]["id"],
    )
    asked = {"email": sam.email, "password": "correct horse battery"}
    assert (await gateway.post("/api/v1/auth/login", json=asked))[0] == 200
    assert (await gateway.post("/api/v1/auth/login", json={**asked, "password": "something else"}))[0] == 401


def test_the_list_of_common_passwords_is_shipped() -> None:
    assert len(common_words()) > 50_000
    assert common_words()["123456"] < common_words()["dragon"] < 100


@given(st.text(min_size=12, max_size=200), st.lists(st.text(min_size=1, max_size=200), max_size=3))
def test_any_text_is_estimated(password: str, words: list[str]) -> None:
    assert 0 < guess_bits(password, words) < 1000


@given(
    st.text("abcdefghijkmnopqrstuvwxyz23456789#%", min_size=16, max_size=16).filter(lambda text: len(set(text)) > 13)
)
def test_knowing_more_never_makes_a_password_harder(password: str) -> None:
    assert guess_bits(password, [password[:8]]) <= guess_bits(password)
    assert guess_bits(password, [password]) < LEAST_BITS


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
async def test_a_long_password_opens_in_every_form_that_a_keyboard_sends(gateway: Gateway, form: str) -> None:
    password = "오늘밤하늘에별이참많다" * 10
    assert len(unicodedata.normalize("NFD", password)) > 200
    for sent, opened in (
        (password, unicodedata.normalize(form, password)),
        (unicodedata.normalize(form, password), password),
    ):
        asked = sign_up(sent)
        assert (await gateway.post("/api/v1/auth/signup", json=asked))[0] == 201
        login = {"email": asked["email"], "password": opened}
        assert (await gateway.post("/api/v1/auth/login", json=login))[0] == 200
