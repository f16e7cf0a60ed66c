"""Scripts as they are written for KrakenD, after the examples and features that its documentation describes."""
import json
from pathlib import Path

import pytest
from krakpy_lua.errors import ScriptError
from krakpy_sdk import Headers, Query, Request, Response

CASES = json.loads(Path(__file__).with_name("corpus").joinpath("cases.json").read_text())


def asked(query="", headers=None, method="GET", body=None):
    return Request(
        method, "/a", query=Query.parse(query), headers=Headers(headers or {}), url="http://b.test/x",
        body=None if body is None else body.encode(),
    )  # fmt: skip


@pytest.fixture
def at(request, proxy, backend, endpoint, tmp_path, monkeypatch):
    """The case's script at its level, with its sources."""
    monkeypatch.chdir(tmp_path)
    case = request.param
    settings = dict(case["lua"])
    for name, text in settings.get("sources", {}).items():
        (tmp_path / name).write_text(text)
    settings["sources"] = tuple(settings.get("sources", ()))
    opened = {"proxy": proxy, "backend": backend, "endpoint": endpoint}[case["level"]]
    return case, opened(Response(data=case.get("data", {})), **settings)


@pytest.mark.parametrize("at", CASES, ids=[case["name"] for case in CASES], indirect=True)
async def test_a_script_of_krakend_runs_as_it_is(at):
    case, work = at
    expected = case["expect"]
    asking = work.asks(asked(**case.get("request", {})))
    if "error" in expected:
        with pytest.raises(ScriptError) as refused:
            await asking
        assert (str(refused.value), refused.value.status) == (expected["error"], expected["status"])
        assert refused.value.headers.get("Content-Type") == expected.get("type")
        return
    answer = await asking
    found = {
        "status": answer.status,
        "data": {key: answer.data[key] for key in expected.get("data", {})} if answer.data is not None else None,
        "response_headers": dict(answer.headers.pairs),
        "asked": len(work.next.requests),
    }
    if work.next.requests:
        sent = work.forwarded
        found["headers"] = {name: sent.headers.get(name) for name in expected.get("headers", {})}
        found |= {"method": sent.method, "url": sent.url, "body": (sent.body or b"").decode()}
    assert {key: found[key] for key in expected} == expected
