"""A request on a shorter way in is there for whoever looks at it."""
import pytest
from krakpy_sdk import Request

from krakpy.visit import Asked


def test_a_request_is_made_once_and_only_if_somebody_looks():
    made = []

    def make():
        made.append(1)
        return Request("POST", "/x", client_ip="9.9.9.9")

    request = Asked(make)
    assert not made
    assert (request.method, request.path, request.client_ip, request.url) == ("POST", "/x", "9.9.9.9", "")
    assert request.replace(url="http://x").url == "http://x"
    assert (made, isinstance(request, Request)) == ([1], True)
    with pytest.raises(AttributeError):
        request.nothing  # noqa: B018
