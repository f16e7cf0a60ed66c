"""A worker has room for so many connections, in all and of one address."""
import logging

import pytest

from krakpy.server.limits import Limits
from krakpy.server.room import most_connections, most_descriptors
from tests.server.dialogue import Dialogue
from tests.server.stepwise import GET


async def test_one_connection_more_than_there_is_room_for_is_answered_503(caplog):
    first = Dialogue(limits=Limits(max_connections=1))
    more = [Dialogue(service=first.service) for _ in range(3)]
    with caplog.at_level(logging.WARNING):
        await more[0].say(GET)
    assert more[0].heard.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert more[0].is_lingering
    assert (more[1].heard, more[1].is_reset) == (b"", True)
    await first.say(GET)
    assert first.heard.startswith(b"HTTP/1.1 200 ")
    assert first.service.refused == {503: 1}


async def test_being_full_is_told_once_until_there_is_room_again(caplog):
    first = Dialogue(limits=Limits(max_connections=1))
    for _ in range(2):
        with caplog.at_level(logging.WARNING):
            others = [Dialogue(service=first.service) for _ in range(3)]
        assert caplog.text.count("too many connections") == 1
        caplog.clear()
        for dialogue in (*others, first):
            await dialogue.leave()
        first = Dialogue(service=first.service)


async def test_being_full_is_not_told_again_while_there_is_hardly_room(caplog):
    first = Dialogue(limits=Limits(max_connections=20))
    others = [Dialogue(service=first.service) for _ in range(19)]
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await Dialogue(service=first.service).leave()
    await others[0].leave()
    assert caplog.text.count("too many connections") == 1


async def test_an_address_has_so_many_connections_and_its_neighbours_have_their_own():
    first = Dialogue(limits=Limits(max_connections_per_address=2))
    second = Dialogue(service=first.service)
    third = Dialogue(service=first.service)
    neighbour = Dialogue(service=first.service, peer=("192.0.2.8", 1))
    assert third.heard.startswith(b"HTTP/1.1 503 ")
    for dialogue in (second, neighbour):
        await dialogue.say(GET)
        assert dialogue.heard.startswith(b"HTTP/1.1 200 ")
    await third.leave()
    await second.leave()
    assert Dialogue(service=first.service).heard == b""


async def test_connections_without_an_address_are_not_counted_together():
    first = Dialogue(limits=Limits(max_connections_per_address=1), peer="")
    assert Dialogue(service=first.service, peer="").heard == b""


@pytest.mark.parametrize(
    ("wanted", "descriptors", "most"), [(0, 1000, 500), (300, 1000, 300), (990, 1000, 750), (0, 0, 0)]
)
def test_room_is_what_is_asked_for_within_what_the_process_may_open(wanted, descriptors, most):
    assert most_connections(Limits(max_connections=wanted), descriptors) == most


def test_a_process_knows_how_many_descriptors_it_has():
    assert most_descriptors() > 0
