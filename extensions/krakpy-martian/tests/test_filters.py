"""A filter calls its modifier for what matches, and `else` for all the rest, on the way out and on the way back."""
import pytest
from krakpy_sdk import Headers, Response

URL = "https://a.b.test/users/7?k=v&empty="

MATCHES = {
    "header": ({"header.Filter": {"name": "x-a", "value": "1"}}, {"X-A": "1"}, {"X-A": "2"}),
    "header pattern": ({"header.RegexFilter": {"header": "x-a", "regex": "^y"}}, {"X-A": "yes"}, {"X-A": "no yes"}),
    "cookie": ({"cookie.Filter": {"name": "c"}}, {"Cookie": "b=1; c=2"}, {"Cookie": "b=c"}),
    "cookie and value": ({"cookie.Filter": {"name": "c", "value": "2"}}, {"Cookie": "c=2"}, {"Cookie": "c=3"}),
}


def marks(through, config, marked, *, headers=(), has_else=True, url=URL, method="GET", answer=None):
    """What a filter with this configuration does to a request and to its answer."""
    [(name, settings)] = config.items()
    other = {"else": marked("no")} if has_else else {}
    exchange = through({name: {**settings, "modifier": marked("yes"), **other}}, answer or Response())
    asked, came = exchange(headers=headers, url=url, method=method)
    return asked.headers.get("X-Mark"), came.headers.get("X-Mark")


@pytest.mark.parametrize(("config", "match", "other"), MATCHES.values(), ids=MATCHES)
def test_a_request_is_judged_by_its_fields(through, marked, config, match, other):
    has_else = "header.RegexFilter" not in config
    no = "no" if has_else else None
    assert marks(through, config, marked, headers=match, has_else=has_else)[0] == "yes"
    assert marks(through, config, marked, headers=other, has_else=has_else)[0] == no
    assert marks(through, config, marked, has_else=has_else)[0] == no


@pytest.mark.parametrize(
    ("config", "fields", "mark"),
    [
        ({"header.Filter": {"name": "x-r", "value": "1"}}, {"X-R": "1"}, "yes"),
        ({"header.Filter": {"name": "x-r", "value": "1"}}, {"X-R": "2"}, "no"),
        ({"cookie.Filter": {"name": "c", "value": "2"}}, {"Set-Cookie": "c=2; Path=/"}, "yes"),
        ({"cookie.Filter": {"name": "c", "value": "2"}}, {"Set-Cookie": "d=2; c=2"}, "no"),
    ],
)
def test_an_answer_is_judged_by_its_own_fields(through, marked, config, fields, mark):
    assert marks(through, config, marked, answer=Response(headers=Headers(fields)))[1] == mark


def test_a_header_pattern_looks_at_the_request_for_the_answer_too(through, marked):
    config = {"header.RegexFilter": {"header": "X-A", "regex": "y"}}
    assert marks(through, config, marked, headers={"X-A": "y"}, has_else=False) == ("yes", "yes")


TARGETS = {
    "parameter": ({"querystring.Filter": {"name": "k", "value": "v"}}, "yes"),
    "another value": ({"querystring.Filter": {"name": "k", "value": "w"}}, "no"),
    "a parameter that is there": ({"querystring.Filter": {"name": "empty"}}, "yes"),
    "a parameter that is not": ({"querystring.Filter": {"name": "none"}}, "no"),
    "parts": ({"url.Filter": {"scheme": "https", "path": "/users/7", "query": "k=v&empty="}}, "yes"),
    "a host with a star": ({"url.Filter": {"host": "*.b.test"}}, "yes"),
    "a host with a star too few": ({"url.Filter": {"host": "*.test"}}, "no"),
    "another path": ({"url.Filter": {"path": "/users"}}, "no"),
    "a pattern": ({"url.RegexFilter": {"regex": "b.test/users/[0-9]+[?]k"}}, "yes"),
    "a pattern that is not there": ({"url.RegexFilter": {"regex": "^/users"}}, "no"),
    "the usual port": ({"port.Filter": {"port": 443}}, "yes"),
    "another port": ({"port.Filter": {"port": 80}}, "no"),
    "a method": ({"method.Filter": {"method": "get"}}, "yes"),
}


@pytest.mark.parametrize(("config", "mark"), TARGETS.values(), ids=TARGETS)
def test_a_request_is_judged_by_where_it_goes_and_its_answer_with_it(through, marked, config, mark):
    assert marks(through, config, marked) == (mark, mark)


def test_a_port_that_is_written_counts(through, marked):
    assert marks(through, {"port.Filter": {"port": 81}}, marked, url="http://a.test:81/")[0] == "yes"


def test_a_pattern_takes_linear_time(through, marked):
    hostile, config = {"X-A": "a" * 50_000}, {"header.RegexFilter": {"header": "X-A", "regex": "(a+)+b"}}
    assert marks(through, config, marked, headers=hostile, has_else=False)[0] is None


def test_without_else_the_rest_stays_as_it_is(through, marked):
    assert marks(through, {"header.Filter": {"name": "X-A", "value": "1"}}, marked, has_else=False) == (None, None)


def test_a_scope_is_one_direction(through, marked):
    config = {"port.Filter": {"scope": ["response"], "port": 443}}
    assert marks(through, config, marked) == (None, "yes")
