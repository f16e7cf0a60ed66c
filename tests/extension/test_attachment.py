"""The hooks of an object run in order; each sees what the one before changed, and none can change what another sees."""
import asyncio

import pytest
from krakpy_sdk import Headers, Patch, RejectedError, Reply, Request, Response, UpstreamError

from krakpy.bodies import MAX_BODY_BYTES
from krakpy.errors import ExtensionError
from krakpy.extension.attachment import MAX_LOGGING, Attachment

from .instances import hook

REQUEST, RESPONSE = Request("POST", "/a", body=b"{}"), Response(201, data={"user": {"name": "Ada"}})


def adding(value):
    """A hook that adds a header to whatever it gets."""
    return hook(
        endpoint_request=lambda self, request: Patch().add_header("X-Seen", value),
        endpoint_response=lambda self, response: Patch().add_header("X-Seen", value),
    )


def attached(*hooks):
    return Attachment(hooks, request="endpoint_request", response="endpoint_response")


async def stream(*parts):
    for part in parts:
        yield part


async def test_requests_are_changed_in_listed_order():
    asked = await attached(adding("a"), adding("b")).asked(REQUEST)
    assert asked.headers.getall("x-seen") == ["a", "b"]


async def test_responses_are_changed_in_listed_order():
    answered = await attached(adding("a"), adding("b")).answered(REQUEST, RESPONSE)
    assert answered.headers.getall("x-seen") == ["a", "b"]


async def test_the_first_reply_ends_the_request():
    seen = []
    refusing = hook(endpoint_request=lambda self, request: Reply(403))
    later = hook(endpoint_request=lambda self, request: seen.append(request))
    assert await attached(adding("a"), refusing, later).asked(REQUEST) == Reply(403)
    assert seen == []


async def test_what_changes_nothing_passes_the_message_itself():
    idle = hook(endpoint_request=lambda self: None, endpoint_response=lambda self: None)
    assert await attached(idle).asked(REQUEST) is REQUEST
    assert await attached(idle).answered(REQUEST, RESPONSE) is RESPONSE


async def test_hooks_of_another_seat_are_not_called():
    other = hook(backend_request=lambda self: Reply(500), http_response=lambda self: Patch().set_status(500))
    assert await attached(other).asked(REQUEST) is REQUEST
    assert await attached(other).answered(REQUEST, RESPONSE) is RESPONSE


async def test_a_hook_sees_no_body_that_it_did_not_ask_for():
    seen = []
    blind = hook(
        endpoint_request=lambda self, request: seen.append(request),
        endpoint_response=lambda self, request, response: seen.extend((request, response)),
    )
    await attached(blind).asked(Request(body=b"secret"))
    await attached(blind).asked(Request(stream=stream(b"secret")))
    await attached(blind).answered(Request(body=b"secret"), Response(body=b"secret"))
    assert [(message.body, message.stream) for message in seen] == [(None, None)] * 4


async def test_a_hook_that_asks_for_bodies_gets_them_whole():
    seen = []
    reader = hook(
        body="buffer",
        endpoint_request=lambda self, request: seen.append(request.body),
        endpoint_response=lambda self, response: seen.append(response.body),
    )
    asked = await attached(reader).asked(Request(stream=stream(b"ab", b"cd")))
    answered = await attached(reader).answered(REQUEST, Response(stream=stream(b"ef", b"gh")))
    assert seen == [b"abcd", b"efgh"]
    assert (asked.body, asked.stream) == (b"abcd", None)
    assert (answered.body, answered.stream) == (b"efgh", None)


async def test_a_request_without_a_body_has_none_to_read():
    request = Request()
    assert await attached(hook(body="buffer", endpoint_request=lambda self: None)).asked(request) is request


async def test_a_stream_that_nobody_asked_for_is_not_read():
    request = Request(stream=stream(b"ab"))
    assert (await attached(adding("a")).asked(request)).stream is request.stream


@pytest.mark.parametrize(
    ("send", "error", "status"),
    [
        (lambda hooks, parts: hooks.asked(Request(stream=parts)), RejectedError, 413),
        (lambda hooks, parts: hooks.answered(REQUEST, Response(stream=parts)), UpstreamError, 500),
    ],
    ids=["of a client", "of an upstream"],
)
async def test_a_body_is_read_up_to_a_limit(send, error, status):
    hooks = attached(hook(body="buffer", endpoint_request=lambda self: None, endpoint_response=lambda self: None))
    with pytest.raises(error) as refusal:
        await send(hooks, stream(b"x" * MAX_BODY_BYTES, b"x"))
    assert refusal.value.status == status
    await send(hooks, stream(b"x" * MAX_BODY_BYTES))


async def test_no_hook_can_change_what_another_one_sees():
    def endpoint_response(self, response):
        response.data["user"]["name"] = "Eve"

    answered = await attached(hook(endpoint_response=endpoint_response)).answered(REQUEST, RESPONSE)
    assert answered.data == {"user": {"name": "Ada"}}


@pytest.mark.parametrize(
    "patch",
    [Patch().set_status(500), Patch((("set_header",),)), Patch((("no such change",),)), Patch(((),))],
    ids=["for the other message", "without arguments", "unknown", "empty"],
)
async def test_a_patch_that_cannot_be_applied_is_a_502_of_its_author(patch):
    hooks = attached(hook(endpoint_request=lambda self, request: patch))
    with pytest.raises(ExtensionError) as failure:
        await hooks.asked(REQUEST)
    assert (failure.value.status, failure.value.instance) == (502, "geo")
    assert "(geo) patch: ContractError" in str(failure.value)


async def test_a_patch_that_may_be_missed_is_left_out():
    skipping = hook({"on_error": "skip"}, endpoint_request=lambda self, request: Patch().set_status(500))
    assert (await attached(skipping, adding("a")).asked(REQUEST)).headers.getall("x-seen") == ["a"]


async def drained(hooks):
    """Let the log hooks end."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def test_log_sees_the_answer_in_the_background_and_without_bodies():
    seen = []

    async def log(self, request, response):
        seen.append((request.path, request.body, response.status, response.body))

    hooks = attached(hook(log=log))
    hooks.log(REQUEST, Response(200, body=b"{}"))
    assert seen == []
    await drained(hooks)
    assert seen == [("/a", None, 200, None)]


async def test_a_log_hook_that_fails_or_spoils_what_it_sees_costs_the_next_one_nothing(events):
    def failing(self, response):
        response.data["user"]["name"] = "Eve"
        raise RejectedError("there is nobody to refuse any more")

    seen = []
    hooks = attached(hook(log=failing), hook(log=lambda self, response: seen.append(response.data)))
    hooks.log(REQUEST, RESPONSE)
    await drained(hooks)
    assert seen == [{"user": {"name": "Ada"}}]
    assert events.fields("(geo) log: RejectedError")["distribution"] == "acme-geo"


async def test_without_log_hooks_nothing_runs_in_the_background():
    attached(adding("a")).log(REQUEST, RESPONSE)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_log_hooks_that_are_too_slow_are_dropped_and_counted(events):
    gate, seen = asyncio.Event(), []

    async def log(self, request):
        await gate.wait()
        seen.append(request)

    hooks = attached(hook({"timeout_s": 60.0}, log=log))
    for _ in range(MAX_LOGGING + 7):
        hooks.log(REQUEST, RESPONSE)
    await asyncio.sleep(0)
    gate.set()
    await drained(hooks)
    hooks.log(REQUEST, RESPONSE)
    await drained(hooks)
    assert len(seen) == MAX_LOGGING + 1
    assert events.fields("answers went unseen") == {"answers": 7}


async def test_headers_of_a_request_are_seen_as_they_are():
    seen = []
    watching = hook(endpoint_request=lambda self, request: seen.append(request.headers["x-a"]))
    await attached(watching).asked(Request(headers=Headers({"X-A": "1"})))
    assert seen == ["1"]


async def test_a_hook_sees_and_changes_the_part_that_it_declares():
    seen = []

    def endpoint_response(self, response):
        seen.append(response.data)
        return Patch().set_data("user.name", "Bob")

    answered = await attached(hook(paths=("user.name",), endpoint_response=endpoint_response)).answered(
        REQUEST, RESPONSE.replace(data={"user": {"name": "Ada", "id": 7}})
    )
    assert seen == [{"user": {"name": "Ada"}}]
    assert answered.data == {"user": {"name": "Bob", "id": 7}}


async def test_without_a_document_there_is_no_part_of_it():
    seen = []
    watching = hook(paths=("user",), endpoint_response=lambda self, response: seen.append(response.data))
    await attached(watching).answered(REQUEST, Response(body=b"raw"))
    assert seen == [None]


async def test_a_log_hook_sees_the_part_that_it_declares():
    seen = []
    hooks = attached(hook(paths=("other",), log=lambda self, response: seen.append(response.data)))
    hooks.log(REQUEST, RESPONSE)
    await drained(hooks)
    assert seen == [{}]


async def test_a_patch_of_what_a_hook_does_not_declare_breaks_the_contract():
    reaching = hook(paths=("user.name",), endpoint_response=lambda self: Patch().remove_data("user"))
    with pytest.raises(ExtensionError, match="remove_data of 'user', which is not in its `paths`"):
        await attached(reaching).answered(REQUEST, RESPONSE)
