"""What is asked of Elasticsearch for a query string; the sdk alone is needed."""
import json

import pytest
from acme_martian_esquery import ESQuery, Settings
from krakpy_sdk import ConfigError, Headers, Request

URL = "http://es:9200/shop/_search"


def modified(query, *keys, **fields):
    request = Request("GET", url=f"{URL}{query}", **fields)
    return ESQuery(Settings(keys or ("foo", "bar"))).modify_request(request)


@pytest.mark.parametrize(
    ("query", "url", "asked"),
    [
        ("?foo=1", URL, {"match": {"foo": "1"}}),
        ("?size=3&foo=1&from=2", f"{URL}?size=3&from=2", {"match": {"foo": "1"}}),
        ("?foo=a+b%2Fc%22", URL, {"match": {"foo": 'a b/c"'}}),
        ("?foo=1&foo=2", URL, {"match": {"foo": "1"}}),
        ("?foo=", URL, {"match": {"foo": ""}}),
        ("?foo=1&bar=2", URL, {"bool": {"must": [{"match": {"foo": "1"}}, {"match": {"bar": "2"}}]}}),
        ("?a=%20&b", f"{URL}?a=%20&b", {"match_all": {}}),
        ("", URL, {"match_all": {}}),
    ],
    ids=["one", "among others", "encoded", "twice", "empty", "several", "none of them", "no query"],
)
def test_the_named_parameters_become_the_query_and_the_others_stay(query, url, asked):
    request = modified(query)
    assert (request.method, request.url, json.loads(request.body)) == ("POST", url, {"query": asked})


def test_the_body_says_what_it_is():
    request = modified("?foo=1", headers=Headers({"content-type": "text/plain", "X-A": "1"}))
    about = ("Content-Type", "application/json; charset=UTF-8"), ("Content-Length", str(len(request.body)))
    assert request.headers.pairs == (("X-A", "1"), *about)


@pytest.mark.parametrize("keys", [(), ("",), ("foo", "")])
def test_settings_without_a_parameter_are_refused(keys):
    with pytest.raises(ConfigError, match="at least one parameter"):
        Settings(keys)
