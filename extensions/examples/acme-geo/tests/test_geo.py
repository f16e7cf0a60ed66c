"""The country of a request: found by its network, added, and refused where the operator says so."""
import pytest
from acme_geo import Config, Geo
from krakpy_sdk import ConfigError, Headers, Patch, Reply, Request, Response
from krakpy_sdk.actions import patched_request, patched_response

NETWORKS = {"192.0.2.0/24": "NO", "192.0.2.128/25": "SE", "2001:db8::/32": "CL"}


def geo(**settings):
    return Geo(Config(**{"networks": NETWORKS, **settings}))


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("192.0.2.7", "NO"),
        ("192.0.2.200", "SE"),
        ("2001:db8::7", "CL"),
        ("203.0.113.9", None),
        ("", None),
        ("not an address", None),
    ],
    ids=["v4", "the most specific network counts", "v6", "in no network", "no address", "no address at all"],
)
def test_the_country_is_that_of_the_network(address, country):
    assert geo().country(address) == country


def test_the_backend_is_told_the_country():
    request = Request(client_ip="192.0.2.7")
    assert patched_request(request, geo().endpoint_request(request)).headers["X-Country"] == "NO"


def test_the_header_has_the_name_that_is_configured():
    request = Request(client_ip="192.0.2.7")
    assert patched_request(request, geo(header="X-Land").endpoint_request(request)).headers["x-land"] == "NO"


@pytest.mark.parametrize("address", ["192.0.2.7", "203.0.113.9"], ids=["known country", "unknown country"])
def test_a_client_cannot_choose_its_country(address):
    request = Request(client_ip=address, headers=Headers({"x-country": "CL"}))
    assert "CL" not in patched_request(request, geo().endpoint_request(request)).headers.getall("X-Country")


def test_a_blocked_country_is_refused():
    reply = geo(block=("CL",)).endpoint_request(Request(client_ip="2001:db8::7"))
    assert isinstance(reply, Reply)
    assert reply.status == 403


def test_other_countries_pass():
    assert isinstance(geo(block=("CL",)).endpoint_request(Request(client_ip="192.0.2.7")), Patch)


def test_the_answer_holds_the_country_where_the_operator_wants_it():
    response = Response(data={"offers": []})
    patch = geo(data_path="meta.country").endpoint_response(Request(client_ip="192.0.2.7"), response)
    assert patched_response(response, patch).data == {"offers": [], "meta": {"country": "NO"}}


@pytest.mark.parametrize(
    ("data_path", "address", "data"),
    [("", "192.0.2.7", {}), ("country", "203.0.113.9", {}), ("country", "192.0.2.7", None)],
    ids=["not configured", "unknown country", "no-op endpoint"],
)
def test_the_answer_is_left_alone_otherwise(data_path, address, data):
    assert geo(data_path=data_path).endpoint_response(Request(client_ip=address), Response(data=data)) is None


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"networks": {"300.0.0.0/8": "NO"}}, "networks.300.0.0.0/8"),
        ({"networks": {"192.0.2.1/24": "NO"}}, "networks.192.0.2.1/24"),
        ({"networks": {"192.0.2.0/24": "Norway"}}, "networks.192.0.2.0/24"),
        ({"block": ("CL", "no")}, "block[1]"),
        ({"header": "X Country"}, "header"),
    ],
    ids=["not an address", "host bits", "country in a network", "country in block", "header"],
)
def test_a_wrong_setting_is_refused_at_its_place(settings, path):
    with pytest.raises(ConfigError) as refused:
        Config(**settings)
    assert refused.value.path == path


def test_without_settings_private_addresses_are_nobodys_country():
    assert Geo().country("10.1.2.3") == "ZZ"
