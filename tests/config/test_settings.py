"""Settings are complete: every default is KrakenD's, every value in its final form."""

import pytest

from krakpy.config import settings
from tests.config.sample import backend, endpoint, service


@pytest.fixture
def resolved(loading):
    return lambda *endpoints, **keys: loading(service(*endpoints, **keys)).settings


def first(resolved, /, _endpoint=None, **keys):
    return resolved(_endpoint or endpoint(), **keys).endpoints[0]


def test_a_service_has_krakends_defaults(resolved):
    found = resolved()
    assert (found.port, found.listen_ip, found.timeout_s, found.cache_ttl_s, found.shutdown_wait_s) == (
        8080,
        "",
        2.0,
        0.0,
        0.0,
    )
    assert (found.place, found.config, found.hooks, found.endpoints) == ("", None, (), ())
    assert (found.plugin, found.logging, dict(found.extra_config)) == (None, None, {})


def test_zero_stands_for_the_default(resolved):
    found = resolved(port=0, timeout="0s")
    assert (found.port, found.timeout_s) == (8080, 2.0)


def test_everything_has_the_limit_for_bodies_of_the_service(resolved):
    found = resolved(endpoint(), extra_config={"krakpy/wire": {"max_kept_body": 7}})
    everything = (found, found.endpoints[0], found.endpoints[0].backends[0])
    assert [settings.max_kept_body for settings in everything] == [7] * 3


def test_an_endpoint_inherits_from_the_service(resolved):
    found = first(resolved, timeout="4s", cache_ttl="60s", output_encoding="string", host=["h.test"])
    assert (found.method, found.timeout_s, found.cache_ttl_s, found.output_encoding) == ("GET", 4.0, 60.0, "string")
    assert found.merge_timeout_s == 3.4
    assert found.concurrent_calls == 1


def test_what_an_endpoint_says_itself_counts(resolved):
    own = endpoint(method="post", timeout="1s", cache_ttl="5s", output_encoding="json", concurrent_calls=3)
    found = first(resolved, own, timeout="4s", cache_ttl="60s", output_encoding="string")
    assert (found.method, found.timeout_s, found.cache_ttl_s, found.output_encoding) == ("POST", 1.0, 5.0, "json")
    assert found.concurrent_calls == 3


def test_an_endpoint_cannot_switch_the_cache_time_of_the_service_off(resolved):
    assert first(resolved, endpoint(cache_ttl="0s"), cache_ttl="60s").cache_ttl_s == 60.0


def test_a_backend_inherits_from_its_endpoint(resolved):
    found = first(resolved, endpoint(method="PUT", timeout="1s", concurrent_calls=2)).backends[0]
    assert (found.method, found.endpoint_method, found.endpoint) == ("PUT", "PUT", "/a")
    assert (found.timeout_s, found.concurrent_calls) == (1.0, 2)
    assert (found.encoding, found.sd, found.sd_scheme, found.is_no_op) == ("json", "static", "http", False)


@pytest.mark.parametrize(
    ("own", "ttl_s"),
    [({}, 30.0), ({"dns_cache_ttl": "5s"}, 5.0), ({"dns_cache_ttl": "1s"}, 1.0), ({"dns_cache_ttl": "999ms"}, 30.0)],
)
def test_hosts_that_are_looked_up_grow_at_least_a_second_old(resolved, own, ttl_s):
    assert first(resolved, endpoint(), **own).backends[0].dns_cache_ttl_s == ttl_s


def test_timeout_and_calls_of_a_backend_have_no_effect(loading):
    loaded = loading(service(endpoint(timeout="1s", backend=[backend(timeout="9s", concurrent_calls=9)])))
    found = loaded.settings.endpoints[0].backends[0]
    assert (found.timeout_s, found.concurrent_calls) == (1.0, 1)
    assert len(loaded.problems) == 2


@pytest.mark.parametrize(
    ("own", "hosts"),
    [
        (["a.test/", "https://b.test:8443"], ("http://a.test", "https://b.test:8443")),
        ([], ("http://s.test",)),
    ],
)
def test_hosts_are_clean_and_the_services_where_a_backend_has_none(resolved, own, hosts):
    found = first(resolved, endpoint(backend=[backend(host=own)]), host=["s.test/"]).backends[0]
    assert found.hosts == hosts
    assert tuple(found.discover()) == hosts


def test_hosts_stay_as_written_where_cleaning_is_off(resolved):
    own = backend(host=["http://a.test/base"], disable_host_sanitize=True)
    assert first(resolved, endpoint(backend=[own])).backends[0].hosts == ("http://a.test/base",)


def test_a_no_op_endpoint_makes_its_backend_no_op(resolved):
    found = first(resolved, endpoint(output_encoding="no-op", backend=[backend(encoding="xml")]))
    assert (found.is_no_op, found.backends[0].is_no_op, found.backends[0].encoding) == (True, True, "no-op")


@pytest.mark.parametrize(("written", "encoding"), [("SAFEJSON", "safejson"), ("acme", "acme"), ("", "json")])
def test_the_encoding_of_a_backend_is_in_lower_case(resolved, written, encoding):
    assert first(resolved, endpoint(backend=[backend(encoding=written)])).backends[0].encoding == encoding


def test_paths_are_clean_and_parameters_named(resolved):
    own = endpoint("u/{id}/:part", backend=[backend(url_pattern="v/{id}")])
    found = first(resolved, own)
    assert (found.endpoint, found.parameters) == ("/u/{id}/{part}", ("id", "part"))
    assert found.backends[0].url_pattern == "/v/{id}"


def test_places_are_where_the_objects_stand(resolved):
    found = resolved(endpoint("/a"), endpoint("/b", backend=[backend(), backend()])).endpoints[1]
    assert found.place == "endpoints[1]"
    assert [(one.place, one.index) for one in found.backends] == [
        ("endpoints[1].backend[0]", 0),
        ("endpoints[1].backend[1]", 1),
    ]


def test_namespaces_of_extensions_are_handed_on_without_the_cores_own(resolved):
    own = endpoint(
        extra_config={"proxy": {}, "acme/a": {"k": 1}},
        backend=[backend(extra_config={"proxy": {}, "backend/http": {}, "acme/b": [1]})],
    )
    found = resolved(own, extra_config={"router": {"auto_options": True}, "acme/c": None})
    assert found.router.auto_options
    assert found.extra_config == {"acme/c": None}
    assert found.endpoints[0].extra_config == {"acme/a": {"k": 1}}
    assert found.endpoints[0].backends[0].extra_config == {"acme/b": [1]}


@pytest.mark.parametrize(
    ("written", "name"),
    [("x-user-id", "X-User-Id"), ("X-USER-ID", "X-User-Id"), ("*", "*"), ("", ""), ("a b", "a b"), ("etag", "Etag")],
)
def test_names_of_headers_are_in_their_usual_form(written, name):
    assert settings.canonical(written) == name


def test_lists_of_headers_are_in_their_usual_form_and_query_strings_as_written(resolved):
    own = endpoint(
        input_headers=["x-a", "*"],
        input_query_strings=["Page"],
        backend=[backend(input_headers=[""], input_query_strings=["q"])],
    )
    found = first(resolved, own)
    assert (found.input_headers, found.input_query_strings) == (("X-A", "*"), ("Page",))
    assert (found.backends[0].input_headers, found.backends[0].input_query_strings) == (("",), ("q",))
