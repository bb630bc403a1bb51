"""Requests and answers by a real broker: one that is named, or a RabbitMQ that is found here."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pika
import pika.exceptions
import pytest
from pydantic import SecretStr

from tests.adapters.far_sides import listening, relay
from zhixing.adapters import (
    Amqp,
    AmqpSettings,
    Answer,
    BadTransport,
    PermanentFailure,
    TemporaryFailure,
    Unclear,
)

SERVERS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server")


def free_ports(count: int) -> list[int]:
    found = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in found]
    for one in found:
        one.close()
    return ports


def until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a broker that a test may fill with queues of its own."""
    if named := os.environ.get("ZHIXING_TEST_AMQP_URL"):
        yield named
        return
    server = next(filter(None, map(shutil.which, SERVERS)), None)
    if server is None:
        pytest.skip("no broker: neither ZHIXING_TEST_AMQP_URL nor rabbitmq-server")
    for _ in range(3):  # a port that was free may be another's when the broker takes it
        with started(server, tmp_path_factory.mktemp("broker")) as url:
            if url:
                yield url
                return
    pytest.skip(f"no broker: {server} does not run here")


@contextmanager
def started(server: str, folder: Path) -> Iterator[str]:
    """A broker of this test run alone; gives its URL, or nothing where it does not start."""
    port, dist, epmd = free_ports(3)
    (folder / "rabbit.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"zhixing{port}@localhost",
        "RABBITMQ_DIST_PORT": str(dist),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbit.conf"),
        "ERL_EPMD_PORT": str(epmd),
    }
    with open(folder / "out", "wb") as out:
        process = subprocess.Popen([server], env=environment, stdout=out, stderr=out, cwd=folder)
    url = f"amqp://guest:guest@127.0.0.1:{port}/%2F"
    try:
        until(lambda: process.poll() is not None or answers_at(url), "the broker does not start")
        yield url if process.poll() is None else ""
    finally:
        process.terminate()
        process.wait(60)
        with suppress(OSError):
            subprocess.run(["epmd", "-kill"], env=environment, capture_output=True)


def answers_at(url: str) -> bool:
    try:
        pika.BlockingConnection(pika.URLParameters(url)).close()
    except (pika.exceptions.AMQPError, OSError):
        return False
    return True


class Queues:
    """Two queues of a test, and a plain connection to look into them."""

    def __init__(self, url: str) -> None:
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.requests, self.answers = (f"test-{uuid4()}" for _ in range(2))
        for name in (self.requests, self.answers):
            self.channel.queue_declare(name, durable=True)
        self.settings = AmqpSettings.model_validate(
            {
                "url": url,
                "routing_key": self.requests,
                "answers_queue": self.answers,
                "allow_plain": True,
                "max_bytes": 2000,
            }
        )

    def asked(self) -> list[tuple[Any, Any]]:
        found = []
        while True:
            method, properties, body = self.channel.basic_get(self.requests, auto_ack=True)
            if method is None:
                return found
            found.append((properties, json.loads(body or b"")))

    def answer(self, body: bytes, key: str | None = None) -> None:
        properties = pika.BasicProperties(message_id="m", correlation_id=key)
        self.channel.basic_publish("", self.answers, body, properties)

    def left(self) -> int:
        declared = self.channel.queue_declare(self.answers, passive=True)
        return int(declared.method.message_count)

    def close(self) -> None:
        for name in (self.requests, self.answers):
            self.channel.queue_delete(name)
        self.connection.close()


@pytest.fixture
def queues(broker: str) -> Iterator[Queues]:
    queues = Queues(broker)
    yield queues
    queues.close()


def body_of(key: str = "k1", message_id: str = "m1", **more: object) -> bytes:
    return json.dumps({"key": key, "message_id": message_id, "kind": "answered", **more}).encode()


def test_a_request_is_confirmed_durable_and_known_by_its_key(queues: Queues) -> None:
    amqp = Amqp(queues.settings)
    for _ in range(2):
        amqp.publish("k1", {"person": "张三"}, seconds=20, trace="00-a-b-01")
    amqp.close()
    (properties, body), _ = queues.asked()
    assert body == {"person": "张三"}
    assert (properties.message_id, properties.correlation_id) == ("k1", "k1")
    assert properties.delivery_mode == 2 and properties.headers == {"traceparent": "00-a-b-01"}


def test_several_threads_publish_by_one_connection(queues: Queues) -> None:
    amqp = Amqp(queues.settings)
    threads = [
        threading.Thread(target=lambda n=n: amqp.publish(f"k{n}", n, seconds=30)) for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    amqp.close()
    assert sorted(body for _, body in queues.asked()) == list(range(20))


@pytest.mark.parametrize("where", [{"routing_key": "nowhere"}, {"exchange": "nowhere"}])
def test_what_no_queue_takes_was_not_taken_and_the_next_goes_on(
    queues: Queues, where: dict[str, str]
) -> None:
    lost = Amqp(queues.settings.model_copy(update=where))
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            lost.publish("k1", {}, seconds=20)
    lost.close()
    assert queues.asked() == []


class Court:
    def __init__(self) -> None:
        self.taken: list[Answer] = []
        self.told: list[tuple[str, str]] = []
        self.troubles = 0

    def receive(self, answer: Answer, source: str) -> str:
        assert source == "bank"
        if self.troubles:
            self.troubles -= 1
            raise RuntimeError("the database is locked")
        if answer.key == "nobody":
            return "unknown"
        self.taken.append(answer)
        return "taken"

    def record(self, message: str, why: str) -> None:
        self.told.append((message, why))


def consuming(
    queues: Queues,
    court: Court,
    is_over: Callable[[], bool],
    through: AmqpSettings | None = None,
) -> None:
    stop = threading.Event()
    options = (court.receive, "bank", court.record, stop)
    thread = threading.Thread(target=Amqp(through or queues.settings).consume, args=options)
    thread.start()
    try:
        until(is_over, "the answers do not come")
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def test_an_answer_is_acknowledged_when_it_is_in(queues: Queues) -> None:
    court = Court()
    court.troubles = 2
    queues.answer(body_of(data={"amount": "2.50"}), key="k1")
    consuming(queues, court, lambda: bool(court.taken))
    assert [a.data for a in court.taken] == [{"amount": "2.50"}]
    assert queues.left() == 0 and court.told == []


def test_a_connection_that_is_cut_is_opened_again(queues: Queues) -> None:
    """Both ways: the request after it goes, and the answer after it comes."""
    target = pika.URLParameters(queues.settings.url.get_secret_value())
    cut: list[socket.socket] = []

    def relayed(connection: socket.socket, asked: bytes) -> None:
        with socket.create_connection((target.host, target.port)) as beyond:
            cut.append(connection)
            beyond.sendall(asked)
            relay(connection, beyond)

    def hang_up() -> None:
        while cut:
            with suppress(OSError):
                cut.pop().shutdown(socket.SHUT_RDWR)

    court = Court()
    with listening(relayed) as port:
        url = SecretStr(f"amqp://guest:guest@127.0.0.1:{port}/%2F")
        through = queues.settings.model_copy(update={"url": url})
        amqp = Amqp(through)
        amqp.publish("k1", 1, seconds=20)
        hang_up()
        until(lambda: publishes(amqp, 2), "it does not go on")
        amqp.close()
        queues.answer(body_of(message_id="m1"))

        hung_up: list[bool] = []

        def is_over() -> bool:
            if court.taken and not hung_up:
                hung_up.append(True)  # once: else what connects again is cut again
                hang_up()
                queues.answer(body_of(message_id="m2"))
            return "m2" in [answer.message_id for answer in court.taken]

        consuming(queues, court, is_over, through)
    assert [body for _, body in queues.asked()][:2] == [1, 2]


def publishes(amqp: Amqp, body: object) -> bool:
    try:
        amqp.publish("k2", body, seconds=20)
    except (TemporaryFailure, Unclear):
        return False
    return True


def test_what_is_no_answer_or_to_nobody_is_told_and_holds_up_nothing(queues: Queues) -> None:
    court = Court()
    for body in (b"{", b" " * 3000, body_of("nobody"), body_of(surprise=1)):
        queues.answer(body)
    queues.answer(body_of("k2"), key="k1")
    queues.answer(body_of())
    consuming(queues, court, lambda: bool(court.taken))
    assert [a.key for a in court.taken] == ["k1"] and queues.left() == 0
    reasons = [why.partition(":")[0] for _, why in court.told]
    assert reasons == [
        "malformed",
        "longer than 2000 bytes",
        "to no request of this source",
        "malformed",
        "its correlation_id is another key",
    ]


def test_where_nobody_listens_nothing_was_taken() -> None:
    (port,) = free_ports(1)
    with pytest.raises(TemporaryFailure) as refused:
        plain(port).publish("k1", {}, seconds=20)
    assert "hunter2" not in str(refused.value)


def plain(port: int) -> Amqp:
    url = f"amqp://li:hunter2@127.0.0.1:{port}/"
    return Amqp(AmqpSettings(url=url, routing_key="x", allow_plain=True))  # type: ignore[arg-type]


def test_a_broker_that_says_nothing_ends_with_the_time_of_the_whole() -> None:
    silence = threading.Event()
    with listening(lambda connection, asked: silence.wait(20) and None) as port:
        with pytest.raises((TemporaryFailure, Unclear)) as late:
            plain(port).publish("k1", {}, seconds=0.4)
        silence.set()
    assert isinstance(late.value, TemporaryFailure), "it was never reached"


def test_what_may_be_no_message_is_refused() -> None:
    for key in ("", "十", "k" * 129, "a\nb"):
        with pytest.raises(PermanentFailure, match="key"):
            plain(1).publish(key, {}, seconds=1)
    with pytest.raises(PermanentFailure, match="longer"):
        plain(1).publish("k1", "x" * 1_000_001, seconds=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "amqp://li:hunter2@a.example/"},
        {"url": "http://li:hunter2@a.example/"},
        {"url": "amqps://li:hunter2@a.example/?ssl_options={}"},
        {"url": "amqps://li:hunter2@a.example:hunter2/"},
        {"routing_key": ""},
        {"verify": False},
    ],
)
def test_what_is_set_up_wrongly_is_told_without_its_value(wrong: dict[str, object]) -> None:
    right = {"url": "amqps://li:hunter2@a.example/", "routing_key": "x"}
    with pytest.raises(BadTransport) as refused:
        AmqpSettings.model_validate({**right, **wrong})
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(AmqpSettings.model_validate(right))
