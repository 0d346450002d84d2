"""Addresses that reach this machine alone."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether `host`, an address to listen on or the name in a browser's address, is this machine alone."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
