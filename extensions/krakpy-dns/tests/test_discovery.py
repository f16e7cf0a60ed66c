"""The hosts of a backend are the targets of its name's SRV records."""
from functools import partial
from threading import Event

import pytest
from krakpy_dns import Dns, DnsSettings
from krakpy_dns.watch import Watch
from krakpy_sdk.testing import backend_settings


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dns(name_server, clock):
    """A discovery that asks our name server, and has its answer before it goes on."""
    watch = partial(Watch, clock=clock, start=lambda job: job())
    return Dns(DnsSettings(nameservers=(name_server.address,)), watch=watch)


def settings(*hosts, **changes):
    return backend_settings(hosts=hosts or ("_api._tcp.a.test",), **changes)


def test_the_hosts_are_there_when_the_gateway_starts(name_server):
    """With threads and a clock of the system's."""
    name_server.zone["_api._tcp.a.test"] = ["0 1 8080 x.a.test."]
    hosts = Dns(DnsSettings(nameservers=(name_server.address,))).hosts(settings())
    assert hosts() == ("http://x.a.test.:8080",)


def test_the_scheme_is_that_of_the_backend(name_server, dns):
    name_server.zone["_api._tcp.a.test"] = ["0 1 443 x.a.test."]
    assert dns.hosts(settings(sd_scheme="https"))() == ("https://x.a.test.:443",)


@pytest.mark.parametrize("scheme", ["http://", "https://"])
def test_a_scheme_that_was_put_before_the_name_is_no_part_of_it(name_server, dns, scheme):
    name_server.zone["a.test"] = ["0 1 80 x.a.test."]
    assert dns.hosts(settings(f"{scheme}a.test"))() == ("http://x.a.test.:80",)


def test_the_first_name_alone_is_looked_up(name_server, dns):
    name_server.zone["a.test"] = ["0 1 80 x.a.test."]
    dns.hosts(settings("a.test", "b.test"))
    assert name_server.asked == ["a.test"]


def test_hosts_follow_the_records(name_server, dns, clock):
    name_server.zone["a.test"] = ["0 1 80 x.a.test."]
    hosts = dns.hosts(settings("a.test", dns_cache_ttl_s=5.0))
    name_server.zone["a.test"] = ["0 1 80 y.a.test."]
    assert hosts() == ("http://x.a.test.:80",)
    clock.now += 5
    assert hosts() == ("http://y.a.test.:80",)


def test_when_the_name_server_fails_the_last_hosts_stay(name_server, dns, clock):
    name_server.zone["a.test"] = ["0 1 80 x.a.test."]
    hosts = dns.hosts(settings("a.test"))
    name_server.is_broken = True
    clock.now += 30
    assert hosts() == ("http://x.a.test.:80",)


def test_without_records_there_are_no_hosts(dns):
    assert dns.hosts(settings("a.test"))() == ()


def test_without_a_name_there_are_no_hosts(name_server, dns):
    assert (dns.hosts(backend_settings(hosts=()))(), name_server.asked) == ((), [])


def test_backends_with_one_name_share_its_look_ups(name_server, dns):
    name_server.zone["a.test"] = ["0 1 80 x.a.test."]
    for _ in range(3):
        dns.hosts(settings("a.test"))
    assert name_server.asked == ["a.test"]


def test_the_start_waits_no_longer_than_one_look_up_may_take_for_all_names_together():
    """However many names a dead name server does not answer for."""
    clock, waited = Clock(), []

    class Never(Event):
        def wait(self, timeout=None):
            waited.append(timeout)
            clock.now += min(timeout, 3.0)
            return False

    def silent(name, find, *, ttl_s):
        watch = Watch(name, find, ttl_s=ttl_s, start=bool)
        watch.answered = Never()
        return watch

    dns = Dns(watch=silent, clock=clock)
    for name in ("a.test", "b.test", "c.test"):
        dns.hosts(settings(name))
    assert waited == [5.0, 2.0, 0.0]
