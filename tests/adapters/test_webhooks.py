"""Callbacks over a real socket: the genuine ones are taken, and every other gets its status, is
recorded, and changes nothing."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from pydantic import SecretStr

from zhixing.adapters import (
    Answer,
    BadTransport,
    Digest,
    NoncesFull,
    RecentNonces,
    Sender,
    Webhooks,
    callback_app,
    sign_callback,
)

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
OLD, NEW, OTHER = (SecretStr(name * 4) for name in ("old-key-", "new-key-", "other-key-"))
JSON = "application/json"


class Court:
    """Requests that were asked, answers that were taken, refusals that were told."""

    def __init__(self) -> None:
        self.asked = {"k1": "bank", "k2": "auction"}
        self.taken: list[Answer] = []
        self.refused: list[tuple[str, int, str]] = []
        self.trouble: Exception | None = None
        self.now = NOW

    def receive(self, answer: Answer, source: str) -> str:
        if self.trouble is not None:
            raise self.trouble
        if self.asked.get(answer.key) != source:
            return "unknown"
        if answer in self.taken:
            return "duplicate"
        self.taken.append(answer)
        return "taken"

    def record(self, sender: str, status: int, why: str) -> None:
        self.refused.append((sender, status, why))


class _Quiet(WSGIRequestHandler):
    timeout = 20

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(app: Any) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, WSGIServer, _Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def court() -> Court:
    return Court()


@pytest.fixture
def port(court: Court) -> Iterator[int]:
    senders = [
        Sender("bank", (OLD, NEW)),
        Sender("auction", (OTHER,)),
        Sender("register", (OTHER,), Digest.SM3),
    ]
    webhooks = Webhooks(senders, max_bytes=10_000, now=lambda: court.now)
    with served(callback_app(court.receive, webhooks, court.record)) as port:
        yield port


def body_of(key: str = "k1", **more: object) -> bytes:
    return json.dumps({"key": key, "message_id": "m1", "kind": "answered", **more}).encode()


def post(
    port: int,
    path: str,
    body: bytes,
    headers: dict[str, str],
    method: str = "POST",
    content_type: str = JSON,
) -> tuple[int, Any, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, {"Content-Type": content_type, **headers})
    response = connection.getresponse()
    given = response.read()
    connection.close()
    return response.status, json.loads(given), dict(response.getheaders())


def sent(port: int, body: bytes, sender: str = "bank", **signing: Any) -> tuple[int, Any]:
    options = {"key": OLD, "now": NOW, **signing}
    status, given, _ = post(port, f"/{sender}", body, sign_callback(sender, body=body, **options))
    return status, given


def raw(port: int, text: bytes) -> int:
    """The status that a text sent as it is gets; the sender says no more after it."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        return int(connection.makefile("rb").readline().split()[1])


def test_a_genuine_callback_is_taken_once(court: Court, port: int) -> None:
    body = body_of(data={"amount": "2.50"}, final=False, happened_at="2025-03-01")
    assert sent(port, body) == (200, {"status": "taken", "outcomes": ["taken"]})
    assert sent(port, body) == (200, {"status": "taken", "outcomes": ["duplicate"]})
    (answer,) = court.taken
    assert (answer.key, answer.data, answer.final) == ("k1", {"amount": "2.50"}, False)
    assert str(answer.happened_at) == "2025-03-01" and court.refused == []


def test_several_answers_come_in_one_callback(court: Court, port: int) -> None:
    items = [json.loads(body_of()), {**json.loads(body_of()), "message_id": "m2"}]
    status, given = sent(port, json.dumps({"answers": items}).encode())
    assert (status, given["outcomes"]) == (200, ["taken", "taken"])


def test_two_keys_are_valid_while_one_replaces_the_other(court: Court, port: int) -> None:
    assert sent(port, body_of(), key=OLD)[0] == 200
    assert sent(port, body_of(), key=NEW)[0] == 200


def test_a_sender_may_sign_with_both_keys(court: Court, port: int) -> None:
    body = body_of()
    headers = sign_callback("bank", NEW, body, now=NOW)
    headers["Zhixing-Signature"] = f"v1={'0' * 64}, {headers['Zhixing-Signature']}, v2=x"
    assert post(port, "/bank", body, headers)[0] == 200


def test_signatures_may_be_by_sm3(court: Court, port: int) -> None:
    court.asked["k1"] = "register"
    assert sent(port, body_of(), "register", key=OTHER, digest=Digest.SM3)[0] == 200
    assert sent(port, body_of(), "register", key=OTHER)[0] == 401


@pytest.mark.parametrize("signed_for", ["auction", "bank2"])
def test_what_is_signed_for_another_sender_is_forged(
    court: Court, port: int, signed_for: str
) -> None:
    body = body_of()
    assert post(port, "/bank", body, sign_callback(signed_for, OLD, body, now=NOW))[0] == 401
    refuses(court, 401, "forged")


def refuses(court: Court, status: int, why: str, sender: str = "bank") -> None:
    """It is recorded, and nothing came of it."""
    assert court.taken == []
    ((who, told, reason),) = court.refused
    assert (who, told) == (sender, status) and reason.startswith(why), reason


def changed(name: str, value: str) -> Callable[[dict[str, str], bytes], tuple[Any, bytes]]:
    return lambda headers, body: ({**headers, name: value}, body)


@pytest.mark.parametrize(
    "change",
    [
        lambda headers, body: (headers, body.replace(b"answered", b"refused!")),
        lambda headers, body: ({}, body),
        changed("Zhixing-Timestamp", str(int(NOW.timestamp()) + 1)),
        changed("Zhixing-Timestamp", "-1"),
        changed("Zhixing-Timestamp", "9" * 400),
        changed("Zhixing-Timestamp", "1e9"),
        changed("Zhixing-Timestamp", "²"),
        changed("Zhixing-Nonce", "a" * 32),
        changed("Zhixing-Nonce", "short"),
        changed("Zhixing-Nonce", "a" * 5000),
        changed("Zhixing-Signature", ""),
        changed("Zhixing-Signature", "v1="),
        changed("Zhixing-Signature", "v1=" + "é" * 64),
        changed("Zhixing-Signature", "v1=" + "0" * 64),
        changed("Zhixing-Signature", "v1=0," * 2000),
        changed("Zhixing-Signature", "v2=" + "0" * 64),
    ],
)
def test_what_is_not_signed_rightly_is_forged(court: Court, port: int, change: Any) -> None:
    body = body_of()
    headers, body = change(sign_callback("bank", OLD, body, now=NOW), body)
    status, given, _ = post(port, "/bank", body, headers)
    assert (status, given) == (401, {"status": "forged"})
    refuses(court, 401, "forged")


def test_another_senders_key_is_none(court: Court, port: int) -> None:
    assert sent(port, body_of(), key=OTHER)[0] == 401
    refuses(court, 401, "forged")


@pytest.mark.parametrize("seconds", [-301, 301, -(10**9)])
def test_a_callback_of_another_time_is_expired(court: Court, port: int, seconds: int) -> None:
    status, given = sent(port, body_of(), now=NOW + timedelta(seconds=seconds))
    assert (status, given) == (401, {"status": "expired"})
    refuses(court, 401, "expired")


@pytest.mark.parametrize("seconds", [-300, 300])
def test_clocks_may_differ_by_the_window(court: Court, port: int, seconds: int) -> None:
    assert sent(port, body_of(), now=NOW + timedelta(seconds=seconds))[0] == 200


def test_a_callback_that_comes_again_as_it_was_is_replayed(court: Court, port: int) -> None:
    body = body_of()
    headers = sign_callback("bank", OLD, body, now=NOW)
    assert post(port, "/bank", body, headers)[0] == 200
    court.now = NOW + timedelta(seconds=300)
    assert post(port, "/bank", body, headers)[:2] == (409, {"status": "replayed"})
    court.now = NOW + timedelta(seconds=301)
    assert post(port, "/bank", body, headers)[0] == 401
    assert len(court.taken) == 1 and [status for _, status, _ in court.refused] == [409, 401]


def test_a_forger_cannot_use_up_a_nonce(court: Court, port: int) -> None:
    body, nonce = body_of(), "n" * 20
    assert sent(port, body, key=OTHER, nonce=nonce)[0] == 401
    assert sent(port, body, nonce=nonce)[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 5000 + b"]" * 5000,
        body_of(data={"x": [[[]]] * 1, "y": float("nan")}),
        body_of(data=[]),
        body_of(final="yes"),
        body_of(surprise=1),
        body_of(happened_at="2025-03-01T10:00:00"),
        body_of(happened_at="yesterday"),
        body_of(message_id=""),
        body_of(message_id="m" * 201),
        body_of(key=7),  # type: ignore[arg-type]
        b'{"answers": []}',
    ],
)
def test_what_has_another_form_is_malformed(court: Court, port: int, body: bytes) -> None:
    assert sent(port, body) == (400, {"status": "malformed"})
    refuses(court, 400, "malformed")


def test_an_answer_to_another_senders_request_is_misaddressed(court: Court, port: int) -> None:
    for key in ("k2", "nobody"):
        court.refused.clear()
        assert sent(port, body_of(key))[0] == 404
        refuses(court, 404, "misaddressed")


@pytest.mark.parametrize(
    "path", ["/nobody", "/", "/bank/more", "/%00", "/%E5%8D%81", "/" + "x" * 9000]
)
def test_an_unknown_sender_is_told_no_more_than_that(court: Court, port: int, path: str) -> None:
    body = body_of()
    status, given, _ = post(port, path, body, sign_callback("bank", OLD, body, now=NOW))
    assert (status, given) == (401, {"status": "unknown-sender"})
    refuses(court, 401, "unknown-sender", sender="?")


def test_only_post_is_taken(court: Court, port: int) -> None:
    body = body_of()
    signed = sign_callback("bank", OLD, body, now=NOW)
    for method in ("GET", "PUT", "DELETE"):
        court.refused.clear()
        status, _, headers = post(port, "/bank", body, signed, method)
        assert (status, headers["Allow"]) == (405, "POST")
        refuses(court, 405, "wrong-method")


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/json; charset=utf-16", "application/xml"]
)
def test_only_json_is_taken(court: Court, port: int, kind: str) -> None:
    body = body_of()
    signed = sign_callback("bank", OLD, body, now=NOW)
    assert post(port, "/bank", body, signed, content_type=kind)[0] == 415
    refuses(court, 415, "wrong-type")


def head(*lines: str) -> bytes:
    whole = ["POST /bank HTTP/1.1", "Host: x", f"Content-Type: {JSON}", *lines]
    return ("\r\n".join(whole) + "\r\n\r\n").encode("latin-1")


@pytest.mark.parametrize(
    ("text", "status", "why"),
    [
        (head("Content-Length: 100000000000"), 413, "too-large"),
        (head("Content-Length: 10001"), 413, "too-large"),
        (head(f"Content-Length: {'9' * 5000}"), 413, "too-large"),
        (head("Content-Length: 500") + b"{}", 400, "malformed: it is shorter"),
        (head("Content-Length: 1") + body_of(), 401, "forged"),
        (head("Content-Length: -1"), 400, "malformed"),
        (head("Content-Length: 0x10"), 400, "malformed"),
        (head("Content-Length: ²"), 400, "malformed"),
        (head(), 411, "no-length"),
        (head("Transfer-Encoding: chunked") + b"ffffffff\r\n", 411, "no-length"),
        (head("Content-Length: 2", "Zhixing-Nonce: \x00\xff\x01") + b"{}", 401, "forged"),
    ],
)
def test_what_lies_about_its_length_gets_its_status_unread(
    court: Court, port: int, text: bytes, status: int, why: str
) -> None:
    assert raw(port, text) == status
    refuses(court, status, why)


def test_a_body_in_pieces_is_counted_where_the_server_puts_it_together(court: Court) -> None:
    """As servers do that say so (`wsgi.input_terminated`)."""
    webhooks = Webhooks([Sender("bank", (OLD,))], max_bytes=1000, now=lambda: NOW)
    app = callback_app(court.receive, webhooks, court.record)

    def joining(environ: dict[str, Any], start: Any) -> Any:
        length = environ.pop("CONTENT_LENGTH")
        content = environ["wsgi.input"].read(int(length))
        environ |= {"wsgi.input_terminated": True, "wsgi.input": _Endless(content)}
        return app(environ, start)

    with served(joining) as port:
        assert sent(port, b" " * 1001)[0] == 413
        assert court.refused[0][1] == 413 and court.taken == []
        assert sent(port, body_of())[0] == 200


class _Endless:
    """A body that comes in small pieces."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, size: int) -> bytes:
        piece, self.content = self.content[: min(size, 7)], self.content[min(size, 7) :]
        return piece


def test_what_cannot_be_taken_now_is_to_be_sent_again(court: Court, port: int) -> None:
    court.trouble = RuntimeError("the database is locked")
    body = body_of()
    status, given, headers = post(port, "/bank", body, sign_callback("bank", OLD, body, now=NOW))
    assert (status, given, headers["Retry-After"]) == (503, {"status": "busy"}, "30")
    refuses(court, 503, "busy")
    court.trouble = None
    assert sent(port, body)[0] == 200


def test_a_record_that_fails_changes_no_status(court: Court) -> None:
    def record(sender: str, status: int, why: str) -> None:
        raise RuntimeError("no place")

    webhooks = Webhooks([Sender("bank", (OLD,))], now=lambda: NOW)
    with served(callback_app(court.receive, webhooks, record)) as port:
        assert sent(port, body_of(), key=OTHER)[0] == 401


def test_an_answer_that_is_kept_and_not_taken_is_told_as_no_more(court: Court) -> None:
    webhooks = Webhooks([Sender("bank", (OLD,))], now=lambda: NOW)
    kept = callback_app(lambda answer, source: "money: 7.125", webhooks, court.record)
    with served(kept) as port:
        assert sent(port, body_of()) == (200, {"status": "taken", "outcomes": ["kept"]})


def test_nonces_are_remembered_as_long_as_needed_and_bounded() -> None:
    times = [NOW]
    nonces = RecentNonces(most=2, now=lambda: times[0])
    until = NOW + timedelta(seconds=10)
    assert nonces.is_new("bank", "a", until) and nonces.is_new("auction", "a", until)
    assert not nonces.is_new("bank", "a", until)
    with pytest.raises(NoncesFull, match="2"):
        nonces.is_new("bank", "b", until)
    times[0] = NOW + timedelta(seconds=11)
    assert nonces.is_new("bank", "b", until)


def test_full_nonces_let_nothing_through(court: Court) -> None:
    webhooks = Webhooks([Sender("bank", (OLD,))], nonces=RecentNonces(most=0), now=lambda: NOW)
    with served(callback_app(court.receive, webhooks, court.record)) as port:
        assert sent(port, body_of())[0] == 503
    refuses(court, 503, "busy")


def test_one_nonce_at_many_doors_is_new_at_one() -> None:
    nonces, until = RecentNonces(), datetime.now(UTC) + timedelta(hours=1)
    found: list[bool] = []
    ask = [
        threading.Thread(target=lambda: found.append(nonces.is_new("bank", "a", until)))
        for _ in range(20)
    ]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert sorted(found) == [False] * 19 + [True]


def test_the_text_that_is_signed_is_as_it_is_written_down() -> None:
    """Worked with `openssl dgst -sha256 -hmac` (and `-sm3`) on the text of the page."""
    key, nonce, now = SecretStr("0123456789abcdef"), "nonce-nonce-nonce", NOW
    for digest, wanted in SIGNED.items():
        headers = sign_callback("bank", key, b"{}", now=now, digest=digest, nonce=nonce)
        assert headers["Zhixing-Signature"] == f"v1={wanted}"


SIGNED = {
    Digest.SHA256: "54e358366e0308466118a0efee008deaca7b93f50e30289e34af379db2f87154",
    Digest.SM3: "5b67a1104b21abb904a49c25ba687e76f1b7ee49064cace1bc90bea8771e21fa",
}


def test_a_sender_is_set_up_rightly_and_its_keys_do_not_show() -> None:
    for name, keys in (("bank", ()), ("bank", (SecretStr("short-key"),)), ("a/b", (OLD,))):
        with pytest.raises(BadTransport) as refused:
            Sender(name, keys)
        assert "short-key" not in str(refused.value)
    assert "old-key" not in repr(Sender("bank", (OLD,)))
