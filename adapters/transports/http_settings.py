"""How one far side over HTTP is reached, and where a request to it may never go."""

from __future__ import annotations

import re
import ssl
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

import httpx
from pydantic import (
    AfterValidator,
    Field,
    IPvAnyNetwork,
    SecretStr,
    model_validator,
)

from .addresses import Policy, as_address, is_inner
from .bounded_json import MAX_DEPTH
from .errors import BadTransport
from .settings import TransportSettings, clearly

MAX_BYTES = 1_000_000
"""How long an answer may be."""

_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


def checked_address(text: str) -> str:
    """An address of a far side; what is none is a `ValueError`, as pydantic wants it."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("it is no URL") from None
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(url.raw_host):
        raise ValueError("it must be https://HOST[:PORT][/PATH] (or http:)")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("it must have no user, password, query or fragment")
    return text


def _sendable(secret: SecretStr) -> SecretStr:
    """Raises `ValueError` for a token that no header can hold."""
    text = secret.get_secret_value()
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("it must be printable ASCII without blanks around it")
    return secret


def _proxy(secret: SecretStr | None) -> SecretStr | None:
    if secret is None:
        return None
    try:
        url = httpx.URL(secret.get_secret_value())
    except httpx.InvalidURL:
        raise ValueError("it is no URL") from None
    if url.scheme != "http" or not url.host:
        raise ValueError("it must be http://[USER:PASSWORD@]HOST[:PORT]")
    return secret


def _host_pattern(text: str) -> str:
    name = text.removeprefix("*.")
    if not name or "*" in name or "/" in name or name != name.strip():
        raise ValueError("each must be a host name, or *.SUFFIX")
    return _plain_name(text)


def _plain_name(host: str) -> str:
    return host.lower().rstrip(".")


_Host = Annotated[str, AfterValidator(_host_pattern)]


class HttpSettings(TransportSettings):
    """How one far side over HTTP is reached; made wrongly it raises `BadTransport`.

    No secret is part of its `repr`. Certificates are always verified, against `ca_file` (PEM) or
    else the system's own authorities, by the name of the host. Where it may lead:

    - to the hosts of `allowed_hosts` only: exact names, or `*.SUFFIX` for every name below a
      suffix. Without any it is the host of `base_url` alone. The token goes to the scheme, host
      and port of `base_url` and nowhere else.
    - to public addresses, and those of `allowed_networks`. A name that resolves to any other one
      (private, loopback, link-local, reserved, multicast, unspecified, or one that holds an IPv4
      address: mapped, 6to4, Teredo, NAT64) is refused; the connection goes to the very address that
      was looked at. Networks are named in full, since a yes to "private" would open the whole inner
      network with all that trusts it. An address that `base_url` itself literally names
      (`http://127.0.0.1:8080`, `https://10.2.0.7`) is the court's own word, and allowed as it is.
    - without TLS only to addresses that are not public, unless `allow_plain` is set.

    Through a `proxy` it is the proxy that finds the addresses of names: then `allowed_hosts` and
    addresses written as such are all that can be held to. The proxy's own address is not checked.
    """

    base_url: Annotated[str, AfterValidator(checked_address)]
    token: Annotated[SecretStr, AfterValidator(_sendable)] = SecretStr("")
    """Sent as `Authorization: Bearer TOKEN`; empty for none."""
    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    """The key of the client's certificate, where it is not in the same file."""
    client_key_password: SecretStr = SecretStr("")
    proxy: Annotated[SecretStr | None, AfterValidator(_proxy)] = None
    """`http://[USER:PASSWORD@]HOST:PORT`; the environment's proxies are never used."""
    allowed_hosts: tuple[_Host, ...] = ()
    allowed_networks: tuple[IPvAnyNetwork, ...] = ()
    """As `10.2.0.0/16`; `::1/128`."""
    allow_plain: bool = False
    max_bytes: int = Field(default=MAX_BYTES, gt=0)
    """How long an answer may be, packed and unpacked."""
    max_depth: int = Field(default=MAX_DEPTH, gt=0, le=500)
    """How deep lists and objects, or elements, may lie in one another."""

    @model_validator(mode="after")
    def _key_has_certificate(self) -> HttpSettings:
        if self.client_key_file is not None and self.client_cert_file is None:
            raise ValueError("client_key_file is of no use without client_cert_file")
        return self

    _clearly = clearly()

    @cached_property
    def url(self) -> httpx.URL:
        """`base_url`, taken apart."""
        return httpx.URL(self.base_url)

    def allows_host(self, host: str) -> bool:
        """Whether a request may go to a host at all."""
        name = _plain_name(host)
        if not self.allowed_hosts:
            return name == _plain_name(self.url.host)
        return any(_is_of(name, pattern) for pattern in self.allowed_hosts)

    def policy(self) -> Policy:
        """Which addresses may be connected to."""
        literal = as_address(self.url.host)
        own = () if literal is None or not is_inner(literal) else (_only(literal),)
        return Policy((*self.allowed_networks, *own), self.allow_plain)

    def ssl_context(self) -> ssl.SSLContext:
        """TLS as it is set up. Raises `BadTransport` for a file that cannot be used."""
        context = client_context(self.ca_file)
        if self.client_cert_file is not None:
            password = self.client_key_password.get_secret_value()
            load_certificate(context, self.client_cert_file, self.client_key_file, password)
        return context


def _is_of(name: str, pattern: str) -> bool:
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern


def _only(address: Any) -> Any:
    return ip_network(f"{address}/{address.max_prefixlen}")


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """TLS that verifies, against a file of authorities or the system's. Raises `BadTransport`."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        raise BadTransport(why=f"ca_file {ca_file}: {type(error).__name__}") from error


def load_certificate(
    context: ssl.SSLContext, certificate: Path, key: Path | None, password: str
) -> None:
    """Show a certificate to servers that ask for one. Raises `BadTransport`."""
    try:
        # a password is always given: OpenSSL would ask for one on the terminal
        context.load_cert_chain(certificate, key, lambda: password)
    except (OSError, ValueError) as error:
        raise BadTransport(why=f"{certificate}, {key}: {type(error).__name__}") from error
