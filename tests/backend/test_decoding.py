"""A body becomes a document, and nothing else of the backend's answer stays."""
import pytest
from krakpy_sdk import Headers, Request, Response, Undecodable
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.decoding import Decoding


def decode(body, is_collection):
    if not body:
        raise ValueError("the body is empty")
    return None if body == b"null" else {"body": body, "is_collection": is_collection}


async def decoded(response, **settings):
    return await Decoding(backend_settings(decode=decode, **settings), answers(response))(Request())


@pytest.mark.parametrize("is_collection", [False, True])
async def test_the_body_is_decoded(is_collection):
    response = await decoded(Response(body=b"x"), is_collection=is_collection)
    assert response.data == {"body": b"x", "is_collection": is_collection}


async def test_status_fields_and_body_of_the_backend_are_dropped():
    response = await decoded(Response(201, headers=Headers({"Set-Cookie": "a=b"}), body=b"x"))
    assert (response.status, len(response.headers), response.body, response.stream) == (200, 0, None, None)


async def test_null_stays_null():
    assert (await decoded(Response(body=b"null"))).data is None


@pytest.mark.parametrize("body", [b"", None])
async def test_a_body_that_does_not_decode_is_an_error_of_the_backend(body):
    with pytest.raises(Undecodable, match="the body is empty"):
        await decoded(Response(body=body))


async def test_a_document_is_not_decoded_again():
    response = Response(data={"error_api": {}}, is_complete=False)
    assert await decoded(response) is response


@pytest.mark.parametrize(
    ("settings", "applies"),
    [({"decode": decode}, True), ({"decode": decode, "is_no_op": True}, False), ({"decode": None}, False)],
)
def test_it_is_absent_where_nothing_is_decoded(settings, applies):
    assert Decoding.applies_to(backend_settings(**settings)) is applies


def test_it_cannot_be_made_without_a_decoder():
    with pytest.raises(ValueError, match=r"endpoints\[0\]"):
        Decoding(backend_settings(place="endpoints[0]"), answers())
