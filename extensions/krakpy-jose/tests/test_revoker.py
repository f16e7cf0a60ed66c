"""Operators revoke and look up on a path of the gateway, with a key."""
import json

import pytest
from krakpy_jose.config import RevokerConfig
from krakpy_jose.generations import Generations
from krakpy_jose.revoker import MAX_BODY_BYTES, Revoker
from krakpy_sdk.drivers import StoreError
from krakpy_sdk.testing import drivers, server_settings

KEY = "a-key-of-more-than-sixteen-characters"


@pytest.fixture
def revoker(tmp_path):
    config = RevokerConfig(N=100, P=0.001, TTL=60, token_keys=("jti", "sub"), admin_key=KEY)
    found = drivers({"revocations": {"bloom": Generations}})
    passed = []

    async def application(scope, receive, send):
        passed.append(scope["path"])

    made = Revoker(server_settings(config=config, driver=found, folder=str(tmp_path)), application)
    made.passed = passed
    return made


async def ask(revoker, method="POST", body=b"", *, path="/__revoker", query=b"", keys=(f"Bearer {KEY}",), chunks=None):
    messages = []
    pieces = list(chunks or [body])

    async def receive():
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "query_string": query,
        "headers": [(b"authorization", key.encode()) for key in keys],
    }  # fmt: skip
    await revoker(scope, receive, send)
    return (messages[0]["status"], json.loads(messages[1]["body"])) if messages else None


async def test_a_claim_is_revoked_and_found(revoker):
    assert await ask(revoker, body=b'{"jti": ["a", "b"], "sub": "ada"}') == (200, {"revoked": 3})
    for query, is_revoked in ((b"jti=a", True), (b"jti=c", False), (b"sub=ada", True), (b"jti=c&sub=ada", True)):
        assert await ask(revoker, "GET", query=query) == (200, {"revoked": is_revoked})


@pytest.mark.parametrize(
    "keys", [(), ("",), ("Bearer ",), (KEY,), (f"Bearer {KEY}x",), (f"Bearer {KEY[:-1]}",), (f"Bearer {KEY}",) * 2]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_nobody_revokes_without_the_key(revoker, method, keys):
    status, _ = await ask(revoker, method, b'{"jti":"a"}', keys=keys)
    assert status == 401
    assert await ask(revoker, "GET", query=b"jti=a") == (200, {"revoked": False})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"[]", 400), (b"zzz", 400), (b'{"other":"a"}', 400), (b'{"jti":1}', 400), (b'{"jti":[1]}', 400),
        (b'{"jti":""}', 400), (b'{"jti":"' + b"a" * 2000 + b'"}', 400), (b"x" * (MAX_BODY_BYTES + 1), 413),
        (b'{"jti":"a","jti":"b"}', 400),
    ],
)  # fmt: skip
async def test_wrong_requests_are_told_so(revoker, body, status):
    assert (await ask(revoker, body=body))[0] == status


async def test_a_body_may_come_in_pieces(revoker):
    assert await ask(revoker, chunks=[b'{"jti"', b":", b'"a"}']) == (200, {"revoked": 1})


async def test_a_body_that_breaks_off_is_not_taken(revoker):
    async def receive():
        return {"type": "http.disconnect"}

    messages = []

    async def send(message):
        messages.append(message)

    headers = [(b"authorization", f"Bearer {KEY}".encode())]
    await revoker({"type": "http", "method": "POST", "path": "/__revoker", "headers": headers}, receive, send)
    assert messages[0]["status"] == 400


async def test_other_methods_are_refused(revoker):
    assert (await ask(revoker, "DELETE"))[0] == 405


async def test_an_unknown_claim_is_not_looked_up(revoker):
    assert (await ask(revoker, "GET", query=b"other=a"))[0] == 400


@pytest.mark.parametrize("path", ["/", "/__revoker/", "/__revokers", "/users"])
async def test_other_paths_pass(revoker, path):
    assert await ask(revoker, path=path) is None
    assert revoker.passed == [path]


async def test_what_other_nodes_do_not_hear_is_told(revoker):
    class Away:
        async def start(self):
            self.is_started = True

        async def publish(self, element):
            raise StoreError("away")

    await revoker.setup()
    revoker._revoked.follower = Away()
    await revoker.setup()
    assert revoker._revoked.follower.is_started
    assert (await ask(revoker, body=b'{"jti":"a"}'))[0] == 503
    assert await ask(revoker, "GET", query=b"jti=a") == (200, {"revoked": True})


@pytest.mark.parametrize(
    ("raw", "applies"), [(None, False), ({}, False), ({"admin_key": ""}, False), ({"admin_key": KEY}, True)]
)
def test_without_a_key_there_is_no_such_path(raw, applies):
    service = {} if raw is None else {"auth/revoker": raw}
    assert Revoker.applies_to(server_settings(service=service)) is applies
