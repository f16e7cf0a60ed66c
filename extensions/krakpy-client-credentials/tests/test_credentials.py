"""A backend is asked with a token that is got once for all who need it."""
import asyncio
import json

import pytest
from krakpy_client_credentials.config import Config
from krakpy_client_credentials.credentials import ClientCredentials
from krakpy_sdk import Headers, Refused, Request, Response, UpstreamError
from krakpy_sdk.testing import backend_settings

URL = "http://backend.test/a"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class Network:
    """The server of the tokens and the backend; `denials` says how the next requests for a token fare."""

    def __init__(self, life_s=3600):
        self.life_s = life_s
        self.denials = []
        self.asked = []
        self.seen = []
        self.gate = None

    async def __call__(self, request):
        if request.url == URL:
            self.seen.append(request.headers.getall("authorization"))
            return Response(200, body=b"{}")
        self.asked.append(request)
        if self.gate is not None:
            await self.gate.wait()
        denial = self.denials.pop(0) if self.denials else None
        if isinstance(denial, Exception):
            raise denial
        if denial is not None:
            return denial
        body = {"access_token": f"t{len(self.asked)}", "expires_in": self.life_s}
        return Response(200, headers=Headers({"Content-Type": "application/json"}), body=json.dumps(body).encode())


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def worker(tmp_path, network, clock):
    """Makes the middleware of one worker; workers share a folder."""

    def make(place="endpoints[0].backend[0]", **settings):
        config = Config(**{"client_id": "gw", "client_secret": "canary", "token_url": "https://idp.test/t"} | settings)
        own = backend_settings(config=config, place=place, folder=str(tmp_path))
        return ClientCredentials(own, network, clock=clock)

    return make


def ask(middleware, *fields):
    return middleware(Request("GET", url=URL, headers=Headers(fields)))


DENIED = Response(401, headers=Headers({"Content-Type": "application/json"}), body=b'{"error":"invalid_client"}')


async def test_a_token_is_got_once(worker, network):
    own = worker()
    for _ in range(3):
        assert (await ask(own)).status == 200
    assert network.seen == [["Bearer t1"]] * 3
    assert len(network.asked) == 1


async def test_what_a_client_sends_is_replaced(worker, network):
    await ask(worker(), ("authorization", "Basic x"), ("Authorization", "Basic y"))
    assert network.seen == [["Bearer t1"]]


async def test_one_request_for_all_who_wait(worker, network):
    network.gate = asyncio.Event()
    own = worker()
    waiting = [asyncio.create_task(ask(own)) for _ in range(50)]
    while not network.asked:
        await asyncio.sleep(0)
    network.gate.set()
    await asyncio.gather(*waiting)
    assert len(network.asked) == 1
    assert network.seen == [["Bearer t1"]] * 50


async def test_workers_share_it(worker, network):
    one, other = worker(), worker()
    await asyncio.gather(*(ask(each) for each in (one, other) * 10))
    assert len(network.asked) == 1


@pytest.mark.parametrize(
    "change",
    [{"place": "endpoints[1].backend[0]"}, {"client_id": "x"}, {"client_secret": "x"}, {"scopes": "x"},
     {"token_url": "https://other.test/t"}, {"endpoint_params": {"audience": ("x",)}}],
    ids=["backend", "client", "secret", "scopes", "server", "audience"],
)  # fmt: skip
async def test_every_backend_and_audience_has_its_own(worker, network, change):
    await ask(worker())
    await ask(worker(**change))
    assert network.seen == [["Bearer t1"], ["Bearer t2"]]


async def test_who_leaves_does_not_end_the_request_for_others(worker, network):
    network.gate = asyncio.Event()
    own = worker()
    leaving, staying = (asyncio.ensure_future(ask(own)) for _ in range(2))
    while not network.asked:
        await asyncio.sleep(0)
    leaving.cancel()
    network.gate.set()
    assert (await staying).status == 200


async def test_a_token_is_renewed_in_the_background_before_it_ends(worker, network, clock):
    own = worker()
    await ask(own)
    clock.now += 3545
    await ask(own)
    assert network.seen[-1] == ["Bearer t1"]
    await own._renewal
    await ask(own)
    assert network.seen[-1] == ["Bearer t2"]
    assert len(network.asked) == 2


async def test_a_renewal_that_fails_leaves_the_token_that_serves(worker, network, clock, caplog):
    own = worker()
    await ask(own)
    clock.now += 3545
    network.denials = [DENIED]
    await ask(own)
    with pytest.raises(UpstreamError):
        await own._renewal
    network.gate = asyncio.Event()
    await ask(own)
    assert network.seen[-1] == ["Bearer t1"]
    assert "invalid_client" in caplog.text
    await own.teardown()


async def test_a_token_that_ended_is_not_used(worker, network, clock):
    own = worker()
    await ask(own)
    clock.now += 3590
    await ask(own)
    assert network.seen[-1] == ["Bearer t2"]


async def test_a_token_without_an_end_is_kept(worker, network, clock):
    network.life_s = 0
    own = worker()
    await ask(own)
    clock.now += 1e9
    await ask(own)
    assert len(network.asked) == 1


async def test_the_body_is_tried_after_the_header_field_and_remembered(worker, network, clock):
    network.denials = [DENIED]
    own = worker()
    await ask(own)
    clock.now += 4000
    await ask(own)
    assert ["authorization" in request.headers for request in network.asked] == [True, False, False]


@pytest.mark.parametrize(
    "denials",
    [
        [DENIED, DENIED],
        [Refused("connection refused")],
        [Response(500, body=b"<html>")] * 2,
        [Response(200, body=b"{}")] * 2,
    ],
    ids=["denied", "away", "error", "no token"],
)
async def test_without_a_token_the_backend_is_not_asked(worker, network, denials):
    network.denials = denials
    with pytest.raises(UpstreamError, match=f'^Get "{URL}": '):
        await ask(worker())
    assert not network.seen


async def test_the_next_request_tries_again(worker, network):
    network.denials = [DENIED, DENIED]
    own = worker()
    with pytest.raises(UpstreamError):
        await ask(own)
    assert (await ask(own)).status == 200


async def test_the_log_and_the_errors_have_no_secrets(worker, network, caplog):
    caplog.set_level("DEBUG")
    echo = json.dumps({"error": "canary", "error_description": "the secret canary is wrong"}).encode()
    network.denials = [Refused("to https://idp.test/t?canary"), Response(400, body=b"canary")]
    own = worker()
    for _ in range(2):
        with pytest.raises(UpstreamError) as error:
            await ask(own)
        network.denials = [Response(400, body=echo.replace(b'"canary"', b'"bad canary"'))] * 2
    assert "canary" not in str(error.value)
    assert "canary" not in caplog.text
    assert "idp.test" in caplog.text


async def test_an_answer_in_pieces_is_read_whole(worker, network):
    async def pieces(*parts):
        for part in parts:
            yield part

    network.denials = [Response(200, stream=pieces(b'{"access_', b'token":"piece"}'))]
    await ask(worker())
    assert network.seen == [["Bearer piece"]]


async def test_an_answer_without_end_is_given_up(worker, network):
    async def endless():
        while True:
            yield b"x" * 100_000

    network.denials = [Response(200, stream=endless()), Response(200, stream=endless())]
    with pytest.raises(UpstreamError, match="too large"):
        await ask(worker())


async def test_the_files_of_tokens_are_for_the_owner_alone(worker, tmp_path):
    await ask(worker())
    folder = tmp_path / "tokens"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


async def test_a_broken_file_is_no_token(worker, tmp_path, network):
    own = worker()
    own._shared._file.write_text("{")
    await ask(own)
    assert network.seen == [["Bearer t1"]]


async def test_a_folder_that_is_gone_is_an_error_of_the_upstream(worker, tmp_path, network):
    own = worker()
    (tmp_path / "tokens").rmdir()
    with pytest.raises(UpstreamError, match="cannot be shared"):
        await ask(own)


async def test_the_end_of_a_worker_ends_its_request(worker, network):
    network.gate = asyncio.Event()
    own = worker()
    waiting = asyncio.ensure_future(ask(own))
    while not network.asked:
        await asyncio.sleep(0)
    await own.teardown()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_status_tells_whether_there_is_a_token(worker, clock):
    own = worker()
    assert own.status() == {"has_token": False}
    await ask(own)
    assert own.status() == {"has_token": True}
    clock.now += 4000
    assert own.status() == {"has_token": False}


@pytest.mark.parametrize(
    ("raw", "applies"), [({}, True), ({"is_disabled": False}, True), ({"is_disabled": True}, False)]
)
def test_it_may_be_disabled(raw, applies):
    settings = backend_settings(extra_config={"auth/client-credentials": raw})
    assert ClientCredentials.applies_to(settings) is applies
