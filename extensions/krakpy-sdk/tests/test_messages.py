"""Messages cannot be changed, only copied with changes; snapshots are nobody else's."""
from typing import Any

import pytest
from krakpy_sdk import Headers, Query, Request, Response

REQUEST = {
    "method": "POST",
    "path": "/users/7",
    "params": {"id": "7"},
    "query": Query({"a": "1"}),
    "headers": Headers({"X-One": "1"}),
    "body": b"{}",
    "stream": None,
    "url": "http://backend.test/users/7",
    "client_ip": "192.0.2.7",
    "endpoint": "/users/{id}",
    "deadline": 1.5,
}
RESPONSE = {
    "status": 201,
    "headers": Headers({"X-One": "1"}),
    "body": b"{}",
    "stream": None,
    "data": {"a": 1},
    "is_complete": False,
}
OTHER_REQUEST: dict[str, Any] = {
    "method": "PUT",
    "path": "/other",
    "params": {},
    "query": Query(),
    "headers": Headers(),
    "body": None,
    "stream": (),
    "url": "",
    "client_ip": "",
    "endpoint": "",
    "deadline": None,
}
OTHER_RESPONSE: dict[str, Any] = {
    "status": 404,
    "headers": Headers(),
    "body": None,
    "stream": (),
    "data": None,
    "is_complete": True,
}
EACH_FIELD: list[Any] = [
    *((Request, REQUEST, name, other) for name, other in OTHER_REQUEST.items()),
    *((Response, RESPONSE, name, other) for name, other in OTHER_RESPONSE.items()),
]
each_field = pytest.mark.parametrize(
    ("kind", "fields", "name", "other"), EACH_FIELD, ids=[f"{kind.__name__}.{name}" for kind, _, name, _ in EACH_FIELD]
)


def fields_of(message, fields):
    return {name: getattr(message, name) for name in fields}


@pytest.mark.parametrize(("kind", "fields"), [(Request, REQUEST), (Response, RESPONSE)], ids=["request", "response"])
def test_every_field_is_what_was_given(kind, fields):
    assert fields_of(kind(**fields), fields) == fields


@each_field
def test_a_field_cannot_be_assigned(kind, fields, name, other):
    with pytest.raises(AttributeError):
        setattr(kind(**fields), name, other)


@each_field
def test_replace_changes_that_field_in_a_copy(kind, fields, name, other):
    original = kind(**fields)
    assert fields_of(original.replace(**{name: other}), fields) == fields | {name: other}
    assert fields_of(original, fields) == fields


@pytest.mark.parametrize("message", [Request(), Response()], ids=["request", "response"])
def test_replace_refuses_a_field_that_does_not_exist(message):
    with pytest.raises(TypeError, match="pth"):
        message.replace(pth="/typo")


@pytest.mark.parametrize("message", [Request(), Response()], ids=["request", "response"])
def test_nothing_can_be_added_to_a_message(message):
    with pytest.raises(AttributeError):
        message.user = "ann"


def test_a_request_asks_for_the_root_by_default():
    request = Request()
    assert (request.method, request.path, request.query, request.headers, request.params) == ("GET", "/", {}, {}, {})


def test_a_response_is_a_complete_200_by_default():
    response = Response()
    assert (response.status, response.is_complete, response.headers, response.data) == (200, True, {}, None)


@pytest.mark.parametrize("message", [Request(body=b'{"a": [1]}'), Response(body=b'{"a": [1]}')])
def test_json_decodes_the_body(message):
    assert message.json() == {"a": [1]}


@pytest.mark.parametrize("message", [Request(body=b"{"), Response(body=b"")])
def test_json_is_a_value_error_where_the_body_is_none(message):
    with pytest.raises(ValueError, match="line 1"):
        message.json()


@pytest.mark.parametrize("message", [Request(), Response()])
def test_json_says_how_to_ask_for_a_body_that_was_not_read(message):
    with pytest.raises(ValueError, match='body = "buffer"'):
        message.json()


def test_the_repr_of_a_request_says_what_it_asks_for():
    assert [repr(Request("PUT", "/a")), repr(Request(url="http://b.test/"))] == [
        "<Request PUT /a>",
        "<Request GET http://b.test/>",
    ]


def test_the_repr_of_a_response_says_what_it_is():
    assert [repr(Response(404)), repr(Response(is_complete=False))] == ["<Response 404>", "<Response 200 incomplete>"]


def document(response):
    assert response.data is not None
    return response.data


def test_what_is_done_to_a_snapshot_is_not_seen_outside():
    response = Response(data={"users": [{"id": 1}]})
    document(response.snapshot())["users"][0]["id"] = 2
    assert response.data == {"users": [{"id": 1}]}


def test_a_snapshot_keeps_what_its_owner_does_to_it():
    snapshot = Response(data={"a": 1}).snapshot()
    document(snapshot)["b"] = 2
    assert snapshot.data == {"a": 1, "b": 2}


def test_a_copy_of_a_snapshot_is_not_shared_either():
    response = Response(data={"users": [1]})
    document(response.snapshot().replace(status=404))["users"].append(2)
    assert response.data == {"users": [1]}


def test_a_snapshot_of_a_response_without_a_document_has_none():
    assert Response(body=b"raw").snapshot().data is None


def test_a_response_has_no_errors_by_default():
    assert Response().errors == ()


def test_a_response_keeps_its_errors_in_every_copy():
    error = ValueError("late")
    response = Response(errors=(error,))
    assert response.replace(status=404).errors == response.snapshot().errors == (error,)
    assert Response().replace(errors=(error,)).errors == (error,)
