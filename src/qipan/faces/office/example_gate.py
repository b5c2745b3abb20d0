"""Whether the example's accounts may be entered without a password: only by someone who sits at this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

#: Headers by which a proxy says that it speaks for someone else. One of them is enough, whatever it holds.
FORWARDED = re.compile(
    r"HTTP_(FORWARDED|X_FORWARDED|X_ORIGINAL|VIA\b|X_REAL_IP|X_CLIENT_IP|X_CLUSTER_CLIENT_IP|TRUE_CLIENT_IP|CF_CONNECTING_IP)"
)
#: What browsers speak. A proxy that keeps silent about itself often speaks HTTP/1.0.
PROTOCOLS = frozenset({"HTTP/1.1", "HTTP/2", "HTTP/2.0"})
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)


def is_loopback_address(address: str) -> bool:
    """Whether an address is this machine's own: 127.0.0.0/8 or ::1, also as IPv6 writes an IPv4 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return False
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped.is_loopback
    return found.is_loopback


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine and nothing else, so that no other site's name leads here."""
    match = HOST.fullmatch(host)
    if match is None:
        return False
    name = match["name"].lower()
    return name == "localhost" or is_loopback_address(name.strip("[]"))


def may_enter_example(meta: Mapping[str, object], *, example_active: bool, served_elsewhere: bool) -> bool:
    """Whether a request may be offered the example's accounts.

    Args:
        meta: the request's WSGI environment.
        example_active: the example county is loaded, and no real county is.
        served_elsewhere: the installation is set up to be reached under another name than this machine's own.
    """
    if not example_active or served_elsewhere:
        return False
    if any(FORWARDED.match(name) for name in meta):
        return False
    if meta.get("SERVER_PROTOCOL") not in PROTOCOLS:
        return False
    return is_loopback_address(str(meta.get("REMOTE_ADDR", ""))) and is_loopback_host(str(meta.get("HTTP_HOST", "")))
