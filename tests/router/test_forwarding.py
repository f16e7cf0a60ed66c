"""Backends see what the configuration lists of a client's request, and what the gateway says of it."""
import pytest
from krakpy_sdk import Headers, Query, Request
from krakpy_sdk.testing import endpoint_settings

from krakpy import __version__
from krakpy.router.forwarding import forwarder
from krakpy.router.headers import RawHeaders

AGENT = f"krakpy Version {__version__}"
GATEWAYS = {"X-Forwarded-For": "5.5.5.5", "X-Forwarded-Host": "gw.test", "User-Agent": AGENT}
CLIENTS = [
    ("X-One", "1"), ("X-Two", "2"), ("x-lower", "3"), ("Accept", "text/html"), ("Authorization", "Basic abc"),
    ("Cookie", "k=v"),
]  # fmt: skip


def received(*fields, host="gw.test"):
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in fields]
    return RawHeaders.received([(b"host", host.encode()), *raw])


def forwarded(headers, *listed, query="", names=(), **fields):
    forward = forwarder(endpoint_settings(input_headers=listed, input_query_strings=names))
    return forward(Request("GET", "/a", headers=headers, client_ip="5.5.5.5", query=Query.parse(query), **fields), 12.5)


def sent(headers, *listed):
    """The header fields that go on, as a list of pairs without order."""
    return sorted(forwarded(headers, *listed).headers.pairs)


def with_gateways(**fields):
    return sorted((GATEWAYS | fields).items())


def test_nothing_is_forwarded_unless_it_is_listed():
    assert sent(received(*CLIENTS, ("User-Agent", "client/1"))) == with_gateways()


def test_the_content_type_is_forwarded_where_nothing_is_listed():
    assert sent(received(("content-type", "text/plain"))) == with_gateways(**{"Content-Type": "text/plain"})


def test_the_content_type_is_lost_where_something_else_is_listed():
    assert sent(received(("content-type", "text/plain"), ("x-one", "1")), "X-One") == with_gateways(**{"X-One": "1"})


def test_listed_names_are_forwarded_in_any_case():
    assert sent(received(*CLIENTS), "X-One", "X-Lower", "authorization") == with_gateways(
        **{"X-One": "1", "X-Lower": "3", "Authorization": "Basic abc"}
    )


def test_a_star_forwards_everything_whatever_else_is_listed():
    everything = {name.title(): value for name, value in CLIENTS}
    assert sent(received(*CLIENTS), "X-One", "*") == with_gateways(**everything)


@pytest.mark.parametrize("listed", ["User-Agent", "*"])
def test_a_clients_agent_is_forwarded_with_the_gateway_beside_it(listed):
    fields = dict(sent(received(("user-agent", "client/1")), listed))
    assert (fields["User-Agent"], fields["X-Forwarded-Via"]) == ("client/1", AGENT)


@pytest.mark.parametrize("listed", ["User-Agent", "*"])
def test_the_gateway_is_the_agent_of_a_client_without_one(listed):
    assert sent(received(), listed) == with_gateways()


@pytest.mark.parametrize("listed", ["X-R", "*"])
def test_repeated_fields_keep_their_values_in_order(listed):
    headers = received(("x-r", "1"), ("x-r", "2"), ("x-r", "3, 4"))
    assert forwarded(headers, listed).headers.getall("X-R") == ["1", "2", "3, 4"]


OWN = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Via")
HOPS = [
    ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "5"), ("TE", "trailers"), ("Upgrade", "h2c"),
    ("Proxy-Authorization", "x"), ("Transfer-Encoding", "chunked"), ("Trailer", "x"), ("Proxy-Connection", "x"),
    ("Expect", "100-continue"),
]  # fmt: skip


@pytest.mark.parametrize("listed", [("*",), (*OWN, "Forwarded")], ids=["star", "listed"])
def test_what_the_gateway_says_cannot_be_said_by_clients(listed):
    spoofed = [(name, "evil") for name in OWN]
    assert sent(received(*spoofed, ("Forwarded", "for=1.2.3.4")), *listed) == with_gateways(Forwarded="for=1.2.3.4")


@pytest.mark.parametrize("listed", [("*",), ("Host", *[name for name, _ in HOPS])], ids=["star", "listed"])
def test_what_is_about_the_connection_never_passes(listed):
    assert sent(received(*HOPS), *listed) == with_gateways()


@pytest.mark.parametrize("listed", ["Content-Length", "*"])
def test_the_length_of_a_body_is_forwarded_where_it_is_listed(listed):
    assert forwarded(received(("content-length", "5")), listed).headers["Content-Length"] == "5"


def test_a_request_without_host_has_an_empty_one():
    assert forwarded(RawHeaders.received([])).headers["X-Forwarded-Host"] == ""


def test_the_host_keeps_its_port_and_case():
    assert forwarded(received(host="GW.test:8443")).headers["X-Forwarded-Host"] == "GW.test:8443"


def test_bytes_of_a_value_pass_as_they_are():
    assert forwarded(received(("x-one", "caf\xc3\xa9")), "X-One").headers["X-One"] == "caf\xc3\xa9"


def test_what_a_middleware_has_set_is_forwarded_like_the_clients_own():
    headers = Headers({"host": "gw.test", "X-User": "ann", "X-Other": "x"})
    assert sent(headers, "X-User") == with_gateways(**{"X-User": "ann"})


def test_no_parameter_of_the_query_is_forwarded_unless_it_is_listed():
    assert forwarded(received(), query="a=1&b=2").query.pairs == ()


def test_listed_parameters_are_forwarded_in_this_case_with_all_values():
    query = forwarded(received(), query="a=2&b=1&A=3&a=1&page=", names=("a", "page")).query
    assert query.pairs == (("a", "2"), ("a", "1"), ("page", ""))


def test_a_star_forwards_the_whole_query():
    assert forwarded(received(), query="z=1&a=2", names=("*",)).query.pairs == (("z", "1"), ("a", "2"))


def test_a_request_without_query_has_none():
    assert not forwarded(received(), names=("a",)).query.pairs


def test_the_deadline_is_noted_and_the_rest_stays():
    request = forwarded(received(), params={"id": "7"}, endpoint="/a/{id}", body=b"x")
    assert (request.deadline, request.params, request.endpoint, request.body) == (12.5, {"id": "7"}, "/a/{id}", b"x")
