"""HTTP to one far side: bounded in time and size, to allowed addresses only, without redirects.

Every failure is said as what it means for the request: surely not taken, refused for good, unclear.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import httpcore
import httpx

from ..protocol import PermanentFailure, TemporaryFailure, Unclear
from .addresses import Resolver, as_address, resolved
from .connecting import Dialler, PooledTransport, exchange
from .errors import RefusedAddress, RefusedHost
from .http_settings import MAX_BYTES, HttpSettings

_LONGEST_WHY = 200
_CONNECTIONS = 100
_NOT_TAKEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_LATER = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ALWAYS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": "zhixing",
}
_EITHER_WRAPPING = zlib.MAX_WBITS | 32
"""Of gzip or of zlib, as the content says."""


class Http:
    """A far side over HTTP, as `HttpSettings` say; may be used from several threads.

    `resolver` finds the addresses of a name (as texts); `transport` is for tests of the wire, and
    makes the connection's own checks void. Raises `BadTransport`.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        resolver: Resolver = resolved,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self._policy = settings.policy()
        self._base = settings.base_url.rstrip("/") + "/"
        # without a client of httpx around it: one request's cookies are no other's to send, nothing
        # is redirected, and nothing comes from the environment
        self._transport = transport or PooledTransport(_pool(settings, resolver))

    def close(self) -> None:
        """Close the connections that are kept."""
        self._transport.close()

    def exchange(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        trace: str = "",
    ) -> bytes:
        """What the far side answers with a status of success, within so many seconds in all.

        `path` is below `base_url`, or a whole address on an allowed host. `trace` is a W3C
        `traceparent`. Raises `TemporaryFailure` (surely not taken), `PermanentFailure`, `Unclear`,
        `RefusedHost`, `RefusedAddress`.
        """
        end = time.monotonic() + seconds
        request = self._request(method, path, content, {**(headers or {}), **_traced(trace)})
        request.extensions = {"timeout": httpx.Timeout(seconds).as_dict()}
        with exchange(end, request.url.scheme == "http"), _told_as_failures():
            response = self._transport.handle_request(request)
            try:
                status, given = response.status_code, self._read(response, end)
            finally:
                response.close()
        if not 200 <= status < 300:
            self._refuse(status, given)
        return given

    def _request(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Request:
        for name, value in headers.items():
            if not (f"{name}{value}".isascii() and f"{name}{value}".isprintable()):
                raise PermanentFailure(why=f"the header {name!a} cannot be sent")
        try:
            url = httpx.URL(self._address(path))
            request = httpx.Request(method, url, content=content, headers=_all(headers))
        except (httpx.InvalidURL, UnicodeError):
            raise PermanentFailure(why="the path cannot be sent") from None
        self._check(request.url)
        token = self.settings.token.get_secret_value()
        if token and _origin(request.url) == _origin(self.settings.url):
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    def _address(self, path: str) -> str:
        return path if _WHOLE.match(path) else self._base + path.lstrip("/")

    def _check(self, url: httpx.URL) -> None:
        """Raises `RefusedHost`, `RefusedAddress` where a request may not go."""
        if url.scheme not in ("http", "https") or url.userinfo:
            raise RefusedHost(host=url.host, why="it must be https: (or http:), without a user")
        if not self.settings.allows_host(url.host):
            raise RefusedHost(host=url.host, why="another host was asked for")
        if self.settings.proxy is not None:
            self._check_beyond_proxy(url)

    def _check_beyond_proxy(self, url: httpx.URL) -> None:
        """What can be known of an address that a proxy connects to."""
        address, is_plain = as_address(url.host), url.scheme == "http"
        if address is not None:
            self._policy.check(url.host, address, is_plain)
        elif is_plain and not self.settings.allow_plain:
            why = "the connection beyond the proxy would be plain; use https:, or set allow_plain"
            raise RefusedAddress(host=url.host, address="?", why=why)

    def _read(self, response: httpx.Response, end: float) -> bytes:
        """The body, no longer than allowed, packed or not. Raises `Unclear`."""
        pieces = self._counted(response.iter_raw(), end)
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip", "deflate"):
            return self._unpacked(pieces)
        if encoding != "identity":
            raise Unclear(why=f"the answer is packed in a way unknown here: {encoding[:40]!a}")
        return b"".join(pieces)

    def _counted(self, pieces: Iterable[bytes], end: float) -> Iterator[bytes]:
        """The pieces, no more of them than allowed, and no later than `end`."""
        length = 0
        for piece in pieces:
            length += len(piece)
            if length > self.settings.max_bytes:
                raise self._too_long()
            if time.monotonic() > end:
                raise Unclear(why="the answer takes too long")
            yield piece

    def _unpacked(self, pieces: Iterable[bytes]) -> bytes:
        """What was packed; never more of it at a time than is allowed in all."""
        unpacking, content = zlib.decompressobj(_EITHER_WRAPPING), bytearray()
        try:
            for piece in pieces:
                room = self.settings.max_bytes - len(content)
                content += unpacking.decompress(piece, room + 1)
                if len(content) > self.settings.max_bytes:
                    raise self._too_long()
        except zlib.error as error:
            raise Unclear(why="the answer is packed wrongly") from error
        if not unpacking.eof and content:
            raise Unclear(why="the answer is packed, and breaks off")
        return bytes(content)

    def _too_long(self) -> Unclear:
        return Unclear(why=f"the answer is longer than {self.settings.max_bytes} bytes")

    def _refuse(self, status: int, content: bytes) -> NoReturn:
        """Say what a status means for the request."""
        if status in _LATER:
            raise TemporaryFailure(why=f"HTTP {status}")
        if 400 <= status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
            said = self._without_token(content.decode("utf-8", "replace"))[:_LONGEST_WHY]
            raise PermanentFailure(why=f"HTTP {status}: {said}")
        raise Unclear(why=f"HTTP {status}")

    def _without_token(self, text: str) -> str:
        """A far side may say again what it was told."""
        token = self.settings.token.get_secret_value()
        return text.replace(token, "***") if token else text


class OverHttp:
    """A far side at an address with a token, or as `HttpSettings` say."""

    def __init__(
        self,
        far_side: str | HttpSettings,
        token: str = "",
        *,
        max_bytes: int = MAX_BYTES,
        resolver: Resolver = resolved,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        settings = _settings_of(far_side, token, max_bytes)
        self._http = Http(settings, resolver=resolver, transport=transport)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._http.close()


def _settings_of(far_side: str | HttpSettings, token: str, max_bytes: int) -> HttpSettings:
    """The settings, given whole or as an address with a token. Raises `BadTransport`."""
    if isinstance(far_side, HttpSettings):
        return far_side
    given = {"base_url": far_side, "token": token, "max_bytes": max_bytes}
    return HttpSettings.model_validate(given)


@contextmanager
def _told_as_failures() -> Iterator[None]:
    """What becomes of an exchange, as what it means for the request."""
    try:
        yield
    except _NOT_TAKEN as error:
        raise TemporaryFailure(why=_named(error)) from error
    except httpx.LocalProtocolError as error:
        raise PermanentFailure(why="the request cannot be sent: LocalProtocolError") from error
    except httpx.HTTPError as error:
        raise Unclear(why=_named(error)) from error


def _pool(settings: HttpSettings, resolver: Resolver) -> httpcore.ConnectionPool:
    if settings.proxy is None:
        return httpcore.ConnectionPool(
            ssl_context=settings.ssl_context(),
            max_connections=_CONNECTIONS,
            network_backend=Dialler(settings.policy(), resolver),
        )
    proxy = httpx.URL(settings.proxy.get_secret_value())
    return httpcore.HTTPProxy(
        f"http://{proxy.netloc.decode('ascii')}",
        proxy_auth=(proxy.username, proxy.password) if proxy.userinfo else None,
        ssl_context=settings.ssl_context(),
        max_connections=_CONNECTIONS,
        network_backend=Dialler(None, resolver),
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower(), url.port


def _all(headers: Mapping[str, str]) -> httpx.Headers:
    """With those that always go; a name counts however it is written."""
    all = httpx.Headers(_ALWAYS)
    all.update(headers)
    return all


def _traced(trace: str) -> dict[str, str]:
    return {"traceparent": trace} if _TRACE.fullmatch(trace) else {}


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_WHY]
