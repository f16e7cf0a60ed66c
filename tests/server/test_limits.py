"""Every limit can be set: by KrakenD's own key where there is one, else by `krakpy/wire`."""
from math import inf

import pytest

from krakpy.config.listener import ListenerSettings
from krakpy.config.model import Wire
from krakpy.server.limits import Limits, limits_of


def test_without_a_word_the_limits_are_the_usual_ones():
    assert limits_of(ListenerSettings()) == Limits()


@pytest.mark.parametrize(
    ("settings", "limits"),
    [
        ({"read_header_timeout_s": 3.0}, {"head_deadline_s": 3.0}),
        ({"read_timeout_s": 3.0}, {"read_deadline_s": 3.0, "keep_alive_s": 3.0}),
        ({"read_timeout_s": 3.0, "idle_timeout_s": 4.0}, {"read_deadline_s": 3.0, "keep_alive_s": 4.0}),
        ({"write_timeout_s": 3.0}, {"answer_deadline_s": 3.0}),
        ({"max_header_bytes": 1000}, {"max_header_bytes": 5096}),
        ({"max_header_bytes": 100_000}, {"max_header_bytes": 104_096, "max_header_line": 100_000}),
    ],
    ids=str,
)
def test_keys_of_the_service_come_first(settings, limits):
    wire = Wire(head_deadline=9.0, keep_alive=9.0, max_header_bytes=999)
    expected = {"head_deadline_s": 9.0, "keep_alive_s": 9.0, "max_header_bytes": 999, **limits}
    assert limits_of(ListenerSettings(wire=wire, **settings)) == Limits(**expected)


@pytest.mark.parametrize(
    ("wire", "limits"),
    [
        ({"head_deadline": 1.0}, {"head_deadline_s": 1.0}),
        ({"head_deadline": 0.0}, {"head_deadline_s": inf}),
        ({"body_min_rate": 1}, {"body_min_rate_bytes_per_s": 1}),
        ({"body_grace": 1.0}, {"body_grace_s": 1.0}),
        ({"write_deadline": 1.0}, {"write_deadline_s": 1.0}),
        ({"write_deadline": 0.0}, {"write_deadline_s": inf}),
        ({"keep_alive": 1.0}, {"keep_alive_s": 1.0}),
        ({"keep_alive": 0.0}, {"keep_alive_s": inf}),
        ({"drain_idle": 1.0}, {"drain_idle_s": 1.0}),
        ({"max_connections": 1}, {"max_connections": 1}),
        ({"max_connections_per_address": 1}, {"max_connections_per_address": 1}),
        ({"max_requests_in_flight": 1}, {"max_requests_in_flight": 1}),
        ({"max_line_bytes": 1}, {"max_line_bytes": 1}),
        ({"max_url": 1}, {"max_url": 1}),
        ({"max_header_line": 1}, {"max_header_line": 1}),
        ({"max_headers": 1}, {"max_headers": 1}),
        ({"max_header_bytes": 1}, {"max_header_bytes": 1}),
        ({"max_body": 1}, {"max_body": 1}),
        ({"max_body": 0}, {"max_body": None}),
    ],
    ids=str,
)
def test_every_limit_has_its_key(wire, limits):
    assert limits_of(ListenerSettings(wire=Wire(**wire))) == Limits(**limits)


def test_no_key_is_without_effect():
    tested = {"head_deadline", "body_min_rate", "body_grace", "write_deadline", "keep_alive", "drain_idle"}
    assert {name for name in Wire.__struct_fields__ if not name.startswith("max_")} == tested
