"""`./smartstack dlq` as a person types it, on an environment named by its prefix as one in the cloud is."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from smartstack_cli.arguments import Arguments
from smartstack_cli.dead_letters import arguments as words
from smartstack_cli.dead_letters.command import dlq
from smartstack_cli.errors import StackError
from smartstack_contracts import new_id


@pytest.fixture
async def run(queues: Any) -> Any:
    """Runs the command; returns the exit code, standard output and standard error."""
    environment = queues.environment
    where = {"LocationConstraint": environment.region}
    # In the cloud the account's id is in the name.
    bucket = f"{environment.prefix}-{environment.access_key}-audit"
    await queues.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    env = os.environ | {
        "AWS_ENDPOINT_URL": environment.endpoint_url,
        "AWS_REGION": environment.region,
        "AWS_DEFAULT_REGION": environment.region,
        "AWS_ACCESS_KEY_ID": environment.access_key,
        "AWS_SECRET_ACCESS_KEY": environment.secret,
        "LOGNAME": "ada",
        "COLUMNS": "120",
    }

    async def execute(*argv: str, prefix: str = environment.prefix) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "smartstack_cli", "dlq", *argv, "--prefix", prefix]
        options: dict[str, Any] = {"env": env, "capture_output": True, "text": True, "check": False, "timeout": 60}
        done = await asyncio.to_thread(subprocess.run, command, **options)
        return done.returncode, done.stdout, done.stderr

    return execute


async def test_a_person_looks_gives_back_discards_and_reads_who_did_what(queues: Any, run: Any) -> None:
    workspace = new_id()
    first, second = [await queues.put_event(workspace, dlq_reason=f"no client {new_id()}") for _ in range(2)]
    await queues.put("{", dlq_reason="undecodable: \u202edesrever")
    code, out, _ = await run("ls")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["QUEUE", "COUNT"],
        ["tasks-dlq", "1"],
        ["tasks-dlq", "2"],
    ]
    assert "client_created  no client …" in out
    assert "\u202e" not in out, "what came in a message may not confuse the terminal"

    code, out, _ = await run("show", first, "--json")
    assert (code, json.loads(out)["event_id"]) == (0, first)
    code, out, _ = await run("redrive", "tasks", "--type", "client_created", first)
    assert (code, out) == (0, "redriven: 1\n")
    code, out, _ = await run("discard", "tasks-dlq", "--why", "the client is gone", second, "--json")
    assert (code, json.loads(out)) == (0, {"discarded": 1, "remaining": 0, "failed": []})
    code, out, err = await run("discard", "tasks", second, "--why", "again")
    assert (code, out) == (1, "discarded: 0\n")
    assert "nothing matched" in err

    code, out, _ = await run("log")
    assert code == 0
    assert [line.split()[2:4] for line in out.splitlines()[1:]] == [
        ["operator:ada", "discard"],
        ["operator:ada", "redrive"],
    ]
    assert "the client is gone" in out


@pytest.mark.parametrize(
    ("argv", "remedy"),
    [
        (["redrive", "tasks"], "choose dead letters by ids, --type, --reason, --workspace, or --all"),
        (["ls", "payroll"], "there is no queue payroll; choose one of ai-dlq, comms-dlq, gateway-dlq, tasks-dlq"),
        (["ls", "--workspace", "x"], "x is not a workspace id"),
    ],
)
def test_what_makes_no_sense_is_told_with_the_remedy(argv: list[str], remedy: str) -> None:
    with pytest.raises(StackError) as refused:
        dlq(Arguments(command="dlq", rest=[*argv, "--prefix", "any"]))
    assert str(refused.value) == remedy


async def test_what_is_not_there_is_one_line_with_the_remedy(run: Any) -> None:
    remedy = "smartstack: no dead letter has the id nothing; `./smartstack dlq ls QUEUE` shows the ids\n"
    assert await run("show", "nothing") == (1, "", remedy)


async def test_a_wrong_prefix_is_named(run: Any) -> None:
    code, _, err = await run("ls", prefix="smartstack-nowhere")
    assert code == 1
    assert "there are no queues named smartstack-nowhere-..." in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "argv", [[], ["fly"], ["discard", "tasks", "--all"], ["ls", "tasks", "more"], ["ls", "--fast"]]
)
def test_words_that_make_no_sense_are_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        words.parse(argv)
    assert left.value.code == 2
    assert "usage: ./smartstack dlq" in capsys.readouterr().err


def test_ids_may_stand_before_and_behind_the_options() -> None:
    assert words.parse(["discard", "tasks", "a", "--why", "x"]).ids == ["a"]
    assert words.parse(["discard", "tasks", "--why", "x", "a", "b"]).ids == ["a", "b"]
