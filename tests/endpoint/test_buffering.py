"""A body is read once where several calls send it."""
import pytest
from krakpy_sdk import RejectedError, Request
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings

from krakpy.endpoint.buffering import BufferBody
from tests.endpoint.services import endpoint


class Backends:
    """Settings of an endpoint with backends that make so many calls each."""

    def __init__(self, *calls):
        self.backends = [backend_settings(concurrent_calls=number) for number in calls]


async def stream(*pieces):
    for piece in pieces:
        yield piece


async def sent(request, **options):
    backend = answers()
    await BufferBody(endpoint(**options) if options else endpoint_settings(), backend)(request)
    return backend.requests[0]


async def test_a_stream_becomes_a_body():
    request = await sent(Request(stream=stream(b"ab", b"", b"c")))
    assert (request.body, request.stream) == (b"abc", None)


async def test_an_empty_stream_is_an_empty_body():
    assert (await sent(Request(stream=stream()))).body == b""


@pytest.mark.parametrize("body", [None, b"abc"])
async def test_what_is_no_stream_stays(body):
    request = Request(body=body)
    assert await sent(request) is request


@pytest.mark.parametrize(
    ("methods", "body"), [(("GET", "HEAD"), None), (("GET", "POST"), b""), (("DELETE", "GET"), b"")], ids=str
)
async def test_no_body_is_copied_too_where_a_backend_may_be_sent_one(methods, body):
    backends = tuple(backend_settings(method=method) for method in methods)
    upstream = answers()
    await BufferBody(endpoint_settings(backends=backends), upstream)(Request())
    assert upstream.requests[0].body == body


async def test_a_body_of_the_limit_passes():
    assert (await sent(Request(stream=stream(b"ab", b"cd")), max_kept_body=4)).body == b"abcd"


async def test_a_body_above_the_limit_is_refused_as_soon_as_it_is_known():
    async def endless():
        while True:
            yield b"x"

    with pytest.raises(RejectedError, match="more than 4 bytes") as refusal:
        await sent(Request(stream=endless()), max_kept_body=4)
    assert refusal.value.status == 413


@pytest.mark.parametrize(("calls", "applies"), [((), False), ((1,), False), ((3,), True), ((1, 1), True)])
def test_it_is_absent_where_one_call_sends_the_body(calls, applies):
    assert BufferBody.applies_to(Backends(*calls)) is applies
