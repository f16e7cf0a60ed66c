"""A stranger's driver answers for what its one method raises and returns, and for nothing else."""
import asyncio

import pytest
from krakpy_sdk import RejectedError, Response, UpstreamError

from krakpy.errors import ExtensionError
from krakpy.extension.driver import GuardedDriver

from .instances import guard


class Odd(BaseException):
    """What nobody expects."""


def driver(method, function):
    """The guarded method of a driver that does this."""
    return getattr(GuardedDriver(type("Driver", (), {method: staticmethod(function)}), (method,), guard()), method)


def raising(error):
    def call(*_):
        raise error

    return call


async def give(result):
    if isinstance(result, BaseException):
        raise result
    return result


METHODS = {"decode": (b"{}", False), "render": (None, None), "merge": (None, ()), "hosts": (None,)}
BROKEN = [ValueError("no"), KeyError("a"), SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError(), Odd()]


@pytest.mark.parametrize(
    ("method", "result"),
    [("decode", {"a": 1}), ("decode", None), ("render", Response(body=b"x"))],
    ids=["a document", "no document", "a rendered answer"],
)
def test_what_keeps_the_contract_is_passed_on(method, result):
    assert driver(method, lambda *_: result)(*METHODS[method]) is result


async def test_the_hosts_are_asked_through_the_guard():
    hosts = driver("hosts", lambda settings: lambda: ["http://a.test"])(None)
    assert hosts() == ["http://a.test"]


async def test_a_merged_proxy_is_asked_through_the_guard():
    response = Response(data={})
    proxy = driver("merge", lambda settings, backends: lambda request: give(response))(None, ())
    assert await proxy(None) is response


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("error", BROKEN, ids=repr)
def test_whatever_a_driver_raises_is_a_500(method, error):
    if method == "decode" and isinstance(error, ValueError):
        pytest.skip("that is how a decoder says that a body is in another encoding")
    with pytest.raises(ExtensionError) as failure:
        driver(method, raising(error))(*METHODS[method])
    assert (failure.value.status, f"(geo) {method}: {type(error).__name__}" in str(failure.value)) == (500, True)


@pytest.mark.parametrize("error", BROKEN, ids=repr)
async def test_whatever_the_function_of_a_driver_raises_is_a_500(error):
    with pytest.raises(ExtensionError) as failure:
        driver("hosts", lambda settings: raising(error))(None)()
    assert failure.value.status == 500
    with pytest.raises(ExtensionError) as failure:
        await driver("merge", lambda settings, backends: lambda request: give(error))(None, ())(None)
    assert failure.value.status == 500


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("decode", []), ("decode", "{}"), ("decode", b"{}"), ("render", None), ("render", b"x"), ("merge", None),
        ("merge", Response()), ("hosts", ["http://a.test"]),
    ],
    ids=repr,
)  # fmt: skip
def test_a_result_of_another_type_is_a_502(method, result):
    with pytest.raises(ExtensionError) as failure:
        driver(method, lambda *_: result)(*METHODS[method])
    assert failure.value.status == 502
    assert f"{method} returned {type(result).__name__}" in str(failure.value)


@pytest.mark.parametrize("result", [None, "http://a.test", 5, {"a"}], ids=repr)
def test_hosts_that_are_no_list_are_a_502(result):
    with pytest.raises(ExtensionError) as failure:
        driver("hosts", lambda settings: lambda: result)(None)()
    assert failure.value.status == 502


@pytest.mark.parametrize("result", [None, {}, b"x"], ids=repr)
async def test_a_proxy_that_gives_no_response_is_a_502(result):
    proxy = driver("merge", lambda settings, backends: lambda request: give(result))(None, ())
    with pytest.raises(ExtensionError) as failure:
        await proxy(None)
    assert failure.value.status == 502


def test_a_proxy_that_gives_nothing_to_wait_for_is_a_502():
    proxy = driver("merge", lambda settings, backends: lambda request: None)(None, ())
    with pytest.raises(ExtensionError) as failure:
        proxy(None)
    assert failure.value.status == 502


def test_a_renderer_that_is_async_is_a_502_and_its_coroutine_is_closed():
    with pytest.raises(ExtensionError, match="render returned coroutine"):
        driver("render", lambda request, response: give(response))(None, Response())


@pytest.mark.parametrize("error", [UpstreamError("down"), RejectedError("no")], ids=repr)
async def test_krakpys_own_errors_pass(error):
    with pytest.raises(type(error)):
        driver("decode", raising(error))(b"", False)
    with pytest.raises(type(error)):
        await driver("merge", lambda settings, backends: lambda request: give(error))(None, ())(None)


def test_a_decoder_says_with_a_value_error_that_a_body_is_in_another_encoding():
    with pytest.raises(ValueError, match="not CSV"):
        driver("decode", raising(ValueError("not CSV")))(b"", False)
