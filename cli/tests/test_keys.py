"""`./smartstack keys`: rotation of the signing keys."""

import hmac
import json
import stat
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest

from smartstack_cli.arguments import Arguments
from smartstack_cli.errors import StackError
from smartstack_cli.keys import KEPT_SECONDS, LEAD_SECONDS, described, keys, rotate
from smartstack_cli.local.secrets import FILE, KEYS_FILE, open_vault

OLD, NEW, NEXT = ({"kid": kid} for kid in ("old", "new", "next"))


def run(*words: object) -> int:
    return keys(Arguments(command="keys", rest=[str(word) for word in words]))


def test_the_new_key_waits_and_the_former_one_outlives_its_last_token() -> None:
    rotated = rotate({"keys": [OLD]}, NEW, 1000)
    starts = 1000 + LEAD_SECONDS
    assert rotated == {"keys": [NEW | {"nbf": starts}, OLD | {"exp": starts + KEPT_SECONDS}]}


def test_a_second_rotation_keeps_what_is_in_use_and_drops_what_has_expired() -> None:
    first = rotate({"keys": [OLD]}, NEW, 1000, lead=10)
    second = rotate(first, NEXT, 1010, lead=10)
    assert [key["kid"] for key in second["keys"]] == ["next", "new", "old"]
    assert second["keys"][2] == first["keys"][1]
    third = rotate(second, {"kid": "last"}, 1020 + KEPT_SECONDS, lead=10)
    assert [key["kid"] for key in third["keys"]] == ["last", "next"]


def test_a_rotation_that_is_under_way_is_not_overtaken() -> None:
    first = rotate({"keys": [OLD]}, NEW, 1000)
    with pytest.raises(StackError, match="under way"):
        rotate(first, NEXT, 1001)
    assert rotate(first, NEXT, 1001, retire_now=True) == {"keys": [NEXT]}


def test_the_list_says_what_each_key_is_good_for() -> None:
    known: Any = {"keys": [{"kid": "c", "nbf": 20}, {"kid": "b", "exp": 30}, {"kid": "a", "exp": 25}]}
    assert described(known, 10) == [
        "c  published, signs from 1970-01-01T00:00:20Z",
        "b  signs, retired at 1970-01-01T00:00:30Z",
        "a  verifies, retired at 1970-01-01T00:00:25Z",
    ]
    assert described(known, 27)[2] == "a  retired"


def test_a_rotation_reaches_the_vault_and_the_gateways_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = open_vault(tmp_path, ["postgres"])
    assert run("rotate", "--data", tmp_path) == 0
    after = open_vault(tmp_path, ["postgres"])
    assert {name for name in after if after[name] != before[name]} == {"jwt_keys"}
    file = tmp_path / KEYS_FILE
    assert file.read_text() == after["jwt_keys"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [new, old] = json.loads(after["jwt_keys"])["keys"]
    assert old["d"] == json.loads(before["jwt_keys"])["keys"][0]["d"]
    shown = capsys.readouterr().out
    assert new["kid"] in shown
    assert new["d"] not in shown
    assert run("ls", "--data", tmp_path) == 0
    assert capsys.readouterr().out == shown


def test_keys_of_another_place_are_rotated_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "jwt-keys.json"
    file.write_text(open_vault(tmp_path, [])["jwt_keys"])
    assert run("rotate", "--file", file, "--lead", 1800) == 0
    [new, old] = json.loads(file.read_text())["keys"]
    assert old["exp"] - new["nbf"] == KEPT_SECONDS


@pytest.mark.parametrize("text", ["", "[]", '{"keys": []}', '{"keys": [{"kid": "a", "kty": "OKP"}]}'])
def test_what_holds_no_private_key_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    with pytest.raises(StackError):
        run("rotate", "--file", file)
    assert file.read_text() == text


def test_a_folder_on_which_nothing_ran_is_refused_and_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="smartstack up"):
        run("ls", "--data", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_from_before_share_keys_gives_the_same_share_tokens(tmp_path: Path) -> None:
    jwt_keys = open_vault(tmp_path, [])["jwt_keys"]
    (tmp_path / FILE).write_text(json.dumps({"jwt_keys": jwt_keys}))
    secret = json.loads(jwt_keys)["keys"][0]["d"]
    derived = open_vault(tmp_path, [])["share_key"]
    assert urlsafe_b64decode(derived + "=") == hmac.digest(secret.encode(), b"smartstack share links", "sha256")
