"""Manipulations that cannot be done are refused, and those without effect are told."""
import pytest

from krakpy.codes import Code
from tests.config.sample import backend, endpoint, service

PROXY = "endpoints[0].extra_config.proxy"
BACKEND = "endpoints[0].backend[0]"


def proxy(*backends, **keys):
    return service(endpoint(backend=list(backends) or [backend()], extra_config={"proxy": keys}))


def of_backend(proxy=None, http=None, **keys):
    extra = {"proxy": proxy or {}, "backend/http": http or {}}
    return service(endpoint(backend=[backend(extra_config=extra, **keys)]))


def operation(type, *args):
    return {"type": type, "args": list(args)}


DEL, MOVE = operation("del", "a"), operation("move", "a", "b")
SHADOW = backend(extra_config={"proxy": {"shadow": True}})


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        (proxy(combiner="nope"), Code.UNKNOWN_NAME, f"{PROXY}.combiner"),
        (proxy(flatmap_filter=[MOVE, operation("move", "a")]), Code.WRONG_TYPE, f"{PROXY}.flatmap_filter[1].args"),
        (proxy(flatmap_filter=[operation("append", "a")]), Code.WRONG_TYPE, f"{PROXY}.flatmap_filter[0].args"),
        (proxy(flatmap_filter=[operation("del")]), Code.WRONG_TYPE, f"{PROXY}.flatmap_filter[0].args"),
        (
            of_backend({"flatmap_filter": [operation("move")]}),
            Code.WRONG_TYPE, f"{BACKEND}.extra_config.proxy.flatmap_filter[0].args",
        ),
    ],
    ids=["combiner", "move", "append", "del", "backend"],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(refusal, document, code, place):
    (problem,) = refusal(document)
    assert (problem.code, problem.place) == (code, place)


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        (proxy(static={"strategy": "never", "data": {}}), Code.IGNORED, f"{PROXY}.static.strategy"),
        (proxy(strategy="sequential"), Code.IGNORED, f"{PROXY}.strategy"),
        (proxy(strategy="parallel", sequential=True), Code.IGNORED, f"{PROXY}.strategy"),
        (proxy(static={"data": [1]}), Code.IGNORED, f"{PROXY}.static"),
        (proxy(flatmap_filter=[DEL]), Code.IGNORED, f"{PROXY}.flatmap_filter"),
        (proxy(backend(), SHADOW, flatmap_filter=[DEL]), Code.IGNORED, f"{PROXY}.flatmap_filter"),
        (proxy(SHADOW, SHADOW), Code.NO_ENDPOINTS_BACKEND, "endpoints[0].backend"),
        (
            of_backend({"flatmap_filter": [operation("zap", "a")]}),
            Code.IGNORED, f"{BACKEND}.extra_config.proxy.flatmap_filter[0].type",
        ),
        (of_backend({"flatmap_filter": [DEL]}, allow=["a"]), Code.IGNORED, f"{BACKEND}.allow"),
        (of_backend({"flatmap_filter": [DEL]}, deny=["a"]), Code.IGNORED, f"{BACKEND}.deny"),
        (of_backend({"flatmap_filter": [DEL]}, mapping={"a": "b"}), Code.IGNORED, f"{BACKEND}.mapping"),
        (
            of_backend(http={"return_error_code": True, "return_error_details": ""}),
            Code.IGNORED, f"{BACKEND}.extra_config.backend/http.return_error_code",
        ),
    ],
    ids=[
        "strategy", "sequential merger", "parallel merger", "static", "one backend", "one that answers",
        "shadows alone", "operation", "allow", "deny",
        "mapping", "code",
    ],
)  # fmt: skip
def test_what_has_no_effect_is_told(loading, document, code, place):
    (problem,) = loading(document).problems
    assert (problem.code, problem.place, problem.severity) == (code, place, "warning")


@pytest.mark.parametrize(
    "document",
    [
        proxy(combiner="default", static={"strategy": "errored", "data": {"a": 1}}),
        proxy(strategy="sequential", sequential=True),
        proxy(strategy="parallel"),
        proxy(backend(), backend(), SHADOW, flatmap_filter=[DEL, MOVE, operation("append", "a", "b")]),
        of_backend({"flatmap_filter": [MOVE]}, {"return_error_details": "a"}, target="a", group="g"),
        of_backend(http={"return_error_code": True}, allow=["a"], mapping={"a": "b"}),
    ],
    ids=["endpoint", "sequential", "parallel", "flatmap", "backend", "code"],
)
def test_what_has_an_effect_needs_no_words(loading, document):
    assert loading(document).problems == ()


def test_what_could_not_be_read_is_not_looked_at(refusal):
    (problem,) = refusal(proxy(flatmap_filter=[operation("move", "a", ["b"])], combiner={}))[:1]
    assert problem.code is Code.WRONG_TYPE
