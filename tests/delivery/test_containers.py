"""The images and docker-compose.yml say what they promise; whether they run is seen in a Docker engine, not here."""

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.session import get_session
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic_settings import BaseSettings

from smartstack_chassis.core.settings import ServiceSettings
from smartstack_cli.bootstrap.project import ROOT, RUNTIME_LOCK, members
from smartstack_cli.compose import write_secrets
from smartstack_cli.local.layout import SERVICES, Layout
from smartstack_gateway.settings import GatewaySettings
from smartstack_ops.settings import OpsSettings

SERVICE_FILE = ROOT / "Dockerfile"
PROXY = ROOT / "services" / "ai" / "bedrock_proxy"
DOCKERFILES = [SERVICE_FILE, PROXY / "Dockerfile", ROOT / "cli" / "emulator" / "Dockerfile"]
COMPOSE = ROOT / "docker-compose.yml"
COMPOSED: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
OURS = [name for name, service in COMPOSED.items() if service["image"].startswith("smartstack-")]
JOBS = [name for name in OURS if name.endswith("-migrate") or name in ("provision", "secrets", "web")]
# What each image installs, and the packages that are its own code.
IMAGES = {ROOT / "services" / name: f"smartstack-{name}" for name in SERVICES} | {
    ROOT / "services" / "ops": "smartstack-ops",
    ROOT / "cli": "smartstack-tasks",
    PROXY: "smartstack-bedrock-proxy",
}
# The environment of a process in containers differs from that beside it in these: the image sets them.
IN_THE_IMAGE = {"PATH", "LANG", "PYTHONUNBUFFERED", "SMARTSTACK_HTTP_HOST", "SMARTSTACK_HTTP_PORT"}
# The receiver of telemetry publishes no port: only containers of this stack reach it.
UNREACHABLE = {"SMARTSTACK_OTLP_TOKEN"}
SETTINGS: dict[str, type[BaseSettings]] = {
    **dict.fromkeys(SERVICES, ServiceSettings),
    "gateway": GatewaySettings,
    "ops": OpsSettings,
}


def passes(*command: str | Path) -> None:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def environment(service: str) -> dict[str, str]:
    given: dict[str, str] = COMPOSED[service].get("environment", {})
    return given


def instructions(dockerfile: Path) -> Iterator[str]:
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    yield from filter(None, text.splitlines())


def last_stage(dockerfile: Path) -> list[str]:
    """The instructions that the image as it is shipped is made by, those of the stages below it included."""
    stages: dict[str, list[str]] = {}
    name = ""
    for instruction in instructions(dockerfile):
        if instruction.startswith("FROM "):
            words = instruction.split()
            base = "tasks" if words[1] == "${SERVICE}" else words[1]
            name = words[3] if len(words) > 2 else ""
            stages[name] = list(stages.get(base, []))
        elif name or stages:
            stages[name].append(instruction)
    return stages[""]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_dockerfile_has_no_faults_that_hadolint_knows(dockerfile: Path, tools_bin: Path) -> None:
    passes(tools_bin / "hadolint", dockerfile)


def test_compose_is_valid(tools_bin: Path) -> None:
    passes(tools_bin / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_bases_have_a_version_and_can_be_given_by_digest(dockerfile: Path) -> None:
    bases = {}
    stages = {"scratch", "${SERVICE}"}
    for instruction in instructions(dockerfile):
        if found := re.match(r"ARG (\w+_IMAGE)=(\S+)", instruction):
            bases[f"${{{found[1]}}}"] = found[2]
        elif instruction.startswith("FROM "):
            base, _, name = instruction[5:].partition(" AS ")
            assert base in bases or base in stages, instruction
            stages.add(name)
    assert bases
    for base in bases.values():
        assert re.fullmatch(r"[\w./-]+:\d[\w.-]*", base), base


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_image_runs_unprivileged_tells_its_health_and_stops_on_sigterm(dockerfile: Path) -> None:
    made = last_stage(dockerfile)
    users = [line for line in made if line.startswith("USER ")]
    assert re.fullmatch(r"USER [1-9]\d{4}:[1-9]\d{4}", users[-1])
    assert "STOPSIGNAL SIGTERM" in made
    assert any(line.startswith("HEALTHCHECK ") and "NONE" not in line for line in made)
    # Written as a list: a shell in between would keep the signal to itself.
    started = [line for line in made if line.startswith(("ENTRYPOINT ", "CMD "))]
    assert re.match(r'(ENTRYPOINT|CMD) \["python", "-m", "smartstack_\w+"', started[-1])


def test_every_service_and_ops_has_a_stage_that_starts_it() -> None:
    text = SERVICE_FILE.read_text()
    for name in SERVICES:
        assert f'FROM runtime AS {name}\nENTRYPOINT ["python", "-m", "smartstack_{name}"]' in text
    assert 'FROM runtime AS ops\nENTRYPOINT ["python", "-m", "smartstack_ops"]' in text
    assert 'FROM runtime AS cli\nENTRYPOINT ["python", "-m", "smartstack_cli.compose"]' in text


@pytest.mark.parametrize("folder", IMAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_image_installs_what_its_code_needs_in_the_one_pinned_version(folder: Path) -> None:
    listed = dict(_pinned(folder / "requirements.txt"))
    pinned = dict(_pinned(RUNTIME_LOCK))
    assert {name: pinned.get(name) for name in listed} == listed
    assert _needed(IMAGES[folder]) <= set(listed)


def test_the_packages_of_a_model_are_in_no_image_but_that_of_the_ai_service() -> None:
    holders = [folder.name for folder in IMAGES if "pydantic-ai-slim" in dict(_pinned(folder / "requirements.txt"))]
    assert holders == ["ai"]


@pytest.mark.parametrize("folder", IMAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_image_holds_the_libraries_of_ours_that_its_code_needs(folder: Path) -> None:
    dockerfile = PROXY / "Dockerfile" if folder == PROXY else SERVICE_FILE
    copied = {word for line in instructions(dockerfile) if line.startswith("COPY ") for word in line.split()}
    libraries = [member for member in members() if member.parent.name == "libs" or member.name == "contracts"]
    needed = _own(IMAGES[folder])
    sources = {f"{member.relative_to(ROOT)}/src" for member in libraries if _project(member)["name"] in needed}
    assert sources
    assert sources <= copied


@pytest.mark.parametrize(
    ("dockerfile", "folders"),
    [(SERVICE_FILE, ["libs", "services/*/src", "cli/src"]), (PROXY / "Dockerfile", ["services/ai/bedrock_proxy/src"])],
    ids=["services", "proxy"],
)
def test_images_describe_every_aws_service_that_our_code_calls(dockerfile: Path, folders: list[str]) -> None:
    kept = re.search(r'ARG AWS_SERVICES="([^"]+)"', dockerfile.read_text())
    assert kept is not None
    files = [path for folder in folders for path in ROOT.glob(f"{folder}/**/*.py") if "tests" not in path.parts]
    called = {name for path in files for name in _aws_services(path)}
    assert {"s3", "dynamodb"} < called
    assert called <= set(kept[1].split())


def test_compose_has_every_part_of_the_local_stack_by_the_same_name() -> None:
    jobs = {"provision", *(f"{name}-migrate" for name in SERVICES)}
    assert {"postgres", "aws", "ops", "web", *jobs, *SERVICES} <= set(COMPOSED)


def test_nothing_is_published_but_to_this_machine_and_the_product_is_on_its_usual_port() -> None:
    published = {name: service["ports"] for name, service in COMPOSED.items() if "ports" in service}
    assert published.pop("gateway") == ["127.0.0.1:${SMARTSTACK_PORT:-8000}:8000"]
    assert set(published) == {"otel-lgtm"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_images_from_elsewhere_have_a_version() -> None:
    for name, service in COMPOSED.items():
        if name not in OURS:
            assert re.fullmatch(r"[\w./-]+:\d[\w.]*", service["image"]), name


@pytest.mark.parametrize("name", [*OURS, "postgres"])
def test_a_container_can_write_nowhere_and_become_nobody_else(name: str) -> None:
    service = COMPOSED[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service.get("user", "postgres") == "postgres"


@pytest.mark.parametrize("name", [name for name in OURS if name not in JOBS])
def test_a_server_starts_again_is_asked_for_its_health_and_has_time_to_finish(name: str) -> None:
    service = COMPOSED[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    if name in SERVICES:
        assert "/health/ready" in service["healthcheck"]["test"][-1]
        # Polls and requests end side by side; then the outbox is emptied and telemetry is sent.
        assert service["stop_grace_period"] == "25s"
        assert ServiceSettings.model_fields["drain_seconds"].default + 5 <= 25


def test_a_service_starts_when_its_schema_is_there_and_its_queues_can_be() -> None:
    for name in SERVICES:
        needs = COMPOSED[name]["depends_on"]
        assert needs[f"{name}-migrate"] == {"condition": "service_completed_successfully"}
        assert needs["aws"] == {"condition": "service_healthy"}
        assert COMPOSED[f"{name}-migrate"]["depends_on"] == {
            "provision": {"condition": "service_completed_successfully"}
        }
        assert COMPOSED[f"{name}-migrate"]["image"] == COMPOSED[name]["image"]


@pytest.mark.parametrize("name", [*SERVICES, "ops"])
def test_every_variable_in_compose_is_one_that_the_process_reads(name: str) -> None:
    fields = SETTINGS[name].model_fields
    known = {str(field.validation_alias or f"SMARTSTACK_{key.upper()}") for key, field in fields.items()}
    known |= {"SMARTSTACK_SECRETS_DIR", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert set(environment(name)) <= known


@pytest.mark.parametrize("name", [*SERVICES, "ops"])
def test_a_process_is_told_in_containers_what_it_is_told_without(name: str, tmp_path: Path) -> None:
    parts = [*SERVICES, "ops", "postgres", "aws"]
    secrets = dict.fromkeys([*Layout.secret_names(), "share_key"], "secret")
    layout = Layout(data=tmp_path, ports=dict.fromkeys(parts, 1), secrets=secrets, web=tmp_path)
    wanted = layout.ops_environment() if name == "ops" else layout.service_environment(name)
    write_secrets(tmp_path)
    files = tmp_path / Path(environment(name).get("SMARTSTACK_SECRETS_DIR", "none")).name
    in_files = {path.name.upper() for path in files.glob("smartstack_*")}
    # In containers the schema's owner signs in from the container that migrates, and from no other.
    in_files |= {"SMARTSTACK_MIGRATION_DATABASE_URL"}
    assert set(wanted) - IN_THE_IMAGE - UNREACHABLE - in_files <= set(environment(name))
    for variable in ("SMARTSTACK_RESOURCE_PREFIX", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
        assert environment(name)[variable] == wanted[variable]


def test_each_image_is_built_once_and_looked_for_nowhere_else() -> None:
    builders = [COMPOSED[name]["image"] for name in OURS if "build" in COMPOSED[name]]
    assert len(builders) == len(set(builders))
    assert set(builders) == {COMPOSED[name]["image"] for name in OURS}
    assert all(COMPOSED[name]["pull_policy"] == "never" for name in OURS if "build" not in COMPOSED[name])


def test_what_is_changed_is_built_anew_by_watch() -> None:
    for name in SERVICES:
        watched = {each["path"] for each in COMPOSED[name]["develop"]["watch"]}
        assert watched == {f"./services/{name}", "./libs", "./contracts/src"}
    watched = [each for service in COMPOSED.values() for each in service.get("develop", {}).get("watch", [])]
    assert all((ROOT / each["path"]).exists() for each in watched)
    # Files cannot be put into a container that cannot be written to.
    assert {each["action"] for each in watched} == {"rebuild"}


def mounted(name: str) -> set[str]:
    """The folders of the secrets' volume that a container sees; "" is all of it."""
    found = set()
    for volume in COMPOSED[name].get("volumes", []):
        if isinstance(volume, str) and volume.startswith("secrets:"):
            found.add("")
        elif isinstance(volume, dict) and volume["source"] == "secrets":
            assert volume["read_only"] is True
            found.add(volume["volume"]["subpath"])
    return found


def test_a_container_sees_its_own_secrets_alone_and_the_owner_s_password_only_while_it_migrates(tmp_path: Path) -> None:
    write_secrets(tmp_path)
    for name in [*SERVICES, *(f"{service}-migrate" for service in SERVICES), "postgres"]:
        assert mounted(name) == {name}
        assert (tmp_path / name).is_dir()
    assert {name for name in COMPOSED if "" in mounted(name)} == {"secrets", "provision"}
    holders = {path.parent.name for path in tmp_path.rglob("smartstack_migration_database_url")}
    assert holders == {f"{service}-migrate" for service in SERVICES}
    for service in SERVICES:
        assert "_migrator" not in (tmp_path / service / "smartstack_database_url").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_that_migrates_has_all_that_the_settings_require(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in list(os.environ):
        if variable.startswith("SMARTSTACK_"):
            monkeypatch.delenv(variable)
    write_secrets(tmp_path)
    monkeypatch.setenv("SMARTSTACK_SECRETS_DIR", str(tmp_path / f"{service}-migrate"))
    settings = SETTINGS[service]()
    assert f"//{service}_migrator:" in settings.model_dump()["migration_database_url"].get_secret_value()


def test_secrets_are_made_once_and_are_what_a_service_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in list(os.environ):
        if variable.startswith("SMARTSTACK_"):
            monkeypatch.delenv(variable)
    write_secrets(tmp_path)
    made = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    write_secrets(tmp_path)
    assert {path: path.read_text() for path in made} == made

    monkeypatch.setenv("SMARTSTACK_SECRETS_DIR", str(tmp_path / "gateway"))
    gateway = GatewaySettings()
    assert gateway.signer
    assert len(gateway.share_token_key) == 32
    assert re.fullmatch(
        r"postgresql\+asyncpg://gateway_app:\S{20,}@postgres:5432/smartstack", gateway.database_url.get_secret_value()
    )
    assert COMPOSED["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"].endswith("/postgres/password")
    assert (tmp_path / "postgres" / "password").read_text()


def test_a_variable_counts_more_than_a_secret_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "smartstack_database_url").write_text("postgresql+asyncpg://from-file")
    monkeypatch.setenv("SMARTSTACK_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("SMARTSTACK_DATABASE_URL", "postgresql+asyncpg://from-variable")
    assert ServiceSettings().database_url.get_secret_value() == "postgresql+asyncpg://from-variable"  # type: ignore[call-arg]


def _pinned(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text().splitlines():
        if found := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)", line):
            yield found[1], found[2]


def _project(member: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((member / "pyproject.toml").read_text())["project"]
    return project


def _own(package: str) -> set[str]:
    """A package of ours and those of ours that it needs, all the way down."""
    projects = {_project(member)["name"]: _project(member) for member in members()}
    found, new = set[str](), {package}
    while new:
        found |= new
        needs = (Requirement(each).name for name in new for each in projects[name].get("dependencies", []))
        new = {name for name in needs if name in projects} - found
    return found


def _needed(package: str) -> set[str]:
    """The packages of others that ours name."""
    own = _own(package)
    projects = [_project(member) for member in members() if _project(member)["name"] in own]
    needs = (Requirement(each).name for project in projects for each in project.get("dependencies", []))
    return {canonicalize_name(name) for name in needs} - own


def _aws_services(path: Path) -> Iterator[str]:
    """The AWS services that a file makes clients of: names that calls in it begin with."""
    text = path.read_text()
    if not re.search(r"create_client|\.client\(|_clients\.", text):
        return
    known = set(get_session().get_available_services())
    for node in ast.walk(ast.parse(text)):
        first = node.args[0] if isinstance(node, ast.Call) and node.args else None
        if isinstance(first, ast.Constant) and first.value in known:
            yield str(first.value)
