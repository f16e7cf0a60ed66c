"""Every answer of the gateway has the fields of the CORS protocol, on each of its ways."""
import pytest
from krakpy_cors import Cors, CorsConfig
from krakpy_sdk.testing import server_settings

ORIGIN = (b"origin", b"https://a.test")
ALLOWED = (b"access-control-allow-origin", b"*")
VARY = (b"vary", b"Origin")


def scope(method="GET", *headers, kind="http"):
    return {"type": kind, "method": method, "path": "/a", "headers": list(headers)}


class App:
    """An application with the shorter ways, which all answer the same."""

    def __init__(self, *fields):
        self.fields = fields
        self.asked = []

    async def __call__(self, scope, receive, send):
        self.asked.append(scope["method"])
        await send({"type": "http.response.start", "status": 200, "headers": list(self.fields)})
        await send({"type": "http.response.body", "body": b"a"})

    def begin(self, scope, client):
        client.answer(200, self.fields, b"a")
        return True

    def express(self, method, path, query, fields, client):
        client.stream(200, self.fields, None, None)
        return True


class Client:
    peer = ("127.0.0.1", 1)
    receive = waits_for = run = None

    def __init__(self, *headers):
        self.headers = list(headers)
        self.told = []

    async def send(self, message):
        self.told.append(message.get("headers"))

    def answer(self, status, fields, body):
        self.told.append(fields)

    def stream(self, status, fields, flow, poured):
        self.told.append(fields)


def cors(app, **config):
    return Cors(server_settings(config=CorsConfig(**config)), app)


async def asked(own, *request):
    sent = []

    async def send(message):
        sent.append(message)

    await own(scope(*request), None, send)
    return sent


async def test_an_answer_gets_its_fields():
    sent = await asked(cors(App((b"x", b"1"))), "GET", ORIGIN)
    assert tuple(sent[0]["headers"]) == (VARY, ALLOWED, (b"x", b"1"))


async def test_the_shorter_ways_give_the_same():
    own, client = cors(App((b"x", b"1"))), Client(ORIGIN)
    assert own.begin(scope("GET", ORIGIN), client)
    assert own.express("GET", b"/a", b"", client, client)
    assert client.told == [(VARY, ALLOWED, (b"x", b"1"))] * 2


async def test_options_and_a_log_take_the_long_way():
    assert not cors(App()).begin(scope("OPTIONS"), Client())
    assert not cors(App()).express("OPTIONS", b"/a", b"", Client(), Client())
    assert not cors(App(), debug=True).begin(scope("GET"), Client())


async def test_a_way_that_is_not_there_is_not_offered():
    async def bare(scope, receive, send): ...

    assert (cors(bare).begin, cors(bare).express) == (None, None)


async def test_a_preflight_is_answered_without_the_application():
    app = App()
    sent = await asked(cors(app), "OPTIONS", ORIGIN, (b"access-control-request-method", b"GET"))
    assert (sent[0]["status"], sent[1]["body"], app.asked) == (204, b"", [])
    assert ALLOWED in sent[0]["headers"]


async def test_a_preflight_goes_on_where_that_is_asked_for():
    app = App()
    sent = await asked(
        cors(app, options_passthrough=True), "OPTIONS", ORIGIN, (b"access-control-request-method", b"GET")
    )
    assert (sent[0]["status"], app.asked) == (200, ["OPTIONS"])
    assert (b"access-control-allow-methods", b"GET") in sent[0]["headers"]


async def test_plain_options_are_the_applications():
    app = App()
    await asked(cors(app), "OPTIONS", ORIGIN)
    assert app.asked == ["OPTIONS"]


async def test_a_backends_own_permission_is_replaced_and_not_doubled():
    app = App((b"access-control-allow-origin", b"https://b.test"), (b"vary", b"Accept"))
    sent = await asked(cors(app), "GET", ORIGIN)
    assert tuple(sent[0]["headers"]) == (VARY, ALLOWED, (b"vary", b"Accept"))


async def test_what_is_not_http_passes():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    await cors(app)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]


@pytest.mark.parametrize("is_logged", [True, False])
async def test_decisions_are_logged_where_that_is_asked_for(is_logged, caplog):
    caplog.set_level("DEBUG")
    await asked(cors(App(), debug=is_logged), "GET", ORIGIN)
    assert any("access-control-allow-origin" in record.getMessage() for record in caplog.records) is is_logged
