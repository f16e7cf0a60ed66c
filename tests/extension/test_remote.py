"""The same author's code gives the same outcome in the worker and in a host: results, errors, contract, status, log."""
import sys
from importlib import import_module

import pytest
from krakpy_sdk import Headers, Patch, Query, RejectedError, Reply, Response, UpstreamError

from krakpy.errors import ExtensionError
from krakpy.extension.guard import LiveHook

from .hosted import asking, hosted
from .instances import guard

SOURCE = '''
import asyncio, os
from krakpy_sdk import *

class Odd(BaseException): ...
class Mine(RejectedError): ...
class Unspeakable(Exception):
    def __str__(self): raise SystemExit(3)

def raising(error):
    raise error

def case(request):
    return CASES[request.path[1:]](request)

CASES = {
    "nothing": lambda r: None,
    "patch": lambda r: Patch().set_header("X-A", "1").add_header("X-A", "é").remove_header("X-B").set_query("q", "1")
        .remove_query("p").set_method("put").set_path("/other"),
    "bodies": lambda r: Patch().set_body(b"first").set_body(b"\\x00\\xff"),
    "json": lambda r: Patch().set_json({"a": [1, 1.5, None, "é"]}),
    "reply": lambda r: Reply(403, headers={"X-A": "1"}, json={"error": "no"}),
    "an empty reply": lambda r: Reply(204),
    "what it was asked": lambda r: Reply(200, json=[r.method, dict(r.params), r.query.pairs, r.headers.pairs,
        r.client_ip, r.endpoint, r.url, r.deadline, None if r.body is None else r.body.decode("latin-1")]),
    "ValueError": lambda r: raising(ValueError("secret-42")),
    "KeyError": lambda r: {}["country"],
    "SystemExit": lambda r: raising(SystemExit(3)),
    "KeyboardInterrupt": lambda r: raising(KeyboardInterrupt),
    "GeneratorExit": lambda r: raising(GeneratorExit),
    "CancelledError": lambda r: raising(asyncio.CancelledError),
    "BaseException": lambda r: raising(Odd("odd")),
    "ExceptionGroup": lambda r: raising(ExceptionGroup("all", [ValueError()])),
    "MemoryError": lambda r: raising(MemoryError),
    "RecursionError": lambda r: case(r),
    "no text": lambda r: raising(Unspeakable()),
    "ConfigError": lambda r: raising(ConfigError("wrong")),
    "refused": lambda r: raising(RejectedError("no token", status=401, headers={"WWW-Authenticate": "Bearer"})),
    "refused by a class of its own": lambda r: raising(Mine("no")),
    "refused with a status that is none": lambda r: raising(RejectedError("no", status=42)),
    "refused with a header that forges another": lambda r: raising(RejectedError("no", headers={"X": "a\\r\\nb"})),
    "upstream": lambda r: raising(Timeout("slow")),
    "bad status": lambda r: raising(BadStatus("no", backend_status=418, body=b"\\xff", is_passed=True)),
    "merge": lambda r: raising(MergeError((Refused("a"), Undecodable("b")))),
    "object": lambda r: object(),
    "int": lambda r: 5,
    "coroutine": lambda r: asyncio.sleep(0),
    "status": lambda r: Reply(99),
    "header": lambda r: Patch().set_header("X-A", "a\\r\\nb: c"),
    "a patch by hand": lambda r: Patch((("set_header", "X-A", object()),)),
    "a change that nobody knows": lambda r: Patch((("explode", 1),)),
}

class Geo(Extension):
    body = "buffer"
    def endpoint_request(self, request): return case(request)
    async def http_request(self, request):
        await asyncio.sleep(0)
        return case(request)
    def endpoint_response(self, request, response):
        return Patch().set_data("seen", [response.status, response.headers.pairs, response.data, response.is_complete,
            [str(error) for error in response.errors], request.path])
    def backend_response(self, response): return Reply(200)
    def log(self): raise ValueError("late")
    def execute(self, *, request): return Reply(200, text=request.path)
'''
CASES = [line.split('"')[1] for line in SOURCE.splitlines() if line.startswith('    "')]
REQUEST = {
    "headers": Headers([("X-B", "é"), ("X-B", "2")]), "query": Query.parse("p=1&p=%ff&q=a+b"), "params": {"id": "7"},
    "client_ip": "10.0.0.1", "endpoint": "/{id}", "url": "http://b/", "deadline": 12.5, "body": b"\x00\xff",
}  # fmt: skip
#: what a hook that breaks the contract by hand is told of depends on who notices first
LOOSE = ("a patch by hand", "a change that nobody knows")


@pytest.fixture
async def both(site):
    """The same hook in the worker and in a host."""
    async with hosted(site, SOURCE) as host:
        calls = host.calls()
        inproc = LiveHook(import_module("acme_geo").Geo(), guard())
        yield inproc, host.hook(calls)
        calls.close()


async def outcome(hook, name, request, response=None):
    """What becomes of a call, in words that do not depend on where it was made."""
    try:
        return "result", await hook.call(name)(request, response)
    except ExtensionError as error:
        return "failure", error.status, error.problem.code, str(error.problem)
    except (RejectedError, UpstreamError) as error:
        # NOTE: what an author has made of a class of the contract is that class, over there
        kind = type(error).__mro__[1] if type(error).__module__ == "acme_geo" else type(error)
        plain = {key: value for key, value in vars(error).items() if key != "errors"}
        return "meant", kind, str(error), plain, [str(inner) for inner in getattr(error, "errors", ())]


@pytest.mark.parametrize("name", ["endpoint_request", "http_request"], ids=["def", "async def"])
async def test_the_outcome_of_a_call_is_the_same_in_both_tiers(both, events, name):
    for case in CASES:
        inproc, remote = [await outcome(hook, name, asking(case, **REQUEST)) for hook in both]
        if case in LOOSE:
            # NOTE: in the worker a patch is looked at when it is applied, which fails with the same status
            assert remote[:2] == ("failure", 502), case
        else:
            assert remote == inproc, case


async def test_the_log_names_the_same_exception_with_its_file_and_line(both, events):
    for hook in both:
        await outcome(hook, "endpoint_request", asking("ValueError"))
    (_, inproc, told), (_, remote, also_told) = events.told
    assert (remote, also_told) == (inproc, told)
    assert "ValueError: secret-42, at " in remote
    assert told["error"] == "ValueError"


async def test_an_answer_is_seen_whole_and_a_patch_of_it_comes_back(both):
    response = Response(
        201, headers=Headers({"X-A": "é"}), data={"a": [1, 1.5, {"b": None}], "big": 2**80}, is_complete=False,
        errors=(UpstreamError("down"), KeyError("x")),
    )  # fmt: skip
    inproc, remote = [await outcome(hook, "endpoint_response", asking("x"), response) for hook in both]
    plain = lambda found: [list(map(list, part)) if isinstance(part, tuple) else part for part in found]  # noqa: E731
    assert plain(remote[1].changes[0][2]) == plain(inproc[1].changes[0][2])


@pytest.mark.parametrize(("name", "status"), [("backend_response", 502), ("log", 500)])
async def test_what_a_hook_may_return_depends_on_the_hook(both, name, status):
    for hook in both:
        assert (await outcome(hook, name, asking("x"), Response()))[:2] == ("failure", status)


async def test_arguments_are_given_by_name(both):
    for hook in both:
        assert await outcome(hook, "execute", asking("here")) == ("result", Reply(200, text="/here"))


async def test_a_hook_in_shadow_mode_changes_nothing(site, events):
    async with hosted(site, SOURCE) as host:
        calls = host.calls()
        assert await host.hook(calls, mode="shadow").call("endpoint_request")(asking("reply"), None) is None
        assert "Reply" in events.fields("in shadow mode")["result"]
        calls.close()


async def test_what_the_host_does_not_import_the_worker_does_not_either(site):
    async with hosted(site, SOURCE) as host:
        calls = host.calls()
        assert await host.hook(calls).call("endpoint_request")(asking("patch"), None) != Patch()
        calls.close()
    assert "acme_geo" not in sys.modules


