"""The body of a request is read as somebody asks for it, and once."""
import pytest
from krakpy_sdk import RejectedError

from krakpy.router.client_body import ClientBody
from tests.router.client import Client


async def test_the_pieces_come_as_the_client_sends_them():
    assert [piece async for piece in ClientBody(Client("POST", "/", [], b"a", b"", b"b").receive)] == [b"a", b"b"]


async def test_nothing_is_read_before_it_is_asked_for():
    client = Client("POST", "/", [], b"a")
    ClientBody(client.receive)
    assert client.receives == 0


async def test_it_is_known_when_all_is_read():
    body = ClientBody(Client("POST", "/", [], b"a", b"b").receive)
    states = [(piece, body.is_read) async for piece in body]
    assert states == [(b"a", False), (b"b", True)]


async def test_a_message_without_a_body_ends_it():
    async def receive():
        return {"type": "http.request"}

    assert [piece async for piece in ClientBody(receive)] == []


async def test_a_client_that_goes_away_is_an_error_of_the_clients():
    client = Client()
    client.leave()
    with pytest.raises(RejectedError, match="went away") as raised:
        await anext(ClientBody(client.receive))
    assert raised.value.status == 499


async def test_it_cannot_be_read_twice():
    body = ClientBody(Client("POST", "/", [], b"a").receive)
    [_ async for _ in body]
    with pytest.raises(RuntimeError, match="read already"):
        [_ async for _ in body]
