"""Values of earlier answers are found where KrakenD finds them, and written as it writes them."""

import pytest

from krakpy.encoding.json_decoder import JsonDecoder
from krakpy.endpoint.propagation import Source, sources, text_of, value_at

BODY = b'{"n":4.20,"b":true,"l":[1,"x"],"e":[],"z":null,"o":{"k":1},"deep":{"l":[[1,2],{"a":2}]}}'
DOCUMENT = JsonDecoder(None).decode(BODY, False) or {}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("n", "4.20"),
        ("b", "true"),
        ("l", "1,x"),
        ("e", ""),
        ("z", "<nil>"),
        ("o", "map[k:1]"),
        ("o.k", "1"),
        ("deep.l", "[1 2],map[a:2]"),
        ("q", None),
        ("q.n", "4.20"),
        ("n.b", "true"),
    ],
)
def test_a_value_is_written_as_text(path, text):
    assert value_at(DOCUMENT, path.split(".")) == text


def test_false_is_not_a_number():
    assert text_of(False) == "false"


def test_a_placeholder_asks_for_a_value_of_an_earlier_backend():
    assert sources(["/a", "/b/{resp0_user.id}/{id}"], []) == ((), (Source(0, ("user", "id"), "Resp0_user.id"),))


@pytest.mark.parametrize("pattern", ["/{resp1_x}", "/{resp2_x}", "/{resp0}", "/{id}", "/{JWT.sub}"])
def test_what_names_no_earlier_value_asks_for_nothing(pattern):
    assert sources(["/a", pattern], [])[1] == ()


def test_propagated_values_are_for_every_backend_after_the_one_that_answers_them():
    value, body = Source(0, ("x",), "Resp0_x"), Source(1, (), "Resp1")
    assert sources(["/a", "/b", "/c"], ["resp0_x", "resp1", "nonsense"]) == ((), (value,), (value, body))


def test_a_value_is_asked_for_once():
    assert sources(["/a", "/{resp0_x}/{resp0_x}"], ["resp0_x"])[1] == (Source(0, ("x",), "Resp0_x"),)
