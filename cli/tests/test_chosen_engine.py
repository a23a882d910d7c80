"""The local stack stays offline, unless whoever starts it says otherwise."""

from pathlib import Path

import pytest

from smartstack_cli.local.layout import SERVICES, Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    ports = dict.fromkeys([*SERVICES, "postgres", "aws", "ops"], 1)
    secrets = dict.fromkeys([*Layout.secret_names(), "share_key"], "x")
    return Layout(data=tmp_path, ports=ports, secrets=secrets, web=tmp_path)


def test_nothing_chosen_is_the_offline_engine(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMARTSTACK_ENGINE", raising=False)
    assert not [name for name in layout.service_environment("ai") if "ENGINE" in name or "BEDROCK" in name]


def test_the_engines_settings_reach_the_ai_service_and_no_other(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {"SMARTSTACK_ENGINE": "bedrock", "SMARTSTACK_BEDROCK_TOKEN_KEY": "a private key"}
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    for service in SERVICES:
        told = layout.service_environment(service).items()
        assert (chosen.items() <= told) == (service == "ai"), service
