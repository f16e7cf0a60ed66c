"""Hosts that are not served are refused, plain HTTP is sent to TLS, and browsers are told what they may do."""
from types import SimpleNamespace

import pytest
from krakpy_http_secure import HttpSecure, HttpSecureConfig
from krakpy_sdk import ConfigError, Headers, Query, Request, Response
from krakpy_sdk.testing import answers


def secure(*given, is_tls=False, **config):
    settings = SimpleNamespace(config=HttpSecureConfig(**config), is_tls=is_tls)
    return HttpSecure(settings, answers(*(given or (Response(200),))))


def asked(method="GET", path="/a", query="", **headers):
    fields = {name.replace("_", "-"): value for name, value in ({"host": "api.test"} | headers).items()}
    return Request(method, path, headers=Headers(fields), query=Query.parse(query))


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        ((), "any.test", 200),
        (("api.test",), "api.test", 200),
        (("api.test",), "API.test", 200),
        (("api.test",), "api.test:8080", 500),
        (("api.test:8080",), "api.test:8080", 200),
        (("api.test",), "evil.test", 500),
        (("api.test",), "", 500),
    ],
)
async def test_a_host_that_is_not_served_is_refused(hosts, host, status):
    answer = await secure(allowed_hosts=hosts)(asked(host=host))
    assert answer.status == status
    if status == 500:
        assert (answer.body, answer.headers["X-Content-Type-Options"]) == (b"Bad Host\n", "nosniff")


@pytest.mark.parametrize(
    ("pattern", "host", "status"),
    [
        (r".*\.good\.test", "x.good.test", 200),
        (r".*\.good\.test", "good.test", 500),
        (r".*\.good\.test", "x.good.test.evil.test", 500),
        (r"a|b.test", "a.evil.test", 500),
        (r"(a*)*b", "a" * 5000, 500),
    ],
)
async def test_a_pattern_is_for_a_whole_host_and_takes_linear_time(pattern, host, status):
    assert (await secure(allowed_hosts=(pattern,), allowed_hosts_are_regex=True)(asked(host=host))).status == status


def test_a_pattern_that_is_none_is_refused_at_its_place(capfd):
    with pytest.raises(ConfigError) as raised:
        secure(allowed_hosts=("ok", "("), allowed_hosts_are_regex=True)
    assert raised.value.path == "allowed_hosts[1]"
    assert capfd.readouterr().err == ""


async def test_the_first_header_that_holds_a_host_counts():
    own = secure(allowed_hosts=("y.test",), host_proxy_headers=("X-None", "X-Original-Host"))
    assert (await own(asked(x_original_host="y.test"))).status == 200
    assert (await own(asked(host="y.test", x_original_host="z.test"))).status == 500


async def test_plain_http_is_sent_to_tls():
    answer = await secure(ssl_redirect=True)(asked(path="/a b", query="x=1&y=2"))
    assert (answer.status, answer.headers["Location"]) == (301, "https://api.test/a%20b?x=1&y=2")
    assert answer.body == b'<a href="https://api.test/a%20b?x=1&amp;y=2">Moved Permanently</a>.\n\n'


async def test_a_redirect_of_anything_else_than_get_has_no_body():
    answer = await secure(ssl_redirect=True, ssl_host="s.test")(asked("POST"))
    assert (answer.status, answer.headers["Location"], answer.body) == (301, "https://s.test/a", b"")
    assert "Content-Type" not in answer.headers


async def test_a_host_cannot_break_out_of_the_location():
    answer = await secure(ssl_redirect=True)(asked(host='a"><b>\t'))
    assert answer.headers["Location"] == "https://a%22%3E%3Cb%3E%09/a"


@pytest.mark.parametrize(
    ("is_tls", "proof", "status"), [(True, None, 200), (False, "https", 200), (False, "http", 301), (False, None, 301)]
)
async def test_what_came_over_tls_is_not_redirected(is_tls, proof, status):
    own = secure(is_tls=is_tls, ssl_redirect=True, ssl_proxy_headers={"X-Forwarded-Proto": "https"})
    fields = {"x_forwarded_proto": proof} if proof else {}
    assert (await own(asked(**fields))).status == status


@pytest.mark.parametrize(
    ("config", "name", "value"),
    [
        ({"frame_deny": True}, "X-Frame-Options", "DENY"),
        ({"frame_deny": True, "custom_frame_options_value": "SAMEORIGIN"}, "X-Frame-Options", "SAMEORIGIN"),
        ({"custom_frame_options_value": "SAMEORIGIN"}, "X-Frame-Options", "SAMEORIGIN"),
        ({"content_type_nosniff": True}, "X-Content-Type-Options", "nosniff"),
        ({"browser_xss_filter": True}, "X-XSS-Protection", "1; mode=block"),
        ({"content_security_policy": "default-src 'self'"}, "Content-Security-Policy", "default-src 'self'"),
        ({"referrer_policy": "same-origin"}, "Referrer-Policy", "same-origin"),
        ({"sts_seconds": 10, "force_sts_header": True}, "Strict-Transport-Security", "max-age=10"),
        (
            {"sts_seconds": 10, "force_sts_header": True, "sts_include_subdomains": True},
            "Strict-Transport-Security",
            "max-age=10; includeSubDomains",
        ),
    ],
)
async def test_an_answer_has_the_headers_that_are_asked_for_and_no_others(config, name, value):
    answer = await secure(**config)(asked())
    assert answer.headers.pairs == ((name, value),)


async def test_strict_transport_security_is_for_tls():
    assert "Strict-Transport-Security" not in (await secure(sts_seconds=10)(asked())).headers
    assert "Strict-Transport-Security" in (await secure(sts_seconds=10, is_tls=True)(asked())).headers


async def test_a_nonce_is_another_one_in_every_answer():
    own = secure(content_security_policy="script-src $NONCE")
    one, two = [(await own(asked())).headers["Content-Security-Policy"] for _ in range(2)]
    assert one.startswith("script-src 'nonce-")
    assert one != two


async def test_the_backends_own_value_is_replaced():
    answer = await secure(Response(200, headers=Headers({"x-frame-options": "ALLOWALL"})), frame_deny=True)(asked())
    assert answer.headers.getall("X-Frame-Options") == ["DENY"]


async def test_development_leaves_the_checks_out():
    checks = {"allowed_hosts": ("a",), "ssl_redirect": True, "sts_seconds": 1, "force_sts_header": True}
    answer = await secure(is_development=True, frame_deny=True, **checks)(asked())
    assert (answer.status, answer.headers.pairs) == (200, (("X-Frame-Options", "DENY"),))


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"referrer_policy": "a\r\nSet-Cookie: b"}, "referrer_policy"),
        ({"content_security_policy": "a\nb"}, "content_security_policy"),
        ({"ssl_host": "a/b"}, "ssl_host"),
        ({"sts_seconds": -1}, "sts_seconds"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_place(config, place):
    with pytest.raises(ConfigError) as raised:
        HttpSecureConfig(**config)
    assert raised.value.path == place
