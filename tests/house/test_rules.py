"""House rules that import-linter and the linters cannot express, read from the syntax trees of the code."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent for path in (ROOT / "services").glob("*/src/*/__init__.py"))
LIBRARIES = sorted(path.parent for path in (ROOT / "libs").glob("*/src/*/__init__.py"))
WRITES = ("INSERT ", "UPDATE ", "DELETE ", "TRUNCATE ", "WITH ")
SESSION_WRITES = {"add", "add_all", "delete", "merge"}
CORE_WRITES = {"sa.insert", "sa.update", "sa.delete", "insert", "update", "delete", "pg_insert"}
LONGEST = 400
# Packages whose docstrings are in plain words; the list grows until it covers every package.
CHASSIS = ROOT / "libs" / "chassis" / "src" / "smartstack_chassis"
PLAIN = [
    ROOT / "cli" / "src",
    ROOT / "cli" / "emulator",
    ROOT / "contracts" / "src",
    ROOT / "infra" / "tests",
    *(ROOT / "libs" / name / "src" for name in ("redaction", "dates", "faststream-sqs")),
    *(CHASSIS / room for room in ("core", "database", "auth", "telemetry", "testing", "jobs")),
    *(ROOT / "services" / name / "src" for name in ("ops", "gateway", "comms")),
]
HOUSE_WORDS = re.compile(
    r"^(What|Who|Whose|Whether|Tell)\b"
    r"|(?i:\b(nobody|somebody|whoever|tells?|told|anew|beside|at once|of ours|(give|gives|gave|given) up)\b)"
    r"|(?<![Tt]here )\b(is|are) no (?!longer|more)"
)

Found = Iterator[ast.AST]


def sources(packages: list[Path]) -> list[Path]:
    """Return the modules of packages."""
    return sorted(path for package in packages for path in package.rglob("*.py"))


def violations(paths: list[Path], rule: Callable[[ast.Module], Found]) -> list[str]:
    """Return where `rule` finds something, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
        for path in paths
        for node in rule(ast.parse(path.read_text()))
    ]


def called(node: ast.AST) -> str:
    """Return the dotted name of what a call calls; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return ast.unparse(node.func)


def environment_reads(tree: ast.Module) -> Found:
    """Find uses of os.environ and os.getenv."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"):
            yield node


def row_writes(tree: ast.Module) -> Found:
    """Find statements that write rows, as SQL text, as SQLAlchemy Core, or through a session."""
    for node in ast.walk(tree):
        name = called(node)
        through_session = ".session." in f".{name}" and name.split(".")[-1] in SESSION_WRITES
        if through_session or name in CORE_WRITES or (name in ("text", "sa.text") and _writes_sql(node)):
            yield node


def _writes_sql(call: ast.AST) -> bool:
    sql = "".join(
        part.value for part in ast.walk(call) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    words = sql.lstrip().upper()
    return words.startswith(WRITES) and any(word in words for word in ("INSERT INTO", "UPDATE ", "DELETE FROM"))


def loops(tree: ast.Module) -> Found:
    """Find endless loops that wait, and tasks that outlive the function that starts them."""
    for node in ast.walk(tree):
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
        waits = endless and any(called(inner).endswith((".sleep", ".wait")) for inner in ast.walk(node))
        if waits or called(node) == "asyncio.create_task":
            yield node


def house_words(tree: ast.Module) -> Found:
    """Find docstrings with words that only this house would use, or that begin without a subject or verb."""
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                if HOUSE_WORDS.search(ast.get_docstring(node) or ""):
                    yield node


def named(*names: str) -> Callable[[Path], bool]:
    """Return whether a module is none of `names`, which are file names or folders."""
    return lambda path: not any(name in path.parts or path.name == name for name in names)


def test_only_settings_read_the_environment() -> None:
    paths = [*sources(SERVICES), *sources([ROOT / "libs" / "chassis" / "src" / "smartstack_chassis"])]
    allowed = named("settings.py", "testing", "testing.py")
    assert violations([path for path in paths if allowed(path)], environment_reads) == []


def test_only_commands_write_rows() -> None:
    allowed = named("commands.py", "commands", "testing", "testing.py", "smartstack_ops")
    assert violations([path for path in sources(SERVICES) if allowed(path)], row_writes) == []


# A process starts what runs beside serving in its main.py; answers that stream, processes and connections wait too.
STREAMS = ("main.py", "testing.py", "live", "keys.py", "readers.py", "smartstack_ops", "upstreams")


def test_services_start_no_loop_of_their_own() -> None:
    paths = [path for path in sources(SERVICES) if named(*STREAMS)(path)]
    assert violations(paths, loops) == []


def test_docstrings_are_in_plain_words() -> None:
    paths = [path for path in sources(PLAIN) if named("versions", "node_modules")(path)]
    assert violations(paths, house_words) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (environment_reads, "import os\nx = os.environ['A']"),
        (row_writes, "transaction.session.add(row)"),
        (row_writes, "x = sa.update(Task)"),
        (row_writes, "x = text('WITH a AS (SELECT 1) ' 'INSERT INTO tasks SELECT * FROM a')"),
        (loops, "while True:\n    await asyncio.sleep(1)"),
        (loops, "x = asyncio.create_task(f())"),
        (house_words, "def f() -> bool:\n    '''Tell whether it runs.'''"),
        (house_words, "class A:\n    '''What a client sees.'''"),
        (house_words, "'''Nothing runs at once.'''"),
    ],
)
def test_each_rule_finds_what_it_forbids(rule: Callable[[ast.Module], Found], code: str) -> None:
    assert len(list(rule(ast.parse(code)))) == 1


def test_no_file_is_longer_than_a_person_reads() -> None:
    written = [*ROOT.glob("*/**/*.py"), *(ROOT / "frontend" / "src").rglob("*.ts*")]
    skipped = {"node_modules", ".venv", ".smartstack", "generated", "__pycache__"}
    long = [
        str(path.relative_to(ROOT))
        for path in written
        if not skipped & set(path.parts) and len(path.read_text().splitlines()) > LONGEST
    ]
    assert long == []
