"""The proxy before the stub, over real HTTP."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from smartstack_bedrock_proxy.testing import Aws, World, proxy_world
from smartstack_cli.local.aws import REGION
from smartstack_cli.testing import AwsAccount

Start = Callable[..., World]


@pytest.fixture(scope="session")
def aws(aws_endpoint_url: str) -> Aws:
    account = f"{random.SystemRandom().randrange(10**11, 10**12)}"
    return Aws(AwsAccount(aws_endpoint_url, REGION, account, "test")).create()


@pytest.fixture(scope="session")
def shared_world(aws: Aws) -> Iterator[World]:
    with proxy_world(aws) as world:
        yield world


@pytest.fixture
def world(shared_world: World) -> World:
    """A proxy with the usual settings, and a workspace that was never seen before."""
    return shared_world.afresh()


@pytest.fixture
def start(aws: Aws) -> Iterator[Start]:
    """Start a proxy with these settings changed."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(proxy_world(aws, **changes))
