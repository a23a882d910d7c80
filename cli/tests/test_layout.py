from pathlib import Path

import pytest

from smartstack_cli.local.layout import OPS, SERVICES, Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    ports = {name: 20000 + number for number, name in enumerate((*SERVICES, OPS, "postgres", "aws"))}
    secrets = dict.fromkeys([*Layout.secret_names(), "share_key"], "secret")
    return Layout(data=tmp_path, ports=ports, secrets=secrets, web=tmp_path)


def test_services_export_to_ops_and_the_gateway_alone_asks_it(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMARTSTACK_OTLP_ENDPOINT", raising=False)
    for service in SERVICES:
        environment = layout.service_environment(service)
        assert environment["SMARTSTACK_OTLP_ENDPOINT"] == layout.ops_url
        assert environment.get("SMARTSTACK_OPS_URL") == (layout.ops_url if service == "gateway" else None)


def test_a_collector_of_ones_own_gets_the_traces_and_ops_keeps_the_rest(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTSTACK_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    environment = layout.service_environment("gateway")
    assert environment["SMARTSTACK_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    assert environment["SMARTSTACK_OPS_URL"] == layout.ops_url


def test_ops_sees_no_password_but_the_keys_to_queues_and_exports(layout: Layout) -> None:
    environment = layout.ops_environment()
    assert environment.pop("AWS_SECRET_ACCESS_KEY") == "secret"
    assert environment.pop("SMARTSTACK_OTLP_TOKEN") == "secret"
    assert "secret" not in " ".join(environment.values())
