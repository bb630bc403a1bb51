"""Mail, for notices: over TLS, one addressee each, every failure said as what it means."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    model_validator,
)

from ...workflow.source.characters import is_clean
from ..protocol import PermanentFailure, TemporaryFailure, Unclear
from .addresses import addresses_of, resolved
from .http_settings import client_context, load_certificate
from .settings import TransportSettings, clearly

MAX_BYTES = 10_000_000
_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,250}", re.ASCII)
_LONGEST_SUBJECT = 500
_LONGEST_WHY = 200


class TlsMode(StrEnum):
    """How TLS begins: after STARTTLS, from the first byte, or never (`plain`)."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    PLAIN = "plain"


def _mail_address(text: str) -> str:
    """Raises `ValueError` for what is no plain address."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it must be NAME@HOST in ASCII")
    try:
        Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        raise ValueError("it must be NAME@HOST in ASCII") from None
    return text


_MailAddress = Annotated[str, AfterValidator(_mail_address)]


class SmtpSettings(TransportSettings):
    """The server that takes mail; made wrongly it raises `BadTransport`.

    No secret is part of its `repr`. The certificate is verified by the name of the host, against
    `ca_file` or the system's authorities. With `plain` neither user nor password may be set.
    """

    host: str = Field(min_length=1, pattern=r"^[A-Za-z0-9.:_-]+$")
    port: int = Field(default=587, gt=0, lt=65536)
    sender: _MailAddress
    tls: TlsMode = TlsMode.STARTTLS
    user: str = ""
    password: SecretStr = SecretStr("")
    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    client_key_password: SecretStr = SecretStr("")
    hello: str = Field(default="localhost", pattern=r"^[A-Za-z0-9.:\[\]-]+$")
    """The name that this machine says of itself."""
    max_bytes: int = Field(default=MAX_BYTES, gt=0)
    """How long a mail may be in all."""

    @model_validator(mode="after")
    def _secrets_are_not_sent_in_plain(self) -> SmtpSettings:
        if self.tls is TlsMode.PLAIN and self.user:
            raise ValueError("a user and password are not sent without TLS")
        return self

    _clearly = clearly()

    def ssl_context(self) -> ssl.SSLContext:
        """TLS as it is set up. Raises `BadTransport` for a file that cannot be used."""
        context = client_context(self.ca_file)
        if self.client_cert_file is not None:
            password = self.client_key_password.get_secret_value()
            load_certificate(context, self.client_cert_file, self.client_key_file, password)
        return context


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one addressee."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class Smtp:
    """Sends mail by one server, with a connection for each. May be used from several threads.

    `now` gives aware moments, for the date of a mail. Raises `BadTransport`.
    """

    def __init__(
        self, settings: SmtpSettings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.settings = settings
        self._now = now
        self._context = None if settings.tls is TlsMode.PLAIN else settings.ssl_context()

    def send(self, key: str, mail: Mail, *, seconds: float) -> str:
        """Hand a mail over within so many seconds in all; gives its Message-ID.

        That comes from the key: a mail that is sent twice is known by it. A server's lasting
        refusal of this mail (5xx), or a mail that none may be (with a line end in a header, say)
        raises `PermanentFailure`. Whatever fails before its text goes, a passing refusal (4xx), a
        log-in that fails, and a server without TLS raise `TemporaryFailure`; a connection that
        breaks after that raises `Unclear`.
        """
        message = self._message(key, mail)
        content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        if len(content) > self.settings.max_bytes:
            raise PermanentFailure(why=f"the mail is longer than {self.settings.max_bytes} bytes")
        with _connected(self.settings, self._context, time.monotonic() + seconds) as client:
            _address(client, self.settings.sender, mail.to)
            _hand_over(client, content)
        return str(message["Message-ID"])

    def _message(self, key: str, mail: Mail) -> EmailMessage:
        """Raises `PermanentFailure` for what may be no mail."""
        _check(key, mail)
        message = EmailMessage()
        message["From"] = self.settings.sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(self._now())
        message["Message-ID"] = f"<{key}@{self.settings.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="base64")
        for one in mail.attachments:
            kind, _, rest = one.media_type.partition("/")
            message.add_attachment(one.content, kind, rest, filename=one.name)
        return message


def _check(key: str, mail: Mail) -> None:
    """Raises `PermanentFailure`, without the text itself."""
    if not _KEY.fullmatch(key):
        raise PermanentFailure(why="a key has letters, digits, - and _, at most 128")
    try:
        _mail_address(mail.to)
    except ValueError as error:
        raise PermanentFailure(why=f"the addressee: {error}") from None
    if not is_clean(mail.subject) or len(mail.subject) > _LONGEST_SUBJECT:
        raise PermanentFailure(why="the subject has a line end or a sign that does not show")
    if not is_clean(mail.text.replace("\r\n", "\n"), has_lines=True):
        raise PermanentFailure(why="the text has signs that do not show")
    for one in mail.attachments:
        if not is_clean(one.name) or not _MEDIA_TYPE.fullmatch(one.media_type):
            raise PermanentFailure(why="an attachment's name or media type is none")


class _Client(smtplib.SMTP):
    """A connection that is cut when its time is over, whatever it waits for."""

    def __init__(self, settings: SmtpSettings, context: ssl.SSLContext | None, end: float) -> None:
        self._settings, self._tls, self._end = settings, context, end
        self._plain: socket.socket | None = None
        super().__init__(local_hostname=settings.hello, timeout=self.left())
        self._host = settings.host  # the name that STARTTLS verifies
        self._watch = threading.Timer(self.left(), self._cut)
        self._watch.daemon = True
        self._watch.start()

    def left(self) -> float:
        """The seconds that are left. Raises `TimeoutError`."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left

    def finished(self) -> None:
        """Close what is open."""
        self._watch.cancel()
        self.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = _dialled(host, port, self.left)
        self._plain = connected
        if self._tls is None or self._settings.tls is not TlsMode.IMPLICIT:
            return connected
        return self._tls.wrap_socket(connected, server_hostname=host)

    def _cut(self) -> None:
        # by its number, since an SSL socket that another thread reads may not be touched
        sock = self.sock or self._plain
        if sock is not None:
            with suppress(OSError, ValueError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _dialled(host: str, port: int, left: Callable[[], float]) -> socket.socket:
    """A connection to the first address that takes one. Raises `OSError`."""
    failed = OSError(f"{host} has no address")
    for address in addresses_of(host, port, resolved, left()):
        try:
            return socket.create_connection((str(address), port), left())
        except OSError as error:
            failed = error
    raise failed


@contextmanager
def _connected(
    settings: SmtpSettings, context: ssl.SSLContext | None, end: float
) -> Iterator[_Client]:
    """A server that has said hello, in TLS, and knows who asks. Raises `TemporaryFailure`."""
    with _before_the_text():
        client = _Client(settings, context, end)
    try:
        with _before_the_text():
            _greet(client, settings)
            if context is not None and settings.tls is TlsMode.STARTTLS:
                client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
            if settings.user:
                client.login(settings.user, settings.password.get_secret_value())
        yield client
        with suppress(OSError, ValueError, smtplib.SMTPException):
            client.quit()
    finally:
        client.finished()


def _greet(client: _Client, settings: SmtpSettings) -> None:
    code, _ = client.connect(settings.host, settings.port)
    if code != 220:
        raise smtplib.SMTPException(f"it greets with {code}")


@contextmanager
def _before_the_text() -> Iterator[None]:
    """What fails there was surely not taken."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise TemporaryFailure(why=f"the log-in is refused: {error.smtp_code}") from None
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise TemporaryFailure(why=_named(error)) from error


def _address(client: _Client, sender: str, to: str) -> None:
    """Raises `PermanentFailure`, `TemporaryFailure`."""
    with _before_the_text():
        code, said = client.mail(sender)
        if 200 <= code < 300:
            code, said = client.rcpt(to)
    _refuse(code, said)


def _hand_over(client: _Client, content: bytes) -> None:
    """From here on it may be taken. Raises `PermanentFailure`, `TemporaryFailure`, `Unclear`."""
    try:
        code, said = client.data(content)
    except smtplib.SMTPDataError as error:
        code, said = error.smtp_code, _as_bytes(error.smtp_error)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise Unclear(why=_named(error)) from error
    _refuse(code, said)


def _refuse(code: int, said: bytes) -> None:
    """Say what a reply means for the mail, where it is no consent."""
    if 200 <= code < 300:
        return
    why = f"SMTP {code}: {said.decode('utf-8', 'replace')}"[:_LONGEST_WHY]
    if 400 <= code < 500:
        raise TemporaryFailure(why=why)
    if 500 <= code < 600:
        raise PermanentFailure(why=why)
    raise Unclear(why=why)


def _as_bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_WHY]
