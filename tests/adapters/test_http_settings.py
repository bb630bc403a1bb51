"""Where a request may go, with whose certificates, and where it may not: over real connections."""

from __future__ import annotations

import gzip
import pickle
import socket
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from tests.adapters.far_sides import Papers, listening, new_papers, relay, says
from zhixing.adapters import (
    BadTransport,
    HttpJson,
    HttpSettings,
    HttpXml,
    PermanentFailure,
    RefusedAddress,
    RefusedHost,
    TemporaryFailure,
    Unclear,
    xml_as_data,
)

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return new_papers(tmp_path / "papers")


def settings(url: str, **more: object) -> HttpSettings:
    return HttpSettings.model_validate({"base_url": url, **more})


def ask(given: HttpSettings, path: str = "/x", seconds: float = 20.0) -> object:
    far_side = HttpJson(given)
    try:
        return far_side.ask("GET", path, seconds=seconds)
    finally:
        far_side.close()


# -- how it is set up


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "ftp://a.example"}, "base_url"),
        ({"base_url": "https://li:hunter2@a.example"}, "no user"),
        ({"base_url": "https://a.example/?key=hunter2"}, "no user"),
        ({"base_url": "https://[bad"}, "base_url"),
        ({"token": "hunter2\r\nX: y"}, "token"),
        ({"token": "hunter2十"}, "token"),
        ({"proxy": "socks5://li:hunter2@p.example"}, "proxy"),
        ({"allowed_hosts": ["a.*"]}, "allowed_hosts"),
        ({"allowed_networks": ["10.0.0.0/99"]}, "allowed_networks"),
        ({"max_bytes": 0}, "max_bytes"),
        ({"client_key_file": "k.pem"}, "client_cert_file"),
        ({"verify": False}, "verify"),
    ],
)
def test_what_is_set_up_wrongly_is_told_without_its_value(
    wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(BadTransport, match=said) as refused:
        settings(**{"url": "https://a.example", **wrong})  # type: ignore[arg-type]
    assert refused.value.code == "transport-settings" and "设置有误" in refused.value.text("zh")
    assert "hunter2" not in str(refused.value) and "hunter2" not in repr(refused.value)


def test_no_secret_shows() -> None:
    made = settings(
        "https://a.example",
        token="hunter2",
        client_cert_file="c.pem",
        client_key_password="hunter2",
        proxy="http://li:hunter2@p.example:3128",
    )
    assert "hunter2" not in f"{made!r} {made!s} {made.model_dump_json()}"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, papers: Papers) -> None:
    with pytest.raises(BadTransport, match="ca_file"):
        HttpJson(settings("https://a.example", ca_file=tmp_path / "none.pem"))
    certificate, _ = papers.client()
    with pytest.raises(BadTransport, match=r"client\.pem"):
        HttpJson(settings("https://a.example", client_cert_file=certificate))


# -- addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.9.9",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_a_name_that_leads_to_an_address_of_no_public_kind_is_refused(address: str) -> None:
    far_side = HttpJson(settings("https://bank.example"), resolver=lambda host, port: [address])
    with pytest.raises(RefusedAddress, match=r"bank\.example") as refused:
        far_side.ask("POST", "/x", seconds=20, body={})
    assert isinstance(refused.value, TemporaryFailure), "surely nothing was taken"
    assert refused.value.code == "transport-address" and "未发送" in refused.value.text("zh")
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_one_address_that_is_refused_spoils_the_name() -> None:
    asked = []

    def serve(connection: socket.socket, content: bytes) -> None:
        asked.append(content)

    with listening(serve) as port:
        far_side = HttpJson(
            settings(f"http://bank.example:{port}", allowed_networks=["127.0.0.1/32"]),
            resolver=lambda host, port: ["127.0.0.1", "10.0.0.1"],
        )
        with pytest.raises(RefusedAddress, match=r"10\.0\.0\.1"):
            far_side.ask("GET", "/x", seconds=20)
    assert asked == []


def test_localhost_is_a_name_that_must_be_allowed() -> None:
    with listening(says(b"1")) as port:
        with pytest.raises(RefusedAddress, match="localhost"):
            ask(settings(f"http://localhost:{port}"))
        assert ask(settings(f"http://localhost:{port}", allowed_networks=LOOPBACK)) == 1


def test_other_writings_of_an_address_are_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for writing in ("127.1", "2130706433", "0x7f000001"):
        with pytest.raises((RefusedAddress, TemporaryFailure)):
            ask(settings(f"http://{writing}:1"))


def test_an_address_that_the_base_url_names_is_allowed_and_no_other() -> None:
    with listening(says(b"1")) as port:
        url = f"http://127.0.0.1:{port}"
        assert ask(settings(url)) == 1
        with pytest.raises(RefusedHost):
            ask(settings(url), f"http://127.0.0.2:{port}/x")
        both = settings(url, allowed_hosts=["127.0.0.1", "127.0.0.2"])
        with pytest.raises(RefusedAddress):
            ask(both, f"http://127.0.0.2:{port}/x")


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254", "http://0.0.0.0", "http://[::ffff:7f00:1]"]
)
def test_what_is_nobodys_address_must_be_allowed_even_if_named(url: str) -> None:
    with pytest.raises(RefusedAddress):
        ask(settings(url))


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    """A name whose second answer is another one (DNS rebinding) gains nothing."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    with listening(says(b"1", "Connection: close")) as port:
        far_side = HttpJson(
            settings(f"http://bank.example:{port}", allowed_networks=["127.0.0.1/32"]),
            resolver=lambda host, port: next(answers),
        )
        assert far_side.ask("GET", "/x", seconds=20) == 1
        with pytest.raises(RefusedAddress):
            far_side.ask("GET", "/x", seconds=20)


def test_a_dead_address_of_several_does_not_keep_from_the_next() -> None:
    with listening(says(b"1")) as port:
        far_side = HttpJson(
            settings(f"http://bank.example:{port}", allowed_networks=LOOPBACK),
            resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"],
        )
        assert far_side.ask("GET", "/x", seconds=20) == 1


def test_a_resolver_that_never_answers_does_not_hold_the_request() -> None:
    never = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        never.wait(60)
        return []

    far_side = HttpJson(settings("https://bank.example"), resolver=resolve)
    with pytest.raises(TemporaryFailure, match="in time"):
        far_side.ask("GET", "/x", seconds=0.2)
    never.set()


def test_a_name_without_an_address_is_not_reached() -> None:
    with pytest.raises(TemporaryFailure):
        ask(settings("https://nobody.invalid"))
    far_side = HttpJson(settings("https://bank.example"), resolver=lambda host, port: [])
    with pytest.raises(TemporaryFailure, match="no address"):
        far_side.ask("GET", "/x", seconds=20)


def test_what_is_public_is_not_spoken_to_in_plain() -> None:
    far_side = HttpJson(settings("http://bank.example"), resolver=lambda host, port: ["8.8.8.8"])
    with pytest.raises(RefusedAddress, match="plain"):
        far_side.ask("GET", "/x", seconds=20)
    with pytest.raises(RefusedAddress, match="plain"):
        ask(settings("http://8.8.8.8"))


# -- hosts


def test_only_allowed_hosts_are_asked_and_only_the_own_one_gets_the_token() -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket, content: bytes) -> None:
        heard.append(content)
        says(b"1")(connection, content)

    with listening(serve) as port, listening(serve) as other:
        far_side = HttpJson(
            settings(
                f"http://bank.example:{port}",
                token="hunter2",
                allowed_hosts=["bank.example", "*.files.example"],
                allowed_networks=LOOPBACK,
            ),
            resolver=lambda host, port: ["127.0.0.1"],
        )
        assert far_side.ask("GET", "/x", seconds=20) == 1
        assert far_side.ask("GET", f"http://a.files.example:{other}/x", seconds=20) == 1
        for host in ("files.example", "evilfiles.example", "bank.example.evil.example"):
            with pytest.raises(RefusedHost, match=host) as refused:
                far_side.ask("GET", f"http://{host}:{other}/x", seconds=20)
            assert isinstance(refused.value, PermanentFailure)
        with pytest.raises(RefusedHost):
            far_side.ask("GET", "http://li:pw@bank.example/x", seconds=20)
    first, second = heard
    assert b"Bearer hunter2" in first and b"hunter2" not in second


def test_a_redirect_is_not_followed() -> None:
    asked = []

    def elsewhere(connection: socket.socket, content: bytes) -> None:
        asked.append(content)
        says(b"1")(connection, content)

    with listening(elsewhere) as there:
        redirect = says(b"", f"Location: http://127.0.0.1:{there}/", status="307 Elsewhere")
        with listening(redirect) as port, pytest.raises(Unclear, match="HTTP 307"):
            ask(settings(f"http://127.0.0.1:{port}"))
    assert asked == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/a?b=c", b"GET /in/a?b=c HTTP/1.1"),
        ("a/b", b"GET /in/a/b HTTP/1.1"),
        ("//evil.example/x", b"GET /in/evil.example/x HTTP/1.1"),
        ("li@evil.example:80/", b"GET /in/li@evil.example:80/ HTTP/1.1"),
        ("mailto:li", b"GET /in/mailto:li HTTP/1.1"),
        ("?q=http://evil.example/", b"GET /in/?q=http://evil.example/ HTTP/1.1"),
        ("", b"GET /in/ HTTP/1.1"),
    ],
)
def test_a_path_stays_below_the_address_of_the_far_side(path: str, line: bytes) -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket, content: bytes) -> None:
        heard.append(content)
        says(b"1")(connection, content)

    with listening(serve) as port:
        assert ask(settings(f"http://127.0.0.1:{port}/in"), path) == 1
    first, *headers = heard[0].split(b"\r\n")
    assert first == line
    assert f"Host: 127.0.0.1:{port}".encode() in headers


def test_what_one_answer_leaves_behind_is_not_said_with_another_request() -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket, content: bytes) -> None:
        heard.append(content)
        says(b"1", "Set-Cookie: session=of-case-one; Path=/")(connection, content)

    with listening(serve) as port:
        far_side = HttpJson(f"http://127.0.0.1:{port}")
        for accept in ("text/plain", "application/json"):
            far_side.ask("GET", "/x", seconds=20, headers={"accept-encoding": accept})
    assert b"ookie" not in heard[1]
    assert heard[1].lower().count(b"accept-encoding:") == 1


def test_the_trace_goes_along_and_nothing_that_is_none() -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket, content: bytes) -> None:
        heard.append(content)
        says(b"1")(connection, content)

    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    with listening(serve) as port:
        far_side = HttpJson(f"http://127.0.0.1:{port}")
        far_side.ask("GET", "/x", seconds=20, trace=trace)
        far_side.ask("GET", "/x", seconds=20, trace="x\r\nInjected: y")
    assert f"traceparent: {trace}".encode() in heard[0]
    assert b"traceparent" not in heard[1]


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X": "\x00"}, {"X": "十"}, {"X\n": "a"}])
def test_a_header_that_holds_a_line_is_not_sent(headers: dict[str, str]) -> None:
    with pytest.raises(PermanentFailure, match="cannot be sent"):
        HttpJson("http://127.0.0.1:1").ask("GET", "/x", seconds=20, headers=headers)


# -- TLS


def test_a_certificate_is_verified_by_the_name_of_the_host(papers: Papers) -> None:
    with listening(says(b"1"), papers.server("bank.example")) as port:
        own = {"ca_file": papers.ca_file, "allowed_networks": LOOPBACK}
        right = HttpJson(
            settings(f"https://bank.example:{port}", **own), resolver=lambda h, p: ["127.0.0.1"]
        )
        assert right.ask("GET", "/x", seconds=20) == 1
        with pytest.raises(TemporaryFailure, match="CERTIFICATE_VERIFY_FAILED"):
            ask(settings(f"https://127.0.0.1:{port}", **own))


def test_another_authority_is_refused(papers: Papers, tmp_path: Path) -> None:
    other = new_papers(tmp_path / "other")
    with listening(says(b"1"), papers.server("127.0.0.1")) as port:
        url = f"https://127.0.0.1:{port}"
        assert ask(settings(url, ca_file=papers.ca_file)) == 1
        for ca_file in (other.ca_file, None):
            with pytest.raises(TemporaryFailure, match="CERTIFICATE_VERIFY_FAILED"):
                ask(settings(url, ca_file=ca_file))


def test_a_server_that_asks_for_a_certificate_gets_it(papers: Papers, tmp_path: Path) -> None:
    context = papers.server("127.0.0.1", asks_for_certificate=True)
    with listening(says(b"1"), context) as port:
        url, (certificate, key) = f"https://127.0.0.1:{port}", papers.client()
        own = {"ca_file": papers.ca_file}
        assert ask(settings(url, **own, client_cert_file=certificate, client_key_file=key)) == 1
        stranger, strange_key = new_papers(tmp_path / "other").client()
        with pytest.raises(TemporaryFailure):
            ask(settings(url, **own))
        with pytest.raises(TemporaryFailure):
            ask(settings(url, **own, client_cert_file=stranger, client_key_file=strange_key))


def test_a_key_under_a_password_opens_with_it_and_nobody_is_asked(papers: Papers) -> None:
    from cryptography.hazmat.primitives import serialization as forms

    certificate, key = papers.client()
    private = forms.load_pem_private_key(key.read_bytes(), None)
    locked = forms.BestAvailableEncryption(b"hunter2")
    key.write_bytes(private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, locked))
    own = {"client_cert_file": certificate, "client_key_file": key}
    HttpJson(settings("https://a.example", **own, client_key_password=SecretStr("hunter2")))
    for wrong in ("", "hunter3"):
        with pytest.raises(BadTransport) as refused:
            HttpJson(settings("https://a.example", **own, client_key_password=wrong))
        assert "hunter" not in str(refused.value)


# -- proxies


def proxy_to(target: int, heard: list[bytes]) -> Callable[[socket.socket, bytes], None]:
    """Whatever it is asked for, it leads to a port of this machine."""

    def serve(connection: socket.socket, asked: bytes) -> None:
        heard.append(asked)
        with socket.create_connection(("127.0.0.1", target)) as beyond:
            if asked.startswith(b"CONNECT"):
                connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                beyond.sendall(asked)
            relay(connection, beyond)

    return serve


def test_a_proxy_is_used_and_the_certificate_is_that_of_the_far_side(papers: Papers) -> None:
    heard: list[bytes] = []
    with (
        listening(says(b"1"), papers.server("bank.example")) as port,
        listening(proxy_to(port, heard)) as proxy,
    ):
        through = f"http://li:hunter2@127.0.0.1:{proxy}"
        own = {"ca_file": papers.ca_file, "proxy": through, "token": "a-token"}
        assert ask(settings("https://bank.example", **own)) == 1
        assert heard[0].startswith(b"CONNECT bank.example:443")
        assert b"Proxy-Authorization: Basic" in heard[0] and b"a-token" not in heard[0]
        with pytest.raises(TemporaryFailure, match="VERIFY"):
            ask(settings("https://other.example", **own))


def test_through_a_proxy_what_can_be_known_is_held_to() -> None:
    heard: list[bytes] = []
    with listening(says(b"1")) as port, listening(proxy_to(port, heard)) as proxy:
        through = {"proxy": f"http://127.0.0.1:{proxy}"}
        assert ask(settings("http://bank.example", **through, allow_plain=True)) == 1
        assert heard.pop().startswith(b"GET http://bank.example/x")
        with pytest.raises(RefusedAddress, match="plain"):
            ask(settings("http://bank.example", **through))
        inner = settings("https://bank.example", **through, allowed_hosts=["10.0.0.1"])
        with pytest.raises(RefusedAddress):
            ask(inner, "https://10.0.0.1/x")
    assert heard == []


def test_a_proxy_that_refuses_took_nothing() -> None:
    with listening(says(b"", status="407 Who")) as proxy, pytest.raises(TemporaryFailure):
        ask(settings("https://bank.example", proxy=f"http://127.0.0.1:{proxy}"))


# -- time and size


def dribbles(connection: socket.socket, asked: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def test_headers_that_drip_end_with_the_time_of_the_whole() -> None:
    with listening(dribbles) as port, pytest.raises(Unclear, match="Timeout"):
        ask(settings(f"http://127.0.0.1:{port}"), seconds=0.3)


def test_a_far_side_that_takes_no_more_ends_with_the_time_of_the_whole() -> None:
    def never_reads(connection: socket.socket, asked: bytes) -> None:
        threading.Event().wait(5)

    with listening(never_reads) as port, pytest.raises(Unclear, match="WriteTimeout"):
        HttpJson(f"http://127.0.0.1:{port}").ask("POST", "/x", seconds=0.3, body="x" * 50_000_000)


def test_what_is_packed_is_bounded_by_what_it_unpacks_to() -> None:
    bomb = gzip.compress(b"[" + b"0," * 50_000_000 + b"0]", 1)
    with (
        listening(says(bomb, "Content-Encoding: gzip")) as port,
        pytest.raises(Unclear, match="longer than"),
    ):
        ask(settings(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        (gzip.compress(b"[1]", mtime=0)[:-6], "gzip", "breaks off"),
        (b"no gzip at all", "gzip", "packed wrongly"),
        (b"x", "br", "unknown here"),
    ],
    ids=["breaks-off", "wrongly", "unknown"],
)
def test_what_is_packed_wrongly_is_unclear(content: bytes, encoding: str, said: str) -> None:
    with (
        listening(says(content, f"Content-Encoding: {encoding}")) as port,
        pytest.raises(Unclear, match=said),
    ):
        ask(settings(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_what_is_packed_rightly_is_read(pack: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if pack is gzip.compress else "deflate"
    with listening(says(pack(b"[1]"), f"Content-Encoding: {encoding}")) as port:
        assert ask(settings(f"http://127.0.0.1:{port}")) == [1]


def test_a_refusal_that_says_the_token_again_does_not_bring_it_into_the_error() -> None:
    with (
        listening(says(b"bad token hunter2", status="401 No")) as port,
        pytest.raises(PermanentFailure, match=r"bad token \*\*\*"),
    ):
        ask(settings(f"http://127.0.0.1:{port}", token="hunter2"))


# -- XML


def ask_xml(content: bytes) -> object:
    with listening(says(content)) as port:
        far_side = HttpXml(f"http://127.0.0.1:{port}", max_bytes=200_000)
        return far_side.ask("GET", "/x", seconds=20)


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>
<l>&b;</l>"""
FETCHES = b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAUGHS, "document type"),
        (FETCHES, "document type"),
        (b'<!DOCTYPE l SYSTEM "http://127.0.0.1/x.dtd"><l/>', "document type"),
        (b"<a>" * 100 + b"</a>" * 100, "nested too deeply"),
        (b"<a>" * 5000, "nested too deeply"),
        (b"<a>" + b"<b/>" * 100_000 + b"</a>", "longer than"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a>&nbsp;</a>", "not well-formed"),
        (b"{}", "not well-formed"),
        (b"<a>\x00</a>", "not well-formed"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "not well-formed"),
        (b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>', "no XML"),
        (b"<a/><b/>", "not well-formed"),
        ("<a>十</a>".encode("big5"), "not well-formed"),
    ],
)
def test_xml_that_is_none_or_asks_for_more_is_unclear(content: bytes, said: str) -> None:
    with pytest.raises(Unclear, match=said):
        ask_xml(content)


def test_xml_is_asked_and_answered_and_held_to_a_shape() -> None:
    from xml.etree import ElementTree

    class Account(BaseModel):
        number: str
        balance: str

    class Accounts(BaseModel):
        person: str
        account: list[Account]

    heard: list[bytes] = []
    given = """<?xml version="1.0" encoding="GBK"?><r:answer xmlns:r="urn:r">
      <r:person> 张三 </r:person>
      <r:account><r:number>1</r:number><r:balance>2.50</r:balance></r:account>
    </r:answer>""".encode("gbk")

    def serve(connection: socket.socket, content: bytes) -> None:
        heard.append(content)
        says(given)(connection, content)

    body = ElementTree.Element("ask")
    ElementTree.SubElement(body, "person").text = "张三 & 李四"
    with listening(serve) as port:
        far_side = HttpXml(f"http://127.0.0.1:{port}", "a-token")
        root = far_side.ask("POST", "/x", seconds=20, body=body)
    assert root is not None
    found = Accounts.model_validate(xml_as_data(root, lists={"account"}))
    assert found.person == "张三" and found.account == [Account(number="1", balance="2.50")]
    assert "<person>张三 &amp; 李四</person>".encode() in heard[0]
    assert b"Content-Type: application/xml" in heard[0] and b"Bearer a-token" in heard[0]


def test_no_xml_at_all_is_an_answer() -> None:
    assert ask_xml(b"") is None
