"""The example's accounts are offered to someone at this machine, and to nobody else."""

import itertools

import pytest

from qipan.faces.office.example_gate import is_loopback_address, is_loopback_host, may_enter_example

AT_HOME = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", "SERVER_PROTOCOL": "HTTP/1.1"}
LOOPBACK_PEERS = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"]
OTHER_PEERS = [
    *("", "unix:", "localhost", "10.0.0.1", "192.168.1.5", "172.17.0.1", "0.0.0.0", "::", "8.8.8.8", "128.0.0.1"),
    *(
        "126.255.255.255",
        "::ffff:10.0.0.1",
        "fe80::1",
        "::1%eth0",
        "127.0.0.1:8000",
        "127.0.0.1, 8.8.8.8",
        "2130706433",
    ),
    *("127.1", "0x7f.0.0.1", " 127.0.0.1", "127.0.0.1\n"),
]
LOOPBACK_HOSTS = ["127.0.0.1", "127.0.0.1:8000", "localhost", "localhost:80", "LOCALHOST:8000", "[::1]", "[::1]:8000"]
OTHER_HOSTS = [
    *("", "example.com", "chuangcheng.gov.cn", "localhost.evil.cn", "127.0.0.1.evil.cn", "evil.cn:8000", "localhost."),
    *(
        "127.0.0.1@evil.cn",
        "localhost@evil.cn",
        "evil.cn#localhost",
        "localhost/evil.cn",
        "a.localhost",
        "0.0.0.0:8000",
    ),
    *("[::]", "[::1", "::1", "[fe80::1]", "127.1", "2130706433", "localhost:80:80", "localhost:", "127.0.0.1:port"),
    *("localhost, evil.cn", "localhost\n", " localhost", "192.168.1.5:8000", "[::ffff:8.8.8.8]", "[127.0.0.1]x"),
]
FORWARDED_HEADERS = [
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_SERVER", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED", "HTTP_X_FORWARDED_ANYTHING"),
    *("HTTP_FORWARDED", "HTTP_FORWARDED_FOR", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_ORIGINAL_HOST", "HTTP_X_CLIENT_IP"),
    *("HTTP_X_CLUSTER_CLIENT_IP", "HTTP_TRUE_CLIENT_IP", "HTTP_CF_CONNECTING_IP", "HTTP_X_ORIGINAL_FORWARDED_FOR"),
]


def enters(meta: dict[str, str], *, active: bool = True, elsewhere: bool = False) -> bool:
    return may_enter_example(meta, example_active=active, served_elsewhere=elsewhere)


@pytest.mark.parametrize("peer", LOOPBACK_PEERS)
def test_a_loopback_peer_is_at_this_machine(peer: str) -> None:
    assert is_loopback_address(peer)


@pytest.mark.parametrize("peer", OTHER_PEERS)
def test_any_other_peer_is_not(peer: str) -> None:
    assert not is_loopback_address(peer)


@pytest.mark.parametrize("host", LOOPBACK_HOSTS)
def test_a_loopback_host_names_this_machine(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_any_other_host_does_not(host: str) -> None:
    assert not is_loopback_host(host)


def test_the_door_opens_only_when_every_condition_holds() -> None:
    """All combinations of the conditions: one true row, and every other one false."""
    opened = []
    for active, elsewhere, peer, host, header, protocol in itertools.product(
        (True, False),
        (False, True),
        ("127.0.0.1", "10.0.0.1"),
        ("localhost:8000", "evil.cn"),
        (None, *FORWARDED_HEADERS),
        ("HTTP/1.1", "HTTP/1.0"),
    ):
        meta = {"REMOTE_ADDR": peer, "HTTP_HOST": host, "SERVER_PROTOCOL": protocol}
        if header:
            meta[header] = ""
        if enters(meta, active=active, elsewhere=elsewhere):
            opened.append((active, elsewhere, peer, host, header, protocol))
    assert opened == [(True, False, "127.0.0.1", "localhost:8000", None, "HTTP/1.1")]


@pytest.mark.parametrize("peer", LOOPBACK_PEERS)
@pytest.mark.parametrize("host", LOOPBACK_HOSTS)
def test_every_way_of_naming_this_machine_opens_it(peer: str, host: str) -> None:
    assert enters({**AT_HOME, "REMOTE_ADDR": peer, "HTTP_HOST": host})


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1", "HTTP/0.9", "", "http/1.1"])
def test_what_no_browser_speaks_does_not_open_it(protocol: str) -> None:
    assert not enters({**AT_HOME, "SERVER_PROTOCOL": protocol})


@pytest.mark.parametrize("name", ["REMOTE_ADDR", "HTTP_HOST", "SERVER_PROTOCOL"])
def test_what_is_not_known_does_not_open_it(name: str) -> None:
    assert not enters({key: value for key, value in AT_HOME.items() if key != name})


@pytest.mark.parametrize("header", FORWARDED_HEADERS)
@pytest.mark.parametrize("value", ["", "127.0.0.1", "localhost", "for=127.0.0.1;host=localhost"])
def test_a_forwarded_request_does_not_open_it_whatever_it_claims(header: str, value: str) -> None:
    assert not enters({**AT_HOME, header: value})


@pytest.mark.parametrize("header", ["HTTP_USER_AGENT", "HTTP_VIADUCT", "HTTP_X_REQUESTED_WITH", "HTTP_ORIGIN"])
def test_a_browser_s_own_headers_do_not_close_it(header: str) -> None:
    assert enters({**AT_HOME, header: "x"})
