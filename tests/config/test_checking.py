"""The rules of a configuration, each with the place of what breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krakpy.codes import Code
from krakpy.config.checking import check
from krakpy.config.decoding import decode
from krakpy.config.fields import fields_of
from krakpy.config.model import Backend, Endpoint, Service
from krakpy.config.report import Report
from krakpy.config.settings import resolve
from tests.config.sample import backend, endpoint, service


def at(problems):
    return [(problem.code, problem.place) for problem in problems]


@pytest.mark.parametrize(
    "document",
    [
        {"version": 3},
        service(),
        service(endpoint()),
        service(endpoint(method="post"), endpoint(method="GET")),
        service(endpoint("/u/{id}", backend=[backend(url_pattern="/v/{id}")])),
        service(endpoint("/u/{id}")),
        service(endpoint("/u/{id}"), endpoint("/u/me"), endpoint("/u/{id}/x"), endpoint("/u/{other}", method="POST")),
        service(endpoint(backend=[backend(), backend(method="HEAD")])),
        service(endpoint(output_encoding="no-op")),
        service(endpoint(backend=[{"url_pattern": "/x"}]), host=["h.test"]),
        service(endpoint(backend=[backend(host=["amqp://u:p@h:5672/"], disable_host_sanitize=True)])),
        service(endpoint(backend=[{"extra_config": {"backend/lambda": {}}}])),
        service(listen_ip="::1"),
        service(extra_config={"router": {"trusted_proxies": ["10.0.0.0/8", "::1", "10.0.0.1/8"]}}),
        service(endpoint(backend=[backend(url_pattern="/{JWT.sub}")], extra_config={"auth/validator": {}})),
        service(endpoint(backend=[backend(encoding="rss")])),
    ],
    ids=str,
)
def test_a_configuration_that_keeps_the_rules_is_served(loading, document):
    assert [problem for problem in loading(document).problems if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        ({}, Code.VERSION, "version"),
        ({"version": 2}, Code.VERSION, "version"),
        (service(listen_ip="localhost"), Code.WRONG_TYPE, "listen_ip"),
        (service(port=70000), Code.WRONG_TYPE, "port"),
        (service(host=["http://a/b"]), Code.BAD_HOST, "host[0]"),
        (
            service(extra_config={"router": {"trusted_proxies": ["10.0.0.1", "nonsense"]}}),
            Code.WRONG_TYPE,
            "extra_config.router.trusted_proxies[1]",
        ),
        (service(endpoint("/__health")), Code.BAD_ENDPOINT, "endpoints[0].endpoint"),
        (service(endpoint("")), Code.BAD_ENDPOINT, "endpoints[0].endpoint"),
        (service({"backend": [backend()]}), Code.BAD_ENDPOINT, "endpoints[0].endpoint"),
        (service(endpoint(method="HEAD")), Code.BAD_ENDPOINT, "endpoints[0].method"),
        (service(endpoint(timeout="-1s")), Code.WRONG_TYPE, "endpoints[0].timeout"),
        (service(endpoint(backend=[])), Code.NO_ENDPOINTS_BACKEND, "endpoints[0].backend"),
        (service({"endpoint": "/a"}), Code.NO_ENDPOINTS_BACKEND, "endpoints[0].backend"),
        (
            service(endpoint(output_encoding="no-op", backend=[backend(), backend()])),
            Code.NO_OP,
            "endpoints[0].backend",
        ),
        (
            service(endpoint(backend=[backend(), backend()]), output_encoding="no-op"),
            Code.NO_OP,
            "endpoints[0].backend",
        ),
        (service(endpoint(backend=[backend(method="GET /")])), Code.WRONG_TYPE, "endpoints[0].backend[0].method"),
        (
            service(endpoint(backend=[backend(), backend(host=["a", "http://[::1]:80"])])),
            Code.BAD_HOST,
            "endpoints[0].backend[1].host[1]",
        ),
        (service(endpoint(backend=[{"url_pattern": "/x"}])), Code.NO_HOST, "endpoints[0].backend[0].host"),
        (
            service(endpoint(backend=[backend(url_pattern="/x/{id}")])),
            Code.BAD_PARAMETER,
            "endpoints[0].backend[0].url_pattern",
        ),
        (
            service(endpoint(backend=[backend(), backend(url_pattern="/{resp0_id}")])),
            Code.BAD_PARAMETER,
            "endpoints[0].backend[1].url_pattern",
        ),
    ],
    ids=str,
)
def test_what_breaks_a_rule_is_refused_where_it_stands(refusal, document, code, place):
    assert at(refusal(document)) == [(code, place)]


def test_every_broken_rule_is_found_in_one_run(refusal):
    document = service(
        endpoint("/__debug", method="FETCH"),
        endpoint("/b", backend=[backend(url_pattern="/{x}/{y}", host=["a/b"])]),
        endpoint("/b"),
        timeuot="3s",
        listen_ip="x",
    )
    assert at(refusal(document)) == [
        (Code.UNKNOWN_KEY, "timeuot"),
        (Code.WRONG_TYPE, "listen_ip"),
        (Code.BAD_ENDPOINT, "endpoints[0].endpoint"),
        (Code.BAD_ENDPOINT, "endpoints[0].method"),
        (Code.BAD_HOST, "endpoints[1].backend[0].host[0]"),
        (Code.BAD_PARAMETER, "endpoints[1].backend[0].url_pattern"),
        (Code.BAD_PARAMETER, "endpoints[1].backend[0].url_pattern"),
        (Code.CONFLICT, "endpoints[2].endpoint"),
    ]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (service(version="three"), "version"),
        (service(listen_ip={}), "listen_ip"),
        (service(host=[{}]), "host[0]"),
        (service("x"), "endpoints[0]"),
        (service(endpoint({})), "endpoints[0].endpoint"),
        (service(endpoint(method={})), "endpoints[0].method"),
        (service(endpoint(backend="x")), "endpoints[0].backend"),
        (service(endpoint(backend=["x"])), "endpoints[0].backend[0]"),
        (service(endpoint(backend=[backend(method={})])), "endpoints[0].backend[0].method"),
        (service(endpoint(backend=[backend(host=[{}])])), "endpoints[0].backend[0].host[0]"),
        (service(endpoint(backend=[backend(host={})])), "endpoints[0].backend[0].host"),
        (service(endpoint(backend=[backend(url_pattern={})])), "endpoints[0].backend[0].url_pattern"),
        (
            service(extra_config={"router": {"trusted_proxies": [{}]}}),
            "extra_config.router.trusted_proxies[0]",
        ),
    ],
    ids=str,
)
def test_what_follows_from_an_error_is_not_said_again(refusal, document, place):
    assert at(refusal(document)) == [(Code.WRONG_TYPE, place)]


def test_another_merger_may_have_answers_of_earlier_backends(loading):
    backends = [backend(), backend(url_pattern="/{resp0_id}")]
    document = service(endpoint(backend=backends, extra_config={"proxy": {"strategy": "sequential"}}))
    assert loading(document).settings.endpoints[0].proxy.strategy == "sequential"


def test_a_parameter_behind_a_text_needs_disable_rest(loading, refusal):
    document = service(endpoint("/file.{ext}", backend=[{"url_pattern": "/f/{ext}", "host": ["h"]}]))
    assert at(refusal(document)) == [(Code.BAD_ENDPOINT, "endpoints[0].endpoint")]
    settings = loading(document | {"disable_rest": True}).settings
    assert (settings.endpoints[0].endpoint, settings.endpoints[0].parameters) == ("/file.{ext}", ("ext",))


KEYS = sorted(
    {*fields_of(Service).by_key, *fields_of(Endpoint).by_key, *fields_of(Backend).by_key, "proxy", "@x", "zz"}
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["/a/{b}", "3s", "", "h"])
)


@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.recursive(
            SCALARS,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        ),
    )
)
def test_any_document_is_right_or_has_problems_with_a_place(document):
    """Whatever stands in the file, nothing but problems comes out, and what has none can be resolved."""
    report = Report()
    service = decode(Service, {"version": 3, **document}, "", report, weak=True)
    check(service, report)
    assert all(problem.place for problem in report.problems)
    if not report.has_errors:
        assert len(resolve(service).endpoints) == len(service.endpoints)
