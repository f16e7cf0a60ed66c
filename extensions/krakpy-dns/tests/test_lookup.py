"""Questions are asked as DNS has them."""
import pytest
from krakpy_dns.lookup import look_up
from krakpy_dns.records import Record
from krakpy_dns.settings import address_of
from krakpy_sdk import UpstreamError


def asked(name_server, name):
    return look_up(name, [address_of(name_server.address)])


def test_the_records_of_a_name_are_given(name_server):
    name_server.zone["_api._tcp.a.test"] = ["1 2 8080 x.a.test.", "3 4 80 y.a.test."]
    assert sorted(asked(name_server, "_api._tcp.a.test")) == [
        Record(1, 2, "x.a.test.", 8080), Record(3, 4, "y.a.test.", 80),
    ]  # fmt: skip
    assert name_server.asked == ["_api._tcp.a.test"]


def test_a_name_may_have_many(name_server):
    name_server.zone["a.test"] = [f"0 1 {port} host{port}.a.test." for port in range(1, 401)]
    assert len(asked(name_server, "a.test")) == 400


@pytest.mark.parametrize("zone", [{}, {"a.test": []}], ids=["no such name", "no records"])
def test_a_name_without_records_is_an_error(name_server, zone):
    name_server.zone = zone
    with pytest.raises(UpstreamError, match=r"no SRV records of 'a\.test'"):
        asked(name_server, "a.test")


def test_a_name_server_that_fails_is_an_error(name_server):
    name_server.is_broken = True
    with pytest.raises(UpstreamError, match=r"no SRV records of 'a\.test'"):
        asked(name_server, "a.test")


@pytest.mark.parametrize("name", ["a..test", "x" * 64 + ".test", "http://a.test"])
def test_what_is_no_name_is_an_error(name_server, name):
    with pytest.raises(UpstreamError):
        asked(name_server, name)


def test_the_systems_name_servers_are_asked_where_there_are_no_others():
    with pytest.raises(UpstreamError):
        look_up("a..test")
