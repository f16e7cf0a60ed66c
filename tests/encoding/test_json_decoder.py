"""`json` wants an object or, for a collection, an array; `safejson` takes anything."""
import pytest
from krakpy_sdk import Headers, Response

from krakpy import testing
from krakpy.encoding.json_decoder import JsonConfig, JsonDecoder, SafeJsonDecoder
from krakpy.encoding.json_documents import DEEPEST
from krakpy.encoding.opening import Opening

json = JsonDecoder(None)
safejson = SafeJsonDecoder(None)


@pytest.mark.parametrize(
    ("body", "is_collection", "document"),
    [
        (b'{"a":1}', False, {"a": 1}),
        (b"{}", False, {}),
        (b"null", False, None),
        (b"[1,2]", True, {"collection": [1, 2]}),
        (b"[]", True, {"collection": []}),
        (b"null", True, {"collection": None}),
    ],
)
def test_json_gives_objects_and_collections(body, is_collection, document):
    assert json.decode(body, is_collection) == document


@pytest.mark.parametrize(
    ("body", "is_collection", "message"),
    [
        (b"[1]", False, "the body is an array where an object is due"),
        (b'"a"', False, "the body is a string where an object is due"),
        (b"true", False, "the body is a boolean where an object is due"),
        (b"42", False, "the body is a number where an object is due"),
        (b"4.2", False, "the body is a number where an object is due"),
        (b"{}", True, "the body is an object where an array is due"),
        (b"1", True, "the body is a number where an array is due"),
        (b"", False, "the body is empty"),
        (b"<html>", True, "the body is not JSON"),
    ],
)
def test_json_refuses_everything_else(body, is_collection, message):
    with pytest.raises(ValueError, match=message):
        json.decode(body, is_collection)


@pytest.mark.parametrize("is_collection", [False, True])
@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a":1}', {"a": 1}),
        (b"[1]", {"collection": [1]}),
        (b'"a"', {"content": "a"}),
        (b"42", {"content": 42}),
        (b"null", {"content": None}),
    ],
)
def test_safejson_finds_a_place_for_every_value(body, document, is_collection):
    assert safejson.decode(body, is_collection) == document


@pytest.mark.parametrize("body", [b"", b"nope"])
def test_safejson_refuses_what_is_no_json(body):
    with pytest.raises(ValueError, match="the body is"):
        safejson.decode(body, False)


def nested(depth):
    """A document of so many objects in one another, padded beyond what is opened in any case."""
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1) + b" " * 600


@pytest.mark.parametrize("max_depth", [1, 3, 64, DEEPEST])
@pytest.mark.parametrize("decoder", [JsonDecoder, SafeJsonDecoder])
@pytest.mark.parametrize("is_partial", [False, True], ids=["whole", "partly"])
def test_the_operator_says_how_deep_an_answer_may_be_nested(decoder, max_depth, is_partial):
    made = decoder(JsonConfig(max_depth=max_depth))
    decode = made.partial(Opening()) if is_partial else made.decode
    assert decode(nested(max_depth), False) is not None
    with pytest.raises(ValueError, match=f"deeper than {max_depth} levels"):
        decode(nested(max_depth + 1), False)


ENDPOINTS = [
    ({"encoding": "json"}, {"output_encoding": "json"}),
    ({"encoding": "fast-json"}, {"output_encoding": "fast-json"}),
    ({"encoding": "Fast-JSON"}, {}),
    ({}, {"output_encoding": "fast-json"}),
]


@pytest.mark.parametrize("shape", [{}, {"is_collection": True}, {"deny": ["a.b"], "group": "g"}], ids=str)
@pytest.mark.parametrize("body", [b'{"b": "<", "a": {"b": 1.10, "c": 1e2}}', b"[1, 2]", b"", b"nope"], ids=str)
async def test_fast_json_answers_as_json_does(shape, body):
    upstream = testing.Upstream({"/x": Response(200, headers=Headers({"Content-Type": "text/plain"}), body=body)})
    endpoints = [
        {"endpoint": f"/{index}", "backend": [{"host": ["http://up.test"], "url_pattern": "/x", **shape, **own}], **out}
        for index, (own, out) in enumerate(ENDPOINTS)
    ]
    async with testing.gateway({"endpoints": endpoints}, upstream) as client:
        first, *others = [await client.get(f"/{index}") for index in range(len(endpoints))]
    assert {(answer.status, answer.body, answer.headers) for answer in others} == {
        (first.status, first.body, first.headers)
    }


async def answered(depth, **of_endpoint):
    """The status of a deep answer, where the operator allows as much as there is."""
    upstream = testing.Upstream({"/x": Response(200, body=nested(depth))})
    endpoint = {"endpoint": "/a", "backend": [{"host": ["http://up.test"], "url_pattern": "/x"}], **of_endpoint}
    plugin = {"instances": {"krakpy/json": {"config": {"max_depth": DEEPEST}}}}
    async with testing.gateway({"endpoints": [endpoint], "plugin": plugin}, upstream) as client:
        return (await client.get("/a")).status


@pytest.mark.parametrize("output_encoding", ["json", "xml", "yaml", "negotiate"])
async def test_the_deepest_answer_that_may_be_allowed_is_written_in_every_format(output_encoding):
    assert await answered(DEEPEST, output_encoding=output_encoding) == 200
    assert await answered(DEEPEST + 1, output_encoding=output_encoding) == 500
