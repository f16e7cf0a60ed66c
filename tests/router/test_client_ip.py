"""A client's address is what its connection says, unless a trusted proxy says better."""
import pytest

from krakpy.config.model import Router
from krakpy.router.client_ip import client_address
from krakpy.router.headers import RawHeaders


def address(peer, *fields, **options):
    raw = [(name.lower().encode(), value.encode()) for name, value in fields]
    return client_address(Router(**options))(peer, RawHeaders.received(raw))


def behind(*proxies, **options):
    """The address that is found for a peer and `X-Forwarded-For`, with these proxies."""
    options = {"forwarded_by_client_ip": True, "trusted_proxies": proxies, **options}
    return lambda peer, *chains: address(peer, *[("X-Forwarded-For", chain) for chain in chains], **options)


SPOOFED = (("X-Forwarded-For", "9.9.9.9"), ("X-Real-IP", "8.8.8.8"))


@pytest.mark.parametrize(
    "options",
    [{}, {"forwarded_by_client_ip": True}, {"trusted_proxies": ("127.0.0.1",)}],
    ids=["default", "no-proxies", "not-on"],
)
def test_nobody_is_believed_unless_both_options_are_given(options):
    assert address("127.0.0.1", *SPOOFED, **options) == "127.0.0.1"


def test_a_peer_that_is_not_trusted_is_not_believed():
    assert behind("10.0.0.0/8")("127.0.0.1", "9.9.9.9") == "127.0.0.1"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("9.9.9.9", "9.9.9.9"),
        ("6.6.6.6, 9.9.9.9, 10.1.2.3", "9.9.9.9"),
        ("10.1.0.1, 10.1.0.2", "10.1.0.1"),
        ("9.9.9.9, nonsense", "127.0.0.1"),
        ("nonsense, 9.9.9.9", "9.9.9.9"),
        ("9.9.9.9:80", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_rightmost_address_that_is_no_proxys_is_the_client(chain, client):
    assert behind("127.0.0.1", "10.1.0.0/16")("127.0.0.1", chain) == client


def test_repeated_headers_are_one_chain():
    assert behind("127.0.0.1", "10.0.0.0/8")("127.0.0.1", "6.6.6.6, 9.9.9.9", "10.0.0.1") == "9.9.9.9"


@pytest.mark.parametrize("forwarded", [{}, {"forwarded_by_client_ip": True}], ids=["alone", "before-the-others"])
def test_a_trusted_app_engine_is_believed_first(forwarded):
    fields = (*SPOOFED, ("X-Appengine-Remote-Addr", "7.7.7.7"))
    assert address("127.0.0.1", *fields, app_engine=True, trusted_proxies=("127.0.0.1",), **forwarded) == "7.7.7.7"


def test_nobody_is_app_engine_who_is_not_trusted():
    assert address("127.0.0.1", ("X-Appengine-Remote-Addr", "7.7.7.7"), app_engine=True) == "127.0.0.1"


def test_the_headers_of_app_engine_alone_are_believed_where_forwarding_is_off():
    assert address("127.0.0.1", *SPOOFED, app_engine=True, trusted_proxies=("127.0.0.1",)) == "127.0.0.1"


def test_headers_are_searched_in_their_order_and_bad_ones_left_out():
    options = {"forwarded_by_client_ip": True, "trusted_proxies": ("127.0.0.1",)}
    assert address("127.0.0.1", ("X-Real-IP", "8.8.8.8"), ("X-Forwarded-For", "what"), **options) == "8.8.8.8"


def test_only_the_headers_that_are_named_are_searched():
    options = {"forwarded_by_client_ip": True, "trusted_proxies": ("127.0.0.1",), "remote_ip_headers": ("X-Client",)}
    assert address("127.0.0.1", *SPOOFED, ("X-Client", "7.7.7.7"), **options) == "7.7.7.7"


@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8",)])
@pytest.mark.parametrize(
    ("peer", "client"), [("::ffff:127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::ffff:7f00:1", "::ffff:7f00:1")]
)
def test_ipv4_is_written_as_such_where_a_socket_serves_both(proxies, peer, client):
    assert behind(*proxies)(peer) == client


def test_a_proxy_is_trusted_where_a_socket_serves_both():
    assert behind("127.0.0.1")("::ffff:127.0.0.1", "9.9.9.9") == "9.9.9.9"


def test_an_ipv6_proxy_is_trusted():
    assert behind("2001:db8::/32")("2001:db8::5", "9.9.9.9") == "9.9.9.9"


def test_a_network_may_be_written_by_one_of_its_addresses():
    assert behind("10.1.2.3/8")("10.9.9.9", "9.9.9.9") == "9.9.9.9"


def test_what_is_no_address_is_refused_at_start():
    with pytest.raises(ValueError, match=r"proxy\.test"):
        behind("proxy.test")("127.0.0.1")
