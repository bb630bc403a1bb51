"""HTTP and JSON with a far side at its worst: bounded, and each failure said as what it is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal

import pytest

from zhixing.adapters import HttpJson, PermanentFailure, TemporaryFailure, Unclear

Serve = Callable[[socket.socket], None]


@contextmanager
def far_side(serve: Serve) -> Iterator[str]:
    """A server that does with each connection what a test says, after it has read the request."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    connection.recv(65536)
                    serve(connection)

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


def says(status: str, body: bytes, *headers: str) -> Serve:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    text = "\r\n".join(head) + "\r\n\r\n"
    return lambda connection: connection.sendall(text.encode() + body)


def drips(connection: socket.socket) -> None:
    """One byte now and then, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def pours(connection: socket.socket) -> None:
    """More than anybody can hold."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
    while True:
        connection.sendall(b"[" * 65536)


def ask(url: str, seconds: float = 5.0) -> object:
    return HttpJson(url, "a-token", max_bytes=200_000).ask("GET", "/x", seconds=seconds)


@pytest.mark.parametrize(
    ("serve", "failure", "said"),
    [
        (says("200 OK", b"<html>"), Unclear, "no JSON"),
        (says("200 OK", b'{"a": NaN}'), Unclear, "NaN"),
        (says("200 OK", b"[" * 5000 + b"]" * 5000), Unclear, "no JSON"),
        (says("200 OK", b"[" * 100 + b"]" * 100), Unclear, "nested too deeply"),
        (says("200 OK", b"\xff"), Unclear, "no JSON"),
        (says("302 Found", b"", "Location: http://127.0.0.1:1/"), Unclear, "HTTP 302"),
        (says("500 Oops", b"x"), Unclear, "HTTP 500"),
        (says("503 Later", b"x"), TemporaryFailure, "HTTP 503"),
        (says("429 Slowly", b"x"), TemporaryFailure, "HTTP 429"),
        (says("408 Slow", b"x"), Unclear, "HTTP 408"),
        (says("404 None", b"no such person"), PermanentFailure, "HTTP 404: no such person"),
        (lambda connection: None, Unclear, "RemoteProtocolError"),
        (pours, Unclear, "longer than"),
    ],
)
def test_what_goes_wrong_is_said_as_what_it_means(
    serve: Serve, failure: type[Exception], said: str
) -> None:
    with far_side(serve) as url, pytest.raises(failure, match=said) as failed:
        ask(url)
    assert "a-token" not in str(failed.value)


@pytest.mark.parametrize("serve", [drips, lambda connection: time.sleep(3)])
def test_the_time_is_that_of_the_whole_answer(serve: Serve) -> None:
    began = time.monotonic()
    with far_side(serve) as url, pytest.raises(Unclear):
        ask(url, seconds=0.3)
    assert time.monotonic() - began < 30, "one read after the other goes on for ever"


def test_where_nobody_listens_nothing_was_taken() -> None:
    with far_side(says("200 OK", b"1")) as url:
        assert ask(url) == 1
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(TemporaryFailure):
        ask(f"http://127.0.0.1:{port}")


def test_amounts_are_exact() -> None:
    with far_side(says("200 OK", b'{"found": 1234567890123456.78, "more": 1e400}')) as url:
        assert ask(url) == {"found": Decimal("1234567890123456.78"), "more": Decimal("1e400")}


def test_no_answer_at_all_is_an_answer() -> None:
    with far_side(says("202 Accepted", b"")) as url:
        assert ask(url) is None
