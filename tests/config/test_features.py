"""A key whose feature krakpy does not have is refused by name, and left alone at its default."""

import pytest

from krakpy.codes import Code
from tests.config.sample import backend, endpoint, service


def of_endpoint(**proxy):
    return service(endpoint(extra_config={"proxy": proxy}))


def of_backend(namespace, **keys):
    return service(endpoint(backend=[backend(extra_config={namespace: keys})]))


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (service(use_h2c=True), "use_h2c"),
        (service(async_agent=[{"name": "a"}]), "async_agent"),
        (service(extra_config={"router": {"use_h2c": True}}), "extra_config.router.use_h2c"),
    ],
    ids=str,
)
def test_a_feature_that_is_not_built_is_refused_by_name(refusal, document, place):
    (problem,) = refusal(document)
    assert (problem.code, problem.place) == (Code.NOT_BUILT, place)
    assert place.rpartition(".")[2] in problem.message


@pytest.mark.parametrize("document", [service(use_h2c=True), service(extra_config={"router": {"use_h2c": True}})])
def test_who_asks_for_http2_is_told_what_the_gateway_speaks(refusal, document):
    (problem,) = refusal(document)
    assert "HTTP/1.1" in problem.advice


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (service(extra_config={"router": {"max_payload": 1}}), "extra_config.router.max_payload"),
        (
            service(extra_config={"telemetry/logging": {"access_log_format": "json"}}),
            "extra_config.telemetry/logging.access_log_format",
        ),
        (
            of_backend("backend/http/client", no_redirect=True),
            "endpoints[0].backend[0].extra_config.backend/http/client.no_redirect",
        ),
    ],
    ids=str,
)
def test_a_feature_of_enterprise_is_refused_by_name(refusal, document, place):
    (problem,) = refusal(document)
    assert (problem.code, problem.place) == (Code.ENTERPRISE, place)
    assert "KrakenD Enterprise" in problem.message


@pytest.mark.parametrize(
    "document",
    [
        service(debug_endpoint=False, echo_endpoint=False, use_h2c=False, sequential_start=False, max_header_bytes=0),
        service(read_timeout="0s", idle_timeout=0, dns_cache_ttl="30s", dialer_keep_alive="15s", async_agent=[]),
        service(dialer_fallback_delay="300ms", expect_continue_timeout="0s"),
        service(client_tls={"cipher_suites": [], "min_version": "TLS12"}),
        service(
            extra_config={"router": {"max_payload": 0, "app_engine": False}, "telemetry/logging": {"format": "default"}}
        ),
        of_endpoint(sequential=False, combiner="", static=None, force_sandboxed_request=True),
        of_backend("proxy", shadow=False),
        of_backend("backend/http", return_error_code=False, return_error_details=""),
        service(endpoint(backend=[backend(sd="static")])),
    ],
    ids=str,
)
def test_a_key_at_its_default_is_left_alone(loading, document):
    assert not [problem for problem in loading(document).problems if problem.severity == "error"]
