"""`json` wants an object or, for a collection, an array; `safejson` takes anything."""
import pytest

from krakpy.encoding.json_decoder import JsonDecoder, SafeJsonDecoder

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
