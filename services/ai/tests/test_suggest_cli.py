"""`smartstack ai suggest`: texts in, JSON out, without any server."""

import io
import json
from typing import Any

import pytest

from smartstack_ai.suggest_cli import main

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."


def run(text: str, *options: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(options, io.StringIO(text), out), out.getvalue()


def lines(*requests: Any) -> tuple[int, list[Any]]:
    text = "".join((item if isinstance(item, str) else json.dumps(item)) + "\n" for item in requests)
    status, out = run(text, "--jsonl")
    return status, [json.loads(line) for line in out.splitlines()]


def test_a_text_gives_suggestions_in_the_apis_shape() -> None:
    status, out = run(ASKING, "--at", "2026-11-23T09:30", "--zone", "Europe/London")
    wireframes, logo = json.loads(out)["suggestions"]
    assert status == 0
    assert wireframes["fields"]["due_at"] == "2026-11-26T23:59:59+00:00"
    assert logo["fields"]["due_at"] is None
    assert set(wireframes) == {
        "kind",
        "status",
        "needs_review",
        "fields",
        "evidence",
        "engine",
        "confidence",
        "created_at",
    }


def test_the_zone_decides_which_day_it_is() -> None:
    """22:30 UTC on Monday is Tuesday in Auckland, so tomorrow is Wednesday there."""
    request = {"text": "Please send it tomorrow.", "at": "2026-11-23T22:30:00Z", "direction": "in"}
    _, (london, auckland) = lines(request | {"zone": "Europe/London"}, request | {"zone": "Pacific/Auckland"})
    assert london["suggestions"][0]["fields"]["due_at"] == "2026-11-24T23:59:59+00:00"
    assert auckland["suggestions"][0]["fields"]["due_at"] == "2026-11-25T23:59:59+13:00"


def test_what_we_wrote_ourselves_is_a_promise() -> None:
    request = {"text": "I'll send it on Friday.", "at": "2026-11-23T09:30", "zone": "Europe/London", "direction": "out"}
    _, (answer,) = lines(request)
    assert [item["kind"] for item in answer["suggestions"]] == ["commitment"]


def test_lines_stay_in_step_when_one_of_them_cannot_be_read() -> None:
    good = {"text": "Please call me.", "at": "2026-11-23T09:30", "zone": "UTC", "direction": "in"}
    status, answers = lines(good, "{", good | {"zone": "Mars/Olympus"}, good | {"at": "soon"}, good)
    assert status == 1
    assert ["error" in answer for answer in answers] == [False, True, True, True, False]
    assert "Europe/London" in answers[2]["error"]


@pytest.mark.parametrize("option", [("--zone", "Mars/Olympus"), ("--at", "soon")])
def test_a_bad_option_is_told_in_one_line(option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run("x", *option)
    assert (status, out) == (2, "")
    assert len(capsys.readouterr().err.splitlines()) == 1
