"""What each modifier makes of a request and of its answer."""
import base64
from datetime import UTC, datetime

import pytest
from krakpy_martian.headers import HeaderId
from krakpy_sdk import Headers, Response, UpstreamError

SENT, CAME = (("X-A", "1"), ("x-b", "2"), ("X-A", "3")), Headers([("X-B", "1"), ("X-C", "2"), ("X-B", "3")])

HEADERS = {
    "set": (
        {"header.Modifier": {"name": "x-a", "value": "9"}}, [("x-b", "2"), ("x-a", "9")], [*CAME.pairs, ("x-a", "9")]
    ),
    "append": ({"header.Append": {"name": "X-A", "value": "9"}}, [*SENT, ("X-A", "9")], [*CAME.pairs, ("X-A", "9")]),
    "take out": ({"header.Blacklist": {"names": ["x-A", "X-B"]}}, [], [("X-C", "2")]),
    "copy": (
        {"header.Copy": {"from": "x-b", "to": "X-New"}}, [*SENT, ("X-New", "2")], [*CAME.pairs, ("X-New", "1")]
    ),
    "copy of nothing": (
        {"header.Copy": {"from": "no", "to": "X-New"}}, [*SENT, ("X-New", "")], [*CAME.pairs, ("X-New", "")]
    ),
    "no length": ({"header.Modifier": {"name": "Content-Length", "value": "9"}}, [*SENT], [*CAME.pairs]),
    "no framing": ({"header.Append": {"name": "transfer-encoding", "value": "x"}}, [*SENT], [*CAME.pairs]),
}  # fmt: skip


@pytest.mark.parametrize(("config", "sent", "came"), HEADERS.values(), ids=HEADERS)
def test_header_fields_are_changed_in_both_directions(through, config, sent, came):
    asked, answer = through(config, Response(headers=CAME))(headers=SENT)
    assert (list(asked.headers.pairs), list(answer.headers.pairs)) == (sent, came)


def test_the_host_is_what_the_upstream_is_told(through):
    asked, _ = through({"header.Modifier": {"scope": ["request"], "name": "host", "value": "other.test"}})()
    assert (asked.authority, "host" in asked.headers) == ("other.test", False)
    assert asked.url == "http://api.test:8080/users/7?a=1&b=2"


def test_the_host_can_be_copied(through):
    asked, _ = through({"header.Copy": {"scope": ["request"], "from": "Host", "to": "X-Host"}})()
    assert asked.headers["X-Host"] == "api.test:8080"


def test_a_second_host_is_a_failed_backend(through):
    with pytest.raises(UpstreamError, match="second Host"):
        through({"header.Append": {"scope": ["request"], "name": "Host", "value": "b"}})()


@pytest.mark.parametrize("header", ["", "X-Request"])
def test_a_request_without_an_identifier_is_given_one(through, header):
    name = header or "X-Krakend-Id"
    gateway = through({"header.Id": {"scope": ["request"], **({"header": header} if header else {})}})
    first, second = (gateway()[0].headers[name] for _ in range(2))
    assert (len(first), first[14], first != second) == (36, "4", True)
    assert gateway(headers={name: "mine"})[0].headers[name] == "mine"


def test_an_identifier_is_for_requests_alone():
    assert not hasattr(HeaderId, "modify_response")


BODY = {"body": base64.b64encode(b"new body").decode(), "contentType": "text/x"}
ENCODED = Headers([("Content-Encoding", "gzip"), ("Content-Length", "3"), ("content-type", "text/old"), ("X-A", "1")])


def test_a_body_is_replaced_with_what_describes_it(through):
    asked, answer = through({"body.Modifier": BODY}, Response(headers=ENCODED, body=b"old"))(
        method="POST", headers=ENCODED.pairs, body=b"old"
    )
    assert (asked.body, answer.body) == (b"new body", b"new body")
    assert list(asked.headers.pairs) == [("X-A", "1"), ("Content-Type", "text/x"), ("Content-Length", "8")]
    assert list(answer.headers.pairs) == [("X-A", "1"), ("Content-Type", "text/x")]


@pytest.mark.parametrize(
    ("asked", "status", "body", "range"),
    [
        ("bytes=0-2", 206, b"new", "bytes 0-2/8"),
        ("bytes=4-", 206, b"body", "bytes 4-7/8"),
        ("bytes=4-99", 206, b"body", "bytes 4-7/8"),
        ("bytes=9-", 416, b"", None),
        ("bytes=3-1", 416, b"", None),
        ("bytes=-3", 416, b"", None),
        ("bytes", 416, b"", None),
        ("bytes=0-1,3-4", 200, b"new body", None),
    ],
)
def test_a_part_of_a_body_is_given_to_who_asks_for_it(through, asked, status, body, range):
    _, answer = through({"body.Modifier": {"scope": ["response"], **BODY}})(headers={"Range": asked})
    assert (answer.status, answer.body, answer.headers.get("Content-Range")) == (status, body, range)


def test_a_status_is_set(through):
    _, answer = through({"status.Modifier": {"scope": ["response"], "statusCode": 200}}, Response(404, body=b"x"))()
    assert (answer.status, answer.body) == (200, b"x")


FLAGS = {"secure": True, "httpOnly": True, "maxAge": 60}
COOKIE = {"name": "c", "value": "a b;", "path": "/", "domain": ".x.test", **FLAGS}
LINE = 'c="a b"; Path=/; Domain=x.test; Expires=Thu, 31 Jan 2030 12:00:00 GMT; Max-Age=60; HttpOnly; Secure'


def test_a_cookie_is_added_to_both(through):
    expires = datetime(2030, 1, 31, 12, tzinfo=UTC).isoformat()
    asked, answer = through({"cookie.Modifier": {**COOKIE, "expires": expires}})(headers={"Cookie": "a=1"})
    assert (asked.headers["Cookie"], answer.headers["Set-Cookie"]) == ('a=1; c="a b"', LINE)


@pytest.mark.parametrize(("age", "said"), [(0, "c=v"), (-1, "c=v; Max-Age=0")])
def test_a_cookie_lives_as_long_as_it_says(through, age, said):
    assert through({"cookie.Modifier": {"name": "c", "value": "v", "maxAge": age}})()[1].headers["Set-Cookie"] == said


HERE, REST = "api.test:8080", "/users/7?a=1&b=2"
TARGETS = {
    "a parameter": ({"querystring.Modifier": {"name": "b", "value": "x y"}}, f"http://{HERE}/users/7?a=1&b=x+y", ""),
    "a path and a query": ({"url.Modifier": {"path": "/x", "query": "n=1"}}, f"http://{HERE}/x?n=1", ""),
    "a path without a slash": ({"url.Modifier": {"path": "x"}}, f"http://{HERE}/x?a=1&b=2", ""),
    "a host": ({"url.Modifier": {"host": "b.test", "scheme": "https"}}, f"https://b.test{REST}", HERE),
    "a port": ({"port.Modifier": {"port": 9}}, f"http://api.test:9{REST}", HERE),
    "usual port": ({"port.Modifier": {"defaultForScheme": True}}, f"http://api.test:80{REST}", HERE),
    "no port": ({"port.Modifier": {"remove": True}}, f"http://api.test{REST}", HERE),
}


@pytest.mark.parametrize(("config", "url", "authority"), TARGETS.values(), ids=TARGETS)
def test_a_request_is_sent_elsewhere_and_names_the_host_that_it_had(through, config, url, authority):
    asked, _ = through(config)()
    assert (asked.url, asked.authority) == (url, authority)


def test_the_url_is_stashed_in_a_header_of_both(through):
    asked, answer = through({"stash.Modifier": {"headerName": "X-Url"}})()
    assert asked.headers["X-Url"] == answer.headers["X-Url"] == "http://api.test:8080/users/7?a=1&b=2"


def test_without_the_scope_of_requests_nothing_is_stashed(through):
    assert "X-Url" not in through({"stash.Modifier": {"scope": ["response"], "headerName": "X-Url"}})()[1].headers


@pytest.fixture
def files(tmp_path):
    (tmp_path / "www/users").mkdir(parents=True)
    (tmp_path / "www/users/7").write_text("seven")
    (tmp_path / "www/page.json").write_text("{}")
    (tmp_path / "secret").write_text("hush")
    (tmp_path / "www/link").symlink_to(tmp_path / "secret")
    return {"rootPath": str(tmp_path / "www"), "explicitPaths": {"/doc": "/page.json"}}


@pytest.mark.parametrize(
    ("path", "status", "body", "kind"),
    [
        ("/users/7", 200, b"seven", ""),
        ("/doc", 200, b"{}", "application/json"),
        ("/none", 404, b"", None),
        ("/users/7/x", 404, b"", None),
        ("/../secret", 404, b"", None),
        ("/%2e%2e/secret", 404, b"", None),
        ("/link", 404, b"", None),
        ("/a%00b", 404, b"", None),
    ],
)
def test_a_file_is_the_answer_and_nobody_is_asked(through, files, path, status, body, kind):
    asked, answer = through({"static.Modifier": files})(url=f"http://api.test{path}")
    assert (asked, answer.status, answer.body, answer.headers.get("Content-Type")) == (None, status, body, kind)


def test_a_file_may_stand_for_an_answer_that_was_asked_for(through, files):
    asked, answer = through({"static.Modifier": {"scope": ["response"], **files}})(url="http://api.test/doc")
    assert (asked is None, answer.body, answer.headers["X-B"]) == (False, b"{}", "b")


def test_a_folder_is_no_file(through, files):
    with pytest.raises(UpstreamError, match="cannot be read"):
        through({"static.Modifier": files})(url="http://api.test/users")
