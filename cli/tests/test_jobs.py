"""`./smartstack jobs`: a wrong word ends before any service is asked, and a stack must run."""

from pathlib import Path

import pytest

from smartstack_cli.arguments import Arguments
from smartstack_cli.errors import StackError
from smartstack_cli.jobs import jobs


@pytest.mark.parametrize("words", [[], ["retry"], ["look"], ["ls", "--service", "payroll"], ["discard", "x"]])
def test_words_that_make_no_sense_are_refused(words: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        jobs(Arguments(command="jobs", rest=[*words, "--data", str(tmp_path)]))
    assert refused.value.code == 2


def test_without_a_running_stack_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="up"):
        jobs(Arguments(command="jobs", rest=["ls", "--service", "tasks", "--data", str(tmp_path)]))
