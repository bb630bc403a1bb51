"""Two courts, each a process with a database of its own, are one another's counterparty over real
sockets: what one asks becomes a case of the other once, and what is done there comes back."""

from __future__ import annotations

import itertools
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.conftest import DATA, SHANGHAI, databases_of
from tests.engine.a_court import DOES
from zhixing.adapters import (
    CourtSettings,
    Digest,
    IncomingRequest,
    OtherCourts,
    PermanentFailure,
    Reply,
    RequestNotTaken,
    Sender,
    Webhooks,
    request_app,
    sign_callback,
)
from zhixing.engine import (
    Actor,
    BadIntake,
    Case,
    Engine,
    Fires,
    Intake,
    Opens,
)

pytestmark = pytest.mark.processes

KEY = SecretStr("a key that east and west hold")
LI, WU = Actor.of("li", "officer"), Actor.of("wu", "handler")
JUDGE = Actor.of("judge", "judge")
AUDITOR = Actor.of("zhao", "audit_admin", at="court")
_LONG = 60.0
MEASURES = [
    {
        "asset": "6222-1",
        "kind": "冻结",
        "rank": 1,
        "effective_on": "2026-05-06",
        "until": "2027-05-05",
    },
    {
        "asset": "粤A-1",
        "kind": "查封",
        "rank": 2,
        "effective_on": "2026-06-01",
        "until": "2028-05-31",
    },
]


def until(is_so: Callable[[], Any], told: str) -> Any:
    """Wait for progress, with a long bound."""
    end = time.monotonic() + _LONG
    while not (found := is_so()):
        assert time.monotonic() < end, told
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


CLAIM = {
    "applicant": "申请人",
    "debtor": "被执行人",
    "claim": "50000.00",
    "number": "(2026)东执1号",
}
TODAY = datetime.now(SHANGHAI).date()
REPLY_BY = (TODAY + timedelta(days=10)).isoformat()
MATTER = {
    "court": "west",
    "case_number": "(2026)东执9号",
    "matter": "查询",
    "letter": "(2026)委9号",
    "reply_by": REPLY_BY,
}
_numbers = itertools.count(1)


@dataclass
class Process:
    """A court's process, and an engine of our own on its database for what its people do."""

    settings: dict[str, Any]
    people: Engine
    running: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['port']}"

    def begin(self, **more: Any) -> None:
        told = json.dumps({"dies": "", **self.settings, **more})
        command = [sys.executable, "-m", "tests.engine.a_court", told]
        self.running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def is_there(self) -> None:
        assert self.running is not None and self.running.stdout is not None
        assert self.running.stdout.readline().strip() == self.url

    def start_again(self, **more: Any) -> None:
        self.kill()
        self.begin(**more)
        self.is_there()

    def has_died(self) -> bool:
        assert self.running is not None
        return self.running.poll() == -signal.SIGKILL

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running.communicate()
            self.running = None

    def opened(self, key: str) -> list[str]:
        """The cases that were opened for a request."""
        cases = self.people.query(limit=1000)
        return [case.id for case in cases if case.data.get("asked_as") == key]

    def refused(self) -> list[tuple[str, str, Any]]:
        listed = reversed(self.people.refusals(actor=AUDITOR))
        return [(r.actor, r.code, r.why.get("status")) for r in listed]


@dataclass
class Courts:
    east: Process
    west: Process

    def case(self, id: str) -> Case:
        return self.east.people.case(id)

    def opened(self, **more: Any) -> str:
        """A case of east's."""
        id = f"e{next(_numbers)}"
        self.east.people.open_case("sending", actor=LI, id=id, data={**CLAIM, **more})
        return id

    def entrusted(self) -> str:
        """A case with a matter that east entrusts to west."""
        id = self.opened()
        data = {"court": "west", "matter": "查明下落", "letter": "委1号", "reply_by": REPLY_BY}
        self.east.people.fire(id, "entrust", actor=LI, data=data)
        return id

    def key(self, id: str) -> str:
        (request,) = self.east.people.requests(case_id=id, open_only=False)
        return request.id

    def received(self, id: str) -> Case:
        """The case that west opened, when east has its receipt."""
        until(lambda: self.case(id).data.get("their_case"), "no receipt came")
        return self.west.people.case(self.case(id).data["their_case"])

    def happened(self, id: str, trigger: str) -> list[Any]:
        return [e for e in self.east.people.history(id) if e.trigger == trigger]

    def told(self, id: str) -> list[tuple[str, str]]:
        return [(a.kind, a.outcome) for a in self.east.people.answers(self.key(id))]


@contextmanager
def court(name: str, database: str, port: int, other: str, other_port: int) -> Iterator[Process]:
    folder = str(DATA / "courts" / name)
    adapters = [OtherCourts(name, {other: CourtSettings(url="http://127.0.0.1:9", key=KEY)})]
    options: Any = {"adapters": adapters, "drafts": True, "upgrade": True, "retries": 5}
    with Engine(database, folder, **options) as people:
        settings = {
            "name": name,
            "database": database,
            "definitions": folder,
            "port": port,
            "other": other,
            "other_url": f"http://127.0.0.1:{other_port}",
            "key": KEY.get_secret_value(),
        }
        process = Process(settings, people)
        try:
            yield process
        finally:
            process.kill()


Pairs = Callable[[str], Courts]


@pytest.fixture(scope="module")
def pairs(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Pairs]:
    """Two courts on each kind of database, made when they are first asked for."""
    made: dict[str, Courts] = {}
    with ExitStack() as stack:

        def pair(kind: str) -> Courts:
            if kind not in made:
                made[kind] = _two_courts(stack, _databases(kind, tmp_path_factory, stack, request))
            return made[kind]

        yield pair


def _databases(kind: str, paths: Any, stack: ExitStack, request: Any) -> list[str]:
    if kind == "sqlite":
        folder = paths.mktemp("courts")
        return [f"sqlite:///{folder}/{name}.db" for name in ("east", "west")]
    make = stack.enter_context(databases_of(request.getfixturevalue("postgresql_server")))
    return [make(), make()]


def _two_courts(stack: ExitStack, databases: list[str]) -> Courts:
    ports = free_port(), free_port()
    east = stack.enter_context(court("east", databases[0], ports[0], "west", ports[1]))
    west = stack.enter_context(court("west", databases[1], ports[1], "east", ports[0]))
    for one in (east, west):
        one.begin()
    for one in (east, west):
        one.is_there()
    return Courts(east, west)


@pytest.fixture(params=["sqlite", "postgresql"])
def courts(request: pytest.FixtureRequest, pairs: Pairs) -> Courts:
    return pairs(request.param)


@pytest.fixture
def embedded(pairs: Pairs) -> Courts:
    """On SQLite, for what does not depend on the database."""
    return pairs("sqlite")


def test_a_matter_is_entrusted_told_of_and_done(courts: Courts) -> None:
    id, people = courts.entrusted(), courts.west.people
    there = courts.received(id)
    assert (there.data["from_court"], there.data["asked_as"]) == ("east", courts.key(id))
    assert (there.data["matter"], there.data["person"]) == ("查明下落", "被执行人")
    assert people.history(there.id)[0].actor == "court:east"
    (reply,) = people.deadlines(case_id=there.id)
    assert str(reply.due_day) == REPLY_BY
    begun = {"result": "已到车管所查询", "looked_on": TODAY}
    people.fire(there.id, "begin", actor=WU, data=begun)
    until(lambda: courts.case(id).data.get("result") == "已到车管所查询", "no progress came")
    done = {"result": "车辆已扣押", "obtained": "1200.50", "done_on": TODAY}
    people.fire(there.id, "finish", actor=WU, data=done)
    until(lambda: courts.happened(id, "done"), "no result came")
    assert courts.case(id).data["obtained"] == Decimal("1200.50")
    (told,) = courts.happened(id, "done")
    assert told.happened_at.astimezone(SHANGHAI).date() == TODAY
    assert courts.told(id) == [("partial", "taken"), ("partial", "taken"), ("answered", "taken")]
    until(lambda: not people.requests(case_id=there.id), "the reports are not over")
    assert not [i for i in people.incidents() if i.case_id == there.id]


def test_a_case_is_taken_over_with_rank_and_running_terms(courts: Courts) -> None:
    id, people = courts.opened(measure=MEASURES), courts.west.people
    moving = {"court": "west", "letter": "(2026)东执裁1号"}
    courts.east.people.fire(id, "hand_over", actor=LI, data=moving)
    there = courts.received(id)
    assert courts.case(id).state == "moving", "the receipt alone closes nothing"
    kept = [{k: str(v) for k, v in m.items() if k != "id"} for m in there.data["measure"]]
    assert kept == [{k: str(v) for k, v in m.items()} for m in MEASURES]
    people.fire(there.id, "file", actor=WU)
    for measure in there.data["measure"]:
        term = {"measure.until": measure["until"]}
        people.fire(there.id, "confirm", actor=WU, about=measure["id"], data=term)
    due = [str(deadline.due_day) for deadline in people.deadlines(case_id=there.id)]
    assert sorted(due) == ["2027-05-05", "2028-05-31"]
    until(lambda: courts.case(id).closed_at, "the case is not closed")
    assert courts.case(id).closing_mode == "moved"


@pytest.mark.parametrize(
    ("act", "data", "state"),
    [("accept", {}, "suspended"), ("refuse", {"reason": "不具备破产原因"}, "open")],
)
def test_a_referral_suspends_when_it_is_accepted_and_else_goes_on(
    embedded: Courts, act: str, data: Mapping[str, Any], state: str
) -> None:
    id, referral = embedded.opened(), {"court": "west", "letter": "(2026)移破1号"}
    embedded.east.people.fire(id, "refer", actor=LI, data=referral)
    there = embedded.received(id)
    assert there.data["unpaid"] == Decimal("50000.00")
    assert embedded.case(id).state == "referred"
    embedded.west.people.fire(there.id, act, actor=JUDGE, data=data)
    until(lambda: embedded.case(id).state == state, "no decision came")


def test_what_was_entrusted_is_taken_back_until_it_is_begun(embedded: Courts) -> None:
    ids = [embedded.entrusted(), embedded.entrusted()]
    there, begun = (embedded.received(id) for id in ids)
    known, west = len(embedded.west.refused()), embedded.west.people
    progress = {"result": "已着手", "looked_on": TODAY}
    west.fire(begun.id, "begin", actor=WU, data=progress)
    for id in ids:
        embedded.east.people.fire(id, "take_back", actor=LI)
    until(lambda: embedded.happened(ids[0], "taken_back"), "it is not taken back")
    until(lambda: embedded.happened(ids[1], "kept"), "the refusal did not come")
    assert [west.case(one.id).state for one in (there, begun)] == ["taken_back", "begun"]
    assert embedded.west.refused()[known:] == [("court:east", "refused", None)]


def test_what_was_sent_back_is_told(embedded: Courts) -> None:
    id = embedded.entrusted()
    undone = {"result": "车辆不在本辖区", "done_on": TODAY}
    there = embedded.received(id)
    embedded.west.people.fire(there.id, "send_back", actor=WU, data=undone)
    until(lambda: embedded.happened(id, "refused"), "it did not come back")


@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_court_killed_in_the_midst_has_one_case_in_the_end(courts: Courts, dies: str) -> None:
    courts.west.start_again(dies=dies)
    id = courts.entrusted()
    until(courts.west.has_died, "it was not asked")
    assert len(courts.west.opened(courts.key(id))) == (1 if dies == "after" else 0)
    courts.west.start_again()
    there = courts.received(id)
    assert courts.west.opened(courts.key(id)) == [there.id]
    assert courts.told(id) == [("partial", "taken")]


def test_an_asking_court_killed_in_the_midst_hears_every_answer_once(embedded: Courts) -> None:
    id = embedded.entrusted()
    there = embedded.received(id)
    embedded.east.start_again(dies="after")
    done = {"result": "已办结", "done_on": TODAY}
    embedded.west.people.fire(there.id, "finish", actor=WU, data=done)
    until(embedded.east.has_died, "no report came")
    embedded.east.start_again()
    is_over = lambda: not embedded.west.people.requests(case_id=there.id)  # noqa: E731
    until(is_over, "the report is not over")
    assert len(embedded.happened(id, "done")) == 1
    assert embedded.told(id) == [("partial", "taken"), ("answered", "taken")]


# -- what is wrong


@dataclass
class Sending:
    """What comes to west, however it was made."""

    url: str
    sender: str = "east"
    secret: SecretStr = KEY

    def body(self, key: str, operation: str = "entrust", **payload: Any) -> bytes:
        asked = {**MATTER, **payload} if operation == "entrust" else payload
        return json.dumps({"key": key, "operation": operation, "payload": asked}).encode()

    def signed(self, body: bytes, now: datetime | None = None) -> dict[str, str]:
        return sign_callback(self.sender, self.secret, body, now=now or datetime.now(UTC))

    def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        sent = {"Content-Type": "application/json", **(headers or self.signed(body))}
        with httpx.Client(trust_env=False, timeout=30) as client:
            return client.post(f"{self.url}/{self.sender}", content=body, headers=sent)


def test_a_duplicate_delivery_gives_the_same_receipt(courts: Courts) -> None:
    sending, key = Sending(courts.west.url), f"twice-{next(_numbers)}"
    first, second = sending.post(sending.body(key)), sending.post(sending.body(key))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert courts.west.opened(key) == [first.json()["answers"][0]["data"]["case"]]


def test_a_key_is_of_one_request(embedded: Courts) -> None:
    sending = Sending(embedded.west.url)
    assert sending.post(sending.body("one")).status_code == 200
    assert sending.post(sending.body("one", matter="别的事")).status_code == 409
    assert len(embedded.west.opened("one")) == 1


def _replayed(sending: Sending) -> int:
    body = sending.body("replayed")
    headers = sending.signed(body)
    assert sending.post(body, headers).status_code == 200
    return sending.post(body, headers).status_code


def _of(make: Callable[[Sending], bytes]) -> Callable[[Sending], int]:
    return lambda sending: sending.post(make(sending)).status_code


def _other(sending: Sending, **changed: Any) -> int:
    other = Sending(sending.url, **changed)
    return other.post(other.body("wrong")).status_code


def _old(sending: Sending) -> int:
    body = sending.body("wrong")
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    return sending.post(body, sending.signed(body, long_ago)).status_code


_TAKE_BACK = {"court": "west", "case": "nothing", "reason": "r"}
_REPORT = {"court": "west", "request": "r1", "kind": "answered", "happened_on": str(TODAY)}
WRONG: dict[str, tuple[int, Callable[[Sending], int]]] = {
    "forged": (401, lambda s: _other(s, secret=SecretStr("another key of nobody"))),
    "old": (401, _old),
    "unknown court": (401, lambda s: _other(s, sender="north")),
    "replayed": (409, _replayed),
    "malformed": (400, _of(lambda s: b'{"key": ')),
    "misshapen": (400, _of(lambda s: s.body("wrong", reply_by="soon"))),
    "huge": (413, _of(lambda s: b" " * 2_000_000 + s.body("wrong"))),
    "for another court": (404, _of(lambda s: s.body("wrong", court="south"))),
    "no such operation": (404, _of(lambda s: s.body("wrong", "arrest"))),
    "an answer to nobody": (404, _of(lambda s: s.body("wrong", "report", **_REPORT))),
    "a case of nobody": (404, _of(lambda s: s.body("wrong", "take_back", **_TAKE_BACK))),
}


@pytest.mark.parametrize("why", WRONG)
def test_what_is_wrong_has_its_status_is_kept_and_changes_nothing(
    embedded: Courts, why: str
) -> None:
    status, send = WRONG[why]
    west = embedded.west
    known = len(west.refused())
    assert send(Sending(west.url)) == status
    who = "callback:?" if why == "unknown court" else "callback:east"
    assert west.refused()[known:] == [(who, "callback", status)]
    assert not west.opened("wrong")


def test_a_case_of_another_is_not_taken_back_by_this_court(embedded: Courts) -> None:
    people = embedded.west.people
    data = {"from_court": "south", "asked_as": "x", "applicant": "a", "debtor": "d", "claim": "1"}
    own = people.open_case("taken", actor=WU, data=data, documents={"ruling": "r"})
    sending = Sending(embedded.west.url)
    body = sending.body("theirs", "take_back", court="west", case=own.id, reason="r")
    assert sending.post(body).status_code == 404
    assert people.case(own.id).version == own.version


def test_what_the_definition_does_not_let_another_court_do_is_refused(
    embedded: Courts, tmp_path: Path
) -> None:
    for one in (DATA / "courts" / "west").glob("*.yaml"):
        text = one.read_text(encoding="utf-8")
        closed = text.replace("open: {by: other_court", "open: {by: handler")
        (tmp_path / one.name).write_text(closed, encoding="utf-8")
    known = len(embedded.west.refused())
    embedded.west.start_again(definitions=str(tmp_path))
    id = embedded.entrusted()
    until(lambda: embedded.happened(id, "refused"), "no refusal came")
    embedded.west.start_again()
    (answer,) = embedded.east.people.answers(embedded.key(id))
    assert (answer.kind, bool(answer.answer["reason"])) == ("refused", True)
    assert not embedded.west.opened(embedded.key(id))
    kept = embedded.west.refused()[known:]
    assert [(who, status) for who, _, status in kept] == [("court:east", None)]


def test_a_court_that_is_not_set_up_is_an_incident(embedded: Courts) -> None:
    id, referral = embedded.opened(), {"court": "south", "letter": "(2026)移破1号"}
    embedded.east.people.fire(id, "refer", actor=LI, data=referral)
    until(lambda: embedded.case(id).state == "open", "the case waits for nobody")
    (incident,) = [i for i in embedded.east.people.incidents() if i.case_id == id]
    assert "west" in incident.message and KEY.get_secret_value() not in incident.message


def test_whether_courts_are_there_is_told(embedded: Courts) -> None:
    known = len(embedded.west.refused())
    far = CourtSettings(url=embedded.west.url, key=KEY)
    OtherCourts("east", {"west": far}).check()
    assert len(embedded.west.refused()) == known


@pytest.mark.parametrize(
    "does",
    [
        {"arrest": Opens("matter")},
        {"report": Fires("told")},
        {"entrust": Opens("matter", {"matter": "colour"})},
        {"entrust": Fires("told")},
    ],
)
def test_an_intake_that_can_never_take_anything_is_told_at_once(does: dict[str, Any]) -> None:
    with Engine("sqlite://", DATA / "courts" / "west", drafts=True) as engine:
        Intake(engine, "west", DOES["west"])
        with pytest.raises(BadIntake):
            Intake(engine, "west", does)


def test_a_key_of_a_court_stands_in_the_settings_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "west.key"
    file.write_text("a key that lies in a file\n")
    given = CourtSettings.model_validate({"url": "https://west.example", "key_file": file})
    assert given.signing_key().get_secret_value() == "a key that lies in a file"
    for wrong in ({}, {"key": "k" * 16, "key_file": file}):
        with pytest.raises(ValueError, match="a key, or the file"):
            CourtSettings.model_validate({"url": "https://west.example", **wrong})


@pytest.mark.parametrize("digest", list(Digest))
def test_both_sign_with_the_digest_that_they_agreed_on(digest: Digest) -> None:
    def nobody(request: IncomingRequest, sender: str) -> Reply:
        raise RequestNotTaken(status=404, why=request.operation)

    told: list[int] = []
    webhooks = Webhooks([Sender("east", (KEY,), digest)])
    app = request_app(nobody, webhooks, lambda sender, status, why: told.append(status))
    wire = httpx.WSGITransport(app=app)  # type: ignore[arg-type]
    for agreed in Digest:
        far = CourtSettings(url="http://127.0.0.1", key=KEY, digest=agreed)
        try:
            OtherCourts("east", {"west": far}, wire).check()
        except PermanentFailure:
            assert agreed is not digest
    assert told == [401]
