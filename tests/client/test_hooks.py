"""An extension may stand for an upstream."""
import pytest
from krakpy_sdk import Reply, Request, UpstreamError
from krakpy_sdk.testing import answers, backend_settings

from krakpy.client.hooks import ClientHooks
from krakpy.errors import ExtensionError
from tests.extension.instances import hook


def hooks(*listed):
    upstream = answers()
    return ClientHooks(backend_settings(hooks=listed), upstream), upstream


async def test_what_it_replies_is_the_upstreams_answer():
    seen = []

    def execute(self, request):
        seen.append(request.url)
        return Reply(201, headers={"X-A": "1"}, body=b"{}")

    client, upstream = hooks(hook(execute=execute))
    response = await client(Request(url="http://a.test/b"))
    assert (response.status, response.headers["x-a"], response.body) == (201, "1", b"{}")
    assert (seen, upstream.requests) == (["http://a.test/b"], [])


@pytest.mark.parametrize("listed", [(), (hook(execute=lambda self: None),)], ids=["nobody", "one without an answer"])
async def test_an_upstream_that_gives_no_answer_has_failed(listed):
    client, _ = hooks(*listed)
    with pytest.raises(UpstreamError, match="gave no answer"):
        await client(Request())


async def test_a_failure_of_its_upstream_is_a_failed_backend():
    def execute(self):
        raise UpstreamError("ldap is down")

    with pytest.raises(UpstreamError, match="ldap is down"):
        await hooks(hook(execute=execute))[0](Request())


async def test_one_that_fails_is_an_extensions_failure():
    with pytest.raises(ExtensionError):
        await hooks(hook(execute=lambda self: 1 / 0))[0](Request())
