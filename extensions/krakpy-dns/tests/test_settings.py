"""Name servers are addresses, with a port or without."""
import pytest
from krakpy_dns.settings import DnsSettings
from krakpy_sdk import ConfigError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.2", ("10.0.0.2", 53)),
        ("127.0.0.1:8600", ("127.0.0.1", 8600)),
        ("::1", ("::1", 53)),
        ("[::1]:5353", ("::1", 5353)),
    ],
)
def test_a_name_server_is_an_address(text, address):
    assert DnsSettings(nameservers=(text,)).addresses == (address,)


@pytest.mark.parametrize(
    "text", ["", "dns.test", "10.0.0.256", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x", "[::1]", "[dns.test]:53"]
)
def test_anything_else_is_an_error_with_its_place(text):
    with pytest.raises(ConfigError) as refused:
        DnsSettings(nameservers=("127.0.0.1", text))
    assert refused.value.path == "nameservers[1]"


def test_without_settings_there_are_none():
    assert DnsSettings().addresses == ()
