"""A TCP proxy before a PostgreSQL that cuts a connection at a message: before it is passed on, in
the midst of it, after the server has carried it out, or in the midst of the answer."""

from __future__ import annotations

import itertools
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

_SIZE = 65536


class Proxy:
    """Cuts the connection that next sends what is waited for, once it is armed."""

    def __init__(self, server: sa.URL) -> None:
        self.server = server
        self._is_wanted: Callable[[bytes], bool] | None = None
        self._shares = (0.0, 0.0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = _through(server, self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(
        self,
        statement: str,
        *,
        after_it_was_carried_out: bool,
        passed: float = 0.0,
        answered: float = 0.0,
    ) -> None:
        """Cut the next connection that sends a statement that begins so.

        `passed` is the share of the message that reaches the server, where it is not carried out;
        `answered` the share of the answer that is heard.
        """
        whole_words = re.compile(re.escape(statement.encode()) + rb"(?![A-Z])")  # not COMMITTED
        self._shares = (1.0 if after_it_was_carried_out else passed, answered)
        self._is_wanted = lambda data: bool(whole_words.search(data))

    def cut_at(self, message: int, *, passed: float, answered: float) -> None:
        """Cut at a message from here on, whatever it is: as `cut`."""
        number = itertools.count()
        self._shares = (passed, answered)
        self._is_wanted = lambda data: next(number) >= message

    def disarm(self) -> bool:
        """Cut no more; whether it has cut."""
        was_cut, self._is_wanted = self.has_cut, None
        return was_cut

    @property
    def has_cut(self) -> bool:
        return self._is_wanted is None

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
                is_wanted = self._is_wanted
                if is_wanted is not None and is_wanted(data):
                    passed, _ = self._shares
                    self._is_wanted = None
                    is_cut.set()
                    server.sendall(data[: int(len(data) * passed)])
                    if passed < 1:
                        _close(client, server)
                        return
                    continue
                server.sendall(data)
        _close(server)

    def _down(self, client: socket.socket, server: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(_SIZE):
                if is_cut.is_set():
                    _, answered = self._shares
                    client.sendall(data[: int(len(data) * answered)])
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
