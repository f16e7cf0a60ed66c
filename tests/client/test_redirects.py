"""Redirects are followed as Go follows them, and never away from the backend."""
from types import SimpleNamespace
from typing import Any

import pytest
from krakpy_sdk import Headers, RejectedError, Request, Response, UpstreamError
from krakpy_sdk.testing import answers, backend_settings

from krakpy.client.redirects import Redirects
from krakpy.config.model import BackendHttpClient

HERE = "http://a.test:8080"


def settings_of(*, hosts: Any = (HERE,), discovered: Any = (), sends_body: bool = False) -> Any:
    """A backend's settings with those of its HTTP client."""
    own = vars(backend_settings(hosts=hosts, discover=lambda: discovered))
    return SimpleNamespace(**own, http_client=BackendHttpClient(send_body_on_redirect=sends_body))


def to(location, status=302):
    return Response(status, headers=Headers((("location", location),)), body=b"moved")


def asked(method="GET", url=f"{HERE}/start", **fields):
    fields["headers"] = Headers(fields.get("headers", {}))
    return Request(method, url=url, **fields)


async def followed(*script, request=None, **settings):
    upstream = answers(*script)
    response = await Redirects(settings_of(**settings), upstream)(request or asked())
    return response, upstream.requests


END = Response(200, body=b"end")


@pytest.mark.parametrize("status", [200, 304, 300, 305, 404, 500])
async def test_other_answers_pass_as_they_are(status):
    answer = Response(status, headers=Headers((("Location", "/x"),)))
    response, requests = await followed(answer)
    assert response is answer
    assert len(requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_answer_at_the_end_is_given(status):
    response, requests = await followed(to("/end", status), END)
    assert response is END
    assert [request.url for request in requests] == [f"{HERE}/start", f"{HERE}/end"]


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_without_a_location_passes_as_it_is(status):
    response, requests = await followed(Response(status))
    assert (response.status, len(requests)) == (status, 1)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "/x"),
        ("x?y#z", "/dir/x?y#z"),
        ("../x", "/x"),
        ("?y", "/dir/start?y"),
        (f"{HERE}/x", "/x"),
        ("//a.test:8080/x", "/x"),
        ("HTTP://a.test:8080/x", "/x"),
    ],
)
async def test_a_location_may_be_relative(location, url):
    _, requests = await followed(to(location), END, request=asked(url=f"{HERE}/dir/start"))
    assert requests[1].url == HERE + url


@pytest.mark.parametrize(
    ("method", "status", "then"),
    [
        ("GET", 301, "GET"), ("POST", 301, "GET"), ("PUT", 302, "GET"), ("DELETE", 303, "GET"), ("HEAD", 302, "HEAD"),
        ("POST", 307, "POST"), ("DELETE", 308, "DELETE"), ("HEAD", 307, "HEAD"),
    ],
)  # fmt: skip
async def test_the_method_changes_with_301_302_and_303(method, status, then):
    _, requests = await followed(to("/x", status), END, request=asked(method))
    assert requests[1].method == then


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_these_go_on_without_the_body(status):
    headers = {"Content-Type": "a/b", "Content-Length": "5", "X-A": "1"}
    _, requests = await followed(to("/x", status), END, request=asked("POST", body=b"hello", headers=headers))
    assert (requests[1].body, requests[1].stream) == (None, None)
    assert requests[1].headers.pairs == (("X-A", "1"), ("Referer", f"{HERE}/start"))


async def pieces(*parts):
    for part in parts:
        yield part


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("has_stream", [True, False])
async def test_these_are_not_followed_with_a_body(status, has_stream):
    body = {"stream": pieces(b"hello")} if has_stream else {"body": b"hello"}
    response, requests = await followed(to("/x", status), END, request=asked("POST", **body))
    assert (response.status, len(requests)) == (status, 1)


@pytest.mark.parametrize("has_stream", [True, False])
async def test_send_body_on_redirect_sends_it_again(has_stream):
    body = {"stream": pieces(b"hel", b"lo")} if has_stream else {"body": b"hello"}
    _, requests = await followed(to("/x", 307), END, request=asked("POST", **body), sends_body=True)
    assert [(request.body, request.stream) for request in requests] == [(b"hello", None)] * 2


async def test_send_body_on_redirect_keeps_no_more_than_ten_megabytes():
    request = asked("POST", stream=pieces(*[b"x" * 1_048_576] * 11))
    with pytest.raises(RejectedError) as raised:
        await followed(END, request=request, sends_body=True)
    assert raised.value.status == 413


async def test_c20_a_loop_ends_after_ten_requests():
    upstream = answers(to("/again"))
    with pytest.raises(UpstreamError, match=r"^stopped after 10 redirects$"):
        await Redirects(settings_of(), upstream)(asked())
    assert len(upstream.requests) == 10


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("http://evil.test/", id="C-20-host"),
        pytest.param("//evil.test/", id="C-20-host-only"),
        pytest.param("http://a.test:8081/", id="C-20-port"),
        pytest.param("http://a.test/", id="C-20-default-port"),
        pytest.param("https://a.test:8080/", id="C-20-scheme"),
        pytest.param("file:///etc/passwd", id="C-20-file"),
        pytest.param("http://user@a.test:8080/", id="C-20-user"),
        pytest.param("http://a.test:8080@evil.test/", id="C-20-user-that-looks-like-a-host"),
        pytest.param("http://a.test:8080.evil.test/", id="C-20-host-that-begins-like-ours"),
        pytest.param("http://169.254.169.254/", id="C-20-metadata"),
        pytest.param("http://[::ffff:127.0.0.1]:8080/", id="C-20-mapped-address"),
        pytest.param("http://[", id="C-20-no-url"),
        pytest.param("gopher:x", id="C-20-gopher"),
    ],
)
async def test_a_redirect_away_from_the_backend_is_an_error(location):
    upstream = answers(to(location), END)
    with pytest.raises(UpstreamError):
        await Redirects(settings_of(), upstream)(asked())
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "hosts", [{"hosts": (HERE, "http://b.test/")}, {"discovered": ("http://b.test",)}], ids=["listed", "discovered"]
)
async def test_c20_other_hosts_of_the_backend_may_be_asked(hosts):
    response, _ = await followed(to("http://b.test/x"), END, **hosts)
    assert response is END


async def test_the_previous_url_is_the_referer():
    _, requests = await followed(to("/b"), to("/c"), END)
    assert [request.headers.getall("Referer") for request in requests] == [[], [f"{HERE}/start"], [f"{HERE}/b"]]


async def test_a_referer_of_the_client_stays():
    _, requests = await followed(to("/b"), END, request=asked(headers={"Referer": "http://mine.test"}))
    assert requests[1].headers.getall("Referer") == ["http://mine.test"]


async def test_no_referer_leaves_tls():
    hosts = ("https://a.test", "http://a.test")
    _, requests = await followed(to("http://a.test/x"), END, request=asked(url="https://a.test/s"), hosts=hosts)
    assert "Referer" not in requests[1].headers


SECRETS = {"Authorization": "Bearer x", "Cookie": "a=b", "X-A": "1"}


@pytest.mark.parametrize("location", ["/x", "http://a.test/x", "http://sub.a.test/x"])
async def test_secrets_stay_with_the_host_and_those_below_it(location):
    hosts = ("http://a.test:8080", "http://a.test", "http://sub.a.test")
    _, requests = await followed(to(location), END, request=asked(headers=SECRETS), hosts=hosts)
    assert requests[1].headers["Authorization"] == "Bearer x"


@pytest.mark.parametrize("location", ["http://b.test/x", "http://nota.test/x", "http://test/x"])
async def test_secrets_are_not_shown_to_other_hosts(location):
    hosts = (HERE, "http://b.test", "http://nota.test", "http://test")
    _, requests = await followed(to(location), END, request=asked(headers=SECRETS), hosts=hosts)
    assert list(requests[1].headers) == ["x-a", "referer"]


async def test_the_request_leaves_before_the_answer_is_awaited():
    upstream = answers(END)
    sent = []

    def next(request):
        sent.append(request)
        return upstream(request)

    waiting = Redirects(settings_of(), next)(asked())
    assert len(sent) == 1
    await waiting


def test_it_is_there_for_every_backend():
    assert Redirects.applies_to(backend_settings())
