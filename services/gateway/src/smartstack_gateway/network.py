"""The network address of a request."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from smartstack_chassis.http.middleware import Scope

_SITE_BITS = 64


def client_address(scope: Scope, trusted_proxies: int) -> str:
    """Return the address that a request came from.

    With `trusted_proxies` in front, that is what the outermost of them wrote at the end of X-Forwarded-For; whatever
    stands left of it was sent by the client and proves nothing.
    """
    peer = scope.get("client")
    direct: str = peer[0] if peer else "unknown"
    if not trusted_proxies:
        return direct
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = [hop.strip() for hop in ",".join(lines).split(",") if hop.strip()]
    return hops[-trusted_proxies] if len(hops) >= trusted_proxies else direct


def network_of(address: str) -> str:
    """Return what one customer of a provider has: an IPv4 address, or the /64 of an IPv6 address (RFC 6177)."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _SITE_BITS), strict=False))


def client_network(scope: Scope, trusted_proxies: int) -> str:
    """Return the network that a request came from; limits count by it."""
    return network_of(client_address(scope, trusted_proxies))
