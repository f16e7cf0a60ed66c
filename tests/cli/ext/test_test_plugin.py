"""`krakpy test-plugin`: KrakenD's command, told of packages."""
import sys

import pytest

SOURCE = """
from krakpy_sdk import Extension
class Server(Extension):
    def http_request(self, request): ...
class Modifier(Extension):
    def backend_response(self, response): ...
class Client(Extension):
    def execute(self, request): ...
class Retry:
    def __init__(self, settings, next): ...
    async def __call__(self, request): ...
"""


@pytest.fixture
def acme(installed):
    hooks = {name.lower(): f"acme:{name}" for name in ("Server", "Modifier", "Client")}
    installed.add("acme-all", hooks=hooks, backend={"acme/retry": "acme:Retry"}, modules={"acme.py": SOURCE})
    installed.add("acme-bad", hooks={"bad": "acme_bad:Bad"}, modules={"acme_bad.py": "1/0"})


@pytest.mark.parametrize(
    ("flag", "id", "kind"),
    [("-s", "server", "SERVER"), ("-m", "modifier", "MODIFIER"), ("-c", "client", "CLIENT"),
     ("-w", "acme/retry", "MIDDLEWARE")],
)  # fmt: skip
def test_an_extension_of_the_kind_that_is_named_is_ok(invoke, acme, flag, id, kind):
    result = invoke("test-plugin", flag, id)
    assert result.exit_code == 0
    first, last = result.stdout.splitlines()
    assert first == f"[OK] {kind}\tacme-all/{id}"
    assert last.startswith("[OK] 1 tested plugin(s) in ")
    assert "acme" not in sys.modules


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-s", "client"), "[KO] SERVER\tacme-all/client: it has none of the hooks http_request"),
        (("-w", "client"), "[KO] MIDDLEWARE\tacme-all/client: it is no middleware"),
        (("-m", "bad"), "[KO] MODIFIER\tacme-bad/bad: KX020"),
        (("-m", "gone.so"), "[KO] Unable to open the plugin gone.so: it is not installed"),
    ],
    ids=["another kind", "no middleware", "does not import", "not installed"],
)
def test_every_other_fails_with_its_cause(invoke, acme, words, said):
    result = invoke("test-plugin", *words)
    assert result.exit_code == 1
    assert result.stdout.startswith(said)
    assert result.stdout.endswith("1 plugin(s) failed.\n")


def test_kinds_are_tried_in_krakends_order_whatever_the_order_of_the_flags(ask, acme):
    document = ask("test-plugin", "-c", "-m", "-s", "modifier")
    assert [(outcome["kind"], outcome["ok"]) for outcome in document["outcomes"]] == [
        ("SERVER", False), ("MODIFIER", True), ("CLIENT", False),
    ]  # fmt: skip


def test_two_packages_that_offer_a_name_are_told(invoke, acme, installed):
    installed.add("other-all", hooks={"server": "acme:Server"})
    assert "several packages" in invoke("test-plugin", "-s", "server").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [((), "At least one plugin is required."), (("server",), "You must declare the expected type of the plugin.")],
    ids=["no plugin", "no type"],
)
def test_an_incomplete_command_line_is_refused_in_krakends_words(invoke, words, said):
    result = invoke("test-plugin", *words)
    assert (result.exit_code, result.stderr) == (1, f"{said}\n")
