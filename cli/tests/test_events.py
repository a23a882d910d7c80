"""What `./smartstack events replay` runs, and what it refuses."""

from pathlib import Path

import pytest

from smartstack_cli.arguments import parse
from smartstack_cli.commands import run
from smartstack_cli.errors import StackError
from smartstack_cli.events import Step, _parser, plan


def planned(*words: str) -> list[Step]:
    return plan(_parser().parse_args(["replay", *words]))


def test_each_publisher_replays_its_own_types() -> None:
    words = [
        "--from",
        "2026-11-23T00:00:00Z",
        "--type",
        "client_created",
        "--type",
        "smartstack.ai.suggestion_created.v1",
    ]
    order = ("--from", "2026-11-23T00:00:00Z", "--to", "smartstack-local-gateway-inbox")
    assert planned(*words, "--to", "gateway-inbox") == [
        Step("ai", ("replay", "--type", "smartstack.ai.suggestion_created.v1", *order)),
        Step("comms", ("replay", "--type", "smartstack.comms.client_created.v1", *order)),
    ]


def test_rebuilding_empties_the_copy_and_replays_all_that_fills_it() -> None:
    emptied, replayed = planned("--rebuild", "clients", "--to", "smartstack-local-tasks-inbox", "--workspace", "w")
    assert emptied == Step("tasks", ("empty", "clients", "--workspace", "w"))
    assert replayed.service == "comms"
    assert replayed.words[:5] == (
        "replay",
        "--type",
        "smartstack.comms.client_created.v1",
        "--type",
        "smartstack.comms.client_updated.v1",
    )
    name = replayed.words[replayed.words.index("--rebuild") + 1]
    assert name.startswith("clients@")
    again = planned("--rebuild", "clients", "--to", "tasks-inbox")[1].words
    assert name not in again, "a second rebuild under the same name would be swallowed"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--to", "tasks-inbox", "--type", "client_created"], "--from"),
        (["--to", "tasks-inbox", "--from", "2026-11-23T00:00:00Z"], "--type"),
        (["--to", "tasks-inbox", "--from", "2026-11-23T00:00:00Z", "--type", "x"], "unknown event type"),
        (["--to", "tasks-inbox", "--rebuild", "tasks"], "no copy"),
        (["--to", "elsewhere", "--rebuild", "clients"], "not a service's queue"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(words: list[str], reason: str) -> None:
    with pytest.raises(StackError, match=reason):
        planned(*words)


def test_without_a_running_stack_it_says_so(tmp_path: Path) -> None:
    words = ["events", "replay", "--rebuild", "clients", "--to", "tasks-inbox", "--data", str(tmp_path)]
    with pytest.raises(StackError, match="nothing runs"):
        run(parse(words))
