"""Addresses as gunicorn has them, and as people write them."""
import pytest
from gunicorn.sock import TCP6Socket, TCPSocket, UnixSocket

from krakpy.server.addresses import address_text, socket_class


@pytest.mark.parametrize(
    ("address", "kind", "text"),
    [
        (("127.0.0.1", 80), TCPSocket, "127.0.0.1:80"),
        (("::1", 80), TCP6Socket, "[::1]:80"),
        ("/run/krakpy.sock", UnixSocket, "/run/krakpy.sock"),
    ],
)
def test_an_address_has_a_socket_and_a_text(address, kind, text):
    assert socket_class(address) is kind
    assert address_text(address) == text
