"""Servers for the tests of transports: what each does is said by the test."""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

Serve = Callable[[socket.socket, bytes], None]


@contextmanager
def listening(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback that does something with each connection and its request; its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.settimeout(30)
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                while asked := connection.recv(65536):
                    serve(connection, asked + rest_of(asked, connection))

    threading.Thread(target=run, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()


def rest_of(asked: bytes, connection: socket.socket) -> bytes:
    """What of a request over HTTP is still on its way."""
    head, _, body = asked.partition(b"\r\n\r\n")
    told = re.search(rb"Content-Length: (\d{1,6})\r\n", head + b"\r\n")
    missing, rest = int(told[1]) - len(body) if told else 0, b""
    while len(rest) < missing:
        rest += connection.recv(65536)
    return rest


def says(body: bytes, *headers: str, status: str = "200 OK") -> Serve:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    text = "\r\n".join(head) + "\r\n\r\n"
    return lambda connection, asked: connection.sendall(text.encode() + body)


def relay(one: socket.socket, other: socket.socket) -> None:
    """What either says goes to the other, until one is silent for good."""
    with suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [], 30)[0]:
                content = ready.recv(65536)
                if not content:
                    return
                (other if ready is one else one).sendall(content)


@dataclass
class Papers:
    """An authority of its own, and what it vouches for."""

    authority: trustme.CA
    folder: Path

    @property
    def ca_file(self) -> Path:
        path = self.folder / "ca.pem"
        self.authority.cert_pem.write_to_path(path)
        return path

    def server(self, *names: str, asks_for_certificate: bool = False) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(*names).configure_cert(context)
        if asks_for_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)
        return context

    def client(self) -> tuple[Path, Path]:
        issued = self.authority.issue_cert("court@example.org")
        certificate, key = self.folder / "client.pem", self.folder / "client.key"
        certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(key)
        return certificate, key


def new_papers(folder: Path) -> Papers:
    folder.mkdir(exist_ok=True)
    return Papers(trustme.CA(), folder)
