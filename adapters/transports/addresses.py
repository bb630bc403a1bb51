"""Which addresses may be connected to: public ones, and those that the settings name."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from .errors import RefusedAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""The addresses of a host name and port, as texts. Raises `OSError`."""

_EMBEDDING = tuple(
    map(
        ip_network,
        (
            "::/96",  # IPv4-compatible
            "::ffff:0:0/96",  # IPv4-mapped
            "64:ff9b::/96",  # NAT64, RFC 6052
            "64:ff9b:1::/48",  # NAT64 of a network of its own, RFC 8215
            "2001::/32",  # Teredo
            "2002::/16",  # 6to4
        ),
    )
)
"""Addresses that hold another one: where they lead is for some router to say."""
_NOBODYS = ("is_unspecified", "is_multicast", "is_link_local")


def as_address(host: str) -> Address | None:
    """The address that a host literally is; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the whole internet, and no other one in disguise."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not _embeds_another(address)


def is_inner(address: Address) -> bool:
    """Whether an address is a plain one of this machine or of a network of its own."""
    if any(getattr(address, name) for name in _NOBODYS) or is_public(address):
        return False
    return address.is_loopback or (address.is_private and not _embeds_another(address))


def _embeds_another(address: Address) -> bool:
    """Whether an address of one version stands for one of the other."""
    return any(address in net for net in _EMBEDDING if net.version == address.version)


@dataclass(frozen=True, slots=True)
class Policy:
    """Which addresses may be connected to: those of `networks`, and public ones."""

    networks: tuple[Network, ...] = ()
    allow_plain: bool = False
    """Whether a public address may be spoken to without TLS."""

    def check(self, host: str, address: Address, is_plain: bool) -> None:
        """Raises `RefusedAddress`."""
        if any(address in net for net in self.networks if net.version == address.version):
            return
        if not is_public(address):
            why = "it is not public, and allowed_networks does not hold it"
            raise RefusedAddress(host=host, address=str(address), why=why)
        if is_plain and not self.allow_plain:
            why = "it is public and the connection plain; use https:, or set allow_plain"
            raise RefusedAddress(host=host, address=str(address), why=why)


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host name, as the system finds them; an `OSError` where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def addresses_of(host: str, port: int, resolver: Resolver, seconds: float) -> list[Address]:
    """Every address of a host, found within so many seconds; an `OSError` where it has none.

    The system's resolver knows no time limit: it is asked on a thread that is left to itself.
    """
    literal = as_address(host)
    if literal is not None:
        return [literal]
    answer: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(OSError(f"{host!a} has no address: {error}"))

    threading.Thread(target=ask, daemon=True, name="zhixing-resolver").start()
    try:
        found = answer.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no address of {host!a} was found in time") from None
    if isinstance(found, OSError):
        raise found
    if not found:
        raise OSError(f"{host!a} has no address")
    return [ip_address(text) for text in found]
