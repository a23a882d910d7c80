"""Throttling of failed sign-ins."""

from dataclasses import dataclass

from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.throttles.domain import Throttle


@dataclass(frozen=True)
class SignInThrottles:
    """Counters of failures per account, known device and network, and of sign-ups per network."""

    account: Throttle
    device: Throttle
    network: Throttle
    sign_up: Throttle

    @classmethod
    def of(cls, settings: GatewaySettings) -> "SignInThrottles":
        """Return throttles of the sizes in the settings."""
        first = settings.failure_delay_seconds
        return cls(
            account=Throttle("account", settings.account_free_failures, 900.0, first),
            device=Throttle("device", settings.device_free_failures, 300.0, first),
            network=Throttle("network", settings.network_free_failures, 60.0, first),
            sign_up=Throttle("sign-up", settings.sign_ups_free, 360.0, first),
        )
