"""Connections to addresses that were looked at, none of which outlives the time of its request."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from .addresses import Address, Policy, Resolver, addresses_of

_PIECE = 65536
_end: ContextVar[float] = ContextVar("zhixing_exchange_end")
_plain: ContextVar[bool] = ContextVar("zhixing_exchange_plain", default=False)
_CERTIFICATE_ALERTS = ("CERTIFICATE", "UNKNOWN_CA")


@contextlib.contextmanager
def exchange(end: float, is_plain: bool) -> Iterator[None]:
    """Within it every wait of this thread on a connection ends at a moment of `time.monotonic`."""
    ends, plains = _end.set(end), _plain.set(is_plain)
    try:
        yield
    finally:
        _end.reset(ends)
        _plain.reset(plains)


def _left(late: type[Exception]) -> float:
    """The seconds that are left; `late` is raised when there are none."""
    left = _end.get() - time.monotonic()
    if left <= 0:
        raise late("the time is over")
    return left


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the exchange they are part of."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._inner.read(max_bytes, _left(httpcore.ReadTimeout))
        except httpcore.ReadError as error:
            if _is_refused_certificate(error.__cause__):
                # in TLS 1.3 the far side refuses a certificate when the client is done already
                raise httpcore.ConnectError(str(error)) from error
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Each part that the system takes may wait no longer than the whole."""
        sock = self._inner.get_extra_info("socket")
        waiting = memoryview(buffer)
        while waiting:
            left = _left(httpcore.WriteTimeout)
            try:
                sock.settimeout(left)
                taken = sock.send(waiting[:_PIECE])
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error
            waiting = waiting[taken:]

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _is_refused_certificate(error: BaseException | None) -> bool:
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    return "ALERT" in reason and any(word in reason for word in _CERTIFICATE_ALERTS)


class Dialler(httpcore.NetworkBackend):
    """Connects to a host at an address that was looked at (at any with no policy: a proxy's)."""

    def __init__(self, policy: Policy | None, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._allowed(host, port)
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                share = _left(httpcore.ConnectTimeout) / 2
                return self._connected(address, port, share, socket_options)
        left = _left(httpcore.ConnectTimeout)
        return self._connected(addresses[-1], port, left, socket_options)

    def _connected(
        self, address: Address, port: int, seconds: float, options: Iterable[Any] | None
    ) -> _Stream:
        connected = self._inner.connect_tcp(str(address), port, seconds, None, options)
        return _Stream(connected)

    def _allowed(self, host: str, port: int) -> list[Address]:
        """Every address of a host, all of them allowed: one that is not spoils the name."""
        left = _left(httpcore.ConnectTimeout)
        try:
            addresses = addresses_of(host, port, self._resolver, left)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        if self._policy is not None:
            for address in addresses:
                self._policy.check(host, address, _plain.get())
        return addresses


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    """The errors of httpcore by the same names in httpx."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._inner

    def close(self) -> None:
        self._inner.close()


class PooledTransport(httpx.BaseTransport):
    """Connections of httpcore, which are kept and used again, for a client of httpx."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises what httpx raises, and `RefusedAddress`."""
        url = request.url
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        asked = httpcore.Request(
            method=request.method,
            url=target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            given = self._pool.handle_request(asked)
        return httpx.Response(
            given.status,
            headers=given.headers,
            stream=_Body(given.stream),
            extensions=given.extensions,
        )

    def close(self) -> None:
        self._pool.close()
