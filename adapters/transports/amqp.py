"""Requests and answers by a broker that speaks AMQP 0-9-1 (RabbitMQ, say); needs the extra `amqp`.

A request counts as handed over when the broker has confirmed it, and an answer as fetched when it
is committed here: either may come twice, and is known by its key or message.
"""

from __future__ import annotations

import json
import logging
import queue
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    model_validator,
)

from ..protocol import Answer, PermanentFailure, TemporaryFailure, Unclear
from .answer_json import answers_from_json
from .bounded_json import MAX_DEPTH, parsed_json
from .http_settings import client_context, load_certificate
from .settings import TransportSettings, clearly

MAX_BYTES = 1_000_000
_IDLE_SECONDS = 5.0
_HEARTBEAT_SECONDS = 60
_LOOK_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_LONGEST_KEY = 128
_SURELY_NOT = (403, 404, 406)
"""Refusals of an exchange that is not there or not allowed: nothing was published."""
_log = logging.getLogger(__name__)


def _url(secret: SecretStr) -> SecretStr:
    """Raises `ValueError`, without the URL."""
    text = secret.get_secret_value()
    if not text.startswith(("amqp://", "amqps://")) or "?" in text or "#" in text:
        raise ValueError("it must be amqps://[USER:PASSWORD@]HOST[:PORT][/VHOST]")
    try:
        pika.URLParameters(text)
    except (ValueError, TypeError):
        raise ValueError("it must be amqps://[USER:PASSWORD@]HOST[:PORT][/VHOST]") from None
    return secret


class AmqpSettings(TransportSettings):
    """The broker, and where requests and answers lie; made wrongly it raises `BadTransport`.

    No secret is part of its `repr`. `amqps:` verifies the certificate by the name of the host,
    against `ca_file` or the system's authorities; `amqp:` needs `allow_plain`.
    """

    url: Annotated[SecretStr, AfterValidator(_url)]
    exchange: str = Field(default="", max_length=255)
    routing_key: str = Field(min_length=1, max_length=255)
    """Where requests go; with the default exchange it is a queue's name."""
    answers_queue: str = Field(default="", max_length=255)
    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    client_key_password: SecretStr = SecretStr("")
    allow_plain: bool = False
    max_bytes: int = Field(default=MAX_BYTES, gt=0)
    max_depth: int = Field(default=MAX_DEPTH, gt=0, le=500)

    @model_validator(mode="after")
    def _is_not_plain_unless_said(self) -> AmqpSettings:
        if self.url.get_secret_value().startswith("amqp:") and not self.allow_plain:
            raise ValueError("amqp: is plain; use amqps:, or set allow_plain")
        return self

    _clearly = clearly()

    def parameters(self, seconds: float) -> pika.URLParameters:
        """How pika connects, within about so many seconds. Raises `BadTransport`."""
        given = pika.URLParameters(self.url.get_secret_value())
        given.connection_attempts = 1
        given.socket_timeout = given.stack_timeout = max(seconds, 0.1)
        given.blocked_connection_timeout = max(seconds, 0.1)
        given.heartbeat = _HEARTBEAT_SECONDS
        if given.ssl_options is not None:
            given.ssl_options = pika.SSLOptions(self.ssl_context(), given.host)
        return given

    def ssl_context(self) -> ssl.SSLContext:
        """TLS as it is set up. Raises `BadTransport` for a file that cannot be used."""
        context = client_context(self.ca_file)
        if self.client_cert_file is not None:
            password = self.client_key_password.get_secret_value()
            load_certificate(context, self.client_cert_file, self.client_key_file, password)
        return context


class _Job:
    """A request that one thread asks for and another publishes."""

    def __init__(self, key: str, content: bytes, headers: dict[str, Any], end: float) -> None:
        self.key, self.content, self.headers, self.end = key, content, headers, end
        self.done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_abandoned = self._has_begun = False

    def begins(self) -> bool:
        """Whether it may go out still."""
        with self._lock:
            self._has_begun = not self._is_abandoned
            return self._has_begun

    def abandoned(self) -> bool:
        """Whether it had gone out when nobody waited for it any more."""
        with self._lock:
            self._is_abandoned = True
            return self._has_begun


class _Line(threading.Thread):
    """One connection, held by one thread as pika asks, and kept alive between requests."""

    def __init__(self, settings: AmqpSettings) -> None:
        super().__init__(daemon=True, name="zhixing-amqp")
        self._settings = settings
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection: pika.BlockingConnection | None = None
        self._channel: BlockingChannel | None = None

    def take(self, job: _Job) -> None:
        self._jobs.put(job)

    def hang_up(self) -> None:
        """Close it after what it is at."""
        self._jobs.put(None)

    def run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_IDLE_SECONDS)
            except queue.Empty:
                self._keep_alive()
                continue
            if job is None:
                self._drop()
                return
            job.done.put(self._outcome(job))

    def _outcome(self, job: _Job) -> BaseException | None:
        try:
            channel = self._open(job.end - time.monotonic())
        except Exception as error:
            self._drop()
            return TemporaryFailure(why=_named(error))
        if not job.begins():
            return None
        try:
            self._publish(channel, job)
        except pika.exceptions.UnroutableError:
            return TemporaryFailure(why="no queue takes it")
        except pika.exceptions.NackError:
            return TemporaryFailure(why="the broker does not take it now")
        except Exception as error:
            self._drop()
            return _meaning(error)
        return None

    def _open(self, seconds: float) -> BlockingChannel:
        """The channel, opened anew where it is not open. Raises what pika raises."""
        if self._connection is not None:
            # what the broker said meanwhile (that it is gone, say) is heard first
            with suppress(pika.exceptions.AMQPError):
                self._connection.process_data_events(0)
        if self._channel is None or not self._channel.is_open:
            self._drop()
            self._connection = pika.BlockingConnection(self._settings.parameters(seconds))
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
        return self._channel

    def _publish(self, channel: BlockingChannel, job: _Job) -> None:
        properties = pika.BasicProperties(
            message_id=job.key,
            correlation_id=job.key,
            content_type="application/json",
            delivery_mode=2,
            headers=job.headers,
        )
        channel.basic_publish(
            self._settings.exchange,
            self._settings.routing_key,
            job.content,
            properties,
            mandatory=True,
        )

    def _keep_alive(self) -> None:
        if self._connection is not None:
            try:
                self._connection.process_data_events(0)
            except Exception:
                self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = self._channel = None


class Amqp:
    """A broker, as `AmqpSettings` say. May be used from several threads. Raises `BadTransport`."""

    def __init__(self, settings: AmqpSettings) -> None:
        self.settings = settings
        settings.parameters(1)
        self._line: _Line | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connection that is kept."""
        with self._lock:
            if self._line is not None:
                self._line.hang_up()
            self._line = None

    def publish(self, key: str, body: object, *, seconds: float, trace: str = "") -> None:
        """Hand a request over, durable, and wait for the broker's word at most so many seconds.

        `message_id` and `correlation_id` are the key; `trace` goes as header `traceparent`. Raises
        `TemporaryFailure` where it was surely not taken (no broker, no queue, no room),
        `PermanentFailure` for what may be no message, `Unclear`.
        """
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8")
        if not key or len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise PermanentFailure(why="a key has 1 to 128 printable characters of ASCII")
        if len(content) > self.settings.max_bytes:
            raise PermanentFailure(why=f"it is longer than {self.settings.max_bytes} bytes")
        headers = {"traceparent": trace} if trace else {}
        job = _Job(key, content, headers, time.monotonic() + seconds)
        line = self._opened()
        line.take(job)
        try:
            failure = job.done.get(timeout=seconds)
        except queue.Empty:
            self._leave(line)
            raise _late(job) from None
        if failure is not None:
            raise failure

    def consume(
        self,
        receive: Callable[[Answer, str], str],
        source: str,
        record: Callable[[str, str], object],
        stop: threading.Event,
    ) -> None:
        """Bring in what lies in `answers_queue` until `stop` is set, whatever the broker does.

        Bodies are as `answers_from_json` reads them; `receive` is as `Engine.receive`, `source` the
        adapter's name. A message is acknowledged when all its answers are in. One that is no
        answer, or to no request, is rejected (the broker keeps it where a dead-letter exchange is
        set) and told to `record` with its message id and why. Where `receive` raises, the message
        goes back and waits. A broken connection is opened again, ever more slowly.
        """
        failures = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._consume(receive, source, record, stop)
            except Exception as error:
                went_well = time.monotonic() - began > _LONGEST_PAUSE_SECONDS
                failures = 1 if went_well else failures + 1
                _log.warning("the broker is lost: %s", _named(error))
                stop.wait(min(0.1 * 2**failures, _LONGEST_PAUSE_SECONDS))

    def _consume(
        self,
        receive: Callable[[Answer, str], str],
        source: str,
        record: Callable[[str, str], object],
        stop: threading.Event,
    ) -> None:
        with pika.BlockingConnection(self.settings.parameters(10)) as connection:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=10)
            queue_name = self.settings.answers_queue
            for method, properties, body in channel.consume(
                queue_name, inactivity_timeout=_LOOK_SECONDS
            ):
                if method is not None and method.delivery_tag is not None:
                    why = self._brought_in(receive, source, properties, body or b"")
                    self._settle(channel, method.delivery_tag, properties, why, record, stop)
                if stop.is_set():
                    channel.cancel()
                    return

    def _brought_in(
        self, receive: Callable[[Answer, str], str], source: str, properties: Any, body: bytes
    ) -> str | None:
        """Why a message is no answer, empty where it is in; None where it must wait."""
        if len(body) > self.settings.max_bytes:
            return f"longer than {self.settings.max_bytes} bytes"
        try:
            answers = answers_from_json(parsed_json(body, self.settings.max_depth))
        except ValueError as error:
            return f"malformed: {error}"[:200]
        about = properties.correlation_id
        if about and any(answer.key != about for answer in answers):
            return "its correlation_id is another key"
        try:
            outcomes = [receive(answer, source) for answer in answers]
        except Exception:
            _log.exception("an answer from the broker could not be taken")
            return None
        return "to no request of this source" if "unknown" in outcomes else ""

    def _settle(
        self,
        channel: BlockingChannel,
        tag: int,
        properties: Any,
        why: str | None,
        record: Callable[[str, str], object],
        stop: threading.Event,
    ) -> None:
        if why is None:
            channel.basic_nack(tag, requeue=True)
            stop.wait(_LOOK_SECONDS)
        elif why:
            record(str(properties.message_id or "?")[:_LONGEST_KEY], why)
            channel.basic_reject(tag, requeue=False)
        else:
            channel.basic_ack(tag)

    def _opened(self) -> _Line:
        with self._lock:
            if self._line is None:
                self._line = _Line(self.settings)
                self._line.start()
            return self._line

    def _leave(self, line: _Line) -> None:
        """A line that is late is left to itself: the next request opens another."""
        with self._lock:
            if self._line is line:
                self._line = None
        line.hang_up()


def _late(job: _Job) -> Exception:
    if job.abandoned():
        return Unclear(why="the broker did not confirm it in time")
    return TemporaryFailure(why="the broker was not reached in time")


def _meaning(error: Exception) -> Exception:
    code = getattr(error, "reply_code", None)
    if isinstance(error, pika.exceptions.ChannelClosedByBroker) and code in _SURELY_NOT:
        return TemporaryFailure(why=f"AMQP {code}")
    return Unclear(why=_named(error))


def _named(error: BaseException) -> str:
    """The kind alone: what pika says may hold the address."""
    cause = error.args[0] if error.args else None
    inner = getattr(cause, "exception", None) or error.__cause__
    return f"{type(error).__name__} {type(inner).__name__ if inner else ''}".strip()
