"""The same servers for tests from container images: SMARTSTACK_TEST_BACKEND=containers. Needs Docker."""

from collections.abc import Iterator
from contextlib import contextmanager

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.wait_strategies import HttpWaitStrategy

from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.local.postgres import CONNECTIONS, THROWAWAY, as_arguments

POSTGRES_IMAGE = "postgres:18"
EMULATOR_IMAGE = "smartstack-aws-emulator"
_EMULATOR_PORT = 4566


@contextmanager
def postgres() -> Iterator[str]:
    """PostgreSQL, published on a free port, as careless as the embedded one. Yields the superuser URL."""
    container = PostgresContainer(POSTGRES_IMAGE, username="postgres", dbname="postgres", driver=None)
    settings = THROWAWAY | {"max_connections": CONNECTIONS}
    with container.with_command(["postgres", *as_arguments(settings)]) as server:
        yield server.get_connection_url()


@contextmanager
def aws() -> Iterator[str]:
    """The emulator of `emulator/Dockerfile`: the same wheel, the same launcher. Yields the endpoint URL."""
    with (
        DockerImage(str(ROOT / "cli"), tag=EMULATOR_IMAGE, clean_up=False, dockerfile_path="emulator/Dockerfile"),
        DockerContainer(EMULATOR_IMAGE)
        .with_env("SMARTSTACK_ALLOWED_HOSTS", "*")  # where Docker publishes ports depends on the machine
        .with_exposed_ports(_EMULATOR_PORT)
        .waiting_for(HttpWaitStrategy(_EMULATOR_PORT, "/_ministack/health")) as server,
    ):
        yield f"http://{server.get_container_host_ip()}:{server.get_exposed_port(_EMULATOR_PORT)}"
