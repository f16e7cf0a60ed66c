"""Where hosts come from."""
from krakpy_sdk.testing import backend_settings

from krakpy.discovery import Static


def test_static_gives_the_hosts_of_the_configuration():
    hosts = ("http://a.test", "http://b.test", "http://a.test")
    assert Static(None).hosts(backend_settings(hosts=list(hosts)))() == hosts
