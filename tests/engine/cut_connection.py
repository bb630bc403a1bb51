"""A TCP proxy before a PostgreSQL that cuts a connection at a statement: before it is passed on, or
after the server has carried it out and before its answer is heard."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

_SIZE = 65536


class Proxy:
    """Cuts the connection that next sends `statement`, once it is armed."""

    def __init__(self, server: sa.URL) -> None:
        self.server = server
        self._statement: re.Pattern[bytes] | None = None
        self._passes_on = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = _through(server, self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self, statement: str, *, after_it_was_carried_out: bool) -> None:
        """Cut the next connection that sends a statement that begins so."""
        self._passes_on = after_it_was_carried_out
        whole_words = re.escape(statement.encode()) + rb"(?![A-Z])"  # not READ COMMITTED
        self._statement = re.compile(whole_words)

    @property
    def has_cut(self) -> bool:
        return self._statement is None

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                upstream = _connect(self.server)
                is_cut = threading.Event()
                for work in (self._up, self._down):
                    threading.Thread(
                        target=work, args=(client, upstream, is_cut), daemon=True
                    ).start()

    def _up(self, client: socket.socket, server: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(_SIZE):
                if self._statement is not None and self._statement.search(data):
                    self._statement = None
                    is_cut.set()
                    if not self._passes_on:
                        _close(client, server)
                        return
                server.sendall(data)
        _close(server)

    def _down(self, client: socket.socket, server: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(_SIZE):
                if is_cut.is_set():
                    break
                client.sendall(data)
        _close(client, server)


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


def _connect(server: sa.URL) -> socket.socket:
    folder = server.query.get("host")
    if folder is None:
        return socket.create_connection((server.host or "127.0.0.1", server.port or 5432))
    upstream = socket.socket(socket.AF_UNIX)
    upstream.connect(str(next(Path(str(folder)).glob(".s.PGSQL.*[0-9]"))))
    return upstream


def _through(server: sa.URL, port: int) -> str:
    query = {name: value for name, value in server.query.items() if name not in ("host", "port")}
    url = server.set(host="127.0.0.1", port=port, query=query)
    return url.render_as_string(hide_password=False)


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    """A proxy before the database of a URL."""
    proxy = Proxy(sa.make_url(url))
    try:
        yield proxy
    finally:
        proxy.close()
