"""Conditions of endpoints and backends: before anybody is asked, or when the answer is there."""
import pytest
from krakpy_cel import CheckBackend, CheckEndpoint
from krakpy_sdk import ConfigError, KrakpyError, RejectedError, Request, Response, UpstreamError
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings

from krakpy.testing import Upstream, gateway

NAMESPACE = "validation/cel"


def checks(*texts):
    return [{"check_expr": text} for text in texts]


def at_endpoint(*texts, answer=None):
    inner = answers(answer or Response(data={"id": 1}))
    return CheckEndpoint(endpoint_settings(config=checks(*texts)), inner), inner


def at_backend(*texts):
    return CheckBackend(backend_settings(config=checks(*texts)), answers())


async def test_what_is_true_of_request_and_answer_changes_nothing():
    check, inner = at_endpoint("req_method == 'GET'", "resp_data.id == '1'")
    request = Request()
    assert (await check(request)).data == {"id": 1}
    assert inner.requests == [request]


async def test_a_request_that_is_refused_asks_nobody():
    check, inner = at_endpoint("true", "req_method == 'PUT'")
    with pytest.raises(KrakpyError, match=r"^request aborted by evaluator #1$") as raised:
        await check(Request())
    assert (raised.value.status, inner.requests) == (500, [])


async def test_an_answer_that_is_refused_is_given_to_nobody():
    check, inner = at_endpoint("req_method == 'GET'", "resp_data.id == '2'")
    with pytest.raises(KrakpyError, match=r"^request aborted by evaluator #0$"):
        await check(Request())
    assert len(inner.requests) == 1


async def test_a_refusal_is_no_failure_of_a_backend_and_no_fault_of_the_client():
    # NOTE: a breaker around it must not open, and a merge must give what the other backends answered
    check, _ = at_endpoint("false")
    with pytest.raises(KrakpyError) as raised:
        await check(Request())
    assert not isinstance(raised.value, UpstreamError | RejectedError)


async def test_an_answer_of_which_a_part_failed_is_not_looked_at():
    partial = Response(data={"id": 1}, errors=(UpstreamError("down"),))
    check, _ = at_endpoint("resp_data.id == '2'", answer=partial)
    assert await check(Request()) is partial


async def test_a_failure_passes_as_it_is():
    error = UpstreamError("down")
    check, _ = at_endpoint("resp_completed", answer=error)
    with pytest.raises(UpstreamError) as raised:
        await check(Request())
    assert raised.value is error


@pytest.mark.parametrize("text", ["JWT.sub == 'x'", "JWT.sub == req_method"])
def test_a_backend_knows_no_tokens(text):
    with pytest.raises(ConfigError) as raised:
        at_backend("true", text)
    assert raised.value.path == "[1].check_expr"


@pytest.mark.parametrize("build", [at_endpoint, at_backend])
@pytest.mark.parametrize("text", ["req_method == ", "req_method + 1 == 2", "req_foo == 'x'"])
def test_a_mistake_ends_the_start(build, text):
    with pytest.raises(ConfigError):
        build(text)


def backend(path="/u", *texts, **more):
    return {"host": ["http://b.test"], "url_pattern": path, "extra_config": {NAMESPACE: checks(*texts)}, **more}


def service(*backends, endpoint="/e/{id}", texts=(), **more):
    extra = {NAMESPACE: checks(*texts)} if texts else {}
    own = {"endpoint": endpoint, "backend": list(backends), "extra_config": extra, **more}
    return {"extra_config": {"router": {"return_error_msg": True}}, "endpoints": [own]}


@pytest.mark.parametrize(("target", "status"), [("/e/4", 200), ("/e/5", 500), ("/e/x", 500)])
async def test_a_client_is_answered_500_with_the_number_of_the_condition(target, status):
    config = service(backend(), texts=["int(req_params.Id) % 2 == 0"])
    async with gateway(config, Upstream({"/u": {"a": 1}})) as client:
        answer = await client.get(target)
    assert answer.status == status
    assert answer.headers["X-Krakend-Completed"] == ("true" if status == 200 else "false")
    assert status == 200 or answer.body == b"request aborted by evaluator #0"


@pytest.mark.parametrize(("header", "status"), [("yes", 200), ("no", 500)])
async def test_forwarded_fields_alone_are_seen_under_their_canonical_names(header, status):
    texts = ["'X-A' in req_headers && req_headers['X-A'][0] == 'yes'", "!('X-B' in req_headers)"]
    config = service(backend(), texts=texts, input_headers=["x-a"])
    async with gateway(config, Upstream({"/u": {"a": 1}})) as client:
        assert (await client.get("/e/1", {"x-a": header, "x-b": "1"})).status == status


async def test_a_backend_that_is_refused_is_missing_in_the_answer():
    config = service(backend("/a", "int(req_params.Id) > 5", group="a"), backend("/b", "true", group="b"))
    upstream = Upstream({"/a": {}, "/b": {"x": 1}})
    async with gateway(config, upstream) as client:
        answer = await client.get("/e/3")
    assert (answer.status, answer.json()) == (200, {"b": {"x": 1}})
    assert answer.headers["X-Krakend-Completed"] == "false"
    assert [request.url for request in upstream.requests] == ["http://b.test/b"]


@pytest.mark.parametrize(
    "text", ["req_path == '/u'", "req_method == 'PUT'", "resp_data.g.name == 'Ada'", "!has(resp_data.g.secret)"]
)
async def test_a_backend_sees_what_it_is_asked_and_its_formatted_answer(text):
    config = service(backend("/u", text, group="g", deny=["secret"], method="PUT"))
    async with gateway(config, Upstream({"/u": {"name": "Ada", "secret": 1}})) as client:
        assert (await client.get("/e/3")).status == 200


@pytest.mark.parametrize(("text", "status"), [("resp_metadata_status == 200", 200), ("resp_metadata_status == 0", 500)])
async def test_the_status_of_an_answer_that_passes_as_it_is_is_known(text, status):
    config = service(backend("/u", encoding="no-op"), texts=[text], output_encoding="no-op")
    async with gateway(config, Upstream({"/u": {"a": 1}})) as client:
        assert (await client.get("/e/3")).status == status


async def test_the_legacy_name_is_answered_too():
    config = service(backend())
    config["endpoints"][0]["extra_config"] = {"github.com/devopsfaith/krakend-cel": checks("req_method == 'PUT'")}
    async with gateway(config, Upstream({"/u": {"a": 1}})) as client:
        assert (await client.get("/e/3")).status == 500
