"""Rules for the code itself; they need no provider."""

import re
from pathlib import Path

import hcl2
import pytest
from hcl import INFRA, ROOTS, Block, blocks, clean, everywhere, files, modules, parsed
from policy.rules_reach import EVERY_SERVICE, OWN_SETTINGS

from smartstack_ai.main import service as ai
from smartstack_bedrock_proxy.settings import Settings as ProxySettings
from smartstack_chassis.process.service import Service
from smartstack_comms.main import service as comms
from smartstack_gateway.main import service as gateway
from smartstack_tasks.main import service as tasks

ENVIRONMENTS = ("test", "staging", "prod")
# The only thing that exists before our code can name it: AWS makes it together with the VPC origin, so it is read then.
ASKS_AWS = {("aws_security_group", "vpc_origins")}
# The module of a service sets where it listens, and a deploy migrates in a task of its own.
NOT_IN_THE_CLOUD = {"SMARTSTACK_HTTP_HOST", "SMARTSTACK_HTTP_PORT", "SMARTSTACK_MIGRATION_DATABASE_URL"}
MAIN_FILES = {"main.tf", "variables.tf", "outputs.tf", "versions.tf"}
SNAKE = re.compile(r"^[a-z][a-z0-9_]*$")
SKIP = re.compile(r"#\s*checkov:skip=(CKV2?_AWS_[0-9]+)(?::(.*))?")


def variables(name: str) -> dict[str, object]:
    file = INFRA / f"environments/{name}.tfvars"
    return clean(hcl2.loads(file.read_text()))


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(INFRA)))
def test_a_file_is_hcl_and_short(file: Path) -> None:
    assert parsed(file)
    assert len(file.read_text().splitlines()) <= 400


def test_every_module_has_its_four_files_and_a_caller() -> None:
    called = {str(block.body["source"]).rpartition("/")[2] for block in everywhere("module")}
    assert called == {module.name for module in modules()}
    for module in modules():
        assert {file.name for file in module.glob("*.tf")} >= MAIN_FILES, module.name


def test_aws_is_the_only_provider_and_both_versions_are_pinned() -> None:
    for folder in (*ROOTS, *modules()):
        (terraform,) = blocks(folder, "terraform")
        (providers,) = terraform.body["required_providers"]
        assert terraform.body["required_version"] == ">= 1.10", folder
        assert providers == {"aws": {"source": "hashicorp/aws", "version": "~> 6.62"}}, folder


def test_every_variable_says_what_it_is_and_what_it_may_be() -> None:
    for variable in everywhere("variable"):
        assert variable.body.get("type"), variable.name
        assert variable.body.get("description"), variable.name
        # There is nothing to say about which booleans are right.
        if variable.body["type"] != "bool":
            assert variable.body.get("validation"), variable.name


@pytest.mark.parametrize("folder", [INFRA / "bootstrap", INFRA / "modules/github_oidc"], ids=lambda folder: folder.name)
def test_a_repository_may_be_written_in_both_forms_of_github_claims(folder: Path) -> None:
    # Source: https://docs.github.com/en/actions/reference/security/oidc (immutable subject claims).
    (variable,) = (block for block in blocks(folder, "variable") if block.labels == ("repository",))
    found = re.search(r'regex\("(.*?)", var', str(variable.body["validation"]))
    assert found
    pattern = re.compile(found[1])
    for name in ("acme/smartstack", "acme-org/smart.stack_1", "acme@123/smartstack@456"):
        assert pattern.search(name), name
    for name in ("acme", "acme/smartstack:environment:prod", "acme@123/smartstack", "acme/*", "acme@x/smartstack@1"):
        assert not pattern.search(name), name


def test_reserving_no_concurrency_is_allowed() -> None:
    """A new account's quota of 10 concurrent calls may not be reserved at all."""
    for folder, name in ((INFRA, "proxy_concurrency"), (INFRA / "modules/bedrock_proxy", "reserved_concurrency")):
        (variable,) = (block for block in blocks(folder, "variable") if block.labels == (name,))
        (validation,) = variable.body["validation"]
        assert f"var.{name} == null ||" in str(validation["condition"])
    for environment in ENVIRONMENTS:
        assert variables(environment)["proxy_concurrency"] in (None, "null"), environment


def test_every_variable_is_used() -> None:
    for folder in (*ROOTS, *modules()):
        text = "".join(file.read_text() for file in files() if file.parent == folder and file.name != "variables.tf")
        for variable in blocks(folder, "variable"):
            assert re.search(rf"\bvar\.{variable.labels[0]}\b", text), variable.name


def test_every_output_says_what_it_is() -> None:
    assert [output.name for output in everywhere("output") if not output.body.get("description")] == []


def test_names_are_in_snake_case() -> None:
    named = everywhere("resource", "data", "variable", "output", "module")
    assert [block.name for block in named if not SNAKE.match(block.labels[-1])] == []


def test_a_plan_asks_aws_nothing() -> None:
    asking = {block.labels for block in everywhere("data") if block.labels[0] != "aws_iam_policy_document"}
    assert asking == ASKS_AWS


def of_environments(kind: str) -> list[Block]:
    # A person runs the bootstrap, without a boundary.
    apart = {INFRA / "bootstrap", INFRA / "modules/github_oidc"}
    return [block for block in everywhere("resource") if block.labels[0] == kind and block.file.parent not in apart]


def test_every_role_of_an_environment_has_the_boundary() -> None:
    assert [role.name for role in of_environments("aws_iam_role") if not role.body.get("permissions_boundary")] == []


def test_every_log_group_has_a_key_and_an_end() -> None:
    for group in of_environments("aws_cloudwatch_log_group"):
        assert group.body.get("kms_key_id"), group.name
        assert group.body.get("retention_in_days"), group.name


def test_every_check_that_is_skipped_says_why_in_a_sentence() -> None:
    for file in files():
        for check, reason in SKIP.findall(file.read_text()):
            assert len(reason.split()) >= 4, f"{file}: {check}"


def test_environments_set_the_same_things() -> None:
    assert len({frozenset(variables(name)) for name in ENVIRONMENTS}) == 1


def test_environments_share_neither_account_nor_network_nor_state() -> None:
    read = {name: variables(name) for name in ENVIRONMENTS}
    assert len({str(values["account_id"]) for values in read.values()}) == len(ENVIRONMENTS)
    for folder in ROOTS:
        backends = {file: clean(hcl2.loads(file.read_text())) for file in folder.glob("environments/*.backend.hcl")}
        assert len(backends) >= len(ENVIRONMENTS)
        assert len({values["bucket"] for values in backends.values()}) == len(backends)
        for file, values in backends.items():
            environment = file.name.partition(".")[0]
            assert values["bucket"].startswith(f"smartstack-{environment}-"), file
            assert values["kms_key_id"] == f"alias/smartstack-{environment}-state", file
            assert values["use_lockfile"] is True, file
            assert values["encrypt"] is True, file


def test_state_is_encrypted_before_it_leaves_the_machine() -> None:
    (terraform,) = (block for block in parsed(INFRA / "encryption.tofu") if block.kind == "terraform")
    (encryption,) = terraform.body["encryption"]
    for what in ("state", "plan"):
        (block,) = encryption[what]
        assert block["enforced"] is True, what


def test_every_setting_that_the_cloud_gives_is_one_that_the_process_reads() -> None:
    read = {name for service in (ai, comms, gateway, tasks) for name in service.settings.model_fields}
    read |= set(ProxySettings.model_fields)
    given = {name for file in files() for name in re.findall(r"\bSMARTSTACK_([A-Z_]+[A-Z])\b", file.read_text())}
    assert {name.lower() for name in given} - read == set()


@pytest.mark.parametrize("service", [ai, comms, gateway, tasks], ids=lambda service: service.name)
def test_every_setting_that_would_point_at_this_machine_is_one_that_the_policy_asks_for(service: Service) -> None:
    """A service without such a setting starts, and talks to itself."""
    local = {
        f"SMARTSTACK_{name.upper()}"
        for name, field in service.settings.model_fields.items()
        if field.is_required() or re.search(r"127\.0\.0\.1|localhost", str(field.default))
    }
    wanted = EVERY_SERVICE | OWN_SETTINGS.get(service.name, frozenset()) | NOT_IN_THE_CLOUD
    assert local - wanted == set()
