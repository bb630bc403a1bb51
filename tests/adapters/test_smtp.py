"""Mail to a real server (aiosmtpd): over TLS, once recognisable, and each failure as what it is."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.adapters.far_sides import Papers, listening, new_papers
from zhixing.adapters import (
    Attachment,
    BadTransport,
    Mail,
    PermanentFailure,
    Smtp,
    SmtpSettings,
    TemporaryFailure,
    TlsMode,
    Unclear,
)

NOW = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
PAPER = Attachment("通知书.pdf", b"%PDF-")
NOTICE = Mail("li@person.example", "执行通知书", "请于十日内履行。\n", (PAPER,))


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return new_papers(tmp_path / "papers")


class Post:
    """A post office that keeps what it takes, and refuses what a test says."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.says: dict[str, str] = {}

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if "RCPT" not in self.says:
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.says:
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            self.taken.append(cast(EmailMessage, parsed))
        return self.says.get("DATA", "250 taken")


class _Implicit(Controller):
    """Whose greeting, which it waits for before it starts, is in TLS too."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), 5) as plain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(plain) as wrapped:
                wrapped.recv(100)


@contextmanager
def post_office(post: Post, **options: Any) -> Iterator[int]:
    kind = _Implicit if "ssl_context" in options else Controller
    controller = kind(post, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def sending(port: int, **more: object) -> Smtp:
    given = {"host": "127.0.0.1", "port": port, "sender": "court@court.example", **more}
    return Smtp(SmtpSettings.model_validate(given), now=lambda: NOW)


def with_starttls(papers: Papers) -> dict[str, Any]:
    return {"tls_context": papers.server("127.0.0.1"), "require_starttls": True}


def test_a_mail_goes_over_tls_and_is_known_by_its_key(papers: Papers) -> None:
    post = Post()
    with post_office(post, **with_starttls(papers)) as port:
        smtp = sending(port, ca_file=papers.ca_file)
        ids = {smtp.send("k1", NOTICE, seconds=20) for _ in range(2)}
        assert ids == {"<k1@court.example>"}
    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"] == "<k1@court.example>"
    assert (first["To"], first["Subject"]) == ("li@person.example", "执行通知书")
    assert first["Auto-Submitted"] == "auto-generated"
    body, (attached,) = first.get_body(), first.iter_attachments()
    assert body is not None and body.get_content().strip() == "请于十日内履行。"
    assert attached.get_filename() == "通知书.pdf" and attached.get_content() == b"%PDF-"


def test_tls_may_begin_at_once(papers: Papers) -> None:
    post = Post()
    with post_office(post, ssl_context=papers.server("127.0.0.1")) as port:
        smtp = sending(port, tls=TlsMode.IMPLICIT, ca_file=papers.ca_file)
        smtp.send("k1", NOTICE, seconds=20)
    assert len(post.taken) == 1


@pytest.mark.parametrize("tls", [TlsMode.STARTTLS, TlsMode.IMPLICIT])
def test_another_authority_is_refused(papers: Papers, tmp_path: Path, tls: TlsMode) -> None:
    post, other = Post(), new_papers(tmp_path / "other")
    options = with_starttls(papers)
    if tls is TlsMode.IMPLICIT:
        options = {"ssl_context": options["tls_context"]}
    with post_office(post, **options) as port:
        for ca_file in (other.ca_file, None):
            with pytest.raises(TemporaryFailure, match="CERTIFICATE_VERIFY_FAILED"):
                sending(port, tls=tls, ca_file=ca_file).send("k1", NOTICE, seconds=20)
    assert post.taken == []


def test_a_server_without_tls_gets_nothing_unless_that_is_said() -> None:
    post = Post()
    with post_office(post) as port:
        with pytest.raises(TemporaryFailure, match="STARTTLS"):
            sending(port).send("k1", NOTICE, seconds=20)
        assert post.taken == []
        sending(port, tls="plain").send("k1", NOTICE, seconds=20)
    assert len(post.taken) == 1


def test_who_sends_logs_in_and_a_wrong_password_is_told_without_it(papers: Papers) -> None:
    def is_known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"hunter2", handled=False)

    post = Post()
    options = {**with_starttls(papers), "authenticator": is_known, "auth_required": True}
    with post_office(post, **options) as port:
        own = {"ca_file": papers.ca_file, "user": "court"}
        sending(port, **own, password="hunter2").send("k1", NOTICE, seconds=20)
        with pytest.raises(TemporaryFailure, match="log-in") as refused:
            sending(port, **own, password="hunter3").send("k2", NOTICE, seconds=20)
        assert "hunter3" not in str(refused.value)
    assert len(post.taken) == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("450 later", TemporaryFailure),
        ("452 full", TemporaryFailure),
        ("550 no such box", PermanentFailure),
        ("554 no", PermanentFailure),
    ],
)
def test_a_refusal_is_for_now_or_for_good(step: str, said: str, failure: type[Exception]) -> None:
    post = Post()
    post.says[step] = said
    with post_office(post) as port, pytest.raises(failure, match=said[4:]):
        sending(port, tls="plain").send("k1", NOTICE, seconds=20)
    assert post.taken == []


@contextmanager
def speaking(*replies: str, hold: float = 0.0) -> Iterator[int]:
    """A server that says one line after the other, and then hangs up, or goes on for so long."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError), server.accept()[0] as connection:
            for reply in replies:
                connection.sendall(reply.encode() + b"\r\n")
                if not connection.recv(1_000_000):
                    return
            end = time.monotonic() + hold
            while time.monotonic() < end:
                connection.sendall(b"250-x\r\n")
                time.sleep(0.02)

    threading.Thread(target=run, daemon=True).start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.close()


TAKES_ALL = ("220 hi", "250 hello", "250 ok", "250 ok", "354 go on")


@pytest.mark.parametrize("steps", range(4))
def test_what_breaks_before_the_text_was_not_taken(steps: int) -> None:
    with speaking(*TAKES_ALL[:steps]) as port, pytest.raises(TemporaryFailure):
        sending(port, tls="plain").send("k1", NOTICE, seconds=20)


def test_what_breaks_after_the_text_is_unclear() -> None:
    with speaking(*TAKES_ALL) as port, pytest.raises(Unclear):
        sending(port, tls="plain").send("k1", NOTICE, seconds=20)
    with speaking(*TAKES_ALL, "999 what") as port, pytest.raises(Unclear):
        sending(port, tls="plain").send("k1", NOTICE, seconds=20)


@pytest.mark.parametrize(("steps", "failure"), [(1, TemporaryFailure), (5, Unclear)])
def test_a_server_that_goes_on_and_on_ends_with_the_time_of_the_whole(
    steps: int, failure: type[Exception]
) -> None:
    began = time.monotonic()
    with speaking(*TAKES_ALL[:steps], hold=60) as port, pytest.raises(failure):
        sending(port, tls="plain").send("k1", NOTICE, seconds=0.4)
    assert time.monotonic() - began < 30


def test_a_server_that_never_shakes_hands_ends_with_the_time_of_the_whole() -> None:
    def silent(connection: socket.socket, asked: bytes) -> None:
        time.sleep(1)

    with listening(silent) as port, pytest.raises(TemporaryFailure):
        sending(port, tls=TlsMode.IMPLICIT).send("k1", NOTICE, seconds=0.3)


def test_where_nobody_listens_nothing_was_taken() -> None:
    with pytest.raises(TemporaryFailure):
        sending(free_port()).send("k1", NOTICE, seconds=20)
    with pytest.raises(TemporaryFailure):
        Smtp(
            SmtpSettings(host="nobody.invalid", sender="a@b.example"),
        ).send("k1", NOTICE, seconds=20)


@pytest.mark.parametrize(
    "mail",
    [
        Mail("li@person.example\r\nBcc: all@x.example", "s", "t"),
        Mail("li@person.example, wang@person.example", "s", "t"),
        Mail("张三@person.example", "s", "t"),
        Mail("li", "s", "t"),
        Mail("li@person.example", "s\r\nBcc: all@x.example", "t"),
        Mail("li@person.example", "s\nX: y", "t"),
        Mail("li@person.example", "s\x00", "t"),
        Mail("li@person.example", "s", "t\x00"),
        Mail("li@person.example", "s" * 501, "t"),
        Mail("li@person.example", "s", "t", (Attachment("a\r\nb.pdf", b""),)),
        Mail("li@person.example", "s", "t", (Attachment("a.pdf", b"", "a/b\r\nX: y"),)),
        Mail("li@person.example", "s", "t" * 2000),
    ],
)
def test_a_mail_that_none_may_be_is_refused_before_anything_goes(mail: Mail) -> None:
    with pytest.raises(PermanentFailure) as refused:
        sending(1, max_bytes=2000).send("k1", mail, seconds=20)
    assert "Bcc" not in str(refused.value)


def test_a_key_that_is_none_is_refused() -> None:
    for key in ("", "a@b", "k1>\r\nX: y"):
        with pytest.raises(PermanentFailure, match="key"):
            sending(1).send(key, NOTICE, seconds=20)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"host": "a\r\nb"}, "host"),
        ({"sender": "court"}, "sender"),
        ({"tls": "plain", "user": "court", "password": "hunter2"}, "without TLS"),
        ({"tls": "maybe"}, "tls"),
        ({"hello": "a b"}, "hello"),
        ({"verify": False}, "verify"),
    ],
)
def test_what_is_set_up_wrongly_is_told(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(BadTransport, match=said) as refused:
        sending(25, **wrong)
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(sending(25, password="hunter2").settings)
